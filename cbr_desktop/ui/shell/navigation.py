"""The navigation: the list of pages with what waits on them, which can be folded to their pictures."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import page_title
from cbr_desktop.ui.kit.icons import icon

NAMES = (
    "Vaults",
    "Resources",
    "Backups",
    "Checkpoints",
    "Policies",
    "Tasks",
    "Drafts",
    "Outbox",
    "Plans",
    "Journal",
)
_FOLDED_WIDTH = 44
_WIDTH = 140


def page_key(name: str) -> str:
    """Return the key that leads to a page: Ctrl and its place, of which the tenth is 0."""
    return f"Ctrl+{(NAMES.index(name) + 1) % 10}"


class Navigation(QListWidget):
    """Lists the pages in the order of an operator's questions."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        self.setAccessibleName(_("Navigation"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(18, 18))
        self.is_folded = False
        self.is_squeezed = False
        """Whether it was folded for want of room, not by the user."""
        for name in NAMES:
            item = QListWidgetItem(icon(name.lower()), page_title(name), self)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, page_title(name))
            item.setToolTip(tooltip(f"{page_title(name)} ({page_key(name)})"))
        self._tell_heights()
        self._fit()

    def fold(self) -> None:
        """Fold the list to its pictures, or show the names again."""
        self.is_folded = not self.is_folded
        for place, name in enumerate(NAMES):
            self.item(place).setText("" if self.is_folded else page_title(name))
        self._fit()

    def show_narrow(self, narrow: bool) -> bool:
        """Fold for want of room, or unfold what was folded so; tell whether anything changed by that."""
        if narrow is self.is_squeezed or (narrow and self.is_folded):
            return False
        self.is_squeezed = narrow
        self.fold()
        return True

    def tell_count(self, name: str, count: int, words: str = "", tone: Tone = Tone.IDLE) -> None:
        """Show how many things wait on a page; ``words`` say what they are, for the tooltip and screen readers."""
        # the first paint has nothing to count yet
        from cbr_desktop.ui.shell.count_delegate import COUNT, TONE, CountDelegate

        place = NAMES.index(name)
        item = self.item(place)
        if item.data(COUNT) in (count, None) and not count:
            return
        if not isinstance(self.itemDelegate(), CountDelegate):
            self.setItemDelegate(CountDelegate(lambda: self.is_folded, self))
        title = page_title(name)
        told = _("{page}: {words}").format(page=title, words=words) if count else title
        item.setData(COUNT, count)
        item.setData(TONE, tone)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, told)
        item.setToolTip(tooltip(f"{told} ({page_key(name)})"))

    def _fit(self) -> None:
        if self.is_folded:
            self.setFixedWidth(_FOLDED_WIDTH)
        else:
            self.setMinimumWidth(110)
            self.setMaximumWidth(260)
            self.resize(_WIDTH, self.height())

    def _tell_heights(self) -> None:
        high = self.fontMetrics().height() + 16
        for place in range(self.count()):
            self.item(place).setSizeHint(QSize(0, high))

    def changeEvent(self, event: QEvent) -> None:
        """Give the names the room that letters of another size need."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._tell_heights()

    def sizeHint(self) -> QSize:
        """Return the width that the names need."""
        return QSize(_FOLDED_WIDTH if self.is_folded else _WIDTH, 200)
