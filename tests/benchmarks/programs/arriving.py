"""How long the loop is held up while a list of backups arrives: ``arriving.py URL`` prints milliseconds and seconds.

It prints the longest time between two beats of a heart, and the longest that this thread has worked between two, which
what else goes on at the machine does not lengthen. There is no window: what is felt is reading, the ledger and the
cache. The list is read into an empty ledger, then once more over the rows that are there, then over rows that are all
different; in the end it is taken out of the cache.
"""

import asyncio
import gc
import sys
import tempfile
import time
from pathlib import Path

from msgspec.structs import replace
from pulse import Pulse

from cbr_desktop.app.clock import WallClock
from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.tokens import PasswordLogin
from cbr_desktop.domain.listing import Listing
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.refresh import Refresh
from tests.benchmarks.ground import profile_to

TIMES = 3


async def secret(_kind: str) -> str:
    """Return a password."""
    return "secret"


async def main() -> None:
    pulse = Pulse()
    async with asyncio.TaskGroup() as group:
        beating = group.create_task(pulse.run())
        await felt(pulse)
        beating.cancel()


async def felt(pulse: Pulse) -> None:
    """Do everything and tell of it."""
    profile = profile_to(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        cache = SqliteCache(Path(folder) / "cache.db")
        ledger = Ledger(profile, lambda _part: None)
        cloud = CbrCloud(profile, PasswordLogin(profile, secret), Network(), WallClock(), ledger.put_connection)
        refresh = Refresh(ledger, cache, cloud, WallClock())
        await cloud.project_id()
        gc.collect()
        gc.freeze()
        # as in the program, whose collector has a time of its own
        gc.disable()

        async def read(kind: str) -> None:
            await asyncio.sleep(0.05)
            pulse.told()
            began = time.perf_counter()
            await refresh.once([Part.BACKUPS])
            took = time.perf_counter() - began
            await asyncio.to_thread(cache.close)
            print(kind, pulse.told(), f"{took:.3f}", len(ledger.backups), flush=True)

        await read("first")
        for _ in range(TIMES):
            await read("again")
        for _ in range(TIMES):
            spoil(ledger)
            await read("different")
        pulse.told()
        recalled = Ledger(profile, lambda _part: None)
        began = time.perf_counter()
        await Refresh(recalled, cache, cloud, WallClock()).recall()
        print("recalled", pulse.told(), f"{time.perf_counter() - began:.3f}", len(recalled.backups), flush=True)
        await cloud.aclose()


def spoil(ledger: Ledger) -> None:
    """Give all backups other names than the service has."""
    rows = [replace(row, name=f"{row.name}-") for row in ledger.backups.values()]
    ledger.put_backups(Listing(rows, ledger.freshness[Part.BACKUPS].as_of or WallClock().now()))


asyncio.run(main())
