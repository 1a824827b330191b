"""What is read aloud by itself: words that change while the focus is elsewhere."""

from PySide6 import QtGui
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from cbr_desktop.text.marks import Mark
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.lines import MarkedLine

REST_MS = 700
"""How long words have to stand before they are read aloud, where every letter that is typed may change them."""


class Announcer(QObject):
    """Has a screen reader read words aloud, when they have stood for ``rest_ms``, and the same ones once.

    Nothing is read of a widget that cannot be seen.

    Signals:
        announced: the words that are read aloud.
    """

    announced = Signal(str)

    def __init__(self, widget: QWidget, rest_ms: int = 0) -> None:
        super().__init__(widget)
        self._widget = widget
        self._words = ""
        self._said = ""
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(rest_ms)
        self._resting.timeout.connect(self._announce)

    def say(self, words: str) -> None:
        """Have words read aloud soon, in place of those that have not been yet."""
        self._words = words
        if self._resting.interval():
            self._resting.start()
        else:
            self._announce()

    def forget(self) -> None:
        """Let the same words be read aloud again."""
        self._said = ""

    def _announce(self) -> None:
        if self._words and self._words != self._said and self._widget.isVisible():
            self._said = self._words
            QtGui.QAccessible.updateAccessibility(QtGui.QAccessibleAnnouncementEvent(self._widget, self._words))
            self.announced.emit(self._words)


class AnnouncedLine(MarkedLine):
    """A verdict or a state in a line: screen readers are told when it says something else."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.announcer = Announcer(self, REST_MS)

    def say(self, mark: Mark | None, text: str) -> None:
        """Show a sentence, and have it read aloud once it has stood for a moment; an empty one hides the line."""
        super().say(mark, text)
        self.announcer.say(plain(text, 2000))
