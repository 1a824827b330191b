"""Backups as the service writes them; they come by the hundred thousand, so only what lists show is read."""

from typing import Annotated

from msgspec import Struct

from cbr_desktop.cloud.wire.reading import (
    NOT_EMPTY,
    Flag,
    ListPage,
    ListReader,
    Names,
    ObjectReader,
    Size,
    Text,
    moment,
    words,
)
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.ids import BackupId, CheckpointId, ResourceId, VaultId
from cbr_desktop.domain.vault import ResourceType


class ExtendRow(Struct, gc=False):
    """``extend_info`` of a backup."""

    auto_trigger: Flag = None


class BackupRow(Struct, gc=False):
    """One backup."""

    id: Annotated[BackupId, NOT_EMPTY]
    name: Text = None
    status: Text = None
    vault_id: VaultId | None = None
    checkpoint_id: CheckpointId | None = None
    resource_id: ResourceId | None = None
    resource_name: Text = None
    resource_type: Text = None
    resource_size: Size = None
    created_at: Text = None
    expired_at: Text = None
    extend_info: ExtendRow | str | None = None
    incremental: Flag = None
    image_type: Text = None


_LIST = ListReader("backups", BackupRow)
_ONE = ObjectReader(BackupRow, "backup")
_status, _type = words(BackupStatus), words(ResourceType)


def backups(body: bytes, names: Names) -> ListPage[Backup]:
    """Read a page of ListBackups."""
    page = _LIST.read(body)
    return ListPage(_backups(page.rows, names), page.count, page.lost)


def backup(body: bytes) -> Backup:
    """Read the answer of ShowBackup or UpdateBackup. ``Unfit`` when it is none."""
    return _backups([_ONE.read(body)], {})[0]


def _backups(rows: list[BackupRow], names: Names) -> list[Backup]:
    keep, known_status, known_type, time = names.setdefault, _status, _type, moment
    found = []
    last: CheckpointId | None = None
    for row in rows:
        vault, resource, name = row.vault_id or "", row.resource_id or "", row.resource_name or ""
        status, kind, image = row.status or "", row.resource_type or "", row.image_type or "backup"
        checkpoint, extend, expires = row.checkpoint_id, row.extend_info, row.expired_at
        # those of one checkpoint follow one another; there are too many checkpoints to look each of them up
        last = last if checkpoint == last else checkpoint or None
        found.append(
            Backup(
                row.id,
                row.name or "",
                known_status(status, status),
                keep(vault, vault),
                last,
                keep(resource, resource),
                keep(name, name),
                known_type(kind, kind),
                row.resource_size or 0,
                time(row.created_at),
                time(expires) if expires else None,
                extend.auto_trigger is True if extend.__class__ is ExtendRow else False,
                row.incremental is not False,
                keep(image, image),
            )
        )
    return found
