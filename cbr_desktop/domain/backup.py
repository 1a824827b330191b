"""Backups: one resource's part of a checkpoint."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cbr_desktop.domain.ids import BackupId, CheckpointId, ProjectId, ResourceId, VaultId
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
    ``expires_at`` is ``None`` for one that is kept until somebody deletes it. A backup is never changed once it is in a
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


@dataclass(frozen=True, slots=True)
class BackupDetails:
    """What is told of a single backup alone. ``children`` are the backups of a server's disks, which no list has.

    ``protected_at`` is the time of the data, ``None`` where the service does not say, as for disks.
    """

    backup: Backup
    children: tuple[Backup, ...] = ()
    description: str = ""
    protected_at: datetime | None = None
    updated_at: datetime | None = None
    parent_id: BackupId | None = None


class MemberStatus(StrEnum):
    """What a project has said to a backup that is shared with it."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Member:
    """A project that a backup is shared with. ``vault_id`` is the receiver's, once it has accepted."""

    id: str
    backup_id: BackupId
    project_id: ProjectId
    status: MemberStatus | str
    created_at: datetime | None = None
    vault_id: VaultId | None = None
    image_id: str = ""


@dataclass(frozen=True, slots=True)
class SavedDisk:
    """A disk as it was when its server was backed up; ``None`` where that is not told."""

    id: str
    name: str
    size_gb: int | None = None
    volume_type: str = ""
    device: str = ""
    bootable: bool | None = None
    encrypted: bool | None = None


@dataclass(frozen=True, slots=True)
class BackupMetadata:
    """What the service saved of a server with its backup: how it was built at that time.

    Empty texts and ``None`` stand for what is not told. ``unread`` counts the parts that are no JSON, which the
    service's own example has.
    """

    backup_id: BackupId
    server_name: str = ""
    flavor: str = ""
    vcpus: int | None = None
    memory_mb: int | None = None
    os: str = ""
    az: str = ""
    addresses: tuple[str, ...] = ()
    disks: tuple[SavedDisk, ...] = ()
    unread: int = 0
