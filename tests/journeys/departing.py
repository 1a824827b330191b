"""Leaving in the middle of something and starting again, with a real window over the demo cloud, one kind at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QPushButton

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.main_loop import tell_the_left, tell_the_plans
from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.session_pool import SessionPool
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.plan import Plan, Run, Step
from cbr_desktop.domain.request import body, read
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.ui.plans.page import PlansPage
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.leave import LeaveDialog
from cbr_desktop.ui.shell.window import MainWindow
from tests.journeys.program import Program
from tests.widgets import words

SPEED = 20.0
"""How much faster than on the wall time runs."""
_VAULT = "vault-be94"
_STEPS = 3
_PATIENCE_SECONDS = 20.0
SAID = {
    "scheduled": "1 request is scheduled for",
    "queued": "1 request is queued and not sent",
    "stale": "1 request is queued and not sent",
    "sending": "1 request is being sent",
    "unknown": "1 request without an answer is being looked for",
    "followed": "1 checkpoint is under way",
    "plan": "is halfway: 2 of 3 steps have not begun",
}
"""The kinds of what is left in the middle, and what the question says about each."""


class LeapingClock(WallClock):
    """A clock that runs fast, and leaps while the program is closed."""

    def __init__(self) -> None:
        super().__init__(SPEED)
        self._leapt = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self._leapt

    def leap(self, **span: float) -> None:
        """Let a span of time pass at once."""
        self._leapt += timedelta(**span)


@dataclass
class Departure:
    """What was seen of one leaving and the start after it."""

    kind: str
    asked: str = ""
    told: list[str] = field(default_factory=list)
    states: list[IntentState] = field(default_factory=list)
    posts_before: int = 0
    posts: int = 0

    @property
    def problems(self) -> list[str]:
        """What was not as it must be, empty when all was."""
        wanted = _WANTED[self.kind]
        found = []
        if SAID[self.kind] not in self.asked:
            found.append(f"{self.kind}: the question does not tell of it: {self.asked!r}")
        if not any(wanted.told in words for words in self.told):
            found.append(f"{self.kind}: the start does not tell of it: {self.told!r}")
        if self.posts != wanted.posts:
            found.append(f"{self.kind}: {self.posts} were sent, not {wanted.posts}")
        if not self.states or any(state not in wanted.states for state in self.states):
            found.append(f"{self.kind}: it ended as {self.states}")
        return found


@dataclass(frozen=True)
class _Wanted:
    """What the start after a leaving must come to: how many requests the service has seen, and how they stand."""

    posts: int
    states: tuple[IntentState, ...]
    told: str


_THERE = (IntentState.ACCEPTED, IntentState.FINISHED)
_WANTED = {
    "scheduled": _Wanted(0, (IntentState.HELD,), "is scheduled for"),
    "queued": _Wanted(1, _THERE, "is queued and not sent"),
    "stale": _Wanted(0, (IntentState.HELD,), "is held until you have looked"),
    "sending": _Wanted(1, _THERE, "is being looked for"),
    "unknown": _Wanted(1, _THERE, "is being looked for"),
    "followed": _Wanted(1, _THERE, "is under way"),
    "plan": _Wanted(1, _THERE, "was left in the middle: 2 of 3 steps not started"),
}


def departed(kind: str, folder: Path, application: QApplication, keeper: Any) -> Departure:
    """Leave with something of a kind in the middle, by closing the window, and start again."""
    clock = LeapingClock()
    seen = Departure(kind)
    first = Program(folder, application, keeper, clock)
    first.workspace.is_demo = False  # as with a cloud that goes on when the window is closed

    async def leave(sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        window.build_deferred_widgets()
        await _online(first.workspace)
        await _MIDDLES[kind](first, sessions, window)
        window.close()
        await until(lambda: any(dialog.isVisible() for dialog in window.findChildren(LeaveDialog)))
        dialog = window.findChildren(LeaveDialog)[-1]
        seen.asked = words(dialog)
        leave = dialog.findChild(QPushButton, "leaveNow")
        assert leave is not None
        leave.click()

    first.play(leave)
    first.service.faults.clear()
    seen.posts_before = len(first.service.journal.calls("POST", "/checkpoints"))
    if kind in ("stale", "scheduled"):
        clock.leap(hours=2)
    second = Program(folder, application, keeper, clock)
    second.service = first.service
    second.workspace.is_demo = False

    async def look(_sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        window.build_deferred_widgets()
        tell_the_plans(window, second.workspace)
        tell_the_left(window, second.workspace)
        seen.told = [notice.label.text() for notice in window.notices.notices]
        second.workspace.work_offline(False)
        await _online(second.workspace)
        wanted = _WANTED[kind].states
        await until(lambda: all(intent.state in wanted for intent in _intents(second.workspace)))
        # what would go by itself after all has had the time for it
        await clock.sleep(20)
        seen.states = [intent.state for intent in _intents(second.workspace)]

    second.play(look)
    seen.posts = len(second.service.journal.calls("POST", "/checkpoints"))
    return seen


async def until(condition: Callable[[], object]) -> None:
    """Return when something has become true."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110  # what is seen in a window sets no event
            await asyncio.sleep(0.002)


