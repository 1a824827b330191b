"""Lists in an SQLite file, cut into pages so that the first one comes quickly and the rest in pieces.

Pages have numbers that say nothing of their order, which stands beside them: a row that is new or gone changes
the page that it is in and no other. Where no order stands, as in files of earlier versions, it is that of the numbers.

A page is JSON of columns. It is written by msgspec, in a sixth of the time that the standard library takes: the window
waits while the thread that writes holds the interpreter.
"""

import json
import sqlite3
import zlib
from collections.abc import Collection, Generator
from contextlib import closing, suppress
from operator import is_
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from cbr_desktop.domain.error import CbrError, Forbidden, NotFound, Refused
from cbr_desktop.domain.listing import Listing, Shortfall
from cbr_desktop.domain.vault import Vault
from cbr_desktop.storage.columns import VAULTS, Codec, Columns, Pool, moment, moment_or_none, seconds_or_none, shape
from cbr_desktop.storage.database import SIDE_FILES, refuse_odd_parts
from cbr_desktop.storage.first_rows import discard_first

PAGE_ROWS = 250
"""Rows of a page."""
BUSY_SECONDS = 0.2
_SPARE_PAGES = 8
_LOOKED_FOR = 16
"""Texts that pages are chosen by at the most: to look for more takes as long as to read the whole list."""

Row = TypeVar("Row", bound=msgspec.Struct)


class WrittenPage(NamedTuple):
    """A page as it is on the disk: its number, the checksum of what is written, and the rows that it was made of."""

    number: int
    checksum: int
    rows: list[Any]


Written = list[WrittenPage]
"""The pages of a list in their order."""
KeptReading = Generator[None, None, Listing[Row] | None]
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
_MORE = "CREATE TABLE IF NOT EXISTS more (name TEXT PRIMARY KEY, content TEXT)"
"""What files of earlier versions do not have: the order of the pages and how the list was read, as JSON."""
_LACKING: dict[int, type[Refused]] = {403: Forbidden, 404: NotFound}


def first_vaults(path: Path) -> Listing[Vault] | None:
    """Return the first page of the vaults in a file, or ``None``; ``complete`` tells if that is all."""
    return whole(reading(path, "vaults", VAULTS, first_page=True))


def whole(reading: KeptReading[Row]) -> Listing[Row] | None:
    """Read to the end at once."""
    while True:
        try:
            next(reading)
        except StopIteration as end:
            found: Listing[Row] | None = end.value
            return found


def reading(
    path: Path,
    name: str,
    codec: Codec[Row],
    written: Written | None = None,
    *,
    first_page: bool = False,
    holding: Collection[str] | None = None,
) -> KeptReading[Row]:
    """Read a list; whatever goes wrong, the file is gone afterwards and the list ``None``.

    The pages are put into ``written``, for when the list is written again. With ``holding`` those pages alone are read
    in which one of these texts stands by itself, as an id or a name does: every row that has one, and some others.
    """
    try:
        if not path.exists():
            return None
        refuse_odd_parts(path)
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
            chosen = _Chosen(first_page, holding)
            return (yield from _listing(connection, name, codec, [] if written is None else written, chosen))
    except sqlite3.OperationalError as error:
        # busy is what another program of ours makes it by writing; a text that cannot be decoded has no code
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF != sqlite3.SQLITE_BUSY:
            discard(path)
        return None
    except Exception:  # a flipped bit raises anything at all, and none of it matters for a cache
        discard(path)
        return None


def write(
    connection: sqlite3.Connection, name: str, codec: Codec[Row], listing: Listing[Row], written: Written
) -> Written:
    """Put a list in place of the one before, and return its pages.

    Pages with the very rows of those that were ``written`` before, and are still there, are left as they are, and not
    even encoded; so are those that say the same.
    """
    before = dict(connection.execute("SELECT number, checksum FROM page WHERE list = ?", (name,)))
    written = [page for page in written if before.get(page.number) == page.checksum]
    pages: Written = []
    left = set(before)
    cut = _cut(listing.rows, written)
    left -= {page.number for page in cut if isinstance(page, WrittenPage)}
    free = iter(range(len(cut) + len(before)))
    for page in cut:
        if isinstance(page, WrittenPage):
            pages.append(page)
            continue
        number = next(number for number in free if number not in before or number in left)
        left.discard(number)
        content = _content(codec.columns(page))
        checksum = zlib.crc32(content)
        if before.get(number) != checksum:
            row = (name, number, checksum, content)
            connection.execute("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?)", row)
        pages.append(WrittenPage(number, checksum, page))
    connection.executemany("DELETE FROM page WHERE list = ? AND number = ?", ((name, number) for number in left))
    complete = listing.complete
    head = (name, shape(codec), listing.as_of.timestamp(), complete, len(listing.rows), _told(listing.lacking))
    connection.execute("INSERT OR REPLACE INTO list VALUES (?, ?, ?, ?, ?, ?)", head)
    connection.execute(_MORE)
    more = {
        "pages": [page.number for page in pages],
        "shortfall": listing.shortfall,
        "total": listing.total,
        "read_at": seconds_or_none(listing.read_at),
        "mark": seconds_or_none(listing.mark),
    }
    connection.execute("INSERT OR REPLACE INTO more VALUES (?, ?)", (name, json.dumps(more)))
    return pages


