"""The lists that were seen last, kept so that the first window is filled before the network answers.

A list is cut into pages, and a page is JSON of columns rather than of rows: a fifth of the objects to
parse, and rows are then made by one ``map`` each. The standard library's JSON is quick enough for the first page, while
importing a quicker one costs more than it gains there.
"""

import json
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any, Generic, TypeVar

from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectStatus, ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus
from cbr_desktop.storage.database import SIDE_FILES, transaction
from cbr_desktop.storage.files import create_private

PAGE_ROWS = 250
"""Rows of a page, and so of the first one, which the first paint waits for: more than any screen shows."""

Row = TypeVar("Row")
Columns = list[list[Any]]
_Write = Callable[[sqlite3.Connection], None]

_BUSY_SECONDS = 0.2
_TABLES = (
    "CREATE TABLE list (name TEXT PRIMARY KEY, as_of REAL, complete INTEGER, rows INTEGER)",
    "CREATE TABLE page (list TEXT, number INTEGER, checksum INTEGER, content BLOB, PRIMARY KEY (list, number))",
)


class SqliteCache:
    """The cache of one profile. Whatever goes wrong, it is empty afterwards and nobody hears of it.

    Writing happens in a thread that lives as long as there is something to write, since ten thousand vaults take longer
    than a frame; every read waits for it, so that a list that was kept is the list that is read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._waiting: dict[str, _Write] = {}
        self._writer: threading.Thread | None = None

    def first_vaults(self) -> Listing[Vault] | None:
        """Return the first page of the vaults that were seen last, or ``None``; ``complete`` tells if that is all."""
        return self._read("vaults", _vaults, first_page=True)

    def vaults(self) -> Listing[Vault] | None:
        """Return all the vaults that were seen last, or ``None``."""
        return self._read("vaults", _vaults)

    def tasks(self) -> Listing[Task] | None:
        """Return the tasks that were seen last, or ``None``."""
        return self._read("tasks", _TASK.rows)

    def keep_vaults(self, listing: Listing[Vault]) -> None:
        """Keep a list in place of the one before; it is on its way to the disk when this returns."""
        self._keep("vaults", lambda connection: _write(connection, "vaults", listing, _vault_columns))

    def keep_tasks(self, listing: Listing[Task]) -> None:
        """Keep a list in place of the one before; it is on its way to the disk when this returns."""
        self._keep("tasks", lambda connection: _write(connection, "tasks", listing, _TASK.columns))

    def close(self) -> None:
        """Wait until everything is written."""
        with self._lock:
            writer = self._writer
        if writer is not None:
            writer.join()

    # reading

    def _read(
        self, name: str, decode: Callable[[Columns], list[Row]], *, first_page: bool = False
    ) -> Listing[Row] | None:
        self.close()
        if not self._path.exists():
            return None
        try:
            with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS)) as connection:
                return _listing(connection, name, decode, first_page=first_page)
        except Exception:  # a flipped bit raises anything at all, and none of it matters for a cache
            self._discard()
            return None

    def _discard(self) -> None:
        for suffix in ("", *SIDE_FILES):
            with suppress(OSError):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    # writing

    def _keep(self, name: str, write: _Write) -> None:
        with self._lock:
            self._waiting[name] = write
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_waiting, name="cache")
                self._writer.start()

    def _write_waiting(self) -> None:
        while write := self._next():
            try:
                self._write_once(write)
            except Exception:  # a row that cannot be written must not end the thread that writes the next
                self._discard()

    def _next(self) -> _Write | None:
        with self._lock:
            if not self._waiting:
                self._writer = None
                return None
            return self._waiting.pop(next(iter(self._waiting)))

    def _write_once(self, write: _Write) -> None:
        try:
            self._open_and(write)
        except sqlite3.DatabaseError:
            # what is there is broken or of another shape: once more, from nothing
            self._discard()
            self._open_and(write)

    def _open_and(self, write: _Write) -> None:
        create_private(self._path)
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
        with closing(connection):
            # a power cut may spoil the file; its checksums tell, and it is thrown away
            connection.execute("PRAGMA synchronous=OFF")
            if _version(connection) not in (0, _SHAPE):
                raise sqlite3.DatabaseError("another shape")
            with transaction(connection):
                if _version(connection) == 0:
                    _make_tables(connection)
                write(connection)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _make_tables(connection: sqlite3.Connection) -> None:
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version={_SHAPE}")


def _listing(
    connection: sqlite3.Connection, name: str, decode: Callable[[Columns], list[Row]], *, first_page: bool
) -> Listing[Row] | None:
    if _version(connection) != _SHAPE:
        raise ValueError("another shape")
    head = connection.execute("SELECT as_of, complete, rows FROM list WHERE name = ?", (name,)).fetchone()
    if head is None:
        return None
    as_of, complete, count = head
    expected = min(count, PAGE_ROWS) if first_page else count
    pages = connection.execute(
        "SELECT checksum, content FROM page WHERE list = ? ORDER BY number LIMIT ?", (name, -(-expected // PAGE_ROWS))
    )
    rows = [row for checksum, content in pages for row in decode(_columns(checksum, content))]
    if len(rows) != expected:
        raise ValueError("a page is missing")
    return Listing(rows, _moment(as_of), bool(complete) and expected == count)


def _write(
    connection: sqlite3.Connection, name: str, listing: Listing[Row], encode: Callable[[list[Row]], Columns]
) -> None:
    rows = listing.rows
    connection.execute("DELETE FROM page WHERE list = ?", (name,))
    for number, start in enumerate(range(0, len(rows), PAGE_ROWS)):
        content = _content(encode(rows[start : start + PAGE_ROWS]))
        connection.execute("INSERT INTO page VALUES (?, ?, ?, ?)", (name, number, zlib.crc32(content), content))
    values = (name, listing.as_of.timestamp(), listing.complete, len(rows))
    connection.execute("INSERT OR REPLACE INTO list VALUES (?, ?, ?, ?)", values)


def _content(columns: Columns) -> bytes:
    # column by column: one call for the whole page would hold the interpreter for longer than a frame
    return f"[{','.join(_dumps(column) for column in columns)}]".encode()


_dumps = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def _columns(checksum: int, content: bytes) -> Columns:
    if zlib.crc32(content) != checksum:
        raise ValueError("the checksum differs")
    columns: Columns = json.loads(content)
    return columns


# columns


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(column: Iterable[datetime | None]) -> list[float | None]:
    return [None if moment is None else moment.timestamp() for moment in column]


def _moments(column: list[float | None]) -> list[datetime | None]:
    return [None if seconds is None else _moment(seconds) for seconds in column]


def _tuples(column: list[list[Any]]) -> list[tuple[Any, ...]]:
    return [tuple(value) for value in column]


def _words(enumeration: type[StrEnum]) -> Callable[[list[str | None]], list[str | None]]:
    """Return what ``domain.word.known`` does, for a whole column: at this number a call for each would be felt."""
    members: dict[str | None, str] = {member.value: member for member in enumeration}

    def restore(column: list[str | None]) -> list[str | None]:
        return [members.get(text, text) for text in column]

    return restore


class _Table(Generic[Row]):
    """How rows of one type turn into columns and back; ``restore`` has what JSON does not bring back by itself."""

    def __init__(self, type: type[Row], restore: dict[str, Callable[[list[Any]], list[Any]]]) -> None:
        self.type = type
        self.restore = restore
        self.names = tuple(field.name for field in fields(type))  # type: ignore[arg-type]

    def columns(self, rows: list[Row]) -> Columns:
        if not rows:
            return [[] for _ in self.names]
        taken = zip(*map(attrgetter(*self.names), rows), strict=True)
        return [
            _seconds(column) if self.restore.get(name) is _moments else list(column)
            for name, column in zip(self.names, taken, strict=True)
        ]

    def rows(self, columns: Columns) -> list[Row]:
        whole = [
            self.restore[name](column) if name in self.restore else column
            for name, column in zip(self.names, columns, strict=True)
        ]
        return list(map(self.type, *whole))


_RESOURCE = _Table(
    Resource,
    {"type": _words(ResourceType), "protect_status": _words(ProtectStatus), "exclude_volumes": _tuples},
)
_VAULT = _Table(
    Vault,
    {
        "kind": _words(VaultKind),
        "protect_type": _words(ProtectType),
        "status": _words(VaultStatus),
        "created_at": _moments,
    },
)
_TASK = _Table(
    Task,
    {
        "type": _words(TaskType),
        "status": _words(TaskStatus),
        "created_at": _moments,
        "started_at": _moments,
        "ended_at": _moments,
    },
)

_RESOURCES_COLUMN = _VAULT.names.index("resources")
# a cache of a version with other fields is of no use, so the fields are the version
_SHAPE = zlib.crc32(repr((_VAULT.names, _RESOURCE.names, _TASK.names)).encode()) >> 1 or 1


def _vault_columns(vaults: list[Vault]) -> Columns:
    """Return the columns of vaults, with counts in place of the resources, then those of all their resources."""
    columns = _VAULT.columns(vaults)
    columns[_RESOURCES_COLUMN] = [len(vault.resources) for vault in vaults]
    resources = [resource for vault in vaults for resource in vault.resources]
    return [*columns, *_RESOURCE.columns(resources)]


def _vaults(columns: Columns) -> list[Vault]:
    own = columns[: len(_VAULT.names)]
    resources = iter(_RESOURCE.rows(columns[len(_VAULT.names) :]))
    own[_RESOURCES_COLUMN] = [list(islice(resources, count)) for count in own[_RESOURCES_COLUMN]]
    return _VAULT.rows(own)
