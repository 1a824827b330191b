"""What the packages are called and where they are made: facts that every kind of package shares."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
WORK = ROOT / "build" / "package"
"""What comes between the sources and the packages; it can be thrown away."""
PACKAGES = ROOT / "build" / "packages"
"""Where the finished packages are laid."""

NAME = "cbr-desktop"
TITLE = "CBR Desktop"
SUMMARY = "Operate Cloud Backup and Recovery vaults"
COMPONENT = "org.cbr.Desktop"
"""The name that software centres know the program by."""
MIME_TYPE = "application/vnd.cbr.request+json"
LICENCE = "Apache-2.0"
DESCRIPTION = (
    "CBR Desktop shows vaults, resources and tasks of Cloud Backup and Recovery, the backup service of Huawei Cloud, "
    "Open Telekom Cloud and others that run the same interface.",
    "It builds a checkpoint with everything that can be known beforehand, sends it once, and follows it until every "
    "resource has ended. A demo cloud is built in.",
)
"""What the program is for, one paragraph after the other."""


QUICK_VARIABLE = "CBR_DESKTOP_QUICK"


def pressed(most: str, quick: str) -> str:
    """Return how hard a packer is to press: ``most``, or ``quick`` for tries, when the variable is set."""
    return quick if os.environ.get(QUICK_VARIABLE) else most


def version() -> str:
    """The version, from the one place that has it."""
    text = (ROOT / "cbr_desktop" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError("cbr_desktop/__init__.py names no version")
    return found[1]


FIXED_EPOCH = 1_700_000_000
"""The time, in seconds, of packages whose sources have no history."""


def epoch() -> int:
    """The time that everything in a package bears, in seconds: SOURCE_DATE_EPOCH, or the time of the last commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    git = shutil.which("git")
    if git is None:
        return FIXED_EPOCH
    command = [git, "-C", str(ROOT), "log", "-1", "--format=%ct"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else FIXED_EPOCH


def environment() -> dict[str, str]:
    """The environment of every tool: one time, one locale, and no order that comes by chance."""
    here = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG"))}
    # programs of the environment that this runs in are found first
    path = os.pathsep.join([str(Path(sys.executable).parent), here.get("PATH", os.defpath)])
    fixed = {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC", "SOURCE_DATE_EPOCH": str(epoch())}
    return {**here, **fixed, "PATH": path}


def run(*command: str | Path, cwd: Path = ROOT, **more: str) -> str:
    """Run a tool and return what it prints; what it complains of is shown when it fails. ``more`` is environment."""
    words = [str(word) for word in command]
    surroundings = {**environment(), **more}
    done = subprocess.run(words, cwd=cwd, env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-4000:], sep="\n", file=sys.stderr)
        raise SystemExit(f"{words[0]} ended with {done.returncode}.")
    return done.stdout
