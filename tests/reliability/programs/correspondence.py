"""Sends and follows requests without a window, with pauses that are soon over; for the programs beside this one."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from cbr_desktop.app.session import ProfileSession, SessionDisk, SessionWire, open_session
from cbr_desktop.app.start import Data, opened_data
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent, Reason
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.files import System
from cbr_desktop.storage.paths import Places
from cbr_desktop.workflows.ledger import Ledger

PAUSE_SECONDS = 0.002
PLANTS = ("NORMAL", "OFF", "JOURNAL")
"""Levels of SQLite's ``synchronous`` that are not enough, and a journal that is not synced."""


class HastyClock:
    """The true time, in which nobody waits for long."""

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for a moment, however long it was meant to be."""
        await asyncio.sleep(min(seconds, PAUSE_SECONDS))


@contextmanager
def lived(here: Places, profile: Profile, at: Callable[[str], None], plant: str = "") -> Iterator[ProfileSession]:
    """Open a session as the program does. ``plant`` is one of ``PLANTS``: a mistake that is made on purpose."""
    clock = HastyClock()

    async def secret(_kind: SecretKind) -> str:
        return "right"

    with opened_data(here, now=clock.now) as data, closing(SqliteCache(here.cache_file(profile))) as cache:
        spoil(data, plant)
        ledger = Ledger(profile, lambda _part: None)
        session = open_session(
            *(ledger, SessionDisk(data.records, cache, data.journal, data.archive), SessionWire(secret), clock), at=at
        )
        session.outbox.restore()
        yield session


def spoil(data: Data, plant: str) -> None:
    """Make what is precious less so."""
    if plant == "JOURNAL":
        data.journal._system = System(fsync=lambda _descriptor: None)
    elif plant:
        data.records._connection.execute(f"PRAGMA synchronous={plant}")


def submit(session: ProfileSession, name: str) -> Intent:
    """Ask for a checkpoint of a vault that nobody else asks for."""
    return session.outbox.submit(CheckpointDraft(VaultId(str(uuid.uuid4())), name=name))


async def settled(session: ProfileSession, seconds: float) -> bool:
    """Send and look until nothing is left to do, or for so many seconds; tell which.

    Where nothing was found, and nobody knew the service's time at the sending, a person says that nothing is there.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    async with asyncio.TaskGroup() as tasks:
        residents = tasks.create_task(session.correspondence())
        while not (done := all(intent.is_settled for intent in session.ledger.intents.values())):
            if loop.time() > deadline:
                break
            for intent in list(session.ledger.intents.values()):
                if intent.reason == Reason.NO_CLOCK:
                    session.outbox.disown(intent.id)
            await asyncio.sleep(PAUSE_SECONDS)
        residents.cancel()
    await session.cloud.aclose()
    return done
