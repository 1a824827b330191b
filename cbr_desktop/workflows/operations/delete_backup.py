"""Deleting a backup. It comes to the same when repeated, and a backup that is gone is the proof that it was done."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import BEING_DELETED, GONE, Backup, BackupDeletion, BackupStatus
from cbr_desktop.domain.blast import Blast, Lost, Tie
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import ResourceId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome, single
from cbr_desktop.workflows.derived import at_once
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
from cbr_desktop.workflows.operations.losses import BY_RESOURCE, shareable
from cbr_desktop.workflows.operations.operation import Operation, Reader, Search, Weighed
from cbr_desktop.workflows.preflight import Preflight

_DELETABLE = (BackupStatus.AVAILABLE, BackupStatus.ERROR)
_UNFINISHED = (BackupStatus.PROTECTING, BackupStatus.WAITING_PROTECT)
_COPYING = ("replicating", "waiting_replicate")
"""What the service says of a copy to another region that has not ended."""
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class DeleteBackup(Operation):
    """The operation that deletes one backup, for good."""

    kind = Kind.DELETE_BACKUP
    repeat = Repeat.SAFE
    effect = Effect.DELETES
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
        return at_once(self.weigh((change,), ledger, now)).verdicts[0]

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of backups is."""
        return judged_at(change, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Return the backup that is lost, and what stays of its resource."""
        return at_once(self.blast_together((change,), ledger))[0]

    def blast_together(self, changes: Sequence[Change], ledger: Reading) -> Generator[None, None, list[Blast]]:
        """Return the backups that are lost, and what stays of their resources when all of them have gone."""
        siblings = yield from _siblings_of(changes, ledger)
        return [_blast(change, ledger, siblings) for change in changes]

    def weigh(self, changes: Sequence[Change], ledger: Ledger, now: datetime) -> Generator[None, None, Weighed]:
        """Judge several deletions; what stays of a resource is what stays when all of them have gone."""
        siblings = yield from _siblings_of(changes, ledger)
        verdicts, blasts = [], []
        for change in changes:
            backup = known_backup(change, ledger)
            found = [unknown_backup(change, ledger)] if backup is None else _findings(backup, ledger, siblings)
            verdicts.append(Preflight(tuple(found)))
            blasts.append(_blast(change, ledger, siblings))
            yield
        return Weighed(verdicts, blasts)

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


class _Siblings(Struct, frozen=True):
    """The backups of a resource: the good ones, newest first, and those of them that stay when others have gone.

    ``is_at_work`` is whether another one is being made.
    """

    good: Sequence[Backup]
    left: Sequence[Backup]
    is_at_work: bool


def _siblings_of(changes: Sequence[Change], ledger: Reading) -> Generator[None, None, Mapping[ResourceId, _Siblings]]:
    """Return the backups of the resources whose backups are to be deleted, by resource."""
    gone = {change.subject.id for change in changes}
    known = (known_backup(change, ledger) for change in changes)
    ids = {backup.resource_id for backup in known if backup is not None}
    rows, found = (yield from BY_RESOURCE.find(ids, ledger)), dict[ResourceId, _Siblings]()
    for id in ids:
        good = [each for each in rows[id] if each.status == BackupStatus.AVAILABLE]
        good.sort(key=lambda each: each.created_at or _EARLIEST, reverse=True)
        left = [each for each in good if each.id not in gone]
        found[id] = _Siblings(good, left, any(each.status in _UNFINISHED for each in rows[id]))
        yield
    return found


def _blast(change: Change, ledger: Reading, siblings: Mapping[ResourceId, _Siblings]) -> Blast:
    backup, as_of = known_backup(change, ledger), ledger.freshness[Part.BACKUPS].as_of
    if backup is None:
        return Blast((Lost(change.subject.id, change.subject.name, "", None),), as_of)
    return Blast((_lost(backup, ledger, siblings[backup.resource_id]),), as_of, shareable=shareable([backup]))


def _lost(backup: Backup, ledger: Reading, own: _Siblings) -> Lost:
    vault, traits = ledger.vaults.get(backup.vault_id), backup.traits
    ties = {Tie.IMAGE: traits.image_ids, Tie.REPLICA: traits.replicas, Tie.AUTOMATIC: backup.auto}
    return Lost(
        backup.id,
        backup.name,
        backup.resource_name,
        backup.created_at,
        is_newest=bool(own.good) and own.good[0] is backup,
        left=len(own.left),
        resource_id=backup.resource_id,
        vault_name=vault.name if vault is not None else "",
        next_at=own.left[0].created_at if own.left else None,
        ties=frozenset(tie for tie, is_there in ties.items() if is_there),
    )


def _findings(backup: Backup, ledger: Ledger, siblings: Mapping[ResourceId, _Siblings]) -> Iterator[Finding]:
    part, name = finding.RequestPart.BACKUP, backup.name
    if backup.status not in _DELETABLE:
        yield finding.block(FindingKind.BACKUP_STATUS, part, "6201", backup=name, status=backup.status)
    vault = ledger.vaults.get(backup.vault_id)
    if vault is not None and vault.worm_locked and backup.auto:
        yield finding.block(FindingKind.BACKUP_LOCKED, part, "6220", backup=name, vault=vault.name)
    if backup.traits.image_ids:
        image = backup.traits.image_ids[0]
        yield finding.block(FindingKind.BACKUP_HAS_IMAGE, part, "6204", backup=name, image=image)
    copying = next((each for each in backup.traits.replicas if each.status in _COPYING), None)
    if copying is not None:
        yield finding.block(FindingKind.BACKUP_REPLICATING, part, "6216", backup=name, region=copying.region)
    own = siblings[backup.resource_id]
    if own.is_at_work and own.good and own.good[0] is backup:
        facts = {"backup": name, "resource": backup.resource_name}
        yield finding.warn(FindingKind.BACKUP_IN_USE, part, "6203", **facts)


def _result(intent: Intent, backup: Backup | None) -> Result:
    return Result(intent.subject.id, GONE if backup is None else str(backup.status))
