"""The outcome of a checkpoint: what became of every resource, so that no half success reads like a whole one."""

from collections.abc import Iterable
from enum import Enum, auto

from msgspec import Struct

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.checkpoint import (
    AcceptedResource,
    Checkpoint,
    CheckpointStatus,
    ResourceChoice,
    SkippedResource,
)
from cbr_desktop.domain.ids import ResourceId
from cbr_desktop.domain.redaction import redact_fields
from cbr_desktop.domain.task import Task, TaskStatus


class Fate(Enum):
    """What became of one resource of a checkpoint."""

    WAITING = auto()
    RUNNING = auto()
    DONE = auto()
    FAILED = auto()
    SKIPPED = auto()
    UNCERTAIN = auto()
    """The checkpoint has ended and neither a task nor a backup tells about this resource."""


class ResourceOutcome(Struct, frozen=True):
    """One resource's line; ``code`` and ``message`` are the service's, empty while all is well."""

    id: ResourceId
    name: str
    type: str
    fate: Fate
    status: str = ""
    progress_percent: int | None = None
    code: str = ""
    message: str = ""
    task: Task | None = None

    def __post_init__(self) -> None:
        redact_fields(self, "code", "message")

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to this resource."""
        return self.fate not in (Fate.WAITING, Fate.RUNNING)


class Outcome(Struct, frozen=True):
    """The lines of a checkpoint: accepted resources in the service's order, then the skipped ones."""

    resources: tuple[ResourceOutcome, ...]
    status: CheckpointStatus | str

    def count(self, *fates: Fate) -> int:
        """Return how many resources met one of ``fates``."""
        return sum(resource.fate in fates for resource in self.resources)

    @property
    def total(self) -> int:
        """How many resources were asked for, skipped ones included."""
        return len(self.resources)

    @property
    def is_over(self) -> bool:
        """Whether every resource has ended."""
        return all(resource.is_over for resource in self.resources)

    @property
    def is_under_way(self) -> bool:
        """Whether the checkpoint itself has not ended, whatever its resources say."""
        return self.status == CheckpointStatus.PROTECTING

    @property
    def is_failed(self) -> bool:
        """Whether the checkpoint itself has failed, whatever its resources say."""
        return self.status in (CheckpointStatus.ERROR, CheckpointStatus.ERROR_DELETING)

    @property
    def is_whole(self) -> bool:
        """Whether every resource asked for has a good backup: the only thing that may be called success."""
        return bool(self.resources) and self.count(Fate.DONE) == self.total

    @property
    def progress_percent(self) -> int:
        """The mean progress of the accepted resources, 0 to 100; 100 when none was accepted."""
        accepted = [resource for resource in self.resources if resource.fate is not Fate.SKIPPED]
        if not accepted:
            return 100
        return sum(100 if r.is_over else r.progress_percent or 0 for r in accepted) // len(accepted)


def single(id: str, name: str, fate: Fate, status: str) -> Outcome:
    """Return the outcome of a change of one thing."""
    return Outcome((ResourceOutcome(ResourceId(id), name, "", fate, status),), status)


def of_task(id: str, name: str, task: Task) -> Outcome:
    """Return the outcome of a change of one thing that one task carries out."""
    return Outcome((_line(ResourceId(id), name or task.resource_name, task.resource_type, task),), task.status)


