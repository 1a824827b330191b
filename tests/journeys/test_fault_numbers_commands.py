"""Faults 83, 84 and 95 of the catalogue with real processes: what a command leaves is said and held."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState, Origin, Reason
from cbr_desktop.domain.request import read
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from tests.journeys.commands import Machine, machine
from tests.programs import Child
from tests.stage import staged

S = IntentState
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
HANGING_SECONDS = 30.0
"""How long an answer is kept back by the service."""
both_signals = pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path / "home") as context:
        yield context


def request_file(folder: Path, name: str) -> str:
    path = folder / f"{name}.cbr.json"
    path.write_text(json.dumps({"checkpoint": {"vault_id": REFERENCE_VAULT_ID, "parameters": {"name": name}}}))
    return str(path)


def ended(child: Child, end: signal.Signals) -> tuple[int, str, str]:
    """Send a signal, and return exit code and outputs of a child that waits for no answer: none comes for so long."""
    child.send_signal(end)
    out, err = child.communicate(timeout=HANGING_SECONDS - 10)
    return child.returncode, out, err


def names(context: Machine) -> list[str]:
    """The names that the service was asked for."""
    documents = [read(body)[0] for body in context.posts]
    return [document.draft.name for document in documents if document is not None]


def said(child: Child, word: str) -> str:
    """Return the first line on the standard error that has a word."""
    assert child.stderr is not None
    for line in child.stderr:
        if word in line:
            return line
    raise AssertionError(word)


def occupied(context: Machine, folder: Path) -> None:
    """Send a request that keeps the vault busy: the service's clock stands still."""
    code, _, err = context.run("send", request_file(folder, "a"), "--profile", "Demo")
    assert (code, err) == (0, "")


@both_signals
def test_fault_84_a_command_that_is_ended_while_it_waits_for_its_vault_holds_its_request_and_says_so(
    context: Machine, tmp_path: Path, end: signal.Signals
) -> None:
    occupied(context, tmp_path)
    child = context.start("send", request_file(tmp_path, "b"), "--profile", "Demo", "--json")
    first, second = context.rows[0], None
    line = said(child, "waits")
    assert first.id[:8] in line
    code, out, err = ended(child, end)
    second = context.rows[1]
    assert (code, out) == (130, "")
    assert (second.state, second.reason, second.origin) == (S.HELD, Reason.LEFT, Origin.COMMAND)
    assert f"outbox release {second.id[:8]}" in err
    assert f"outbox cancel {second.id[:8]}" in err
    assert names(context) == ["a"]
    assert context.verified().is_sound


def test_fault_84_the_next_command_sends_its_own_request_and_no_other(context: Machine, tmp_path: Path) -> None:
    occupied(context, tmp_path)
    child = context.start("send", request_file(tmp_path, "b"), "--profile", "Demo")
    said(child, "waits")
    ended(child, signal.SIGINT)
    context.clock.advance(3600)
    code, _, err = context.run("send", request_file(tmp_path, "c"), "--profile", "Demo")
    assert code == 0, err
    assert names(context) == ["a", "c"]
    assert {row.name: row.state for row in context.rows} == {"a": S.FINISHED, "b": S.HELD, "c": S.ACCEPTED}
    context.clock.advance(3600)
    held = next(row.id for row in context.rows if row.name == "b")
    assert context.run("outbox", "release", held)[0] == 0
    assert names(context) == ["a", "c", "b"]


def test_fault_84_a_command_that_was_killed_before_its_claim_is_told_of_and_not_made_twice(
    context: Machine, tmp_path: Path
) -> None:
    file = request_file(tmp_path, "a")
    code, _, _ = context.run("send", file, "--profile", "Demo", kill_at="after-row")
    assert code == -signal.SIGKILL
    code, out, _ = context.run("send", file, "--profile", "Demo")
    (row,) = context.rows
    assert (code, row.state, row.reason) == (1, S.HELD, Reason.LEFT)
    for word in (row.id[:8], "held", "outbox release", "outbox cancel", "--again"):
        assert word in out
    assert context.posts == []
    code, out, _ = context.run("send", file, "--profile", "Demo", "--json")
    assert (code, json.loads(out)["state"], json.loads(out)["left"]) == (1, "not sent", [row.id])
    code, _, err = context.run("send", file, "--profile", "Demo", "--again")
    assert (code, names(context)) == (0, ["a"])
    assert row.id[:8] in err
    assert sorted(row.state for row in context.rows) == [S.ACCEPTED, S.HELD]
    code, out, _ = context.run("outbox", "cancel", row.id)
    assert (code, names(context)) == (0, ["a"])
    assert "Taken back" in out


