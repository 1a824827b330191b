"""Policies in the course of time: the backups that they make, and which of those before they delete."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cbr_desktop.simulator.entities import Policy
from cbr_desktop.simulator.estate import Builder, account, demo
from cbr_desktop.simulator.schedules import runs

from .conftest import START, Cloud, HandClock

DAY = 24 * 3600
AT_TEN = "FREQ=DAILY;INTERVAL=1;BYHOUR=10;BYMINUTE=00"
HALF_PAST = "FREQ=WEEKLY;BYDAY=TU;BYHOUR=10;BYMINUTE=30"


def lasting(cloud: Cloud) -> Cloud:
    """The cloud with an operator whose token outlives every test."""
    cloud.modes.token_hours = 24 * 400
    cloud.token = cloud.log_in().headers["X-Subject-Token"]
    return cloud


def one_vault(contract: Any) -> Cloud:
    build = Builder(account(7), START, 7)
    vault = build.vault("vault-one", "server", 0, 1000)
    for name in ("ecs-1", "ecs-2"):
        build.server(vault, name, 40)
    build.policy("at-ten", [AT_TEN], [vault], max_backups=3)
    return lasting(Cloud(contract, build.estate, HandClock(START)))


@pytest.fixture
def small(contract: Any) -> Cloud:
    """A vault with two servers and a policy that runs at ten every day, an hour from now."""
    return one_vault(contract)


def rule(cloud: Cloud, **definition: Any) -> Policy:
    policy = next(iter(cloud.estate.policies.values()))
    cloud.cbr("PUT", f"policies/{policy.id}", json={"policy": {"operation_definition": definition}})
    return policy


def days(cloud: Cloud, number: int) -> None:
    """Let days pass, each looked at."""
    for _ in range(number):
        cloud.clock.advance(DAY)
        cloud.get("backups", limit=1)


def made(cloud: Cloud, name: str = "ecs-1", auto: bool = True) -> list[str]:
    """The days of the backups that are there of a server, newest first."""
    found = cloud.get("backups", resource_name=name)["backups"]
    return [each["created_at"][5:10] for each in found if each["extend_info"]["auto_trigger"] is auto]


def test_a_run_makes_a_backup_of_each_resource_and_names_its_policy(small):
    small.clock.advance(3600 + 20)
    going = small.get("operation-logs")["operation_logs"]
    assert {each["status"] for each in going} == {"running"}
    assert {each["policy_id"] for each in going} == set(small.estate.policies)
    small.clock.advance(60)
    backups = small.get("backups")["backups"]
    assert [(each["status"], each["created_at"], each["incremental"]) for each in backups] == [
        ("available", "2026-05-04T10:00:00.000000", False)
    ] * 2
    assert all(each["extend_info"]["auto_trigger"] and each["expired_at"] is None for each in backups)
    assert sorted(each["name"][-5:] for each in backups) == ["_0001", "_0002"]
    assert len({each["checkpoint_id"] for each in backups}) == 1


def test_a_long_leap_of_the_clock_does_what_many_small_ones_do(small, contract):
    small.clock.advance(5.5 * DAY)
    other = one_vault(contract)
    for _ in range(11):
        other.clock.advance(DAY / 2)
        other.get("vaults")
    assert made(small) == made(other) == ["05-09", "05-08", "05-07"]
    assert small.get("operation-logs")["count"] == other.get("operation-logs")["count"] == 18


def test_nothing_is_made_where_the_policy_is_disabled_or_the_mode_says_so(small):
    policy = next(iter(small.estate.policies.values()))
    small.cbr("PUT", f"policies/{policy.id}", json={"policy": {"enabled": False}})
    days(small, 2)
    assert made(small) == []
    small.cbr("PUT", f"policies/{policy.id}", json={"policy": {"enabled": True}})
    days(small, 1)
    assert made(small) == ["05-06"]
    small.modes.schedules = False
    days(small, 3)
    assert made(small) == ["05-06"]


def test_suspended_resources_are_left_out_and_refused_ones_leave_a_task(small):
    small.resource("ecs-1").auto_protect = False
    small.resource("ecs-2").refusal = "7104"
    days(small, 1)
    (task,) = small.get("operation-logs")["operation_logs"]
    assert (task["status"], task["error_info"]["code"]) == ("skipped", "BackupService.7104")
    assert small.get("backups")["count"] == 0


def test_a_full_vault_makes_tasks_that_failed(small):
    small.vault("vault-one").used_mb = 1000 * 1024
    days(small, 1)
    logs = small.get("operation-logs")["operation_logs"]
    assert [(each["status"], each["error_info"]["code"]) for each in logs] == [("failed", "BackupService.6114")] * 2
    small.vault("vault-one").auto_expand = True
    days(small, 1)
    assert (small.get("backups")["count"], small.vault("vault-one").size_gb) == (2, 1250)


def test_a_vault_that_is_frozen_or_busy_is_passed_over(small):
    small.vault("vault-one").status = "frozen"
    days(small, 1)
    small.vault("vault-one").status = "available"
    small.clock.advance(3600 / 2)
    small.modes.checkpoint_seconds = DAY
    small.create(small.vault("vault-one"))
    small.clock.advance(2 * 3600)
    assert made(small) == []
    assert len(made(small, auto=False)) == 1


def test_every_so_many_backups_are_full_ones_and_the_first_is(small):
    rule(small, max_backups=9, full_backup_interval=3)
    days(small, 7)
    found = small.get("backups", resource_name="ecs-1", sort="created_at:asc")["backups"]
    assert [each["incremental"] for each in found] == [False, True, True, False, True, True, False]


def test_the_number_counts_for_each_resource_and_by_hand_ones_are_not_of_it(small):
    small.create(small.vault("vault-one"), name="by-hand")
    days(small, 5)
    assert made(small) == made(small, "ecs-2") == ["05-08", "05-07", "05-06"]
    assert made(small, auto=False) == ["05-04"]
    deleted = small.get("operation-logs", operation_type="delete")["operation_logs"]
    assert len(deleted) == 4
    assert {each["policy_id"] for each in deleted} == set(small.estate.policies)


def test_a_changed_number_hits_the_old_ones_after_the_next_backup(small):
    days(small, 4)
    rule(small, max_backups=1)
    assert len(made(small)) == 3
    small.clock.advance(3600 + 120)
    assert made(small) == ["05-08"]


@pytest.mark.parametrize("after", [{"retention_duration_days": 1}, {}])
def test_from_a_number_to_a_time_or_to_for_ever_the_old_ones_stay(small, after):
    days(small, 3)
    rule(small, **after)
    days(small, 5)
    assert made(small)[-3:] == ["05-06", "05-05", "05-04"]
    assert len(made(small)) == (3 + 1 if after else 8)


@pytest.mark.parametrize(
    ("after", "left"),
    [
        ({"retention_duration_days": 30}, ["05-09", "05-08", "05-07", "05-06"]),
        ({}, ["05-09", "05-08", "05-07", "05-06"]),
        ({"max_backups": 3}, ["05-09", "05-08", "05-07"]),
        ({"max_backups": 30}, ["05-09", "05-08", "05-07", "05-06"]),
    ],
)
def test_from_a_time_the_old_ones_expire_as_they_were_to(small, after, left):
    rule(small, retention_duration_days=4)
    days(small, 2)
    assert small.get("backups")["backups"][0]["expired_at"] == "2026-05-09T10:00:00.000000"
    rule(small, **after)
    days(small, 4)
    assert made(small) == left


def test_the_newest_of_days_and_weeks_stay_in_addition_by_the_days_of_the_zone(small):
    rule(small, max_backups=1, day_backups=2, week_backups=3, timezone="UTC+08:00")
    days(small, 21)
    # 25 May would be the next one; 17 and 10 May are Sundays
    assert made(small) == ["05-24", "05-23", "05-17", "05-10"]
    rule(small, max_backups=1)
    days(small, 1)
    assert made(small) == ["05-25"]


def test_a_backup_that_failed_stays_for_a_month_and_the_number_does_not_count_it(small):
    small.resource("ecs-1").fails_at = 50
    days(small, 12)
    states = Counter(each["status"] for each in small.get("backups", resource_name="ecs-1")["backups"])
    assert states == {"error": 10}
    small.resource("ecs-1").fails_at = None
    days(small, 30)
    states = Counter(each["status"] for each in small.get("backups", resource_name="ecs-1")["backups"])
    assert states == {"available": 3}


def test_a_locked_vault_deletes_by_rule_what_nobody_may_delete_by_hand(small):
    small.vault("vault-one").locked = True
    days(small, 3)
    backup = small.get("backups")["backups"][0]
    assert small.cbr("DELETE", f"backups/{backup['id']}", 400)["error_code"] == "BackupService.6220"
    days(small, 3)
    assert len(made(small)) == 3


def test_what_an_image_was_made_of_is_not_deleted(small):
    days(small, 1)
    next(iter(small.estate.backups.values())).images = ["an-image"]
    days(small, 6)
    assert "05-04" in made(small) + made(small, "ecs-2")


def test_a_manual_backup_with_a_time_of_its_own_is_gone_after_it(small):
    small.create(small.vault("vault-one"), retention_duration_days=2)
    days(small, 1)
    assert made(small, auto=False) == ["05-04"]
    days(small, 2)
    assert made(small, auto=False) == []


def test_removed_and_deleted_policies_leave_their_backups_to_their_own_time(small):
    policy = rule(small, retention_duration_days=2)
    days(small, 1)
    rule(small, max_backups=3)
    days(small, 1)
    small.cbr("POST", f"vaults/{small.vault('vault-one').id}/dissociatepolicy", json={"policy_id": policy.id})
    small.cbr("DELETE", f"policies/{policy.id}", 204)
    days(small, 5)
    assert made(small) == ["05-05"]


def test_patterns_run_when_a_calendar_says_so():
    policy = Policy(
        id="p",
        name="p",
        operation_type="backup",
        definition={},
        trigger_id="t",
        start=START,
        pattern=[AT_TEN, HALF_PAST],
    )
    found = runs(policy, START - timedelta(days=9))
    assert [f"{next(found):%a %d %H:%M}" for _ in range(4)] == [
        "Mon 04 10:00",
        "Tue 05 10:00",
        "Tue 05 10:30",
        "Wed 06 10:00",
    ]
    policy.pattern = ["FREQ=DAILY;INTERVAL=30;BYHOUR=9;BYMINUTE=0"]
    assert next(runs(policy, START)) == datetime(2026, 6, 3, 9, 0, tzinfo=UTC)


def test_the_demo_cloud_goes_on_as_its_past_was(contract):
    """A day of the demo estate: its policies run, and no more is deleted than their rules say."""
    cloud = lasting(Cloud(contract, demo(START, days=60), HandClock(START)))
    names = {each.id: each.name for each in cloud.estate.policies.values()}
    before = {each.id for each in cloud.estate.backups.values()}
    days(cloud, 1)
    tasks = [each for each in cloud.estate.tasks.values() if each.created_at > START]
    kinds = Counter((each.operation_type, names.get(each.policy_id or "")) for each in tasks)
    assert kinds["backup", "hourly-db"] > 24 * 7
    assert {name for _, name in kinds} == {"daily-22h", "hourly-db", "gfs-hr"}
    gone = before - set(cloud.estate.backups)
    deleted = Counter(name for kind, name in kinds.elements() if kind == "delete")
    assert sum(deleted.values()) >= len(gone) > 0
    assert deleted["daily-22h"] == 0
