"""The last step of the process: it ends with its exit code, whatever threads hang in a share, a store or a name."""

import atexit
import os
import sys
import threading
import time
from contextlib import suppress
from typing import NoReturn

PATIENCE_SECONDS = 0.5
"""How long threads that need not be waited for may take to end by themselves."""


def depart(code: int) -> NoReturn:
    """End the process after everything has been closed in order.

    The interpreter is not taken down: that takes as long as a tenth of a short command, to free what the system frees
    anyway. And where a thread still runs, it would end in the middle of whatever it does; inside a library written in
    C++ this aborts the process or hangs. What was registered for the end is done, what is written is flushed, and the
    system takes the process.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    for thread in _daemons():
        thread.join(max(0.0, deadline - time.monotonic()))
    threading._shutdown()  # type: ignore[attr-defined]  # those that have something to finish are waited for as ever
    atexit._run_exitfuncs()
    flush_streams()
    os._exit(code)


def flush_streams() -> None:
    """Put out what is written."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()


def _daemons() -> list[threading.Thread]:
    """Return the threads of this program that do not keep it from ending; those of libraries cannot be waited for."""
    foreign = threading._DummyThread
    return [each for each in threading.enumerate() if each.daemon and not isinstance(each, foreign) and each.is_alive()]
