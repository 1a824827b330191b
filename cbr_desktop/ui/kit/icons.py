"""The pictures of the program, drawn when they are needed: sharp at every scale, in the colours of the theme."""

from collections.abc import Callable
from functools import cache, lru_cache

from PySide6 import QtGui
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPaintEvent, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.ui.kit.theme import tone_colour

SIGN = "#1a5fb4"
"""The colour of the program's sign, the same in every theme and in ``resources/cbr-desktop.svg``."""
MARK_MARGIN = 4
"""What a question mark sticks out of its square, in device-independent pixels."""
_DISABLED = QPalette.ColorGroup.Disabled
_GRID = 16.0
"""Icons are drawn on a square of this side, in lines."""


@cache
def icon(name: str, role: QPalette.ColorRole = QPalette.ColorRole.ButtonText) -> QIcon:
    """Return an icon by name, in the colour of a role; it follows the palette of the application by itself.

    On a primary button that is ``BrightText``.
    """

    def picture_of(side: int, ratio: float, mode: QIcon.Mode) -> QPixmap:
        palette = QGuiApplication.palette()
        if mode == QIcon.Mode.Disabled:
            return picture(name, side, ratio, palette.color(_DISABLED, QPalette.ColorRole.ButtonText).rgb())
        return picture(name, side, ratio, palette.color(role).rgb())

    return QIcon(_Engine(picture_of))


@cache
def mark_icon(mark: Mark) -> QIcon:
    """Return a mark as an icon for a list; it follows the palette of the application by itself.

    On a selected row it keeps its tone, which can be read on that ground.
    """

    def picture_of(side: int, ratio: float, _mode: QIcon.Mode) -> QPixmap:
        return _mark(mark.shape, side, ratio, tone_colour(mark.tone, QGuiApplication.palette()).rgb())

    return QIcon(_Engine(picture_of))


@lru_cache(maxsize=200)
def picture(name: str, side: int, ratio: float, colour: int) -> QPixmap:
    """Return an icon ``side`` wide, for a screen of this pixel ratio, in a colour (``QColor.rgb``)."""
    return _painted(side, ratio, lambda painter: draw(painter, name, QRectF(0, 0, side, side), QColor.fromRgb(colour)))


