"""Who looks at what: how often the lists of a profile are read goes with it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.refresh import EVERY_SECONDS, Attention

SETTING = "refresh/seconds"
CHOICES = (60, int(EVERY_SECONDS), 300, 900, 0)
"""Seconds between two readings that can be chosen; 0 is only when somebody asks."""
_POWER = timedelta(minutes=1)
_SIGHT = (QEvent.Type.WindowStateChange, QEvent.Type.Show, QEvent.Type.Hide)


def stored_seconds(settings: Settings) -> int:
    """Return how often the lists are to be read, as it was chosen."""
    stored = settings.get(SETTING, int(EVERY_SECONDS))
    return next((seconds for seconds in CHOICES if seconds == stored), int(EVERY_SECONDS))


class Attendance(QObject):
    """Tells every open profile whether anything of it can be seen in a window, and what; ``front`` returns the parts.

    Whether the machine runs on its battery is asked once a minute, beside the window.
    """

    def __init__(self, workspace: Workspace, window: QWidget, front: Callable[[], frozenset[Part]]) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._window = window
        self._front = front
        self._is_on_battery = False
        self._tasks = TaskOwner(self)
        window.installEventFilter(self)
        workspace.scope_changed.connect(self.tell)
        self._looked_at: datetime | None = None
        self.tick()
        self.tell()

    def tick(self) -> None:
        """Ask again where the machine has its power from, if that was not done of late."""
        now = self._workspace.clock.now()
        if self._looked_at is None or abs(now - self._looked_at) >= _POWER:
            self._looked_at = now
            self._look_at_power()

    def tell(self) -> None:
        """Tell all profiles how it stands now."""
        is_seen = self._window.isVisible() and not self._window.isMinimized()
        seconds, front = stored_seconds(self._workspace.settings), self._front() if is_seen else frozenset()
        shown = self._workspace.shown_contexts
        for context in self._workspace.contexts:
            if context.services is not None:
                here = is_seen and context in shown
                context.refresh.attend(Attention(seconds, front if here else frozenset(), here, self._is_on_battery))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the window as it is minimised, hidden and shown; not as it is taken down, when it is hidden too."""
        if event.type() in _SIGHT and isValid(self._window):
            self.tell()
        return False

    def _look_at_power(self) -> None:
        services = self._workspace.services
        if services is not None and is_at_work():
            self._tasks.start(asyncio.to_thread(services.is_on_battery), self._take_power, group="power")

    def _take_power(self, is_on_battery: bool) -> None:
        if is_on_battery is not self._is_on_battery:
            self._is_on_battery = is_on_battery
            self.tell()
