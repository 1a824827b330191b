"""The commands by which a person says what became of a request whose answer was lost: adopt and disown."""

import asyncio
import json
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.request_runner import RequestRunner, Waits
from cbr_desktop.app.start import locked
from cbr_desktop.cli import main
from cbr_desktop.cli.report import exit_code, record_text, request_record
from cbr_desktop.cli.tables import UNCERTAIN
from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import CheckpointId, VaultId
from cbr_desktop.domain.intent import Candidate, Intent, IntentState
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.text.intents import behind_sentence, left_request_sentence, settling_commands, waiting_sentence
from cbr_desktop.workflows.documents import change_in
from tests.checkpoint_change import checkpoint_change_of
from tests.journeys.commands import Machine, machine
from tests.stage import Stage, staged

S = IntentState
TYPED = CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="before-patch")
"""A request whose name others may choose as well."""
HOURS = 3


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    with machine(tmp_path / "home", datetime.now(UTC) - timedelta(hours=HOURS)) as context:
        yield context


def lose(stage: Stage, when: str) -> None:
    """Lose the answer to the next request for a checkpoint, ``before`` or ``after`` it was carried out."""
    stage.service.faults.add(Fault("POST", "/checkpoints", "cut", when))  # type: ignore[arg-type]


async def made_by_a_colleague(stage: Stage) -> None:
    """Have somebody else make a checkpoint of the same name."""
    await stage.session.cloud.send(checkpoint_change_of(request.body(TYPED)), await stage.session.cloud.project_id())


def lost(context: Machine, *, rivals: int = 1) -> Intent:
    """Lose the answer to a request that was carried out, have colleagues make the like, and look to the end."""
    with staged(context.folder, service=context.service, clock=context.clock, profile=context.profile) as stage:

        async def story() -> None:
            lose(stage, "after")
            intent = stage.session.outbox.submit(TYPED)
            await stage.until(intent.id, S.UNKNOWN)
            for _ in range(rivals):
                await stage.clock.sleep(60)
                await made_by_a_colleague(stage)
            await stage.clock.sleep(3600)

        stage.play(story)
    (row,) = context.rows
    assert (row.state, row.reason, len(row.candidates)) == (S.UNKNOWN, "ambiguous", 1 + rivals)
    return row


def untouched(context: Machine, before: Intent) -> bool:
    """Whether a request is on the disk as it was, and nothing more was asked of the service."""
    return context.rows == [before]


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    (record,) = json.loads(capsys.readouterr().out)["requests"]
    return record


@pytest.mark.parametrize("act", [["list"], ["reconcile"]], ids=["list", "reconcile"])
def test_fault_81_candidates_are_listed_with_the_commands_to_type(
    context: Machine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, act: list[str]
) -> None:
    monkeypatch.setenv("CBR_DESKTOP_PASSWORD", "not needed to list")
    before = lost(context)
    wanted = [f"cbr-desktop outbox adopt {before.id[:8]} {each.id}" for each in before.candidates]
    wanted.append(f"cbr-desktop outbox disown {before.id[:8]}")
    main(["outbox", *act])
    out = capsys.readouterr().out
    assert [line.strip() for line in out.splitlines() if "cbr-desktop outbox " in line] == wanted
    main(["outbox", *act, "--json"])
    record = told(capsys)
    assert record["commands"] == wanted
    assert [(each["id"], each["name"]) for each in record["candidates"]] == [
        (each.id, "before-patch") for each in before.candidates
    ]
    assert all(datetime.fromisoformat(each["created_at"]) for each in record["candidates"])


