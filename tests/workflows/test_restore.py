"""Stories of restores: judged before they are sent, sent once, found when the answer is lost, followed to the end."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.change import Change
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import ResourceId, VolumeId
from cbr_desktop.domain.intent import Approval, IntentState, Reason
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.restore import BackupRestore, DiskPair, Rule, TargetKind
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.storage.journal import read_only
from cbr_desktop.storage.paths import places
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.operations import change_of
from cbr_desktop.workflows.operations.restore_backup import RESTORE_BACKUP
from cbr_desktop.workflows.outcomes import outcome_of
from tests.restoring import APPROVED, SERVER, crossed, read, restore_of
from tests.stage import START, Stage, staged

S = IntentState
RESTORE = "/backups/[^/]+/restore"
STRANGE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def sent(stage: Stage) -> list[bytes]:
    """Return the bodies of the restores that have reached the service."""
    return [each.body for each in stage.service.journal if each.method == "POST" and each.path.endswith("/restore")]


def restores(stage: Stage) -> int:
    """Return how many restores the service has begun since the story did."""
    tasks = stage.service.estate.tasks.values()
    return sum(each.operation_type == "restore" and each.created_at >= START for each in tasks)


def blocks(stage: Stage, change: Change) -> list[tuple[FindingKind, str]]:
    verdict = RESTORE_BACKUP.judge(change, stage.session.ledger, stage.clock.now())
    assert all(finding_sentence(each) for each in verdict.findings)
    return [(each.kind, each.code) for each in verdict.findings if each.severity is Severity.BLOCK]


@pytest.mark.parametrize("answer", ["job", "empty"])
@pytest.mark.parametrize("name", [SERVER, "vol-db-archive", "desktop-hq-01"])
def test_a_restore_is_followed_with_its_progress_until_its_task_has_ended(stage: Stage, answer: str, name: str) -> None:
    stage.service.modes.restore_answer = answer  # type: ignore[assignment]
    seen: list[int | None] = []

    async def story() -> None:
        backup = await read(stage, name)
        change = change_of(restore_of(stage, backup), stage.session.ledger)
        assert blocks(stage, change) == []
        made = stage.session.outbox.submit(change, approval=APPROVED)
        while stage.intent(made.id).state is not S.FINISHED:
            await stage.clock.sleep(1)
            outcome = outcome_of(stage.session.ledger, stage.intent(made.id))
            if outcome is not None:
                seen.append(outcome.resources[0].progress_percent)
        ended = stage.intent(made.id)
        assert ended.outcome is not None
        assert ended.result is not None
        assert ended.outcome.is_whole
        assert ended.outcome.resources[0].name == backup.resource_name
        assert stage.session.ledger.tasks[ended.result.id].backup_id == backup.id  # type: ignore[index]
        assert ended.approval == APPROVED
        assert S.UNKNOWN not in stage.states[made.id]

    stage.play(story)
    assert len(sent(stage)) == restores(stage) == 1
    told = [percent for percent in seen if percent is not None]
    assert told == sorted(told)
    assert len(set(told)) > 3


def test_a_restore_that_breaks_off_is_told_with_its_code(stage: Stage) -> None:
    async def story() -> None:
        backup = await read(stage)
        stage.service.estate.resources[backup.resource_id].restore_fails_at = 40
        made = stage.session.outbox.submit(restore_of(stage, backup), approval=APPROVED)
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None
        (line,) = ended.outcome.resources
        assert (line.fate, line.code.rpartition(".")[2], line.progress_percent) == (Fate.FAILED, "9910", 40)

    stage.play(story)


@pytest.mark.parametrize("power_on", [True, False])
def test_whether_the_server_is_started_is_really_sent(stage: Stage, power_on: bool) -> None:
    async def story() -> None:
        backup = await read(stage)
        made = stage.session.outbox.submit(restore_of(stage, backup, power_on=power_on), approval=APPROVED)
        await stage.until(made.id, S.FINISHED)
        assert stage.service.estate.resources[backup.resource_id].status == ("ACTIVE" if power_on else "SHUTOFF")

    stage.play(story)
    assert json.loads(sent(stage)[0])["restore"]["power_on"] is power_on


@pytest.mark.parametrize("answer", ["job", "empty"])
def test_a_lost_answer_of_a_restore_is_found_among_the_tasks_and_never_sent_twice(stage: Stage, answer: str) -> None:
    stage.service.modes.restore_answer = answer  # type: ignore[assignment]

    async def story() -> None:
        backup = await read(stage)
        stage.service.faults.add(Fault("POST", RESTORE, "cut", "after", times=1))
        made = stage.session.outbox.submit(restore_of(stage, backup), approval=APPROVED)
        ended = await stage.until(made.id, S.FINISHED)
        assert (ended.sends, ended.outcome is not None and ended.outcome.is_whole) == (1, True)
        assert S.UNKNOWN in stage.states[made.id]
        await stage.clock.sleep(7200)

    stage.play(story)
    assert len(sent(stage)) == restores(stage) == 1


def test_a_restore_that_never_arrived_is_left_to_a_person(stage: Stage) -> None:
    async def story() -> None:
        backup = await read(stage)
        stage.service.faults.add(Fault("POST", RESTORE, "cut", "before", times=1))
        made = stage.session.outbox.submit(restore_of(stage, backup), approval=APPROVED)
        await stage.until(made.id, S.NOT_FOUND)
        await stage.clock.sleep(7200)
        assert (len(sent(stage)), restores(stage)) == (1, 0)
        with pytest.raises(ValueError, match="nobody says why"):
            stage.session.outbox.send_again(made.id)
        await read(stage)
        again = stage.session.outbox.send_again(made.id, APPROVED)
        assert (await stage.until(again.id, S.FINISHED)).approval == APPROVED

    stage.play(story)
    assert restores(stage) == 1


def test_of_two_restores_that_may_be_its_own_a_person_says_which_it_is(stage: Stage) -> None:
    """A colleague restores the same backup to the same server while the answer is lost."""

    async def story() -> None:
        backup = await read(stage)
        stage.service.modes.restore_seconds = 2
        stage.service.faults.add(Fault("POST", RESTORE, "cut", "after", times=1))
        stage.service.faults.add(Fault("GET", "/operation-logs", "cut", "before", times=8))
        made = stage.session.outbox.submit(restore_of(stage, backup), approval=APPROVED)
        await stage.until(made.id, S.UNKNOWN)
        await stage.clock.sleep(5)
        change = change_of(restore_of(stage, backup), stage.session.ledger)
        project = await stage.session.cloud.project_id()
        await stage.session.cloud.send(change, project)
        while not stage.intent(made.id).candidates:
            await stage.clock.sleep(1)
        first, second = stage.intent(made.id).candidates
        assert stage.session.outbox.adopt(made.id, second.id)
        ended = await stage.until(made.id, S.FINISHED)
        assert (ended.result and ended.result.id, ended.reason) == (second.id, Reason.ADOPTED)
        assert first.id != second.id

    stage.play(story)
    assert restores(stage) == 2


def test_an_earlier_restore_of_the_same_backup_is_not_taken_for_a_lost_one(stage: Stage) -> None:
    async def story() -> None:
        backup = await read(stage)
        stage.service.modes.restore_seconds = 2
        asked = restore_of(stage, backup)
        project = await stage.session.cloud.project_id()
        await stage.session.cloud.send(change_of(asked, stage.session.ledger), project)
        await stage.clock.sleep(120)
        stage.service.faults.add(Fault("POST", RESTORE, "cut", "before", times=1))
        made = stage.session.outbox.submit(asked, approval=APPROVED)
        lost = await stage.until(made.id, S.NOT_FOUND, S.ACCEPTED)
        assert (lost.state, lost.candidates) == (S.NOT_FOUND, ())

    stage.play(story)
    assert restores(stage) == 1


def test_without_the_right_to_read_tasks_the_backup_tells_what_can_be_told(stage: Stage) -> None:
    async def story() -> None:
        backup = await read(stage)
        stage.service.modes.forbidden |= {"cbr:tasks:list", "cbr:tasks:get"}
        made = stage.session.outbox.submit(restore_of(stage, backup), approval=APPROVED)
        await stage.until(made.id, S.ACCEPTED)
        await stage.clock.sleep(20)
        running = outcome_of(stage.session.ledger, stage.intent(made.id))
        assert running is not None
        assert running.resources[0].fate is Fate.RUNNING
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None
        assert ended.outcome.resources[0].fate is Fate.UNCERTAIN

    stage.play(story)


def test_what_is_being_restored_already_refuses_a_second_one_that_is_not_ours(stage: Stage) -> None:
    async def story() -> None:
        backup = await read(stage)
        change = change_of(restore_of(stage, backup), stage.session.ledger)
        await stage.session.cloud.send(change, await stage.session.cloud.project_id())
        other = next(
            each
            for each in stage.session.ledger.backups.values()
            if each.resource_id == backup.resource_id and each.id != backup.id and each.status == "available"
        )
        await stage.session.refresh.open_backup(other.id)
        made = stage.session.outbox.submit(restore_of(stage, other), approval=APPROVED)
        refused = await stage.until(made.id, S.REJECTED)
        assert refused.refusal is not None
        assert refused.refusal.code.endswith("2010")

    stage.play(story)
    assert restores(stage) == 1


def test_a_restore_goes_at_once_with_a_reason_or_not_at_all(stage: Stage) -> None:
    async def story() -> None:
        asked = restore_of(stage, await read(stage))
        outbox = stage.session.outbox
        for grounds in ({}, {"approval": Approval("  ")}):
            with pytest.raises(ValueError, match="nobody says why"):
                outbox.submit(asked, **grounds)  # type: ignore[arg-type]
        for grounds in ({"held": True}, {"due_at": stage.clock.now()}, {"plan": "run/1"}):
            with pytest.raises(ValueError, match="neither waits nor is part of a plan"):
                outbox.submit(asked, approval=APPROVED, **grounds)  # type: ignore[arg-type]

    stage.play(story)
    assert (stage.session.ledger.intents, sent(stage)) == ({}, [])


def test_what_was_queued_when_the_program_ended_waits_for_a_person(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:

        async def prepared() -> None:
            asked = restore_of(stage, await read(stage))
            stage.cable.is_plugged = False
            stage.session.outbox.submit(asked, approval=APPROVED)
            await stage.clock.sleep(30)

        stage.play(prepared)
    with staged(tmp_path, service=stage.service, clock=stage.clock) as later:
        (held,) = later.session.ledger.intents.values()
        assert (held.state, held.reason, held.approval) == (S.HELD, Reason.RESTARTED, APPROVED)

        async def story() -> None:
            await later.clock.sleep(7200)
            assert later.intent(held.id).state is S.HELD
            with pytest.raises(ValueError, match="nobody says why"):
                later.session.outbox.release(held.id)
            await read(later)
            assert later.session.outbox.release(held.id, Approval("looked at it again"))
            ended = await later.until(held.id, S.FINISHED)
            assert ended.approval == Approval("looked at it again")

        assert sent(later) == []
        later.play(story)
    assert len(sent(later)) == 1
    entries = read_only(places({"CBR_DESKTOP_HOME": str(tmp_path)}).journal_folder).entries()
    approvals = [entry.event.facts["approval"] for entry in entries if "approval" in entry.event.facts]
    assert [each["reason"] for each in approvals] == [APPROVED.reason, "looked at it again"]


WRONG = {
    "crossed": (crossed, FindingKind.PAIR_RULE),
    "no pairs": (lambda asked: replace(asked, pairs=()), FindingKind.PAIRS_MISSING),
    "twice": (lambda asked: replace(asked, pairs=(asked.pairs[0], asked.pairs[0])), FindingKind.PAIR_RULE),
    "no such disk": (
        lambda asked: replace(asked, pairs=(DiskPair(asked.pairs[0].backup_id, VolumeId(STRANGE)),)),
        FindingKind.PAIR_RULE,
    ),
    "no such backup of a disk": (
        lambda asked: replace(asked, pairs=(DiskPair(asked.backup_id, asked.pairs[0].volume_id),)),
        FindingKind.PAIR_RULE,
    ),
    "wrong key": (lambda asked: replace(asked, kind=TargetKind.DISK, pairs=()), FindingKind.RESTORE_WRONG_KEY),
}
"""What may be wrong with what is asked for, and how it is called."""


async def refused_as_it_was_said(stage: Stage, asked: BackupRestore, kind: FindingKind) -> None:
    """Judge a restore, have it sent all the same, and compare the service's code with those that were said before."""
    await stage.session.refresh.judge_by(RESTORE_BACKUP.judged_by, asked.backup_id)
    change = change_of(asked, stage.session.ledger)
    found = blocks(stage, change)
    assert kind in {each for each, _ in found}
    made = stage.session.outbox.submit(change, approval=APPROVED)
    refused = await stage.until(made.id, S.REJECTED)
    assert refused.refusal is not None
    code = refused.refusal.code.removeprefix("BackupService.")
    # a disk of another server is told apart by the service alone
    assert ("7000" if code == "7201" else code) in {each for _, each in found}


