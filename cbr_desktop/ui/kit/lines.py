"""Lines of words with a mark before them that tells the weight by its shape, and what else stands in forms."""

from PySide6 import QtGui
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from cbr_desktop.domain.finding import Severity
from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.plain import plain
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.icons import draw_mark
from cbr_desktop.ui.kit.theme import tone_colour

SEVERITY_MARKS = {
    Severity.BLOCK: Mark(Shape.CROSS, Tone.BAD),
    Severity.WARN: Mark(Shape.UP, Tone.WARN),
    Severity.INFO: Mark(Shape.RING, Tone.IDLE),
}
READY = Mark(Shape.DISC, Tone.GOOD)
_MARK_SIZE = 10
_TINT = 60


def label(text: str = "", name: str = "", parent: QWidget | None = None) -> QLabel:
    """Return a label that shows any text literally and wraps it."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)  # before the text: Qt reads it at once
    made.setText(plain(text))
    made.setWordWrap(True)
    made.setObjectName(name)
    return made


MARK_SIZE = QSize(12, 12)
"""How large marks are in lists, whatever the screen's pixel ratio."""


def offence(palette: QPalette) -> "QtGui.QTextCharFormat":
    """Return how a part of a text looks that cannot be sent: waved, and tinted, as spaces have no ink."""
    colour = tone_colour(Tone.BAD, palette)
    form = QtGui.QTextCharFormat()
    form.setUnderlineStyle(QtGui.QTextCharFormat.UnderlineStyle.WaveUnderline)
    form.setUnderlineColor(colour)
    form.setForeground(colour)
    tint = QColor(colour)
    tint.setAlpha(_TINT)
    form.setBackground(tint)
    return form


class NoWheelComboBox(QComboBox):
    """A list that the wheel scrolls past: scrolling the form must not change the request."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the form."""
        event.ignore()


_WRAPPED = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
_BOX_MARGIN = 5
"""What is left of the words in a box of numbers, as in fields and lists."""
_BOX_EDGES = 8
"""What a box has above and below its words in all."""
_CELL_EDGES = 12
"""What the cell around it takes from the width that a box gets, by the style's padding."""


class WrappedBox(NoWheelComboBox):
    """A list in a cell: what is chosen is told in as many lines as have room, and it opens as wide as its words."""

    def height_for(self, width: int) -> int:
        """Return how high the box has to be for its words in a cell that is so wide."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.rect = QRect(0, 0, width, self.sizeHint().height())
        room = QRect(0, 0, self._words_rect(option).width() - _CELL_EDGES, 10_000)
        return self.fontMetrics().boundingRect(room, _WRAPPED, self.currentText()).height() + _BOX_EDGES

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # the whole is painted
        """Paint the box with its words wrapped."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = ""
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        role = QPalette.ColorRole.ButtonText
        rect = self._words_rect(option)
        painter.drawItemText(rect, _WRAPPED, self.palette(), self.isEnabled(), self.currentText(), role)

    def _words_rect(self, option: QStyleOptionComboBox) -> QRect:
        field = QStyle.SubControl.SC_ComboBoxEditField
        rect = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self)
        return rect.adjusted(2, 0, 0, 0)

    def showPopup(self) -> None:
        """Open the list wide enough to read the longest of its lines, as far as the screen goes."""
        view = self.view()
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        view.setMinimumWidth(min(view.sizeHintForColumn(0) + bar, self.screen().availableGeometry().width() - bar))
        super().showPopup()


class NoWheelSpinBox(QSpinBox):
    """A number that the wheel scrolls past."""

    def __init__(self) -> None:
        super().__init__()
        # a sheet does not reach the line in a box of numbers, which would begin at the very edge
        self.lineEdit().setTextMargins(_BOX_MARGIN, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the form."""
        event.ignore()


class MarkDot(QWidget):
    """A mark as a small widget, in the colours of the palette that holds at the moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark: Mark | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_mark(self, mark: Mark | None) -> None:
        """Show another mark, or none."""
        self.mark = mark
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square that stands level with a line of text."""
        return QSize(_MARK_SIZE + 4, max(_MARK_SIZE, self.fontMetrics().height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the mark."""
        if self.mark is None:
            return
        top = (self.fontMetrics().height() - _MARK_SIZE) / 2
        painter = QPainter(self)
        draw_mark(painter, self.mark, QRectF(0, top, _MARK_SIZE, _MARK_SIZE), self.palette())
        painter.end()


class MarkedLine(QWidget):
    """One sentence with a mark before it; ``name`` is the object name of the label.

    The mark and the label are made with the first sentence: most lines never have any.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._parts: tuple[MarkDot, QLabel] | None = None

    @property
    def mark(self) -> Mark | None:
        """The mark that stands before the sentence."""
        return self._parts[0].mark if self._parts is not None else None

    @property
    def label(self) -> QLabel:
        """The label of the sentence."""
        return self._made()[1]

    @property
    def text(self) -> str:
        """The sentence, empty where there is none."""
        return self._parts[1].text() if self._parts is not None else ""

    def say(self, mark: Mark | None, text: str) -> None:
        """Show a sentence; an empty one hides the line."""
        if text or self._parts is not None:
            dot, told = self._made()
            dot.show_mark(mark)
            told.setText(plain(text, 2000))
        self.setVisible(bool(text))

    def _made(self) -> tuple[MarkDot, QLabel]:
        """Return the mark and the label, made if they are not."""
        if self._parts is None:
            dot, told = self._parts = MarkDot(self), label(name=self._name, parent=self)
            told.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            layout = QHBoxLayout(self)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(4)
            layout.addWidget(dot, 0, Qt.AlignmentFlag.AlignTop)
            layout.addWidget(told, 1)
        return self._parts
