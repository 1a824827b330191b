"""Switches between the ways in which regions and releases of the service differ."""

from dataclasses import dataclass, field
from typing import Literal

OTC_MISSING = frozenset(
    {
        "protectables",
        "vaults/summary",
        "vaults/external",
        "vaults/batch-update",
        "vaults/set-resources",
        "vaults/expiry",
        "backups/rename",
        "backups/metadata",
        "agent/check",
        "cbr-features",
        "storage_usage",
        "region-projects",
        "domain",
    }
)
"""Parts of the API that Open Telekom Cloud does not document."""


@dataclass
class Modes:
    """How the service behaves; may be changed while it runs.

    Where the public documents leave a behaviour open, each plausible behaviour is a value here.
    """

    busy_code: Literal["6125", "1001", "6203"] = "6125"
    """Code of the 400 when the vault is already being backed up."""
    deleting_code: Literal["6200", "6203"] = "6200"
    """Code of the answer to a second deletion while the first is under way: a 404 or a 400."""
    all_skipped: Literal["empty", "refuse"] = "empty"
    """Every resource skipped: 200 with an empty list, or 400 BackupService.0001."""
    checkpoint_get_empty: bool = False
    """GET of a checkpoint answers `vault: null, extra_info: null`."""
    unknown_keys: Literal["ignore", "refuse"] = "ignore"
    """Unknown keys in a request: ignored, or 400 BackupService.9900."""
    otc: bool = False
    """Open Telekom Cloud: fewer operations, ASCII names, no beta fields."""
    beta_fields: bool = True
    """Whether the region knows the fields in public test: of checkpoints `retention_duration_days`, `policy_id` and
    `include_volumes`, of policies `advanced_retention_rules`, `enable_acceleration` and `start_window_minutes`.
    Else they answer 400 9900."""
    drift: bool = False
    """Times with milliseconds and +00:00, sizes in checkpoints as numbers."""
    unknown_checkpoint_401: bool = False
    """An unknown checkpoint answers 401 "Malformed request url" instead of 404."""
    token_hours: float = 24.0
    """Life of a token, in hours of the service clock."""
    mfa_required: set[str] = field(default_factory=set)
    """Names of users who must log in with password and one-time code."""
    tells_why: bool = False
    """A refused login says that the user is locked or the domain unknown; else both are a wrong name or password."""
    retry_after: int | None = None
    """Seconds in the Retry-After header of a 429, or no such header."""
    checkpoint_seconds: float = 40.0
    """How long a checkpoint takes, in seconds of the service clock."""
    deletion_seconds: float = 20.0
    """How long the deletion of a backup takes, in seconds of the service clock."""
    restore_seconds: float = 60.0
    """How long a restore takes, in seconds of the service clock."""
    restore_answer: Literal["job", "empty"] = "job"
    """A restore answers with the id of its operation log, or without a body."""
    vault_deletion_seconds: float = 20.0
    """How long the deletion of a vault takes, in seconds of the service clock."""
    removal_seconds: float = 20.0
    """How long the dissociation of resources takes, in seconds of the service clock."""
    migration_seconds: float = 20.0
    """How long it takes until resources and backups are in another vault, in seconds of the service clock."""
    association_seconds: float = 0.0
    """Seconds after which a vault shows resources that were associated with it."""
    expansion_seconds: float = 0.0
    """Seconds for which a vault is `lock` after its size was changed."""
    copy_seconds: float = 60.0
    """How long the replication of a backup takes, in seconds of the service clock."""
    copy_fails_at: int | None = None
    """Percentage at which replications fail, or None."""
    vault_quota: int | None = None
    """Vaults that a project can have, or None for no end."""
    latency_seconds: float = 0.0
    """Real seconds by which each answer is late."""
    packs: bool = False
    """Answers are packed with gzip for clients that accept it. The references say nothing of it, so both may be met."""
    schedules: bool = True
    """Policies make backups when their time comes, and delete those that are too many or too old."""
    unknown_policy_type: Literal["9900", "6117"] = "9900"
    """Code of the answer to a policy of a type that does not exist."""
    unsent_rules: Literal["stay", "go"] = "go"
    """What becomes of the numbers of a retention that a change of it does not name: they stay, or are not set then."""
    appears_after_seconds: float = 0.0
    """Seconds after which new backups and operation logs show in lists."""
    page_cap: int | None = None
    """Most rows that a page has, whatever is asked for; or no such cap."""
    counts: bool = True
    """Lists tell how many rows there are in all."""
    paging: Literal["offset", "marker"] = "offset"
    """`marker`: offsets are not heeded, pages go on after a marker alone."""
    sorts: bool = True
    """`sort` is heeded; else the newest come first."""
    exact_names: bool = False
    """Name filters of lists match whole names instead of parts of them."""
    calls_per_minute: int | None = None
    """More calls than this in a minute of the service clock answer 429 APIGW.0308."""
    missing: set[str] = field(default_factory=set)
    """Resources of the API that this region lacks (`protectables`, `vaults/summary`, ...): 404 APIGW.0101."""
    gateway: Literal["APIGW", "APIG"] = "APIGW"
    """What the codes of the gateway begin with."""
    renew_tokens: bool = False
    """Every token answers 401 APIGW.0307: it must be updated, or belongs to another region."""
    forbidden: set[str] = field(default_factory=set)
    """Actions the user may not do (`cbr:vaults:backup`, `cbr:tasks:list`, ...): 403."""

    @property
    def knows_beta(self) -> bool:
        """Whether the region knows the fields that are in public test."""
        return self.beta_fields and not self.otc

    @property
    def tags_most(self) -> int:
        """Tags that a vault can have."""
        return 20 if self.otc else 10

    def lacks(self, feature: str) -> bool:
        """Whether this region does not publish the named part of the API."""
        return feature in self.missing or (self.otc and feature in OTC_MISSING)