def test_a_request_that_the_service_would_refuse_is_told_by_its_code_before(stage: Stage) -> None:
    async def story() -> None:
        backup = await read(stage)
        asked, estate = restore_of(stage, backup), stage.service.estate
        for spoil, kind in WRONG.values():
            await refused_as_it_was_said(stage, spoil(asked), kind)
        for name in ("ecs-erp-app-02", "bms-hana-01"):
            other = next(each for each in estate.resources.values() if each.name == name)
            elsewhere = replace(asked, target_id=ResourceId(other.id))
            await refused_as_it_was_said(stage, elsewhere, FindingKind.RESTORE_ELSEWHERE)
        disks = estate.resources[backup.resource_id].disks
        disks[0].size_gb = disks[1].size_gb
        estate.changed()
        await refused_as_it_was_said(stage, crossed(asked), FindingKind.PAIR_RULE)

    stage.play(story)
    assert restores(stage) == 0


def test_a_target_that_the_service_would_refuse_is_told_by_its_code_before(stage: Stage) -> None:
    async def story() -> None:
        backup = await read(stage)
        asked, estate = restore_of(stage, backup), stage.service.estate
        server, vault = estate.resources[backup.resource_id], estate.vaults[backup.vault_id]
        stands: list[tuple[Any, str, str, FindingKind]] = [
            (server, "status", "DELETED", FindingKind.TARGET_STATUS),
            (server, "status", "MIGRATING", FindingKind.TARGET_STATUS),
            (server, "protect_status", "removing", FindingKind.TARGET_REMOVED),
            (vault, "status", "frozen", FindingKind.RESTORE_VAULT),
            (estate.backups[backup.id], "status", "error", FindingKind.RESTORE_STATUS),
        ]
        for thing, field, word, kind in stands:
            usual = getattr(thing, field)
            setattr(thing, field, word)
            estate.changed()
            await refused_as_it_was_said(stage, asked, kind)
            setattr(thing, field, usual)

    stage.play(story)
    assert restores(stage) == 0


