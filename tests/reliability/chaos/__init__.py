"""CHAOS: several things go wrong at once, hundreds of times, and what the program says stays true.

Every run is a scenario and a seed; both are printed for each run that shows what must not be. To see one alone::

    python -m tests.reliability.chaos SCENARIO [SEED]
"""

import gc
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.reliability.finding import Finding, progress
from tests.reliability.ground import Ground, part_of

from .oracle import Verdict, Violation, judged, resting, unseen
from .plants import PLANTS
from .scenarios import SCENARIOS, Scenario
from .stand import Run
from .turned import TurnedLoop, run_turned

LEAST = 300
_UNTIDY = 50
"""After so many runs the collector is asked to clear up."""


def attacked(folder: Path, each: Scenario, seed: int) -> Run:
    """Run a scenario with a seed to its end."""
    runs: list[Run] = []

    async def story(loop: TurnedLoop) -> None:
        run = Run(folder, loop, f"{each.name} {seed}")
        runs.append(run)
        await each.story(run)
        await run.end()

    run_turned(story, each.grace)
    return runs[0]


def measure(ground: Ground) -> Iterator[Finding]:
    """Attack, have the oracle judge each run, and show that each of its verdicts can be given."""
    found: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    unknown, hidden, states, runs, acted = Counter[str](), 0, Counter[str](), 0, 0
    for each in SCENARIOS:
        for seed in range(part_of(each.seeds)):
            run = attacked(ground.folder / f"chaos-{each.name}-{seed}", each, seed)
            violations = judged(run.evidence, run.service.estate)
            _tell(each, seed, violations)
            for verdict in {violation.verdict for violation in violations}:
                found[verdict].append(f"{each.name} {seed}")
            unknown += resting(run.evidence)
            hidden += unseen(run.evidence)
            states.update(str(row.intent.state) for row in run.evidence.rows)
            acted += sum(bool(post.made) for post in run.evidence.posts)
            runs += 1
            if runs % _UNTIDY == 0:
                gc.collect()
        progress(f"{each.name}: {each.seeds} runs")
    progress(f"at the end: {dict(states)}; unknown: {dict(unknown)}")
    least = part_of(LEAST)
    what = f"attacked runs of {len(SCENARIOS)} scenarios with {sum(states.values())} requests, {acted} carried out"
    yield Finding("CHAOS", what, str(runs), f"{least}", runs >= least)
    for verdict, where in found.items():
        yield Finding("CHAOS", f"runs with: {verdict}", str(len(where)), "0", not where)
    why = ", ".join(f"{count} {note}" for note, count in unknown.most_common())
    yield Finding("CHAOS", f"requests that stay unknown: {why}", str(sum(unknown.values())), "counted", True)
    yield Finding("CHAOS", "not found as no answer could show them in half an hour", str(hidden), "counted", True)
    yield from _self_check(ground)


def _self_check(ground: Ground) -> Iterator[Finding]:
    """Plant what each verdict is about into a run, and have it judged."""
    blind = []
    for plant in PLANTS:
        run = attacked(ground.folder / f"chaos-plant-{plant.name}", plant, 0)
        if {each.verdict for each in judged(run.evidence, run.service.estate)} != {plant.verdict}:
            blind.append(plant.name)
    missing = [str(each) for each in Verdict if each not in {plant.verdict for plant in PLANTS}]
    figure = f"{len(PLANTS) - len(blind)} of {len(PLANTS)}" + "".join(f", not {each}" for each in blind + missing)
    yield Finding("CHAOS", "wrongs planted into a run that the oracle calls by their name", figure, "all", not blind)


def _tell(each: Scenario, seed: int, violations: Sequence[Violation]) -> None:
    for violation in violations:
        print(f"{each.name} {seed}: {violation.verdict}: {violation.why}", file=sys.stderr, flush=True)
