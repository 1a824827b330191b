"""The program when everything has been read and nothing goes on; tells its memory: ``at_rest.py ARGUMENTS``."""

import asyncio
import sys
from typing import Any

import living
import memory


async def story(session: Any, _window: Any) -> None:
    """Wait for the lists, and for the window to have shown them."""
    await living.loaded(session)
    await asyncio.sleep(2)
    print(memory.told(), len(session.ledger.vaults), len(session.ledger.backups), flush=True)


living.tell(story, *sys.argv[1:])
