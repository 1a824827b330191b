"""The rehearsal of a restore: what would be written over, judged by what was read just now. Nothing is sent from here.

What is decided here becomes a sheet to print and approve, a request file, or the request that the next window asks a
reason and a name for.
"""

import json
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.restore import is_of_files
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.consequences import loss_sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.operations import subject_words
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.rehearsal import (
    as_of_words,
    compared_columns,
    headline,
    metadata_words,
    rehearsal_verdict_words,
    running_words,
    sheet,
    sheet_html,
    trait_words,
)
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.backups.pdf import pdf_of
from cbr_desktop.ui.backups.restore_fields import RestoreFields
from cbr_desktop.ui.kit.announcer import AnnouncedLine
from cbr_desktop.ui.kit.lines import READY, SEVERITY_MARKS, MarkedLine, label
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.kit.tokens import NEAR
from cbr_desktop.ui.kit.widgets import push_button, set_up_table
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.approval import ApprovalFields
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import ContextRow, FixedForm
from cbr_desktop.ui.operations.inspector import Inspector
from cbr_desktop.ui.operations.window import StepwiseWindow, place_line
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.operations import change_of
from cbr_desktop.workflows.operations.restore_backup import RESTORE_BACKUP, document_of
from cbr_desktop.workflows.rehearsal import Rehearsal, rehearsed, usual_restore

_SIZE = QSize(1240, 760)
_SMALLEST = QSize(760, 460)
_GRAVE = Mark(Shape.CROSS, Tone.BAD)
_LOSS = Mark(Shape.UP, Tone.WARN)
_LOSS_LINES = 6
_FILE = "cbr.json"