async def _online(workspace: Workspace) -> None:
    await until(
        lambda: workspace.contexts[0].ledger.vaults and workspace.contexts[0].ledger.connection.reach is Reach.ONLINE
    )


def _intents(workspace: Workspace) -> list[Intent]:
    return list(workspace.open.intents.values())


def _draft(workspace: Workspace, name: str) -> CheckpointDraft:
    vaults = workspace.contexts[0].ledger.vaults.values()
    return CheckpointDraft(next(vault.id for vault in vaults if vault.name == _VAULT), name=name)


async def _sent(program: Program, sessions: SessionPool, *states: IntentState) -> None:
    """Send a request, and return when it is in one of these states."""
    outbox = sessions.of(program.workspace.contexts[0]).outbox
    id = outbox.submit(_draft(program.workspace, "in-the-middle-x7k2")).id
    await until(lambda: program.workspace.open.intents[id].state in states)


async def _scheduled(program: Program, sessions: SessionPool, _window: MainWindow) -> None:
    outbox = sessions.of(program.workspace.contexts[0]).outbox
    outbox.submit(_draft(program.workspace, "in-the-middle-x7k2"), due_at=program.clock.now() + timedelta(hours=1))


async def _queued(program: Program, sessions: SessionPool, _window: MainWindow) -> None:
    program.workspace.work_offline(True)
    await _sent(program, sessions, IntentState.QUEUED)


async def _sending(program: Program, sessions: SessionPool, _window: MainWindow) -> None:
    program.service.faults.add(Fault("POST", "/checkpoints", "delay", "after", seconds=600))
    await _sent(program, sessions, IntentState.SENDING)
    await until(lambda: program.service.journal.calls("POST", "/checkpoints"))


async def _unknown(program: Program, sessions: SessionPool, _window: MainWindow) -> None:
    for path in ("/operation-logs", "/backups"):
        program.service.faults.add(Fault("GET", path, "status", status=503, times=None))
    program.service.faults.add(Fault("POST", "/checkpoints", "cut", "after"))
    await _sent(program, sessions, IntentState.UNKNOWN)


async def _followed(program: Program, sessions: SessionPool, _window: MainWindow) -> None:
    await _sent(program, sessions, IntentState.ACCEPTED)


async def _plan(program: Program, sessions: SessionPool, window: MainWindow) -> None:
    documents = [read(body(_draft(program.workspace, f"step-{number}")))[0] for number in range(_STEPS)]
    steps = tuple(Step(number, DEMO.name, "", document) for number, document in enumerate(documents, 1))
    run = Run("run-1", Plan("patch-day", steps), program.clock.now())
    sessions.plans.keep(run)
    page = window.show_page("Plans")
    assert isinstance(page, PlansPage)
    page.begin(run)
    await until(lambda: [intent.state for intent in _intents(program.workspace)] == [IntentState.ACCEPTED])


_MIDDLES: dict[str, Callable[[Program, SessionPool, MainWindow], Awaitable[None]]] = {
    "scheduled": _scheduled,
    "queued": _queued,
    "stale": _queued,
    "sending": _sending,
    "unknown": _unknown,
    "followed": _followed,
    "plan": _plan,
}
