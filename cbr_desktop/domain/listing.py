"""A list as it was read: its rows, when, and whether that is all of it."""

from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

Row = TypeVar("Row")


class Listing(NamedTuple, Generic[Row]):
    """Rows in the service's order, without double ids.

    ``as_of`` is when the last page came. ``complete`` is ``False`` when pages drifted, repeated or ended early, so
    that something may be missing.
    """

    rows: list[Row]
    as_of: datetime
    complete: bool = True
