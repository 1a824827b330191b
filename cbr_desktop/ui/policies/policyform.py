"""What a person fills in for a new policy, without Qt: a schedule in UTC, and how long its backups are kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from cbr_desktop.domain.policy import DAYS, FOREVER, PolicyDraft, Recurrence, recurrence


class Keep(StrEnum):
    """What ends the life of a backup that the policy makes."""

    DELETED = "deleted"
    NUMBER = "number"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class LongTerm:
    """How many backups are kept in addition, one of each day, week, month and year, by the days of ``timezone``."""

    daily: int = 0
    weekly: int = 0
    monthly: int = 0
    yearly: int = 0
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class PolicyForm:
    """The fields of the form.

    It runs on ``days`` of the week, or every ``interval`` days where it is not weekly, at each of ``minutes``, which
    are those of the day in UTC. ``number`` and ``days_kept`` count as ``keep`` says. ``long_term`` is ``None`` while
    nothing is kept in addition.
    """

    name: str = ""
    is_weekly: bool = True
    days: frozenset[str] = field(default_factory=lambda: frozenset(DAYS))
    interval: int = 1
    minutes: tuple[int, ...] = ()
    keep: Keep = Keep.DAYS
    number: int = 30
    days_kept: int = 30
    long_term: LongTerm | None = None
    enabled: bool = True

    @property
    def runs(self) -> list[Recurrence]:
        """When the policy runs, the earliest time of the day first; empty while days or times are missing."""
        days = tuple(day for day in DAYS if day in self.days) if self.is_weekly else ()
        if self.is_weekly and not days:
            return []
        return [Recurrence(days, self.interval, minute) for minute in sorted(set(self.minutes))]

    def draft(self) -> PolicyDraft:
        """Return the policy that is asked for."""
        more = self.long_term or LongTerm()
        return PolicyDraft(
            name=self.name,
            patterns=tuple(run.pattern for run in self.runs),
            enabled=self.enabled,
            max_backups=self.number if self.keep is Keep.NUMBER else FOREVER,
            retention_days=self.days_kept if self.keep is Keep.DAYS else FOREVER,
            day_backups=more.daily,
            week_backups=more.weekly,
            month_backups=more.monthly,
            year_backups=more.yearly,
            timezone=more.timezone,
        )


def form_of(draft: PolicyDraft) -> PolicyForm | None:
    """Return the fields that ask for a draft, ``None`` for one that they cannot ask for."""
    runs = [recurrence(pattern) for pattern in draft.patterns]
    known = [run for run in runs if run is not None]
    if len(known) < len(runs) or len({(frozenset(run.days), run.interval) for run in known}) > 1:
        return None
    keep = Keep.NUMBER if draft.max_backups != FOREVER else Keep.DAYS
    made = PolicyForm(
        name=draft.name,
        is_weekly=not known or bool(known[0].days),
        days=frozenset(known[0].days) if known and known[0].days else frozenset(DAYS),
        interval=known[0].interval if known else 1,
        minutes=tuple(run.minute for run in known),
        keep=Keep.DELETED if draft.max_backups == draft.retention_days == FOREVER else keep,
        number=draft.max_backups if draft.max_backups != FOREVER else 30,
        days_kept=draft.retention_days if draft.retention_days != FOREVER else 30,
        long_term=_long_term(draft),
        enabled=draft.enabled,
    )
    return made if _asks_alike(made.draft(), draft) else None


def _long_term(draft: PolicyDraft) -> LongTerm | None:
    numbers = (draft.day_backups, draft.week_backups, draft.month_backups, draft.year_backups)
    return LongTerm(*numbers, draft.timezone) if any(numbers) or draft.timezone else None


def _asks_alike(one: PolicyDraft, other: PolicyDraft) -> bool:
    """Whether two drafts ask for the same; the order of days and times is no difference."""
    return _without_schedule(one) == _without_schedule(other) and _points(one.patterns) == _points(other.patterns)


def _without_schedule(draft: PolicyDraft) -> tuple[object, ...]:
    long_term = tuple(draft.long_term.items())
    kept = (draft.max_backups, draft.retention_days, draft.timezone, draft.full_backup_interval)
    return draft.name, draft.enabled, *kept, *long_term


def _points(patterns: Iterable[str]) -> set[tuple[frozenset[str], int, int]]:
    found = (recurrence(pattern) for pattern in patterns)
    return {(frozenset(run.days), run.interval, run.minute) for run in found if run is not None}
