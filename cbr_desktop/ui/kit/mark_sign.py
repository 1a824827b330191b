"""A mark as a widget."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.icons import draw_mark


class MarkSign(QWidget):
    """Shows a mark as wide as a letter is high."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mark")
        self._mark = Mark(Shape.RING, Tone.IDLE)
        side = self.fontMetrics().ascent() + 2
        self.setFixedSize(QSize(side, side))

    def tell(self, mark: Mark) -> None:
        """Show another mark."""
        if mark != self._mark:
            self._mark = mark
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark."""
        painter = QPainter(self)
        draw_mark(painter, self._mark, QRectF(self.rect()), self.palette())
        painter.end()
