"""The tasks: what the service does or has done, with how far it is and what went wrong."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import TaskId
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.text.catalogue import N_, _, ngettext
from cbr_desktop.text.codes import explain
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.marks import Mark, Shape, mark
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.states import grouped, state_words, status_words
from cbr_desktop.text.tasks import (
    code_words,
    ended_words,
    progress_words,
    started_at,
    task_resource_words,
    task_type_words,
)
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.ui.kit.page import CheckpointTarget, Page
from cbr_desktop.ui.kit.tables.column import (
    IDS,
    AgeField,
    Column,
    DateField,
    Field,
    Gauge,
    NumberField,
    TextField,
    remembered,
)
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger, Part

KEPT = "kept"
"""The key of the column that tells which tasks the service has forgotten."""
KEPT_HERE = Mark(Shape.SQUARE, Tone.IDLE)
_AGES = 1e11
"""More seconds than any time has."""
_URGENCY: Mapping[TaskStatus | str, float] = {
    status: place * _AGES
    for place, status in enumerate(
        (
            *(TaskStatus.RUNNING, TaskStatus.WAITING, TaskStatus.FAILED, TaskStatus.TIMEOUT),
            *(TaskStatus.SKIPPED, TaskStatus.SUCCESS),
        )
    )
}
_OF_UNKNOWN = _URGENCY[TaskStatus.WAITING]
_SERVICE_KEEPS = timedelta(days=30)
_KEPT_HINT = N_("The service forgets tasks after 30 days. This program keeps those that have ended for 13 months.")


class TasksPage(Page[Task]):
    """The tasks that the service still tells about, thirty days back, and on demand those that are kept here."""

    name = "Tasks"
    parts = (Part.TASKS,)
    is_derived = True
    default_sort = ("state", Qt.SortOrder.AscendingOrder)
    whole_parts = (Part.TASKS,)
    hint = "state:failed type:backup erp"
    chips = ((N_("Running"), "state:running"), (N_("Failed"), "state:failed"), (N_("Today"), "day:today"))

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        self._older: dict[ProfileContext, list[Task]] = {}
        """By profile context the tasks that were read from what is kept here."""
        self._told: Mapping[TaskId, Task] = {}
        """The tasks that the service told of when the rows came."""
        self._forgotten = times.now() - _SERVICE_KEEPS
        """The service forgets tasks that began before that."""
        self._keepers: dict[str, list[Ledger]] = {}
        """By the id of such a task whose project it was kept of."""
        self._ended: set[ProfileContext] = set()
        """The profile contexts of which all that is kept has been read."""
        super().__init__(workspace, times, parent)
        self._tasks = TaskOwner(self)
        self._tasks.failed.connect(self._tell_failure)
        self.filter.textChanged.connect(self._want_older)

    def columns(self) -> Sequence[Column[Task]]:
        """Return the columns, those of the first start first."""
        times = self._times
        state, kind = remembered(state_words), remembered(task_type_words)
        columns: list[Column[Task]] = [
            Column(
                "state",
                _("State"),
                lambda t: state(t.status),
                _urgency,
                18,
                mark=lambda t: mark(t.status),
            ),
            *self.place_columns(),
            Column(
                KEPT,
                _("Kept"),
                self._kept_words,
                self._is_kept,
                12,
                shown=False,
                mark=self._kept_mark,
                hint=_why_kept,
                live=True,
            ),
            Column("type", _("Type"), lambda t: kind(t.type), lambda t: kind(t.type), 11),
            Column(
                "resource",
                _("Resource"),
                task_resource_words,
                lambda t: t.resource_name or t.resource_id,
                22,
                middle=True,
                elastic=True,
            ),
            Column(
                "vault",
                _("Vault"),
                lambda t: t.vault_name or t.vault_id or NONE,
                lambda t: t.vault_name or None,
                18,
                middle=True,
            ),
            Column("progress", "%", progress_words, lambda t: t.progress_percent, 6, gauge=_progress),
            Column(
                "started",
                _("Started"),
                lambda t: times.text(started_at(t)),
                started_at,
                18,
                hint=lambda t: times.both(started_at(t)),
                whole=True,
            ),
            Column(
                "ended",
                _("Ended / elapsed"),
                lambda t: ended_words(t, times, is_short=True),
                lambda t: t.ended_at,
                24,
                hint=lambda t: times.both(t.ended_at),
                copied=lambda t: ended_words(t, times),
                whole=True,
            ),
            Column("code", _("Code"), lambda t: code_words(t), lambda t: t.code or None, 9, hint=_meaning),
            Column("message", _("Message"), lambda t: t.message or NONE, lambda t: t.message or None, 36),
            Column(
                "request-id",
                _("Request id"),
                lambda t: t.request_id or NONE,
                lambda t: t.request_id or None,
                30,
                minor=True,
            ),
            Column("id", "ID", lambda t: t.id, lambda t: t.id, 34, shown=False),
            Column(
                "backup",
                _("Backup"),
                lambda t: t.backup_name or NONE,
                lambda t: t.backup_name or None,
                22,
                shown=False,
                middle=True,
            ),
            Column(
                "checkpoint",
                _("Checkpoint"),
                lambda t: t.checkpoint_id or NONE,
                lambda t: t.checkpoint_id,
                34,
                shown=False,
            ),
            Column("policy", _("Policy"), lambda t: t.policy_id or NONE, lambda t: t.policy_id, 34, shown=False),
            Column(
                "resource-type",
                _("Resource type"),
                lambda t: t.resource_type or NONE,
                lambda t: t.resource_type or None,
                18,
                shown=False,
            ),
        ]
        return columns

    def fields(self) -> Sequence[Field[Task]]:
        """Return what the filter can ask for."""
        state = remembered(lambda status: f"{status} {status_words(status)}")
        kind = remembered(_type_text)
        return (
            TextField("state", lambda t: state(t.status), lambda t: str(t.status)),
            TextField("type", lambda t: kind(t.type), lambda t: str(t.type)),
            TextField("resource", lambda t: f"{t.resource_name} {t.resource_id or ''}", lambda t: t.resource_name),
            TextField("vault", lambda t: f"{t.vault_name} {t.vault_id or ''}", lambda t: t.vault_name),
            TextField("code", lambda t: t.code),
            *self.place_fields(),
            TextField("message", lambda t: t.message),
            TextField("kept", lambda t: "here" if self._is_kept(t) else "service", live=True),
            TextField("by", lambda t: "policy" if t.policy_id else "person"),
            NumberField("progress", lambda t: t.progress_percent, "%"),
            AgeField("age", started_at, self._times.now),
            DateField("day", started_at, self._times.begin, self._times.now),
        )

    def rows(self) -> list[Task]:
        """Return all tasks; of those that are kept here the service's own rows are the better ones."""
        self._told = self._workspace.scope.tasks
        self._look_at_clock()
        tasks = dict(self._told)
        if self.older.isChecked():
            for context in self._workspace.shown_contexts:
                for task in self._older.get(context, ()):
                    tasks.setdefault(task.id, task)
        return list(tasks.values())

    def held(self, ledger: Ledger) -> Mapping[Any, Task]:
        """Return the tasks of a ledger."""
        return ledger.tasks

    def is_same(self, before: Task, row: Task) -> bool:
        """Tell whether a task stands where it stood; how far it is changes all the time."""
        return (before.status, before.code, before.message) == (row.status, row.code, row.message)

    def id_of(self, row: Task) -> str:
        """Return the id of a task."""
        return row.id

    def id_and_name(self, row: Task) -> tuple[str, str]:
        """Return the id of a task, and the name of its resource."""
        return row.id, row.resource_name

    def owners(self, row: Task) -> list[Ledger]:
        """Return the ledgers that know a task, or of whose project it was kept."""
        return self._workspace.scope.tellers(row.id) or self._keepers.get(row.id, [])

    def search_text(self, row: Task) -> str:
        """Return what words are looked for in, with what has no other letters than ids at the end."""
        words = (row.resource_name, row.vault_name, row.backup_name, str(row.status), str(row.type))
        ids = (row.id, row.resource_id or "", row.vault_id or "", row.checkpoint_id or "")
        return "\n".join((*words, row.code, row.message, row.request_id)) + IDS + "\n".join(ids)

    def beside_rows(self) -> object:
        """Return that a task itself says all that words are looked for in."""
        return self.name

    # what is kept here

    def show_older(self, shown: bool) -> None:
        """Show or hide the tasks that the service has forgotten; they are read when they are first asked for."""
        self.older.setChecked(shown)
        self.older.setText(_("Hide older") if shown else _("Show older"))
        self.older.setAccessibleName(_("{text} tasks that are kept here").format(text=self.older.text()))
        self.view.show_columns((KEPT,), shown)
        self._take()
        self._tell_older()
        if shown:
            self._read_older(first=True)

    def more(self) -> None:
        """Read the next tasks that are kept here."""
        self._read_older(first=False)

    def tell_scope(self) -> None:
        """Take over another scope, with what is kept of it."""
        super().tell_scope()
        self.view.show_columns((KEPT,), self.older.isChecked())
        if self.older.isChecked():
            self._read_older(first=True)

    def retell_times(self) -> None:
        """Say ages and times anew."""
        self._look_at_clock()
        super().retell_times()
        self._tell_older()

    def _add_older(self) -> None:
        """Put the button into the head that shows what is kept of older tasks."""
        self.older = QPushButton(_("Show older"), self)
        self.older.setObjectName("showOlder")
        self.older.setAccessibleName(_("Show older tasks that are kept here"))
        self.older.setToolTip(tooltip(_(_KEPT_HINT)))
        self.older.setCheckable(True)
        self.older.setAutoDefault(False)
        self.older.clicked.connect(self.show_older)
        self.add_actions([self.older])

    def _build(self) -> None:
        super()._build()
        self._add_older()
        self._foot = QWidget(self)
        self._foot.setObjectName("olderTasks")
        self._foot_words = QLabel(self._foot)
        self._foot_words.setObjectName("olderTasksWords")
        self._foot_words.setTextFormat(Qt.TextFormat.PlainText)
        self._foot_words.setWordWrap(True)
        self.more_button = QPushButton(_("Show more"), self._foot)
        self.more_button.setObjectName("moreOlderTasks")
        self.more_button.setAccessibleName(_("Show more of the tasks that are kept here"))
        self.more_button.setAutoDefault(False)
        self.more_button.clicked.connect(self.more)
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 0, 0, 6)
        row.addWidget(self._foot_words, 1)
        row.addWidget(self.more_button)
        self._foot.hide()
        self._column.addWidget(self._foot)

    def _want_older(self, text: str) -> None:
        """Show older tasks when the filter asks for tasks over an age."""
        if "age>" in text.casefold() and not self.older.isChecked():
            self.show_older(True)

    def _read_older(self, *, first: bool) -> None:
        """Read the next tasks of every profile, or the first ones of those of which there are none yet."""
        for context in self._workspace.shown_contexts:
            if context in self._ended or (first and context in self._older):
                continue
            held = self._older.get(context)
            reading = context.refresh.older_tasks(held[-1] if held else None)
            self._tasks.start(
                reading,
                partial(self._take_older, context),
                group=_("older {profile}").format(profile=context.profile.name),
            )

    def _take_older(self, context: ProfileContext, tasks: list[Task]) -> None:
        if not tasks:
            self._ended.add(context)
        self._older.setdefault(context, []).extend(tasks)
        for task in tasks:
            self._keepers.setdefault(task.id, []).append(context.ledger)
        self._take()
        self._tell_older()

    def _tell_older(self) -> None:
        """Say how far back the kept tasks that are shown go."""
        self._foot.setVisible(self.older.isChecked())
        contexts = self._workspace.shown_contexts
        self._foot_words.setText(older_words([self._older.get(context) for context in contexts], self._times))
        self.more_button.setVisible(any(context in self._older and context not in self._ended for context in contexts))

    def _tell_failure(self, error: CbrError) -> None:
        self._foot_words.setText(
            _("The tasks that are kept here could not be read: {error}").format(error=error_sentence(error))
        )

    def _kept_words(self, task: Task) -> str:
        """Return that a task is kept here, where the service has forgotten it."""
        return _("Kept here") if self._is_kept(task) else ""

    def _is_kept(self, task: Task) -> bool:
        began = task.started_at or task.created_at
        return (began is not None and began < self._forgotten) or task.id not in self._told

    def _look_at_clock(self) -> None:
        self._forgotten = self._times.now() - _SERVICE_KEEPS

    def _kept_mark(self, task: Task) -> Mark | None:
        return KEPT_HERE if self._is_kept(task) else None

    def target(self) -> CheckpointTarget:
        """Return vault and resource of the cursor's task."""
        row = self.view.current_row()
        if row is None or row.vault_id is None:
            return (None, ())
        vault = self._workspace.scope.vaults.get(row.vault_id)
        if vault is not None and not vault.takes_checkpoints:
            return (None, ())
        is_there = vault is not None and row.resource_id is not None and vault.resource(row.resource_id) is not None
        return (row.vault_id, (row.resource_id,) if is_there and row.resource_id else ())

    def extend_menu(self, menu: QMenu) -> None:
        """Offer a checkpoint of the same resource, and the way to the vault."""
        row = self.view.current_row()
        if row is not None and row.vault_id in self._workspace.scope.vaults:
            if self.target()[0] is not None:
                super().extend_menu(menu)
            menu.addAction(_("Show the vault")).triggered.connect(self._request_vault)

    def _request_vault(self) -> None:
        row = self.view.current_row()
        if row is not None and row.vault_id is not None:
            self.vault_requested.emit(row.vault_id)


