"""Protectable resources as the service writes them, with the raw record of the service that owns them in ``detail``."""

from msgspec import Struct, field

from cbr_desktop.cloud.wire.reading import AnswerPage, Flag, Id, ListReader, Names, Size, Text
from cbr_desktop.domain.ids import ResourceId, VaultId, VolumeId
from cbr_desktop.domain.open_enum import known
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.vault import ResourceType


class ProtectableVaultRow(Struct):
    """``protectable.vault``: a whole vault, of which the id is enough."""

    id: Text = None


class VerdictRow(Struct):
    """``protectable``: whether a resource can be backed up."""

    result: Flag = None
    code: Text = None
    reason: Text = None
    message: Text = None
    vault: ProtectableVaultRow | str | None = None


class AttachmentRow(Struct):
    """One of a disk's ``attachments``."""

    device: Text = None


class MetadataRow(Struct):
    """``metadata`` of a server or of a disk."""

    os_type: Text = None
    passthrough: Flag = field(default=None, name="hw:passthrough")


class FlavorRow(Struct):
    """``flavor`` of a server."""

    name: Text = None


class AddressRow(Struct):
    """One of a server's addresses, which stand by their network."""

    addr: Text = None


class DetailRow(Struct):
    """``detail``: fields of the owning services for servers, disks and file systems together."""

    server_zone: Text = field(default=None, name="OS-EXT-AZ:availability_zone")
    availability_zone: Text = None
    metadata: MetadataRow | None = None
    tags: list[str] | dict[str, str] | None = None
    attachments: list[AttachmentRow] | None = None
    bootable: Flag = None
    encrypted: Flag = None
    multiattach: Flag = None
    shareable: Flag = None
    volume_type: Text = None
    flavor: FlavorRow | None = None
    addresses: dict[str, list[AddressRow]] | None = None


class InstanceRow(Struct):
    """One protectable resource, or one disk among the ``children`` of a server."""

    id: Id
    type: Text = None
    name: Text = None
    size: Size = None
    status: Text = None
    protectable: VerdictRow | None = None
    detail: DetailRow | None = None
    children: "list[InstanceRow] | None" = None
    vault_id: Text = None


_LIST = ListReader("instances", InstanceRow)


def protectables(body: bytes, _names: Names) -> AnswerPage[Protectable]:
    """Read a page of ListProtectable."""
    page = _LIST.read(body)
    return AnswerPage([_protectable(row) for row in page.rows], page.count, page.lost)


def _protectable(row: InstanceRow) -> Protectable:
    verdict, detail = row.protectable or VerdictRow(), row.detail or DetailRow()
    disks = tuple(map(_disk, row.children or ()))
    if row.type == ResourceType.DISK:
        disks = (_disk(row),)
    vault_id = (verdict.vault.id if isinstance(verdict.vault, ProtectableVaultRow) else verdict.vault) or row.vault_id
    return Protectable(
        ResourceId(row.id),
        known(ResourceType, row.type or ""),
        row.name or "",
        row.size or 0,
        row.status or "",
        verdict.result is not False,
        verdict.code or "",
        verdict.reason or "",
        verdict.message or "",
        VaultId(vault_id) if vault_id else None,
        disks,
        detail.server_zone or detail.availability_zone or "",
        (detail.metadata and detail.metadata.os_type) or "",
        _tags(detail.tags),
        (detail.flavor and detail.flavor.name) or "",
        tuple(each.addr for network in (detail.addresses or {}).values() for each in network if each.addr),
    )


def _disk(row: InstanceRow) -> Disk:
    detail = row.detail or DetailRow()
    attachment = next(iter(detail.attachments or ()), AttachmentRow())
    return Disk(
        VolumeId(row.id),
        row.name or "",
        row.size or 0,
        row.status or "",
        attachment.device or "",
        detail.bootable or False,
        detail.encrypted or False,
        detail.multiattach or detail.shareable or False,
        detail.volume_type or "",
        (detail.metadata and detail.metadata.passthrough) or False,
    )


def _tags(tags: list[str] | dict[str, str] | None) -> tuple[str, ...]:
    """Return ``key=value`` texts, as servers have them; disks have an object."""
    return tuple(f"{key}={value}" for key, value in tags.items()) if isinstance(tags, dict) else tuple(tags or ())
