"""What the benchmarks stand on: a folder, programs as fresh processes, and pages of a generated cloud."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.paths import HOME_VARIABLE, Places, places
from cbr_desktop.storage.profiles import keep_for_the_start
from cbr_desktop.storage.tomlprofiles import TomlProfiles

from . import estate

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent / "programs"
BUNDLE = ROOT / "build" / "package" / "bundle" / "cbr-desktop" / "cbr-desktop"
"""The program of the bundle, where one was built with ``packaging/bootstrap.py package``."""
CLOSED = "http://127.0.0.1:9"
"""An endpoint where nobody listens."""


@dataclass
class Ground:
    """A folder of this run alone. ``quick`` asks for fewer repeats and, where it says so, for less work."""

    folder: Path
    quick: bool

    @cached_property
    def vault_pages(self) -> list[bytes]:
        """10,000 vaults of 5 resources each."""
        return estate.vault_pages(10_000)

    @cached_property
    def backup_pages(self) -> list[bytes]:
        """100,000 backups, or 20,000 when it has to be quick."""
        return estate.backup_pages(20_000 if self.quick else 100_000)

    def backup_sample(self, pages: int) -> list[bytes]:
        """As many pages of backups as are asked for, of a list that has no more."""
        return estate.backup_pages(1000 * pages)

    @cached_property
    def home(self) -> Places:
        """A home with one profile that leads nowhere and a cache of 10,000 vaults."""
        here = places({HOME_VARIABLE: str(self.folder / "home")})
        here.make()
        profile = profile_to(CLOSED)
        TomlProfiles(here.profiles_file).save(profile)
        keep_for_the_start(here.profiles_file, here.kept_profiles_file)  # as any start before leaves it
        cache = SqliteCache(here.cache_file(profile))
        cache.keep_vaults(estate.vault_listing(self.vault_pages))
        cache.close()
        return here

    @contextmanager
    def leading_to(self, url: str) -> Iterator[None]:
        """Let the profile of the home lead to ``url`` for a while."""
        TomlProfiles(self.home.profiles_file).save(profile_to(url))
        try:
            yield
        finally:
            TomlProfiles(self.home.profiles_file).save(profile_to(CLOSED))

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a fresh program: unseen, compiled, and with nothing of this user."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        unseen = {"QT_QPA_PLATFORM": "offscreen", **({"LC_ALL": "C.UTF-8"} if sys.platform == "linux" else {})}
        # everything is compiled at the first run, as an installation is
        compiled = {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(self.folder / "compiled")}
        return {**kept, **unseen, **compiled, HOME_VARIABLE: str(self.folder / "home"), **more}

    def run(self, program: str, *arguments: str, **more: str) -> str:
        """Run one of ``programs`` to its end, with ``more`` in its environment, and return what it prints."""
        command = [sys.executable, str(PROGRAMS / f"{program}.py"), *arguments]
        done = subprocess.run(command, env=self.environment(**more), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout


def profile_to(url: str) -> Profile:
    """Return a profile of a cloud at ``url``."""
    return Profile(
        "Bench",
        iam_endpoint=url,
        cbr_endpoint=url,
        project="eu-de_prod",
        user="operator",
        domain="demo",
        read_only=False,
    )


@contextmanager
def ground(quick: bool) -> Iterator[Ground]:
    """Lend a ground and clear it away."""
    with tempfile.TemporaryDirectory(prefix="cbr-bench-", ignore_cleanup_errors=True) as folder:
        yield Ground(Path(folder), quick)


@contextmanager
def simulator(ground: Ground, *arguments: str) -> Iterator[str]:
    """Serve a demo cloud, or the generated one that is asked for, from another process; yield its URL."""
    command = [sys.executable, "-m", "cbr_desktop", "simulator", *arguments]
    pipes = {"stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=ground.environment(), **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process.stdout.readline().split(" at ")[1].split()[0]
        finally:
            process.terminate()
