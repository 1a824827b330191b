"""What replicating one backup and replicating a vault have in common: where to, and how the copies go on.

The service replicates a backup to a region once; it refuses a second copy there, also one that is under way. A request
that is repeated after reading has found none so does no harm.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Repeat
from cbr_desktop.domain.connection import Connection
from cbr_desktop.domain.document import Schema
from cbr_desktop.domain.error import Forbidden
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import BackupId, CheckpointId, ResourceId, is_project_id, is_uuid
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.outcome import Fate, ResourceOutcome, fate_of_task
from cbr_desktop.domain.replication import destination_in
from cbr_desktop.domain.task import Task, TaskType
from cbr_desktop.domain.vault import ProtectType, ResourceType, VaultKind, VaultStatus
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.operation import Operation, Reader
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.sending import searched_since, span_of

REPLICATING = "replicating"
"""The status of a replication that has begun and of which nothing else is known."""
SUCCESS, FAIL = "success", "fail"
"""What becomes of a record of replication, in the service's words."""
COPIES = frozenset({TaskType.COPY, TaskType.REPLICATION})
"""The tasks of replications: those that a person asks for, and those of policies."""
DESTINATION: Mapping[str, type] = {
    "destination_region": str,
    "destination_project_id": str,
    "destination_vault_id": str,
    "enable_acceleration": bool,
}
NEEDED = frozenset({"destination_region", "destination_project_id", "destination_vault_id"})
"""The parts of a body that say where a replica goes."""
_REPLICA = "replication"
"""``image_type`` of a replica."""


