"""A line of text that gives way: one row high, cut with an ellipsis where there is no room, whole in the tooltip."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from cbr_desktop.text.plain import plain, tooltip


class Line(QLabel):
    """Shows any text literally; screen readers get the whole of it.

    With room for fewer than ``least`` letters nothing is shown, where a few of them would say nothing. ``middle`` cuts
    in the middle, where the end tells it from others, as that of a path does.
    """

    def __init__(self, name: str, parent: QWidget | None = None, *, least: int = 0, middle: bool = False) -> None:
        super().__init__(parent)
        self._least = least
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def tell(self, text: str) -> None:
        """Show another text."""
        shown = plain(text)
        if shown != self.text():
            self.setText(shown)
            self.setToolTip(tooltip(shown))

    def sizeHint(self) -> QSize:
        """Return the size of the whole text on one row."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Return the size of a few letters."""
        metrics = self.fontMetrics()
        return QSize(min(self.sizeHint().width(), metrics.averageCharWidth() * 4), metrics.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much of the text as there is room for."""
        if self.width() < min(self.sizeHint().width(), self._least * self.fontMetrics().averageCharWidth()):
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole() or QPalette.ColorRole.WindowText))
        shown = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
