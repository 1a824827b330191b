"""How many rows fall on each day, counted in pieces so that nothing waits for a hundred thousand of them; no Qt."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, datetime, timedelta

Counts = dict[date, dict[Hashable, int]]
"""By day how many rows there are of each kind."""
_PIECE_ROWS = 2_000
_ONE_DAY = timedelta(days=1)


def day_counts(
    rows: Iterable[tuple[datetime | None, Hashable]],
    day: Callable[[datetime], date],
    begin: Callable[[date], datetime],
) -> Iterator[Counts]:
    """Count rows, each a point in time and a kind, and yield what is counted so far after every piece, last all of it.

    ``day`` tells the day of a point in time, ``begin`` when a day begins. Rows mostly come in the order of time, where
    they cost two comparisons each. One without a time is on no day.
    """
    counts: Counts = {}
    bounds: dict[date, tuple[datetime, datetime]] = {}
    start: datetime | None = None
    end: datetime | None = None
    here: dict[Hashable, int] = {}
    for number, (at, kind) in enumerate(rows, 1):
        if at is not None:
            if start is None or end is None or not start <= at < end:
                found = day(at)
                if found not in bounds:
                    bounds[found] = (begin(found), begin(found + _ONE_DAY))
                start, end = bounds[found]
                here = counts.setdefault(found, {})
            here[kind] = here.get(kind, 0) + 1
        if not number % _PIECE_ROWS:
            yield counts
    yield counts
