"""Creation and reading of checkpoints, by the rules of the API reference and its error table."""

import re
from datetime import timedelta

import msgspec

from . import refusals
from .bodies import Body, Object, flag_of, items_of, limit_of, object_of, text_of
from .call import Answer, Call
from .entities import BARE_METAL, DESKTOP, DISK, SERVER, TURBO, Backup, Checkpoint, Resource, Skipped, Task, Vault
from .inventory import Estate
from .queries import uuid_of
from .wire import Wire
from .work import part, start

DESCRIPTION = re.compile(r"[^<>]{0,255}")
RESOURCE_NAME = re.compile(r"(?s).{0,255}")
TYPES = (SERVER, DISK, BARE_METAL, TURBO, DESKTOP, "OS::Native::Server")
BETA = frozenset({"retention_duration_days", "policy_id"})
KNOWN = frozenset({"auto_trigger", "description", "incremental", "name", "resources", "resource_details"})


class Wish(msgspec.Struct):
    """A create request that has passed the checks; disks: excluded disks by resource id."""

    vault_id: str
    name: str = ""
    description: str = ""
    incremental: bool = True
    auto: bool = False
    retention_days: int = -1
    policy_id: str | None = None
    resources: list[str] | None = None
    excluded: dict[str, list[str]] = msgspec.field(default_factory=dict)
    included: dict[str, list[str]] = msgspec.field(default_factory=dict)


def create(call: Call) -> Answer:
    """POST checkpoints: 200 with the checkpoint `protecting`, or a refusal."""
    wish = _Reader(call).read()
    estate = call.estate
    vault = estate.vaults.get(wish.vault_id)
    if vault is None:
        raise refusals.service("6105")
    asked = _asked(estate, vault, wish)
    _admit(call, vault, asked, wish)
    skipped = [Skipped(each, code) for each in asked if (code := _skip_code(each, wish))]
    accepted = [each for each in asked if each not in [one.resource for one in skipped]]
    if not accepted and call.modes.all_skipped == "refuse":
        raise refusals.service("0001")
    checkpoint = _checkpoint(call, vault, wish, accepted, skipped)
    wire = Wire(estate, call.modes)
    before = [wire.checkpoint_resource(each) for each in accepted]
    _set_going(call, vault, checkpoint, accepted, wish)
    return Answer({"checkpoint": wire.checkpoint(checkpoint, before)})


def show(call: Call) -> Answer:
    """GET one checkpoint; those of the past are put together from their backups."""
    checkpoint_id = uuid_of(call.params["checkpoint_id"], "checkpoint_id")
    known = call.estate.checkpoints
    checkpoint = known.get(checkpoint_id) or _from_backups(call, checkpoint_id)
    if checkpoint is None:
        if call.modes.unknown_checkpoint_401:
            raise refusals.legacy(401, "unauthorized", "Malformed request url")
        raise refusals.service("6217")
    body = Wire(call.estate, call.modes).checkpoint_later(checkpoint)
    if call.modes.checkpoint_get_empty:
        body |= {"vault": None, "extra_info": None}
    return Answer({"checkpoint": body})


def _from_backups(call: Call, checkpoint_id: str) -> Checkpoint | None:
    backups = call.estate.backups.values()
    own = [backup for backup in backups if backup.checkpoint_id == checkpoint_id]
    if not own:
        return None
    first = own[0]
    return Checkpoint(
        id=checkpoint_id,
        vault_id=first.vault_id,
        created_at=first.created_at,
        name=first.name,
        description=first.description,
        retention_days=-1,
        accepted=[backup.resource_id for backup in own],
        status="available",
    )


def _asked(estate: Estate, vault: Vault, wish: Wish) -> list[Resource]:
    """The resources asked for, all of the vault when none are named."""
    if not wish.resources:
        return estate.resources_of(vault)
    for resource_id in wish.resources:
        if resource_id not in estate.resources:
            raise refusals.service("6302")
        if resource_id not in vault.resources:
            raise refusals.service("6135")
    return [estate.resources[each] for each in wish.resources]


def _admit(call: Call, vault: Vault, asked: list[Resource], wish: Wish) -> None:
    """Refuse what the vault as a whole, or one of its resources, does not allow now."""
    if wish.policy_id and wish.policy_id not in call.estate.policies:
        raise refusals.service("6000")
    if vault.protect_type == "replication":
        raise refusals.service("6124")
    if vault.status not in ("available", "lock"):
        raise refusals.service("6113")
    if call.estate.busy_with(vault) or call.estate.migrating(vault):
        raise refusals.service(call.modes.busy_code)
    if any(each.protect_status == "restoring" for each in asked):
        raise refusals.service("2010")
    if vault.used_mb >= vault.size_gb * 1024:
        _expand(call.estate, vault)
    _check_disks(asked, wish)


def _expand(estate: Estate, vault: Vault) -> None:
    if not vault.auto_expand:
        raise refusals.service("6114")
    vault.size_gb = vault.size_gb * 5 // 4
    estate.changed()


def _check_disks(asked: list[Resource], wish: Wish) -> None:
    for resource in asked:
        own = {disk.id for disk in resource.disks}
        named = wish.excluded.get(resource.id, []) + wish.included.get(resource.id, [])
        if not own.issuperset(named):
            raise refusals.service("7000")


def _skip_code(resource: Resource, wish: Wish) -> str:
    """Code with which the resource is left out of the checkpoint, or ""."""
    if resource.protect_status == "removing":
        return "6134"
    if resource.protect_status == "deleted":
        return "6215"
    if resource.refusal:
        return resource.refusal
    if resource.disks and len(_left_out(resource, wish)) == len(resource.disks):
        return "7108"
    return ""


