"""The end of a program that hangs while it is left."""

import logging
import os
import threading

from cbr_desktop.process_exit import flush_streams

LEAVING_SECONDS = 4.6
"""How long leaving may take in all before the process is ended as it is."""
_log = logging.getLogger("cbr_desktop.deadline")


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
        logging.shutdown()
        flush_streams()
        os._exit(0)
