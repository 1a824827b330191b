"""Reconciling: finding out by reading whether a request whose answer was lost became a checkpoint.

Looked for are the tasks and backups that the request would have made: by its name where it had one, else by vault,
resources and time. What is found settles the intent as ACCEPTED; nothing found after all looks makes it NOT_FOUND, and
only a person asks again.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import AcceptedResource, Checkpoint, CheckpointDraft, CheckpointStatus
from cbr_desktop.domain.error import Forbidden, HouseError, NotFound
from cbr_desktop.domain.ids import CheckpointId, IntentId, ResourceId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.task import Task, TaskType
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.ports import Clock, Cloud, Records

LOOKS_SECONDS = (0.0, 5.0, 10.0, 15.0, 30.0, 60.0, *([60.0] * 28))
"""The pauses before each look: about half an hour in all."""
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

    async def settle(self, id: IntentId) -> None:
        """Look until the intent is found or every look was in vain."""
        looked = 0
        for pause in LOOKS_SECONDS:
            await self._clock.sleep(pause)
            try:
                found = await self.look(self._ledger.intents[id])
            except HouseError:
                continue
            looked += 1
            if found is not None:
                self._move(id, IntentState.ACCEPTED, found)
                return
        if looked:
            self._move(id, IntentState.NOT_FOUND, None)

    async def look(self, intent: Intent) -> Checkpoint | None:
        """Look once; return the checkpoint that the request made, or ``None``. Raises ``CloudError``."""
        since = (intent.sent_at or intent.created_at) - _BEFORE
        draft = _draft(intent)
        try:
            tasks = [t for t in (await self._cloud.tasks(since=since)).rows if self._is_of(t, intent, draft)]
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
        for backup in (await self._cloud.backups(vault_id=intent.target.vault_id, since=since)).rows:
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
        if intent.state is not IntentState.UNKNOWN:
            return
        moved = intent.moved(state, self._clock.now(), checkpoint=checkpoint, note="reconciled")
        self._records.save(moved)
        self._ledger.put_intent(moved)
        self._vault_freed()


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
