"""Restoring: writing a backup over what it was made of, and the rules by which a disk takes what was saved of another.

The rules are those of the service's reference and of its table of errors. A fault is a code of that table with what it
is about; nothing here asks the service.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum, auto
from typing import Any, ClassVar, NamedTuple

from msgspec import Struct

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.ids import BackupId, ResourceId, VolumeId
from cbr_desktop.domain.protectable import Disk
from cbr_desktop.domain.vault import ResourceType

SERVERS = frozenset({ResourceType.SERVER, ResourceType.BMS, ResourceType.NATIVE_SERVER})
"""The types that are restored disk by disk."""
PATH_LIMIT = 255
"""Letters of the folder that files are restored to."""
_UNFIT_TYPES = frozenset({"DESS"})
"""Types of disks that no backup is restored to."""
_STEADY = frozenset({"in-use", "available", ""})
"""States of a disk in which it can be written over; empty where the state is not told."""


class TargetKind(StrEnum):
    """What is written over, by the key that names it in the request."""

    SERVER = "server_id"
    DISK = "volume_id"
    OTHER = "resource_id"


def target_kind(type: ResourceType | str) -> TargetKind:
    """Return how a request names a target of a type."""
    if type in SERVERS:
        return TargetKind.SERVER
    return TargetKind.DISK if type == ResourceType.DISK else TargetKind.OTHER


def is_of_files(type: ResourceType | str) -> bool:
    """Whether what is restored are files, which can go to a folder: those of types that this version does not know."""
    return not isinstance(type, ResourceType)


class DiskPair(NamedTuple):
    """The backup of a disk, and the disk that it is written to."""

    backup_id: BackupId
    volume_id: VolumeId


class BackupRestore(Struct, frozen=True):
    """What a person fills in for a restore. ``pairs`` are the disks of a server, ``path`` the folder for files.

    ``power_on`` says whether a server is started afterwards, and means nothing for another target.
    """

    change_kind: ClassVar[str] = "RestoreBackup"

    backup_id: BackupId
    kind: TargetKind
    target_id: ResourceId
    pairs: tuple[DiskPair, ...] = ()
    power_on: bool = True
    path: str = ""

    def body(self) -> bytes:
        """Return the bytes of the request; of a server ``power_on`` is always said."""
        inside: dict[str, Any] = {str(self.kind): self.target_id}
        if self.pairs:
            inside["mappings"] = [{"backup_id": each.backup_id, "volume_id": each.volume_id} for each in self.pairs]
        if self.kind is TargetKind.SERVER:
            inside["power_on"] = self.power_on
        if self.path:
            inside["details"] = {"destination_path": self.path}
        return json.dumps({"restore": inside}, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")


def targets_named(content: Mapping[str, Any]) -> list[TargetKind]:
    """Return the keys by which a body names targets; one that can be sent names exactly one."""
    return [kind for kind in TargetKind if content["restore"].get(kind)]


def read_restore(backup_id: BackupId, content: Mapping[str, Any]) -> BackupRestore:
    """Return the restore that a body asks for whose shape is right; of several targets, to the first."""
    inside = content["restore"]
    kind = next(iter(targets_named(content)), TargetKind.OTHER)
    pairs = [DiskPair(BackupId(each["backup_id"]), VolumeId(each["volume_id"])) for each in inside.get("mappings", ())]
    return BackupRestore(
        backup_id,
        kind,
        ResourceId(inside.get(kind, "")),
        tuple(pairs),
        power_on=inside.get("power_on", True),
        path=inside.get("details", {}).get("destination_path", ""),
    )


class Rule(StrEnum):
    """A rule that a restore breaks; each has a code of the service."""

    TOO_SMALL = auto()
    DISK_TYPE = auto()
    DISK_STATUS = auto()
    DATA_TO_SYSTEM = auto()
    SYSTEM_TO_ENCRYPTED = auto()
    SYSTEM_TO_SCSI = auto()
    DISK_UNKNOWN = auto()
    BACKUP_UNKNOWN = auto()
    NAMED_TWICE = auto()


CODES = {
    Rule.TOO_SMALL: "2001",
    Rule.DISK_TYPE: "2009",
    Rule.DISK_STATUS: "2011",
    Rule.DATA_TO_SYSTEM: "2013",
    Rule.SYSTEM_TO_ENCRYPTED: "6140",
    Rule.SYSTEM_TO_SCSI: "6141",
    Rule.DISK_UNKNOWN: "7000",
    Rule.BACKUP_UNKNOWN: "6200",
    Rule.NAMED_TWICE: "9900",
}
"""The service's code for each rule. It says 7201 in place of 7000 of a disk of another server."""