class RehearsalWindow(StepwiseWindow):
    """Rehearses one restore. It blocks nothing: several may be open, and the main window goes on.

    Signals:
        submitted: the id of the intent that was queued from the window that was opened here.
    """

    submitted = Signal(str)

    def __init__(
        self, context: ProfileContext, backup: Backup, parent: QWidget | None = None, *, at_once: bool = True
    ) -> None:
        super().__init__("rehearsal", _("Rehearse restore"), parent)
        self._context = context
        self._backup = backup
        self._rehearsal: Rehearsal | None = None
        self._tasks = TaskOwner(self)
        self._tasks.busy_changed.connect(self._reading_changed)
        if at_once:
            self.finish()

    def build(self) -> Iterator[None]:
        """Make the fields and what stands around them, and rehearse what they ask for at first."""
        usual = usual_restore(self._backup, self._context.ledger)
        self.fields = RestoreFields(usual, has_folder=is_of_files(self._backup.resource_type))
        yield
        self._make_parts()
        yield
        self._lay_out()
        yield
        self._connect()
        self._judge()

    def _come(self) -> None:
        """Come to the front, and read afresh what the restore is judged by."""
        super()._come()
        self.read()

    def read(self) -> None:
        """Read afresh the backup with its disks, the target, the vaults and what runs."""
        if is_at_work():
            reading = self._context.refresh.judge_by(RESTORE_BACKUP.judged_by, self._backup.id)
            self._tasks.start(reading, group="reading")
            if self._rehearsal is not None:
                self._show_verdict(self._rehearsal)

    def _reading_changed(self, is_busy: bool) -> None:
        """Judge by what was read; while it is being read nothing else is known than before."""
        if not is_busy:
            self._judge()

    # judging

    def _judge(self, *_rest: object) -> None:
        """Judge what is asked for by what is known now."""
        ledger, now = self._context.ledger, self._context.clock.now()
        self.fields.offer(usual_restore(self._backup, ledger))
        made = rehearsed(change_of(self.fields.asked(), ledger), ledger, now)
        self.fields.show_rehearsal(made)
        if self.fields.asked() != made.asked:
            # a disk that was asked for cannot be chosen any more
            made = rehearsed(change_of(self.fields.asked(), ledger), ledger, now)
            self.fields.show_rehearsal(made)
        self._rehearsal = made
        self.title.setText(headline(made))
        told = loss_sentences(made.blast, now)
        for place, line in enumerate(self.losses):
            line.say(_GRAVE if not place else _LOSS, told[place] if place < len(told) else "")
        self._show_compared(made)
        running = running_words(made)
        self.running.setText(_("Running now: {tasks}").format(tasks="; ".join(running)) if running else "")
        self.running.setVisible(bool(running))
        self.as_of.setText(as_of_words(made, now))
        self.inspector.findings.show_findings(made.findings, now)
        self.inspector.preview.show_change(made.change, subject_words(made.change.subject))
        self._show_verdict(made)

    def _show_compared(self, made: Rehearsal) -> None:
        words = metadata_words(made)
        self.then.setText(words)
        self.then.setVisible(bool(words))
        self.compared.setVisible(bool(made.compared))
        self.compared.setRowCount(len(made.compared))
        for place, each in enumerate(made.compared):
            for column, text in enumerate(trait_words(each)):
                item = QTableWidgetItem(text)
                font = item.font()
                font.setBold(each.differs and column > 0)
                item.setFont(font)
                item.setToolTip(tooltip(text))
                self.compared.setItem(place, column, item)
        rows = sum(self.compared.rowHeight(place) for place in range(len(made.compared)))
        self.compared.setFixedHeight(self.compared.horizontalHeader().sizeHint().height() + rows + 4)

    def _show_verdict(self, made: Rehearsal) -> None:
        severities = [each.severity for each in made.findings]
        worst = min(severities, key=lambda each: each.value, default=Severity.INFO)
        if self._tasks.is_busy:
            self.verdict.say(SEVERITY_MARKS[Severity.INFO], _("Reading afresh what this is judged by…"))
        else:
            mark = SEVERITY_MARKS[worst] if worst is not Severity.INFO else READY
            self.verdict.say(mark, sentences(rehearsal_verdict_words(made), self._offline()))
        reason = ""
        if self._tasks.is_busy:
            reason = _("Wait until all is read.")
        elif made.is_blocked:
            reason = rehearsal_verdict_words(made)
        self.go_on.setEnabled(not reason)
        hint = reason or _("Asks for the reason and the name, and reads all of it once more. Nothing is sent by this.")
        self.go_on.setToolTip(tooltip(hint))
        self.go_on.setAccessibleDescription(hint)

    def _offline(self) -> str:
        """Return that nothing can be sent now, where that is so."""
        if self._context.ledger.connection.reach is not Reach.UNREACHABLE:
            return ""
        return _("There is no connection now: save sheet and request; it is judged again and sent once there is one.")

    # what the operator does

    def _go_on(self) -> None:
        """Ask for reason and name in the window in which every change is confirmed."""
        self._judge()
        if self._rehearsal is None or not self.go_on.isEnabled():
            return
        form = FixedForm(RESTORE_BACKUP.kind, self._rehearsal.change)
        # it stays when this window goes: it shows what becomes of the request
        asked = ChangeDialog(self._context, form, self.parentWidget() or self)
        asked.approval.show_value(self.approval.value)
        asked.submitted.connect(self.submitted)
        asked.submitted.connect(self.close)
        asked.open()

    def _ask_for_sheet(self) -> None:
        self._ask_for_file(
            _("Save the sheet"), "sheetDialog", [_("PDF (*.pdf)"), _("Page to print (*.html)")], "pdf", self.save_sheet
        )

    def _ask_for_request(self) -> None:
        self._ask_for_file(
            _("Save the request to a file"),
            "requestFileDialog",
            [_("Request files (*.{ending})").format(ending=_FILE)],
            _FILE,
            self.save_request,
        )

    def _ask_for_file(self, title: str, name: str, filters: Sequence[str], suffix: str, save: object) -> None:
        asked = QFileDialog(self, title)
        asked.setObjectName(name)
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilters(list(filters))
        asked.setDefaultSuffix(suffix)
        if len(filters) > 1:
            asked.filterSelected.connect(lambda chosen: asked.setDefaultSuffix(chosen.partition("*.")[2].rstrip(")")))
        store = self._context.draft_store
        if suffix == _FILE and store is not None:
            asked.setDirectory(store.folder)
        asked.selectFile(f"restore-{self._stem()}.{suffix}")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(save)
        asked.open()

    def _stem(self) -> str:
        name = self._backup.resource_name or self._backup.id
        return "".join(each if each.isalnum() or each in "-_" else "-" for each in name)[:60]

    def save_sheet(self, path: str) -> None:
        """Write the sheet as it stands: as a page for a name that ends so, else as a PDF."""
        if self._rehearsal is None:
            return
        context = self._context
        made = sheet(self._rehearsal, context.profile, context.environment, context.clock.now(), self.approval.value)
        is_page = path.lower().endswith((".html", ".htm"))
        self._save(path, sheet_html(made) if is_page else pdf_of(made))

    def save_request(self, path: str) -> None:
        """Write the request file."""
        if self._rehearsal is not None:
            value = document_of(self._rehearsal.change).value
            self._save(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")

    def _save(self, path: str, content: str | bytes) -> None:
        try:
            self._context.save_text(path, content)
        except CbrError as error:
            self.saved.say(_GRAVE, _("Not saved. {error}").format(error=error_sentence(error)))
        else:
            self.saved.say(READY, _("Saved to {path}.").format(path=plain(path)))

    def _ledger_changed(self, part: Part) -> None:
        if part in RESTORE_BACKUP.judged_by or part in (Part.OPENED, Part.CONNECTION):
            self._judge()

    # the window

    def _make_parts(self) -> None:
        self.title = label(name="rehearsalTitle")
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.2)
        self.title.setFont(font)
        self.lead = label(
            _("A rehearsal: nothing is sent from here. Decide, say why, and save the sheet for whoever approves it."),
            "rehearsalLead",
        )
        self.losses = [MarkedLine(f"rehearsalLoss{place or ''}") for place in range(_LOSS_LINES)]
        self.then = label(name="rehearsalThen")
        self.compared = QTableWidget(0, 3)
        set_up_table(self.compared, "rehearsalCompared", _("Then and today"))
        self.compared.setHorizontalHeaderLabels(list(compared_columns()))
        self.compared.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.compared.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.running = label(name="rehearsalRunning")
        self.as_of = label(name="rehearsalAsOf")
        self.inspector = Inspector(self._context.profile)
        self.approval = ApprovalFields("rehearsal")
        self.verdict = AnnouncedLine("rehearsalVerdict")
        self.saved = AnnouncedLine("rehearsalSaved")
        self.saved.say(None, "")
        self.close_button = push_button(_("C&lose"), "rehearsalClose", self.close)
        self.again = push_button(_("&Read again"), "rehearsalRead", self.read)
        self.request = push_button(_("Save re&quest…"), "rehearsalRequest", self._ask_for_request)
        self.paper = push_button(_("Save s&heet…"), "rehearsalSheet", self._ask_for_sheet)
        self.go_on = push_button(_("&Go on to restore…"), "rehearsalGoOn", self._go_on)
        self.go_on.setProperty("primary", True)

    def _connect(self) -> None:
        self.fields.changed.connect(self._judge)
        # what was saved is not what stands here any more
        self.fields.changed.connect(lambda: self.saved.say(None, ""))
        self._context.signals.changed.connect(self._ledger_changed)
        QShortcut(QKeySequence("F5"), self, self.read)

    def _lay_out(self) -> None:
        self.setMinimumSize(_SMALLEST)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._left())
        split.addWidget(self.inspector)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([_SIZE.width() * 3 // 5, _SIZE.width() * 2 // 5])
        foot = QHBoxLayout()
        foot.setSpacing(NEAR)
        foot.addWidget(self.close_button)
        foot.addStretch(1)
        for button in (self.again, self.request, self.paper, self.go_on):
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(place_line(self._context.profile, self._context.environment, "rehearsalPlace"))
        layout.addWidget(self.title)
        layout.addWidget(self.lead)
        layout.addWidget(split, 1)
        layout.addWidget(self.approval)
        layout.addWidget(self.saved)
        layout.addWidget(self.verdict)
        layout.addLayout(foot)
        take_room(self, _SIZE, self._context.settings, "rehearsal/size")

    def _left(self) -> QWidget:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(8)
        for line in self.losses:
            layout.addWidget(line)
        layout.addWidget(self.fields)
        for widget in (self.then, self.compared, self.running, self.as_of):
            layout.addWidget(widget)
        layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("rehearsalInside")
        scroll.setAccessibleName(_("Rehearsal"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        return scroll


def rehearse(_workspace: Workspace, asked: Sequence[ContextRow], parent: QWidget) -> RehearsalWindow:
    """Open the rehearsal of the restore of a backup."""
    ((context, backup),) = asked
    window = RehearsalWindow(context, backup, parent, at_once=False)
    window.open()
    return window
