"""SQLite files: opened with the settings that survive a power cut, brought up to date, or put aside."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from cbr_desktop.domain.error import Damaged, ErrorDetail, NotSaved
from cbr_desktop.domain.error import NewerVersion as NewerVersion
from cbr_desktop.storage.files import (
    PRIVATE_FILE,
    NotPlain,
    bad_name,
    create_private,
    narrow,
    reason,
    refuse_odd,
    replace_patiently,
    sync_folder,
)

Steps = Sequence[Sequence[str]]
"""What brings a database from version n to n + 1: the statements of ``steps[n]``."""

SIDE_FILES = ("-journal", "-wal", "-shm")

_MAGIC = b"SQLite format 3\x00"
_VERSION_OFFSET = 60
_BUSY_SECONDS = 0.5
_IN_THE_WAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)


def open_database(path: Path, steps: Steps) -> sqlite3.Connection:
    """Open a precious database, making it when it is missing.

    The connection commits by itself outside ``transaction`` and returns texts as bytes. ``NewerVersion`` when the file
    is ahead of ``steps`` (it is not touched), ``Damaged`` when it is no sound database, ``NotSaved`` when the disk or
    its rights are in the way.
    """
    try:
        if not path.exists():
            create_database(path, steps)
        _refuse(path, steps)
        narrow(path, PRIVATE_FILE)
        return _checked(path, steps)
    except OSError as error:
        raise NotSaved(str(path), reason(error)) from error
    except sqlite3.Error as error:
        raise _translated(path, error) from error
    except UnicodeDecodeError as error:
        # a flipped bit in a name, which SQLite quotes in what it says of it
        raise Damaged(str(path), ErrorDetail.NAMES_NO_TEXT) from error


def create_database(path: Path, steps: Steps) -> None:
    """Make an empty database; it appears under its name when it is whole, so that an empty file is always damage."""
    for suffix in SIDE_FILES:
        orphan = Path(f"{path}{suffix}")
        if os.path.lexists(orphan):
            # SQLite would play a journal of another file into this one
            set_aside(orphan)
    fresh = path.with_name(f".{path.name}.new.cbr-tmp")
    fresh.unlink(missing_ok=True)
    create_private(fresh)
    with saving(path), closing(connect(fresh)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA synchronous=EXTRA")
        _migrate(connection, 0, steps)
    replace_patiently(fresh, path)
    sync_folder(path.parent)


def connect(path: Path) -> sqlite3.Connection:
    """Return a plain connection of ours: no implicit transactions, texts as bytes, so that no row fails by decoding."""
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    connection.text_factory = bytes
    return connection


def journal(version: tuple[int, ...]) -> tuple[str, str]:
    """Return (journal_mode, synchronous) for an SQLite of ``version``.

    WORKAROUND https://sqlite.org/wal.html: up to 3.51.2 two connections can damage a database in WAL mode;
    3.50.7 and 3.44.6 have the cure as well.
    """
    cured = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return ("WAL", "FULL") if cured else ("DELETE", "EXTRA")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all or nothing. The write lock is taken at once, so that what is read inside stays true."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has already rolled back after some failures, a full disk among them
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


@contextmanager
def saving(path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say into ``NotSaved``; a text that is no Unicode cannot be kept either."""
    try:
        yield
    except OSError as error:
        raise NotSaved(str(path), reason(error)) from error
    except (sqlite3.Error, UnicodeError) as error:
        raise NotSaved(str(path), str(error)) from error


def set_aside(path: Path) -> Path:
    """Rename a file, with what SQLite keeps beside it, to ``*.bad-<time>``; return where it is now."""
    target = bad_name(path)
    for suffix in ("", *SIDE_FILES):
        part = Path(f"{path}{suffix}")
        # beside what is read once more there must be no pipe
        is_odd = suffix and os.path.lexists(part) and not part.is_file()
        with suppress(FileNotFoundError):
            replace_patiently(part, bad_name(part) if is_odd else Path(f"{target}{suffix}"))
    return target


def _refuse(path: Path, steps: Steps) -> None:
    """Judge the head of the file before SQLite touches it."""
    refuse_odd_parts(path)
    with path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(_MAGIC) or len(head) < 100:
        raise Damaged(str(path), ErrorDetail.NO_DATABASE)
    _refuse_newer(path, int.from_bytes(head[_VERSION_OFFSET : _VERSION_OFFSET + 4], "big"), steps)


def refuse_odd_parts(path: Path) -> None:
    """Raise ``Damaged`` where a database, or a file of SQLite's beside it, is no file: SQLite would wait for a pipe."""
    for suffix in ("", *SIDE_FILES):
        part = Path(f"{path}{suffix}")
        try:
            refuse_odd(part)
        except NotPlain as error:
            raise Damaged(str(part), reason(error)) from error


def _refuse_newer(path: Path, version: int, steps: Steps) -> None:
    if version > len(steps):
        raise NewerVersion(str(path), f"version {version}, this program knows {len(steps)}")


def _checked(path: Path, steps: Steps) -> sqlite3.Connection:
    connection = connect(path)
    try:
        _refuse_unsound(path, connection)
        version = _user_version(connection)
        _refuse_newer(path, version, steps)
        _harden(connection)
        if version < len(steps):
            # sound and yet not to be brought up to date: the fault is ours, and the file must stay where it is
            with saving(path):
                _keep_copy(path, connection, version)
                _migrate(connection, version, steps)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_unsound(path: Path, connection: sqlite3.Connection) -> None:
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != (b"ok",):
        raise Damaged(str(path), found[0].decode("utf-8", "replace"))


def _translated(path: Path, error: sqlite3.Error) -> Damaged | NotSaved:
    """Tell a broken file from one that this program may not use just now."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code == sqlite3.SQLITE_READONLY and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        # the file says of itself that only a later SQLite may write it
        return Damaged(str(path), str(error))
    return (NotSaved if code in _IN_THE_WAY else Damaged)(str(path), str(error))


def _harden(connection: sqlite3.Connection) -> None:
    mode, synchronous = journal(sqlite3.sqlite_version_info)
    connection.execute(f"PRAGMA journal_mode={mode}")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute("PRAGMA fullfsync=ON")
    connection.execute("PRAGMA trusted_schema=OFF")


def _user_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _keep_copy(path: Path, connection: sqlite3.Connection, version: int) -> None:
    """Keep the database as it was before a migration, as ``*.v<version>``; a later run writes the same again."""
    copy = path.with_name(f"{path.name}.v{version}")
    unfinished = path.with_name(f".{copy.name}.cbr-tmp")
    unfinished.unlink(missing_ok=True)
    create_private(unfinished)
    with closing(connect(unfinished)) as target:
        connection.backup(target)
    replace_patiently(unfinished, copy)
    sync_folder(path.parent)


def _migrate(connection: sqlite3.Connection, version: int, steps: Steps) -> None:
    with transaction(connection):
        for statements in steps[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version={len(steps)}")
