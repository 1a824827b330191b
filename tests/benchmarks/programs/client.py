"""A client that is ready and reads a whole list each time it is told to: ``client.py SIDE LIST URL``.

For each line on standard input it prints the seconds that the list took and the number of rows.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from server import PROJECT

PAGE = 1000
Read = Callable[[], list[Any]]


def ours(name: str, url: str) -> Read:
    """The program's own client. As in the window, nobody looks for garbage meanwhile; asyncio's loop serves all."""
    from cbr_desktop.app.clock import WallClock
    from cbr_desktop.cloud.api import CbrCloud
    from cbr_desktop.cloud.network import Network
    from cbr_desktop.cloud.tokens import PasswordLogin
    from tests.benchmarks.ground import profile_to

    async def secret(_kind: str) -> str:
        return "secret"

    runner = asyncio.Runner()
    profile = profile_to(url)
    cloud = CbrCloud(profile, PasswordLogin(profile, secret), Network(), WallClock(), lambda _connection: None)
    runner.run(cloud.project_id())
    gc.freeze()
    gc.disable()
    known: dict[Any, Any] = {}

    async def rows() -> list[Any]:
        nonlocal known
        # as the program does at its start: it knows how many there were last time, and no answer of then
        found = (await cloud.vaults(known) if name == "vaults" else await cloud.backups()).rows
        known = dict.fromkeys(range(len(found)))
        cloud._remembered.clear()
        return found

    return lambda: _result(runner, rows())


def bare(name: str, url: str, in_flight: int) -> Read:
    """The least there can be with the same libraries: get, decode into the same rows, no more."""
    import httpx
    import msgspec

    from cbr_desktop.cloud.gate import IN_FLIGHT
    from cbr_desktop.cloud.wire.backups import BackupRow
    from cbr_desktop.cloud.wire.vaults import VaultRow

    row = VaultRow if name == "vaults" else BackupRow
    kind = msgspec.defstruct("Bare", [("rows", list[row]), ("count", int)], rename={"rows": name})
    decode = msgspec.json.Decoder(kind).decode
    client = httpx.AsyncClient(timeout=30, trust_env=False)
    address = f"{url}/v3/{PROJECT}/{name}"

    async def page(offset: int) -> Any:
        return decode((await client.get(address, params={"limit": PAGE, "offset": offset})).content)

    async def worker(offsets: Iterable[int], found: dict[int, list[Any]]) -> None:
        for offset in offsets:
            found[offset] = (await page(offset)).rows

    async def read() -> list[Any]:
        first = await page(0)
        found = {0: first.rows}
        offsets = iter(range(PAGE, first.count, PAGE))
        async with asyncio.TaskGroup() as group:
            for _ in range(in_flight or IN_FLIGHT):
                group.create_task(worker(offsets, found))
        return [each for offset in sorted(found) for each in found[offset]]

    runner = asyncio.Runner()
    return lambda: _result(runner, read())


def _result(runner: asyncio.Runner, work: Coroutine[Any, Any, list[Any]]) -> list[Any]:
    """Run to the result. It is carried past the runner, which makes a text of all that a coroutine returns."""
    results: list[list[Any]] = []

    async def carried() -> None:
        results.append(await work)

    runner.run(carried())
    return results[0]


def vendor(name: str, url: str) -> Read:
    """The vendor's SDK, as its documentation uses it."""
    from huaweicloudsdkcbr.v1 import CbrClient, ListBackupsRequest, ListVaultRequest
    from huaweicloudsdkcore.auth.credentials import BasicCredentials

    client: Any = CbrClient.new_builder().with_credentials(BasicCredentials("ak", "sk", PROJECT))
    client = client.with_endpoint(url).build()

    def page(offset: int) -> Any:
        if name == "vaults":
            return client.list_vault(ListVaultRequest(limit=PAGE, offset=offset))
        return client.list_backups(ListBackupsRequest(limit=PAGE, offset=offset))

    def read() -> list[Any]:
        first = page(0)
        rows = list(getattr(first, name))
        for offset in range(PAGE, first.count, PAGE):
            rows += getattr(page(offset), name)
        return rows

    return read


SIDES: dict[str, Callable[[str, str], Read]] = {
    "ours": ours,
    "bare": lambda name, url: bare(name, url, 1),
    "bare together": lambda name, url: bare(name, url, 0),
    "vendor": vendor,
}


def main() -> None:
    side, name, url = sys.argv[1:]
    read = SIDES[side](name, url)
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        rows = read()
        seconds = time.perf_counter() - began
        print(seconds, len(rows), flush=True)
        del rows
        gc.collect()


if __name__ == "__main__":
    main()
