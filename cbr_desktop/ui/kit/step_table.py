"""The table of a plan's steps: one line each, with a mark, before a run and after it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.marks import Mark
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.ui.kit.lines import MARK_SIZE, mark_icon
from cbr_desktop.ui.kit.widgets import dress_table

_WIDTHS = {
    N_("Step"): 40,
    N_("Failed"): 50,
    N_("Took"): 62,
    N_("State"): 120,
    N_("Verdict"): 100,
    N_("Name"): 130,
    N_("Vault"): 130,
    N_("Vault and id"): 250,
    N_("Profile"): 110,
    N_("File"): 150,
    N_("No."): 44,
    N_("Done to"): 170,
    N_("Resource"): 130,
    N_("Made"): 120,
}
_NARROW = 66
_SPARE = (N_("Accepted"), N_("Skipped"), N_("Failed"))
"""Columns that are not there while the table is narrow: the last one tells in words what they count."""
_LEAST = 250
"""How wide the last column is at least; where there is no room for that, the table scrolls."""
_CELL_ROOM = 30
"""What a cell has beside its words at the most: its edges, and a mark."""
_TITLE_ROOM = 18
"""What a title has beside its words."""
_BETWEEN = 6
"""What a row has above and below its words in all, so that lines of two rows are told apart."""
_LINES = 4
"""Lines of a row that are shown."""
Line = tuple[tuple[str, ...], Mark]
"""The words of a step in the order of the columns, and the mark that stands in the second one."""


class StepTable(QTableWidget):
    """Lists steps; the last column takes the room that is left, and what is cut is whole in the tooltip."""

    _lines: Sequence[Line] = ()
    """What is shown; Qt sends events before a widget is made."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        dress_table(self, name, _("Steps"))
        self.setIconSize(MARK_SIZE)
        self.setWordWrap(True)
        self.setHorizontalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        self._titles: tuple[str, ...] = ()
        self._title_widths = {_(title): width for title, width in _WIDTHS.items()}
        self._spare = {_(title) for title in _SPARE}
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(self._fit)
        self.horizontalHeader().sectionResized.connect(self._fit_soon)

    def fill(self, titles: Sequence[str], lines: Sequence[Line]) -> None:
        """Show steps; the selection stays where it is while the columns are the same."""
        before = self._lines
        if self._titles != tuple(titles):
            self._put_titles(titles)
            before = ()
        self._lines = list(lines)
        self.setRowCount(len(lines))
        changed = [row for row, line in enumerate(lines) if row >= len(before) or line != before[row]]
        for row in changed:
            self._put_line(row, *lines[row])
        if changed or len(before) != len(lines):
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the last column what is left."""
        super().resizeEvent(event)
        self._fit_soon()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the marks in the colours of the theme that is on now."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._lines:
            for row, line in enumerate(self._lines):
                self._put_line(row, *line)

    def _fit(self) -> None:
        """Share the width out, and make lines as high as their words need by that, up to a few lines of text."""
        last = self.columnCount() - 1
        shown = [title for column, title in enumerate(self._titles[:-1]) if not self.isColumnHidden(column)]
        wanted = sum(self._title_widths.get(title, _NARROW) for title in {*shown, *self._spare})
        for column, title in enumerate(self._titles):
            if title in self._spare:
                self.setColumnHidden(column, self.viewport().width() < wanted + _LEAST)
        others = sum(self.columnWidth(column) for column in range(last))  # that of a hidden one is 0
        self.setColumnWidth(last, max(_LEAST, self.viewport().width() - others))
        highest = _LINES * self.fontMetrics().lineSpacing() + 6
        usual = 0
        for row, (words, _mark) in enumerate(self._lines):
            # to measure every row takes a second where there are hundreds, and those with a line alone are all as high
            if not self._wraps(words) and usual:
                self.setRowHeight(row, usual)
                continue
            self.resizeRowToContents(row)
            self.setRowHeight(row, min(highest, self.rowHeight(row)) + _BETWEEN)
            if not self._wraps(words):
                usual = self.rowHeight(row)

    def _wraps(self, words: Sequence[str]) -> bool:
        """Whether something in a row needs more than one line."""
        metrics, told = self.fontMetrics(), enumerate(words)
        return any(
            "\n" in text or metrics.horizontalAdvance(text) > self.columnWidth(column) - _CELL_ROOM
            for column, text in told
            if not self.isColumnHidden(column)
        )

    def _fit_soon(self, *_rest: object) -> None:
        self._fitting.start(0)

    def _put_titles(self, titles: Sequence[str]) -> None:
        self._titles = tuple(titles)
        self.setColumnCount(len(titles))
        self.setHorizontalHeaderLabels(list(titles))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, title in enumerate(titles[:-1]):
            whole = self.fontMetrics().horizontalAdvance(title) + _TITLE_ROOM
            self.setColumnWidth(column, max(whole, self._title_widths.get(title, _NARROW)))

    def _put_line(self, row: int, words: Sequence[str], mark: Mark) -> None:
        for column, text in enumerate(words):
            self._put(row, column, plain(text, 600))
        item = self.item(row, 1)
        if item is not None:
            item.setIcon(mark_icon(mark, self.palette(), self.devicePixelRatioF()))

    def _put(self, row: int, column: int, text: str) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem(text)
            self.setItem(row, column, item)
        item.setText(text)
        item.setToolTip(tooltip(text))
