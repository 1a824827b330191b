"""Following: watching an accepted checkpoint by its tasks until every resource has ended."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from cbr_desktop.domain.checkpoint import Checkpoint, CheckpointStatus
from cbr_desktop.domain.error import CloudError, HouseError
from cbr_desktop.domain.ids import CheckpointId, IntentId
from cbr_desktop.domain.intent import AMBIGUOUS, NO_CLOCK, Intent, IntentState
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.domain.task import TaskType
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.outbox import Outbox
from cbr_desktop.workflows.outcomes import outcome_of
from cbr_desktop.workflows.ports import Clock, Cloud, Records
from cbr_desktop.workflows.reconcile import Reconcile
from cbr_desktop.workflows.sending import searched_since

_LATE_LOOKS = 8
"""Looks, after all that is known has ended, for a task or a state that is still missing."""
_CONTRADICTED_LOOKS = 240
"""Looks, about an hour's, while the service says that a checkpoint is being made all of whose parts have ended."""
_WATCHED = (IntentState.ACCEPTED, IntentState.UNKNOWN)


def pauses_seconds() -> Iterator[float]:
    """Yield the pauses between looks: 2 s at first, then 5 s, then 15 s for ever, each a little off the beat."""
    for pause, times in ((2.0, 5), (5.0, 12), (15.0, 2**31)):
        for _ in range(times):
            yield pause * random.uniform(0.9, 1.1)


class Follow:
    """Watches ACCEPTED intents to their end and has UNKNOWN ones reconciled; runs as a resident task.

    ``ended`` is called after each end: vault, resources and backups are others now than the lists say.
    """

    def __init__(
        self,
        ledger: Ledger,
        records: Records,
        cloud: Cloud,
        clock: Clock,
        outbox: Outbox,
        reconcile: Reconcile,
        ended: Callable[[], None] = lambda: None,
        pauses: Callable[[], Iterator[float]] = pauses_seconds,
    ) -> None:
        self._ledger = ledger
        self._records = records
        self._cloud = cloud
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
                # its vault may take its next request now
                self._outbox.vault_freed()
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
            seen = None
            with suppress(HouseError):
                seen = await self._look(self._ledger.intents[id])
            outcome = outcome_of(self._ledger, self._ledger.intents[id])
            is_doubtful = outcome is not None and outcome.is_over and seen == CheckpointStatus.PROTECTING
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
        with suppress(HouseError):
            await self.reconcile.look_for_elder(self._ledger.intents[id])

    async def _look(self, intent: Intent) -> CheckpointStatus | str | None:
        """Read the tasks, the backups where tasks tell nothing, and the checkpoint when all that is known has ended.

        Returns the state that the checkpoint was read in, ``None`` when it was not read. Raises ``CloudError`` when it
        could not be; what could be read is in the ledger all the same.
        """
        checkpoint = intent.checkpoint
        assert checkpoint is not None  # noqa: S101  # an accepted intent has one
        failure = await self._read_tasks(intent, checkpoint.id)
        if failure is not None or not self._ledger.tasks_of(checkpoint.id):
            await self._read_backups(intent, checkpoint.id)
        outcome = outcome_of(self._ledger, intent)
        if failure is None and outcome is not None and not outcome.is_over and self._ledger.tasks_of(checkpoint.id):
            return None
        seen = await self._cloud.checkpoint(checkpoint.id)
        self._learn(intent, seen)
        return seen.status

    async def _read_tasks(self, intent: Intent, id: CheckpointId) -> CloudError | None:
        """Read the tasks of a checkpoint; return why that cannot be."""
        since = searched_since(intent, self._ledger.connection)
        try:
            tasks = (await self._cloud.tasks(since=since, operation_type=TaskType.BACKUP)).rows
        except CloudError as error:
            return error
        self._ledger.merge_tasks(task for task in tasks if task.checkpoint_id == id)
        return None

    async def _read_backups(self, intent: Intent, id: CheckpointId) -> None:
        """Read the backups of a checkpoint, which tell what became of it where tasks do not; they may be kept too."""
        with suppress(CloudError):
            backups = (await self._cloud.backups(vault_id=intent.target.vault_id, checkpoint_id=id)).rows
            self._ledger.put_backups_of(id, [backup for backup in backups if backup.checkpoint_id == id])

    def _learn(self, intent: Intent, seen: Checkpoint) -> None:
        """Take over the status; a later look may tell less than the first answer, and then the first answer stays."""
        now = self._ledger.intents[intent.id]
        held = now.checkpoint
        if held is None or held.status == seen.status:
            return
        checkpoint = replace(held, status=seen.status, accepted=held.accepted or seen.accepted)
        self._put(replace(now, checkpoint=checkpoint, changed_at=self._clock.now()))

    def _finish(self, intent: Intent, outcome: Outcome | None) -> None:
        kept = outcome and replace(outcome, resources=tuple(replace(each, task=None) for each in outcome.resources))
        self._put(intent.moved(IntentState.FINISHED, self._clock.now(), outcome=kept))
        self._outbox.vault_freed()
        self._ended()

    def _put(self, intent: Intent) -> None:
        with suppress(HouseError):  # a state that the service will tell again may be lost; the request may not
            self._records.save(intent)
        self._ledger.put_intent(intent)


def _is_resting(intent: Intent) -> bool:
    """Whether a search for an intent has ended, in this life of the program or one before, and left it UNKNOWN."""
    return intent.state is IntentState.UNKNOWN and intent.note in (AMBIGUOUS, NO_CLOCK)


def _doubted(outcome: Outcome) -> Outcome:
    """Return an outcome whose successes nobody can rely on, since the checkpoint itself is not called done."""
    lines = (replace(each, fate=Fate.UNCERTAIN) if each.fate is Fate.DONE else each for each in outcome.resources)
    return replace(outcome, resources=tuple(lines))


def _is_late(outcome: Outcome, looks: int) -> bool:
    """Whether something is missing that may yet appear: tasks, or the end of the checkpoint itself."""
    is_missing = outcome.count(Fate.UNCERTAIN) > 0 or outcome.status == CheckpointStatus.PROTECTING
    return is_missing and looks < _LATE_LOOKS
