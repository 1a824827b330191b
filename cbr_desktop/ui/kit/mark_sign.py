"""Drawings as widgets: a mark, and a picture for where there is nothing else to see."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.icons import draw, draw_mark


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

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the mark."""
        painter = QPainter(self)
        draw_mark(painter, self._mark, QRectF(self.rect()), self.palette())
        painter.end()


class Picture(QWidget):
    """Shows an icon large and quiet; it says nothing that words beside it do not say."""

    _SIDE = 56

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("picture")
        self._name = name
        self.setFixedSize(QSize(self._SIDE, self._SIDE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon on a disc."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Highlight))
        painter.drawEllipse(self.rect())
        side = self._SIDE / 2
        colour = self.palette().color(QPalette.ColorRole.Accent)
        draw(painter, self._name, QRectF(side / 2, side / 2, side, side), colour)
        painter.end()
