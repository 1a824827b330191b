"""Boxes to choose one of thousands in: what a choice says is asked for when it is seen."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QComboBox, QListView

from cbr_desktop.ui.kit.lines import NoWheelComboBox

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_TEXT = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.AccessibleTextRole)
_ID = Qt.ItemDataRole.UserRole
_LETTERS = 40
"""How wide a box is at the least."""
_BATCH = 200
"""How many rows of the hidden list are laid out at a time."""


class ChoiceModel(QAbstractListModel, Generic[Row]):
    """What can be chosen. ``words`` and ``icon`` tell of a row what is shown of it, ``id_of`` names it for good."""

    def __init__(
        self, id_of: Callable[[Row], str], words: Callable[[Row], str], icon: Callable[[Row], QIcon] | None = None
    ) -> None:
        super().__init__()
        self.id_of, self.words_of, self.icon_of = id_of, words, icon
        self.rows: Sequence[Row] = ()
        self._places: dict[str, int] | None = None

    def put(self, rows: Sequence[Row]) -> None:
        """Offer other rows."""
        self.beginResetModel()
        self.rows, self._places = rows, None
        self.endResetModel()

    def place_of(self, id: object) -> int:
        """Return where a row stands by its id, -1 where there is none."""
        if not isinstance(id, str) or not id:
            return -1
        if self._places is None:
            self._places = {self.id_of(row): place for place, row in enumerate(self.rows)}
        return self._places.get(id, -1)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a row says, its id, and its mark."""
        if role in _TEXT:
            return self.words_of(self.rows[index.row()])
        if role == _ID:
            return self.id_of(self.rows[index.row()])
        if role == Qt.ItemDataRole.DecorationRole and self.icon_of is not None:
            return self.icon_of(self.rows[index.row()])
        return None

    def match(
        self,
        start: Index,
        role: int,
        value: Any,
        hits: int = 1,
        flags: Qt.MatchFlag = Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchWrap,
    ) -> list[QModelIndex]:
        """Return where something is said; an id is found without asking one row after the other."""
        if role == _ID:
            place = self.place_of(value)
            return [self.index(place)] if place >= 0 else []
        return super().match(start, role, value, hits, flags)


class LargeComboBox(NoWheelComboBox):
    """A list to choose from that is as wide as there is room, whatever stands in it."""

    def __init__(self, name: str, accessible: str, model: ChoiceModel[Any]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LETTERS)
        self.setProperty("long", True)
        model.setParent(self)
        self.choices = model
        self.setModel(model)
        self.setCurrentIndex(-1)
        view = self.view()
        if isinstance(view, QListView):
            view.setUniformItemSizes(True)
            view.setBatchSize(_BATCH)
        self._lay_out(QListView.LayoutMode.Batched)

    def showPopup(self) -> None:
        """Show the list, laid out as a whole, so that it is scrolled to what is chosen."""
        self._lay_out(QListView.LayoutMode.SinglePass)
        self.view().doItemsLayout()
        super().showPopup()

    def hidePopup(self) -> None:
        """Hide the list; while it is hidden, a few rows of it are laid out alone.

        Qt lays the list out anew whenever the box gets another font or parent, which takes long with thousands of rows.
        """
        super().hidePopup()
        self._lay_out(QListView.LayoutMode.Batched)

    def _lay_out(self, mode: QListView.LayoutMode) -> None:
        view = self.view()
        if isinstance(view, QListView):
            view.setLayoutMode(mode)

    def choose(self, id: str) -> None:
        """Choose a row by its id, or nothing where there is none of it."""
        self.setCurrentIndex(self.choices.place_of(id))
