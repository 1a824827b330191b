"""Deletion of backups, by the rules of the API reference and its error table."""

from datetime import datetime

from . import refusals
from .call import Answer, Call
from .inventory import Estate
from .jobs import Job
from .queries import one
from .things import Backup


def delete(call: Call) -> Answer:
    """DELETE one backup: 204, and it is `deleting` until it is gone some seconds later; or a refusal."""
    estate = call.estate
    if call.params["backup_id"].lower() in estate.children:
        raise refusals.service("6201")
    backup = one(call, estate.backups, "backup_id", "6200")
    _admit(call, backup)
    _start(call, backup)
    return Answer(None, 204)


def _start(call: Call, backup: Backup) -> None:
    """Set the deletion going; the backup is `deleting` at once."""
    estate, empty = call.estate, backup.status == "error"
    backup.status, backup.updated_at = "deleting", call.now
    named = {"backup_id": backup.id, "backup_name": backup.name}
    task = estate.begin("delete", call.now, backup.vault_id, backup.resource_id, **named)

    def end(_: datetime, done: bool) -> None:
        if backup.id not in estate.backups:
            return
        if not empty:
            free(estate, backup)
        estate.forget([backup])
        estate.changed()

    estate.jobs.append(
        Job(started_at=call.now, seconds=call.modes.deletion_seconds, task=task, end=end, vaults=(backup.vault_id,))
    )
    estate.changed()


def free(estate: Estate, backup: Backup) -> None:
    """Take a backup's space from its vault: an even share of its resource's, as no one is told the size of one."""
    resource = estate.resources[backup.resource_id]
    share_mb = resource.backup_size_mb // max(resource.backup_count, 1)
    resource.backup_size_mb -= share_mb
    resource.backup_count = max(resource.backup_count - 1, 0)
    estate.vaults[backup.vault_id].used_mb -= share_mb


def _admit(call: Call, backup: Backup) -> None:
    if backup.status == "deleting":
        raise refusals.service(call.modes.deleting_code)
    if backup.status not in ("available", "error"):
        raise refusals.service("6201")
    if backup.images:
        raise refusals.service("6204")
    if backup.auto and call.estate.vaults[backup.vault_id].locked:
        raise refusals.service("6220")
    if any(record.status in ("waiting_replicate", "replicating") for record in backup.records or ()):
        raise refusals.service("6216")
    if _is_built_upon(call.estate, backup):
        raise refusals.service("6203")


def _is_built_upon(estate: Estate, backup: Backup) -> bool:
    """Whether the next backup of the resource is being made, and this is the newest before it."""
    parts = [part for run in estate.runs for part in run.parts if not part.done]
    if backup.resource_id not in [part.resource.id for part in parts]:
        return False
    own = [each for each in estate.history.by_vault[backup.vault_id] if each.resource_id == backup.resource_id]
    return backup is next((each for each in reversed(own) if each.status == "available"), None)
