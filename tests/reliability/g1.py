"""G1: ten thousand spoilt replies end as errors of the program, in time, and leave the memory as it was."""

import json
import sys
from collections.abc import Iterator
from typing import Any

from .finding import Finding, progress
from .ground import Ground, part_of, program, run

REPLIES, SEED = 10_000, 1
_SECONDS = 1500.0


def measure(ground: Ground) -> Iterator[Finding]:
    """Let a program of its own read spoilt replies through the true stack; it may die of them, this one must not."""
    replies = part_of(REPLIES)
    done = run(program("fuzzing", str(replies), str(SEED)), ground.home(), seconds=_SECONDS)
    print(done.err[-3000:], file=sys.stderr)
    yield Finding("G1", "ends of the program that reads them", str(done.code), "0", done.code == 0)
    told: dict[str, Any] = json.loads(done.out)
    progress(f"asked {told['asked']}; replies {told['kinds']}; ended {told['ended']}")
    print(*told["foreign"][:10], *told["hung"][:10], *told["denied"][:10], sep="\n", file=sys.stderr)
    what = f"spoilt replies to {len(told['asked'])} operations, {told['hanging']:,} of them never ending"
    yield Finding("G1", what, f"{told['replies']:,}", f"{replies:,}", told["replies"] >= replies * 0.99)
    yield _none(f"exceptions not of the program in {sum(told['asked'].values()):,} calls", told["foreign"])
    yield _none("replies waited for over the deadline and a second", told["hung"])
    yield _none("checkpoints called not made without a refusal that proves it", told["denied"])
    growth = told["after_mib"] - told["before_mib"]
    figure = f"{growth:+.1f} MiB, from {told['before_mib']:.0f}"
    yield Finding("G1", "resident memory after a fifth and at the end", figure, "+50 MiB", growth < 50)


def _none(what: str, found: list[str]) -> Finding:
    return Finding("G1", what, str(len(found)), "0", not found)
