"""A chart of lanes: what happens when, line below line on one axis of time.

A bar that falls on the pixels of the one before is not drawn again, so thousands of them cost no more than the chart is
wide. What stands where is worked out once for a width, not when it is painted.
"""

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import NamedTuple

from PySide6 import QtGui
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.icons import draw_mark
from cbr_desktop.ui.kit.lanes import Bar, LaneChartContent
from cbr_desktop.ui.kit.theme import tone_colour
from cbr_desktop.ui.kit.tokens import NEAR, TIGHT

_NAME_LETTERS = 28
_LEAST_BAR = 3
_LEAST_LANES, _SHOWN_LANES = 6, 9
"""For how many lanes a chart asks for room; there is a scroll bar for more."""
_BAR_PARTS = 0.5
"""How much of the height of a lane a bar has."""
_SHADE = 20
"""Opacity of shaded spans, of 255."""
_NEAR_ENOUGH = 6
"""How far from a bar, in pixels, the pointer still means it."""
_MARK = Mark(Shape.UP, Tone.WARN)


class _Drawn(NamedTuple):
    left: float
    width: float
    bar: Bar


class LaneChart(QAbstractScrollArea):
    """Shows a picture. Arrows go from lane to lane and from bar to bar; Enter opens a lane.

    Signals:
        lane_chosen: the id of the lane that was clicked, or opened by Enter.
    """

    lane_chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.picture = LaneChartContent()
        self.lane = -1
        """The lane that the keys are at, -1 for none."""
        self.bar = -1
        self._drawn: dict[int, list[_Drawn]] = {}
        self._boxes: dict[int, dict[tuple[Tone, bool], list[QRectF]]] = {}

    def tell(self, picture: LaneChartContent) -> None:
        """Show another picture; the lane that the keys are at stays where it is still there."""
        before = self._lane_id()
        self.picture = picture
        ids = [lane.id for lane in picture.lanes]
        self.lane, self.bar = (ids.index(before) if before in ids else -1), -1
        self._forget()
        self.setAccessibleName(picture.words)
        self._measure()
        self.updateGeometry()
        self.viewport().update()

    def choose(self, id: str) -> None:
        """Mark the lane of an id, and scroll to it; none where there is no such lane."""
        ids = [lane.id for lane in self.picture.lanes]
        self.lane, self.bar = (ids.index(id) if id in ids else -1), -1
        self._reveal()

    def current_words(self) -> str:
        """Return what the keys are at, in words: a bar, or else a lane."""
        if not 0 <= self.lane < len(self.picture.lanes):
            return ""
        lane = self.picture.lanes[self.lane]
        return self.picture.describe(lane, lane.bars[self.bar]) if 0 <= self.bar < len(lane.bars) else lane.name

    # sizes

    @property
    def line_height(self) -> int:
        """The height of a lane and of the axis."""
        return self.fontMetrics().height() + NEAR

    @property
    def _names_width(self) -> int:
        return min(self.fontMetrics().averageCharWidth() * _NAME_LETTERS, self.viewport().width() // 3)

    def _axis(self) -> QRectF:
        """Return where bars are, below the words of the axis; its right edge leaves room for half a mark."""
        left = self._names_width + NEAR
        return QRectF(left, self.line_height, max(1, self.viewport().width() - left - NEAR), self.viewport().height())

    def sizeHint(self) -> QSize:
        """Return the room of a few lanes."""
        lanes = min(_SHOWN_LANES, max(_LEAST_LANES, len(self.picture.lanes)))
        return QSize(600, self.line_height * (lanes + 1) + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the room of two lanes: there is a scroll bar for more."""
        return QSize(240, self.line_height * 3 + 2)

    def _forget(self) -> None:
        """Work out anew what stands where."""
        self._drawn.clear()
        self._boxes.clear()

    def _measure(self) -> None:
        shown = max(1, self.viewport().height() // self.line_height - 1)
        self.verticalScrollBar().setRange(0, max(0, len(self.picture.lanes) - shown))
        self.verticalScrollBar().setPageStep(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Work out anew what stands where."""
        super().resizeEvent(event)
        self._forget()
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._forget()
            self._measure()

    def scrollContentsBy(self, _across: int, _down: int) -> None:
        """Paint the lanes that are in sight now."""
        self.viewport().update()

    # what is where

    def _bars_of(self, place: int) -> list[_Drawn]:
        """Return what is drawn of a lane: of bars on the same pixels the first, unless a later one is marked."""
        known = self._drawn.get(place)
        if known is None:
            axis, known, end = self._axis(), [], -1.0
            for bar in self.picture.lanes[place].bars:
                left = axis.left() + bar.begin * axis.width()
                width = max(float(_LEAST_BAR), (min(1.0, bar.end) - bar.begin) * axis.width() - 1)
                if left + width > end + 1 or bar.is_marked:
                    known.append(_Drawn(left, width, bar))
                    end = max(end, left + width)
            self._drawn[place] = known
        return known

    def _boxes_of(self, place: int) -> dict[tuple[Tone, bool], list[QRectF]]:
        """Return what is painted of a lane whose top is 0, by tone and whether it is hollow; what touches is one."""
        known = self._boxes.get(place)
        if known is None:
            known = {}
            high = self.line_height * _BAR_PARTS
            top = (self.line_height - high) / 2
            for left, width, bar in self._bars_of(place):
                boxes = known.setdefault((bar.tone, bar.is_hollow), [])
                if boxes and not bar.is_hollow and left <= boxes[-1].right() + 1:
                    boxes[-1].setRight(max(boxes[-1].right(), left + width))
                else:
                    boxes.append(QRectF(left, top, width, high))
            self._boxes[place] = known
        return known

    def told_ticks(self) -> list[tuple[QRectF, str]]:
        """Return the words of the axis that have room, with their places: all, or one in so many, always as many.

        The longest is among them, which tells most. One that would run out of the chart is left out.
        """
        axis, metrics = self._axis(), self.fontMetrics()
        ticks = self.picture.ticks
        widths = [metrics.horizontalAdvance(words) + 1 for _at, words in ticks]
        found = [
            (QRectF(axis.left() + at * axis.width() + TIGHT, 0, width, self.line_height), words)
            for (at, words), width in zip(ticks, widths, strict=True)
        ]
        longest = widths.index(max(widths)) if widths else 0
        for step in range(1, len(found) + 1):
            told = found[longest % step :: step]
            if all(rect.left() >= before.right() + NEAR for (before, _), (rect, _) in pairwise(told)):
                return [(rect, words) for rect, words in told if rect.right() <= axis.right() + NEAR]
        return []

    def _lane_at(self, y: float) -> int:
        place = int(y // self.line_height) - 1
        place += self.verticalScrollBar().value()
        return place if y >= self.line_height and place < len(self.picture.lanes) else -1

    def _bar_at(self, place: int, x: float) -> Bar | None:
        drawn = self._bars_of(place)
        index = bisect_right([each.left for each in drawn], x + _NEAR_ENOUGH) - 1
        if index < 0 or x > drawn[index].left + drawn[index].width + _NEAR_ENOUGH:
            return None
        return drawn[index].bar

    def words_at(self, x: float, y: float) -> str:
        """Return what is at a place of the viewport, in words, empty where nothing is."""
        place = self._lane_at(y)
        if place < 0:
            return ""
        bar = self._bar_at(place, x)
        lane = self.picture.lanes[place]
        return self.picture.describe(lane, bar) if bar is not None else lane.name if x < self._names_width else ""

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the axis, the shades, and the lanes that are in sight."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, axis, height = self.palette(), self._axis(), self.line_height
        first = self.verticalScrollBar().value()
        last = min(len(self.picture.lanes), first + self.viewport().height() // height + 1)
        bottom = min(float(self.viewport().height()), height * (last - first + 1.0))
        self._draw_ground(painter, axis, bottom, colours)
        for place in range(first, last):
            top = height * (place - first + 1)
            if top < event.rect().bottom() and top + height > event.rect().top():
                self._draw_lane(painter, place, QRectF(0, top, self.viewport().width(), height), colours)
        if not self.picture.lanes:
            painter.setPen(colours.color(QPalette.ColorRole.PlaceholderText))
            room = self.viewport().rect().adjusted(NEAR, int(height), -NEAR, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.picture.nothing)
        if self.picture.now is not None:
            x = axis.left() + self.picture.now * axis.width()
            painter.setPen(QPen(colours.color(QPalette.ColorRole.Accent), 1.5))
            painter.drawLine(QPointF(x, height * 0.75), QPointF(x, bottom))
        painter.end()

    def _draw_ground(self, painter: QPainter, axis: QRectF, bottom: float, colours: QPalette) -> None:
        shade = QColor(tone_colour(Tone.WARN, colours))
        shade.setAlpha(_SHADE)
        for begin, end in self.picture.shades:
            width = (end - begin) * axis.width()
            painter.fillRect(QRectF(axis.left() + begin * axis.width(), axis.top(), width, bottom - axis.top()), shade)
        painter.setPen(QPen(colours.color(QPalette.ColorRole.Mid), 1))
        for at, _words in self.picture.ticks:
            x = round(axis.left() + at * axis.width()) + 0.5
            painter.drawLine(QPointF(x, self.line_height * 0.75), QPointF(x, bottom))
        painter.setPen(colours.color(QPalette.ColorRole.PlaceholderText))
        for rect, words in self.told_ticks():
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)

    def _draw_lane(self, painter: QPainter, place: int, rect: QRectF, colours: QPalette) -> None:
        lane, role = self.picture.lanes[place], QPalette.ColorRole
        if place == self.lane:
            ground = colours.color(role.Highlight)
            painter.fillRect(rect, ground)
        painter.setPen(colours.color(role.PlaceholderText if lane.is_faded else role.Text))
        room = self._names_width - NEAR
        name = self.fontMetrics().elidedText(plain(lane.name, 80), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRectF(NEAR, rect.top(), room, rect.height()), Qt.AlignmentFlag.AlignVCenter, name)
        high = rect.height() * _BAR_PARTS
        top = rect.top() + (rect.height() - high) / 2
        painter.translate(0, rect.top())
        for (tone, is_hollow), boxes in self._boxes_of(place).items():
            colour = tone_colour(tone, colours)
            painter.setPen(QPen(colour, 1) if is_hollow else Qt.PenStyle.NoPen)
            painter.setBrush(Qt.BrushStyle.NoBrush if is_hollow else colour)
            painter.drawRects(boxes)
        painter.translate(0, -rect.top())
        for left, width, bar in self._bars_of(place) if lane.has_marks else ():
            if bar.is_marked:
                draw_mark(painter, _MARK, QRectF(left + width / 2 - 6, rect.top() + 1, 12, 12), colours)
        if place == self.lane and 0 <= self.bar < len(lane.bars) and self.hasFocus():
            self._draw_current(painter, lane.bars[self.bar], QRectF(0, top, 0, high), colours)

    def _draw_current(self, painter: QPainter, bar: Bar, at: QRectF, colours: QPalette) -> None:
        axis = self._axis()
        left = axis.left() + bar.begin * axis.width()
        width = max(float(_LEAST_BAR), (min(1.0, bar.end) - bar.begin) * axis.width())
        painter.setPen(QPen(colours.color(QPalette.ColorRole.Accent), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(left - 3, at.top() - 3, width + 6, at.height() + 6))

    # the pointer and the keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the lane that was clicked."""
        place = self._lane_at(event.position().y())
        if place >= 0 and event.button() == Qt.MouseButton.LeftButton:
            bar = self._bar_at(place, event.position().x())
            self.lane = place
            self.bar = self.picture.lanes[place].bars.index(bar) if bar is not None else -1
            self._reveal()
            self.lane_chosen.emit(self._lane_id())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the end of the click as well."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from lane to lane, and from bar to bar; open the lane."""
        keys = Qt.Key
        steps = {keys.Key_Down: (1, 0), keys.Key_Up: (-1, 0), keys.Key_Right: (0, 1), keys.Key_Left: (0, -1)}
        if event.key() in steps and self.picture.lanes:
            self._step(*steps[keys(event.key())])
        elif event.key() in (keys.Key_Return, keys.Key_Enter) and self.lane >= 0:
            self.lane_chosen.emit(self._lane_id())
        else:
            super().keyPressEvent(event)

    def _step(self, down: int, right: int) -> None:
        at = self._begin()
        self.lane = min(max(0, self.lane + down), len(self.picture.lanes) - 1)
        bars = self.picture.lanes[self.lane].bars
        if right and bars:
            self.bar = min(max(0, self.bar + right), len(bars) - 1)
        elif bars and at is not None:
            self.bar = min(bisect_left([bar.begin for bar in bars], at), len(bars) - 1)
        else:
            self.bar = -1
        self._reveal()

    def _begin(self) -> float | None:
        """Return where the bar begins that the keys are at."""
        lanes = self.picture.lanes
        is_at = 0 <= self.lane < len(lanes) and 0 <= self.bar < len(lanes[self.lane].bars)
        return lanes[self.lane].bars[self.bar].begin if is_at else None

    def _lane_id(self) -> str:
        return self.picture.lanes[self.lane].id if 0 <= self.lane < len(self.picture.lanes) else ""

    def _reveal(self) -> None:
        """Show where the keyboard focus is, also to screen readers."""
        scroll = self.verticalScrollBar()
        if self.lane >= 0:
            scroll.setValue(min(max(scroll.value(), self.lane - scroll.pageStep() + 1), self.lane))
        words = plain(self.current_words(), 400)
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
            QtGui.QAccessible.updateAccessibility(
                QtGui.QAccessibleEvent(self, QtGui.QAccessible.Event.DescriptionChanged)
            )
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell what the pointer is at."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(event.pos().x(), event.pos().y())
            self.viewport().setToolTip(tooltip(words) if words else "")
        return super().viewportEvent(event)
