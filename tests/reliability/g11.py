"""G11: the program's files are their owner's alone, whatever the umask, while it works and afterwards."""

import sys
from collections.abc import Iterator

from .day import day, wide
from .finding import Finding
from .ground import Ground


def measure(ground: Ground) -> Iterator[Finding]:
    """Look at the rights of all that a day leaves in the program's own folders, and twenty times a second meanwhile."""
    for umask in (0o000, 0o022):
        today = day(ground, umask)
        found = today.wide | wide(today.home.own)
        for path, mode in found.items():
            print(f"{mode:o} {path}", file=sys.stderr)
        paths = list(today.home.own.rglob("*"))
        folders = sum(path.is_dir() for path in paths)
        what = f"a day with umask {umask:03o}: {len(paths) - folders} files and {folders} folders left"
        figure = f"{len(found)} wider than 0600 and 0700"
        yield Finding("G11", what, figure, "0", not found and not today.problems and bool(paths))
