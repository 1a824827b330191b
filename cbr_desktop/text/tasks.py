"""Words for a task: what it works on, how far it is, when it ended."""

from datetime import datetime

from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.text.catalogue import _, pgettext
from cbr_desktop.text.states import duration_words, status_words
from cbr_desktop.text.words import NONE, Times


def task_resource_words(task: Task) -> str:
    """Return what a task works on, by name where it has one."""
    return task.resource_name or task.resource_id or NONE


def task_type_words(type: TaskType | str) -> str:
    """Return what a task does; the service does not name that of every one."""
    return status_words(type) if type else pgettext("what a task does", "Not named")


def started_at(task: Task) -> datetime | None:
    """Return when a task was begun, or when it was made as long as it has not been."""
    return task.began_at


def progress_words(task: Task) -> str:
    """Return how far a task is; nothing for what the service does not say."""
    return NONE if task.progress_percent is None else _("{percent} %").format(percent=task.progress_percent)


def ended_words(task: Task, times: Times, *, is_short: bool = False) -> str:
    """Return when a task ended and how long it took, or for how long it has been running.

    ``is_short`` leaves the day out where it is the one on which the task began.
    """
    began = started_at(task)
    if task.ended_at is not None:
        at = times.text(task.ended_at)
        if is_short and began and times.day(began) == times.day(task.ended_at):
            at = at.partition(" ")[2]
        if not began:
            return at
        return _("{at} · took {time}").format(at=at, time=duration_words(task.ended_at - began))
    if task.is_over or began is None:
        return NONE
    stands = _("waiting for {age}") if task.status == TaskStatus.WAITING else _("running for {age}")
    return stands.format(age=times.age(began))


def code_words(task: Task) -> str:
    """Return the error code of a task as the service's pages list it."""
    return task.code.removeprefix("BackupService.") or NONE
