"""Batches: what several deletions come to together, what is refused before it is sent, and one report that is true."""

import asyncio
import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from cbr_desktop.app import demo
from cbr_desktop.app.plans import PlanSessions, opened_plan_sessions
from cbr_desktop.app.profile import DEMO_PROFILES
from cbr_desktop.domain.association import ResourceMigration
from cbr_desktop.domain.backup import Backup, BackupDeletion, BackupRename, BackupStatus, BackupTraits, Replica
from cbr_desktop.domain.blast import NameCheck, Tie
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import BackupId, PolicyId, ResourceId, VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.plan import Plan, Run, Step
from cbr_desktop.domain.policy import Policy, PolicyApplication, PolicyDraft, PolicyRemoval
from cbr_desktop.domain.profile import Environment
from cbr_desktop.domain.vault import Vault
from cbr_desktop.domain.vault_changes import VaultDeletion
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.text.batch import consequence_lines, typed_wish
from cbr_desktop.text.plans import plan_sentence
from cbr_desktop.workflows.batch import Batch, Item, judged, name_of, plan_of, why_named
from cbr_desktop.workflows.documents import change_in, document_of
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import change_of
from cbr_desktop.workflows.plan import judged_steps, prepared
from cbr_desktop.workflows.plan_report import PlanReport, PlanVerdict, Stand
from cbr_desktop.workflows.plan_run import PlanRun
from tests.ui.estate import NOW, backup, profile, resource, uid, vault
from tests.workflows.test_plan import EU, Scene, play

TEST = replace(profile(), environment=Environment.TEST)
VAULT, OTHER = vault(1, "vault-one", 100, 1000), vault(2, "vault-two", 100, 1000)
HELD, TARGET = vault(3, "vault-three", 100, 1000), vault(4, "target", 0, 1000)
SERVER, DISK = resource(100, VAULT, 0), resource(101, OTHER, 1)


def made(number: int, hours: int, of: Any = SERVER, holder: Any = VAULT, **more: Any) -> Backup:
    return replace(backup(number, holder, of, NOW - timedelta(hours=hours)), name=f"b{number}", **more)


def ledger_of(*backups: Backup, of: Any = TEST) -> Ledger:
    ledger = Ledger(of)
    ledger.put_vaults(Listing([VAULT, OTHER], NOW))
    ledger.put_backups(Listing(list(backups), NOW))
    return ledger


def deletions(ledger: Ledger, *backups: Backup, left_out: tuple[int, ...] = ()) -> Batch:
    items = [Item(ledger.profile.name, BackupDeletion(each.id)) for each in backups]
    return judged(Kind.DELETE_BACKUP, items, {ledger.profile.name: ledger}, left_out, NOW)


def told(batch: Batch) -> str:
    return "\n".join(words for _mark, words in consequence_lines(batch.blast, NOW))


def told_of(batch: Batch) -> str:
    return "\n".join(words for _mark, words in consequence_lines(batch.blast, NOW, None, batch.sums))


def test_two_deletions_that_together_take_the_last_good_backup_say_so() -> None:
    old, new, broken = made(1, 30), made(2, 3), made(3, 1, status=BackupStatus.ERROR)
    ledger = ledger_of(old, new, broken)
    one = deletions(ledger, new)
    assert not one.blast.takes_last and why_named(one, {TEST.name: ledger}) is None
    assert f"‘{SERVER.name}’ keeps 1 good backup, made" in told(one)
    both = deletions(ledger, old, new)
    assert both.blast.takes_last and why_named(both, {TEST.name: ledger}) is NameCheck.LAST
    assert f"‘{SERVER.name}’ has no good backup left then." in told(both)
    assert not deletions(ledger, old, new, left_out=(1,)).blast.takes_last
    failed = deletions(ledger_of(broken), broken)
    assert not failed.blast.takes_last
    assert f"‘{SERVER.name}’ has no good backup now, nor then." in told(failed)


