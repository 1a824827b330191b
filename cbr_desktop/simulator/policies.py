"""Policies: made, changed, deleted, applied to vaults and removed, by the API reference and its error table."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from typing import Any

from . import refusals, retention
from .bodies import Body, Object, flag_of, items_of, limit_of, number_of, object_of, text_of
from .call import Answer, Call
from .entities import Policy, Vault
from .modes import Modes
from .queries import one, uuid_of
from .wire import Wire

MOST = 32
"""Policies of a type in a project."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HOUR = 60
WEEK = 7 * 24 * HOUR
"""Minutes."""

_DAY = f"(?:{'|'.join(DAYS)})"
PATTERN = re.compile(
    rf"FREQ=(?:WEEKLY;BYDAY=(?P<days>{_DAY}(?:,{_DAY})*)|DAILY;INTERVAL=(?P<interval>[1-9]|[12][0-9]|30));"
    r"BYHOUR=(?P<hour>[01]?[0-9]|2[0-3]);BYMINUTE=(?P<minute>[0-5]?[0-9])"
)
TYPE = re.compile(r"backup|replication")
TIMEZONE = re.compile(r"UTC[+-][0-9]{2}:[0-9]{2}")
REGION = re.compile(r"[a-zA-Z0-9._\-]{1,255}")
PROJECT = re.compile(r"[0-9a-f]{32}")
SOME_TEXT = re.compile(r".*")
RETENTION_TYPE = re.compile(r"Weekly|Monthly")

DESTINATION = ("destination_region", "destination_project_id")
LONG_TERM = ("day_backups", "week_backups", "month_backups", "year_backups")
ACCELERATION = "enable_acceleration"
RULES = "advanced_retention_rules"
PERIODS = {"weekly": 5200, "monthly": 1200, "yearly": 100}
"""The longest retention of the advanced rules, in weeks, months and years."""

Check = Callable[..., Any]

DEFINITION: dict[str, Check] = {
    "max_backups": partial(limit_of, most=99999),
    "retention_duration_days": partial(limit_of, most=99999),
    **dict.fromkeys(LONG_TERM, partial(number_of, least=0, most=100)),
    "timezone": partial(text_of, rule=TIMEZONE),
    "full_backup_interval": partial(number_of, least=-1, most=100),
    "destination_region": partial(text_of, rule=REGION),
    "destination_project_id": partial(text_of, rule=PROJECT),
}
"""What an operation_definition can hold everywhere, and how each value is checked."""


def create(call: Call) -> Answer:
    """POST policies: 200 with the policy, or a refusal.

    It makes backups of the vaults that it is applied to, which are none yet.
    """
    policy = _policy(call)
    estate = call.estate
    if sum(each.operation_type == policy.operation_type for each in estate.policies.values()) >= MOST:
        raise refusals.service("6001")
    estate.policies[policy.id] = policy
    estate.changed()
    return Answer({"policy": Wire(estate, call.modes).policy(policy) | {"associated_vaults": None}})


def _policy(call: Call) -> Policy:
    body = Body(call)
    given = body.wrapped("policy")
    body.keys(given, {"name", "enabled", "operation_type", "operation_definition", "trigger"})
    name = body.name(given.get("name"))
    kind = given.get("operation_type")
    kind = "backup" if kind is None else _type_of(call, kind)
    definition = _definition(body, object_of(given.get("operation_definition"), "operation_definition"))
    _check_together(call.modes, kind, definition)
    properties = _properties(body, object_of(given.get("trigger"), "trigger"))
    return Policy(
        id=call.estate.ids.uuid(),
        name=name,
        operation_type=kind,
        definition=_told(call, definition),
        pattern=_patterns(properties.get("pattern")),
        trigger_id=call.estate.ids.uuid(),
        start=call.now,
        enabled=flag_of(given.get("enabled"), True, "enabled"),
        start_window_minutes=_start_window(properties.get("start_window_minutes")),
    )


def _type_of(call: Call, kind: object) -> str:
    if not isinstance(kind, str) or not TYPE.fullmatch(kind):
        raise (
            refusals.service("6117") if call.modes.unknown_policy_type == "6117" else refusals.invalid("operation_type")
        )
    return kind


def _told(call: Call, definition: Object) -> Object:
    """A definition with what the service adds to it."""
    return definition if call.modes.otc else {"full_backup_interval": -1, **definition, "created_by": "customer"}


