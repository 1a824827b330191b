"""The list of restore points, put together from tasks, backups and requests."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.change import checkpoint_change, checkpoint_result
from cbr_desktop.domain.checkpoint import AcceptedResource, Checkpoint, SkippedResource
from cbr_desktop.domain.ids import BackupId, CheckpointId, IntentId, PolicyId, ResourceId, TaskId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState, Target
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.restore_point import Maker, PointState, RestorePoint
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.workflows.derived import at_once
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.restore_points import RestorePoints
from tests.stage import START

ID, V = CheckpointId("c"), VaultId("v")
PROFILE = Profile("p", iam_endpoint="", cbr_endpoint="", project="", user="", domain="")


def backup(number: int, status: str = BackupStatus.AVAILABLE, **more: Any) -> Backup:
    id, resource = BackupId(f"b{number}"), ResourceId(f"r{number}")
    made = Backup(id, f"nightly_000{number}", status, V, ID, resource, "", ResourceType.SERVER, 40, START)
    return replace(made, **more)


def task(number: int, status: str = TaskStatus.SUCCESS, **more: Any) -> Task:
    at, resource = START + timedelta(seconds=number), ResourceId(f"r{number}")
    ended = at + timedelta(minutes=number) if status in (TaskStatus.SUCCESS, TaskStatus.FAILED) else None
    made = Task(
        *(TaskId(f"t{number}{status}"), TaskType.BACKUP, status, 40, V, "vault-1", resource, "", "", ID, None),
        *(BackupId(f"b{number}"), f"nightly_000{number}", at, at, ended),
    )
    return replace(made, **more)


def intent(*, accepted: int = 1, skipped: int = 0, **more: Any) -> Intent:
    made = Checkpoint(
        ID,
        "available",
        START,
        V,
        accepted=tuple(AcceptedResource(ResourceId(f"r{n}"), "OS::Nova::Server", "") for n in range(1, accepted + 1)),
        skipped=tuple(SkippedResource(ResourceId(f"s{n}"), "OS::Nova::Server", "", "6215", "") for n in range(skipped)),
    )
    change = checkpoint_change(V, "vault-1", b"{}", "before-release")
    held = Intent(
        *(IntentId("i"), Target("p", "", ""), change, IntentState.FINISHED, START, START, START),
        result=checkpoint_result(made),
        by="me@here",
        draft="drafts/a.json",
    )
    return replace(held, **more)


def told(
    tasks: list[Task] | None = None, backups: list[Backup] | None = None, intents: list[Intent] | None = None
) -> list[RestorePoint]:
    ledger = Ledger(PROFILE)
    ledger.put_tasks(Listing(tasks or [], START))
    ledger.put_backups(Listing(backups or [], START))
    for each in intents or ():
        ledger.put_intent(each)
    made = RestorePoints(ledger)
    at_once(made.follow())
    return made.points


def test_backups_of_one_checkpoint_are_one_row() -> None:
    (point,) = told(backups=[backup(1, auto=True), backup(2, auto=True), backup(3, checkpoint_id=None)])
    assert (point.id, point.name, point.vault_id, point.state) == (ID, "nightly", V, PointState.FINISHED)
    assert (point.accepted, point.skipped, point.failed, point.left) == (2, None, 0, 2)
    assert (point.maker, point.started_at, point.ended_at) == (Maker.POLICY, START, None)


def test_tasks_tell_what_failed_how_long_it_took_and_which_policy_it_was() -> None:
    tasks = [task(1, policy_id=PolicyId("p1")), task(2, TaskStatus.FAILED, policy_id=PolicyId("p1"))]
    (point,) = told(tasks, [backup(1)])
    assert (point.state, point.accepted, point.failed, point.left) == (PointState.PARTIAL, 2, 1, 1)
    assert (point.vault_name, point.policy_id, point.maker) == ("vault-1", "p1", Maker.POLICY)
    assert (point.started_at, point.ended_at) == (START + timedelta(seconds=1), START + timedelta(seconds=122))


@pytest.mark.parametrize(
    ("tasks", "backups", "state"),
    [
        ([task(1), task(2, TaskStatus.RUNNING)], [backup(1)], PointState.RUNNING),
        ([task(1), task(2, "pondering")], [], PointState.RUNNING),
        ([task(1, TaskStatus.FAILED)], [], PointState.FAILED),
        ([task(1, TaskStatus.SKIPPED)], [], PointState.FAILED),
        ([task(1), task(2, TaskStatus.SKIPPED)], [], PointState.PARTIAL),
        ([task(1)], [], PointState.FINISHED),
        ([], [backup(1, BackupStatus.WAITING_PROTECT)], PointState.RUNNING),
        ([], [backup(1, BackupStatus.ERROR)], PointState.FAILED),
        ([], [backup(1), backup(2, BackupStatus.DELETING)], PointState.FINISHED),
        ([], [backup(1, "pondering")], PointState.UNKNOWN),
        ([task(1, TaskStatus.FAILED), replace(task(9), resource_id=ResourceId("r1"))], [], PointState.FINISHED),
    ],
)
def test_the_state_is_that_of_all_its_resources(tasks: list[Task], backups: list[Backup], state: PointState) -> None:
    (point,) = told(tasks, backups)
    assert point.state is state


def test_half_of_it_is_as_far_as_its_tasks_are() -> None:
    (point,) = told([task(1), task(2, TaskStatus.RUNNING, progress_percent=40)])
    assert (point.progress_percent, point.ended_at) == (70, None)


def test_an_own_request_tells_name_file_and_what_was_skipped_for_ever() -> None:
    (point,) = told([task(1)], [backup(1)], [intent(skipped=2)])
    assert (point.name, point.maker, point.by, point.draft) == (
        "before-release",
        Maker.PROGRAM,
        "me@here",
        "drafts/a.json",
    )
    assert (point.accepted, point.skipped, point.state) == (1, 2, PointState.PARTIAL)
    (point,) = told(intents=[intent(accepted=2)])
    assert (point.vault_id, point.vault_name, point.started_at) == (V, "vault-1", START)
    assert (point.accepted, point.left, point.state) == (2, 0, PointState.UNKNOWN)
    assert told(intents=[intent(result=None, state=IntentState.QUEUED)]) == []


def test_replicas_and_other_tasks_are_told_apart() -> None:
    (point,) = told([task(1, type=TaskType.REPLICATION)], [backup(1, image_type="replication", auto=True)])
    assert point.maker is Maker.REPLICATION
    assert told([task(1, type=TaskType.DELETE), task(2, type=TaskType.RESTORE)]) == []


def test_one_resource_keeps_a_name_that_ends_in_digits_and_several_need_one_stem() -> None:
    (one,) = told(backups=[backup(1, name="release-2024")])
    (several,) = told(backups=[backup(1, name="a-0001"), backup(2, name="b-0002")])
    assert (one.name, several.name, one.maker) == ("release-2024", "a-0001", Maker.PERSON)


def test_very_many_are_put_together_in_pieces_in_the_order_of_their_backups() -> None:
    rows = [
        backup(1, id=BackupId(f"b{n}"), checkpoint_id=CheckpointId(f"c{n}"), created_at=START - timedelta(hours=n % 97))
        for n in range(6000)
    ]
    ledger = Ledger(PROFILE)
    ledger.put_backups(Listing(rows, START))
    made = RestorePoints(ledger)
    pieces = list(made.follow())
    points = made.points
    assert len(pieces) > 5 and len(points) == 6000
    assert [p.id for p in points] == [row.checkpoint_id for row in rows]
