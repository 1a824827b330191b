"""Leaving while a request hangs: it takes seconds and no more, and the next program looks for the request."""

import asyncio
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from tests.journeys.commands import Machine, machine, second_life
from tests.reliability.g23 import ended_by_signal
from tests.reliability.ground import ground
from tests.stage import staged

S = IntentState
pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no such signals on Windows")


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path / "home") as context:
        yield context


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_fault_50_leaving_while_a_request_is_on_its_way_takes_five_seconds_and_ends_unknown(
    context: Machine, end: signal.Signals
) -> None:
    context.service.faults.add(Fault("POST", "/checkpoints", "delay", "after", seconds=30))
    with staged(context.folder, service=context.service, clock=context.clock, profile=context.profile) as stage:
        stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="before-patch-x7k2"))
    child = context.start("--profile", "Demo")
    context.until(child, lambda: bool(context.posts))
    asked_at = datetime.now(UTC)
    child.send_signal(end)
    _, err = child.communicate(timeout=20)
    assert (datetime.now(UTC) - asked_at).total_seconds() < 6
    said = [line for line in err.splitlines() if "propagateSizeHints" not in line]
    assert (child.returncode, said) == (0, [])
    assert [(row.state, row.reason) for row in context.rows] == [(S.UNKNOWN, "interrupted")]
    assert [entry.event.kind for entry in context.entries("started", "stopped")][-1] == "stopped"
    stage = second_life(context, S.FINISHED)
    assert len(context.posts) == 1
    assert context.verified().is_sound


@pytest.mark.parametrize("stubborn", [False, True], ids=["a request hangs", "a task swallows its cancellation"])
def test_fault_83_a_signal_ends_the_program_whatever_hangs_and_the_row_stays(stubborn: bool) -> None:
    """The data folder can be opened by the next program, and what was being sent is looked for by it."""
    with ground() as here:
        ended = asyncio.run(ended_by_signal(here, stubborn=stubborn))
    assert (ended.code, ended.posts, len(ended.states)) == (0, 1, 1)
