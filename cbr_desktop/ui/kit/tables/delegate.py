"""The painting delegate: marks, gauges, pictures and text of a cell, drawn without asking the model role by role."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate

from cbr_desktop.text.plain import is_simple, plain
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.icons import MARK_MARGIN, mark_picture, picture
from cbr_desktop.ui.kit.tables.column import Column, Gauge
from cbr_desktop.ui.kit.tables.model import Index, TableModel
from cbr_desktop.ui.kit.theme import tone_colour

if TYPE_CHECKING:  # Qt makes the words of its styles when they are first named, which the first paint can do without
    from PySide6.QtWidgets import QStyleOptionViewItem

PAD = 8
_MARK = 11
_ICON = 16
_BAR, _BAR_MARGIN = 56, 5
_CORNER = 8
_LEAD = 3
"""How wide the bar at the beginning of a selected row is, which tells it where colours are not told apart."""
_FITTED = 4_000
"""So many texts are remembered as they were cut; most cells of a list say one of a few things."""
_BARS = 250
"""So many gauges are remembered as they were drawn."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_MIDDLE, _END = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight


class CellDelegate(QStyledItemDelegate):
    """Paints the cells of a ``TableModel``.

    A screen has more than a hundred cells: what they share is asked once, by ``begin``, before they are painted.
    """

    def __init__(self, model: TableModel[Any], view: QAbstractItemView) -> None:
        super().__init__(view)
        self._model = model
        self._view = view
        self.lead = 0
        """The column at which rows begin."""
        self._font = QFont()
        self._fitted: dict[tuple[str, int, bool, bool], tuple[str, int]] = {}
        """By text, width, whether it is cut in its middle and whether it stands at the right: as much of it as there is
        room for, and how far from the left that begins."""
        self._lines: list[tuple[int, int, str]] = []
        """What is still to be written: from where on, on which line."""
        self._look: tuple[object, ...] = ()
        """What gauges depend on besides what they say: colours, and pixels for each of the screen's."""
        self._bars: dict[tuple[Gauge, int], QPixmap] = {}
        """By what they say and their height: gauges with a margin around."""
        self._selected: dict[int, bool] = {}
        """Whether rows are selected, as far as one of their cells has been painted."""
        self.begin()

    def begin(self) -> None:
        """Ask for colours, letters, cursor and selection anew."""
        view, role, group = self._view, QPalette.ColorRole, QPalette.ColorGroup
        self._palette = QPalette(view.palette())
        now = group.Disabled if not view.isEnabled() else group.Active if view.isActiveWindow() else group.Inactive
        self._palette.setCurrentColorGroup(now)
        self._ink = QPen(self._palette.color(role.Text))
        self._muted = self._palette.color(role.PlaceholderText).rgb()
        self._ratio = view.devicePixelRatioF()
        look = (view.palette().cacheKey(), now, self._ratio)
        if look != self._look:
            self._look = look
            self._bars.clear()
        self._tones: dict[Tone, QColor] = {}
        self._metrics = view.fontMetrics()
        self._line, self._ascent = self._metrics.height(), self._metrics.ascent()
        if view.font() != self._font:
            self._font = view.font()
            self._fitted.clear()
        current = view.currentIndex()
        self._cursor = (current.row(), current.column()) if view.hasFocus() else (-1, -1)
        self._selected.clear()
        self._lines.clear()

    def paint(self, painter: QPainter, option: "QStyleOptionViewItem", index: Index) -> None:
        """Draw a cell: ground, gauge, mark or picture; ``write`` adds the text."""
        section, position = index.column(), index.row()
        column = self._model.columns[section]
        row = self._model.row_at(position)
        rect: QRect = option.rect
        if self._is_selected(position, index):
            _fill(painter, QRectF(rect), self._palette.color(QPalette.ColorRole.Highlight))
            if section == self.lead:
                bar = QRectF(rect.left(), rect.top(), _LEAD, rect.height())
                _fill(painter, bar, self._palette.color(QPalette.ColorRole.Accent))
        if self._cursor == (position, section):
            painter.setPen(QPen(self._palette.color(QPalette.ColorRole.Accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        inner = rect.adjusted(PAD, 0, -PAD, 0)
        self._draw_sign(painter, column, row, inner)
        if self._model.changes and self._model.has_changed(row, column):
            draw_corner(painter, rect, self._colour(Tone.BUSY))
        self._draw_text(painter, column, plain(column.text(row)), rect, inner)

    def write(self, painter: QPainter) -> None:
        """Write what the cells say that have been painted since ``begin``.

        Letters alone, one text after the other, take half of the time that they take between lines and pictures.
        """
        painter.setPen(self._ink)
        for left, base, shown in self._lines:
            painter.drawText(left, base, shown)
        self._lines.clear()

    def _is_selected(self, position: int, index: Index) -> bool:
        """Tell whether a row is selected; rows are so as a whole."""
        known = self._selected.get(position)
        if known is None:
            known = self._selected[position] = self._view.selectionModel().isSelected(index)
        return known

    def _draw_text(self, painter: QPainter, column: Column[Any], text: str, rect: QRect, inner: QRect) -> None:
        key = (text, inner.width(), column.middle, column.right)
        fitted = self._fitted.get(key)
        if fitted is None:
            if len(self._fitted) >= _FITTED:
                self._fitted.clear()
            shown = self._metrics.elidedText(text, _MIDDLE if column.middle else _END, inner.width())
            shift = inner.width() - self._metrics.horizontalAdvance(shown) if column.right else 0
            fitted = self._fitted[key] = (shown, shift)
        shown, shift = fitted
        if is_simple(text):
            base = inner.top() + (inner.height() - self._line) // 2 + self._ascent
            self._lines.append((inner.left() + shift, base, shown))
        else:  # it may stick out
            painter.save()
            painter.setClipRect(rect)
            painter.setPen(self._ink)
            painter.drawText(inner.translated(shift, 0), _LEFT, shown)
            painter.restore()

    def _colour(self, tone: Tone) -> QColor:
        colour = self._tones.get(tone)
        if colour is None:
            colour = self._tones[tone] = tone_colour(tone, self._palette)
        return colour

    def _draw_sign(self, painter: QPainter, column: Column[Any], row: object, inner: QRect) -> None:
        """Draw what stands before the text, and take its room from ``inner``."""
        if column.gauge is not None:
            gauge = column.gauge(row)
            if gauge is not None:
                self._draw_bar(painter, inner, gauge)
                inner.setLeft(inner.left() + _BAR + PAD)
        elif column.mark is not None:
            mark = column.mark(row)
            if mark is not None:
                drawn = mark_picture(mark.shape, _MARK, self._ratio, self._colour(mark.tone).rgb())
                top = inner.center().y() - _MARK // 2
                painter.drawPixmap(inner.left() - MARK_MARGIN, top - MARK_MARGIN, drawn)
                inner.setLeft(inner.left() + _MARK + PAD)
        elif column.icon is not None:
            name = column.icon(row)
            if name:
                drawn = picture(name, _ICON, self._ratio, self._muted)
                painter.drawPixmap(inner.left(), inner.center().y() - _ICON // 2 + 1, drawn)
                inner.setLeft(inner.left() + _ICON + PAD - 2)

    def _draw_bar(self, painter: QPainter, inner: QRect, gauge: Gauge) -> None:
        height = max(8, round(inner.height() * 0.32))
        drawn = self._bars.get((gauge, height))
        if drawn is None:
            if len(self._bars) >= _BARS:
                self._bars.clear()
            drawn = QPixmap(QSize(_BAR + 2 * _BAR_MARGIN, height + 2 * _BAR_MARGIN) * self._ratio)
            drawn.setDevicePixelRatio(self._ratio)
            drawn.fill(Qt.GlobalColor.transparent)
            made = QPainter(drawn)
            draw_gauge(made, QRectF(_BAR_MARGIN + 0.5, _BAR_MARGIN + 0.5, _BAR, height), gauge, self._palette)
            made.end()
            self._bars[gauge, height] = drawn
        top = round(inner.center().y() - height / 2 + 1)
        painter.drawPixmap(QPoint(inner.left() - _BAR_MARGIN, top - _BAR_MARGIN), drawn)


def room_beside_text(column: Column[Any]) -> int:
    """Return how much of a cell's width the text does not have, in pixels."""
    if column.gauge is not None:
        return _BAR + 3 * PAD
    if column.mark is not None:
        return _MARK + 3 * PAD
    return 2 * PAD + (_ICON + PAD - 2 if column.icon is not None else 0)


def draw_corner(painter: QPainter, rect: QRect, colour: QColor) -> None:
    """Turn down the upper right corner of a cell that says something else than when it was last seen."""
    right, top = rect.right(), rect.top() + 1
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon([QPointF(right - _CORNER, top), QPointF(right, top), QPointF(right, top + _CORNER)])
    painter.restore()


def draw_gauge(painter: QPainter, rect: QRectF, gauge: Gauge, palette: QPalette) -> None:
    """Draw a bar. Beyond 100 % the whole bar stands for what is used, and what is too much is hatched behind a line."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = palette.color(QPalette.ColorRole.PlaceholderText)
    colour = tone_colour(_gauge_tone(gauge), palette)
    full = 100 / max(100.0, gauge.percent)
    filled = QRectF(rect.left(), rect.top(), rect.width() * min(1.0, gauge.percent / 100) * full, rect.height())
    _fill(painter, filled, colour)
    if gauge.percent > 100:
        beyond = QRectF(filled.right(), rect.top(), rect.right() - filled.right(), rect.height())
        _fill(painter, beyond, QBrush(colour, Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 2))
        painter.drawLine(QPointF(filled.right(), rect.top() - 3), QPointF(filled.right(), rect.bottom() + 3))
    elif gauge.threshold_percent is not None and 0 < gauge.threshold_percent < 100:
        x = rect.left() + rect.width() * gauge.threshold_percent / 100
        painter.setPen(QPen(edge, 1))
        painter.drawLine(QPointF(x, rect.top() - 2), QPointF(x, rect.bottom() + 2))
    painter.setPen(QPen(edge, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, 2, 2)
    painter.restore()


def _gauge_tone(gauge: Gauge) -> Tone:
    if gauge.threshold_percent is None:
        return Tone.BUSY
    if gauge.percent >= 100:
        return Tone.BAD
    return Tone.WARN if gauge.percent >= gauge.threshold_percent else Tone.GOOD


def _fill(painter: QPainter, rect: QRectF, brush: QBrush | QColor) -> None:
    """Fill a rectangle. ``fillRect`` would do, but makes the 180 named gradients of Qt when it is first called."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRect(rect)
