"""Replication: where a region replicates to, and what it answers to a replication."""

from msgspec import Struct

from cbr_desktop.cloud.wire.reading import Id, ListReader, ObjectReader, Text


class RegionRow(Struct):
    """A region, and those that it replicates to."""

    name: Text = None
    replication_destinations: list[str] | None = None


class CopyRow(Struct):
    """One backup that is replicated, in the answer for a vault."""

    backup_id: Id
    replication_record_id: Text = None


class BackupCopyRow(Struct):
    """The answer of CopyBackup."""

    backup_id: Id
    replication_record_id: Text = None
    destination_region: Text = None
    destination_vault_id: Text = None


class VaultCopyRow(Struct):
    """The answer of CopyCheckpoint."""

    vault_id: Id
    backups: list[CopyRow]
    destination_region: Text = None
    destination_vault_id: Text = None


_REGIONS = ListReader("regions", RegionRow)
_BACKUP = ObjectReader(BackupCopyRow, "replication")
_VAULT = ObjectReader(VaultCopyRow, "replication")


def regions_from(body: bytes, region: str) -> list[str]:
    """Read the answer of ShowReplicationCapabilities: the regions that one region replicates to, in their order.

    Where the answer does not name that region, those of every region that it names are returned.
    """
    rows = _REGIONS.read(body).rows
    own = [row for row in rows if row.name == region] or rows
    return list(dict.fromkeys(name for row in own for name in row.replication_destinations or () if name))


def backup_copy(body: bytes) -> BackupCopyRow:
    """Read the answer of CopyBackup. ``Unfit`` when it is none."""
    return _BACKUP.read(body)


def vault_copy(body: bytes) -> VaultCopyRow:
    """Read the answer of CopyCheckpoint. ``Unfit`` when it is none."""
    return _VAULT.read(body)
