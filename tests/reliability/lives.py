"""Life after life in one home, each ended by a kill: drafts, several requests at once, a disk that is never new."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .finding import Finding, progress
from .gateway import served
from .ground import Ground, ended, part_of, program
from .truth import TruthCloud

KILLS, LANES, LATE_SECONDS = 300, 2, 0.03
_SECONDS = 1800.0
_DONE = frozenset({"accepted", "finished"})


def measure(ground: Ground) -> Iterator[Finding]:
    """Kill lives in two lanes at the same time, each with a cloud that keeps the truth."""
    lanes = asyncio.run(_lanes(ground, part_of(KILLS)))
    killed, said, found, ends = (_sum(lanes, name) for name in ("killed", "said", "states", "ends"))
    wrong = [each for told, _ in lanes for each in told["wrong"]]
    print(*wrong[:20], sep="\n", file=sys.stderr)
    kills = sum(killed.values())
    progress(f"killed {dict(killed)}; rows seen after kills {dict(found)}; at the end {dict(ends)}")
    what = f"kills -9: {killed['at random']} at random, {kills - killed['at random']} at named points"
    yield Finding("G2", what, f"{kills:,} kills", f"{part_of(KILLS):,}", kills >= part_of(KILLS))
    what = f"{said['row']:,} requests and {said['draft']:,} drafts that were said to be kept, databases and journals"
    yield Finding("G2", what, f"{len(wrong)} lost or damaged", "0", not wrong)
    twice = sum(times > 1 for _, executed in lanes for times in executed.values())
    executed = sum(len(executed) for _, executed in lanes)
    what = f"POSTs of {sum(ends.values()):,} requests, {executed:,} executed"
    yield Finding("G2", what, f"{twice} sent twice", "0", not twice)
    false = [
        name
        for told, executed in lanes
        for name, state in told["names"].items()
        if (state in _DONE) != (name in executed)
    ]
    print(*false[:20], sep="\n", file=sys.stderr)
    what = f"requests at the end: {', '.join(f'{count} {state}' for state, count in sorted(ends.items()))}"
    yield Finding("G2", what, f"{len(false)} of another fate than told", "0", not false)


def _sum(lanes: list[tuple[dict[str, Any], Counter[str]]], name: str) -> Counter[str]:
    return sum((Counter(told[name]) for told, _ in lanes), Counter())


async def _lanes(ground: Ground, kills: int) -> list[tuple[dict[str, Any], Counter[str]]]:
    async with asyncio.TaskGroup() as tasks:
        lanes = [tasks.create_task(_lane(ground, -(-kills // LANES), seed)) for seed in range(1, LANES + 1)]
    return [lane.result() for lane in lanes]


async def _lane(ground: Ground, kills: int, seed: int) -> tuple[dict[str, Any], Counter[str]]:
    home = ground.home()
    async with served(TruthCloud(LATE_SECONDS, seed)) as cloud:
        child = await asyncio.create_subprocess_exec(
            *program("killing", cloud.server.url, str(kills), str(seed), str(home.folder / "lives")),
            env=home.environment(),
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await ended(child, _SECONDS)
        assert child.returncode == 0, child.returncode
        return json.loads(said), cloud.executed
