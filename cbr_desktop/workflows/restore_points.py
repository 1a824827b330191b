"""The list of restore points, which the service does not have: put together from tasks, backups and own requests.

Tasks tell of the last thirty days, who made it and what failed; backups of what is still there, however old; a request
of this program of its name, of what was skipped, and for ever.
"""

import re
from collections.abc import Container, Generator, Mapping, Sequence
from datetime import datetime
from operator import is_
from typing import cast

from msgspec import Struct, field

from cbr_desktop.domain.backup import BEING_DELETED, Backup
from cbr_desktop.domain.ids import BackupId, CheckpointId, IntentId, ResourceId, TaskId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome, fate_of_backup, fate_of_task
from cbr_desktop.domain.restore_point import Maker, PointState, RestorePoint
from cbr_desktop.domain.task import MAKES_CHECKPOINTS, Task, TaskType
from cbr_desktop.domain.vault import Vault
from cbr_desktop.workflows.derived import PIECE_ROWS, changed, pieces
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.outcomes import outcome_of

_PIECE_POINTS = 100
_SUFFIX = re.compile(r"(.+?)[-_]\d{4}\Z")
"""What the service puts behind the name of a checkpoint for each of several resources."""
_REPLICA = "replication"
_AT_WORK = frozenset({Fate.WAITING, Fate.RUNNING})


class _CheckpointTraces(Struct):
    """What tells of one restore point."""

    tasks: list[Task] = field(default_factory=list)
    backups: list[Backup] = field(default_factory=list)


class RestorePoints:
    """The restore points of a ledger, kept: those alone are put together anew of which something tells otherwise."""

    def __init__(self, ledger: Reading) -> None:
        self._ledger = ledger
        self._backups: Mapping[BackupId, Backup] = {}
        self._tasks: Mapping[TaskId, Task] = {}
        self._vaults: Mapping[VaultId, Vault] = {}
        self._intents: Mapping[IntentId, Intent] = {}
        self._followed: Mapping[CheckpointId, Sequence[Backup]] = {}
        self._kept: dict[CheckpointId, RestorePoint] = {}
        self.points: list[RestorePoint] = []
        """In the order of their backups, newest first as the service lists these, then those that have none.

        It is replaced, not changed, and stays the same where no point is another.
        """

    def follow(self) -> Generator[None, None, None]:
        """Take over what has changed, in pieces."""
        ledger = self._ledger
        backups, tasks, vaults, intents = ledger.backups, ledger.tasks, ledger.vaults, dict(ledger.intents)
        own = {each.checkpoint.id: each for each in intents.values() if each.checkpoint is not None}
        followed = {id: ledger.backups_of(id) for id in own}
        touched = yield from self._touched(backups, tasks, vaults, intents)
        touched |= yield from changed(self._followed, followed)
        traces = yield from _traces(backups, tasks, own, touched)
        kept: dict[CheckpointId, RestorePoint] = {}
        for number, (id, found) in enumerate(traces.items(), 1):
            before = self._kept.get(id)
            if found is None and before is not None:
                kept[id] = before
            else:
                made_of, told_by = (found.backups, found.tasks) if found is not None else ([], [])
                made = restore_point(id, told_by, made_of, own.get(id), ledger)
                kept[id] = before if before is not None and before == made else made
            if not number % (_PIECE_POINTS if found is not None else PIECE_ROWS):
                yield
        points = list(kept.values())
        if len(points) != len(self.points) or not all(map(is_, points, self.points)):
            self.points = points
        self._kept, self._intents, self._followed = kept, intents, followed
        self._backups, self._tasks, self._vaults = backups, tasks, vaults

    def _touched(
        self,
        backups: Mapping[BackupId, Backup],
        tasks: Mapping[TaskId, Task],
        vaults: Mapping[VaultId, Vault],
        intents: Mapping[IntentId, Intent],
    ) -> Generator[None, None, set[CheckpointId]]:
        """Return the restore points of which something tells otherwise than before."""
        touched: set[CheckpointId | None] = set()
        for piece in pieces((yield from changed(self._backups, backups))):
            for backups_then in (self._backups, backups):
                touched.update([each.checkpoint_id for id in piece if (each := backups_then.get(id)) is not None])
            yield
        for some in pieces((yield from changed(self._tasks, tasks))):
            for tasks_then in (self._tasks, tasks):
                touched.update([task.checkpoint_id for id in some if (task := tasks_then.get(id)) is not None])
            yield
        for id in (yield from changed(self._intents, intents)):
            for intent in (self._intents.get(id), intents.get(id)):
                touched.add(intent.checkpoint.id if intent is not None and intent.checkpoint is not None else None)
        vault_ids = yield from changed(self._vaults, vaults)
        renamed = {id for id in vault_ids if _name_in(self._vaults, id) != _name_in(vaults, id)}
        if renamed and self._kept:
            touched.update([id for id, point in self._kept.items() if point.vault_id in renamed])
        touched.discard(None)
        return cast("set[CheckpointId]", touched)


def _name_in(vaults: Mapping[VaultId, Vault], id: VaultId) -> str:
    return vaults[id].name if id in vaults else ""


