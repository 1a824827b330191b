"""A process of a user who owns nothing, for tests that root runs: the rights of files do not bind root."""

import functools
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

UNPRIVILEGED_ID = 65534
ROOT = Path(__file__).parents[1]


@functools.cache
def unprivileged_command() -> tuple[str, ...]:
    """Return what stands before a command of Python to run it as nobody, empty where that cannot be."""
    setpriv = shutil.which("setpriv")
    if os.name != "posix" or os.geteuid() != 0 or setpriv is None:
        return ()
    change = (setpriv, f"--reuid={UNPRIVILEGED_ID}", f"--regid={UNPRIVILEGED_ID}", "--clear-groups")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}"):
        try:
            tried = subprocess.run(
                (*change, python, "-c", "import PySide6.QtWidgets, httpx"),
                env=environment(Path("/nonexistent")),
                cwd="/",
                capture_output=True,
            )
        except OSError:
            continue
        if tried.returncode == 0:
            return (*change, python)
    return ()


def environment(home: Path | None, **more: str) -> dict[str, str]:
    """Return the environment of nobody's program: unseen, with this tree and this environment's libraries."""
    paths = os.pathsep.join((str(ROOT), sysconfig.get_path("purelib")))
    found = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
    found |= {"PYTHONDONTWRITEBYTECODE": "1"}
    return found | ({} if home is None else {"HOME": str(home)}) | more
