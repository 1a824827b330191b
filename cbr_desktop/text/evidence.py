"""The journal as people read it and take it along: sentences, and exports for tickets, spreadsheets and printing."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from cbr_desktop.domain.journal import Entry, EntryKind, Verification, record_of
from cbr_desktop.text.states import count_words, grouped, shown

COLUMNS = (
    *("number", "at", "kind", "by", "profile", "project", "vault", "vault_name", "intent", "summary", "facts"),
    *("before", "hash"),
)
"""The columns of a table of entries."""

_CELL = 200_000
"""Characters of a cell: more than the largest entry has."""
_STRETCH = re.compile(r"[^\t\r\n]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""With these a program for tables takes a text for a formula or a command."""
_KINDS = {
    EntryKind.MADE: "Asked for",
    EntryKind.MOVED: "Moved",
    EntryKind.REQUEST: "Request",
    EntryKind.ANSWER: "Answer",
    EntryKind.LOOKED: "Looked for",
    EntryKind.ARMED: "Profile armed",
    EntryKind.DISARMED: "Profile disarmed",
    EntryKind.STARTED: "Program started",
    EntryKind.STOPPED: "Program ended",
    EntryKind.REMARK: "Remark",
}


_DOUBTS = {
    "no-head": (
        "{entries}, each bound to the one before. The outbox does not remember them from their beginning, so that "
        "another journal can stand in the place of the one that was written. Head: {head}"
    ),
    "no-journal": "there are no entries, and the outbox remembers none.",
}


def entry_kind_words(kind: str) -> str:
    """Return what kind an entry is of; an unknown one stays as it is."""
    return next((words for known, words in _KINDS.items() if known == kind), shown(kind))


def entry_summary(entry: Entry) -> str:
    """Return what an entry tells, in one line."""
    facts = entry.event.facts
    return {
        EntryKind.MADE: lambda: f"{_fact(facts, 'name') or '(named by the service)'}, {_fact(facts, 'state')}",
        EntryKind.MOVED: lambda: _moved(facts),
        EntryKind.REQUEST: lambda: (
            f"{_fact(facts, 'method')} {_fact(facts, 'url')}, {_fact(facts, 'body_bytes')} bytes"
        ),
        EntryKind.ANSWER: lambda: _answer(facts),
        EntryKind.LOOKED: lambda: _looked(facts),
        EntryKind.ARMED: lambda: f"until {_fact(facts, 'until')}",
        EntryKind.STARTED: lambda: f"version {_fact(facts, 'version')}",
        EntryKind.REMARK: lambda: _remark(facts),
    }.get(_kind(entry), lambda: "")()


def verification_sentence(verification: Verification) -> str:
    """Return whether the journal is whole, and if not, where it breaks and why or what it cannot be proved by."""
    entries = count_words(verification.count, "entry", "entries")
    if verification.is_whole:
        return f"The journal is whole: {entries}, each bound to the one before. Head: {verification.head.hash}"
    if verification.is_sound:
        doubt = _DOUBTS.get(verification.doubt, "").format(entries=entries, head=verification.head.hash)
        return f"The journal is whole as far as can be told: {doubt}"
    why = {
        "not-an-entry": "the line is no entry",
        "changed": "the entry was changed after it was written",
        "out-of-place": "an entry before it is missing, was moved or was put in",
        "torn": "the last line is half written, as a power cut leaves it; the next start keeps it as a remark",
        "cut-off": "the outbox remembers entries that are not there: the end was cut off",
        "gone": "the outbox remembers entries, and there are none: the journal was emptied or taken away",
        "other-head": "the outbox remembers another entry in this place",
        "unreadable": "the file cannot be read from here on",
    }.get(verification.why, "it is not sound")
    head = f"The journal breaks at entry {grouped(verification.broken or 0)}: {why}."
    return f"{head} {entries} up to there."


def json_export(entries: Iterable[Entry]) -> str:
    """Return entries as JSON, exactly as they stand in the journal."""
    text = json.dumps([record_of(entry) for entry in entries], indent=1, ensure_ascii=True, sort_keys=True)
    # the one control of ASCII that JSON lets stand in a text
    return text.replace("\x7f", "\\u007f") + "\n"


