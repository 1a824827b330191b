"""Findings: what a check has to say about a request, as facts without sentences."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum, StrEnum, auto
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

FindingFacts = dict[str, object]
"""What a finding says, by the names that its kind promises."""

ALIKE = 20
"""Findings of one kind that are told each for itself."""


class Severity(Enum):
    """How much a finding weighs: ``BLOCK`` keeps a request from being sent, ``WARN`` wants a person's yes."""

    BLOCK = auto()
    WARN = auto()
    INFO = auto()


class RequestPart(StrEnum):
    """The part of a request that a finding is about; the dialog puts the finding there."""

    FILE = "file"
    VAULT = "vault"
    NAME = "name"
    DESCRIPTION = "description"
    TYPE = "type"
    RESOURCES = "resources"
    ADVANCED = "advanced"
    CONNECTION = "connection"
    BACKUP = "backup"
    TARGET = "target"
    SCHEDULE = "schedule"
    RETENTION = "retention"


class FindingKind(StrEnum):
    """What was found. The facts that come with each are named in its comment; ``more`` counts others like it."""

    # the request document
    NOT_JSON = "not-json"  # fault (``JsonFault``), line, column, detail (the parser's words for ``SYNTAX``)
    TOO_LARGE = "too-large"  # size, limit (bytes)
    NOT_OBJECT = "not-object"  # path, found
    MISSING = "missing"  # path
    WRONG_TYPE = "wrong-type"  # path, expected, found
    DUPLICATE_KEY = "duplicate-key"  # path
    UNKNOWN_KEY = "unknown-key"  # path
    HALF_CHARACTER = "half-character"  # path, code_point
    OPERATION_UNKNOWN = "operation-unknown"  # path, found, known
    CHECKPOINT_WRAPPED = "checkpoint-wrapped"  # path: a checkpoint's file has nothing around its body
    TWO_REQUESTS = "two-requests"  # path, operation
    NOT_TAKEN = "not-taken"  # path: nothing that the operation takes
    PRIOR_MISSING = "prior-missing"  # no other request is named whose result it takes
    # name and description
    TOO_LONG = "too-long"  # length, limit, over, path for a resource
    BAD_CHARACTER = "bad-character"  # character, position (from 1), count, rules unless the strict ones
    CONTROL_CHARACTER = "control-character"  # code point, position
    NAME_LOOKS_AUTOMATIC = "name-looks-automatic"
    NAME_TAKEN = "name-taken"  # name
    NAME_TEMPLATE = "name-template"  # problem, part: one of ``template.Rendered.problems``
    NAME_OMITTED = "name-omitted"
    NAME_EMPTY = "name-empty"  # path
    NAME_NO_ROOM_FOR_SUFFIX = "name-no-room-for-suffix"  # length, limit
    # vault
    NO_VAULT = "no-vault"
    BAD_ID = "bad-id"  # path, found
    OTHER_SPELLING = "other-spelling"  # found, written
    VAULT_UNKNOWN = "vault-unknown"  # id
    VAULT_STATUS = "vault-status"  # vault, status
    VAULT_EXPANDING = "vault-expanding"  # vault
    VAULT_REPLICATION = "vault-replication"  # vault
    VAULT_BUSY = "vault-busy"  # vault, progress
    VAULT_EMPTY = "vault-empty"  # vault
    VAULT_FULL = "vault-full"  # vault, used_percent
    VAULT_MAY_FILL = "vault-may-fill"  # vault, free_gb, upper_gb
    VAULT_NOT_PUBLIC = "vault-not-public"  # vault, cloud_type
    VAULT_UNVERIFIED = "vault-unverified"  # id
    # changes of vaults
    OUT_OF_RANGE = "out-of-range"  # path, found, low, high
    VAULT_STATE = "vault-state"  # vault, status: it is changed in no such state
    VAULT_UNCHANGED = "vault-unchanged"  # vault
    VAULT_NAME_TAKEN = "vault-name-taken"  # name
    POLICY_NAME_TAKEN = "policy-name-taken"  # name
    LOCK_APART = "lock-apart"  # vault: locking is a request of its own
    SIZE_BY_ORDER = "size-by-order"  # vault
    SIZE_BUSY = "size-busy"  # vault
    SIZE_BELOW_USED = "size-below-used"  # vault, used_gb, size_gb
    SIZE_BELOW_ALLOCATED = "size-below-allocated"  # allocated_gb, size_gb
    SIZE_AFTER = "size-after"  # vault, size_gb, free_gb, used_percent: as it is then
    LEVEL_BACK = "level-back"  # vault
    LEVEL_UNFIT = "level-unfit"  # vault
    LEVEL_FOR_GOOD = "level-for-good"  # vault, count (servers)
    EXPANSION_BY_ORDER = "expansion-by-order"  # vault
    EXPANSION_TOO_LATE = "expansion-too-late"  # vault
    EXPANSION_STEP = "expansion-step"  # vault, size_gb, then_gb
    OVER_THRESHOLD = "over-threshold"  # vault, used_percent, threshold
    BINDING_NEEDS_POLICY = "binding-needs-policy"  # vault
    BINDING_NEEDS_ROOM = "binding-needs-room"  # vault, free_gb, limit
    BINDING_UNKNOWN = "binding-unknown"  # vault
    BINDING_TAKES = "binding-takes"  # vault, count, names, size_gb, some (resources that have a part of the tags)
    LOCKED_ALREADY = "locked-already"  # vault
    LOCK_FOR_GOOD = "lock-for-good"  # vault
    LOCK_HOLDS = "lock-holds"  # vault, count (resources)
    LOCK_KEEPS = "lock-keeps"  # vault, count (automatic backups), last (when the last of them expires)
    LOCK_KEEPS_FOREVER = "lock-keeps-forever"  # vault, count (automatic backups that never expire)
    LOCK_POLICY_FOREVER = "lock-policy-forever"  # vault, policy: what it makes never expires
    DELETION_STATE = "deletion-state"  # vault, status
    DELETION_BY_ORDER = "deletion-by-order"  # vault
    DELETION_BUSY = "deletion-busy"  # vault, count (tasks)
    DELETION_IMAGES = "deletion-images"  # vault, count, names (backups that images were made of)
    DELETION_LOCKED = "deletion-locked"  # vault, count (automatic backups that cannot be deleted)
    DELETION_BACKUPS = "deletion-backups"  # vault, count, size_gb
    DELETION_LAST = "deletion-last"  # count, names (resources of which no good backup is left)
    DELETION_UNSEEN = "deletion-unseen"  # vault, count (backups that are in no list, 0 where that is not known)
    DELETION_RESOURCES = "deletion-resources"  # vault, count, names
    DELETION_POLICIES = "deletion-policies"  # count, names
    DELETION_REPLICAS = "deletion-replicas"  # count (backups), names (regions)
    DELETION_SHARES = "deletion-shares"
    VAULTS_GO = "vaults-go"  # count (vaults), names, backups, size_gb
    VAULTS_FREE = "vaults-free"  # count (policies that several vaults lose), names, idle (those without a vault then)
    EXPIRY_NO_DAY = "expiry-no-day"  # found
    EXPIRY_NO_ZONE = "expiry-no-zone"  # found
    EXPIRY_PAST = "expiry-past"  # day, zone
    EXPIRY_NOTHING = "expiry-nothing"  # vault
    EXPIRY_UNCHANGED = "expiry-unchanged"  # vault, count
    EXPIRY_SOONER = "expiry-sooner"  # vault, count, day (with its zone)
    EXPIRY_ENDLESS = "expiry-endless"  # vault, count (backups that never expire now)
    EXPIRY_LAST = "expiry-last"  # count, names (resources of which no good backup is left then)
    EXPIRY_LOCKED = "expiry-locked"  # vault, count (automatic backups)
    EXPIRY_LATER = "expiry-later"  # vault, count (backups that are kept longer)
    EPS_NOT_ASKED = "eps-not-asked"  # hindrance: one of ``enterprise_project.Hindrance``
    PROJECT_ID_MISSING = "project-id-missing"
    PROJECT_ID_OTHER = "project-id-other"  # found
    ENTERPRISE_PROJECT_UNKNOWN = "enterprise-project-unknown"  # id
    ENTERPRISE_PROJECT_UNVERIFIED = "enterprise-project-unverified"  # id
    ENTERPRISE_PROJECT_DISABLED = "enterprise-project-disabled"  # name, id
    ENTERPRISE_PROJECT_SAME = "enterprise-project-same"  # vault, name (empty where not known), id
    ENTERPRISE_PROJECT_RIGHTS = "enterprise-project-rights"  # as above
    BAD_ZONE = "bad-zone"  # found, limit
    OVERUSE_BY_ORDER = "overuse-by-order"  # vault
    BAD_PREFIX = "bad-prefix"  # found, limit
    REPLICATION_UNFIT = "replication-unfit"
    REPLICATION_HOLDS = "replication-holds"  # count (resources)
    AGENT_LACKING = "agent-lacking"  # count, names (servers)
    AGENT_OLD = "agent-old"  # count, names (servers)
    AGENT_THERE = "agent-there"  # count (servers)
    AGENT_NEEDED = "agent-needed"
    CREATION_BY_ORDER = "creation-by-order"
    PRICE_CLASS = "price-class"  # size_gb, name (of the class, empty where it is not known), multi (AZ)
    NO_POLICY = "no-policy"  # vault
    POLICY_ASLEEP = "policy-asleep"  # policy
    RESOURCE_UNFIT = "resource-unfit"  # resource
    RESOURCE_TAKEN = "resource-taken"  # resource, vault
    RESOURCE_UNSEEN = "resource-unseen"  # resource
    VAULT_TAKES_FEWER = "vault-takes-fewer"  # count, limit
    TOO_MANY_TAGS = "too-many-tags"  # count, limit
    TAG_TWICE = "tag-twice"  # key
    TAG_KEY_MISSING = "tag-key-missing"
    TAG_KEY = "tag-key"  # key, limit
    TAG_VALUE = "tag-value"  # key, found, limit
    TAGS_NONE = "tags-none"
    TAG_OVERWRITTEN = "tag-overwritten"  # vault, key, found (its value now), written (its value then)
    TAGS_UNCHANGED = "tags-unchanged"  # vault
    TAGS_MANY = "tags-many"  # vault, count, limit: more than some regions take
    ALL_VAULTS = "all-vaults"  # count, names, changed (how many are otherwise now)
    ALL_UNCHANGED = "all-unchanged"
    # resources
    NOTHING_CHOSEN = "nothing-chosen"
    TOO_MANY_RESOURCES = "too-many-resources"  # count, limit
    DUPLICATE_RESOURCE = "duplicate-resource"  # resource, other (its id as spelled before, where that differs)
    WHOLE_VAULT = "whole-vault"  # path
    TYPE_UNKNOWN = "type-unknown"  # path, found
    FOREIGN_RESOURCE = "foreign-resource"  # resource, vault, other_vault
    BOTH_FORMS = "both-forms"
    RESOURCE_STATE = "resource-state"  # resource, status
    RESOURCE_RESTORING = "resource-restoring"  # resource
    RESOURCE_FAILED = "resource-failed"  # resource
    RESOURCE_NOT_PROTECTABLE = "resource-not-protectable"  # resource, reason
    RESOURCE_LARGE = "resource-large"  # resource, size_gb
    NO_DISK_LEFT = "no-disk-left"  # resource
    SYSTEM_DISK_EXCLUDED = "system-disk-excluded"  # resource
    SOME_DISKS_EXCLUDED = "some-disks-excluded"  # resource, excluded, disks
    SHARED_DISKS = "shared-disks"  # resource, count, limit
    FIRST_BACKUP_FULL = "first-backup-full"  # resources
    # what a vault holds
    NO_RESOURCE = "no-resource"
    REQUEST_TOO_LARGE = "request-too-large"  # count, limit (resources)
    VAULT_TYPE_UNFIT = "vault-type-unfit"  # vault, holds (``VaultKind``), resource, type
    VAULT_TAKES_REPLICAS = "vault-takes-replicas"  # vault
    VAULT_CROWDED = "vault-crowded"  # vault, count (resources then), limit
    VAULT_OVERBOOKED = "vault-overbooked"  # vault, allocated_gb, size_gb, auto_expand
    VAULT_ROOM = "vault-room"  # vault, allocated_gb (then), size_gb
    VAULT_WORM = "vault-worm"  # vault
    VAULT_AT_WORK = "vault-at-work"  # vault, type (of the task)
    RESOURCE_HELD = "resource-held"  # resource, vault, other_vault (``None``: this very vault)
    RESOURCE_UNKNOWN = "resource-unknown"  # id
    RESOURCE_BUSY = "resource-busy"  # resource, status
    DISK_UNKNOWN = "disk-unknown"  # resource, disk (its id)
    DISK_HELD = "disk-held"  # resource, other_vault: a disk of the server, or its server, is in a vault
    BACKUPS_IN_IMAGES = "backups-in-images"  # resource, count
    LAST_BACKUPS = "last-backups"  # resources (names), count
    SHARES_END = "shares-end"
    SAME_VAULT = "same-vault"  # vault
    TARGET_UNFIT = "target-unfit"  # vault, target
    TARGET_FULL = "target-full"  # target, free_gb, moved_gb
    BACKUPS_MOVE = "backups-move"  # target, count, moved_gb
    RESOURCES_MOVE = "resources-move"  # target, count (resources), vaults (that they leave), moved_gb, free_gb (then)
    POLICY_LOST = "policy-lost"  # vault, target: it has a policy, the other has none
    PROTECTION_STOPS = "protection-stops"  # count (resources), resources (names)
    PROTECTION_UNCHANGED = "protection-unchanged"  # resource, is_on
    # options
    RETENTION_WITH_AUTO = "retention-with-auto"
    RETENTION_RANGE = "retention-range"  # found, limit
    AUTO_TRIGGER_ON = "auto-trigger-on"
    BETA_FIELD = "beta-field"  # path
    PEAK_HOURS = "peak-hours"
    DATA_OLD = "data-old"  # age (timedelta), from_cache
    # backups
    BACKUP_UNKNOWN = "backup-unknown"  # id
    BACKUP_STATUS = "backup-status"  # backup, status
    BACKUP_IN_USE = "backup-in-use"  # backup, resource: the next backup of its resource is being made from it
    BACKUP_LOCKED = "backup-locked"  # backup, vault
    BACKUP_HAS_IMAGE = "backup-has-image"  # backup, image: the id of one that was made of it
    BACKUP_REPLICATING = "backup-replicating"  # backup, region
    NAME_MISSING = "name-missing"
    # restores
    RESTORE_TARGETS = "restore-targets"  # the request names no target, or several
    RESTORE_UNREAD = "restore-unread"  # backup: its disks are not read
    RESTORE_STATUS = "restore-status"  # backup, status
    RESTORE_NOT_POSSIBLE = "restore-not-possible"  # backup: the service says that nothing is restored from it
    RESTORE_IN_PLACE = "restore-in-place"  # backup, resource: a file system is not written over
    RESTORE_REPLICA = "restore-replica"  # backup
    RESTORE_VAULT = "restore-vault"  # vault, status
    RESTORE_ELSEWHERE = "restore-elsewhere"  # backup, resource (what it was made of), target
    RESTORE_WRONG_KEY = "restore-wrong-key"  # key, expected
    TARGET_UNKNOWN = "target-unknown"  # target (its id)
    TARGET_UNREAD = "target-unread"  # target: nothing is known of its disks of today
    RESTORE_ASKED = "restore-asked"  # target, state: a restore of ours that may run there, or that goes first
    TARGET_STATUS = "target-status"  # target, status
    TARGET_RESTORING = "target-restoring"  # target
    TARGET_BACKED_UP = "target-backed-up"  # target
    TARGET_REMOVED = "target-removed"  # target
    PAIR_RULE = "pair-rule"  # rule (``Rule``), backup, disk, saved_gb, size_gb
    PAIRS_MISSING = "pairs-missing"  # backup: a server is restored disk by disk
    DISKS_LEFT_OUT = "disks-left-out"  # backup, names (of disks in the backup that are not restored), count
    DISK_SWAPPED = "disk-swapped"  # backup, disk, other (the disk that it was made of)
    PATH_RANGE = "path-range"  # length, limit
    NAME_UNCHANGED = "name-unchanged"  # name
    # policies
    NO_SCHEDULE = "no-schedule"
    BAD_PATTERN = "bad-pattern"  # found
    TOO_MANY_PATTERNS = "too-many-patterns"  # count, limit
    RUNS_TOO_CLOSE = "runs-too-close"  # first, second (HH:MM UTC)
    TIMEZONE_MISSING = "timezone-missing"
    RETENTION_EXCLUSIVE = "retention-exclusive"
    POLICIES_FULL = "policies-full"  # count, limit
    KEPT_FOREVER = "kept-forever"
    POLICY_UNKNOWN = "policy-unknown"  # id
    POLICY_UNCHANGED = "policy-unchanged"  # policy
    POLICY_TYPE_UNFIT = "policy-type-unfit"  # policy, vault
    POLICY_APPLIED = "policy-applied"  # policy, vault
    POLICY_NOT_APPLIED = "policy-not-applied"  # policy, vault
    POLICY_REPLACED = "policy-replaced"  # policy, vault, other: the policy whose place it takes
    POLICY_STOPS = "policy-stops"  # policy, count: vaults that are not backed up by it any more
    DESTINATION_MISSING = "destination-missing"  # policy
    COPIES_NOWHERE = "copies-nowhere"
    DESTINATION_FIXED = "destination-fixed"  # policy
    RULES_UNSENT = "rules-unsent"  # policy, names: rules that it has and that a change of them does not name
    RULES_CHANGED = "rules-changed"  # policy, transition
    BACKUPS_GO = "backups-go"  # policy, count, last (the time of the first of them): they would stay otherwise
    # sharing
    RECEIVER_MISSING = "receiver-missing"
    RECEIVER_INVALID = "receiver-invalid"  # found
    RECEIVER_OWN = "receiver-own"  # found
    RECEIVER_TWICE = "receiver-twice"  # found
    RECEIVERS_TOO_MANY = "receivers-too-many"  # count, limit
    SHARED_ALREADY = "shared-already"  # found, status (of that share)
    SHARE_DISK = "share-disk"  # backup
    SHARE_NO_SERVER = "share-no-server"  # backup
    SHARE_STATUS = "share-status"  # backup, status
    SHARE_ENCRYPTED = "share-encrypted"  # backup
    SHARE_RECEIVED = "share-received"  # backup: it is of another project
    SHARE_VAULT_STATUS = "share-vault-status"  # vault, status
    MEMBER_UNKNOWN = "member-unknown"  # found
    MEMBER_IMAGE = "member-image"  # found
    MEMBER_ACCEPTED = "member-accepted"  # found
    ANSWER_INVALID = "answer-invalid"  # found
    ANSWER_FOR_OTHER = "answer-for-other"  # found
    OFFER_UNKNOWN = "offer-unknown"  # id
    OFFER_ANSWERED = "offer-answered"  # backup, status (of the share)
    OFFER_GIVEN_BACK = "offer-given-back"  # backup, vault
    TAKING_VAULT_MISSING = "taking-vault-missing"
    TAKING_VAULT_KIND = "taking-vault-kind"  # vault
    TAKING_VAULT_FULL = "taking-vault-full"  # vault
    # replication
    DESTINATION_UNSAID = "destination-unsaid"
    REGION_UNREACHED = "region-unreached"  # found
    DESTINATION_UNVERIFIED = "destination-unverified"  # id, region
    DESTINATION_KIND = "destination-kind"  # vault
    DESTINATION_STATUS = "destination-status"  # vault, status
    DESTINATION_FULL = "destination-full"  # vault
    REPLICA_SOURCE = "replica-source"  # vault: what is asked to be replicated is or holds replicas
    REPLICATE_NO_SERVER = "replicate-no-server"  # vault, or the backup
    REPLICATE_NO_SYSTEM = "replicate-no-system"  # backup
    REPLICATE_STATUS = "replicate-status"  # backup, status
    REPLICATE_VAULT_STATUS = "replicate-vault-status"  # vault, status
    REPLICATE_BUSY = "replicate-busy"  # vault
    REPLICA_THERE = "replica-there"  # backup, region
    REPLICATE_NOTHING = "replicate-nothing"  # vault, region
    REPLICATE_COUNT = "replicate-count"  # vault, region, count
    REPLICATED_BEFORE = "replicated-before"  # vault, region
    # schedules; each but the first one has a ``policy_id`` besides
    VAULT_WITHOUT_POLICY = "vault-without-policy"  # vault, vault_id, count (resources)
    POLICY_UNUSED = "policy-unused"  # policy
    POLICY_DISABLED = "policy-disabled"  # policy, count (vaults), since (its last task, ``None`` where none is known)
    RETENTION_SHORT = "retention-short"  # policy, count (days)
    RUNS_IN_PEAK = "runs-in-peak"  # policy, count
    RUNS_MISSED = "runs-missed"  # policy, vault, count, last (the time of the last one)
    # policy, other, vault, count (runs within a week), when (the first of them), lasts (minutes, ``None`` for unknown)
    REPLICATION_EARLY = "replication-early"  # other: the backup policy whose backups it copies
    POLICIES_TOGETHER = "policies-together"  # other: the policy that is usually at work in the vault
    RUN_OVERTAKES = "run-overtakes"  # other: the policy itself
    # plans
    PLAN_IS_REQUEST = "plan-is-request"  # the file holds one request and no plan
    PLAN_RANGE = "plan-range"  # path, low, high, found; ``high`` is 0 where there may be none
    STEP_UNCLEAR = "step-unclear"  # path
    FILE_OUTSIDE = "file-outside"  # path
    FILE_UNREADABLE = "file-unreadable"  # path, detail
    AFTER_ELSEWHERE = "after-elsewhere"  # after, profile: the step that it waits for goes by another profile
    PROFILE_UNKNOWN = "profile-unknown"  # profile, empty when none is named
    PLAN_OVERWRITES = "plan-overwrites"  # the step overwrites something, which is not confirmed when its turn comes
    BAD_TEMPLATE = "bad-template"  # path, found


