"""The stage that stories play on: a session over the simulator, with time that passes only when somebody waits."""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from cbr_desktop.app import demo
from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.session import ProfileSession
from cbr_desktop.app.start import opened
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.profile import Profile
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import places
from cbr_desktop.workflows.ledger import Ledger, Part

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAYS = 3
"""How far back the simulator remembers: a long past costs every list that is read, and most stories play today."""
_IDLE_TURNS = 3
"""Turns of the loop with nothing at hand, after which time moves on."""
_SOON_SECONDS = 0.1
"""How long a real wait is that time waits for; longer ones are limits, which nothing on the stage reaches."""


class StageClock:
    """Time for the program and the simulator alike; it jumps to the next waiter when nothing else is to be done."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._due: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._ticker: asyncio.Task[None] | None = None

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        await self.wait(asyncio.get_running_loop().create_future(), seconds)

    async def wait(self, waiter: asyncio.Future[None], seconds: float) -> None:
        """Wait until ``waiter`` is done, and for so many seconds at most."""
        loop = asyncio.get_running_loop()
        heapq.heappush(self._due, (self._now + timedelta(seconds=seconds), next(self._numbers), waiter))
        if self._ticker is None or self._ticker.done():
            self._ticker = loop.create_task(self._tick(loop))
        await waiter

    async def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._due:
            idle = 0
            while idle < _IDLE_TURNS:
                await asyncio.sleep(0)
                idle = 0 if _is_at_work(loop) else idle + 1
            due, _, waiter = heapq.heappop(self._due)
            if not waiter.done():
                self._now = max(self._now, due)
                waiter.set_result(None)


def _is_at_work(loop: Any) -> bool:
    """Whether a loop has something to do now, or as soon as what is slow in a story has passed."""
    return bool(loop._ready or (loop._scheduled and loop._scheduled[0].when() - loop.time() < _SOON_SECONDS))


class Cable(demo.DemoTransport):
    """The way to the simulator, which can be pulled out: then nothing leaves this machine."""

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self.is_plugged = True
        self.losses: list[type[httpx.TransportError]] = []
        """What takes the place of the next answers to a checkpoint request, which has reached the service."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self.is_plugged:
            raise httpx.ConnectError("no route to host", request=request)
        response = await super().handle_async_request(request)
        if self.losses and request.method == "POST" and request.url.path.endswith("/checkpoints"):
            raise self.losses.pop(0)("the answer is lost", request=request)
        return response


class Watch:
    """Sees what becomes of the intents of a ledger."""

    def __init__(self) -> None:
        self.states: dict[IntentId, list[IntentState]] = {}
        """The states that every intent has been in, in order."""
        self._waiters: list[asyncio.Future[None]] = []

    def ledger(self, profile: Profile) -> Ledger:
        """Make the ledger that is watched."""

        def notify(part: Part) -> None:
            if part is not Part.INTENTS:
                return
            for intent in ledger.intents.values():
                states = self.states.setdefault(intent.id, [])
                if not states or states[-1] is not intent.state:
                    states.append(intent.state)
            for waiter in self._waiters:
                if not waiter.done():
                    waiter.set_result(None)
            self._waiters.clear()

        ledger = Ledger(profile, notify)
        return ledger

    def next_change(self) -> asyncio.Future[None]:
        """Return what is done when an intent has changed."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        return waiter


class Stage:
    """A session, the simulator that it talks to, and the clock of both."""

    def __init__(
        self,
        session: ProfileSession,
        service: Service,
        clock: StageClock,
        watch: "Watch",
        cable: Cable,
    ) -> None:
        self.session = session
        self.service = service
        self.clock = clock
        self.cable = cable
        self.states = watch.states
        self._watch = watch

    @property
    def posts(self) -> list[bytes]:
        """The bodies of the checkpoint requests that have reached the service, in order."""
        return [e.body for e in self.service.journal if e.method == "POST" and e.path.endswith("/checkpoints")]

    def intent(self, id: IntentId) -> Intent:
        return self.session.ledger.intents[id]

    async def until(self, id: IntentId, *states: IntentState) -> Intent:
        """Return the intent when it is in one of ``states``; an hour on the stage is too long for anything."""
        deadline = self.clock.now() + timedelta(hours=2)
        while self.intent(id).state not in states:
            left = (deadline - self.clock.now()).total_seconds()
            assert left > 0, self.states[id]
            await self.clock.wait(self._watch.next_change(), left)
        return self.intent(id)

    def play(self, story: Callable[[], object]) -> None:
        """Run an async story with the residents that send and follow, and end them after it."""

        asyncio.run(self.told(story))

    async def told(self, story: Callable[[], object]) -> None:
        """Do the same on a loop that runs already."""
        async with asyncio.TaskGroup() as tasks:
            residents = tasks.create_task(self.session.correspondence())
            await story()  # type: ignore[misc]
            residents.cancel()
        await self.session.cloud.aclose()


@contextmanager
def staged(
    folder: Path,
    *,
    service: Service | None = None,
    clock: StageClock | None = None,
    profile: Profile = DEMO,
    cable: type[Cable] = Cable,
    days: int = DAYS,
) -> Iterator[Stage]:
    """Open a session on ``folder`` over the demo estate; a second time on the same folder is a restart."""
    clock = clock or StageClock()
    service = service or Service(estate.demo(clock.now(), days=days), clock)
    watch = Watch()
    ledger = watch.ledger(profile)
    here = places({"CBR_DESKTOP_HOME": str(folder)})
    way = cable(service)
    with opened(here, ledger, clock, demo.secret_of(profile), way) as session:
        yield Stage(session, service, clock, watch, way)
