"""What an hour of keeping fresh costs: ``hour.py URL`` prints a line for each way of looking at the program.

``seen``, ``unseen`` or ``whole`` (one reading of everything), seconds of the processor, requests, bytes as they came
out of the socket, bytes of the bodies without packing, pages of the cache that were written
again. Time is that of a clock that is turned; only the work between is real.
"""

import asyncio
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpcore
import httpx

from cbr_desktop.app.start import opened
from cbr_desktop.cloud.gate import IN_FLIGHT
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.paths import Places, places
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.pacing import Attention
from tests.benchmarks.ground import profile_to

_HOUR = 3600.0


class Counted(httpcore.AsyncNetworkStream):
    """A connection whose received bytes are counted, heads of answers and all."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, count: Callable[[int], None]) -> None:
        self._inner = inner
        self._count = count
        self.write, self.aclose, self.get_extra_info = inner.write, inner.aclose, inner.get_extra_info

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come."""
        received = await self._inner.read(max_bytes, timeout)
        self._count(len(received))
        return received


class Dial(httpcore.AnyIOBackend):
    """Opens connections that are counted."""

    def __init__(self, count: Callable[[int], None]) -> None:
        self._count = count

    async def connect_tcp(self, *address: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        """Return a connection to a host."""
        return Counted(await super().connect_tcp(*address, **options), self._count)


class Counting(httpx.AsyncHTTPTransport):
    """Counts requests to the backup service, the bytes that come out of the socket, and those of the bodies unpacked.

    The few bytes of logins are in the first of both.
    """

    def __init__(self) -> None:
        self._pool = httpcore.AsyncConnectionPool(max_connections=IN_FLIGHT, network_backend=Dial(self._come))
        self.requests = self.sent = self.plain = 0

    def _come(self, size_bytes: int) -> None:
        self.sent += size_bytes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        response = await super().handle_async_request(request)
        raw = b"".join([piece async for piece in response.stream])  # type: ignore[union-attr]
        await response.aclose()
        passed = httpx.Response(response.status_code, headers=response.headers, content=raw)
        if "/v3/auth/" not in request.url.path:
            self.requests += 1
            self.plain += len(passed.content)
        return passed

    def told(self) -> str:
        """Return what has been counted since the last time."""
        told = f"{self.requests} {self.sent} {self.plain}"
        self.requests = self.sent = self.plain = 0
        return told


class Turned:
    """The machine's clock, which can be turned forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the time, aware UTC."""
        return datetime.now(UTC) + self._ahead

    def turn(self, seconds: float) -> None:
        """Turn it forward."""
        self._ahead += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Wait no time at all: what waits here does so for the service's sake."""
        self.turn(seconds)


def pages(here: Places, profile: Profile) -> set[tuple[Any, ...]]:
    """Return what is known of each page in the cache: one that is written again has another number of its row."""
    with closing(sqlite3.connect(here.cache_file(profile))) as connection:
        return set(connection.execute("SELECT rowid, list, number, checksum FROM page"))


async def main() -> None:
    """Play it in a folder of its own."""
    profile, way = profile_to(sys.argv[1]), Counting()
    clock = Turned()

    async def secret(_kind: str) -> str:
        return os.environ["CBR_DESKTOP_PASSWORD"]

    with tempfile.TemporaryDirectory() as folder:
        here, ledger = places({"CBR_DESKTOP_HOME": str(Path(folder))}), Ledger(profile, lambda _part: None)
        with opened(here, ledger, clock, secret, way) as session:
            began = time.process_time()
            await session.refresh.once(whole=True)
            session.refresh._cache.close()
            print("whole", f"{time.process_time() - began:.4f}", way.told(), len(pages(here, profile)), flush=True)
            for how, attention in (
                ("seen", Attention(front=frozenset({Part.VAULTS}))),
                ("unseen", Attention(is_seen=False)),
            ):
                session.refresh.attend(attention)
                await session.refresh.round()
                way.told()
                session.refresh._cache.close()
                before, began = pages(here, profile), time.process_time()
                for _ in range(round(_HOUR / attention.pause)):
                    clock.turn(attention.pause)
                    await session.refresh.round()
                session.refresh._cache.close()
                worked, again = time.process_time() - began, len(pages(here, profile) - before)
                print(how, f"{worked:.4f}", way.told(), again, flush=True)
            await session.cloud.aclose()


asyncio.run(main())
