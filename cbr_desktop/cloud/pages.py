"""Reading a whole list page by page while it changes, is miscounted, repeats itself or counts its pages oddly."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, NamedTuple, Protocol, TypeVar

from cbr_desktop.cloud.wire.reading import AnswerPage
from cbr_desktop.domain.listing import Shortfall


class Identified(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """The id by which a row is known again."""
        ...


Row = TypeVar("Row", bound=Identified)
Fetch = Callable[[int], Awaitable[AnswerPage[Row]]]
"""Reads the page that starts at an offset."""
After = Callable[[str], Awaitable[AnswerPage[Row]]]
"""Reads the page that follows a row, by the row's id."""


class Limits(NamedTuple):
    """How much of one list is read; what is on its way when a limit is reached comes besides."""

    pages: int = 1000
    rows: int = 500_000
    size_bytes: int = 768 * 2**20


LIMITS = Limits()


class Collection(Generic[Row]):
    """The rows of the pages so far, each id once, and whether that can be all of them."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._rows: dict[str, Row] = {}
        self._counts: set[int] = set()
        self._whole = True
        self._reached = Shortfall.NONE
        self._came = Limits(0, 0, 0)
        self.count: int | None = None
        """How many rows there are, as the service said last."""

    def note(self, page: AnswerPage[Row]) -> None:
        """Take note of how much has come; its rows are added in their turn."""
        pages, rows, size_bytes = self._came
        self._came = Limits(pages + 1, rows + len(page), size_bytes + page.size_bytes)

    def is_full(self) -> bool:
        """Tell whether no more is to be read; to be asked while there is more, since that is then missing."""
        if not self._reached:
            reasons = (Shortfall.PAGES, Shortfall.ROWS, Shortfall.BYTES)
            reached = (
                reason for reason, came, limit in zip(reasons, self._came, self._limits, strict=True) if came >= limit
            )
            self._reached = next(reached, Shortfall.NONE)
        return bool(self._reached)

    def add(self, page: AnswerPage[Row], follows: str | None = None) -> bool:
        """Take a page in and tell whether it brought anything new.

        One that ``follows`` a row was asked for from that row on: where it does not begin with it, rows have moved.
        """
        before, rows = len(self._rows), page.rows
        if follows is not None:
            if rows and rows[0].id == follows:
                rows = rows[1:]
            else:
                self._whole = False
        self._rows.update((row.id, row) for row in rows)
        if page.count is not None:
            self._counts.add(page.count)
            self.count = page.count
        new = len(self._rows) - before
        if new < len(rows) or page.lost:
            self._whole = False
        return new > 0

    def holds_all_of(self, page: AnswerPage[Row]) -> bool:
        """Whether every row of ``page`` is known already."""
        return all(row.id in self._rows for row in page.rows)

    def believes(self, count: int | None) -> bool:
        """Whether the service tells how many rows there are, and that is no fewer than it has given."""
        return count is not None and count >= len(self._rows)

    @property
    def rows(self) -> list[Row]:
        """The rows in the order of their pages."""
        return list(self._rows.values())

    @property
    def shortfall(self) -> Shortfall:
        """Why rows may be missing: a limit was reached, pages drifted, or the service's count was not met."""
        if self._reached:
            return self._reached
        return Shortfall.NONE if self._whole and self._counts <= {len(self._rows)} else Shortfall.CHANGED

    @property
    def is_complete(self) -> bool:
        """Whether nothing suggests that rows are missing."""
        return not self.shortfall


async def collect(
    fetch: Fetch[Row],
    in_flight: Callable[[], int],
    limits: Limits = LIMITS,
    *,
    overlapping: bool = True,
    after: After[Row] | None = None,
) -> Collection[Row]:
    """Read all pages of a list, each as long as the server likes to make it.

    When the first page tells that there are more, the others are fetched ``in_flight`` at a time, which is asked then,
    since its answer tells how far away the service is. The list ends
    where the service's count says. Where it gives none, or fewer than its rows, it ends with a page that brings nothing
    new. Such pages overlap by a row, which shows whether rows move between them, unless pages cannot be
    ``overlapping``, since they do not begin at any row.

    A server that does not heed the offset gives its first page again. Where pages can also be asked for ``after`` a
    row, the rest is then read so, one page after the other.
    """
    found: Collection[Row] = Collection(limits)
    last = await _fetched(fetch, 0, found)
    found.add(last)
    step = end = len(last)
    if step and last.count is not None and last.count > step:
        offsets = range(step, min(last.count, step * limits.pages), step)
        pages = await _together(fetch, offsets, found, in_flight())
        if after is not None and step in pages and len(pages[step]) > 1 and found.holds_all_of(pages[step]):
            return await _by_marker(after, found, last)
        for offset, page in pages.items():
            found.add(page)
            last, end = page, offset + len(page)
            await asyncio.sleep(0)
    while not _is_over(found, last, end) and not found.is_full():
        is_blind = overlapping and len(last.rows) > 1 and not found.believes(last.count)
        offset, follows = (end - 1, last.rows[-1].id) if is_blind else (end, None)
        page = await _fetched(fetch, offset, found)
        if after is not None and len(page) > 1 and found.holds_all_of(page):
            return await _by_marker(after, found, last)
        last, end = page, offset + len(page)
        if not found.add(last, follows):
            break
    return found


