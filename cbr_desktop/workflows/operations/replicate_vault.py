"""Replicating a vault: all of its backups that are not in the region yet. The tasks of the copies are the proof."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.change import Change, Kind, Result, Subject
from cbr_desktop.domain.document import ChangeDocument
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import VaultId, is_uuid
from cbr_desktop.domain.intent import Intent, Reason
from cbr_desktop.domain.outcome import Outcome
from cbr_desktop.domain.replication import VaultReplication, destination_in, replication_body, replication_in
from cbr_desktop.domain.task import Task
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.operation import Reader, Search
from cbr_desktop.workflows.operations.replication import (
    COPIES,
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
from cbr_desktop.workflows.operations.vault_policies import unknown_vault, vault_subject
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.sending import searched_since, span_of

_FIELDS = {"vault_id": str, "auto_trigger": bool}


class ReplicateVault(ReplicationOperation):
    """The operation that copies the backups of a vault to a replication vault of another region."""

    kind = Kind.REPLICATE_VAULT
    template = "checkpoints/replicate"
    schema = wrapped("CheckpointReplicateReq", "CheckpointReplicateParam", _FIELDS, frozenset({"vault_id"}))
    judged_by = frozenset({Part.VAULTS, Part.BACKUPS, Part.TASKS, Part.DESTINATIONS})

    def draft_of(self, document: ChangeDocument) -> VaultReplication:
        """Return what a request file asks for."""
        vault_id = VaultId(replication_in(document.body)["vault_id"])
        return VaultReplication(vault_id, destination_in(document.body))

    def subject(self, draft: VaultReplication, ledger: Reading) -> Subject:
        """Return the vault."""
        return vault_subject(draft.vault_id, ledger)

    def change(self, draft: VaultReplication, ledger: Reading) -> Change:
        """Return the change that replicates a vault; its tag is the region, for people alone."""
        id, where = draft.vault_id, draft.destination
        body = replication_body(where, vault_id=id)
        subject = self.subject(draft, ledger)
        return Change(self.kind, subject, f"replicate:{id}", "POST", self.template, body, where.region)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the vault, what of it would be copied, and where that goes."""
        id, region = VaultId(change.subject.id), destination_in(change.body).region
        findings = list(destination_findings(change, ledger))
        if not is_uuid(id):
            facts = {"path": "body.replicate.vault_id", "found": id}
            return weighed([*findings, finding.block(FindingKind.BAD_ID, finding.RequestPart.FILE, "9900", **facts)])
        findings += [*unknown_vault(change, ledger), *source_findings(id, ledger)]
        if any(task.type in COPIES and not task.is_over for task in ledger.running_tasks(id)):
            facts = {"vault": change.subject.label}
            findings.append(finding.block(FindingKind.REPLICATE_BUSY, finding.RequestPart.VAULT, "6130", **facts))
        if region and id in ledger.vaults:
            findings += _count_findings(id, region, ledger)
        return weighed(findings)

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of vaults is that the vault is in."""
        return ledger.freshness[Part.VAULTS].as_of if change.subject.id in ledger.vaults else None

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the tasks and the backups of the vault: copies were begun of all that could be copied, or of none."""
        tasks = await read_copies(intent, reader)
        rows, is_whole = await _records(intent, reader)
        span, region = span_of(intent, reader.ledger.connection), destination_in(intent.body).region
        begun = _begun(tasks.rows if tasks is not None else (), intent, span.earliest)
        due = [each for each in sound(rows) if each.created_at is None or each.created_at < span.earliest]
        left = [each for each in due if not is_in(each, region) and each.id not in begun]
        if begun and not left:
            return Search(Result(intent.subject.id, REPLICATING, parts=tuple(begun)))
        is_told = tasks is not None and tasks.complete and is_whole
        return Search(is_whole=is_told, is_undone=is_told and not begun and bool(left))

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the tasks of the copies; where an answer was lost, they also tell what the request has begun."""
        if not await follow_copies(intent, reader):
            keep_records(intent, (await _records(intent, reader))[0], reader)
        result = intent.result
        if result is None or intent.reason != Reason.RECONCILED:
            return result
        since = span_of(intent, reader.ledger.connection).earliest
        begun = _begun(reader.ledger.tasks.values(), intent, since)
        return Result(result.id, result.status, parts=tuple(dict.fromkeys((*result.parts, *begun))))

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return what became of each copy."""
        if intent.result is None:
            return None
        lines = tuple(line_of(intent, id, ledger) for id in intent.result.parts)
        return Outcome(lines, "")


REPLICATE_VAULT = ReplicateVault()


def sound(backups: Iterable[Backup]) -> list[Backup]:
    """Return the backups that the service copies with their vault."""
    return [each for each in backups if each.status == BackupStatus.AVAILABLE and replicable(each)]


def without_replica(vault_id: VaultId, region: str, ledger: Reading) -> list[Backup]:
    """Return the backups of a vault that could have a replica in a region and have none."""
    own = [each for each in ledger.backups.values() if each.vault_id == vault_id]
    return [each for each in sound(own) if not is_in(each, region)]


def _begun(tasks: Iterable[Task], intent: Intent, since: datetime) -> list[str]:
    """Return the backups of which tasks of the vault make copies, as the request asks for."""
    own = [(each, each.backup_id) for each in tasks if each.vault_id == intent.subject.id]
    return list(dict.fromkeys(id for each, id in own if id and is_copy_of(each, intent, id, since)))


async def _records(intent: Intent, reader: Reader) -> tuple[list[Backup], bool]:
    """Read the backups of the vault with their records of replication, and whether the list is whole."""
    with reader.noting(intent, "backups", searched_since(intent, reader.ledger.connection)):
        listing = await reader.cloud.backups(vault_id=VaultId(intent.subject.id))
    return listing.rows, listing.complete


def _count_findings(id: VaultId, region: str, ledger: Ledger) -> Iterator[Finding]:
    part, vault, freshness = finding.RequestPart.VAULT, ledger.vaults[id], ledger.freshness[Part.BACKUPS]
    own = [each for each in ledger.backups.values() if each.vault_id == id]
    due = without_replica(id, region, ledger)
    if not due:
        is_certain = freshness.as_of is not None and freshness.complete and not freshness.from_cache
        say = finding.block if is_certain else finding.warn
        yield say(FindingKind.REPLICATE_NOTHING, part, "1012", vault=vault.name, region=region)
        return
    yield finding.info(FindingKind.REPLICATE_COUNT, part, vault=vault.name, region=region, count=len(due))
    if any(is_in(each, region) for each in own):
        yield finding.warn(FindingKind.REPLICATED_BEFORE, part, "1012", vault=vault.name, region=region)
