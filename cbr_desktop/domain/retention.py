"""How long automatic backups are kept: which backups a policy's rules delete, and when.

What the documents say of a rule that is changed comes to two things. A backup is given its time to expire when it is
made, and no later rule changes that. The number of backups is looked at after a backup was made, by the rule of then,
and every automatic backup of the resource counts, of whichever policy. So of a change

- from a number to another number, the old backups are hit after the next backup;
- from a number to a time or to for ever, the old ones stay, since they have no time;
- from a time to another time or to for ever, the old ones expire as they were to;
- from a time to a number, both hit the old ones.

Backups made by hand are never deleted by a rule. ``Assumptions`` are what the documents leave open.
"""

import heapq
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum, auto
from itertools import count

from msgspec import Struct, field

from cbr_desktop.domain.backup import BEING_DELETED, Backup, BackupStatus
from cbr_desktop.domain.ids import BackupId, ResourceId, VaultId
from cbr_desktop.domain.schedule import Schedule, is_fixed_zone, zone_of

FOREVER = -1
"""No limit of the number of backups, or of their days."""
HORIZON_DAYS = 90
"""How far ahead is looked unless it is said."""


class Retention(Struct, frozen=True):
    """How long a policy keeps what it makes.

    ``max_backups`` of each resource and ``days`` are -1 for no limit. The newest backup of each of the last
    ``day_backups`` days, ``week_backups`` weeks, ``month_backups`` months and ``year_backups`` years is kept in
    addition; those are the days of ``timezone`` (``UTC+01:00``).
    """

    max_backups: int = FOREVER
    days: int = FOREVER
    day_backups: int = 0
    week_backups: int = 0
    month_backups: int = 0
    year_backups: int = 0
    timezone: str = ""

    @property
    def long_term(self) -> tuple[int, int, int, int]:
        """How many days, weeks, months and years keep their newest backup."""
        return self.day_backups, self.week_backups, self.month_backups, self.year_backups

    @property
    def is_forever(self) -> bool:
        """Whether what is made from now on is kept until it is deleted."""
        return self.max_backups == FOREVER and self.days == FOREVER


class Transition(Enum):
    """Which of the documented rules a change of the retention comes under."""

    NUMBER_TO_NUMBER = auto()
    """Old automatic backups are hit after the next backup."""
    NUMBER_TO_TIME = auto()
    """Old automatic backups stay until they are deleted."""
    TIME_TO_TIME = auto()
    """Old automatic backups expire as they were to."""
    TIME_TO_NUMBER = auto()
    """Both rules hit old automatic backups."""


def transition(before: Retention, after: Retention) -> Transition | None:
    """Return which documented rule a change comes under, ``None`` for none: nothing changes, or nothing was limited."""
    if (before.max_backups, before.days) == (after.max_backups, after.days):
        return None
    if before.days != FOREVER:
        return Transition.TIME_TO_TIME if after.max_backups == FOREVER else Transition.TIME_TO_NUMBER
    if before.max_backups != FOREVER:
        return Transition.NUMBER_TO_TIME if after.max_backups == FOREVER else Transition.NUMBER_TO_NUMBER
    return None


class Assumptions(Struct, frozen=True):
    """What is supposed where the documents say nothing."""

    failed_limit: int = 10
    """Failed automatic backups of a resource that are kept (user manual; that it counts by resource is supposed)."""
    failed_days: int = 30
    """The month for which they are kept."""
    locks_delay_rules: bool = False
    """Whether a vault's lock (WORM) keeps its automatic backups from being deleted because of their number.

    By the documents it keeps them from being deleted by hand, until they expire.
    """
    disabled_protects: bool = True
    """Whether the long-term numbers of a disabled policy still keep what has expired."""
    waits: timedelta = timedelta()
    """How long after a run its backup is done and the old ones are looked at."""


ASSUMED = Assumptions()


class Rules(Struct, frozen=True):
    """What a policy says, as far as it decides about backups."""

    schedule: Schedule
    retention: Retention
    is_enabled: bool = True


