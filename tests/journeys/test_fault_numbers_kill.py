"""Fault 41 of the catalogue: the power fails in the middle of a request, which is lost never and sent once at most."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from cbr_desktop.app.start import kill_point
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from tests.journeys.commands import Machine, machine, second_life

S = IntentState
pytestmark = pytest.mark.skipif(os.name != "posix", reason="a power cut is played with SIGKILL")


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path / "home") as context:
        yield context


def request_file(folder: Path) -> str:
    path = folder / "request.cbr.json"
    path.write_text(
        json.dumps({"checkpoint": {"vault_id": REFERENCE_VAULT_ID, "parameters": {"name": "before-patch-x7k2"}}})
    )
    return str(path)


@pytest.mark.parametrize(
    ("point", "found", "reached", "end", "posts"),
    [
        ("before-row", None, 0, None, 0),
        ("after-row", S.QUEUED, 0, S.HELD, 0),
        ("after-journal", S.QUEUED, 0, S.HELD, 0),
        ("after-sending", S.SENDING, 0, S.NOT_FOUND, 0),
        ("after-reply", S.SENDING, 1, S.FINISHED, 1),
        ("before-accepted", S.SENDING, 1, S.FINISHED, 1),
        ("after-accepted", S.ACCEPTED, 1, S.FINISHED, 1),
    ],
)
def test_fault_41_a_power_cut_at_any_step_loses_no_request_and_sends_none_twice(
    context: Machine, tmp_path: Path, point: str, found: IntentState | None, reached: int, end: IntentState, posts: int
) -> None:
    code, _, err = context.run("send", request_file(tmp_path), "--profile", "Demo", kill_at=point)
    assert code == -signal.SIGKILL, err
    assert [row.state for row in context.rows] == ([found] if found else [])
    assert len(context.posts) == reached
    assert context.verified().is_sound
    stage = second_life(context, end)
    assert [intent.state for intent in stage.session.ledger.intents.values()] == ([end] if end else [])
    assert len(context.posts) == posts
    assert len(context.entries("request")) == posts
    assert context.verified().is_sound


def test_fault_41_a_power_cut_while_the_service_has_the_request(context: Machine, tmp_path: Path) -> None:
    context.service.faults.add(Fault("POST", "/checkpoints", "delay", "after", seconds=30))
    child = context.start("send", request_file(tmp_path), "--profile", "Demo")
    context.until(child, lambda: bool(context.posts))
    context.cut_power(child)
    assert [row.state for row in context.rows] == [S.SENDING]
    stage = second_life(context, S.FINISHED)
    (intent,) = stage.session.ledger.intents.values()
    assert stage.states[intent.id][:2] == [S.UNKNOWN, S.ACCEPTED]
    assert len(context.posts) == 1
    assert context.verified().is_sound


def test_fault_41_nothing_ends_the_program_unless_it_is_told_to() -> None:
    kill_point({})("after-row")
    kill_point({"CBR_KILL_AT": ""})("after-row")
    kill_point({"CBR_KILL_AT": "after-sending"})("after-row")
