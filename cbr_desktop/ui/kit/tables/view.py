"""The view of a table: selection by id, keys, copying, the choice of columns, all of it remembered.

Classes of Qt that the first paint does not need are named through their module, which makes them when they are used.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain
from cbr_desktop.text.words import NONE, page_title
from cbr_desktop.ui.kit.tables.column import Column, Row
from cbr_desktop.ui.kit.tables.copying import as_json, exact_cell, tsv
from cbr_desktop.ui.kit.tables.delegate import PAD, CellDelegate, room_beside_text
from cbr_desktop.ui.kit.tables.density import COMFORTABLE, row_height, stored_density
from cbr_desktop.ui.kit.tables.fitting import Wish, fitted
from cbr_desktop.ui.kit.tables.model import TableModel
from cbr_desktop.ui.session.profile_context import Settings

_REMEMBER_MS = 400
_MEASURE_MS = 50
_TYPE_AHEAD_SECONDS = 1.0
_MEASURED = 16
"""Rows of all, besides those that can be seen, whose words say how wide a column is."""
_MEASURED_TEXTS = 3
_NEARLY = 0.85
"""How many texts of a column are measured at least, and how long others are that are measured too, by the longest one:
letters differ in width, but not that much."""
_LEAST_LETTERS = 15
_LEAST_LETTERS_OF_ELASTIC = 18
_LEAST_LETTERS_OF_NAME = 24
"""What a column, the elastic one, and names and states show at least of their words, if they are to be as wide.

