"""Following: watching an accepted request until all of it has ended, by what its operation reads."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import suppress

from msgspec.structs import replace

from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, IntentState, Reason
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.outbox import Outbox
from cbr_desktop.workflows.outcomes import outcome_of
from cbr_desktop.workflows.ports import Clock, Records
from cbr_desktop.workflows.reconcile import Reconcile

_LATE_LOOKS = 8
"""Looks, after all that is known has ended, for a task or a state that is still missing."""
_CONTRADICTED_LOOKS = 240
"""Looks, about an hour's, while the service says that something is being made all of whose parts have ended."""
_WATCHED = (IntentState.ACCEPTED, IntentState.UNKNOWN)


def pauses_seconds() -> Iterator[float]:
    """Yield the pauses between looks: 2 s at first, then 5 s, then 15 s for ever, each a little off the beat."""
    for pause, times in ((2.0, 5), (5.0, 12), (15.0, 2**31)):
        for _ in range(times):
            yield pause * random.uniform(0.9, 1.1)


class Follow:
    """Watches ACCEPTED intents to their end and has UNKNOWN ones reconciled; runs as a resident task.

    ``ended`` is called after each end, with the lists that are others now than when they were read.
    """

    def __init__(
        self,
        ledger: Ledger,
        records: Records,
        clock: Clock,
        outbox: Outbox,
        reconcile: Reconcile,
        *,
        ended: Callable[[frozenset[Part]], None] = lambda _parts: None,
        pauses: Callable[[], Iterator[float]] = pauses_seconds,
    ) -> None:
        self._ledger = ledger
        self._records = records
        self._clock = clock
        self._outbox = outbox
        self._ended = ended
        self._pauses = pauses
        self.reconcile = reconcile
        self._wake = asyncio.Event()
        self._held: set[tuple[IntentId, IntentState]] = set()
        self._rested: set[IntentId] = set()
        """The intents whose search came to its end here without one; a person's word begins it anew."""

    def noticed(self, part: Part) -> None:
        """Take note of a change of the ledger; a change of the intents may be work."""
        if part is Part.INTENTS:
            self._wake.set()

    async def run(self) -> None:
        """Start watching whatever is accepted or unknown, for ever."""
        async with asyncio.TaskGroup() as watches:
            watches.create_task(self.reconcile.keep_notes())
            self._wake.set()
            while True:
                await self._wake.wait()
                self._wake.clear()
                for intent in list(self._ledger.intents.values()):
                    key = (intent.id, intent.state)
                    if intent.state in _WATCHED and key not in self._held and not self._is_at_rest(intent):
                        self._held.add(key)
                        watches.create_task(self._watch(intent))

    async def _watch(self, intent: Intent) -> None:
        try:
            if intent.state is IntentState.UNKNOWN:
                await self.reconcile.settle(intent.id)
                self._note_rest(self._ledger.intents[intent.id])
                # its lane may take its next request now
                self._outbox.lane_freed()
            else:
                await self._to_the_end(intent.id)
        finally:
            self._held.discard((intent.id, intent.state))
            self._wake.set()

    def _note_rest(self, intent: Intent) -> None:
        if _is_resting(intent):
            self._rested.add(intent.id)

    def _is_at_rest(self, intent: Intent) -> bool:
        return intent.id in self._rested and _is_resting(intent)

    async def _to_the_end(self, id: IntentId) -> None:
        await self._look_for_elder(id)
        late = contradicted = 0
        for pause in self._pauses():
            was_read = False
            with suppress(CbrError):
                was_read = await self._look(self._ledger.intents[id])
            outcome = outcome_of(self._ledger, self._ledger.intents[id])
            is_doubtful = was_read and outcome is not None and outcome.is_over and outcome.is_under_way
            if is_doubtful and contradicted < _CONTRADICTED_LOOKS:
                contradicted += 1
            elif outcome is None or (outcome.is_over and not _is_late(outcome, late)):
                await self._look_for_elder(id)
                self._finish(self._ledger.intents[id], _doubted(outcome) if outcome and is_doubtful else outcome)
                return
            late = late + 1 if outcome is not None and outcome.is_over else 0
            await self._clock.sleep(pause)

    async def _look_for_elder(self, id: IntentId) -> None:
        """Look for the request that this one was sent in place of; it may have come late."""
        with suppress(CbrError):
            await self.reconcile.look_for_elder(self._ledger.intents[id])

    async def _look(self, intent: Intent) -> bool:
        """Have the operation read how a request goes on; tell whether it read what that has made.

        Raises ``CloudError``.
        """
        seen = await OPERATIONS[intent.change.kind].look(intent, self.reconcile.reader)
        now = self._ledger.intents[intent.id]
        if seen is not None and seen != now.result:
            self._put(replace(now, result=seen, changed_at=self._clock.now()))
        return seen is not None

    def _finish(self, intent: Intent, outcome: Outcome | None) -> None:
        kept = outcome and replace(outcome, resources=tuple(replace(each, task=None) for each in outcome.resources))
        self._put(intent.moved(IntentState.FINISHED, self._clock.now(), outcome=kept))
        self._outbox.lane_freed()
        self._ended(OPERATIONS[intent.change.kind].rereads)

    def _put(self, intent: Intent) -> None:
        with suppress(CbrError):  # a state that the service will tell again may be lost; the request may not
            self._records.save(intent)
        self._ledger.put_intent(intent)


def _is_resting(intent: Intent) -> bool:
    """Whether a search for an intent has ended, in this life of the program or one before, and left it UNKNOWN."""
    return intent.state is IntentState.UNKNOWN and intent.reason in (Reason.AMBIGUOUS, Reason.NO_CLOCK)


def _doubted(outcome: Outcome) -> Outcome:
    """Return an outcome whose successes cannot be relied on, since the whole is not called done."""
    lines = (replace(each, fate=Fate.UNCERTAIN) if each.fate is Fate.DONE else each for each in outcome.resources)
    return replace(outcome, resources=tuple(lines))


def _is_late(outcome: Outcome, looks: int) -> bool:
    """Whether something is missing that may yet appear: tasks, or the end of the checkpoint itself."""
    return (outcome.count(Fate.UNCERTAIN) > 0 or outcome.is_under_way) and looks < _LATE_LOOKS