class ValueKind(StrEnum):
    """What a value of JSON is, or has to be."""

    TEXT = "text"
    BOOLEAN = "boolean"
    WHOLE_NUMBER = "whole-number"
    NUMBER = "number"
    LIST = "list"
    OBJECT = "object"
    NULL = "null"
    OTHER = "other"
    NONE = "none"
    NO_OBJECT = "no-object"
    NO_NUMBER = "no-number"


class JsonFault(StrEnum):
    """Why a file is no JSON that can be taken."""

    SYNTAX = "syntax"
    NOT_UTF_8 = "not-utf-8"
    UTF_16 = "utf-16"
    NUMBER = "number"
    TOO_DEEP = "too-deep"
    TOO_MANY = "too-many"


class Finding(Struct, frozen=True):
    """One thing that a check found.

    ``code`` is the service's error code that sending would meet (``6113``), empty where there is none. ``as_of`` is
    the time of the data that was judged, ``None`` when the request itself was.
    """

    kind: FindingKind
    severity: Severity
    subject: RequestPart
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    code: str = ""
    as_of: datetime | None = None


def block(kind: FindingKind, subject: RequestPart, code: str = "", **facts: object) -> Finding:
    """Return a finding that keeps the request from being sent."""
    return Finding(kind, Severity.BLOCK, subject, facts, code)


