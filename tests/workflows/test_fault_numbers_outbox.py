"""Faults of the catalogue that are about submitting, by number: 42 to 51, 54 and 55; POSTs are counted in each.

Faults 41 and 50 end a whole program and are played in ``tests/journeys``.
"""

import asyncio
import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.journal import Entry, EntryFilter, EntryKind
from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.storage.journal import read_only
from cbr_desktop.storage.paths import places
from cbr_desktop.text.intents import intent_sentence
from cbr_desktop.text.requests import request_words
from cbr_desktop.workflows.confirmations import CONFIRM_MINUTES
from cbr_desktop.workflows.outbox import PACE_SECONDS
from cbr_desktop.workflows.outcomes import outcome_of
from cbr_desktop.workflows.preflight import preflight
from tests.checkpoint_change import checkpoint_change_of
from tests.stage import Stage, staged

CHECKPOINTS = "/checkpoints"
LISTS = "/(operation-logs|backups)"
S = IntentState
ONE = CheckpointDraft(
    VaultId(REFERENCE_VAULT_ID),
    name="before-patch-x7k2",
    resources=(ResourceChoice(ResourceId(REFERENCE_RESOURCE_ID), "OS::Nova::Server", "ecs-1f0f-0002"),),
)
LOST = [
    Fault("POST", CHECKPOINTS, "cut", "after"),
    Fault("POST", CHECKPOINTS, "cut", "during"),
    Fault("POST", CHECKPOINTS, "status", "after", status=407, body=b""),
    Fault("POST", CHECKPOINTS, "status", "after", status=500, body=b""),
    Fault("POST", CHECKPOINTS, "status", "after", status=502, body=b"<html>bad gateway</html>"),
    Fault("POST", CHECKPOINTS, "status", "after", status=504, body=b""),
    Fault("POST", CHECKPOINTS, "reply", "after", status=200, body=b'{"checkpoint": {"id": '),
    Fault("POST", CHECKPOINTS, "reply", "after", status=200, body=b"null"),
    Fault("POST", CHECKPOINTS, "reply", "after", status=302, body=b"", headers={"Location": "https://evil.example"}),
]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def vault_ids(stage: Stage) -> list[VaultId]:
    """Return the vaults of the demo estate that take a backup by all that is known."""
    ledger, now = stage.session.ledger, stage.clock.now()
    return [id for id in ledger.vaults if not preflight(CheckpointDraft(id, name="x"), ledger, now).is_blocked]


def entries(folder: Path, *kinds: EntryKind, intent: str = "") -> list[Entry]:
    here = places({"CBR_DESKTOP_HOME": str(folder)})
    return list(read_only(here.journal_folder).entries(EntryFilter(intent=intent, kinds=frozenset(kinds))))


def moves(folder: Path, intent: Intent) -> list[str]:
    """Return the states that the journal tells of a request."""
    return [entry.event.facts["to"] for entry in entries(folder, EntryKind.MOVED, intent=intent.id)]


def words(stage: Stage, intent: Intent) -> str:
    return intent_sentence(intent, outcome_of(stage.session.ledger, intent), stage.clock.now())


@pytest.mark.parametrize("late", [0, 5, 60, 600])
def test_fault_42_an_executed_request_is_found_by_its_name_however_late_it_shows(
    stage: Stage, tmp_path: Path, late: int
) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "after"))
    stage.service.modes.appears_after_seconds = late

    async def story() -> None:
        intent = stage.session.outbox.submit(ONE)
        found = await stage.until(intent.id, S.ACCEPTED, S.FINISHED)
        assert stage.states[intent.id][:4] == [S.QUEUED, S.SENDING, S.UNKNOWN, S.ACCEPTED]
        assert found.reason == "reconciled"
        assert found.sent_at is not None
        assert (stage.clock.now() - found.sent_at).total_seconds() >= late
        looked = {each.where: each for each in found.looked}
        assert looked["tasks"].times >= 1
        assert looked["tasks"].since == found.sent_at - timedelta(minutes=15)
        if late:
            assert looked["backups"].times >= 1
        await stage.until(intent.id, S.FINISHED)

    stage.play(story)
    assert len(stage.posts) == 1
    (intent,) = stage.session.ledger.intents.values()
    assert moves(tmp_path, intent) == ["sending", "unknown", "accepted", "finished"]


