"""The loop that serves Qt and asyncio: it turns for long, ends in order, and loses no error."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from cbr_desktop.runtime import Leaving, run

Story = Callable[[Leaving], Awaitable[object]]


def test_twenty_thousand_turns_keep_the_interpreter_whole(qapp: QApplication) -> None:
    """Some pairs of Python and PySide6 lose references with every timer and die after some thousand turns."""

    async def turn(leaving: Leaving) -> int:
        before = sys.getrefcount(None)
        for _ in range(20_000):
            await asyncio.sleep(0)
        return sys.getrefcount(None) - before

    assert abs(run(qapp, turn)) < 5_000


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
