"""What is told of a single backup when it is opened; no list has it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import BackupId, ProjectId, VaultId


class BackupDetails(Struct, frozen=True):
    """What is told of a single backup alone. ``children`` are the backups of a server's disks, which no list has.

    ``protected_at`` is the time of the data, ``None`` where the service does not say, as for disks. ``snapshots`` has
    the ids of the snapshots behind the backups of disks, by the ids of these. ``answer`` is all that the service said,
    as it said it.
    """

    backup: Backup
    children: tuple[Backup, ...] = ()
    description: str = ""
    protected_at: datetime | None = None
    updated_at: datetime | None = None
    parent_id: BackupId | None = None
    snapshots: Mapping[BackupId, str] = field(default_factory=dict)
    answer: str = ""


class OpenedBackup(Struct, frozen=True):
    """A backup as it was read by itself at ``as_of``; ``metadata`` is ``None`` where there is none.

    ``error`` is why it could not be read anew since, ``metadata_error`` why what was saved with it could not.
    """

    details: BackupDetails | None = None
    metadata: "BackupMetadata | None" = None
    as_of: datetime | None = None
    error: CbrError | None = None
    metadata_error: CbrError | None = None


class MemberStatus(StrEnum):
    """What a project has said to a backup that is shared with it."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Member(Struct, frozen=True):
    """A project that a backup is shared with. ``vault_id`` is the receiver's, once it has accepted."""

    id: str
    backup_id: BackupId
    project_id: ProjectId
    status: MemberStatus | str
    created_at: datetime | None = None
    vault_id: VaultId | None = None
    image_id: str = ""


class SavedDisk(Struct, frozen=True):
    """A disk as it was when its server was backed up; ``None`` where that is not told."""

    id: str
    name: str
    size_gb: int | None = None
    volume_type: str = ""
    device: str = ""
    bootable: bool | None = None
    encrypted: bool | None = None


class SavedPort(Struct, frozen=True):
    """How a server was attached to a network when it was backed up; texts are empty where that is not told."""

    addresses: tuple[str, ...] = ()
    network_id: str = ""
    mac: str = ""
    security_groups: tuple[str, ...] = ()


class BackupMetadata(Struct, frozen=True):
    """What the service saved of a server with its backup: how it was built at that time.

    Empty texts and ``None`` stand for what is not told. ``unread`` counts the parts that are no JSON, which the
    service's own example has. The server's ``user_data`` is left out on purpose: it may hold passwords.
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
    key_name: str = ""
    vpc_id: str = ""
    tags: tuple[str, ...] = ()
    ports: tuple[SavedPort, ...] = ()
    floating_addresses: tuple[str, ...] = ()
