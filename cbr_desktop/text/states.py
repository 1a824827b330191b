"""Quantities and states in plain words, and foreign text made fit for a sentence.

Nothing here knows Qt. Whatever comes from outside (names, messages, file contents) goes through ``shown`` first, so
that it can neither reorder nor flood the text around it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from cbr_desktop.text.catalogue import NN_, NP_, Message, _, listed, ngettext, pgettext
from cbr_desktop.text.plain import plain

if TYPE_CHECKING:
    from cbr_desktop.domain.intent import IntentState
    from cbr_desktop.domain.vault import ProtectStatus

SHOWN_LIMIT = 200
"""Code points of foreign text that a sentence takes before it is cut."""
_SENTENCE = 10_000
"""Letters of a foreign sentence that are looked at: ten million would hold the window up."""
_NAMES_IN_A_ROW = 3


# foreign text and quantities


def shown(text: object, limit: int = SHOWN_LIMIT) -> str:
    """Return foreign text fit for a sentence: one line, nothing hidden, not endless."""
    return plain(str(text), limit)


def quoted(text: object, limit: int = SHOWN_LIMIT) -> str:
    """Return foreign text in quotation marks."""
    return _("‘{text}’").format(text=shown(text, limit))


def quoted_sentence(text: object, limit: int = SHOWN_LIMIT) -> str:
    """Return a foreign sentence in quotation marks, without the full stop that the sentence around it has."""
    return quoted(str(text)[:_SENTENCE].rstrip().rstrip("."), limit)


def names_words(names: list[str]) -> str:
    """Return a row of names, cut after a few: ``‘a’, ‘b’, ‘c’ and 4 more``."""
    first = listed([quoted(name, 64) for name in names[:_NAMES_IN_A_ROW]])
    rest = len(names) - _NAMES_IN_A_ROW
    if rest <= 0:
        return first
    return ngettext("{names} and {count} more", "{names} and {count} more", rest).format(names=first, count=rest)


NO_BREAK = "\u00a0"
"""The space between groups of digits: as wide as another, in every font, and in more encodings than a narrow one."""


def counted(one: str, many: str, count: int) -> str:
    """Return a message with its number in the place ``count``; ``one`` and ``many`` are its two English forms."""
    return ngettext(one, many, count).format(count=grouped(count))


def grouped(number: int) -> str:
    """Return a whole number in groups of three: ``1 930``. No line breaks between them."""
    return f"{number:,}".replace(",", NO_BREAK)


def gb_words(gigabytes: float) -> str:
    """Return a size: whole gigabytes from ten up, one digit below, and never 0 for a little."""
    if 0 < abs(gigabytes) < 0.05:
        return _("less than {size} GB").format(size=0.1)
    return _("{size} GB").format(size=gb_number(gigabytes))


def gb_number(gigabytes: float) -> str:
    """Return the number of a size in gigabytes, for where its unit stands elsewhere."""
    if 0 < abs(gigabytes) < 0.05:
        return _("less than {size}").format(size=0.1)
    if abs(gigabytes) < 10 and gigabytes != int(gigabytes):
        return f"{gigabytes:.1f}"
    return grouped(round(gigabytes))


def percent_words(percent: float) -> str:
    """Return a share: ``61 %``, also beyond 100."""
    return _("{share} %").format(share=round(percent))


def duration_words(span: timedelta) -> str:
    """Return a span in its two largest units: ``12 s``, ``3 min``, ``2 h 5 min``, ``3 days``."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return _("{seconds} s").format(seconds=seconds)
    minutes, hours = seconds // 60, seconds // 3600
    if minutes < 60:
        return _("{minutes} min").format(minutes=minutes)
    if hours < 48:
        if not minutes % 60:
            return _("{hours} h").format(hours=hours)
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes % 60)
    return counted("{count} day", "{count} days", hours // 24)


_told_whole: list[bool] = []


@contextmanager
def whole_times() -> Iterator[None]:
    """Let times have date and zone meanwhile: what a command prints is kept, mailed and read on another day."""
    _told_whole.append(True)
    try:
        yield
    finally:
        _told_whole.pop()


def utc_words(at: datetime) -> str:
    """Return a time in UTC, to the second: ``2026-03-01 12:00:00 UTC``."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def clock_words(at: datetime, now: datetime | None) -> str:
    """Return a time of day as the operator's clock shows it, with the date when it is not that of ``now``.

    Within ``whole_times`` it is the time in UTC, with its date.
    """
    if _told_whole:
        return utc_words(at)
    local = at.astimezone()
    return local.strftime(
        "%H:%M:%S" if now is not None and local.date() == now.astimezone().date() else "%Y-%m-%d %H:%M:%S"
    )


# states


def status_words(value: object) -> str:
    """Return the plain words of a state, type, fate or other word of the service; an unknown one stays and says so."""
    if value is None or value == "":
        return _("Unknown")
    if isinstance(value, Enum):
        return pgettext(*_WORDS[type(value).__name__][value.name])
    return _("{word} (unknown to this version)").format(word=shown(value, 60))


def short_type_words(value: object) -> str:
    """Return the type of a resource for a narrow column; where that differs from the type, a tooltip should tell it."""
    short = _SHORT_TYPES.get(value.name) if isinstance(value, Enum) else None
    return pgettext(*short) if short is not None else status_words(value)


def state_words(value: object) -> str:
    """Return a state in plain words, with the service's own word where that is none of them."""
    words = status_words(value)
    if not isinstance(value, Enum) or str(value).casefold() in words.casefold().split():
        return words
    return _("{words} ({word})").format(words=words, word=value)


def counted_states(state: "IntentState", count: int) -> str:
    """Return how many requests stand so: ``3 queued``."""
    one, many = _COUNTED_STATES[state.name]
    return ngettext(one, many, count).format(count=grouped(count))


_COUNTED_STATES = {
    "SCHEDULED": NN_("{count} scheduled", "{count} scheduled"),
    "HELD": NN_("{count} held", "{count} held"),
    "QUEUED": NN_("{count} queued", "{count} queued"),
    "SENDING": NN_("{count} sending", "{count} sending"),
    "ACCEPTED": NN_("{count} accepted", "{count} accepted"),
    "FINISHED": NN_("{count} ended", "{count} ended"),
    "REJECTED": NN_("{count} refused", "{count} refused"),
    "UNKNOWN": NN_("{count} outcome unknown", "{count} outcome unknown"),
    "NOT_FOUND": NN_("{count} no trace found", "{count} no trace found"),
    "CANCELLED": NN_("{count} taken back", "{count} taken back"),
}


def protect_words(status: "ProtectStatus | str | None") -> str:
    """Return the state of a resource in its vault; it has none until its first backup."""
    return _("Never backed up") if status is None else state_words(status)


_SHORT_TYPES = {
    "BMS": NP_("type of a resource in a narrow column", "BMS"),
    "FILE_SYSTEM": NP_("type of a resource in a narrow column", "SFS Turbo"),
    "WORKSPACE": NP_("type of a resource in a narrow column", "Desktop"),
}

# by the names of the enumerations: what the first window does not show need not be imported for its words
_WORDS: dict[str, dict[str, Message]] = {
    "JsonFault": {
        "SYNTAX": NP_("why a text is no JSON", "a sign is missing or in the wrong place"),
        "NOT_UTF_8": NP_("why a text is no JSON", "it is not text in UTF-8"),
        "UTF_16": NP_("why a text is no JSON", "it is text in UTF-16; it has to be saved as UTF-8"),
        "NUMBER": NP_("why a text is no JSON", "a number in it is none that JSON has, or has far too many digits"),
        "TOO_DEEP": NP_("why a text is no JSON", "it is nested deeper than any request"),
        "TOO_MANY": NP_("why a text is no JSON", "it has more lines or values than any request"),
    },
    "ValueKind": {
        "TEXT": NP_("what a value of JSON is", "text"),
        "BOOLEAN": NP_("what a value of JSON is", "true or false"),
        "WHOLE_NUMBER": NP_("what a value of JSON is", "a whole number"),
        "NUMBER": NP_("what a value of JSON is", "a number"),
        "LIST": NP_("what a value of JSON is", "a list"),
        "OBJECT": NP_("what a value of JSON is", "an object"),
        "NULL": NP_("what a value of JSON is", "null"),
        "OTHER": NP_("what a value of JSON is", "another value"),
        "NONE": NP_("what a value of JSON is", "none"),
        "NO_OBJECT": NP_("what a value of JSON is", "no object"),
        "NO_NUMBER": NP_("what a value of JSON is", "no number"),
    },
    "VaultStatus": {
        "AVAILABLE": NP_("state of a vault", "Available"),
        "LOCK": NP_("state of a vault", "Being expanded"),
        "FROZEN": NP_("state of a vault", "Frozen"),
        "DELETING": NP_("state of a vault", "Being deleted"),
        "ERROR": NP_("state of a vault", "In error"),
    },
    "VaultKind": {
        "SERVER": NP_("kind of a vault", "Server vault"),
        "DISK": NP_("kind of a vault", "Disk vault"),
        "TURBO": NP_("kind of a vault", "SFS Turbo vault"),
        "WORKSPACE": NP_("kind of a vault", "Desktop vault"),
        "VMWARE": NP_("kind of a vault", "VMware vault"),
        "RDS": NP_("kind of a vault", "Database vault"),
        "FILE": NP_("kind of a vault", "File vault"),
    },
    "ProtectType": {
        "BACKUP": NP_("what a vault takes", "Backup"),
        "REPLICATION": NP_("what a vault takes", "Replication"),
        "HYBRID": NP_("what a vault takes", "Hybrid cloud"),
    },
    "ProtectStatus": {
        "AVAILABLE": NP_("state of a resource in its vault", "Available"),
        "PROTECTING": NP_("state of a resource in its vault", "Being backed up"),
        "RESTORING": NP_("state of a resource in its vault", "Being restored"),
        "REMOVING": NP_("state of a resource in its vault", "Being removed"),
        "ERROR": NP_("state of a resource in its vault", "In error"),
        "DELETED": NP_("state of a resource in its vault", "Deleted"),
    },
    "ResourceType": {
        "SERVER": NP_("type of a resource", "Server"),
        "DISK": NP_("type of a resource", "Disk"),
        "BMS": NP_("type of a resource", "Bare metal server"),
        "NATIVE_SERVER": NP_("type of a resource", "Native server"),
        "FILE_SYSTEM": NP_("type of a resource", "SFS Turbo file system"),
        "WORKSPACE": NP_("type of a resource", "Workspace desktop"),
    },
    "BackupStatus": {
        "AVAILABLE": NP_("state of a backup", "Available"),
        "PROTECTING": NP_("state of a backup", "Being made"),
        "DELETING": NP_("state of a backup", "Being deleted"),
        "RESTORING": NP_("state of a backup", "Being restored"),
        "ERROR": NP_("state of a backup", "Failed"),
        "WAITING_PROTECT": NP_("state of a backup", "Waiting to be made"),
        "WAITING_DELETE": NP_("state of a backup", "Waiting to be deleted"),
        "WAITING_RESTORE": NP_("state of a backup", "Waiting to be restored"),
    },
    "MemberStatus": {
        "PENDING": NP_("what a project says to a backup that is shared with it", "Not answered"),
        "ACCEPTED": NP_("what a project says to a backup that is shared with it", "Accepted"),
        "REJECTED": NP_("what a project says to a backup that is shared with it", "Rejected"),
    },
    "PointState": {
        "RUNNING": NP_("state of a restore point", "Backing up"),
        "FINISHED": NP_("state of a restore point", "Finished"),
        "PARTIAL": NP_("state of a restore point", "In part"),
        "FAILED": NP_("state of a restore point", "Failed"),
        "UNKNOWN": NP_("state of a restore point", "Not known any more"),
    },
    "CheckpointStatus": {
        "PROTECTING": NP_("state of a checkpoint", "Backing up"),
        "AVAILABLE": NP_("state of a checkpoint", "Finished"),
        "DELETING": NP_("state of a checkpoint", "Being deleted"),
        "DELETED": NP_("state of a checkpoint", "Deleted"),
        "ERROR": NP_("state of a checkpoint", "Failed"),
        "ERROR_DELETING": NP_("state of a checkpoint", "Could not be deleted"),
    },
    "TaskStatus": {
        "WAITING": NP_("state of a task", "Waiting"),
        "RUNNING": NP_("state of a task", "Running"),
        "SUCCESS": NP_("state of a task", "Done"),
        "FAILED": NP_("state of a task", "Failed"),
        "TIMEOUT": NP_("state of a task", "Timed out"),
        "SKIPPED": NP_("state of a task", "Skipped"),
    },
    "TaskType": {
        "BACKUP": NP_("what a task does", "Backup"),
        "COPY": NP_("what a task does", "Copy of a backup"),
        "REPLICATION": NP_("what a task does", "Replication"),
        "RESTORE": NP_("what a task does", "Restore"),
        "DELETE": NP_("what a task does", "Deletion of a backup"),
        "SYNC": NP_("what a task does", "Synchronization"),
        "VAULT_DELETE": NP_("what a task does", "Deletion of a vault"),
        "REMOVE_RESOURCE": NP_("what a task does", "Removal of a resource"),
        "UPDATE_EXPIRATION": NP_("what a task does", "Change of expiration"),
    },
    "IntentState": {
        "SCHEDULED": NP_("state of a request", "Scheduled"),
        "HELD": NP_("state of a request", "Held"),
        "QUEUED": NP_("state of a request", "Queued"),
        "SENDING": NP_("state of a request", "Sending"),
        "ACCEPTED": NP_("state of a request", "Accepted"),
        "FINISHED": NP_("state of a request", "Ended"),
        "REJECTED": NP_("state of a request", "Refused"),
        "UNKNOWN": NP_("state of a request", "Outcome unknown"),
        "NOT_FOUND": NP_("state of a request", "No trace found"),
        "CANCELLED": NP_("state of a request", "Taken back"),
    },
    "Fate": {
        "WAITING": NP_("what became of a resource", "Waiting"),
        "RUNNING": NP_("what became of a resource", "Running"),
        "DONE": NP_("what became of a resource", "Done"),
        "FAILED": NP_("what became of a resource", "Failed"),
        "SKIPPED": NP_("what became of a resource", "Skipped"),
        "UNCERTAIN": NP_("what became of a resource", "Uncertain"),
    },
    "Severity": {
        "BLOCK": NP_("weight of a finding", "Blocks"),
        "WARN": NP_("weight of a finding", "Warning"),
        "INFO": NP_("weight of a finding", "Note"),
    },
    "RequestPart": {
        "FILE": NP_("what a finding is about", "File"),
        "VAULT": NP_("what a finding is about", "Vault"),
        "NAME": NP_("what a finding is about", "Name"),
        "DESCRIPTION": NP_("what a finding is about", "Description"),
        "TYPE": NP_("what a finding is about", "Backup type"),
        "RESOURCES": NP_("what a finding is about", "Resources"),
        "ADVANCED": NP_("what a finding is about", "Advanced"),
        "CONNECTION": NP_("what a finding is about", "Connection"),
        "BACKUP": NP_("what a finding is about", "Backup"),
        "TARGET": NP_("what a finding is about", "Target"),
        "SCHEDULE": NP_("what a finding is about", "Schedule"),
        "RETENTION": NP_("what a finding is about", "Retention"),
    },
    "SubjectType": {
        "VAULT": NP_("what a request is done to", "Vault"),
        "BACKUP": NP_("what a request is done to", "Backup"),
        "POLICY": NP_("what a request is done to", "Policy"),
        "RESOURCE": NP_("what a request is done to", "Resource"),
        "PROJECT": NP_("what a request is done to", "Project"),
    },
    "NameRules": {
        "ASCII": NP_("what a name may have", "letters a to z, digits, _ and -"),
        "CJK": NP_("what a name may have", "letters a to z, digits, _, - and Chinese characters"),
    },
}