def test_fault_43_of_a_dropped_request_no_trace_is_found_and_only_a_person_sends_again(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "before"))

    async def story() -> None:
        intent = stage.session.outbox.submit(ONE)
        lost = await stage.until(intent.id, S.NOT_FOUND)
        said = words(stage, lost)
        assert "No trace of the request was found" in said
        assert "the tasks of the project" in said
        assert "the backups of the vault" in said
        assert sum(each.times for each in lost.looked) == 2 * 34
        await stage.clock.sleep(24 * 3600)
        assert stage.intent(intent.id).state is S.NOT_FOUND
        assert len(stage.posts) == 1
        again = stage.session.outbox.send_again(intent.id)
        assert (again.retry_of, again.name, again.body) == (intent.id, lost.name, lost.body)
        await stage.until(again.id, S.FINISHED)
        assert stage.intent(intent.id).state is S.NOT_FOUND
        assert not stage.intent(again.id).duplicates

    stage.play(story)
    assert len(stage.posts) == 2


@pytest.mark.parametrize("state", [state for state in S if state is not S.NOT_FOUND])
def test_fault_43_nothing_but_what_was_not_found_is_sent_again(stage: Stage, state: IntentState) -> None:
    intent = stage.session.outbox.submit(ONE)
    stage.session.ledger.put_intent(replace(intent, state=state))
    with pytest.raises(ValueError, match="no trace"):
        stage.session.outbox.send_again(intent.id)


def test_fault_44_what_came_late_and_was_sent_again_is_shown_as_created_twice(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "after"))
    # the first one shows only after the person has lost patience
    stage.service.modes.appears_after_seconds = 4000

    async def story() -> None:
        first = stage.session.outbox.submit(ONE)
        await stage.until(first.id, S.NOT_FOUND)
        second = stage.session.outbox.send_again(first.id)
        await stage.until(second.id, S.ACCEPTED)
        stage.service.modes.appears_after_seconds = 0
        await stage.until(second.id, S.FINISHED)
        await stage.until(first.id, S.FINISHED)
        one, two = stage.intent(first.id), stage.intent(second.id)
        assert one.checkpoint is not None
        assert two.checkpoint is not None
        assert one.checkpoint.id != two.checkpoint.id
        assert (one.duplicates, two.duplicates) == ((two.checkpoint.id,), (one.checkpoint.id,))
        for intent in (one, two):
            said = words(stage, intent)
            assert "Created twice" in said
            assert one.checkpoint.id in said
            assert two.checkpoint.id in said

    stage.play(story)
    assert len(stage.posts) == 2


@pytest.mark.parametrize("status", [502, 504])
def test_fault_45_a_gateway_that_gives_up_after_the_service_has_acted_leaves_it_unknown(
    stage: Stage, status: int
) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "status", "after", status=status, body=b""))

    async def story() -> None:
        intent = stage.session.outbox.submit(ONE)
        await stage.until(intent.id, S.FINISHED)
        assert S.UNKNOWN in stage.states[intent.id]
        assert S.REJECTED not in stage.states[intent.id]

    stage.play(story)
    assert len(stage.posts) == 1


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: f"{fault.kind}-{fault.when}-{fault.status}")
def test_fault_46_no_answer_that_cannot_be_read_loses_or_repeats_a_request(
    stage: Stage, tmp_path: Path, fault: Fault
) -> None:
    stage.service.faults.add(dataclasses.replace(fault))

    async def story() -> None:
        intent = stage.session.outbox.submit(ONE)
        await stage.until(intent.id, S.FINISHED)
        assert stage.states[intent.id][:4] == [S.QUEUED, S.SENDING, S.UNKNOWN, S.ACCEPTED]

    stage.play(story)
    assert len(stage.posts) == 1
    (asked,) = entries(tmp_path, EntryKind.REQUEST)
    (answered,) = entries(tmp_path, EntryKind.ANSWER)
    assert asked.event.facts["body"].encode() == stage.posts[0]
    assert asked.event.facts["headers"]["X-Auth-Token"] == "[hidden]"
    assert answered.event.facts["error"] or answered.event.facts["body"] is not None


