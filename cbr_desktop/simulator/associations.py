"""Association of resources with vaults: added, removed, moved to another vault, suspended; by the error table."""

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

from . import refusals
from .bodies import Body, Object, items_of, object_of, text_of
from .call import Answer, Call
from .entities import DISK, Disk, Resource, Vault
from .inventory import OBJECT_TYPES, Estate
from .jobs import Job
from .queries import one, uuid_of

MOST = 256
"""Resources of a vault, and of a call."""
NAME = re.compile(r"(?s).{0,255}")
ACTION = re.compile(r"suspend|unsuspend")


class Wanted(msgspec.Struct, frozen=True):
    """A resource that is to be associated, and the disks of it that are left out of its backups, or alone in them."""

    id: str
    type: str
    excluded: tuple[str, ...] = ()
    included: tuple[str, ...] = ()


class Chosen(msgspec.Struct, frozen=True):
    """A free resource, and the disks of it that are left out of its backups."""

    resource: Resource
    excluded: list[str]


def read_resources(body: Body, given: object, most: int = MOST) -> list[Wanted]:
    """The resources that a request names; one that is named twice is a 6104."""
    wanted = [_read(body, object_of(each, "resources")) for each in items_of(given, "resources", most)]
    if len({each.id for each in wanted}) < len(wanted):
        raise refusals.service("6104")
    return wanted


def _read(body: Body, given: Object) -> Wanted:
    body.keys(given, {"id", "type", "name", "extra_info"})
    if given.get("name") is not None:
        text_of(given["name"], NAME, "resources.name")
    kind = given.get("type")
    if kind not in OBJECT_TYPES:
        raise refusals.service("6116") if isinstance(kind, str) else refusals.invalid("resources.type")
    extra = {} if given.get("extra_info") is None else object_of(given["extra_info"], "extra_info")
    body.keys(extra, {"exclude_volumes"}, {"include_volumes"})
    excluded = items_of(extra.get("exclude_volumes") or [], "exclude_volumes")
    included = [object_of(each, "include_volumes") for each in items_of(extra.get("include_volumes") or [], "volumes")]
    return Wanted(
        id=uuid_of(given.get("id"), "resources.id"),
        type=str(kind),
        excluded=tuple(uuid_of(each, "exclude_volumes") for each in excluded),
        included=tuple(uuid_of(each.get("id"), "include_volumes") for each in included),
    )


def free_resources(estate: Estate, vault: Vault, wanted: Iterable[Wanted]) -> list[Chosen]:
    """The resources that are wanted, if each is free and fits the vault; a refusal of all of them else."""
    return [_free(estate, vault, each) for each in wanted]


def _free(estate: Estate, vault: Vault, wanted: Wanted) -> Chosen:
    resource = estate.resources.get(wanted.id) or _attached(estate, wanted)
    if resource is None:
        raise refusals.service("6302")
    if resource.type != wanted.type:
        raise refusals.service("6300")
    if OBJECT_TYPES[resource.type] != vault.object_type or vault.protect_type == "replication":
        raise refusals.service("6102")
    if resource.vault_id is not None:
        raise refusals.service("6104" if resource.vault_id == vault.id else "6103")
    if resource.refusal:
        raise refusals.service(resource.refusal)
    if any(each.id in estate.resources and estate.resources[each.id].vault_id for each in resource.disks):
        raise refusals.service("7006")
    return Chosen(resource, _left_out(resource, wanted))


def _left_out(resource: Resource, wanted: Wanted) -> list[str]:
    own = [disk.id for disk in resource.disks]
    if not set(own).issuperset([*wanted.excluded, *wanted.included]):
        raise refusals.service("7000")
    left_out = [each for each in own if each not in wanted.included] if wanted.included else list(wanted.excluded)
    if own and len(set(left_out)) == len(own):
        raise refusals.service("7108")
    return left_out


