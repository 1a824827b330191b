"""Lists and single reads of vaults, protectables, backups, operation logs and policies."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any, Generic, TypeVar

from . import refusals
from .call import Answer, Call, Rows
from .inventory import OBJECT_TYPES, Estate
from .things import DISK, PROVIDERS, Backup, Disk, Policy, Resource, Task, Vault
from .wire import Json, Wire

T = TypeVar("T")
Test = Callable[[T], bool]

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
PAGE = 1000
PROTECTABLE_PAGE = 50
SORT_KEYS = ("created_at", "updated_at", "name", "status", "protected_at", "id")
BACKUP_STATES = frozenset(
    [
        "available",
        "protecting",
        "deleting",
        "restoring",
        "error",
        "waiting_protect",
        "waiting_delete",
        "waiting_restore",
    ]
)
TASK_STATES = frozenset(["success", "skipped", "failed", "running", "timeout", "waiting"])
TASK_TYPES = frozenset(
    ["backup", "copy", "replication", "delete", "restore", "vault_delete", "remove_resource", "sync"]
)
PROTECTABLE_TYPES = ("server", "disk", "turbo", "workspace", "workspace_v2")


def uuid_of(given: object, what: str) -> str:
    """The UUID in lower case; anything else is a 400 9900 naming `what`."""
    if not isinstance(given, str) or not UUID.fullmatch(given):
        raise refusals.invalid(what)
    return given.lower()


def show_vault(call: Call) -> Answer:
    """GET one vault."""
    vault = one(call, call.estate.vaults, "vault_id", "6105")
    return Answer({"vault": Wire(call.estate, call.modes).vault(vault)})


def summary(call: Call) -> Answer:
    """GET vaults/summary: size in GB, used_size in MB, over all vaults."""
    vaults = call.estate.vaults.values()
    used_mb = sum(vault.used_mb for vault in vaults)
    return Answer({"size": sum(vault.size_gb for vault in vaults), "used_size": used_mb})


def show_backup(call: Call) -> Answer:
    """GET one backup with its children; a child that was shown before can be read too."""
    backup_id = uuid_of(call.params["backup_id"], "backup_id")
    wire = Wire(call.estate, call.modes)
    child = call.estate.children.get(backup_id)
    if child:
        return Answer({"backup": wire.disk_backup(*child)})
    return Answer({"backup": wire.backup_with_children(one(call, call.estate.backups, "backup_id", "6200"))})


def show_task(call: Call) -> Answer:
    """GET one operation log."""
    task = one(call, call.estate.tasks, "operation_log_id", "6500")
    return Answer({"operation_log": Wire(call.estate, call.modes).task(task)})


def show_policy(call: Call) -> Answer:
    """GET one policy."""
    policy = one(call, call.estate.policies, "policy_id", "6000")
    return Answer({"policy": Wire(call.estate, call.modes).policy(policy)})


def one(call: Call, things: dict[str, T], parameter: str, unknown: str) -> T:
    """The thing whose id stands in the path; a refusal with the code `unknown` if there is none."""
    thing = things.get(uuid_of(call.params[parameter], parameter))
    if thing is None:
        raise refusals.service(unknown)
    return thing


def vaults(call: Call) -> Answer:
    """GET vaults, newest first."""
    wanted = _Filters[Vault](call)
    wanted.name("name", lambda vault: vault.name)
    wanted.choice("cloud_type", lambda _vault: "public", ("public", "hybrid"))
    wanted.choice("protect_type", lambda vault: vault.protect_type, ("backup", "replication"))
    wanted.equal("object_type", lambda vault: vault.object_type)
    wanted.equal("status", lambda vault: vault.status)
    wanted.equal("enterprise_project_id", lambda vault: vault.enterprise_project_id, "all_granted_eps")
    wanted.among("id", lambda vault: vault.id, call.every("id"))
    policy_id = call.first("policy_id")
    if policy_id is not None:
        policy = call.estate.policies.get(policy_id)
        wanted.among("policy_id", lambda vault: vault.id, policy.vaults if policy else ())
    resource_ids = call.first("resource_ids")
    if resource_ids is not None:
        asked = set(resource_ids.split(","))
        wanted.tests.append(lambda vault: not asked.isdisjoint(vault.resources))
    own = call.estate.vaults.values()
    found = sorted(wanted.pick(own), key=lambda vault: vault.created_at, reverse=True)
    return _page(call, "vaults", found, Wire(call.estate, call.modes).vault)


def backups(call: Call) -> Answer:
    """GET backups, top-level ones, newest first unless sorted otherwise."""
    wire = Wire(call.estate, call.modes)
    parent_id = call.first("parent_id")
    if parent_id is not None:
        return _children(call, wire, parent_id)
    replication = _boolean(call, "show_replication") or False
    found = _sorted(call, _backup_filters(call).pick(_backups_to_search(call)))
    return _page(call, "backups", _after_marker(call, found), lambda each: wire.backup(each, replication), len(found))


def _children(call: Call, wire: Wire, parent_id: str) -> Answer:
    parent = call.estate.backups.get(parent_id)
    children = wire.backup_with_children(parent)["children"] if parent else []
    return _page(call, "backups", children, lambda each: each)


def _backups_to_search(call: Call) -> Iterable[Backup]:
    history = call.estate.history
    vault_id = call.first("vault_id")
    if vault_id is None:
        return reversed(history.backups.values())
    return reversed(history.by_vault.get(vault_id, []))


def _backup_filters(call: Call) -> "_Filters[Backup]":
    resources = call.estate.resources
    wanted = _Filters[Backup](call)
    wanted.equal("checkpoint_id", lambda backup: backup.checkpoint_id)
    wanted.equal("resource_id", lambda backup: backup.resource_id)
    wanted.name("name", lambda backup: backup.name)
    wanted.name("resource_name", lambda backup: resources[backup.resource_id].name)
    wanted.equal("resource_type", lambda backup: resources[backup.resource_id].type)
    wanted.equal("resource_az", lambda backup: resources[backup.resource_id].zone)
    wanted.choice("image_type", lambda backup: backup.image_type, ("backup", "replication"))
    vaults = call.estate.vaults
    project = "enterprise_project_id"
    wanted.equal(project, lambda backup: vaults[backup.vault_id].enterprise_project_id, "all_granted_eps")
    if set(call.every("status")) - BACKUP_STATES:
        raise refusals.invalid("status")
    wanted.among("status", lambda backup: backup.status, call.every("status"))
    wanted.period(lambda backup: backup.created_at)
    wanted.boolean("incremental", lambda backup: backup.incremental)
    wanted.boolean("dec", lambda _backup: False)
    _sharing(call, wanted)
    wanted.appeared(lambda backup: backup.created_at)
    return wanted


def _sharing(call: Call, wanted: "_Filters[Backup]") -> None:
    own_type = call.first("own_type") or "private"
    if own_type not in ("private", "shared", "all_granted"):
        raise refusals.invalid("own_type")
    if own_type != "all_granted":
        shared = own_type == "shared"
        wanted.tests.append(lambda backup: (backup.share is not None) is shared)
    if own_type != "private":
        wanted.choice("member_status", lambda backup: backup.share, ("pending", "accepted", "rejected"))


def _sorted(call: Call, found: list[Backup]) -> list[Backup]:
    given = call.first("sort")
    if given is None:
        return found
    terms = [_sort_term(term) for term in given.split(",")]
    if len(given) > 255:
        raise refusals.invalid("sort")
    keys, descending = [key for key, _ in terms], {down for _, down in terms}
    if len(descending) == 1 and not {"updated_at", "protected_at"}.intersection(keys):
        return sorted(found, key=attrgetter(*keys), reverse=descending.pop())
    for key, down in reversed(terms):
        found.sort(key=partial(_sort_value, key), reverse=down)
    return found


def _sort_term(term: str) -> tuple[str, bool]:
    """Key, and whether the order is descending, as it is when nothing is said."""
    key, _, direction = term.partition(":")
    if key not in SORT_KEYS or direction not in ("", "asc", "desc"):
        raise refusals.invalid("sort")
    return key, direction != "asc"


def _sort_value(key: str, backup: Backup) -> tuple[bool, Any]:
    value = getattr(backup, key)
    return (value is not None, value)


def _after_marker(call: Call, found: list[Backup]) -> list[Backup]:
    marker = call.first("marker")
    if marker is None:
        return found
    position = next((place for place, backup in enumerate(found) if backup.id == marker), None)
    if position is None:
        raise refusals.invalid("marker")
    return found[position + 1 :]


def tasks(call: Call) -> Answer:
    """GET operation-logs, newest first."""
    resources, vaults = call.estate.resources, call.estate.vaults
    wanted = _Filters[Task](call)
    wanted.choice("operation_type", lambda task: task.operation_type, TASK_TYPES)
    wanted.choice("status", lambda task: task.status, TASK_STATES)
    wanted.equal("vault_id", lambda task: task.vault_id)
    wanted.name("vault_name", lambda task: vaults[task.vault_id].name)
    wanted.equal("resource_id", lambda task: task.resource_id)
    wanted.name("resource_name", lambda task: resources[task.resource_id].name)
    wire = Wire(call.estate, call.modes)
    wanted.equal("provider_id", lambda task: PROVIDERS[OBJECT_TYPES[resources[task.resource_id].type]])
    project = "enterprise_project_id"
    wanted.equal(project, lambda task: vaults[task.vault_id].enterprise_project_id, "all_granted_eps")
    wanted.period(lambda task: task.created_at)
    wanted.appeared(lambda task: task.created_at)
    found = wanted.pick(reversed(call.estate.tasks.values()))
    return _page(call, "operation_logs", found, wire.task)


def policies(call: Call) -> Answer:
    """GET policies."""
    wanted = _Filters[Policy](call)
    wanted.choice("operation_type", lambda policy: policy.operation_type, ("backup", "replication"))
    vault_id = call.first("vault_id")
    if vault_id is not None:
        wanted.tests.append(lambda policy: vault_id in policy.vaults)
    found = wanted.pick(call.estate.policies.values())
    return _page(call, "policies", found, Wire(call.estate, call.modes).policy)


def protectables(call: Call) -> Answer:
    """GET protectables of a type: pages of at most 50, and for servers `offset` counts pages (0 and 1 alike)."""
    kind = call.params["protectable_type"]
    if kind not in PROTECTABLE_TYPES:
        raise refusals.invalid("protectable_type")
    wanted = _Filters[tuple[Resource, Disk | None]](call)
    wanted.name("name", lambda each: (each[1] or each[0]).name)
    wanted.equal("id", lambda each: (each[1] or each[0]).id)
    wanted.equal("status", lambda each: "in-use" if each[1] else each[0].status)
    wanted.equal("server_id", lambda each: each[0].id if each[1] else "")
    found = wanted.pick(_protectable(call.estate, kind))
    count = len(found)
    limit = min(_number(call, "limit", PROTECTABLE_PAGE, 1, None), PROTECTABLE_PAGE)
    offset = _number(call, "offset", 0, 0, None)
    skip = offset if kind == "disk" else max(offset - 1, 0) * limit
    marker = call.first("marker")
    if marker is not None:
        ids = [(disk or resource).id for resource, disk in found]
        skip = ids.index(marker) + 1 if marker in ids else count
    wire = Wire(call.estate, call.modes)
    shown = [_render_protectable(wire, *each) for each in found[skip : skip + limit]]
    return Answer({"instances": shown, "count": count})


def show_protectable(call: Call) -> Answer:
    """GET one protectable."""
    kind, instance_id = call.params["protectable_type"], uuid_of(call.params["instance_id"], "instance_id")
    if kind not in PROTECTABLE_TYPES:
        raise refusals.invalid("protectable_type")
    for resource, disk in _protectable(call.estate, kind):
        if (disk or resource).id == instance_id:
            return Answer({"instance": _render_protectable(Wire(call.estate, call.modes), resource, disk)})
    raise refusals.service("6302")


def _render_protectable(wire: Wire, resource: Resource, disk: Disk | None) -> Json:
    return wire.protectable(resource) if disk is None else wire.attached_disk(disk, resource)


def _protectable(estate: Estate, kind: str) -> list[tuple[Resource, Disk | None]]:
    """Resources of the type; among the disks also those of servers, together with their server."""
    wanted = "workspace" if kind == "workspace_v2" else kind
    local = [each for each in estate.resources.values() if _is_local(estate, each)]
    found: list[tuple[Resource, Disk | None]] = [(each, None) for each in local if OBJECT_TYPES[each.type] == wanted]
    if kind == "disk":
        found += [(each, disk) for each in local if each.type != DISK for disk in each.disks]
    return found


def _is_local(estate: Estate, resource: Resource) -> bool:
    """Whether the resource is of this region: those of a replication vault live in another."""
    return resource.vault_id is None or estate.vaults[resource.vault_id].protect_type != "replication"


class _Filters(Generic[T]):
    """The tests that the query of a list lays on its items; absent parameters test nothing."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self.tests: list[Callable[[T], bool]] = []

    def pick(self, items: Iterable[T]) -> list[T]:
        """The items that pass all tests, in their order."""
        found = list(items)
        for test in self.tests:
            found = [each for each in found if test(each)]
        return found

    def equal(self, name: str, value: Callable[[T], object], everything: str | None = None) -> None:
        """The value is the given one; `everything` lets all pass."""
        given = self._call.first(name)
        if given is not None and given != everything:
            self.tests.append(lambda each: value(each) == given)

    def choice(self, name: str, value: Callable[[T], object], allowed: Iterable[str]) -> None:
        """Like equal; a value that is not allowed is a 400."""
        given = self._call.first(name)
        if given is not None and given not in allowed:
            raise refusals.invalid(name)
        self.equal(name, value)

    def name(self, name: str, value: Callable[[T], str]) -> None:
        """The value contains the given text, or is it in the mode of exact names."""
        given = self._call.first(name)
        if given is None:
            return
        exact = self._call.modes.exact_names
        self.tests.append(lambda each: value(each) == given if exact else given in value(each))

    def among(self, name: str, value: Callable[[T], object], given: Iterable[str]) -> None:
        """The value is one of those given, if the parameter is there."""
        if self._call.first(name) is not None:
            allowed = set(given)
            self.tests.append(lambda each: value(each) in allowed)

    def boolean(self, name: str, value: Callable[[T], bool]) -> None:
        """The value is the given boolean."""
        given = _boolean(self._call, name)
        if given is not None:
            self.tests.append(lambda each: value(each) is given)

    def period(self, value: Callable[[T], datetime]) -> None:
        """The moment lies between start_time and end_time, both included."""
        start, end = _time(self._call, "start_time"), _time(self._call, "end_time")
        if start is not None:
            self.tests.append(lambda each: value(each) >= start)
        if end is not None:
            self.tests.append(lambda each: value(each) <= end)

    def appeared(self, value: Callable[[T], datetime]) -> None:
        """In the mode of late lists: the item is old enough to show."""
        if self._call.modes.appears_after_seconds > 0:
            latest = self._call.now - timedelta(seconds=self._call.modes.appears_after_seconds)
            self.tests.append(lambda each: value(each) <= latest)


def _page(call: Call, key: str, found: list[T], render: Callable[[T], Json], count: int | None = None) -> Answer:
    limit, offset = _number(call, "limit", PAGE, 1, PAGE), _number(call, "offset", 0, 0, None)
    shown = Rows(found[offset : offset + limit], render)
    return Answer({key: shown, "count": len(found) if count is None else count, "limit": limit, "offset": offset})


def _number(call: Call, name: str, usual: int, least: int, most: int | None) -> int:
    given = call.first(name)
    if given is None:
        return usual
    number = int(given) if re.fullmatch(r"-?[0-9]{1,9}", given) else least - 1
    if number < least or (most is not None and number > most):
        raise refusals.invalid(name)
    return number


def _boolean(call: Call, name: str) -> bool | None:
    given = call.first(name)
    if given is None:
        return None
    if given.lower() not in ("true", "false"):
        raise refusals.invalid(name)
    return given.lower() == "true"


def _time(call: Call, name: str) -> datetime | None:
    given = call.first(name)
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise refusals.invalid(name) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
