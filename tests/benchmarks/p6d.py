"""P6D: how long every dialog holds the window up as it opens, and what is done in it while somebody looks at it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from .ground import PROGRAMS, Ground
from .measure import Comparison, Limit, Series, progress

TITLE = "P6D  every dialog: opened first, opened again, and used"
_SIZES = {
    "1,000 vaults, 5,000 backups, 5,000 servers in no vault": ("1000", "5000", "5000"),
    "10,000 vaults, 100,000 backups, 2,000 servers in no vault": ("10000", "100000", "2000"),
}
_BOUND = 33


def measure(ground: Ground) -> list[Comparison]:
    """Open every dialog of the program with a cloud in another process; the large one when there is time for it.

    With the large one each is opened once, and what it reads is not waited for: the small one tells of that.
    """
    compared = []
    for words, counts in _SIZES.items():
        if ground.quick and compared:
            continue
        progress(words)
        with _cloud(ground, *counts) as url, ground.leading_to(url):
            more = {"CBR_BENCH_ONCE": "1"} if compared else {}
            said = ground.run("dialogs", "--profile", "Bench", CBR_DESKTOP_PASSWORD="demo", **more)
            told = [line.split() for line in said.splitlines()]
        for what, gap, most, _call in told:
            ours = Series(f"{what}, most work at one go", [float(most)])
            anchor = Series("and with what else the machine did", [float(gap)])
            limit = None if what.startswith("reading:") else Limit("value", _BOUND)
            compared.append(Comparison("P6D", "ms", ours, anchor, limit, words))
    return compared


@contextmanager
def _cloud(ground: Ground, *counts: str) -> Iterator[str]:
    """Serve a cloud with much to show from another process; yield its URL."""
    command = [sys.executable, str(PROGRAMS / "dialog_cloud.py"), *counts]
    with subprocess.Popen(command, env=ground.environment(), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # it is a pipe
            yield process.stdout.readline().split(" at ")[1].strip()
        finally:
            process.terminate()
