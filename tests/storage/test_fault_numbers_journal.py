"""The fault of the catalogue that is about the proof that the journal gives, by number: 91."""

import json
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cbr_desktop.domain.journal import Entry, Event, Head, Verification, entry_line, entry_of, sealed
from cbr_desktop.storage.journal import LINE_LIMIT, FileJournal, read_only, verified
from cbr_desktop.text.evidence import csv_export, entry_summary, html_export, json_export, verification_sentence
from tests.storage.test_journal import event, filled, journal, only_file

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
AS_FAR = "The journal is whole as far as can be told: "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def chained_anew(folder: Path, count: int) -> Head:
    """Put another journal in the place of the one that is there, sound in itself."""
    shutil.rmtree(folder)
    with closing(journal(folder)) as kept:
        for number in range(count):
            kept.append(event("forged", facts={"n": number}))
        head = kept.head()
    assert head is not None
    return head


# what nothing proves is not called whole


def test_fault_91_a_chain_with_no_end_remembered_is_whole_only_as_far_as_can_be_told(folder: Path) -> None:
    filled(folder, 3)
    found = verified(folder, None)
    assert (found.is_sound, found.is_whole, found.doubt) == (True, False, "no-head")
    assert verification_sentence(found).startswith(f"{AS_FAR}3 entries")


def test_fault_91_no_journal_and_none_remembered_proves_nothing(folder: Path) -> None:
    for make in (lambda: None, folder.mkdir):
        make()
        found = verified(folder, None)
        assert (found.is_sound, found.is_whole, found.doubt) == (True, False, "no-journal")
        assert verification_sentence(found).startswith(AS_FAR)


@pytest.mark.parametrize("is_there", [True, False])
def test_fault_91_an_emptied_journal_of_which_an_end_is_remembered_is_gone(folder: Path, is_there: bool) -> None:
    head = filled(folder, 3)
    shutil.rmtree(folder)
    if is_there:
        folder.mkdir()
    found = verified(folder, head)
    assert (found.is_sound, found.is_whole, found.why) == (False, False, "gone")
    said = verification_sentence(found)
    assert "whole" not in said
    assert "emptied" in said


def test_fault_91_a_chain_whose_end_is_remembered_is_whole(folder: Path) -> None:
    head = filled(folder, 3)
    found = verified(folder, head)
    assert (found.is_whole, found.doubt) == (True, "")
    assert verification_sentence(found).startswith("The journal is whole: 3 entries")


@pytest.mark.parametrize("count", [2, 5, 9])
def test_fault_91_a_journal_that_was_chained_anew_stays_suspect_when_the_program_goes_on_with_it(
    folder: Path, count: int
) -> None:
    head = filled(folder, 5)
    chained_anew(folder, count)
    with closing(journal(folder, known=lambda: head)) as kept:
        kept.append(event("started"))
        later = kept.head()
    found = verified(folder, later)
    assert not found.is_sound
    assert found.why in ("cut-off", "other-head")
    assert "breaks at entry" in verification_sentence(found)


def test_fault_91_a_journal_that_was_taken_up_with_no_end_remembered_stays_in_doubt(folder: Path) -> None:
    filled(folder, 5)
    chained_anew(folder, 4)
    with closing(journal(folder, known=lambda: None)) as kept:
        kept.append(event("started"))
        later = kept.head()
        assert [entry.event.kind for entry in kept.entries()][4:] == ["remark", "started"]
        assert "4 entries" in entry_summary(kept.newest(2)[1])
    found = verified(folder, later)
    assert (found.is_sound, found.is_whole, found.doubt) == (True, False, "no-head")
    assert verification_sentence(found).startswith(AS_FAR)


def test_fault_91_the_first_journal_of_a_new_outbox_is_whole(folder: Path) -> None:
    with closing(journal(folder, known=lambda: None)) as kept:
        kept.append(event("started"))
        later = kept.head()
    assert verified(folder, later).is_whole


# lines that harm whoever reads them


def forged(number: int = 2, before: str = "0" * 64, **facts: object) -> bytes:
    return entry_line(sealed(Entry(number, NOON, Event("made", facts=facts), before)))


def nested(depth: int) -> bytes:
    """Return a line whose facts are nested; written by hand, since our own writer refuses it."""
    return forged(deep="X").replace(b'"X"', b"[" * depth + b"]" * depth)


