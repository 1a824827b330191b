"""A small table of pairs of texts, such as tags, that are written into it row by row."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.widgets import push_button

_ROWS = 4
"""Rows that are seen at once; the table scrolls through the others."""


class PairTable(QWidget):
    """Pairs of a key and a value; ``name`` is the object name of the table, ``words`` are what it is read out as.

    ``removes`` is whether rows can be taken out.

    Signals:
        changed: other pairs stand in it now.
    """

    changed = Signal()

    def __init__(self, name: str, words: str, pairs: Iterable[tuple[str, str]] = (), *, removes: bool = True) -> None:
        super().__init__()
        self.table = QTableWidget(0, 2)
        self.table.setObjectName(name)
        self.table.setAccessibleName(words)
        self.table.setHorizontalHeaderLabels([_("Key"), _("Value")])
        self.table.verticalHeader().hide()
        for column in (0, 1):
            self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        triggers = QAbstractItemView.EditTrigger
        self.table.setEditTriggers(
            triggers.DoubleClicked | triggers.SelectedClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        )
        self.table.setTabKeyNavigation(False)
        line = self.fontMetrics().height() + 10
        self.table.verticalHeader().setDefaultSectionSize(line)
        self.table.setFixedHeight((_ROWS + 1) * line + 4)
        self.add = push_button(_("Add"), f"{name}Add", self.begin_pair)
        self.add.setAccessibleName(_("Add to: {list}").format(list=words))
        self.remove = push_button(_("Remove"), f"{name}Remove", self.remove_chosen)
        self.remove.setAccessibleName(_("Remove from: {list}").format(list=words))
        if not removes:
            self.remove.hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.table)
        layout.addLayout(buttons)
        self.show_pairs(pairs)
        self.table.itemChanged.connect(self._tell_changed)
        self.table.itemSelectionChanged.connect(self._tell_buttons)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs in their order, without rows in which nothing stands; blanks at the ends are dropped."""
        rows = ((self._text(row, 0), self._text(row, 1)) for row in range(self.table.rowCount()))
        return tuple(pair for pair in rows if any(pair))

    def show_pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Put other pairs in place of those that stand in it."""
        self.table.blockSignals(True)
        self.table.setRowCount(0)
        for pair in pairs:
            self._append(*pair)
        self.table.blockSignals(False)
        self._tell_buttons()

    def begin_pair(self) -> None:
        """Add a row, and put the cursor into its key."""
        self.table.blockSignals(True)
        self._append("", "")
        self.table.blockSignals(False)
        row = self.table.rowCount() - 1
        self.table.setCurrentCell(row, 0)
        item = self.table.item(row, 0)
        if item is not None:
            self.table.editItem(item)

    def remove_chosen(self) -> None:
        """Take out the selected rows."""
        rows = sorted({index.row() for index in self.table.selectedIndexes()}, reverse=True)
        for row in rows:
            self.table.removeRow(row)
        if rows:
            self._tell_changed()

    def _append(self, key: str, value: str) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        for column, text in enumerate((key, value)):
            self.table.setItem(row, column, QTableWidgetItem(text))

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return str(item.data(Qt.ItemDataRole.EditRole)).strip() if item is not None else ""

    def _tell_changed(self, *_rest: object) -> None:
        self._tell_buttons()
        self.changed.emit()

    def _tell_buttons(self) -> None:
        self.remove.setEnabled(bool(self.table.selectedIndexes()))
