"""Submits requests and waits for their ends: ``submitting.py URL COUNT [PLANT]``; prints how many were finished."""

import asyncio
import os
import sys

from cbr_desktop.domain.intent import IntentState
from cbr_desktop.storage.paths import places
from tests.reliability.gateway import profile_to
from tests.reliability.programs.correspondence import lived, settled, submit

URL, COUNT, PLANT = sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""


async def story() -> None:
    with lived(places(os.environ), profile_to(URL), lambda _point: None, PLANT) as session:
        for number in range(COUNT):
            submit(session, f"durable-{number:04d}-{PLANT or 'sound'}.")
        await settled(session, 560)
        print(sum(intent.state is IntentState.FINISHED for intent in session.ledger.intents.values()), flush=True)


asyncio.run(story())