@pytest.mark.parametrize("status", [401, 403, 429, 404])
def test_fault_46_a_refusal_that_no_gateway_gave_proves_nothing(stage: Stage, status: int) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "status", "after", status=status, body=b"{}"))

    async def story() -> None:
        intent = stage.session.outbox.submit(ONE)
        await stage.until(intent.id, S.FINISHED)
        assert stage.states[intent.id][:4] == [S.QUEUED, S.SENDING, S.UNKNOWN, S.ACCEPTED]

    stage.play(story)
    assert len(stage.posts) == 1


def test_fault_43_what_could_not_be_read_to_the_end_is_not_called_not_found(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "after"))
    stage.service.modes.appears_after_seconds = 60
    lists = Fault("GET", LISTS, "status", status=403, body=b"{}", times=None, skip=2)
    stage.service.faults.add(lists)

    async def story() -> None:
        intent = stage.session.outbox.submit(ONE)
        await stage.clock.sleep(2 * 3600)
        assert stage.intent(intent.id).state is S.UNKNOWN
        assert max(each.failures for each in stage.intent(intent.id).looked) > 34
        stage.service.faults.clear()
        await stage.until(intent.id, S.FINISHED)

    stage.play(story)
    assert len(stage.posts) == 1


def test_fault_47_what_was_skipped_is_never_a_plain_success(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        vault = next(v for v in stage.session.ledger.vaults.values() if v.name == "vault-web-prod")
        intent = stage.session.outbox.submit(CheckpointDraft(vault.id, name="some"))
        finished = await stage.until(intent.id, S.FINISHED)
        assert "5 of 7" in words(stage, finished)
        assert "2 skipped" in words(stage, finished)
        assert request_words(finished, outcome_of(stage.session.ledger, finished)).startswith("Partly done")

    stage.play(story)
    assert len(stage.posts) == 1


BUSY = json.dumps({"error_code": "BackupService.6125", "error_msg": "in progress", "request_id": "0" * 32}).encode()


@pytest.mark.parametrize("lacking", [set(), {"cbr:tasks:list"}], ids=["all lists", "no tasks"])
def test_fault_48_a_vault_that_is_busy_with_another_s_is_a_refusal(stage: Stage, lacking: set[str]) -> None:
    stage.service.modes.forbidden |= lacking
    stage.service.modes.checkpoint_seconds = 3600

    async def story() -> None:
        project = await stage.session.cloud.project_id()
        await stage.session.cloud.send(checkpoint_change_of(request.body(replace(ONE, name="a-colleague-s"))), project)
        await stage.clock.sleep(1200)
        intent = stage.session.outbox.submit(ONE)
        rejected = await stage.until(intent.id, S.REJECTED)
        assert rejected.refusal is not None
        assert rejected.refusal.code == "BackupService.6125"
        await stage.clock.sleep(3600)
        assert stage.intent(intent.id) == rejected

    stage.play(story)
    assert len(stage.posts) == 2


@pytest.mark.parametrize("late", [0, 3, 60, 600])
def test_fault_48_a_vault_that_is_busy_with_nothing_that_shows_may_be_busy_with_our_own(
    stage: Stage, late: int
) -> None:
    """Something on the way sent the request twice; the second one is refused, and the first one shows late."""
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "reply", "after", status=400, body=BUSY))
    stage.service.modes.appears_after_seconds = late

    async def story() -> None:
        intent = stage.session.outbox.submit(ONE)
        await stage.until(intent.id, S.FINISHED)
        assert S.REJECTED not in stage.states[intent.id]

    stage.play(story)
    assert len(stage.posts) == 1


def test_fault_48_a_busy_vault_of_which_a_list_is_not_whole_may_be_busy_with_our_own(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "status", "before", status=400, body=BUSY))
    short = json.dumps({"operation_logs": [], "count": 7}).encode()
    stage.service.faults.add(Fault("GET", "/operation-logs", "reply", body=short, times=1))

    async def story() -> None:
        intent = stage.session.outbox.submit(ONE)
        await stage.until(intent.id, S.UNKNOWN)
        await stage.until(intent.id, S.NOT_FOUND)

    stage.play(story)
    assert len(stage.posts) == 1


