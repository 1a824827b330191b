"""Stories of the outbox: no request lost, none sent twice, no half success shown as success."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.ids import CheckpointId, IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.workflows.operations.create_checkpoint import skipped_draft
from cbr_desktop.workflows.outcomes import outcome_of
from tests.stage import Stage, staged

REFERENCE = CheckpointDraft(
    VaultId(REFERENCE_VAULT_ID),
    name="backup_name",
    description="backup_description",
    auto_trigger=True,
    resources=(ResourceChoice(ResourceId(REFERENCE_RESOURCE_ID), "OS::Nova::Server", "ecs-1f0f-0002"),),
)
LOST = replace(REFERENCE, name="backup_name-x7k2")
"""A request whose name nobody else is likely to choose, so that what is found under it can only be its own."""
CHECKPOINTS = "/checkpoints"
S = IntentState


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def vault_id(stage: Stage, name: str) -> VaultId:
    return next(vault.id for vault in stage.session.ledger.vaults.values() if vault.name == name)


def retried(stage: Stage, id: IntentId) -> Intent:
    return stage.session.outbox.submit(skipped_draft(stage.intent(id)), retry_of=id)


def test_the_documented_request_is_accepted_and_followed_to_its_end(stage: Stage) -> None:
    async def story() -> None:
        intent = stage.session.outbox.submit(REFERENCE)
        accepted = await stage.until(intent.id, S.ACCEPTED)
        assert accepted.checkpoint is not None
        assert accepted.checkpoint.status == "protecting"
        assert [resource.name for resource in accepted.checkpoint.accepted] == ["ecs-1f0f-0002"]
        assert len(accepted.request_id) == 32
        finished = await stage.until(intent.id, S.FINISHED)
        assert finished.checkpoint is not None
        assert finished.checkpoint.status == "available"
        outcome = outcome_of(stage.session.ledger, finished)
        assert outcome is not None
        assert outcome.is_whole

    stage.play(story)
    assert stage.posts == [request.body(REFERENCE)]


def test_five_of_seven_are_never_called_a_success_and_the_two_can_be_asked_for_again(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        intent = stage.session.outbox.submit(CheckpointDraft(vault_id(stage, "vault-web-prod"), name="before-patch"))
        finished = await stage.until(intent.id, S.FINISHED)
        outcome = outcome_of(stage.session.ledger, finished)
        assert outcome is not None
        assert (outcome.total, outcome.count(Fate.DONE), outcome.count(Fate.SKIPPED)) == (7, 5, 2)
        assert not outcome.is_whole
        skipped = [resource for resource in outcome.resources if resource.fate is Fate.SKIPPED]
        assert all(resource.code and resource.message for resource in skipped)
        again = retried(stage, intent.id)
        assert again.retry_of == intent.id
        assert again.name.startswith("before-patch-again-")
        await stage.until(again.id, S.FINISHED)
        sent = json.loads(stage.posts[-1])["checkpoint"]
        assert sent["parameters"]["resources"] == [resource.id for resource in skipped]

    stage.play(story)
    assert len(stage.posts) == 2


def scsi_alone(stage: Stage) -> CheckpointDraft:
    """Return a request for one disk that the service always skips."""
    vault = next(vault for vault in stage.session.ledger.vaults.values() if vault.name == "vault-db-disks")
    disk = next(resource for resource in vault.resources if resource.name == "vol-scsi-01")
    return CheckpointDraft(vault.id, name="scsi", resources=(ResourceChoice(disk.id, disk.type, disk.name),))


def test_all_skipped_is_an_end_in_which_nothing_is_backed_up(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        intent = stage.session.outbox.submit(scsi_alone(stage))
        finished = await stage.until(intent.id, S.FINISHED)
        outcome = outcome_of(stage.session.ledger, finished)
        assert outcome is not None
        assert (outcome.total, outcome.count(Fate.SKIPPED), outcome.is_whole) == (1, 1, False)
        assert outcome.resources[0].code.endswith("7002")
        again = retried(stage, intent.id)
        await stage.until(again.id, S.FINISHED)

    stage.play(story)
    assert len(stage.posts) == 2


def test_all_skipped_may_also_be_a_refusal(stage: Stage) -> None:
    stage.service.modes.all_skipped = "refuse"

    async def story() -> None:
        await stage.session.refresh.once()
        intent = stage.session.outbox.submit(scsi_alone(stage))
        rejected = await stage.until(intent.id, S.REJECTED)
        assert rejected.refusal is not None
        assert rejected.refusal.code == "BackupService.0001"

    stage.play(story)
    assert len(stage.posts) == 1


def test_nothing_to_retry_is_an_error_of_the_caller(stage: Stage) -> None:
    async def story() -> None:
        intent = stage.session.outbox.submit(REFERENCE)
        await stage.until(intent.id, S.FINISHED)
        with pytest.raises(ValueError, match="nothing was skipped"):
            retried(stage, intent.id)

    stage.play(story)


def test_a_lost_answer_is_found_by_reading_and_not_sent_again(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "after"))

    async def story() -> None:
        intent = stage.session.outbox.submit(LOST)
        accepted = await stage.until(intent.id, S.ACCEPTED)
        assert accepted.checkpoint is not None
        assert [resource.id for resource in accepted.checkpoint.accepted] == [REFERENCE_RESOURCE_ID]
        await stage.until(intent.id, S.FINISHED)
        assert stage.states[intent.id] == [S.QUEUED, S.SENDING, S.UNKNOWN, S.ACCEPTED, S.FINISHED]

    stage.play(story)
    assert len(stage.posts) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_that_gives_up_after_the_service_has_acted_is_not_a_refusal(stage: Stage, status: int) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "status", "after", status=status, body=b""))

    async def story() -> None:
        intent = stage.session.outbox.submit(LOST)
        await stage.until(intent.id, S.ACCEPTED)
        assert S.UNKNOWN in stage.states[intent.id]

    stage.play(story)
    assert len(stage.posts) == 1


def test_what_is_found_for_a_request_without_a_name_is_its_own_when_a_person_says_so(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "after"))

    async def story() -> None:
        intent = stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID)))
        await stage.until(intent.id, S.UNKNOWN)
        await stage.clock.sleep(3600)
        found = stage.intent(intent.id)
        assert (found.state, found.reason) == (S.UNKNOWN, "ambiguous")
        (candidate,) = found.candidates
        assert not stage.session.outbox.adopt(intent.id, CheckpointId("another"))
        assert stage.session.outbox.adopt(intent.id, candidate.id)
        finished = await stage.until(intent.id, S.FINISHED)
        assert finished.outcome is not None
        assert finished.outcome.is_whole

    stage.play(story)
    assert len(stage.posts) == 1


def test_a_request_of_which_no_trace_is_found_waits_for_a_person(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "before"))

    async def story() -> None:
        began = stage.clock.now()
        intent = stage.session.outbox.submit(REFERENCE)
        await stage.until(intent.id, S.NOT_FOUND)
        assert (stage.clock.now() - began).total_seconds() > 1500
        assert stage.session.outbox.keep_looking(intent.id)
        await stage.until(intent.id, S.NOT_FOUND)
        assert stage.states[intent.id][-3:] == [S.NOT_FOUND, S.UNKNOWN, S.NOT_FOUND]

    stage.play(story)
    assert len(stage.posts) == 1


def test_a_refusal_keeps_its_code_and_is_not_repeated(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        intent = stage.session.outbox.submit(CheckpointDraft(vault_id(stage, "vault-arrears")))
        rejected = await stage.until(intent.id, S.REJECTED)
        assert rejected.refusal is not None
        assert (rejected.refusal.code, rejected.refusal.status) == ("BackupService.6113", 400)

    stage.play(story)
    assert len(stage.posts) == 1


def test_a_throttled_request_was_not_carried_out_and_goes_again(stage: Stage) -> None:
    body = json.dumps({"error_code": "APIGW.0308", "error_msg": "slow down", "request_id": "0" * 32}).encode()
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "status", "before", status=429, body=body))

    async def story() -> None:
        intent = stage.session.outbox.submit(REFERENCE)
        await stage.until(intent.id, S.ACCEPTED)

    stage.play(story)
    assert len(stage.posts) == 2


def test_an_unreachable_service_leaves_the_request_in_the_queue(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", "/auth/tokens", "cut", times=4))

    async def story() -> None:
        intent = stage.session.outbox.submit(REFERENCE)
        while not stage.intent(intent.id).reason:
            await stage.clock.sleep(0.1)
        assert (stage.intent(intent.id).state, stage.intent(intent.id).reason) == (S.QUEUED, "unreachable")
        assert stage.posts == []
        await stage.until(intent.id, S.ACCEPTED)

    stage.play(story)
    assert len(stage.posts) == 1


def test_a_refused_login_keeps_the_request_until_somebody_logs_in(stage: Stage) -> None:
    refusal = b'{"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}'
    stage.service.faults.add(Fault("POST", "/auth/tokens", "status", status=401, body=refusal, times=None))

    async def story() -> None:
        intent = stage.session.outbox.submit(REFERENCE)
        while not stage.intent(intent.id).reason:
            await stage.clock.sleep(0.1)
        assert (stage.intent(intent.id).state, stage.intent(intent.id).reason) == (S.QUEUED, "login")
        await stage.clock.sleep(600)
        assert stage.intent(intent.id).state is S.QUEUED

    stage.play(story)
    assert stage.posts == []


def test_an_expired_token_costs_one_login_and_nobody_notices(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        stage.service.identity.tokens.revoke_all()
        intent = stage.session.outbox.submit(REFERENCE)
        await stage.until(intent.id, S.ACCEPTED)
        assert S.UNKNOWN not in stage.states[intent.id]

    stage.play(story)
    logins = [entry for entry in stage.service.journal if entry.method == "POST" and "/auth/tokens" in entry.path]
    assert (len(logins), len(stage.posts)) == (2, 2)
    assert [entry.status for entry in stage.service.journal.calls("POST", CHECKPOINTS)] == [401, 200]


def test_without_leave_to_read_tasks_backups_tell_what_became_of_a_lost_answer(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "after"))
    stage.service.modes.forbidden.add("cbr:tasks:list")

    async def story() -> None:
        intent = stage.session.outbox.submit(LOST)
        await stage.until(intent.id, S.ACCEPTED, S.FINISHED)
        assert stage.states[intent.id][:4] == [S.QUEUED, S.SENDING, S.UNKNOWN, S.ACCEPTED]

    stage.play(story)
    assert len(stage.posts) == 1


def test_a_task_that_tells_no_vault_is_found_although_no_backup_shows_yet(stage: Stage) -> None:
    task = {
        "id": "5b1a3c1e-6f0b-4a7d-9c55-0e3f3c2a7d11",
        "operation_type": "backup",
        "status": "running",
        "vault_id": None,
        "checkpoint_id": "8b0851a8-adf3-4f4c-a914-dead08bf9664",
        "created_at": stage.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000000"),
        "extra_info": {
            "resource": {"id": REFERENCE_RESOURCE_ID, "name": "ecs-1f0f-0002", "type": "OS::Nova::Server"},
            "backup": {"backup_id": "", "backup_name": LOST.name},
        },
    }
    logs = json.dumps({"operation_logs": [task], "count": 1}).encode()
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "before"))
    stage.service.faults.add(Fault("GET", "/operation-logs", "reply", status=200, body=logs))

    async def story() -> None:
        intent = stage.session.outbox.submit(LOST)
        found = await stage.until(intent.id, S.ACCEPTED, S.NOT_FOUND)
        assert found.state is S.ACCEPTED
        assert found.checkpoint is not None
        assert found.checkpoint.id == task["checkpoint_id"]

    stage.play(story)
    assert len(stage.posts) == 1


def test_tasks_that_appear_late_are_waited_for(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "after"))
    stage.service.modes.appears_after_seconds = 90

    async def story() -> None:
        intent = stage.session.outbox.submit(LOST)
        await stage.until(intent.id, S.FINISHED)

    stage.play(story)
    assert len(stage.posts) == 1


def test_a_request_without_a_name_is_found_among_backups_too(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "after"))
    stage.service.modes.forbidden.add("cbr:tasks:list")

    async def story() -> None:
        intent = stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID)))
        await stage.until(intent.id, S.UNKNOWN)
        await stage.clock.sleep(600)
        (candidate,) = stage.intent(intent.id).candidates
        assert stage.session.outbox.adopt(intent.id, candidate.id)
        await stage.until(intent.id, S.FINISHED)

    stage.play(story)
    assert len(stage.posts) == 1


def test_another_s_checkpoint_is_not_taken_for_the_lost_one(stage: Stage) -> None:
    async def story() -> None:
        first = stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID)))
        await stage.until(first.id, S.FINISHED)
        stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", "before"))
        second = stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID)))
        await stage.until(second.id, S.NOT_FOUND)

    stage.play(story)
    assert len(stage.posts) == 2


def test_leaving_waits_for_an_answer_that_is_on_its_way(stage: Stage) -> None:
    async def story() -> None:
        intent = stage.session.outbox.submit(REFERENCE)
        while stage.intent(intent.id).state is S.QUEUED:  # noqa: ASYNC110  a turn of the loop, not a while of time
            await asyncio.sleep(0)
        assert stage.intent(intent.id).state is S.SENDING
        await stage.session.outbox.calm(5.0)
        assert stage.intent(intent.id).state is S.ACCEPTED

    stage.play(story)


def test_a_throttled_request_keeps_its_pause_while_other_answers_come(stage: Stage) -> None:
    body = json.dumps({"error_code": "APIGW.0308", "error_msg": "slow down", "request_id": "0" * 32}).encode()
    headers = {"Retry-After": "30"}
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "status", status=429, body=body, headers=headers))

    async def story() -> None:
        began = stage.clock.now()
        intent = stage.session.outbox.submit(REFERENCE)
        while not stage.intent(intent.id).reason:
            await stage.clock.sleep(0.1)
        await stage.session.refresh.once()
        await stage.until(intent.id, S.ACCEPTED)
        assert (stage.clock.now() - began).total_seconds() >= 30

    stage.play(story)
    assert len(stage.posts) == 2


def test_a_pause_is_not_cut_short_by_another_checkpoint_that_ends(stage: Stage) -> None:
    body = json.dumps({"error_code": "APIGW.0308", "error_msg": "slow down", "request_id": "0" * 32}).encode()

    async def story() -> None:
        await stage.session.refresh.once()
        first = stage.session.outbox.submit(REFERENCE)
        await stage.until(first.id, S.ACCEPTED)
        headers = {"Retry-After": "60"}
        stage.service.faults.add(Fault("POST", CHECKPOINTS, "status", status=429, body=body, headers=headers))
        second = stage.session.outbox.submit(scsi_alone(stage))
        began = stage.clock.now()
        await stage.until(first.id, S.FINISHED)
        await stage.until(second.id, S.ACCEPTED, S.FINISHED)
        assert (stage.clock.now() - began).total_seconds() >= 60

    stage.play(story)
    assert len(stage.posts) == 3


def test_one_vault_takes_one_request_at_a_time(stage: Stage) -> None:
    async def story() -> None:
        first = stage.session.outbox.submit(REFERENCE)
        second = stage.session.outbox.submit(REFERENCE)
        await stage.until(first.id, S.ACCEPTED)
        assert stage.intent(second.id).state is S.QUEUED
        await stage.until(first.id, S.FINISHED)
        await stage.until(second.id, S.ACCEPTED)

    stage.play(story)
    assert len(stage.posts) == 2


def test_a_queued_request_can_be_taken_back_and_a_sent_one_cannot(stage: Stage) -> None:
    async def story() -> None:
        first = stage.session.outbox.submit(REFERENCE)
        second = stage.session.outbox.submit(REFERENCE)
        assert stage.session.outbox.cancel(second.id)
        await stage.until(first.id, S.ACCEPTED)
        assert not stage.session.outbox.cancel(first.id)
        await stage.until(first.id, S.FINISHED)
        assert stage.intent(second.id).state is S.CANCELLED

    stage.play(story)
    assert len(stage.posts) == 1


def test_a_restart_in_the_middle_of_sending_ends_in_looking_not_in_sending(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.service.faults.add(Fault("POST", CHECKPOINTS, "delay", "after", seconds=3600))

        async def crash() -> None:
            stage.session.outbox.submit(LOST)
            drain = asyncio.get_running_loop().create_task(stage.session.outbox.drain())
            while not stage.posts:
                await stage.clock.sleep(1)
            drain.cancel()
            await asyncio.gather(drain, return_exceptions=True)
            await stage.session.cloud.aclose()

        asyncio.run(crash())
        service, clock = stage.service, stage.clock
    with staged(tmp_path, service=service, clock=clock) as stage:
        (intent,) = stage.session.ledger.intents.values()
        assert intent.state is S.UNKNOWN
        stage.service.faults.clear()

        async def after() -> None:
            await stage.until(intent.id, S.ACCEPTED, S.NOT_FOUND)

        stage.play(after)
        assert len(stage.posts) == 1


def test_what_became_of_a_checkpoint_is_known_after_the_service_has_forgotten_it(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:

        async def story() -> None:
            await stage.session.refresh.once()
            intent = stage.session.outbox.submit(CheckpointDraft(vault_id(stage, "vault-web-prod"), name="n"))
            await stage.until(intent.id, S.FINISHED)

        stage.play(story)
        (before,) = (outcome_of(stage.session.ledger, intent) for intent in stage.session.ledger.intents.values())
    with staged(tmp_path, clock=stage.clock) as stage:
        (intent,) = stage.session.ledger.intents.values()
        assert stage.session.ledger.tasks == {}
        assert outcome_of(stage.session.ledger, intent) == before
        assert before is not None
        assert (before.total, before.count(Fate.DONE), before.count(Fate.SKIPPED)) == (7, 5, 2)


def test_what_the_disk_does_not_take_is_not_sent(stage: Stage) -> None:
    class Full:
        def add(self, _intent: object) -> None:
            raise NotSaved("outbox.db", "no space left")

    stage.session.outbox._rows.records = Full()  # type: ignore[assignment]

    async def story() -> None:
        with pytest.raises(NotSaved):
            stage.session.outbox.submit(REFERENCE)
        await stage.clock.sleep(60)

    stage.play(story)
    assert stage.posts == []
    assert stage.session.ledger.intents == {}
