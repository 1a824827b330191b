"""After a sleep of the machine everything is looked at once, not as often as it was missed."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.workflows.pacing import EVERY_SECONDS
from tests.stage import Stage, StageClock, staged

NIGHT = timedelta(hours=9)


class SleepyClock(StageClock):
    """A clock of a machine that falls asleep once: the time on the wall goes on, what was being waited for does not."""

    def __init__(self) -> None:
        super().__init__()
        self._asleep = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self._asleep

    def fall_asleep(self, duration: timedelta) -> None:
        self._asleep += duration


def reads(stage: Stage, path: str) -> int:
    return len(stage.service.journal.calls("GET", path))


@pytest.mark.parametrize("gap", [NIGHT, timedelta(days=6), -NIGHT])
def test_the_lists_are_read_once_after_a_sleep_and_then_as_always(tmp_path: Path, gap: timedelta) -> None:
    clock = SleepyClock()
    with staged(tmp_path, clock=clock) as stage:

        async def story() -> None:
            async with asyncio.TaskGroup() as tasks:
                residents = tasks.create_task(stage.session.refresh.run())
                await clock.sleep(5)
                assert reads(stage, "/vaults") == 1
                clock.fall_asleep(gap)
                # within a quarter of a minute, if time has passed; a clock that was set back is not waited for
                await clock.sleep(20)
                first = reads(stage, "/vaults")
                assert first == (2 if gap > timedelta(0) else 1)
                await clock.sleep(EVERY_SECONDS + 20)
                assert reads(stage, "/vaults") == first + 1
                residents.cancel()

        asyncio.run(story())


def test_what_is_followed_is_looked_at_once_after_a_sleep(tmp_path: Path) -> None:
    clock = SleepyClock()
    with staged(tmp_path, clock=clock) as stage:

        async def story() -> None:
            sent = stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="nightly"))
            await stage.until(sent.id, IntentState.ACCEPTED)
            before = len(stage.service.journal)
            clock.fall_asleep(NIGHT)
            await clock.sleep(3)
            assert 1 <= len(stage.service.journal) - before <= 6
            await stage.until(sent.id, IntentState.FINISHED)
            assert len(stage.posts) == 1

        stage.play(story)
