"""The journal on the disk: it only grows, every change shows, and half a line is never dropped in silence."""

import errno
import json
import os
import stat
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.journal import Entry, EntryFilter, Event, Head, entry_line, entry_of, sealed
from cbr_desktop.logs import RedactingFormatter
from cbr_desktop.storage.files import System
from cbr_desktop.storage.journal import FileJournal, read_only, verified

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def event(kind: str = "made", **changes: object) -> Event:
    values: dict[str, object] = {"by": "anna@desk", "profile": "Prod", "vault": "v-1", "vault_name": "Tresor Ä"}
    return Event(kind, **(values | {"intent": "i-1", "facts": {"n": 1}} | changes))  # type: ignore[arg-type]


def journal(folder: Path, **changes: object) -> FileJournal:
    moments = (NOON + timedelta(minutes=number) for number in range(10_000))
    return FileJournal(folder, lambda text: text, lambda: next(moments), **changes)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def filled(folder: Path, count: int = 5, **changes: object) -> Head:
    with closing(journal(folder, **changes)) as kept:
        for number in range(count):
            kept.append(event(facts={"n": number, "text": "x" * 200}))
        head = kept.head()
    assert head is not None
    return head


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_what_was_written_comes_back_in_order_and_is_sound(folder: Path) -> None:
    with closing(journal(folder)) as kept:
        written = [kept.append(event(kind)) for kind in ("made", "moved", "request")]
        assert list(kept.entries()) == written
        assert [entry.number for entry in written] == [1, 2, 3]
        found = kept.verify()
    assert (found.is_sound, found.count, found.head) == (True, 3, Head(3, written[-1].hash))


def test_an_empty_journal_is_sound(folder: Path) -> None:
    assert verified(folder).is_sound
    assert list(read_only(folder).entries()) == []


def test_a_second_program_goes_on_where_the_first_ended(folder: Path) -> None:
    filled(folder, 3)
    filled(folder, 3)
    assert verified(folder).count == 6


def test_a_line_can_be_checked_with_nothing_but_a_sha256(folder: Path) -> None:
    import hashlib

    filled(folder, 1)
    fields = json.loads(only_file(folder).read_text())
    told = fields.pop("hash")
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == told


def test_files_follow_on_each_other_when_one_is_full(folder: Path) -> None:
    filled(folder, 20, file_bytes=2_000)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) > 2
    assert names[0] == "0000000001.jsonl"
    assert verified(folder).count == 20
    (folder / names[1]).unlink()
    assert verified(folder).why == "out-of-place"


def test_every_change_of_a_byte_is_seen(folder: Path) -> None:
    head = filled(folder, 3)
    path = only_file(folder)
    whole = path.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert not verified(folder, head).is_sound, place


@pytest.mark.parametrize("drop", [0, 1, 3])
def test_a_line_that_is_taken_out_is_missed(folder: Path, drop: int) -> None:
    filled(folder)
    path = only_file(folder)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:drop] + lines[drop + 1 :]))
    found = verified(folder)
    assert (found.broken, found.why, found.count) == (drop + 1, "out-of-place", drop)


def test_lines_cannot_change_places_and_none_can_be_put_in(folder: Path) -> None:
    filled(folder)
    path = only_file(folder)
    lines = path.read_bytes().splitlines(keepends=True)
    for order in ([0, 2, 1, 3, 4], [0, 1, 1, 2, 3, 4], [1, 0, 2, 3, 4]):
        path.write_bytes(b"".join(lines[place] for place in order))
        assert verified(folder).why == "out-of-place"


def test_an_entry_that_was_forged_and_sealed_anew_does_not_fit_the_next(folder: Path) -> None:
    filled(folder)
    path = only_file(folder)
    lines = path.read_bytes().splitlines()
    old = entry_of(lines[1])
    lines[1] = entry_line(sealed(Entry(old.number, old.at, event(by="eve@desk"), old.before)))
    path.write_bytes(b"\n".join(lines) + b"\n")
    assert (verified(folder).broken, verified(folder).why) == (3, "out-of-place")


def test_an_end_that_was_cut_off_is_missed_for_ever(folder: Path) -> None:
    head = filled(folder)
    path = only_file(folder)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]))
    assert verified(folder).is_sound  # the chain alone cannot know
    assert (verified(folder, head).broken, verified(folder, head).why) == (4, "cut-off")
    with closing(journal(folder, known=lambda: head)) as kept:
        kept.append(event())
        later = kept.head()
    found = verified(folder, later)
    assert (found.broken, found.why) == (4, "cut-off")


def test_an_end_that_was_written_anew_is_not_the_one_that_is_known(folder: Path) -> None:
    head = filled(folder)
    path = only_file(folder)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:4]))
    filled(folder, 1)
    with closing(journal(folder)) as kept:
        kept.append(event("forged"))
    assert (verified(folder, head).broken, verified(folder, head).why) == (5, "other-head")


def test_half_a_line_is_kept_as_a_remark_wherever_it_breaks_off(folder: Path) -> None:
    before = filled(folder, 2)
    head = filled(folder, 1)
    path = only_file(folder)
    whole = path.read_bytes()
    start = whole[:-1].rindex(b"\n") + 1
    for end in range(start + 1, len(whole), 7):
        path.write_bytes(whole[:end])
        assert verified(folder).why == "torn" or end == len(whole) - 1
        with closing(journal(folder, known=lambda: before)) as kept:
            kept.append(event("moved"))
        remark, last = list(read_only(folder).entries())[2:]
        assert (remark.event.kind, remark.event.facts) == (
            "remark",
            {"what": "torn-line", "line": whole[start:end].decode()},
        )
        assert (last.number, last.event.kind) == (4, "moved")
        assert verified(folder).is_sound
    assert head.number == 3


