"""The program when everything has been read and nothing goes on; tells its memory: ``at_rest.py ARGUMENTS``."""

import asyncio
import sys
from typing import Any

import living
import memory


async def story(session: Any, _window: Any) -> None:
    """Wait for the lists, for the window to have shown them, and for all that is prepared after the start."""
    await living.loaded(session)
    await asyncio.sleep(6)
    print(memory.told(), len(session.ledger.vaults), len(session.ledger.backups), flush=True)


living.tell(story, *sys.argv[1:])
