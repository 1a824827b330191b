"""The window that asks for a checkpoint: a form, what is found about it, and what became of it once it was sent."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QScrollArea, QSplitter, QVBoxLayout, QWidget

from cbr_desktop.domain import draft as drafts
from cbr_desktop.domain import request as requests
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import RequestPart, Severity
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.text.catalogue import NN_, _, sentences
from cbr_desktop.text.plain import accessible, tooltip
from cbr_desktop.text.states import clock_words
from cbr_desktop.ui.checkpoint.fields import CheckpointFields
from cbr_desktop.ui.checkpoint.form import CheckpointForm
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS, MarkedLine
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.consent import WarningConsent
from cbr_desktop.ui.operations.draft_document import DraftDocument
from cbr_desktop.ui.operations.draft_file import DraftFile
from cbr_desktop.ui.operations.inspector import Inspector
from cbr_desktop.ui.operations.json_field import JsonField
from cbr_desktop.ui.operations.outcome_stack import OutcomeStack
from cbr_desktop.ui.operations.schedule import ScheduleDialog
from cbr_desktop.ui.operations.send_bar import SendBar, Standing
from cbr_desktop.ui.operations.window import StepwiseWindow, place_line
from cbr_desktop.ui.session.draft_store import DraftStore, Source
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.ledger import Part

_JUDGE_MS = 100
"""How long the form rests before it is judged against all that is known."""
_SMALLEST = QSize(960, 640)
_USUAL = QSize(1180, 760)
_FROM_JSON = "json"
_GIVEN = "given"


class CheckpointDialog(StepwiseWindow):
    """Asks for one checkpoint. It blocks nothing: several may be open, and the main window goes on.

    The form and the JSON beside it are two views of one text, the ``draft_document``; with a ``draft_store`` that is
    kept and saved.

    ``words`` say on top what of a selection it is not of. Unless ``at_once``, it is made in turns of the loop when it
    is opened. ``request`` is an earlier one, to be changed and sent anew.

    Signals:
        submitted: the id of the intent that was queued.
    """

    submitted = Signal(str)

    def __init__(
        self,
        context: ProfileContext,
        vault_id: VaultId | None = None,
        resource_ids: Sequence[ResourceId] = (),
        parent: QWidget | None = None,
        *,
        draft_store: DraftStore | None = None,
        source: Source | None = None,
        words: str = "",
        request: bytes = b"",
        at_once: bool = True,
    ) -> None:
        super().__init__("createCheckpointDialog", _("Create checkpoint"), parent)
        self._context = context
        self.draft_document = DraftDocument(
            source or Source(""), context.clock, context.profile.name, draft_store, self
        )
        self.form = CheckpointForm()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_JUDGE_MS)
        self._timer.timeout.connect(self._judge)
        self._is_outdated = False
        """Whether vaults or what could be protected are others since they were offered."""
        self._draft_store = draft_store
        self._begins_with = (vault_id, resource_ids, source, words, request)
        if at_once:
            self.finish()

    def build(self) -> Iterator[None]:
        """Make the fields and what stands beside and below them, and show what it begins with."""
        vault_id, resource_ids, source, words, request = self._begins_with
        self._make_frame()
        yield from self._make_fields()
        self._make_foot(self._draft_store)
        self.origin = MarkedLine("checkpointOrigin")
        self.origin.say(SEVERITY_MARKS[Severity.INFO], words)
        yield
        self._lay_out()
        yield
        self.fields.choose(vault_id, resource_ids)
        yield
        take_room(self, _USUAL, self._context.settings, "checkpoint.size")
        self._connect()
        self._set_keys()
        self._vault_changed()
        yield
        yield from self._begin(source)
        # in a draft that is there already, a stray key must not change anything
        began = self.inspector.tabBar() if source is not None else self.name.edit if vault_id else self.vault.box
        began.setFocus()
        if request:
            yield
            self.show_request(request)

    # the form

    def draft(self) -> CheckpointDraft:
        """Return what the form asks for now."""
        return self.fields.draft()

    def show_request(self, body: bytes) -> None:
        """Take an earlier request, so that it can be changed and sent anew; all its keys stay.

        What stands here and is not saved is kept as a draft; where the disk would not take it, undo brings it back.
        """
        self.finish()
        document, _problems = requests.read(body)
        if document is None or (self.form.document is not None and document.body == self.form.document.body):
            return
        self._write_form()
        text, is_saved = document.body.decode("utf-8", "surrogatepass") + "\n", self.draft_document.is_saved
        if not self.draft_document.begin_anew(text):
            self.show_text(text)
            self.file.say(_("The earlier request is shown here. Undo (Ctrl+Z) brings back what you had not saved."))
            return
        self.conflict.hide()
        self._take_text(text, _GIVEN)
        if not is_saved:
            self.file.say(_("The earlier request is shown here. What you had not saved is kept among the drafts."))

    def show_text(self, text: str) -> None:
        """Take the text of a draft; that can be undone."""
        self.finish()
        self.draft_document.write(text, _GIVEN)
        self._judge()

    def _begin(self, source: Source | None) -> Iterator[None]:
        """Begin with a draft as it is, or with one that has what the form has at first."""
        if source is None:
            asked = self.draft()
            self.draft_document.start_over(drafts.new_text(asked))
            self.form.read(self.draft_document.text)
            self.form.fill(asked, asked)
            self.json.show_text(self.draft_document.text)
            yield
            self._judge()
        else:
            self._take_text(self.draft_document.text, _GIVEN)
        self.file.tell()

    def _take_text(self, text: str, source: str) -> None:
        """Take over another text: into the JSON unless it was written there, and into the form when it is valid."""
        self.form.read(text)
        if source != _FROM_JSON:
            self.json.show_text(text)
        if self.form.document is not None and source not in drafts.FIELDS:
            self.fields.fill(self.form.document.draft)
            self.form.fill(self.form.document.draft, self.draft())
        self.fields.grey(self.form)
        if source not in drafts.FIELDS:
            self._judge()

    def _write_form(self) -> None:
        """Write into the text what has changed in the form."""
        written = None if self.fields.is_filling else self.form.written(self.draft())
        if written is not None:
            self.draft_document.write(*written)

    # judging

    def _vault_changed(self) -> None:
        self.resources.show_vault(self.vault.vault)
        self._choice_changed()

    def _choice_changed(self) -> None:
        self.name.refresh()
        self._timer.start()

    def _ledger_changed(self, part: Part) -> None:
        if not self._stack.shows_form:
            return
        if part in (Part.VAULTS, Part.PROTECTABLES):
            self._is_outdated = True
        elif part is Part.CONNECTION:
            self._show_verdict()
        else:
            self._timer.start()

    def _ledger_settled(self) -> None:
        """Offer and judge what there is now, once where several lists have changed together."""
        if self._is_outdated and self._stack.shows_form:
            self._read_anew()

    def _read_anew(self) -> None:
        self._is_outdated = False
        self.vault.refill()
        self.resources.show_vault(self.vault.vault)
        self._judge()

    def _touch(self) -> None:
        self.form.is_touched = True
        self._timer.start()

    def _judge(self) -> None:
        """Judge the form as it stands, and show the very bytes that would be sent."""
        self._timer.stop()
        self._write_form()
        now = self._context.clock.now()
        self.form.template_problems = self.name.template_problems
        self.form.judge(self._context.ledger, now)
        self.json.show_findings(self.form.problems)
        self.inspector.preview.show_change(self.form.preview, self.form.scope_words)
        self.inspector.findings.show_findings(self.form.verdict.findings, now)
        self.fields.show_findings(self.form)
        self._show_verdict()

    def _show_verdict(self) -> None:
        is_reachable = self._context.ledger.connection.reach is not Reach.UNREACHABLE
        words, later = (_("&Send"), "") if is_reachable else (_("&Queue"), _("There is no connection now."))
        self.send.setText(words)
        self.send.setAccessibleName(accessible(words))
        self.bar.show_standing(
            Standing(
                self.form.words,
                self.form.verdict.findings,
                objection=self.form.objection,
                mark=SEVERITY_MARKS[Severity.BLOCK if self.form.is_begun else Severity.INFO],
                hint=sentences(_("Queues the request; it is sent as soon as the service can be reached."), later),
            )
        )

    # sending

    def _may_go(self) -> bool:
        """Whether what the form asks for can be sent, after one more look at it; if not, show what is in the way."""
        if not self._stack.shows_form:
            return False
        self.form.is_touched = True
        self._judge()
        if self.bar.hindrance:
            self._next_problem()
            return False
        return True

    def _ask_time(self) -> None:
        """Ask when it is to be sent."""
        if self._may_go():
            dialog = ScheduleDialog(self._context.clock.now(), self)
            dialog.chosen.connect(lambda at: self._try(due_at=at))
            dialog.open()

    def _try(self, *_rest: object, held: bool = False, due_at: datetime | None = None) -> None:
        """Send what the form asks for, at once or at a time, or put it by; or show what is in the way."""
        if not self._may_go():
            return
        try:
            wanted = self.form.change(self._context.ledger)
            intent = self._context.outbox.submit(wanted, file=self.draft_document.path, held=held, due_at=due_at)
        except CbrError as error:
            self.bar.refuse(error)
            return
        if not self.draft_document.path:
            self.draft_document.forget()
        self._stack.show_outcome(intent.id)
        self.submitted.emit(intent.id)

    def _edit_again(self, id: IntentId) -> None:
        """Show the form again, with the request of this id in it."""
        self._stack.show_form()
        self.show_request(self._context.ledger.intents[id].body)
        self._read_anew()
        self.name.edit.setFocus()

    # the document

    def _take_json(self, text: str) -> None:
        self.draft_document.write(text, _FROM_JSON)

    def _compare(self) -> None:
        """Compare the draft with its file as it was read, and with the last request for its vault."""
        self._judge()
        others, last = {}, self.form.last_request(self._context.ledger)
        if last is not None:
            at = clock_words(last.created_at, self._context.clock.now())
            others[_("Last request for this vault, {at}").format(at=at)] = last.body.decode("utf-8", "replace") + "\n"
        self.file.compare(others, _("There is nothing to compare it with: no file, and no request for this vault."))

    # the window

    def _next_problem(self) -> None:
        """Put the focus where the most serious finding is."""
        block = self.form.first_block
        if block is not None:
            self._focus(block.subject)
        elif self.anyway.isVisible():
            self.anyway.setFocus()

    def _next_area(self) -> None:
        """Put the focus into the next of form, inspector and buttons."""
        areas = [self.vault.box, self.inspector.tabBar(), self.save]
        here = QApplication.focusWidget()
        inside = next((n for n, area in enumerate((self._split.widget(0), self.inspector)) if _holds(area, here)), 2)
        areas[(inside + 1) % len(areas)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _focus(self, subject: RequestPart | None) -> None:
        field = self.fields.field(subject)
        if subject is RequestPart.FILE or (field is not None and not field.isEnabled()):
            self.inspector.setCurrentWidget(self.json)
            self.json.go_to_first()
        else:
            self.fields.focus(subject)

    def _make_frame(self) -> None:
        """Make what all the rest is put into: what moves from a parent to another is styled anew with all it has."""
        self._form_side = QWidget()
        self._stack = OutcomeStack(self._context, self._form_side)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._split = QSplitter(Qt.Orientation.Horizontal, self._form_side)
        self._split.setChildrenCollapsible(False)
        self._scroll = QScrollArea(self._split)
        self._scroll.setAccessibleName(_("The request"))
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)

    def _make_fields(self) -> Iterator[None]:
        self.fields = fields = CheckpointFields(self._context, self._scroll.viewport())
        yield from fields.steps()
        self.unshown = fields.unshown
        self.vault, self.resources, self.types = fields.vault, fields.resources, fields.types
        self.name, self.description, self.advanced = fields.name, fields.description, fields.advanced
        self.inspector = Inspector(self._context.profile)
        yield
        self.json = JsonField()
        self.inspector.addTab(self.json, "JSON")
        yield

    def _make_foot(self, draft_store: DraftStore | None) -> None:
        self.send = push_button(_("&Send"), "checkpointSend", self._try)
        self.hold = push_button(_("Hold"), "checkpointHold", partial(self._try, held=True))
        self.hold.setToolTip(
            tooltip(_("Puts the request into the outbox and sends nothing until you release it (Ctrl+Shift+Enter)"))
        )
        self.schedule = push_button(_("Schedule…"), "checkpointSchedule", self._ask_time)
        self.schedule.setToolTip(
            tooltip(_("Sends the request at a time that you choose, if this program runs then (Ctrl+Alt+Enter)"))
        )
        self.close_button = push_button(_("Close"), "checkpointClose", self.close)
        self.file = DraftFile(
            *(self, self._context, self.draft_document, draft_store),
            title=_("Create checkpoint"),
            stem=self._stem,
            settle=self._judge,
        )
        self.save, self.save_as, self.conflict = self.file.save, self.file.save_as, self.file.conflict
        self.notice = self.file.notice
        self.bar = SendBar(
            self._context,
            "checkpoint",
            WarningConsent(
                "checkpointSendAnyway", NN_("({count} more in the pre-flight)", "({count} more in the pre-flight)")
            ),
            buttons=(self.save, self.save_as, self.hold, self.schedule, self.send),
            senders=(self.send, self.hold, self.schedule),
            is_file=True,
            leave=self.close_button,
        )
        self.verdict, self.anyway, self.arm = self.bar.verdict, self.bar.consent, self.bar.arming.button

    def _stem(self) -> str:
        return self.form.stem

    def _connect(self) -> None:
        self.fields.vault_changed.connect(self._vault_changed)
        self.fields.choice_changed.connect(self._choice_changed)
        self.fields.changed.connect(self._timer.start)
        self.vault.touched.connect(self._touch)
        self.json.edited.connect(self._take_json)
        self.json.comparison_requested.connect(self._compare)
        self.draft_document.changed.connect(self._take_text)
        self.file.share_undo([*self.fields.edits(), self.json.text])
        self._stack.edit_requested.connect(self._edit_again)
        self._stack.close_requested.connect(self.close)
        self.inspector.subject_requested.connect(self._focus)
        self._context.signals.changed.connect(self._ledger_changed)
        self._context.signals.settled.connect(self._ledger_settled)

    def _set_keys(self) -> None:
        for keys in ("Return", "Enter"):
            QShortcut(QKeySequence(f"Ctrl+{keys}"), self, self._try)
            QShortcut(QKeySequence(f"Ctrl+Shift+{keys}"), self, self.hold.click)
            QShortcut(QKeySequence(f"Ctrl+Alt+{keys}"), self, self.schedule.click)
        QShortcut(QKeySequence("Ctrl+D"), self, self._compare)
        QShortcut(QKeySequence("F5"), self, self._judge)
        QShortcut(QKeySequence("F6"), self, self._next_area)
        QShortcut(QKeySequence("Ctrl+Shift+C"), self, self.inspector.preview.copy_json)
        QShortcut(QKeySequence("Ctrl+."), self, self._next_problem)
        for number in range(self.inspector.count()):
            QShortcut(QKeySequence(f"Ctrl+{number + 1}"), self, partial(self.inspector.setCurrentIndex, number))

    def _lay_out(self) -> None:
        self.setMinimumSize(_SMALLEST)
        self.setSizeGripEnabled(True)
        words = _("The console calls this “Perform Backup”; it makes a restore point.")
        layout = QVBoxLayout(self._form_side)
        layout.addLayout(place_line(self._context.profile, self._context.environment, "checkpointSubtitle", words))
        layout.addWidget(self.origin)
        layout.addWidget(self.conflict)
        layout.addWidget(self._split, 1)
        self._split.addWidget(self.inspector)
        for part in (self.inspector, self._split.handle(1)):
            part.raise_()  # a splitter puts what is added below the rest, and screen readers would read it first
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.setSizes([_USUAL.width() * 3 // 5, _USUAL.width() * 2 // 5])
        self._scroll.setWidget(self.fields)
        layout.addWidget(self.notice)
        layout.addWidget(self.bar)


def _holds(area: QWidget | None, widget: QWidget | None) -> bool:
    return area is not None and widget is not None and area.isAncestorOf(widget)
