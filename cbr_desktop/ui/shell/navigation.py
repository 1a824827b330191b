"""The navigation: the list of pages with what waits on them, which can be folded to their pictures."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import page_title
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.theme import tone_colour

NAMES = (
    "Vaults",
    "Resources",
    "Backups",
    "Policies",
    "Tasks",
    "Drafts",
    "Outbox",
    "Plans",
    "Journal",
)
_FOLDED_WIDTH = 44
_WIDTH = 140
_COUNT = Qt.ItemDataRole.UserRole
_TONE = Qt.ItemDataRole.UserRole + 1


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
        high = self.fontMetrics().height() + 16
        for place, name in enumerate(NAMES, 1):
            item = QListWidgetItem(icon(name.lower()), page_title(name), self)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, page_title(name))
            item.setToolTip(tooltip(f"{page_title(name)} (Ctrl+{place})"))
            item.setSizeHint(QSize(0, high))
        self._fit()

    def fold(self) -> None:
        """Fold the list to its pictures, or show the names again."""
        self.is_folded = not self.is_folded
        for place, name in enumerate(NAMES):
            self.item(place).setText("" if self.is_folded else page_title(name))
        self._fit()

    def tell_count(self, name: str, count: int, words: str = "", tone: Tone = Tone.IDLE) -> None:
        """Show how many things wait on a page; ``words`` say what they are, for the tooltip and screen readers."""
        place = NAMES.index(name)
        item = self.item(place)
        if item.data(_COUNT) in (count, None) and not count:
            return
        if not isinstance(self.itemDelegate(), CountDelegate):
            self.setItemDelegate(CountDelegate(self))  # the first paint has nothing to count yet
        title = page_title(name)
        told = _("{page}: {words}").format(page=title, words=words) if count else title
        item.setData(_COUNT, count)
        item.setData(_TONE, tone)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, told)
        item.setToolTip(tooltip(f"{told} (Ctrl+{place + 1})"))

    def _fit(self) -> None:
        if self.is_folded:
            self.setFixedWidth(_FOLDED_WIDTH)
        else:
            self.setMinimumWidth(110)
            self.setMaximumWidth(260)
            self.resize(_WIDTH, self.height())

    def sizeHint(self) -> QSize:
        """Return the width that the names need."""
        return QSize(_FOLDED_WIDTH if self.is_folded else _WIDTH, 200)


class CountDelegate(QStyledItemDelegate):
    """Draws the number of what waits behind the name of a page; a dot where the list is folded."""

    def __init__(self, navigation: Navigation) -> None:
        super().__init__(navigation)
        self._navigation = navigation

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the item and its number."""
        super().paint(painter, option, index)
        count = index.data(_COUNT)
        if not count:
            return
        colours: QPalette = option.palette
        rect = QRectF(option.rect)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        tone = tone_colour(Tone(index.data(_TONE)), colours)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.color(QPalette.ColorRole.HighlightedText) if is_chosen else tone)
        if self._navigation.is_folded:
            painter.drawEllipse(QRectF(rect.right() - 14, rect.top() + 6, 7, 7))
        else:
            words = str(count) if count < 1000 else "999+"
            font = QFont(option.font)
            font.setBold(True)
            font.setPointSizeF(font.pointSizeF() * 0.85)
            painter.setFont(font)
            metrics = painter.fontMetrics()
            high = metrics.height() + 2
            wide = max(high, metrics.horizontalAdvance(words) + 12)
            pill = QRectF(rect.right() - wide - 10, rect.center().y() - high / 2 + 0.5, wide, high)
            painter.drawRoundedRect(pill, high / 2, high / 2)
            base = colours.color(QPalette.ColorRole.Base)
            painter.setPen(colours.color(QPalette.ColorRole.Highlight) if is_chosen else base)
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()
