"""One request taken through outbox and follow without a window, and a file judged without a cloud.

A runner sends its own requests and no other. It says what they wait for, and what it leaves when it is ended: a
request that has not left this machine is held then, so that nothing sends it unless a person releases it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from msgspec import Struct

from cbr_desktop.app.session import ProfileSession
from cbr_desktop.domain import request
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import WAITING, Approval, Intent, IntentState, Reason
from cbr_desktop.domain.outcome import Outcome
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.intents import given_up_sentence, left_request_sentence, waiting_sentence
from cbr_desktop.workflows.outbox import PASSING
from cbr_desktop.workflows.outcomes import outcome_of
from cbr_desktop.workflows.ports import Clock

_UNSENT = (*WAITING, IntentState.SENDING)
_UNSETTLED = frozenset({*WAITING, IntentState.SENDING, IntentState.UNKNOWN})
"""The states in which a request may have been carried out, or may yet be, which is not known."""
_UNDER_WAY = frozenset({IntentState.QUEUED, IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN})
_SAID_EVERY = timedelta(seconds=10)
_SAME_EVERY = timedelta(minutes=1)
"""How often the very same is said again."""
_LOOK_SECONDS = 45.0
"""How long a command that does not wait looks for a lost answer before it says so."""


class Report(Struct, frozen=True):
    """How a run ended: the intent, and what became of its resources once the service had accepted it."""

    intent: Intent
    outcome: Outcome | None


Say = Callable[[str], object]
"""Takes a sentence that is said while a command works."""


def say_nothing(sentence: str) -> None:
    """Keep to oneself what is said."""


def left_behind(intents: Iterable[Intent], profile: Profile, change: Change) -> list[Intent]:
    """Return the requests for the same thing that may have been carried out, or may yet be, in their order."""
    return [
        intent
        for intent in intents
        if intent.state in _UNSETTLED
        and (intent.target.cbr_endpoint, intent.target.project) == (profile.cbr_endpoint, profile.project)
        and _is_same(intent.change, change)
    ]


def _is_same(one: Change, other: Change) -> bool:
    """Whether two changes do the same to the same thing; how a body is written is no difference."""
    if (one.kind, one.path) != (other.kind, other.path):
        return False
    return one.body == other.body or (bool(one.body and other.body) and _asked(one.body) == _asked(other.body))


def _asked(body: bytes) -> object:
    """Return what a body says, the bytes themselves where that cannot be read."""
    try:
        return request.decode(body, [])
    except request.NotJson:
        return body


class Waits:
    """Says what requests wait for: at once when something is in the way, else after ten seconds, and each ten again.

    What is the same still is said each minute.

    ``session_of`` returns the session that sends a request, whose clock counts.
    """

    def __init__(self, session_of: Callable[[Intent], ProfileSession], clock: Clock, say: Say) -> None:
        self._session_of = session_of
        self._clock = clock
        self._say = say
        self._due: dict[IntentId, tuple[object, datetime]] = {}
        self._said: dict[IntentId, tuple[str, datetime]] = {}

    async def tell(self, waiting: Callable[[], Iterable[Intent]]) -> None:
        """Look at what is waited for, for ever."""
        while True:
            for intent in waiting():
                self.look(intent)
            await self._clock.sleep(1.0)

    def look(self, intent: Intent) -> None:
        """Say what a request waits for if it is time to."""
        if intent.state not in _UNDER_WAY:
            return
        now = self._clock.now()
        session = self._session_of(intent)
        ahead = session.outbox.ahead_of(intent) if intent.state is IntentState.QUEUED else None
        reason = (intent.state, intent.reason, ahead and (ahead.id, ahead.state))
        before, due = self._due.get(intent.id, (None, now))
        if reason != before:
            due = now if ahead is not None or intent.reason in PASSING else now + _SAID_EVERY
        if now >= due or due - now > _SAID_EVERY:
            self._tell(intent.id, waiting_sentence(intent, ahead, outcome_of(session.ledger, intent), now), now)
            due = now + _SAID_EVERY
        self._due[intent.id] = (reason, due)

    def _tell(self, id: IntentId, words: str, now: datetime) -> None:
        before, at = self._said.get(id, ("", now))
        if words != before or not timedelta(0) <= now - at < _SAME_EVERY:
            self._said[id] = (words, now)
            self._say(words)


def leave(session: ProfileSession, ids: Iterable[IntentId], say: Say) -> None:
    """Hold what of these requests is still in the queue, and say of each what is left of it."""
    for id in ids:
        session.outbox.hold(id, Reason.LEFT)
        say(left_request_sentence(session.ledger.intents[id], session.clock.now()))


class RequestRunner:
    """Takes requests through a session and waits for their states.

    ``say`` is told what is waited for, and what is left when that is ended before.
    """

    def __init__(self, session: ProfileSession, say: Say = say_nothing) -> None:
        self._session = session
        self._say = say
        self._changed = asyncio.Event()
        session.ledger.subscribe(lambda _part: self._changed.set())

    async def send(self, change: Change, *, wait: bool, approval: Approval | None = None) -> Report:
        """Send a change once. It is never left behind in the queue: one that cannot leave now is cancelled.

        With ``wait`` it returns when every resource has ended, else as soon as the service has answered. When it is
        ended before, the request is held if it waits still. ``approval`` is for what overwrites something.
        """
        intent = self._session.outbox.submit(change, approval=approval)
        async with self._at_work([intent.id]):
            await self._through(intent.id, self._session.outbox.cancel, wait=wait)
        held = self._session.ledger.intents[intent.id]
        return Report(held, outcome_of(self._session.ledger, held))

    async def release(self, ids: Iterable[IntentId], approval: Approval | None = None) -> list[Report]:
        """Confirm held requests anew and send them now; one that cannot leave is held again."""
        wanted = list(ids)
        async with self._at_work(wanted):
            released = [id for id in wanted if self._session.outbox.release(id, approval)]
            for id in released:
                await self._through(id, self._session.outbox.hold, wait=False)
        held = [self._session.ledger.intents[id] for id in wanted]
        return [Report(each, outcome_of(self._session.ledger, each)) for each in held]

    @asynccontextmanager
    async def _at_work(self, ids: Sequence[IntentId]) -> AsyncIterator[None]:
        """Send and follow for as long as the block lasts, and say what these requests wait for.

        However it ends before its time, none of them goes later by itself.
        """
        waits = Waits(lambda _intent: self._session, self._session.clock, self._say)
        try:
            async with asyncio.TaskGroup() as tasks:
                work = [
                    tasks.create_task(self._session.correspondence()),
                    tasks.create_task(waits.tell(lambda: [self._session.ledger.intents[id] for id in ids])),
                ]
                yield
                for task in work:
                    task.cancel()
        except BaseException:
            leave(self._session, ids, self._say)
            raise

    async def _through(self, id: IntentId, give_up: Callable[[IntentId], bool], *, wait: bool) -> None:
        """Take a request to its answer or its end, and once more where reading proves that it has to go again."""
        while self._state(id) in _UNDER_WAY:
            await self._left(id, give_up)
            await (self._ended(id) if wait else self._looked_for(id))
            if self._state(id) not in (IntentState.QUEUED, IntentState.SENDING):
                return

    async def _left(self, id: IntentId, give_up: Callable[[IntentId], bool]) -> None:
        """Wait until the service has the request or until it is certain that it cannot be reached now."""
        while self._state(id) in _UNSENT:
            intent = self._session.ledger.intents[id]
            is_stuck = intent.state is not IntentState.QUEUED or (intent.reason and intent.reason not in PASSING)
            if is_stuck and intent.state is not IntentState.SENDING:
                give_up(id)
                self._say(given_up_sentence(self._session.ledger.intents[id], intent, self._session.clock.now()))
                return
            await self._change()

    async def _ended(self, id: IntentId) -> None:
        while self._is_open(self._session.ledger.intents[id]):
            await self._change()

    async def _looked_for(self, id: IntentId) -> None:
        deadline = self._session.clock.now().timestamp() + _LOOK_SECONDS
        while self._state(id) is IntentState.UNKNOWN and self._session.clock.now().timestamp() < deadline:
            await self._session.clock.sleep(1.0)

    async def _change(self) -> None:
        await self._changed.wait()
        self._changed.clear()

    def _is_open(self, intent: Intent) -> bool:
        """Whether an answer was given or lost, and something comes of that without a person."""
        is_lost = intent.state is IntentState.UNKNOWN and not intent.awaits_person
        return is_lost or intent.state is IntentState.ACCEPTED

    def _state(self, id: IntentId) -> IntentState:
        return self._session.ledger.intents[id].state
