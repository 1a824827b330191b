"""Restoration of backups over what they were made of, by the rules of the API reference and its error table."""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from . import refusals
from .bodies import Body, Object, flag_of, items_of, object_of, text_of
from .call import Answer, Call
from .entities import BARE_METAL, DISK, SERVER, TURBO, Backup, Disk, Resource, Task
from .inventory import child_id_of, disks_in
from .jobs import Job
from .queries import one, uuid_of

WAITING = 0.05
"""Share of a restore's time in which it waits."""
DESTINATION_PATH = re.compile(r"(?s).{1,255}")
DELETED = ("DELETED", "SOFT_DELETED")
KEYS = {SERVER: "server_id", BARE_METAL: "server_id", DISK: "volume_id"}
"""The key that names a target of a type; `resource_id` names what is not here."""
STEADY = ("ACTIVE", "SHUTOFF")
"""States of a server in which it can be restored."""


class Wish(msgspec.Struct):
    """A restore request that has passed the checks of its form; mappings: disks to write to by backup of a disk."""

    key: str
    target_id: str
    power_on: bool
    mappings: dict[str, str]


def restore(call: Call) -> Answer:
    """POST a restore: 202 with the id of its operation log, or without a body by mode; or a refusal."""
    if call.params["backup_id"].lower() in call.estate.children:
        raise refusals.service("2012")
    backup = one(call, call.estate.backups, "backup_id", "6200")
    wish = _read(Body(call))
    _admit(call, backup)
    target = _target(call, backup, wish)
    _admit_target(call, target)
    if target.type == DISK:
        _admit_disk(target)
    elif wish.key == "server_id":
        _admit_disks(call, backup, target, wish)
    task = _start(call, backup, target, wish)
    return Answer({"job_id": task.id} if call.modes.restore_answer == "job" else None, 202)


def _read(body: Body) -> Wish:
    given = body.wrapped("restore")
    body.keys(given, {"server_id", "volume_id", "resource_id", "mappings", "power_on", "details"})
    named = [key for key in ("server_id", "volume_id", "resource_id") if given.get(key) is not None]
    if len(named) != 1:
        raise refusals.invalid("server_id, volume_id or resource_id")
    if given.get("details") is not None:
        details = object_of(given["details"], "details")
        text_of(details.get("destination_path"), DESTINATION_PATH, "destination_path")
    return Wish(
        key=named[0],
        target_id=uuid_of(given[named[0]], named[0]),
        power_on=flag_of(given.get("power_on"), True, "power_on"),
        mappings=_mappings([object_of(each, "mappings") for each in items_of(given.get("mappings") or [], "mappings")]),
    )


def _mappings(pairs: Sequence[Object]) -> dict[str, str]:
    read = [
        (uuid_of(each.get("backup_id"), "backup_id"), uuid_of(each.get("volume_id"), "volume_id")) for each in pairs
    ]
    mappings = dict(read)
    if len(mappings) < len(read) or len(set(mappings.values())) < len(read):
        raise refusals.invalid("mappings")
    return mappings


def _admit(call: Call, backup: Backup) -> None:
    """Refuse what backup and vault do not allow now."""
    if call.estate.vaults[backup.vault_id].status not in ("available", "lock"):
        raise refusals.service("6202")
    if backup.status in ("restoring", "waiting_restore"):
        raise refusals.service("2010")
    if backup.status != "available":
        raise refusals.service("2005")
    if call.estate.resources[backup.resource_id].type == TURBO:
        raise refusals.service("6116")


def _target(call: Call, backup: Backup, wish: Wish) -> Resource:
    """What is written over: the very resource that the backup was made of."""
    origin = call.estate.resources[backup.resource_id]
    if wish.key != KEYS.get(origin.type, "resource_id"):
        raise refusals.invalid(wish.key)
    target = call.estate.resources.get(wish.target_id)
    if target is None or KEYS.get(target.type, "resource_id") != wish.key:
        raise refusals.service({"volume_id": "7000", "server_id": "7100"}.get(wish.key, "6302"))
    if origin.type != target.type and BARE_METAL in (origin.type, target.type):
        raise refusals.service("2014" if origin.type == BARE_METAL else "2006")
    if origin.architecture != target.architecture:
        raise refusals.service("2015")
    if origin is not target or backup.image_type == "replication":
        raise refusals.service("2003" if wish.key == "server_id" else "2012")
    return target


def _admit_target(call: Call, target: Resource) -> None:
    if target.protect_status == "restoring":
        raise refusals.service("2010")
    under_way = [part.resource for run in call.estate.runs for part in run.parts if not part.done]
    if target in under_way:
        raise refusals.service("2002")
    if target.protect_status == "removing":
        raise refusals.service("6134")
    if target.type != DISK and target.status in DELETED:
        raise refusals.service("2007")
    if target.type != DISK and target.status not in STEADY:
        raise refusals.service("2008")


def _admit_disk(target: Resource) -> None:
    if target.disks[0].volume_type == "DESS":
        raise refusals.service("2009")
    if target.status != "available":
        raise refusals.service("2011")


def _admit_disks(call: Call, backup: Backup, target: Resource, wish: Wish) -> None:
    """Check each pair of a disk's backup and a disk of the server."""
    if not wish.mappings:
        raise refusals.invalid("mappings")
    saved = {child_id_of(backup, disk): disk for disk in disks_in(backup, target)}
    own = {disk.id: disk for disk in target.disks}
    for child_id, volume_id in wish.mappings.items():
        if child_id not in saved:
            raise refusals.service("6200")
        if volume_id not in own:
            others = (disk.id for each in call.estate.resources.values() for disk in each.disks)
            raise refusals.service("7201" if volume_id in others else "7000")
        admit_pair(saved[child_id], own[volume_id])


def admit_pair(saved: Disk, disk: Disk) -> None:
    """Check that the backup of a disk may be written to a disk of the same server."""
    if disk.size_gb < saved.size_gb:
        raise refusals.service("2001")
    if disk.volume_type == "DESS":
        raise refusals.service("2009")
    if disk.system and not saved.system:
        raise refusals.service("2013")
    if saved.system and disk.id != saved.id and disk.encrypted:
        raise refusals.service("6140")
    if saved.system and disk.id != saved.id and disk.scsi:
        raise refusals.service("6141")
    if disk.status not in ("in-use", "available"):
        raise refusals.service("2011")


def _start(call: Call, backup: Backup, target: Resource, wish: Wish) -> Task:
    """Set the restore going: backup and resource wait for it, and a server is shut down as soon as it begins."""
    estate, server = call.estate, target.type != DISK
    before = target.protect_status
    named = {"backup_id": backup.id, "backup_name": backup.name}
    task = estate.begin("restore", call.now, backup.vault_id, target.id, "waiting", **named)
    backup.status, target.protect_status = "waiting_restore", "restoring"

    def begin(at: datetime) -> None:
        backup.status, backup.updated_at = "restoring", at
        target.status = "SHUTOFF" if server else "restoring"
        estate.changed()

    def end(at: datetime, done: bool) -> None:
        backup.status, backup.updated_at = "available", at
        target.protect_status = before
        if not server:
            target.status = "available" if done else "error_restoring"
        elif done and wish.power_on:
            target.status = "ACTIVE"
        estate.changed()

    seconds = call.modes.restore_seconds
    estate.jobs.append(
        Job(
            started_at=call.now,
            seconds=seconds,
            waits=WAITING * seconds,
            task=task,
            begin=begin,
            end=end,
            breaks_at=target.restore_fails_at,
            failure="9910",
            vaults=(backup.vault_id,),
        )
    )
    estate.changed()
    return task
