#!/usr/bin/env python3
"""Tells in one table what became of each package when it was tried: the rows that both tries have left behind.

    tried.py        reads what is in $TRY_PACKAGES_FOLDER and $TRY_WINDOWS_FOLDER

A package passes a column when every row that belongs there has passed on every system, and a column without a row is
shown as one: nothing passes by not being tried.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

FOLDERS = (
    Path(os.environ.get("TRY_PACKAGES_FOLDER", "/var/tmp/cbr-try-packages")),  # noqa: S108 - of the tries, and stays
    Path(os.environ.get("TRY_WINDOWS_FOLDER", "/var/tmp/cbr-try-windows")),  # noqa: S108
)
LINUX, WINDOWS = ("deb", "rpm", "AppImage", "tar"), ("installer", "for all", "portable")
ENDINGS = {
    "deb": ".deb",
    "rpm": ".rpm",
    "AppImage": ".AppImage",
    "tar": ".tar.xz",
    "installer": ".exe",
    "for all": ".exe",
    "portable": ".zip",
}
COLUMNS = {
    "install": r"^(install|unpack)",
    "start": r"^start$|^the window opens|^picture$",
    "offscreen": r"^self-?test, (offscreen|unseen)",
    "on a screen": r"^self-?test(, (X11|Wayland)| on a screen)",
    "upgrade": r"^upgrade|kept$|untouched$",
    "remove": r"^remove|^only user data",
    "same bytes": r"same bytes$",
}
"""What the names of steps look like, after the kind of package, for each column."""


class Row(NamedTuple):
    """A step: the system it was taken on, its name, and whether it passed."""

    system: str
    name: str
    has_passed: bool


def rows_of(table: Path) -> list[Row]:
    """Return the rows of a table; there are none where a try has not come to its end."""
    found = []
    for line in table.read_text("utf-8").splitlines() if table.exists() else ():
        match = re.match(r"(\S+)\s+\S+\s+(.+?)\s+(passed|FAILED)\b", line)
        if match:
            found.append(Row(match[1], match[2], match[3] == "passed"))
    return found


def cell(rows: list[Row], kind: str, column: str) -> str:
    """Return what became of a column of a kind: the systems on which it passed, or FAILED, or that it was not tried."""
    wanted = re.compile(COLUMNS[column])
    here = [row for row in rows if belongs(row, kind, column) and wanted.search(row.name.removeprefix(f"{kind}: "))]
    if not here:
        return "NOT TRIED"
    if not all(row.has_passed for row in here):
        return "FAILED"
    return "+".join(dict.fromkeys(row.system for row in here))


def belongs(row: Row, kind: str, column: str) -> bool:
    """Tell whether a row is about a kind of package; what is built is compared all at once."""
    if column == "same bytes":
        return row.system in ("builds", "windows") and (row.system == "windows") == (kind in WINDOWS)
    return row.name.startswith(f"{kind}: ")


def matrix(linux: list[Row], windows: list[Row], sizes: dict[str, float]) -> tuple[list[str], bool]:
    """Return the lines of the table, and whether everything was tried and passed."""
    lines = ["".join(f"{head:18}" for head in ("package", "MB", *COLUMNS))]
    whole = all(row.has_passed for row in (*linux, *windows))
    for kind in (*LINUX, *WINDOWS):
        cells = [cell([*linux, *windows], kind, column) for column in COLUMNS]
        whole = whole and not {"FAILED", "NOT TRIED"} & set(cells)
        lines.append("".join(f"{text:18}" for text in (kind, f"{sizes.get(kind, 0):.1f}", *cells)).rstrip())
    passed = sum(row.has_passed for row in (*linux, *windows))
    lines.append(f"{passed} of {len(linux) + len(windows)} rows passed.")
    return lines, whole


def sizes_of(*folders: Path) -> dict[str, float]:
    """Return how many megabytes each kind takes in the folders of packages."""
    files = [path for folder in folders if folder.exists() for path in folder.iterdir()]
    return {
        kind: next((path.stat().st_size / 1e6 for path in files if path.name.endswith(ending)), 0.0)
        for kind, ending in ENDINGS.items()
    }


def main() -> int:
    """Print every row, and the table of the packages; return 0 when all of it was tried and passed."""
    linux, windows = (folder / "table" for folder in FOLDERS)
    for table in (linux, windows):
        print(table.read_text("utf-8") if table.exists() else f"{table} is not there.\n")
    sizes = sizes_of(*(folder / "new" / "build" / "packages" for folder in FOLDERS))
    lines, whole = matrix(rows_of(linux), rows_of(windows), sizes)
    print("\n".join(lines))
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
