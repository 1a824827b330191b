"""Clouds in a few lines on a raw server: logins, empty lists, and how often each was asked for."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TypeVar
from urllib.parse import parse_qsl

from cbr_desktop.domain.profile import Profile
from cbr_desktop.simulator.call import Call
from cbr_desktop.simulator.modes import Modes
from cbr_desktop.simulator.refusals import Refusal
from cbr_desktop.simulator.signature import verify
from tests.cloud.faults import FaultServer, response, serving

PROJECT = "0605767b5780d5762fc5c0118072a564"
ACCESS_KEY, SECRET_KEY = "AKRELIABILITY0000000", "SkOfTheReliabilityMeasurements0000000000"
LIFE = timedelta(hours=24)
STALE = json.dumps({"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information"}).encode()
EMPTY = b'{"vaults": [], "count": 0}'


def refusal(code: int, message: str) -> bytes:
    """Return what the identity service answers to a login that it does not take."""
    title = {401: b"401 Unauthorized", 403: b"403 Forbidden"}[code]
    body = {"error": {"code": code, "message": message, "title": title.decode().partition(" ")[2]}}
    return response(json.dumps(body).encode(), status=title)


class Cloud:
    """Answers what comes to a raw server, request by request."""

    server: FaultServer

    async def __call__(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # the server calls this in the very moment in which it has kept the request
        writer.write(self.answer(self.server.requests[-1]))
        await writer.drain()

    def answer(self, request: bytes) -> bytes:
        """Return the bytes to send back."""
        raise NotImplementedError


Some = TypeVar("Some", bound=Cloud)


@asynccontextmanager
async def served(cloud: Some, context: ssl.SSLContext | None = None) -> AsyncIterator[Some]:
    """Serve a cloud for as long as the block lasts."""
    async with serving(cloud, context) as server:
        cloud.server = server
        yield cloud


class TokenCloud(Cloud):
    """Takes tokens. ``refusal`` is what a login with a password is answered, where it is not good.

    ``logins`` counts these, ``stale`` what came with a token that is not good any more.
    """

    def __init__(self, text: Callable[[int], str] = "token-{}".format) -> None:
        self._text = text
        self.refusal: bytes | None = None
        self.logins = 0
        self.stale = 0
        self._issued = 0
        self._good: set[str] = set()

    def revoke(self) -> None:
        """Make every token worthless that was given out so far."""
        self._good.clear()

    def answer(self, request: bytes) -> bytes:
        is_for_token = request.startswith(b"POST /v3/auth/tokens")
        if is_for_token and b'"assume_role"' not in request:
            self.logins += 1
            return self._token() if self.refusal is None else self.refusal
        if _header(request, b"x-auth-token") not in self._good:
            self.stale += 1
            return response(STALE, status=b"401 Unauthorized")
        return self._token() if is_for_token else response(EMPTY)

    def _token(self) -> bytes:
        self._issued += 1
        text = self._text(self._issued)
        self._good.add(text)
        now = datetime.now(UTC)
        token = {"issued_at": _stamp(now), "expires_at": _stamp(now + LIFE), "project": {"id": PROJECT, "name": "p"}}
        body = json.dumps({"token": token}).encode()
        return response(body, b"X-Subject-Token: " + text.encode(), status=b"201 Created")


class KeyCloud(Cloud):
    """Takes signatures of one key, made within 15 minutes of the true time, and tells that time."""

    def answer(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode("ascii").split("\r\n")
        method, target, _ = first.split(" ")
        path, _, query = target.partition("?")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        now = datetime.now(UTC)
        pairs = parse_qsl(query, keep_blank_values=True)
        call = Call(method, path, pairs, headers, body, "", now, None, Modes())  # type: ignore[arg-type]
        date = f"Date: {format_datetime(now, usegmt=True)}".encode()
        try:
            verify(call, {ACCESS_KEY: SECRET_KEY})
        except Refusal as refused:
            return response(json.dumps(refused.body).encode(), date, status=b"401 Unauthorized")
        return response(EMPTY, date)


def profile_to(url: str, **more: object) -> Profile:
    """Return a profile of a cloud at ``url``."""
    fields = {"project": PROJECT, "user": "operator", "domain": "demo", **more}
    return Profile("Test", url, url, read_only=False, **fields)  # type: ignore[arg-type]


def _header(request: bytes, name: bytes) -> str:
    """Return a header of a request, empty when it has none of this name."""
    for line in request.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        if line.lower().startswith(name + b":"):
            return line.partition(b":")[2].strip().decode("latin-1")
    return ""


def _stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
