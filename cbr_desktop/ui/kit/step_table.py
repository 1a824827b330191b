"""The table of a plan's steps: one line each, with a mark, before a run and after it."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTableView, QWidget

from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.marks import Mark
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.ui.kit.icons import mark_icon
from cbr_desktop.ui.kit.lines import MARK_SIZE
from cbr_desktop.ui.kit.pieces import Pieces
from cbr_desktop.ui.kit.tables.fitted_columns import LETTER, FittedColumns
from cbr_desktop.ui.kit.tables.fitting import Wish
from cbr_desktop.ui.kit.widgets import set_up_table, words_height

_WIDTHS = {
    N_("Step"): 40,
    N_("Failed"): 50,
    N_("Took"): 62,
    N_("State"): 148,
    N_("Verdict"): 118,
    N_("Name"): 200,
    N_("Done to, with id"): 290,
    N_("Request"): 170,
    N_("Profile"): 110,
    N_("File"): 150,
    N_("No."): 44,
    N_("Done to"): 170,
    N_("Resource"): 130,
    N_("Made"): 120,
}
_NUMBERS = (N_("Step"), N_("No."), N_("Accepted"), N_("Skipped"), N_("Failed"), N_("Took"))
"""Columns whose cells are compared digit by digit, and so stand on the right."""
_NARROW = 66
_SPARE = (N_("Accepted"), N_("Skipped"), N_("Failed"))
"""Columns that are not there while the table is narrow: the last one tells in words what they count."""
_LEAST, _LAST_LEAST = 250, 220
"""How wide the last column should be, and is at least."""
_TENTHS = 6
"""To how many tenths of their widths the others shrink for it."""
_TITLE_ROOM = 18
"""What a title has beside its words."""
_BETWEEN = 8
"""What a row has above and below its words in all, so that lines of two rows are told apart."""
_LINES = 4
"""Lines of a row that are shown."""
_ROWS = 12
"""Rows whose heights are measured at once, about as many as are seen; the others follow in turns of the loop."""
_DISPLAY, _HINT = int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.ToolTipRole)
_DECORATION, _ALIGNMENT = int(Qt.ItemDataRole.DecorationRole), int(Qt.ItemDataRole.TextAlignmentRole)
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
StepCells = tuple[tuple[str, ...], Mark]
"""The words of a step in the order of the columns, and the mark that stands in the second one."""


class _Steps(QAbstractTableModel):
    """The lines of a table of steps; what a cell says is made when it is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: tuple[str, ...] = ()
        self.lines: Sequence[StepCells] = ()
        self._numbers = {_(title) for title in _NUMBERS}

    def put(self, titles: Sequence[str], lines: Sequence[StepCells]) -> list[int]:
        """Show other lines, and return which of them say something else than before."""
        before = self.lines
        if tuple(titles) != self.titles:
            self.beginResetModel()
            self.titles, self.lines = tuple(titles), list(lines)
            self.endResetModel()
            return list(range(len(lines)))
        had, has = len(before), len(lines)
        changed = [row for row, line in enumerate(lines) if row >= had or line != before[row]]
        if has > had:
            self.beginInsertRows(QModelIndex(), had, has - 1)
        elif has < had:
            self.beginRemoveRows(QModelIndex(), has, had - 1)
        self.lines = list(lines)
        if has > had:
            self.endInsertRows()
        elif has < had:
            self.endRemoveRows()
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(self.titles) - 1))
        return changed

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many steps there are."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell says, whole in its tooltip, and the mark of a step."""
        if role == _DISPLAY:
            words, _mark = self.lines[index.row()]
            return "\n".join(plain(line, 600) for line in words[index.column()].split("\n"))
        if role == _HINT:
            words, _mark = self.lines[index.row()]
            return tooltip(words[index.column()])
        if role == _DECORATION and index.column() == 1:
            _words, mark = self.lines[index.row()]
            return mark_icon(mark)
        return self._alignment(index.column(), role) if role == _ALIGNMENT else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column, or the number of a row."""
        if role != _DISPLAY:
            return self._alignment(section, role)
        return self.titles[section] if orientation == Qt.Orientation.Horizontal else section + 1

    def _alignment(self, column: int, role: int) -> Any:
        """Return where the cells of a column stand; ``None`` for what is asked for besides, and for the usual."""
        is_number = role == _ALIGNMENT and self.titles[column] in self._numbers
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter if is_number else None


class StepTable(QTableView):
    """Lists steps; the last column takes the room that is left, and what is cut is whole in the tooltip.

    Signals:
        chosen: other steps are selected.
    """

    chosen = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps = _Steps()
        self._steps.setParent(self)
        self.setModel(self._steps)
        set_up_table(self, name, _("Steps"))
        self.setIconSize(MARK_SIZE)
        self.setWordWrap(True)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self._title_widths = {_(title): width for title, width in _WIDTHS.items()}
        self._spare = {_(title) for title in _SPARE}
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(self._fit)
        self._pieces = Pieces(self)
        self._columns = FittedColumns(self.horizontalHeader())
        self._absent: frozenset[int] = frozenset()
        self.horizontalHeader().sectionResized.connect(self._fit_soon)
        self.selectionModel().selectionChanged.connect(self.chosen)

    def fill(self, titles: Sequence[str], lines: Sequence[StepCells], absent: Collection[int] = ()) -> None:
        """Show steps, without the columns that are ``absent``; the selection stays while the columns are the same."""
        had, before = len(self._steps.lines), (self._steps.titles, self._absent)
        changed = self._steps.put(titles, lines)
        self._absent = frozenset(absent)
        if changed or had != len(lines) or before != (self._steps.titles, self._absent):
            self._fit()

    def current_row(self) -> int:
        """Return the row that the cursor is in, -1 while it is in none."""
        return self.currentIndex().row()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the last column what is left."""
        super().resizeEvent(event)
        self._fit_soon()

    def _fit(self) -> None:
        """Share the width out, and make lines as high as their words need by that, up to a few lines of text."""
        room, titles = self.viewport().width(), self._steps.titles
        there = {column: title for column, title in enumerate(titles[:-1]) if column not in self._absent}
        if room < sum(self._title_widths.get(title, _NARROW) for title in there.values()) + _LEAST:
            there = {column: title for column, title in there.items() if title not in self._spare}
        last = Wish(_LAST_LEAST, _LEAST, _LEAST, yields=False, elastic=True)
        others = [self._wish(there[place]) if place in there else None for place in range(len(titles) - 1)]
        self._columns.wish([*others, last] if titles else [])
        self._columns.fit(room)
        self._fitting.stop()  # the widths that have changed meanwhile are these
        rows = self._measured()
        for _row in islice(rows, _ROWS):
            pass
        self._pieces.begin(rows)

    def _measured(self) -> Iterator[None]:
        """Make rows as high as they need to be, one after the other: hundreds take longer than a turn may."""
        line, usual = self.fontMetrics().lineSpacing(), self.verticalHeader().defaultSectionSize()
        for row, (words, _mark) in enumerate(self._steps.lines):
            yield
            # of a text without end no more is measured than is shown
            cells = ["\n".join(plain(each, 600) for each in text.split("\n")) for text in words]
            self.setRowHeight(row, max(usual, min(_LINES * line, words_height(self, cells, 1)) + _BETWEEN))

    def _fit_soon(self, *_rest: object) -> None:
        self._fitting.start(0)

    def _wish(self, title: str) -> Wish:
        """Return how wide a column should be, and how narrow it may become."""
        letters = self.horizontalHeader().fontMetrics()
        # that of a title is told for letters of the usual size, as the others are
        whole = round(letters.horizontalAdvance(title) * LETTER / max(LETTER, letters.averageCharWidth())) + _TITLE_ROOM
        wide = max(whole, self._title_widths.get(title, _NARROW))
        return Wish(max(whole, wide * _TENTHS // 10), wide, wide, yields=False)
