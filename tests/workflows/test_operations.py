"""Stories of changes other than checkpoints: a lost answer is read for, and only what is proved undone goes again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cbr_desktop.domain.backup import Backup, BackupDeletion, BackupRename, BackupStatus
from cbr_desktop.domain.change import PRIOR_ID, Change, Kind, Subject, SubjectType
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import BackupId, VaultId
from cbr_desktop.domain.intent import IntentState, Origin
from cbr_desktop.domain.policy import PolicyDraft
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.text.intents import intent_sentence
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from cbr_desktop.workflows.outcomes import outcome_of
from tests.stage import Stage, staged

S = IntentState
NIGHTLY = PolicyDraft("nightly-new", ("FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR=01;BYMINUTE=00",), retention_days=30)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


async def a_backup(stage: Stage) -> Backup:
    """Return a backup that may be deleted, as the service lists it."""
    listing = await stage.session.cloud.backups()
    stage.session.ledger.put_backups(listing)
    return next(
        each for each in listing.rows if each.status == BackupStatus.AVAILABLE and not each.auto and each.vault_id
    )


def asked(stage: Stage, method: str, path: str) -> list[bytes]:
    """Return the bodies of the requests of a method to a path that have reached the service."""
    return [each.body for each in stage.service.journal if each.method == method and path in each.path]


def lost(stage: Stage, method: str, path: str, when: str, times: int | None = 1) -> None:
    """Lose the answers to requests ``before`` or ``after`` they were carried out."""
    stage.service.faults.add(Fault(method, path, "cut", when, times=times))  # type: ignore[arg-type]


def test_a_deletion_is_followed_until_the_backup_is_gone(stage: Stage) -> None:
    async def story() -> None:
        backup = await a_backup(stage)
        made = stage.session.outbox.submit(BackupDeletion(backup.id))
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None
        assert ended.outcome.is_whole
        assert backup.id not in stage.service.estate.backups

    stage.play(story)
    assert len(asked(stage, "DELETE", "/backups/")) == 1


@pytest.mark.parametrize("seconds", [0, 20, 600])
def test_a_deletion_whose_answer_is_lost_is_found_by_reading_and_not_sent_again(stage: Stage, seconds: int) -> None:
    stage.service.modes.deletion_seconds = seconds

    async def story() -> None:
        backup = await a_backup(stage)
        lost(stage, "DELETE", "/backups/[^/]+", "after")
        made = stage.session.outbox.submit(BackupDeletion(backup.id))
        ended = await stage.until(made.id, S.FINISHED)
        assert (ended.outcome is not None, ended.sends) == (True, 1)
        await stage.clock.sleep(3600)

    stage.play(story)
    assert len(asked(stage, "DELETE", "/backups/")) == 1


def test_a_deletion_that_never_arrived_goes_again_once_reading_has_proved_that(stage: Stage) -> None:
    async def story() -> None:
        backup = await a_backup(stage)
        lost(stage, "DELETE", "/backups/[^/]+", "before")
        made = stage.session.outbox.submit(BackupDeletion(backup.id))
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.sends == 2
        assert stage.states[made.id] == [S.QUEUED, S.SENDING, S.UNKNOWN, S.QUEUED, S.SENDING, S.ACCEPTED, S.FINISHED]

    stage.play(story)
    assert len(asked(stage, "DELETE", "/backups/")) == 2


def test_a_deletion_that_arrives_while_it_is_looked_for_is_not_sent_again(stage: Stage) -> None:
    async def story() -> None:
        backup = await a_backup(stage)
        lost(stage, "DELETE", "/backups/[^/]+", "before")
        made = stage.session.outbox.submit(BackupDeletion(backup.id))
        while sum(looked.times for looked in stage.intent(made.id).looked) < 3:
            await stage.clock.sleep(1)
        stage.service.estate.backups[backup.id].status = "deleting"
        accepted = await stage.until(made.id, S.ACCEPTED)
        assert (accepted.reason, accepted.sends) == ("reconciled", 1)

    stage.play(story)
    assert len(asked(stage, "DELETE", "/backups/")) == 1


def test_what_never_arrives_is_sent_three_times_and_then_left_to_a_person(stage: Stage) -> None:
    async def story() -> None:
        backup = await a_backup(stage)
        lost(stage, "DELETE", "/backups/[^/]+", "before", times=None)
        made = stage.session.outbox.submit(BackupDeletion(backup.id))
        left = await stage.until(made.id, S.NOT_FOUND)
        assert left.sends == 3
        await stage.clock.sleep(3600)

    stage.play(story)
    assert len(asked(stage, "DELETE", "/backups/")) == 3


def test_what_was_confirmed_long_ago_is_not_sent_again_by_itself(stage: Stage) -> None:
    async def story() -> None:
        backup = await a_backup(stage)
        lost(stage, "DELETE", "/backups/[^/]+", "before")
        stage.service.faults.add(Fault("GET", "/backups/[^/]+", "cut", "before", times=120))
        made = stage.session.outbox.submit(BackupDeletion(backup.id))
        held = await stage.until(made.id, S.HELD)
        assert (held.reason, held.sends) == ("stale", 1)
        assert stage.clock.now() - (held.confirmed_at or stage.clock.now()) > timedelta(minutes=15)

    stage.play(story)
    assert len(asked(stage, "DELETE", "/backups/")) == 1


def test_a_backup_that_is_gone_already_is_a_deletion_that_is_done(stage: Stage) -> None:
    async def story() -> None:
        backup = await a_backup(stage)
        first = stage.session.outbox.submit(BackupDeletion(backup.id))
        await stage.until(first.id, S.FINISHED)
        second = stage.session.outbox.submit(BackupDeletion(backup.id))
        ended = await stage.until(second.id, S.FINISHED)
        assert ended.outcome is not None
        assert ended.outcome.is_whole

    stage.play(story)


def test_a_gateway_that_knows_no_such_operation_refuses_it_at_once_for_good(stage: Stage) -> None:
    """Nothing is behind it, so that nothing can have been done: one request, and no look for what became of it."""

    async def story() -> None:
        backup = await a_backup(stage)
        stage.service.modes.missing.add("backups")
        seen = len(stage.service.journal)
        made = stage.session.outbox.submit(BackupDeletion(backup.id))
        refused = await stage.until(made.id, S.REJECTED)
        await stage.clock.sleep(3600)
        own = [each for each in stage.service.journal[seen:] if backup.id in each.path]
        assert [each.method for each in own] == ["DELETE"]
        assert (refused.sends, stage.intent(made.id).state) == (1, S.REJECTED)
        said = intent_sentence(refused, None, stage.clock.now())
        assert "This region does not have this operation" in said and "Nothing was done" in said
        assert backup.id in stage.service.estate.backups

    stage.play(story)


def test_a_404_that_is_not_the_gateways_own_word_leaves_the_outcome_unknown(stage: Stage) -> None:
    """A machine on the way may say it in the name of a service that has done it."""

    async def story() -> None:
        backup = await a_backup(stage)
        body = b'{"error_code": "PROXY.0101", "error_msg": "The API does not exist"}'
        fault = Fault("DELETE", f"/backups/{backup.id}", "status", "after", status=404, body=body)
        stage.service.faults.add(fault)
        made = stage.session.outbox.submit(BackupDeletion(backup.id))
        await stage.until(made.id, S.UNKNOWN)
        ended = await stage.until(made.id, S.FINISHED)
        assert (ended.sends, backup.id in stage.service.estate.backups) == (1, False)

    stage.play(story)


def test_a_gateway_that_knows_no_such_operation_proves_no_deletion(stage: Stage) -> None:
    """It says 404 as well, in its own words, to every look for a deletion whose answer was lost."""

    async def story() -> None:
        backup = await a_backup(stage)
        lost(stage, "DELETE", "/backups/[^/]+", "before")
        stage.service.modes.missing.add("backups")
        made = stage.session.outbox.submit(BackupDeletion(backup.id))
        await stage.until(made.id, S.UNKNOWN)
        await stage.clock.sleep(3600)
        left = stage.intent(made.id)
        assert (left.state, left.sends, left.result) == (S.UNKNOWN, 1, None)
        assert backup.id in stage.service.estate.backups

    stage.play(story)


@pytest.mark.parametrize(("when", "times"), [("after", 1), ("before", 2)])
def test_a_renaming_is_known_by_the_name_that_the_backup_has(stage: Stage, when: str, times: int) -> None:
    async def story() -> None:
        backup = await a_backup(stage)
        lost(stage, "PUT", "/backups/[^/]+", when)
        made = stage.session.outbox.submit(BackupRename(backup.id, "kept-for-audit"))
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.sends == times
        assert (await stage.session.cloud.backup(backup.id)).name == "kept-for-audit"

    stage.play(story)
    assert len(asked(stage, "PUT", "/backups/")) == times


def test_what_is_done_to_one_backup_is_done_one_after_the_other(stage: Stage) -> None:
    async def story() -> None:
        backup = await a_backup(stage)
        renamed = stage.session.outbox.submit(BackupRename(backup.id, "for-a-moment"))
        deleted = stage.session.outbox.submit(BackupDeletion(backup.id))
        assert stage.session.outbox.ahead_of(deleted) is None
        await stage.until(deleted.id, S.FINISHED)
        assert stage.intent(renamed.id).state is S.FINISHED
        methods = [e.method for e in stage.service.journal if e.method in ("PUT", "DELETE")]
        assert methods == ["PUT", "DELETE"]

    stage.play(story)


@pytest.mark.parametrize(("when", "times"), [("after", 1), ("before", 2)])
def test_a_policy_whose_answer_is_lost_is_made_once(stage: Stage, when: str, times: int) -> None:
    async def story() -> None:
        await stage.session.cloud.vaults()
        lost(stage, "POST", "/policies", when)
        made = stage.session.outbox.submit(NIGHTLY)
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.sends == times
        named = [each for each in stage.service.estate.policies.values() if each.name == NIGHTLY.name]
        assert [each.id for each in named] == [ended.result.id if ended.result else ""]

    stage.play(story)
    assert len(asked(stage, "POST", "/policies")) == times


def test_a_policy_of_the_name_from_before_is_nobody_s_proof(stage: Stage) -> None:
    async def story() -> None:
        first = stage.session.outbox.submit(NIGHTLY)
        await stage.until(first.id, S.FINISHED)
        await stage.clock.sleep(7200)
        lost(stage, "POST", "/policies", "before")
        second = stage.session.outbox.submit(NIGHTLY)
        ended = await stage.until(second.id, S.FINISHED)
        assert ended.sends == 2
        assert len({stage.intent(each.id).result for each in (first, second)}) == 2

    stage.play(story)


def associating(prior: str) -> Change:
    """Return a change that stands for one that takes the id of a policy."""
    return Change(
        Kind.RENAME_BACKUP, Subject(SubjectType.BACKUP, prior), "backup:x", "PUT", f"backups/{prior}", b"{}", "n"
    )


def test_a_request_waits_for_another_and_takes_the_id_of_what_that_made(stage: Stage) -> None:
    """The id stands in the path and in the body of what is sent, and in the row before it leaves."""

    async def story() -> None:
        backup = await a_backup(stage)
        first = stage.session.outbox.submit(BackupRename(backup.id, "first-name"))
        body = f'{{"backup": {{"name": "of-{PRIOR_ID}"}}}}'.encode()
        second = Change(
            Kind.RENAME_BACKUP,
            Subject(SubjectType.BACKUP, backup.id),
            "backup:waits",
            "PUT",
            f"backups/{PRIOR_ID}",
            body,
            f"of-{backup.id}",
        )
        waits = stage.session.outbox.submit(second, after=first.id)
        ahead = stage.session.outbox.ahead_of(waits)
        assert ahead is not None
        assert ahead.id == first.id
        ended = await stage.until(waits.id, S.FINISHED)
        assert ended.change.path == f"backups/{backup.id}"
        assert ended.body == f'{{"backup": {{"name": "of-{backup.id}"}}}}'.encode()
        assert (await stage.session.cloud.backup(backup.id)).name == f"of-{backup.id}"

    stage.play(story)


def test_a_request_whose_prior_failed_is_held_with_that_reason(stage: Stage) -> None:
    async def story() -> None:
        nobody = BackupId("00000000-0000-4000-a000-000000000000")
        first = stage.session.outbox.submit(BackupRename(nobody, "whatever"))
        waits = stage.session.outbox.submit(NIGHTLY, after=first.id)
        held = await stage.until(waits.id, S.HELD)
        assert stage.intent(first.id).state is S.REJECTED
        assert held.reason == "prior-failed"

    stage.play(story)
    assert asked(stage, "POST", "/policies") == []


def test_a_change_that_needs_a_result_is_not_taken_without_one_to_wait_for(stage: Stage) -> None:
    async def story() -> None:
        with pytest.raises(ValueError, match="waits for none"):
            stage.session.outbox.submit(associating(PRIOR_ID))

    stage.play(story)


def test_rows_of_every_kind_come_back_as_they_were(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:

        async def story() -> None:
            backup = await a_backup(stage)
            wanted = (BackupDeletion(backup.id), BackupRename(backup.id, "x7k2"), NIGHTLY)
            made = [stage.session.outbox.submit(each, held=True) for each in wanted]
            made.append(stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="n"), held=True))
            ended = stage.session.outbox.submit(BackupRename(backup.id, "done-by-then"))
            made.append(await stage.until(ended.id, S.FINISHED))
            made.append(stage.session.outbox.submit(BackupDeletion(backup.id), held=True, after=ended.id))
            kept.extend(made)

        kept: list[object] = []
        stage.play(story)
    with staged(tmp_path) as again:
        again.session.outbox.restore()
        assert [again.intent(each.id) for each in kept] == kept  # type: ignore[attr-defined]


def test_what_a_dead_command_lost_is_held_and_not_repeated_by_the_window(tmp_path: Path) -> None:
    """Reading proves that the deletion did not arrive; the command that asked for it is gone, so a person decides."""
    with staged(tmp_path) as stage:

        async def story() -> None:
            backup = await a_backup(stage)
            row = stage.session.outbox.submit(BackupDeletion(backup.id), held=True)
            sent = row.moved(
                S.UNKNOWN,
                stage.clock.now(),
                origin=Origin.COMMAND,
                sent_at=stage.clock.now(),
                service_sent_at=stage.clock.now(),
                sends=1,
                reason="interrupted",
            )
            stage.session.outbox._own._ids.clear()
            stage.session.ledger.put_intent(sent)
            left = await stage.until(row.id, S.HELD)
            assert left.reason == "left"

        stage.play(story)
        assert asked(stage, "DELETE", "/backups/") == []


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_an_operation(kind: Kind) -> None:
    assert OPERATIONS[kind].kind is kind


def test_a_draft_that_no_operation_knows_is_an_error_of_the_caller(stage: Stage) -> None:
    with pytest.raises(TypeError, match="no operation takes a int"):
        change_of(7, stage.session.ledger)


def test_an_outcome_is_told_as_long_as_the_service_is_at_it(stage: Stage) -> None:
    async def story() -> None:
        backup = await a_backup(stage)
        made = stage.session.outbox.submit(BackupDeletion(backup.id))
        accepted = await stage.until(made.id, S.ACCEPTED)
        outcome = outcome_of(stage.session.ledger, accepted)
        assert outcome is not None
        assert not outcome.is_over

    stage.play(story)