class Coverage(Struct, frozen=True):
    """A vault that a policy is applied to. ``resources`` are those that its runs back up.

    Where nothing of it can be backed up, because of its state, there are none of them. ``is_locked`` is WORM.
    """

    vault_id: VaultId
    resources: tuple[ResourceId, ...] = ()
    is_locked: bool = False


class Cause(Enum):
    """Why a rule deletes a backup."""

    NUMBER = auto()
    EXPIRED = auto()
    FAILED_NUMBER = auto()
    FAILED_AGE = auto()


class Removal(Struct, frozen=True):
    """A backup that a rule is going to delete."""

    id: BackupId
    resource_id: ResourceId
    at: datetime
    cause: Cause
    made_at: datetime


class Day(Struct, frozen=True):
    """What is there at the end of a day: of the backups of today, and of those made since. All kinds are counted."""

    day: date
    existing: int
    made: int

    @property
    def total(self) -> int:
        """All backups that are there then."""
        return self.existing + self.made


class Forecast(Struct, frozen=True):
    """What the rules do to the backups of some vaults until ``until``.

    ``removals`` are of existing backups, the earliest first. ``made`` is how many are made at each moment, ``unmade``
    how many of those are deleted again. ``never`` are automatic backups that no rule is ever going to delete as things
    stand, and ``by_hand`` the number of those that no rule concerns: made by hand, replicas. That one made by hand may
    have a time of its own is not looked at, since no policy changes it.
    """

    removals: tuple[Removal, ...]
    made: Mapping[datetime, int]
    unmade: Mapping[datetime, int]
    never: tuple[BackupId, ...]
    by_hand: int
    existing: int
    since: datetime
    until: datetime

    def days(self, zone: tzinfo = UTC) -> list[Day]:
        """Return what is there at the end of each day, today's first, by the days of a zone."""
        gone = _by_day(Counter(each.at for each in self.removals), zone)
        made, unmade = _by_day(self.made, zone), _by_day(self.unmade, zone)
        first, last = self.since.astimezone(zone).date(), self.until.astimezone(zone).date()
        existing, new, told = self.existing, 0, []
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            existing -= gone[day]
            new += made[day] - unmade[day]
            told.append(Day(day, existing, new))
        return told


def _by_day(numbers: Mapping[datetime, int], zone: tzinfo) -> Counter[date]:
    days: Counter[date] = Counter()
    for moment, number in numbers.items():
        days[moment.astimezone(zone).date()] += number
    return days


def forecast(
    backups: Iterable[Backup],
    coverage: Iterable[Coverage],
    rules: Rules | None,
    now: datetime,
    days: int = HORIZON_DAYS,
    assumed: Assumptions = ASSUMED,
) -> Forecast:
    """Return what the rules of a policy do to the backups of the vaults that it is applied to, from ``now`` on.

    ``rules`` are those that are in force from now on, ``None`` for vaults without a policy: then backups expire as they
    were to, and nothing else happens. Every run is supposed to succeed.
    """
    until = now + timedelta(days=days)
    vaults = {each.vault_id: each for each in coverage}
    resources: dict[tuple[VaultId, ResourceId], _ResourceBackups] = {}
    for vault in vaults.values():
        for resource in vault.resources:
            resources[vault.vault_id, resource] = _ResourceBackups(resource, vault.is_locked)
    by_hand = existing = 0
    for backup in backups:
        if backup.vault_id not in vaults or backup.status in BEING_DELETED:
            continue
        existing += 1
        if not backup.auto or backup.image_type != "backup" or backup.created_at is None:
            by_hand += 1
            continue
        key = backup.vault_id, backup.resource_id
        if key not in resources:
            resources[key] = _ResourceBackups(backup.resource_id, vaults[backup.vault_id].is_locked, is_backed_up=False)
        resources[key].backups.append(backup)
    runs = list(rules.schedule.runs(now, until)) if rules is not None and rules.is_enabled and resources else []
    course = _Course(rules, runs, until, assumed)
    for own in resources.values():
        _Simulation(own, course).run(now)
    backed_up = sum(own.is_backed_up for own in resources.values())
    return Forecast(
        removals=tuple(sorted(course.removals, key=lambda each: (each.at, each.made_at, each.id))),
        made=dict.fromkeys(runs, backed_up) if backed_up else {},
        unmade=course.unmade,
        never=tuple(course.never),
        by_hand=by_hand,
        existing=existing,
        since=now,
        until=until,
    )


