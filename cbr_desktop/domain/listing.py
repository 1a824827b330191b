"""A list as it was read: its rows, when, and whether that is all of it."""

from datetime import datetime
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from cbr_desktop.domain.error import CbrError

Row = TypeVar("Row")


class Shortfall(StrEnum):
    """Why rows may be missing from a list although reading it went well."""

    NONE = ""
    CHANGED = "changed"
    """Rows moved, came twice or could not be read, or the service counts more or fewer than it gives."""
    ROWS = "rows"
    """There are more rows than are read."""
    BYTES = "bytes"
    """The answers are larger in all than what is read."""
    PAGES = "pages"
    """The list comes in more pages than are read."""


class Listing(NamedTuple, Generic[Row]):
    """Rows in the service's order, without double ids.

    ``as_of`` is when the last page came. ``complete`` is ``False`` when something may be missing; ``shortfall`` says
    why, where that is known. ``lacking`` is why something is missing for good although the reading went well: the
    region does not have it, or the account may not see it.

    ``total`` is how many rows there are by the service, ``None`` where it does not say. ``read_at`` is when the list
    was last read from one end to the other, which ``as_of`` need not be, and ``mark`` the time, by the service's clock,
    up to which its changes are in it; both are ``None`` for a list that is read whole each time.
    """

    rows: list[Row]
    as_of: datetime
    complete: bool = True
    lacking: CbrError | None = None
    shortfall: Shortfall = Shortfall.NONE
    total: int | None = None
    read_at: datetime | None = None
    mark: datetime | None = None


class ListChanges(NamedTuple, Generic[Row]):
    """The rows of a list that were changed or made after a time, and how many rows the list has in all."""

    rows: list[Row]
    total: int
