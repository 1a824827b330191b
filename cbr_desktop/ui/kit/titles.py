"""The place of a page's title and of the line below it."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

_LETTERS, _LEAST_LETTERS = 34, 15


class Titles(QWidget):
    """As wide on every page, and whatever is told there: what stands beside it stays where it is.

    ``letter`` is the width of an average letter, in device-independent pixels.
    """

    def __init__(self, letter: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._letter = letter
        self.setObjectName("titles")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the width of a usual line."""
        return QSize(self._letter * _LETTERS, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the width that is left on a small screen."""
        return QSize(self._letter * _LEAST_LETTERS, super().minimumSizeHint().height())
