"""A story told in the living program: it is started as the operator does, and the story takes the operator's place."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

os.environ["QT_API"] = "pyside6"

from cbr_desktop.app import life
from cbr_desktop.cli import main
from cbr_desktop.workflows.ledger import Part

Story = Callable[[Any, Any], Awaitable[None]]


def tell(story: Story, *arguments: str) -> None:
    """Start the program with ``arguments``; ``story`` is given the house and the window, and the end of it leaves."""
    usual = life.live

    async def live(house: Any, window: Any, access: Any, leaving: Any) -> int:
        async def told(house: Any, leaving: Any) -> None:
            await story(house, window)
            leaving.ask()

        return await usual(house, window, access, leaving, told)

    life.live = live
    sys.exit(main(list(arguments)))


async def loaded(house: Any) -> None:
    """Return when every list has been read or has failed."""
    stands = house.ledger.freshness
    parts = (Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.POLICIES, Part.PROTECTABLES)
    await until(lambda: all(stands[part].error or (stands[part].as_of and not stands[part].loading) for part in parts))


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Return when something has become true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.002)