async def _by_marker(after: After[Row], found: Collection[Row], last: AnswerPage[Row]) -> Collection[Row]:
    """Read the pages after the last one that came, each from the last row of the one before."""
    while last.rows and not found.is_full():
        last = await after(last.rows[-1].id)
        found.note(last)
        if not found.add(last):
            break
    return found


async def collect_counted_oddly(
    fetch: Fetch[Row], in_flight: Callable[[], int], limits: Limits = LIMITS
) -> Collection[Row]:
    """Read all pages of a list whose offset may count rows or pages.

    Where it counts pages, 0 and 1 are the same page: so the service does for servers, while it counts disks. Unless the
    first page is all there is, asking for 1 tells which way it is.
    """
    first = await fetch(0)
    step = len(first)
    if not step or first.count == step:
        return await collect(_remembering(fetch, {0: first}), in_flight, limits)
    second = await fetch(1)
    remembering = _remembering(fetch, {0: first, 1: second})
    known = {row.id for row in first.rows}
    repeated = sum(row.id in known for row in second.rows)
    by_page = 1 if repeated >= len(first.rows) else 0 if repeated == 0 and len(first.rows) > 1 else None

    async def numbered(offset: int) -> AnswerPage[Row]:
        if by_page is None or offset == 0:
            return await remembering(offset)
        return await remembering(-(-offset // step) + by_page)

    return await collect(numbered, in_flight, limits, overlapping=False)


async def fetched_ahead(fetch: Fetch[Row], offsets: range, in_flight: int, limits: Limits = LIMITS) -> Fetch[Row]:
    """Return a way to fetch pages that has those at ``offsets`` already, as far as there were rows at all.

    They are fetched at once, where the first one alone would tell how many there are and cost a round trip more.
    """
    return _remembering(fetch, await _together(fetch, offsets, Collection(limits), in_flight))


def _remembering(fetch: Fetch[Row], pages: dict[int, AnswerPage[Row]]) -> Fetch[Row]:
    """Return a way to fetch pages that has some already."""

    async def remembered(offset: int) -> AnswerPage[Row]:
        return pages[offset] if offset in pages else await fetch(offset)

    return remembered


async def _fetched(fetch: Fetch[Row], offset: int, found: Collection[Row]) -> AnswerPage[Row]:
    page = await fetch(offset)
    found.note(page)
    return page


def _is_over(found: Collection[Row], last: AnswerPage[Row], end: int) -> bool:
    """Whether there is nothing after the last page, which ended at ``end``, by what it says itself."""
    return not len(last) or (last.count is not None and last.count <= end and found.believes(last.count))


async def _together(
    fetch: Fetch[Row], offsets: range, found: Collection[Row], in_flight: int
) -> dict[int, AnswerPage[Row]]:
    """Return the pages at ``offsets`` by these; no further ones once a limit is reached or one brings nothing new."""
    pages: dict[int, AnswerPage[Row]] = {}
    left = iter(offsets)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(in_flight, len(offsets))):
                group.create_task(_fetch_some(fetch, left, found, pages))
    except BaseExceptionGroup as group_error:
        raise group_error.exceptions[0] from None
    return dict(sorted(pages.items()))


async def _fetch_some(
    fetch: Fetch[Row], left: Iterator[int], found: Collection[Row], pages: dict[int, AnswerPage[Row]]
) -> None:
    """Fetch one page after the other; ``found`` holds the first, which a page may be empty or the same as."""
    for offset in left:
        if found.is_full():
            return
        pages[offset] = await _fetched(fetch, offset, found)
        if found.holds_all_of(pages[offset]):
            for _ in left:
                pass
