"""Secrets in a real Secret Service: a daemon of GNOME in an empty home, and what happens when it is of no use."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MISSING = [name for name in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(name) is None]

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's"),
    # where every check counts, what is missing is a failure
    pytest.mark.skipif(bool(MISSING) and not os.environ.get("CI"), reason=f"{' and '.join(MISSING)} is not here"),
]


def on_a_bus(folder: Path, step: str) -> Any:
    """Return what the program saw on a bus and in a home that nobody else has."""
    home = {"HOME": "home", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"}
    for name in home.values():
        (folder / name).mkdir(mode=0o700)
    environment = {name: str(folder / place) for name, place in home.items()}
    environment |= {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    command = ["dbus-run-session", "--", sys.executable, "-m", "tests.storage.secretservice", step]
    # the daemon's socket lies in it, whose path may have 107 bytes: that of the test's own folder can be longer
    with tempfile.TemporaryDirectory(prefix="run-") as run:
        environment["XDG_RUNTIME_DIR"] = run
        ended = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=50)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_a_password_goes_into_the_keyring_and_comes_back_after_a_restart(tmp_path: Path) -> None:
    seen = on_a_bus(tmp_path, "story")
    assert seen["keep"] == [True, ""]
    assert (seen["get"]["stored"], seen["get"]["problem"]) == (" k\u00e4se\n", "")
    assert seen["forget"] == ""
    assert (seen["gone"]["stored"], seen["gone"]["problem"]) == (None, "")
    # the desktop would ask for the keyring's password now; nobody is there, and the session goes on without
    locked = {"stored": None, "problem": "locked", "in_time": True, "turned": True, "typed": "typed"}
    assert seen["locked"] == locked
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"k\xc3\xa4se" in path.read_bytes()]


def test_fault_72_a_service_that_never_answers_keeps_nobody_waiting(tmp_path: Path) -> None:
    silent = {"stored": None, "problem": "no-answer", "in_time": True, "turned": True, "typed": "typed"}
    assert on_a_bus(tmp_path, "silence") == silent
