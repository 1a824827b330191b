"""The outbox on the disk: durable, claimed once, checked row by row."""

import os
import random
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from cbr_desktop.domain.change import checkpoint_result
from cbr_desktop.domain.checkpoint import CheckpointStatus
from cbr_desktop.domain.error import Damaged, NotSaved, StorageError
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.task import TaskStatus
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.storage.database import NewerVersion
from cbr_desktop.storage.records import SqliteRecords, peek
from tests.storage.values import CHECKPOINT, NOON, full, intent, sending, whole


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


def filled(path: Path, count: int = 3) -> list[Intent]:
    intents = [intent(f"i-{number}", body=b"%d " % number * 400) for number in range(count)]
    with closing(SqliteRecords(path)) as records:
        for item in intents:
            records.add(item)
    return intents


def loaded(path: Path) -> tuple[list[Intent], list[Damaged]]:
    with closing(SqliteRecords(path)) as records:
        return records.load(), records.damaged


def test_every_field_survives_a_restart(path: Path) -> None:
    with closing(SqliteRecords(path)) as records:
        records.add(whole())
        records.add(full())
        records.add(intent())
    kept = [whole(), full(), intent()]
    assert loaded(path) == (kept, [])
    assert peek(path) == (kept, None)
    with closing(SqliteRecords(path)) as records:
        assert records.kept() == kept


def test_the_intent_with_every_field_set_has_every_field_set() -> None:
    always = {"target", "change", "created_at", "changed_at"}
    assert {name for name in Intent.__struct_fields__ if getattr(whole(), name) == getattr(intent(), name)} == always


def test_a_state_that_moves_on_takes_every_field_along(path: Path) -> None:
    moved = whole()
    first = intent("i-whole", retry_of=moved.retry_of)
    with closing(SqliteRecords(path)) as records:
        records.add(first)
        records.save(moved)
    assert loaded(path) == ([moved], [])


def test_known_words_of_an_outcome_come_back_as_members_and_unknown_ones_as_texts(path: Path) -> None:
    with closing(SqliteRecords(path)) as records:
        records.add(whole())
        outcome = records.load()[0].outcome
    assert outcome is not None
    assert isinstance(outcome.status, CheckpointStatus)
    assert [type(each.status) for each in outcome.resources] == [TaskStatus, str]
    assert [type(each.type) for each in outcome.resources] == [ResourceType, str]


