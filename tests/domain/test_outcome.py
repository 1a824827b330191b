"""The outcome of a checkpoint never calls part of it the whole."""

from datetime import UTC, datetime

from msgspec.structs import replace

from cbr_desktop.domain.checkpoint import AcceptedResource, Checkpoint, CheckpointStatus, SkippedResource
from cbr_desktop.domain.ids import CheckpointId, ResourceId, TaskId
from cbr_desktop.domain.outcome import Fate, outcome
from cbr_desktop.domain.task import Task, TaskStatus, TaskType

CHECKPOINT = CheckpointId("8b0851a8-adf3-4f4c-a914-dead08bf9664")
AT = datetime(2026, 1, 2, tzinfo=UTC)


def checkpoint(accepted: int, skipped: int, status: str = CheckpointStatus.PROTECTING) -> Checkpoint:
    return Checkpoint(
        CHECKPOINT,
        status,
        accepted=tuple(AcceptedResource(ResourceId(f"a{n}"), "t", f"ecs-{n}") for n in range(accepted)),
        skipped=tuple(SkippedResource(ResourceId(f"s{n}"), "t", f"off-{n}", "6215", "state") for n in range(skipped)),
    )


def task(number: int, status: str, progress: int = 0) -> Task:
    return Task(
        TaskId(f"t{number}{status}"), TaskType.BACKUP, status, progress, None, "", ResourceId(f"a{number}"),
        f"ecs-{number}", "t", CHECKPOINT, None, None, "", AT, AT, None,
    )  # fmt: skip


def test_five_of_seven_is_not_whole() -> None:
    result = outcome(checkpoint(5, 2), [task(n, TaskStatus.SUCCESS, 100) for n in range(5)])
    assert (result.total, result.count(Fate.DONE), result.count(Fate.SKIPPED)) == (7, 5, 2)
    assert result.is_over
    assert not result.is_whole


def test_all_of_them_is() -> None:
    assert outcome(checkpoint(2, 0), [task(n, TaskStatus.SUCCESS, 100) for n in range(2)]).is_whole


def test_nothing_accepted_is_over_and_not_whole() -> None:
    result = outcome(checkpoint(0, 2), [])
    assert result.is_over
    assert not result.is_whole
    assert result.progress_percent == 100
    empty = outcome(checkpoint(0, 0), [])
    assert not empty.is_whole


def test_a_failure_and_a_timeout_are_failures() -> None:
    result = outcome(checkpoint(2, 0), [task(0, TaskStatus.FAILED), task(1, TaskStatus.TIMEOUT)])
    assert result.count(Fate.FAILED) == 2


def test_progress_is_the_mean_of_the_accepted() -> None:
    result = outcome(checkpoint(2, 3), [task(0, TaskStatus.SUCCESS, 100), task(1, TaskStatus.RUNNING, 50)])
    assert result.progress_percent == 75
    assert not result.is_over


def test_a_state_of_a_later_version_counts_as_not_finished() -> None:
    result = outcome(checkpoint(1, 0), [task(0, "hibernating", 10)])
    assert result.resources[0].fate is Fate.RUNNING
    assert result.resources[0].status == "hibernating"


def test_a_resource_without_a_task_waits_until_the_checkpoint_has_ended() -> None:
    assert outcome(checkpoint(1, 0), []).resources[0].fate is Fate.WAITING
    assert outcome(checkpoint(1, 0, "available"), []).resources[0].fate is Fate.UNCERTAIN


def test_other_checkpoints_and_older_tasks_do_not_count() -> None:
    other = replace(task(0, TaskStatus.SUCCESS), checkpoint_id=CheckpointId("x"))
    older = replace(task(0, TaskStatus.FAILED), created_at=datetime(2025, 1, 1, tzinfo=UTC))
    result = outcome(checkpoint(1, 0), [other, task(0, TaskStatus.RUNNING, 5), older])
    assert result.resources[0].fate is Fate.RUNNING


def test_tasks_tell_about_resources_that_the_answer_did_not_name() -> None:
    result = outcome(checkpoint(0, 0), [task(3, TaskStatus.RUNNING, 40)])
    assert [resource.name for resource in result.resources] == ["ecs-3"]
