"""The table model: the rows as they came, and an index list that filter and order rebuild."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import compress
from operator import is_not
from typing import Any, Generic

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.ui.kit.tables.column import Column, Row, RowChange, SortKey
from cbr_desktop.ui.kit.tables.filter import Filter

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_COMPARED = 500
"""Letters of a text that order and search look at."""
_SEARCHED = 200_000


class TableModel(QAbstractTableModel, Generic[Row]):
    """Shows rows in columns. ``id_of`` names a row for good, ``search`` is the text that words are looked for in.

    Signals:
        arranged: other rows, or the same in another order, are shown now.
    """

    arranged = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        id_of: Callable[[Row], str],
        search: Callable[[Row], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.filter: Filter[Row] = Filter()
        self._id_of = id_of
        self._search = search
        self._rows: list[Row] = []
        self._texts: list[str] | None = None
        self._index: list[int] = []
        self._positions: dict[str, int] | None = None
        self.changes: Mapping[str, RowChange[Row]] = {}
        """By id the rows that differ from what the operator saw last."""
        self._order: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    # what is shown

    @property
    def total(self) -> int:
        """How many rows there are without the filter."""
        return len(self._rows)

    def row_at(self, position: int) -> Row:
        """Return the row that is shown at a position."""
        return self._rows[self._index[position]]

    def id_at(self, position: int) -> str:
        """Return the id of the row that is shown at a position."""
        return self._id_of(self._rows[self._index[position]])

    def position_of(self, id: str) -> int | None:
        """Return where a row is shown, or ``None`` while it is not."""
        if self._positions is None:
            self._positions = {self.id_at(position): position for position in range(len(self._index))}
        return self._positions.get(id)

    def change_of(self, row: Row) -> RowChange[Row] | None:
        """Return how a row differs from what was seen last, or ``None``."""
        return self.changes.get(self._id_of(row)) if self.changes else None

    def has_changed(self, row: Row, column: Column[Row]) -> bool:
        """Tell whether a cell says something else than when it was seen last."""
        change = self.change_of(row)
        return change is not None and column.key in change.columns

    def shown_rows(self) -> Iterator[Row]:
        """Yield the rows that are shown, in their order."""
        return (self._rows[i] for i in self._index)

    # what changes it

    def put(self, rows: list[Row]) -> None:
        """Show other rows; when the same ones are shown in the same order, views keep all they have."""
        self._texts = None
        index = self._arranged(rows)
        if len(index) == len(self._index) and self._are_same(index, rows):
            self._rows, self._index = rows, index
            self.repaint_all()
            return
        self.beginResetModel()
        self._rows = rows
        self._take(index)

    def _are_same(self, index: list[int], rows: list[Row]) -> bool:
        """Tell whether these are the rows that are shown, in the same order, whatever they say."""
        before, after = [self._rows[i] for i in self._index], [rows[i] for i in index]
        others = compress(zip(before, after, strict=True), map(is_not, before, after))
        # it ends at the first difference, which in a list of the newest first is the first row
        return all(self._id_of(was) == self._id_of(now) for was, now in others)

    def set_filter(self, filter: Filter[Row]) -> None:
        """Show the rows that a filter keeps."""
        self.filter = filter
        self._rearrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column; -1 is the order in which they came."""
        self._order = (column, order)
        self._rearrange()

    def repaint_all(self) -> None:
        """Tell views that the cells of the same rows may say something else now."""
        if self._index:
            last = self.index(len(self._index) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.arranged.emit()

    def _rearrange(self) -> None:
        index = self._arranged(self._rows)
        if index != self._index:
            self.beginResetModel()
            self._take(index)
        else:
            self.arranged.emit()

    def _take(self, index: list[int]) -> None:
        self._index, self._positions = index, None
        self.endResetModel()
        self.arranged.emit()

    def _arranged(self, rows: list[Row]) -> list[int]:
        if self.filter.is_empty:
            index = list(range(len(rows)))
        else:
            if self._texts is None:
                self._texts = [_short(self._search(row)).casefold() for row in rows]
            index = self.filter.kept(rows, self._texts)
        column, order = self._order
        if 0 <= column < len(self.columns):
            index = _sorted(index, rows, self.columns[column].sort, order == Qt.SortOrder.DescendingOrder)
        return index

    # Qt asks

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._index)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many columns there are, hidden ones included."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell says; painting asks the columns themselves."""
        if not index.isValid() or index.row() >= len(self._index):
            return None
        column, row = self.columns[index.column()], self.row_at(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return plain(column.text(row))
        if role == Qt.ItemDataRole.ToolTipRole:
            change = self.change_of(row)
            hint = column.hint(row) if column.hint else ""
            if change is not None and change.before is not None and column.key in change.columns:
                hint = _("Before: {before}").format(before=plain(column.text(change.before))) + (
                    f"\n{hint}" if hint else ""
                )
            return tooltip(column.text(row), hint)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column."""
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self.columns):
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                return self.columns[section].title
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
        return None


def _sorted(index: list[int], rows: list[Row], key: Callable[[Row], SortKey], descending: bool) -> list[int]:
    """Order by key, either way with what has none at the end; equal rows stay as they came."""
    keys = {i: _comparable(key(rows[i])) for i in index}
    known = [i for i in index if keys[i] is not None]
    unknown = [i for i in index if keys[i] is None]
    try:
        known.sort(key=keys.__getitem__, reverse=descending)
    except TypeError:
        known.sort(key=lambda i: (type(keys[i]).__name__, str(keys[i])), reverse=descending)
    return known + unknown


def _short(text: str) -> str:
    """Cut the lines of a text that no person wrote, so that ten million letters in a name slow nobody's typing."""
    if len(text) <= _SEARCHED:
        return text
    return "\n".join(line[:_COMPARED] for line in text.split("\n"))[:_SEARCHED]


def _comparable(key: SortKey) -> Any:
    return key[:_COMPARED].casefold() if isinstance(key, str) else key
