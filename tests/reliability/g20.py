"""G20: bugs that are planted on purpose turn the quick tests red, each one; it says whether the other figures count."""

import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .finding import Finding, progress
from .ground import ROOT, Ground, run

PLANTED = Path(__file__).parent / "planted"
_COPIED = ("cbr_desktop", "tests", "pyproject.toml")
_ELSEWHERE = {"TZ": "Asia/Kolkata"}
"""The tests run where local time is not UTC, as an operator does: there a mistaken one is seen."""
_SECONDS = 300.0
_RED = 1
"""What pytest ends with when tests failed; when it could not run them, it ends with another code."""


@dataclass(frozen=True)
class Plant:
    """A bug as a small edit of one file, and the tests that must see it."""

    name: str
    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def planted(self, text: str) -> str:
        """Return ``text`` with the bug; ``ValueError`` unless its place is there, once."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: its place is found {text.count(self.old)} times in {self.file}")
        return text.replace(self.old, self.new)


def plants() -> list[Plant]:
    """Return all bugs there are to plant."""
    found = []
    for path in sorted(PLANTED.glob("*.toml")):
        with path.open("rb") as file:
            said = tomllib.load(file)
        found.append(Plant(path.stem, said["what"], said["file"], said["old"], said["new"], tuple(said["tests"])))
    return found


def measure(ground: Ground) -> Iterator[Finding]:
    """Run the tests on a copy as it is, then on copies with one bug each, two at a time."""
    bugs = plants()
    tests = sorted({test for bug in bugs for test in bug.tests})
    code, said = _tested(ground, None, tests)
    print(said if code else "", file=sys.stderr)
    summary = said.strip().splitlines()[-1] if said.strip() else ""
    yield Finding("G20", "the tests of the planted bugs, without a bug", summary[:40], "all passed", code == 0)
    with ThreadPoolExecutor(2) as workers:
        results = list(workers.map(lambda bug: _caught(ground, bug), bugs))
    missed = [bug.name for bug, is_caught in zip(bugs, results, strict=True) if not is_caught]
    figure = f"{sum(results)} of {len(bugs)} caught" + (f", not {', '.join(missed)}" if missed else "")
    yield Finding("G20", "planted bugs, one at a time", figure, "all caught", not missed)


def _caught(ground: Ground, bug: Plant) -> bool:
    code, said = _tested(ground, bug, bug.tests)
    seen = re.search(r"^FAILED (\S+)", said, re.MULTILINE)
    progress(f"{'caught' if code == _RED else f'NOT CAUGHT ({code})'}: {bug.what} [{seen[1] if seen else ''}]")
    if code not in (0, _RED):
        print(said[-2000:], file=sys.stderr)
    return code == _RED


def _tested(ground: Ground, bug: Plant | None, tests: Sequence[str]) -> tuple[int, str]:
    """Run tests on a copy of the tree, with a bug planted in it; return pytest's exit code and its words."""
    home = ground.home()
    copy = home.folder / "tree"
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    if bug is not None:
        file = copy / bug.file
        file.write_text(bug.planted(file.read_text("utf-8")), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", *(["-x"] if bug else []), f"--rootdir={copy}"]
    command += [f"--config-file={copy / 'pyproject.toml'}", *(str(copy / test) for test in tests)]
    more = {**_ELSEWHERE, "PYTHONPATH": str(copy), "PATH": os.environ["PATH"]}
    done = run(command, home, more, _SECONDS, started_in=copy)
    shutil.rmtree(copy)
    return done.code, done.out + done.err