@pytest.mark.parametrize("code", ["6125", "1001"])
def test_fault_48_a_busy_vault_is_a_hint_that_a_lost_request_runs(stage: Stage, code: str) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "after"))
    stage.service.modes.appears_after_seconds = 2500
    busy = BUSY.replace(b"6125", code.encode())

    async def story() -> None:
        first = stage.session.outbox.submit(ONE)
        await stage.until(first.id, S.NOT_FOUND)
        stage.service.faults.add(Fault("POST", CHECKPOINTS, "status", "before", status=400, body=busy))
        second = stage.session.outbox.send_again(first.id)
        await stage.until(second.id, S.REJECTED)
        assert (stage.intent(first.id).state, stage.intent(first.id).reason) == (S.UNKNOWN, "vault-busy")
        await stage.until(first.id, S.FINISHED)

    stage.play(story)
    assert len(stage.posts) == 2


@pytest.mark.parametrize(("path", "key"), [("/operation-logs", "operation_logs"), ("/backups", "backups")])
def test_fault_96_what_is_in_no_list_that_is_whole_is_not_called_not_found(stage: Stage, path: str, key: str) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "before"))
    short = json.dumps({key: [], "count": 7}).encode()
    stage.service.faults.add(Fault("GET", path, "reply", body=short, times=None))

    async def story() -> None:
        intent = stage.session.outbox.submit(ONE)
        await stage.until(intent.id, S.UNKNOWN)
        await stage.clock.sleep(2 * 3600)
        assert stage.states[intent.id] == [S.QUEUED, S.SENDING, S.UNKNOWN]
        stage.service.faults.clear()
        await stage.until(intent.id, S.NOT_FOUND)

    stage.play(story)
    assert len(stage.posts) == 1


def test_fault_49_many_that_wake_the_outbox_at_once_send_a_request_once(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "delay", "before", seconds=0.01, times=None))

    async def story() -> None:
        intent = stage.session.outbox.submit(ONE)
        async with asyncio.TaskGroup() as clicks:
            for _ in range(20):
                clicks.create_task(pressed())
        await stage.until(intent.id, S.FINISHED)

    async def pressed() -> None:
        for _ in range(50):
            stage.session.outbox.wake()
            await asyncio.sleep(0)

    stage.play(story)
    assert len(stage.posts) == 1


def test_fault_49_of_two_outboxes_over_one_disk_one_sends(stage: Stage) -> None:
    other = type(stage.session.outbox)(
        stage.session.ledger,
        stage.session.outbox._rows.records,
        stage.session.cloud,
        stage.clock,
        lambda: IntentId("other"),
        stage.session.guard,
    )

    async def story() -> None:
        async with asyncio.TaskGroup() as tasks:
            second = tasks.create_task(other.drain())
            intent = stage.session.outbox.submit(ONE)
            other.wake()
            await stage.until(intent.id, S.FINISHED)
            second.cancel()

    stage.play(story)
    assert len(stage.posts) == 1


