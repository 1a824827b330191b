"""The last step of the process: it ends with its exit code, whatever threads hang in a share, a store or a name."""

import logging
import os
import sys
import threading
import time
from contextlib import suppress
from typing import NoReturn

LEAVING_SECONDS = 4.6
"""How long leaving may take in all before the process is ended as it is."""
_log = logging.getLogger("cbr_desktop.departure")
PATIENCE_SECONDS = 0.5
"""How long threads that need not be waited for may take to end by themselves."""


class Deadline:
    """Ends the process ``LEAVING_SECONDS`` after ``start``, however it hangs, unless ``stop`` comes first.

    It is for what was not foreseen: an orderly end takes less. What is precious is on the disk before anything is sent,
    and a row that says SENDING is looked for at the next start; the system gives the lock back with the process.
    """

    def __init__(self) -> None:
        self._timer = threading.Timer(LEAVING_SECONDS, self._end)
        self._timer.daemon = True

    def start(self) -> None:
        """Begin to count; once is enough."""
        if not self._timer.is_alive() and not self._timer.finished.is_set():
            self._timer.start()

    def stop(self) -> None:
        """Count no further."""
        self._timer.cancel()

    def _end(self) -> None:
        _log.error("Leaving hung, and the process was ended")
        _flush()
        os._exit(0)


def depart(code: int) -> NoReturn:
    """End the process after everything has been closed in order.

    An interpreter that ends under a running thread ends that thread in the middle of whatever it does; inside a
    library written in C++ this aborts the process or hangs. So where a thread is left, the interpreter is not taken
    down: what is written is flushed, and the system takes the process.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    for thread in _daemons():
        thread.join(max(0.0, deadline - time.monotonic()))
    if not _daemons():
        sys.exit(code)
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            thread.join()  # it has something to finish, and is waited for as ever
    _flush()
    os._exit(code)


def _flush() -> None:
    """Put out what is written."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()


def _daemons() -> list[threading.Thread]:
    """Return the threads of this program that do not keep it from ending; those of libraries cannot be waited for."""
    foreign = threading._DummyThread
    return [each for each in threading.enumerate() if each.daemon and not isinstance(each, foreign) and each.is_alive()]
