"""How long the window stands still: ``gaps.py``; prints what went on, and the longest gap and most work in ms.

A heart beats on the loop of the living program every 2 ms. Every page is put in front once while all lists are read
again, and every kind of dialog is opened.
"""

import asyncio
import sys
from typing import Any

import living
from pulse import Pulse

from cbr_desktop.ui.shell.navigation import NAMES


async def story(session: Any, window: Any) -> None:
    """Beat while the program does what it does in a day."""
    pulse = Pulse()
    async with asyncio.TaskGroup() as group:
        beating = group.create_task(pulse.run())
        await felt(pulse, session, window)
        beating.cancel()


async def felt(pulse: Pulse, session: Any, window: Any) -> None:
    """Do it, and tell of each part."""

    def told(what: str) -> None:
        print(what.replace(" ", "-"), pulse.told(), flush=True)

    await living.loaded(session)
    await asyncio.sleep(0.5)
    told("start")
    window.build_deferred_widgets()
    await asyncio.sleep(0.3)
    for name in NAMES:
        pulse.told()
        window.show_page(name)
        await asyncio.sleep(0.3)
        told(f"visit:{name}")
        session.refresh.ask_whole()
        before = session.refresh.rounds
        await living.until(lambda before=before: session.refresh.rounds > before, seconds=150.0)
        await asyncio.sleep(0.2)
        told(f"arriving:{name}")
    vault_id = next(iter(session.ledger.vaults))
    for name, act in {
        "checkpoint": lambda: window.open_checkpoint_dialog(vault_id),
        "settings": window.open_settings,
        "help": window.open_help,
    }.items():
        await asyncio.sleep(0.2)
        pulse.told()
        dialog = act()
        await asyncio.sleep(0.5)
        told(f"dialog:{name}")
        dialog.close()


living.tell(story, *sys.argv[1:])
