"""Clocks, profiles and clouds for the tests of this room."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.auth import Auth
from cbr_desktop.cloud.sign_in import login_of
from cbr_desktop.domain.connection import Connection
from cbr_desktop.domain.error import SecretMissing
from cbr_desktop.domain.ids import ProjectId, VaultId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROJECT = ProjectId("0605767b5780d5762fc5c0118072a564")
VAULT = VaultId("3b5816b5-f29c-4172-9d9a-76c719a659ce")
PROFILE = Profile("test", "https://iam.example", "https://cbr.example", "eu-de_prod", "ada", "acme")
BODY = b'{"checkpoint": {"vault_id": "3b5816b5-f29c-4172-9d9a-76c719a659ce"}}'
CREATED = (
    b'{"checkpoint": {"id": "8b0851a8-adf3-4f4c-a914-dead08bf9664", "status": "protecting", "vault":'
    b' {"id": "3b5816b5-f29c-4172-9d9a-76c719a659ce", "resources": [{"id": "94eba8b2-acc9-4d82-badc-127144cc5526"}]}}}'
)
NO_VAULTS = b'{"vaults": [], "count": 0}'
EXAMPLES = Path(__file__).parent / "examples"

Handler = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


def examples(name: str) -> list[bytes]:
    """Return the bodies of the recorded answers of an operation."""
    kept = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return [json.dumps(example["body"]).encode() for example in kept]


class Clock:
    """Stands still; sleeping turns it on at once, and each sleep is noted in seconds."""

    def __init__(self) -> None:
        self.time = NOON
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += timedelta(seconds=seconds)


class Secret:
    """Stored secrets, and how often they were asked for; ``value`` is the password, ``others`` are by their kind."""

    def __init__(self, value: str = "Pa55word", **others: str) -> None:
        self.value = value
        self.others = others
        self.asked = 0

    async def __call__(self, kind: SecretKind) -> str:
        self.asked += 1
        if kind is SecretKind.PASSWORD:
            return self.value
        found = self.others.get(kind.replace("-", "_"))
        if found is None:
            raise SecretMissing("test", kind)
        return found


class Service:
    """A scripted service: logins answer by themselves, all else comes from ``answer``; every request is kept."""

    def __init__(self, answer: Handler | None = None, login: Handler | None = None) -> None:
        self.requests: list[httpx.Request] = []
        self.logins: list[httpx.Request] = []
        self.answer = answer
        self.login = login
        self.issued = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        is_login = request.url.path.endswith("/auth/tokens")
        (self.logins if is_login else self.requests).append(request)
        handler = (self.login or self.log_in) if is_login else self.answer
        assert handler is not None
        response = handler(request)
        return response if isinstance(response, httpx.Response) else await response

    def log_in(self, _request: httpx.Request) -> httpx.Response:
        """Hand out ``token-1``, ``token-2`` and so on, each for a day."""
        self.issued += 1
        return token_answer(f"token-{self.issued}")

    def count(self, method: str) -> int:
        """Return how many requests of a method came, logins left out."""
        return sum(request.method == method for request in self.requests)


def token_answer(value: str | None = "token-1", **changes: Any) -> httpx.Response:
    """Return the answer to a login."""
    token = {
        "expires_at": "2020-01-04T09:05:22.701000Z",
        "issued_at": "2020-01-03T09:05:22.701000Z",
        "project": {"id": PROJECT, "name": "eu-de_prod"},
    } | changes
    headers = {} if value is None else {"X-Subject-Token": value}
    return httpx.Response(201, headers=headers, json={"token": token})


class WiredCloud:
    """A cloud over a transport, with all that was handed to it."""

    def __init__(
        self, transport: httpx.AsyncBaseTransport | Handler, profile: Profile = PROFILE, **options: Any
    ) -> None:
        self.clock = Clock()
        self.secret = Secret()
        self.reports: list[Connection] = []
        self.login: Auth = login_of(profile, self.secret)
        if not isinstance(transport, httpx.AsyncBaseTransport):
            transport = httpx.MockTransport(transport)
        self.cloud = CbrCloud(profile, self.login, transport, self.clock, self.reports.append, **options)

    @property
    def connection(self) -> Connection:
        """The last report."""
        return self.reports[-1]
