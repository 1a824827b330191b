"""Replicating one backup to another region. Its task, or a record of the copy with the backup, is the proof."""

from collections.abc import Iterator
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.change import Change, Kind, Result, Subject
from cbr_desktop.domain.checkpoint import name_findings
from cbr_desktop.domain.document import ChangeDocument, filled
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Outcome
from cbr_desktop.domain.replication import BackupReplication, destination_in, replication_body, replication_in
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.workflows.ledger import Ledger, Reading
from cbr_desktop.workflows.operations.backups import (
    backup_subject,
    id_in,
    judged_at,
    known_backup,
    lane_of,
    read_backup,
    unknown_backup,
)
from cbr_desktop.workflows.operations.operation import Reader, Search
from cbr_desktop.workflows.operations.replication import (
    FAIL,
    REPLICATING,
    ReplicationOperation,
    destination_findings,
    follow_copies,
    is_copy_of,
    is_in,
    keep_records,
    line_of,
    read_copies,
    replicable,
    source_findings,
    weighed,
    wrapped,
)
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.sending import searched_since, span_of

_PATH = "backups/{backup_id}/replicate"


class ReplicateBackup(ReplicationOperation):
    """The operation that copies one backup to a replication vault of another region."""

    kind = Kind.REPLICATE_BACKUP
    template = _PATH
    schema = wrapped("BackupReplicateReq", "BackupReplicateReqBody", {"name": str, "description": str}, frozenset())

    def draft_of(self, document: ChangeDocument) -> BackupReplication:
        """Return what a request file asks for."""
        name = replication_in(document.body).get("name", "")
        return BackupReplication(id_in(document), destination_in(document.body), name)

    def subject(self, draft: BackupReplication, ledger: Reading) -> Subject:
        """Return the backup."""
        return backup_subject(draft.backup_id, ledger)

    def change(self, draft: BackupReplication, ledger: Reading) -> Change:
        """Return the change that replicates a backup; its tag is the region, for people alone."""
        id, where = draft.backup_id, draft.destination
        path, body = filled(_PATH, {"backup_id": id}), replication_body(where, name=draft.name)
        return Change(self.kind, self.subject(draft, ledger), lane_of(id), "POST", path, body, where.region)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the backup, its vault and where the replica goes."""
        findings = list(destination_findings(change, ledger))
        name = replication_in(change.body).get("name")
        if name:
            findings += name_findings(str(name), ledger.profile.name_rules)
        backup = known_backup(change, ledger)
        if backup is None:
            return weighed([*findings, unknown_backup(change, ledger)])
        findings += source_findings(backup.vault_id, ledger)
        findings += _backup_findings(backup, destination_in(change.body).region)
        return weighed(findings)

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of backups is."""
        return judged_at(change, ledger)

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the tasks, and the records of the backup: one to that region, and it was replicated."""
        backup = await read_backup(intent, reader)
        if backup is None:
            # what is gone cannot be copied, as the service says when it is asked again
            return Search(is_undone=True)
        tasks, since = await read_copies(intent, reader), span_of(intent, reader.ledger.connection).earliest
        if tasks is not None and any(is_copy_of(each, intent, backup.id, since) for each in tasks.rows):
            return Search(Result(backup.id, REPLICATING))
        rows, is_whole = await _records(intent, backup, reader)
        region = destination_in(intent.body).region
        if any(is_in(each, region) for each in rows):
            return Search(Result(backup.id, REPLICATING))
        has_failed = any(each.region == region and each.status == FAIL for row in rows for each in row.traits.replicas)
        is_told = (tasks.complete if tasks is not None else not has_failed) and is_whole
        return Search(is_whole=is_told, is_undone=is_told)

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the tasks of the copy, and its record where they tell nothing."""
        if not await follow_copies(intent, reader) or line_of(intent, intent.subject.id, reader.ledger).task is None:
            backup = await read_backup(intent, reader)
            if backup is not None:
                keep_records(intent, (await _records(intent, backup, reader))[0], reader)
        return intent.result

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return what became of the copy, as far as its task or its record tells."""
        if intent.result is None:
            return None
        line = line_of(intent, intent.subject.id, ledger)
        return Outcome((line,), line.status)


REPLICATE_BACKUP = ReplicateBackup()


async def _records(intent: Intent, backup: Backup, reader: Reader) -> tuple[list[Backup], bool]:
    """Read a backup with its records of replication, which lists alone have, and whether the list is whole."""
    with reader.noting(intent, "backups", searched_since(intent, reader.ledger.connection)):
        listing = await reader.cloud.backups(checkpoint_id=backup.checkpoint_id, resource_id=backup.resource_id)
    rows = [each for each in listing.rows if each.id == BackupId(intent.subject.id)]
    return rows, listing.complete and bool(rows)


def _backup_findings(backup: Backup, region: str) -> Iterator[Finding]:
    part, name = finding.RequestPart.BACKUP, backup.name or backup.id
    if backup.resource_type != ResourceType.SERVER:
        yield finding.block(FindingKind.REPLICATE_NO_SERVER, part, "6122", vault=name)
    elif not replicable(backup):
        kind = FindingKind.REPLICA_SOURCE if backup.image_type == "replication" else FindingKind.REPLICATE_NO_SYSTEM
        code = "6128" if kind is FindingKind.REPLICA_SOURCE else "6122"
        yield finding.block(kind, part, code, vault=name, backup=name)
    if backup.status != BackupStatus.AVAILABLE:
        yield finding.block(FindingKind.REPLICATE_STATUS, part, "6216", backup=name, status=backup.status)
    if region and is_in(backup, region):
        yield finding.block(FindingKind.REPLICA_THERE, part, "1012", backup=name, region=region)
