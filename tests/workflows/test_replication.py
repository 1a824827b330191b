"""Backups and vaults are replicated: where to, what is judged, how it goes on, and what a lost answer leads to."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.backup import Backup, BackupStatus, Replica
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import ProjectId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.replication import BackupReplication, Destination, DestinationVault, VaultReplication
from cbr_desktop.domain.task import TaskStatus, TaskType
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.service import Service
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.intents import outcome_text
from cbr_desktop.text.sharing import replicas_sentence
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from cbr_desktop.workflows.operations.replicate_vault import without_replica
from cbr_desktop.workflows.operations.replication import is_in
from cbr_desktop.workflows.replicas import Replicas, replicas_of
from tests.stage import DAYS, Stage, StageClock, staged

S, F = IntentState, FindingKind
BE94 = VaultId(REFERENCE_VAULT_ID)
NOWHERE = VaultId("00000000-0000-4000-8000-000000000000")
Draft = BackupReplication | VaultReplication


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def play(stage: Stage, story: Callable[[Ledger], Awaitable[None]]) -> None:
    """Play a story after all lists have been read."""

    async def told() -> None:
        await stage.session.refresh.once(frozenset(Part) - {Part.INTENTS, Part.CONNECTION})
        await story(stage.session.ledger)

    stage.play(told)


def target(ledger: Ledger, name: str = "vault-erp-prod-nl") -> DestinationVault:
    return next(each for each in ledger.destinations.values() if each.vault.name == name)


def newest(ledger: Ledger) -> Backup:
    own = [each for each in ledger.backups.values() if each.vault_id == BE94]
    return next(each for each in own if each.status == BackupStatus.AVAILABLE)


def several(ledger: Ledger) -> VaultId:
    """Return a vault with some backups that could be replicated and are not, and no other."""
    due = {each.id: len(without_replica(each.id, "eu-nl", ledger)) for each in ledger.vaults.values()}
    return next(id for id, count in due.items() if 3 <= count <= 12 and ledger.vaults[id].status == "available")


def found(draft: Draft, ledger: Ledger, stage: Stage) -> set[tuple[Severity, FindingKind, str]]:
    change = change_of(draft, ledger)
    verdict = OPERATIONS[change.kind].judge(change, ledger, stage.clock.now())
    assert all(finding_sentence(each) for each in verdict.findings)
    return {(each.severity, each.kind, each.code) for each in verdict.findings}


def lose(stage: Stage, when: str) -> None:
    stage.service.faults.add(Fault("POST", "/replicate", "cut", when, times=1))  # type: ignore[arg-type]


def sent(stage: Stage) -> int:
    return len([each for each in stage.service.journal if each.method == "POST" and "/replicate" in each.path])


def replicas(stage: Stage, region: str = "eu-nl") -> dict[str, list[str]]:
    """Return the states of the copies of each backup in a region."""
    kept = stage.service.estate.backups.values()
    return {each.id: [r.status for r in each.records or () if r.destination_region == region] for each in kept}


def test_where_replicas_can_go_is_read_of_the_regions_and_their_vaults(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        assert ledger.regions == ("eu-nl", "sa-brazil-1")
        assert {each.region for each in ledger.projects} == {"eu-nl", "sa-brazil-1"}
        there = target(ledger)
        assert (there.region, there.project.name, there.vault.protect_type) == ("eu-nl", "eu-nl_prod", "replication")
        assert not ledger.destinations.keys() & ledger.vaults.keys()

    play(stage, story)


def test_a_region_that_tells_of_no_vaults_elsewhere_leaves_the_list_incomplete(stage: Stage) -> None:
    stage.service.modes.missing.add("vaults/external")

    async def story(ledger: Ledger) -> None:
        freshness = ledger.freshness[Part.DESTINATIONS]
        assert (ledger.regions, ledger.destinations, freshness.complete) == (("eu-nl", "sa-brazil-1"), {}, False)
        named = Destination("eu-nl", ledger.projects[0].id, NOWHERE)
        assert found(BackupReplication(newest(ledger).id, named), ledger, stage) == {
            (Severity.WARN, F.DESTINATION_UNVERIFIED, "6120")
        }

    play(stage, story)


def test_the_copy_of_a_backup_is_followed_to_its_end(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        backup = newest(ledger)
        draft = BackupReplication(backup.id, target(ledger).destination, "copied")
        assert found(draft, ledger, stage) == set()
        made = stage.session.outbox.submit(draft)
        await stage.until(made.id, S.ACCEPTED)
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None
        assert (ended.outcome.is_whole, ended.outcome.total) == (True, 1)
        assert replicas(stage)[backup.id] == ["success"]
        (task,) = [each for each in ledger.tasks.values() if each.type == TaskType.COPY and each.backup_id == backup.id]
        assert (task.status, task.region) == (TaskStatus.SUCCESS, "eu-nl")
        there = stage.service.estate.of(target(ledger).project.id)
        assert "copied" in {each.name for each in there.backups.values()}
        assert "Replicated: the replica is in eu-nl." in outcome_text(ended, ended.outcome, stage.clock.now())

    play(stage, story)


@pytest.mark.parametrize("whole", [False, True], ids=["backup", "vault"])
def test_what_becomes_of_a_replication_is_known_after_a_restart_in_its_middle(tmp_path: Path, whole: bool) -> None:
    clock = StageClock()
    service = Service(estate.demo(clock.now(), days=DAYS), clock)
    due: set[str] = set()
    with staged(tmp_path, service=service, clock=clock) as stage:

        async def begun(ledger: Ledger) -> None:
            where, backup, id = target(ledger).destination, newest(ledger), several(ledger)
            due.update(each.id for each in without_replica(id, "eu-nl", ledger)) if whole else due.add(backup.id)
            made = stage.session.outbox.submit(
                VaultReplication(id, where) if whole else BackupReplication(backup.id, where)
            )
            await stage.until(made.id, S.ACCEPTED)

        play(stage, begun)
    with staged(tmp_path, service=service, clock=clock) as again:

        async def ended(ledger: Ledger) -> None:
            (kept,) = ledger.intents.values()
            outcome = (await again.until(kept.id, S.FINISHED)).outcome
            assert outcome is not None and outcome.is_whole
            assert {each.id for each in outcome.resources} == due

        play(again, ended)
        assert sent(again) == 1


def test_a_copy_that_fails_is_told_with_its_code_and_no_half_is_called_whole(stage: Stage) -> None:
    stage.service.modes.copy_fails_at = 40

    async def story(ledger: Ledger) -> None:
        made = stage.session.outbox.submit(VaultReplication(several(ledger), target(ledger).destination))
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None and ended.outcome.total > 2
        assert ended.outcome.count(Fate.FAILED) == ended.outcome.total
        assert {each.code for each in ended.outcome.resources} == {"BackupService.1006"}
        assert not ended.outcome.is_whole

    play(stage, story)


@pytest.mark.parametrize(
    ("whole", "has_tasks", "when", "times"),
    [(whole, True, when, times) for whole in (False, True) for when, times in (("after", 1), ("before", 2))]
    + [(False, False, "after", 1), (False, False, "before", 2)],
)
def test_a_replication_whose_answer_is_lost_is_known_by_its_tasks_or_records(
    stage: Stage, whole: bool, has_tasks: bool, when: str, times: int
) -> None:
    async def story(ledger: Ledger) -> None:
        where, backup, id = target(ledger).destination, newest(ledger), several(ledger)
        if not has_tasks:
            stage.service.modes.forbidden.add("cbr:tasks:list")
        lose(stage, when)
        draft = VaultReplication(id, where) if whole else BackupReplication(backup.id, where)
        due = {each.id for each in without_replica(id, "eu-nl", ledger)} if whole else {backup.id}
        made = stage.session.outbox.submit(draft)
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.sends == times
        assert ended.outcome is not None and ended.outcome.is_whole
        assert {each.id for each in ended.outcome.resources} == due
        assert {id for id, states in replicas(stage).items() if states == ["success"]} >= due

    play(stage, story)
    assert sent(stage) == times


def test_what_a_vaults_lost_answer_began_is_not_guessed_where_no_task_may_be_read(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        stage.service.modes.forbidden.add("cbr:tasks:list")
        lose(stage, "after")
        made = stage.session.outbox.submit(VaultReplication(several(ledger), target(ledger).destination))
        await stage.clock.sleep(300)
        left = stage.intent(made.id)
        assert (left.state, left.sends, left.result) == (S.UNKNOWN, 1, None)

    play(stage, story)


def test_what_cannot_be_replicated_is_refused_before_it_is_sent(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        backup, where, block = newest(ledger), target(ledger).destination, Severity.BLOCK

        def judged(**changes: object) -> set[tuple[Severity, FindingKind, str]]:
            ledger.backups[backup.id] = replace(backup, **changes)  # type: ignore[arg-type]
            return found(BackupReplication(backup.id, where), ledger, stage)

        assert judged() == set()
        assert judged(status=BackupStatus.RESTORING) == {(block, F.REPLICATE_STATUS, "6216")}
        assert judged(resource_type=ResourceType.DISK) == {(block, F.REPLICATE_NO_SERVER, "6122")}
        assert judged(image_type="replication") == {(block, F.REPLICA_SOURCE, "6128")}
        no_system = backup.traits._replace(contains_system_disk=False)
        assert judged(traits=no_system) == {(block, F.REPLICATE_NO_SYSTEM, "6122")}
        there = backup.traits._replace(replicas=(Replica("eu-nl", "replicating"),))
        assert judged(traits=there) == {(block, F.REPLICA_THERE, "1012")}
        failed = backup.traits._replace(replicas=(Replica("eu-nl", "fail"),))
        assert judged(traits=failed) == set()
        vaults = {each.name: each.id for each in ledger.vaults.values()}
        assert (block, F.REPLICATE_NO_SERVER, "6122") in found(
            VaultReplication(vaults["vault-db-disks"], where), ledger, stage
        )
        ledger.vaults[BE94] = replace(ledger.vaults[BE94], status="frozen")
        assert judged() == {(block, F.REPLICATE_VAULT_STATUS, "6112")}

    play(stage, story)


def test_where_a_replica_goes_is_judged_by_what_the_other_region_tells(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        backup, known, block = newest(ledger), target(ledger), Severity.BLOCK

        def judged(**changes: object) -> set[tuple[Severity, FindingKind, str]]:
            where = replace(known.destination, **changes)  # type: ignore[arg-type]
            return found(BackupReplication(backup.id, where), ledger, stage)

        assert judged(vault_id="") == {(block, F.DESTINATION_UNSAID, "9900")}
        assert judged(project_id="eu-nl_prod") >= {(block, F.BAD_ID, "9900")}
        assert judged(vault_id="latest") == {(block, F.BAD_ID, "9900")}
        moon = judged(region="moon-1")
        assert moon == {(block, F.REGION_UNREACHED, "1005"), (Severity.WARN, F.DESTINATION_UNVERIFIED, "6120")}
        assert judged(vault_id=NOWHERE) == {(Severity.WARN, F.DESTINATION_UNVERIFIED, "6120")}
        other = target(ledger, "vault-shop-nl")
        assert judged(vault_id=other.id) == {(block, F.DESTINATION_KIND, "6119")}
        full = replace(known.vault, used_mb=known.vault.size_gb * 1024, status="frozen")
        ledger.destinations[known.id] = replace(known, vault=full)
        assert judged() == {(block, F.DESTINATION_FULL, "6129"), (block, F.DESTINATION_STATUS, "6118")}

    play(stage, story)


def test_a_vault_says_which_of_its_backups_have_no_replica_yet(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        where, block, id = target(ledger).destination, Severity.BLOCK, several(ledger)
        draft = VaultReplication(id, where)
        assert found(draft, ledger, stage) == {(Severity.INFO, F.REPLICATE_COUNT, "")}
        made = stage.session.outbox.submit(draft)
        await stage.until(made.id, S.ACCEPTED)
        await stage.session.refresh.once([Part.TASKS])
        assert (block, F.REPLICATE_BUSY, "6130") in found(draft, ledger, stage)
        await stage.until(made.id, S.FINISHED)
        await stage.session.refresh.once([Part.TASKS, Part.BACKUPS], whole=True)
        assert found(draft, ledger, stage) == {(block, F.REPLICATE_NOTHING, "1012")}
        first = next(each for each in ledger.backups.values() if each.vault_id == id and is_in(each, "eu-nl"))
        ledger.backups[first.id] = replace(first, traits=first.traits._replace(replicas=()))
        told = found(draft, ledger, stage)
        assert told == {(Severity.INFO, F.REPLICATE_COUNT, ""), (Severity.WARN, F.REPLICATED_BEFORE, "1012")}
        assert [each.id for each in without_replica(id, "eu-nl", ledger)] == [first.id]
        assert (block, F.BAD_ID, "9900") in found(VaultReplication(VaultId("x"), where), ledger, stage)
        elsewhere = Destination(where.region, ProjectId("0" * 32), where.vault_id)
        assert (Severity.WARN, F.DESTINATION_UNVERIFIED, "6120") in found(
            VaultReplication(id, elsewhere), ledger, stage
        )

    play(stage, story)


def told_of(id: VaultId, ledger: Ledger) -> list[Replicas]:
    return replicas_of(id, ledger.backups.values(), ledger.policies.values())


def test_a_vault_tells_how_many_of_its_backups_have_a_replica_and_which_policy_wants_more(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        id = several(ledger)
        assert told_of(id, ledger) == []
        due = without_replica(id, "eu-nl", ledger)
        there = due[0].traits._replace(replicas=(Replica("eu-nl", "success"),))
        failed = due[1].traits._replace(replicas=(Replica("eu-nl", "fail"),))
        ledger.backups[due[0].id] = replace(due[0], traits=there)
        ledger.backups[due[1].id] = replace(due[1], traits=failed)
        (told,) = told_of(id, ledger)
        assert (told.region, told.there, told.missing, told.policy) == ("eu-nl", 1, len(due) - 1, "")
        assert replicas_sentence(told) == f"eu-nl: 1 of {len(due)} backups"
        policy = next(each for each in ledger.policies.values() if each.operation_type == "replication")
        ledger.policies[policy.id] = replace(policy, vault_ids=(id,), destination_region="eu-nl", name="to-nl")
        (wanted,) = told_of(id, ledger)
        assert "have none there yet, though policy ‘to-nl’ copies to it." in replicas_sentence(wanted)

    play(stage, story)
