"""What was saved of a server with its backup: records of the server, its flavor, ports and disks.

Each is JSON inside a text, as the services for servers, networks and disks write it. One that cannot be read is
counted: in the vendor's own example a disk's record holds quotation marks that nothing escapes.
"""

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Struct, field

from cbr_desktop.cloud.wire.reading import Flag, ObjectReader, Size, Text, Unfit, mended
from cbr_desktop.domain.backup_details import BackupMetadata, SavedDisk, SavedPort
from cbr_desktop.domain.ids import BackupId

Part = TypeVar("Part", bound=Struct)
_PARTS_LIMIT = 1000


class OwnRow(Struct):
    """What a server's record has beside what every service knows."""

    vpc_id: Text = None


class ServerRow(Struct):
    """The server's own record, without the ``user_data``, which may hold passwords."""

    name: Text = None
    key_name: Text = None
    tags: list[Text] | None = None
    metadata: OwnRow | None = None
    az: Text = field(name="OS-EXT-AZ:availability_zone", default=None)


class FlavorRow(Struct):
    """What the server had of processors and memory."""

    name: Text = None
    vcpus: Size = None
    ram: Size = None


class AddressRow(Struct):
    """An address of a port."""

    ip_address: Text = None


class AttachedRow(Struct):
    """How the server was attached to a network, as the service for servers tells it."""

    fixed_ips: list[AddressRow] | None = None
    port_id: Text = None
    net_id: Text = None
    mac_addr: Text = None


class PortRow(Struct):
    """The same as the service for networks tells it."""

    id: Text = None
    network_id: Text = None
    mac_address: Text = None
    fixed_ips: list[AddressRow] | None = None
    security_groups: list[Text] | None = None


class FloatingRow(Struct):
    """An address by which the server was reached from outside."""

    floating_ip_address: Text = None


class AttachmentRow(Struct):
    """Where a disk was attached."""

    device: Text = None


class ImageRow(Struct):
    """What a disk knows of the image that it was made from."""

    os_version: Text = field(name="__os_version", default=None)


class DiskRow(Struct):
    """A disk's record."""

    id: Text = None
    name: Text = None
    size: Size = None
    volume_type: Text = None
    bootable: Flag = None
    encrypted: Flag = None
    attachments: list[AttachmentRow] | None = None
    volume_image_metadata: ImageRow | None = None


class MetadataRow(Struct):
    """The answer of ShowMetadata; what is not used is not read."""

    backup_id: Text = None
    server: Text = None
    flavor: Text = None
    interface: Text = None
    volumes: list[Text] | None = None
    ports: list[Text] | None = None
    floatingips: list[Text] | None = None


class _Attached(Struct):
    ports: list[AttachedRow] | None = field(name="interfaceAttachments", default=None)


class _Floating(Struct):
    floatingips: list[FloatingRow] | None = None


_ROW = msgspec.json.Decoder(MetadataRow, strict=False)
_SERVER, _FLAVOR = ObjectReader(ServerRow, "server"), ObjectReader(FlavorRow, "flavor")
_DISK, _PORT = ObjectReader(DiskRow, "volume"), ObjectReader(PortRow, "port")
_ATTACHED = msgspec.json.Decoder(_Attached, strict=False)
_FLOATING = msgspec.json.Decoder(_Floating, strict=False)


def metadata(body: bytes) -> BackupMetadata:
    """Read the answer of ShowMetadata. ``Unfit`` when it is none."""
    row = mended(body, _ROW.decode)
    unread = 0

    def read(text: Text, reader: "ObjectReader[Part] | msgspec.json.Decoder[Part]") -> Part | None:
        nonlocal unread
        if not text:
            return None
        try:
            raw = text.encode()
            return reader.read(raw) if isinstance(reader, ObjectReader) else mended(raw, reader.decode)
        except Unfit:
            unread += 1
            return None

    server, flavor = read(row.server, _SERVER) or ServerRow(), read(row.flavor, _FLAVOR) or FlavorRow()
    attached = (read(row.interface, _ATTACHED) or _Attached()).ports or []
    disks = [disk for text in (row.volumes or [])[:_PARTS_LIMIT] if (disk := read(text, _DISK)) is not None]
    ports = [port for text in (row.ports or [])[:_PARTS_LIMIT] if (port := read(text, _PORT)) is not None]
    floating = [each for text in (row.floatingips or [])[:_PARTS_LIMIT] if (each := read(text, _FLOATING)) is not None]
    systems = (disk.volume_image_metadata.os_version for disk in disks if disk.volume_image_metadata is not None)
    return BackupMetadata(
        BackupId(row.backup_id or ""),
        server.name or "",
        flavor.name or "",
        flavor.vcpus,
        flavor.ram,
        next((system for system in systems if system), ""),
        server.az or "",
        tuple(address for port in attached for address in _addresses(port.fixed_ips)),
        tuple(_disk(disk) for disk in disks),
        unread,
        server.key_name or "",
        (server.metadata.vpc_id if server.metadata is not None else None) or "",
        tuple(tag for tag in server.tags or () if tag),
        tuple(_ports(attached, ports)),
        tuple(
            one.floating_ip_address for each in floating for one in each.floatingips or () if one.floating_ip_address
        ),
    )


def _addresses(rows: Iterable[AddressRow] | None) -> tuple[str, ...]:
    return tuple(each.ip_address for each in rows or () if each.ip_address)


def _ports(attached: Iterable[AttachedRow], ports: Iterable[PortRow]) -> Iterable[SavedPort]:
    """Yield what is told of each port: the service for networks knows its security groups, either the rest."""
    by_id = {port.id: port for port in ports}
    for each in attached:
        port = by_id.pop(each.port_id, None) or PortRow()
        yield SavedPort(
            _addresses(each.fixed_ips) or _addresses(port.fixed_ips),
            each.net_id or port.network_id or "",
            each.mac_addr or port.mac_address or "",
            tuple(group for group in port.security_groups or () if group),
        )
    for port in by_id.values():
        groups = tuple(group for group in port.security_groups or () if group)
        yield SavedPort(_addresses(port.fixed_ips), port.network_id or "", port.mac_address or "", groups)


def _disk(row: DiskRow) -> SavedDisk:
    device = next((each.device for each in row.attachments or () if each.device), "")
    return SavedDisk(row.id or "", row.name or "", row.size, row.volume_type or "", device, row.bootable, row.encrypted)