def test_fault_51_what_is_on_the_wire_cannot_be_taken_back_and_ends_unknown_when_cut_off(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.service.faults.add(Fault("POST", CHECKPOINTS, "delay", "after", seconds=3600))

        async def story() -> None:
            intent = stage.session.outbox.submit(ONE)
            drain = asyncio.get_running_loop().create_task(stage.session.outbox.drain())
            while not stage.posts:
                await stage.clock.sleep(1)
            assert not stage.session.outbox.cancel(intent.id)
            assert not stage.session.outbox.hold(intent.id)
            drain.cancel()
            await asyncio.gather(drain, return_exceptions=True)
            held = stage.intent(intent.id)
            assert (held.state, held.reason) == (S.UNKNOWN, "interrupted")
            assert "it is not sent again" in words(stage, held)
            await stage.session.cloud.aclose()

        asyncio.run(story())
        assert len(stage.posts) == 1
        (answer,) = entries(tmp_path, EntryKind.ANSWER)
        assert answer.event.facts["error"] == "interrupted"


def test_fault_54_a_row_keeps_its_target_and_is_not_sent_elsewhere(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        intent = stage.session.outbox.submit(ONE)
    for elsewhere in (replace(DEMO, cbr_endpoint="https://cbr.elsewhere.invalid"), replace(DEMO, project="eu-nl")):
        with staged(tmp_path, profile=elsewhere, service=stage.service, clock=stage.clock) as moved:

            async def story(moved: Stage = moved) -> None:
                await moved.clock.sleep(300)
                held = moved.intent(intent.id)
                assert (held.state, held.reason, held.target) == (S.HELD, "elsewhere", intent.target)
                assert "leads elsewhere" in words(moved, held)
                assert not moved.session.outbox.release(intent.id)
                await moved.clock.sleep(300)

            moved.play(story)
            assert not moved.posts
    with staged(tmp_path, profile=replace(DEMO, name="Another"), service=stage.service, clock=stage.clock) as other:
        assert other.session.ledger.intents == {}
    assert not stage.posts


def submitted_offline(folder: Path, count: int) -> tuple[Stage, list[Intent]]:
    """Put requests for several vaults into the outbox while nobody has a network, and end the program."""
    with staged(folder) as stage:

        async def known() -> None:
            await stage.session.refresh.once()

        stage.play(known)
        vaults = vault_ids(stage)
        made = [
            stage.session.outbox.submit(CheckpointDraft(vaults[number % len(vaults)], name=f"waits-{number}"))
            for number in range(count)
        ]
    stage.service.journal.clear()
    return stage, made


def test_fault_55_after_three_days_nothing_goes_without_a_new_confirmation(tmp_path: Path) -> None:
    before, made = submitted_offline(tmp_path, 50)
    before.clock.advance(3 * 24 * 3600)
    with staged(tmp_path, service=before.service, clock=before.clock) as stage:

        async def story() -> None:
            assert {stage.intent(each.id).state for each in made} == {S.QUEUED}
            await stage.session.refresh.once()
            await stage.clock.sleep(600)
            assert not stage.posts
            vaults = {each.change.vault_id for each in made}
            held = [each for each in stage.session.ledger.intents.values() if each.state is S.HELD]
            assert {each.change.vault_id for each in held} == vaults
            assert {each.reason for each in held} == {"stale"}
            assert all("3 days ago" in words(stage, each) for each in held)
            assert len(held) == 50
            for each in held[:6]:
                assert stage.session.outbox.release(each.id)
            for each in held[:6]:
                await stage.until(each.id, S.FINISHED, S.REJECTED)
            assert {stage.intent(each.id).state for each in held[6:]} == {S.HELD}

        stage.play(story)
        assert len(stage.posts) == 6
        times = sorted(entry.at for entry in entries(tmp_path, EntryKind.REQUEST))
        assert all((later - at).total_seconds() >= PACE_SECONDS for at, later in pairwise(times))


# holding, releasing and scheduling


def test_a_held_request_stays_until_it_is_released_and_that_is_a_new_confirmation(stage: Stage) -> None:
    async def story() -> None:
        intent = stage.session.outbox.submit(ONE)
        assert stage.session.outbox.hold(intent.id)
        assert not stage.session.outbox.hold(intent.id)
        await stage.clock.sleep(7 * 24 * 3600)
        assert not stage.posts
        assert stage.session.outbox.release(intent.id)
        assert stage.intent(intent.id).confirmed_at == stage.clock.now()
        assert not stage.session.outbox.release(intent.id)
        await stage.until(intent.id, S.FINISHED)

    stage.play(story)
    assert len(stage.posts) == 1


def test_a_scheduled_request_goes_when_it_is_due(stage: Stage) -> None:
    async def story() -> None:
        due = stage.clock.now() + timedelta(hours=5)
        intent = stage.session.outbox.submit(ONE, due_at=due)
        assert intent.state is S.SCHEDULED
        await stage.clock.sleep(4.9 * 3600)
        assert not stage.posts
        await stage.clock.sleep(900)
        sent_at = stage.intent(intent.id).sent_at
        assert sent_at is not None
        assert 0 <= (sent_at - due).total_seconds() <= 15

    stage.play(story)
    assert len(stage.posts) == 1


def test_a_scheduled_request_whose_time_passed_is_held_and_not_sent_late(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        due = stage.clock.now() + timedelta(hours=1)
        intent = stage.session.outbox.submit(ONE, due_at=due)
        soon = stage.session.outbox.submit(ONE, due_at=due + timedelta(days=1))
        assert stage.session.outbox.hold(soon.id)
    stage.clock.advance(3600 + 60 * CONFIRM_MINUTES + 1)
    with staged(tmp_path, service=stage.service, clock=stage.clock) as later:

        async def story() -> None:
            await later.clock.sleep(60)
            held = later.intent(intent.id)
            assert (held.state, held.reason) == (S.HELD, "late")
            assert later.session.outbox.release(soon.id)
            assert later.intent(soon.id).state is S.SCHEDULED
            assert later.session.outbox.cancel(soon.id)

        later.play(story)
        assert not later.posts


def test_a_scheduled_request_that_is_a_little_late_still_goes(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        intent = stage.session.outbox.submit(ONE, due_at=stage.clock.now() + timedelta(hours=1))
    stage.clock.advance(3600 + 300)
    with staged(tmp_path, service=stage.service, clock=stage.clock) as later:

        async def story() -> None:
            await later.until(intent.id, S.FINISHED)

        later.play(story)
        assert len(later.posts) == 1


def test_waiting_for_its_own_vault_does_not_make_a_confirmation_old(stage: Stage) -> None:
    long = 3 * 60 * CONFIRM_MINUTES
    stage.service.modes.checkpoint_seconds = long

    async def story() -> None:
        first = stage.session.outbox.submit(ONE)
        second = stage.session.outbox.submit(replace(ONE, name="second"))
        await stage.clock.sleep(long + 120)
        assert stage.intent(first.id).state is S.FINISHED
        await stage.until(second.id, S.ACCEPTED)

    stage.play(story)
    assert len(stage.posts) == 2


def test_after_a_sleep_in_which_its_vault_became_free_a_waiting_request_is_asked_again(stage: Stage) -> None:
    async def story() -> None:
        first = stage.session.outbox.submit(ONE)
        second = stage.session.outbox.submit(replace(ONE, name="second"))
        await stage.until(first.id, S.ACCEPTED)
        stage.clock.advance(8 * 3600)
        await stage.until(second.id, S.HELD)
        assert stage.intent(second.id).reason == "stale"

    stage.play(story)
    assert len(stage.posts) == 1


def test_what_newer_data_contradict_is_held(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:

        async def story() -> None:
            await stage.session.refresh.once()
            stage.clock.advance(2 * 3600)
            (vault,) = (v for v in stage.service.estate.vaults.values() if v.id == REFERENCE_VAULT_ID)
            vault.status = "frozen"
            good = next(v.id for v in stage.session.ledger.vaults.values() if v.name == "vault-web-prod")
            stage.service.faults.add(Fault("GET", "/vaults", "status", status=403, times=None))
            bad = stage.session.outbox.submit(ONE)
            fine = stage.session.outbox.submit(CheckpointDraft(good, name="fine"))
            await stage.clock.sleep(60)
            assert not stage.posts
            assert {stage.intent(each.id).state for each in (bad, fine)} == {S.QUEUED}
            stage.service.faults.clear()
            await stage.session.refresh.once()
            await stage.until(fine.id, S.ACCEPTED, S.FINISHED)
            held = await stage.until(bad.id, S.HELD)
            assert held.reason == "contradicted"

        stage.play(story)
        assert len(stage.posts) == 1


def test_fault_56_what_the_journal_does_not_take_is_not_sent(stage: Stage) -> None:
    full = True
    journal = stage.session.outbox._rows.records._audit_writer._journal  # type: ignore[attr-defined]
    append: Callable[..., Entry] = journal.append

    def appended(event: object) -> Entry:
        if full:
            raise NotSaved("journal", "no space left")
        return append(event)

    journal.append = appended

    async def story() -> None:
        nonlocal full
        intent = stage.session.outbox.submit(ONE)
        await stage.clock.sleep(120)
        held = stage.intent(intent.id)
        assert (held.state, held.reason) == (S.QUEUED, "not-saved")
        assert not stage.posts
        full = False
        await stage.until(intent.id, S.FINISHED)

    stage.play(story)
    assert len(stage.posts) == 1
