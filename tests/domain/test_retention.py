"""The forecast of retention: which automatic backups the rules delete, and when. A backup made by hand is never one."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.ids import BackupId, ResourceId, VaultId
from cbr_desktop.domain.retention import (
    FOREVER,
    Assumptions,
    Cause,
    Coverage,
    Forecast,
    Retention,
    Rules,
    Transition,
    compared,
    forecast,
    transition,
)
from cbr_desktop.domain.schedule import Schedule
from cbr_desktop.domain.vault import ResourceType

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
VAULT, SERVER, OTHER = VaultId("v-1"), ResourceId("s-1"), ResourceId("s-2")
NIGHTLY = "FREQ=DAILY;INTERVAL=1;BYHOUR=20;BYMINUTE=00"
DAY = timedelta(days=1)
HERE = (Coverage(VAULT, (SERVER,)),)


def backup(age: float, *, keeps: int | None = None, resource: ResourceId = SERVER, **more: object) -> Backup:
    """Return an automatic backup that is ``age`` days old, and expires ``keeps`` days after it was made."""
    made = NOW - timedelta(days=age)
    expires = made + timedelta(days=keeps) if keeps is not None else None
    made_up: dict[str, object] = {"auto": True, "expires_at": expires, "status": BackupStatus.AVAILABLE, **more}
    id = BackupId(f"{resource}-{age:g}")
    kind = ResourceType.SERVER
    return Backup(id, "n", vault_id=VAULT, checkpoint_id=None, resource_id=resource, resource_name=resource,
                  resource_type=kind, resource_size_gb=1, created_at=made, **made_up)  # type: ignore[arg-type]  # fmt: skip


def rules(retention: Retention, pattern: str = NIGHTLY, *, is_enabled: bool = True) -> Rules:
    return Rules(Schedule((pattern,), NOW - 400 * DAY), retention, is_enabled)


def told(
    backups: Sequence[Backup], retention: Retention | None, days: int = 90, coverage: Sequence[Coverage] = HERE
) -> Forecast:
    return forecast(backups, coverage, rules(retention) if retention is not None else None, NOW, days)


def gone(found: Forecast) -> dict[str, str]:
    """Return on which day each existing backup is deleted, by how old it is in days."""
    return {each.id.rpartition("-")[2]: f"{each.at:%m-%d}" for each in found.removals}


def test_of_a_number_the_oldest_go_after_each_new_one() -> None:
    found = told([backup(age) for age in (1, 2, 3, 4, 5)], Retention(max_backups=3), days=2)
    assert gone(found) == {"5": "05-04", "4": "05-04", "3": "05-04", "2": "05-05"}
    assert {each.cause for each in found.removals} == {Cause.NUMBER}
    assert [(each.existing, each.made) for each in found.days()] == [(2, 1), (1, 2), (1, 2)]


def test_of_a_time_each_goes_when_it_expires_and_what_is_made_gets_its_own_time() -> None:
    found = told([backup(1, keeps=3), backup(2, keeps=3)], Retention(days=2), days=5)
    assert gone(found) == {"2": "05-05", "1": "05-06"}
    assert {f"{at:%m-%d}": number for at, number in found.made.items()} == {f"05-0{day}": 1 for day in range(4, 9)}
    assert {f"{at:%m-%d}": number for at, number in found.unmade.items()} == {f"05-0{day}": 1 for day in (6, 7, 8)}
    assert found.days()[-1].total == found.days()[-1].made == 2


def test_what_has_expired_is_gone_today() -> None:
    assert gone(told([backup(9, keeps=3)], Retention(days=3))) == {"9": "05-04"}


OLD = [backup(1), backup(2), backup(3), backup(4)]
TIMED = [backup(age, keeps=5) for age in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("backups", "after", "expected", "never"),
    [
        (OLD, Retention(max_backups=2), {"4": "05-04", "3": "05-04", "2": "05-04", "1": "05-05"}, 0),
        (OLD, Retention(days=7), {}, 4),
        (OLD, Retention(), {}, 4),
        (TIMED, Retention(days=30), {"4": "05-05", "3": "05-06", "2": "05-07", "1": "05-08"}, 0),
        (TIMED, Retention(), {"4": "05-05", "3": "05-06", "2": "05-07", "1": "05-08"}, 0),
        (TIMED, Retention(max_backups=4), {"4": "05-04", "3": "05-05", "2": "05-06", "1": "05-07"}, 0),
        (TIMED, Retention(max_backups=9), {"4": "05-05", "3": "05-06", "2": "05-07", "1": "05-08"}, 0),
        (OLD, None, {}, 4),
        (TIMED, None, {"4": "05-05", "3": "05-06", "2": "05-07", "1": "05-08"}, 0),
    ],
    ids=[
        "number to number: after the next backup",
        "number to time: the old ones stay",
        "number to for ever: the old ones stay",
        "time to time: the old ones expire as they were to",
        "time to for ever: the old ones expire as they were to",
        "time to number: the number hits them",
        "time to number: the time hits them still",
        "removed after a number: the old ones stay",
        "removed after a time: the old ones expire as they were to",
    ],
)
def test_a_changed_rule_does_to_old_backups_what_is_documented(
    backups: list[Backup], after: Retention | None, expected: dict[str, str], never: int
) -> None:
    found = told(backups, after)
    assert (gone(found), len(found.never)) == (expected, never)


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        (Retention(max_backups=2), Retention(max_backups=3), Transition.NUMBER_TO_NUMBER),
        (Retention(max_backups=2), Retention(days=3), Transition.NUMBER_TO_TIME),
        (Retention(max_backups=2), Retention(), Transition.NUMBER_TO_TIME),
        (Retention(days=2), Retention(days=3), Transition.TIME_TO_TIME),
        (Retention(days=2), Retention(), Transition.TIME_TO_TIME),
        (Retention(days=2), Retention(max_backups=3), Transition.TIME_TO_NUMBER),
        (Retention(), Retention(max_backups=3), None),
        (Retention(days=2), Retention(days=2, day_backups=1), None),
    ],
)
def test_a_change_is_known_by_the_documented_rule(
    before: Retention, after: Retention, named: Transition | None
) -> None:
    assert transition(before, after) is named


def test_a_disabled_policy_makes_nothing_and_so_its_number_deletes_nothing() -> None:
    found = forecast([*OLD, backup(6, keeps=7)], HERE, rules(Retention(max_backups=1), is_enabled=False), NOW)
    assert (gone(found), len(found.never), found.made) == ({"6": "05-05"}, 4, {})


def test_the_newest_of_days_weeks_months_and_years_stay_in_addition() -> None:
    """By the days of the zone: what is made at 20:00 UTC is of the next day at UTC+8."""
    backups = [backup(age) for age in range(1, 120)]
    kept = Retention(max_backups=2, day_backups=3, week_backups=2, month_backups=3, timezone="UTC+08:00")
    found = told(backups, kept, days=1)
    left = {f"{each.created_at:%m-%d}" for each in backups} - {f"{each.made_at:%m-%d}" for each in found.removals}
    # beside the new one, which is of 5 May: 3 May ends a week, 30 April and 31 March end months
    assert left == {"05-03", "05-02", "04-30", "03-31"}


def test_the_zone_decides_which_backup_is_the_last_of_its_day() -> None:
    backups = [backup(1.0), backup(0.6), backup(0.1)]  # 3 May 09:00, 3 May 18:36 and 4 May 06:36 UTC
    for zone, gone_first in (("UTC+00:00", {"1", "0.1"}), ("UTC+08:00", {"0.6"})):
        kept = Retention(max_backups=1, day_backups=3, timezone=zone)
        assert set(gone(told(backups, kept, days=1))) == gone_first, zone


def test_what_has_expired_stays_for_as_long_as_it_is_the_newest_of_a_week() -> None:
    kept = Retention(days=1, week_backups=2, timezone="UTC+00:00")
    sunday = backup(1, keeps=1)
    assert gone(told([sunday], kept)) == {"1": "05-11"}
    assert {each.cause for each in told([sunday], kept).removals} == {Cause.EXPIRED}


def test_failed_automatic_backups_stay_for_a_month_and_ten_at_most() -> None:
    failed = [backup(age, status=BackupStatus.ERROR) for age in (*range(1, 12), 29)]
    found = told(failed, Retention(max_backups=1))
    assert gone(found)["29"] == gone(found)["11"] == "05-04"
    causes = Counter(each.cause for each in found.removals)
    assert causes == {Cause.FAILED_NUMBER: 2, Cause.FAILED_AGE: 10}
    assert gone(found)["1"] == "06-02"


def test_replicas_and_what_is_being_deleted_are_left_out() -> None:
    found = told(
        [backup(9, image_type="replication"), backup(8, status=BackupStatus.DELETING)], Retention(max_backups=1)
    )
    assert (found.by_hand, found.existing, found.removals) == (1, 1, ())


def test_a_lock_delays_no_rule_unless_that_is_supposed() -> None:
    locked = (Coverage(VAULT, (SERVER,), is_locked=True),)
    kept = rules(Retention(max_backups=1))
    assert len(forecast(OLD, locked, kept, NOW, 5).removals) == 4
    found = forecast([*OLD, backup(9, keeps=10)], locked, kept, NOW, 5, Assumptions(locks_delay_rules=True))
    assert gone(found) == {"9": "05-05"}


def test_resources_are_counted_each_for_itself_and_those_that_are_not_backed_up_lose_nothing() -> None:
    backups = [backup(age, resource=each) for age in (1, 2) for each in (SERVER, OTHER)]
    found = told(backups, Retention(max_backups=1))
    assert {each.resource_id for each in found.removals} == {SERVER}
    assert len(found.never) == 2
    assert told([replace(each, vault_id=VaultId("v-9")) for each in backups], Retention(max_backups=1)).existing == 0


def test_only_what_a_change_adds_is_told_of_it() -> None:
    before, after = told(TIMED, Retention(days=5)), told(TIMED, Retention(max_backups=3))
    assert {each.id: f"{each.at:%m-%d}" for each in compared(before, after)} == {
        "s-1-4": "05-04",
        "s-1-3": "05-04",
        "s-1-2": "05-05",
        "s-1-1": "05-06",
    }
    assert not list(compared(after, after))


# what holds whatever the rules and the backups are

ages = st.lists(
    st.tuples(st.integers(0, 24 * 400), st.none() | st.integers(1, 60), st.booleans(), st.booleans()), max_size=25
)
numbers = st.just(FOREVER) | st.integers(1, 12)
long_terms = st.tuples(*[st.integers(0, 4)] * 4)
PATTERNS = st.sampled_from(
    [
        NIGHTLY,
        "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=03;BYMINUTE=30",
        "FREQ=DAILY;INTERVAL=9;BYHOUR=23;BYMINUTE=59",
    ]
)


def estate(given_ages: list[tuple[int, int | None, bool, bool]]) -> list[Backup]:
    return [
        replace(
            backup(hours / 24, keeps=keeps, status=BackupStatus.ERROR if failed else BackupStatus.AVAILABLE),
            id=BackupId(f"b-{number}"),
            auto=auto,
        )
        for number, (hours, keeps, auto, failed) in enumerate(given_ages)
    ]


def retention(number: int, days: int, long_term: tuple[int, ...]) -> Retention:
    return Retention(number, days, *long_term, timezone="UTC+05:30")


def lives(found: Forecast) -> dict[str, datetime]:
    """Return until when each existing backup is there; those that stay are there longest."""
    return {each.id: each.at for each in found.removals}


def assert_keeps_no_less(more: Forecast, less: Forecast) -> None:
    ends = lives(less)
    assert all(id in ends and ends[id] <= at for id, at in lives(more).items())


@settings(max_examples=40, deadline=None)
@given(ages, numbers, numbers, long_terms, PATTERNS)
def test_a_backup_made_by_hand_is_never_deleted(
    given_ages: list[tuple[int, int | None, bool, bool]], number: int, days: int, long: tuple[int, ...], pattern: str
) -> None:
    backups = estate(given_ages)
    found = forecast(backups, HERE, rules(retention(number, days, long), pattern), NOW, 60)
    by_hand = {each.id for each in backups if not each.auto}
    assert by_hand.isdisjoint(lives(found))
    assert found.by_hand == len(by_hand)
    assert found.days()[-1].existing == len(backups) - len(found.removals)


@settings(max_examples=40, deadline=None)
@given(ages, st.integers(1, 12), st.integers(0, 6), numbers, long_terms, PATTERNS)
def test_a_stricter_number_never_keeps_more(
    given_ages: list[tuple[int, int | None, bool, bool]],
    number: int,
    more: int,
    days: int,
    long: tuple[int, ...],
    pattern: str,
) -> None:
    backups = estate(given_ages)
    strict, loose = (
        forecast(backups, HERE, rules(retention(each, days, long), pattern), NOW, 60)
        for each in (number, number + more)
    )
    assert_keeps_no_less(loose, strict)


@settings(max_examples=40, deadline=None)
@given(ages, numbers, long_terms, st.integers(0, 3), PATTERNS)
def test_a_smaller_long_term_number_never_keeps_more(
    given_ages: list[tuple[int, int | None, bool, bool]], number: int, long: tuple[int, ...], which: int, pattern: str
) -> None:
    backups = estate(given_ages)
    fewer = tuple(max(each - 1, 0) if index == which else each for index, each in enumerate(long))
    loose, strict = (
        forecast(backups, HERE, rules(retention(number, FOREVER, each), pattern), NOW, 60) for each in (long, fewer)
    )
    assert_keeps_no_less(loose, strict)


@settings(max_examples=40, deadline=None)
@given(ages, st.integers(1, 12), long_terms, PATTERNS)
def test_the_union_keeps_what_either_keeps(
    given_ages: list[tuple[int, int | None, bool, bool]], number: int, long: tuple[int, ...], pattern: str
) -> None:
    backups = estate(given_ages)
    both, alone = (
        forecast(backups, HERE, rules(retention(number, FOREVER, each), pattern), NOW, 60) for each in (long, (0,) * 4)
    )
    assert_keeps_no_less(both, alone)


@settings(max_examples=30, deadline=None)
@given(ages, numbers, numbers, long_terms, PATTERNS)
def test_what_is_forecast_is_what_the_rules_come_to_when_they_are_looked_at_afresh_after_each_run(
    given_ages: list[tuple[int, int | None, bool, bool]], number: int, days: int, long: tuple[int, ...], pattern: str
) -> None:
    """Against a slow reckoning that remembers nothing."""
    backups = [each for each in estate(given_ages) if each.auto and each.status == BackupStatus.AVAILABLE]
    kept = rules(retention(number, days, long), pattern)
    found = forecast(backups, HERE, kept, NOW, 30)
    assert [each for each in slowly(backups, kept, 30) if each[0]] == sorted(
        (each.id, each.at) for each in found.removals
    )


def slowly(backups: list[Backup], kept: Rules, days: int) -> list[tuple[str, datetime]]:
    """Return what goes when, every minute of a run or of an expiry reckoned from all that is there."""
    until = NOW + timedelta(days=days)
    there = [(each.created_at or NOW, each.id, each.expires_at) for each in backups]
    runs = set(kept.schedule.runs(NOW, until))
    term = kept.retention.days
    expiries = {expires for _, _, expires in there if expires is not None}
    expiries |= {run + timedelta(days=term) for run in runs if term != FOREVER}
    ended = []
    for moment in sorted({NOW} | runs | {each for each in expiries if NOW < each <= until}):
        for is_run in (False, True):
            if is_run and moment not in runs:
                continue
            if is_run:
                there.append((moment, BackupId(""), moment + timedelta(days=term) if term != FOREVER else None))
            there.sort(key=lambda each: each[0])
            lasting = [each for each in there if each[2] is None or each[2] > moment]
            newest = lasting[-kept.retention.max_backups :] if kept.retention.max_backups != FOREVER else there
            spared = _of_periods(there, kept.retention)
            for each in list(there):
                expired = each[2] is not None and each[2] <= moment
                beyond = is_run and each not in newest
                if (expired or beyond) and each not in spared:
                    there.remove(each)
                    ended.append((str(each[1]), moment))
    return sorted(ended)


def _of_periods(there: list[tuple[datetime, BackupId, datetime | None]], kept: Retention) -> list[object]:
    zone = timedelta(hours=5, minutes=30)
    keys = ("%Y-%m-%d", "%G-%V", "%Y-%m", "%Y")
    spared: list[object] = []
    for key, wanted in zip(keys, kept.long_term, strict=True):
        newest = {format(each[0] + zone, key): each for each in there}
        spared += [newest[period] for period in sorted(newest)[-wanted:]] if wanted else []
    return spared
