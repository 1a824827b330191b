"""Stories of what may go: it goes at once, and nobody waits for the next look at the clock."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from tests.stage import Stage, StageClock, staged

S = IntentState
ONE = CheckpointDraft(
    VaultId(REFERENCE_VAULT_ID),
    name="at-once-x7k2",
    resources=(ResourceChoice(ResourceId(REFERENCE_RESOURCE_ID), "OS::Nova::Server", "ecs-1f0f-0002"),),
)
TURNS = 3000
"""Turns of the loop in which all must happen that needs no time."""


class StoppedClock(StageClock):
    """A clock that does not run while it is stopped: who waits for a time waits for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.is_stopped = False

    async def wait(self, waiter: asyncio.Future[None], seconds: float) -> None:
        if self.is_stopped:
            await waiter
        await super().wait(waiter, seconds)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


async def until_sent(stage: Stage, id: IntentId) -> bool:
    """Tell whether a request reaches the service although no time passes."""
    for _ in range(TURNS):
        if stage.intent(id).state not in (S.HELD, S.SCHEDULED, S.QUEUED, S.SENDING):
            return True
        await asyncio.sleep(0)
    return False


def told(folder: Path, clock: StoppedClock, story: Callable[[Stage], object]) -> Stage:
    with staged(folder, clock=clock) as stage:
        stage.play(lambda: story(stage))
    return stage


def test_a_released_request_goes_at_once(folder: Path, clock: StoppedClock) -> None:
    async def story(stage: Stage) -> None:
        await stage.session.refresh.once()
        intent = stage.session.outbox.submit(ONE, held=True)
        await clock.sleep(3600)
        await stage.session.refresh.once()
        clock.is_stopped = True
        stage.session.outbox.release(intent.id)
        assert await until_sent(stage, intent.id)

    assert len(told(folder, clock, story).posts) == 1


def test_what_was_released_by_old_data_goes_as_soon_as_there_are_newer_ones(folder: Path, clock: StoppedClock) -> None:
    async def story(stage: Stage) -> None:
        await stage.session.refresh.once()
        intent = stage.session.outbox.submit(ONE, held=True)
        await clock.sleep(3600)
        clock.is_stopped = True
        stage.service.faults.add(Fault("GET", "/vaults", "status", status=403, times=None))
        stage.session.outbox.release(intent.id)
        assert not await until_sent(stage, intent.id)
        stage.service.faults.clear()
        await stage.session.refresh.once()
        assert await until_sent(stage, intent.id)

    assert len(told(folder, clock, story).posts) == 1


def test_whoever_confirms_by_old_data_has_them_read_anew(folder: Path, clock: StoppedClock) -> None:
    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as tasks:
            lists = tasks.create_task(stage.session.refresh.run())
            intent = stage.session.outbox.submit(ONE, held=True)
            await clock.sleep(60)
            clock.is_stopped = True
            # the machine slept, and whatever waited for a time has not noticed yet
            clock.advance(3600)
            stage.session.outbox.release(intent.id)
            assert await until_sent(stage, intent.id)
            lists.cancel()

    assert len(told(folder, clock, story).posts) == 1


def test_what_waited_for_the_line_goes_when_the_line_is_back(folder: Path, clock: StoppedClock) -> None:
    async def story(stage: Stage) -> None:
        await stage.session.refresh.once()
        stage.cable.is_plugged = False
        await stage.session.refresh.once()
        intent = stage.session.outbox.submit(ONE)
        await clock.sleep(3)
        assert (stage.intent(intent.id).state, stage.intent(intent.id).reason) == (S.QUEUED, "unreachable")
        clock.is_stopped = True
        stage.cable.is_plugged = True
        assert not await until_sent(stage, intent.id)
        await stage.session.refresh.once()
        assert await until_sent(stage, intent.id)

    assert len(told(folder, clock, story).posts) == 1


def test_what_is_released_is_tried_although_another_has_just_met_no_line(folder: Path, clock: StoppedClock) -> None:
    async def story(stage: Stage) -> None:
        await stage.session.refresh.once()
        others = [vault.id for vault in stage.session.ledger.vaults.values() if vault.id != REFERENCE_VAULT_ID]
        waiting = stage.session.outbox.submit(ONE, held=True)
        stage.cable.is_plugged = False
        cut_off = stage.session.outbox.submit(CheckpointDraft(others[0], name="cut-off"))
        await clock.sleep(1)
        assert stage.intent(cut_off.id).reason == "unreachable"
        await clock.sleep(2)
        clock.is_stopped = True
        stage.cable.is_plugged = True
        stage.session.outbox.release(waiting.id)
        assert await until_sent(stage, waiting.id)
        assert stage.intent(cut_off.id).state is S.QUEUED

    assert len(told(folder, clock, story).posts) == 1


def test_the_next_request_of_a_vault_goes_when_the_one_before_has_ended(folder: Path, clock: StoppedClock) -> None:
    async def story(stage: Stage) -> None:
        await stage.session.refresh.once()
        first = stage.session.outbox.submit(ONE)
        second = stage.session.outbox.submit(replace(ONE, name="second"))
        await stage.until(second.id, S.ACCEPTED)
        assert stage.intent(second.id).sent_at == stage.intent(first.id).changed_at

    assert len(told(folder, clock, story).posts) == 2


def test_the_next_request_of_a_vault_goes_when_the_one_before_has_left_no_trace(
    folder: Path, clock: StoppedClock
) -> None:
    async def story(stage: Stage) -> None:
        await stage.session.refresh.once()
        stage.service.faults.add(Fault("POST", "/checkpoints", "cut", "before"))
        first = stage.session.outbox.submit(ONE)
        second = stage.session.outbox.submit(replace(ONE, name="second"))
        async with asyncio.TaskGroup() as tasks:
            lists = tasks.create_task(stage.session.refresh.run())
            await stage.until(second.id, S.ACCEPTED)
            lists.cancel()
        assert stage.intent(second.id).sent_at == stage.intent(first.id).changed_at

    assert len(told(folder, clock, story).posts) == 2


@pytest.mark.parametrize("seconds", [0.5, 7, 10, 3601, 3607.25])
def test_a_scheduled_request_goes_at_its_time(folder: Path, clock: StoppedClock, seconds: float) -> None:
    async def story(stage: Stage) -> None:
        await stage.session.refresh.once()
        later = stage.session.outbox.submit(replace(ONE, name="later"), due_at=clock.now() + timedelta(days=2))
        await clock.sleep(3)
        due = clock.now() + timedelta(seconds=seconds)
        intent = stage.session.outbox.submit(ONE, due_at=due)
        async with asyncio.TaskGroup() as tasks:
            lists = tasks.create_task(stage.session.refresh.run())
            await stage.until(intent.id, S.ACCEPTED)
            lists.cancel()
        assert stage.intent(intent.id).sent_at == due
        assert stage.intent(later.id).state is S.SCHEDULED

    assert len(told(folder, clock, story).posts) == 1


def test_a_clock_that_is_set_is_noticed_by_the_next_tick(folder: Path, clock: StoppedClock) -> None:
    async def story(stage: Stage) -> None:
        intent = stage.session.outbox.submit(ONE, due_at=clock.now() + timedelta(hours=8))
        await clock.sleep(1)
        clock.advance(8 * 3600)
        set_at = clock.now()
        await stage.until(intent.id, S.ACCEPTED)
        sent_at = stage.intent(intent.id).sent_at
        assert sent_at is not None
        assert sent_at - set_at <= timedelta(seconds=10)

    assert len(told(folder, clock, story).posts) == 1
