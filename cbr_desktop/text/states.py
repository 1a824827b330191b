"""Quantities and states in plain words, and foreign text made fit for a sentence.

Nothing here knows Qt. Whatever comes from outside (names, messages, file contents) goes through ``shown`` first, so
that it can neither reorder nor flood the text around it.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from cbr_desktop.text.plain import plain

if TYPE_CHECKING:
    from cbr_desktop.domain.vault import ProtectStatus

SHOWN_LIMIT = 200
"""Code points of foreign text that a sentence takes before it is cut."""


# foreign text and quantities


def shown(text: object, limit: int = SHOWN_LIMIT) -> str:
    """Return foreign text fit for a sentence: one line, nothing hidden, not endless."""
    return plain(str(text), limit)


def quoted(text: object, limit: int = SHOWN_LIMIT) -> str:
    """Return foreign text in quotation marks."""
    return f"‘{shown(text, limit)}’"


def count_words(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 resource``, ``7 resources``."""
    return f"{grouped(count)} {one if count == 1 else many or one + 's'}"


def grouped(number: int) -> str:
    """Return a whole number in groups of three: ``1 930``."""
    return f"{number:,}".replace(",", " ")


def gb_words(gigabytes: float) -> str:
    """Return a size: whole gigabytes from ten up, one digit below, and never 0 for a little."""
    if 0 < abs(gigabytes) < 0.05:
        return "less than 0.1 GB"
    if abs(gigabytes) < 10 and gigabytes != int(gigabytes):
        return f"{gigabytes:.1f} GB"
    return f"{grouped(round(gigabytes))} GB"


def percent_words(percent: float) -> str:
    """Return a share: ``61 %``, also beyond 100."""
    return f"{round(percent)} %"


def duration_words(span: timedelta) -> str:
    """Return a span in its two largest units: ``12 s``, ``3 min``, ``2 h 5 min``, ``3 days``."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours = seconds // 60, seconds // 3600
    if minutes < 60:
        return f"{minutes} min"
    if hours < 48:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{hours // 24} days"


def clock_words(at: datetime, now: datetime) -> str:
    """Return a time of day as the operator's clock shows it, with the date when it is not today's."""
    local = at.astimezone()
    return local.strftime("%H:%M:%S" if local.date() == now.astimezone().date() else "%Y-%m-%d %H:%M:%S")


# states


def status_words(value: object) -> str:
    """Return the plain words of a state, type, fate or other word of the service; an unknown one stays and says so."""
    if value is None or value == "":
        return "Unknown"
    if isinstance(value, Enum):
        return _WORDS[type(value).__name__][value.name]
    return f"{shown(value, 60)} (unknown to this version)"


def protect_words(status: "ProtectStatus | str | None") -> str:
    """Return the state of a resource in its vault; it has none until its first backup."""
    return "Never backed up" if status is None else status_words(status)


# by the names of the enumerations: what the first window does not show need not be imported for its words
_WORDS: dict[str, dict[str, str]] = {
    "JsonFault": {
        "SYNTAX": "a sign is missing or in the wrong place",
        "NOT_UTF_8": "it is not text in UTF-8",
        "UTF_16": "it is text in UTF-16; it has to be saved as UTF-8",
        "NUMBER": "a number in it is none that JSON has, or has far too many digits",
        "TOO_DEEP": "it is nested deeper than any request",
        "TOO_MANY": "it has more lines or values than any request",
    },
    "VaultStatus": {
        "AVAILABLE": "Available",
        "LOCK": "Being expanded",
        "FROZEN": "Frozen",
        "DELETING": "Being deleted",
        "ERROR": "In error",
    },
    "VaultKind": {
        "SERVER": "Server vault",
        "DISK": "Disk vault",
        "TURBO": "SFS Turbo vault",
        "WORKSPACE": "Desktop vault",
        "VMWARE": "VMware vault",
        "RDS": "Database vault",
        "FILE": "File vault",
    },
    "ProtectType": {"BACKUP": "Backup", "REPLICATION": "Replication", "HYBRID": "Hybrid cloud"},
    "ProtectStatus": {
        "AVAILABLE": "Available",
        "PROTECTING": "Being backed up",
        "RESTORING": "Being restored",
        "REMOVING": "Being removed",
        "ERROR": "In error",
        "DELETED": "Deleted",
    },
    "ResourceType": {
        "SERVER": "Server",
        "DISK": "Disk",
        "BMS": "Bare metal server",
        "NATIVE_SERVER": "Native server",
        "FILE_SYSTEM": "SFS Turbo file system",
        "WORKSPACE": "Workspace desktop",
    },
    "BackupStatus": {
        "AVAILABLE": "Available",
        "PROTECTING": "Being made",
        "DELETING": "Being deleted",
        "RESTORING": "Being restored",
        "ERROR": "Failed",
        "WAITING_PROTECT": "Waiting to be made",
        "WAITING_DELETE": "Waiting to be deleted",
        "WAITING_RESTORE": "Waiting to be restored",
    },
    "CheckpointStatus": {
        "PROTECTING": "Backing up",
        "AVAILABLE": "Finished",
        "DELETING": "Being deleted",
        "DELETED": "Deleted",
        "ERROR": "Failed",
        "ERROR_DELETING": "Could not be deleted",
    },
    "TaskStatus": {
        "WAITING": "Waiting",
        "RUNNING": "Running",
        "SUCCESS": "Done",
        "FAILED": "Failed",
        "TIMEOUT": "Timed out",
        "SKIPPED": "Skipped",
    },
    "TaskType": {
        "BACKUP": "Backup",
        "COPY": "Copy of a backup",
        "REPLICATION": "Replication",
        "RESTORE": "Restore",
        "DELETE": "Deletion of a backup",
        "SYNC": "Synchronization",
        "VAULT_DELETE": "Deletion of a vault",
        "REMOVE_RESOURCE": "Removal of a resource",
    },
    "IntentState": {
        "SCHEDULED": "Scheduled",
        "HELD": "Held",
        "QUEUED": "Queued",
        "SENDING": "Sending",
        "ACCEPTED": "Accepted",
        "FINISHED": "Ended",
        "REJECTED": "Refused",
        "UNKNOWN": "Outcome unknown",
        "NOT_FOUND": "No trace found",
        "CANCELLED": "Taken back",
    },
    "Fate": {
        "WAITING": "Waiting",
        "RUNNING": "Running",
        "DONE": "Done",
        "FAILED": "Failed",
        "SKIPPED": "Skipped",
        "UNCERTAIN": "Uncertain",
    },
    "Severity": {"BLOCK": "Blocks", "WARN": "Warning", "INFO": "Note"},
    "RequestPart": {
        "FILE": "File",
        "VAULT": "Vault",
        "NAME": "Name",
        "DESCRIPTION": "Description",
        "TYPE": "Backup type",
        "RESOURCES": "Resources",
        "ADVANCED": "Advanced",
        "CONNECTION": "Connection",
        "BACKUP": "Backup",
        "SCHEDULE": "Schedule",
        "RETENTION": "Retention",
    },
    "NameRules": {
        "ASCII": "letters a to z, digits, _ and -",
        "CJK": "letters a to z, digits, _, - and Chinese characters",
    },
}
