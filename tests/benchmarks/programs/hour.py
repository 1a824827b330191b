"""What an hour of keeping fresh costs: ``hour.py URL`` prints a line for each way of looking at the program.

``seen``, ``unseen`` or ``whole`` (one reading of everything), seconds of the processor, requests, bytes as they were
sent, bytes without packing. Time is that of a clock that is turned; only the work between is real.
"""

import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from cbr_desktop.app.start import opened
from cbr_desktop.storage.paths import places
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.refresh import Attention
from tests.benchmarks.ground import profile_to

_HOUR = 3600.0


class Counting(httpx.AsyncBaseTransport):
    """Counts requests to the backup service, and the bytes of their answers as they come."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self.requests = self.sent = self.plain = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        response = await self._inner.handle_async_request(request)
        raw = b"".join([piece async for piece in response.stream])  # type: ignore[union-attr]
        await response.aclose()
        passed = httpx.Response(response.status_code, headers=response.headers, content=raw)
        if "/v3/auth/" not in request.url.path:
            self.requests += 1
            self.sent += len(raw)
            self.plain += len(passed.content)
        return passed

    async def aclose(self) -> None:
        """Close what is under it."""
        await self._inner.aclose()

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
            print("whole", f"{time.process_time() - began:.4f}", way.told(), flush=True)
            for how, attention in (
                ("seen", Attention(front=frozenset({Part.VAULTS}))),
                ("unseen", Attention(is_seen=False)),
            ):
                session.refresh.attend(attention)
                await session.refresh.round()
                way.told()
                began = time.process_time()
                for _ in range(round(_HOUR / attention.pause)):
                    clock.turn(attention.pause)
                    await session.refresh.round()
                print(how, f"{time.process_time() - began:.4f}", way.told(), flush=True)
            await session.cloud.aclose()


asyncio.run(main())
