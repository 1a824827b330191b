"""G12: the window never freezes, whatever the clouds answer and however long they take."""

import asyncio
from collections.abc import Iterator

from msgspec.structs import replace

from .finding import Finding, progress
from .g13 import HangingCloud
from .gateway import profile_to, served
from .ground import Ground, part_of
from .weather import Told, demo_clouds, weathered

SECONDS, PROFILES, SEED = 40, 3, 12
LONGEST_MS, USUAL_MS = 200, 100


def measure(ground: Ground) -> Iterator[Finding]:
    """Feel the pulse of a window at which somebody works without rest, in each weather.

    Before that one lives for a moment and is not counted: the program as it is installed has been compiled.
    """
    with demo_clouds(PROFILES, 0.0, SEED) as clouds:
        asyncio.run(weathered(ground, [profile for profile, _ in clouds], 5, "busy"))
    for name, share in (("answers as they should be", 0.0), ("half of the answers wrong", 0.5), ("all wrong", 0.95)):
        with demo_clouds(PROFILES, share, SEED) as clouds:
            profiles = [profile for profile, _ in clouds]
            yield _finding(name, asyncio.run(weathered(ground, profiles, part_of(SECONDS), "busy")))
    yield _finding("nothing answered but logins and vaults", asyncio.run(_hanging(ground)))


async def _hanging(ground: Ground) -> Told:
    async with served(HangingCloud(tells_vaults=True)) as cloud:
        profiles = [replace(profile_to(cloud.server.url), name=f"Test {number}") for number in range(PROFILES)]
        return await weathered(ground, profiles, part_of(SECONDS), "busy", "right")


def _finding(name: str, told: Told) -> Finding:
    facts = told.facts
    progress(f"{name}: late at {facts['late']}; requests {facts['intents']}")
    figure = f"{facts['kept_longest_ms']} ms, p99 {facts['kept_p99_ms']}"
    figure += f" (with the waits for a processor {facts['longest_ms']} ms, p99 {facts['p99_ms']})"
    what = f"longest of {facts['beats']:,} gaps between heartbeats, {PROFILES} profiles, {name}"
    good = facts["kept_longest_ms"] <= LONGEST_MS and facts["kept_p99_ms"] <= USUAL_MS and not told.complaints
    figure += f"; {len(told.complaints)} complaints" if told.complaints else ""
    return Finding("G12", what, figure, f"{LONGEST_MS} ms, p99 {USUAL_MS}", good)
