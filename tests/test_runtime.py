"""The loop that serves Qt and asyncio: it turns for long, ends in order, and loses no error."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Awaitable, Callable, Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from cbr_desktop.runtime import OLD_SECONDS, Collector, Leaving, run

Story = Callable[[Leaving], Awaitable[object]]


def test_twenty_thousand_turns_keep_the_interpreter_whole(qapp: QApplication) -> None:
    """Some pairs of Python and PySide6 lose references with every timer and die after some thousand turns."""

    async def turn(_leaving: Leaving) -> int:
        before = sys.getrefcount(None)
        for _ in range(20_000):
            await asyncio.sleep(0)
        return sys.getrefcount(None) - before

    assert abs(run(qapp, turn)) < 5_000


def test_no_thread_but_the_loop_s_collects_garbage(qapp: QApplication) -> None:
    """A widget that is part of a cycle must not be destroyed in another thread: that ends in a deadlock with Qt."""
    destroyed_in: list[threading.Thread] = []

    class Garbage:
        def __init__(self) -> None:
            self.cycle = self

        def __del__(self) -> None:
            destroyed_in.append(threading.current_thread())

    def busy() -> None:
        kept = [[number] for number in range(200_000)]
        del kept

    async def main(_leaving: Leaving) -> None:
        Garbage()
        await asyncio.to_thread(busy)
        assert destroyed_in == []
        gc.collect()

    run(qapp, main)
    assert destroyed_in == [threading.main_thread()]


class Cycle:
    """Garbage once nobody has it, which only a collector can find."""

    def __init__(self) -> None:
        self.cycle = self


def grown_old() -> Cycle:
    """Return a cycle that was kept for so long that it is looked at seldom."""
    cycle = Cycle()
    gc.collect(1)
    return cycle


@pytest.fixture
def uncollected() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    gc.collect()
    yield
    if was_enabled:
        gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_garbage_is_collected_when_there_is_enough_of_it() -> None:
    collector = Collector(now=lambda: 0.0)
    for _ in range(2 * gc.get_threshold()[0]):
        Cycle()
    before = gc.get_count()[0]
    collector.collect_if_due()
    assert gc.get_count()[0] < before


@pytest.mark.usefixtures("uncollected")
def test_little_garbage_that_has_grown_old_goes_once_a_minute() -> None:
    """A quiet program reaches no threshold for hours; what it lets lie would be taken for a leak."""
    seconds = 0.0
    collector = Collector(now=lambda: seconds)
    kept = weakref.ref(grown_old())
    seconds = OLD_SECONDS - 1
    collector.collect_if_due()
    assert kept() is not None
    seconds = OLD_SECONDS
    collector.collect_if_due()
    assert kept() is None


@pytest.mark.usefixtures("uncollected")
def test_a_collection_that_takes_long_is_done_less_often() -> None:
    """With ten thousands of backups it takes a tenth of a second: once a minute would be felt."""
    times = iter([0.0, 60.0, 60.5, 560.0, 561.0, 561.1])
    collector = Collector(now=lambda: next(times))
    found = []
    for _ in range(3):
        kept = weakref.ref(grown_old())
        collector.collect_if_due()
        found.append(kept() is None)
    assert found == [True, False, True]


def test_the_result_of_the_main_coroutine_is_returned(qapp: QApplication) -> None:
    async def main(leaving: Leaving) -> str:
        QTimer.singleShot(0, leaving.ask)
        await leaving.wait()
        return "left"

    assert run(qapp, main) == "left"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals on Windows")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_a_wish_to_leave(qapp: QApplication, number: int) -> None:
    async def main(leaving: Leaving) -> bool:
        os.kill(os.getpid(), number)
        async with asyncio.timeout(5):
            await leaving.wait()
        return True

    assert run(qapp, main)


def test_an_error_that_nobody_caught_goes_to_the_log_and_the_program_goes_on(
    qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    async def main(_leaving: Leaving) -> bool:
        async def crash() -> None:
            raise LookupError("nobody's")

        task = asyncio.get_running_loop().create_task(crash())
        await asyncio.sleep(0.01)
        del task
        await asyncio.sleep(0.01)
        return True

    assert run(qapp, main)
    assert "nobody's" in caplog.text


_HANGING = """
import asyncio, os, sys, threading
os.environ["QT_API"] = "pyside6"
from PySide6.QtWidgets import QApplication
from cbr_desktop.process_exit import depart
from cbr_desktop.runtime import run

async def main(leaving):
    started = threading.Event()
    def hang():
        started.set()
        threading.Event().wait()
    if "aside" in sys.argv:
        hung = asyncio.ensure_future(asyncio.to_thread(hang))
    if "daemon" in sys.argv:
        threading.Thread(target=hang, daemon=True).start()
    while len(sys.argv) > 1 and not started.is_set():
        await asyncio.sleep(0)
    print("left in order")
    return 3

depart(run(QApplication([]), main))
"""


@pytest.mark.parametrize("threads", [[], ["aside"], ["daemon"], ["aside", "daemon"]])
def test_a_thread_that_hangs_does_not_keep_the_program_from_ending(threads: list[str]) -> None:
    command = [sys.executable, "-W", "error", "-c", _HANGING, *threads]
    environ = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False, env=environ)
    errors = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert (done.returncode, done.stdout, errors) == (3, "left in order\n", [])
