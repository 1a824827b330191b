"""The last step of the process: it ends with its exit code, whatever threads hang in a share, a store or a name."""

import logging
import os
import sys
import threading
import time
from contextlib import suppress
from typing import NoReturn

PATIENCE_SECONDS = 0.5
"""How long threads that nobody has to wait for may take to end by themselves."""


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
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)


def _daemons() -> list[threading.Thread]:
    """Return the threads of this program that do not keep it from ending; those of libraries cannot be waited for."""
    foreign = threading._DummyThread
    return [each for each in threading.enumerate() if each.daemon and not isinstance(each, foreign) and each.is_alive()]
