"""What the measurements stand on: a folder of this run alone, and the program as a fresh process in it."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from cbr_desktop.storage.paths import HOME_VARIABLE, Places, places

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent / "programs"
PATIENCE_SECONDS = 120.0
"""How long any one process may take; a goal is missed when it takes longer."""

PART_VARIABLE = "CBR_RELIABILITY_PART"
"""How much of the long measurements is done, from 0 to 1; the figures that count are those of the whole."""

_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")


def part_of(whole: int) -> int:
    """Return how much of ``whole`` is done in this run, at least one."""
    return max(1, round(whole * float(os.environ.get(PART_VARIABLE, "1"))))


@dataclass(frozen=True)
class Home:
    """A user's folders, all under one: home, temporary files, the program's own, and where it was started."""

    folder: Path

    @property
    def user(self) -> Path:
        """The home folder."""
        return self.folder / "user"

    @property
    def temporary(self) -> Path:
        """Where temporary files go."""
        return self.folder / "tmp"

    @property
    def started_in(self) -> Path:
        """The working folder, into which a core file would fall."""
        return self.folder / "cwd"

    @property
    def own(self) -> Path:
        """The root of the program's own folders."""
        return self.folder / "program"

    @property
    def places(self) -> Places:
        """The program's own folders and files."""
        return places({HOME_VARIABLE: str(self.own)})

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a program that is unseen and knows nothing of whoever runs this."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        unseen = {"QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
        folders = {"HOME": self.user, "TMPDIR": self.temporary, HOME_VARIABLE: self.own, "PYTHONPATH": ROOT}
        compiled = {"PYTHONPYCACHEPREFIX": str(self.folder.parent / "compiled")}
        return {**kept, **unseen, **{name: str(path) for name, path in folders.items()}, **compiled, **more}


@dataclass(frozen=True)
class Done:
    """How a process ended: its exit code, negative for a signal, and all that it said."""

    code: int
    out: str
    err: str


@dataclass
class Ground:
    """A folder of this run alone."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def home(self) -> Home:
        """Return a home that nobody has lived in; several threads may ask for one."""
        home = Home(self.folder / f"home-{next(self._numbers)}")
        for each in (home.user, home.temporary, home.started_in):
            each.mkdir(parents=True)
        home.places.make()
        return home


def program(name: str, *arguments: str) -> list[str]:
    """Return the command of one of ``programs``."""
    return [sys.executable, str(PROGRAMS / f"{name}.py"), *arguments]


def cbr_desktop(*arguments: str) -> list[str]:
    """Return a command of the program itself."""
    return [sys.executable, "-m", "cbr_desktop", *arguments]


def run(
    command: Sequence[str],
    home: Home,
    more: Mapping[str, str] | None = None,
    seconds: float = PATIENCE_SECONDS,
    started_in: Path | None = None,
) -> Done:
    """Run a command in a home to its end; one that hangs is killed with all that it started, and ``code`` tells."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(  # type: ignore[call-overload]
        command,
        env=home.environment(**(more or {})),
        cwd=started_in or home.started_in,
        start_new_session=True,
        **pipes,
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
    return Done(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


async def ended(child: asyncio.subprocess.Process, seconds: float, given: bytes | None = None) -> tuple[bytes, bytes]:
    """Return what a child says and complains of until it ends; one that hangs is killed (``TimeoutError``)."""
    try:
        async with asyncio.timeout(seconds):
            return await child.communicate(given)
    finally:
        if child.returncode is None:
            child.kill()


@contextmanager
def ground() -> Iterator[Ground]:
    """Lend a ground and clear it away."""
    with tempfile.TemporaryDirectory(prefix="cbr-reliability-", ignore_cleanup_errors=True) as folder:
        yield Ground(Path(folder))
