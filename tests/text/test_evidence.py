"""The journal for people: sentences for every kind, and exports that harm nobody who opens them."""

import csv
import io
import json
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from cbr_desktop.domain.intent import IntentState, Reason
from cbr_desktop.domain.journal import FIRST, Entry, EntryKind, Event, Head, Verification, entry_of, sealed
from cbr_desktop.text.evidence import (
    COLUMNS,
    csv_export,
    entry_kind_words,
    entry_summary,
    html_export,
    json_export,
    verification_sentence,
)
from cbr_desktop.text.states import status_words

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOUND = Verification(1, Head(1, "a" * 64))
FORMULAS = [
    '=HYPERLINK("https://evil.example","x")',
    "+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "|cmd",
    "%0A",
]
HOSTILE = '<script>alert(1)</script><img src="file:///x"><a href="javascript:x">y</a>\u202e&'


def entry(kind: str = "made", **changes: object) -> Entry:
    values: dict[str, object] = {"by": "anna@desk", "profile": "Prod", "vault_name": "Tresor", "facts": {"name": "n"}}
    return sealed(Entry(1, NOON, Event(kind, **(values | changes)), FIRST))  # type: ignore[arg-type]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("column", ["by", "profile", "vault_name", "intent"])
def test_fault_68_no_text_of_others_becomes_a_formula_in_a_table(text: str, column: str) -> None:
    exported = csv_export([entry(**{column: text})])
    (row,) = rows(exported)
    assert row[column] == f"'{text}"
    assert all(not value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in row.values())
    assert f'"\'{text}"' in exported or '"' in text


def test_fault_68_every_cell_is_quoted_and_every_column_there() -> None:
    lines = csv_export([entry()]).split("\r\n")
    assert lines[0] == ",".join(f'"{name}"' for name in COLUMNS)
    assert all(line.startswith('"') and line.endswith('"') for line in lines[:-1])


def test_fault_68_json_is_exact() -> None:
    odd = entry(vault_name="=1\u202e \ud800", facts={"deep": [{"a": 1}], "text": HOSTILE})
    (record,) = json.loads(json_export([odd]))
    line = json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
    assert sealed(entry_of(line)) == odd


def test_the_page_shows_hostile_texts_literally_and_fetches_nothing() -> None:
    page = html_export([entry(vault_name=HOSTILE, by=HOSTILE, facts={"name": HOSTILE, HOSTILE: HOSTILE})], SOUND, NOON)
    tags: set[str] = set()
    attributes: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            attributes.update(name for name, _ in attrs)

    Reader().feed(page)
    assert not tags & {"script", "img", "a", "link", "iframe", "object", "form"}
    assert attributes <= {"lang", "charset", "http-equiv", "content", "class"}
    assert "\u202e" not in page
    assert "default-src 'none'" in page


def test_a_broken_journal_is_said_on_the_page() -> None:
    page = html_export([entry()], Verification(3, Head(3, ""), 4, "changed"), NOON)
    assert "breaks at entry 4: the entry was changed" in page


@pytest.mark.parametrize(
    "why", ["not-an-entry", "changed", "out-of-place", "torn", "cut-off", "gone", "other-head", "unreadable"]
)
def test_every_break_has_its_words(why: str) -> None:
    assert "it is not sound" not in verification_sentence(Verification(3, Head(), 4, why))
    assert "whole" in verification_sentence(SOUND)


@pytest.mark.parametrize("kind", EntryKind)
def test_every_kind_has_its_words_and_a_summary_of_any_facts(kind: EntryKind) -> None:
    assert entry_kind_words(kind) != kind
    for facts in ({}, {"looked": 7, "status": [], "what": None, "from": {}}, {"looked": [1, {"where": "tasks"}]}):
        assert "\n" not in entry_summary(entry(kind, facts=facts))


def test_a_state_in_the_journal_has_the_words_of_every_other_screen() -> None:
    for state in IntentState:
        moved = entry(EntryKind.MOVED, facts={"from": "queued", "to": str(state), "note": ""})
        assert entry_summary(moved) == f"Queued → {status_words(state)}"
    for reason in set(Reason) - {Reason.NONE}:
        told = entry_summary(entry(EntryKind.MOVED, facts={"from": "queued", "to": "held", "note": str(reason)}))
        assert told.startswith("Queued → Held (")
        assert f"({reason})" not in told
    later = entry(EntryKind.MOVED, facts={"from": "queued", "to": "on the moon", "note": "full moon"})
    assert entry_summary(later) == "Queued → on the moon (full moon)"
    assert entry_summary(entry(EntryKind.MADE, facts={"name": "n", "state": "not-found"})) == "n, No trace found"


def test_a_kind_of_a_later_version_is_shown_as_it_is() -> None:
    assert entry_kind_words("moon-phase") == "moon-phase"
    assert entry_summary(entry("moon-phase")) == ""