def _traces(
    backups: Mapping[BackupId, Backup],
    tasks: Mapping[TaskId, Task],
    own: Mapping[CheckpointId, Intent],
    touched: Container[CheckpointId],
) -> Generator[None, None, dict[CheckpointId, _CheckpointTraces | None]]:
    """Return all restore points in their order, with what tells of those that are ``touched``."""
    traces: dict[CheckpointId, _CheckpointTraces | None] = {}
    last: CheckpointId | None = None
    held: _CheckpointTraces | None = None
    for piece in pieces(backups.values()):
        for backup in piece:
            id = backup.checkpoint_id
            if id is not last and id is not None:  # those of one checkpoint follow one another
                held = _of(traces, id, touched)
            last = id
            if held is not None and id is not None:
                held.backups.append(backup)
        yield
    for some in pieces(tasks.values()):
        for task in some:
            if task.checkpoint_id is not None and task.type in MAKES_CHECKPOINTS:
                found = _of(traces, task.checkpoint_id, touched)
                if found is not None:
                    found.tasks.append(task)
        yield
    for id in own:
        _of(traces, id, touched)
    return traces


def _of(
    traces: dict[CheckpointId, _CheckpointTraces | None], id: CheckpointId, touched: Container[CheckpointId]
) -> _CheckpointTraces | None:
    if id not in traces:
        traces[id] = _CheckpointTraces() if id in touched else None
    return traces[id]


def restore_point(
    id: CheckpointId, tasks: Sequence[Task], backups: Sequence[Backup], intent: Intent | None, ledger: Reading
) -> RestorePoint:
    """Return what is told of one restore point."""
    outcome = outcome_of(ledger, intent) if intent is not None else None
    fates = [line.fate for line in outcome.resources] if outcome is not None else list(_fates(tasks, backups).values())
    skipped = fates.count(Fate.SKIPPED)
    vault_id, vault_name = _vault(tasks, backups, intent)
    if not vault_name and vault_id is not None and vault_id in ledger.vaults:
        vault_name = ledger.vaults[vault_id].name
    is_running = not _AT_WORK.isdisjoint(fates)
    policy_id = next((task.policy_id for task in tasks if task.policy_id is not None), None)
    return RestorePoint(
        id,
        _name(tasks, backups, intent),
        vault_id,
        vault_name,
        _state(fates),
        len(fates) - skipped,
        fates.count(Fate.FAILED),
        skipped if outcome is not None or skipped else None,
        len(backups),
        _progress(tasks, outcome) if is_running else 100,
        _started_at(tasks, backups, intent),
        None if is_running else max((task.ended_at for task in tasks if task.ended_at is not None), default=None),
        _maker(tasks, backups, intent),
        intent.by if intent is not None else "",
        policy_id,
        intent.id if intent is not None else None,
        intent.draft if intent is not None else "",
    )


def _fates(tasks: Sequence[Task], backups: Sequence[Backup]) -> Mapping[ResourceId | None, Fate]:
    """Return what became of each resource: by its newest task, or by its backup where no task tells of it."""
    if len(tasks) == 1 and len(backups) <= 1:
        return {tasks[0].resource_id: fate_of_task(tasks[0])}
    # one that is being deleted has been made before
    fates: dict[ResourceId | None, Fate] = {
        backup.resource_id: Fate.DONE if backup.status in BEING_DELETED else fate_of_backup(backup)
        for backup in backups
    }
    for task in sorted(tasks, key=_began_at):
        fates[task.resource_id] = fate_of_task(task)
    return fates


def _state(fates: Sequence[Fate]) -> PointState:
    kinds = set(fates)
    if not _AT_WORK.isdisjoint(kinds):
        return PointState.RUNNING
    if Fate.DONE in kinds:
        return PointState.FINISHED if len(kinds) == 1 else PointState.PARTIAL
    return PointState.FAILED if kinds & {Fate.FAILED, Fate.SKIPPED} else PointState.UNKNOWN


def _name(tasks: Sequence[Task], backups: Sequence[Backup], intent: Intent | None) -> str:
    """Return the name without what the service puts behind it for each of several resources."""
    if intent is not None and intent.name:
        return intent.name
    names = [each.name for each in backups] or [task.backup_name for task in tasks if task.backup_name]
    if len(names) < 2:
        return names[0] if names else ""
    stems = {match[1] if (match := _SUFFIX.match(name)) else name for name in names}
    return stems.pop() if len(stems) == 1 else names[0]


def _vault(tasks: Sequence[Task], backups: Sequence[Backup], intent: Intent | None) -> tuple[VaultId | None, str]:
    for task in tasks:
        if task.vault_id is not None:
            return task.vault_id, task.vault_name
    if backups:
        return backups[0].vault_id, ""
    return (intent.change.vault_id, intent.subject.name) if intent is not None else (None, "")


def _started_at(tasks: Sequence[Task], backups: Sequence[Backup], intent: Intent | None) -> datetime | None:
    begun = [task.began_at for task in tasks if task.began_at is not None]
    begun = begun or [backup.created_at for backup in backups if backup.created_at is not None]
    return min(begun) if begun else intent.sent_at if intent is not None else None


def _progress(tasks: Sequence[Task], outcome: Outcome | None) -> int:
    if outcome is not None:
        return outcome.progress_percent
    return sum(100 if task.is_over else task.progress_percent or 0 for task in tasks) // max(1, len(tasks))


def _maker(tasks: Sequence[Task], backups: Sequence[Backup], intent: Intent | None) -> Maker:
    if intent is not None:
        return Maker.PROGRAM
    if any(backup.image_type == _REPLICA for backup in backups) or any(task.type != TaskType.BACKUP for task in tasks):
        return Maker.REPLICATION
    is_automatic = any(backup.auto for backup in backups) or any(task.policy_id is not None for task in tasks)
    return Maker.POLICY if is_automatic else Maker.PERSON


def _began_at(task: Task) -> float:
    return task.began_at.timestamp() if task.began_at is not None else 0.0
