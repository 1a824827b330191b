"""The program while a request hangs after the service has it, until a signal ends it: ``terminated.py STUBBORN``.

With ``STUBBORN`` other than 0 a task of it swallows every cancellation. Prints a line when the request is being sent.
"""

import asyncio
import sys
from contextlib import suppress
from typing import Any

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from tests.benchmarks.programs import living

STUBBORN = int(sys.argv[1])


async def stubborn() -> None:
    """Never end."""
    while True:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)


async def story(sessions: Any, _window: Any) -> None:
    """Send a request, say that it is on its way, and do nothing more."""
    session = sessions.all[0]
    await living.until(lambda: session.ledger.vaults)
    vault = next(iter(session.ledger.vaults))
    sent = session.outbox.submit(CheckpointDraft(VaultId(vault), name="in-the-middle-x7k2"))
    await living.until(lambda: session.ledger.intents[sent.id].state is IntentState.SENDING)
    if STUBBORN:
        sessions._tasks.create_task(stubborn())
    await asyncio.sleep(0.2)
    print("sending", flush=True)


living.tell_all(story, "--profile", "Test 0", leaves=False)
