"""The journal as people read it and take it along: sentences, and exports for tickets, spreadsheets and printing."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from cbr_desktop.domain.intent import IntentState, Reason
from cbr_desktop.domain.journal import Entry, EntryKind, Verification, record_of
from cbr_desktop.text.catalogue import N_, _, listed, sentences
from cbr_desktop.text.markup import escape, page
from cbr_desktop.text.states import counted, grouped, shown, status_words, utc_words

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
    EntryKind.MADE: N_("Requested"),
    EntryKind.MOVED: N_("State changed"),
    EntryKind.REQUEST: N_("Request"),
    EntryKind.ANSWER: N_("Answer"),
    EntryKind.LOOKED: N_("Looked for"),
    EntryKind.ARMED: N_("Profile armed"),
    EntryKind.DISARMED: N_("Profile disarmed"),
    EntryKind.STARTED: N_("Program started"),
    EntryKind.STOPPED: N_("Program ended"),
    EntryKind.REMARK: N_("Remark"),
}


_DOUBTS = {
    "no-head": N_(
        "The journal is whole as far as can be told: {entries}, each bound to the one before. The outbox does not"
        " remember them from their beginning, so that another journal can stand in the place of the one that was"
        " written. Head: {head}"
    ),
    "no-journal": N_(
        "The journal is whole as far as can be told: there are no entries, and the outbox remembers none."
    ),
}


def entry_kind_words(kind: str) -> str:
    """Return what kind an entry is of; an unknown one stays as it is."""
    return next((_(words) for known, words in _KINDS.items() if known == kind), shown(kind))


def entry_summary(entry: Entry) -> str:
    """Return what an entry tells, in one line."""
    facts = entry.event.facts
    return {
        EntryKind.MADE: lambda: listed([_fact(facts, "name") or _("(named by the service)"), _state(facts, "state")]),
        EntryKind.MOVED: lambda: _moved(facts),
        EntryKind.REQUEST: lambda: _("{method} {url}, {size} bytes").format(
            method=_fact(facts, "method"), url=_fact(facts, "url"), size=_fact(facts, "body_bytes")
        ),
        EntryKind.ANSWER: lambda: _answer(facts),
        EntryKind.LOOKED: lambda: _looked(facts),
        EntryKind.ARMED: lambda: _("until {until}").format(until=_fact(facts, "until")),
        EntryKind.STARTED: lambda: _("version {version}").format(version=_fact(facts, "version")),
        EntryKind.REMARK: lambda: _remark(facts),
    }.get(_kind(entry), lambda: "")()


def verification_sentence(verification: Verification) -> str:
    """Return whether the journal is whole, and if not, where it breaks and why or what it cannot be proved by."""
    entries = counted("{count} entry", "{count} entries", verification.count)
    if verification.is_whole:
        whole = _("The journal is whole: {entries}, each bound to the one before. Head: {head}")
        return whole.format(entries=entries, head=verification.head.hash)
    if verification.is_sound:
        return _(_DOUBTS[verification.doubt]).format(entries=entries, head=verification.head.hash)
    breaks = _(_BREAKS.get(verification.why, N_("The journal breaks at entry {number}: it is not sound.")))
    return sentences(
        breaks.format(number=grouped(verification.broken or 0)), _("{entries} up to there.").format(entries=entries)
    )


_BREAKS = {
    "not-an-entry": N_("The journal breaks at entry {number}: the line is no entry."),
    "changed": N_("The journal breaks at entry {number}: the entry was changed after it was written."),
    "out-of-place": N_("The journal breaks at entry {number}: an entry before it is missing, was moved or was put in."),
    "torn": N_(
        "The journal breaks at entry {number}: the last line is half written, as a power cut leaves it; the next start"
        " keeps it as a remark."
    ),
    "cut-off": N_(
        "The journal breaks at entry {number}: the outbox remembers entries that are not there: the end was cut off."
    ),
    "gone": N_(
        "The journal breaks at entry {number}: the outbox remembers entries, and there are none: the journal was"
        " emptied or taken away."
    ),
    "other-head": N_("The journal breaks at entry {number}: the outbox remembers another entry in this place."),
    "unreadable": N_("The journal breaks at entry {number}: the file cannot be read from here on."),
}


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
    made = _("Made {at}.").format(at=utc_words(now))
    state = "sound" if verification.is_whole else "broken"
    titles = (_("No."), _("Time (UTC)"), _("What"), _("By"), _("Profile"), _("Vault"), _("Request"), "")
    heads = "".join(f"<th>{escape(title)}</th>" for title in titles)
    body = (
        f'<h1>{escape(_("Journal of requests"))}</h1><p>{escape(made)}</p><p class="{state}">'
        f"{escape(verification_sentence(verification))}</p>\n"
        f"<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table>"
    )
    return page(_("CBR Desktop journal"), body, _STYLE)


_STYLE = "pre{margin:0;white-space:pre-wrap;word-break:break-all;font:8pt monospace}.hash{color:#555}"


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
    note = facts.get("note")
    words = next((_(words) for reason, words in _WHY.items() if reason == note), "") or shown(note, 200)
    why = f" ({words})" if note else ""
    parts = [f"{_state(facts, 'from')} → {_state(facts, 'to')}{why}"]
    if facts.get("checkpoint_id"):
        parts.append(_("checkpoint {id}").format(id=_fact(facts, "checkpoint_id")))
    return listed(parts)


def _state(facts: Mapping[str, Any], name: str) -> str:
    """Return the words of a state that every other screen has for it; an unknown one stays as it is."""
    value = facts.get(name)
    return next((status_words(state) for state in IntentState if state == value), _fact(facts, name))


_WHY = {
    Reason.OFFLINE: N_("the program works offline"),
    Reason.UNREACHABLE: N_("the service cannot be reached"),
    Reason.THROTTLED: N_("the service takes no more for now"),
    Reason.LOGIN: N_("the login needs somebody"),
    Reason.NOT_SAVED: N_("the disk did not take it"),
    Reason.OLD_DATA: N_("newer data are wanted first"),
    Reason.PRIOR: N_("another request comes first"),
    Reason.REPEATED: N_("it was proved undone and goes again"),
    Reason.PERSON: N_("by hand"),
    Reason.STALE: N_("confirmed too long ago"),
    Reason.CONTRADICTED: N_("newer data speak against it"),
    Reason.LATE: N_("its time passed"),
    Reason.RESTARTED: N_("the program ended before it was sent"),
    Reason.CLOCK: N_("confirmed by a clock that was ahead"),
    Reason.ELSEWHERE: N_("its profile leads elsewhere"),
    Reason.LEFT: N_("the command that asked for it ended"),
    Reason.PRIOR_FAILED: N_("the request before it was not done whole"),
    Reason.NO_PROFILE: N_("its profile is gone"),
    Reason.INTERRUPTED: N_("the program ended while it was being sent"),
    Reason.LOOKING_AGAIN: N_("it is looked for again"),
    Reason.LANE_BUSY: N_("what is busy may be busy with it"),
    Reason.AMBIGUOUS: N_("what was found may be another's"),
    Reason.NO_CLOCK: N_("the service's time is not known"),
    Reason.NO_ANSWER: N_("no answer came"),
    Reason.BAD_ANSWER: N_("the answer cannot be read"),
    Reason.REDIRECTED: N_("the answer leads elsewhere"),
    Reason.SIGN_IN_PAGE: N_("a sign-in page answered"),
    Reason.REFUSED: N_("the answer proves nothing"),
    Reason.FORBIDDEN: N_("the service does not allow it"),
    Reason.NOT_THERE: N_("the service does not know it"),
    Reason.LOGIN_REFUSED: N_("the login was refused"),
    Reason.TOO_MANY: N_("the service takes no more for now"),
    Reason.UNPROVED: N_("what answered is not known"),
    Reason.PROXY: N_("a proxy wants a login"),
    Reason.RECONCILED: N_("found by reading"),
    Reason.ADOPTED: N_("a person says that it is theirs"),
    Reason.DISOWNED: N_("a person says that none of what was found is theirs"),
}
"""Why a request came into a state; what is not here stays as the journal has it."""


def _answer(facts: Mapping[str, Any]) -> str:
    head = _("status {status}").format(status=_fact(facts, "status")) if facts.get("status") else _("no answer")
    parts = [_(told).format(fact=_fact(facts, name)) for name, told in _TOLD.items() if facts.get(name)]
    return listed([head, *parts])


_TOLD = {
    "code": N_("code {fact}"),
    "checkpoint_id": N_("checkpoint {fact}"),
    "request_id": N_("request id {fact}"),
    "error": N_("error {fact}"),
}


def _looked(facts: Mapping[str, Any]) -> str:
    looked = facts.get("looked")
    rows = [row for row in looked if isinstance(row, dict)] if isinstance(looked, list) else []
    return listed(
        [_("{where} {count} times").format(where=_fact(row, "where"), count=_fact(row, "times")) for row in rows]
    )


def _remark(facts: Mapping[str, Any]) -> str:
    return {
        "torn-line": _("a line that a power cut had left half written was taken off and is kept here"),
        "cut-off": _("the outbox remembers entries that are not there: the end was cut off"),
        "other-head": _("the outbox remembers another entry {number}: others stand in its place").format(
            number=_fact(facts, "known_number")
        ),
        "no-head": _nothing_remembered(facts.get("entries")),
        "not-kept": _("the disk would not take the request, so it was not kept and not sent"),
    }.get(str(facts.get("what")), _fact(facts, "what"))


def _nothing_remembered(count: object) -> str:
    if not isinstance(count, int):
        return _("the outbox remembered nothing of the entries before this one")
    return counted(
        "the outbox remembered nothing of the {count} entry before this one",
        "the outbox remembered nothing of the {count} entries before this one",
        count,
    )
