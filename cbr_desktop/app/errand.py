"""Errands: one request taken through outbox and follow without a window, and a file judged without a cloud.

An errand sends its own requests and no other. It says what they wait for, and what it leaves when it is ended: a
request that has not left this machine is held then, so that nothing sends it unless a person releases it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cbr_desktop.app.house import House
from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.finding import Finding, FindingKind, Severity
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import LEFT, WAITING, Intent, IntentState
from cbr_desktop.domain.outcome import Outcome
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage import requestfile
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.paths import Places
from cbr_desktop.text.sentences import given_up_sentence, left_sentence, waiting_sentence
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import create_checkpoint
from cbr_desktop.workflows.outbox import PASSING
from cbr_desktop.workflows.outcomes import outcome_of
from cbr_desktop.workflows.ports import Clock
from cbr_desktop.workflows.preflight import preflight
from cbr_desktop.workflows.refresh import recall

_UNSENT = (*WAITING, IntentState.SENDING)
_UNSETTLED = frozenset({*WAITING, IntentState.SENDING, IntentState.UNKNOWN})
"""The states in which a request may have been carried out, or may yet be, without anybody knowing."""
_UNDER_WAY = frozenset({IntentState.QUEUED, IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN})
_SAID_EVERY = timedelta(seconds=10)
_LOOK_SECONDS = 45.0
"""How long a command that does not wait looks for a lost answer before it says so."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of a request file; ``document`` is ``None`` when it could not be read as one."""

    path: Path
    document: request.RequestDocument | None
    findings: tuple[Finding, ...]

    @property
    def is_bad(self) -> bool:
        """Whether the request must not be sent."""
        return self.document is None or any(finding.severity is Severity.BLOCK for finding in self.findings)

    @property
    def is_unreadable(self) -> bool:
        """Whether the file could not be judged at all."""
        return any(finding.kind in (FindingKind.NOT_JSON, FindingKind.TOO_LARGE) for finding in self.findings)


def judge(path: Path, ledgers: Iterable[Ledger], clock: Clock) -> Judgement:
    """Judge a request file by itself and by whichever ledger knows its vault. Raises ``StorageError``."""
    document, findings = requestfile.read(path)
    if document is None:
        return Judgement(path, None, tuple(findings))
    ledger = _knowing(document.draft, list(ledgers))
    judged = preflight(document.draft, ledger, clock.now()).findings
    return Judgement(path, document, (*findings, *judged))


def cached_ledger(places: Places, profile: Profile) -> Ledger:
    """Return what was last seen of a profile, without asking anybody."""
    ledger = Ledger(profile, lambda part: None)
    with closing(SqliteCache(places.cache_file(profile))) as cache:
        recall(ledger, cache)
    return ledger


@dataclass(frozen=True, slots=True)
class Report:
    """How an errand ended: the intent, and what became of its resources once the service had accepted it."""

    intent: Intent
    outcome: Outcome | None


Say = Callable[[str], object]
"""Takes a sentence that is said while a command works."""


def say_nothing(sentence: str) -> None:
    """Keep to oneself what is said."""


def left_behind(intents: Iterable[Intent], profile: Profile, document: request.RequestDocument) -> list[Intent]:
    """Return the requests for the same thing that may have been carried out, or may yet be, in their order."""
    return [
        intent
        for intent in intents
        if intent.state in _UNSETTLED
        and intent.change.vault_id == document.draft.vault_id
        and (intent.target.cbr_endpoint, intent.target.project) == (profile.cbr_endpoint, profile.project)
        and _asks_for(intent, document)
    ]


def _asks_for(intent: Intent, document: request.RequestDocument) -> bool:
    """Whether a request asks for what a document does; how it is written is no difference."""
    if intent.body == document.body:
        return True
    other, _ = request.read(intent.body)
    return other is not None and other.checkpoint == document.checkpoint


class Waits:
    """Says what requests wait for: at once when something is in the way, else after ten seconds, and each ten again.

    ``house_of`` returns the house that sends a request, whose clock counts.
    """

    def __init__(self, house_of: Callable[[Intent], House], clock: Clock, say: Say) -> None:
        self._house_of = house_of
        self._clock = clock
        self._say = say
        self._due: dict[IntentId, tuple[object, datetime]] = {}

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
        house = self._house_of(intent)
        ahead = house.outbox.ahead_of(intent) if intent.state is IntentState.QUEUED else None
        reason = (intent.state, intent.note, ahead and (ahead.id, ahead.state))
        before, due = self._due.get(intent.id, (None, now))
        if reason != before:
            due = now if ahead is not None or intent.note in PASSING else now + _SAID_EVERY
        if now >= due or due - now > _SAID_EVERY:
            self._say(waiting_sentence(intent, ahead, outcome_of(house.ledger, intent), now))
            due = now + _SAID_EVERY
        self._due[intent.id] = (reason, due)