def test_what_hangs_on_the_backups_is_counted_and_the_least_left_comes_first() -> None:
    copied = BackupTraits(replicas=(Replica("eu-nl", "success"),))
    rows = [made(1, 50), made(2, 40, traits=copied), made(3, 5, auto=True), made(4, 9, DISK, OTHER)]
    batch = deletions(ledger_of(*rows, made(5, 2)), *rows)
    head, *lines = told(batch).split("\n")
    assert head.startswith("4 backups of 2 resources are lost for good, made between ")
    assert lines[0].startswith(f"‘{DISK.name}’ has no good backup left then. 1 of its backups is lost.")
    assert lines[1].startswith(f"‘{SERVER.name}’ keeps 1 good backup, made ")
    assert "1 of them has a copy in another region" in lines[2]
    assert "1 of them was made by a policy" in lines[3]
    assert [each.ties for each in batch.blast.backups] == [set(), {Tie.REPLICA}, {Tie.AUTOMATIC}, set()]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (made(1, 1, status=BackupStatus.RESTORING), "6201"),
        (made(1, 1, traits=BackupTraits(image_ids=("img-7",))), "6204"),
        (made(1, 1, auto=True), "6220"),
        (made(1, 1, traits=BackupTraits(replicas=(Replica("eu-nl", "replicating"),))), "6216"),
    ],
)
def test_what_the_service_would_refuse_is_refused_before_it_is_sent(row: Backup, code: str) -> None:
    ledger = ledger_of(row, made(2, 2))
    ledger.put_vaults(Listing([replace(VAULT, worm_locked=True), OTHER], NOW))
    batch = deletions(ledger, row, made(2, 2))
    assert [each.number for each in batch.blocked] == [1]
    assert [each.code for each in batch.blocked[0].findings] == [code]
    left = deletions(ledger, row, made(2, 2), left_out=(1,))
    assert not left.blocked
    assert [step.number for step in plan_of(left, "x").steps] == [1]


def test_the_newest_is_warned_of_while_the_next_is_being_made() -> None:
    coming = made(9, 0, status=BackupStatus.PROTECTING)
    batch = deletions(ledger_of(made(1, 9), made(2, 3), coming), made(1, 9), made(2, 3))
    assert [[each.code for each in row.findings] for row in batch.rows] == [[], ["6203"]]


def test_the_name_that_is_typed_is_of_the_resource_or_of_the_vault_of_most() -> None:
    one, two, three = made(1, 1), made(2, 2), made(3, 3, DISK, OTHER)
    ledger = ledger_of(one, two, three)
    typed = [name_of(deletions(ledger, *rows)) for rows in ((one, two), (one, two, three), (three,))]
    assert [(each.name, each.of, each.count) for each in typed if each] == [
        (SERVER.name, "resource", 2),
        ("vault-one", "vault", 2),
        (DISK.name, "resource", 1),
    ]
    assert [typed_wish(each, 3).partition(", ")[2] for each in typed[:2] if each] == [
        f"type ‘{SERVER.name}’, the resource of all of them.",
        "type ‘vault-one’, the vault of 2 of them.",
    ]
    nameless = replace(made(4, 1), resource_name="", vault_id=VaultId(uid(77)))
    last = name_of(deletions(ledger_of(nameless), nameless))
    assert last is not None and (last.name, last.of) == ("b4", "thing")


def vaults_judged(ledger: Ledger, *of: Vault, left_out: tuple[int, ...] = ()) -> Batch:
    items = [Item(TEST.name, VaultDeletion(each.id)) for each in of]
    return judged(Kind.DELETE_VAULT, items, {TEST.name: ledger}, left_out, NOW)