def csv_export(entries: Iterable[Entry]) -> str:
    """Return entries as a table; what a program for tables would take for a formula stands behind an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        record = record_of(entry) | {"summary": entry_summary(entry), "facts": _compact(entry.event.facts)}
        writer.writerow([_harmless(_visible(str(record[column]))) for column in COLUMNS])
    return out.getvalue()


def html_export(entries: Iterable[Entry], verification: Verification, now: datetime) -> str:
    """Return entries as a page to print: whole in itself, nothing in it is run or fetched."""
    rows = "".join(_html_row(entry) for entry in entries)
    made = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    state = "sound" if verification.is_whole else "broken"
    heads = "".join(
        f"<th>{name}</th>" for name in ("No.", "Time (UTC)", "What", "By", "Profile", "Vault", "Request", "")
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>CBR Desktop journal</title><style>{_STYLE}</style></head><body>\n"
        f'<h1>Journal of requests</h1><p>Made {made}.</p><p class="{state}">'
        f"{escape(verification_sentence(verification))}</p>\n"
        f"<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table></body></html>\n"
    )


_STYLE = (
    "body{font:10pt sans-serif;color:#000;background:#fff;margin:1.5cm}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #999;padding:2pt 4pt;text-align:left;vertical-align:top}"
    "thead{display:table-header-group}tr{break-inside:avoid}"
    "pre{margin:0;white-space:pre-wrap;word-break:break-all;font:8pt monospace}"
    ".hash{color:#555}.broken{font-weight:bold;border:2px solid #000;padding:4pt}"
)


def _html_row(entry: Entry) -> str:
    event = entry.event
    at = entry.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    cells = (
        str(entry.number),
        at,
        entry_kind_words(event.kind),
        event.by,
        event.profile,
        event.vault_name or event.vault,
    )
    plain = "".join(f"<td>{escape(shown(cell, 200))}</td>" for cell in (*cells, event.intent[:8]))
    facts = json.dumps(event.facts, indent=1, ensure_ascii=False, sort_keys=True)
    lines = "\n".join(shown(line, 100_000) if line.strip() else "" for line in facts.split("\n"))
    details = f"<pre>{escape(lines)}</pre>" if event.facts else ""
    told = f'{escape(shown(entry_summary(entry), 500))}{details}<pre class="hash">{entry.hash}</pre>'
    return f"<tr>{plain}<td>{told}</td></tr>\n"


def _visible(text: str) -> str:
    """Return a text of which no character steers a terminal; what parts lines and columns stays."""
    return _STRETCH.sub(lambda found: shown(found[0], _CELL), text)


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def _compact(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, separators=(",", ":"), ensure_ascii=True, sort_keys=True)


def _kind(entry: Entry) -> EntryKind:
    """Return the kind of an entry; one that this version does not know has nothing to tell, as an end has not."""
    return next((kind for kind in EntryKind if kind == entry.event.kind), EntryKind.STOPPED)


def _fact(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    return "" if value is None else shown(value, 200)


def _moved(facts: Mapping[str, Any]) -> str:
    note = f" ({_fact(facts, 'note')})" if facts.get("note") else ""
    checkpoint = f", checkpoint {_fact(facts, 'checkpoint_id')}" if facts.get("checkpoint_id") else ""
    return f"{_fact(facts, 'from')} → {_fact(facts, 'to')}{note}{checkpoint}"


def _answer(facts: Mapping[str, Any]) -> str:
    head = f"status {_fact(facts, 'status')}" if facts.get("status") else "no answer"
    names = {"code": "code", "checkpoint_id": "checkpoint", "request_id": "request id", "error": "error"}
    parts = [f"{word} {_fact(facts, name)}" for name, word in names.items() if facts.get(name)]
    return ", ".join([head, *parts])


def _looked(facts: Mapping[str, Any]) -> str:
    looked = facts.get("looked")
    rows = [row for row in looked if isinstance(row, dict)] if isinstance(looked, list) else []
    return ", ".join(f"{_fact(row, 'where')} {_fact(row, 'times')} times" for row in rows)


def _remark(facts: Mapping[str, Any]) -> str:
    return {
        "torn-line": "a line that a power cut had left half written was taken off and is kept here",
        "cut-off": "the outbox remembers entries that are not there: the end was cut off",
        "other-head": f"the outbox remembers another entry {_fact(facts, 'known_number')}: others stand in its place",
        "no-head": f"the outbox remembered nothing of the {_entries(facts)} before this one",
        "not-kept": "the disk would not take the request, so it was not kept and not sent",
    }.get(str(facts.get("what")), _fact(facts, "what"))


def _entries(facts: Mapping[str, Any]) -> str:
    count = facts.get("entries")
    return count_words(count, "entry", "entries") if isinstance(count, int) else "entries"