def update(call: Call) -> Answer:
    """PUT a policy: 200 with the policy as it is then, or a refusal; what is not named stays."""
    body = Body(call)
    given = body.wrapped("policy")
    body.keys(given, {"name", "enabled", "operation_definition", "trigger"})
    policy = one(call, call.estate.policies, "policy_id", "6000")
    name = body.name(given["name"]) if given.get("name") is not None else policy.name
    enabled = flag_of(given.get("enabled"), policy.enabled, "enabled")
    definition, pattern, window = policy.definition, policy.pattern, policy.start_window_minutes
    if given.get("operation_definition") is not None:
        definition = _changed(
            call, policy, _definition(body, object_of(given["operation_definition"], "operation_definition"))
        )
    if given.get("trigger") is not None:
        properties = _properties(body, object_of(given["trigger"], "trigger"))
        pattern = _patterns(properties.get("pattern"))
        window = _start_window(properties.get("start_window_minutes"))
    policy.name, policy.enabled, policy.definition = name, enabled, definition
    policy.pattern, policy.start_window_minutes = pattern, window
    _look_again(call, policy.vaults)
    return Answer({"policy": Wire(call.estate, call.modes).policy(policy)})


def _changed(call: Call, policy: Policy, given: Object) -> Object:
    """The definition of a policy after a change of it."""
    before = {key: value for key, value in policy.definition.items() if key != "created_by"}
    keeps = before if call.modes.unsent_rules == "stay" else {key: before[key] for key in DESTINATION if key in before}
    definition = {**keeps, **given}
    _check_together(call.modes, policy.operation_type, definition)
    if policy.vaults and any(before.get(key) != definition.get(key) for key in DESTINATION):
        raise refusals.service("6003")
    return _told(call, definition)


def delete(call: Call) -> Answer:
    """DELETE a policy: 204, and it is applied to no vault any more; their backups stay."""
    policy = one(call, call.estate.policies, "policy_id", "6000")
    del call.estate.policies[policy.id]
    _look_again(call, policy.vaults)
    return Answer(None, 204)


def associate(call: Call) -> Answer:
    """POST associatepolicy: 200, and the policy takes the place of one of its type that the vault had."""
    body = Body(call)
    given = body.plain()
    body.keys(given, {"policy_id", "destination_vault_id", "add_policy_ids"})
    vault = one(call, call.estate.vaults, "vault_id", "6105")
    policies = _named(call, given)
    targets = {policy.id: _target(call, vault, policy, given) for policy in policies}
    for policy in policies:
        _check_fit(vault, policy)
    kinds = {policy.operation_type for policy in policies}
    for other in call.estate.policies.values():
        if other.operation_type in kinds:
            other.vaults.pop(vault.id, None)
    for policy in policies:
        policy.vaults[vault.id] = targets[policy.id]
    _look_again(call, [vault.id])
    said = {"vault_id": vault.id, "policy_id": policies[0].id}
    target = next((each for each in targets.values() if each is not None), None)
    return Answer({"associate_policy": said if target is None else said | {"destination_vault_id": target}})


def _named(call: Call, given: Object) -> list[Policy]:
    """The policies that are to be applied: one by its id, or a list of them in regions that take several."""
    wanted, several = given.get("policy_id"), given.get("add_policy_ids")
    if (several is None) == (wanted is None) or (several is not None and call.modes.otc):
        raise refusals.invalid("policy_id")
    ids = [wanted] if several is None else items_of(several, "add_policy_ids", most=10)
    if not ids:
        raise refusals.invalid("add_policy_ids")
    found = [call.estate.policies.get(uuid_of(each, "policy_id")) for each in ids]
    policies = [each for each in found if each is not None]
    if len(policies) < len(found):
        raise refusals.service("6000")
    return policies


def _target(call: Call, vault: Vault, policy: Policy, given: Object) -> str | None:
    """The vault that a replication policy copies to, which is in the project that the policy names."""
    if policy.operation_type != "replication":
        return None
    target_id = uuid_of(given.get("destination_vault_id"), "destination_vault_id")
    target = call.estate.of(str(policy.definition["destination_project_id"])).vaults.get(target_id)
    if target is None or target.id == vault.id:
        raise refusals.service("6120")
    if vault.object_type == "server" and (target.protect_type, target.object_type) != ("replication", "server"):
        raise refusals.service("6119")
    return target.id


def _check_fit(vault: Vault, policy: Policy) -> None:
    """Refuse a policy that a vault of this kind or in this state does not take."""
    if vault.status not in ("available", "lock"):
        raise refusals.service("6112")
    if vault.protect_type == "hybrid" and policy.operation_type == "backup":
        raise refusals.service("6136")
    if vault.protect_type != "backup":
        raise refusals.service("6127")
    if policy.operation_type == "replication" and vault.object_type != "server":
        raise refusals.service("6122")


