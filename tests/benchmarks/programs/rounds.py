"""What a round of keeping backups fresh asks of the service: ``rounds.py BACKUPS`` prints requests and bytes of each.

The simulator answers in this process, so that nothing else counts than what is asked and answered.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import httpx

from cbr_desktop.app import demo
from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.start import opened
from cbr_desktop.simulator.estate import generated
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import places
from cbr_desktop.workflows.ledger import Ledger, Part
from tests.stage import StageClock
from tests.workflows.test_backup_changes import Region

ROUNDS = 11
CHANGES = 50


class Counting(demo.DemoTransport):
    """Counts the answers of the service and their bytes, as they are without packing."""

    requests = size_bytes = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        response = await super().handle_async_request(request)
        content = await response.aread()
        if "/v3/auth/" not in request.url.path:
            self.requests += 1
            self.size_bytes += len(content)
        headers = [(name, value) for name, value in response.headers.items() if name != "content-encoding"]
        return httpx.Response(response.status_code, headers=headers, content=content)

    def told(self) -> str:
        """Return what has been counted since the last time."""
        told = f"{self.requests} {self.size_bytes}"
        self.requests = self.size_bytes = 0
        return told


async def story(region: Region, way: Counting) -> None:
    """Read everything once, then with nothing changed, then after changes of every usual kind."""
    refresh, ledger = region.stage.session.refresh, region.stage.session.ledger
    parts = (Part.TASKS, Part.BACKUPS)

    async def one(kind: str) -> None:
        region.stage.clock.advance(1800)
        way.told()
        await refresh.once(parts, slowly=True)
        freshness = ledger.freshness[Part.BACKUPS]
        if freshness.error or not freshness.complete or len(ledger.backups) != len(region.estate.backups):
            raise RuntimeError(f"{kind}: {freshness}, {len(ledger.backups)} of {len(region.estate.backups)}")
        print(kind, way.told(), flush=True)

    await one("first")
    await one("settling")
    for _ in range(ROUNDS):
        await one("unchanged")
    for _ in range(ROUNDS):
        for number in range(CHANGES):
            [region.made, region.renamed, region.deleted, region.failed, region.begun][number % 5]()
        region.estate.changed()
        await one("changed")
    for _ in range(3):
        oldest = list(region.estate.backups.values())[:CHANGES]
        for backup in oldest:
            region.estate.forget([backup])
        region.estate.changed()
        await one("thinned")
    await region.stage.session.cloud.aclose()


def main() -> None:
    """Play it in a folder of its own."""
    clock = StageClock()
    service = Service(generated(clock.now(), 1000, int(sys.argv[1])), clock)
    way = Counting(service)
    with tempfile.TemporaryDirectory() as folder:
        here, ledger = places({"CBR_DESKTOP_HOME": str(Path(folder))}), Ledger(DEMO, lambda _part: None)
        with opened(here, ledger, clock, demo.secret_of(DEMO), way) as session:
            asyncio.run(story(Region(Stood(session, service, clock), 1), way))  # type: ignore[arg-type]


class Stood:
    """What a region wants to know of a stage."""

    def __init__(self, session: object, service: Service, clock: StageClock) -> None:
        self.session, self.service, self.clock = session, service, clock


if __name__ == "__main__":
    main()