def _cut(rows: list[Row], written: Written) -> list[WrittenPage | list[Row]]:
    """Cut rows into pages: those that stand as they were written, and between them new ones of ``PAGE_ROWS`` at most.

    Small pages are taken into new ones beside them; where too many have come of that all the same, all is cut anew.
    """
    if not written:
        return [rows[start : start + PAGE_ROWS] for start in range(0, len(rows), PAGE_ROWS)]
    places: dict[int, int] = {}
    cut: list[WrittenPage | list[Row]] = []
    place = done = 0
    for page in written:
        if not _stands(page, rows, place):
            if not places:
                places = {id(row): number for number, row in enumerate(rows)}
            found = places.get(id(page.rows[0]), -1) if page.rows else -1
            if found < place or not _stands(page, rows, found):
                continue
            place = found
        if place > done and place - done + len(page.rows) <= PAGE_ROWS:
            place += len(page.rows)  # it becomes a part of the new page
            continue
        cut += [rows[start : min(start + PAGE_ROWS, place)] for start in range(done, place, PAGE_ROWS)]
        cut.append(page)
        place += len(page.rows)
        done = place
    cut += [rows[start : start + PAGE_ROWS] for start in range(done, len(rows), PAGE_ROWS)]
    return cut if len(cut) <= 2 * len(rows) // PAGE_ROWS + _SPARE_PAGES else _cut(rows, [])


def _stands(page: WrittenPage, rows: list[Any], place: int) -> bool:
    # cut out, since an iterator would go through all rows before, page after page
    there = rows[place : place + len(page.rows)]
    return len(there) == len(page.rows) and all(map(is_, page.rows, there))


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
    """Throw a file away, with what SQLite keeps beside it, and with its first rows."""
    for suffix in ("", *SIDE_FILES):
        with suppress(OSError):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
    discard_first(path)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


class _Chosen:
    """Which pages of a list are read."""

    def __init__(self, first_page: bool, holding: Collection[str] | None) -> None:
        self.first_page = first_page
        self._cells: list[bytes] | None = None
        if holding is not None and len(holding) <= _LOOKED_FOR:
            # as it is written, and as earlier versions and a page with half a character have it
            self._cells = [cell for text in holding for cell in {_content(text), _dumped(text)}]

    @property
    def is_all(self) -> bool:
        """Whether all pages are."""
        return not self.first_page and self._cells is None

    def takes(self, content: bytes) -> bool:
        """Whether a page is one of them."""
        return self._cells is None or any(cell in content for cell in self._cells)


def _listing(
    connection: sqlite3.Connection, name: str, codec: Codec[Row], written: Written, chosen: _Chosen
) -> KeptReading[Row]:
    if _version(connection) != _VERSION:
        raise ValueError("another version")
    select = "SELECT as_of, complete, rows, lacking FROM list WHERE name = ? AND shape = ?"
    head = connection.execute(select, (name, shape(codec))).fetchone()
    if head is None:
        return None
    as_of, complete, count, lacking = head
    more = _more(connection, name)
    # page by page, so that no lock is held between two pages
    rows: list[Row] = []
    ids: set[Any] = set()
    pool: Pool = {}
    for number in more.get("pages", range(-(-count // PAGE_ROWS))):
        page = "SELECT checksum, content FROM page WHERE list = ? AND number = ?"
        checksum, content = connection.execute(page, (name, number)).fetchone()
        if not chosen.takes(content):
            continue
        page_rows = codec.rows(_columns(checksum, content), pool)
        written.append(WrittenPage(number, checksum, page_rows))
        ids.update([row.id for row in page_rows])  # type: ignore[attr-defined]
        rows += page_rows
        yield
        if chosen.first_page and len(rows) >= PAGE_ROWS:
            break
    if len(ids) != (count if chosen.is_all else len(rows)) or len(rows) > count:
        raise ValueError("a page is missing or there twice")
    return Listing(
        rows,
        moment(as_of),
        bool(complete) and (len(rows) == count or not chosen.first_page),
        _why(lacking),
        Shortfall(more.get("shortfall", "")),
        more.get("total"),
        moment_or_none(more.get("read_at")),
        moment_or_none(more.get("mark")),
    )


def _more(connection: sqlite3.Connection, name: str) -> dict[str, Any]:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'more'").fetchone():
        return {}
    found = connection.execute("SELECT content FROM more WHERE name = ?", (name,)).fetchone()
    more: dict[str, Any] = json.loads(found[0]) if found else {}
    return more


def _content(values: Any) -> bytes:
    try:
        return msgspec.json.encode(values)
    except UnicodeEncodeError:
        # half a character, which the standard library writes and reads
        return _dumped(values)


def _dumped(values: Any) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode()


def _columns(checksum: int, content: bytes) -> Columns:
    if zlib.crc32(content) != checksum:
        raise ValueError("the checksum differs")
    try:
        columns: Columns = msgspec.json.decode(content)
    except msgspec.DecodeError:
        columns = json.loads(content)  # half a character
    return columns


def _told(lacking: CbrError | None) -> str:
    """Return why something is missing for good as a text: a number of HTTP and the server's name."""
    if not isinstance(lacking, Refused):
        return ""
    return next((f"{status} {lacking.host}" for status, kind in _LACKING.items() if isinstance(lacking, kind)), "")


def _why(told: str) -> CbrError | None:
    status, _, host = told.partition(" ")
    return _LACKING[int(status)](host, status=int(status)) if status else None
