"""The table model: the rows as they came, and an index list that filter and order rebuild."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from itertools import compress, count
from operator import is_not
from time import perf_counter
from typing import Any, Generic

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.ui.kit.pieces import TURN_SECONDS
from cbr_desktop.ui.kit.tables.arrangement import Arrangement
from cbr_desktop.ui.kit.tables.column import Column, Row, RowChange
from cbr_desktop.ui.kit.tables.filter import Filter

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_REST_MS, _PAUSE_MS = 100, 2
"""For how long other rows do not come before texts are prepared, and the pause after each turn of that."""


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
        self._arrangement = Arrangement(self.columns, search)
        self._rows: list[Row] = []
        self._index: list[int] = []
        self._places: dict[str, int] | None = None
        """By id where among all rows each is; made on demand."""
        self.changes: Mapping[str, RowChange[Row]] = {}
        """By id the rows that differ from what the operator saw last."""
        self._order: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        self._preparing = QTimer(self)
        self._preparing.setSingleShot(True)
        self._preparing.timeout.connect(self._prepare)

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
        place = self._place_of(id)
        try:
            return None if place is None else self._index.index(place)
        except ValueError:
            return None

    def positions_of(self, ids: Iterable[str]) -> list[int]:
        """Return where rows are shown, from the top; those that are not are left out."""
        places = {place for id in ids if (place := self._place_of(id)) is not None}
        return list(compress(count(), map(places.__contains__, self._index))) if places else []

    def _place_of(self, id: str) -> int | None:
        if self._places is None:
            self._places = dict(zip(map(self._id_of, self._rows), count()))
        return self._places.get(id)

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

    def order_ahead(self, rows: list[Row]) -> Generator[None, None, None]:
        """Work out the order of very many rows in pieces, before they are put."""
        column, order = self._order
        return self._arrangement.order_ahead(rows, column, descending=order == Qt.SortOrder.DescendingOrder)

    def put(self, rows: list[Row], beside: object = None) -> None:
        """Show other rows; when the same ones are shown in the same order, views keep all they have.

        ``beside`` is what else the texts depend on that words are looked for in, ``None`` where that is not known.
        """
        self._arrangement.put(rows, beside)
        index = self._arranged()
        if not self._arrangement.is_prepared:
            self._preparing.start(_REST_MS)
        if len(index) == len(self._index) and self._are_same(index, rows):
            self._rows, self._places, self._index = rows, None, index
            self.repaint_all()
            return
        self.beginResetModel()
        self._rows, self._places = rows, None
        self._take(index)

    def _prepare(self) -> None:
        until = perf_counter() + TURN_SECONDS
        while self._arrangement.prepare():
            if perf_counter() >= until:
                self._preparing.start(_PAUSE_MS)
                break

    def _are_same(self, index: list[int], rows: list[Row]) -> bool:
        """Tell whether these are the rows that are shown, in the same order, whatever they say."""
        pairs: Iterator[tuple[Row, Row]]
        if len(index) == len(rows) == len(self._rows) and index == self._index:
            # all are shown: in the order in which they came they are compared in half the time
            pairs = compress(zip(self._rows, rows, strict=True), map(is_not, self._rows, rows))
        else:
            pairs = zip(map(self._rows.__getitem__, self._index), map(rows.__getitem__, index), strict=True)
        # it ends at the first difference, which in a list of the newest first is the first row
        return all(was is now or self._id_of(was) == self._id_of(now) for was, now in pairs)

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
        index = self._arranged()
        if index != self._index:
            self.beginResetModel()
            self._take(index)
        else:
            self.arranged.emit()

    def _take(self, index: list[int]) -> None:
        self._index = index
        self.endResetModel()
        self.arranged.emit()

    def _arranged(self) -> list[int]:
        column, order = self._order
        return self._arrangement.places(self.filter, column, descending=order == Qt.SortOrder.DescendingOrder)

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
