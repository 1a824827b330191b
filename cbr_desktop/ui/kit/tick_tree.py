"""Rows to be ticked, each with parts of its own: thousands of them, of which only what is seen says something."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from cbr_desktop.ui.kit.lines import MARK_SIZE
from cbr_desktop.ui.kit.pieces import Pieces
from cbr_desktop.ui.kit.tables.fitted_columns import FittedColumns
from cbr_desktop.ui.kit.tables.fitting import Wish

Row = TypeVar("Row")
Part = TypeVar("Part")
_DISPLAY, _READ = int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)
_CHECK, _HINT = int(Qt.ItemDataRole.CheckStateRole), int(Qt.ItemDataRole.ToolTipRole)
_DECORATION = int(Qt.ItemDataRole.DecorationRole)
_ON, _OFF = Qt.CheckState.Checked, Qt.CheckState.Unchecked
_HAS_PARTS = QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator
_AT_ONCE, _PIECE = 100, 200
"""How many lines are made at once, more than fit on a screen, and of the others between two looks at the time."""


class Ticks(Generic[Row, Part]):
    """Rows with their parts, which of them are ticked, and what they say; ``titles`` are of the columns.

    What a row or a part says is asked for when it is seen. A part that is ticked brings its row with it.
    """

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = tuple(titles)
        self.rows: Sequence[Row] = ()
        self._ticked: set[str] = set()
        self._left_out: dict[str, frozenset[str]] = {}
        """Parts that are not ticked, by the rows that have such."""

    # what a list of its own kind says

    def id_of(self, row: Row) -> str:
        """Return what names a row for good."""
        raise NotImplementedError

    def parts_of(self, row: Row) -> Sequence[Part]:
        """Return the parts of a row."""
        raise NotImplementedError

    def part_id(self, part: Part) -> str:
        """Return what names a part within its row."""
        raise NotImplementedError

    def row_words(self, row: Row, column: int) -> str:
        """Return what a row says in a column."""
        raise NotImplementedError

    def part_words(self, row: Row, part: Part, column: int) -> str:
        """Return what a part says in a column."""
        raise NotImplementedError

    def search(self, row: Row) -> str:
        """Return the text that words are looked for in."""
        raise NotImplementedError

    def row_hint(self, row: Row, column: int) -> str:  # noqa: ARG002  # most say it all
        """Return the tooltip of a cell of a row."""
        return ""

    def part_hint(self, row: Row, part: Part, column: int) -> str:  # noqa: ARG002  # most say it all
        """Return the tooltip of a cell of a part."""
        return ""

    def row_icon(self, row: Row, column: int) -> QIcon | None:  # noqa: ARG002  # most have none
        """Return the picture in a cell of a row."""
        return None

    def is_fixed(self, row: Row, part: Part) -> bool:  # noqa: ARG002  # most can be ticked
        """Tell whether a part is never ticked, whatever a person wants."""
        return False

    # what is ticked

    @property
    def ticked_rows(self) -> Iterator[Row]:
        """The rows that are ticked, in the order of the list."""
        return (row for row in self.rows if self.id_of(row) in self._ticked) if self._ticked else iter(())

    @property
    def ticked_count(self) -> int:
        """How many rows are ticked."""
        return len(self._ticked)

    def is_ticked(self, id: str) -> bool:
        """Tell whether a row is ticked."""
        return id in self._ticked

    def left_out(self, id: str) -> frozenset[str]:
        """Return the parts of a row that are not ticked."""
        return self._left_out.get(id, frozenset())

    def is_part_ticked(self, row: Row, part: Part) -> bool:
        """Tell whether a part of a row is ticked."""
        return self.part_id(part) not in self.left_out(self.id_of(row)) and not self.is_fixed(row, part)

    def taken(self, row: Row) -> int:
        """Return how many parts of a row are ticked."""
        return sum(self.is_part_ticked(row, part) for part in self.parts_of(row))

    def begin(self, rows: Sequence[Row], ticked: Iterable[str], left_out: Mapping[Any, frozenset[Any]]) -> None:
        """Take other rows, some of them ticked, with the parts that are left out of them."""
        self.rows, self._ticked, self._left_out = rows, set(ticked), dict(left_out)

    def tick(self, ids: Collection[str], *, is_on: bool) -> None:
        """Tick rows, or untick them."""
        if is_on:
            self._ticked.update(ids)
        else:
            self._ticked.difference_update(ids)

    def tick_part(self, row: Row, part: Part, *, is_on: bool) -> None:
        """Tick a part of a row, or untick it; one that is fixed stays as it is."""
        if self.is_fixed(row, part):
            return
        id, this = self.id_of(row), {self.part_id(part)}
        self._left_out[id] = self.left_out(id) - this if is_on else self.left_out(id) | this
        if is_on:
            self._ticked.add(id)


class TickTree(QTreeWidget):
    """Shows rows to be ticked with their parts, and has the keys of a list of ticks; its columns have ``wishes``.

    Signals:
        ticked: a person has changed a tick.
        all_requested: tick everything that is shown.
        invert_requested: turn every tick that is shown round.
    """

    ticked = Signal()
    all_requested = Signal()
    invert_requested = Signal()

    def __init__(self, name: str, accessible: str, ticks: Ticks[Any, Any], wishes: Sequence[Wish]) -> None:
        super().__init__()
        self._ticks = ticks
        self._lines: list[_Line] = []
        self._words: tuple[str, ...] = ()
        self._texts: list[str] | None = None
        self._kept: Sequence[bool] | None = None
        """Whether the filter keeps a row, by its place; ``None`` while it keeps all."""
        self._pieces = Pieces(self)
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setIconSize(MARK_SIZE)
        self.setColumnCount(len(ticks.titles))
        self.setHeaderLabels(ticks.titles)
        self.setAlternatingRowColors(True)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the end of a name tells it from others
        self._columns = FittedColumns(self.header())
        self._columns.wish(wishes)
        self.itemExpanded.connect(self._add_parts)

    def showEvent(self, event: QShowEvent) -> None:
        """Lay the lines out anew: Qt keeps the height of a line that it had before the sheet gave it more room."""
        super().showEvent(event)
        self.scheduleDelayedItemsLayout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out among the columns."""
        super().resizeEvent(event)
        self._columns.fit(self.viewport().width())

    @property
    def shown_rows(self) -> Iterator[Any]:
        """The rows that the filter keeps."""
        kept = self._kept
        return (row for place, row in enumerate(self._ticks.rows) if kept is None or kept[place])

    # what changes it

    def put(
        self, rows: Sequence[Any], ticked: Iterable[str], left_out: Mapping[Any, frozenset[Any]] | None = None
    ) -> None:
        """Show other rows, some of them ticked; what was open, current and in sight stays so."""
        current, scrolled = self._path(self.currentItem()), self.verticalScrollBar().value()
        opened = {self._ticks.id_of(line.row) for line in self._lines if line.isExpanded()}
        self._lines.clear()
        self.clear()
        self._ticks.begin(rows, ticked, left_out or {})
        self._texts = None
        self._arrange()
        if opened or current or scrolled:
            self._add_lines(len(rows))
            self._stand(opened, current)
            self.verticalScrollBar().setValue(scrolled)
        else:
            self._add_lines(_AT_ONCE)
        self._pieces.begin(self._added())

    def set_filter(self, text: str) -> None:
        """Show the rows that have all words of a text."""
        words = tuple(text.casefold().split())
        if words == self._words:
            return
        self._words = words
        before = self._kept
        self._arrange()
        for place, line in enumerate(self._lines):
            is_kept = self._kept is None or self._kept[place]
            if is_kept is not (before is None or before[place]):
                line.setHidden(not is_kept)

    def tick(self, ids: Collection[str], *, is_on: bool) -> None:
        """Tick rows, or untick them."""
        self._ticks.tick(ids, is_on=is_on)
        self.repaint_all()

    def repaint_all(self) -> None:
        """Show what rows say now."""
        self.viewport().update()

    def _arrange(self) -> None:
        words = self._words
        if words and self._texts is None:
            self._texts = [self._ticks.search(row).casefold() for row in self._ticks.rows]
        texts = self._texts or ()
        self._kept = [all(word in text for word in words) for text in texts] if words else None

    # lines

    def _add_lines(self, count: int) -> None:
        """Add so many lines."""
        ticks, rows, made = self._ticks, self._ticks.rows, []
        begin = len(self._lines)
        for row in rows[begin : begin + count]:
            line = _Line()
            line.ticks, line.row = ticks, row
            if ticks.parts_of(row):
                line.setChildIndicatorPolicy(_HAS_PARTS)
            made.append(line)
        self._lines += made
        self.addTopLevelItems(made)
        if self._kept is not None:
            for place, line in enumerate(made, begin):
                line.setHidden(not self._kept[place])

    def _added(self) -> Iterator[None]:
        """Add the lines that are not there yet."""
        while len(self._lines) < len(self._ticks.rows):
            self._add_lines(_PIECE)
            yield

    def _add_parts(self, line: QTreeWidgetItem) -> None:
        """Add the parts of a row when it is opened: of thousands of rows that is done to a few."""
        if not isinstance(line, _Line) or line.childCount():
            return
        parts = []
        for part in self._ticks.parts_of(line.row):
            made = _PartLine()
            made.ticks, made.row, made.part = self._ticks, line.row, part
            if self._ticks.is_fixed(line.row, part):
                made.setDisabled(True)
            parts.append(made)
        line.addChildren(parts)

    def _stand(self, opened: Collection[str], current: tuple[str, ...]) -> None:
        """Open lines, and make one the current."""
        for line in self._lines:
            id = self._ticks.id_of(line.row)
            line.setExpanded(id in opened)
            if current and current[0] == id:
                inside = (cast(_PartLine, line.child(place)) for place in range(line.childCount()))
                same = (each for each in inside if self._path(each) == current)
                self.setCurrentItem(next(same, line))

    def _path(self, line: QTreeWidgetItem | None) -> tuple[str, ...]:
        """Return the ids that lead to a line: that of the row, and that of the part."""
        if isinstance(line, _PartLine):
            return (self._ticks.id_of(line.row), self._ticks.part_id(line.part))
        return (self._ticks.id_of(line.row),) if isinstance(line, _Line) else ()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick all with Ctrl+A, turn round with Ctrl+I, toggle the selected with Space."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.all_requested.emit()
        elif event.key() == Qt.Key.Key_I and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.invert_requested.emit()
        elif event.key() == Qt.Key.Key_Space and len(self.selectedItems()) > 1:
            self._toggle_selected()
        else:
            super().keyPressEvent(event)

    def _toggle_selected(self) -> None:
        selected = self.selectedItems()
        is_on = selected[0].checkState(0) != _ON
        for line in selected:
            if isinstance(line, _PartLine):
                self._ticks.tick_part(line.row, line.part, is_on=is_on)
            elif isinstance(line, _Line):
                self._ticks.tick({self._ticks.id_of(line.row)}, is_on=is_on)
        self.repaint_all()
        self.ticked.emit()


