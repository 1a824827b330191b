"""Creation of policies, by the rules of the API reference and its error table."""

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

from . import refusals
from .bodies import Body, Object, flag_of, items_of, limit_of, number_of, object_of, text_of
from .call import Answer, Call
from .modes import Modes
from .things import Policy
from .wire import Wire

MOST = 32
"""Policies of a type in a project."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HOUR = 60
WEEK = 7 * 24 * HOUR
"""Minutes."""

_DAY = f"(?:{'|'.join(DAYS)})"
PATTERN = re.compile(
    rf"FREQ=(?:WEEKLY;BYDAY=(?P<days>{_DAY}(?:,{_DAY})*)|DAILY;INTERVAL=(?:[1-9]|[12][0-9]|30));"
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

    The policy is kept and listed; it makes no backups when its time comes.
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
    kind = "backup" if kind is None else text_of(kind, TYPE, "operation_type")
    definition = _definition(body, object_of(given.get("operation_definition"), "operation_definition"))
    _check_together(call.modes, kind, definition)
    if not call.modes.otc:
        definition = {"full_backup_interval": -1, **definition, "created_by": "customer"}
    properties = _properties(body, object_of(given.get("trigger"), "trigger"))
    return Policy(
        id=call.estate.ids.uuid(),
        name=name,
        operation_type=kind,
        definition=definition,
        pattern=_patterns(properties.get("pattern")),
        trigger_id=call.estate.ids.uuid(),
        start=call.now,
        enabled=flag_of(given.get("enabled"), True, "enabled"),
        start_window_minutes=_start_window(properties.get("start_window_minutes")),
    )


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
