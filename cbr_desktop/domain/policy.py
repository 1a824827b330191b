"""Policies: when the service makes or replicates backups by itself; the draft of one, and the rules that judge it."""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cbr_desktop.domain.checkpoint import name_findings
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, block, info, warn
from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.profile import NameRules

PATTERNS_LIMIT = 24
"""Patterns of one policy (definition of CreatePolicy)."""
POLICIES_LIMIT = 32
"""Policies of one type of an account (user manual)."""
RETENTION_LIMIT = 99_999
"""The most backups, and the most days (definition of PolicyoODCreate)."""
LONG_TERM_LIMIT = 100
FOREVER = -1
_SPACING_MINUTES = 60
_DAY_MINUTES = 24 * 60

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
INTERVAL_LIMIT = 30
"""The most days between two runs (definition of CreatePolicy)."""
DAY_MINUTES = 24 * 60

_DAY = f"(?:{'|'.join(DAYS)})"
_PATTERN = re.compile(
    rf"FREQ=(?:WEEKLY;BYDAY=(?P<days>{_DAY}(?:,{_DAY})*)|DAILY;INTERVAL=(?P<interval>[1-9]|[12][0-9]|30))"
    r";BYHOUR=(?P<hour>[01]?[0-9]|2[0-3]);BYMINUTE=(?P<minute>[0-5]?[0-9])"
)
_TIMEZONE = re.compile(r"UTC[+-][0-9]{2}:[0-9]{2}")
_LONG_TERM = ("day_backups", "week_backups", "month_backups", "year_backups")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When one rule of a policy runs, in UTC: on ``days`` of the week, or every ``interval`` days where it names none.

    ``minute`` is that of the day, 0 to 1439.
    """

    days: tuple[str, ...]
    interval: int
    minute: int

    @property
    def pattern(self) -> str:
        """The rule as the service writes it."""
        often = f"WEEKLY;BYDAY={','.join(self.days)}" if self.days else f"DAILY;INTERVAL={self.interval}"
        return f"FREQ={often};BYHOUR={self.minute // 60:02};BYMINUTE={self.minute % 60:02}"


def recurrence(pattern: str) -> Recurrence | None:
    """Return when a rule runs, ``None`` for one that the service does not know."""
    found = _PATTERN.fullmatch(pattern)
    if found is None:
        return None
    days = tuple(found["days"].split(",")) if found["days"] else ()
    return Recurrence(days, int(found["interval"] or 1), 60 * int(found["hour"]) + int(found["minute"]))


@dataclass(slots=True)
class Policy:
    """A backup or replication policy; ``patterns`` are iCalendar rules in UTC, ``vault_ids`` where it is applied.

    ``started_at`` is when its trigger was made, which is when it was made itself.
    """

    id: PolicyId
    name: str
    operation_type: str
    enabled: bool
    patterns: tuple[str, ...] = ()
    max_backups: int = -1
    retention_days: int = -1
    vault_ids: tuple[VaultId, ...] = ()
    started_at: datetime | None = None


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
    policy = {
        "name": draft.name,
        "enabled": draft.enabled,
        "operation_type": "backup",
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
        *([] if draft.name else [block(FindingKind.NAME_MISSING, RequestPart.NAME, "9900")]),
        *name_findings(draft.name, rules),
        *_schedule_findings(draft.patterns),
        *_retention_findings(draft),
    ]


def run_times(patterns: tuple[str, ...]) -> list[int]:
    """Return the minutes of the UTC day at which patterns run, in their order; one that is none is left out."""
    return sorted(found.minute for pattern in patterns if (found := recurrence(pattern)) is not None)


def _schedule_findings(patterns: tuple[str, ...]) -> Iterator[Finding]:
    if not patterns:
        yield block(FindingKind.NO_SCHEDULE, RequestPart.SCHEDULE, "9900")
    if len(patterns) > PATTERNS_LIMIT:
        count, limit = len(patterns), PATTERNS_LIMIT
        yield block(FindingKind.TOO_MANY_PATTERNS, RequestPart.SCHEDULE, "9900", count=count, limit=limit)
    bad = next((pattern for pattern in patterns if _PATTERN.fullmatch(pattern) is None), None)
    if bad is not None:
        yield block(FindingKind.BAD_PATTERN, RequestPart.SCHEDULE, "9900", found=bad)
    times = run_times(patterns)
    # the last of a day is followed by the first of the next
    for first, second in itertools.pairwise([*times, *(minute + _DAY_MINUTES for minute in times[: len(times) > 1])]):
        if second - first < _SPACING_MINUTES:
            # they may be of different days; the service knows, and refuses them if not
            facts = {"first": _clock(first), "second": _clock(second % _DAY_MINUTES)}
            yield warn(FindingKind.RUNS_TOO_CLOSE, RequestPart.SCHEDULE, "9900", **facts)
            break


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
    if keeps_more and not _TIMEZONE.fullmatch(draft.timezone):
        yield block(FindingKind.TIMEZONE_MISSING, RequestPart.RETENTION, "9900")
    if draft.retention_days > 0 and (draft.max_backups > 0 or keeps_more):
        yield warn(FindingKind.RETENTION_EXCLUSIVE, RequestPart.RETENTION, "9900")
    if draft.retention_days == FOREVER and draft.max_backups == FOREVER:
        yield info(FindingKind.KEPT_FOREVER, RequestPart.RETENTION)


def _range(path: str, found: int, low: int, high: int) -> Finding:
    return block(FindingKind.POLICY_RANGE, RequestPart.RETENTION, "9900", path=path, found=found, low=low, high=high)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
