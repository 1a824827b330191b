"""G13: nothing that hangs keeps the operator: Cancel is heard at once, and leaving takes seconds."""

import asyncio
import json
import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.cloud.faults import response
from tests.cloud.values import examples

from .finding import Finding
from .gateway import TokenCloud, profile_to, served
from .ground import PATIENCE_SECONDS, Ground, program

PROFILES, HANGING, TIMES = 5, 20, 5
_COMPLAINTS = re.compile(r"Task was destroyed|never awaited|never retrieved|A defect of this program|Traceback|QObject")


class HangingCloud(TokenCloud):
    """Lets people in and answers nothing else; with ``tells_vaults`` it does tell which vaults there are."""

    def __init__(self, *, tells_vaults: bool) -> None:
        super().__init__()
        self._tells_vaults = tells_vaults

    def answer(self, request: bytes) -> bytes:
        """Return no byte at all for what shall hang."""
        if request.startswith(b"POST /v3/auth/tokens"):
            return super().answer(request)
        is_told = self._tells_vaults and b"/vaults?" in request.partition(b"\r\n")[0]
        return response(examples("ListVault")[0]) if is_told else b""


@dataclass
class Leaving:
    """How one program was left."""

    told: dict[str, Any]
    seconds: float
    complaints: list[str]


def measure(ground: Ground) -> Iterator[Finding]:
    """Let every request of a real window hang, then leave it; several times with and without one being sent."""
    reads = [asyncio.run(_left(ground, sends=False)) for _ in range(TIMES)]
    yield _quit(f"{TIMES} times quit while {_hanging(reads)} reads hang", reads)
    sends = [asyncio.run(_left(ground, sends=True)) for _ in range(TIMES)]
    yield _quit(f"{TIMES} times quit while {_hanging(sends)} requests hang and one of them is a checkpoint's", sends)
    everything = reads + sends
    cancels = [each.told["cancel_ms"] for each in sends]
    what = f"Cancel for a request that waits behind a hanging one, {TIMES} times"
    yield Finding("G13", what, f"{max(cancels):.0f} ms at the most", "100 ms", max(cancels) <= 100)
    longest = [each.told["longest_ms"] for each in everything]
    figure = f"{max(longest):.0f} ms at the most, {statistics.median(longest):.0f} in the middle"
    what = "the longest that the window's loop was kept meanwhile, beside all that runs on this machine"
    yield Finding("G13", what, figure, "200 ms", max(longest) <= 200)
    sockets = sum(each.told["sockets"] for each in everything)
    complaints = [line for each in everything for line in each.complaints]
    codes = {each.told["code"] for each in everything}
    print(*complaints, sep="\n", file=sys.stderr)
    figure = f"{sockets} sockets, {len(complaints)} complaints, exit code {', '.join(map(str, codes))}"
    good = not sockets and not complaints and codes == {0}
    yield Finding("G13", f"what {len(everything)} of them left behind", figure, "0 sockets, 0 complaints, 0", good)


async def _left(ground: Ground, *, sends: bool) -> Leaving:
    home = ground.home()
    async with served(HangingCloud(tells_vaults=sends)) as cloud:
        for number in range(PROFILES):
            profile = replace(profile_to(cloud.server.url), name=f"Test {number}")
            TomlProfiles(home.places.profiles_file).save(profile, "")
        child = await asyncio.create_subprocess_exec(
            *program("quitting", str(cloud.server.port), str(HANGING), str(int(sends))),
            env=home.environment(CBR_DESKTOP_PASSWORD="right"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                said, complained = await child.communicate()
            ended_at = time.monotonic()
        finally:
            if child.returncode is None:
                child.kill()
    errors = complained.decode("utf-8", "replace")
    lines = said.decode().splitlines()
    assert len(lines) == 2, f"it ended with {child.returncode}: {errors[-2000:]}"
    told = json.loads(lines[0]) | json.loads(lines[1]) | {"code": child.returncode}
    log = home.places.log_file
    complaints = [
        line
        for line in (errors + (log.read_text("utf-8") if log.exists() else "")).splitlines()
        if _COMPLAINTS.search(line)
    ]
    return Leaving(told, ended_at - told["left_at"], complaints)


def _hanging(leavings: list[Leaving]) -> int:
    return min(int(each.told["hanging"]) for each in leavings)


def _quit(what: str, leavings: list[Leaving]) -> Finding:
    seconds = [each.seconds for each in leavings]
    figure = f"{max(seconds):.1f} s at the most, {statistics.median(seconds):.1f} in the middle"
    return Finding("G13", what, figure, "5 s", max(seconds) <= 5 and _hanging(leavings) >= HANGING)
