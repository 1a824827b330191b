"""G16: half an hour of bad weather leaves the program as it was: memory, files, and how often it asks."""

import asyncio
import statistics
from collections.abc import Iterator

from .finding import Finding, progress
from .ground import Ground, part_of
from .weather import demo_clouds, weathered

SECONDS, SHARE, PROFILES, SEED = 1800, 0.5, 2, 16
WARM_SHARE = 0.2
"""The part of the time after which the program has everything that it needs in memory."""


def measure(ground: Ground) -> Iterator[Finding]:
    """Let a window poll two clouds of which half of the answers are wrong, and compare its beginning with its end."""
    seconds = part_of(SECONDS)
    with demo_clouds(PROFILES, SHARE, SEED) as clouds:
        told = asyncio.run(weathered(ground, [profile for profile, _ in clouds], seconds, "quiet"))
        asked = [len(service.journal) for _, service in clouds]
        wrong = [service.faults.hit for _, service in clouds]  # type: ignore[attr-defined]
    facts = told.facts
    progress(f"requests {asked}, of these answered wrongly {wrong}, intents {facts['intents']}, late {facts['late']}")
    every = max(1, len(facts["samples"]) // 15)
    progress(f"memory in MiB: {[each[1] // 1024 for each in facts['samples'][::every]]}")
    warm = [each for each in facts["samples"] if each[0] >= seconds * WARM_SHARE]
    few = max(1, len(warm) // 10)
    first, last = warm[:few], warm[-few:]
    before, after = (statistics.median(each[1] for each in some) for some in (first, last))
    growth = 100 * (after - before) / before
    minutes = seconds / 60
    what = (
        f"resident memory after {minutes * WARM_SHARE:.0f} and after {minutes:.0f} minutes of {SHARE:.0%} wrong answers"
    )
    yield Finding("G16", what, f"{before / 1024:.1f} -> {after / 1024:.1f} MiB, {growth:+.1f} %", "+5 %", growth < 5)
    files = [each[2] for each in warm]
    before, after = (statistics.median(each[2] for each in some) for some in (first, last))
    figure = f"{before:.0f} -> {after:.0f}, from {min(files)} to {max(files)}"
    yield Finding("G16", "open files besides connections", figure, "constant", before == after)
    rate = max(asked) / seconds
    what = f"requests of a profile ({', '.join(map(str, asked))} in all, {sum(wrong)} answered wrongly)"
    yield Finding("G16", what, f"{rate:.2f} a second", "1 a second", rate <= 1)
    what = f"defects and complaints; requests ended {_counted(facts['intents'])}"
    yield Finding("G16", what, str(len(told.complaints)), "0", not told.complaints)
    figure = f"{facts['kept_longest_ms']} ms, p99 {facts['kept_p99_ms']}"
    figure += f" (with the waits for a processor {facts['longest_ms']} ms, p99 {facts['p99_ms']})"
    what = f"the longest gap of {facts['beats']:,} heartbeats meanwhile"
    yield Finding(
        "G16", what, figure, "200 ms, p99 100", facts["kept_longest_ms"] <= 200 and facts["kept_p99_ms"] <= 100
    )


def _counted(intents: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(intents.items())) or "none"
