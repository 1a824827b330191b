"""What can happen to a request or to its answer on the way, as rules of a line."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import httpx

from cbr_desktop.domain.checkpoint import Checkpoint, CheckpointStatus
from cbr_desktop.domain.ids import CheckpointId, VaultId

from .stand import LISTS, ONE, POST, Forward, Rule

Rows = list[dict[str, Any]]
LOSSES = (httpx.ReadError, httpx.ReadTimeout, httpx.WriteError, httpx.CloseError, httpx.RemoteProtocolError)


def lost(chance: random.Random, when: str = "", path: str = POST, method: str = "POST", **more: Any) -> Rule:
    """Lose a request (``before`` the service has it) or its answer (``after``), by chance which."""
    when = when or chance.choice(("before", "after"))
    error = chance.choice(LOSSES)

    async def act(request: httpx.Request, forward: Forward) -> httpx.Response:
        if when == "after":
            await forward()
        raise error("the connection was lost", request=request)

    return Rule(method, path, act, **more)


def half(path: str = POST, method: str = "POST", **more: Any) -> Rule:
    """Cut an answer in the middle of its body."""

    async def act(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward()
        body = await response.aread()

        async def pieces() -> AsyncIterator[bytes]:
            yield body[: len(body) // 2]
            raise httpx.ReadError("the connection was lost", request=request)

        return httpx.Response(response.status_code, headers=_headers(response), content=pieces())

    return Rule(method, path, act, **more)


def late(seconds: float, path: str = POST, method: str = "POST", when: str = "after", **more: Any) -> Rule:
    """Keep a request (``before``) or its answer (``after``) on the way; a request gets there all the same.

    Nobody can call back what has left: the service has it also when the program has given up.
    """

    async def act(_request: httpx.Request, forward: Forward) -> httpx.Response:
        if when == "after":
            response = await forward()
            await asyncio.sleep(seconds)
            return response

        async def there() -> httpx.Response:
            await asyncio.sleep(seconds)
            return await forward()

        return await asyncio.shield(asyncio.get_running_loop().create_task(there()))

    return Rule(method, path, act, **{"lies": method == "POST", **more})


def silent(path: str, method: str = "*", when: str = "before", **more: Any) -> Rule:
    """Let a request wait for an answer that never comes."""

    async def act(_request: httpx.Request, forward: Forward) -> httpx.Response:
        if when == "after":
            await forward()
        await asyncio.Event().wait()
        raise AssertionError

    return Rule(method, path, act, **more)


def drip(pause: float, piece: int, path: str = LISTS, method: str = "GET", **more: Any) -> Rule:
    """Give an answer in pieces of so many bytes, with a pause in seconds before each."""

    async def act(_request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward()
        body = await response.aread()

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(body), piece):
                await asyncio.sleep(pause)
                yield body[start : start + piece]

        return httpx.Response(response.status_code, headers=_headers(response), content=pieces())

    return Rule(method, path, act, **{"lies": method == "POST", **more})


def answered(
    status: int, body: bytes, path: str = POST, method: str = "POST", *, after: bool = False, **more: Any
) -> Rule:
    """Answer in place of the service, ``after`` it has done what was asked for or without asking it.

    ``{echo}`` in the body is all that the request says of itself.
    """
    headers = more.pop("headers", {})

    async def act(request: httpx.Request, forward: Forward) -> httpx.Response:
        date = {}
        if after:
            date = {"Date": (await forward()).headers["date"]}
        said = " ".join(f"{name}: {value}" for name, value in request.headers.items()) + request.content.decode()
        text = body.replace(b"{echo}", json.dumps(said)[1:-1].encode())
        return httpx.Response(status, headers={"Content-Type": "application/json", **date, **headers}, content=text)

    return Rule(method, path, act, **more)


def refused(code: str, status: int, path: str = POST, method: str = "POST", **more: Any) -> Rule:
    """Refuse as the gateway does."""
    body = json.dumps({"error_code": code, "error_msg": "no {echo}", "request_id": "0" * 32}).encode()
    return answered(status, body, path, method, **more)


def changed(change: Callable[[dict[str, Any]], object], path: str = POST, method: str = "POST", **more: Any) -> Rule:
    """Change the checkpoint in an answer."""

    async def act(_request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward()
        told = json.loads(await response.aread())
        if "checkpoint" in told:
            change(told["checkpoint"])
        return again(response, json.dumps(told).encode())

    return Rule(method, path, act, **more)


def spoilt(spoil: Callable[[bytes], bytes], path: str = POST, method: str = "POST", **more: Any) -> Rule:
    """Change the bytes of an answer."""

    async def act(_request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward()
        return again(response, spoil(await response.aread()))

    return Rule(method, path, act, **more)


def listed(change: Callable[[Rows], Rows], path: str = LISTS, *, recount: bool = True, **more: Any) -> Rule:
    """Change the rows of a list, and its count unless that stays as it is."""

    async def act(_request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward()
        told = json.loads(await response.aread())
        for key in ("operation_logs", "backups"):
            if key in told:
                before = len(told[key])
                told[key] = change(told[key])
                told["count"] += len(told[key]) - before if recount else 0
        return again(response, json.dumps(told).encode())

    return Rule("GET", path, act, **{"times": None, **more})


def paged(size: int, drift: Callable[[], int], **more: Any) -> Rule:
    """Give a list in pages of so many rows, whatever is asked for; ``drift`` rows have moved since the page before."""

    async def act(request: httpx.Request, forward: Forward) -> httpx.Response:
        offset = int(request.url.params.get("offset", "0"))
        whole = request.url.copy_remove_param("offset")
        response = await forward(httpx.Request("GET", whole, headers=request.headers))
        if response.status_code != 200:
            return response
        told = json.loads(await response.aread())
        place = max(offset + (drift() if offset else 0), 0)
        for key in ("operation_logs", "backups"):
            if key in told:
                told[key] = told[key][place : place + size]
        return again(response, json.dumps(told).encode())

    return Rule("GET", LISTS, act, **{"times": None, **more})


def dated(shift: Callable[[], float], **more: Any) -> Rule:
    """Put the ``Date`` of answers off by some seconds, others each time."""

    async def act(_request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward()
        told = parsedate_to_datetime(response.headers["date"]) + timedelta(seconds=shift())
        response.headers["date"] = format_datetime(told.replace(microsecond=0), usegmt=True)
        return response

    return Rule("*", "", act, **{"times": None, "lies": False, **more})


def older(until: Callable[[], datetime | None], **more: Any) -> list[Rule]:
    """Tell of nothing that was made after a time, while there is one; two rules."""

    def kept(rows: Rows) -> Rows:
        limit = until()
        return [row for row in rows if limit is None or _moment(row["created_at"]) < limit]

    async def gone(_request: httpx.Request, forward: Forward) -> httpx.Response:
        if until() is None:
            return await forward()
        body = b'{"error_code": "BackupService.6217", "error_msg": "The checkpoint does not exist."}'
        return httpx.Response(404, headers={"Content-Type": "application/json"}, content=body)

    return [listed(kept, **more), Rule("GET", ONE, gone, None, lies=False)]


def again(response: httpx.Response, body: bytes) -> httpx.Response:
    """Return an answer with another body."""
    return httpx.Response(response.status_code, headers=_headers(response), content=body)


def _headers(response: httpx.Response) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in response.headers.raw if name.lower() != b"content-length"]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def checkpoint_called(id: str, vault_id: VaultId) -> Checkpoint:
    """Return a checkpoint as a row keeps it that is taken for the request's."""
    return Checkpoint(CheckpointId(id), CheckpointStatus.AVAILABLE, vault_id=vault_id)
