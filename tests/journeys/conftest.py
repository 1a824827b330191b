"""What journeys share: waiting inside a coroutine for something to be seen."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.journeys.program import Program


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Waits until a condition holds; ten real seconds are too long for anything."""
    return _until


@pytest.fixture
def demo_program(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Program:
    return Program(tmp_path, qapp, qtbot)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  what is seen in a window sets no event
            await asyncio.sleep(0.005)
