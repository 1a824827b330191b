"""The editor of a request file that no form shows: its JSON, what is found about it, and the request itself."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from cbr_desktop.domain import draft as drafts
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.finding import Finding, Severity
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.operations import subject_words, words_for
from cbr_desktop.text.preview import PreviewForm
from cbr_desktop.ui.kit.announcer import AnnouncedLine
from cbr_desktop.ui.kit.lines import READY, SEVERITY_MARKS
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.draft_document import DraftDocument
from cbr_desktop.ui.operations.draft_file import DraftFile
from cbr_desktop.ui.operations.form import FixedForm
from cbr_desktop.ui.operations.inspector import Inspector
from cbr_desktop.ui.operations.json_field import JsonField
from cbr_desktop.ui.operations.problem import problem_sentence
from cbr_desktop.ui.operations.window import OperationWindow, place_line
from cbr_desktop.ui.session.draft_store import DraftStore, Source
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows import documents
from cbr_desktop.workflows.ledger import Part

_JUDGE_MS = 100
_SIZE = QSize(1080, 680)
_SMALLEST = QSize(720, 420)
_JSON = "json"
_STATE = N_("This file has no form. What it asks for is judged as it is written.")


class RequestDialog(OperationWindow):
    """Edits one request file. Nothing is sent from here: that is confirmed in a window of its own.

    Signals:
        submitted: the id of the intent that was queued.
    """

    submitted = Signal(str)

    def __init__(
        self,
        context: ProfileContext,
        source: Source,
        parent: QWidget | None = None,
        *,
        draft_store: DraftStore | None = None,
    ) -> None:
        super().__init__("requestDialog", _("Request"), parent)
        self._context = context
        self.draft_document = DraftDocument(source, context.clock, context.profile.name, draft_store, self)
        self._document: Document | None = None
        self._change: Change | None = None
        self._findings: tuple[Finding, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_JUDGE_MS)
        self._timer.timeout.connect(self._judge)
        self.json = JsonField(state=_(_STATE), compared=_("With its file"))
        self.inspector = Inspector(context.profile)
        self.inspector.preview.show_form(PreviewForm.HTTP)
        self.file = DraftFile(
            *(self, context, self.draft_document, draft_store),
            title=_("Request"),
            stem=self._stem,
            settle=self._judge,
        )
        self.save, self.save_as, self.conflict = self.file.save, self.file.save_as, self.file.conflict
        self.notice = self.file.notice
        self.verdict = AnnouncedLine("requestVerdict")
        self.send = push_button(_("&Send…"), "requestSend", self._ask_to_send)
        self.close_button = push_button(_("C&lose"), "requestClose", self.close)
        self._lay_out()
        self._connect()
        self.json.show_text(self.draft_document.text)
        self._judge()
        self.file.tell()
        # a stray key must not change the file
        self.inspector.tabBar().setFocus()

    # judging

    def _judge(self) -> None:
        """Judge the text as it stands, and show the very request that it asks for."""
        self._timer.stop()
        now, ledger = self._context.clock.now(), self._context.ledger
        self._document, problems = drafts.read_any(self.draft_document.text)
        self._change, findings = None, tuple(problems)
        if self._document is not None:
            findings = (*problems, *documents.judged_document(self._document, ledger, now).findings)
            if documents.draft_of(self._document) is not None:
                self._change = documents.change_in(self._document, ledger)
        self._findings = tuple(sorted(findings, key=lambda finding: finding.severity.value))
        self.json.show_findings(list(findings))
        self.inspector.findings.show_findings(self._findings, now)
        self.inspector.preview.show_change(self._change, subject_words(self._change.subject) if self._change else "")
        self._show_verdict()

    def _show_verdict(self) -> None:
        blocks = [finding for finding in self._findings if finding.severity is Severity.BLOCK]
        warned = any(finding.severity is Severity.WARN for finding in self._findings)
        self.send.setEnabled(self._change is not None and not blocks)
        title = words_for(self._change.kind).title if self._change is not None else _("Send")
        self.send.setText(f"{title}…")
        self.send.setAccessibleName(title)
        if blocks:
            self.verdict.say(
                SEVERITY_MARKS[Severity.BLOCK], _("Not ready: {blocks}").format(blocks=self._place(blocks[0]))
            )
        elif warned:
            self.verdict.say(SEVERITY_MARKS[Severity.WARN], _("It can be sent; look at the warnings before."))
        else:
            self.verdict.say(READY, _("Ready. What it does is shown once more before it is sent."))

    def _place(self, finding: Finding) -> str:
        """Return what is found, with its line where the text cannot be read."""
        if self._document is not None:
            return finding_sentence(finding)
        line, _other = next(drafts.lines_of(self.draft_document.text, [finding]), (1, None))
        return _("line {line}. {finding}").format(line=line, finding=problem_sentence(finding))

    # what the operator does

    def _ask_to_send(self) -> None:
        """Show what is asked for in the window in which every change is confirmed."""
        self._judge()
        if self._change is None or not self.send.isEnabled():
            return
        form = FixedForm(self._change.kind, self._change)
        form.file = self.draft_document.path
        asked = ChangeDialog(self._context, form, self)
        asked.submitted.connect(self.submitted)
        asked.open()

    def _take_json(self, text: str) -> None:
        self.draft_document.write(text, _JSON)

    def _take_text(self, text: str, source: str) -> None:
        if source != _JSON:
            self.json.show_text(text)
        self._timer.start()

    def _compare(self) -> None:
        self.file.compare({}, _("There is nothing to compare it with: it has no file."))

    def _stem(self) -> str:
        return str(self._document.kind) if self._document is not None else "request"

    # the window

    def _connect(self) -> None:
        self.json.edited.connect(self._take_json)
        self.json.comparison_requested.connect(self._compare)
        self.draft_document.changed.connect(self._take_text)
        self.inspector.subject_requested.connect(lambda _subject: self.json.go_to_first())
        self._context.signals.changed.connect(self._ledger_changed)
        self.file.share_undo([self.json.text])
        QShortcut(QKeySequence("Ctrl+D"), self, self._compare)

    def _ledger_changed(self, _part: Part) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _lay_out(self) -> None:
        self.setMinimumSize(_SMALLEST)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.json)
        split.addWidget(self.inspector)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        self.send.setProperty("primary", True)
        foot = button_row(self.close_button, self.save, self.save_as, self.send)
        layout = QVBoxLayout(self)
        layout.addLayout(place_line(self._context.profile, self._context.environment, "requestPlace"))
        layout.addWidget(self.conflict)
        layout.addWidget(split, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self.verdict)
        layout.addLayout(foot)
        take_room(self, _SIZE, self._context.settings)