def test_vaults_that_go_together_take_the_last_backups_of_what_both_hold() -> None:
    rows = [made(1, 30), made(2, 3, holder=OTHER), made(3, 9, DISK, OTHER), made(4, 2, DISK, HELD)]
    ledger = ledger_of(*rows)
    server, disk = replace(SERVER, backup_count=0), replace(DISK, backup_count=0)
    held = ((VAULT, server), (OTHER, disk), (HELD, disk))
    ledger.put_vaults(Listing([replace(each, resources=[of]) for each, of in held], NOW))
    shared = Policy(PolicyId(uid(7)), "shared", "backup", True, ("x",), vault_ids=(VAULT.id, OTHER.id))
    ledger.put_policies(Listing([shared, replace(shared, id=PolicyId(uid(8)), name="own", vault_ids=(HELD.id,))], NOW))
    assert not vaults_judged(ledger, VAULT).blast.takes_last
    both = vaults_judged(ledger, VAULT, OTHER)
    assert both.blast.takes_last
    assert [FindingKind.DELETION_LAST in {each.kind for each in row.findings} for row in both.rows] == [True, True]
    alone = vaults_judged(ledger, VAULT, OTHER, left_out=(2,))
    assert not alone.blast.takes_last
    assert FindingKind.DELETION_LAST not in {each.kind for each in alone.findings}
    lines = told_of(both)
    assert "2 vaults are deleted for good: vault-one, vault-two. 3 backups go with them" in lines
    assert f"The last good restore point of 1 resource is among them: {SERVER.name}." in lines
    assert f"1 resource is in no vault then, and is not backed up any more: {SERVER.name}." in lines
    assert "1 policy is not applied to them any more, and stays: shared. 1 of them has no vault at all then" in lines
    assert "1 good backup of" in lines and "stays in another vault" in lines
    assert set(both.blast.shareable) == {each.id for each in rows[:3]}
    typed = name_of(both)
    assert typed is not None and (typed.name, typed.of) == ("vault-two, vault-one", "vaults")
    assert [typed.is_met_by(text) for text in ("vault-two,vault-one", "vault-one", "")] == [True, False, False]
    assert typed_wish(typed, 2).startswith("To go on, type the names of all 2 vaults, with commas between: ")


def test_the_steps_of_a_plan_are_judged_together_as_well() -> None:
    ledger = ledger_of(made(1, 30), made(2, 3, holder=OTHER))
    server = replace(SERVER, backup_count=0)
    ledger.put_vaults(Listing([replace(VAULT, resources=[server]), replace(OTHER, resources=[])], NOW))
    deletion = [document_of(change_of(VaultDeletion(each.id), ledger)) for each in (VAULT, OTHER)]
    both = Plan("old", tuple(Step(number, TEST.name, "", each) for number, each in enumerate(deletion, 1)))
    alone = Plan("old", both.steps[:1])

    def lost(plan: Plan) -> list[int]:
        found = judged_steps(plan, {TEST.name: ledger}, "", NOW)
        return [each.step for each in found if each.finding.kind is FindingKind.DELETION_LAST]

    assert (lost(alone), lost(both)) == ([], [1, 2])


def test_what_moves_together_is_judged_by_the_room_that_those_before_it_leave() -> None:
    big = [replace(resource(200 + place, VAULT, place), backup_size_mb=600 * 1024) for place in range(3)]
    vaults = [replace(VAULT, resources=big[:1]), replace(OTHER, resources=big[1:2]), replace(HELD, resources=big[2:])]
    ledger = ledger_of()
    ledger.put_vaults(Listing([*vaults, TARGET], NOW))
    ledger.put_tasks(Listing([], NOW))

    def moved(*left_out: int) -> Batch:
        items = [
            Item(TEST.name, ResourceMigration(vault.id, TARGET.id, tuple(each.id for each in vault.resources)))
            for vault in vaults
        ]
        return judged(Kind.MIGRATE_RESOURCES, items, {TEST.name: ledger}, left_out, NOW)

    together = moved()
    assert [row.number for row in together.blocked] == [2, 3]
    assert {each.code for each in together.blocked[0].findings if each.severity is Severity.BLOCK} == {"6129"}
    assert not moved(2, 3).blocked and not moved(1, 3).blocked
    smaller = [replace(each, backup_size_mb=300 * 1024) for each in big]
    vaults = [replace(vault, resources=[each]) for vault, each in zip(vaults, smaller, strict=True)]
    ledger.put_vaults(Listing([*vaults, TARGET], NOW))
    assert not moved().blocked
    assert "3 resources move to vault ‘target’ in all" in told_of(moved())
    assert "Vault ‘target’ has 100 GB free then." in told_of(moved())
    assert plan_of(moved(), "move").concurrency == 1


