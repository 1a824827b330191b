"""G15: whatever our clock says, a signed request is taken, at the second try at the latest."""

import asyncio
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cbr_desktop.app.clock import WallClock
from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.sign_in import login_of
from cbr_desktop.domain.error import CloudError
from cbr_desktop.domain.profile import Way
from cbr_desktop.domain.secret import SecretKind

from .finding import Finding
from .gateway import ACCESS_KEY, SECRET_KEY, KeyCloud, profile_to, served
from .ground import Ground, program

READS = 3
"""How many requests are made with each clock, one after the other."""
FAR = (10, 30, 60, 300, 600, 840, 890, 905, 960, 1200, 3600, 7200, 5 * 3600, 12 * 3600, 86_400)
OFFSETS = (*(-seconds for seconds in reversed(FAR)), 0, *FAR)
"""By how many seconds our clock is ahead; the server allows 900 to either side."""


class WrongClock(WallClock):
    """The clock of this machine, wrongly set."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._wrong_by = timedelta(seconds=seconds)

    def now(self) -> datetime:
        """Return the time, aware UTC."""
        return datetime.now(UTC) + self._wrong_by


def measure(ground: Ground) -> Iterator[Finding]:
    """Count requests at a raw server that checks every signature and its time."""
    yield asyncio.run(_by_injection())
    yield asyncio.run(_by_faketime(ground))


async def reads_of(url: str, clock: WallClock, times: int = READS) -> list[bool]:
    """Read a list ``times`` with the key that a ``KeyCloud`` knows, and tell how each try ended."""
    profile = profile_to(url, way=Way.KEYS, access_key=ACCESS_KEY)

    async def secret(_kind: SecretKind) -> str:
        return SECRET_KEY

    cloud = CbrCloud(profile, login_of(profile, secret), Network(profile), clock, lambda _connection: None)
    ended = []
    for _ in range(times):
        try:
            await cloud.vaults()
            ended.append(True)
        except CloudError as error:
            print(error, file=sys.stderr)
            ended.append(False)
    await cloud.aclose()
    return ended


async def _by_injection() -> Finding:
    requests: Counter[int] = Counter()
    failed = 0
    async with served(KeyCloud()) as cloud:
        for seconds in OFFSETS:
            before = len(cloud.server.requests)
            good = await reads_of(cloud.server.url, WrongClock(seconds), 1)
            requests[len(cloud.server.requests) - before] += 1
            failed += not all(good)
    return _finding(f"a clock that is handed in, set wrong in {len(OFFSETS)} ways", 1, requests, failed)


async def _by_faketime(ground: Ground) -> Finding:
    if shutil.which("faketime") is None:
        raise FileNotFoundError("faketime, which sets the clock of a single program")
    requests: Counter[int] = Counter()
    failed = 0
    home = ground.home()
    async with served(KeyCloud()) as cloud:
        for seconds in OFFSETS:
            before = len(cloud.server.requests)
            child = await asyncio.create_subprocess_exec(
                *("faketime", "-f", f"{seconds:+d}s", *program("signed_reads", cloud.server.url)),
                env=home.environment(),
                stdout=asyncio.subprocess.PIPE,
            )
            said, _ = await child.communicate()
            told = json.loads(said or b"{}")
            drift = told["now"] - datetime.now(UTC).timestamp() - seconds
            assert abs(drift) < 30, f"faketime did not set the clock: {drift:.0f} s"
            # all but the first must need one request alone: the clock has been measured by then
            requests[len(cloud.server.requests) - before - (READS - 1)] += 1
            failed += not all(told["good"])
    return _finding(f"the whole process under faketime, in {len(OFFSETS)} ways", READS, requests, failed)


def _finding(how: str, reads: int, requests: Counter[int], failed: int) -> Finding:
    seen = ", ".join(f"{count} by {number} requests" for number, count in sorted(requests.items()))
    what = f"signed reads with {how}, from -1 day to +1 day" + (f", {reads} each" if reads > 1 else "")
    figure = f"{failed} failed; {seen}"
    return Finding("G15", what, figure, "0 failed, 2 requests at most", not failed and max(requests) <= 2)
