"""What time does to checkpoints and deletions under way: progress, states and sizes, computed up to the present."""

from datetime import datetime, timedelta

from . import jobs
from .entities import Backup, Checkpoint, Part, Resource, Run, Task, Vault
from .inventory import Estate
from .jobs import Job

WAITING = 0.05
"""Share of a checkpoint's time after which the first resource starts."""
STAGGER = 0.2
"""Share of the time within which the other resources start, and within which they end."""
FULL_SHARE = 0.35
"""Part of a resource's size that a full backup stores, as zero blocks are not stored."""


def settle(estate: Estate, now: datetime) -> None:
    """Bring every running checkpoint and every job of the account up to `now`; those that are through are closed."""
    for run in list(estate.runs):
        elapsed = (now - run.started_at).total_seconds()
        moved = [_move(run, part, elapsed, now) for part in run.parts if not part.done]
        if any(moved):
            estate.changed()
        if all(part.done for part in run.parts):
            _close(estate, run)
    jobs.settle(estate.jobs, now)


def _close(estate: Estate, run: Run) -> None:
    estate.runs.remove(run)
    whole = any(part.task.status == "success" for part in run.parts)
    run.checkpoint.status = "available" if whole or not run.parts else "error"


def _move(run: Run, part: Part, elapsed: float, now: datetime) -> bool:
    """Whether the part is further than it was."""
    before = (part.task.status, part.task.progress)
    progress = _progress(part, elapsed)
    if elapsed >= part.starts and progress is not None:
        _advance(run, part, progress, now)
    return (part.task.status, part.task.progress) != before


def _progress(part: Part, elapsed: float) -> int | None:
    """Percent done, or None for a part that never starts."""
    share = 1.0 if part.ends <= part.starts else (elapsed - part.starts) / (part.ends - part.starts)
    progress = min(max(int(share * 100), 0), 100)
    return progress if part.halts_at is None else (min(progress, part.halts_at) or None)


def _advance(run: Run, part: Part, progress: int, now: datetime) -> None:
    breaks_at = part.resource.fails_at
    broken = breaks_at is not None and progress >= breaks_at
    progress = breaks_at if broken and breaks_at is not None else progress
    part.task.status, part.backup.status = "running", "protecting"
    part.task.progress = progress
    part.task.updated_at = part.backup.updated_at = now
    _grow(run.vault, part, progress)
    if broken or progress == 100:
        _end(run, part, broken)


def _grow(vault: Vault, part: Part, progress: int) -> None:
    written = part.target_mb * progress // 100
    vault.used_mb += written - part.grown_mb
    part.grown_mb = written


def _end(run: Run, part: Part, broken: bool) -> None:
    part.done = True
    task, backup, resource = part.task, part.backup, part.resource
    ended_at = run.started_at + timedelta(seconds=part.ends)
    task.ended_at = task.updated_at = backup.updated_at = ended_at
    if broken:
        task.status, backup.status, resource.protect_status = "failed", "error", "error"
        task.error_code, task.error_message = "BackupService.7203", "The snapshot is not in the correct status."
        run.vault.used_mb -= part.grown_mb
        return
    task.status, backup.status, resource.protect_status = "success", "available", "available"
    resource.backup_count += 1
    resource.backup_size_mb += part.grown_mb
    if resource.disks and resource.disks[0].id != resource.id:
        backup.protected_at = run.started_at + timedelta(seconds=part.starts)


def start(estate: Estate, vault: Vault, checkpoint: Checkpoint, parts: list[Part], now: datetime) -> None:
    """Set a checkpoint going; its resources are `protecting` at once, its backups wait."""
    for part in parts:
        part.resource.protect_status = "protecting"
        estate.record(part.backup, part.task)
    estate.checkpoints[checkpoint.id] = checkpoint
    estate.runs.append(Run(checkpoint=checkpoint, vault=vault, started_at=now, parts=parts))
    estate.changed()


def start_deletion(estate: Estate, backup: Backup, task: Task, seconds: float) -> None:
    """Set the deletion of a backup going; it is `deleting` at once."""
    empty = backup.status == "error"
    backup.status, backup.updated_at = "deleting", task.created_at
    estate.log(task)

    def end(_: datetime, _done: bool) -> None:
        if backup.id not in estate.backups:
            return
        if not empty:
            _free(estate, backup)
        estate.forget([backup])
        estate.changed()

    vaults = (backup.vault_id,)
    estate.jobs.append(Job(started_at=task.created_at, seconds=seconds, task=task, end=end, vaults=vaults))
    estate.changed()


def _free(estate: Estate, backup: Backup) -> None:
    """Take a backup's space from its vault: an even share of its resource's, as no one is told the size of one."""
    resource = estate.resources[backup.resource_id]
    share_mb = resource.backup_size_mb // max(resource.backup_count, 1)
    resource.backup_size_mb -= share_mb
    resource.backup_count = max(resource.backup_count - 1, 0)
    estate.vaults[backup.vault_id].used_mb -= share_mb


def part(resource: Resource, backup: Backup, task: Task, number: int, of: int, seconds: float) -> Part:
    """One resource's share of a run of `seconds`; the last of all ends exactly with the run."""
    without = backup.without or resource.excluded
    size_mb = 1024 * (resource.size_gb - sum(disk.size_gb for disk in resource.disks if disk.id in without))
    target = resource.fresh_mb if backup.incremental else int(size_mb * FULL_SHARE)
    return Part(
        resource=resource,
        backup=backup,
        task=task,
        starts=seconds * (WAITING + STAGGER * number / of),
        ends=seconds * (1 - STAGGER + STAGGER * (number + 1) / of),
        target_mb=min(target, size_mb),
    )
