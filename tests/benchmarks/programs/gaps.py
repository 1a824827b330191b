"""How long the window stands still: ``gaps.py TIMES``; prints what went on, and each time how long that held it up.

Each line has three numbers in ms: the longest gap as far as this program worked in it, the longest gap, and the most
work of the window's thread at one go.

A heart beats on the loop of the living program every 2 ms. Every page is put in front once while all lists are read
again as often as is asked for, with some vaults and backups changed and, of few vaults, unchanged. Some dialogs are
opened. Somebody is at the pointer.
"""

import asyncio
import sys
from itertools import count
from typing import Any

import living
from msgspec.structs import replace
from pulse import Pulse
from PySide6.QtGui import QCursor

from cbr_desktop.ui.shell.navigation import NAMES

LARGE = 2_000
"""From so many vaults on, unchanged lists are read for one page only: a round of them takes some seconds."""
LISTS = ("Vaults", "Resources", "Backups", "Checkpoints", "Policies", "Tasks")


async def moving() -> None:
    """Move the pointer now and then, as somebody does who waits for the window."""
    for place in count(100):
        QCursor.setPos(place % 500, place % 400)
        await asyncio.sleep(1.0)


def spoil(ledger: Any) -> None:
    """Forget some backups, and let some vaults be fuller, so that reading them brings something else."""
    fuller = dict(list(ledger.vaults.items())[::100])
    ledger.vaults = {**ledger.vaults, **{id: replace(vault, used_mb=vault.used_mb + 1) for id, vault in fuller.items()}}
    gone = set(list(ledger.backups)[:200])
    ledger.backups = {id: backup for id, backup in ledger.backups.items() if id not in gone}


async def story(session: Any, window: Any) -> None:
    """Beat while the program does what it does in a day."""
    pulse = Pulse()
    async with asyncio.TaskGroup() as group:
        beating, moved = group.create_task(pulse.run()), group.create_task(moving())
        await felt(pulse, session, window)
        beating.cancel()
        moved.cancel()


async def felt(pulse: Pulse, session: Any, window: Any) -> None:
    """Do it, and tell of each part."""

    def told(what: str) -> None:
        print(what.replace(" ", "-"), pulse.all_told(), flush=True)

    async def arrive(what: str) -> None:
        session.refresh.ask_whole()
        before = session.refresh.rounds
        pulse.told()
        await living.until(lambda: session.refresh.rounds > before, seconds=150.0)
        await living.until(lambda: not window.current_page().is_at_work)
        await asyncio.sleep(0.3)
        told(what)

    await living.loaded(session)
    await asyncio.sleep(0.5)
    told("start")
    window.build_deferred_widgets()
    await asyncio.sleep(0.3)
    times = int(sys.argv[1])
    is_large = len(session.ledger.vaults) >= LARGE
    for name in NAMES:
        pulse.told()
        window.show_page(name)
        await asyncio.sleep(0.3)
        told(f"visit:{name}")
        for _ in range(times if name == LISTS[0] or not is_large else 0):
            await arrive(f"arriving:{name}")
        for _ in range(times if name in LISTS else 0):
            spoil(session.ledger)
            await asyncio.sleep(0.1)  # what that took is no gap of the program
            await arrive(f"changed:{name}")
    vault_id = next(iter(session.ledger.vaults))
    for name, act in {
        "checkpoint": lambda: window.row_dialogs.open_checkpoint(vault_id),
        "settings": window.small_windows.open_settings,
        "help": window.small_windows.open_help,
    }.items():
        await asyncio.sleep(0.2)
        pulse.told()
        dialog = act()
        await asyncio.sleep(0.5)
        told(f"dialog:{name}")
        dialog.close()


living.tell(story, *sys.argv[2:])