def older_words(older: Sequence[list[Task] | None], times: Times) -> str:
    """Return how many kept tasks have been read and how far back they go; ``None`` is a profile still being read."""
    found = [task for tasks in older for task in tasks or ()]
    if any(tasks is None for tasks in older):
        return _("Reading the tasks that are kept here…")
    if not found:
        return _("No older tasks are kept here yet: those that end are kept from now on, for 13 months.")
    # of several profiles as far back as all of them go
    reached = max(tasks[-1].began_at for tasks in older if tasks and tasks[-1].began_at is not None)
    return ngettext(
        "{count} task read from what is kept here, back to {reached}.",
        "{count} tasks read from what is kept here, back to {reached}.",
        len(found),
    ).format(count=grouped(len(found)), reached=times.text(reached))


def _type_text(type: TaskType | str) -> str:
    return f"{type} {task_type_words(type)}"


def _why_kept(_task: Task) -> str:
    return _(_KEPT_HINT)


def _urgency(task: Task) -> float:
    """Return by what states are ordered: what may run and what went wrong first, within each the newest first."""
    began = task.started_at or task.created_at
    return _URGENCY.get(task.status, _OF_UNKNOWN) - (began.timestamp() if began else 0)


def _meaning(task: Task) -> str:
    explanation = explain(task.code) if task.code else None
    return f"{explanation.meaning}. {explanation.remedy}" if explanation else ""


def _progress(task: Task) -> Gauge | None:
    running = task.status == TaskStatus.RUNNING and task.progress_percent is not None
    return Gauge(float(task.progress_percent or 0)) if running else None