def test_fault_84_what_the_window_left_in_the_queue_is_the_window_s(context: Machine, tmp_path: Path) -> None:
    with staged(context.folder, service=context.service, clock=context.clock, profile=context.profile) as stage:
        stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="of-the-window"))
    code, _, err = context.run("send", request_file(tmp_path, "a"), "--profile", "Demo")
    assert (code, err, names(context)) == (0, "", ["a"])
    assert [(row.name, row.state, row.reason) for row in context.rows] == [
        ("of-the-window", S.QUEUED, ""),
        ("a", S.ACCEPTED, ""),
    ]
    code, out, _ = context.run("outbox", "reconcile")
    assert code == 0
    assert "empty" not in out
    assert "1 queued" in out


def test_fault_84_behind_an_unknown_request_it_is_said_at_once_what_is_waited_for(
    context: Machine, tmp_path: Path
) -> None:
    context.service.faults.add(Fault("POST", "/checkpoints", "cut", "before"))
    first = context.start("send", request_file(tmp_path, "a"), "--profile", "Demo")
    context.until(first, lambda: [row.state for row in context.rows] == [S.UNKNOWN])
    code, _, err = ended(first, signal.SIGINT)
    (lost,) = context.rows
    assert (code, lost.state) == (130, S.UNKNOWN)
    assert f"outbox reconcile {lost.id[:8]}" in err
    second = context.start("send", request_file(tmp_path, "b"), "--profile", "Demo")
    assert lost.id[:8] in said(second, "waits")
    assert ended(second, signal.SIGTERM)[0] == 130
    assert {row.name: row.state for row in context.rows} == {"a": S.UNKNOWN, "b": S.HELD}
    # the same once more is refused while it is not known
    code, out, _ = context.run("send", request_file(tmp_path, "a"), "--profile", "Demo")
    assert code == 1
    assert lost.id[:8] in out


@both_signals
def test_fault_83_a_service_that_hangs_after_acceptance_holds_no_command(
    context: Machine, tmp_path: Path, end: signal.Signals
) -> None:
    child = context.start("send", request_file(tmp_path, "a"), "--profile", "Demo", "--wait")
    context.until(child, lambda: bool(context.posts))
    context.service.faults.add(Fault("GET", ".*", "delay", seconds=300, times=None))
    context.until(child, lambda: any(row.state is S.ACCEPTED for row in context.rows))
    code, _, err = ended(child, end)
    (row,) = context.rows
    assert (code, row.state) == (130, S.ACCEPTED)
    assert row.checkpoint is not None
    assert str(row.checkpoint.id) in err


@both_signals
def test_fault_83_a_service_that_hangs_before_its_answer_leaves_the_outcome_unknown(
    context: Machine, tmp_path: Path, end: signal.Signals
) -> None:
    context.service.faults.add(Fault("POST", "/checkpoints", "delay", "after", seconds=300))
    child = context.start("send", request_file(tmp_path, "a"), "--profile", "Demo")
    context.until(child, lambda: bool(context.posts))
    code, _, err = ended(child, end)
    (row,) = context.rows
    assert (code, row.state) == (130, S.UNKNOWN)
    assert f"outbox reconcile {row.id[:8]}" in err


@both_signals
def test_fault_83_a_command_that_still_reads_lists_says_that_nothing_was_sent(
    context: Machine, tmp_path: Path, end: signal.Signals
) -> None:
    fault = context.service.faults.add(Fault("GET", "/vaults", "delay", seconds=300, times=2))
    child = context.start("send", request_file(tmp_path, "a"), "--profile", "Demo")
    context.until(child, lambda: fault.times == 1)
    code, _, err = ended(child, end)
    assert (code, context.rows, context.posts) == (130, [], [])
    assert "nothing was queued" in err
    assert "Traceback" not in err
