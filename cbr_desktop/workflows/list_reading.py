"""What the reading of every list needs: how well it is known already, and rows that stay the same objects."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cbr_desktop.domain.listing import Listing
from cbr_desktop.workflows.backup_changes import WHOLE_HOURS
from cbr_desktop.workflows.ledger import Freshness, Ledger
from cbr_desktop.workflows.ports import Clock

SMALL_ROWS = 100
"""A list of no more rows is read whole: it is one small answer."""
_PIECE_ROWS = 500


async def steady(listing: Listing[Any], held: Mapping[Any, Any]) -> None:
    """Put the rows that were held in place of those that say the same: what has changed is then told by identity.

    That is done in pieces, between which the window can do something else.
    """
    rows = listing.rows
    for start in range(0, len(rows), _PIECE_ROWS):
        for place in range(start, min(start + _PIECE_ROWS, len(rows))):
            before = held.get(rows[place].id)
            if before is not rows[place] and before == rows[place]:
                rows[place] = before
        await asyncio.sleep(0)


def is_known(freshness: Freshness, rows: int, now: datetime) -> bool:
    """Whether a list is so well known that what has changed since is all there is to read."""
    read_at = freshness.read_at
    if read_at is None or freshness.mark is None or not freshness.complete or rows <= SMALL_ROWS:
        return False
    return timedelta(0) <= now - read_at < timedelta(hours=WHOLE_HOURS)


def service_time_of(ledger: Ledger, clock: Clock, begun_at: datetime) -> datetime | None:
    """Return when a reading began by the service's clock, ``None`` when that is not known.

    It is told from the end, since setting the clock meanwhile changes the offset of the beginning.
    """
    offset = ledger.connection.clock_offset
    if offset is None:
        return None
    now = clock.now()
    return now + offset - max(now - begun_at, timedelta(0))