Numbers and what a gauge tells are never cut.
"""
_SORT_ARROW = 18
_AIR = 48
"""How much wider than its words a column becomes at most where there is room for all, in device-independent pixels."""


def _viewport() -> QWidget:
    """Return a viewport as Qt makes it.

    Of one that Qt has made the binding does not know the class, and makes all classes of widgets to find out; the first
    paint should not wait for that.
    """
    viewport = QWidget()
    viewport.setObjectName("qt_scrollarea_viewport")
    viewport.setBackgroundRole(QPalette.ColorRole.Base)
    viewport.setAutoFillBackground(True)
    viewport.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
    return viewport


class TableView(QTableView, Generic[Row]):
    """Shows a ``TableModel``; ``name`` is its accessible name, ``id_and_name`` what copying gives of a row.

    Signals:
        opened: a row was asked to be opened, by Enter or a double click.
        selection_altered: other rows are selected now.
        menu_requested: a context menu is about to show; actions may be put first into the ``QMenu``.
        export_requested: rows should be written to a file.
    """

    opened = Signal()
    selection_altered = Signal()
    menu_requested = Signal(object)
    export_requested = Signal()

    def __init__(
        self,
        name: str,
        model: TableModel[Row],
        settings: Settings,
        id_and_name: Callable[[Row], tuple[str, str]],
        sort: tuple[str, Qt.SortOrder] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name.lower())
        self.setAccessibleName(page_title(name))
        self._table = model
        self._settings = settings
        self._id_and_name = id_and_name
        self._key = f"table/{name.lower()}"
        self._held: dict[str, bool] = {}
        self._kept: tuple[set[str], str, str] = (set(), "", "")
        self._typed = ""
        self._typed_at = -_TYPE_AHEAD_SECONDS
        self._restoring = False
        self._own: dict[int, int] = {}
        self._yielded: set[int] = set()
        self._wanted: set[int] = set()
        self._contents: dict[int, int] = {}
        self._telling: set[int] = set()
        """The columns in which a row that was measured says something."""
        self._is_fitting = False
        self._has_size = False
        self._density = COMFORTABLE
        self._room = self._height = 0
        self._measuring = QTimer(self)
        self._measuring.setSingleShot(True)
        self._measuring.setInterval(_MEASURE_MS)
        self._measuring.timeout.connect(self.measure)
        self._remembering = QTimer(self)
        self._remembering.setSingleShot(True)
        self._remembering.setInterval(_REMEMBER_MS)
        self._remembering.timeout.connect(self.remember)
        self.setViewport(_viewport())
        self._set_up()
        self.setModel(model)
        self._delegate = CellDelegate(model, self)
        self.setItemDelegate(self._delegate)
        self._restore_columns(sort)
        self._connect()

    # rows

    def selected_rows(self) -> list[Row]:
        """Return the selected rows in the order in which they are shown."""
        return [self._table.row_at(position) for position in self._selected_positions()]

    def selected_count(self) -> int:
        """Return how many rows are selected."""
        model = self.selectionModel()
        selection = model.selection() if model is not None else QtCore.QItemSelection()
        return sum(selection.at(i).height() for i in range(selection.count()))

    def current_row(self) -> Row | None:
        """Return the row of the cursor, or the first that is selected where that one is not; ``None`` without any."""
        position, model = self.currentIndex().row(), self.selectionModel()
        if not 0 <= position < self._table.rowCount() or not model.isSelected(self.currentIndex()):
            position = next(iter(self._selected_positions()), -1)
        return self._table.row_at(position) if position >= 0 else None

    def select_id(self, id: str) -> bool:
        """Select one row and scroll to it; tell whether it is shown."""
        position = self._table.position_of(id)
        if position is None:
            return False
        self.setCurrentIndex(self._table.index(position, self._first_column()))
        self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
        return True

    # copying

    def shown_columns(self) -> list[Column[Row]]:
        """Return the columns that are to be shown, in their order, those included for which there is no room now."""
        return [self._table.columns[i] for i in self._visible_columns()]

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard: the visible columns, as they stand, with tabs between."""
        columns = self.shown_columns()
        self._copy(tsv([_copied(column, row) for column in columns] for row in self.selected_rows()))

    def copy_cell(self) -> None:
        """Put the text of the current cell on the clipboard."""
        row = self.current_row()
        if row is not None:
            self._copy(exact_cell(_copied(self._table.columns[self.currentIndex().column()], row)))

    def copy_ids(self) -> None:
        """Put the ids of the selected rows on the clipboard, exactly as the service has them."""
        self._copy("\n".join(self._id_and_name(row)[0] for row in self.selected_rows()))

    def copy_names(self) -> None:
        """Put the names of the selected rows on the clipboard, exactly as the service has them."""
        self._copy("\n".join(self._id_and_name(row)[1] for row in self.selected_rows()))

    def copy_json(self) -> None:
        """Put the selected rows on the clipboard as JSON: one object, or a list of them."""
        rows = self.selected_rows()
        texts = [as_json(row) for row in rows]
        self._copy(texts[0] if len(texts) == 1 else "[\n" + ",\n".join(texts) + "\n]")

    # columns

    def show_density(self, density: str) -> None:
        """Let rows stand closer to each other, or less close."""
        self._density = density
        self.verticalHeader().setDefaultSectionSize(row_height(self.fontMetrics(), density))

    def show_column_menu(self, at: QPoint) -> None:
        """Open the choice of columns at a point of the screen."""
        self._column_menu().popup(at)

    def _column_menu(self) -> "QtWidgets.QMenu":
        menu = QtWidgets.QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for section, column in enumerate(self._table.columns):
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(self._is_chosen(section))
            action.toggled.connect(partial(self._show_column, section))
        menu.addSeparator()
        menu.addAction(_("Reset the columns")).triggered.connect(self.reset_columns)
        return menu

    def show_columns(self, keys: Sequence[str], shown: bool) -> None:
        """Show or hide columns by their keys, and hold to that when columns are reset."""
        self._held = {**self._held, **dict.fromkeys(keys, shown)}
        for section, column in enumerate(self._table.columns):
            if column.key in keys:
                self._hide(section, not shown)
        self.fit()

    def reset_columns(self) -> None:
        """Show the columns as they were at the first start."""
        held = self._held
        self._lay_out([(column.key, 0, held.get(column.key, column.shown)) for column in self._table.columns])
        self._remembering.start()

    def remember(self) -> None:
        """Write down columns and order for the next start."""
        header = self.horizontalHeader()
        sections = [header.logicalIndex(place) for place in range(len(self._table.columns))]
        columns = [[self._table.columns[s].key, self._own.get(s, 0), self._is_chosen(s)] for s in sections]
        self._settings.put(f"{self._key}/columns", columns)
        section = header.sortIndicatorSection()
        key = self._table.columns[section].key if 0 <= section < len(self._table.columns) else ""
        descending = header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        self._settings.put(f"{self._key}/sort", [key, descending])

    def fit(self) -> None:
        """Give each column the width that its words need, as far as there is room; what the operator set stays."""
        room = self._room
        self._fit()
        if self._room != room:  # a scroll bar has come or gone meanwhile
            self._fit()

    def _fit(self) -> None:
        sections = self._visible_columns() if self._has_size and not self._is_fitting else []
        if not sections:
            return
        elastic = next((s for s in sections if self._table.columns[s].elastic), sections[0])
        wishes = [self._wish(section, section == elastic, section == sections[0]) for section in sections]
        spare = self._room - sum(wish.own or wish.full for wish in wishes)
        air = max(0, min(_AIR, spare // (2 * len(wishes))))  # half of it, so that names do not stand far from the rest
        wishes = [wish._replace(full=wish.full + air) for wish in wishes]
        self._is_fitting = True
        for section, width in zip(sections, fitted(wishes, self._room), strict=True):
            if width:
                self._yielded.discard(section)
                self.setColumnHidden(section, False)
                if self.columnWidth(section) != width:
                    self.setColumnWidth(section, width)
            else:
                self._yielded.add(section)
                self.setColumnHidden(section, True)
        self._is_fitting = False
        self._delegate.lead = next((section for section in sections if section not in self._yielded), 0)

    def measure(self) -> None:
        """Look how wide the words of each column are; columns only grow by that, so that nothing jumps back."""
        count = self._table.rowCount()
        if not count or not self._has_size:
            return
        step = max(1, count // _MEASURED)
        places = sorted({*self._places_in_sight(), *range(0, count, step)})
        rows = [self._table.row_at(place) for place in places]
        metrics = self.fontMetrics()
        grown = False
        for section in self._visible_columns():
            column = self._table.columns[section]
            texts = sorted({plain(column.text(row)) for row in rows}, key=len, reverse=True)
            if section not in self._telling and not {"", NONE}.issuperset(texts):
                self._telling.add(section)
                grown = True
            long = len(texts[0]) * _NEARLY
            measured = [text for place, text in enumerate(texts) if place < _MEASURED_TEXTS or len(text) > long]
            width = max(map(metrics.horizontalAdvance, measured)) + room_beside_text(column) + 2
            if width > self._contents.get(section, 0):
                self._contents[section] = width
                grown = True
        if grown:
            self.fit()

    def _places_in_sight(self) -> range:
        top = max(0, self.rowAt(0))
        # to ask for the viewport is left to later: the first time, Qt's binding takes milliseconds for it
        rows = self._height // max(1, self.verticalHeader().defaultSectionSize()) + 2
        return range(top, min(self._table.rowCount(), top + rows))

    def _measure_soon(self) -> None:
        """Measure the first rows at once, later ones when those that arrive together are all there."""
        if self._contents:
            self._measuring.start()
        else:
            self.measure()

    def _wish(self, section: int, elastic: bool, is_first: bool) -> Wish:
        column = self._table.columns[section]
        letter = self.fontMetrics().averageCharWidth()
        arrow = _SORT_ARROW if self.horizontalHeader().sortIndicatorSection() == section else 0
        head = self.fontMetrics().horizontalAdvance(column.title) + 2 * PAD + 2 + arrow
        beside = room_beside_text(column)
        full = max(head, self._contents.get(section, beside + column.width * letter))
        # what tells by a mark how a row stands is wanted wherever there is room for the name
        is_empty = section in self._contents and section not in self._telling
        is_state = column.mark is not None and column.shown and not is_empty
        letters = max(_LEAST_LETTERS, column.width * 2 // 3)
        if is_state or elastic:
            letters = min(column.width, _LEAST_LETTERS_OF_NAME if is_state or is_first else _LEAST_LETTERS_OF_ELASTIC)
        is_whole = column.whole or column.right or column.gauge is not None
        least = full if is_whole else max(head, min(full, letters * letter + beside))
        good = max(least, min(full, column.width * letter + beside))
        yields = not (elastic or is_first or is_state or section in self._wanted)
        return Wish(least, good, full, self._own.get(section, 0), yields, elastic, is_empty, column.minor)

    def _is_chosen(self, section: int) -> bool:
        """Tell whether a column is to be shown, though there may be no room for it now."""
        return not self.isColumnHidden(section) or section in self._yielded

    def _hide(self, section: int, hidden: bool) -> None:
        self._yielded.discard(section)
        was_fitting, self._is_fitting = self._is_fitting, True  # the width that Qt then gives is not chosen
        self.setColumnHidden(section, hidden)
        self._is_fitting = was_fitting

    # building

    def _set_up(self) -> None:
        metrics = self.fontMetrics()
        if metrics.horizontalAdvance("1") != metrics.horizontalAdvance(
            "0"
        ):  # digits of one width stand below each other
            font = QFont()  # of which nothing else is set, so that the rest follows the application
            font.setFeature(QFont.Tag("tnum"), 1)
            self.setFont(font)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.show_density(stored_density(self._settings))
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setMinimumSectionSize(2 * PAD)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSectionsClickable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _connect(self) -> None:
        header = self.horizontalHeader()
        header.sortIndicatorChanged.connect(self._sort)
        header.customContextMenuRequested.connect(self._show_header_menu)
        header.sectionResized.connect(self._note_width)
        header.sectionMoved.connect(self._noted)
        header.sortIndicatorChanged.connect(self._noted)
        self._table.modelAboutToBeReset.connect(self._keep)
        self._table.modelReset.connect(self._restore)
        self._table.arranged.connect(self._measure_soon)
        self.verticalScrollBar().valueChanged.connect(self._measuring.start)
        self.doubleClicked.connect(self.opened)

    def _restore_columns(self, sort: tuple[str, Qt.SortOrder] | None) -> None:
        self._lay_out(_stored_columns(self._settings.get(f"{self._key}/columns", None)))
        stored = self._settings.get(f"{self._key}/sort", None)
        if isinstance(stored, list) and len(stored) == 2:
            sort = (str(stored[0]), Qt.SortOrder.DescendingOrder if stored[1] else Qt.SortOrder.AscendingOrder)
        keys = [column.key for column in self._table.columns]
        section = keys.index(sort[0]) if sort is not None and sort[0] in keys else -1
        order = sort[1] if sort is not None else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(section, order)
        self._table.sort(section, order)

    def _lay_out(self, layout: Sequence[tuple[str, int, bool]]) -> None:
        """Place the columns in the order of ``layout``; one that it does not know stands where it does at first."""
        header = self.horizontalHeader()
        known = {key: (width, shown) for key, width, shown in layout}
        sections = {column.key: section for section, column in enumerate(self._table.columns)}
        order = [key for key, _width, _shown in layout if key in sections]
        for section, column in enumerate(self._table.columns if order else ()):
            if column.key not in known:
                before = self._table.columns[section - 1].key if section else ""
                order.insert(order.index(before) + 1 if before in order else 0, column.key)
        for place, key in enumerate(order):
            header.moveSection(header.visualIndex(sections[key]), place)
        letter = self.fontMetrics().averageCharWidth()
        self._own, self._wanted, self._contents = {}, set(), {}
        for section, column in enumerate(self._table.columns):
            width, shown = known.get(column.key, (0, column.shown))
            usual = column.width * letter + 24
            # these two were remembered before: the first until columns fitted their content, the other is Qt's own
            if width and width not in (usual, header.defaultSectionSize()):
                self._own[section] = width
                self._is_fitting = True
                self.setColumnWidth(section, width)
                self._is_fitting = False
            if shown and not column.shown:
                self._wanted.add(section)
            self._hide(section, not shown)
        self.measure()
        self.fit()

    def _show_column(self, section: int, shown: bool) -> None:
        if shown or len(self._visible_columns()) > 1:
            self._hide(section, not shown)
            (self._wanted.add if shown else self._wanted.discard)(section)
            self.measure()
            self.fit()
            self._remembering.start()

    def _show_header_menu(self, point: QPoint) -> None:
        self.show_column_menu(self.horizontalHeader().mapToGlobal(point))

    def _note_width(self, section: int, _before: int, width: int) -> None:
        if not self._is_fitting and width:
            self._own[section] = width
            self._noted()

    def _noted(self, *_rest: object) -> None:
        if self.isVisible():
            self._remembering.start()

    def _sort(self, section: int, order: Qt.SortOrder) -> None:
        self._table.sort(section, order)

    def _visible_columns(self) -> list[int]:
        """Return the columns that are to be shown, in their order, those included for which there is no room now."""
        header = self.horizontalHeader()
        sections = (header.logicalIndex(place) for place in range(len(self._table.columns)))
        return [section for section in sections if self._is_chosen(section)]

    def _first_column(self) -> int:
        return next((section for section in self._visible_columns() if section not in self._yielded), 0)

    # keeping what is selected

    def _selected_positions(self) -> list[int]:
        model = self.selectionModel()
        if model is None:
            return []
        selection = model.selection()
        parts = [selection.at(i) for i in range(selection.count())]
        return sorted({row for part in parts for row in range(part.top(), part.bottom() + 1)})

    def _keep(self) -> None:
        self._restoring = True
        count = self._table.rowCount()
        if not count:
            self._kept = (set(), "", "")
            return
        selected = {self._table.id_at(position) for position in self._selected_positions()}
        current, top = self.currentIndex().row(), self.rowAt(0)
        at_top = self.verticalScrollBar().value() == 0
        self._kept = (
            selected,
            self._table.id_at(current) if 0 <= current < count else "",
            self._table.id_at(top) if 0 <= top < count and not at_top else "",
        )

    def _restore(self) -> None:
        self.executeDelayedItemsLayout()  # within the next painting it would ask for a second one
        selected, current, top = self._kept
        positions = self._table.positions_of(selected)
        at = self._table.position_of(current) if current else None
        model = self.selectionModel()
        if at is not None:
            index = self._table.index(at, self._first_column())
            model.setCurrentIndex(index, QtCore.QItemSelectionModel.SelectionFlag.NoUpdate)
        if positions:
            model.select(self._ranges(positions), QtCore.QItemSelectionModel.SelectionFlag.ClearAndSelect)
        at_top = self._table.position_of(top) if top else None
        if at_top is not None:
            self.scrollTo(self._table.index(at_top, 0), QAbstractItemView.ScrollHint.PositionAtTop)
        self._restoring = False
        self.selection_altered.emit()

    def _ranges(self, positions: list[int]) -> "QtCore.QItemSelection":
        selection = QtCore.QItemSelection()
        last = len(self._table.columns) - 1
        start = 0
        for i in range(1, len(positions) + 1):
            if i == len(positions) or positions[i] != positions[i - 1] + 1:
                selection.select(self._table.index(positions[start], 0), self._table.index(positions[i - 1], last))
                start = i
        return selection

    # the menu

    def _menu(self) -> "QtWidgets.QMenu":
        menu = QtWidgets.QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu_requested.emit(menu)
        menu.addSeparator()
        several = len(self._selected_positions()) > 1
        menu.addAction(_("Copy ids") if several else _("Copy id")).triggered.connect(self.copy_ids)
        menu.addAction(_("Copy names") if several else _("Copy name")).triggered.connect(self.copy_names)
        self._with_key(menu.addAction(_("Copy cell")), "Ctrl+Shift+C").triggered.connect(self.copy_cell)
        self._with_key(menu.addAction(_("Copy rows") if several else _("Copy row")), "Ctrl+C").triggered.connect(
            self.copy_rows
        )
        menu.addAction(_("Copy as JSON")).triggered.connect(self.copy_json)
        menu.addSeparator()
        self._with_key(menu.addAction(_("Export…")), "Ctrl+Shift+E").triggered.connect(self.export_requested)
        return menu

    def _with_key(self, action: "QtGui.QAction", key: str) -> "QtGui.QAction":
        action.setShortcut(QtGui.QKeySequence(key))
        return action

    def _copy(self, text: str) -> None:
        QtGui.QGuiApplication.clipboard().setText(text)

    # Qt asks

    def changeEvent(self, event: QtCore.QEvent) -> None:
        """Give rows and columns the room that letters of another size need."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.FontChange and self._has_size:
            self.show_density(self._density)
            self._contents = {}
            self.measure()
            self.fit()

    def paintEvent(self, event: "QtGui.QPaintEvent") -> None:
        """Paint the rows that can be seen."""
        self._delegate.begin()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        self._delegate.write(painter)
        painter.end()

    def resizeEvent(self, event: "QtGui.QResizeEvent") -> None:
        """Fit the columns into the new width."""
        super().resizeEvent(event)
        # it is the viewport that has this size; the header follows later
        self._room, self._height = event.size().width(), event.size().height()
        if not self._has_size:
            self._has_size = True
            self.measure()
        self.fit()

    def selectionChanged(self, selected: "QtCore.QItemSelection", deselected: "QtCore.QItemSelection") -> None:
        """Tell that other rows are selected, unless the same ones are being put back."""
        super().selectionChanged(selected, deselected)
        if not self._restoring:
            self.selection_altered.emit()

    def contextMenuEvent(self, event: "QtGui.QContextMenuEvent") -> None:
        """Open the menu of the selected rows, at the cursor row when a key asked for it."""
        if not self._selected_positions():
            return
        at = event.globalPos()
        if event.reason() == QtGui.QContextMenuEvent.Reason.Keyboard:
            at = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
        self._menu().popup(at)

    def keyPressEvent(self, event: "QtGui.QKeyEvent") -> None:
        """Copy, open and jump by key; everything else is the table's own."""
        control = Qt.KeyboardModifier.ControlModifier
        if event.matches(QtGui.QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif event.key() == Qt.Key.Key_C and event.modifiers() == control | Qt.KeyboardModifier.ShiftModifier:
            self.copy_cell()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Jump to the next row whose name begins with what is typed."""
        names = [self._id_and_name(row)[1].casefold() for row in self._table.shown_rows()]
        before, self._typed_at = self._typed_at, time.monotonic()
        is_new = self._typed_at - before > _TYPE_AHEAD_SECONDS
        self._typed = search.casefold() if is_new else self._typed + search.casefold()
        start = max(0, self.currentIndex().row()) + (1 if is_new else 0)
        for position in [*range(start, len(names)), *range(min(start, len(names)))]:
            if names[position].startswith(self._typed):
                self.setCurrentIndex(self._table.index(position, self._first_column()))
                return

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> Any:
        """Let Home and End go to the first and the last row, since whole rows are selected."""
        ends = {QAbstractItemView.CursorAction.MoveHome: 0, QAbstractItemView.CursorAction.MoveEnd: -1}
        if action in ends and self._table.rowCount():
            return self._table.index(ends[action] % self._table.rowCount(), self._first_column())
        return super().moveCursor(action, modifiers)


def _copied(column: Column[Row], row: Row) -> str:
    return (column.copied or column.text)(row)


def _stored_columns(stored: object) -> list[tuple[str, int, bool]]:
    """Read what was remembered; anything that does not look so is as if nothing had been."""
    if not isinstance(stored, list):
        return []
    return [
        (part[0], part[1], part[2])
        for part in stored
        if isinstance(part, list)
        and len(part) == 3
        and isinstance(part[0], str)
        and isinstance(part[1], int)
        and 0 <= part[1] < 5000
        and isinstance(part[2], bool)
    ]