class DiskBackup(NamedTuple):
    """The backup of one disk within that of a server; ``is_system`` is ``None`` where that is not told."""

    id: BackupId
    name: str
    volume_id: VolumeId
    size_gb: int
    is_system: bool | None = None
    is_encrypted: bool | None = None


def disk_backup(child: Backup) -> DiskBackup:
    """Return what the backup of a disk tells of it."""
    traits = child.traits
    volume_id = VolumeId(child.resource_id)
    return DiskBackup(
        child.id, child.resource_name, volume_id, child.resource_size_gb, traits.bootable, traits.encrypted
    )


class PairRow(NamedTuple):
    """A pair of a restore with what is known of both sides, and the rules that it breaks, the gravest first."""

    pair: DiskPair
    saved: DiskBackup | None
    disk: Disk | None
    broken: tuple[Rule, ...] = ()


def broken_rules(saved: DiskBackup, disk: Disk) -> Iterator[Rule]:
    """Yield the rules that writing the backup of a disk to a disk breaks, in the order in which the service looks."""
    is_same = saved.volume_id.lower() == disk.id.lower()
    if disk.size_gb < saved.size_gb:
        yield Rule.TOO_SMALL
    if disk.volume_type in _UNFIT_TYPES:
        yield Rule.DISK_TYPE
    # a disk that was the system's when it was saved is that still
    if disk.bootable and not saved.is_system and not (is_same and saved.is_system is None):
        yield Rule.DATA_TO_SYSTEM
    if saved.is_system and not is_same and disk.encrypted:
        yield Rule.SYSTEM_TO_ENCRYPTED
    if saved.is_system and not is_same and disk.scsi:
        yield Rule.SYSTEM_TO_SCSI
    if disk.status not in _STEADY:
        yield Rule.DISK_STATUS


def judged_pairs(pairs: Iterable[DiskPair], saved: Iterable[DiskBackup], disks: Iterable[Disk] | None) -> list[PairRow]:
    """Return the pairs of a restore with what is known of them and the rules that each breaks.

    ``disks`` are those of the target; where they are not known, ``None``, no pair is found to break a rule by its disk.
    """
    by_backup = {each.id.lower(): each for each in saved}
    by_volume = {each.id.lower(): each for each in disks or ()}
    seen: set[str] = set()
    rows = []
    for pair in pairs:
        ids = (f"backup {pair.backup_id.lower()}", f"disk {pair.volume_id.lower()}")
        source, disk = by_backup.get(pair.backup_id.lower()), by_volume.get(pair.volume_id.lower())
        broken: list[Rule] = []
        if not seen.isdisjoint(ids):
            broken.append(Rule.NAMED_TWICE)
        if source is None:
            broken.append(Rule.BACKUP_UNKNOWN)
        if disk is None and disks is not None:
            broken.append(Rule.DISK_UNKNOWN)
        if source is not None and disk is not None:
            broken += broken_rules(source, disk)
        seen.update(ids)
        rows.append(PairRow(pair, source, disk, tuple(broken)))
    return rows


def own_pairs(saved: Iterable[DiskBackup], disks: Iterable[Disk] | None) -> tuple[DiskPair, ...]:
    """Return each saved disk with the disk that it was made of, as far as that is known not to be gone."""
    if disks is None:
        return tuple(DiskPair(each.id, each.volume_id) for each in saved)
    there = {each.id.lower(): each.id for each in disks}
    return tuple(DiskPair(each.id, there[each.volume_id.lower()]) for each in saved if each.volume_id.lower() in there)
