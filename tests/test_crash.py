"""Crashes: a report without values, nothing of the memory on the disk, and a next start that knows."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from cbr_desktop.crash import REPORT, last_crash
from cbr_desktop.logs import Log
from cbr_desktop.runtime import Leaving, outline, run

ROOT = Path(__file__).parents[1]
CANARY = "canary-7Hq2-Zz"
BODY = '{"checkpoint": {"name": "nightly", "vault_id": "' + CANARY + '"}}'

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX rights, limits and signals")

PROGRAM = """
import faulthandler, os, signal, sys
from pathlib import Path
from cbr_desktop.crash import CrashWatch

def work(password):
    body = '{"checkpoint": "' + password + '"}'
    headers = {"X-Auth-Token": password}
    if sys.argv[2] == "abort":
        os.abort()
    if sys.argv[2] == "segv":
        faulthandler._sigsegv()
    if sys.argv[2] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[2] == "ask":
        import ctypes, resource
        print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))

watch = CrashWatch(Path(sys.argv[1]))
print(repr(watch.before))
sys.stdout.flush()
work("<canary>")
watch.close()
"""


def start(folder: Path, how: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM.replace("<canary>", CANARY)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([*command, str(folder), how], env=environment, capture_output=True, text=True, timeout=30)


@posix
@pytest.mark.parametrize(("how", "number"), [("abort", signal.SIGABRT), ("segv", signal.SIGSEGV)])
def test_fault_75_the_next_start_knows_of_a_crash_and_its_report_holds_no_values(
    tmp_path: Path, how: str, number: int
) -> None:
    folder = tmp_path / "logs"
    died = start(folder, how)
    assert died.returncode == -number
    (running,) = folder.iterdir()
    assert stat.S_IMODE(running.stat().st_mode) == 0o600
    after = start(folder, "leave")
    assert "in work" in after.stdout
    assert "Fatal Python error" in last_crash(folder)
    report = last_crash(folder)
    assert not [word for word in (CANARY, "checkpoint", "X-Auth-Token") if word in report + died.stderr + after.stdout]
    # it is told once, and kept for whoever wants to read it
    assert start(folder, "leave").stdout == "''\n"
    assert [file.name for file in folder.iterdir()] == [REPORT]
    assert stat.S_IMODE((folder / REPORT).stat().st_mode) == 0o600
    assert not list(ROOT.glob("core*"))


@posix
def test_fault_75_nothing_of_the_memory_is_dumped_or_read_by_others(tmp_path: Path) -> None:
    limits = "(0, 0)"
    dumpable = {"linux": "0"}.get(sys.platform, "-1")
    assert start(tmp_path, "ask").stdout.splitlines()[1] == f"{limits} {dumpable}"


@posix
def test_fault_75_who_is_killed_from_outside_did_not_crash(tmp_path: Path) -> None:
    assert start(tmp_path, "kill").returncode == -signal.SIGKILL
    assert start(tmp_path, "leave").stdout == "''\n"
    assert last_crash(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []


@posix
def test_fault_75_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = start(tmp_path / "file", "leave")
    assert (ended.returncode, ended.stderr) == (0, "")


def failing(secret: str) -> None:
    headers = {"X-Auth-Token": secret}
    raise LookupError(f"bad answer: {BODY}\nX-Auth-Token: {headers['X-Auth-Token']}")


class Failing:
    """Fails while it is taken apart."""

    def __repr__(self) -> str:
        return f"Failing({CANARY})"

    def __del__(self) -> None:
        failing(CANARY)


def test_fault_75_errors_that_nobody_caught_are_logged_without_values_and_the_program_goes_on(
    qapp: QApplication, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = Log(tmp_path / "cbr-desktop.log")

    async def crash() -> None:
        failing(CANARY)

    async def main(_leaving: Leaving) -> bool:
        QTimer.singleShot(0, lambda: failing(CANARY))
        task = asyncio.get_running_loop().create_task(crash())
        thread = threading.Thread(target=failing, args=(CANARY,))
        thread.start()
        thread.join()
        Failing()
        await asyncio.sleep(0.01)
        del task
        await asyncio.sleep(0.01)
        return True

    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    try:
        assert run(qapp, main)
    finally:
        log.close()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == hooks
    text = log.path.read_text(encoding="utf-8")
    assert text.count("A defect of this program") == 4
    assert text.count("LookupError: bad answer: …") == 4
    assert text.count("test_crash.py") >= 4
    for seen in (text, *capfd.readouterr()):
        assert not [word for word in (CANARY, "checkpoint", "X-Auth-Token") if word in seen]


def test_the_outline_of_an_error_has_its_whole_chain_and_no_values() -> None:
    try:
        try:
            failing(CANARY)
        except LookupError as error:
            raise ExceptionGroup("two", [ValueError(f"'{CANARY * 3}'"), OSError(5, "disk")]) from error
    except ExceptionGroup as error:
        text = outline(error)
    ends = [line for line in text.splitlines() if not line.startswith("  ")]
    assert ends[-1].startswith("ExceptionGroup: two")
    assert "LookupError: bad answer: …" in ends
    assert "ValueError: …" in ends
    assert "OSError: …" in ends
    assert " in failing" in text
    assert CANARY not in text


def test_an_error_that_is_its_own_cause_ends() -> None:
    error = ValueError("x" * 39 + " " + "y" * 500)
    error.__context__ = KeyError()
    error.__context__.__context__ = error
    assert outline(error).splitlines() == ["KeyError", "then", f"ValueError: {'x' * 39} …"]


@posix
def test_fault_90_a_pipe_in_the_place_of_the_report_holds_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / REPORT)
    assert last_crash(tmp_path) == ""
