"""Opening a session for a command, and closing it on the loop that used it."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.profile import find_demo, find_profile
from cbr_desktop.app.session import ProfileSession
from cbr_desktop.app.start import opened, opened_demo
from cbr_desktop.app.terminal import terminal_secret
from cbr_desktop.cli.output import remark
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.intent import Origin
from cbr_desktop.storage.paths import places
from cbr_desktop.text.catalogue import _
from cbr_desktop.workflows.guard import ARM_MINUTES
from cbr_desktop.workflows.ledger import Ledger

Result = TypeVar("Result")


@contextmanager
def opened_session(name: str | None, *, demo: bool = False) -> Iterator[ProfileSession]:
    """Open the session of the profile of this name, or of the only one, without a window."""
    here = places()
    profile = find_demo(name) if demo else find_profile(here, name)
    ledger = Ledger(profile, lambda _part: None)
    if demo:
        with opened_demo(here, ledger, WallClock(), origin=Origin.COMMAND) as session:
            yield session
    else:
        with opened(here, ledger, WallClock(), terminal_secret(profile), origin=Origin.COMMAND) as session:
            yield session


async def closing_client(session: ProfileSession, work: Awaitable[Result]) -> Result:
    """Do ``work`` and close the client, on one loop."""
    try:
        return await work
    finally:
        await session.cloud.aclose()


@contextmanager
def nothing_sent() -> Iterator[None]:
    """Say so when a command is ended while it still prepares to send."""
    try:
        yield
    except asyncio.CancelledError:
        remark(_("Only lists were read from the service, and nothing was queued."))
        raise


async def make_ready(session: ProfileSession, *, arm: bool) -> None:
    """Arm the profile if that is wanted, and read its lists afresh.

    ``ReadOnly`` when it lets nothing through; when the service cannot be reached, the error that is in the way.
    """
    if arm:
        session.guard.arm(ARM_MINUTES[0])
    session.guard.check()
    with nothing_sent():
        await session.refresh.once()
    connection = session.ledger.connection
    if connection.reach is not Reach.ONLINE and connection.error is not None:
        raise connection.error
