"""Pieces that many windows are put together from: buttons, tables of lines, and the question for a file."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QPushButton, QTableView, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.ui.kit.tokens import NEAR

_CELL_EDGES, _MARK_ROOM = 16, 18
"""What a cell of such a table has beside its words, and what a mark in it takes besides."""
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)


def push_button(
    text: str, name: str, act: Callable[[], object] | None = None, parent: QWidget | None = None
) -> QPushButton:
    """Return a button that calls ``act``, and that Enter in a field never presses."""
    made = QPushButton(text, parent)
    made.setObjectName(name)
    made.setAutoDefault(False)
    if act is not None:
        made.clicked.connect(partial(do, act))
    return made


def button_row(leave: QWidget, *others: QWidget, beside: Sequence[QWidget] = ()) -> QHBoxLayout:
    """Return the foot of a window: on its left what leaves it, on its right all that it can do, what it is for last.

    What stands ``beside`` the first acts on what is shown and leads nowhere.
    """
    row = QHBoxLayout()
    row.setSpacing(NEAR)
    for widget in (leave, *beside):
        row.addWidget(widget)
    row.addStretch(1)
    for widget in others:
        row.addWidget(widget)
    return row


def verb_buttons(
    prefix: str,
    verbs: Mapping[str, tuple[str, str]],
    acts: Mapping[str, Callable[[], object]],
    parent: QWidget | None = None,
) -> dict[str, QPushButton]:
    """Return a button for each verb, named by ``prefix`` and the verb; its words and its hint are looked up here.

    To put a button into its place later costs more than to make it there, since its style is found anew by that.
    """
    buttons = {}
    for verb, (words, hint) in verbs.items():
        button = push_button(_(words), f"{prefix}{verb.capitalize()}", acts[verb], parent)
        button.setAccessibleName(_(words).replace("&", ""))
        button.setToolTip(tooltip(_(hint)))
        buttons[verb] = button
    return buttons


def do(act: Callable[[], object], *_rest: object) -> None:
    """Call ``act`` without what a signal brings along."""
    act()


def set_up_table(table: QTableView, name: str, accessible: str) -> None:
    """Make a table a list of lines to read: striped, without a grid, selected line by line."""
    table.setObjectName(name)
    table.setAccessibleName(accessible)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    header.setTextElideMode(Qt.TextElideMode.ElideRight)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 12)


def words_height(table: QTableView, cells: Sequence[str], mark_column: int) -> int:
    """Return how high the words of a row are where none is broken off by the edge of its column.

    Qt's own measure leaves out what the style keeps clear at the sides of a cell.
    """
    metrics, highest = table.fontMetrics(), table.fontMetrics().height()
    for column, text in enumerate(cells):
        room = table.columnWidth(column) - _CELL_EDGES - (_MARK_ROOM if column == mark_column else 0)
        if not table.isColumnHidden(column) and ("\n" in text or metrics.horizontalAdvance(text) > room):
            highest = max(highest, metrics.boundingRect(0, 0, max(1, room), 100_000, _WRAPPED, text).height())
    return highest


def ask_for_file(
    parent: QWidget, title: str, name: str, filters: Sequence[str], chosen: Callable[[str], object]
) -> None:
    """Ask for a file that is there, without holding up anything; its path goes to ``chosen``."""
    from PySide6.QtWidgets import QFileDialog

    asked = QFileDialog(parent, title)
    asked.setObjectName(name)
    asked.setFileMode(QFileDialog.FileMode.ExistingFile)
    asked.setNameFilters([*filters, _("All files (*)")])
    asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    asked.fileSelected.connect(chosen)
    asked.open()