class _ResourceBackups(Struct):
    """The automatic backups of one resource in one vault."""

    resource: ResourceId
    is_locked: bool
    is_backed_up: bool = True
    backups: list[Backup] = field(default_factory=list)


class _KeptBackup(Struct):
    """A backup as the rules see it; ``id`` is empty for one that is made meanwhile."""

    id: BackupId
    made_at: datetime


class _Course:
    """What the simulations of all resources have in common, and what they have found."""

    def __init__(self, rules: Rules | None, runs: list[datetime], until: datetime, assumed: Assumptions) -> None:
        self.runs = runs
        self.until = until
        self.assumed = assumed
        self.retention = rules.retention if rules is not None else Retention()
        protects = rules is not None and (rules.is_enabled or assumed.disabled_protects)
        self.calendar = _Calendar(self.retention if protects else Retention())
        self.removals: list[Removal] = []
        self.unmade: Counter[datetime] = Counter()
        self.never: list[BackupId] = []


class _Simulation:
    """Plays the rules on the backups of one resource, event by event."""

    def __init__(self, own: _ResourceBackups, course: _Course) -> None:
        self._own = own
        self._course = course
        self._runs = course.runs if own.is_backed_up else []
        self._long_term = _LongTerm(course.calendar)
        hits = not (own.is_locked and course.assumed.locks_delay_rules)
        self._limit = course.retention.max_backups if hits else FOREVER
        self._numbers = count()
        self._good: dict[int, _KeptBackup] = {}
        self._failed: dict[int, _KeptBackup] = {}
        """Both with the oldest first."""
        self._newest: dict[int, None] = {}
        """The good ones that the number keeps, the oldest first; before the first run these are all."""
        self._expiries: list[tuple[datetime, int]] = []
        self._spared: dict[int, Cause] = {}
        """Those that the long-term numbers alone keep, and why they would be gone without them."""

    def run(self, now: datetime) -> None:
        """Play until the end."""
        self._take_in(now)
        for run in self._runs:
            at = run + self._course.assumed.waits
            self._expire(at)
            losers = self._make(run)
            self._thin(at)
            for number in losers:
                if number in self._spared and not self._long_term.keeps(number):
                    self._remove(number, at, self._spared[number])
        self._expire(self._course.until)

    def _take_in(self, now: datetime) -> None:
        month = timedelta(days=self._course.assumed.failed_days)
        stays = self._limit == FOREVER or not self._runs
        for backup in sorted(self._own.backups, key=_made_at):
            made_at = _made_at(backup)
            if backup.status == BackupStatus.ERROR:
                number = next(self._numbers)
                self._failed[number] = _KeptBackup(backup.id, made_at)
                heapq.heappush(self._expiries, (max(made_at + month, now), number))
                continue
            expires_at = max(backup.expires_at, now) if backup.expires_at is not None else None
            self._add(_KeptBackup(backup.id, made_at), expires_at)
            if stays and expires_at is None:
                self._course.never.append(backup.id)

    def _make(self, run: datetime) -> list[int]:
        """Add what a run makes; return what is not the newest of some period any more because of it."""
        days = self._course.retention.days
        return self._add(_KeptBackup(BackupId(""), run), run + timedelta(days=days) if days != FOREVER else None)

    def _add(self, piece: _KeptBackup, expires_at: datetime | None) -> list[int]:
        number = next(self._numbers)
        self._good[number] = piece
        self._newest[number] = None
        if expires_at is not None:
            heapq.heappush(self._expiries, (expires_at, number))
        return self._long_term.add(number, piece.made_at)

    def _thin(self, at: datetime) -> None:
        """Take away what the numbers do not keep."""
        if len(self._newest) < self._limit and self._spared:
            self._count_again()
        while self._limit != FOREVER and len(self._newest) > self._limit:
            self._end(next(iter(self._newest)), at, Cause.NUMBER)
        while len(self._failed) > self._course.assumed.failed_limit:
            self._remove(next(iter(self._failed)), at, Cause.FAILED_NUMBER)

    def _count_again(self) -> None:
        """Let the number keep more again of what it kept once, since newer ones have expired meanwhile."""
        spared = sorted(number for number, cause in self._spared.items() if cause is Cause.NUMBER)
        for number in spared[len(self._newest) - self._limit :]:
            del self._spared[number]
            self._newest[number] = None
        self._newest = dict.fromkeys(sorted(self._newest))

    def _expire(self, until: datetime) -> None:
        """Take away what expires until a moment."""
        while self._expiries and self._expiries[0][0] <= until:
            at, number = heapq.heappop(self._expiries)
            if number in self._failed:
                self._remove(number, at, Cause.FAILED_AGE)
            elif number in self._good:
                self._end(number, at, Cause.EXPIRED)

    def _end(self, number: int, at: datetime, cause: Cause) -> None:
        """Take away a good one, unless it is kept for its day, week, month or year: then the number counts it no more.

        It is kept in addition, so it takes nothing's place.
        """
        self._newest.pop(number, None)
        if self._long_term.keeps(number):
            self._spared[number] = cause
        else:
            self._remove(number, at, cause)

    def _remove(self, number: int, at: datetime, cause: Cause) -> None:
        pieces = self._failed if number in self._failed else self._good
        piece = pieces.pop(number)
        self._spared.pop(number, None)
        if at > self._course.until:
            return
        if piece.id:
            self._course.removals.append(Removal(piece.id, self._own.resource, at, cause, piece.made_at))
        else:
            self._course.unmade[at] += 1


