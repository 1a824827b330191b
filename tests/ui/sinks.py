"""Rich-text sinks: the places of a screen where text of others could be read as markup."""

import re
from collections.abc import Iterable, Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as Gui
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLabel,
    QMenu,
    QSystemTrayIcon,
    QTabBar,
    QTextEdit,
    QToolTip,
    QWidget,
)

_OUR_MARKUP = re.compile(r"</?qt>|<br>")
_HINTS = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.WhatsThisRole, Qt.ItemDataRole.StatusTipRole)
_ROWS = 500
"""Rows of one model that are looked through."""


def rich_text_sinks(widgets: Iterable[QWidget]) -> list[str]:
    """Return what in these widgets and all within them may read text as markup, a line each; none is good.

    Labels must be ``PlainText`` (Qt's own word for a field of a form may stay as it is while it has no markup) and open
    nothing by themselves. There is no ``QTextEdit`` and no ``QMessageBox``. Tooltips and other hints, also those of the
    rows of tables and lists, are either no markup for Qt or hold none but ``<qt>`` and ``<br>`` around escaped text.
    """
    found: list[str] = []
    for root in widgets:
        for one in [root, *root.findChildren(QObject)]:
            found += [f"{type(one).__name__} {one.objectName()!r}: {sin}" for sin in _sins(one)]
    if _is_markup(QToolTip.text()):
        found.append("QToolTip: markup of others is shown now")
    return sorted(set(found))


def _sins(one: QObject) -> Iterator[str]:
    if isinstance(one, QLabel):
        yield from _sins_of_label(one)
    elif isinstance(one, QTextEdit) or one.inherits("QMessageBox") or one.inherits("QErrorMessage"):
        yield "reads markup"
    if isinstance(one, QWidget) or (isinstance(one, QAction) and _shows_hints(one)):
        for hint in (one.toolTip(), one.whatsThis(), one.statusTip()):
            if _is_markup(hint):
                yield f"hint with markup {hint[:60]!r}"
    if isinstance(one, QSystemTrayIcon) and _is_markup(one.toolTip()):
        yield f"hint with markup {one.toolTip()[:60]!r}"
    if isinstance(one, QTabBar):
        for tab in range(one.count()):
            if _is_markup(one.tabToolTip(tab)):
                yield f"hint with markup on tab {tab}"
    model = one.model() if isinstance(one, QAbstractItemView | QComboBox) else None
    if model is not None:
        yield from _sins_of_model(model, QModelIndex())


def _shows_hints(action: QAction) -> bool:
    """Tell whether anything that carries an action shows its tooltip, which is its text by default."""
    carriers = action.associatedObjects()
    return any(not isinstance(carrier, QMenu) or carrier.toolTipsVisible() for carrier in carriers)


def _sins_of_label(label: QLabel) -> Iterator[str]:
    form = label.textFormat()
    if label.openExternalLinks():
        yield "opens links by itself"
    if form is Qt.TextFormat.PlainText or (not label.text() and form is Qt.TextFormat.AutoText):
        return
    is_word_of_form = label.buddy() is not None and not Gui.mightBeRichText(label.text())
    is_own_of_qt = label.objectName().startswith("qt_") or label.inherits("QTipLabel")
    if form is not Qt.TextFormat.AutoText or not (is_word_of_form or is_own_of_qt):
        yield f"{form.name} {label.text()[:60]!r}"


def _sins_of_model(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    is_list = isinstance(model, QAbstractListModel)
    is_flat = isinstance(model, QAbstractListModel | QAbstractTableModel)
    for row in range(min(_ROWS, model.rowCount(parent))):
        for column in range(1 if is_list else model.columnCount(parent)):
            index = model.index(row, column, parent)
            for role in _HINTS:
                hint = index.data(role)
                if isinstance(hint, str) and _is_markup(hint):
                    yield f"hint with markup in row {row}, column {column}: {hint[:60]!r}"
        first = model.index(row, 0, parent)
        if not is_flat:
            yield from _sins_of_model(model, first)


def _is_markup(text: str) -> bool:
    """Tell whether Qt would read a hint as markup other than ours."""
    return bool(text) and Gui.mightBeRichText(text) and "<" in _OUR_MARKUP.sub("", text)
