"""Files that are written whole or not at all, and that only their owner can read."""

import errno
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from cbr_desktop.domain.error import ErrorDetail, NotSaved

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700

_LINKS = 40
"""Links on the way to one file; more are a circle."""
_TEMPORARY = ".cbr-tmp"
# A virus scanner or an indexer on Windows holds a new file for moments; together these waits stay below 2.5 s.
_PATIENCE_SECONDS = (0.0, 0.0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


def _pause(seconds: float) -> None:
    # The replacement cannot be left half done and taken up later, so this wait is the caller's too; nearly always it
    # is over after a few hundredths of a second, and on Linux it never happens.
    import threading

    threading.Event().wait(seconds)


class System(NamedTuple):
    """The calls into the operating system that a write consists of; tests hand in failing ones."""

    open: Callable[[str, int, int], int] = os.open
    write: Callable[[int, bytes], int] = os.write
    fsync: Callable[[int], None] = os.fsync
    replace: Callable[[Path, Path], None] = os.replace
    pause: Callable[[float], None] = _pause


_SYSTEM = System()


def write_whole(path: Path, content: bytes, *, mode: int = PRIVATE_FILE, system: System = _SYSTEM) -> None:
    """Put ``content`` into ``path`` durably: afterwards there is the new file or, with ``NotSaved``, the old one.

    A link is followed, so that what it points to is replaced and not the link. ``mode`` counts on POSIX alone.
    """
    _write_at(path, path.resolve(), content, mode, system)


def write_output(path: Path, content: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Put ``content`` where a person wants the output of a command, whole or, with ``NotSaved``, not at all.

    What is there may only be a plain file. A link is followed where no other user can have put it: in folders that are
    this user's or the system's, and that no other can write.
    """
    try:
        target = _followed(path)
    except OSError as error:
        raise NotSaved(str(path), reason(error)) from error
    _write_at(path, target, content, mode, _SYSTEM)


def _followed(path: Path) -> Path:
    """Return where a path leads, its last part as well. ``NotSaved`` for a link in a folder that others can write."""
    rest = list(reversed(path.absolute().parts))
    place = Path(rest.pop())
    links = 0
    while rest:
        part = rest.pop()
        if part == os.pardir:
            place = place.parent
            continue
        step = place / part
        if not step.is_symlink():
            place = step
            continue
        links += 1
        if links > _LINKS:
            raise NotSaved(str(path), ErrorDetail.MANY_LINKS)
        if not _is_private(place):
            raise NotSaved(str(path), f"{step} is a link in a folder that others can write, and is not followed")
        aim = place / step.readlink()
        rest += list(reversed(aim.parts))
        place = Path(rest.pop())
    return place


def _is_private(folder: Path) -> bool:
    """Whether only this user and the system can put anything into a folder."""
    if sys.platform == "win32":
        return True
    found = folder.stat()
    return found.st_uid in (0, os.geteuid()) and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


class NotPlain(OSError):
    """There is a folder, a pipe, a socket or a device where a file should be."""

    def __init__(self) -> None:
        super().__init__(errno.EINVAL, "not a file")


def open_plain(path: Path) -> BinaryIO:
    """Open a file for reading. ``OSError``; ``NotPlain`` for a pipe or a device, which would hold its reader."""
    _refuse_odd(path.stat())
    # what was there a moment ago may have been replaced
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _refuse_odd(os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def refuse_odd(path: Path) -> None:
    """Raise ``NotPlain`` where there is something else than a file; ``OSError`` when that cannot be looked at."""
    with suppress(FileNotFoundError):
        _refuse_odd(path.stat())


def _refuse_odd(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise NotPlain


def _write_at(path: Path, target: Path, content: bytes, mode: int, system: System) -> None:
    """Put ``content`` into ``target``, to which ``path`` leads; a device, a pipe or a folder is not replaced."""
    temporary = target.with_name(f".{target.name}.{os.urandom(4).hex()}{_TEMPORARY}")
    try:
        if not _is_plain(target):
            raise NotSaved(str(path), ErrorDetail.NO_PLAIN_FILE)
        _write_new(temporary, content, mode, system)
        replace_patiently(temporary, target, system)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise NotSaved(str(path), reason(error)) from error
    sync_folder(target.parent)


def _is_plain(path: Path) -> bool:
    """Whether there is a plain file, or nothing."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return True


def make_folder(path: Path) -> None:
    """Make a folder and its missing parents, 0700 whatever the umask; narrow one of ours that is wider.

    ``NotSaved`` when that cannot be.
    """
    make_missing_folder(path)
    try:
        narrow(path, PRIVATE_FOLDER)
    except OSError as error:
        raise NotSaved(str(path), reason(error)) from error


def make_missing_folder(path: Path) -> None:
    """Make a folder and its missing parents, 0700 whatever the umask; one that exists is left as it is."""
    try:
        for folder in (*reversed(path.parents), path):
            if not folder.exists():
                folder.mkdir(PRIVATE_FOLDER, exist_ok=True)
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    except OSError as error:
        raise NotSaved(str(path), reason(error)) from error


def create_private(path: Path) -> None:
    """Make an empty file 0600 unless it exists, and narrow one that is wider. ``OSError`` when that cannot be."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    narrow(path, PRIVATE_FILE)


def narrow(path: Path, mode: int) -> None:
    """Take away the rights that go beyond ``mode``; Windows has other rights, and its user folders are private."""
    if sys.platform == "win32":
        return
    found = stat.S_IMODE(path.stat().st_mode)
    if found & ~mode:
        path.chmod(found & mode)


def sync_folder(folder: Path) -> None:
    """Make a new name durable where the system can. A failure is not one of the write: the content is safe."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def clear_leftovers(folder: Path, older_than_seconds: float = 0.0) -> None:
    """Remove what a killed program left of unfinished writes.

    Only with the lock of the data folder held; where a program without it may be writing, only what is old.
    """
    with suppress(OSError):
        for leftover in folder.glob(f".*{_TEMPORARY}*"):
            with suppress(OSError):
                if time.time() - leftover.lstat().st_mtime >= older_than_seconds:
                    leftover.unlink()


def bad_name(path: Path) -> Path:
    """Return a name that is free for a file that is broken and is to be kept: ``*.bad-<time>``."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    return next(name for name in _bad_names(path, stamp) if not os.path.lexists(name))


def _bad_names(path: Path, stamp: str) -> Iterator[Path]:
    yield path.with_name(f"{path.name}.bad-{stamp}")
    for number in range(2, 10_000):
        yield path.with_name(f"{path.name}.bad-{stamp}-{number}")


def replace_patiently(source: Path, target: Path, system: System = _SYSTEM) -> None:
    """Rename a file over another one; where that is held for moments, as happens on Windows, try for up to 2.5 s.

    The library that repeats requests is not used for it: commands that need no network write files too, and would
    load it for this alone.
    """
    for seconds in _PATIENCE_SECONDS:
        try:
            return system.replace(source, target)
        except PermissionError:
            system.pause(seconds)
    return system.replace(source, target)


def reason(error: OSError) -> str:
    """Return the system's words, without the path that our errors carry anyway."""
    return error.strerror or type(error).__name__


def _write_new(path: Path, content: bytes, mode: int, system: System) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = system.open(str(path), flags, PRIVATE_FILE)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[system.write(descriptor, bytes(rest[: 1 << 20])) :]
        if sys.platform != "win32":
            os.fchmod(descriptor, mode)
        system.fsync(descriptor)
    finally:
        os.close(descriptor)
