"""Looking at windows as a person does: what is there by name, and what can be read."""

from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QLabel, QTableView, QTreeView, QWidget

from cbr_desktop.ui.kit.stepwise import Stepwise


def child(parent: QWidget, kind: type[Any], name: str) -> Any:
    """Return the part of a window that has this name; a window that is not whole yet is made so."""
    window = parent.window()
    if isinstance(window, Stepwise):
        window.finish()
    found = parent.findChild(kind, name)
    assert found is not None, name
    return found


def words(parent: QWidget) -> str:
    """Return all that is visible as text."""
    return "\n".join(label.text() for label in parent.findChildren(QLabel) if label.isVisible())


def shown_environments(parent: QWidget) -> list[str]:
    """Return what a window says is at stake in the profiles that it is of."""
    return [each.text() for each in parent.findChildren(QLabel, "environment") if not each.isHidden()]


def cell(table: QTableView, row: int, column: int | str) -> str:
    """Return what a cell of a table says; the column is told by its number or its title."""
    return str(table.model().index(row, column if isinstance(column, int) else titles(table).index(column)).data())


def titles(table: QTableView) -> list[str]:
    """Return the titles of the columns of a table, hidden ones included."""
    model = table.model()
    return [str(model.headerData(place, Qt.Orientation.Horizontal)) for place in range(model.columnCount())]


class TickLine:
    """A row of a list of ticks as a person sees it and ticks it; ``part`` is one of its parts."""

    def __init__(self, tree: QTreeView, row: int, part: int | None = None) -> None:
        self._tree = tree
        above = tree.model().index(row, 0)
        if part is not None:
            tree.expand(above)  # its parts are made when it is opened
        self.index: QModelIndex = above if part is None else tree.model().index(part, 0, above)

    def text(self, column: int) -> str:
        """Return what it says in a column."""
        return str(self.index.siblingAtColumn(column).data() or "")

    @property
    def is_ticked(self) -> bool:
        """Whether it is ticked."""
        return bool(self.index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked)

    @property
    def is_enabled(self) -> bool:
        """Whether it can be ticked at all."""
        return bool(self.index.flags() & Qt.ItemFlag.ItemIsEnabled)

    def tick(self, *, is_on: bool = True) -> None:
        """Change its tick."""
        state = Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked
        self._tree.model().setData(self.index, state, Qt.ItemDataRole.CheckStateRole)


def tick_lines(tree: QTreeView) -> list[str]:
    """Return the names in a list of ticks as they are shown."""
    shown = (row for row in range(tree.model().rowCount()) if not tree.isRowHidden(row, QModelIndex()))
    return [TickLine(tree, row).text(0) for row in shown]
