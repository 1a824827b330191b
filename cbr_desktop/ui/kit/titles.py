"""The place of a page's title and of the line below it."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

_LETTERS, _LEAST_LETTERS = 34, 15


class Titles(QWidget):
    """As wide on every page, and whatever is told there: what stands beside it stays where it is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.letter = 0
        self.title_width = 0
        """The width of an average letter of the line and that of the title, in device-independent pixels."""
        self.setObjectName("titles")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the width of a usual line."""
        return QSize(max(self.letter * _LETTERS, self.title_width), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the width that is left on a small screen."""
        return QSize(max(self.letter * _LEAST_LETTERS, self.title_width), super().minimumSizeHint().height())
