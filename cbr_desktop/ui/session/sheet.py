"""What the details say of one row, whatever it is: pairs of words, relations, and what happened to it."""

from typing import NamedTuple

from msgspec import Struct

from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.task import Task
from cbr_desktop.text.marks import Mark, mark
from cbr_desktop.text.states import shown, state_words
from cbr_desktop.text.tasks import code_words, progress_words, started_at, task_resource_words, task_type_words
from cbr_desktop.text.words import Times

LINES = 50
"""How many backups or tasks are listed of one row."""
WordPairs = list[tuple[str, str]]


class Relation(NamedTuple):
    """A line that tells of something else, which is the row ``id`` of ``page``; without one it leads nowhere."""

    words: str
    page: str = ""
    id: str = ""


class Sheet(Struct, frozen=True):
    """All that the details say of one subject, but its JSON.

    ``vault_id`` is where a checkpoint would be made, ``gauge`` how full the subject is and at how much it warns, in
    percent, where it can be filled.
    """

    id: str
    name: str
    kind: str
    state: str
    mark: Mark
    explanation: str
    facts: WordPairs
    relations: list[Relation]
    activity: list[Relation]
    vault_id: VaultId | None
    gauge: tuple[float, float] | None = None


def activity(tasks: list[Task], times: Times) -> list[Relation]:
    """Return the newest tasks, newest first, each a line."""
    tasks.sort(key=lambda task: (started_at(task) is not None, started_at(task) or times.now()), reverse=True)
    return [Relation(_activity_line(task, times), "Tasks", task.id) for task in tasks[:LINES]]


def _activity_line(task: Task, times: Times) -> str:
    ends = [state_words(task.status)]
    if not task.is_over:
        ends.append(progress_words(task))
    if task.code:
        ends.append(code_words(task))
    what = f"{task_type_words(task.type)}: {shown(task_resource_words(task), 80)}"
    return f"{mark(task.status).shape} {times.text(started_at(task))}  {what} – {', '.join(ends)}"
