"""A state in its colour, on a tint of it."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from cbr_desktop.text.marks import Mark
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.theme import tone_colour
from cbr_desktop.ui.kit.tokens import RADIUS

_TINT = 0.12


class StateChip(QLabel):
    """A state in its colour, on a tint of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("detailsState")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(8, 3, 8, 3)
        self._mark: Mark | None = None
        self._is_colouring = False

    def tell(self, mark: Mark | None, words: str) -> None:
        """Show another state, or none."""
        self._mark = mark
        self.setText(f"{mark.shape} {plain(words, 80)}" if mark is not None else "")
        self.setVisible(mark is not None)
        self._colour()

    def changeEvent(self, event: QEvent) -> None:
        """Take the colour from the theme that is on now."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._is_colouring:
            self._colour()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tint below the words."""
        if self._mark is not None:
            tint = tone_colour(self._mark.tone, self.palette())
            tint.setAlphaF(_TINT)
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint)
            painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
            painter.end()
        super().paintEvent(event)

    def _colour(self) -> None:
        if self._mark is None:
            return
        colours = QPalette()
        colours.setColor(QPalette.ColorRole.WindowText, tone_colour(self._mark.tone, self.palette()))
        self._is_colouring = True
        self.setPalette(colours)
        self._is_colouring = False