def _painted(side: int, ratio: float, paint: Callable[[QPainter], None]) -> QPixmap:
    """Return a square for a screen of this pixel ratio, transparent but for what is painted."""
    made = QPixmap(QSize(side, side) * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    paint(painter)
    painter.end()
    return made


def draw(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Draw an icon into a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / _GRID, rect.height() / _GRID)
    painter.setPen(QPen(colour, 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    _DRAWINGS[name](painter)
    painter.restore()


def draw_mark(painter: QPainter, mark: Mark, rect: QRectF, palette: QPalette) -> None:
    """Draw a mark into a square, in its tone."""
    _draw_shape(painter, mark.shape, rect, tone_colour(mark.tone, palette))


@lru_cache(maxsize=200)
def _mark(shape: Shape, side: int, ratio: float, colour: int) -> QPixmap:
    rect = QRectF(0, 0, side, side)
    return _painted(side, ratio, lambda painter: _draw_shape(painter, shape, rect, QColor.fromRgb(colour)))


@lru_cache(maxsize=200)
def mark_picture(shape: Shape, side: int, ratio: float, colour: int) -> QPixmap:
    """Return a shape ``side`` wide and half a pixel down, with ``MARK_MARGIN`` around, as ``picture`` does an icon."""
    rect = QRectF(MARK_MARGIN, MARK_MARGIN + 0.5, side, side)
    whole = side + 2 * MARK_MARGIN
    return _painted(whole, ratio, lambda painter: _draw_shape(painter, shape, rect, QColor.fromRgb(colour)))


def _draw_shape(painter: QPainter, shape: Shape, rect: QRectF, colour: QColor) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, max(1.5, rect.width() / 7), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(colour)
    _SHAPES[shape](painter, rect.adjusted(1, 1, -1, -1))
    painter.restore()


def _disc(painter: QPainter, rect: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(rect)


def _ring(painter: QPainter, rect: QRectF) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(rect)


def _half(painter: QPainter, rect: QRectF) -> None:
    painter.drawPie(rect, 90 * 16, 180 * 16)
    _ring(painter, rect)


def _up(painter: QPainter, rect: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon([QPointF(rect.center().x(), rect.top()), rect.bottomRight(), rect.bottomLeft()])


def _play(painter: QPainter, rect: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon([rect.topLeft(), QPointF(rect.right(), rect.center().y()), rect.bottomLeft()])


def _square(painter: QPainter, rect: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRect(rect.adjusted(1, 1, -1, -1))


def _diamond(painter: QPainter, rect: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    middle = rect.center()
    corners = [
        (middle.x(), rect.top()),
        (rect.right(), middle.y()),
        (middle.x(), rect.bottom()),
        (rect.left(), middle.y()),
    ]
    painter.drawPolygon([QPointF(x, y) for x, y in corners])


def _cross(painter: QPainter, rect: QRectF) -> None:
    inner = rect.adjusted(1, 1, -1, -1)
    painter.drawLine(QLineF(inner.topLeft(), inner.bottomRight()))
    painter.drawLine(QLineF(inner.topRight(), inner.bottomLeft()))


def _question(painter: QPainter, rect: QRectF) -> None:
    font = painter.font()
    font.setBold(True)
    font.setPixelSize(max(8, int(rect.height() * 1.25)))
    painter.setFont(font)
    painter.drawText(rect.adjusted(-3, -4, 3, 4), Qt.AlignmentFlag.AlignCenter, "?")


def _plus_mark(painter: QPainter, rect: QRectF) -> None:
    middle = rect.center()
    painter.drawLine(QLineF(rect.left(), middle.y(), rect.right(), middle.y()))
    painter.drawLine(QLineF(middle.x(), rect.top(), middle.x(), rect.bottom()))


def _delta(painter: QPainter, rect: QRectF) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inner = rect.adjusted(0.5, 1, -0.5, -0.5)
    painter.drawPolygon([QPointF(inner.center().x(), inner.top()), inner.bottomRight(), inner.bottomLeft()])


_SHAPES: dict[Shape, Callable[[QPainter, QRectF], None]] = {
    Shape.DISC: _disc,
    Shape.RING: _ring,
    Shape.HALF: _half,
    Shape.UP: _up,
    Shape.PLAY: _play,
    Shape.SQUARE: _square,
    Shape.DIAMOND: _diamond,
    Shape.CROSS: _cross,
    Shape.QUESTION: _question,
    Shape.PLUS: _plus_mark,
    Shape.DELTA: _delta,
}


class _Engine(QIconEngine):
    """Draws one icon as ``picture_of`` gives it for a side, the pixel ratio of the screen and a mode."""

    def __init__(self, picture_of: Callable[[int, float, QIcon.Mode], QPixmap]) -> None:
        super().__init__()
        self._picture_of = picture_of

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Draw into ``rect``."""
        side, ratio = min(rect.width(), rect.height()), painter.device().devicePixelRatioF()
        left, top = rect.left() + (rect.width() - side) // 2, rect.top() + (rect.height() - side) // 2
        painter.drawPixmap(left, top, self._picture_of(side, ratio, mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        """Return the icon on a transparent ground."""
        if size.isEmpty():
            return QPixmap()  # a control that is squeezed to nothing asks for nothing
        return self._picture_of(min(size.width(), size.height()), 1.0, mode)

    def clone(self) -> QIconEngine:
        """Return a second engine of the same drawing."""
        return _Engine(self._picture_of)


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


def _lines(painter: QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolyline([QPointF(x, y) for x, y in points])


def _server(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2, 3, 12, 7.5), 1.2, 1.2)
    _lines(painter, (8, 10.5), (8, 13))
    _lines(painter, (5, 13.2), (11, 13.2))
    painter.drawPoint(QPointF(4.8, 6.8))
    _lines(painter, (7.4, 6.8), (11.4, 6.8))


def _disk(painter: QPainter) -> None:
    painter.drawEllipse(QRectF(2.5, 2.5, 11, 4))
    _lines(painter, (2.5, 4.5), (2.5, 11.5))
    _lines(painter, (13.5, 4.5), (13.5, 11.5))
    painter.drawArc(QRectF(2.5, 9.5, 11, 4), 180 * 16, 180 * 16)


def _file_system(painter: QPainter) -> None:
    _lines(painter, (2, 12.8), (2, 3.4), (6.2, 3.4), (7.8, 5.4), (14, 5.4), (14, 12.8), (2, 12.8))
    _lines(painter, (4.6, 9.2), (11.4, 9.2))


def _desktop(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2, 2.8, 12, 8.4), 1.2, 1.2)
    _lines(painter, (8, 11.2), (8, 13.2))
    _lines(painter, (5.2, 13.4), (10.8, 13.4))


def _other(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(3, 3, 10, 10), 1.2, 1.2)
    _lines(painter, (3, 6.4), (13, 6.4))


def _checkpoint(painter: QPainter) -> None:
    painter.drawEllipse(QRectF(2.2, 2.2, 11.6, 11.6))
    _lines(painter, (5.2, 8.2), (7.2, 10.2), (10.9, 6))


def _replica(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2, 2, 8, 8), 1, 1)
    _lines(painter, (12, 6), (14, 6), (14, 14), (6, 14), (6, 12))


def _more(painter: QPainter) -> None:
    painter.setBrush(painter.pen().color())
    for x in (3.5, 8.0, 12.5):
        painter.drawEllipse(QPointF(x, 8), 0.7, 0.7)


def _search(painter: QPainter) -> None:
    painter.drawEllipse(QRectF(2.5, 2.5, 8, 8))
    _lines(painter, (9.4, 9.4), (13.5, 13.5))


def _refresh(painter: QPainter) -> None:
    painter.drawArc(QRectF(3, 3, 10, 10), 50 * 16, 290 * 16)
    _lines(painter, (11.2, 1.6), (11.4, 4.4), (8.6, 4.7))


def _contrast(painter: QPainter) -> None:
    painter.drawEllipse(QRectF(2.5, 2.5, 11, 11))
    painter.setBrush(painter.pen().color())
    painter.drawPie(QRectF(2.5, 2.5, 11, 11), 270 * 16, 180 * 16)


def _help(painter: QPainter) -> None:
    painter.drawEllipse(QRectF(2, 2, 12, 12))
    painter.drawArc(QRectF(6, 4.8, 4, 3.8), -60 * 16, 220 * 16)
    _lines(painter, (8.2, 8.6), (8.0, 9.6))
    painter.drawPoint(QPointF(8, 11.6))


def _columns(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2, 3, 12, 10), 1, 1)
    for x in (6.0, 10.0):
        _lines(painter, (x, 3), (x, 13))


def _bookmark(painter: QPainter) -> None:
    painter.drawPolygon([QPointF(x, y) for x, y in ((4, 2.5), (12, 2.5), (12, 13.5), (8, 10.5), (4, 13.5))])


def _vaults(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2, 2.5, 12, 10), 1.2, 1.2)
    painter.drawEllipse(QRectF(5.7, 5.2, 4.6, 4.6))
    _lines(painter, (4.4, 12.5), (4.4, 14))
    _lines(painter, (11.6, 12.5), (11.6, 14))


def _resources(painter: QPainter) -> None:
    for y in (2.5, 8.5):
        painter.drawRoundedRect(QRectF(2.5, y, 11, 5), 1, 1)
        painter.drawPoint(QPointF(5, y + 2.5))


def _backups(painter: QPainter) -> None:
    for y in (2.2, 6.2, 10.2):
        painter.drawEllipse(QRectF(2.5, y, 11, 3.6))


def _offers(painter: QPainter) -> None:
    for x, y in ((4, 8), (12, 3.6), (12, 12.4)):
        painter.drawEllipse(QRectF(x - 2, y - 2, 4, 4))
    _lines(painter, (5.8, 7), (10.2, 4.6))
    _lines(painter, (5.8, 9), (10.2, 11.4))


def _checkpoints(painter: QPainter) -> None:
    _lines(painter, (8, 1.8), (8, 14.2))
    for x, y in ((8, 4.2), (8, 11.4)):
        painter.setBrush(painter.pen().color())
        painter.drawEllipse(QRectF(x - 1.6, y - 1.6, 3.2, 3.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for y in (4.2, 11.4):
        _lines(painter, (11.2, y), (13.8, y))
        _lines(painter, (2.2, y), (4.8, y))


def _timeline(painter: QPainter) -> None:
    _lines(painter, (1.8, 13.6), (14.2, 13.6))
    for x, top in ((3.6, 9.6), (6.6, 4.4), (9.6, 7.2), (12.6, 2.4)):
        _lines(painter, (x, 11.4), (x, top))


def _policies(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2.5, 3, 11, 10.5), 1, 1)
    _lines(painter, (2.5, 6.2), (13.5, 6.2))
    for x in (5.5, 10.5):
        _lines(painter, (x, 1.8), (x, 4.2))
    _lines(painter, (5.6, 9.6), (7.2, 11.2), (10.4, 8))


def _tasks(painter: QPainter) -> None:
    for y in (4.0, 8.0, 12.0):
        _lines(painter, (2.2, y), (3.2, y + 1), (5, y - 1.2))
        _lines(painter, (7.5, y), (13.8, y))


def _drafts(painter: QPainter) -> None:
    _lines(painter, (9.5, 1.8), (3.5, 1.8), (3.5, 14.2), (12.5, 14.2), (12.5, 7.5))
    _lines(painter, (6, 10.5), (6.6, 8.4), (11.8, 2.6), (13.4, 4.2), (8.2, 9.9), (6, 10.5))


def _outbox(painter: QPainter) -> None:
    _lines(painter, (2, 9), (2, 13.5), (14, 13.5), (14, 9))
    _lines(painter, (8, 10.5), (8, 2.5))
    _lines(painter, (5, 5.5), (8, 2.5), (11, 5.5))


def _plans(painter: QPainter) -> None:
    for y in (2.5, 6.7, 10.9):
        painter.drawRoundedRect(QRectF(2.5, y, 2.6, 2.6), 0.6, 0.6)
        _lines(painter, (7.5, y + 1.3), (13.5, y + 1.3))


def _journal(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(3, 2, 10.5, 12), 1, 1)
    _lines(painter, (5.5, 2), (5.5, 14))
    for y in (5.5, 8.0, 10.5):
        _lines(painter, (7.8, y), (11.5, y))


def _plus(painter: QPainter) -> None:
    _lines(painter, (8, 3), (8, 13))
    _lines(painter, (3, 8), (13, 8))


def _close(painter: QPainter) -> None:
    _lines(painter, (4, 4), (12, 12))
    _lines(painter, (12, 4), (4, 12))


def _details(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2, 3, 12, 10), 1, 1)
    _lines(painter, (9.5, 3), (9.5, 13))
    _lines(painter, (11, 6), (12.5, 6))
    _lines(painter, (11, 8.5), (12.5, 8.5))


def _up_arrow(painter: QPainter) -> None:
    _lines(painter, (4, 9.8), (8, 5.8), (12, 9.8))


def _down_arrow(painter: QPainter) -> None:
    _lines(painter, (4, 6.2), (8, 10.2), (12, 6.2))


def _left_arrow(painter: QPainter) -> None:
    _lines(painter, (9.8, 4), (5.8, 8), (9.8, 12))


def _right_arrow(painter: QPainter) -> None:
    _lines(painter, (6.2, 4), (10.2, 8), (6.2, 12))


def _program(painter: QPainter) -> None:
    """The sign of the program: a vault's door with a tick."""
    path = QtGui.QPainterPath()
    path.addRoundedRect(QRectF(1, 1, 14, 14), 3, 3)
    painter.fillPath(path, QColor(SIGN))
    painter.setPen(QPen(QColor("#ffffff"), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawEllipse(QRectF(3.6, 3.6, 8.8, 8.8))
    _lines(painter, (6, 8.2), (7.5, 9.7), (10.2, 6.5))


def _lock(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(3.5, 7, 9, 6.5), 1, 1)
    painter.drawArc(QRectF(5.2, 2.5, 5.6, 8), 0, 180 * 16)
    _lines(painter, (8, 9.6), (8, 11))


def _unlock(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(3.5, 7, 9, 6.5), 1, 1)
    painter.drawArc(QRectF(5.2, 1.5, 5.6, 8), 40 * 16, 150 * 16)
    _lines(painter, (8, 9.6), (8, 11))


_DRAWINGS: dict[str, Callable[[QPainter], None]] = {
    "server": _server,
    "disk": _disk,
    "file-system": _file_system,
    "desktop": _desktop,
    "other": _other,
    "checkpoint": _checkpoint,
    "replica": _replica,
    "search": _search,
    "more": _more,
    "refresh": _refresh,
    "contrast": _contrast,
    "help": _help,
    "columns": _columns,
    "bookmark": _bookmark,
    "vaults": _vaults,
    "resources": _resources,
    "backups": _backups,
    "checkpoints": _checkpoints,
    "offers": _offers,
    "policies": _policies,
    "timeline": _timeline,
    "tasks": _tasks,
    "drafts": _drafts,
    "outbox": _outbox,
    "plans": _plans,
    "journal": _journal,
    "plus": _plus,
    "close": _close,
    "details": _details,
    "up": _up_arrow,
    "down": _down_arrow,
    "left": _left_arrow,
    "right": _right_arrow,
    "program": _program,
    "lock": _lock,
    "unlock": _unlock,
}
