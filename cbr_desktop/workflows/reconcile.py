"""Reconciling: finding out by reading whether a request whose answer was lost became a checkpoint.

Looked for are the tasks and backups that the request would have made: by its name where it had one, else by vault,
resources and time. What is found settles the intent as ACCEPTED; nothing found after all looks makes it NOT_FOUND, and
only a person asks again. Where, how often and when it was looked for stays with the intent, for that person to see.

A person who asks again keeps the name. Should the first request have come late after all, both are found and each is
told of the other: they are twins.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from cbr_desktop.domain import request
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.checkpoint import AcceptedResource, Checkpoint, CheckpointDraft, CheckpointStatus
from cbr_desktop.domain.error import CloudError, Forbidden, HouseError, NotFound
from cbr_desktop.domain.ids import CheckpointId, IntentId, ResourceId
from cbr_desktop.domain.intent import Intent, IntentState, Looked
from cbr_desktop.domain.task import Task, TaskType
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.ports import Clock, Cloud, Records

LOOKS_SECONDS = (0.0, 5.0, 10.0, 15.0, 30.0, 60.0, *([60.0] * 28))
"""The pauses before each look: about half an hour in all."""
KEEP_SECONDS = 2.0
"""How long the notes of looks that found nothing wait for those of others, so that the disk is waited for once.