def test_a_mapping_that_goes_astray_is_told_by_disk_size_and_rule(stage: Stage) -> None:
    async def story() -> None:
        backup = await read(stage)
        change = change_of(crossed(restore_of(stage, backup)), stage.session.ledger)
        verdict = RESTORE_BACKUP.judge(change, stage.session.ledger, stage.clock.now())
        rules = [(each.facts["rule"], each.code) for each in verdict.findings if each.kind is FindingKind.PAIR_RULE]
        assert rules == [(Rule.TOO_SMALL, "2001"), (Rule.DATA_TO_SYSTEM, "2013")]
        first, second = map(finding_sentence, verdict.findings[:2])
        assert "40 GB" in first
        assert "200 GB" in first
        assert "system disk" in second
        assert sent(stage) == []

    stage.play(story)


def test_what_is_lost_is_counted_from_the_backup_on_and_a_newer_one_is_named(stage: Stage) -> None:
    async def story() -> None:
        ledger = stage.session.ledger
        newest = await read(stage)
        own = [
            each
            for each in ledger.backups.values()
            if each.resource_id == newest.resource_id and each.status == "available" and each.id != newest.id
        ]
        older = min(own, key=lambda each: str(each.created_at))
        await stage.session.refresh.open_backup(older.id)
        asked = restore_of(stage, older)
        change = change_of(replace(asked, pairs=asked.pairs[:1]), ledger)
        over = RESTORE_BACKUP.blast(change, ledger).overwritten
        assert over is not None
        assert (over.resource_name, over.newer, over.newer_at) == (SERVER, newest.name, newest.created_at)
        assert (len(over.disks), len(over.untouched), over.starts) == (1, 1, True)
        assert over.data_at is not None
        assert older.created_at is not None
        assert abs((over.data_at - older.created_at).total_seconds()) < 3600
        of_newest = RESTORE_BACKUP.blast(change_of(restore_of(stage, newest), ledger), ledger).overwritten
        assert of_newest is not None
        assert (of_newest.newer, of_newest.untouched) == ("", ())

    stage.play(story)


@pytest.mark.parametrize(
    ("field", "value", "code"), [("volume_type", "DESS", "2009"), ("status", "in-use", "2011"), ("size_gb", 1, "2001")]
)
def test_a_disk_is_judged_by_what_it_is_today(stage: Stage, field: str, value: object, code: str) -> None:
    async def story() -> None:
        backup = await read(stage, "vol-db-archive")
        asked = restore_of(stage, backup)
        disk = stage.service.estate.resources[backup.resource_id]
        setattr(disk if field == "status" else disk.disks[0], field, value)
        if field == "size_gb":
            # what the service keeps of a disk's size is that of today, while the list of backups has been read before
            disk.size_gb = 1
        stage.service.estate.changed()
        await stage.session.refresh.once([Part.PROTECTABLES])
        assert [each for _, each in blocks(stage, change_of(asked, stage.session.ledger))] == [code]

    stage.play(story)