def test_zeros_that_a_power_cut_leaves_at_the_end_are_kept_as_a_remark(folder: Path) -> None:
    filled(folder, 2)
    path = only_file(folder)
    path.write_bytes(path.read_bytes() + bytes(100))
    filled(folder, 1)
    assert verified(folder).is_sound
    assert [entry.event.kind for entry in read_only(folder).entries()] == ["made", "made", "remark", "made"]


def failing(call: str, error: int = errno.ENOSPC, after: int = 0) -> System:
    """Return a system on which one call fails once ``after`` calls went well; a write takes half before it fails."""
    calls = 0

    def fail() -> bool:
        nonlocal calls
        calls += 1
        return calls > after

    def write(descriptor: int, data: bytes) -> int:
        if call == "write" and fail():
            raise OSError(error, os.strerror(error))
        return os.write(descriptor, data[: max(1, len(data) // 2)])

    def fsync(descriptor: int) -> None:
        if call == "fsync" and fail():
            raise OSError(error, os.strerror(error))
        os.fsync(descriptor)

    def opening(path: str, flags: int, mode: int) -> int:
        if call == "open" and fail():
            raise OSError(error, os.strerror(error))
        return os.open(path, flags, mode)

    return System(open=opening, write=write, fsync=fsync)


@pytest.mark.parametrize("call", ["open", "write", "fsync"])
@pytest.mark.parametrize("after", range(6))
def test_fault_56_a_full_disk_is_told_and_leaves_whole_lines(folder: Path, call: str, after: int) -> None:
    filled(folder, 2)
    with closing(journal(folder, system=failing(call, after=after))) as kept:
        written = 2
        for _ in range(4):
            try:
                kept.append(event("moved"))
                written += 1
            except NotSaved as error:
                assert error.detail == os.strerror(errno.ENOSPC)
    assert (verified(folder).is_sound, verified(folder).count) == (True, written)
    filled(folder, 1)
    assert (verified(folder).is_sound, verified(folder).count) == (True, written + 1)


def test_no_secret_is_written(folder: Path) -> None:
    redacting = RedactingFormatter()
    redacting.hide("canary-7Hq2")
    facts = {
        "headers": {"X-Auth-Token": "canary-7Hq2"},
        "body": '{"password": "other-Canary", "note": "canary-7Hq2"}',
        "list": ["Authorization: SDK-HMAC-SHA256 Access=AK, Signature=0f0f"],
        "canary-7Hq2": 1,
    }
    with closing(FileJournal(folder, redacting.redact)) as kept:
        kept.append(event(vault_name="canary-7Hq2", facts=facts))
        assert kept.verify().is_sound
    text = only_file(folder).read_text()
    assert "anary" not in text
    assert "0f0f" not in text


def test_half_a_character_and_other_odd_texts_are_kept(folder: Path) -> None:
    with closing(journal(folder)) as kept:
        kept.append(event(facts={"odd": "\ud800 \x00 \u202e", "number": 2**70, "none": None, "time": NOON}))
        assert kept.verify().is_sound
        (entry,) = kept.entries()
    assert entry.event.facts["time"] == str(NOON)
    assert entry.event.facts["number"] == 2**70


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_are_for_their_owner_alone(folder: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        filled(folder, 1)
    finally:
        os.umask(before)
    assert stat.S_IMODE(only_file(folder).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


FILTERS: list[tuple[EntryFilter, Callable[[Entry], bool]]] = [
    (EntryFilter(), lambda _entry: True),
    (EntryFilter(since=NOON + timedelta(minutes=2)), lambda entry: entry.number >= 3),
    (EntryFilter(until=NOON + timedelta(minutes=2)), lambda entry: entry.number <= 2),
    (EntryFilter(kinds=frozenset({"moved"})), lambda entry: entry.event.kind == "moved"),
    (EntryFilter(vault="Tresor Ä"), lambda _entry: True),
    (EntryFilter(vault="v-2"), lambda _entry: False),
    (EntryFilter(intent="i-"), lambda _entry: True),
    (EntryFilter(profile="Other"), lambda _entry: False),
]


@pytest.mark.parametrize(("wanted", "takes"), FILTERS)
def test_entries_are_chosen_by_time_vault_request_kind_and_profile(
    folder: Path, wanted: EntryFilter, takes: Callable[[Entry], bool]
) -> None:
    with closing(journal(folder)) as kept:
        written = [kept.append(event(kind)) for kind in ("made", "moved", "answer", "moved")]
        assert list(kept.entries(wanted)) == [entry for entry in written if takes(entry)]


def test_a_journal_that_is_only_read_writes_nothing(folder: Path) -> None:
    filled(folder, 1)
    with pytest.raises(NotSaved):
        read_only(folder).append(event())
    assert verified(folder).count == 1


def test_several_entries_wait_for_the_disk_once(folder: Path) -> None:
    syncs: list[int] = []
    with closing(journal(folder, system=System(fsync=syncs.append))) as kept:
        kept.append(event())
        assert len(syncs) == 1
        written = kept.append_all([event(kind) for kind in ("looked", "looked", "moved")])
        assert len(syncs) == 2
        assert [entry.number for entry in written] == [2, 3, 4]
        assert list(kept.entries())[1:] == written
    assert (verified(folder).is_sound, verified(folder).count) == (True, 4)


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("after", range(4))
def test_fault_56_of_several_entries_a_full_disk_takes_all_or_none(folder: Path, call: str, after: int) -> None:
    count = filled(folder, 2).number
    with closing(journal(folder, system=failing(call, after=after))) as kept, suppress(NotSaved):
        count += len(kept.append_all([event("looked"), event("looked"), event("moved")]))
    assert (verified(folder).is_sound, verified(folder).count) == (True, count)
