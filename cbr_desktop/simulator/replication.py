"""Replication of backups to other regions, by the rules of the API reference and its error table."""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from . import refusals
from .bodies import Body, Object, flag_of, text_of
from .call import Answer, Call
from .entities import PROVIDERS, Backup, Record, Resource, Task, Vault
from .inventory import OBJECT_TYPES, Estate, disks_in
from .jobs import Job
from .queries import one, uuid_of
from .wire import Json, replication_details

REGION = re.compile(r"[a-zA-Z0-9._\-]{0,255}")
PROJECT = re.compile(r"[0-9a-f]{32}")
DESCRIPTION = re.compile(r"[^<>]{0,255}")
DESTINATION = frozenset({"destination_region", "destination_project_id", "destination_vault_id"})
BETA = frozenset({"enable_acceleration", "cross_account_urn"})
UNDER_WAY = ("waiting_replicate", "replicating")


class Target(msgspec.Struct):
    """Where replicas go: a replication vault in the estate of a project of another region."""

    estate: Estate
    vault: Vault
    name: str | None = None
    description: str = ""
    auto: bool = False


def destinations(estate: Estate) -> list[str]:
    """The regions that backups can be replicated to: those of the account's projects in other regions."""
    return sorted({each.region for each in estate.projects} - {estate.home.region})


def capabilities(call: Call) -> Answer:
    """GET replication-capabilities: which regions this one replicates to."""
    here = {"name": call.estate.home.region, "replication_destinations": destinations(call.estate)}
    return Answer({"regions": [here]})


def copy_backup(call: Call) -> Answer:
    """POST the replication of one backup: 200 with the id of its record, or a refusal."""
    backup = one(call, call.estate.backups, "backup_id", "6200")
    body = Body(call)
    given = body.wrapped("replicate")
    body.keys(given, DESTINATION | {"name", "description"}, BETA)
    target = _target(call, given)
    if given.get("name") is not None:
        target.name = body.name(given["name"])
    if given.get("description") is not None:
        target.description = text_of(given["description"], DESCRIPTION, "description")
    source = call.estate.vaults[backup.vault_id]
    _admit(call, source, target)
    if backup.status != "available":
        raise refusals.service("6203" if "protect" in backup.status else "6216")
    if not _replicable(call.estate, backup):
        raise refusals.service("6122")
    if _replicated(backup, target):
        raise refusals.service("1012")
    (record,) = _start(call, [backup], target)
    return Answer(
        {
            "replication": _common(call, target)
            | {"backup_id": backup.id, "replication_record_id": record.id, "provider_id": PROVIDERS[source.object_type]}
        }
    )


def copy_vault(call: Call) -> Answer:
    """POST the replication of all backups of a vault that are not in that region yet: 200 with their records."""
    body, estate = Body(call), call.estate
    given = body.wrapped("replicate")
    body.keys(given, DESTINATION | {"vault_id", "auto_trigger"}, BETA)
    vault = estate.vaults.get(uuid_of(given.get("vault_id"), "vault_id"))
    if vault is None:
        raise refusals.service("6105")
    target = _target(call, given)
    target.auto = flag_of(given.get("auto_trigger"), False, "auto_trigger")
    _admit(call, vault, target)
    kept = estate.kept_in(vault.id)
    if any(record.status in UNDER_WAY for backup in kept for record in backup.records or ()):
        raise refusals.service("6130")
    sound = [each for each in kept if each.status == "available" and _replicable(estate, each)]
    backups = [each for each in sound if not _replicated(each, target)]
    if not backups:
        raise refusals.service("1012" if sound else "0001")
    records = _start(call, backups, target)
    pairs = [{"backup_id": each.source_backup_id, "replication_record_id": each.id} for each in records]
    more = {"vault_id": vault.id, "backups": pairs, "provider_id": PROVIDERS[vault.object_type]}
    return Answer({"replication": _common(call, target) | more})


def _common(call: Call, target: Target) -> Json:
    return {
        "project_id": call.estate.project_id,
        "source_region": call.estate.home.region,
        "destination_project_id": target.estate.project_id,
        "destination_region": target.estate.home.region,
        "destination_vault_id": target.vault.id,
    }


def _target(call: Call, given: Object) -> Target:
    region = text_of(given.get("destination_region"), REGION, "destination_region")
    project_id = text_of(given.get("destination_project_id"), PROJECT, "destination_project_id")
    vault_id = uuid_of(given.get("destination_vault_id"), "destination_vault_id")
    flag_of(given.get("enable_acceleration"), False, "enable_acceleration")
    if region not in destinations(call.estate):
        raise refusals.service("1005")
    if project_id not in [each.id for each in call.estate.projects if each.region == region]:
        raise refusals.service("1011")
    there = call.estate.of(project_id)
    vault = there.vaults.get(vault_id)
    if vault is None:
        raise refusals.service("6120")
    return Target(there, vault)


