"""A timeline: one mark a day and lane, as high as there are many; days are chosen with the pointer or the keys."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from PySide6 import QtGui
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QWidget

from cbr_desktop.text.catalogue import _, inside, listed
from cbr_desktop.text.marks import Mark
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import grouped
from cbr_desktop.ui.kit.day_filter import DaySpan
from cbr_desktop.ui.kit.theme import tone_colour
from cbr_desktop.ui.kit.tokens import NEAR, TIGHT, TYPE

_ONE_DAY = timedelta(days=1)
_WIDTHS = (4, 6, 9, 14, 22)
"""How wide a day can be, in device-independent pixels."""
_LANE = 15
_LEAST_MARK = 3
_LABEL_LETTERS = 24
_MONTH = 30


class TimelineLane(NamedTuple):
    """A row of marks: its mark, and what is counted there, as a title: ``Available``."""

    mark: Mark
    words: str


class _Layout(NamedTuple):
    """Where things are: the height of a line of words, where the days' room begins and how wide it is.

    ``width`` is that of a day, ``visible`` how many fit, and ``shift`` where the first of these stands.
    """

    line: int = 0
    left: int = 0
    room: int = 1
    width: int = _WIDTHS[0]
    visible: int = 0
    shift: int = 0


class Timeline(QAbstractScrollArea):
    """Shows how many things there are on each day, lane by lane, up to today at its right.

    The arrows go from day to day and from week to week, Page Up and Page Down by thirty days, Home and End to the ends;
    with Shift they take all days between along. Enter or Space chooses, Escape chooses none. A click chooses a day,
    dragging all that is passed over. Plus and minus, or the wheel with Ctrl, make days wider and narrower.

    Signals:
        chosen: the first and the last day, or ``None`` for all.
    """

    chosen = Signal(object)

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self._lanes: tuple[TimelineLane, ...] = ()
        self._days: Mapping[date, Sequence[int]] = {}
        self._first = self._last = date(2000, 1, 1)
        self._peak = 1
        self._span: DaySpan | None = None
        self._cursor: date | None = None
        self._anchor: date | None = None
        self._hovered: date | None = None
        self._is_dragging = False
        self._zoom: int | None = None
        self._layout = _Layout()
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)

    # what is shown

    def tell(self, lanes: Sequence[TimelineLane], days: Mapping[date, Sequence[int]], today: date) -> None:
        """Show other counts: by day one number for each lane; a day without any may be left out."""
        at_end = self.horizontalScrollBar().value() == self.horizontalScrollBar().maximum()
        self._lanes, self._days = tuple(lanes), days
        self._first, self._last = min(days, default=today), max(today, max(days, default=today))
        self._peak = max((number for numbers in days.values() for number in numbers), default=1)
        if self._cursor is not None:
            self._cursor = self._within(self._cursor)
        self.updateGeometry()
        self._lay_out()
        if at_end:
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().maximum())
        self._tell_words()
        self.viewport().update()

    def show_span(self, span: DaySpan | None) -> None:
        """Show which days are chosen, without choosing them."""
        if span != self._span:
            self._span = span
            self._tell_words()
            self.viewport().update()

    @property
    def span(self) -> DaySpan | None:
        """The days that are chosen."""
        return self._span

    def day_words(self, day: date) -> str:
        """Return what there is on a day."""
        numbers = self._days.get(day, ())
        found = [
            _("{number} {state}").format(number=grouped(number), state=inside(lane.words))
            for lane, number in zip(self._lanes, numbers, strict=False)
            if number
        ]
        return _("{day}: {found}").format(day=f"{day:%a %Y-%m-%d}", found=listed(found) if found else _("nothing"))

    def _span_words(self) -> str:
        """Return which days are looked at, and what there is on them."""
        span = self._marked_span()
        if self._hovered is not None:
            return self.day_words(self._hovered)
        if span is None and self._cursor is not None and not self._is_chosen(self._cursor):
            return self.day_words(self._cursor)
        span = span or self._span
        if span is None or span[0] == span[1]:
            return self.day_words(span[0]) if span is not None else ""
        total = sum(sum(numbers) for held, numbers in self._days.items() if span[0] <= held <= span[1])
        return _("{first} to {last}: {total}").format(first=span[0], last=span[1], total=grouped(total))

    def _is_chosen(self, day: date) -> bool:
        return self._span is not None and self._span[0] <= day <= self._span[1]

    def _tell_words(self) -> None:
        words = self._span_words()
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    # choosing

    def _marked_span(self) -> DaySpan | None:
        """Return the days between the anchor and the cursor, ``None`` where nothing is being marked."""
        if self._cursor is None or self._anchor is None:
            return None
        return min(self._anchor, self._cursor), max(self._anchor, self._cursor)

    def _choose(self, span: DaySpan | None) -> None:
        self._anchor = None
        self._span = span
        self._tell_words()
        self.viewport().update()
        self.chosen.emit(span)

    def _go(self, day: date, *, extends: bool) -> None:
        if extends and self._anchor is None:
            self._anchor = self._cursor or self._last
        elif not extends:
            self._anchor = None
        self._cursor, self._hovered = self._within(day), None
        self._show_day(self._cursor)
        self._tell_words()
        QtGui.QAccessible.updateAccessibility(QtGui.QAccessibleAnnouncementEvent(self, self._span_words()))
        self.viewport().update()

    def _within(self, day: date) -> date:
        return max(self._first, min(day, self._last))

    # where things are

    def _count(self) -> int:
        return (self._last - self._first).days + 1

    def _small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * TYPE["small"])
        return font

    def _x(self, day: date) -> int:
        place = (day - self._first).days - self.horizontalScrollBar().value()
        return self._layout.shift + place * self._layout.width

    def _day_at(self, x: int) -> date | None:
        place = (x - self._layout.shift) // self._layout.width
        if not 0 <= place < self._layout.visible:
            return None
        return self._first + (place + self.horizontalScrollBar().value()) * _ONE_DAY

    def _lay_out(self) -> None:
        """Find out where things are. Days are as wide as lets all of them be seen, but not too narrow to be hit.

        Where they do not fill their room they keep to its right.
        """
        metrics = QFontMetrics(self._small_font())
        widest = max((metrics.horizontalAdvance(_label(lane)) for lane in self._lanes), default=0)
        left = min(widest, metrics.averageCharWidth() * _LABEL_LETTERS) + NEAR
        room = max(1, self.viewport().width() - left)
        fitting = next((width for width in reversed(_WIDTHS) if width * self._count() <= room), _WIDTHS[1])
        width = self._zoom or fitting
        visible = min(self._count(), room // width)
        self._layout = _Layout(metrics.height() + 2, left, room, width, visible, left + room - visible * width)
        bar = self.horizontalScrollBar()
        bar.setPageStep(max(1, visible))
        bar.setSingleStep(7)
        bar.setRange(0, max(0, self._count() - visible))

    def _show_day(self, day: date) -> None:
        bar, place = self.horizontalScrollBar(), (day - self._first).days
        if place < bar.value():
            bar.setValue(place)
        elif place >= bar.value() + self._layout.visible:
            bar.setValue(place - self._layout.visible + 1)

    def _zoom_by(self, steps: int) -> None:
        held = self._day_at(self.viewport().width() - 2) or self._last
        place = _WIDTHS.index(self._layout.width) + steps
        self._zoom = _WIDTHS[max(0, min(place, len(_WIDTHS) - 1))]
        self._lay_out()
        self._show_day(self._cursor or held)
        self.viewport().update()

    # Qt asks

    def sizeHint(self) -> QSize:
        """Return the room that words, lanes, the names of months and the scroll bar need."""
        bar = self.horizontalScrollBar().sizeHint().height() if self.horizontalScrollBar().maximum() else 0
        return QSize(400, 2 * self._layout.line + _LANE * max(1, len(self._lanes)) + TIGHT + bar)

    def minimumSizeHint(self) -> QSize:
        """Return the least room, which is as high."""
        return QSize(160, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the newest days in sight where they were."""
        bar = self.horizontalScrollBar()
        at_end = bar.value() == bar.maximum()
        super().resizeEvent(event)
        had = bar.maximum()
        self._lay_out()
        if at_end:
            bar.setValue(bar.maximum())
        if bool(had) != bool(bar.maximum()):
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the days that can be seen."""
        painter = QPainter(self.viewport())
        painter.setFont(self._small_font())
        colours = self.palette()
        first = self._first + self.horizontalScrollBar().value() * _ONE_DAY
        shown = [first + place * _ONE_DAY for place in range(self._layout.visible)]
        self._draw_spans(painter, colours)
        self._draw_months(painter, colours, shown)
        for place, lane in enumerate(self._lanes):
            self._draw_lane(painter, colours, place, lane, shown)
        self._draw_cursor(painter, colours)
        painter.setPen(colours.color(QPalette.ColorRole.PlaceholderText))
        words = QRect(self._layout.left, 0, self._layout.room, self._layout.line)
        metrics = painter.fontMetrics()
        said = metrics.elidedText(plain(self._span_words()), Qt.TextElideMode.ElideRight, words.width())
        if not said:  # a hint, where there is room for the whole of it
            hint = _("Click or drag over days to see only those")
            said = hint if metrics.horizontalAdvance(hint) <= words.width() else ""
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, said)
        painter.end()
        event.accept()

    def _lanes_rect(self) -> QRect:
        return QRect(self._layout.left, self._layout.line, self._layout.room, _LANE * len(self._lanes))

    def _draw_spans(self, painter: QPainter, colours: QPalette) -> None:
        """Draw the ground of the days that are chosen, or are being marked."""
        lanes = self._lanes_rect()
        # of a brush, since of a colour Qt's 180 named gradients would be made at the first call
        painter.fillRect(lanes, QBrush(colours.color(QPalette.ColorRole.Base)))
        for span in (self._span, self._marked_span()):
            if span is not None:
                left, right = max(self._layout.shift, self._x(span[0])), self._x(span[1]) + self._layout.width
                ground = QRect(QPoint(left, lanes.top()), QPoint(right - 1, lanes.bottom())).intersected(lanes)
                painter.fillRect(ground, QBrush(colours.color(QPalette.ColorRole.Highlight)))

    def _draw_months(self, painter: QPainter, colours: QPalette, shown: Sequence[date]) -> None:
        lanes = self._lanes_rect()
        free = lanes.left()
        for day in shown:
            if day.day != 1 and day != shown[0]:
                continue
            x = self._x(day)
            if day.day == 1:
                painter.setPen(colours.color(QPalette.ColorRole.Mid))
                painter.drawLine(x, lanes.top(), x, lanes.bottom() + TIGHT)
            words = f"{day:%b %Y}" if day.month == 1 or day == shown[0] else f"{day:%b}"
            width = painter.fontMetrics().horizontalAdvance(words)
            if x >= free and x + width <= lanes.right() + 1:
                painter.setPen(colours.color(QPalette.ColorRole.PlaceholderText))
                painter.drawText(x + 1, lanes.bottom() + self._layout.line - 2, words)
                free = x + width + NEAR

    def _draw_lane(
        self, painter: QPainter, colours: QPalette, place: int, lane: TimelineLane, shown: Sequence[date]
    ) -> None:
        top = self._lanes_rect().top() + place * _LANE
        colour: QColor = tone_colour(lane.mark.tone, colours)
        painter.setPen(colour)
        label = QRect(0, top, self._layout.left - TIGHT, _LANE)
        painter.drawText(
            label,
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            painter.fontMetrics().elidedText(_label(lane), Qt.TextElideMode.ElideRight, label.width()),
        )
        shift, width = self._layout.shift, self._layout.width
        broad, ground = width - (1 if width < _WIDTHS[3] else 2), top + _LANE - 1
        marks = []
        for number, day in enumerate(shown):
            numbers = self._days.get(day)
            if numbers is not None and numbers[place]:
                # by the root, so that a single failure is seen beside a hundred that went well
                high = max(_LEAST_MARK, round((_LANE - 3) * math.sqrt(numbers[place] / self._peak)))
                marks.append(QRect(shift + number * width, ground - high, broad, high))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRects(marks)

    def _draw_cursor(self, painter: QPainter, colours: QPalette) -> None:
        lanes = self._lanes_rect()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._hovered is not None:
            painter.setPen(QPen(colours.color(QPalette.ColorRole.PlaceholderText), 1))
            painter.drawRect(
                QRectF(self._x(self._hovered) - 0.5, lanes.top(), self._layout.width, lanes.height() - 0.5)
            )
        if self._cursor is not None and self.hasFocus():
            painter.setPen(QPen(colours.color(QPalette.ColorRole.Accent), 2))
            painter.drawRect(
                QRectF(self._x(self._cursor) - 1, lanes.top() + 1, self._layout.width + 1, lanes.height() - 2)
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from day to day, mark and choose."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -7,
            Qt.Key.Key_Down: 7,
            Qt.Key.Key_PageUp: -_MONTH,
            Qt.Key.Key_PageDown: _MONTH,
        }
        key, extends = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        at = self._cursor or (self._span[1] if self._span else None)
        if key in steps:
            self._go((at + steps[key] * _ONE_DAY) if at is not None else self._last, extends=extends)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go(self._first if key == Qt.Key.Key_Home else self._last, extends=extends)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cursor is not None:
            self._choose(self._marked_span() or (self._cursor, self._cursor))
        elif key == Qt.Key.Key_Escape and (self._span is not None or self._anchor is not None):
            self._choose(None)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self._zoom_by(1 if key == Qt.Key.Key_Plus else -1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to mark days."""
        day = self._day_at(int(event.position().x()))
        if event.button() == Qt.MouseButton.LeftButton and day is not None:
            self._is_dragging = True
            self._cursor = self._anchor = day
            self._tell_words()
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark days up to the pointer, or say what there is under it."""
        day = self._day_at(int(event.position().x()))
        if self._is_dragging and day is not None:
            self._cursor = day
        self._hovered = None if self._is_dragging else day
        self._tell_words()
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose what is marked; the only chosen day chosen again chooses all."""
        if event.button() == Qt.MouseButton.LeftButton and self._is_dragging:
            self._is_dragging = False
            span = self._marked_span()
            self._choose(None if span == self._span and span is not None and span[0] == span[1] else span)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go through time, or make days wider and narrower with Ctrl."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom_by(1 if turned > 0 else -1)
        else:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - round(turned / 120 * bar.singleStep()))
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Forget the day under the pointer when it leaves."""
        if event.type() == QEvent.Type.Leave:
            self._hovered = None
            self.viewport().update()
        return super().viewportEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Take other letters or colours over."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._lay_out()
            self.updateGeometry()
            self.viewport().update()


def _label(lane: TimelineLane) -> str:
    return f"{lane.mark.shape} {plain(lane.words, 60)}"