def test_what_is_damaged_says_why(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE intent SET name = 'other' WHERE id = 'i-1'")
    (row,) = loaded(path)[1]
    assert (row.path, row.detail) == (str(path), "row 2: the checksum differs")
    path.write_bytes(path.read_bytes()[:100] + bytes(4000))
    with pytest.raises(Damaged) as unread:
        peek(path)
    assert (unread.value.path, "malformed" in unread.value.detail) == (str(path), True)
    (file,) = loaded(path)[1]
    assert file.detail.endswith("; rows taken over: 0")


def test_intents_come_back_oldest_first_whatever_their_ids(path: Path) -> None:
    with closing(SqliteRecords(path)) as records:
        for id in ("z", "a", "m"):
            records.add(intent(id))
        records.save(intent("z").moved(IntentState.CANCELLED, NOON))
        assert [item.id for item in records.load()] == ["z", "a", "m"]


def test_known_words_come_back_as_members_and_unknown_ones_as_texts(path: Path) -> None:
    with closing(SqliteRecords(path)) as records:
        records.add(full())
        checkpoint = records.load()[0].checkpoint
    assert checkpoint is not None
    assert isinstance(checkpoint.status, CheckpointStatus)
    assert type(checkpoint.skipped[0].type) is str


def test_an_id_is_taken_once(path: Path) -> None:
    with closing(SqliteRecords(path)) as records:
        records.add(intent())
        with pytest.raises(NotSaved):
            records.add(intent(body=b"other"))
        assert records.load() == [intent()]


def test_of_two_that_claim_one_wins(path: Path) -> None:
    claimed = sending(intent())
    with closing(SqliteRecords(path)) as first, closing(SqliteRecords(path)) as second:
        first.add(intent())
        assert [second.claim(claimed), first.claim(claimed), second.claim(claimed)] == [True, False, False]
        assert first.load() == [claimed]


@pytest.mark.parametrize("state", [state for state in IntentState if state is not IntentState.QUEUED])
def test_only_a_queued_intent_is_claimed(path: Path, state: IntentState) -> None:
    held = intent(state=state)
    with closing(SqliteRecords(path)) as records:
        records.add(held)
        assert not records.claim(sending(held))
        assert not records.claim(sending(intent("never added")))
        assert records.load() == [held]


def test_a_claim_is_on_the_disk_when_it_returns(path: Path) -> None:
    with closing(SqliteRecords(path)) as records:
        records.add(intent())
        records.claim(sending(intent()))
        with closing(sqlite3.connect(path)) as other:
            assert other.execute("SELECT state FROM intent").fetchall() == [("sending",)]


def test_a_claim_against_a_locked_file_is_refused_in_words(path: Path) -> None:
    with closing(SqliteRecords(path)) as records, closing(sqlite3.connect(path, isolation_level=None)) as other:
        records.add(intent())
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(NotSaved, match="locked"):
            records.claim(sending(intent()))
        other.execute("ROLLBACK")
        assert records.claim(sending(intent()))


def test_a_full_disk_keeps_what_was_there(path: Path) -> None:
    with closing(SqliteRecords(path)) as records:
        records.add(intent())
        pages = records._connection.execute("PRAGMA page_count").fetchone()[0]
        records._connection.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(NotSaved, match="full"):
            records.add(intent("i-2", body=b"x" * 100_000))
        assert records.load() == [intent()]
        assert records.claim(sending(intent()))


def test_half_a_character_from_the_service_is_kept_and_in_a_name_refused(path: Path) -> None:
    noted = intent(reason="\ud800")
    with closing(SqliteRecords(path)) as records:
        records.add(noted)
        with pytest.raises(NotSaved):
            records.add(intent("i-2", name="\ud800"))
        assert records.load() == [noted]


@pytest.mark.parametrize(
    "change",
    [
        "state = 'accepted'",
        "name = 'other'",
        "body = CAST('other' AS BLOB)",
        "body = 7",
        "sent_at = '2026-03-01T12:00:00+00:00'",
        "created_at = 'yesterday'",
        "target = '{}'",
        "answer = CAST(x'ff' AS TEXT)",
        "retry_of = ''",
        "checksum = x'00'",
        "checksum = 'text'",
    ],
)
def test_a_row_that_was_changed_is_left_out_told_of_and_kept(path: Path, change: str) -> None:
    intents = filled(path)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(f"UPDATE intent SET {change} WHERE id = 'i-1'")  # noqa: S608
    rest, damaged = loaded(path)
    assert rest == [intents[0], intents[2]]
    assert ["row 2" in error.detail for error in damaged] == [True]
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM intent").fetchone() == (3,)


def test_a_file_of_a_newer_version_is_refused_and_untouched(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version=99")
    before = path.read_bytes()
    with pytest.raises(NewerVersion, match="99"):
        SqliteRecords(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00", b"not a database at all" * 1000, b"\x00" * 8192])
def test_what_is_no_database_is_put_aside_whole(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    rest, damaged = loaded(path)
    assert rest == []
    (error,) = damaged
    assert Path(error.path).name.startswith("outbox.db.bad-")
    assert Path(error.path).read_bytes() == content
    assert loaded(path) == ([], [])


def test_a_second_bad_file_does_not_take_the_place_of_the_first(path: Path) -> None:
    kept = set()
    for content in (b"one", b"two", b"three"):
        path.write_bytes(content)
        kept.add(Path(loaded(path)[1][0].path).read_bytes())
        path.unlink()
    assert kept == {b"one", b"two", b"three"}


def test_a_file_of_another_kind_with_our_version_is_put_aside(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE intent (id TEXT)")
        other.execute("PRAGMA user_version=1")
    rest, damaged = loaded(path)
    assert (rest, len(damaged)) == ([], 1)


def test_a_journal_without_its_file_is_not_played_into_a_new_one(path: Path) -> None:
    path.with_name("outbox.db-journal").write_bytes(b"stray")
    path.with_name("outbox.db-wal").write_bytes(b"stray")
    filled(path)
    names = {item.name.split(".bad-")[0] for item in path.parent.iterdir()}
    assert names == {"outbox.db", "outbox.db-journal", "outbox.db-wal"}
    assert len(loaded(path)[0]) == 3


def test_cut_files_never_give_a_wrong_intent(path: Path) -> None:
    intents = filled(path, 12)
    whole = path.read_bytes()
    for length in [*range(0, 120, 7), *range(120, len(whole), 1021)]:
        assert_nothing_wrong(path, whole[:length], intents)


def test_flipped_files_never_give_a_wrong_intent(path: Path) -> None:
    intents = filled(path, 12)
    whole = path.read_bytes()
    chance = random.Random(7)
    for _ in range(120):
        flipped = bytearray(whole)
        for _ in range(3):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        assert_nothing_wrong(path, bytes(flipped), intents)


def assert_nothing_wrong(path: Path, content: bytes, intents: list[Intent]) -> None:
    """Whole rows come back equal; whatever is missing is told of; the bytes are still on the disk; adding works."""
    for leftover in path.parent.iterdir():
        leftover.unlink()
    path.write_bytes(content)
    try:
        records = SqliteRecords(path)
    except StorageError:
        assert path.read_bytes() == content
        return
    with closing(records):
        rest = records.load()
        assert [item for item in rest if item not in intents] == []
        assert len(rest) == len(intents) or records.damaged
        records.add(intent("new"))
        assert records.claim(sending(intent("new")))


def test_rows_on_both_sides_of_a_break_are_taken_over(path: Path) -> None:
    intents = filled(path, 40)
    content = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as other:
        page = other.execute("PRAGMA page_size").fetchone()[0]
    middle = len(content) // page // 2 * page
    content[middle : middle + page] = b"\xa5" * page
    path.write_bytes(content)
    rest, damaged = loaded(path)
    assert damaged
    assert rest[0] == intents[0]
    assert rest[-1] == intents[-1]
    assert 20 < len(rest) < 40
    assert rest == [item for item in intents if item in rest]


def test_the_answer_of_a_claimed_intent_is_kept(path: Path) -> None:
    claimed = sending(intent())
    accepted = claimed.moved(IntentState.ACCEPTED, NOON, result=checkpoint_result(CHECKPOINT), request_id="r")
    with closing(SqliteRecords(path)) as records:
        records.add(intent())
        records.claim(claimed)
        records.save(accepted)
    assert loaded(path) == ([accepted], [])


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_are_for_their_owner_alone(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with closing(SqliteRecords(path)) as records:
            records.add(intent())
            with records._connection as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("DELETE FROM intent")
                modes = {stat.S_IMODE(item.stat().st_mode) for item in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes == {0o600}


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_a_file_that_is_too_open_is_narrowed(path: Path) -> None:
    filled(path)
    path.chmod(0o644)
    loaded(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_of_that_name_is_kept_and_told_of(path: Path) -> None:
    path.mkdir()
    rest, damaged = loaded(path)
    assert (rest, len(damaged)) == ([], 1)
    assert Path(damaged[0].path).is_dir()


def test_a_missing_folder_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotSaved):
        SqliteRecords(tmp_path / "missing" / "outbox.db")


def test_several_rows_are_kept_together_or_none_of_them(path: Path) -> None:
    queued = filled(path)
    with closing(SqliteRecords(path)) as records:
        held = [item.moved(IntentState.HELD, NOON) for item in queued]
        records.save_all(held)
        assert records.load() == held
        cancelled = [item.moved(IntentState.CANCELLED, NOON) for item in queued]
        with pytest.raises(NotSaved):
            records.save_all([*cancelled[:2], intent(state="\ud800")])
        assert records.load() == held
