"""G24: batches, some of each refused and some lost, end in reports that are true, also after a restart."""

import sys
from collections.abc import Iterator

from .batches import BACKUPS, TAGS, VAULTS, Asked, told_truly
from .finding import Finding
from .ground import Ground, part_of

RUNS, DELETIONS = 100, 500
_REFUSED, _LOST = 3, 2
_OTHERS = (("deletions of vaults", VAULTS, 40), ("changes of tags", TAGS, 100))
"""The batches of other kinds, with how many things each is of."""


def measure(ground: Ground) -> Iterator[Finding]:
    """Ask for several things again and again; which are refused, lost or lost and done is drawn anew."""
    yield _measured(ground, "deletions", BACKUPS, DELETIONS)
    for what, of, count in _OTHERS:
        yield _measured(ground, what, of, count)


def _measured(ground: Ground, what: str, of: Asked, count: int) -> Finding:
    runs, good = part_of(RUNS), 0
    for seed in range(runs):
        problems = told_truly(ground.home().folder, count, refused=_REFUSED, lost=_LOST, seed=seed, of=of)
        print(*problems, sep="\n", file=sys.stderr)
        good += not problems
    said = f"{runs} batches of {count} {what}, {_REFUSED} refused and {_LOST} of unknown outcome: true reports"
    return Finding("G24", said, str(good), str(runs), good == runs)
