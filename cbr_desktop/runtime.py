"""The one event loop for Qt and asyncio, the crash sink, the collector of garbage, and the order of leaving.

Leaving::

    first close of a window, Ctrl+C, SIGTERM, end of the session
      -> the main coroutine is asked to leave (``Leaving.ask``)
      -> it cancels its residents and waits for them, closes client and databases, then the window
      -> it returns; the runner stops the loop, last of all

Nothing else ends the process: ``setQuitOnLastWindowClosed(False)`` keeps Qt from stopping the loop under a coroutine.
"""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

Result = TypeVar("Result")

_log = logging.getLogger("cbr_desktop.runtime")


COLLECT_SECONDS = 2.0
"""How often garbage is looked for; it costs nothing when there is little."""


class Collector:
    """Collects garbage in the thread of the loop alone, for as long as the block lasts.

    Left to itself, Python collects in whichever thread happens to make an object, and may there destroy a widget that
    was part of a cycle: Qt then waits for the interpreter's lock while the window's thread, holding it, waits for Qt.
    """

    def __enter__(self) -> "Collector":
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(COLLECT_SECONDS, self._look)
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._was_enabled:
            gc.enable()

    def _look(self) -> None:
        collect_if_due()
        self._timer = self._loop.call_later(COLLECT_SECONDS, self._look)


def collect_if_due() -> None:
    """Collect the oldest generation that is due by the interpreter's own thresholds, if any."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return


class Leaving:
    """The wish to leave, which anybody may utter and the main coroutine waits for."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Wish to leave; once is enough."""
        self._asked.set()

    async def wait(self) -> None:
        """Return when somebody wishes to leave."""
        await self._asked.wait()


def run(application: QApplication, main: Callable[[Leaving], Coroutine[Any, Any, Result]]) -> Result:
    """Run ``main`` on a loop that serves Qt as well, until it returns; return its result.

    Whatever no one else caught, in a slot or in a task, goes to the crash sink: it is logged, and the program goes on.
    """
    application.setQuitOnLastWindowClosed(False)
    previous = sys.excepthook
    sys.excepthook = _sink
    try:
        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            return runner.run(_main(application, main))
    finally:
        sys.excepthook = previous


async def _main(application: QApplication, main: Callable[[Leaving], Coroutine[Any, Any, Result]]) -> Result:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_task_sink)
    leaving = Leaving()
    application.commitDataRequest.connect(leaving.ask)
    if hasattr(signal, "SIGTERM") and sys.platform != "win32":
        loop.add_signal_handler(signal.SIGTERM, leaving.ask)
        loop.add_signal_handler(signal.SIGINT, leaving.ask)
    with Collector():
        return await main(leaving)


def _sink(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log.critical("A defect of this program", exc_info=(kind, error, trace))


def _task_sink(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, BaseException):
        _sink(type(error), error, error.__traceback__)
    else:
        _log.critical("A defect of this program: %s", context.get("message", ""))
