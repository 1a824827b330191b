"""The one event loop for Qt and asyncio, the crash sink, the collector of garbage, and the order of leaving.

Leaving::

    first close of a window, Ctrl+C, SIGTERM, SIGHUP, end of the session
      -> the main coroutine is asked to leave (``Leaving.ask``)
      -> it cancels its residents and waits for them, closes client and databases, then the window
      -> it returns; the runner stops the loop, last of all

Nothing else ends the process: ``setQuitOnLastWindowClosed(False)`` keeps Qt from stopping the loop under a coroutine.
"""

import asyncio
import gc
import logging
import re
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from cbr_desktop.memory import give_back

Result = TypeVar("Result")

_log = logging.getLogger("cbr_desktop.runtime")


_CHAIN_LIMIT = 10
_MESSAGE_LIMIT = 200
# what a message quotes: in brackets, braces or quotation marks, or in a row without a space
_QUOTED = re.compile(r"""[\[{].*|b?'[^']{20,}'?|b?"[^"]{20,}"?|\S{40,}""")

COLLECT_SECONDS = 2.0
"""How often garbage is looked for; it costs nothing when there is little."""
OLD_SECONDS = 60.0
"""How often all garbage is collected at least, also when so little is made that no threshold is reached for hours."""
OLD_SHARE = 0.001
"""The share of the time that this may take: with ten times as many objects it is done less often."""
GROWN_OBJECTS = 10_000
"""What has grown by so many objects has read a list; to go through them takes some milliseconds, each time."""
STILL_SECONDS = 30.0
"""Seconds without a mouse or key event after which the window counts as idle."""


class IdleDetector:
    """Tells whether the window is idle: another program is in front, or no mouse or key event came for a while."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._seen: object = None
        self._since = now()

    def __call__(self) -> bool:
        """Look, and tell; to be asked every now and then."""
        query = QGuiApplication.inputMethod().queryFocusObject(Qt.InputMethodQuery.ImCursorPosition, None)
        seen = (QCursor.pos(), QGuiApplication.focusObject(), query)
        if seen != self._seen:
            self._seen, self._since = seen, self._now()
        is_in_front = QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive
        return not is_in_front or self._now() - self._since >= STILL_SECONDS


class Collector:
    """Collects garbage in the thread of the loop alone, for as long as the block lasts.

    Left to itself, Python collects in whichever thread happens to make an object, and may there destroy a widget that
    was part of a cycle: Qt then waits for the interpreter's lock while the window's thread, holding it, waits for Qt.

    The rows of a list that was read are put out of its sight: they are part of no cycle, and to go through a hundred
    thousand of them would hold the window up. With them goes what else has come meanwhile, some kilobytes a request,
    until ``is_idle`` is true: then all is looked through.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, is_idle: Callable[[], bool] = lambda: False) -> None:
        self._now = now
        self._is_idle = is_idle
        self._old_at = now() + OLD_SECONDS
        self._grown = 0
        """Objects that have come to the oldest generation since all was collected last."""
        self._owes = False
        """Whether there may be garbage among what is out of sight."""

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
        self.collect_if_due()
        self._timer = self._loop.call_later(COLLECT_SECONDS, self._look)

    def collect_if_due(self) -> None:
        """Collect the oldest generation that is due, by the interpreter's own thresholds or by the time, if any."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        began, is_idle = self._now(), self._is_idle()
        is_old_due = began >= self._old_at or counts[2] > thresholds[2]
        due = next((each for each in (1, 0) if counts[each] > thresholds[each]), None)
        if due is None and not is_old_due:
            return
        young = len(gc.get_objects(generation=0)) + len(gc.get_objects(generation=1))
        if self._grown + young > GROWN_OBJECTS:
            gc.freeze()
            give_back()  # what a list was read from is free by now
            self._grown, young, self._owes = 0, 0, True
        if is_old_due:
            if is_idle and self._owes:
                gc.unfreeze()
            gc.collect()
            if is_idle and self._owes:
                gc.freeze()
                self._owes = False
            ended = self._now()
            self._grown = 0
            self._old_at = ended + max(OLD_SECONDS, (ended - began) / OLD_SHARE)
        elif due is not None and young:
            found = gc.collect(due)
            self._grown += max(0, young - found) if due else 0


class Leaving:
    """The wish to leave, which any part of the program may utter and the main coroutine waits for."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Wish to leave; once is enough."""
        self._asked.set()

    async def wait(self) -> None:
        """Return when leaving was asked for."""
        await self._asked.wait()


