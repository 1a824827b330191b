"""Restores that can be asked for: of a server with all its disks, and of a disk."""

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.ids import VolumeId
from cbr_desktop.domain.intent import Approval
from cbr_desktop.domain.restore import BackupRestore, DiskPair, own_pairs, target_kind
from cbr_desktop.workflows.operations.restore_backup import RESTORE_BACKUP, saved_disks, target_disks
from tests.stage import Stage

APPROVED = Approval("ticket 4711: the database is broken", "A. Turing")
SERVER = "ecs-erp-app-01"


def newest(stage: Stage, name: str = SERVER) -> Backup:
    """Return the newest good backup of a resource that is known."""
    good = [
        each
        for each in stage.session.ledger.backups.values()
        if each.resource_name == name and each.status == BackupStatus.AVAILABLE and each.image_type == "backup"
    ]
    return max(good, key=lambda each: str(each.created_at))


async def read(stage: Stage, name: str = SERVER) -> Backup:
    """Read what a restore of the newest good backup of a resource is judged by; return that backup."""
    await stage.session.refresh.once(RESTORE_BACKUP.judged_by)
    backup = newest(stage, name)
    await stage.session.refresh.open_backup(backup.id)
    return backup


def restore_of(stage: Stage, backup: Backup, *, power_on: bool = True) -> BackupRestore:
    """Return the restore of a backup to what it was made of, each disk to itself."""
    ledger = stage.session.ledger
    pairs = own_pairs(saved_disks(backup.id, ledger), target_disks(backup.resource_id, ledger))
    return BackupRestore(backup.id, target_kind(backup.resource_type), backup.resource_id, pairs, power_on=power_on)


def crossed(asked: BackupRestore) -> BackupRestore:
    """Return the same restore with its first two disks exchanged."""
    first, second, *rest = asked.pairs
    pairs = (
        DiskPair(first.backup_id, VolumeId(second.volume_id)),
        DiskPair(second.backup_id, VolumeId(first.volume_id)),
        *rest,
    )
    return BackupRestore(asked.backup_id, asked.kind, asked.target_id, pairs, power_on=asked.power_on)
