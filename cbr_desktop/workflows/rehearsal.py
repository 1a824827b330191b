"""The rehearsal of a restore: all that can be known before, in one value. Nothing is sent by it."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.backup_details import BackupMetadata, OpenedBackup
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.finding import Finding, Severity
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.restore import BackupRestore, DiskBackup, DiskPair, PairRow, TargetKind, own_pairs, target_kind
from cbr_desktop.domain.task import Task
from cbr_desktop.domain.vault import Vault
from cbr_desktop.workflows.ledger import Ledger, Reading
from cbr_desktop.workflows.operations.restore_backup import (
    RESTORE_BACKUP,
    disk_rows,
    known_restored,
    restore_of,
    saved_disks,
    target_disks,
)


class Trait(StrEnum):
    """What of a resource was saved with its backup, or is told of it, and can be compared with today."""

    NAME = "name"
    FLAVOR = "flavor"
    AZ = "az"
    OS = "os"
    ADDRESSES = "addresses"
    DISKS = "disks"
    SIZE = "size"
    ENCRYPTED = "encrypted"
    TYPE = "type"
    STATE = "state"


class Compared(NamedTuple):
    """A trait of a resource at the time of the backup and today, in the service's words; empty where it is not told."""

    trait: Trait
    saved: str
    today: str

    @property
    def differs(self) -> bool:
        """Whether both are told and not the same."""
        return bool(self.saved and self.today) and self.saved != self.today


class Rehearsal(Struct, frozen=True):
    """A restore as it would go by what is known.

    ``saved`` are the backups of disks, ``disks`` the disks of the target today (``None``: not known), ``rows`` the
    pairs that are asked for. ``left`` are saved disks that are not restored, ``untouched`` disks of the target that
    are not written to. ``running`` are tasks of the target or its vault that have not ended.
    """

    change: Change
    asked: BackupRestore
    backup: Backup | None
    vault: Vault | None
    target: Protectable | None
    opened: OpenedBackup | None
    saved: tuple[DiskBackup, ...]
    disks: tuple[Disk, ...] | None
    rows: tuple[PairRow, ...]
    left: tuple[DiskBackup, ...]
    untouched: tuple[Disk, ...]
    compared: tuple[Compared, ...]
    running: tuple[Task, ...]
    findings: tuple[Finding, ...]
    blast: Blast
    as_of: datetime | None

    @property
    def is_blocked(self) -> bool:
        """Whether the service would refuse it by what is known."""
        return any(each.severity is Severity.BLOCK for each in self.findings)

    @property
    def written_gb(self) -> int:
        """How much is written, in GB, as far as the sizes are known."""
        if self.asked.kind is TargetKind.SERVER:
            return sum(row.saved.size_gb for row in self.rows if row.saved is not None)
        return self.backup.resource_size_gb if self.backup is not None else 0


def usual_restore(backup: Backup, ledger: Reading) -> BackupRestore:
    """Return the restore that is offered first: to what the backup was made of, each disk to itself."""
    kind = target_kind(backup.resource_type)
    pairs: tuple[DiskPair, ...] = ()
    if kind is TargetKind.SERVER:
        pairs = own_pairs(saved_disks(backup.id, ledger), target_disks(backup.resource_id, ledger))
    return BackupRestore(backup.id, kind, backup.resource_id, pairs)


def rehearsed(change: Change, ledger: Ledger, now: datetime) -> Rehearsal:
    """Return the rehearsal of a restore by what is known. ``ValueError`` for bytes that are no restore."""
    asked = restore_of(change)
    if asked is None:
        raise ValueError("no restore")
    opened = ledger.opened.get(asked.backup_id)
    backup = known_restored(asked.backup_id, ledger)
    row = ledger.resource(asked.target_id)
    target = row.protectable if row is not None else None
    saved, disks = saved_disks(asked.backup_id, ledger), target_disks(asked.target_id, ledger)
    rows = disk_rows(asked, ledger) if asked.kind is TargetKind.SERVER else []
    taken = {pair.backup_id.lower() for pair in asked.pairs}
    written = {pair.volume_id.lower() for pair in asked.pairs}
    vault = ledger.vaults.get(backup.vault_id) if backup is not None else None
    is_server = asked.kind is TargetKind.SERVER
    return Rehearsal(
        change,
        asked,
        backup,
        vault,
        target,
        opened,
        tuple(saved),
        disks,
        tuple(rows),
        tuple(each for each in saved if each.id.lower() not in taken) if is_server else (),
        tuple(each for each in disks or () if each.id.lower() not in written) if is_server else (),
        tuple(
            _compared(opened.metadata if opened is not None else None, target)
            if is_server
            else _compared_whole(backup, target)
        ),
        tuple(_running(asked, vault, ledger)),
        RESTORE_BACKUP.judge(change, ledger, now).findings,
        RESTORE_BACKUP.blast(change, ledger),
        RESTORE_BACKUP.judged_at(change, ledger),
    )


def _compared(saved: BackupMetadata | None, today: Protectable | None) -> Iterator[Compared]:
    if saved is None:
        return
    now = today if today is not None else None
    sizes = " + ".join(str(disk.size_gb) for disk in saved.disks if disk.size_gb is not None)
    sizes_now = " + ".join(str(disk.size_gb) for disk in now.disks) if now is not None else ""
    pairs = (
        (Trait.NAME, saved.server_name, now.name if now is not None else ""),
        (Trait.FLAVOR, saved.flavor, now.flavor if now is not None else ""),
        (Trait.AZ, saved.az, now.availability_zone if now is not None else ""),
        # no list tells today's version of the operating system
        (Trait.OS, saved.os, ""),
        (Trait.ADDRESSES, ", ".join(saved.addresses), ", ".join(now.addresses) if now is not None else ""),
        (Trait.DISKS, sizes, sizes_now),
    )
    for trait, then, told in pairs:
        if then or told:
            yield Compared(trait, then, told)


def _compared_whole(backup: Backup | None, today: Protectable | None) -> Iterator[Compared]:
    """Compare what is no server: of it the backup alone tells how it was."""
    if backup is None:
        return
    disk = today.disks[0] if today is not None and today.disks else None
    flags = {None: "", True: "true", False: "false"}
    pairs = (
        (Trait.NAME, backup.resource_name, today.name if today is not None else ""),
        (Trait.SIZE, str(backup.resource_size_gb or ""), str(today.size_gb or "") if today is not None else ""),
        (Trait.AZ, backup.traits.az, today.availability_zone if today is not None else ""),
        (Trait.ENCRYPTED, flags[backup.traits.encrypted], flags[disk.encrypted] if disk is not None else ""),
        (Trait.TYPE, "", disk.volume_type if disk is not None else ""),
        (Trait.STATE, "", today.status if today is not None else ""),
    )
    for trait, then, told in pairs:
        if then or told:
            yield Compared(trait, then, told)


def _running(asked: BackupRestore, vault: Vault | None, ledger: Reading) -> Iterator[Task]:
    for task in ledger.tasks.values():
        is_near = task.resource_id == asked.target_id or (vault is not None and task.vault_id == vault.id)
        if is_near and not task.is_over:
            yield task
