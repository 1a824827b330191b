"""What could be protected, whether it is in a vault or in none, and its disks."""

from msgspec import Struct

from cbr_desktop.domain.ids import ResourceId, VaultId, VolumeId
from cbr_desktop.domain.vault import ResourceType


class Disk(Struct):
    """A disk of a protectable server, or a protectable disk's own details. ``device`` is ``/dev/vda`` or the like."""

    id: VolumeId
    name: str
    size_gb: int = 0
    status: str = ""
    device: str = ""
    bootable: bool = False
    encrypted: bool = False
    shared: bool = False
    volume_type: str = ""
    scsi: bool = False


class Protectable(Struct):
    """What the service says about backing a resource up, before anything is tried.

    ``status`` is the owning service's own word (``ACTIVE``, ``in-use``). ``vault_id`` is ``None`` while it is free.
    """

    id: ResourceId
    type: ResourceType | str
    name: str
    size_gb: int = 0
    status: str = ""
    protectable: bool = True
    code: str = ""
    reason: str = ""
    message: str = ""
    vault_id: VaultId | None = None
    disks: tuple[Disk, ...] = ()
    availability_zone: str = ""
    os_type: str = ""
    tags: tuple[str, ...] = ()
    flavor: str = ""
    addresses: tuple[str, ...] = ()