class _Line(QTreeWidgetItem):
    """A row; what it says is asked for when it is seen."""

    __slots__ = ("row", "ticks")
    ticks: Ticks[Any, Any]
    row: Any

    def data(self, column: int, role: int) -> Any:
        """Return what a cell says, whether it is ticked, and what it has besides."""
        if role in (_DISPLAY, _READ):
            return self.ticks.row_words(self.row, column)
        if role == _CHECK and column == 0:
            return _ON if self.ticks.is_ticked(self.ticks.id_of(self.row)) else _OFF
        if role == _DECORATION:
            return self.ticks.row_icon(self.row, column)
        return self.ticks.row_hint(self.row, column) if role == _HINT else None

    def setData(self, column: int, role: int, value: Any) -> None:
        """Take a tick that a person has changed."""
        if role == _CHECK and column == 0:
            self.ticks.tick({self.ticks.id_of(self.row)}, is_on=Qt.CheckState(value) == _ON)
            _tell(self)


class _PartLine(QTreeWidgetItem):
    """A part of a row."""

    __slots__ = ("part", "row", "ticks")
    ticks: Ticks[Any, Any]
    row: Any
    part: Any

    def data(self, column: int, role: int) -> Any:
        """Return what a cell says, whether it is ticked, and what it has besides."""
        if role in (_DISPLAY, _READ):
            return self.ticks.part_words(self.row, self.part, column)
        if role == _CHECK and column == 0:
            return _ON if self.ticks.is_part_ticked(self.row, self.part) else _OFF
        return self.ticks.part_hint(self.row, self.part, column) if role == _HINT else None

    def setData(self, column: int, role: int, value: Any) -> None:
        """Take a tick that a person has changed."""
        if role == _CHECK and column == 0:
            self.ticks.tick_part(self.row, self.part, is_on=Qt.CheckState(value) == _ON)
            _tell(self)


def _tell(line: QTreeWidgetItem) -> None:
    """Tell that a tick of a line has changed, and show what its row says now."""
    line.emitDataChanged()
    tree = line.treeWidget()
    if isinstance(tree, TickTree):
        tree.repaint_all()
        tree.ticked.emit()
