"""Deleting a backup. It comes to the same when repeated, and a backup that is gone is the proof that it was done."""

from collections.abc import Iterator
from datetime import UTC, datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import BEING_DELETED, GONE, Backup, BackupDeletion, BackupStatus
from cbr_desktop.domain.blast import Blast, Lost
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome, single
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.backups import (
    BACKUP_PATH,
    backup_subject,
    id_in,
    judged_at,
    known_backup,
    lane_of,
    path_of,
    read_backup,
    unknown_backup,
)
from cbr_desktop.workflows.operations.operation import Operation, Reader, Search
from cbr_desktop.workflows.preflight import Preflight

_DELETABLE = (BackupStatus.AVAILABLE, BackupStatus.ERROR)
_UNFINISHED = (BackupStatus.PROTECTING, BackupStatus.WAITING_PROTECT)
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class DeleteBackup(Operation):
    """The operation that deletes one backup, for good."""

    kind = Kind.DELETE_BACKUP
    repeat = Repeat.SAFE
    effect = Effect.DELETES
    draft = BackupDeletion
    template = BACKUP_PATH
    schema = None
    busy_codes = frozenset({"6203", "6112"})
    """What the service says of a backup that it is deleting already; it says the same while the next one is made."""
    done_codes = frozenset({"6200"})
    judged_by = frozenset({Part.VAULTS, Part.BACKUPS})
    rereads = frozenset({Part.VAULTS, Part.TASKS, Part.BACKUPS})

    def draft_of(self, document: ChangeDocument) -> BackupDeletion:
        """Return the deletion that a request file asks for."""
        return BackupDeletion(id_in(document))

    def subject(self, draft: BackupDeletion, ledger: Reading) -> Subject:
        """Return the backup."""
        return backup_subject(draft.backup_id, ledger)

    def change(self, draft: BackupDeletion, ledger: Reading) -> Change:
        """Return the change that deletes a backup."""
        id = draft.backup_id
        return Change(self.kind, self.subject(draft, ledger), lane_of(id), "DELETE", path_of(id))

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the deletion by the lists of backups and vaults."""
        backup = known_backup(change, ledger)
        if backup is None:
            return Preflight((unknown_backup(change, ledger),))
        return Preflight(tuple(_findings(backup, ledger)))

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of backups is."""
        return judged_at(change, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Return the backup that is lost, and what stays of its resource."""
        backup, as_of = known_backup(change, ledger), ledger.freshness[Part.BACKUPS].as_of
        if backup is None:
            return Blast((Lost(change.subject.id, change.subject.name, "", None),), as_of)
        good = [
            each
            for each in ledger.backups.values()
            if each.resource_id == backup.resource_id and each.status == BackupStatus.AVAILABLE
        ]
        newest = max(good, key=lambda each: each.created_at or _EARLIEST, default=None)
        left = len([each for each in good if each.id != backup.id])
        is_newest = newest is not None and newest.id == backup.id
        lost = Lost(backup.id, backup.name, backup.resource_name, backup.created_at, is_newest, left)
        return Blast((lost,), as_of)

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the backup: gone, or on its way to that, it was deleted; else it was not so far."""
        backup = await read_backup(intent, reader)
        if backup is None or backup.status in BEING_DELETED:
            return Search(_result(intent, backup))
        return Search(is_undone=True)

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the backup until it is gone."""
        return _result(intent, await read_backup(intent, reader))

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return whether the backup is gone; one that is in order again, or in error, was not deleted."""
        if intent.result is None:
            return None
        status = intent.result.status
        fate = Fate.DONE if status == GONE else Fate.FAILED if status in _DELETABLE else Fate.RUNNING
        return single(intent.subject.id, intent.subject.name, fate, status)


DELETE_BACKUP = DeleteBackup()


def _findings(backup: Backup, ledger: Ledger) -> Iterator[Finding]:
    part, name = finding.RequestPart.BACKUP, backup.name
    if backup.status not in _DELETABLE:
        yield finding.block(FindingKind.BACKUP_STATUS, part, "6201", backup=name, status=backup.status)
    vault = ledger.vaults.get(backup.vault_id)
    if vault is not None and vault.worm_locked and backup.auto:
        yield finding.block(FindingKind.BACKUP_LOCKED, part, "6220", backup=name, vault=vault.name)
    own = [each for each in ledger.backups.values() if each.resource_id == backup.resource_id]
    good = [each for each in own if each.status == BackupStatus.AVAILABLE]
    newest = max(good, key=lambda each: each.created_at or _EARLIEST, default=None)
    if newest is backup and any(each.status in _UNFINISHED for each in own):
        facts = {"backup": name, "resource": backup.resource_name}
        yield finding.warn(FindingKind.BACKUP_IN_USE, part, "6203", **facts)


def _result(intent: Intent, backup: Backup | None) -> Result:
    return Result(intent.subject.id, GONE if backup is None else str(backup.status))
