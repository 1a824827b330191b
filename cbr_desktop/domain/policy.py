"""Policies: when the service makes or replicates backups by itself; the draft of one, and the rules that judge it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cbr_desktop.domain.checkpoint import name_findings
from cbr_desktop.domain.finding import Finding, FindingKind, Subject, block, info, warn
from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.retention import FOREVER as FOREVER
from cbr_desktop.domain.retention import Retention, Rules
from cbr_desktop.domain.schedule import DAY_MINUTES as DAY_MINUTES
from cbr_desktop.domain.schedule import DAYS as DAYS
from cbr_desktop.domain.schedule import INTERVAL_LIMIT as INTERVAL_LIMIT
from cbr_desktop.domain.schedule import PATTERNS_LIMIT as PATTERNS_LIMIT
from cbr_desktop.domain.schedule import Recurrence as Recurrence
from cbr_desktop.domain.schedule import Schedule, is_fixed_zone, too_close
from cbr_desktop.domain.schedule import recurrence as recurrence

BACKUP = "backup"
"""``operation_type`` of a policy that makes backups."""
REPLICATION = "replication"
POLICIES_LIMIT = 32
"""Policies of one type of an account (user manual)."""
RETENTION_LIMIT = 99_999
"""The most backups, and the most days (definition of PolicyoODCreate)."""
LONG_TERM_LIMIT = 100
_LONG_TERM = ("day_backups", "week_backups", "month_backups", "year_backups")


@dataclass(slots=True)
class Policy:
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


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """What a person fills in for a new backup policy.

    ``patterns`` are iCalendar rules in UTC. ``max_backups`` and ``retention_days`` are -1 for no limit; the numbers of
    daily, weekly, monthly and yearly backups are kept in addition, by the days of ``timezone`` (``UTC+01:00``).
    ``full_backup_interval`` makes every n-th backup a full one, -1 none.
    """

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


def policy_body(draft: PolicyDraft) -> bytes:
    """Return the body that asks for a policy, as UTF-8 JSON; what nobody set is left out."""
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
    policy = {
        "name": draft.name,
        "enabled": draft.enabled,
        "operation_type": BACKUP,
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
            **numbers,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def policy_findings(draft: PolicyDraft, rules: NameRules) -> list[Finding]:
    """Judge a draft by itself."""
    return [
        *([] if draft.name else [block(FindingKind.NAME_MISSING, Subject.NAME, "9900")]),
        *name_findings(draft.name, rules),
        *_schedule_findings(draft.patterns),
        *_retention_findings(draft),
    ]


def _schedule_findings(patterns: tuple[str, ...]) -> Iterator[Finding]:
    if not patterns:
        yield block(FindingKind.NO_SCHEDULE, Subject.SCHEDULE, "9900")
    if len(patterns) > PATTERNS_LIMIT:
        count, limit = len(patterns), PATTERNS_LIMIT
        yield block(FindingKind.TOO_MANY_PATTERNS, Subject.SCHEDULE, "9900", count=count, limit=limit)
    strange = Schedule(patterns).strange
    if strange:
        yield block(FindingKind.BAD_PATTERN, Subject.SCHEDULE, "9900", found=strange[0])
    close = too_close(patterns)
    if close is not None:
        # two of every so many days need not meet; the service knows, and refuses them if they do
        facts = dict(zip(("first", "second"), map(_clock, close), strict=True))
        yield warn(FindingKind.RUNS_TOO_CLOSE, Subject.SCHEDULE, "9900", **facts)


def _retention_findings(draft: PolicyDraft) -> Iterator[Finding]:
    for path, found in (("max_backups", draft.max_backups), ("retention_duration_days", draft.retention_days)):
        if not (found == FOREVER or 1 <= found <= RETENTION_LIMIT):
            yield _range(path, found, 1, RETENTION_LIMIT)
    for path, found in draft.long_term.items():
        if not 0 <= found <= LONG_TERM_LIMIT:
            yield _range(path, found, 0, LONG_TERM_LIMIT)
    if not (draft.full_backup_interval == -1 or 0 <= draft.full_backup_interval <= LONG_TERM_LIMIT):
        yield _range("full_backup_interval", draft.full_backup_interval, 0, LONG_TERM_LIMIT)
    keeps_more = any(draft.long_term.values())
    if keeps_more and not is_fixed_zone(draft.timezone):
        yield block(FindingKind.TIMEZONE_MISSING, Subject.RETENTION, "9900")
    if draft.retention_days > 0 and (draft.max_backups > 0 or keeps_more):
        yield warn(FindingKind.RETENTION_EXCLUSIVE, Subject.RETENTION, "9900")
    if draft.retention.is_forever:
        yield info(FindingKind.KEPT_FOREVER, Subject.RETENTION)


def _range(path: str, found: int, low: int, high: int) -> Finding:
    return block(FindingKind.POLICY_RANGE, Subject.RETENTION, "9900", path=path, found=found, low=low, high=high)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
