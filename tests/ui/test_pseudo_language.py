"""Every window in a language that nobody speaks: what stays as it is has passed no catalogue."""

import re
from collections.abc import Callable, Iterator

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QHeaderView,
    QLineEdit,
    QListView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cbr_desktop.text.catalogue import spoken
from tests.pseudo import Pseudo, narrow_words
from tests.ui import hostile

FOREIGN = "жук"
"""What people and the service have named in the estate that is shown."""
KNOWN = (
    # units, names of products and protocols, and what is typed as it is written
    *(
        "GB",
        "MB",
        "UTC",
        "HTTP",
        "JSON",
        "POST",
        "DELETE",
        "PUT",
        "cURL",
        "hcloud",
        "Python",
        "PRODUCTION",
        "IPv4",
        "IPv6",
    ),
    *("Ctrl", "Shift", "Alt", "Del", "Enter", "Esc", "CBR Desktop", "Qt", "PySide6"),
    *("eu-de", "https", "otc", "t-systems", "com", "cbr", "iam"),
)
_IDS = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|intent-\d+|\b\S+@\S+\b")


def read(windows: list[QWidget]) -> Iterator[tuple[str, str]]:
    """Yield what can be read or is read aloud in windows, with the name of what has it."""
    for one, text in hostile.texts(windows):
        yield one.objectName() or type(one).__name__, text
    for window in windows:
        for widget in [window, *window.findChildren(QWidget)]:
            name = widget.objectName() or type(widget).__name__
            for said in (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.whatsThis()):
                yield name, said
            if isinstance(widget, QLineEdit):
                yield name, widget.placeholderText()
            if isinstance(widget, QAbstractSpinBox):
                yield name, widget.text()
            if isinstance(widget, QHeaderView) and widget.model() is not None:
                model, way = widget.model(), widget.orientation()
                sections = model.columnCount(QModelIndex()) if way == Qt.Orientation.Horizontal else 0
                yield from ((name, str(model.headerData(section, way) or "")) for section in range(sections))
            if isinstance(widget, QAbstractItemView) and widget.model() is not None:
                yield from ((name, text) for text in _cells(widget))


def _cells(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    # a list has one column, and does not say so
    columns = 1 if isinstance(view, QListView) else model.columnCount(QModelIndex())
    for row in range(min(40, model.rowCount(QModelIndex()))):
        for column in range(columns):
            index = model.index(row, column)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield str(index.data(role) or "")


def bypassed(windows: list[QWidget]) -> dict[str, set[str]]:
    """Return the texts that passed no catalogue, by the names of what shows them."""
    found: dict[str, set[str]] = {}
    for name, text in read(windows):
        bare = _IDS.sub("", re.sub(r"<[^>]*>", " ", text)).replace("&", "")
        if narrow_words(bare, KNOWN):
            found.setdefault(name, set()).add(text[:150])
    return found


def test_every_window_speaks_through_the_catalogue(qtbot: QtBot) -> None:
    with spoken(Pseudo()):
        windows = hostile.shown(qtbot, FOREIGN)
        found = bypassed(windows)
    for name, texts in sorted(found.items()):
        print(name, texts)
    assert found == {}
