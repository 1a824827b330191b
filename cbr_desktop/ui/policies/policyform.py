"""What a person fills in for a policy, without Qt: a schedule in UTC, and how long its backups are kept."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from cbr_desktop.domain.policy import BACKUP, REPLICATION, Policy, PolicyDraft, PolicyUpdate
from cbr_desktop.domain.retention import FOREVER, Retention
from cbr_desktop.domain.schedule import DAYS, Recurrence, patterns_of, recurrence, same_runs

_COPIED = 59
"""Characters of the name of a policy that the name of its copy has, so that it is not longer than 64."""


class Keep(StrEnum):
    """What ends the life of a backup that the policy makes."""

    DELETED = "deleted"
    NUMBER = "number"
    DAYS = "days"


class LongTerm(Struct, frozen=True):
    """How many backups are kept in addition, one of each day, week, month and year, by the days of ``timezone``."""

    daily: int = 0
    weekly: int = 0
    monthly: int = 0
    yearly: int = 0
    timezone: str = ""


class PolicyForm(Struct, frozen=True):
    """The fields of the form.

    It runs on ``days`` of the week, or every ``interval`` days where it is not weekly, at each of ``minutes``, which
    are those of the day, all by a clock that is ``clock`` ahead of UTC. ``number`` and ``days_kept`` count as ``keep``
    says. ``long_term`` is ``None`` while nothing is kept in addition. ``full_interval`` makes every n-th backup a full
    one, below 1 only the first. A policy of replication copies to ``region`` and ``project``.
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
    clock: timedelta = timedelta()
    full_interval: int = -1
    operation_type: str = BACKUP
    region: str = ""
    project: str = ""

    @property
    def runs(self) -> list[Recurrence]:
        """When the policy runs by UTC, the earliest time of the day first; empty while days or times are missing."""
        days = tuple(day for day in DAYS if day in self.days) if self.is_weekly else ()
        if self.is_weekly and not days:
            return []
        found = [Recurrence(days, self.interval, minute).moved(-self.clock) for minute in set(self.minutes)]
        return sorted(found, key=lambda run: run.minute)

    def by_clock(self, clock: timedelta) -> "PolicyForm | None":
        """Return the same moments by another clock, ``None`` where some are on other days than the others by it."""
        moved = [run.moved(clock) for run in self.runs]
        if len({frozenset(run.days) for run in moved}) > 1:
            return None
        days = frozenset(moved[0].days) if moved and self.is_weekly else self.days
        return replace(self, days=days, minutes=tuple(sorted(run.minute for run in moved)), clock=clock)

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
            full_backup_interval=self.full_interval,
            operation_type=self.operation_type,
            destination_region=self.region if self.operation_type == REPLICATION else "",
            destination_project_id=self.project if self.operation_type == REPLICATION else "",
        )


def form_of(draft: PolicyDraft) -> PolicyForm | None:
    """Return the fields that ask for a draft, ``None`` for one that they cannot ask for."""
    made = _with_more(_shown(draft.name, draft.enabled, draft.patterns, draft.retention), draft)
    return made if _asks_alike(made.draft(), draft) else None


def _with_more(form: PolicyForm, shown: "Policy | PolicyDraft") -> PolicyForm:
    """Return the fields with what they show of a policy besides its times and its rules."""
    return replace(
        form,
        full_interval=shown.full_backup_interval,
        operation_type=shown.operation_type,
        region=shown.destination_region,
        project=shown.destination_project_id,
    )


def _shown(name: str, enabled: bool, patterns: Iterable[str], kept: Retention) -> PolicyForm:
    """Return the fields that come nearest to a policy."""
    known = [run for run in map(recurrence, patterns) if run is not None]
    numbered = kept.max_backups != FOREVER
    more = LongTerm(*kept.long_term, kept.timezone)
    return PolicyForm(
        name=name,
        is_weekly=not known or bool(known[0].days),
        days=frozenset(known[0].days) if known and known[0].days else frozenset(DAYS),
        interval=known[0].interval if known else 1,
        minutes=tuple(sorted({run.minute for run in known})),
        keep=Keep.NUMBER if numbered else Keep.DAYS if kept.days != FOREVER else Keep.DELETED,
        number=kept.max_backups if numbered else 30,
        days_kept=kept.days if kept.days != FOREVER else 30,
        long_term=more if any(kept.long_term) or kept.timezone else None,
        enabled=enabled,
    )


def _asks_alike(one: PolicyDraft, other: PolicyDraft) -> bool:
    """Whether two drafts ask for the same; the order of days and times is no difference."""
    return replace(one, patterns=()) == replace(other, patterns=()) and _runs_alike(one.patterns, other.patterns)


def _runs_alike(one: Iterable[str], other: Iterable[str]) -> bool:
    known = all(recurrence(pattern) is not None for pattern in (*one, *other))
    return known and same_runs(one, other)


# a policy that there is


class PolicyEdit(Struct, frozen=True):
    """The fields that show a policy. What they cannot show is not asked for, and stays as it is.

    ``shows_schedule`` and ``shows_retention`` are whether they can show when it runs and how long it keeps.
    """

    policy: Policy
    form: PolicyForm
    shows_schedule: bool
    shows_retention: bool

    def update(self, form: PolicyForm) -> PolicyUpdate:
        """Return what is changed of the policy when the fields say ``form``."""
        own, asked = self.policy, form.draft()
        update = PolicyUpdate(own.id)
        if asked.name != own.name:
            update = replace(update, name=asked.name)
        if asked.enabled != own.enabled:
            update = replace(update, enabled=asked.enabled)
        if self.shows_schedule and not same_runs(asked.patterns, own.patterns):
            update = replace(update, patterns=patterns_of(form.runs, own.patterns))
        is_other = asked.full_backup_interval != own.full_backup_interval or _rules(asked.retention) != _rules(
            own.retention
        )
        if self.shows_retention and is_other:
            update = replace(
                update,
                retention=replace(asked.retention, timezone=asked.retention.timezone or own.timezone),
                full_backup_interval=asked.full_backup_interval,
                destination_region=own.destination_region,
                destination_project_id=own.destination_project_id,
            )
        return update


def _rules(kept: Retention) -> Retention:
    """Return the rules that count: a zone says something of days, weeks, months and years alone."""
    return kept if any(kept.long_term) else replace(kept, timezone="")


def edit_of(policy: Policy, asked: Policy | None = None) -> PolicyEdit:
    """Return the fields that show a policy, or what was asked for of it."""
    shown = asked or policy
    kept = shown.retention
    form = _with_more(_shown(shown.name, shown.enabled, shown.patterns, kept), shown)
    if not any(kept.long_term):
        form = replace(form, long_term=None)
    own = policy.retention
    return PolicyEdit(
        policy,
        form,
        shows_schedule=all(_shows_runs(each.patterns) for each in (policy, shown)),
        shows_retention=all(_shows_rules(each) for each in (own, kept)),
    )


def _shows_runs(patterns: tuple[str, ...]) -> bool:
    form = _shown("", True, patterns, Retention())
    return _runs_alike(tuple(run.pattern for run in form.runs), patterns)


def _shows_rules(kept: Retention) -> bool:
    return _rules(replace(_shown("", True, (), kept), name="").draft().retention) == _rules(kept)


def copy_of(policy: Policy) -> PolicyEdit:
    """Return the fields that make a policy like one that there is; what they cannot show of it is not copied."""
    edit = edit_of(policy)
    return replace(edit, form=replace(edit.form, name=f"{policy.name[:_COPIED]}_copy"))
