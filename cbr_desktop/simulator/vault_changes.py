"""Creation, change and deletion of vaults, by the rules of the API reference and its error table."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from . import refusals
from .associations import associate, free_resources, read_resources
from .bodies import Body, Object, flag_of, items_of, number_of, object_of, text_of
from .call import Answer, Call
from .entities import Vault
from .inventory import Estate
from .jobs import Job
from .queries import one, uuid_of
from .tags import read_tags
from .wire import Wire

SMALLEST_GB, LARGEST_GB = 10, 10_485_760
"""Sizes with which a vault is created; it may be made smaller later on."""
SIMULATED = ("server", "disk", "turbo", "workspace")
"""Object types whose resources there are here."""
OBJECT_TYPE = re.compile(r"server|disk|turbo|workspace|vmware|rds|file")
PROTECT_TYPE = re.compile(r"backup|replication")
LEVEL = re.compile(r"crash_consistent|app_consistent")
CHARGING = re.compile(r"post_paid|pre_paid")
PERIOD = re.compile(r"year|month")
CLOUD = re.compile(r"public|hybrid")
DESCRIPTION = re.compile(r"[^<>]{0,64}")
PREFIX = re.compile(r"[\u4e00-\u9fa5\uf900-\ufa2da-zA-Z0-9_\-]{0,32}")
ENTERPRISE = re.compile(r"0|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ZONE = re.compile(r".{1,32}")
ANY = re.compile(r"(?s).{0,255}")
BIND_TAGS = 5

CREATED = frozenset(
    {
        "name",
        "description",
        "resources",
        "billing",
        "tags",
        "enterprise_project_id",
        "backup_policy_id",
        "auto_bind",
        "bind_rules",
        "auto_expand",
        "threshold",
        "smn_notify",
        "locked",
        "backup_name_prefix",
        "demand_billing",
        "availability_zone",
        "sys_lock_source_service",
    }
)
BILLED = frozenset(
    {
        "size",
        "object_type",
        "protect_type",
        "consistent_level",
        "charging_mode",
        "period_type",
        "period_num",
        "is_auto_renew",
        "is_auto_pay",
        "console_url",
        "cloud_type",
        "is_multi_az",
    }
)
CHANGED = frozenset({"name", "threshold", "smn_notify", "auto_bind", "bind_rules", "auto_expand", "locked", "billing"})


def create(call: Call) -> Answer:
    """POST vaults: 200 with the vault, which is there at once; one that is paid ahead is answered by its order."""
    body, estate = Body(call), call.estate
    given = body.wrapped("vault")
    body.keys(given, CREATED)
    vault = _vault(call, body, given)
    quota = call.modes.vault_quota
    if quota is not None and len(estate.vaults) >= quota:
        raise refusals.service("6133")
    resources = free_resources(estate, vault, read_resources(body, given.get("resources"), most=255))
    policy = None
    if given.get("backup_policy_id") is not None:
        policy = estate.policies.get(uuid_of(given["backup_policy_id"], "backup_policy_id"))
        if policy is None:
            raise refusals.service("6000")
    if policy is not None and (policy.operation_type != "backup" or vault.protect_type != "backup"):
        raise refusals.service("6127")
    estate.vaults[vault.id] = vault
    associate(call, vault, resources)
    if policy is not None:
        policy.vaults[vault.id] = None
    estate.changed()
    if vault.charging_mode == "pre_paid":
        return Answer({"orders": [_order(vault)], "retCode": 0, "errText": "", "error_code": ""})
    return Answer({"vault": Wire(estate, call.modes).vault(vault)})


def _order(vault: Vault) -> Object:
    order_id = f"CS{vault.created_at:%y%m%d%H%M}{vault.id[:6].upper()}"
    service = "hws.service.type.cbr"
    return {"orderId": order_id, "cloudServiceId": service, "resourceId": vault.id, "subscribeResult": 1}


def _vault(call: Call, body: Body, given: Object) -> Vault:
    if not isinstance(given.get("resources"), list):
        raise refusals.invalid("resources")
    billing = object_of(given.get("billing"), "billing")
    body.keys(billing, BILLED)
    vault = Vault(
        id=call.estate.ids.uuid(),
        name=body.name(given.get("name")),
        object_type=text_of(billing.get("object_type"), OBJECT_TYPE, "object_type"),
        protect_type=text_of(billing.get("protect_type"), PROTECT_TYPE, "protect_type"),
        consistent_level=text_of(billing.get("consistent_level"), LEVEL, "consistent_level"),
        size_gb=number_of(billing.get("size"), SMALLEST_GB, LARGEST_GB, "size"),
        used_mb=0,
        created_at=call.now,
    )
    _pay(vault, billing)
    _check_kind(vault)
    _options(vault, body, given)
    vault.description = _maybe(given, "description", lambda value: text_of(value, DESCRIPTION, "description"), None)
    vault.enterprise_project_id = _maybe(
        given,
        "enterprise_project_id",
        lambda value: text_of(str(value), ENTERPRISE, "enterprise_project_id"),
        "0",
    )
    vault.backup_name_prefix = _maybe(
        given, "backup_name_prefix", lambda value: text_of(value, PREFIX, "backup_name_prefix"), None
    )
    vault.demand_billing = flag_of(given.get("demand_billing"), False, "demand_billing")
    if vault.demand_billing and vault.charging_mode != "pre_paid":
        raise refusals.invalid("demand_billing")
    vault.is_multi_az = flag_of(billing.get("is_multi_az"), False, "is_multi_az")
    vault.zone = _maybe(given, "availability_zone", lambda value: text_of(value, ZONE, "availability_zone"), "")
    if given.get("tags") is not None:
        vault.tags = read_tags(call.modes, given["tags"])
    return vault


def _maybe(given: Object, key: str, read: Callable[[object], Any], usual: Any) -> Any:
    return usual if given.get(key) is None else read(given[key])


def _pay(vault: Vault, billing: Object) -> None:
    vault.charging_mode = _maybe(
        billing, "charging_mode", lambda value: text_of(value, CHARGING, "charging_mode"), "post_paid"
    )
    _maybe(billing, "cloud_type", lambda value: text_of(value, CLOUD, "cloud_type"), None)
    for key in ("is_auto_renew", "is_auto_pay"):
        flag_of(billing.get(key), False, key)
    if vault.charging_mode == "pre_paid":
        text_of(billing.get("period_type"), PERIOD, "period_type")
        number_of(billing.get("period_num"), 1, 9, "period_num")


def _check_kind(vault: Vault) -> None:
    """Refuse what does not go together: what a vault can hold, what it is for, and how consistent it is."""
    if vault.object_type not in SIMULATED:
        raise refusals.service("6116")
    if vault.protect_type == "replication" and vault.object_type != "server":
        raise refusals.service("6122")
    if vault.consistent_level == "app_consistent" and vault.object_type != "server":
        raise refusals.invalid("consistent_level")


def _options(vault: Vault, body: Body, given: Object) -> None:
    """Take over what may be set at creation and changed later."""
    vault.threshold = _maybe(given, "threshold", lambda value: number_of(value, 1, 100, "threshold"), vault.threshold)
    vault.smn_notify = flag_of(given.get("smn_notify"), vault.smn_notify, "smn_notify")
    vault.auto_bind = flag_of(given.get("auto_bind"), vault.auto_bind, "auto_bind")
    vault.auto_expand = flag_of(given.get("auto_expand"), vault.auto_expand, "auto_expand")
    if vault.auto_expand and vault.charging_mode == "pre_paid":
        raise refusals.invalid("auto_expand")
    if given.get("bind_rules") is not None:
        rules = object_of(given["bind_rules"], "bind_rules")
        body.keys(rules, {"tags"})
        tags = [object_of(each, "bind_rules") for each in items_of(rules.get("tags") or [], "bind_rules", BIND_TAGS)]
        vault.bind_rules = [
            (text_of(each.get("key"), ANY, "bind_rules"), text_of(each.get("value"), ANY, "bind_rules"))
            for each in tags
        ]
    locked = flag_of(given.get("locked"), vault.locked, "locked")
    if vault.locked and not locked:
        raise refusals.service("6110")
    vault.locked = locked


def update(call: Call) -> Answer:
    """PUT a vault: 200 with the vault as it is from now on, or a refusal that changes nothing."""
    vault, body = one(call, call.estate.vaults, "vault_id", "6105"), Body(call)
    given = body.wrapped("vault")
    body.keys(given, CHANGED)
    if vault.status not in ("available", "lock"):
        raise refusals.service("6112")
    changed = msgspec.structs.replace(vault)
    if given.get("name") is not None:
        changed.name = body.name(given["name"])
    _options(changed, body, given)
    if given.get("billing") is not None:
        billing = object_of(given["billing"], "billing")
        body.keys(billing, {"size", "consistent_level"})
        _rebill(call, changed, billing)
    for key in Vault.__struct_fields__:
        setattr(vault, key, getattr(changed, key))
    call.estate.changed()
    return Answer({"vault": Wire(call.estate, call.modes).vault(vault)})


def _rebill(call: Call, vault: Vault, billing: Object) -> None:
    if billing.get("consistent_level") is not None:
        level = text_of(billing["consistent_level"], LEVEL, "consistent_level")
        if level == "crash_consistent" != vault.consistent_level:
            raise refusals.service("6110")
        vault.consistent_level = level
        _check_kind(vault)
    size_gb = _maybe(billing, "size", lambda value: number_of(value, 1, LARGEST_GB, "size"), vault.size_gb)
    if size_gb == vault.size_gb:
        return
    if vault.status == "lock":
        raise refusals.service("6123")
    if vault.charging_mode == "pre_paid":
        raise refusals.service("6110")
    if 1024 * size_gb < vault.used_mb:
        raise refusals.service("6101")
    vault.size_gb = size_gb
    if call.modes.expansion_seconds > 0:
        _lock(call, vault)


def _lock(call: Call, vault: Vault) -> None:
    """Let the vault be `lock` while it becomes larger or smaller."""
    estate, vault_id, vault.status = call.estate, vault.id, "lock"

    def end(_: datetime, _done: bool) -> None:
        if vault_id in estate.vaults:
            estate.vaults[vault_id].status = "available"
        estate.changed()

    estate.jobs.append(Job(started_at=call.now, seconds=call.modes.expansion_seconds, end=end))


def update_all(call: Call) -> Answer:
    """PUT vaults/batch-update: threshold and notification of every vault of the project; 200 with their ids."""
    body = Body(call)
    given = body.wrapped("vault")
    body.keys(given, {"threshold", "smn_notify"})
    if given.get("threshold") is not None:
        number_of(given["threshold"], 1, 100, "threshold")
    flag_of(given.get("smn_notify"), True, "smn_notify")
    for vault in call.estate.vaults.values():
        _options(vault, body, given)
    call.estate.changed()
    return Answer({"updated_vaults_id": list(call.estate.vaults)})


def delete(call: Call) -> Answer:
    """DELETE a vault: 204, and it is `deleting` until it is gone with all its backups; or a refusal."""
    estate = call.estate
    vault = one(call, estate.vaults, "vault_id", "6105")
    _admit_deletion(call, vault)
    details = {"total_count": len(estate.kept_in(vault.id)), "fail_count": 0}
    task = estate.begin("vault_delete", call.now, vault.id, "", details=details)
    vault.status = "deleting"
    for resource in estate.resources_of(vault):
        resource.protect_status = "removing"
    seconds = call.modes.vault_deletion_seconds

    def end(_: datetime, _done: bool) -> None:
        _erase(estate, vault)

    estate.jobs.append(Job(started_at=call.now, seconds=seconds, task=task, end=end, vaults=(vault.id,)))
    estate.changed()
    return Answer(None, 204)


def _admit_deletion(call: Call, vault: Vault) -> None:
    estate = call.estate
    if vault.status == "deleting":
        raise refusals.service("6203" if call.modes.otc else "6112")
    if vault.status not in ("available", "error"):
        raise refusals.service("6112")
    if vault.charging_mode == "pre_paid":
        raise refusals.service("6111")
    if estate.busy_with(vault) or estate.jobs_in(vault):
        raise refusals.service("6203")
    backups = estate.kept_in(vault.id)
    if any(backup.images for backup in backups):
        raise refusals.service("6204")
    if vault.locked and any(backup.auto for backup in backups):
        raise refusals.service("6111")


def _erase(estate: Estate, vault: Vault) -> None:
    estate.forget(estate.kept_in(vault.id))
    for resource in estate.resources_of(vault):
        estate.release(vault, resource)
    for policy in estate.policies.values():
        policy.vaults.pop(vault.id, None)
    known = estate.checkpoints
    estate.checkpoints = {each.id: each for each in known.values() if each.vault_id != vault.id}
    estate.gone[vault.id] = vault.name
    del estate.vaults[vault.id]
    estate.changed()