def dissociate(call: Call) -> Answer:
    """POST dissociatepolicy: 200, and the policy leaves the vault alone from now on."""
    body = Body(call)
    given = body.plain()
    body.keys(given, {"policy_id"})
    vault = one(call, call.estate.vaults, "vault_id", "6105")
    policy = call.estate.policies.get(uuid_of(given.get("policy_id"), "policy_id"))
    if policy is None:
        raise refusals.service("6000")
    if vault.id not in policy.vaults:
        raise refusals.service("6002")
    del policy.vaults[vault.id]
    _look_again(call, [vault.id])
    return Answer({"dissociate_policy": {"vault_id": vault.id, "policy_id": policy.id}})


def _look_again(call: Call, vault_ids: Iterable[str]) -> None:
    """Have other rules reach the backups that only the rules of before have kept."""
    call.estate.changed()
    for vault_id in vault_ids:
        if vault_id in call.estate.vaults:
            retention.look_again(call.estate, call.estate.vaults[vault_id])


def _definition(body: Body, given: Object) -> Object:
    """The values that an answer repeats, each checked by itself."""
    body.keys(given, DEFINITION.keys(), {ACCELERATION, RULES})
    flag_of(given.get(ACCELERATION), False, ACCELERATION)
    sent = {key: check for key, check in DEFINITION.items() if given.get(key) is not None}
    definition = {key: check(given[key], what=key) for key, check in sent.items()}
    if given.get(RULES) is not None:
        definition[RULES] = _rules(body, object_of(given[RULES], RULES))
    return definition


def _rules(body: Body, given: Object) -> Object:
    """The advanced rules, of which every offence is one of the whole."""
    body.keys(given, PERIODS.keys())
    return {kind: _rule(body, given[kind], kind) for kind in PERIODS if kind in given}


def _rule(body: Body, given: object, kind: str) -> Object:
    texts = partial(_list_of, check=partial(text_of, rule=SOME_TEXT))
    checks: dict[str, Check] = {
        "days_of_week": texts,
        "retention_duration_periods": partial(number_of, least=-1, most=PERIODS[kind]),
    }
    if kind != "weekly":
        checks["days_of_month"] = partial(_list_of, check=partial(number_of, least=-1, most=28))
        checks["retention_type"] = partial(text_of, rule=RETENTION_TYPE)
        checks["retention_weeks"] = texts
    if kind == "yearly":
        checks["retention_months"] = texts
    rule = object_of(given, RULES)
    body.keys(rule, checks.keys())
    return {key: check(rule[key], what=RULES) for key, check in checks.items() if key in rule}


def _list_of(given: object, check: Check, what: str) -> list[Any]:
    return [check(each, what=what) for each in items_of(given, what)]


def _check_together(modes: Modes, kind: str, definition: Object) -> None:
    """Refuse values that do not go together, and the lack of one that another needs."""
    long_term = any(definition.get(key, 0) > 0 for key in LONG_TERM)
    if long_term and "timezone" not in definition:
        raise refusals.invalid("timezone")
    by_number = long_term or definition.get("max_backups", -1) > 0
    if modes.otc and by_number and definition.get("retention_duration_days", -1) > 0:
        raise refusals.invalid("retention_duration_days")
    for key in DESTINATION:
        if kind == "replication" and key not in definition:
            raise refusals.invalid(key)


def _properties(body: Body, trigger: Object) -> Object:
    body.keys(trigger, {"properties"})
    properties = object_of(trigger.get("properties"), "trigger.properties")
    body.keys(properties, {"pattern"}, {"start_window_minutes"})
    return properties


def _start_window(given: object) -> int | None:
    return None if given is None else number_of(given, 60, 480, "start_window_minutes")


def _patterns(given: object) -> list[str]:
    """The 1 to 24 patterns, whose time points are an hour apart in every week."""
    patterns = items_of(given, "pattern", most=24)
    points = sorted(point for each in patterns for point in _points(each))
    around = [*points, *(point + WEEK for point in points[:1])]
    if not points or min(later - earlier for earlier, later in pairwise(around)) < HOUR:
        raise refusals.invalid("pattern")
    return patterns


def _points(pattern: object) -> set[int]:
    """The minutes of the week at which a pattern runs; one of every n-th day can meet any day."""
    found = PATTERN.fullmatch(pattern) if isinstance(pattern, str) else None
    if found is None:
        raise refusals.invalid("pattern")
    days = found["days"].split(",") if found["days"] else DAYS
    minute = HOUR * int(found["hour"]) + int(found["minute"])
    return {24 * HOUR * DAYS.index(day) + minute for day in days}