def warn(kind: FindingKind, subject: RequestPart, code: str = "", **facts: object) -> Finding:
    """Return a finding that a person should accept before the request is sent."""
    return Finding(kind, Severity.WARN, subject, facts, code)


def info(kind: FindingKind, subject: RequestPart, code: str = "", **facts: object) -> Finding:
    """Return a finding that is only told."""
    return Finding(kind, Severity.INFO, subject, facts, code)


def folded(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in their order; of more than ``ALIKE`` of a kind only the first, which counts the others."""
    groups: dict[object, _Group] = {}
    kept: list[tuple[_Group, Finding]] = []
    likeness: object = None
    group = _Group()
    for finding in findings:
        now = (finding.kind, finding.severity, finding.subject, finding.code)
        # like ones come in a row, and to look an enumeration up is slow
        if now != likeness:
            likeness, group = now, groups.setdefault(now, _Group())
        group.count += 1
        if group.count <= ALIKE:
            kept.append((group, finding))
    told = []
    for group, finding in kept:
        if group.count <= ALIKE:
            told.append(finding)
        elif not group.is_told:
            told.append(replace(finding, facts={**finding.facts, "more": group.count - 1}))
            group.is_told = True
    return told


class _Group(Struct):
    count: int = 0
    is_told: bool = False
