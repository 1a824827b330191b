"""Measures what must hold when things go wrong: ``python -m tests.reliability [G5 G7 ...]``.

All of it goes over the loopback and into a folder that is cleared away. It ends with 0 only if every goal is reached.
"""

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType

from . import (
    branches,
    chaos,
    g1,
    g2,
    g3,
    g4,
    g5,
    g6,
    g7,
    g8,
    g9,
    g10,
    g11,
    g12,
    g13,
    g14,
    g15,
    g16,
    g17,
    g18,
    g19,
    g20,
    g21,
    g23,
    g24,
    giant_tests,
)
from .finding import Finding, progress, say, table
from .ground import Ground, ground

GOALS = {
    "G1": g1,
    "G2": g2,
    "G3": g3,
    "G4": g4,
    "G5": g5,
    "G6": g6,
    "G7": g7,
    "G8": g8,
    "G9": g9,
    "G10": g10,
    "G11": g11,
    "G12": g12,
    "G13": g13,
    "G14": g14,
    "G15": g15,
    "G16": g16,
    "G17": g17,
    "G18": g18,
    "G19": g19,
    "G20": g20,
    "G21": g21,
    "G23": g23,
    "G24": g24,
    "BRANCHES": branches,
    "CHAOS": chaos,
    "GIANTS": giant_tests,
}

Measure = Callable[[Ground], Iterator[Finding]]


def main() -> int:
    names = _names()
    found: list[Finding] = []
    with ground() as here:
        for name in names:
            progress(f"{name}: {GOALS[name].__doc__.splitlines()[0]}")
            for each in _measured(name, GOALS[name], here):
                progress(f"{each.verdict}: {each.what}: {each.figure} ({each.limit}), {each.seconds:.1f} s")
                found.append(each)
    say(table(found))
    missed = [each for each in found if not each.reached]
    say(f"\n{len(found) - len(missed)} of {len(found)} reached in {sum(each.seconds for each in found):.0f} s")
    return 1 if missed else 0


def _measured(name: str, goal: ModuleType, here: Ground) -> Iterator[Finding]:
    """Yield what a goal finds, with its time; a measurement that breaks off is a goal that is missed."""
    began = time.monotonic()
    try:
        for each in goal.measure(here):
            yield replace(each, seconds=time.monotonic() - began)
            began = time.monotonic()
    except Exception as error:
        traceback.print_exc()
        figure = f"{type(error).__name__}: {error}".splitlines()[0][:60]
        yield Finding(name, "it could not be measured to the end", figure, "a figure", False, time.monotonic() - began)


def _names() -> list[str]:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("goals", metavar="GOAL", nargs="*", type=str.upper, help=f"one of {', '.join(GOALS)}")
    names: list[str] = parser.parse_args().goals
    unknown = set(names) - set(GOALS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(GOALS)}")
    return names or list(GOALS)


if __name__ == "__main__":
    sys.exit(main())
