"""Keeping the journal: what happens to requests, who did it, and what went over the wire, written down as it happens.

Every row on its way to the disk passes through here, so that no workflow can forget the journal. Only the entry that a
request is about to be sent is a condition: where it cannot be written nothing is sent. All else that the disk refuses
is lost and stops nothing.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from msgspec.structs import asdict

from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, IntentState, Reason
from cbr_desktop.domain.journal import EntryKind, Event
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.profile import Profile
from cbr_desktop.workflows.ports import Journal, Records

BODY_LIMIT = 64 * 2**10
"""Bytes of a request's body that are written down; of a longer one there is the beginning, and the digest of all."""
_ANSWER_LIMIT = 16 * 2**10
_SHOWN_HEADERS = frozenset({"content-type", "accept", "x-project-id", "x-sdk-date", "x-domain-id", "host"})


class AuditWriter:
    """Writes down what happens in one profile; ``by`` is ``login@host`` of who runs this program."""

    def __init__(self, journal: Journal, profile: Profile, by: str) -> None:
        self._journal = journal
        self._profile = profile
        self._by = by

    def note(self, kind: EntryKind, intent: Intent | None = None, **facts: object) -> None:
        """Write an event down if the disk takes it."""
        with suppress(CbrError):
            self.insist(kind, intent, **facts)

    def insist(self, kind: EntryKind, intent: Intent | None = None, **facts: object) -> None:
        """Write an event down. ``NotSaved`` when that cannot be."""
        self._journal.append(self._event(kind, intent, facts))

    def made(self, intent: Intent) -> None:
        """Write down that a change was asked for."""
        self.note(
            EntryKind.MADE,
            intent,
            state=str(intent.state),
            operation=str(intent.change.kind),
            subject=asdict(intent.subject),
            name=intent.name,
            endpoint=intent.target.cbr_endpoint,
            body_sha256=hashlib.sha256(intent.body).hexdigest(),
            **_grounds(intent),
        )

    def changed(self, changes: Iterable[tuple[Intent, Intent]]) -> None:
        """Write down, of every request before and after a change, that it was looked for, and that it stands elsewhere
        now or was confirmed anew."""
        events = [event for before, after in changes for event in self._changes(before, after)]
        if events:
            with suppress(CbrError):
                self._journal.append_all(events)

    def _changes(self, before: Intent, after: Intent) -> Iterator[Event]:
        if _looks(before) != _looks(after):
            yield self._event(EntryKind.LOOKED, after, {"looked": [_looked(each) for each in after.looked]})
        if before.state is not after.state or before.confirmed_at != after.confirmed_at:
            yield self._event(EntryKind.MOVED, after, _move(before, after))

    def _event(self, kind: EntryKind, intent: Intent | None, facts: dict[str, Any]) -> Event:
        target = intent.target if intent is not None else None
        return Event(
            kind=str(kind),
            by=self._by,
            profile=target.profile if target else self._profile.name,
            project=target.project if target else self._profile.project,
            vault=intent.change.vault_id or "" if intent is not None else "",
            vault_name=intent.subject.name if intent is not None and intent.change.vault_id else "",
            intent=intent.id if intent is not None else "",
            facts=facts,
        )

    def armed(self, until: datetime | None) -> None:
        """Write down that a read-only profile lets changes through until then, or no more."""
        if until is None:
            self.note(EntryKind.DISARMED)
        else:
            self.note(EntryKind.ARMED, until=_moment(until))

    def observer(self, intent: Intent) -> "IntentObserver":
        """Return who sees what a request says to the service."""
        return IntentObserver(self, intent)


