"""Deletion of backups, by the rules of the API reference and its error table."""

from . import refusals
from .call import Answer, Call
from .entities import Backup
from .inventory import Estate
from .queries import one
from .work import start_deletion


def delete(call: Call) -> Answer:
    """DELETE one backup: 204, and it is `deleting` until it is gone some seconds later; or a refusal."""
    estate = call.estate
    if call.params["backup_id"].lower() in estate.children:
        raise refusals.service("6201")
    backup = one(call, estate.backups, "backup_id", "6200")
    _admit(call, backup)
    named = {"backup_id": backup.id, "backup_name": backup.name}
    task = estate.begin("delete", call.now, backup.vault_id, backup.resource_id, **named)
    start_deletion(estate, backup, task, call.modes.deletion_seconds)
    return Answer(None, 204)


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
