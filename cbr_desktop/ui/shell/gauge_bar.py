"""How full something is, as a bar."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.states import percent_words
from cbr_desktop.ui.kit.tables.column import Gauge
from cbr_desktop.ui.kit.tables.delegate import draw_gauge

_GAUGE_HEIGHT = 18


class GaugeBar(QWidget):
    """How full something is, as wide as there is room, in the colours of the tables."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("detailsGauge")
        self._gauge: Gauge | None = None
        self.setFixedHeight(_GAUGE_HEIGHT)
        self.hide()

    def tell(self, gauge: Gauge | None) -> None:
        """Show another share, or nothing."""
        self._gauge = gauge
        self.setVisible(gauge is not None)
        words = _("Used: {share}").format(share=percent_words(gauge.percent)) if gauge is not None else ""
        if gauge is not None and gauge.threshold_percent is not None:
            words = _("{used}, warns from {share} on").format(used=words, share=percent_words(gauge.threshold_percent))
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the gauge."""
        if self._gauge is not None:
            painter = QPainter(self)
            draw_gauge(painter, QRectF(self.rect()).adjusted(0.5, 2.5, -0.5, -2.5), self._gauge, self.palette())
            painter.end()