class IntentObserver:
    """Writes down what one request says to the service, and what it is answered."""

    def __init__(self, audit_writer: AuditWriter, intent: Intent) -> None:
        self._audit_writer = audit_writer
        self._intent = intent

    def asks(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Write the request down. ``NotSaved`` when that cannot be."""
        self._audit_writer.insist(
            EntryKind.REQUEST,
            self._intent,
            method=method,
            url=url,
            headers={name: value if name.lower() in _SHOWN_HEADERS else "[hidden]" for name, value in headers.items()},
            body=_text(body[:BODY_LIMIT]),
            body_bytes=len(body),
            body_sha256=hashlib.sha256(body).hexdigest(),
        )

    def answers(self, status: int, request_id: str, code: str, body: bytes | None, error: str = "") -> None:
        """Write the answer down if the disk takes it."""
        facts: dict[str, object] = {"status": status, "request_id": request_id, "code": code, "error": error}
        if body is not None:
            facts |= {"body_bytes": len(body), "body_sha256": hashlib.sha256(body).hexdigest(), **_told(body)}
        self._audit_writer.note(EntryKind.ANSWER, self._intent, **facts)


class JournalledRecords:
    """Rows that are in the journal before they are on the disk; fits ``Records``."""

    def __init__(
        self, records: Records, audit_writer: AuditWriter, at: Callable[[str], None] = lambda _point: None
    ) -> None:
        self._records = records
        self._audit_writer = audit_writer
        self._at = at
        self._known: dict[IntentId, Intent] = {}

    def add(self, intent: Intent) -> None:
        """Keep a new intent."""
        self._audit_writer.made(intent)
        try:
            self._records.add(intent)
        except CbrError as error:
            self._audit_writer.note(EntryKind.REMARK, intent, what="not-kept", error=type(error).__name__)
            raise
        self._known[intent.id] = intent

    def claim(self, intent: Intent) -> bool:
        """Turn a QUEUED row into ``intent``; not without the journal's knowing. ``NotSaved`` when it cannot be."""
        before = self._known.get(intent.id, intent)
        self._audit_writer.insist(EntryKind.MOVED, intent, **_move(before, intent))
        self._at("after-journal")
        try:
            won = self._records.claim(intent)
        except CbrError:
            self._audit_writer.note(EntryKind.MOVED, before, **_move(intent, before) | {"note": Reason.NOT_SAVED})
            raise
        if won:
            self._known[intent.id] = intent
        else:
            self._audit_writer.note(EntryKind.MOVED, before, **_move(intent, before) | {"note": "not-claimed"})
        return won

    def save(self, intent: Intent) -> None:
        """Keep the new state of an intent."""
        self._note([intent])
        self._records.save(intent)

    def save_all(self, intents: Sequence[Intent]) -> None:
        """Keep the new states of several intents."""
        self._note(intents)
        self._records.save_all(intents)

    def load(self) -> list[Intent]:
        """Return all intents."""
        intents = self._records.load()
        self._known = {intent.id: intent for intent in intents}
        return intents

    def kept(self) -> list[Intent]:
        """Return the intents of all profiles, as they are on the disk now."""
        return self._records.kept()

    def _note(self, intents: Sequence[Intent]) -> None:
        before = dict(self._known)
        self._known |= {intent.id: intent for intent in intents}
        self._audit_writer.changed((before.get(intent.id, intent), intent) for intent in intents)


def _looks(intent: Intent) -> list[tuple[str, int]]:
    """Return how often it was looked where with success; without a network there are tries for days on end."""
    return [(looked.where, looked.times) for looked in intent.looked]


def _grounds(intent: Intent) -> dict[str, Any]:
    return {
        "retry_of": intent.retry_of,
        "draft": intent.draft,
        "plan": intent.plan,
        "due_at": _moment(intent.due_at),
        "confirmed_at": _moment(intent.confirmed_at),
        "preflight_at": _moment(intent.preflight_at),
        **_approval(intent),
    }


def _approval(intent: Intent) -> dict[str, Any]:
    return {} if intent.approval is None else {"approval": asdict(intent.approval)}


def _move(before: Intent, after: Intent) -> dict[str, Any]:
    facts: dict[str, Any] = {"from": str(before.state), "to": str(after.state), "note": after.reason}
    if before.confirmed_at != after.confirmed_at:
        facts |= {"confirmed_at": _moment(after.confirmed_at)}
    if before.approval != after.approval:
        facts |= _approval(after)
    if before.due_at != after.due_at:
        facts |= {"due_at": _moment(after.due_at)}
    if after.checkpoint is not None and after.state is not before.state:
        facts |= {"checkpoint_id": after.checkpoint.id, "accepted": [each.id for each in after.checkpoint.accepted]}
        facts |= {"skipped": [{"id": each.id, "code": each.code} for each in after.checkpoint.skipped]}
    if after.refusal is not None and after.state is IntentState.REJECTED:
        facts |= {"refusal": asdict(after.refusal)}
    if after.duplicates:
        facts |= {"twins": list(after.duplicates)}
    if after.state is IntentState.FINISHED and after.outcome is not None:
        counts = {fate.name.lower(): after.outcome.count(fate) for fate in Fate if after.outcome.count(fate)}
        facts |= {"status": str(after.outcome.status), "resources": counts}
    return facts


def _looked(looked: Any) -> dict[str, Any]:
    return {name: _moment(value) if isinstance(value, datetime) else value for name, value in asdict(looked).items()}


def _told(body: bytes) -> dict[str, Any]:
    """Return the parts of an accepted answer that matter: which checkpoint, in which state, and what was skipped."""
    try:
        checkpoint = json.loads(body[: 2**20])["checkpoint"]
        skipped = (checkpoint.get("extra_info") or {}).get("skipped_resources") or checkpoint.get("skipped_resources")
        told = {"checkpoint_id": checkpoint["id"], "checkpoint_status": checkpoint.get("status"), "skipped": skipped}
        json.dumps(told, allow_nan=False)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # what cannot be read is kept by its beginning: it may be all that there is to go by
        return {"body": _text(body[:_ANSWER_LIMIT])}
    return told


def _text(body: bytes) -> str:
    return body.decode("utf-8", "backslashreplace")


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
