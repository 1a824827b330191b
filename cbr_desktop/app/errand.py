"""Errands: one request taken through outbox and follow without a window, and a file judged without a cloud."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cbr_desktop.app.house import House
from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.finding import Finding, FindingKind, Severity
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import WAITING, Intent, IntentState
from cbr_desktop.domain.outcome import Outcome
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage import requestfile
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.paths import Places
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.outcomes import outcome_of
from cbr_desktop.workflows.ports import Clock
from cbr_desktop.workflows.preflight import preflight
from cbr_desktop.workflows.refresh import recall

_UNSENT = (*WAITING, IntentState.SENDING)
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


class Errand:
    """Takes requests through a house and waits for their states."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._changed = asyncio.Event()
        told = house.ledger.notify

        def notify(part: Part) -> None:
            told(part)
            self._changed.set()

        house.ledger.notify = notify

    async def send(self, document: request.RequestDocument, *, wait: bool) -> Report:
        """Send a request once. It is never left behind in the queue: one that cannot leave now is cancelled.

        With ``wait`` it returns when every resource has ended, else as soon as the service has answered.
        """
        async with asyncio.TaskGroup() as tasks:
            correspondence = tasks.create_task(self._house.correspondence())
            intent = self._house.outbox.submit(document.draft, body=document.body)
            await self._left(intent.id, self._house.outbox.cancel)
            if wait:
                await self._ended(intent.id)
            elif self._state(intent.id) is IntentState.UNKNOWN:
                await self._looked_for(intent.id)
            correspondence.cancel()
        held = self._house.ledger.intents[intent.id]
        return Report(held, outcome_of(self._house.ledger, held))

    async def release(self, ids: Iterable[IntentId]) -> list[Report]:
        """Confirm held requests anew and send them now; one that cannot leave is held again."""
        async with asyncio.TaskGroup() as tasks:
            correspondence = tasks.create_task(self._house.correspondence())
            released = [(id, self._house.outbox.release(id)) for id in ids]
            for id, is_released in released:
                if is_released:
                    await self._left(id, self._house.outbox.hold)
            for id, _ in released:
                if self._state(id) is IntentState.UNKNOWN:
                    await self._looked_for(id)
            correspondence.cancel()
        held = [self._house.ledger.intents[id] for id, _ in released]
        return [Report(each, outcome_of(self._house.ledger, each)) for each in held]

    async def _left(self, id: IntentId, give_up: Callable[[IntentId], bool]) -> None:
        """Wait until the service has the request or until it is certain that it cannot be reached now."""
        while self._state(id) in _UNSENT:
            is_stuck = self._house.ledger.intents[id].note or self._state(id) is not IntentState.QUEUED
            if is_stuck and self._state(id) is not IntentState.SENDING:
                give_up(id)
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
