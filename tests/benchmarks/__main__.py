"""Runs the benchmarks: ``python -m tests.benchmarks [P1 P3 ...] [--quick] [--json FILE]``.

Nothing here fails because something is slow; the words "reached" and "missed" are all there is.
"""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

from . import p1, p2, p3, p4, p5, p6, p6d, p7, p7b, p8, p9, p10, p11, p12, p13
from .ground import ground
from .measure import Comparison, say, table

GOALS = {
    "P1": p1,
    "P2": p2,
    "P3": p3,
    "P4": p4,
    "P5": p5,
    "P6": p6,
    "P6D": p6d,
    "P7": p7,
    "P7B": p7b,
    "P8": p8,
    "P9": p9,
    "P10": p10,
    "P11": p11,
    "P12": p12,
    "P13": p13,
}


def main() -> int:
    options = _options()
    began = time.monotonic()
    say(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors, {_load()}")
    found: list[Comparison] = []
    with ground(options.quick) as here:
        for name in options.goals or GOALS:
            say(f"\n{GOALS[name].TITLE}")
            comparisons = GOALS[name].measure(here)
            say(table(comparisons))
            found += comparisons
    say(f"{time.monotonic() - began:.0f} s, {_load()}\n")
    for each in found:
        if each.limit is not None:
            say(f"{each.goal}  {each.verdict:8} {each.ours.what} / {each.anchor.what}: {each.number:.2f}")
    if options.json:
        options.json.write_text(json.dumps([each.record() for each in found], indent=2), encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("goals", metavar="GOAL", nargs="*", type=str.upper, help=f"one of {', '.join(GOALS)}")
    parser.add_argument("--quick", action="store_true", help="fewer repeats, and less work where it is said")
    parser.add_argument("--json", metavar="FILE", type=Path, help="where to write all measurements")
    options = parser.parse_args()
    unknown = set(options.goals) - set(GOALS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(GOALS)}")
    return options


def _load() -> str:
    """Say what else the machine is doing."""
    return "load {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()) if hasattr(os, "getloadavg") else "load not known"


if __name__ == "__main__":
    sys.exit(main())