def _made_at(backup: Backup) -> datetime:
    assert backup.created_at is not None  # noqa: S101 those without a time are never taken in
    return backup.created_at


class _Calendar:
    """Knows the days, weeks, months and years of moments, and how many of each keep their newest backup."""

    def __init__(self, retention: Retention) -> None:
        self.wanted = retention.long_term
        self.is_used = any(self.wanted)
        self._zone = zone_of(retention.timezone) if is_fixed_zone(retention.timezone) else UTC
        self._known: dict[datetime, tuple[object, ...]] = {}

    def periods(self, moment: datetime) -> tuple[object, ...]:
        """Return the day, the week, which begins on Monday, the month and the year of a moment."""
        found = self._known.get(moment)
        if found is None:
            day = moment.astimezone(self._zone).date()
            # the first day of the calendar was a Monday
            found = self._known[moment] = (day, (day.toordinal() - 1) // 7, (day.year, day.month), day.year)
        return found


class _LongTerm:
    """Knows the newest backup of each of the last days, weeks, months and years that have one."""

    def __init__(self, calendar: _Calendar) -> None:
        self._calendar = calendar
        self._kept = [deque[tuple[object, int]]() for _ in calendar.wanted]
        self._holds: Counter[int] = Counter()
        """By how many of the four numbers each is kept."""

    def keeps(self, number: int) -> bool:
        """Whether a backup is the newest of one of the periods."""
        return number in self._holds

    def add(self, number: int, made_at: datetime) -> list[int]:
        """Take in the newest of all; return those that are kept by one of the numbers less because of it."""
        if not self._calendar.is_used:
            return []
        losers = []
        periods = self._calendar.periods(made_at)
        for period, kept, wanted in zip(periods, self._kept, self._calendar.wanted, strict=True):
            if not wanted:
                continue
            if kept and kept[-1][0] == period:
                losers.append(kept.pop()[1])
            kept.append((period, number))
            self._holds[number] += 1
            if len(kept) > wanted:
                losers.append(kept.popleft()[1])
        for loser in losers:
            self._holds[loser] -= 1
            if not self._holds[loser]:
                del self._holds[loser]
        return losers


def compared(before: Forecast, after: Forecast) -> Iterator[Removal]:
    """Yield the removals of existing backups that only ``after`` has, or that it has earlier."""
    known = {each.id: each.at for each in before.removals}
    return (each for each in after.removals if each.id not in known or each.at < known[each.id])
