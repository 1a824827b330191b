"""The doctor's window: one line for each thing that was looked at, as it comes, and what to do next."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import shiboken6
from PySide6.QtCore import QItemSelectionModel, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.diagnosis import Check, CheckKind, Diagnosis, Verdict
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.diagnosis import (
    busy_sentence,
    check_kind_words,
    check_subject_words,
    check_verdict_words,
    diagnosis_sentence,
    found_sentence,
    next_sentence,
    time_words,
)
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.marks import BAD, BUSY, GOOD, Mark, Shape
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.announcer import REST_MS, Announcer
from cbr_desktop.ui.kit.icons import icon, mark_icon
from cbr_desktop.ui.kit.lines import MARK_SIZE, MarkDot, label
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.kit.widgets import button_row, push_button, set_up_table, words_height
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.window import place_line
from cbr_desktop.ui.session.profile_context import Settings

Examine = Callable[[Callable[[Check], object], Callable[[CheckKind], object]], Coroutine[Any, Any, Diagnosis]]
"""Looks at everything; tells of each line, and of what comes next."""

_COLUMNS = (N_("Result"), N_("Check"), N_("Of"), N_("Found"), N_("Next step"), N_("Time"))
_RESULT, _CHECK, _OF, _FOUND, _NEXT, _TIME = range(len(_COLUMNS))
_LETTERS = {_RESULT: 14, _CHECK: 16, _OF: 33, _TIME: 10}
"""Widths of the columns that do not stretch, in letters."""
_TIME_LETTERS = 130
"""In a narrower table the words need the room of the times."""
_MARKS = {
    Verdict.PASS: GOOD,
    Verdict.WARN: Mark(Shape.UP, Tone.WARN),
    Verdict.FAIL: BAD,
    Verdict.SKIPPED: Mark(Shape.RING, Tone.IDLE),
}
_ATTENTION = (Verdict.WARN, Verdict.FAIL)


class DoctorWindow(QDialog):
    """Examines a profile as soon as it is open, and again on demand; not modal.

    ``environment`` is what is at stake in it, ``examine`` runs an examination, ``report`` makes the text that may be
    handed on, ``settings`` keep the size. Closing the window stops.

    Signals:
        line_found: a ``Check`` was made.
        kind_begun: what is being looked at now, a ``CheckKind``.
    """

    line_found = Signal(object)
    kind_begun = Signal(object)

    def __init__(
        self,
        profile: Profile,
        environment: Environment,
        examine: Examine,
        report: Callable[[Diagnosis], str],
        parent: QWidget | None = None,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(parent)
        self._profile = profile
        self._environment = environment
        self._examine = examine
        self._report = report
        self._checks: list[Check] = []
        self._started_at = datetime.now(UTC)
        self._tasks = TaskOwner(self)
        self.setObjectName("doctorWindow")
        title = _("Connection doctor – {name}").format(name=plain(profile.name, 80))
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setWindowIcon(icon("program"))
        self.setWindowFlags(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(620, 380)
        self._dot = MarkDot()
        self._status = label(name="doctorStatus")
        self._status.setAccessibleName(_("State of the checks"))
        self._announcer = Announcer(self._status, REST_MS)
        self._table = CheckTable()
        self._only = QCheckBox(_("Only what needs &attention"))
        self._only.setObjectName("doctorOnlyAttention")
        self._again = push_button(_("&Run again"), "doctorAgain")
        self._stop = push_button(_("&Stop"), "doctorStop")
        self._copy = push_button(_("Copy re&port"), "doctorCopyReport")
        self._copy.setToolTip(
            tooltip(_("Names are cut to their first letters and a mark; there are no secrets in it."))
        )
        self._close = push_button(_("&Close"), "doctorClose")
        self._lay_out()
        take_room(self, QSize(1120, 680), settings)
        self._connect()

    def open(self) -> None:
        """Show the window beside the others and begin."""
        self.setModal(False)
        self.show()
        self.activateWindow()
        self.run()

    def run(self) -> None:
        """Examine from the beginning; what runs is stopped."""
        self._checks = []
        self._started_at = datetime.now(UTC)
        self._table.clear_lines()
        self._say(BUSY, _("Looking…"))
        self._tasks.start(self._examine(self._tell, self._begin), self._finish, group="examination")
        self._offer(running=True)

    def stop(self) -> None:
        """Stop looking; what was found stays."""
        self._tasks.cancel("examination")
        self._say(Mark(Shape.SQUARE, Tone.IDLE), _("Stopped. What was found until then stays."))
        self._offer(running=False)

    # what is heard from the examination

    def _tell(self, check: Check) -> None:
        # a line may still come while the window is being taken down
        if shiboken6.isValid(self):
            self.line_found.emit(check)

    def _begin(self, kind: CheckKind) -> None:
        if shiboken6.isValid(self):
            self.kind_begun.emit(kind)

    def _add(self, check: Check) -> None:
        self._checks.append(check)
        self._table.add_line(check)

    def _finish(self, diagnosis: Diagnosis) -> None:
        self._say(_MARKS[diagnosis.verdict], diagnosis_sentence(diagnosis))
        self._table.go_to_first_trouble()
        self._offer(running=False)

    def _fail(self, error: CbrError) -> None:
        self._say(BAD, error_sentence(error))
        self._offer(running=False)

    def _say(self, mark: Mark, text: str) -> None:
        self._dot.show_mark(mark)
        self._status.setText(text)
        self._announcer.say(text)

    def _offer(self, *, running: bool) -> None:
        """Offer what makes sense now; the focus is not left on a button that went grey."""
        self._stop.setEnabled(running)
        self._again.setEnabled(not running)
        self._copy.setEnabled(not running and bool(self._checks))
        if self.focusWidget() in (None, self._stop, self._again, self._copy):
            (self._stop if running else self._again).setFocus()

    def _copy_report(self) -> None:
        diagnosis = Diagnosis(self._profile.name, self._started_at, tuple(self._checks))
        QGuiApplication.clipboard().setText(self._report(diagnosis))
        self._copy.setText(_("Re&port copied"))
        self._copied.start()

    # building

    def _lay_out(self) -> None:
        font = self._status.font()
        font.setPointSizeF(font.pointSizeF() * 1.2)
        font.setBold(True)
        self._status.setFont(font)
        head = QHBoxLayout()
        head.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._status, 1)
        foot = button_row(self._close, self._copy, self._stop, self._again, beside=(self._only,))
        layout = QVBoxLayout(self)
        layout.addLayout(place_line(self._profile, self._environment, "doctorPlace"))
        layout.addLayout(head)
        layout.addWidget(self._table, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.line_found.connect(self._add)
        self.kind_begun.connect(lambda kind: self._say(BUSY, busy_sentence(kind)))
        self._tasks.failed.connect(self._fail)
        self._only.toggled.connect(self._table.show_only_trouble)
        self._again.clicked.connect(self.run)
        self._stop.clicked.connect(self.stop)
        self._copy.clicked.connect(self._copy_report)
        self._close.clicked.connect(self.close)
        QShortcut(QKeySequence(Qt.Key.Key_F5), self, self.run)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(2000)
        self._copied.timeout.connect(lambda: self._copy.setText(_("Copy re&port")))


class CheckTable(QTableWidget):
    """The lines, each as high as its words need."""

    def __init__(self) -> None:
        super().__init__(0, len(_COLUMNS))
        self._verdicts: list[Verdict] = []
        self._only_trouble = False
        set_up_table(self, "doctorChecks", _("What was looked at"))
        self.setIconSize(MARK_SIZE)
        self.setHorizontalHeaderLabels([_(title) for title in _COLUMNS])
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.model().setHeaderData(_TIME, Qt.Orientation.Horizontal, right, Qt.ItemDataRole.TextAlignmentRole)
        self.setWordWrap(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(_FOUND, QHeaderView.ResizeMode.Stretch)
        self.setColumnHidden(_NEXT, True)
        letter = self.fontMetrics().averageCharWidth()
        for column, letters in _LETTERS.items():
            self.setColumnWidth(column, letters * letter + 12)
        # rows get their heights once the columns have come to rest
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self.resizeRowsToContents)
        header.sectionResized.connect(lambda: self._rest.start())

    def clear_lines(self) -> None:
        """Take all lines away."""
        self.setRowCount(0)
        self.setColumnHidden(_NEXT, True)
        self._verdicts = []

    def add_line(self, check: Check) -> None:
        """Add a line, and keep the newest in sight unless the user has scrolled away."""
        bar = self.verticalScrollBar()
        is_at_end = bar.value() == bar.maximum()
        row = self.rowCount()
        self.insertRow(row)
        texts = (
            check_verdict_words(check),
            check_kind_words(check.kind),
            check_subject_words(check),
            plain(found_sentence(check), 2000),
            plain(next_sentence(check), 2000),
            time_words(check),
        )
        items = [QTableWidgetItem(text) for text in texts]
        items[_RESULT].setIcon(mark_icon(_MARKS[check.verdict]))
        for column, item in enumerate(items):
            side = Qt.AlignmentFlag.AlignRight if column == _TIME else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(row, column, item)
        if texts[_NEXT]:  # where nothing is to be done, what was found has the room
            self.setColumnHidden(_NEXT, False)
        self._verdicts.append(check.verdict)
        self.setRowHidden(row, self._only_trouble and check.verdict not in _ATTENTION)
        self.resizeRowToContents(row)
        if is_at_end:
            self.scrollToBottom()

    def show_only_trouble(self, only: bool) -> None:
        """Show the lines that failed or warn alone, or all."""
        self._only_trouble = only
        for row, verdict in enumerate(self._verdicts):
            self.setRowHidden(row, only and verdict not in _ATTENTION)

    def go_to_first_trouble(self) -> None:
        """Put the cursor on the first line that failed, or else the first that warns, or else at the top.

        The row is not selected: marks are hard to see on the colour of a selection.
        """
        wanted = next((verdict for verdict in (Verdict.FAIL, Verdict.WARN) if verdict in self._verdicts), None)
        row = 0 if wanted is None else self._verdicts.index(wanted)
        index = self.model().index(row, _RESULT)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected lines by key; everything else is the table's own."""
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            QGuiApplication.clipboard().setText("\n".join(map(self._line, rows)))
        else:
            super().keyPressEvent(event)

    def sizeHintForRow(self, row: int) -> int:
        """Return how high a line is with all of its words, and some air around them."""
        items = [self.item(row, column) for column in range(len(_COLUMNS))]
        return words_height(self, [item.text() if item is not None else "" for item in items], _RESULT) + 15

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the rows their heights anew once the size has come to rest."""
        super().resizeEvent(event)
        width, letter = self.viewport().width(), self.fontMetrics().averageCharWidth()
        self.setColumnHidden(_TIME, width < _TIME_LETTERS * letter)
        # what was found has the answer of the service in it, with ids that are not broken
        self.setColumnWidth(_NEXT, width // 5)
        self.setColumnWidth(_OF, min(_LETTERS[_OF] * letter, width // 5) + 12)
        self._rest.start()

    def _line(self, row: int) -> str:
        items = [self.item(row, column) for column in range(len(_COLUMNS))]
        return "\t".join(item.text() for item in items if item is not None)
