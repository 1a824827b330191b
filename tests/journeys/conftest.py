"""What journeys share: waiting inside a coroutine for something to be seen."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Waits until a condition holds; ten real seconds are too long for anything."""
    return _until


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  what is seen in a window sets no event
            await asyncio.sleep(0.005)