Nothing rests on them: what was looked for in vain is looked for again after a power cut.
"""
_BEFORE = timedelta(minutes=15)
"""How far before the sending is looked, for clocks that disagree."""


class Reconcile:
    """Settles UNKNOWN intents; ``vault_freed`` is called when one is settled, since its vault may be free again."""

    def __init__(
        self, ledger: Ledger, records: Records, cloud: Cloud, clock: Clock, vault_freed: Callable[[], None]
    ) -> None:
        self._ledger = ledger
        self._records = records
        self._cloud = cloud
        self._clock = clock
        self._vault_freed = vault_freed
        self._unkept: set[IntentId] = set()
        self._noted = asyncio.Event()

    async def keep_notes(self) -> None:
        """Keep what is noted of looks, that of many at once, for ever; runs as a resident task."""
        try:
            while True:
                await self._noted.wait()
                await self._clock.sleep(KEEP_SECONDS)
                self.keep_now()
        finally:
            self.keep_now()

    def keep_now(self) -> None:
        """Keep all that is noted of looks and not on the disk."""
        self._noted.clear()
        unkept = [self._ledger.intents[id] for id in sorted(self._unkept)]
        self._unkept.clear()
        if unkept:
            with suppress(HouseError):
                self._records.save_all(unkept)

    async def settle(self, id: IntentId) -> None:
        """Look until the intent is found or every look was in vain; the last one must have been possible.

        Otherwise it is UNKNOWN still: what could not be read proves nothing.
        """
        was_possible = False
        for pause in LOOKS_SECONDS:
            await self._clock.sleep(pause)
            try:
                if await self._once(id):
                    return
                was_possible = True
            except HouseError:
                was_possible = False
        if was_possible:
            self._move(id, IntentState.NOT_FOUND, None)

    async def once(self, id: IntentId) -> bool:
        """Look once, keep that, and take over what is found; tell whether it was. Raises ``CloudError``."""
        try:
            return await self._once(id)
        finally:
            self.keep_now()

    async def _once(self, id: IntentId) -> bool:
        found = await self.look(self._ledger.intents[id])
        if found is None:
            return False
        self._move(id, IntentState.ACCEPTED, found)
        self._tell_twins(id)
        return True

    async def look_for_elder(self, intent: Intent) -> None:
        """Look once more for the request that ``intent`` was sent in place of: it may have come late.

        Raises ``CloudError``.
        """
        elder = self._ledger.intents.get(intent.retry_of) if intent.retry_of is not None else None
        if elder is not None and elder.state is IntentState.NOT_FOUND and elder.name == intent.name:
            await self.once(elder.id)

    async def look(self, intent: Intent) -> Checkpoint | None:
        """Look once; return the checkpoint that the request made, or ``None``. Raises ``CloudError``."""
        since = (intent.sent_at or intent.created_at) - _BEFORE
        draft = _draft(intent)
        try:
            with self._noting(intent.id, "tasks", since):
                read = (await self._cloud.tasks(since=since)).rows
            tasks = sorted((t for t in read if self._is_of(t, intent, draft)), key=partial(_distance, intent))
        except Forbidden:
            tasks = []
        if tasks:
            self._ledger.merge_tasks(tasks)
            return await self._checkpoint(tasks[0].checkpoint_id, tasks)
        return await self._by_backups(intent, draft, since)

    def _is_of(self, task: Task, intent: Intent, draft: CheckpointDraft) -> bool:
        """Whether a task can only come from this intent, which asked for ``draft``."""
        if task.checkpoint_id is None or task.policy_id != draft.policy_id or task.type != TaskType.BACKUP:
            return False
        if task.vault_id not in (None, intent.target.vault_id) or self._is_taken(task.checkpoint_id, intent):
            return False
        if intent.name:
            return _is_named(task.backup_name, intent.name)
        return task.vault_id is not None and _could_be(task.resource_id, task.created_at, intent, draft)

    async def _by_backups(self, intent: Intent, draft: CheckpointDraft, since: datetime) -> Checkpoint | None:
        with self._noting(intent.id, "backups", since):
            backups = (await self._cloud.backups(vault_id=intent.target.vault_id, since=since)).rows
        for backup in sorted(backups, key=partial(_distance, intent)):
            taken = backup.checkpoint_id is None or self._is_taken(backup.checkpoint_id, intent)
            if taken or backup.auto != draft.auto_trigger:
                continue
            if intent.name:
                is_it = _is_named(backup.name, intent.name)
            else:
                is_it = _could_be(backup.resource_id, backup.created_at, intent, draft)
            if is_it:
                return await self._checkpoint(backup.checkpoint_id, [])
        return None

    async def _checkpoint(self, id: CheckpointId | None, tasks: list[Task]) -> Checkpoint:
        assert id is not None  # noqa: S101  # both callers have made sure of one
        try:
            checkpoint = await self._cloud.checkpoint(id)
        except NotFound:
            checkpoint = Checkpoint(id, CheckpointStatus.PROTECTING)
        if checkpoint.accepted or not tasks:
            return checkpoint
        accepted = tuple(
            AcceptedResource(ResourceId(task.resource_id or ""), task.resource_type, task.resource_name)
            for task in tasks
            if task.checkpoint_id == id
        )
        return replace(checkpoint, accepted=accepted)

    def _is_taken(self, id: CheckpointId, intent: Intent) -> bool:
        """Whether another intent is known to have made this checkpoint."""
        others = (other for other in self._ledger.intents.values() if other.id != intent.id)
        return any(other.checkpoint is not None and other.checkpoint.id == id for other in others)

    def _move(self, id: IntentId, state: IntentState, checkpoint: Checkpoint | None) -> None:
        intent = self._ledger.intents[id]
        if intent.state not in (IntentState.UNKNOWN, IntentState.NOT_FOUND) or intent.state is state:
            return
        self._put(intent.moved(state, self._clock.now(), checkpoint=checkpoint, note="reconciled"))
        self._vault_freed()

    def _tell_twins(self, id: IntentId) -> None:
        """Tell the requests that were sent one for the other, and that all came to be, of each other's checkpoints."""
        family = [each for each in self._family(id) if each.checkpoint is not None]
        for each in family:
            others = (other.checkpoint for other in family if other.id != each.id)
            twins = tuple(sorted({other.id for other in others if other is not None}))
            if twins != each.twins:
                self._put(replace(each, twins=twins))

    def _family(self, id: IntentId) -> list[Intent]:
        """Return the intents of one name that were sent in place of each other, ``id`` among them."""
        intents = self._ledger.intents
        found = {id}
        while True:
            more = {i.retry_of for i in intents.values() if i.id in found and i.retry_of in intents}
            more |= {i.id for i in intents.values() if i.retry_of in found}
            more = {each for each in more if each is not None and intents[each].name == intents[id].name} - found
            if not more:
                return [intents[each] for each in found]
            found |= more

    @contextmanager
    def _noting(self, id: IntentId, where: str, since: datetime) -> Iterator[None]:
        """Note in the intent that it is looked for, and with what success; it is kept with the next change, or soon."""
        try:
            yield
        except CloudError as error:
            self._note(id, where, since, type(error).__name__)
            raise
        self._note(id, where, since, "")

    def _note(self, id: IntentId, where: str, since: datetime, failure: str) -> None:
        intent, now = self._ledger.intents[id], self._clock.now()
        found = next((each for each in intent.looked if each.where == where), Looked(where, since))
        if failure:
            found = replace(found, failures=found.failures + 1, failure=failure)
        else:
            found = replace(found, times=found.times + 1, first_at=found.first_at or now, last_at=now)
        looked = (*(each for each in intent.looked if each.where != where), found)
        self._ledger.put_intent(replace(intent, looked=looked))
        self._unkept.add(id)
        self._noted.set()

    def _put(self, intent: Intent) -> None:
        """Show and keep an intent; what was found can be found again, so a full disk is no hindrance."""
        self._unkept.discard(intent.id)
        with suppress(HouseError):
            self._records.save(intent)
        self._ledger.put_intent(intent)


def _distance(intent: Intent, row: Task | Backup) -> timedelta:
    """Return how far a row is from the sending: of several with one name, the nearest is it most likely."""
    sent_at = intent.sent_at or intent.created_at
    return abs(row.created_at - sent_at) if row.created_at is not None else timedelta.max


def _is_named(found: str, name: str) -> bool:
    """Whether a backup's name is ``name``, or that with the number that the service adds for several resources."""
    return found == name or re.fullmatch(re.escape(name) + r"[-_]\d{4}", found) is not None


def _could_be(resource_id: str | None, at: datetime | None, intent: Intent, draft: CheckpointDraft) -> bool:
    """Judge by resources and time alone, for a backup that the service named."""
    sent_at = intent.sent_at or intent.created_at
    if at is None or at < sent_at - timedelta(seconds=60):
        return False
    return draft.resources is None or any(choice.id == resource_id for choice in draft.resources)


def _draft(intent: Intent) -> CheckpointDraft:
    """Return what the intent asked for; of a body that this version cannot read, the vault and the name alone."""
    document, _ = request.read(intent.body)
    return document.draft if document else CheckpointDraft(intent.target.vault_id, name=intent.name)
