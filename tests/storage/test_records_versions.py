"""Outboxes that earlier versions wrote: opened, brought up to date with a copy kept, and every row as it was."""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.change import checkpoint_result
from cbr_desktop.domain.checkpoint import CheckpointStatus
from cbr_desktop.domain.ids import CheckpointId, ResourceId
from cbr_desktop.domain.intent import Candidate, Intent, IntentState, Looked, Origin
from cbr_desktop.domain.journal import Head
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.storage.records import STEPS, SqliteRecords, peek
from tests.storage.values import CHECKPOINT, NOON, full, intent, sending

RELEASED = Path(__file__).parent / "data" / "outbox-v1.db"
"""Written by the program that knew the first version only."""
WRITTEN = [
    full(),
    intent(),
    sending(intent("i-2", body=b"other")),
    intent("i-3", state=IntentState.CANCELLED),
]


def wished() -> Intent:
    """Return an intent with all that the second version knows."""
    return replace(
        full(),
        due_at=NOON,
        confirmed_at=NOON,
        by="anna@desk",
        draft="/home/anna/a.cbr.json",
        plan="run-1",
        preflight_at=NOON,
        looked=(Looked("tasks", NOON, 3, NOON, NOON + timedelta(seconds=9), 1, "NoAnswer"),),
        duplicates=(CheckpointId("c-2"),),
    )


SECOND = Path(__file__).parent / "data" / "outbox-v2.db"
"""Written by the program that knew checkpoints alone."""


def of_second() -> list[Intent]:
    """Return the rows of the second version's file."""
    resource = ResourceOutcome(ResourceId("r-1"), "web", "OS::Nova::Server", Fate.DONE)
    ended = Outcome((resource,), CheckpointStatus.AVAILABLE)
    candidate = Candidate(CheckpointId("c-3"), "nightly-x7k2p9", NOON)
    looked = Looked("tasks", NOON, 2, NOON, NOON)
    return [
        intent(
            "i-1",
            state=IntentState.SCHEDULED,
            due_at=NOON + timedelta(days=1),
            by="op@host",
            draft="/d/a.cbr.json",
        ),
        intent("i-2", state=IntentState.HELD, reason="left", origin=Origin.COMMAND),
        replace(full(), service_sent_at=NOON, looked=(looked,), duplicates=(CheckpointId("c-9"),)),
        intent("i-3", state=IntentState.UNKNOWN, reason="ambiguous", sent_at=NOON, candidates=(candidate,)),
        intent(
            "i-4",
            state=IntentState.FINISHED,
            sent_at=NOON,
            result=checkpoint_result(CHECKPOINT),
            plan="run/1",
            outcome=ended,
        ),
        intent("i-5"),
    ]


def test_the_second_version_is_read_whole_and_its_rows_can_be_written_again(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    shutil.copyfile(SECOND, path)
    assert peek(path) == (of_second(), Head(7, "ab" * 32))
    with closing(SqliteRecords(path)) as records:
        rows = records.load()
        assert (rows, records.damaged) == (of_second(), [])
        for row in rows:
            records.save(row.moved(row.state, NOON + timedelta(hours=1)))
        assert records.claim(sending(rows[-1]))
    with closing(SqliteRecords(path)) as records:
        assert [row.id for row in records.load()] == [row.id for row in rows]
        assert records.damaged == []


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "outbox.db"
    shutil.copyfile(RELEASED, path)
    return path


def test_the_first_version_is_read_whole_and_a_copy_of_it_kept(old: Path) -> None:
    with closing(SqliteRecords(old)) as records:
        assert records.load() == WRITTEN
        assert records.damaged == []
        assert records.head() is None
    assert peek(old.with_name("outbox.db.v1")) == (WRITTEN, None)
    with closing(sqlite3.connect(old)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (len(STEPS),)


def test_rows_of_both_versions_live_together(old: Path) -> None:
    late = replace(wished(), id=intent("late").id)
    with closing(SqliteRecords(old)) as records:
        records.add(late)
        assert records.claim(sending(replace(intent(), confirmed_at=NOON, by="anna@desk")))
    with closing(SqliteRecords(old)) as records:
        first, second, *rest = records.load()
    assert (first, rest) == (WRITTEN[0], [*WRITTEN[2:], late])
    assert (second.state, second.confirmed_at, second.by) == (IntentState.SENDING, NOON, "anna@desk")


def test_a_broken_file_of_the_first_version_gives_its_rows_up_too(old: Path) -> None:
    content = bytearray(old.read_bytes())
    content[100:108] = b"\xff" * 8  # the head of the first page, which holds the list of tables only
    old.write_bytes(content)
    with closing(SqliteRecords(old)) as records:
        assert records.damaged
        kept = Path(records.damaged[0].path)
    assert kept.read_bytes() == content


def test_an_old_file_can_be_looked_at_without_changing_it(old: Path) -> None:
    before = old.read_bytes()
    assert peek(old) == (WRITTEN, None)
    assert old.read_bytes() == before
    assert list(old.parent.iterdir()) == [old]


@pytest.mark.parametrize("change", ["wish = NULL", "wish = '{}'", "wish = CAST(x'ff' AS TEXT)", "wish = 7"])
def test_a_wish_that_was_changed_is_not_believed(tmp_path: Path, change: str) -> None:
    path = tmp_path / "outbox.db"
    with closing(SqliteRecords(path)) as records:
        records.add(wished())
        assert records.load() == [wished()]
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(f"UPDATE intent SET {change}")  # noqa: S608
    with closing(SqliteRecords(path)) as records:
        assert records.load() == []
        assert len(records.damaged) == 1


def test_the_head_of_the_journal_is_kept_with_every_row(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    heads = iter([Head(1, "a" * 64), Head(2, "b" * 64), Head(3, "c" * 64), Head(4, "d" * 64)])
    with closing(SqliteRecords(path, lambda: next(heads))) as records:
        records.add(intent())
        assert records.head() == Head(1, "a" * 64)
        records.claim(sending(intent()))
        records.save(sending(intent()).moved(IntentState.UNKNOWN, NOON))
        assert records.head() == Head(3, "c" * 64)
        records.keep_head()
    assert peek(path)[1] == Head(4, "d" * 64)
