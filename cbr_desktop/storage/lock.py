"""One writer for each data folder."""

from contextlib import suppress
from pathlib import Path

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.storage.files import PRIVATE_FILE, reason, refuse_odd


class InstanceLock:
    """The right to write into a data folder; the system takes it back when the program dies, however it dies."""

    def __init__(self, path: Path) -> None:
        # preserve_lock_file: removing it would let two programs hold locks on two files of one name
        from filelock import FileLock

        self._path = path
        self._lock = FileLock(path, mode=PRIVATE_FILE, thread_local=False, preserve_lock_file=True)

    def try_lock(self) -> bool:
        """Take the lock without waiting; tell whether it is ours. ``NotSaved`` when the file cannot be made."""
        from filelock import Timeout

        try:
            refuse_odd(self._path)
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        except OSError as error:
            raise NotSaved(str(self._path), reason(error)) from error
        return True

    def release(self) -> None:
        """Give the lock back; where the system does not take it, it has it when the program ends."""
        with suppress(OSError):
            self._lock.release(force=True)
