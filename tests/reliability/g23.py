"""G23: leaving in the middle says what stays unsent, loses nothing, sends nothing unasked, and takes seconds."""

import asyncio
import json
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from cbr_desktop.app.start import opened_data
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.storage.records import peek
from cbr_desktop.storage.tomlprofiles import TomlProfiles

from .finding import Finding
from .g13 import HangingCloud
from .gateway import profile_to, served
from .ground import PATIENCE_SECONDS, Ground, part_of, program, run

RUNS, SIGNALS = 100, 5
_LIMIT_SECONDS = 5.0
_RUN_SECONDS = 40.0
_LOOKED_FOR = (IntentState.SENDING, IntentState.UNKNOWN)
"""How the row of a request may stand whose answer never came; the next start looks for both."""


@dataclass(frozen=True)
class Ended:
    """How a program ended that was told to by a signal."""

    seconds: float
    code: int
    states: tuple[IntentState, ...]
    posts: int


def measure(ground: Ground) -> Iterator[Finding]:
    """Close a window over each kind of work and start again; then end programs by a signal while a request hangs."""
    home, runs = ground.home(), part_of(RUNS)
    done = run(program("departing", str(home.folder / "runs"), str(runs)), home, seconds=runs * _RUN_SECONDS)
    told = [json.loads(line) for line in done.out.splitlines()]
    problems = [problem for each in told for problem in each["problems"]]
    print(*problems, done.err if done.code else "", sep="\n", file=sys.stderr)
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(each["kind"] for each in told).items())
    good = sum(not each["problems"] for each in told)
    what = f"{runs} windows closed in the middle ({kinds}): asked, told at the start, none lost, none sent unasked"
    yield Finding("G23", what, str(good), str(runs), good == runs)
    for stubborn, words in ((False, "a request hangs"), (True, "a request hangs and a task swallows cancellation")):
        ended = [asyncio.run(ended_by_signal(ground, stubborn=stubborn)) for _ in range(part_of(SIGNALS))]
        seconds = [each.seconds for each in ended]
        kept = all(each.code == 0 and each.posts == 1 and set(each.states) <= set(_LOOKED_FOR) for each in ended)
        figure = f"{max(seconds):.1f} s at the most, {statistics.median(seconds):.1f} in the middle"
        figure += "" if kept else f", {ended}"
        what = f"{len(ended)} times SIGTERM while {words}: from the signal to the end, the lock free, the row kept"
        yield Finding("G23", what, figure, f"{_LIMIT_SECONDS:.0f} s", max(seconds) <= _LIMIT_SECONDS and kept)


async def ended_by_signal(ground: Ground, *, stubborn: bool) -> Ended:
    """Let the program send a request that is never answered, end it by a signal, and look at what it has left."""
    home = ground.home()
    async with served(HangingCloud(tells_vaults=True)) as cloud:
        TomlProfiles(home.places.profiles_file).save(replace(profile_to(cloud.server.url), name="Test 0"), "")
        child = await asyncio.create_subprocess_exec(
            *program("terminated", str(int(stubborn))),
            env=home.environment(CBR_DESKTOP_PASSWORD="right"),
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert child.stdout is not None
                assert await child.stdout.readline() == b"sending\n"
                began = time.monotonic()
                child.send_signal(signal.SIGTERM)
                code = await child.wait()
            seconds = time.monotonic() - began
        finally:
            if child.returncode is None:
                child.kill()
        posts = sum(b"/checkpoints " in request.partition(b"\r\n")[0] for request in cloud.server.requests)
    with opened_data(home.places):
        pass
    states = tuple(intent.state for intent in peek(home.places.records_file)[0])
    return Ended(seconds, code, states, posts)