@pytest.mark.parametrize(
    "draft",
    [
        BackupDeletion(BackupId(uid(1))),
        BackupRename(BackupId(uid(1)), "kept ‘x’"),
        PolicyApplication(PolicyId(uid(3)), VaultId(uid(2))),
        PolicyRemoval(PolicyId(uid(3)), VaultId(uid(2))),
        PolicyDraft("daily", ("FREQ=DAILY;INTERVAL=1;BYHOUR=01;BYMINUTE=00",), retention_days=30),
        CheckpointDraft(VaultId(uid(1)), name="now"),
    ],
)
def test_a_step_asks_for_the_very_bytes_that_were_shown(draft: Any) -> None:
    ledger = ledger_of()
    change = change_of(draft, ledger)
    assert change_in(document_of(change), ledger) == change


# sent


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    yield Scene(tmp_path)


def deletable(ledger: Ledger, count: int) -> list[Backup]:
    good = [each for each in ledger.backups.values() if each.status == BackupStatus.AVAILABLE and not each.auto]
    spare = [each for each in good if not each.traits.image_ids and not each.traits.replicas]
    return spare[:count]


def run_of(batch: Batch, plan_sessions: PlanSessions) -> Run:
    plan = plan_of(batch, "Delete backups")
    run = prepared(plan, "run-1", plan_sessions.ledgers, "", plan_sessions.clock.now())
    plan_sessions.runs.keep(run)
    return run


async def followed(plan_sessions: PlanSessions, run: Run) -> PlanReport:
    """Keep a run going as a window does, until it is over or rests."""
    made = PlanRun(run, plan_sessions.sessions, plan_sessions.scope, plan_sessions.clock)
    async with asyncio.TaskGroup() as tasks:
        work = [tasks.create_task(each.correspondence()) for each in plan_sessions.sessions.values()]
        await made.follow()
        for task in work:
            task.cancel()
    return made.report()


def test_a_batch_with_refused_and_unknown_ones_ends_in_a_true_report(scene: Scene) -> None:
    refusal = b'{"error_code": "BackupService.6204", "error_msg": "it has been used to create an image"}'
    with scene.plan_sessions() as plan_sessions:

        async def story() -> tuple[PlanReport, list[Backup]]:
            await plan_sessions.read()
            rows = deletable(plan_sessions.ledgers[EU.name], 9)
            assert len(rows) == 9
            for row in rows[2:5]:
                scene.service.faults.add(
                    Fault("DELETE", f"/backups/{row.id}", "status", status=400, body=refusal, times=None)
                )
            for row in rows[6:8]:
                scene.service.faults.add(Fault("DELETE", f"/backups/{row.id}", "cut", "before", times=None))
            lost = rows[8]
            scene.service.faults.add(Fault("DELETE", f"/backups/{lost.id}", "cut", "after"))
            batch = deletions(plan_sessions.ledgers[EU.name], *rows)
            return await followed(plan_sessions, run_of(batch, plan_sessions)), rows

        report, rows = play(plan_sessions, story())
    wanted = [Stand.DONE] * 9
    wanted[2:5], wanted[6:8] = [Stand.REFUSED] * 3, [Stand.UNKNOWN] * 2
    assert [row.stand for row in report.rows] == wanted
    assert [row.stand is Stand.DONE for row in report.rows] == [
        each.id not in scene.service.estate.backups for each in rows
    ]
    assert report.verdict is PlanVerdict.UNKNOWN
    said = plan_sentence(report)
    assert "4 of 9 steps finished" in said and "3 refused" in said and "2 unknown" in said
    assert all(row.intent is not None and row.intent.refusal for row in report.rows[2:5])


