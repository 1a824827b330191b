"""The painting delegate: marks, gauges and text of a cell, drawn without asking the model role by role."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate

from cbr_desktop.text.plain import is_simple, plain
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.icons import draw_mark
from cbr_desktop.ui.kit.tables.column import Gauge
from cbr_desktop.ui.kit.tables.model import Index, TableModel
from cbr_desktop.ui.kit.theme import tone_colour

if TYPE_CHECKING:  # Qt makes the words of its styles when they are first named, which the first paint can do without
    from PySide6.QtWidgets import QStyleOptionViewItem

_PAD = 8
_MARK = 11
_BAR = 72
_CORNER = 8
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CellDelegate(QStyledItemDelegate):
    """Paints the cells of a ``TableModel``."""

    def __init__(self, model: TableModel[Any], view: QAbstractItemView) -> None:
        super().__init__(view)
        self._model = model
        self._view = view

    def paint(self, painter: QPainter, option: "QStyleOptionViewItem", index: Index) -> None:
        """Draw a cell: ground, gauge or mark, then as much of the text as there is room for."""
        column = self._model.columns[index.column()]
        row = self._model.row_at(index.row())
        rect: QRect = option.rect
        palette: QPalette = option.palette
        is_selected = self._view.selectionModel().isSelected(index)
        ink = palette.color(QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Text)
        if is_selected:
            _fill(painter, QRectF(rect), palette.color(QPalette.ColorRole.Highlight))
        if index == self._view.currentIndex() and self._view.hasFocus():
            painter.setPen(QPen(ink, 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        inner = rect.adjusted(_PAD, 0, -_PAD, 0)
        if column.gauge is not None:
            gauge = column.gauge(row)
            if gauge is not None:
                draw_gauge(painter, _bar_rect(inner), gauge, palette, ink if is_selected else None)
                inner.setLeft(inner.left() + _BAR + _PAD)
        elif column.mark is not None:
            square = QRectF(inner.left(), inner.center().y() - _MARK / 2 + 1, _MARK, _MARK)
            mark = column.mark(row)
            if mark is not None:
                draw_mark(painter, mark, square, palette, ink if is_selected else None)
                inner.setLeft(inner.left() + _MARK + _PAD)
        if self._model.changes and self._model.has_changed(row, column):
            draw_corner(painter, rect, ink if is_selected else tone_colour(Tone.BUSY, palette))
        painter.setPen(ink)
        text = plain(column.text(row))
        may_stick_out = not is_simple(text)
        if may_stick_out:
            painter.save()
            painter.setClipRect(rect)
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, _RIGHT if column.right else _LEFT, shown)
        if may_stick_out:
            painter.restore()


def draw_corner(painter: QPainter, rect: QRect, colour: QColor) -> None:
    """Turn down the upper right corner of a cell that says something else than when it was last seen."""
    right, top = rect.right(), rect.top() + 1
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon([QPointF(right - _CORNER, top), QPointF(right, top), QPointF(right, top + _CORNER)])
    painter.restore()


def draw_gauge(painter: QPainter, rect: QRectF, gauge: Gauge, palette: QPalette, ink: QColor | None = None) -> None:
    """Draw a bar. Beyond 100 % the whole bar stands for what is used, and what is too much is hatched behind a line.

    ``ink`` replaces the colours where they could not be read (on a selection).
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = ink or palette.color(QPalette.ColorRole.PlaceholderText)
    colour = ink or tone_colour(_gauge_tone(gauge), palette)
    full = 100 / max(100.0, gauge.percent)
    filled = QRectF(rect.left(), rect.top(), rect.width() * min(1.0, gauge.percent / 100) * full, rect.height())
    _fill(painter, filled, colour)
    if gauge.percent > 100:
        beyond = QRectF(filled.right(), rect.top(), rect.right() - filled.right(), rect.height())
        _fill(painter, beyond, QBrush(colour, Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(ink or palette.color(QPalette.ColorRole.Text), 2))
        painter.drawLine(QPointF(filled.right(), rect.top() - 3), QPointF(filled.right(), rect.bottom() + 3))
    elif gauge.threshold_percent is not None and 0 < gauge.threshold_percent < 100:
        x = rect.left() + rect.width() * gauge.threshold_percent / 100
        painter.setPen(QPen(edge, 1))
        painter.drawLine(QPointF(x, rect.top() - 2), QPointF(x, rect.bottom() + 2))
    painter.setPen(QPen(edge, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)
    painter.restore()


def _gauge_tone(gauge: Gauge) -> Tone:
    if gauge.threshold_percent is None:
        return Tone.BUSY
    if gauge.percent >= 100:
        return Tone.BAD
    return Tone.WARN if gauge.percent >= gauge.threshold_percent else Tone.GOOD


def _bar_rect(inner: QRect) -> QRectF:
    height = max(8.0, inner.height() * 0.36)
    return QRectF(inner.left() + 0.5, inner.center().y() - height / 2 + 1, _BAR, height)


def _fill(painter: QPainter, rect: QRectF, brush: QBrush | QColor) -> None:
    """Fill a rectangle. ``fillRect`` would do, but makes the 180 named gradients of Qt when it is first called."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRect(rect)
