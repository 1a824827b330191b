"""The estates: what the demo promises, sameness by seed, and size without slowness."""

from collections import Counter
from datetime import timedelta

import pytest

from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID, demo, generated

from .conftest import START


def test_vaults_of_the_demo_are_those_of_the_story():
    estate = demo(START)
    assert {vault.name: (vault.object_type, vault.size_gb) for vault in estate.vaults.values()} == {
        "vault-erp-prod": ("server", 2000),
        "vault-be94": ("server", 100),
        "vault-7669": ("server", 40),
        "vault-web-prod": ("server", 700),
        "vault-db-disks": ("disk", 4096),
        "vault-sfs-media": ("turbo", 2048),
        "vault-files-hq": ("turbo", 500),
        "vault-hr-worm": ("server", 800),
        "vault-erp-prod-dr": ("server", 2000),
        "vault-expand": ("server", 100),
        "vault-arrears": ("disk", 200),
        "vault-old-poc": ("disk", 80),
        "vault-legacy": ("server", 600),
        "工作区-vault-01": ("workspace", 300),
    }
    assert estate.resources[REFERENCE_RESOURCE_ID].vault_id == REFERENCE_VAULT_ID
    states = Counter(each.protect_status for each in estate.resources.values() if each.vault_id)
    assert (states["protecting"], states["restoring"], states["removing"], states["error"]) == (3, 1, 1, 1)
    assert sum(each.auto_protect is False for each in estate.resources.values()) == 1
    assert max(len(each.name) for each in estate.resources.values()) == 255


def test_past_is_long_and_mostly_well():
    estate = demo(START)
    assert 2300 <= len(estate.backups) <= 2500
    tasks = [task for task in estate.tasks.values() if task.operation_type == "backup"]
    assert START - min(task.created_at for task in tasks) > timedelta(days=395)
    assert max(task.created_at for task in estate.tasks.values()) < START
    failed = sum(task.status in ("failed", "timeout") for task in tasks)
    assert 0.03 < failed / len(tasks) < 0.06
    waiting = Counter(backup.status for backup in estate.backups.values())
    assert waiting["waiting_protect"] == 3


def test_tasks_of_long_ago_are_packed_until_somebody_looks_so_far_back():
    estate = demo(START)
    late = dict(estate.history.tasks_since(START - timedelta(days=30)))
    assert 1500 < len(late) < 2000
    assert next(iter(estate.history.tasks_since(START).values())) is next(iter(late.values()))
    whole = estate.history.tasks_since(START - timedelta(days=60))
    assert whole == estate.tasks
    assert len(whole) > 12_000
    assert list(whole)[-len(late) :] == list(late)
    times = [task.created_at for task in whole.values()]
    assert times == sorted(times)
    first = next(iter(whole.values()))
    assert demo(START).history.task(first.id) == first


def test_daily_vaults_were_backed_up_within_a_day_at_any_time_of_the_day():
    for hour in (0, 9, 21, 23):
        now = START.replace(hour=hour, minute=30)
        estate = demo(now)
        vault = next(each for each in estate.vaults.values() if each.name == "vault-erp-prod")
        runs = [task for task in estate.tasks.values() if task.vault_id == vault.id and task.policy_id]
        assert max(task.created_at for task in runs) > now - timedelta(hours=25)
        assert max(task.ended_at for task in runs) < now


def test_demo_has_backups_of_every_rare_kind(cloud):
    estate = cloud.estate
    encrypted = {each["resource_name"] for each in cloud.get("backups")["backups"] if each["extend_info"]["encrypted"]}
    assert encrypted == {"vol-db-archive", "ecs-hr-db-01"}
    assert any(backup.images for backup in estate.backups.values())
    offered = Counter((share.owner is estate, share.member.status) for share in estate.shares)
    assert offered == {(own, state): number for own in (True, False) for state, number in STATES.items()}
    assert [vault.name for vault in estate.hidden.values()] == ["vault-payroll"]
    told = [each["extend_info"] for each in cloud.get("backups")["backups"]]
    modes = Counter(each["supported_restore_mode"] for each in told)
    assert modes["na"] and modes["snapshot"] and modes["backup"] > 100
    assert sum(each["supported_restore_mode"] == "backup" and not each["contain_system_disk"] for each in told) == 1


STATES = {"pending": 2, "accepted": 2, "rejected": 1}
"""How many backups are offered from one account to the other, by what became of the offer."""


def test_stuck_run_stays_where_it_is(cloud):
    cloud.modes.schedules = False
    for _ in range(2):
        logs = cloud.get("operation-logs", vault_id=cloud.vault("vault-expand").id, limit=10)["operation_logs"]
        stuck = [each for each in logs if each["status"] in ("running", "waiting")]
        assert sorted(each["extra_info"]["common"]["progress"] for each in stuck) == [0, 63, 88]
        cloud.clock.advance(3600)
    states = Counter(
        each["status"] for each in cloud.get("backups", status=["protecting", "waiting_protect"])["backups"]
    )
    assert states == {"protecting": 2, "waiting_protect": 1}


def test_a_past_may_be_short():
    estate = demo(START, days=20)
    made_by_plan = [task.created_at for task in estate.tasks.values() if task.policy_id]
    assert START - timedelta(days=21) < min(made_by_plan) < START - timedelta(days=19)
    assert len(estate.tasks) < len(demo(START).tasks) / 5
    assert {each.name for each in estate.vaults.values()} == {each.name for each in demo(START).vaults.values()}


@pytest.mark.parametrize("days", [5, 20, 100, 400])
def test_backup_counts_agree_with_the_backups(days):
    estate = demo(START, days=days)
    counted = Counter(each.resource_id for each in estate.backups.values() if each.status != "waiting_protect")
    running = {part.resource.id for run in estate.runs for part in run.parts}
    for resource in estate.resources.values():
        if resource.id not in running:
            assert resource.backup_count == counted[resource.id], resource.name


def test_same_seed_same_estate():
    one, two, other = demo(START), demo(START), demo(START, seed=2)
    assert list(one.resources) == list(two.resources)
    assert list(one.backups) == list(two.backups)
    assert list(one.tasks) == list(two.tasks)
    assert not set(one.backups) & set(other.backups)


def test_generated_estate_has_the_asked_size():
    estate = generated(START, vaults=20, backups=500)
    assert (len(estate.vaults), len(estate.backups), len(estate.tasks)) == (20, 500, 500)
    assert list(estate.backups) == [
        each.id for each in sorted(estate.backups.values(), key=lambda each: each.created_at)
    ]
