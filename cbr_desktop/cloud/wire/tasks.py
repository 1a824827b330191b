"""Tasks, which the service calls operation logs."""

from msgspec import Struct

from cbr_desktop.cloud.wire.reading import (
    AnswerPage,
    Id,
    ListReader,
    Names,
    ObjectReader,
    Size,
    Text,
    Unfit,
    in_pieces,
    moment,
    strictly,
    whole,
    words,
)
from cbr_desktop.domain.ids import BackupId, CheckpointId, PolicyId, ResourceId, TaskId, VaultId, is_uuid
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ResourceType


class CommonRow(Struct, gc=False):
    """``extra_info.common``: what every task has."""

    progress: Size = None
    request_id: Text = None


class TaskResourceRow(Struct, gc=False):
    """``extra_info.resource``."""

    id: Text = None
    name: Text = None
    type: Text = None


class BackupPartRow(Struct, gc=False):
    """``extra_info.backup``, ``.delete`` or ``.restore``: the backup that a task is about."""

    backup_id: Text = None
    backup_name: Text = None


class ReplicationPartRow(Struct, gc=False):
    """``extra_info.replication``: which backup goes where."""

    source_backup_id: Text = None
    source_backup_name: Text = None
    destination_region: Text = None


class ExpirationPartRow(Struct, gc=False):
    """``extra_info.update_expiration_time``: that it is there tells what the task does."""


class TaskExtraRow(Struct, gc=False):
    """``extra_info`` of a task."""

    common: CommonRow | None = None
    resource: TaskResourceRow | None = None
    backup: BackupPartRow | None = None
    delete: BackupPartRow | None = None
    restore: BackupPartRow | None = None
    replication: ReplicationPartRow | None = None
    update_expiration_time: ExpirationPartRow | None = None


class ProblemRow(Struct, gc=False):
    """``error_info``; empty texts while all is well."""

    code: Text = None
    message: Text = None


class TaskRow(Struct, gc=False):
    """One operation log."""

    id: Id
    operation_type: Text = None
    status: Text = None
    vault_id: Text = None
    vault_name: Text = None
    checkpoint_id: Text = None
    policy_id: Text = None
    created_at: Text = None
    started_at: Text = None
    ended_at: Text = None
    error_info: ProblemRow | None = None
    extra_info: TaskExtraRow | None = None


_LIST = ListReader("operation_logs", TaskRow)
_ONE = ObjectReader(TaskRow, "operation_log")
_EXTRA, _COMMON, _RESOURCE, _PART, _COPY, _PROBLEM = (
    TaskExtraRow(),
    CommonRow(),
    TaskResourceRow(),
    BackupPartRow(),
    ReplicationPartRow(),
    ProblemRow(),
)
_type, _status, _resource_type = words(TaskType), words(TaskStatus), words(ResourceType)


def tasks(body: bytes, names: Names) -> AnswerPage[Task]:
    """Read a page of ListOpLogs."""
    return whole(tasks_in_pieces(body, names))


def task(body: bytes) -> Task:
    """Read the answer of ShowOpLog. ``Unfit`` when it is none."""
    return _task(_ONE.read(body), {})


def job(body: bytes) -> TaskId:
    """Read which task a restore has begun. ``Unfit`` when the answer names none."""
    answer = strictly(body)
    id = answer.get("job_id") if isinstance(answer, dict) else None
    if not isinstance(id, str) or not is_uuid(id):
        raise Unfit("no UUID - at `job_id`")
    return TaskId(id)


def _tasks(rows: list[TaskRow], names: Names) -> list[Task]:
    last: str | None = None
    for row in rows:
        # those of one checkpoint mostly follow one another, and are to have its id in common
        last = row.checkpoint_id = last if row.checkpoint_id == last else row.checkpoint_id
    return [_task(row, names) for row in rows]


tasks_in_pieces = in_pieces(_LIST, _tasks)
"""Reads a page of ListOpLogs piece by piece."""


def _task(row: TaskRow, names: Names) -> Task:
    keep = names.setdefault
    extra, problem = row.extra_info or _EXTRA, row.error_info or _PROBLEM
    common, resource = extra.common or _COMMON, extra.resource or _RESOURCE
    part, copy = extra.backup or extra.restore or extra.delete or _PART, extra.replication or _COPY
    backup, region = part.backup_id or copy.source_backup_id, copy.destination_region or ""
    kind, status, vault, vault_name = (
        row.operation_type or (TaskType.UPDATE_EXPIRATION if extra.update_expiration_time is not None else ""),
        row.status or "",
        row.vault_id or "",
        row.vault_name or "",
    )
    resource_id, name, resource_type = resource.id or "", resource.name or "", resource.type or ""
    created_at, started_at = moment(row.created_at), moment(row.started_at)
    return Task(
        TaskId(row.id),
        _type(kind, kind),
        _status(status, status),
        None if common.progress is None else min(100, max(0, common.progress)),
        VaultId(keep(vault, vault)) if vault else None,
        keep(vault_name, vault_name),
        ResourceId(keep(resource_id, resource_id)) if resource_id else None,
        keep(name, name),
        _resource_type(resource_type, resource_type),
        CheckpointId(row.checkpoint_id) if row.checkpoint_id else None,
        PolicyId(keep(row.policy_id, row.policy_id)) if row.policy_id else None,
        BackupId(backup) if backup else None,
        part.backup_name or copy.source_backup_name or "",
        created_at,
        created_at if started_at == created_at else started_at,  # one object for what is mostly one time
        moment(row.ended_at),
        problem.code or "",
        problem.message or "",
        common.request_id or "",
        keep(region, region),
    )