def _left_out(resource: Resource, wish: Wish) -> list[str]:
    included = wish.included.get(resource.id)
    if included:
        return [disk.id for disk in resource.disks if disk.id not in included]
    return wish.excluded.get(resource.id, [])


def _checkpoint(call: Call, vault: Vault, wish: Wish, accepted: list[Resource], skipped: list[Skipped]) -> Checkpoint:
    prefix = "autobk" if wish.auto else "manualbk"
    return Checkpoint(
        id=call.estate.ids.uuid(),
        vault_id=vault.id,
        created_at=call.now,
        name=wish.name or f"{prefix}_{call.estate.ids.hex(4)}",
        description=wish.description,
        retention_days=wish.retention_days,
        accepted=[each.id for each in accepted],
        skipped=skipped,
    )


def _set_going(call: Call, vault: Vault, checkpoint: Checkpoint, accepted: list[Resource], wish: Wish) -> None:
    separator = "_" if wish.auto else "-"
    parts = []
    for number, resource in enumerate(accepted):
        several = len(accepted) > 1
        name = f"{checkpoint.name}{separator}{number + 1:04}" if several else checkpoint.name
        backup = _backup(call, checkpoint, resource, name, wish)
        task = _task(call, backup, wish)
        parts.append(part(resource, backup, task, number, len(accepted), call.modes.checkpoint_seconds))
    start(call.estate, vault, checkpoint, parts, call.now)


def _backup(call: Call, checkpoint: Checkpoint, resource: Resource, name: str, wish: Wish) -> Backup:
    days = wish.retention_days
    return Backup(
        id=call.estate.ids.uuid(),
        name=name,
        checkpoint_id=checkpoint.id,
        vault_id=checkpoint.vault_id,
        resource_id=resource.id,
        created_at=call.now,
        updated_at=call.now,
        status="waiting_protect",
        incremental=wish.incremental and resource.backup_count > 0,
        auto=wish.auto,
        description=wish.description,
        expired_at=call.now + timedelta(days=days) if days > 0 else None,
        without=_left_out(resource, wish) or None,
    )


def _task(call: Call, backup: Backup, wish: Wish) -> Task:
    return Task(
        id=call.estate.ids.uuid(),
        operation_type="backup",
        status="waiting",
        created_at=call.now,
        vault_id=backup.vault_id,
        resource_id=backup.resource_id,
        progress=0,
        checkpoint_id=backup.checkpoint_id,
        policy_id=wish.policy_id,
        backup_id=backup.id,
        backup_name=backup.name,
        incremental=backup.incremental,
    )


class _Reader:
    """Reads the body of a create request."""

    def __init__(self, call: Call) -> None:
        self._body = Body(call)

    def read(self) -> Wish:
        checkpoint = self._body.wrapped("checkpoint")
        self._body.keys(checkpoint, {"vault_id", "parameters"})
        given = checkpoint.get("parameters")
        parameters = {} if given is None else object_of(given, "parameters")
        self._body.keys(parameters, KNOWN, BETA)
        wish = Wish(vault_id=uuid_of(checkpoint.get("vault_id"), "vault_id"))
        self._words(wish, parameters)
        self._beta(wish, parameters)
        self._choice(wish, parameters)
        return wish

    def _words(self, wish: Wish, given: Object) -> None:
        if given.get("name") is not None:
            wish.name = self._body.name(given["name"])
        if given.get("description") is not None:
            wish.description = text_of(given["description"], DESCRIPTION, "description")
        wish.auto = flag_of(given.get("auto_trigger"), False, "auto_trigger")
        wish.incremental = flag_of(given.get("incremental"), True, "incremental")

    @staticmethod
    def _beta(wish: Wish, given: Object) -> None:
        days = given.get("retention_duration_days")
        if days is not None:
            if wish.auto:
                raise refusals.invalid("retention_duration_days")
            wish.retention_days = limit_of(days, 36500, "retention_duration_days")
        if given.get("policy_id") is not None:
            wish.policy_id = uuid_of(given["policy_id"], "policy_id")

    def _choice(self, wish: Wish, given: Object) -> None:
        plain, detailed = given.get("resources"), given.get("resource_details")
        if plain and detailed:
            raise refusals.invalid("resources and resource_details")
        if plain is not None:
            wish.resources = [uuid_of(each, "resources") for each in items_of(plain, "resources")]
        if detailed:
            wish.resources = [self._detail(wish, each) for each in items_of(detailed, "resource_details")]
        if len(set(wish.resources or ())) != len(wish.resources or ()):
            raise refusals.service("6104")

    def _detail(self, wish: Wish, given: object) -> str:
        detail = object_of(given, "resource_details")
        self._body.keys(detail, {"id", "type", "name", "extra_info"})
        resource_id = uuid_of(detail.get("id"), "resource_details.id")
        if detail.get("type") not in TYPES:
            raise refusals.invalid("resource_details.type")
        if detail.get("name") is not None:
            text_of(detail["name"], RESOURCE_NAME, "resource_details.name")
        if detail.get("extra_info") is not None:
            self._disks(wish, resource_id, object_of(detail["extra_info"], "extra_info"))
        return resource_id

    def _disks(self, wish: Wish, resource_id: str, extra: Object) -> None:
        self._body.keys(extra, {"exclude_volumes"}, {"include_volumes"})
        excluded = items_of(extra.get("exclude_volumes") or [], "exclude_volumes")
        wish.excluded[resource_id] = [uuid_of(each, "exclude_volumes") for each in excluded]
        included = items_of(extra.get("include_volumes") or [], "include_volumes")
        bodies = [object_of(each, "include_volumes") for each in included]
        wish.included[resource_id] = [uuid_of(each.get("id"), "include_volumes") for each in bodies]
