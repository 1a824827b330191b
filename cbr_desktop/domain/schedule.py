"""When policies run: the service's recurrence rules, which are in UTC, and what they are by another clock.

The service knows a part of iCalendar alone, and it writes one rule for each time of the day. It does not follow
daylight saving: a rule stays at its time in UTC. What a rule comes to is worked out by ``dateutil``.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from heapq import merge
from itertools import groupby, pairwise, takewhile

from msgspec import Struct

PATTERNS_LIMIT = 24
"""Rules of one policy (definition of CreatePolicy)."""
INTERVAL_LIMIT = 30
"""The most days between two runs (definition of CreatePolicy)."""
SPACING = 60
"""The least minutes between two runs (user manual)."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_MINUTES = 24 * 60
PEAK_HOURS = (22, 8)
"""The hours of the local day from which and until which the service is busiest (user manual; it also says 0 to 6)."""
_WEEK_MINUTES = len(DAYS) * DAY_MINUTES

_DAY = f"(?:{'|'.join(DAYS)})"
_PATTERN = re.compile(
    rf"FREQ=(?:WEEKLY;BYDAY=(?P<days>{_DAY}(?:,{_DAY})*)|DAILY;INTERVAL=(?P<interval>[1-9]|[12][0-9]|30))"
    r";BYHOUR=(?P<hour>[01]?[0-9]|2[0-3]);BYMINUTE=(?P<minute>[0-5]?[0-9])"
)
_FIXED_ZONE = re.compile(r"UTC(?P<sign>[+-])(?P<hours>[01][0-9]|2[0-3]):(?P<minutes>[0-5][0-9])")


class Recurrence(Struct, frozen=True):
    """When one rule runs: on ``days`` of the week, or every ``interval`` days where it names none.

    ``minute`` is that of the day, 0 to 1439. All is by one clock, which is UTC unless the rule was ``moved``.
    """

    days: tuple[str, ...]
    interval: int
    minute: int

    @property
    def pattern(self) -> str:
        """The rule as the service writes it."""
        often = f"WEEKLY;BYDAY={','.join(self.days)}" if self.days else f"DAILY;INTERVAL={self.interval}"
        return f"FREQ={often};BYHOUR={self.minute // 60:02};BYMINUTE={self.minute % 60:02}"

    def day_shift(self, offset: timedelta) -> int:
        """Return how many days later, or earlier where it is negative, the run is by a clock ``offset`` ahead."""
        return (self.minute + _minutes(offset)) // DAY_MINUTES

    def moved(self, offset: timedelta) -> "Recurrence":
        """Return the same moments by a clock that is ``offset`` ahead; by ``-offset`` the way back.

        The days of the week are others where the run is on another day there.
        """
        shift = self.day_shift(offset)
        days = tuple(DAYS[(DAYS.index(day) + shift) % len(DAYS)] for day in self.days)
        return Recurrence(days, self.interval, (self.minute + _minutes(offset)) % DAY_MINUTES)


def recurrence(pattern: str) -> Recurrence | None:
    """Return when a rule runs, ``None`` for one that the service does not know."""
    found = _PATTERN.fullmatch(pattern)
    if found is None:
        return None
    days = tuple(found["days"].split(",")) if found["days"] else ()
    return Recurrence(days, int(found["interval"] or 1), 60 * int(found["hour"]) + int(found["minute"]))


