"""Schedules: the runs that rules in UTC come to, and what they are by clocks that are ahead, behind or change."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbr_desktop.domain.schedule import (
    DAYS,
    Recurrence,
    Schedule,
    offset_at,
    patterns_of,
    recurrence,
    seasons,
    too_close,
    zone_of,
)

MONDAY = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SHANGHAI, CHICAGO = timedelta(hours=8), timedelta(hours=-5)


def weekly(days: str, hour: int, minute: int = 0) -> str:
    return f"FREQ=WEEKLY;BYDAY={days};BYHOUR={hour:02};BYMINUTE={minute:02}"


def every(days: int, hour: int, minute: int = 0) -> str:
    return f"FREQ=DAILY;INTERVAL={days};BYHOUR={hour:02};BYMINUTE={minute:02}"


def told(schedule: Schedule, number: int, after: datetime = MONDAY) -> list[str]:
    return [f"{moment:%m-%d %H:%M}" for moment in islice(schedule.runs(after), number)]


runs = st.builds(
    Recurrence,
    st.lists(st.sampled_from(DAYS), unique=True).map(tuple),
    st.integers(1, 30),
    st.integers(0, 1439),
).map(lambda run: Recurrence(run.days, 1, run.minute) if run.days else run)
offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))


@settings(max_examples=40, deadline=None)
@given(runs)
def test_what_is_written_is_read_back(run: Recurrence) -> None:
    assert recurrence(run.pattern) == run


@pytest.mark.parametrize(
    "pattern", ["FREQ=HOURLY", "FREQ=DAILY;BYHOUR=6;BYMINUTE=0", every(31, 6), weekly("MO", 24), ""]
)
def test_a_rule_that_the_service_has_not_is_none(pattern: str) -> None:
    assert recurrence(pattern) is None
    schedule = Schedule((pattern, weekly("MO", 6)))
    assert (schedule.strange, schedule.is_certain, len(schedule.recurrences)) == ((pattern,), False, 1)


def test_the_next_runs_of_several_rules_come_in_one_row_and_each_moment_once() -> None:
    schedule = Schedule((weekly("SU,MO", 9, 30), weekly("MO", 9, 30), every(1, 22)))
    assert told(schedule, 4) == ["05-04 22:00", "05-05 22:00", "05-06 22:00", "05-07 22:00"]
    assert told(schedule, 2, MONDAY - timedelta(minutes=1)) == ["05-04 09:30", "05-04 22:00"]


def test_every_so_many_days_are_counted_from_the_day_on_which_it_began() -> None:
    begun = datetime(2026, 4, 1, 23, 0, tzinfo=UTC)
    schedule = Schedule((every(10, 6),), begun)
    assert told(schedule, 3) == ["05-11 06:00", "05-21 06:00", "05-31 06:00"]
    assert told(schedule, 1, begun - timedelta(days=400)) == ["04-11 06:00"]
    assert (schedule.is_certain, Schedule(schedule.patterns).is_certain) == (True, False)


def test_a_schedule_without_rules_has_no_runs() -> None:
    assert list(Schedule(()).runs(MONDAY)) == []
    assert list(Schedule(("FREQ=HOURLY",)).runs(MONDAY)) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(runs, min_size=1, max_size=4), st.integers(0, 3000), st.integers(0, 400))
def test_runs_are_those_that_a_calendar_shows(given_runs: list[Recurrence], late: int, days: int) -> None:
    """Against a count of minutes, day by day."""
    begun, after = MONDAY, MONDAY + timedelta(minutes=late)
    until = after + timedelta(days=days % 40)
    schedule = Schedule(tuple(run.pattern for run in given_runs), begun)
    expected = set()
    for day in range(45):
        midnight = datetime(2026, 5, 4, tzinfo=UTC) + timedelta(days=day)
        for run in given_runs:
            if DAYS[midnight.weekday()] in run.days if run.days else day % run.interval == 0:
                expected.add(midnight + timedelta(minutes=run.minute))
    assert list(schedule.runs(after, until)) == sorted(each for each in expected if after < each <= until)


@settings(max_examples=40, deadline=None)
@given(runs, offsets)
def test_a_rule_by_another_clock_and_back_is_the_same(run: Recurrence, offset: timedelta) -> None:
    there = run.moved(offset)
    assert there.moved(-offset) == run
    assert 0 <= there.minute < 1440


@settings(max_examples=40, deadline=None)
@given(runs, offsets)
def test_a_rule_by_another_clock_runs_at_the_same_moments(run: Recurrence, offset: timedelta) -> None:
    here, there = (list(islice(Schedule((each.pattern,)).runs(MONDAY), 7)) for each in (run, run.moved(offset)))
    form = "%a %H:%M" if run.days else "%H:%M"
    assert {f"{moment + offset:{form}}" for moment in here} == {f"{moment:{form}}" for moment in there}


def test_the_day_of_the_week_shifts_with_the_clock() -> None:
    """As the documents have it: 01:00 on Monday at UTC+8 is 17:00 on Sunday."""
    assert Recurrence(("MO",), 1, 60).moved(-SHANGHAI) == Recurrence(("SU",), 1, 17 * 60)
    night = Recurrence(("SU", "MO"), 1, 2 * 60)
    assert (night.moved(CHICAGO).days, night.day_shift(CHICAGO)) == (("SA", "SU"), -1)


def test_rules_that_stay_are_written_as_they_were() -> None:
    earlier = ("FREQ=WEEKLY;BYDAY=TU,MO;BYHOUR=6;BYMINUTE=0", every(1, 7))
    kept = patterns_of([Recurrence(("MO", "TU"), 1, 360), Recurrence((), 1, 480)], earlier)
    assert kept == (earlier[0], every(1, 8))


@pytest.mark.parametrize(
    ("patterns", "close"),
    [
        ((every(1, 6), every(1, 7)), None),
        ((every(1, 6), every(1, 6, 59)), (360, 419)),
        ((weekly("MO,WE", 6), weekly("TU", 6, 30)), None),
        ((weekly("SU", 23, 30), weekly("MO", 0, 15)), (1410, 15)),
        ((weekly("FR", 6), every(3, 6, 45)), (360, 405)),
        ((weekly("FR", 6),), None),
        ((), None),
    ],
)
def test_runs_within_less_than_an_hour_are_named(patterns: tuple[str, ...], close: tuple[int, int] | None) -> None:
    assert too_close(patterns) == close


def test_zones_have_the_names_of_policies_or_those_of_places() -> None:
    assert offset_at(MONDAY, zone_of("UTC-03:30")) == -timedelta(hours=3, minutes=30)
    assert offset_at(MONDAY, zone_of("Asia/Kolkata")) == timedelta(hours=5, minutes=30)
    for name in ("UTC+8", "UTC+25:00", "Nowhere/Such", "", "../../etc/passwd", "a\0b"):
        with pytest.raises(LookupError):
            zone_of(name)


def test_daylight_saving_moves_a_schedule_by_the_clock_on_the_wall() -> None:
    """The service stays at UTC: what runs at 01:00 in summer runs at midnight in winter, and on another day."""
    schedule = Schedule((weekly("MO", 22, 30),))
    summer, winter, next_summer = seasons(schedule, ZoneInfo("Europe/Berlin"), MONDAY, MONDAY + timedelta(days=365))
    assert (summer.since, summer.recurrences) == (None, (Recurrence(("TU",), 1, 30),))
    assert winter.since == datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    assert winter.recurrences == (Recurrence(("MO",), 1, 23 * 60 + 30),)
    assert next_summer.since == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert next_summer.recurrences == summer.recurrences


def test_where_clocks_never_change_a_schedule_has_one_season() -> None:
    for name in ("UTC+08:00", "Asia/Tokyo"):
        (only,) = seasons(Schedule((every(1, 20),)), zone_of(name), MONDAY, MONDAY + timedelta(days=365))
        assert only.since is None


@pytest.mark.parametrize("zone", ["America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_every_season_begins_with_the_minute_of_the_change(zone: str) -> None:
    told = seasons(Schedule(()), ZoneInfo(zone), MONDAY, MONDAY + timedelta(days=800))
    assert len(told) > 3
    for before, after in pairwise(told):
        assert after.since is not None
        assert offset_at(after.since - timedelta(minutes=1), ZoneInfo(zone)) == before.offset
        assert offset_at(after.since, ZoneInfo(zone)) == after.offset
