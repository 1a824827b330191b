"""What is wrong with schedules: vaults that nothing backs up, policies that do nothing, and runs that left no trace."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.ids import BackupId, PolicyId, ResourceId, TaskId, VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.retention import Retention
from cbr_desktop.domain.schedule import Schedule
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.schedules import outlook, reach_days, schedule_findings

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NOON = "FREQ=DAILY;INTERVAL=1;BYHOUR=10;BYMINUTE=00"
VAULT = VaultId("v-1")


def vault(id: str = VAULT, **more: object) -> Vault:
    told = {"resources": [Resource(ResourceId(f"s-{id}"), ResourceType.SERVER, "ecs")], "created_at": NOW - 90 * DAY}
    return Vault(VaultId(id), id, VaultKind.SERVER, ProtectType.BACKUP, VaultStatus.AVAILABLE, 100, 0, **(told | more))  # type: ignore[arg-type]  # fmt: skip


def policy(id: str = "p-1", **more: object) -> Policy:
    told = {"vault_ids": (VAULT,), "retention_days": 30, "started_at": NOW - 60 * DAY, **more}
    enabled = bool(told.pop("enabled", True))
    return Policy(PolicyId(id), id, "backup", enabled, (NOON,), **told)  # type: ignore[arg-type]


def task(at: datetime, **more: object) -> Task:
    told = {"policy_id": PolicyId("p-1"), "vault_id": VAULT, "type": TaskType.BACKUP, **more}
    return Task(TaskId(f"t-{at}"), status=TaskStatus.SUCCESS, progress_percent=100, vault_name="", resource_id=None,
                resource_name="", resource_type="", checkpoint_id=None, backup_id=None, backup_name="", created_at=at,
                started_at=at, ended_at=at, **told)  # type: ignore[arg-type]  # fmt: skip


def ledger(vaults: Iterable[Vault], policies: Iterable[Policy], tasks: Iterable[Task] = ()) -> Ledger:
    known = Ledger(DEMO, lambda _part: None)
    known.put_vaults(Listing(list(vaults), NOW, True))
    known.put_policies(Listing(list(policies), NOW, True))
    known.put_tasks(Listing(list(tasks), NOW, True))
    return known


def daily(days: int, *, without: Iterable[int] = ()) -> list[Task]:
    """Return a task for the run of each of the last days, today's first, besides some."""
    today = NOW.replace(hour=10)
    return [task(today - day * DAY + timedelta(minutes=3)) for day in range(days) if day not in without]


def kinds(known: Ledger) -> list[FindingKind]:
    return [each.kind for each in schedule_findings(known, NOW, UTC)]


def test_of_a_schedule_that_does_its_work_nothing_is_said() -> None:
    assert kinds(ledger([vault()], [policy()], daily(20))) == []
    assert kinds(Ledger(DEMO, lambda _part: None)) == []


def test_a_vault_that_nothing_backs_up_is_named() -> None:
    known = ledger([vault(), vault("v-2"), vault("v-4", resources=[])], [policy()], daily(9))
    (found,) = schedule_findings(known, NOW, UTC)
    assert (found.kind, found.facts["vault"], found.as_of) == (FindingKind.VAULT_WITHOUT_POLICY, "v-2", NOW)
    assert finding_sentence(found).startswith("Vault ‘v-2’ holds 1 resource and has no policy")


def test_policies_without_a_vault_and_disabled_ones_are_named() -> None:
    unused = policy("p-2", vault_ids=(), enabled=False)
    disabled = policy(enabled=False)
    known = ledger([vault()], [disabled, unused], daily(20, without=range(9)))
    found = {each.kind: each for each in schedule_findings(known, NOW, UTC)}
    assert set(found) == {FindingKind.POLICY_DISABLED, FindingKind.POLICY_UNUSED}
    assert found[FindingKind.POLICY_DISABLED].facts["since"] == NOW.replace(hour=10, minute=3) - 9 * DAY
    assert finding_sentence(found[FindingKind.POLICY_DISABLED]) == (
        "Policy ‘p-1’ is disabled, last ran at 2026-04-25 10:03 UTC, and is applied to 1 vault. Enable it, or remove it"
        " from there."
    )