LINES = {
    "NaN": forged(n="X").replace(b'"X"', b"NaN"),
    "Infinity": forged(n="X").replace(b'"X"', b"-Infinity"),
    "1e999": forged(n="X").replace(b'"X"', b"1e999"),
    "5,000 digits": forged(n="X").replace(b'"X"', b"1" * 5_000),
    "10 MB": forged(text="x" * 10 * 2**20),
    "10 MB of nothing": b"x" * 10 * 2**20,
    "no UTF-8": forged(n="X").replace(b"X", b"\xff\xfe\xc3"),
    "UTF-16": forged(n="X").decode().encode("utf-16"),
    "nested 100": nested(100),
    "nested 400": nested(400),
    "nested 900": nested(900),
    "nested 100,000": nested(100_000),
    "half nested": b"[" * 100_000,
    "half a text": forged(n="X").replace(b'"X"', b'"' + b'\\"' * 100_000),
    "a number that is none": forged().replace(b'"number":2', b'"number":1e3'),
    "a number that is too large": forged().replace(b'"number":2', b'"number":' + b"9" * 400),
    "a number below one": forged().replace(b'"number":2', b'"number":-2'),
    "year 1": forged().replace(b"2026-03-01T12:00:00+00:00", b"0001-01-01T00:00:00+14:00"),
    "year 9999": forged().replace(b"2026-03-01T12:00:00+00:00", b"9999-12-31T23:59:59-14:00"),
    "NUL": bytes(100),
    "repeated keys": forged().replace(b'"by":""', b'"by":"",' * 20_000 + b'"by":""'),
}


@pytest.mark.parametrize("place", ["in the middle", "at the end", "without its end"])
@pytest.mark.parametrize("what", LINES)
def test_fault_91_a_line_that_would_harm_its_reader_is_named_and_passed_over(
    folder: Path, what: str, place: str
) -> None:
    filled(folder, 2)
    path = only_file(folder)
    first, second = path.read_bytes().splitlines(keepends=True)
    tail = {"in the middle": b"\n" + second, "at the end": b"\n", "without its end": b""}[place]
    path.write_bytes(first + LINES[what] + tail)
    found = verified(folder, Head(2, entry_of(second).hash))
    assert (found.is_sound, found.broken) == (False, 2)
    assert found.why in ("not-an-entry", "torn", "changed")
    assert (found.why == "torn") <= (place == "without its end")
    shown = read_only(folder)
    entries = list(shown.entries())
    assert [entry.number for entry in shown.newest(10)][-1] == 1
    assert len(entries) <= 3
    # what stands there is exported, and what is exported is what it says
    assert len(json.loads(json_export(entries), parse_constant=int)) == len(entries)
    csv_export(entries)
    html_export(entries, found, NOON)
    with closing(journal(folder)) as kept:
        kept.append(event("moved"))
        assert kept.newest(1)[0].event.kind == "moved"


@pytest.mark.parametrize("name", ["0x.jsonl", "1-.jsonl", "²2.jsonl"])
def test_fault_91_a_file_that_is_none_of_ours_is_left_alone(folder: Path, name: str) -> None:
    head = filled(folder, 2)
    (folder / name).write_bytes(b"x")
    assert verified(folder, head).is_whole
    assert len(read_only(folder).newest(9)) == 2
    filled(folder, 1)
    assert (folder / name).read_bytes() == b"x"


def test_fault_91_what_is_nested_too_deeply_is_cut_before_it_is_written(folder: Path) -> None:
    deep: object = "end"
    for _ in range(5_000):
        deep = [deep]
    with closing(FileJournal(folder, lambda text: text)) as kept:
        kept.append(event("answer", facts={"skipped": deep}))
        head = kept.head()
    assert verified(folder, head).is_whole


def test_fault_91_a_long_half_line_is_kept_by_its_beginning_and_its_digest(folder: Path) -> None:
    filled(folder, 1)
    path = only_file(folder)
    whole = path.read_bytes()
    path.write_bytes(whole + b"\xff" * (LINE_LIMIT + 5))
    with closing(journal(folder)) as kept:
        kept.append(event("moved"))
        head = kept.head()
    assert verified(folder, head).is_whole
    remark = list(read_only(folder).entries())[1]
    assert remark.event.facts["bytes"] == LINE_LIMIT + 5
    assert len(str(remark.event.facts["sha256"])) == 64


@pytest.mark.parametrize("text", ["[" * 16_000, '{"a":' * 3_000, '"[[[\\'])
def test_fault_91_brackets_in_a_text_are_no_nesting(folder: Path, text: str) -> None:
    with closing(journal(folder)) as kept:
        kept.append(event("answer", facts={"body": text}))
        head = kept.head()
    assert verified(folder, head).is_whole
    assert [entry.event.facts["body"] for entry in read_only(folder).entries()] == [text]


@pytest.mark.parametrize("doubt", ["no-head", "no-journal"])
def test_fault_91_every_doubt_has_its_words(doubt: str) -> None:
    said = verification_sentence(Verification(3, Head(3, "a" * 64), doubt=doubt))
    assert said.startswith(AS_FAR)
    assert "not known" not in said
