"""Requests nobody thought of: generated from the schemas, answered without a 5xx and within the contract.

What generates them is imported when it is needed: that takes half a second of the one process that runs these tests.
"""

import functools
import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from cbr_desktop.simulator.building import Builder
from cbr_desktop.simulator.clock import HandClock
from cbr_desktop.simulator.estate import DEMO_PROJECT_ID, DEMO_USER, generated
from cbr_desktop.simulator.service import Service

from .conftest import SCHEMA_FILE, START

SCHEMA = json.loads(SCHEMA_FILE.read_text("utf-8"))
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, item in SCHEMA["paths"].items()
    for method in item
    if method in {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
]
"""Every operation, by its method and path."""
UNKNOWN = "00000000-0000-4000-8000-000000000000"
KNOWN = {
    "vault_id": "vaults",
    "backup_id": "backups",
    "operation_log_id": "tasks",
    "instance_id": "resources",
    "policy_id": "policies",
}


class Town:
    """A small estate behind the service, a token for it, and its published schemas."""

    def __init__(self) -> None:
        from schemathesis import openapi

        self.estate = generated(START, vaults=3, backups=9)
        self.service = Service(self.estate, HandClock(START))
        user, project = self.estate.users[DEMO_USER], self.estate.projects[0]
        self.token = self.service.identity.issue(user, project, START, self.service.modes)
        self._turns = itertools.count()
        schema = openapi.from_dict(SCHEMA)
        schema.app = self.service.application
        self.operations = {found.ok().label: found.ok() for found in schema.get_all_operations()}

    def place(self, case: Any) -> None:
        """Let the request come from the operator, and every other one speak of things that exist."""
        case.path_parameters["project_id"] = DEMO_PROJECT_ID
        if not self.estate.policies:
            Builder(self.estate, START, 1).policy("nightly", [], [])
        for name, holding in KNOWN.items():
            if name in case.path_parameters and next(self._turns) % 2:
                case.path_parameters[name] = next(iter(getattr(self.estate, holding)), UNKNOWN)
        checkpoint, policy, backup = (self.part(case, key) for key in ("checkpoint", "policy", "backup"))
        if isinstance(checkpoint.get("vault_id"), str):
            checkpoint["vault_id"] = next(iter(self.estate.vaults), UNKNOWN)
            self.service.clock.advance(60)
        if isinstance(policy.get("trigger"), dict):
            policy["trigger"]["properties"] = {"pattern": ["FREQ=DAILY;INTERVAL=1;BYHOUR=22;BYMINUTE=00"]}
        if isinstance(backup.get("name"), str):
            backup["name"] = "renamed"

    @staticmethod
    def part(case: Any, key: str) -> dict[str, Any]:
        """The object below a key of the request's body; an empty one if there is none."""
        body = case.body if isinstance(case.body, dict) else {}
        return body[key] if isinstance(body.get(key), dict) else {}


@functools.cache
def town() -> Town:
    return Town()


def test_every_operation_of_the_schemas_is_asked_for():
    assert sorted(town().operations) == sorted(OPERATIONS)


# not parametrised by schemathesis, which gives all operations one and the same name
@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_request_is_answered_within_the_contract(operation):
    any_request_is_answered(operation, 3)


def any_request_is_answered(operation: str, examples: int) -> None:
    """Fail unless the service answers that many requests as the contract promises."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    place = town()
    told = [not_a_server_error, checks.status_code_conformance, checks.content_type_conformance]
    told.append(checks.response_schema_conformance)

    @given(place.operations[operation].as_strategy())
    @settings(
        max_examples=examples, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    def answer(case):
        place.place(case)
        case.call_and_validate(checks=told, headers={"X-Auth-Token": place.token})

    answer()


@pytest.fixture(scope="module", autouse=True)
def some_requests_succeed():
    """Guard against a run in which everything was refused at the door."""
    yield
    statuses = {entry.status for entry in town().service.journal}
    assert {200, 204, 400} <= statuses <= {200, 204, 400, 404}
    for method, path_end in (("POST", "/checkpoints"), ("POST", "/policies"), ("PUT", ""), ("DELETE", "")):
        assert {200, 204} & {entry.status for entry in town().service.journal.calls(method, path_end)}
