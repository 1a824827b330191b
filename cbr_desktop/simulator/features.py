"""What the region can do, what its backups take, and which servers have the agent for consistent backups."""

from . import refusals
from .bodies import Body, items_of, object_of
from .call import Answer, Call, Rows
from .entities import BARE_METAL, SERVER, Resource
from .inventory import Estate
from .queries import Filters, number, uuid_of
from .replication import destinations
from .wire import Json

USAGE_TYPES = (SERVER, BARE_METAL)
"""Types of the resources whose use of storage is told."""


def every(call: Call) -> Answer:
    """GET cbr-features: a flat object; `limit` and `offset` are read and mean nothing."""
    return Answer(_features(call))


def show(call: Call) -> Answer:
    """GET one feature by its key; an unknown key is a 400."""
    features = _features(call)
    key = call.params["feature_key"]
    if key not in features:
        raise refusals.invalid("feature_key")
    return Answer({key: features[key]})


def _features(call: Call) -> Json:
    number(call, "limit", 1000, 1, 1000)
    number(call, "offset", 0, 0, 1000)
    reachable = destinations(call.estate)
    return {
        "replication.enable": bool(reachable),
        "replication.source_region": call.estate.home.region,
        "replication.destination_regions": reachable,
        "replication.destination_dgw_regions": [],
        "features.backup_double_az": False,
        "features.bccrack_enable": False,
    }


def storage_usage(call: Call) -> Answer:
    """GET storage_usage: number and size (MB) of the backups of each server that has some."""
    wanted = Filters[Resource](call)
    wanted.equal("resource_id", lambda resource: resource.id)
    wanted.choice("resource_type", lambda resource: resource.type, USAGE_TYPES)
    found = wanted.pick(_with_backups(call.estate))
    limit, offset = number(call, "limit", 1000, 1, 1000), number(call, "offset", 0, 0, None)
    return Answer({"resource_count": len(found), "storage_usage": Rows(found[offset : offset + limit], _usage)})


def _with_backups(estate: Estate) -> list[Resource]:
    known = [each for each in estate.resources.values() if each.vault_id in estate.vaults]
    return [each for each in known if each.type in USAGE_TYPES and each.backup_count > 0]


def _usage(resource: Resource) -> Json:
    return {
        "resource_id": resource.id,
        "resource_name": resource.name,
        "resource_type": resource.type,
        "backup_count": resource.backup_count,
        "backup_size": resource.backup_size_mb,
        "backup_size_multiaz": 0,
    }


def check_agents(call: Call) -> Answer:
    """POST agent/check: whether servers have the agent that makes backups consistent with their applications."""
    body = Body(call)
    given = body.plain()
    body.keys(given, {"agent_status"})
    asked = [object_of(each, "agent_status") for each in items_of(given.get("agent_status"), "agent_status")]
    return Answer({"agent_status": [_agent(call, body, each) for each in asked]})


def _agent(call: Call, body: Body, asked: Json) -> Json:
    body.keys(asked, {"resource_id", "resource_type", "resource_name"})
    resource = call.estate.resources.get(uuid_of(asked.get("resource_id"), "resource_id"))
    if asked.get("resource_type") not in USAGE_TYPES:
        raise refusals.invalid("resource_type")
    if resource is None:
        raise refusals.service("6302")
    version = resource.agent
    return {
        "resource_id": resource.id,
        "installed": version is not None,
        "version": version,
        "is_old": None if version is None else version < "1.1",
        "code": None,
        "message": None,
    }