def test_a_batch_over_three_profiles_with_one_offline_does_the_rest_and_says_what_it_left(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    eu, nl, far = DEMO_PROFILES[0], DEMO_PROFILES[1], DEMO_PROFILES[3]
    project = scene.service.estate.projects[3].id
    scene.service.modes_of[project] = dataclasses.replace(scene.service.modes_of[project], latency_seconds=0)

    class Partly(demo.DemoTransport):
        is_cut = False

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if self.is_cut and "eu-nl" in request.url.host:
                raise httpx.ConnectError("no route to host", request=request)
            return await super().handle_async_request(request)

    way = Partly(scene.service)
    with opened_plan_sessions(scene.here, (eu, nl, far), scene.clock, demo.secret_of, way) as plan_sessions:

        async def story() -> tuple[PlanReport, PlanReport]:
            for session in plan_sessions.sessions.values():
                session.guard.arm(24 * 60)
            await plan_sessions.read()
            items = []
            for each in (nl, eu, far):
                rows = deletable(plan_sessions.ledgers[each.name], 2)
                items += [Item(each.name, BackupDeletion(row.id)) for row in rows]
            assert len(items) == 6
            batch = judged(Kind.DELETE_BACKUP, items, plan_sessions.ledgers, (), scene.clock.now())
            run = run_of(batch, plan_sessions)
            way.is_cut = True
            await plan_sessions.sessions[nl.name].refresh.once()
            first = await followed(plan_sessions, run)
            way.is_cut = False
            await plan_sessions.read()
            return first, await followed(plan_sessions, run)

        first, second = play(plan_sessions, story())
    assert [row.stand for row in first.rows] == [Stand.NOT_STARTED] * 2 + [Stand.DONE] * 4
    assert first.stopped == "stale"
    assert "4 of 6 steps finished, 2 not started" in plan_sentence(first)
    assert "it could not go on for too long" in plan_sentence(first)
    assert [row.stand for row in second.rows] == [Stand.DONE] * 6


def test_resources_of_several_vaults_move_one_vault_after_the_other(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> tuple[PlanReport, VaultId, list[ResourceId]]:
            await plan_sessions.read()
            ledger = plan_sessions.ledgers[EU.name]
            target, items = migrations(ledger)
            batch = judged(Kind.MIGRATE_RESOURCES, items, {EU.name: ledger}, (), scene.clock.now())
            assert not batch.blocked, [each for row in batch.blocked for each in row.findings]
            report = await followed(plan_sessions, run_of(batch, plan_sessions))
            return report, target, [id for each in items for id in each.draft.resource_ids]

        report, target, moved = play(plan_sessions, story())
    assert [row.stand for row in report.rows] == [Stand.DONE] * 2, [row.intent for row in report.rows]
    held = scene.service.estate
    assert {held.resources[id].vault_id for id in moved} == {target}


def test_a_plan_file_moves_into_one_vault_one_after_the_other_whatever_its_concurrency(scene: Scene) -> None:
    asked: list[int] = []

    class Counted(demo.DemoTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await super().handle_async_request(request)
            if request.url.path.endswith("/migrateresources"):
                asked.append(answer.status_code)
            return answer

    way = Counted(scene.service)
    with opened_plan_sessions(scene.here, (EU,), scene.clock, demo.secret_of, way) as plan_sessions:

        async def story() -> PlanReport:
            await plan_sessions.read()
            ledger = plan_sessions.ledgers[EU.name]
            _target, items = migrations(ledger)
            changes = [change_of(each.draft, ledger) for each in items]
            steps = tuple(Step(number, EU.name, "", document_of(each)) for number, each in enumerate(changes, 1))
            plan = Plan("moves", steps, "", 4)
            run = prepared(plan, "run-moves", plan_sessions.ledgers, EU.name, scene.clock.now())
            plan_sessions.runs.keep(run)
            return await followed(plan_sessions, run)

        report = play(plan_sessions, story())
    assert [row.stand for row in report.rows] == [Stand.DONE] * 2, [row.intent for row in report.rows]
    assert asked == [200, 200]


def migrations(ledger: Ledger) -> tuple[VaultId, list[Item]]:
    """Return a vault, and the first resource of each of two others that may move there."""
    for target in ledger.vaults.values():
        found = []
        for source in ledger.vaults.values():
            for each in source.resources[:1]:
                item = Item(EU.name, ResourceMigration(source.id, target.id, (each.id,)))
                batch = judged(Kind.MIGRATE_RESOURCES, [item], {EU.name: ledger}, (), NOW)
                found += [] if batch.blocked else [item]
        if len(found) > 1:
            return target.id, found[:2]
    raise AssertionError("no two vaults that resources may move from")