def leave(house: House, ids: Iterable[IntentId], say: Say) -> None:
    """Hold what of these requests is still in the queue, and say of each what is left of it."""
    for id in ids:
        house.outbox.hold(id, LEFT)
        say(left_sentence(house.ledger.intents[id], house.clock.now()))


class Errand:
    """Takes requests through a house and waits for their states.

    ``say`` is told what is waited for, and what is left when that is ended before.
    """

    def __init__(self, house: House, say: Say = say_nothing) -> None:
        self._house = house
        self._say = say
        self._changed = asyncio.Event()
        told = house.ledger.notify

        def notify(part: Part) -> None:
            told(part)
            self._changed.set()

        house.ledger.notify = notify

    async def send(self, document: request.RequestDocument, *, wait: bool) -> Report:
        """Send a request once. It is never left behind in the queue: one that cannot leave now is cancelled.

        With ``wait`` it returns when every resource has ended, else as soon as the service has answered. When it is
        ended before, the request is held if it waits still.
        """
        intent = self._house.outbox.submit(create_checkpoint.change(document.draft, self._house.ledger, document.body))
        async with self._at_work([intent.id]):
            await self._left(intent.id, self._house.outbox.cancel)
            if wait:
                await self._ended(intent.id)
            elif self._state(intent.id) is IntentState.UNKNOWN:
                await self._looked_for(intent.id)
        held = self._house.ledger.intents[intent.id]
        return Report(held, outcome_of(self._house.ledger, held))

    async def release(self, ids: Iterable[IntentId]) -> list[Report]:
        """Confirm held requests anew and send them now; one that cannot leave is held again."""
        wanted = list(ids)
        async with self._at_work(wanted):
            released = [id for id in wanted if self._house.outbox.release(id)]
            for id in released:
                await self._left(id, self._house.outbox.hold)
            for id in wanted:
                if self._state(id) is IntentState.UNKNOWN:
                    await self._looked_for(id)
        held = [self._house.ledger.intents[id] for id in wanted]
        return [Report(each, outcome_of(self._house.ledger, each)) for each in held]

    @asynccontextmanager
    async def _at_work(self, ids: Sequence[IntentId]) -> AsyncIterator[None]:
        """Send and follow for as long as the block lasts, and say what these requests wait for.

        However it ends before its time, none of them goes later by itself.
        """
        waits = Waits(lambda intent: self._house, self._house.clock, self._say)
        try:
            async with asyncio.TaskGroup() as tasks:
                work = [
                    tasks.create_task(self._house.correspondence()),
                    tasks.create_task(waits.tell(lambda: [self._house.ledger.intents[id] for id in ids])),
                ]
                yield
                for task in work:
                    task.cancel()
        except BaseException:
            leave(self._house, ids, self._say)
            raise

    async def _left(self, id: IntentId, give_up: Callable[[IntentId], bool]) -> None:
        """Wait until the service has the request or until it is certain that it cannot be reached now."""
        while self._state(id) in _UNSENT:
            intent = self._house.ledger.intents[id]
            is_stuck = intent.state is not IntentState.QUEUED or (intent.note and intent.note not in PASSING)
            if is_stuck and intent.state is not IntentState.SENDING:
                give_up(id)
                self._say(given_up_sentence(self._house.ledger.intents[id], intent, self._house.clock.now()))
                return
            await self._change()

    async def _ended(self, id: IntentId) -> None:
        while self._state(id) in (IntentState.ACCEPTED, IntentState.UNKNOWN):
            await self._change()

    async def _looked_for(self, id: IntentId) -> None:
        deadline = self._house.clock.now().timestamp() + _LOOK_SECONDS
        while self._state(id) is IntentState.UNKNOWN and self._house.clock.now().timestamp() < deadline:
            await self._house.clock.sleep(1.0)

    async def _change(self) -> None:
        await self._changed.wait()
        self._changed.clear()

    def _state(self, id: IntentId) -> IntentState:
        return self._house.ledger.intents[id].state


def _knowing(draft: CheckpointDraft, ledgers: list[Ledger]) -> Ledger:
    """Return the ledger that has the draft's vault, or else the first one."""
    return next((ledger for ledger in ledgers if draft.vault_id in ledger.vaults), ledgers[0])
