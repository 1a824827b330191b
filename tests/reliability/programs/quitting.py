"""The program while nothing is answered; quits, and tells about it: ``quitting.py PORT HANGING SEND``.

With ``SEND`` other than 0 a request is being sent meanwhile, and one that waits behind it is taken back. Prints a line
when it leaves and one at its end.
"""

import asyncio
import atexit
import gc
import json
import sys
import time
from typing import Any

from PySide6.QtWidgets import QPushButton, QWidget

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.ui.session.workspace import Extent
from tests.benchmarks.programs import living
from tests.reliability.sockets import connections_to

PORT, HANGING, SEND = map(int, sys.argv[1:])


class Heart:
    """Feels for how long the loop was kept, at the most."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        """Beat for ever."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            self.longest = max(self.longest, time.perf_counter() - before - 0.01)


async def story(sessions: Any, window: Any) -> None:
    """Look at all profiles, wait until everything hangs, cancel what can be cancelled, and close the window."""
    workspace = window._workspace
    workspace.choose(next(choice for choice in workspace.choices() if choice.extent is Extent.ALL))
    window.build_deferred_widgets()
    await living.until(lambda: connections_to(PORT) >= HANGING)
    told: dict[str, object] = {"hanging": connections_to(PORT)}
    heart = Heart()
    async with asyncio.TaskGroup() as tasks:
        beats = tasks.create_task(heart.beat())
        if SEND:
            told["cancel_ms"] = 1000 * await cancelled(sessions.all[0], window)
        await asyncio.sleep(0.3)
        beats.cancel()
    if SEND:
        # a person is asked first, and leaving is counted from the answer
        window.close()
        leave = window.findChild(QPushButton, "leaveNow").click
    else:
        leave = window.close
    print(json.dumps(told | {"longest_ms": 1000 * heart.longest, "left_at": time.monotonic()}), flush=True)
    leave()


async def cancelled(session: Any, window: Any) -> float:
    """Send two requests for one vault; take back the one that waits, and return the seconds until that is seen."""
    await living.until(lambda: session.ledger.vaults)
    vault = next(iter(session.ledger.vaults))
    first, second = (session.outbox.submit(CheckpointDraft(VaultId(vault), name=name)) for name in ("one", "two"))
    if not window.drawer.is_open:
        window.drawer.toggle()
    await living.until(lambda: session.ledger.intents[first.id].state is IntentState.SENDING)
    await asyncio.sleep(0.2)
    buttons = [button for button in window.drawer.findChildren(QPushButton, "cancel") if button.isVisible()]
    assert len(buttons) == 1, [button.accessibleName() for button in buttons]
    row: QWidget = buttons[0].parentWidget()
    began = time.perf_counter()
    buttons[0].click()
    await living.until(lambda: not buttons[0].isVisible() or not row.isVisible())
    assert session.ledger.intents[second.id].state is IntentState.CANCELLED
    return time.perf_counter() - began


def tell_end() -> None:
    """Tell what is left at the end; a process ends without taking the interpreter down."""
    gc.collect()
    print(json.dumps({"sockets": connections_to(PORT)}), flush=True)


atexit.register(tell_end)
living.tell_all(story, "--profile", "Test 0")
