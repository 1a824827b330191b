"""The list of restore points, which the service does not have: put together from tasks, backups and own requests.

Tasks tell of the last thirty days, who made it and what failed; backups of what is still there, however old; a request
of this program of its name, of what was skipped, and for ever.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cbr_desktop.domain.backup import BEING_DELETED, Backup
from cbr_desktop.domain.ids import CheckpointId, ResourceId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome, fate_of_backup, fate_of_task
from cbr_desktop.domain.restore_point import Maker, PointState, RestorePoint
from cbr_desktop.domain.task import MAKES_CHECKPOINTS, Task, TaskType
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.outcomes import outcome_of

_PIECE_ROWS = 2_000
_PIECE_POINTS = 500
_SUFFIX = re.compile(r"(.+?)[-_]\d{4}\Z")
"""What the service puts behind the name of a checkpoint for each of several resources."""
_REPLICA = "replication"
_AT_WORK = frozenset({Fate.WAITING, Fate.RUNNING})


@dataclass(slots=True)
class _Traces:
    """What tells of one restore point."""

    tasks: list[Task] = field(default_factory=list)
    backups: list[Backup] = field(default_factory=list)
    intent: Intent | None = None


def restore_points(ledger: Reading) -> Iterator[list[RestorePoint] | None]:
    """Yield the restore points, before that ``None`` a few times, so that something else may be done meanwhile.

    They come in the order of their backups, newest first as the service lists these, then those that have none.
    """
    backups, tasks, intents = ledger.backups.values(), ledger.tasks.values(), list(ledger.intents.values())
    traces: dict[CheckpointId, _Traces] = {}
    last: CheckpointId | None = None
    held: list[Backup] = []
    for number, backup in enumerate(backups, 1):
        id = backup.checkpoint_id
        if id is not None:
            if id is not last:  # those of one checkpoint follow one another
                last, held = id, _of(traces, id).backups
            held.append(backup)
        if not number % _PIECE_ROWS:
            yield None
    for number, task in enumerate(tasks, 1):
        if task.checkpoint_id is not None and task.type in MAKES_CHECKPOINTS:
            _of(traces, task.checkpoint_id).tasks.append(task)
        if not number % _PIECE_ROWS:
            yield None
    for intent in intents:
        if intent.checkpoint is not None:
            _of(traces, intent.checkpoint.id).intent = intent
    points: list[RestorePoint] = []
    for id, found in traces.items():
        points.append(restore_point(id, found.tasks, found.backups, found.intent, ledger))
        if not len(points) % _PIECE_POINTS:
            yield None
    yield points


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


def _of(traces: dict[CheckpointId, _Traces], id: CheckpointId) -> _Traces:
    found = traces.get(id)
    if found is None:
        found = traces[id] = _Traces()
    return found


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
