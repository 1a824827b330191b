"""Several ledgers that are looked at together, and a guard in front of one."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.error import LoginRefused, ReadOnly
from cbr_desktop.domain.ids import CheckpointId, ResourceId, TaskId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.listing import Listing, Shortfall
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.workflows.guard import Guard
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.scope import Scope
from tests.stage import START, StageClock, staged
from tests.storage.values import profile

DRAFT = CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="n")


def holder(number: int) -> Vault:
    """A vault with one server."""
    resource = Resource(ResourceId(f"server-{number}"), ResourceType.SERVER, f"ecs-{number}", 40)
    id = VaultId(f"vault-{number}")
    return Vault(id, id, VaultKind.SERVER, ProtectType.BACKUP, VaultStatus.AVAILABLE, 100, 0, resources=[resource])


BUILT = [holder(number) for number in range(4)]


def running(id: TaskId, checkpoint_id: CheckpointId) -> Task:
    """A task of a checkpoint."""
    return Task(
        id=id,
        type=TaskType.BACKUP,
        status=TaskStatus.RUNNING,
        progress_percent=1,
        vault_id=None,
        vault_name="",
        resource_id=None,
        resource_name="",
        resource_type="",
        checkpoint_id=checkpoint_id,
        policy_id=None,
        backup_id=None,
        backup_name="",
        created_at=START,
        started_at=None,
        ended_at=None,
    )


def ledger(name: str, *places: int) -> Ledger:
    """A ledger that has read some of the vaults."""
    made = Ledger(profile(name=name), lambda _part: None)
    made.put_vaults(Listing([BUILT[place] for place in places], START))
    return made


def unprotected(id: str) -> Protectable:
    return Protectable(ResourceId(id), ResourceType.SERVER, id)


def test_one_member_is_passed_through_as_it_is() -> None:
    alone = ledger("a", 0, 1)
    scope = Scope([alone])
    assert scope.vaults is alone.vaults
    assert scope.freshness is alone.freshness
    assert not scope.is_merged


def test_vaults_of_all_members_are_there_and_each_has_its_owner() -> None:
    a, b = ledger("a", 0, 1), ledger("b", 2)
    scope = Scope([a, b])
    assert set(scope.vaults) == {BUILT[0].id, BUILT[1].id, BUILT[2].id}
    assert scope.owners(BUILT[2].id) == [b]
    assert scope.owners(VaultId("nowhere")) == []


def test_a_vault_that_two_profiles_see_is_there_once_and_has_both() -> None:
    a, b = ledger("a", 0), ledger("b", 0, 1)
    scope = Scope([a, b])
    assert len(scope.vaults) == 2
    assert scope.vaults[BUILT[0].id] is a.vaults[BUILT[0].id]
    assert scope.owners(BUILT[0].id) == [a, b]
    rows = [row.resource.id for row in scope.resource_rows()]
    assert len(rows) == len(set(rows))


def test_a_resource_is_not_unprotected_when_another_member_has_it_in_a_vault() -> None:
    a, b = ledger("a", 0), ledger("b")
    inside = next(iter(BUILT[0].resources)).id
    b.put_protectables(Listing([unprotected(inside), unprotected("free")], START))
    rows = {row.resource.id: row for row in Scope([a, b]).resource_rows()}
    assert rows[inside].vault is not None
    assert rows[ResourceId("free")].vault is None
    assert Scope([a, b]).sighters(rows[ResourceId("free")]) == [b]


def test_fault_96_a_resource_whose_vault_is_not_listed_is_there_and_not_called_unprotected() -> None:
    a, b = ledger("a", 0), ledger("b", 1)
    hidden = replace(unprotected("hidden"), vault_id=VaultId("not-listed"))
    a.put_protectables(Listing([hidden, unprotected("free")], START))
    for scope in (Scope([a]), Scope([a, b])):
        rows = {row.resource.id: row for row in scope.resource_rows()}
        assert (rows[ResourceId("hidden")].vault, rows[ResourceId("hidden")].unlisted_vault) == (None, "not-listed")
        assert rows[ResourceId("free")].unlisted_vault is None
        assert all(each.unlisted_vault is None for each in rows.values() if each.vault is not None)


def test_fault_88_a_shortfall_of_one_member_is_that_of_all() -> None:
    a, b = ledger("a", 0), ledger("b", 1)
    b.put_vaults(Listing([BUILT[1]], START, False, shortfall=Shortfall.ROWS))
    freshness = Scope([a, b]).freshness[Part.VAULTS]
    assert (freshness.complete, freshness.shortfall) == (False, Shortfall.ROWS)


def test_what_was_joined_is_joined_anew_when_a_member_has_changed() -> None:
    a, b = ledger("a", 0), ledger("b")
    scope = Scope([a, b])
    assert len(scope.vaults) == 1
    b.put_vaults(Listing([BUILT[3]], START))
    scope.forget(Part.VAULTS)
    assert len(scope.vaults) == 2


def test_the_whole_is_as_old_as_its_oldest_part_and_whole_only_when_all_are() -> None:
    a, b, c = ledger("a", 0), ledger("b", 1), Ledger(profile(), lambda _part: None)
    b.put_vaults(Listing([], START - timedelta(hours=1)))
    both = Scope([a, b]).freshness[Part.VAULTS]
    assert (both.as_of, both.complete) == (START - timedelta(hours=1), True)
    error = LoginRefused("h", status=401)
    c.failed(Part.VAULTS, error)
    three = Scope([a, b, c]).freshness[Part.VAULTS]
    assert (three.complete, three.error) == (False, error)


def test_tasks_of_a_checkpoint_are_found_wherever_they_are() -> None:
    a, b = ledger("a"), ledger("b")
    task = running(TaskId("t"), CheckpointId("c"))
    b.put_tasks(Listing([task], START))
    scope = Scope([a, b])
    assert scope.tasks_of(CheckpointId("c")) == [task]
    assert scope.tellers(TaskId("t")) == [b]


# the guard


def guarded(environment: Environment, read_only: bool | None) -> Profile:
    return profile(environment=environment, read_only=read_only)


@pytest.mark.parametrize(
    ("environment", "read_only", "is_open"),
    [
        (Environment.PRODUCTION, None, False),
        (Environment.PRODUCTION, False, True),
        (Environment.STAGING, None, True),
        (Environment.TEST, True, False),
    ],
)
def test_production_is_read_only_unless_the_profile_says_otherwise(
    environment: Environment, read_only: bool | None, is_open: bool
) -> None:
    assert Guard(guarded(environment, read_only), StageClock()).is_open is is_open


def test_arming_lasts_for_its_minutes_and_can_be_ended_before() -> None:
    clock = StageClock()
    guard = Guard(guarded(Environment.PRODUCTION, None), clock)
    guard.arm(5)
    assert guard.is_open
    clock.advance(299)
    guard.check()
    clock.advance(1)
    with pytest.raises(ReadOnly):
        guard.check()
    guard.arm(60)
    guard.disarm()
    assert guard.armed_until is None


def test_a_request_through_a_profile_that_is_not_armed_leaves_nothing_behind(tmp_path: Path) -> None:
    with staged(tmp_path, profile=replace(DEMO, read_only=True)) as stage:
        with pytest.raises(ReadOnly):
            stage.session.outbox.submit(DRAFT)
        assert not stage.session.ledger.intents
        stage.session.guard.arm(5)

        async def story() -> None:
            intent = stage.session.outbox.submit(DRAFT)
            stage.session.guard.disarm()
            await stage.until(intent.id, IntentState.FINISHED)

        stage.play(story)
        assert len(stage.posts) == 1


def test_a_request_waits_when_its_profile_was_turned_elsewhere(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        id = stage.session.outbox.submit(DRAFT).id
    with staged(tmp_path, profile=replace(DEMO, cbr_endpoint="https://cbr.elsewhere.invalid")) as stage:

        async def elsewhere() -> None:
            await stage.clock.sleep(300)

        stage.play(elsewhere)
        assert (stage.intent(id).state, stage.intent(id).reason) == (IntentState.HELD, "elsewhere")
        assert not stage.posts
    with staged(tmp_path) as stage:

        async def back() -> None:
            await stage.until(id, IntentState.FINISHED)

        stage.play(back)
        assert len(stage.posts) == 1
