"""The first vaults of a cache once more, in a small file beside it: the first paint then need not wait for SQLite.

SQLite takes three megabytes and a thirtieth of a start. Where this file is missing or spoilt, as beside caches of
earlier versions, the rows come from the cache itself. It is written after the cache, so at worst it is older by one
list, until the whole of the cache has been read.
"""

import os
import zlib
from contextlib import suppress
from pathlib import Path

import msgspec

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.listing import Listing, Shortfall
from cbr_desktop.domain.vault import Vault
from cbr_desktop.storage.columns import VAULTS, Columns, moment, moment_or_none, seconds_or_none, shape
from cbr_desktop.storage.files import System, open_plain, write_whole

FIRST_ROWS = 120
"""More than most screens show; what a larger one has room for comes a moment after the first paint."""
_SUFFIX = ".first"
_SIZE_LIMIT = 16 * 1024 * 1024
_UNSYNCED = System(fsync=lambda _descriptor: None)
"""After a power cut the file may be spoilt; its checksum tells."""


class _Kept(msgspec.Struct):
    """What is in the file: times in seconds since 1970, ``columns`` of the shape that the cache has as well."""

    shape: int
    as_of: float
    complete: bool
    shortfall: str
    total: int | None
    read_at: float | None
    mark: float | None
    columns: Columns


def recall_first(path: Path) -> Listing[Vault] | None:
    """Return the first vaults of the cache ``path``; ``complete`` tells if these are all. ``None`` where none are kept.

    Of a list that was refused in part none are: the cache itself knows why.
    """
    try:
        return _recalled(_file(path)) if path.exists() else None
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def keep_first(path: Path, listing: Listing[Vault]) -> None:
    """Keep the first rows of a list that has been written to the cache ``path``; where that cannot be, keep none."""
    try:
        if listing.lacking is None:
            write_whole(_file(path), _content(listing), system=_UNSYNCED)
            return
    except (NotSaved, ValueError):  # a full disk, or half a character, which the cache itself can keep
        pass
    discard_first(path)


def discard_first(path: Path) -> None:
    """Throw away what is kept of the cache ``path``."""
    with suppress(OSError):
        _file(path).unlink(missing_ok=True)


def _file(path: Path) -> Path:
    return Path(f"{os.fspath(path)}{_SUFFIX}")


def _content(listing: Listing[Vault]) -> bytes:
    rows = listing.rows[:FIRST_ROWS]
    kept = _Kept(
        shape(VAULTS),
        listing.as_of.timestamp(),
        listing.complete and len(rows) == len(listing.rows),
        listing.shortfall,
        listing.total,
        seconds_or_none(listing.read_at),
        seconds_or_none(listing.mark),
        VAULTS.columns(rows),
    )
    content = msgspec.json.encode(kept)
    return b"%08x\n" % zlib.crc32(content) + content


def _recalled(file: Path) -> Listing[Vault]:
    with open_plain(file) as opened:
        checksum, _, content = opened.read(_SIZE_LIMIT).partition(b"\n")
    if int(checksum, 16) != zlib.crc32(content):
        raise ValueError("the checksum differs")
    kept = msgspec.json.decode(content, type=_Kept)
    if kept.shape != shape(VAULTS):
        raise ValueError("another version")
    return Listing(
        VAULTS.rows(kept.columns, {}),
        moment(kept.as_of),
        kept.complete,
        None,
        Shortfall(kept.shortfall),
        kept.total,
        moment_or_none(kept.read_at),
        moment_or_none(kept.mark),
    )
