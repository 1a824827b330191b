"""Backups: one resource's part of a checkpoint."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, NamedTuple

from msgspec import Struct

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
MOVING = frozenset(BackupStatus) - {BackupStatus.AVAILABLE, BackupStatus.ERROR}
"""The states that a backup is in for a while only."""


class Replica(NamedTuple):
    """A copy of a backup in another region. ``status`` is ``replicating``, ``success``, ``fail`` and so on."""

    region: str
    status: str


class BackupTraits(NamedTuple):
    """What many backups have in common, so that a hundred thousand of them share few of these.

    A flag is ``None`` and a text empty where the service does not say. ``restorable_as`` is ``backup`` (by its disks),
    ``snapshot`` (an image can be made as well) or ``na`` (not at all). ``image_ids`` are the images that were made of
    the backup and keep it from being deleted. ``bootable`` is said of the backup of a disk.
    """

    encrypted: bool | None = None
    contains_system_disk: bool | None = None
    bootable: bool | None = None
    restorable_as: str = ""
    az: str = ""
    architecture: str = ""
    image_ids: tuple[str, ...] = ()
    replicas: tuple[Replica, ...] = ()


NO_TRAITS = BackupTraits()


class BackupDeletion(Struct, frozen=True):
    """What a person fills in for the deletion of a backup."""

    change_kind: ClassVar[str] = "DeleteBackup"

    backup_id: BackupId


class BackupRename(Struct, frozen=True):
    """What a person fills in for the renaming of a backup."""

    change_kind: ClassVar[str] = "UpdateBackup"

    backup_id: BackupId
    name: str


class Backup(Struct):
    """A backup. ``resource_size_gb`` is the size of what was backed up; the service does not tell a backup's own.

    ``auto`` is read from ``extend_info.auto_trigger``, the reliable way to tell a policy's backup from a person's.
    ``expires_at`` is ``None`` for one that is kept until it is deleted. A backup is never changed once it is in a
    list: one that says something else is another object.
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
    traits: BackupTraits = NO_TRAITS
