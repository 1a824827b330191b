"""Lists in an SQLite file, cut into pages so that the first one comes quickly and the rest in pieces.

A page is JSON of columns. The standard library's JSON is quick enough for a page, while importing a quicker one costs
more than it gains before the first paint.
"""

import json
import sqlite3
import zlib
from collections.abc import Generator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

from cbr_desktop.domain.error import CbrError, Forbidden, NotFound, Refused
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.vault import Vault
from cbr_desktop.storage.columns import VAULTS, Codec, Columns, Pool, moment, shape
from cbr_desktop.storage.database import SIDE_FILES, refuse_odd_parts

PAGE_ROWS = 250
"""Rows of a page, and so of the first one, which the first paint waits for: more than any screen shows."""
BUSY_SECONDS = 0.2

Row = TypeVar("Row")
Reading = Generator[None, None, Listing[Row] | None]
"""Reading page by page: the caller may do something else between two pages, and gets the list at the end."""

_VERSION = 7_919
_TABLES = (
    """
    CREATE TABLE list (
        name TEXT PRIMARY KEY, shape INTEGER, as_of REAL, complete INTEGER, rows INTEGER, lacking TEXT
    )
    """,
    "CREATE TABLE page (list TEXT, number INTEGER, checksum INTEGER, content BLOB, PRIMARY KEY (list, number))",
)
_LACKING: dict[int, type[Refused]] = {403: Forbidden, 404: NotFound}


def first_vaults(path: Path) -> Listing[Vault] | None:
    """Return the first page of the vaults in a file, or ``None``; ``complete`` tells if that is all."""
    return whole(reading(path, "vaults", VAULTS, first_page=True))


def whole(reading: Reading[Row]) -> Listing[Row] | None:
    """Read to the end at once."""
    while True:
        try:
            next(reading)
        except StopIteration as end:
            found: Listing[Row] | None = end.value
            return found


def reading(path: Path, name: str, codec: Codec[Row], *, first_page: bool = False) -> Reading[Row]:
    """Read a list; whatever goes wrong, the file is gone afterwards and the list ``None``."""
    try:
        if not path.exists():
            return None
        refuse_odd_parts(path)
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
            return (yield from _listing(connection, name, codec, first_page=first_page))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # which another program of ours causes by writing
            discard(path)
        return None
    except Exception:  # a flipped bit raises anything at all, and none of it matters for a cache
        discard(path)
        return None


def write(connection: sqlite3.Connection, name: str, codec: Codec[Row], listing: Listing[Row]) -> None:
    """Put a list in place of the one before; pages that say the same as before are left as they are."""
    rows = listing.rows
    before = dict(connection.execute("SELECT number, checksum FROM page WHERE list = ?", (name,)))
    for number, start in enumerate(range(0, len(rows), PAGE_ROWS)):
        content = _content(codec.columns(rows[start : start + PAGE_ROWS]))
        checksum = zlib.crc32(content)
        if before.pop(number, None) != checksum:
            page = (name, number, checksum, content)
            connection.execute("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?)", page)
    connection.executemany("DELETE FROM page WHERE list = ? AND number = ?", ((name, number) for number in before))
    head = (name, shape(codec), listing.as_of.timestamp(), listing.complete, len(rows), _told(listing.lacking))
    connection.execute("INSERT OR REPLACE INTO list VALUES (?, ?, ?, ?, ?, ?)", head)


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables of a new file. ``DatabaseError`` when the file is of another version."""
    version = _version(connection)
    if version == 0:
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={_VERSION}")
    elif version != _VERSION:
        raise sqlite3.DatabaseError("another version")


def discard(path: Path) -> None:
    """Throw a file away, with what SQLite keeps beside it."""
    for suffix in ("", *SIDE_FILES):
        with suppress(OSError):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _listing(connection: sqlite3.Connection, name: str, codec: Codec[Row], *, first_page: bool) -> Reading[Row]:
    if _version(connection) != _VERSION:
        raise ValueError("another version")
    select = "SELECT as_of, complete, rows, lacking FROM list WHERE name = ? AND shape = ?"
    head = connection.execute(select, (name, shape(codec))).fetchone()
    if head is None:
        return None
    as_of, complete, count, lacking = head
    expected = min(count, PAGE_ROWS) if first_page else count
    # page by page, so that no lock is held while the caller does something else
    rows: list[Row] = []
    ids: set[Any] = set()
    pool: Pool = {}
    for number in range(-(-expected // PAGE_ROWS)):
        page = "SELECT checksum, content FROM page WHERE list = ? AND number = ?"
        found = connection.execute(page, (name, number)).fetchone()
        page_rows = codec.rows(_columns(*found), pool)
        ids.update([row.id for row in page_rows])  # type: ignore[attr-defined]
        rows += page_rows
        yield
    if len(ids) != expected:
        raise ValueError("a page is missing or there twice")
    return Listing(rows, moment(as_of), bool(complete) and expected == count, _why(lacking))


def _content(columns: Columns) -> bytes:
    # column by column: one call for the whole page would hold the interpreter for longer than a frame
    return f"[{','.join(_dumps(column) for column in columns)}]".encode()


_dumps = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def _columns(checksum: int, content: bytes) -> Columns:
    if zlib.crc32(content) != checksum:
        raise ValueError("the checksum differs")
    columns: Columns = json.loads(content)
    return columns


def _told(lacking: CbrError | None) -> str:
    """Return why something is missing for good as a text: a number of HTTP and the server's name."""
    if not isinstance(lacking, Refused):
        return ""
    return next((f"{status} {lacking.host}" for status, kind in _LACKING.items() if isinstance(lacking, kind)), "")


def _why(told: str) -> CbrError | None:
    status, _, host = told.partition(" ")
    return _LACKING[int(status)](host, status=int(status)) if status else None