def test_fault_81_the_listed_command_adopts_its_candidate(context: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    before = lost(context)
    posts = len(context.posts)
    main(["outbox", "--json"])
    command = told(capsys)["commands"][1].split()
    assert command[0] == "cbr-desktop"
    assert main([*command[1:], "--json"]) == 0
    record = told(capsys)
    assert (record["state"], record["note"]) == ("accepted", "adopted")
    assert record["checkpoint_id"] == before.candidates[1].id
    assert (record["candidates"], record["commands"]) == ([], [])
    (row,) = context.rows
    assert row.checkpoint is not None
    assert (row.state, row.checkpoint.id) == (S.ACCEPTED, before.candidates[1].id)
    assert context.verified().is_sound
    assert len(context.posts) == posts


def test_fault_81_disowned_is_not_found_and_can_be_asked_for_again(
    context: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lost(context)
    assert main(["outbox", "disown", before.id[:8]]) == 0
    assert "You said" in capsys.readouterr().out
    (row,) = context.rows
    assert (row.state, row.reason, row.candidates) == (S.NOT_FOUND, "disowned", ())
    assert context.verified().is_sound


def test_a_checkpoint_that_is_no_candidate_is_told_and_changes_nothing(
    context: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lost(context)
    for wrong in ("3b5816b5-f29c-4172-9d9a-76c719a659ce", before.candidates[0].id[:8], ""):
        assert main(["outbox", "adopt", before.id, wrong]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert "no candidate" in said.err
        assert all(each.id in said.err for each in before.candidates)
        assert untouched(context, before)


def test_a_request_id_that_is_none_is_told_and_changes_nothing(
    context: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lost(context)
    for wrong in ("nothing", ""):
        for act in (["adopt", wrong, before.candidates[0].id], ["disown", wrong], ["hold", wrong], ["release", wrong]):
            assert main(["outbox", *act]) == 2
            assert "There is no request" in capsys.readouterr().err
    assert untouched(context, before)


def test_what_a_person_cannot_say_is_told_and_changes_nothing(
    context: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """A request that has not left has no candidates, and one that is looked for still is not given up."""
    with staged(context.folder, service=context.service, clock=context.clock, profile=context.profile) as stage:

        async def story() -> None:
            lose(stage, "before")
            intent = stage.session.outbox.submit(TYPED)
            await stage.until(intent.id, S.UNKNOWN)
            stage.session.outbox.submit(TYPED)

        stage.play(story)
    before = context.rows
    assert [row.state for row in before] == [S.UNKNOWN, S.QUEUED]
    for row in before:
        for act in (["adopt", row.id, "3b5816b5-f29c-4172-9d9a-76c719a659ce"], ["disown", row.id]):
            assert main(["outbox", *act]) == 1
            assert f"Request {row.id[:8]}" in capsys.readouterr().err
    assert context.rows == before


def test_a_disk_that_does_not_take_what_a_person_says_is_no_success(
    context: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lost(context)
    with closing(sqlite3.connect(context.here.records_file)) as outbox, outbox:
        outbox.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON intent BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    for act in (["adopt", before.id, before.candidates[0].id], ["disown", before.id]):
        assert main(["outbox", *act]) == 1
        assert "could not be written to the disk" in capsys.readouterr().out
    assert untouched(context, before)


def test_while_another_program_has_the_outbox_open_nothing_is_said_of_a_request(context: Machine) -> None:
    before = lost(context)
    with locked(context.here):
        for act in (["adopt", before.id, before.candidates[0].id], ["disown", before.id]):
            assert main(["outbox", *act]) == 2
    assert untouched(context, before)


def test_fault_81_what_send_says_at_its_end_names_candidates_and_commands(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        lose(stage, "after")
        document, _ = request.read(request.body(TYPED))
        assert document is not None
        ended = []

        async def story() -> None:
            await stage.session.refresh.once()
            ended.append(await RequestRunner(stage.session).send(change_in(document, stage.session.ledger), wait=False))
            await stage.session.cloud.aclose()

        asyncio.run(story())
        (report,) = ended
        assert exit_code(report) == UNCERTAIN
        (candidate,) = report.intent.candidates
        record = request_record(report, stage.clock.now())
        assert record["id"] == report.intent.id
        assert record["candidates"] == [
            {"id": candidate.id, "name": "before-patch", "created_at": candidate.created_at}
        ]
        assert record["commands"] == [
            f"cbr-desktop outbox adopt {report.intent.id[:8]} {candidate.id}",
            f"cbr-desktop outbox disown {report.intent.id[:8]}",
        ]
        lines = [line.strip() for line in record_text(record).splitlines()]
        assert set(record["commands"]) <= set(lines)


def test_fault_81_what_waits_behind_a_request_or_leaves_it_names_the_commands(context: Machine) -> None:
    before = lost(context, rivals=0)
    command = f"cbr-desktop outbox adopt {before.id[:8]} {before.candidates[0].id}"
    now = context.clock.now()
    waits = waiting_sentence(replace(before, state=S.QUEUED, candidates=()), before, None, now)
    for sentence in (waits, left_request_sentence(before, now), behind_sentence(before, now)):
        assert command in sentence
        assert f"cbr-desktop outbox disown {before.id[:8]}" in sentence
    assert "half an hour" not in waits


@pytest.mark.parametrize("id", ["x; reboot", "$(reboot)", "a'b", "a\nreboot", "-h\x1b[2J", "x" * 500])
def test_fault_92_a_command_to_type_is_one_word_for_the_shell_whatever_the_id(context: Machine, id: str) -> None:
    found = replace(lost(context, rivals=0), candidates=(Candidate(CheckpointId(id)),))
    command = settling_commands(found)[0]
    words = shlex.split(command)
    assert words[:4] == ["cbr-desktop", "outbox", "adopt", found.id[:8]]
    assert len(words) == 5
    assert command.isprintable()


class HandClock(WallClock):
    """A clock that is put on by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.at = datetime(2026, 3, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


def test_what_is_waited_for_is_said_once_in_a_minute_while_it_stays_the_same(context: Machine) -> None:
    said: list[datetime] = []
    with staged(context.folder, service=context.service, clock=context.clock, profile=context.profile) as stage:
        intent, clock = stage.session.outbox.submit(TYPED), HandClock()
        waits = Waits(lambda _intent: stage.session, clock, lambda _words: said.append(clock.at))
        for _ in range(140):
            waits.look(intent)
            clock.at += timedelta(seconds=1)
    assert [(at - said[0]).total_seconds() for at in said] == [0, 60, 120]