def _admit(_call: Call, source: Vault, target: Target) -> None:
    """Refuse vaults that do not go together."""
    if source.protect_type == "replication":
        raise refusals.service("6128")
    if source.object_type != "server":
        raise refusals.service("6122")
    if source.status not in ("available", "lock"):
        raise refusals.service("6112")
    if target.vault.protect_type != "replication" or target.vault.object_type != source.object_type:
        raise refusals.service("6119")
    if target.vault.status != "available":
        raise refusals.service("6118")
    if target.vault.used_mb >= 1024 * target.vault.size_gb:
        raise refusals.service("6129")


def _replicable(estate: Estate, backup: Backup) -> bool:
    """Whether it is of a server, with its system disk, and no replica itself."""
    resource = estate.resources[backup.resource_id]
    system = any(disk.system for disk in disks_in(backup, resource))
    return OBJECT_TYPES[resource.type] == "server" and system and backup.image_type == "backup"


def _replicated(backup: Backup, target: Target) -> bool:
    """Whether it is in the target's region already, or on the way there."""
    region = target.estate.home.region
    return any(each.destination_region == region and each.status != "fail" for each in backup.records or ())


def _start(call: Call, backups: Sequence[Backup], target: Target) -> list[Record]:
    """Set the copies going; what belongs together over there has one checkpoint."""
    checkpoints = {each: target.estate.ids.uuid() for each in dict.fromkeys(one.checkpoint_id for one in backups)}
    records = [_copy(call, backup, target, checkpoints[backup.checkpoint_id]) for backup in backups]
    call.estate.changed()
    target.estate.changed()
    return records


def _copy(call: Call, backup: Backup, target: Target, checkpoint_id: str) -> Record:
    estate, there = call.estate, target.estate
    server = _counterpart(target, estate.resources[backup.resource_id])
    record = Record(
        id=estate.ids.uuid(),
        status="waiting_replicate",
        created_at=call.now,
        source_backup_id=backup.id,
        source_checkpoint_id=backup.checkpoint_id,
        source_project_id=estate.project_id,
        source_region=estate.home.region,
        destination_backup_id=there.ids.uuid(),
        destination_checkpoint_id=checkpoint_id,
        destination_project_id=there.project_id,
        destination_region=there.home.region,
        destination_vault_id=target.vault.id,
        vault_id=backup.vault_id,
        auto=target.auto,
        progress=0,
    )
    replica = Backup(
        id=record.destination_backup_id,
        name=target.name or backup.name,
        checkpoint_id=checkpoint_id,
        vault_id=target.vault.id,
        resource_id=server.id,
        created_at=call.now,
        updated_at=call.now,
        status="waiting_protect",
        incremental=backup.incremental,
        auto=target.auto,
        description=target.description,
        protected_at=backup.protected_at,
        expired_at=backup.expired_at if target.auto else None,
        image_type="replication",
        without=backup.without,
        records=[record],
    )
    backup.records = [*(backup.records or ()), record]
    there.record(replica)
    kind, details = "replication" if target.auto else "copy", replication_details(record, replica.name)
    named = {"backup_id": backup.id, "backup_name": backup.name}
    task = estate.begin(kind, call.now, backup.vault_id, backup.resource_id, "waiting", details=details, **named)
    estate.jobs.append(_job(call, task, record, replica, target, backup))
    return record


def _counterpart(target: Target, server: Resource) -> Resource:
    """The server as the vault over there knows it: by id and name alone."""
    known = target.estate.resources.get(server.id)
    if known is not None:
        return known
    copied = msgspec.structs.replace(server, protect_status=None, extra="", backup_count=0, backup_size_mb=0)
    target.estate.associate(target.vault, copied)
    return copied


def _job(call: Call, task: Task, record: Record, replica: Backup, target: Target, backup: Backup) -> Job:
    estate, there = call.estate, target.estate
    source, server = estate.resources[backup.resource_id], there.resources[replica.resource_id]
    size_mb = source.backup_size_mb // max(source.backup_count, 1)

    def begin(at: datetime) -> None:
        record.status, replica.status, replica.updated_at = "replicating", "protecting", at
        there.changed()

    def moved(progress: int) -> None:
        record.progress = progress
        estate.changed()

    def end(at: datetime, done: bool) -> None:
        replica.updated_at = at
        if done:
            record.status, record.progress, replica.status = "success", 100, "available"
            server.backup_count += 1
            server.backup_size_mb += size_mb
            target.vault.used_mb += size_mb
        else:
            record.status, replica.status = "fail", "error"
            record.fail_code, record.fail_reason = task.error_code, task.error_message
        estate.changed()
        there.changed()

    return Job(
        started_at=call.now,
        seconds=call.modes.copy_seconds,
        waits=call.modes.copy_seconds / 20,
        task=task,
        begin=begin,
        moved=moved,
        end=end,
        breaks_at=call.modes.copy_fails_at,
        failure="1006",
        vaults=(backup.vault_id, target.vault.id),
    )
