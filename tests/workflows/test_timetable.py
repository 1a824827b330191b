"""When policies run, side by side: how long that usually takes, and which runs get into each other's way."""

from datetime import UTC, datetime, timedelta

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.ids import CheckpointId, PolicyId, ResourceId, TaskId, VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import BACKUP, REPLICATION, Policy
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.workflows.derived import at_once
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.schedules import schedule_findings
from cbr_desktop.workflows.timetable import ClashKind, clashes, runs_of, usual_durations

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONE, TWO = VaultId("v-1"), VaultId("v-2")


def at(hour: int) -> str:
    return f"FREQ=DAILY;INTERVAL=1;BYHOUR={hour};BYMINUTE=0"


def policy(name: str, *hours: int, vaults: tuple[VaultId, ...] = (ONE,), type: str = BACKUP, on: bool = True) -> Policy:
    patterns = tuple(at(hour) for hour in hours)
    return Policy(PolicyId(name), name, type, on, patterns, retention_days=30, vault_ids=vaults)


def task(name: str, began: datetime, lasts: timedelta | None, **more: object) -> Task:
    told = {
        "type": TaskType.BACKUP, "status": TaskStatus.SUCCESS, "vault_id": ONE,
        "checkpoint_id": CheckpointId(str(began)), "ended_at": None if lasts is None else began + lasts, **more,
    }  # fmt: skip
    return Task(TaskId(f"{name}{began}{len(more)}{more}"), progress_percent=100, vault_name="", resource_id=None,
                resource_name="", resource_type="", policy_id=PolicyId(name), backup_id=None, backup_name="",
                created_at=began, started_at=began, **told)  # type: ignore[arg-type]  # fmt: skip


def nights(name: str, lasts: timedelta, **more: object) -> list[Task]:
    return [task(name, NOW.replace(hour=22) - day * DAY, lasts, **more) for day in (1, 2, 3)]


def ledger(policies: list[Policy], tasks: list[Task] = []) -> Ledger:  # noqa: B006  # never changed
    made = Ledger(DEMO, lambda _part: None)
    vaults = [
        Vault(id, f"vault {id}", VaultKind.SERVER, ProtectType.BACKUP, VaultStatus.AVAILABLE, 100, 0, resources=[
              Resource(ResourceId(f"s-{id}"), ResourceType.SERVER, "ecs")]) for id in (ONE, TWO)
    ]  # fmt: skip
    made.put_vaults(Listing(vaults, NOW, True))
    made.put_policies(Listing(policies, NOW, True))
    made.put_tasks(Listing(tasks, NOW, True))
    return made


def found(known: Ledger, days: int = 1) -> list[tuple[ClashKind, datetime, str, str]]:
    lasting = at_once(usual_durations(known.tasks.values()))
    clashing = at_once(clashes(known, lasting, NOW, NOW + days * DAY))
    return [(each.kind, each.at, each.policy_id, each.other_id) for each in clashing]


def test_the_usual_time_of_a_run_is_the_median_of_those_that_ended_well() -> None:
    made = [
        *nights("p", HOUR),
        task("p", NOW - 9 * DAY, 9 * HOUR),
        task("p", NOW - 8 * DAY, 2 * HOUR),
        # one checkpoint is one run: it takes until the last of its tasks has ended
        task("p", NOW - 8 * DAY + HOUR, 2 * HOUR, checkpoint_id=CheckpointId(str(NOW - 8 * DAY))),
        task("p", NOW - 7 * DAY, timedelta(minutes=1), status=TaskStatus.FAILED),
        task("p", NOW - 6 * DAY, None, status=TaskStatus.RUNNING),
    ]
    assert at_once(usual_durations(made)) == {(PolicyId("p"), ONE): HOUR}
    assert at_once(usual_durations(made[:2])) == {}, "two are too few to say what is usual"


def test_runs_are_those_from_the_first_moment_on_and_before_the_last() -> None:
    nightly = policy("p", 12)
    assert runs_of(nightly, NOW, NOW + 2 * DAY) == [NOW, NOW + DAY]


def test_a_replication_that_begins_while_its_backup_is_being_made_is_told() -> None:
    backup, copy = policy("night", 22), policy("copy", 23, type=REPLICATION)
    evening = NOW.replace(hour=23)
    assert found(ledger([backup, copy], nights("night", 2 * HOUR))) == [
        (ClashKind.BEFORE_BACKUP_ENDS, evening, "copy", "night")
    ]
    assert found(ledger([backup, copy], nights("night", HOUR))) == [], "it has ended by then"
    assert found(ledger([backup, copy])) == [], "nobody knows how long it takes"
    assert found(ledger([backup, policy("copy", 22, type=REPLICATION)])) == [
        (ClashKind.BEFORE_BACKUP_ENDS, evening - HOUR, "copy", "night")
    ], "what begins at one moment meets, however long it takes"


def test_a_run_that_overtakes_the_last_one_of_its_policy_is_told() -> None:
    known = ledger([policy("p", 21, 22)], nights("p", 90 * timedelta(minutes=1)))
    assert found(known) == [(ClashKind.STILL_RUNNING, NOW.replace(hour=22), "p", "p")]


def test_two_backup_policies_of_one_vault_meet_and_of_two_vaults_do_not() -> None:
    one, other = policy("a", 22), policy("b", 22)
    assert [each[0] for each in found(ledger([one, other]))] == [ClashKind.SAME_VAULT]
    assert found(ledger([one, policy("b", 22, vaults=(TWO,))])) == []
    assert found(ledger([one, policy("b", 22, on=False)])) == []


def test_the_longest_of_the_vaults_with_the_same_policies_decides() -> None:
    policies = [policy("night", 22, vaults=(ONE, TWO)), policy("copy", 23, vaults=(ONE, TWO), type=REPLICATION)]
    known = ledger(policies, [*nights("night", HOUR), *nights("night", 3 * HOUR, vault_id=TWO)])
    lasting = at_once(usual_durations(known.tasks.values()))
    (clash,) = at_once(clashes(known, lasting, NOW, NOW + DAY))
    assert (clash.vault_id, clash.lasts) == (TWO, 3 * HOUR)


def test_the_page_of_policies_is_told_once_of_each_pair_with_what_to_do() -> None:
    known = ledger([policy("night", 22), policy("copy", 23, type=REPLICATION)], nights("night", 2 * HOUR))
    said = [each for each in schedule_findings(known, NOW) if each.kind is FindingKind.REPLICATION_EARLY]
    assert [finding_sentence(each) for each in said] == [
        "Policy ‘copy’ begins to copy while ‘night’ is usually still backing vault ‘vault v-1’ up: that takes 2 h. Let"
        " it run later. Within seven days these are 7 runs, the first at 2026-05-04 23:00 UTC."
    ]
    together = schedule_findings(ledger([policy("a", 22), policy("b", 22)]), NOW)
    assert any("begin at the same moment" in finding_sentence(each) for each in together)
    overtaken = schedule_findings(ledger([policy("p", 21, 22)], nights("p", 2 * HOUR)), NOW)
    assert any("runs again while its last run" in finding_sentence(each) for each in overtaken)
