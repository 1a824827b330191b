"""Backups: one resource's part of a checkpoint."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cbr_desktop.domain.ids import BackupId, CheckpointId, ResourceId, VaultId
from cbr_desktop.domain.vault import ResourceType


class BackupStatus(StrEnum):
    """The state of a backup."""

    AVAILABLE = "available"
    PROTECTING = "protecting"
    DELETING = "deleting"
    RESTORING = "restoring"
    ERROR = "error"
    WAITING_PROTECT = "waiting_protect"
    WAITING_DELETE = "waiting_delete"
    WAITING_RESTORE = "waiting_restore"


GONE = "gone"
"""The status of a backup that does not exist any more, which is not a word of the service."""
BEING_DELETED = frozenset({BackupStatus.DELETING, BackupStatus.WAITING_DELETE})


@dataclass(frozen=True, slots=True)
class BackupDeletion:
    """What a person fills in for the deletion of a backup."""

    backup_id: BackupId


@dataclass(frozen=True, slots=True)
class BackupRename:
    """What a person fills in for the renaming of a backup."""

    backup_id: BackupId
    name: str


@dataclass(slots=True)
class Backup:
    """A backup. ``resource_size_gb`` is the size of what was backed up; the service does not tell a backup's own.

    ``auto`` is read from ``extend_info.auto_trigger``, the reliable way to tell a policy's backup from a person's.
    ``expires_at`` is ``None`` for one that is kept until it is deleted.
    """

    id: BackupId
    name: str
    status: BackupStatus | str
    vault_id: VaultId
    checkpoint_id: CheckpointId | None
    resource_id: ResourceId
    resource_name: str
    resource_type: ResourceType | str
    resource_size_gb: int
    created_at: datetime | None
    expires_at: datetime | None = None
    auto: bool = False
    incremental: bool = True
    image_type: str = "backup"
