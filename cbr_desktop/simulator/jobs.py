"""Work that takes time and has a task: deletions, restores, copies, dissociations, computed up to the present."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from .entities import Task
from .refusals import SERVICE_CODES


class Job(Struct):
    """Work that takes `seconds` from its start on, `waits` of them before it begins; its task, if any, tells of it.

    begin is called when it begins, moved with each percentage, end at its end with the moment and whether it was done.
    breaks_at: percentage at which it fails with the code `failure`, or None. vaults: ids of the vaults it works in.
    """

    started_at: datetime
    seconds: float
    end: Callable[[datetime, bool], None]
    task: Task | None = None
    waits: float = 0.0
    begin: Callable[[datetime], None] | None = None
    moved: Callable[[int], None] | None = None
    breaks_at: int | None = None
    failure: str = "9910"
    vaults: tuple[str, ...] = ()


def settle(jobs: list[Job], now: datetime) -> bool:
    """Bring every job up to `now`, drop those that are through, and tell whether anything moved."""
    moved = False
    for job in list(jobs):
        ended = _move(job, now)
        if ended:
            jobs.remove(job)
        moved = moved or ended is not None
    return moved


def _move(job: Job, now: datetime) -> bool | None:
    """Whether the job is through; None if it has not moved at all."""
    elapsed = (now - job.started_at).total_seconds()
    if elapsed < job.waits:
        return None
    if job.begin is not None:
        begin, job.begin = job.begin, None
        begin(job.started_at + timedelta(seconds=job.waits))
    share = 1.0 if job.seconds <= 0 else min(max(elapsed / job.seconds, 0.0), 1.0)
    progress = int(share * 100)
    broken = job.breaks_at is not None and progress >= job.breaks_at
    if broken or share >= 1.0:
        _end(job, broken)
        return True
    return _go_on(job, progress, now)


def _go_on(job: Job, progress: int, now: datetime) -> bool | None:
    task = job.task
    if task is None or (task.status, task.progress) == ("running", progress):
        return None
    task.status, task.progress, task.updated_at = "running", progress, now
    if job.moved is not None:
        job.moved(progress)
    return False


def _end(job: Job, broken: bool) -> None:
    reached = job.breaks_at if broken and job.breaks_at is not None else 100
    ended_at = job.started_at + timedelta(seconds=job.seconds * reached / 100)
    if job.task is not None:
        job.task.status, job.task.progress = "failed" if broken else "success", reached
        job.task.ended_at = job.task.updated_at = ended_at
        if broken:
            job.task.error_code, job.task.error_message = f"BackupService.{job.failure}", SERVICE_CODES[job.failure][1]
    job.end(ended_at, not broken)
