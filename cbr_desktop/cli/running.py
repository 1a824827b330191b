"""Running the work of a command, and ending it when it is interrupted."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

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
