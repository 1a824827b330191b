"""The left side of the window of profiles: the list in the operator's order, and the buttons below it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.ui.kit.theme import style_as
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.profiles.listing import PROFILE_ROLE, STATE_ROLE, ProfileDelegate, row_words
from cbr_desktop.ui.profiles.model import Possible, ProfileRow

_ROW = Qt.ItemDataRole.UserRole + 100
_LIST_LETTERS = 42
"""How wide the list is at the least, in letters of usual width."""


class ProfileSidebar(QWidget):
    """Shows the rows and tells what is asked for.

    Signals:
        chosen: another row is looked at.
        moved: the rows stand in another order, which ``rows`` returns.
        export_requested: the profiles should be exported: this one alone, or all of them.
    """

    chosen = Signal()
    moved = Signal()
    export_requested = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.list = QListWidget()
        self.list.setObjectName("profileList")
        self.list.setAccessibleName(_("Profiles"))
        self.list.setItemDelegate(ProfileDelegate(self.list))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumWidth(_LIST_LETTERS * self.fontMetrics().averageCharWidth())
        self.new = push_button(_("&Add"), "addProfile")
        self.duplicate = push_button(_("D&uplicate"), "duplicateProfile")
        self.delete = push_button(_("De&lete…"), "deleteProfile")
        self.up = _arrow(_("Up"), "moveUp", _("Move up (Alt+Up)"), partial(self._move, -1))
        self.down = _arrow(_("Down"), "moveDown", _("Move down (Alt+Down)"), partial(self._move, 1))
        self.take_over = push_button(_("&Import…"), "importProfiles")
        self.export = push_button(_("E&xport…"), "exportProfiles")
        menu = QMenu(self.export)
        for words, is_current in ((_("This profile…"), True), (_("All profiles…"), False)):
            menu.addAction(words).triggered.connect(partial(self._ask_export, is_current))
        self.export.setMenu(menu)
        self._lay_out()
        self.list.currentRowChanged.connect(lambda _row: self.chosen.emit())
        self.list.model().rowsMoved.connect(lambda *_rest: self.moved.emit())
        for keys, act in (
            ("Alt+Up", partial(self._move, -1)),
            ("Alt+Down", partial(self._move, 1)),
            ("Del", self.delete.click),
        ):
            shortcut = QShortcut(QKeySequence(keys), self.list, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)

    @property
    def current(self) -> ProfileRow | None:
        """The row that is looked at."""
        item = self.list.currentItem()
        return cast(ProfileRow, item.data(_ROW)) if item is not None else None

    @property
    def rows(self) -> list[ProfileRow]:
        """The rows in the order in which they stand."""
        return [self.list.item(index).data(_ROW) for index in range(self.list.count())]

    def fill(self, rows: Sequence[ProfileRow], name: str) -> None:
        """Show these rows; the one called ``name``, or the first, is looked at. Nothing is told of that."""
        self.list.blockSignals(True)
        self.list.clear()
        for row in rows:
            self._add(row)
        index = next((number for number, row in enumerate(rows) if row.name == name), 0)
        self.list.setCurrentRow(index if rows else -1)
        self.list.blockSignals(False)

    def add(self, row: ProfileRow) -> None:
        """Show one more row at the end, and look at it."""
        self.list.setCurrentItem(self._add(row))

    def remove(self, row: ProfileRow) -> None:
        """Take a row away."""
        self.list.takeItem(self.rows.index(row))

    def tell(self, row: ProfileRow) -> None:
        """Show how a row stands now."""
        if row in self.rows:
            self._tell(self.list.item(self.rows.index(row)), row)

    def allow(self, possible: Possible) -> None:
        """Let those buttons be pressed that can do something."""
        for button in (self.duplicate, self.delete, self.export):
            button.setEnabled(possible.any)
        style_as(self.new, "primary", not possible.any)
        self.up.setEnabled(possible.up)
        self.down.setEnabled(possible.down)

    def _add(self, row: ProfileRow) -> QListWidgetItem:
        item = QListWidgetItem()
        item.setData(_ROW, row)
        self._tell(item, row)
        self.list.addItem(item)
        return item

    def _tell(self, item: QListWidgetItem, row: ProfileRow) -> None:
        profile = row.profile
        item.setData(PROFILE_ROLE, profile)
        item.setData(STATE_ROLE, row.state)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, row_words(profile, row.state))

    def _move(self, step: int) -> None:
        index = self.list.currentRow()
        if index >= 0 and 0 <= index + step < self.list.count():
            self.list.blockSignals(True)
            item = self.list.takeItem(index)
            self.list.insertItem(index + step, item)
            self.list.setCurrentItem(item)
            self.list.blockSignals(False)
            self.moved.emit()

    def _ask_export(self, is_current: bool, *_rest: object) -> None:
        self.export_requested.emit(is_current)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(4)
        places = ((self.new, 0, 0), (self.duplicate, 0, 1), (self.delete, 0, 2), (self.up, 1, 0), (self.down, 1, 1))
        for button, row, column in (*places, (self.take_over, 2, 0), (self.export, 2, 1)):
            grid.addWidget(button, row, column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 4, 0)
        layout.addWidget(self.list, 1)
        layout.addLayout(grid)


def _arrow(text: str, name: str, hint: str, act: Callable[[], object]) -> QPushButton:
    made = push_button(text, name, act)
    made.setToolTip(tooltip(hint))
    made.setAccessibleName(hint.partition(" (")[0])
    return made
