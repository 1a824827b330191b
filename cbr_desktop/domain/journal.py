"""The journal: an unbroken chain of entries that prove who asked what of a service, and what it answered.

Every entry is one line of JSON with sorted keys and no blanks, ASCII alone. ``hash`` is the SHA-256 of that line
without itself, ``before`` the hash of the entry before (64 zeros before the first), and numbers count from 1. So no one
can change, drop, add or move an entry without breaking the chain; what is cut off at the end is noticed by the head
that is kept elsewhere.
"""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from cbr_desktop.domain.jsontext import measure

FIRST = "0" * 64
"""What stands for the hash of the entry before the first."""
DEPTH_LIMIT = 64
"""Levels of nesting of an entry; its own and those of its facts together."""

_NUMBER_LIMIT = 10**15
# far enough from the ends of the calendar for every time zone
_YEARS = range(1970, 9999)


class EntryKind(StrEnum):
    """What an entry tells. ``MOVED`` has ``from``, ``to`` and ``note`` in its facts."""

    MADE = "made"
    MOVED = "moved"
    REQUEST = "request"
    ANSWER = "answer"
    LOOKED = "looked"
    ARMED = "armed"
    DISARMED = "disarmed"
    STARTED = "started"
    STOPPED = "stopped"
    REMARK = "remark"


class Event(Struct, frozen=True):
    """What is to be written down. ``facts`` hold what JSON can hold; ``by`` is ``login@host`` of the one who acts."""

    kind: str
    by: str = ""
    profile: str = ""
    project: str = ""
    vault: str = ""
    vault_name: str = ""
    intent: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Entry(Struct, frozen=True):
    """An event as it stands in the journal."""

    number: int
    at: datetime
    event: Event
    before: str
    hash: str = ""


class Head(NamedTuple):
    """The last entry, as it is remembered outside the journal."""

    number: int = 0
    hash: str = FIRST


class Verification(Struct, frozen=True):
    """How the chain stands. ``count`` entries were read; ``broken`` is the number of the first that is not sound.

    ``why`` is ``not-an-entry``, ``changed`` (its hash is another), ``out-of-place`` (it does not follow on the one
    before), ``torn`` (the last line has no end), ``cut-off`` (the head is known and not there), ``gone`` (it is known
    and there is no entry at all), ``other-head`` (another entry is in its place) or ``unreadable``; empty when all is
    sound.

    ``doubt`` tells why a sound chain need not be the one that was written: ``no-head`` (no head is remembered, or none
    was when a program took the journal up) or ``no-journal`` (there are no entries and no head); empty when it is.
    """

    count: int
    head: Head
    broken: int | None = None
    why: str = ""
    doubt: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether nothing is missing in the chain and nothing was changed."""
        return self.broken is None

    @property
    def is_whole(self) -> bool:
        """Whether the chain is sound, and proved to be the one that was written."""
        return self.is_sound and not self.doubt


class EntryFilter(Struct, frozen=True):
    """Which entries are wanted; what is ``None`` or empty does not narrow. ``until`` is not part of the time."""

    since: datetime | None = None
    until: datetime | None = None
    profile: str = ""
    vault: str = ""
    intent: str = ""
    kinds: frozenset[str] = frozenset()

    def takes(self, entry: Entry) -> bool:
        """Whether an entry is wanted; a vault is meant by its id or its name, an intent by the beginning of its id."""
        event = entry.event
        return (
            (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at < self.until)
            and self.profile in ("", event.profile)
            and self.vault in ("", event.vault, event.vault_name)
            and (not self.intent or event.intent.startswith(self.intent))
            and (not self.kinds or event.kind in self.kinds)
        )


class RequestObserver(Protocol):
    """Sees what one request says to the service and what it answers, as it happens."""

    def asks(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Note a request before its first byte leaves. ``NotSaved`` when that cannot be: then it must not be sent."""
        ...

    def answers(self, status: int, request_id: str, code: str, body: bytes | None, error: str = "") -> None:
        """Note the answer, or with ``error`` why there is none; never raises."""
        ...


def sealed(entry: Entry) -> Entry:
    """Return an entry with its hash."""
    return replace(entry, hash=_digest(_fields(entry)))


def entry_line(entry: Entry) -> bytes:
    """Return a sealed entry as its line, without the end of it."""
    return _canonical({**_fields(entry), "hash": entry.hash})


def record_of(entry: Entry) -> dict[str, Any]:
    """Return a sealed entry as JSON has it."""
    return {**_fields(entry), "hash": entry.hash}


def entry_of(line: bytes) -> Entry:
    """Read a line. ``ValueError`` when it is none of ours; whether its hash is right is another question."""
    try:
        text = line.decode("ascii")
        if measure(text, DEPTH_LIMIT, len(text))[0] > DEPTH_LIMIT:
            raise ValueError(f"no entry: more than {DEPTH_LIMIT} levels")
        fields = json.loads(text, parse_constant=_finite, parse_float=_finite)
        event = Event(**{name: fields[name] for name in _EVENT})
        entry = Entry(fields["number"], datetime.fromisoformat(fields["at"]), event, fields["before"], fields["hash"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"no entry: {type(error).__name__}") from error
    texts = [entry.before, entry.hash, *(getattr(event, name) for name in _EVENT[:-1])]
    if type(entry.number) is not int or not all(isinstance(text, str) for text in texts) or entry.at.tzinfo is None:
        raise ValueError("no entry: a value of another type")
    if not isinstance(event.facts, dict):
        raise ValueError("no entry: no facts")
    if not 0 < entry.number < _NUMBER_LIMIT or entry.at.year not in _YEARS:
        raise ValueError("no entry: a value out of its range")
    return entry


def fault_of(line: bytes, entry: Entry, before: Head) -> str:
    """Return why an entry is not the sound follower of ``before``, as in ``Verification``; empty when it is."""
    if sealed(entry).hash != entry.hash or entry_line(entry) != line:
        return "changed"
    if entry.number != before.number + 1 or entry.before != before.hash:
        return "out-of-place"
    return ""


_EVENT = ("kind", "by", "profile", "project", "vault", "vault_name", "intent", "facts")


def _fields(entry: Entry) -> dict[str, Any]:
    event = {name: getattr(entry.event, name) for name in _EVENT}
    return {"number": entry.number, "at": entry.at.isoformat(), "before": entry.before, **event}


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"no entry: {text[:20]} is no number")
    return number


def _canonical(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def _digest(fields: Mapping[str, Any]) -> str:
    import hashlib  # takes milliseconds, and most commands judge without writing into a journal

    return hashlib.sha256(_canonical(fields)).hexdigest()
