"""Resources that could be backed up: lists and single reads."""

from . import refusals
from .call import Answer, Call
from .entities import DISK, Disk, Resource
from .inventory import OBJECT_TYPES, Estate
from .queries import Filters, number, uuid_of
from .wire import Json, Wire

PROTECTABLE_PAGE = 50
PROTECTABLE_TYPES = ("server", "disk", "turbo", "workspace", "workspace_v2")


def every(call: Call) -> Answer:
    """GET protectables of a type: pages of at most 50, and for servers `offset` counts pages (0 and 1 alike)."""
    kind = call.params["protectable_type"]
    if kind not in PROTECTABLE_TYPES:
        raise refusals.invalid("protectable_type")
    wanted = Filters[tuple[Resource, Disk | None]](call)
    wanted.name("name", lambda each: (each[1] or each[0]).name)
    wanted.equal("id", lambda each: (each[1] or each[0]).id)
    wanted.equal("status", lambda each: "in-use" if each[1] else each[0].status)
    wanted.equal("server_id", lambda each: each[0].id if each[1] else "")
    found = wanted.pick(_protectable(call.estate, kind))
    count = len(found)
    limit = min(number(call, "limit", PROTECTABLE_PAGE, 1, None), PROTECTABLE_PAGE)
    offset = number(call, "offset", 0, 0, None)
    skip = offset if kind == "disk" else max(offset - 1, 0) * limit
    marker = call.first("marker")
    if marker is not None:
        ids = [(disk or resource).id for resource, disk in found]
        skip = ids.index(marker) + 1 if marker in ids else count
    wire = Wire(call.estate, call.modes)
    shown = [_render_protectable(wire, *each) for each in found[skip : skip + limit]]
    return Answer({"instances": shown, "count": count})


def show(call: Call) -> Answer:
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
        found += [
            (each, disk)
            for each in local
            if each.type != DISK
            for disk in each.disks
            if disk.id not in estate.resources
        ]
    return found


def _is_local(estate: Estate, resource: Resource) -> bool:
    """Whether the resource is of this region: those of a replication vault live in another."""
    return resource.vault_id is None or estate.vault_of(resource).protect_type != "replication"
