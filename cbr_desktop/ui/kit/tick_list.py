"""A list of things to be ticked, with a filter for long ones."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.pieces import Pieces
from cbr_desktop.ui.kit.widgets import push_button

_KEY = Qt.ItemDataRole.UserRole
_ROOM = 10
"""What a row has above and below its words in all."""
_AT_ONCE = 40
"""So many rows are there at once; of more, the others come in the next turns of the loop."""
_FEWEST, _MOST = 3, 10
"""How many rows are seen at the least, and for how many there is room at the most."""


class Tickable(NamedTuple):
    """One thing of the list: what it is known by, and its words."""

    key: str
    words: str


class TickList(QWidget):
    """Things to be ticked; at first none is. What the filter hides stays as it is.

    ``name`` begins the names of its parts, ``words`` say what the things are. There are ``count`` ``rows``, which
    are made as they come.

    Signals:
        changed: something else is ticked.
    """

    changed = Signal()

    def __init__(self, name: str, words: str, rows: Iterable[Tickable], count: int) -> None:
        super().__init__()
        self._ticked: frozenset[str] = frozenset()
        self.list = QListWidget()
        self.list.setObjectName(f"{name}List")
        self.list.setAccessibleName(words)
        self.list.setUniformItemSizes(True)
        line = self.fontMetrics().height() + _ROOM
        self.list.setMinimumHeight(_FEWEST * line)
        self.list.setMaximumHeight(max(min(count, _MOST), _FEWEST) * line + line)
        self.filter = QLineEdit()
        self.filter.setObjectName(f"{name}Filter")
        self.filter.setAccessibleName(_("Filter what can be ticked"))
        self.filter.setPlaceholderText(_("Filter by name"))
        self.filter.setClearButtonEnabled(True)
        self.all = push_button(_("Tick &all shown"), f"{name}All", lambda: self._tick(is_ticked=True))
        self.none = push_button(_("&Untick all"), f"{name}None", lambda: self._tick(is_ticked=False))
        head = QHBoxLayout()
        head.addWidget(self.filter, 1)
        head.addWidget(self.all)
        head.addWidget(self.none)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        self._pieces = Pieces(self)
        adding = self._added(rows, line)
        for _row in islice(adding, _AT_ONCE):
            pass
        self._pieces.begin(adding)
        self.list.itemChanged.connect(self._tell)
        self.filter.textChanged.connect(self._filter)

    @property
    def ticked(self) -> frozenset[str]:
        """The keys of what is ticked."""
        return self._ticked

    def keep(self, keys: Collection[str]) -> None:
        """Take all other things out."""
        self._pieces.finish()
        for place in reversed(range(self.list.count())):
            if self.list.item(place).data(_KEY) not in keys:
                self.list.takeItem(place)
        self._tell()

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(place) for place in range(self.list.count())]

    def _added(self, rows: Iterable[Tickable], line: int) -> Iterator[None]:
        """Add the rows in pieces: there may be thousands."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
        for row in rows:
            item = QListWidgetItem(plain(row.words, 200))
            item.setData(_KEY, row.key)
            item.setSizeHint(QSize(0, line))
            item.setFlags(flags)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
            yield

    def _filter(self, text: str) -> None:
        self._pieces.finish()
        wanted = text.casefold().strip()
        for item in self._items():
            item.setHidden(wanted not in item.text().casefold())

    def _tick(self, *, is_ticked: bool) -> None:
        self._pieces.finish()
        self._check([item for item in self._items() if not (is_ticked and item.isHidden())], is_ticked=is_ticked)

    def _check(self, items: Sequence[QListWidgetItem], *, is_ticked: bool) -> None:
        """Tick several at once, and tell of it once."""
        self.list.blockSignals(True)
        for item in items:
            item.setCheckState(Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)
        self.list.viewport().update()
        self._tell()

    def _tell(self, *_rest: object) -> None:
        ticked = (item for item in self._items() if item.checkState() == Qt.CheckState.Checked)
        self._ticked = frozenset(str(item.data(_KEY)) for item in ticked)
        self.changed.emit()
