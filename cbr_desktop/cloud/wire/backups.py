"""Backups as the service writes them; they come by the hundred thousand, so only what lists show is read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NamedTuple

from msgspec import Struct

from cbr_desktop.cloud.wire.reading import (
    NOT_EMPTY,
    AnswerPage,
    Flag,
    ListReader,
    Names,
    ObjectReader,
    Size,
    Text,
    in_pieces,
    moment,
    whole,
    words,
)
from cbr_desktop.domain.backup import Backup, BackupStatus, BackupTraits, Replica
from cbr_desktop.domain.backup_details import BackupDetails
from cbr_desktop.domain.ids import BackupId, CheckpointId, ProjectId, ResourceId, VaultId
from cbr_desktop.domain.vault import ResourceType


class ImageRow(Struct, gc=False):
    """One of ``os_images_data``: an image that was made of the backup."""

    image_id: Text = None


class ExtendRow(Struct, gc=False):
    """``extend_info`` of a backup."""

    auto_trigger: Flag = None
    encrypted: Flag = None
    contain_system_disk: Flag = None
    bootable: Flag = None
    supported_restore_mode: Text = None
    architecture: Text = None
    os_images_data: list[ImageRow] | str | None = None


class ShownExtendRow(ExtendRow, gc=False):
    """``extend_info`` of a backup that is shown by itself."""

    snapshot_id: Text = None


class ReplicationRow(Struct, gc=False):
    """One of ``replication_records``, which a list has when it is asked for them."""

    destination_region: Text = None
    status: Text = None


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
    resource_az: Text = None
    replication_records: list[ReplicationRow] | None = None


class ChangedRow(BackupRow, gc=False):
    """One backup with the time of its last change, which lists do not show."""

    updated_at: Text = None


class OfferedRow(BackupRow, gc=False):
    """One backup that another project shares, with the project that it is of."""

    project_id: Text = None


class ChildRow(BackupRow, gc=False):
    """The backup of a disk within that of its server."""

    extend_info: ShownExtendRow | str | None = None


class ShownRow(ChangedRow, gc=False):
    """One backup as it is shown by itself: with those of its disks."""

    extend_info: ShownExtendRow | str | None = None
    children: list[ChildRow] | None = None
    description: Text = None
    protected_at: Text = None
    parent_id: BackupId | None = None


class ChangedPage(NamedTuple):
    """A page of backups, and when each of them was last changed, as far as the service says."""

    page: AnswerPage[Backup]
    changed_at: list[datetime | None]


class OfferedBackup(NamedTuple):
    """A backup that another project shares, and that project's id, empty where it is not told."""

    backup: Backup
    owner_id: ProjectId

    @property
    def id(self) -> BackupId:
        """The id of the backup."""
        return self.backup.id


_LIST = ListReader("backups", BackupRow)
_OFFERED = ListReader("backups", OfferedRow)
_CHANGED = ListReader("backups", ChangedRow)
_ONE = ObjectReader(ShownRow, "backup")
_status, _type = words(BackupStatus), words(ResourceType)


def backups(body: bytes, names: Names) -> AnswerPage[Backup]:
    """Read a page of ListBackups."""
    return whole(backups_in_pieces(body, names))


def changed_backups(body: bytes) -> ChangedPage:
    """Read a page of ListBackups together with the time of each backup's last change."""
    page = _CHANGED.read(body)
    read = AnswerPage(_backups(page.rows, {}), page.count, page.lost, len(body))
    return ChangedPage(read, [moment(row.updated_at) for row in page.rows])


def offered_backups(body: bytes, names: Names) -> AnswerPage[OfferedBackup]:
    """Read a page of ListBackups of what other projects share, with the project that each is of."""
    page = _OFFERED.read(body)
    owners = [ProjectId(row.project_id or "") for row in page.rows]
    rows = list(map(OfferedBackup, _backups(page.rows, names), owners))
    return AnswerPage(rows, page.count, page.lost, len(body))


def backup(body: bytes) -> Backup:
    """Read the answer of ShowBackup or UpdateBackup. ``Unfit`` when it is none."""
    return _backups([_ONE.read(body)], {})[0]


def backup_details(body: bytes) -> BackupDetails:
    """Read the answer of ShowBackup with the backups of disks in it. ``Unfit`` when it is none."""
    row = _ONE.read(body)
    rows = [row, *(row.children or ())]
    own, *children = _backups(rows, {})
    times = moment(row.protected_at), moment(row.updated_at)
    snapshots = {
        each.id: each.extend_info.snapshot_id
        for each in rows
        if isinstance(each.extend_info, ShownExtendRow) and each.extend_info.snapshot_id
    }
    answer = body.decode("utf-8", "backslashreplace")
    return BackupDetails(own, tuple(children), row.description or "", *times, row.parent_id or None, snapshots, answer)


def _backups(rows: Sequence[BackupRow], names: Names) -> list[Backup]:
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
                extend.auto_trigger is True if isinstance(extend, ExtendRow) else False,
                row.incremental is not False,
                keep(image, image),
                _traits(row, extend if isinstance(extend, ExtendRow) else _NO_EXTEND, names),
            )
        )
    return found


backups_in_pieces = in_pieces(_LIST, _backups)
"""Reads a page of ListBackups piece by piece."""
_NO_EXTEND = ExtendRow()


def _traits(row: BackupRow, extend: ExtendRow, names: Names) -> BackupTraits:
    images, records = extend.os_images_data, row.replication_records
    told = (
        extend.encrypted,
        extend.contain_system_disk,
        extend.bootable,
        extend.supported_restore_mode or "",
        row.resource_az or "",
        extend.architecture or "",
        tuple([each.image_id for each in images if each.image_id]) if images and not isinstance(images, str) else (),
        tuple([Replica(each.destination_region or "", each.status or "") for each in records]) if records else (),
    )
    # a plain tuple finds the equal traits, so that these are made once only
    found: BackupTraits | None = names.get(told)
    return names.setdefault(told, BackupTraits(*told)) if found is None else found
