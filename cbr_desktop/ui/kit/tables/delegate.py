"""The painting delegate: marks, gauges, pictures and text of a cell, drawn without asking the model role by role."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate

from cbr_desktop.text.plain import is_simple, plain
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.icons import draw_mark, picture
from cbr_desktop.ui.kit.tables.column import Column, Gauge
from cbr_desktop.ui.kit.tables.model import Index, TableModel
from cbr_desktop.ui.kit.theme import tone_colour

if TYPE_CHECKING:  # Qt makes the words of its styles when they are first named, which the first paint can do without
    from PySide6.QtWidgets import QStyleOptionViewItem

PAD = 8
_MARK = 11
_ICON = 16
_BAR = 56
_CORNER = 8
_LEAD = 3
"""How wide the bar at the beginning of a selected row is, which tells it where colours are not told apart."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MIDDLE, _END = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight


class CellDelegate(QStyledItemDelegate):
    """Paints the cells of a ``TableModel``."""

    def __init__(self, model: TableModel[Any], view: QAbstractItemView) -> None:
        super().__init__(view)
        self._model = model
        self._view = view
        self.lead = 0
        """The column at which rows begin."""

    def paint(self, painter: QPainter, option: "QStyleOptionViewItem", index: Index) -> None:
        """Draw a cell: ground, gauge, mark or picture, then as much of the text as there is room for."""
        section = index.column()
        column = self._model.columns[section]
        row = self._model.row_at(index.row())
        rect: QRect = option.rect
        palette: QPalette = option.palette
        ink = palette.color(QPalette.ColorRole.Text)
        if self._view.selectionModel().isSelected(index):
            _fill(painter, QRectF(rect), palette.color(QPalette.ColorRole.Highlight))
            if section == self.lead:
                bar = QRectF(rect.left(), rect.top(), _LEAD, rect.height())
                _fill(painter, bar, palette.color(QPalette.ColorRole.Accent))
        if index == self._view.currentIndex() and self._view.hasFocus():
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        inner = rect.adjusted(PAD, 0, -PAD, 0)
        self._draw_sign(painter, palette, column, row, inner)
        if self._model.changes and self._model.has_changed(row, column):
            draw_corner(painter, rect, tone_colour(Tone.BUSY, palette))
        painter.setPen(ink)
        text = plain(column.text(row))
        may_stick_out = not is_simple(text)
        if may_stick_out:
            painter.save()
            painter.setClipRect(rect)
        shown = option.fontMetrics.elidedText(text, _MIDDLE if column.middle else _END, inner.width())
        painter.drawText(inner, _RIGHT if column.right else _LEFT, shown)
        if may_stick_out:
            painter.restore()

    def _draw_sign(self, painter: QPainter, palette: QPalette, column: Column[Any], row: object, inner: QRect) -> None:
        """Draw what stands before the text, and take its room from ``inner``."""
        if column.gauge is not None:
            gauge = column.gauge(row)
            if gauge is not None:
                draw_gauge(painter, _bar_rect(inner), gauge, palette)
                inner.setLeft(inner.left() + _BAR + PAD)
        elif column.mark is not None:
            mark = column.mark(row)
            if mark is not None:
                draw_mark(
                    painter, mark, QRectF(inner.left(), inner.center().y() - _MARK / 2 + 1, _MARK, _MARK), palette
                )
                inner.setLeft(inner.left() + _MARK + PAD)
        elif column.icon is not None:
            name = column.icon(row)
            if name:
                muted = palette.color(QPalette.ColorRole.PlaceholderText)
                drawn = picture(name, _ICON, self._view.devicePixelRatioF(), muted.rgb())
                painter.drawPixmap(QPoint(inner.left(), inner.center().y() - _ICON // 2 + 1), drawn)
                inner.setLeft(inner.left() + _ICON + PAD - 2)


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


def _bar_rect(inner: QRect) -> QRectF:
    height = max(8.0, round(inner.height() * 0.32))
    return QRectF(inner.left() + 0.5, round(inner.center().y() - height / 2 + 1) + 0.5, _BAR, height)


def _fill(painter: QPainter, rect: QRectF, brush: QBrush | QColor) -> None:
    """Fill a rectangle. ``fillRect`` would do, but makes the 180 named gradients of Qt when it is first called."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRect(rect)
