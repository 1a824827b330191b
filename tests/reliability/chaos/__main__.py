"""Runs one scenario, with one seed or all of its own: ``python -m tests.reliability.chaos SCENARIO [SEED]``."""

import sys
import time
from collections import Counter

from tests.reliability.ground import ground

from . import attacked
from .oracle import judged, resting
from .plants import PLANTS
from .scenarios import SCENARIOS


def main() -> int:
    """Show what becomes of the requests of each run, and every verdict."""
    name, *seeds = sys.argv[1:] or [""]
    known = [each for each in [*SCENARIOS, *PLANTS] if name in ("", each.name)]
    wrong = 0
    with ground() as here:
        for each in known:
            for seed in map(int, seeds) if seeds else range(each.seeds):
                began = time.monotonic()
                run = attacked(here.folder / f"{each.name}-{seed}", each, seed)
                violations = judged(run.evidence, run.service.estate)
                wrong += bool(violations)
                states = dict(Counter(str(row.intent.state) for row in run.evidence.rows))
                seconds = time.monotonic() - began
                print(f"{each.name} {seed}: {states} {dict(resting(run.evidence))}, {seconds:.2f} s")
                for violation in violations:
                    print(f"    {violation.verdict}: {violation.why}")
                for told in run.evidence.told if seeds else ():
                    print(
                        f"    {told.at:%d %H:%M:%S} {told.sender} {told.id[:8]} {told.state}, executed {told.executed}"
                    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
