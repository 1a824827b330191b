"""Policies: when the service makes or replicates backups by itself; the draft of one, and the rules that judge it."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from cbr_desktop.domain.checkpoint import name_findings
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, block, info, warn
from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.retention import FOREVER, Retention, Rules
from cbr_desktop.domain.schedule import PATTERNS_LIMIT, Schedule, is_fixed_zone, too_close

BACKUP = "backup"
"""``operation_type`` of a policy that makes backups."""
REPLICATION = "replication"
POLICIES_LIMIT = 32
"""Policies of one type of an account (user manual)."""
RETENTION_LIMIT = 99_999
"""The most backups, and the most days (definition of PolicyoODCreate)."""
LONG_TERM_LIMIT = 100
_LONG_TERM = ("day_backups", "week_backups", "month_backups", "year_backups")
_DESTINATION = ("destination_region", "destination_project_id")


class Policy(Struct):
    """A backup or replication policy; ``patterns`` are iCalendar rules in UTC, ``vault_ids`` where it is applied.

    ``started_at`` is when its trigger was made, which is when it was made itself. ``has_advanced_rules`` is whether it
    has rules of retention that this version does not know.
    """

    id: PolicyId
    name: str
    operation_type: str
    enabled: bool
    patterns: tuple[str, ...] = ()
    max_backups: int = FOREVER
    retention_days: int = FOREVER
    vault_ids: tuple[VaultId, ...] = ()
    started_at: datetime | None = None
    day_backups: int = 0
    week_backups: int = 0
    month_backups: int = 0
    year_backups: int = 0
    timezone: str = ""
    full_backup_interval: int = -1
    destination_region: str = ""
    destination_project_id: str = ""
    has_advanced_rules: bool = False

    @property
    def schedule(self) -> Schedule:
        """When it runs."""
        return Schedule(self.patterns, self.started_at)

    @property
    def retention(self) -> Retention:
        """How long it keeps what it makes."""
        return _retention(self)

    @property
    def rules(self) -> Rules:
        """What it says, as far as it decides about backups."""
        return Rules(self.schedule, self.retention, self.enabled)


class PolicyDraft(Struct, frozen=True):
    """What a person fills in for a new policy; one of replication copies to a project of another region.

    ``patterns`` are iCalendar rules in UTC. ``max_backups`` and ``retention_days`` are -1 for no limit; the numbers of
    daily, weekly, monthly and yearly backups are kept in addition, by the days of ``timezone`` (``UTC+01:00``).
    ``full_backup_interval`` makes every n-th backup a full one, -1 none.
    """

    change_kind: ClassVar[str] = "CreatePolicy"

    name: str
    patterns: tuple[str, ...]
    enabled: bool = True
    max_backups: int = FOREVER
    retention_days: int = FOREVER
    day_backups: int = 0
    week_backups: int = 0
    month_backups: int = 0
    year_backups: int = 0
    timezone: str = ""
    full_backup_interval: int = -1
    operation_type: str = BACKUP
    destination_region: str = ""
    destination_project_id: str = ""

    @property
    def long_term(self) -> dict[str, int]:
        """The numbers of backups that are kept for their day, week, month or year, by the service's names."""
        return {name: getattr(self, name) for name in _LONG_TERM}

    @property
    def retention(self) -> Retention:
        """How long it keeps what it makes."""
        return _retention(self)


def _retention(kept: "Policy | PolicyDraft") -> Retention:
    long_term = {name: getattr(kept, name) for name in _LONG_TERM}
    return Retention(kept.max_backups, kept.retention_days, timezone=kept.timezone, **long_term)


class PolicyUpdate(Struct, frozen=True):
    """What a person changes of a policy; ``None`` stays as it is.

    The rules of retention are changed as a whole, with ``full_backup_interval`` and with where a replication policy
    leads: what becomes of those that a request does not name is nowhere documented.
    """

    change_kind: ClassVar[str] = "UpdatePolicy"

    policy_id: PolicyId
    name: str | None = None
    enabled: bool | None = None
    patterns: tuple[str, ...] | None = None
    retention: Retention | None = None
    full_backup_interval: int = -1
    destination_region: str = ""
    destination_project_id: str = ""


class PolicyDeletion(Struct, frozen=True):
    """What a person fills in for the deletion of a policy."""

    change_kind: ClassVar[str] = "DeletePolicy"

    policy_id: PolicyId


class PolicyApplication(Struct, frozen=True):
    """What a person fills in to apply a policy to a vault; a replication policy copies to ``destination_vault_id``."""

    change_kind: ClassVar[str] = "AssociateVaultPolicy"

    policy_id: PolicyId
    vault_id: VaultId
    destination_vault_id: str = ""


