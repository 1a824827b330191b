"""Vaults and the resources in them."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct, field

from cbr_desktop.domain.ids import ResourceId, VaultId, VolumeId

MB_PER_GB = 1024
"""The service's gigabyte, as its metrics and its vault page use it."""
SMALLEST_GB, LARGEST_GB = 10, 10_485_760
"""The sizes that a vault can have when it is created; later on it may be as small as 1 GB (definition)."""
RESOURCES_PER_VAULT = 256
"""How many resources a vault takes, and how many a checkpoint may name."""


class VaultStatus(StrEnum):
    """``billing.status`` of a vault. ``LOCK`` means that it is being expanded; WORM is ``Vault.worm_locked``."""

    AVAILABLE = "available"
    LOCK = "lock"
    FROZEN = "frozen"
    DELETING = "deleting"
    ERROR = "error"


class VaultKind(StrEnum):
    """``billing.object_type``: what a vault holds, fixed for its life."""

    SERVER = "server"
    DISK = "disk"
    TURBO = "turbo"
    WORKSPACE = "workspace"
    VMWARE = "vmware"
    RDS = "rds"
    FILE = "file"


class ProtectType(StrEnum):
    """``billing.protect_type``: a replication vault only takes replicas."""

    BACKUP = "backup"
    REPLICATION = "replication"
    HYBRID = "hybrid"


class ProtectStatus(StrEnum):
    """The state of a resource in its vault; absent until its first backup."""

    AVAILABLE = "available"
    PROTECTING = "protecting"
    RESTORING = "restoring"
    REMOVING = "removing"
    ERROR = "error"
    DELETED = "deleted"


class ResourceType(StrEnum):
    """The OpenStack-style type names that the service uses for resources."""

    SERVER = "OS::Nova::Server"
    DISK = "OS::Cinder::Volume"
    BMS = "OS::Ironic::BareMetalServer"
    NATIVE_SERVER = "OS::Native::Server"
    FILE_SYSTEM = "OS::Sfs::Turbo"
    WORKSPACE = "OS::Workspace::DesktopV2"


class Resource(Struct):
    """A resource associated with a vault. ``backup_size_mb`` is what all its backups take in this vault.

    ``exclude_volumes`` are disks that its backups leave out, those that are attached later are taken;
    ``include_volumes`` are the only disks that they take, where a region knows that.
    """

    id: ResourceId
    type: ResourceType | str
    name: str
    size_gb: int = 0
    backup_size_mb: int = 0
    backup_count: int = 0
    protect_status: ProtectStatus | str | None = None
    auto_protect: bool = True
    exclude_volumes: tuple[VolumeId, ...] = ()
    include_volumes: tuple[VolumeId, ...] = ()

    def takes(self, volume: VolumeId) -> bool:
        """Whether the vault backs a disk of this resource up, by the disks that are fixed in it."""
        return volume in self.include_volumes if self.include_volumes else volume not in self.exclude_volumes


class Vault(Struct):
    """A vault. ``size_gb`` is what was bought, ``used_mb`` may exceed it; ``resources`` is the whole list.

    ``notify`` is whether its owner is told when ``threshold_percent`` is reached, ``None`` where the service does not
    say. With ``auto_bind`` it takes in resources by itself, of those with ``bind_tags`` alone where there are any.
    """

    id: VaultId
    name: str
    kind: VaultKind | str
    protect_type: ProtectType | str
    status: VaultStatus | str
    size_gb: int
    used_mb: int
    allocated_gb: int = 0
    resources: list[Resource] = field(default_factory=list)
    cloud_type: str = "public"
    auto_expand: bool = False
    worm_locked: bool = False
    threshold_percent: int = 80
    description: str = ""
    created_at: datetime | None = None
    tags: dict[str, str] = field(default_factory=dict)
    consistent_level: str = ""
    charging_mode: str = ""
    enterprise_project_id: str = "0"
    auto_bind: bool = False
    multi_az: bool = False
    notify: bool | None = None
    bind_tags: tuple[tuple[str, str], ...] = ()

    @property
    def takes_checkpoints(self) -> bool:
        """Whether a checkpoint can be made in it: one for replicas takes nothing else."""
        return self.protect_type != ProtectType.REPLICATION

    @property
    def used_gb(self) -> float:
        """What is used, in GB."""
        return self.used_mb / MB_PER_GB

    @property
    def used_percent(self) -> float:
        """Use in percent of the size; over 100 for an over-full vault, 0 for one without a size."""
        return 100 * self.used_mb / (self.size_gb * MB_PER_GB) if self.size_gb else 0.0

    @property
    def free_gb(self) -> float:
        """What is left, in GB; negative when over-full."""
        return self.size_gb - self.used_gb

    def resource(self, id: ResourceId) -> Resource | None:
        """Return the resource with this id, or ``None`` when it is not in this vault."""
        return next((resource for resource in self.resources if resource.id == id), None)


class VaultUse(NamedTuple):
    """How full a vault was on a day (UTC): what was used, and its size then."""

    vault_id: VaultId
    day: date
    used_mb: float
    size_gb: int

    @property
    def percent(self) -> float:
        """What was used of the size; it may be beyond 100."""
        return 100 * self.used_mb / MB_PER_GB / self.size_gb if self.size_gb else 0.0


GROWTH_DAYS = 3
"""Days that have to lie between the first and the last known use of a vault before its growth is told."""


class Growth(NamedTuple):
    """How the use of a vault grew over some days, in GB a day; it may have become less."""

    days: int
    gb_a_day: float

    def days_until(self, free_gb: float) -> int | None:
        """Return in how many days so much more is used at this rate, ``None`` where it does not grow."""
        return int(max(free_gb, 0.0) / self.gb_a_day) if self.gb_a_day > 0 else None


def growth_of(uses: Sequence[VaultUse]) -> Growth | None:
    """Return how the use of a vault grew, by its days in their order; ``None`` while too few are known."""
    days = (uses[-1].day - uses[0].day).days if uses else 0
    if days < GROWTH_DAYS:
        return None
    return Growth(days, (uses[-1].used_mb - uses[0].used_mb) / MB_PER_GB / days)
