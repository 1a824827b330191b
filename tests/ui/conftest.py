"""What tests of screens share: a platform without a display, and one loop for Qt and asyncio."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def run(qapp: QApplication) -> Iterator[Callable[..., Any]]:
    """Runs a coroutine on a loop that drives Qt as well."""
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qapp)) as runner:
        yield runner.run


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    """Waits inside a coroutine until a condition holds."""
    return _until


async def _until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # a condition of widgets sets no event
            await asyncio.sleep(0)
