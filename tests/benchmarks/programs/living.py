"""A story told in the living program: it is started as the operator does, and the story takes the operator's place."""

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

from cbr_desktop.__main__ import main
from cbr_desktop.process_exit import depart

Story = Callable[[Any, Any], Awaitable[None]]
_LIFE = "cbr_desktop.app.main_loop"


def tell(story: Story, *arguments: str) -> None:
    """Start the program with ``arguments``; ``story`` is given the session and the window, and the end of it leaves."""
    tell_all(lambda sessions, window: story(sessions.all[0], window), *arguments)


def tell_all(story: Story, *arguments: str, leaves: bool = True) -> None:
    """Do the same with a story that is given all sessions; unless it ``leaves``, somebody else ends the program."""

    def run_main_loop(*given: Any) -> int:
        """Bring the module in when it is its turn, after the first paint, and add the story to it."""
        del sys.modules[_LIFE]
        life: Any = importlib.import_module(_LIFE)
        usual = life.live

        async def told(sessions: Any, window: Any, leaving: Any) -> None:
            if not leaves:
                sessions._tasks.create_task(story(sessions, window))
                return
            await story(sessions, window)
            leaving.ask()

        life.live = lambda sessions, window, access, leaving, **more: usual(
            sessions, window, access, leaving, lambda sessions, leaving: told(sessions, window, leaving), **more
        )
        return int(life.run_main_loop(*given))

    sys.modules[_LIFE] = ModuleType(_LIFE)
    sys.modules[_LIFE].run_main_loop = run_main_loop  # type: ignore[attr-defined]
    # as the program itself ends: an interpreter that goes down under a thread in C++ aborts
    depart(main(list(arguments)))


async def loaded(session: Any) -> None:
    """Return when every list has been read or has failed."""
    # not before: what a program imports first decides what else it imports
    from cbr_desktop.workflows.ledger import Part

    stands = session.ledger.freshness
    parts = (Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.POLICIES, Part.PROTECTABLES)
    await until(
        lambda: all(stands[part].error or (stands[part].as_of and not stands[part].loading) for part in parts),
        seconds=150.0,
    )


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Return when something has become true."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.002)