class PolicyRemoval(Struct, frozen=True):
    """What a person fills in to remove a policy from a vault."""

    change_kind: ClassVar[str] = "DisassociateVaultPolicy"

    policy_id: PolicyId
    vault_id: VaultId


def policy_body(draft: PolicyDraft) -> bytes:
    """Return the body that asks for a policy, as UTF-8 JSON; what was not set is left out."""
    definition: dict[str, Any] = {}
    if draft.max_backups != FOREVER:
        definition["max_backups"] = draft.max_backups
    if draft.retention_days != FOREVER or draft.max_backups == FOREVER:
        definition["retention_duration_days"] = draft.retention_days
    definition |= {name: count for name, count in draft.long_term.items() if count}
    if draft.timezone:
        definition["timezone"] = draft.timezone
    if draft.full_backup_interval != -1:
        definition["full_backup_interval"] = draft.full_backup_interval
    if draft.operation_type == REPLICATION:
        definition |= {name: getattr(draft, name) for name in _DESTINATION}
    policy = {
        "name": draft.name,
        "enabled": draft.enabled,
        "operation_type": draft.operation_type,
        "operation_definition": definition,
        "trigger": {"properties": {"pattern": list(draft.patterns)}},
    }
    return json.dumps({"policy": policy}, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")


def read_policy(body: bytes) -> PolicyDraft | None:
    """Return the draft that a body of ``policy_body`` means, ``None`` for one that this version cannot read."""
    try:
        policy = json.loads(body)["policy"]
        definition = policy["operation_definition"]
        numbers = {name: definition.get(name, 0) for name in _LONG_TERM}
        return PolicyDraft(
            name=policy["name"],
            patterns=tuple(policy["trigger"]["properties"]["pattern"]),
            enabled=policy.get("enabled", True),
            max_backups=definition.get("max_backups", FOREVER),
            retention_days=definition.get("retention_duration_days", FOREVER),
            timezone=definition.get("timezone", ""),
            full_backup_interval=definition.get("full_backup_interval", -1),
            operation_type=policy.get("operation_type", BACKUP),
            **numbers,
            **{name: definition.get(name, "") for name in _DESTINATION},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def update_body(update: PolicyUpdate) -> bytes:
    """Return the body that asks for a change of a policy, as UTF-8 JSON; what stays is left out."""
    policy: dict[str, Any] = {}
    if update.enabled is not None:
        policy["enabled"] = update.enabled
    if update.name is not None:
        policy["name"] = update.name
    kept = update.retention
    if kept is not None:
        definition: dict[str, Any] = {"max_backups": kept.max_backups, "retention_duration_days": kept.days}
        definition |= dict(zip(_LONG_TERM, kept.long_term, strict=True))
        definition["full_backup_interval"] = update.full_backup_interval
        more = ("timezone", kept.timezone), *((name, getattr(update, name)) for name in _DESTINATION)
        policy["operation_definition"] = definition | {name: value for name, value in more if value}
    if update.patterns is not None:
        policy["trigger"] = {"properties": {"pattern": list(update.patterns)}}
    return json.dumps({"policy": policy}, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")


def read_update(body: bytes, policy_id: PolicyId) -> PolicyUpdate | None:
    """Return the change that a body of ``update_body`` means, ``None`` for one that this version cannot read."""
    try:
        policy = json.loads(body)["policy"]
        definition, trigger = policy.get("operation_definition"), policy.get("trigger")
        update = PolicyUpdate(policy_id, policy.get("name"), policy.get("enabled"))
        if trigger is not None:
            update = replace(update, patterns=tuple(trigger["properties"]["pattern"]))
        if definition is not None:
            long_term = {name: definition.get(name, 0) for name in _LONG_TERM}
            number, days = (definition.get(name, FOREVER) for name in ("max_backups", "retention_duration_days"))
            update = replace(
                update,
                retention=Retention(number, days, timezone=definition.get("timezone", ""), **long_term),
                full_backup_interval=definition.get("full_backup_interval", -1),
                **{name: definition.get(name, "") for name in _DESTINATION},
            )
        return update
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def unsent_rules(body: bytes, policy: Policy) -> list[str]:
    """Return the rules of a policy that a change of its rules does not name, though they say something."""
    definition = json.loads(body)["policy"].get("operation_definition")
    if definition is None:
        return []
    usual = Policy(policy.id, "", policy.operation_type, enabled=True)
    fields = {"retention_duration_days": "retention_days"}
    names = ("max_backups", "retention_duration_days", *_LONG_TERM, "full_backup_interval", *_DESTINATION)
    own = [name for name in names if getattr(policy, fields.get(name, name)) != getattr(usual, fields.get(name, name))]
    own += ["advanced_retention_rules"] if policy.has_advanced_rules else []
    return [name for name in own if name not in definition]


def updated(policy: Policy, update: PolicyUpdate) -> Policy:
    """Return a policy as it is after a change."""
    kept = update.retention or policy.retention
    return replace(
        policy,
        name=policy.name if update.name is None else update.name,
        enabled=policy.enabled if update.enabled is None else update.enabled,
        patterns=policy.patterns if update.patterns is None else update.patterns,
        max_backups=kept.max_backups,
        retention_days=kept.days,
        day_backups=kept.day_backups,
        week_backups=kept.week_backups,
        month_backups=kept.month_backups,
        year_backups=kept.year_backups,
        timezone=kept.timezone,
        full_backup_interval=policy.full_backup_interval if update.retention is None else update.full_backup_interval,
    )


def update_findings(update: PolicyUpdate, rules: NameRules) -> list[Finding]:
    """Judge a change by itself."""
    found: list[Finding] = []
    if update.name is not None:
        found += _name_findings(update.name, rules)
    if update.patterns is not None:
        found += _schedule_findings(update.patterns)
    if update.retention is not None:
        found += _retention_findings(update.retention, update.full_backup_interval)
    return found


def policy_findings(draft: PolicyDraft, rules: NameRules) -> list[Finding]:
    """Judge a draft by itself."""
    return [
        *_name_findings(draft.name, rules),
        *_schedule_findings(draft.patterns),
        *_retention_findings(draft.retention, draft.full_backup_interval),
        *_destination_findings(draft),
    ]


def _destination_findings(draft: PolicyDraft) -> Iterator[Finding]:
    if draft.operation_type == REPLICATION and not all(getattr(draft, name) for name in _DESTINATION):
        yield block(FindingKind.COPIES_NOWHERE, RequestPart.SCHEDULE, "9900")


def _name_findings(name: str, rules: NameRules) -> list[Finding]:
    missing = [] if name else [block(FindingKind.NAME_MISSING, RequestPart.NAME, "9900")]
    return [*missing, *name_findings(name, rules)]


def _schedule_findings(patterns: tuple[str, ...]) -> Iterator[Finding]:
    if not patterns:
        yield block(FindingKind.NO_SCHEDULE, RequestPart.SCHEDULE, "9900")
    if len(patterns) > PATTERNS_LIMIT:
        count, limit = len(patterns), PATTERNS_LIMIT
        yield block(FindingKind.TOO_MANY_PATTERNS, RequestPart.SCHEDULE, "9900", count=count, limit=limit)
    strange = Schedule(patterns).strange
    if strange:
        yield block(FindingKind.BAD_PATTERN, RequestPart.SCHEDULE, "9900", found=strange[0])
    close = too_close(patterns)
    if close is not None:
        # two of every so many days need not meet; the service knows, and refuses them if they do
        facts = dict(zip(("first", "second"), map(_clock, close), strict=True))
        yield warn(FindingKind.RUNS_TOO_CLOSE, RequestPart.SCHEDULE, "9900", **facts)


def _retention_findings(kept: Retention, full_backup_interval: int) -> Iterator[Finding]:
    for path, found in (("max_backups", kept.max_backups), ("retention_duration_days", kept.days)):
        if not (found == FOREVER or 1 <= found <= RETENTION_LIMIT):
            yield _range(path, found, 1, RETENTION_LIMIT)
    for path, found in zip(_LONG_TERM, kept.long_term, strict=True):
        if not 0 <= found <= LONG_TERM_LIMIT:
            yield _range(path, found, 0, LONG_TERM_LIMIT)
    if not (full_backup_interval == -1 or 0 <= full_backup_interval <= LONG_TERM_LIMIT):
        yield _range("full_backup_interval", full_backup_interval, 0, LONG_TERM_LIMIT)
    keeps_more = any(kept.long_term)
    if keeps_more and not is_fixed_zone(kept.timezone):
        yield block(FindingKind.TIMEZONE_MISSING, RequestPart.RETENTION, "9900")
    if kept.days > 0 and (kept.max_backups > 0 or keeps_more):
        yield warn(FindingKind.RETENTION_EXCLUSIVE, RequestPart.RETENTION, "9900")
    if kept.is_forever:
        yield info(FindingKind.KEPT_FOREVER, RequestPart.RETENTION)


def _range(path: str, found: int, low: int, high: int) -> Finding:
    return block(FindingKind.OUT_OF_RANGE, RequestPart.RETENTION, "9900", path=path, found=found, low=low, high=high)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
