"""Backups that were read by themselves, as rows of the cache: the backup first, then those of its disks."""

import json
from datetime import datetime
from typing import Any

from msgspec import Struct, field, to_builtins

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.backup_details import BackupDetails, BackupMetadata, OpenedBackup, SavedDisk, SavedPort
from cbr_desktop.domain.ids import BackupId


class OpenedRow(Struct):
    """One backup with those of its disks behind it; ``metadata`` is JSON, empty where none was read."""

    id: str
    as_of: datetime | None
    description: str
    protected_at: datetime | None
    updated_at: datetime | None
    parent_id: str
    metadata: str
    backups: list[Backup] = field(default_factory=list)


def opened_row(opened: OpenedBackup) -> OpenedRow:
    """Return a backup that was read as a row. ``ValueError`` for one that was not."""
    details, metadata = opened.details, opened.metadata
    if details is None:
        raise ValueError("it was not read")
    times = (details.protected_at, details.updated_at)
    said = json.dumps(to_builtins(metadata)) if metadata is not None else ""
    own = [details.backup, *details.children]
    return OpenedRow(details.backup.id, opened.as_of, details.description, *times, details.parent_id or "", said, own)


def opened_backup(row: OpenedRow) -> OpenedBackup:
    """Return a row as a backup that was read."""
    own, *children = row.backups
    parent_id = BackupId(row.parent_id) if row.parent_id else None
    times = (row.protected_at, row.updated_at)
    details = BackupDetails(own, tuple(children), row.description, *times, parent_id)
    return OpenedBackup(details, _metadata(row.metadata), row.as_of)


def _metadata(text: str) -> BackupMetadata | None:
    """Return what was saved with a backup, ``None`` where a version with other fields has written it."""
    try:
        told: dict[str, Any] = json.loads(text or "null") or {}
        disks = tuple(SavedDisk(**disk) for disk in told.pop("disks", ()))
        ports = tuple(SavedPort(**_tupled(port)) for port in told.pop("ports", ()))
        return BackupMetadata(**_tupled(told), disks=disks, ports=ports) if told else None
    except (ValueError, TypeError, AttributeError):
        return None


def _tupled(fields: dict[str, Any]) -> dict[str, Any]:
    """Bring tuples back, which JSON writes as lists."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
