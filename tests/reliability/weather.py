"""Bad weather for a real window: clouds that answer wrongly, late or not at all, and what the window says of itself."""

import asyncio
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from cbr_desktop.domain.profile import Profile
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.faults import Fault, Faults
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.cloud.values import examples

from .ground import Ground, program

_COMPLAINTS = re.compile(r"Task was destroyed|never awaited|never retrieved|A defect of this program|Traceback|QObject")
_OVER_SECONDS = 90.0
"""How long a program may take to start and to leave, besides the time that it is watched."""


class WallClock:
    """The clock of the wall."""

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC)


class Weather(Faults):
    """Faults that come by chance: ``share`` of all requests are answered wrongly, late, or not at all."""

    def __init__(self, chance: random.Random, share: float) -> None:
        super().__init__()
        self._chance = chance
        self._share = share
        self.hit = 0

    def take(self, _method: str, _path: str, _host: str = "") -> list[Fault]:
        """Return what hits a request; no login is refused, for then a person is asked and nothing more happens."""
        if self._chance.random() >= self._share:
            return []
        self.hit += 1
        when: Any = self._chance.choice(("before", "after"))
        kind = self._chance.randrange(6)
        if kind == 0:
            return [Fault(kind="cut", when=when)]
        if kind == 1:
            return [Fault(kind="cut", when="during")]
        if kind == 2:
            return [Fault(kind="delay", seconds=self._chance.uniform(0.05, 3))]
        if kind == 3:
            status = self._chance.choice((429, 500, 502, 503, 504))
            headers = {"Retry-After": "2"} if status == 429 else {}
            body = b'{"error_code": "APIGW.0308", "error_msg": "slow down"}' if status == 429 else b"<html>no</html>"
            return [
                Fault(
                    kind="status", when="before" if status == 429 else when, status=status, body=body, headers=headers
                )
            ]
        return [Fault(kind="reply", when=when, body=self._wrong())]

    def _wrong(self) -> bytes:
        """Return a body that is none: no JSON, JSON of another kind, or half of something good."""
        good = examples(self._chance.choice(("ListVault", "ListBackups", "ListOpLogs", "ListPolicies")))[0]
        half = good[: self._chance.randrange(len(good))]
        return self._chance.choice((b"", b"null", b"[]", b'{"vaults": [{"id": 7}]}', b"\xff\xfe{}", half, good))


@dataclass
class Told:
    """What a window said of itself, and what it complained of."""

    facts: dict[str, Any]
    complaints: list[str]


@contextmanager
def demo_clouds(count: int, share: float, seed: int) -> Iterator[list[tuple[Profile, Service]]]:
    """Serve demo clouds on sockets, each for one profile."""
    with ExitStack() as stack:
        made = []
        for number in range(count):
            clock = WallClock()
            service = Service(estate.demo(clock.now(), seed=number + 1), clock)
            service.modes.schedules = False
            if share:
                service.faults = Weather(random.Random(seed + number), share)
            url = stack.enter_context(running(service))
            profile = Profile(f"Test {number}", url, url, "eu-de_prod", estate.DEMO_USER, estate.DEMO_DOMAIN)
            made.append((replace(profile, read_only=False), service))
        yield made


async def weathered(
    ground: Ground, profiles: Sequence[Profile], seconds: float, how: str, password: str = estate.DEMO_PASSWORD
) -> Told:
    """Let a window live with these profiles for some seconds, and return what it told."""
    home = ground.home()
    for profile in profiles:
        TomlProfiles(home.places.profiles_file).save(profile, "")
    ports = [profile.cbr_endpoint.rpartition(":")[2] for profile in profiles]
    child = await asyncio.create_subprocess_exec(
        *program("weathering", str(seconds), how, *ports),
        env=home.environment(CBR_DESKTOP_PASSWORD=password),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds + _OVER_SECONDS):
            said, complained = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
    errors = complained.decode("utf-8", "replace")
    lines = said.decode().splitlines()
    assert len(lines) == 1 and child.returncode == 0, f"it ended with {child.returncode}: {errors[-3000:]}"
    log = home.places.log_file
    text = errors + (log.read_text("utf-8") if log.exists() else "")
    complaints = [line for line in text.splitlines() if _COMPLAINTS.search(line)]
    print(*complaints[:20], sep="\n", file=sys.stderr)
    return Told(json.loads(lines[0]), complaints)