def test_runs_that_left_no_task_are_counted_for_each_vault() -> None:
    both = policy(vault_ids=(VAULT, VaultId("v-2")))
    tasks = [*daily(20, without=(2, 3)), *(task(NOW - day * DAY, vault_id=VaultId("v-2")) for day in range(9))]
    (found,) = schedule_findings(ledger([vault(), vault("v-2")], [both], tasks), NOW, UTC)
    assert (found.kind, found.facts["vault"], found.facts["count"]) == (FindingKind.RUNS_MISSED, VAULT, 2)
    assert found.facts["last"] == NOW.replace(hour=10) - 2 * DAY
    assert "no task of 2 runs for vault ‘v-1’, the last of them at 2026-05-02 10:00 UTC" in finding_sentence(found)


def test_runs_of_before_the_first_task_are_not_missed_as_nobody_knows_when_the_policy_was_applied() -> None:
    assert kinds(ledger([vault()], [policy()], daily(3))) == []
    (found,) = schedule_findings(ledger([vault()], [policy()], []), NOW, UTC)
    assert (found.kind, found.facts["count"]) == (FindingKind.RUNS_MISSED, 1)


@pytest.mark.parametrize(
    ("vaults", "policies", "is_whole"),
    [
        ([vault()], [policy(started_at=NOW - timedelta(hours=1))], True),
        ([vault(created_at=NOW - timedelta(hours=1))], [policy()], True),
        ([vault(resources=[])], [policy()], True),
        ([vault()], [policy()], False),
        ([], [policy()], True),
    ],
    ids=["policy of today", "vault of today", "empty vault", "list of tasks with gaps", "vault that is not listed"],
)
def test_where_no_run_is_due_or_nobody_can_tell_none_is_missed(
    vaults: list[Vault], policies: list[Policy], is_whole: bool
) -> None:
    known = ledger(vaults, policies)
    known.freshness[Part.TASKS] = known.freshness[Part.TASKS]._replace(complete=is_whole)
    assert FindingKind.RUNS_MISSED not in kinds(known)


def test_a_retention_that_reaches_back_less_than_a_week_is_named() -> None:
    assert kinds(ledger([vault()], [policy(retention_days=6)], daily(9))) == [FindingKind.RETENTION_SHORT]
    assert kinds(ledger([vault()], [policy(retention_days=6, week_backups=2, timezone="UTC+01:00")], daily(9))) == []


@pytest.mark.parametrize(
    ("retention", "days"),
    [
        (Retention(), None),
        (Retention(days=3), 3),
        (Retention(max_backups=14), 14),
        (Retention(max_backups=14, days=3), 3),
        (Retention(max_backups=1, week_backups=4), 28),
    ],
)
def test_how_far_back_backups_reach(retention: Retention, days: float | None) -> None:
    assert reach_days(retention, Schedule((NOON,)), NOW) == days
    hourly = Schedule(tuple(NOON.replace("10", f"{hour:02}") for hour in range(24)))
    assert reach_days(Retention(max_backups=48), hourly, NOW) == 2


def test_runs_in_the_busy_hours_are_counted_by_the_clock_here() -> None:
    known = ledger([vault()], [policy()], daily(9))
    assert kinds(known) == []
    (found,) = schedule_findings(known, NOW, timezone(timedelta(hours=13)))
    assert (found.kind, found.facts["count"]) == (FindingKind.RUNS_IN_PEAK, 1)


def test_an_outlook_knows_the_resources_that_are_backed_up() -> None:
    suspended = Resource(ResourceId("s-2"), ResourceType.SERVER, "ecs-2", auto_protect=False)
    own = vault()
    own.resources.append(suspended)
    known = ledger([own], [policy()])
    known.put_backups(
        Listing(
            [
                Backup(
                    BackupId(id),
                    id,
                    BackupStatus.AVAILABLE,
                    VAULT,
                    None,
                    ResourceId(id),
                    id,
                    ResourceType.SERVER,
                    1,
                    NOW - 40 * DAY,
                    auto=True,
                )
                for id in ("s-v-1", "s-2")
            ],
            NOW,
            True,
        )
    )
    found = outlook(known, [VAULT], policy(retention_days=-1, max_backups=1).rules, NOW)
    assert [each.id for each in found.removals] == ["s-v-1"]
    frozen = vault()
    frozen.status = VaultStatus.FROZEN
    known.put_vaults(Listing([frozen], NOW, True))
    assert outlook(known, [VAULT], policy(retention_days=-1, max_backups=1).rules, NOW).removals == ()
