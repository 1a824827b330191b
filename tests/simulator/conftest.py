"""The cloud that the tests of this folder speak to: every answer is held against the API's schemas."""

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import HandClock, RunningClock
from cbr_desktop.simulator.entities import Resource, Vault
from cbr_desktop.simulator.estate import demo
from cbr_desktop.simulator.inventory import Estate
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BASE_URL = "https://cloud.test"
SCHEMA_FILE = Path(__file__).with_name("cbr-openapi.json")


def for_json_schema(schema: Any) -> Any:
    """The same schema in the words of JSON Schema: `nullable` becomes a type."""
    if isinstance(schema, list):
        return [for_json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: for_json_schema(value) for key, value in schema.items()}
    if plain.pop("nullable", False) is True:
        if "type" in plain:
            plain["type"] = [plain["type"], "null"]
        if "enum" in plain:
            plain["enum"] = [*plain["enum"], None]
    return plain


def code(body: dict[str, Any]) -> str:
    """The short code of a refusal of CBR itself."""
    return str(body["error_code"]).removeprefix("BackupService.")


class Contract:
    """The published schemas of the operations in use."""

    def __init__(self) -> None:
        self.document = json.loads(SCHEMA_FILE.read_text("utf-8"))
        self._plain = for_json_schema(self.document)
        self._paths = sorted(self._plain["paths"], key=lambda path: path.count("{"))
        self._validators: dict[int, jsonschema.Draft202012Validator] = {}
        """By the identity of their schemas, which live as long as this: to make one costs more than to ask it."""

    def check(self, method: str, path: str, status: int, body: Any) -> None:
        """Fail unless the body is what the contract promises for this operation and status."""
        for template in self._paths:
            if method.lower() in self._plain["paths"][template] and re.fullmatch(
                re.sub(r"{\w+}", "[^/]+", template), path
            ):
                self._check_operation(self._plain["paths"][template][method.lower()], status, body)
                return

    def _check_operation(self, operation: dict[str, Any], status: int, body: Any) -> None:
        answer = operation["responses"].get(str(status)) or self._plain["components"]["responses"]["Error"]
        if "content" not in answer:
            assert body is None
            return
        schema = answer["content"]["application/json"]["schema"]
        validator = self._validators.get(id(schema))
        if validator is None:
            validator = jsonschema.Draft202012Validator({**schema, "components": self._plain["components"]})
            self._validators[id(schema)] = validator
        validator.validate(body)


class Cloud:
    """A service with a hand-turned clock, and an operator who is logged in."""

    def __init__(self, contract: Contract, holdings: Estate, clock: HandClock) -> None:
        self.contract = contract
        self.clock = clock
        self.service = Service(holdings, clock)
        self.modes = self.service.modes
        self.estate = holdings
        self.token = self.log_in().headers["X-Subject-Token"]

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Any request, as it is."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.service.application)
            async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, trust_env=False) as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())

    def log_in(self, scope: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """A token request of the demo user; `more` replaces keys of the user."""
        user = {"name": estate.DEMO_USER, "password": estate.DEMO_PASSWORD, "domain": {"name": estate.DEMO_DOMAIN}}
        identity = {"methods": ["password"], "password": {"user": user | more}}
        wanted = {"project": {"name": estate.DEMO_PROJECT}} if scope is None else scope
        return self.send("POST", "/v3/auth/tokens", json={"auth": {"identity": identity, "scope": wanted}})

    def cbr(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        """A request to CBR in the demo project; its JSON (None for no body), checked against the contract."""
        url = f"/v3/{estate.DEMO_PROJECT_ID}/{path}"
        headers = {"X-Auth-Token": self.token, **more.pop("headers", {})}
        answer = self.send(method, url, headers=headers, **more)
        assert answer.status_code == status, answer.text[:500]
        body = answer.json() if answer.content else None
        self.contract.check(method, answer.request.url.path, answer.status_code, body)
        return body

    def get(self, path: str, status: int = 200, /, **query: Any) -> Any:
        """GET below the project."""
        return self.cbr("GET", path, status, params=query)

    def create(self, vault: Vault, status: int = 200, **parameters: Any) -> Any:
        """Create a checkpoint of a vault; the answer's `checkpoint`, or the body of a refusal."""
        request = {"checkpoint": {"vault_id": vault.id, "parameters": parameters}}
        body = self.cbr("POST", "checkpoints", status, json=request)
        return body.get("checkpoint", body)

    def vault(self, name: str) -> Vault:
        """The vault of that name."""
        return next(each for each in self.estate.vaults.values() if each.name == name)

    def resource(self, name: str) -> Resource:
        """The resource of that name in this region."""
        return next(each for each in self.estate.resources.values() if each.name == name)

    def tasks_of(self, checkpoint_id: str) -> list[dict[str, Any]]:
        """Operation logs of a checkpoint, in the order of its resources."""
        logs = self.get("operation-logs", limit=50)["operation_logs"]
        return [each for each in logs if each["checkpoint_id"] == checkpoint_id][::-1]


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The published schemas."""
    return Contract()


@pytest.fixture
def cloud(contract: Contract) -> Cloud:
    """The demo estate at 4 May 2026, 09:00 UTC, with a past of five days, which is made in no time."""
    return Cloud(contract, demo(START, days=5), HandClock(START))


@pytest.fixture
def old_cloud(contract: Contract) -> Cloud:
    """The same estate with all its past."""
    return Cloud(contract, demo(START), HandClock(START))


@pytest.fixture
def town() -> Iterator[tuple[Service, str]]:
    """The demo estate over TCP, at the real time; the service and its base URL."""
    clock = RunningClock()
    service = Service(demo(clock.now(), days=5), clock)
    service.modes.schedules = False  # the full hour, at which policies run, may strike at any time
    with running(service) as url:
        yield service, url
