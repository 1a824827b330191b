"""Reading a whole list page by page while it changes, is miscounted, repeats itself or counts its pages oddly."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, Protocol, TypeVar

from cbr_desktop.cloud.wire.reading import Page

PAGES_LIMIT = 1000
"""Pages of one list that are read at most."""


class Identified(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """The id by which a row is known again."""
        ...


Row = TypeVar("Row", bound=Identified)
Fetch = Callable[[int], Awaitable[Page[Row]]]
"""Reads the page that starts at an offset."""


class Collection(Generic[Row]):
    """The rows of the pages so far, each id once, and whether that can be all of them."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._counts: set[int] = set()
        self._whole = True

    def add(self, page: Page[Row]) -> bool:
        """Take a page in and tell whether it brought anything new."""
        before, found = len(self._rows), len(page.rows)
        self._rows.update((row.id, row) for row in page.rows)
        if page.count is not None:
            self._counts.add(page.count)
        new = len(self._rows) - before
        if new < found or page.lost:
            self._whole = False
        return new > 0

    def holds_all_of(self, page: Page[Row]) -> bool:
        """Whether every row of ``page`` is known already."""
        return all(row.id in self._rows for row in page.rows)

    @property
    def rows(self) -> list[Row]:
        """The rows in the order of their pages."""
        return list(self._rows.values())

    @property
    def is_complete(self) -> bool:
        """Whether nothing suggests that rows are missing: no drift between pages, and the service's count was met."""
        return self._whole and self._counts <= {len(self._rows)}


async def collect(fetch: Fetch[Row], size: int, in_flight: int) -> Collection[Row]:
    """Read all pages of a list. ``size`` is the page size that was asked for; the server may give less.

    When the first page tells that there are more, the others are fetched ``in_flight`` at a time. Reading ends at a
    short page, at one without a new id, or after ``PAGES_LIMIT`` pages.
    """
    found: Collection[Row] = Collection()
    last = await fetch(0)
    found.add(last)
    step = len(last.rows) + last.lost
    end = step
    if step and last.count is not None and last.count > step:
        offsets = range(step, min(last.count, step * PAGES_LIMIT), step)
        for last in await _together(fetch, offsets, found, in_flight):
            found.add(last)
        end = offsets[-1] + step
    while end < step * PAGES_LIMIT and _goes_on(last, end, step, size):
        last = await fetch(end)
        end += step
        if not found.add(last):
            break
    return found


async def collect_counted_oddly(fetch: Fetch[Row], size: int, in_flight: int) -> Collection[Row]:
    """Read all pages of a list whose offset may count rows or pages.

    Where it counts pages, 0 and 1 are the same page: so the service does for servers, while it counts disks. When there
    is more than one page, asking for 1 tells which way it is.
    """
    first = await fetch(0)
    step = len(first.rows) + first.lost
    if not step or (step < size if first.count is None else first.count <= step):
        return await collect(_remembering(fetch, first), size, in_flight)
    second = await fetch(1)
    known = {row.id for row in first.rows}
    repeated = sum(row.id in known for row in second.rows)
    if repeated >= len(first.rows):
        return await collect(_remembering(lambda offset: fetch(offset // step + 1), first), size, in_flight)
    if repeated == 0 and len(first.rows) > 1:
        return await collect(_remembering(lambda offset: fetch(offset // step), first), size, in_flight)
    return await collect(_remembering(fetch, first), size, in_flight)


def _remembering(fetch: Fetch[Row], first: Page[Row]) -> Fetch[Row]:
    """Return a way to fetch pages that has the first one already."""

    async def remembered(offset: int) -> Page[Row]:
        return await fetch(offset) if offset else first

    return remembered


def _goes_on(last: Page[Row], end: int, step: int, size: int) -> bool:
    """Tell whether there may be rows after the last page, which ended at ``end``."""
    rows = len(last.rows) + last.lost
    if last.count is None or last.count < rows:
        return rows >= size
    return rows >= step > 0 and last.count > end


async def _together(fetch: Fetch[Row], offsets: range, first: Collection[Row], in_flight: int) -> list[Page[Row]]:
    """Fetch the pages at ``offsets``, and no further ones once a page is empty or repeats the first."""
    pages: dict[int, Page[Row]] = {}
    left = iter(offsets)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(in_flight, len(offsets))):
                group.create_task(_fetch_some(fetch, left, first, pages))
    except BaseExceptionGroup as group_error:
        raise group_error.exceptions[0] from None
    return [pages[offset] for offset in sorted(pages)]


async def _fetch_some(
    fetch: Fetch[Row], left: Iterator[int], first: Collection[Row], pages: dict[int, Page[Row]]
) -> None:
    for offset in left:
        page = await fetch(offset)
        pages[offset] = page
        if first.holds_all_of(page):
            for _ in left:
                pass
