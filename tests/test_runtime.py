"""The loop that serves Qt and asyncio: it turns for long, ends in order, and loses no error."""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from cbr_desktop.runtime import Leaving, collect_if_due, run

Story = Callable[[Leaving], Awaitable[object]]


def test_twenty_thousand_turns_keep_the_interpreter_whole(qapp: QApplication) -> None:
    """Some pairs of Python and PySide6 lose references with every timer and die after some thousand turns."""

    async def turn(leaving: Leaving) -> int:
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

    async def main(leaving: Leaving) -> None:
        Garbage()
        await asyncio.to_thread(busy)
        assert destroyed_in == []
        gc.collect()

    run(qapp, main)
    assert destroyed_in == [threading.main_thread()]


def test_garbage_is_collected_when_there_is_enough_of_it() -> None:
    def cycle() -> None:
        one: list[object] = []
        one.append(one)

    was_enabled = gc.isenabled()
    gc.disable()
    try:
        gc.collect()
        for _ in range(2 * gc.get_threshold()[0]):
            cycle()
        before = gc.get_count()[0]
        collect_if_due()
        assert gc.get_count()[0] < before
    finally:
        if was_enabled:
            gc.enable()


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
    async def main(leaving: Leaving) -> bool:
        async def crash() -> None:
            raise LookupError("nobody's")

        task = asyncio.get_running_loop().create_task(crash())
        await asyncio.sleep(0.01)
        del task
        await asyncio.sleep(0.01)
        return True

    assert run(qapp, main)
    assert "nobody's" in caplog.text
