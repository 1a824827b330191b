"""Rows to be ticked, each with parts of its own: of thousands of them only what is seen is made."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView

from cbr_desktop.text.marks import Mark
from cbr_desktop.ui.kit.lines import MARK_SIZE, mark_icon

Row = TypeVar("Row")
Part = TypeVar("Part")
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_WORDS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class TickModel(QAbstractItemModel, Generic[Row, Part]):
    """Rows with their parts, and which of them are ticked: the first column has the ticks.

    What a row or a part says is asked when it is seen: ``row_words`` and ``part_words``, by column. A part that is
    ticked brings its row with it. The filter is words that all have to be in what ``search`` returns.

    Signals:
        ticked: a person has changed a tick.
    """

    ticked = Signal()

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self._titles = tuple(titles)
        self._rows: Sequence[Row] = ()
        self._shown: Sequence[int] = ()
        """Places of the rows that the filter keeps."""
        self._positions: dict[int, int] | None = None
        """Where rows are shown, by their places; ``None`` until it is asked for."""
        self._texts: list[str] | None = None
        self._words: tuple[str, ...] = ()
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

    # what is there

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, in their order."""
        return self._rows

    @property
    def shown_rows(self) -> Iterator[Row]:
        """The rows that the filter keeps."""
        return (self._rows[place] for place in self._shown)

    @property
    def ticked_rows(self) -> Iterator[Row]:
        """The rows that are ticked, in the order of the list."""
        return (row for row in self._rows if self.id_of(row) in self._ticked) if self._ticked else iter(())

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

    def taken(self, row: Row) -> int:
        """Return how many parts of a row are ticked."""
        left_out = self.left_out(self.id_of(row))
        return sum(self.part_id(part) not in left_out and not self.is_fixed(row, part) for part in self.parts_of(row))

    # what changes it

    def put(
        self, rows: Sequence[Row], ticked: Iterable[str], left_out: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        """Show other rows, some of them ticked, with the parts that are left out of them."""
        self.beginResetModel()
        self._rows, self._texts = rows, None
        self._ticked, self._left_out = set(ticked), dict(left_out or {})
        self._arrange()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Show the rows that have all words of a text."""
        words = tuple(text.casefold().split())
        if words != self._words:
            self.beginResetModel()
            self._words = words
            self._arrange()
            self.endResetModel()

    def tick(self, ids: Collection[str], *, is_on: bool) -> None:
        """Tick rows, or untick them."""
        if is_on:
            self._ticked.update(ids)
        else:
            self._ticked.difference_update(ids)
        self.repaint_all()

    def repaint_all(self) -> None:
        """Tell views that the same rows may say something else now."""
        if self._shown:
            last = self.index(len(self._shown) - 1, len(self._titles) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _arrange(self) -> None:
        self._positions = None
        if not self._words:
            self._shown = range(len(self._rows))
            return
        if self._texts is None:
            self._texts = [self.search(row).casefold() for row in self._rows]
        words = self._words
        self._shown = [place for place, text in enumerate(self._texts) if all(word in text for word in words)]

    # Qt asks

    def row_at(self, index: Index) -> Row:
        """Return the row that an index is of, or is of a part of."""
        inside = index.internalId()
        return self._rows[inside - 1 if inside else self._shown[index.row()]]

    def part_at(self, index: Index) -> Part | None:
        """Return the part that an index is of, ``None`` where it is of a row."""
        return self.parts_of(self.row_at(index))[index.row()] if index.internalId() else None

    def index_of(self, id: str, part_id: str = "") -> QModelIndex:
        """Return where a row is shown, or a part of it; no valid index while it is not."""
        for position, row in enumerate(self.shown_rows):
            if self.id_of(row) == id:
                above = self.index(position, 0)
                ids = [self.part_id(part) for part in self.parts_of(row)] if part_id else []
                return self.index(ids.index(part_id), 0, above) if part_id in ids else above
        return QModelIndex()

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """Return the index of a row, or of a part of the row ``parent``; it carries the place of that row."""
        return self.createIndex(row, column, self._shown[parent.row()] + 1 if parent.isValid() else 0)

    def parent(self, child: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]  # Qt has two of this name
        """Return the row that a part is of."""
        inside = child.internalId() if child.isValid() else 0
        if not inside:
            return QModelIndex()
        if self._positions is None:
            self._positions = {place: position for position, place in enumerate(self._shown)}
        return self.createIndex(self._positions[inside - 1], 0, 0)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many rows are shown, or how many parts a row has."""
        if not parent.isValid():
            return len(self._shown)
        return 0 if parent.internalId() or parent.column() else len(self.parts_of(self.row_at(parent)))

    def hasChildren(self, parent: Index = _NOWHERE) -> bool:
        """Return whether a row has parts."""
        return self.rowCount(parent) > 0

    def columnCount(self, _parent: Index = _NOWHERE) -> int:
        """Return how many columns there are."""
        return len(self._titles)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell: a part that is fixed only stands there."""
        flag = Qt.ItemFlag
        part = self.part_at(index)
        if part is not None and self.is_fixed(self.row_at(index), part):
            return flag.ItemIsUserCheckable
        checks = flag.ItemIsUserCheckable if index.column() == 0 else flag.NoItemFlags
        return flag.ItemIsEnabled | flag.ItemIsSelectable | checks

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column."""
        is_title = orientation == Qt.Orientation.Horizontal and role in _WORDS
        return self._titles[section] if is_title and 0 <= section < len(self._titles) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell says, whether it is ticked, and what it has besides."""
        row, part, column = self.row_at(index), self.part_at(index), index.column()
        if role in _WORDS:
            return self.row_words(row, column) if part is None else self.part_words(row, part, column)
        if role == Qt.ItemDataRole.CheckStateRole and column == 0:
            return Qt.CheckState.Checked if self._is_on(row, part) else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.row_hint(row, column) if part is None else self.part_hint(row, part, column)
        if role == Qt.ItemDataRole.DecorationRole and part is None:
            return self.row_icon(row, column)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a tick that a person has changed."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column():
            return False
        row, part = self.row_at(index), self.part_at(index)
        if part is not None and self.is_fixed(row, part):
            return False
        is_on, id = Qt.CheckState(value) == Qt.CheckState.Checked, self.id_of(row)
        if part is not None:
            this = {self.part_id(part)}
            self._left_out[id] = self.left_out(id) - this if is_on else self.left_out(id) | this
        if is_on or part is None:
            self._ticked.symmetric_difference_update({id} if is_on is not (id in self._ticked) else ())
        above = index if part is None else index.parent()
        self.dataChanged.emit(above.siblingAtColumn(0), above.siblingAtColumn(len(self._titles) - 1))
        if part is not None:
            self.dataChanged.emit(index, index)
        self.ticked.emit()
        return True

    def _is_on(self, row: Row, part: Part | None) -> bool:
        if part is None:
            return self.id_of(row) in self._ticked
        return self.part_id(part) not in self.left_out(self.id_of(row)) and not self.is_fixed(row, part)


class TickTree(QTreeView):
    """Shows rows to be ticked with their parts, and has the keys of a list of ticks; ``widths`` are of its columns.

    Signals:
        all_requested: tick everything that is shown.
        invert_requested: turn every tick that is shown round.
    """

    all_requested = Signal()
    invert_requested = Signal()

    def __init__(self, name: str, accessible: str, model: TickModel[Any, Any], widths: Sequence[int]) -> None:
        super().__init__()
        self.ticks = model
        self._opened: set[str] = set()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setIconSize(MARK_SIZE)
        self.setAlternatingRowColors(True)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setModel(model)
        model.setParent(self)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        self.expanded.connect(self._note_opened)
        self.collapsed.connect(self._note_closed)

    def stretch(self, column: int) -> None:
        """Let a column take the width that is left."""
        self.header().setStretchLastSection(column == self.ticks.columnCount() - 1)
        self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Leave open, current and in sight what was so before other rows are shown, or others of the same."""
        here, scrolled, model = self.currentIndex(), self.verticalScrollBar().value(), self.ticks
        row, part = (model.row_at(here), model.part_at(here)) if here.isValid() else (None, None)
        opened, self._opened = self._opened, set()
        yield
        for id in opened:
            self.expand(model.index_of(id))
        self._opened = opened
        if row is not None:
            self.setCurrentIndex(model.index_of(model.id_of(row), model.part_id(part) if part is not None else ""))
        if scrolled:
            self.executeDelayedItemsLayout()
            self.verticalScrollBar().setValue(scrolled)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick all with Ctrl+A, turn round with Ctrl+I, toggle the selected with Space."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.all_requested.emit()
        elif event.key() == Qt.Key.Key_I and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.invert_requested.emit()
        elif event.key() == Qt.Key.Key_Space and len(self.selectionModel().selectedRows()) > 1:
            self._toggle_selected()
        else:
            super().keyPressEvent(event)

    def _note_opened(self, index: QModelIndex) -> None:
        self._opened.add(self.ticks.id_of(self.ticks.row_at(index)))

    def _note_closed(self, index: QModelIndex) -> None:
        self._opened.discard(self.ticks.id_of(self.ticks.row_at(index)))

    def _toggle_selected(self) -> None:
        selected = self.selectionModel().selectedRows()
        is_on = selected[0].data(Qt.ItemDataRole.CheckStateRole) != Qt.CheckState.Checked
        ids = {self.ticks.id_of(self.ticks.row_at(index)) for index in selected if not index.parent().isValid()}
        self.ticks.tick(ids, is_on=is_on)
        parts = [index for index in selected if index.parent().isValid()]
        state = Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked
        for index in parts:
            self.ticks.setData(index, state, Qt.ItemDataRole.CheckStateRole)
        if not parts:
            self.ticks.ticked.emit()


class MarkIcons:
    """Marks as icons, each made once for a palette and a pixel ratio; ``widget`` has both."""

    def __init__(self, widget: Any) -> None:
        self._widget = widget
        self._made: dict[tuple[Mark, int, float], QIcon] = {}

    def __call__(self, mark: Mark) -> QIcon:
        """Return a mark as an icon."""
        palette, ratio = self._widget.palette(), self._widget.devicePixelRatioF()
        key = (mark, palette.cacheKey(), ratio)
        if key not in self._made:
            self._made[key] = mark_icon(mark, palette, ratio)
        return self._made[key]
