"""What remains when the program dies: where it stood, in a private file, and nothing of what it held in memory."""

import ctypes
import faulthandler
import os
import sys
from contextlib import suppress
from pathlib import Path

from cbr_desktop.storage.files import open_plain

REPORT = "last-crash.txt"
"""The report of the last crash, in the folder of the logs: names of files and functions, and no values."""

_RUNNING = "crash-{pid}.txt"
_REPORT_BYTES = 100_000
_PR_SET_DUMPABLE = 4


class CrashWatch:
    """Watches this process until ``close``; a second one of the same process takes the first one's place.

    ``before`` is the report of a crash that came since the last watch, empty when there was none; it is told once.
    A program that was killed from outside leaves no report.
    """

    def __init__(self, folder: Path) -> None:
        forbid_dumps()
        self.before = _collect(folder)
        self.report = folder / REPORT
        self._path = folder / _RUNNING.format(pid=os.getpid())
        self._descriptor: int | None = None
        with suppress(OSError):
            folder.mkdir(0o700, parents=True, exist_ok=True)
            self._descriptor = _open_private(self._path)
            faulthandler.enable(self._descriptor)

    def close(self) -> None:
        """Stop watching: the program ends as it should, whatever was reported on the way."""
        if self._descriptor is not None:
            faulthandler.disable()
            os.close(self._descriptor)
            self._descriptor = None
            with suppress(OSError):
                self._path.unlink()


def last_crash(folder: Path) -> str:
    """Return the report of the last crash that is kept, empty when there was none."""
    with suppress(OSError), open_plain(folder / REPORT) as file:
        return file.read(_REPORT_BYTES).decode("utf-8", "backslashreplace")
    return ""


def forbid_dumps() -> None:
    """Keep the system from writing this process's memory to the disk, and other programs of the user from reading it.

    Nothing happens where the system has no such wish to express.
    """
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _collect(folder: Path) -> str:
    """Keep a report of a process that has died as the last one, and clear away what the others left."""
    found = ""
    for path in sorted(folder.glob(_RUNNING.format(pid="*"))):
        # one that is open cannot be moved on Windows, and one of another start may be gone by now
        with suppress(OSError):
            if _is_running(path):
                continue
            if path.stat().st_size and not path.is_symlink():
                path.replace(folder / REPORT)
                found = last_crash(folder)
            else:
                path.unlink()
    return found


def _is_running(path: Path) -> bool:
    """Tell whether the process whose file this is lives. A report tells that it does not, on a system that has one."""
    number = path.stem.partition("-")[2]
    if not number.isdecimal() or int(number) == os.getpid():
        return False
    if sys.platform == "win32":
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return not path.stat().st_size


def _open_private(path: Path) -> int:
    with suppress(FileNotFoundError):
        path.unlink()
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
