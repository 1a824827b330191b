"""How large a window becomes: as it was left, as it usually is, and never larger than there is room on its screen."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from cbr_desktop.ui.session.profile_context import Settings

_FRAME = QSize(16, 40)
"""What the desktop's frame takes, which is not known before a window is shown."""


def available(window: QWidget) -> QSize:
    """Return how large a window can be on its screen with its frame and all."""
    return window.screen().availableGeometry().size() - _FRAME


def make_room(window: QWidget) -> None:
    """Make a window at least as high as its lines need at its width; Qt does not reckon with lines that wrap."""
    layout = window.layout()
    if layout is None:
        return
    layout.activate()
    room = available(window)
    wide = max(window.width() if window.isVisible() else 0, window.minimumWidth(), layout.totalMinimumSize().width())
    width = min(wide, room.width())
    needed = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalMinimumSize().height()
    height = max(needed, window.height() if window.isVisible() else 0)
    if wide > room.width() or height > room.height():
        _let_scroll(window, room)
    window.resize(width, min(height, room.height()))


def take_room(window: QWidget, usual: QSize, settings: Settings | None = None, key: str = "") -> None:
    """Give a window the size with which it was left, or its usual one, as far as its screen has room for it.

    With ``settings``, the size is remembered when the window goes, under ``key`` or else under the window's name. What
    needs more room than there is can be scrolled, so that nothing of it is out of reach.
    """
    room = available(window)
    key = key or f"windows/{window.objectName()}"
    stored = settings.get(key, None) if settings is not None else None
    is_size = isinstance(stored, list) and len(stored) == 2 and all(isinstance(side, int) for side in stored)
    wanted = QSize(*stored) if is_size else usual  # type: ignore[misc]
    keep_within(window, room)
    window.resize(wanted.expandedTo(window.minimumSize()).boundedTo(room))
    if settings is not None:
        _Memory(window, settings, key)


def keep_within(window: QWidget, room: QSize) -> None:
    """Let a window be no larger than ``room``; what needs more can be scrolled."""
    layout = window.layout()
    needs = layout.totalMinimumSize() if layout is not None else QSize(0, 0)
    if needs.width() > room.width() or needs.height() > room.height():
        _let_scroll(window, room)
    window.setMinimumSize(window.minimumSize().boundedTo(room))


class _Memory(QObject):
    """Writes down the size of a window when it goes."""

    def __init__(self, window: QWidget, settings: Settings, key: str) -> None:
        super().__init__(window)
        self.setObjectName("sizeMemory")
        self._window = window
        self._settings = settings
        self._key = key
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take note of the end of the window."""
        # a window that is taken away without being closed is hidden by Qt when it is none of ours any more
        if event.type() == QEvent.Type.Hide and isValid(self._window) and not self._window.isMaximized():
            self._settings.put(self._key, [self._window.width(), self._window.height()])
        return False


def _let_scroll(window: QWidget, room: QSize) -> None:
    """Put all that is in a window into an area that scrolls."""
    layout = window.layout()
    if layout is None or window.findChild(QScrollArea, "roomToScroll") is not None:
        return
    inside = QWidget()
    inside.setObjectName("roomInside")
    inside.setLayout(layout)  # takes the layout, and with it the widgets, from the window
    area = QScrollArea(window)
    area.setObjectName("roomToScroll")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    outer = QVBoxLayout(window)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(area)
    window.setMinimumSize(window.minimumSize().boundedTo(room))
