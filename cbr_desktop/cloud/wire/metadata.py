"""What was saved of a server with its backup: records of the server, its flavor, ports and disks.

Each is JSON inside a text, as the services for servers, networks and disks write it. One that cannot be read is
counted: in the vendor's own example a disk's record holds quotation marks that nothing escapes.
"""

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Struct, field

from cbr_desktop.cloud.wire.reading import Flag, ObjectReader, Size, Text, Unfit, mended
from cbr_desktop.domain.backup_details import BackupMetadata, SavedDisk
from cbr_desktop.domain.ids import BackupId

Part = TypeVar("Part", bound=Struct)
_DISKS_LIMIT = 1000


class ServerRow(Struct):
    """The server's own record."""

    name: Text = None
    az: Text = field(name="OS-EXT-AZ:availability_zone", default=None)


class FlavorRow(Struct):
    """What the server had of processors and memory."""

    name: Text = None
    vcpus: Size = None
    ram: Size = None


class AddressRow(Struct):
    """An address of a port."""

    ip_address: Text = None


class PortRow(Struct):
    """How the server was attached to a network."""

    fixed_ips: list[AddressRow] | None = None


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


class _Ports(Struct):
    ports: list[PortRow] | None = field(name="interfaceAttachments", default=None)


_ROW = msgspec.json.Decoder(MetadataRow, strict=False)
_SERVER, _FLAVOR = ObjectReader(ServerRow, "server"), ObjectReader(FlavorRow, "flavor")
_DISK = ObjectReader(DiskRow, "volume")
_PORTS = msgspec.json.Decoder(_Ports, strict=False)


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
    ports = read(row.interface, _PORTS) or _Ports()
    disks = [disk for text in (row.volumes or [])[:_DISKS_LIMIT] if (disk := read(text, _DISK)) is not None]
    systems = (disk.volume_image_metadata.os_version for disk in disks if disk.volume_image_metadata is not None)
    return BackupMetadata(
        BackupId(row.backup_id or ""),
        server.name or "",
        flavor.name or "",
        flavor.vcpus,
        flavor.ram,
        next((system for system in systems if system), ""),
        server.az or "",
        tuple(_addresses(ports.ports or ())),
        tuple(_disk(disk) for disk in disks),
        unread,
    )


def _addresses(ports: Iterable[PortRow]) -> Iterable[str]:
    return (each.ip_address for port in ports for each in port.fixed_ips or () if each.ip_address)


def _disk(row: DiskRow) -> SavedDisk:
    device = next((each.device for each in row.attachments or () if each.device), "")
    return SavedDisk(row.id or "", row.name or "", row.size, row.volume_type or "", device, row.bootable, row.encrypted)
