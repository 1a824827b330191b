"""The tasks: what the service does or has done, with how far it is and what went wrong."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from cbr_desktop.domain.task import Task, TaskStatus
from cbr_desktop.ui.codes import explain
from cbr_desktop.ui.marks import mark
from cbr_desktop.ui.pages.page import Page, Target
from cbr_desktop.ui.states import duration_words, status_words
from cbr_desktop.ui.tables.column import AgeField, Column, Field, Gauge, NumberField, TextField
from cbr_desktop.ui.words import NONE, Times, state_words
from cbr_desktop.workflows.ledger import Ledger, Part


class TasksPage(Page[Task]):
    """The tasks that the service still tells about, thirty days back."""

    name = "Tasks"
    parts = (Part.TASKS,)
    default_sort = ("started", Qt.SortOrder.DescendingOrder)
    whole_parts = (Part.TASKS,)
    hint = "state:failed type:backup erp"

    def columns(self) -> Sequence[Column[Task]]:
        """Return the columns, those of the first start first."""
        times = self._times
        columns: list[Column[Task]] = [
            Column(
                "state",
                "State",
                lambda t: state_words(t.status),
                lambda t: state_words(t.status),
                18,
                mark=lambda t: mark(t.status),
            ),
            *self.place_columns(),
            Column("type", "Type", lambda t: status_words(t.type), lambda t: status_words(t.type), 11),
            Column("resource", "Resource", resource_words, lambda t: t.resource_name or t.resource_id, 22),
            Column("vault", "Vault", lambda t: t.vault_name or t.vault_id or NONE, lambda t: t.vault_name or None, 18),
            Column("progress", "%", percent_words, lambda t: t.progress_percent, 18, gauge=_progress),
            Column(
                "started",
                "Started",
                lambda t: times.text(started_at(t)),
                started_at,
                18,
                hint=lambda t: times.both(started_at(t)),
            ),
            Column(
                "ended",
                "Ended / elapsed",
                lambda t: ended_words(t, times),
                lambda t: t.ended_at,
                24,
                hint=lambda t: times.both(t.ended_at),
            ),
            Column("code", "Code", lambda t: code_words(t), lambda t: t.code or None, 9, hint=_meaning),
            Column("message", "Message", lambda t: t.message or NONE, lambda t: t.message or None, 26),
            Column("request-id", "Request id", lambda t: t.request_id or NONE, lambda t: t.request_id or None, 30),
            Column("id", "ID", lambda t: t.id, lambda t: t.id, 34, shown=False),
            Column(
                "backup", "Backup", lambda t: t.backup_name or NONE, lambda t: t.backup_name or None, 22, shown=False
            ),
            Column(
                "checkpoint",
                "Checkpoint",
                lambda t: t.checkpoint_id or NONE,
                lambda t: t.checkpoint_id,
                34,
                shown=False,
            ),
            Column("policy", "Policy", lambda t: t.policy_id or NONE, lambda t: t.policy_id, 34, shown=False),
            Column(
                "resource-type",
                "Resource type",
                lambda t: t.resource_type or NONE,
                lambda t: t.resource_type or None,
                18,
                shown=False,
            ),
        ]
        return columns

    def fields(self) -> Sequence[Field[Task]]:
        """Return what the filter can ask for."""
        return (
            TextField("state", lambda t: f"{t.status} {status_words(t.status)}"),
            TextField("type", lambda t: f"{t.type} {status_words(t.type)}"),
            TextField("resource", lambda t: f"{t.resource_name} {t.resource_id or ''}"),
            TextField("vault", lambda t: f"{t.vault_name} {t.vault_id or ''}"),
            TextField("code", lambda t: t.code),
            *self.place_fields(),
            TextField("message", lambda t: t.message),
            TextField("by", lambda t: "policy" if t.policy_id else "person"),
            NumberField("progress", lambda t: t.progress_percent, "%"),
            AgeField("age", started_at, self._times.now),
        )

    def rows(self) -> list[Task]:
        """Return all tasks."""
        return list(self._hall.scope.tasks.values())

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
        """Return the ledgers that know a task."""
        return self._hall.scope.tellers(row.id)

    def search_text(self, row: Task) -> str:
        """Return what words are looked for in."""
        return "\n".join(
            (
                row.id,
                row.resource_name,
                row.resource_id or "",
                row.vault_name,
                row.vault_id or "",
                row.backup_name,
                row.code,
                row.message,
                row.request_id,
                row.checkpoint_id or "",
                str(row.status),
                str(row.type),
            )
        )

    def target(self) -> Target:
        """Return vault and resource of the cursor's task."""
        row = self.view.current_row()
        if row is None or row.vault_id is None:
            return (None, ())
        vault = self._hall.scope.vaults.get(row.vault_id)
        is_there = vault is not None and row.resource_id is not None and vault.resource(row.resource_id) is not None
        return (row.vault_id, (row.resource_id,) if is_there and row.resource_id else ())

    def extend_menu(self, menu: QMenu) -> None:
        """Offer a checkpoint of the same resource, and the way to the vault."""
        row = self.view.current_row()
        if row is not None and row.vault_id in self._hall.scope.vaults:
            super().extend_menu(menu)
            menu.addAction("Show the vault").triggered.connect(self._wish_vault)

    def _wish_vault(self) -> None:
        row = self.view.current_row()
        if row is not None and row.vault_id is not None:
            self.vault_wished.emit(row.vault_id)


def resource_words(task: Task) -> str:
    """Return what a task works on, by name where it has one."""
    return task.resource_name or task.resource_id or NONE


def started_at(task: Task) -> datetime | None:
    """Return when a task was begun, or when it was made as long as it has not been."""
    return task.started_at or task.created_at


def percent_words(task: Task) -> str:
    """Return how far a task is; nothing for what the service does not say."""
    return NONE if task.progress_percent is None else f"{task.progress_percent} %"


def ended_words(task: Task, times: Times) -> str:
    """Return when a task ended and how long it took, or for how long it has been running."""
    began = started_at(task)
    if task.ended_at is not None:
        took = f" · took {duration_words(task.ended_at - began)}" if began else ""
        return times.text(task.ended_at) + took
    if task.is_over or began is None:
        return NONE
    word = "waiting" if task.status == TaskStatus.WAITING else "running"
    return f"{word} for {times.age(began)}"


def code_words(task: Task) -> str:
    """Return the error code of a task as the service's pages list it."""
    return task.code.removeprefix("BackupService.") or NONE


def _meaning(task: Task) -> str:
    explanation = explain(task.code) if task.code else None
    return f"{explanation.meaning}. {explanation.remedy}" if explanation else ""


def _progress(task: Task) -> Gauge | None:
    running = task.status == TaskStatus.RUNNING and task.progress_percent is not None
    return Gauge(float(task.progress_percent or 0)) if running else None
