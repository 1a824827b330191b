"""The first sign of somebody at a window: until then, nothing that only a person opens need be in memory."""

import asyncio

from PySide6.QtCore import QEvent, QObject
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
    """Tells that the pointer was moved over a window that is shown, a key was pressed, or ``notice`` was called."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._noticed = asyncio.Event()
        self._surface = window.windowHandle()
        self._surface.installEventFilter(self)  # a movement over any of its widgets comes by here

    @property
    def is_noticed(self) -> bool:
        """Whether there has been a sign."""
        return self._noticed.is_set()

    async def first_sign(self) -> None:
        """Return when there has been a sign."""
        await self._noticed.wait()

    def notice(self, *_: object) -> None:
        """Take what has happened for a sign; there is nothing more to look for then."""
        if not self.is_noticed:
            self._noticed.set()
            self._surface.removeEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look out for a sign, and let everything pass."""
        if event.type() in _SIGNS:
            self.notice()
        return False
