"""Opening a session for a command, closing it on the loop that used it, and ending a command that is interrupted."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.profile import find_demo, find_profile
from cbr_desktop.app.session import ProfileSession
from cbr_desktop.app.start import opened, opened_demo, terminal_secret
from cbr_desktop.cli.output import remark
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.intent import Origin
from cbr_desktop.storage.paths import places
from cbr_desktop.text.catalogue import _
from cbr_desktop.workflows.guard import ARM_MINUTES
from cbr_desktop.workflows.ledger import Ledger

Result = TypeVar("Result")

_ENDS = ("SIGTERM", "SIGHUP", "SIGBREAK")
"""The signals, besides that of Ctrl+C, by which a system or a terminal wants a command to end."""


def run_command(work: Coroutine[Any, Any, Result]) -> Result:
    """Do the work of a command on a loop of its own.

    A signal to end cancels it as Ctrl+C does: it says what it leaves, everything is closed, and ``KeyboardInterrupt``
    is raised. A second Ctrl+C ends it at once.
    """
    return asyncio.run(_interruptible(work))


async def _interruptible(work: Awaitable[Result]) -> Result:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    is_ended = False

    def end(*_rest: object) -> None:
        nonlocal is_ended
        is_ended = True
        if task is not None:
            loop.call_soon_threadsafe(task.cancel)

    with _ended_by(end):
        try:
            return await work
        except asyncio.CancelledError:
            if is_ended:
                raise KeyboardInterrupt from None
            raise


@contextmanager
def _ended_by(end: Callable[..., None]) -> Iterator[None]:
    """Call ``end`` at a signal to end for as long as the block lasts, unless it was ignored from the start."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    known = [getattr(signal, name) for name in _ENDS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in known}
    heeded = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, before[number] or signal.SIG_DFL)


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
        remark(_("Nothing was asked of the service but its lists, and nothing was queued."))
        raise


async def make_ready(session: ProfileSession, *, arm: bool) -> None:
    """Arm the profile if that is wished, and read its lists afresh.

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