def patterns_of(runs: Iterable[Recurrence], earlier: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the rules for some runs; a run that ``earlier`` rules have is written as it was there."""
    written = {known: pattern for pattern in earlier if (known := _alike(recurrence(pattern))) is not None}
    return tuple(written.get(_alike(run), run.pattern) for run in runs)


def same_runs(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether rules run at the same moments, whatever their order; strange ones do not count."""
    left, right = ({_alike(run) for run in map(recurrence, rules) if run is not None} for rules in (one, other))
    return left == right


def _alike(run: Recurrence | None) -> object:
    """Return what is the same for two rules that run at the same moments, whatever the order of their days."""
    return None if run is None else (frozenset(run.days), run.interval, run.minute)


def is_peak(minute: int) -> bool:
    """Whether the service is busy at a minute of the local day."""
    begin, end = PEAK_HOURS
    return not 60 * end <= minute < 60 * begin


def too_close(patterns: Iterable[str]) -> tuple[int, int] | None:
    """Return the first two minutes of the day at which rules run within less than an hour, ``None`` for none.

    Two of every so many days may meet on any day.
    """
    points = []
    for found in filter(None, map(recurrence, patterns)):
        points += [DAY_MINUTES * DAYS.index(day) + found.minute for day in set(found.days or DAYS)]
    points.sort()
    # the last of a week is followed by the first of the next
    around = [*points, *(point + _WEEK_MINUTES for point in points[: len(points) > 1])]
    close = next((pair for pair in pairwise(around) if pair[1] - pair[0] < SPACING), None)
    return None if close is None else (close[0] % DAY_MINUTES, close[1] % DAY_MINUTES)


class Schedule(Struct, frozen=True):
    """The rules of a policy, in UTC. Rules that are none of the service's are kept, and run at no known time.

    ``started_at`` is when its trigger was made: nothing runs before, and a rule of every so many days counts from that
    day on (the service says neither; it is what iCalendar makes of a start).
    """

    patterns: tuple[str, ...]
    started_at: datetime | None = None

    @property
    def recurrences(self) -> list[Recurrence]:
        """When it runs, as far as its rules are known; the earliest time of the day first."""
        found = filter(None, map(recurrence, self.patterns))
        return sorted(found, key=lambda run: (run.minute, run.interval, run.days))

    @property
    def strange(self) -> tuple[str, ...]:
        """The rules that are none of the service's as this version knows it."""
        return tuple(pattern for pattern in self.patterns if recurrence(pattern) is None)

    @property
    def is_certain(self) -> bool:
        """Whether its days are known: a rule of every so many days needs a day to count from."""
        anchored = self.started_at is not None or all(run.interval == 1 for run in self.recurrences)
        return anchored and not self.strange

    def runs(self, after: datetime, until: datetime | None = None) -> Iterator[datetime]:
        """Yield the moments, aware UTC, at which it runs later than ``after`` and not later than ``until``."""
        begin = after if self.started_at is None else max(after, self.started_at)
        every = merge(*(_moments(run, begin, self.started_at) for run in self.recurrences))
        each = (moment for moment, _ in groupby(every))
        return each if until is None else takewhile(lambda moment: moment <= until, each)


def _moments(run: Recurrence, after: datetime, anchor: datetime | None) -> Iterator[datetime]:
    """Yield when one rule runs after a moment; the first day that is looked at is near it, whenever it all began."""
    # the first window tells schedules without working any run out
    from dateutil.rrule import rrulestr

    day = _midnight(after)
    if run.interval > 1 and anchor is not None:
        day -= (day - _midnight(anchor)) % timedelta(days=run.interval)
    found: Iterator[datetime] = rrulestr(run.pattern, dtstart=day).xafter(after)
    return found


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


# other clocks


class Season(Struct, frozen=True):
    """For as long as a clock keeps one distance to UTC: when a schedule runs by it.

    ``since`` is the moment from which that holds, ``None`` for what holds now; ``offset`` is how far the clock is ahead
    of UTC.
    """

    since: datetime | None
    offset: timedelta
    recurrences: tuple[Recurrence, ...]


def zone_of(name: str) -> tzinfo:
    """Return the zone of a name: ``UTC+08:00``, as policies have it, or one such as ``Europe/Berlin``.

    ``LookupError`` where there is no such zone.
    """
    found = _FIXED_ZONE.fullmatch(name)
    if found is not None:
        ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
        return timezone(-ahead if found["sign"] == "-" else ahead)
    from zoneinfo import ZoneInfo  # few ask for one, and a command starts without it

    try:
        return ZoneInfo(name)
    except (ValueError, OSError) as error:
        raise LookupError(name) from error


def is_fixed_zone(name: str) -> bool:
    """Whether a name is a zone of the form that policies have, ``UTC+08:00``."""
    return _FIXED_ZONE.fullmatch(name) is not None


def offset_at(moment: datetime, zone: tzinfo | None) -> timedelta:
    """Return how far the clocks of a zone, of this machine's where it is ``None``, are ahead of UTC at a moment."""
    return moment.astimezone(zone).utcoffset() or timedelta()


def seasons(schedule: Schedule, zone: tzinfo | None, since: datetime, until: datetime) -> list[Season]:
    """Return when a schedule runs by the clocks of a zone, and from when on it runs otherwise because they change."""
    changes = [(None, offset_at(since, zone)), *_clock_changes(zone, since, until)]
    runs = schedule.recurrences
    return [Season(moment, offset, tuple(run.moved(offset) for run in runs)) for moment, offset in changes]


def _clock_changes(zone: tzinfo | None, since: datetime, until: datetime) -> Iterator[tuple[datetime, timedelta]]:
    """Yield when the clocks of a zone change, to the minute, and how far they are ahead of UTC from then on."""
    day, minute = timedelta(days=1), timedelta(minutes=1)
    early = since.astimezone(UTC).replace(second=0, microsecond=0)
    while early < until:
        late = early + day
        if offset_at(early, zone) != offset_at(late, zone):
            low, high = early, late
            while high - low > minute:
                middle = low + (high - low) // (2 * minute) * minute
                low, high = (middle, high) if offset_at(middle, zone) == offset_at(low, zone) else (low, middle)
            if high <= until:
                yield high, offset_at(high, zone)
        early = late


def _minutes(offset: timedelta) -> int:
    return round(offset.total_seconds() / 60)