def outcome(
    checkpoint: Checkpoint,
    tasks: Iterable[Task],
    backups: Iterable[Backup] = (),
    asked: Iterable[ResourceChoice] = (),
) -> Outcome:
    """Join what the service answered with the tasks of that checkpoint; other checkpoints' tasks are ignored.

    ``backups`` tell of resources of which no task does. Of ``asked`` those that the answer does not name are uncertain.
    """
    newest: dict[str, Task] = {}
    for task in tasks:
        if task.checkpoint_id == checkpoint.id and task.resource_id is not None:
            held = newest.get(task.resource_id)
            if held is None or (task.created_at and held.created_at and task.created_at > held.created_at):
                newest[task.resource_id] = task
    made = {backup.resource_id: backup for backup in backups if backup.checkpoint_id == checkpoint.id}
    ended = checkpoint.status not in (CheckpointStatus.PROTECTING, "")
    lines = [_accepted(each, newest.get(each.id), made.get(each.id), ended) for each in checkpoint.accepted]
    named = {line.id for line in lines} | {resource.id for resource in checkpoint.skipped}
    lines += [_found(task) for id, task in newest.items() if id not in named]
    lines += [_made(each) for id, each in made.items() if id not in named and id not in newest]
    lines += map(_skipped, checkpoint.skipped)
    told = {line.id.lower() for line in lines}
    lines += [_unnamed(each, ended) for each in asked if each.id.lower() not in told]
    return Outcome(tuple(lines), checkpoint.status)


def fate_of_task(task: Task) -> Fate:
    """Return what became of the resource that a task works on."""
    return _FATES.get(task.status, Fate.RUNNING)


def fate_of_backup(backup: Backup) -> Fate:
    """Return what became of the resource that a backup is of, once its checkpoint has ended."""
    return _BACKUP_FATES.get(backup.status, Fate.UNCERTAIN)


def _accepted(resource: AcceptedResource, task: Task | None, backup: Backup | None, ended: bool) -> ResourceOutcome:
    if task is None and backup is not None:
        return _backed_up(resource.id, resource.name or backup.resource_name, resource.type, backup, ended)
    if task is None:
        fate = Fate.UNCERTAIN if ended else Fate.WAITING
        return ResourceOutcome(resource.id, resource.name, resource.type, fate)
    return _line(resource.id, resource.name or task.resource_name, resource.type, task)


def _found(task: Task) -> ResourceOutcome:
    return _line(ResourceId(task.resource_id or ""), task.resource_name, task.resource_type, task)


def _made(backup: Backup) -> ResourceOutcome:
    return _backed_up(backup.resource_id, backup.resource_name, backup.resource_type, backup, False)


def _backed_up(id: ResourceId, name: str, type: str, backup: Backup, ended: bool) -> ResourceOutcome:
    fate = _BACKUP_FATES.get(backup.status, Fate.UNCERTAIN if ended else Fate.RUNNING)
    return ResourceOutcome(id, name, type, fate, backup.status)


def _unnamed(choice: ResourceChoice, ended: bool) -> ResourceOutcome:
    """Return the line of a resource that was asked for and of which the service says nothing."""
    return ResourceOutcome(choice.id, choice.name, choice.type, Fate.UNCERTAIN if ended else Fate.WAITING)


def _line(id: ResourceId, name: str, type: str, task: Task) -> ResourceOutcome:
    return ResourceOutcome(
        id, name, type, fate_of_task(task), task.status, task.progress_percent, task.code, task.message, task
    )


_FATES: dict[str, Fate] = {
    TaskStatus.WAITING: Fate.WAITING,
    TaskStatus.RUNNING: Fate.RUNNING,
    TaskStatus.SUCCESS: Fate.DONE,
    TaskStatus.FAILED: Fate.FAILED,
    TaskStatus.TIMEOUT: Fate.FAILED,
    TaskStatus.SKIPPED: Fate.SKIPPED,
}


_BACKUP_FATES: dict[str, Fate] = {
    BackupStatus.WAITING_PROTECT: Fate.WAITING,
    BackupStatus.PROTECTING: Fate.RUNNING,
    BackupStatus.AVAILABLE: Fate.DONE,
    BackupStatus.WAITING_RESTORE: Fate.DONE,
    BackupStatus.RESTORING: Fate.DONE,
    BackupStatus.ERROR: Fate.FAILED,
    BackupStatus.WAITING_DELETE: Fate.UNCERTAIN,
    BackupStatus.DELETING: Fate.UNCERTAIN,
}


def _skipped(resource: SkippedResource) -> ResourceOutcome:
    return ResourceOutcome(
        resource.id, resource.name, resource.type, Fate.SKIPPED, code=resource.code, message=resource.reason
    )
