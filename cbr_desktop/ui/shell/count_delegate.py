"""The numbers in the navigation; nothing is counted before the first paint, so this comes after it."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.theme import tone_colour

COUNT = Qt.ItemDataRole.UserRole
"""The role of the number of an item."""
TONE = Qt.ItemDataRole.UserRole + 1
"""The role of the tone that it is shown in."""


class CountDelegate(QStyledItemDelegate):
    """Draws the number of what waits behind the name of a page; a dot where the list is folded."""

    def __init__(self, is_folded: Callable[[], bool], parent: QWidget) -> None:
        super().__init__(parent)
        self._is_folded = is_folded

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the item and its number."""
        super().paint(painter, option, index)
        count = index.data(COUNT)
        if not count:
            return
        colours: QPalette = option.palette
        rect = QRectF(option.rect)
        tone = tone_colour(Tone(index.data(TONE)), colours)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone)
        if self._is_folded():
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
            painter.setPen(colours.color(QPalette.ColorRole.Base))
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()
