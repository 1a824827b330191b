"""The first input to a window: until then, nothing that only a person opens need be in memory."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

_SIGNS = frozenset(
    {
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletMove,
    }
)


class Presence(QObject):
    """Waits for a user at a window that is shown: the pointer is moved over it, a key is pressed.

    Signals:
        noticed: there was the first sign, or ``notice`` was called.
    """

    noticed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.is_noticed = False
        self._surface = window.windowHandle()
        self._surface.installEventFilter(self)  # a movement over any of its widgets comes by here

    def notice(self, *_: object) -> None:
        """Take what has happened for a sign; there is nothing more to look for then."""
        if not self.is_noticed:
            self.is_noticed = True
            self._surface.removeEventFilter(self)
            self.noticed.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look out for a sign, and let everything pass."""
        if event.type() in _SIGNS:
            self.notice()
        return False
