"""G24: a batch of deletions, some refused and some lost, ends in a report that is true, also after a restart."""

import sys
from collections.abc import Iterator

from .batches import told_truly
from .finding import Finding
from .ground import Ground, part_of

RUNS, DELETIONS = 100, 500
_REFUSED, _LOST = 3, 2


def measure(ground: Ground) -> Iterator[Finding]:
    """Delete five hundred backups again and again; which of them are refused, lost or lost and done is drawn anew."""
    runs = part_of(RUNS)
    good = 0
    for seed in range(runs):
        problems = told_truly(ground.home().folder, DELETIONS, refused=_REFUSED, lost=_LOST, seed=seed)
        print(*problems, sep="\n", file=sys.stderr)
        good += not problems
    what = f"{runs} batches of {DELETIONS} deletions, {_REFUSED} refused and {_LOST} of unknown outcome: true reports"
    yield Finding("G24", what, str(good), str(runs), good == runs)
