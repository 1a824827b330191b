"""GIANTS: the tests in ``giants`` pass, which are too big or wait too long for the quick suite."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from .finding import Finding
from .ground import ROOT, Ground, run

GIANTS = Path(__file__).parent / "giants"
_SECONDS = 1200.0


def measure(ground: Ground) -> Iterator[Finding]:
    """Run the tests on this tree, one after the other."""
    done = run([sys.executable, "-m", "pytest", "-q", str(GIANTS)], ground.home(), seconds=_SECONDS, started_in=ROOT)
    print(done.out + done.err if done.code else "", file=sys.stderr)
    summary = re.findall(r"^\d+ \w+.* in ", done.out, re.MULTILINE)
    figure = summary[-1].removesuffix(" in ") if summary else f"pytest ended with {done.code}"
    yield Finding("GIANTS", "tests with giants and long waits", figure, "all passed", done.code == 0)
