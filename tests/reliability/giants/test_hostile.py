"""Text of others by the megabyte, and whether anybody looks for what it names: all windows shown, traced and timed."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cbr_desktop.ui.shell.window import MainWindow
from tests.ui import estate, hostile
from tests.ui.test_hostile import FILLERS, LONG, MARKS, UNSEEN, every_text_is_one_line_in_which_everything_is_seen

ROOT = Path(__file__).parents[3]
HUGE = 10_000_000
pytestmark = pytest.mark.timeout(240)


def traced(folder: Path, *arguments: str) -> str:
    """Show the hostile estate under strace; return what files were opened and what was connected to."""
    log = folder / "trace"
    command = ["strace", "-f", "-e", "trace=open,openat,openat2,stat,newfstatat,connect", "-o", str(log)]
    command += [sys.executable, "-m", "tests.ui.hostile", str(folder / "CANARY.png"), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    assert "windows" in done.stdout
    return log.read_text("utf-8", "replace")


def can_trace() -> bool:
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="strace is a program of Linux")
def test_fault_65_no_picture_is_looked_for_and_no_host_is_asked(tmp_path: Path) -> None:
    if not can_trace():
        pytest.skip("strace is not here, or may not trace")
    trace = traced(tmp_path)
    calls = [line for line in trace.splitlines() if "CANARY" in line]
    assert not calls
    assert "AF_INET" not in trace
    assert "PySide6" in trace
    assert "CANARY.png" in traced(tmp_path, "--unsafe")


@pytest.mark.parametrize(
    "name",
    [" ".join(UNSEEN), FILLERS, MARKS, "R&D", LONG],
    ids=["unseen", "nothing but fillers", "marks", "ampersand", "long"],
)
def test_fault_66_a_name_of_each_kind_is_one_line_in_which_everything_is_seen(qtbot: QtBot, name: str) -> None:
    every_text_is_one_line_in_which_everything_is_seen(hostile.shown(qtbot, name))


def test_fault_66_ten_million_letters_slow_nothing(qtbot: QtBot) -> None:
    begin = time.process_time()
    windows = hostile.shown(qtbot, "é" * HUGE)
    assert time.process_time() - begin < 60  # 11 s for ten gigabytes of text in fourteen windows
    for one, text in hostile.texts(windows):
        assert len(text) <= 2100, one


def test_fault_66_two_hundred_thousand_marks_on_a_letter_are_cut(qtbot: QtBot) -> None:
    windows = hostile.shown(qtbot, "a" + "\u0301" * 200_000)
    for one, text in hostile.texts(windows):
        assert "\u0301" * 9 not in text, one


def test_fault_66_one_name_of_ten_million_letters_is_not_felt(qtbot: QtBot) -> None:
    workspace = estate.workspace()
    vaults = [*estate.vaults(), estate.vault(20, "é" * HUGE, 1, 10)]
    window = MainWindow(workspace)
    window._may_close = True
    qtbot.addWidget(window)
    window.show()
    begin = time.process_time()
    estate.ledger(workspace).put_vaults(estate.Listing(vaults, estate.NOW))
    page = window.current_page()
    page._take()
    page.view.grab()
    page.filter.setText("web")
    page._apply_filter()
    page.clear_filter()
    page.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    page.view.grab()
    page.view.keyboardSearch("v")
    assert time.process_time() - begin < 2