class ReplicationOperation(Operation):
    """An operation that copies backups to another region; nothing of what is here is another for that."""

    repeat = Repeat.AFTER_PROOF
    effect = Effect.ADDS
    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.VAULTS, Part.BACKUPS, Part.DESTINATIONS})
    rereads = frozenset({Part.TASKS, Part.BACKUPS})

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Nothing is lost by a replica."""
        return Blast()


def wrapped(name: str, body: str, fields: Mapping[str, type], needed: frozenset[str]) -> Schema:
    """Return the shape of a body that says where a replica goes, and more."""
    inner = Schema(body, {**fields, **DESTINATION}, NEEDED | needed)
    return Schema(name, {"replicate": inner}, frozenset({"replicate"}))


def weighed(findings: list[Finding]) -> Preflight:
    """Return findings with the gravest first."""
    return Preflight(tuple(sorted(findings, key=lambda each: each.severity.value)))


def destination_findings(change: Change, ledger: Ledger) -> Iterator[Finding]:
    """Judge where replicas go by what the regions told of themselves and their vaults."""
    part, where = finding.RequestPart.VAULT, destination_in(change.body)
    if not (where.region and where.project_id and where.vault_id):
        yield finding.block(FindingKind.DESTINATION_UNSAID, part, "9900")
        return
    path = "body.replicate.destination_"
    if not is_project_id(where.project_id):
        yield finding.block(FindingKind.BAD_ID, part, "9900", path=f"{path}project_id", found=where.project_id)
    if not is_uuid(where.vault_id):
        yield finding.block(FindingKind.BAD_ID, part, "9900", path=f"{path}vault_id", found=where.vault_id)
        return
    if ledger.regions is not None and where.region not in ledger.regions:
        say = finding.block if ledger.freshness[Part.DESTINATIONS].lacking is None else finding.warn
        yield say(FindingKind.REGION_UNREACHED, part, "1005", found=where.region)
    known = ledger.destinations.get(where.vault_id)
    if known is None or (known.region, known.project.id) != (where.region, where.project_id):
        yield finding.warn(FindingKind.DESTINATION_UNVERIFIED, part, "6120", id=where.vault_id, region=where.region)
        return
    vault = known.vault
    if vault.protect_type != ProtectType.REPLICATION or vault.kind != VaultKind.SERVER:
        yield finding.block(FindingKind.DESTINATION_KIND, part, "6119", vault=vault.name)
    if vault.status != VaultStatus.AVAILABLE:
        yield finding.block(FindingKind.DESTINATION_STATUS, part, "6118", vault=vault.name, status=vault.status)
    if vault.free_gb <= 0:
        yield finding.block(FindingKind.DESTINATION_FULL, part, "6129", vault=vault.name)


def source_findings(vault_id: str, ledger: Ledger) -> Iterator[Finding]:
    """Judge the vault that is replicated, or that a backup is in."""
    vault = next((each for id, each in ledger.vaults.items() if id == vault_id), None)
    part = finding.RequestPart.VAULT
    if vault is None:
        return
    if vault.protect_type == ProtectType.REPLICATION:
        yield finding.block(FindingKind.REPLICA_SOURCE, part, "6128", vault=vault.name)
    elif vault.kind != VaultKind.SERVER:
        yield finding.block(FindingKind.REPLICATE_NO_SERVER, part, "6122", vault=vault.name)
    if vault.status not in (VaultStatus.AVAILABLE, VaultStatus.LOCK):
        yield finding.block(FindingKind.REPLICATE_VAULT_STATUS, part, "6112", vault=vault.name, status=vault.status)


def replicable(backup: Backup) -> bool:
    """Whether a backup can be replicated by what it is: of a server, with its system disk, and no replica itself."""
    has_system = backup.traits.contains_system_disk is not False
    return backup.resource_type == ResourceType.SERVER and has_system and backup.image_type != _REPLICA


def is_in(backup: Backup, region: str) -> bool:
    """Whether a backup has a replica in a region, or one on the way there."""
    return any(each.region == region and each.status != FAIL for each in backup.traits.replicas)


def is_copy_of(task: Task, intent: Intent, backup_id: str, since: datetime) -> bool:
    """Whether a task copies a backup where a request asks for, and began no earlier than it can have left."""
    region = destination_in(intent.body).region
    at = task.created_at or task.began_at
    is_there = not task.region or task.region == region
    return task.type in COPIES and task.backup_id == backup_id and is_there and at is not None and at >= since


async def read_copies(intent: Intent, reader: Reader) -> Listing[Task] | None:
    """Read the tasks of replications of about when a request was sent, into the ledger too.

    ``None`` when the account may not read tasks. Raises ``CloudError``.
    """
    since = searched_since(intent, reader.ledger.connection)
    try:
        with reader.noting(intent, "tasks", since):
            listing = await reader.cloud.tasks(since=since, operation_type=TaskType.COPY)
    except Forbidden:
        return None
    reader.ledger.merge_tasks(listing.rows)
    return listing


async def follow_copies(intent: Intent, reader: Reader) -> bool:
    """Read how the copies go on, into the ledger; tell whether the account may read that. Raises ``CloudError``."""
    since = searched_since(intent, reader.ledger.connection)
    try:
        listing = await reader.cloud.tasks(since=since, operation_type=TaskType.COPY)
    except Forbidden:
        return False
    reader.ledger.merge_tasks(listing.rows)
    return True


def keep_records(intent: Intent, rows: Sequence[Backup], reader: Reader) -> None:
    """Keep backups with their records of replication, by which the copies are followed where tasks tell nothing."""
    reader.ledger.put_backups_of(CheckpointId(intent.subject.id), rows)


def line_of(intent: Intent, backup_id: str, ledger: Reading) -> ResourceOutcome:
    """Return what became of the copy of a backup: by its task, else by its record as far as that was read."""
    since = span_of(intent, Connection()).earliest
    own = [task for task in ledger.tasks.values() if is_copy_of(task, intent, backup_id, since)]
    task = max(own, key=lambda each: each.created_at or each.began_at or since, default=None)
    followed = {each.id: each for each in ledger.backups_of(CheckpointId(intent.subject.id))}
    backup = followed.get(BackupId(backup_id)) or ledger.backups.get(BackupId(backup_id))
    name, type = (backup.name, str(backup.resource_type)) if backup is not None else ("", "")
    id = ResourceId(backup_id)
    if task is None:
        record = _record(followed.get(BackupId(backup_id)), destination_in(intent.body).region)
        fate = Fate.DONE if record == SUCCESS else Fate.FAILED if record == FAIL else Fate.WAITING
        return ResourceOutcome(id, name, type, fate, record or REPLICATING)
    fate = fate_of_task(task)
    name = name or task.backup_name
    return ResourceOutcome(id, name, type, fate, task.status, task.progress_percent, task.code, task.message, task)


def _record(backup: Backup | None, region: str) -> str:
    """Return the newest record of replication to a region, empty where there is none; they come oldest first."""
    records = [each.status for each in backup.traits.replicas if each.region == region] if backup is not None else []
    return records[-1] if records else ""
