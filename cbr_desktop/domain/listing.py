"""A list as it was read: its rows, when, and whether that is all of it."""

from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from cbr_desktop.domain.error import CbrError

Row = TypeVar("Row")


class Listing(NamedTuple, Generic[Row]):
    """Rows in the service's order, without double ids.

    ``as_of`` is when the last page came. ``complete`` is ``False`` when pages drifted, repeated or ended early, so
    that something may be missing. ``lacking`` is why something is missing for good although the reading went well: the
    region does not have it, or the account may not see it.
    """

    rows: list[Row]
    as_of: datetime
    complete: bool = True
    lacking: CbrError | None = None
