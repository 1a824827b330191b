"""Tasks: the work of the service, which its interface calls operation logs."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from cbr_desktop.domain.ids import BackupId, CheckpointId, PolicyId, ResourceId, TaskId, VaultId
from cbr_desktop.domain.redaction import redact_fields


class TaskType(StrEnum):
    """``operation_type`` of an operation log.

    For the newest of them the vendor's definition has no word yet: such a task is known by its part of ``extra_info``.
    """

    BACKUP = "backup"
    COPY = "copy"
    REPLICATION = "replication"
    RESTORE = "restore"
    DELETE = "delete"
    SYNC = "sync"
    VAULT_DELETE = "vault_delete"
    REMOVE_RESOURCE = "remove_resource"
    UPDATE_EXPIRATION = "update_expiration"


class TaskStatus(StrEnum):
    """``status`` of an operation log: waiting, running, then one of the rest."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    TIMEOUT = "timeout"
    SKIPPED = "skipped"


TERMINAL = frozenset({TaskStatus.SUCCESS, TaskStatus.FAILED, TaskStatus.TIMEOUT, TaskStatus.SKIPPED})
"""The states after which a task does not move; an unknown state is not one of them."""

MAKES_CHECKPOINTS = frozenset({TaskType.BACKUP, TaskType.COPY, TaskType.REPLICATION})
"""The tasks that are parts of a checkpoint, here or copied from another region."""


class Task(Struct):
    """A task. ``progress_percent`` is 0 to 100, or ``None`` when the service does not say.

    ``policy_id`` is ``None`` for a person's own work; ``code`` and ``message`` are empty while all is well.
    ``backup_id`` is the backup that it makes, deletes, restores from or replicates, ``region`` where it replicates to.
    """

    id: TaskId
    type: TaskType | str
    status: TaskStatus | str
    progress_percent: int | None
    vault_id: VaultId | None
    vault_name: str
    resource_id: ResourceId | None
    resource_name: str
    resource_type: str
    checkpoint_id: CheckpointId | None
    policy_id: PolicyId | None
    backup_id: BackupId | None
    backup_name: str
    created_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    code: str = ""
    message: str = ""
    request_id: str = ""
    region: str = ""

    def __post_init__(self) -> None:
        if self.message or self.code:
            redact_fields(self, "code", "message")

    @property
    def began_at(self) -> datetime | None:
        """When the task was begun, or when it was made as long as it has not been."""
        return self.started_at or self.created_at

    @property
    def is_over(self) -> bool:
        """Whether the task has ended, in whatever way."""
        return self.status in TERMINAL
