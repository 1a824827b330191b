"""The things of the simulated account: projects, vaults, resources, checkpoints, backups, tasks, policies."""

from datetime import datetime

from msgspec import Struct, field

SERVER = "OS::Nova::Server"
BARE_METAL = "OS::Ironic::BareMetalServer"
DISK = "OS::Cinder::Volume"
TURBO = "OS::Sfs::Turbo"
DESKTOP = "OS::Workspace::DesktopV2"

PROVIDERS = {
    "server": "0daac4c5-6707-4851-97ba-169e36266b66",
    "disk": "d1603440-187d-4516-af25-121250c7cc97",
    "turbo": "3f3c3220-245c-4805-b811-758870015881",
    "workspace": "86a80900-71bf-4961-956a-d52df944f84a",
}
"""Backup provider of each object type; the ids are the same in all regions."""


class Project(Struct, frozen=True):
    """A project of the account; its name begins with the region's id."""

    id: str
    name: str

    @property
    def region(self) -> str:
        """The region's id: the project's name up to the first underscore."""
        return self.name.partition("_")[0]


class EnterpriseProject(Struct):
    """What resources of an account are sorted into, whatever their region and project."""

    id: str
    name: str
    created_at: datetime
    description: str = ""
    enabled: bool = True


class User(Struct):
    """An IAM user of the account, with access keys."""

    id: str
    name: str
    password: str
    keys: dict[str, str]
    wrong_tries: int = 0
    locked_until: datetime | None = None


class Disk(Struct):
    """A disk of a server, or what a disk resource is made of; size in GB.

    status: the state of a disk of a server; a disk resource has its own.
    """

    id: str
    name: str
    size_gb: int
    device: str = "/dev/vda"
    system: bool = False
    encrypted: bool = False
    shared: bool = False
    scsi: bool = False
    volume_type: str = "SSD"
    status: str = "in-use"


class Resource(Struct):
    """Something that can be backed up, in a vault or not.

    refusal: code with which a backup of it is skipped ("7104"), or "". fails_at, restore_fails_at:
    percentage at which its backup or a restore to it breaks off, or None. fresh_mb: what an incremental
    backup adds. server_id: the server that a disk is attached to, if it is one of ours.
    agent: version of the agent for consistent backups, if it has one.
    """

    id: str
    name: str
    type: str
    size_gb: int
    status: str = "ACTIVE"
    vault_id: str | None = None
    protect_status: str | None = "available"
    auto_protect: bool = True
    backup_size_mb: int = 0
    backup_count: int = 0
    disks: list[Disk] = field(default_factory=list)
    refusal: str = ""
    fails_at: int | None = None
    fresh_mb: int = 512
    os: str = "Linux"
    tags: list[str] = field(default_factory=list)
    extra: str = "{}"
    excluded: list[str] = field(default_factory=list)
    zone: str = "eu-de-01"
    architecture: str = "x86_64"
    restore_fails_at: int | None = None
    server_id: str | None = None
    agent: str | None = None


class Vault(Struct):
    """A vault; `used_mb` in MB, `size_gb` in GB, as on the wire."""

    id: str
    name: str
    object_type: str
    size_gb: int
    used_mb: int
    created_at: datetime
    protect_type: str = "backup"
    status: str = "available"
    resources: list[str] = field(default_factory=list)
    description: str | None = None
    auto_expand: bool = False
    auto_bind: bool = False
    threshold: int = 80
    locked: bool = False
    tags: list[tuple[str, str]] = field(default_factory=list)
    enterprise_project_id: str = "0"
    frozen_scene: str | None = None
    consistent_level: str = "crash_consistent"
    charging_mode: str = "post_paid"
    smn_notify: bool = True
    bind_rules: list[tuple[str, str]] = field(default_factory=list)
    backup_name_prefix: str | None = None
    demand_billing: bool = False
    is_multi_az: bool = False
    zone: str = ""

    @property
    def used_percent(self) -> float:
        """How full it is; more than 100 is possible."""
        return 100 * self.used_mb / (1024 * self.size_gb)


class Policy(Struct):
    """A policy; vaults maps vault ids to the destination vault (replication) or None.

    start_window_minutes: within how many minutes a run starts, or None.
    """

    id: str
    name: str
    operation_type: str
    definition: dict[str, object]
    pattern: list[str]
    trigger_id: str
    start: datetime
    enabled: bool = True
    start_window_minutes: int | None = None
    vaults: dict[str, str | None] = field(default_factory=dict)


class Skipped(Struct, frozen=True):
    """A resource that a checkpoint leaves out, with the short code of the reason."""

    resource: Resource
    code: str


class Checkpoint(Struct):
    """A restore point; `before` are the resources with the protect status they had before the run."""

    id: str
    vault_id: str
    created_at: datetime
    name: str
    description: str
    retention_days: int
    accepted: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    status: str = "protecting"


class Record(Struct):
    """The replication of one backup to another region; progress in percent."""

    id: str
    status: str
    created_at: datetime
    source_backup_id: str
    source_checkpoint_id: str
    source_project_id: str
    source_region: str
    destination_backup_id: str
    destination_checkpoint_id: str
    destination_project_id: str
    destination_region: str
    destination_vault_id: str
    vault_id: str
    auto: bool = False
    progress: int = 100
    fail_code: str = ""
    fail_reason: str = ""


class Backup(Struct, gc=False):
    """A backup of one resource.

    first_name: what it was called before it was renamed, or None. images: ids of images made of it. records: its
    replications, of a replica the one that made it. without: disks left out. architecture of the server it is of.
    """

    id: str
    name: str
    checkpoint_id: str
    vault_id: str
    resource_id: str
    created_at: datetime
    status: str = "available"
    incremental: bool = True
    auto: bool = False
    description: str = ""
    updated_at: datetime | None = None
    protected_at: datetime | None = None
    expired_at: datetime | None = None
    image_type: str = "backup"
    images: list[str] | None = None
    progress: int | None = None
    records: list[Record] | None = None
    without: list[str] | None = None
    first_name: str | None = None


class Task(Struct, gc=False):
    """An operation log; progress in percent. details: what is told of its kind alone, if that is more than the backup.

    resource_id is empty for what is done to a whole vault.
    """

    id: str
    operation_type: str
    status: str
    created_at: datetime
    vault_id: str
    resource_id: str
    progress: int = 100
    ended_at: datetime | None = None
    updated_at: datetime | None = None
    checkpoint_id: str | None = None
    policy_id: str | None = None
    backup_id: str | None = None
    backup_name: str = ""
    incremental: bool = True
    error_code: str = ""
    error_message: str = ""
    details: dict[str, object] | None = None


class Part(Struct):
    """What a running checkpoint does to one resource; times in seconds from the run's start.

    halts_at: percentage at which it stays for ever, or None. grown_mb of target_mb are written.
    """

    resource: Resource
    backup: Backup
    task: Task
    starts: float
    ends: float
    target_mb: int
    halts_at: int | None = None
    grown_mb: int = 0
    done: bool = False


class Member(Struct):
    """A project that a backup is offered to: `pending`, `accepted` or `rejected` by it."""

    id: str
    backup_id: str
    dest_project_id: str
    created_at: datetime
    status: str = "pending"
    updated_at: datetime | None = None
    vault_id: str | None = None
    image_id: str | None = None


class Run(Struct):
    """A checkpoint in the making."""

    checkpoint: Checkpoint
    vault: Vault
    started_at: datetime
    parts: list[Part]