def _attached(estate: Estate, wanted: Wanted) -> Resource | None:
    """A disk of a server as a resource of its own, unless the server is in a vault already."""
    if wanted.type != DISK:
        return None
    for server in estate.resources.values():
        disk = next((each for each in server.disks if each.id == wanted.id), None)
        if disk is not None and server.type != DISK:
            if server.vault_id is not None:
                raise refusals.service("7116")
            return _of_its_own(disk, server)
    return None


def _of_its_own(disk: Disk, server: Resource) -> Resource:
    return Resource(
        id=disk.id,
        name=disk.name,
        type=DISK,
        size_gb=disk.size_gb,
        status="in-use",
        disks=[disk],
        os=server.os,
        zone=server.zone,
        server_id=server.id,
        refusal="7002" if disk.scsi else "",
    )


def associate(call: Call, vault: Vault, chosen: list[Chosen]) -> None:
    """Put free resources into a vault, which shows them at once, or a little later in the mode of late association."""
    for each in chosen:
        resource, resource.excluded = each.resource, each.excluded
        resource.vault_id, resource.protect_status, resource.auto_protect = vault.id, None, True
        resource.backup_count = resource.backup_size_mb = 0
        resource.extra = "{}" if resource.excluded else ""
        call.estate.resources[resource.id] = resource

    def end(_: datetime, _done: bool) -> None:
        vault.resources += [each.resource.id for each in chosen if each.resource.vault_id == vault.id]
        call.estate.changed()

    if call.modes.association_seconds > 0:
        call.estate.jobs.append(Job(started_at=call.now, seconds=call.modes.association_seconds, end=end))
    else:
        end(call.now, True)


def add(call: Call) -> Answer:
    """POST addresources: 200 with the ids, or a refusal that associates none."""
    vault, body = one(call, call.estate.vaults, "vault_id", "6105"), Body(call)
    given = body.plain()
    body.keys(given, {"resources"})
    wanted = read_resources(body, given.get("resources"))
    if not wanted:
        raise refusals.invalid("resources")
    _steady(vault)
    if len(vault.resources) + len(wanted) > MOST:
        raise refusals.service("6100")
    associate(call, vault, free_resources(call.estate, vault, wanted))
    return Answer({"add_resource_ids": [each.id for each in wanted]})


def _steady(vault: Vault) -> None:
    if vault.status not in ("available", "lock"):
        raise refusals.service("6112")


def _own(call: Call, vault: Vault, given: object) -> list[Resource]:
    """The resources of the vault that are named by their ids."""
    ids = [uuid_of(each, "resource_ids") for each in items_of(given, "resource_ids", MOST)]
    if not ids or len(set(ids)) < len(ids):
        raise refusals.invalid("resource_ids")
    if not set(ids).issubset(vault.resources):
        raise refusals.service("6135")
    resources = [call.estate.resources[each] for each in ids]
    if any(each.protect_status == "removing" for each in resources):
        raise refusals.service("6134")
    return resources


def _idle(call: Call, resources: list[Resource]) -> None:
    """Refuse resources that are being backed up or restored."""
    under_way = [part.resource for run in call.estate.runs for part in run.parts if not part.done]
    if any(each in under_way for each in resources):
        raise refusals.service("6125")
    if any(each.protect_status == "restoring" for each in resources):
        raise refusals.service("2010")


