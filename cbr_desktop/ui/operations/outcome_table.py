"""The table of an outcome: a line for each resource."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.codes import explain
from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.operations import fate_of, words_of
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.icons import mark_icon
from cbr_desktop.ui.kit.lines import MARK_SIZE
from cbr_desktop.ui.kit.tables.fitted_columns import FittedColumns
from cbr_desktop.ui.kit.tables.fitting import Wish
from cbr_desktop.ui.kit.tokens import TIGHT
from cbr_desktop.ui.kit.widgets import set_up_table

_NAME, _FATE, _PROGRESS, _CODE, _REASON, _REMEDY = range(6)
_COLUMNS = (N_("Name"), N_("Outcome"), N_("Progress"), N_("Code"), N_("Reason"), N_("What to do"))
_WISHES = (
    Wish(110, 180, 240, yields=False),
    Wish(105, 115, 140, yields=False),
    Wish(70, 75, 75),
    Wish(60, 70, 70, yields=False),
    Wish(140, 260, 320, yields=False),
    Wish(180, 300, 600, yields=False, elastic=True),
)
_REST_MS = 30
_FATE_MARKS = {
    Fate.WAITING: Mark(Shape.RING, Tone.IDLE),
    Fate.RUNNING: Mark(Shape.PLAY, Tone.BUSY),
    Fate.DONE: Mark(Shape.DISC, Tone.GOOD),
    Fate.FAILED: Mark(Shape.CROSS, Tone.BAD),
    Fate.SKIPPED: Mark(Shape.DIAMOND, Tone.WARN),
    Fate.UNCERTAIN: Mark(Shape.QUESTION, Tone.WARN),
}


class ResourceTable(QTableWidget):
    """A line for each resource: what became of it, why, and what to do; skipped ones stand together at the end."""

    def __init__(self) -> None:
        super().__init__(0, len(_COLUMNS))
        set_up_table(self, "outcomeResources", _("Resources"))
        self.setIconSize(MARK_SIZE)
        self.setHorizontalHeaderLabels([_(title) for title in _COLUMNS])
        self.setWordWrap(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        self._columns = FittedColumns(header)
        self._columns.wish(_WISHES)
        # Heights follow the wrapped texts, but only after a drag of a column has come to rest.
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.fit_rows)
        header.sectionResized.connect(self._rest.start)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out among the columns."""
        super().resizeEvent(event)
        self._columns.fit(self.viewport().width())

    def fit_rows(self) -> None:
        """Make each row as high as its words, with some room around several lines."""
        self.resizeRowsToContents()
        for row in range(self.rowCount()):
            self.setRowHeight(row, self.rowHeight(row) + TIGHT)

    def show_outcome(self, intent: Intent, outcome: Outcome) -> None:
        """Show another outcome of a request; rows of the same resources are only written over."""
        head = self.horizontalHeaderItem(_NAME)
        if head is not None:
            head.setText(words_of(intent).line)
        rows = sorted(outcome.resources, key=lambda resource: resource.fate is Fate.SKIPPED)
        self.setRowCount(len(rows))
        changed = [self._write(row, _texts(intent, resource), resource) for row, resource in enumerate(rows)]
        if any(changed):
            self.fit_rows()

    def _write(self, row: int, texts: list[str], resource: ResourceOutcome) -> bool:
        """Write a row and tell whether its words are others now."""
        held = [self.item(row, column) for column in range(len(_COLUMNS))]
        if texts == [item.text() if item is not None else None for item in held]:
            return False
        items = [QTableWidgetItem(text) for text in texts]
        items[_FATE].setIcon(mark_icon(_FATE_MARKS[resource.fate]))
        items[_NAME].setToolTip(tooltip(resource.name, resource.id))
        explanation = explain(resource.code)
        items[_CODE].setToolTip(tooltip(explanation.meaning) if explanation else "")
        for column, item in enumerate(items):
            item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(row, column, item)
        return True


def _texts(intent: Intent, resource: ResourceOutcome) -> list[str]:
    explanation = explain(resource.code)
    progress = "" if resource.progress_percent is None else f"{resource.progress_percent} %"
    reason = plain(resource.message) or (explanation.meaning if explanation else "")
    code = plain(resource.code, 60).removeprefix("BackupService.")
    return [
        plain(resource.name, 120) or resource.id,
        fate_of(intent, resource.fate),
        progress,
        code,
        reason,
        explanation.remedy if explanation else words_of(intent).remedies.get(resource.fate, ""),
    ]
