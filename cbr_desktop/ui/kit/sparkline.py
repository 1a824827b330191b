"""A sparkline: how a number went over time, as small as a word."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.theme import tone_colour


def points(values: Sequence[float | None], rect: QRectF, ceiling: float | None = None) -> list[list[QPointF]]:
    """Return where the line goes; it is broken where a value is ``None``: nothing is made up for what is not known.

    The bottom is 0, or the lowest value where that is below; the top is ``ceiling``, or the highest value above it.
    """
    known = [value for value in values if value is not None]
    if not known:
        return []
    low, high = min(0.0, *known), max(ceiling or 0.0, *known)
    span, step = (high - low) or 1.0, rect.width() / max(1, len(values) - 1)
    lines: list[list[QPointF]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            lines.append([])
        else:
            lines[-1].append(QPointF(rect.left() + place * step, rect.bottom() - (value - low) / span * rect.height()))
    return [line for line in lines if line]


def draw_sparkline(
    painter: QPainter,
    rect: QRectF,
    values: Sequence[float | None],
    palette: QPalette,
    *,
    tone: Tone = Tone.BUSY,
    ceiling: float | None = None,
) -> None:
    """Draw a line through values of equal distance in time, and a dot at the last one; the ceiling is a dashed line."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inner = rect.adjusted(2, 2, -2, -2)
    lines = points(values, inner, ceiling)
    if ceiling is not None and lines:
        known = [value for value in values if value is not None]
        low, high = min(0.0, *known), max(ceiling, *known)
        y = inner.bottom() - (ceiling - low) / ((high - low) or 1.0) * inner.height()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.PlaceholderText), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(inner.left(), y), QPointF(inner.right(), y))
    colour = tone_colour(tone, palette)
    pen = QPen(colour, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    for line in lines:
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(line) > 1:
            painter.drawPolyline(line)
        if len(line) == 1 or line is lines[-1]:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(line[-1], 2.0, 2.0)
    painter.restore()


class Sparkline(QWidget):
    """Shows a sparkline; ``words`` say the same to screen readers."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._values: Sequence[float | None] = ()
        self._tone = Tone.BUSY
        self._ceiling: float | None = None

    def tell(
        self, values: Sequence[float | None], words: str, *, tone: Tone = Tone.BUSY, ceiling: float | None = None
    ) -> None:
        """Show other values."""
        self._values, self._tone, self._ceiling = tuple(values), tone, ceiling
        self.setAccessibleName(words)
        self.setToolTip(tooltip(words))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of a few words."""
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 16, metrics.height() + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line."""
        painter = QPainter(self)
        draw_sparkline(
            painter, QRectF(self.rect()), self._values, self.palette(), tone=self._tone, ceiling=self._ceiling
        )
        painter.end()
