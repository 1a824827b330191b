"""Who looks at what, and what reading costs: how often the lists of a profile are read goes with it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import Shape
from cbr_desktop.text.states import duration_words
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.session.network_settings import spares_metered
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.session.workspace_services import WorkspaceServices
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.pacing import EVERY_SECONDS, Attention

SETTING = "refresh/seconds"
CHOICES = (60, int(EVERY_SECONDS), 300, 900, 0)
"""Seconds between two readings that can be chosen; 0 is only on demand."""
_LOOKS = timedelta(minutes=1)
_SIGHT = (QEvent.Type.WindowStateChange, QEvent.Type.Show, QEvent.Type.Hide)


def stored_seconds(settings: Settings) -> int:
    """Return how often the lists are to be read, as it was chosen."""
    stored = settings.get(SETTING, int(EVERY_SECONDS))
    return next((seconds for seconds in CHOICES if seconds == stored), int(EVERY_SECONDS))


class _Costs(NamedTuple):
    """Why reading is dear now: it takes of the battery, or is paid for."""

    is_on_battery: bool = False
    is_metered: bool = False


def _costs(services: WorkspaceServices, *, has_network: bool) -> _Costs:
    """Ask the machine; the cloud of the demo has no network in between. It may take a moment."""
    return _Costs(services.is_on_battery(), has_network and services.is_metered())


def slow_words(attention: Attention) -> str:
    """Return that the lists are read less often because that is dear now, and how often; empty where it is not."""
    if not attention.every_seconds or not (attention.is_on_battery or attention.is_metered):
        return ""
    every = duration_words(timedelta(seconds=attention._replace(is_seen=True).pause))
    if attention.is_metered:
        words = _("metered network, lists every {time}").format(time=every)
    else:
        words = _("on battery, lists every {time}").format(time=every)
    return f"{Shape.HALF} {words}"


class RefreshPace(QObject):
    """Tells every open profile whether anything of it can be seen in a window, and what; ``front`` returns the parts.

    Whether the machine runs on its battery and its network is metered is asked once a minute, beside the window.

    Signals:
        slowed: in these words, the lists are read less often than was chosen; empty when they no longer are.
    """

    slowed = Signal(str)

    def __init__(self, workspace: Workspace, window: QWidget, front: Callable[[], frozenset[Part]]) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._window = window
        self._front = front
        self._costs = _Costs()
        self._tasks = TaskOwner(self)
        window.installEventFilter(self)
        workspace.scope_changed.connect(self.tell)
        self._looked_at: datetime | None = None
        self.tick()
        self.tell()

    def tick(self) -> None:
        """Ask again for power and network of the machine, if that was not done of late."""
        now = self._workspace.clock.now()
        if self._looked_at is None or abs(now - self._looked_at) >= _LOOKS:
            self._looked_at = now
            self._look()

    def tell(self) -> None:
        """Tell all profiles how it stands now."""
        is_seen = self._window.isVisible() and not self._window.isMinimized()
        settings = self._workspace.settings
        seconds, front = stored_seconds(settings), self._front() if is_seen else frozenset()
        is_metered = self._costs.is_metered and spares_metered(settings)
        seen = Attention(seconds, front, is_seen, self._costs.is_on_battery, is_metered)
        self.slowed.emit(slow_words(seen))
        shown = self._workspace.shown_contexts
        for context in self._workspace.contexts:
            if context.services is not None:
                here = is_seen and context in shown
                context.refresh.attend(seen if here else seen._replace(front=frozenset(), is_seen=False))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the window as it is minimised, hidden and shown; not as it is taken down, when it is hidden too."""
        if event.type() in _SIGHT and isValid(self._window):
            self.tell()
        return False

    def _look(self) -> None:
        services = self._workspace.services
        if services is not None and is_at_work():
            look = asyncio.to_thread(_costs, services, has_network=not self._workspace.is_demo)
            self._tasks.start(look, self._take_costs, group="costs")

    def _take_costs(self, costs: _Costs) -> None:
        if costs != self._costs:
            self._costs = costs
            self.tell()