def remove(call: Call) -> Answer:
    """POST removeresources: 200 with the ids; the resources are `removing` until their backups are gone, then free."""
    estate, vault, body = call.estate, one(call, call.estate.vaults, "vault_id", "6105"), Body(call)
    given = body.plain()
    body.keys(given, {"resource_ids"})
    resources = _own(call, vault, given.get("resource_ids"))
    _steady(vault)
    if vault.locked:
        raise refusals.service("6115")
    _idle(call, resources)
    if estate.migrating(vault):
        raise refusals.service("6125")
    backups = estate.kept_in(vault.id, {each.id for each in resources})
    if any(backup.images for backup in backups):
        raise refusals.service("6204")
    rows = [{"id": each.id, "name": each.name, "type": each.type, "extra_info": {}} for each in resources]
    details = {"total_count": len(resources), "fail_count": 0, "resources": rows}
    task = estate.begin("remove_resource", call.now, vault.id, resources[0].id, details=details)
    before = [each.protect_status for each in resources]
    for resource in resources:
        resource.protect_status = "removing"

    def end(_: datetime, done: bool) -> None:
        if not done:
            details["fail_count"] = len(resources)
            for resource, status in zip(resources, before, strict=True):
                resource.protect_status = status
            estate.changed()
            return
        estate.forget(estate.kept_in(vault.id, {each.id for each in resources}))
        for resource in resources:
            vault.used_mb = max(vault.used_mb - resource.backup_size_mb, 0)
            estate.release(vault, resource)
        estate.changed()

    job = Job(started_at=call.now, seconds=call.modes.removal_seconds, task=task, end=end, vaults=(vault.id,))
    estate.jobs.append(job)
    estate.changed()
    return Answer({"remove_resource_ids": [each.id for each in resources]})


def migrate(call: Call) -> Answer:
    """POST migrateresources: 200 with the ids; resources and backups have moved once the task is through."""
    estate, vault, body = call.estate, one(call, call.estate.vaults, "vault_id", "6105"), Body(call)
    given = body.plain()
    body.keys(given, {"destination_vault_id", "resource_ids"})
    target = estate.vaults.get(uuid_of(given.get("destination_vault_id"), "destination_vault_id"))
    resources = _own(call, vault, given.get("resource_ids"))
    if target is None:
        raise refusals.service("6120")
    _admit_migration(call, vault, target, resources)
    task = estate.begin("migrate_resource", call.now, vault.id, resources[0].id)

    def end(_: datetime, done: bool) -> None:
        if not done:
            return
        estate.history.move(estate.kept_in(vault.id, {each.id for each in resources}), target.id)
        for resource in resources:
            vault.resources.remove(resource.id)
            vault.used_mb = max(vault.used_mb - resource.backup_size_mb, 0)
            target.used_mb += resource.backup_size_mb
            estate.associate(target, resource)
        estate.changed()

    seconds = call.modes.migration_seconds
    job = Job(started_at=call.now, seconds=seconds, task=task, end=end, vaults=(vault.id, target.id))
    estate.jobs.append(job)
    estate.changed()
    return Answer({"migrated_resources": [each.id for each in resources]})


def _admit_migration(call: Call, vault: Vault, target: Vault, resources: list[Resource]) -> None:
    if target is vault:
        raise refusals.invalid("destination_vault_id")
    if (target.object_type, target.protect_type) != (vault.object_type, vault.protect_type):
        raise refusals.service("6102")
    for each in (vault, target):
        _steady(each)
        if call.estate.busy_with(each) or call.estate.jobs_in(each):
            raise refusals.service("6125")
    if vault.locked:
        raise refusals.service("6110")
    _idle(call, resources)
    if len(target.resources) + len(resources) > MOST:
        raise refusals.service("6100")
    if target.used_mb + sum(each.backup_size_mb for each in resources) > 1024 * target.size_gb:
        raise refusals.service("6129")


def set_protection(call: Call) -> Answer:
    """PUT set-resources: 200 with the ids of the resources whose automatic backup is suspended or goes on."""
    vault, body = one(call, call.estate.vaults, "vault_id", "6105"), Body(call)
    given = body.plain()
    body.keys(given, {"action", "resource_ids"})
    action = text_of(given.get("action"), ACTION, "action")
    resources = _own(call, vault, given.get("resource_ids"))
    for resource in resources:
        resource.auto_protect = action == "unsuspend"
    call.estate.changed()
    return Answer({"set_resource_ids": [each.id for each in resources]})