class Aside:
    """Runs blocking work, each piece in a thread of its own that the end of the program does not wait for.

    The executor that the loop would make has ten threads and waits for all of them in the end, however long a share
    or a name server hangs. Fits ``concurrent.futures.Executor`` as far as a loop uses it.
    """

    def submit(self, work: Callable[..., Any], /, *arguments: Any) -> "Future[Any]":
        """Begin some work."""
        done: Future[Any] = Future()
        threading.Thread(target=_settle, args=(done, work, arguments), name="aside", daemon=True).start()
        return done

    def shutdown(self, wait: bool = True) -> None:
        """Leave alone what is still at work: what needs its end has waited for it."""


def _settle(done: "Future[Any]", work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    if not done.set_running_or_notify_cancel():
        return
    try:
        result = work(*arguments)
    except BaseException as error:
        outcome = partial(done.set_exception, error)
    else:
        outcome = partial(done.set_result, result)
    with suppress(RuntimeError):  # the loop is closed, so no coroutine waits
        outcome()


def run(application: QApplication, main: Callable[[Leaving], Coroutine[Any, Any, Result]]) -> Result:
    """Run ``main`` on a loop that serves Qt as well, until it returns; return its result.

    Whatever no one else caught, in a slot, a task, a thread or a finalizer, goes to the crash sink: it is logged, and
    the program goes on.
    """
    application.setQuitOnLastWindowClosed(False)
    previous = sys.excepthook, threading.excepthook, sys.unraisablehook
    sys.excepthook, threading.excepthook, sys.unraisablehook = _sink, _thread_sink, _finalizer_sink
    try:
        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            return runner.run(_main(application, main))
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = previous


async def _main(application: QApplication, main: Callable[[Leaving], Coroutine[Any, Any, Result]]) -> Result:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_task_sink)
    loop.set_default_executor(Aside())  # type: ignore[arg-type]
    leaving = Leaving()
    application.commitDataRequest.connect(leaving.ask)
    if hasattr(signal, "SIGTERM") and sys.platform != "win32":
        # of a terminal or a session that ends; who started the program with nohup does not want it heard
        hangup = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
        for number in (signal.SIGTERM, signal.SIGINT, *hangup):
            loop.add_signal_handler(number, leaving.ask)
    with Collector(is_idle=IdleDetector()):
        return await main(leaving)


def outline(error: BaseException) -> str:
    """Return where an error came from and what it says, in lines; without values: no locals, no bodies, no headers.

    What a message quotes is cut out, since it is whatever came from outside.
    """
    lines: list[str] = []
    for link in _chain(error):
        if lines:
            lines.append("then")
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in _frames(link)]
        lines.append(f"{type(link).__qualname__}: {_unquoted(str(link))}".rstrip(": "))
    return "\n".join(lines)


def _chain(error: BaseException) -> list[BaseException]:
    """Return an error and those before it, the first one first; of a group, its members too."""
    links: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo and len(links) < _CHAIN_LIMIT:
        link = todo.pop()
        if link is not None and link not in links:
            links.append(link)
            todo += [link.__cause__ or (None if link.__suppress_context__ else link.__context__)]
            todo += link.exceptions if isinstance(link, BaseExceptionGroup) else ()
    return links[::-1]


def _frames(error: BaseException) -> traceback.StackSummary:
    # lines of code are not looked up: the source may be gone, and the place is enough
    return traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)


def _unquoted(message: str) -> str:
    line = _QUOTED.sub("…", message.strip().partition("\n")[0].strip())
    return line if len(line) <= _MESSAGE_LIMIT else f"{line[:_MESSAGE_LIMIT]}…"


def _sink(kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None) -> None:
    _log.critical("A defect of this program\n%s", outline(error) if error is not None else kind.__qualname__)


def _thread_sink(ended: threading.ExceptHookArgs) -> None:
    _sink(ended.exc_type, ended.exc_value, ended.exc_traceback)


def _finalizer_sink(failed: "sys.UnraisableHookArgs") -> None:
    # the object is not named: its words may be a body or a secret
    _sink(failed.exc_type, failed.exc_value, failed.exc_traceback)


def _task_sink(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, BaseException):
        _sink(type(error), error, error.__traceback__)
    else:
        _log.critical("A defect of this program: %s", _unquoted(str(context.get("message", ""))))
