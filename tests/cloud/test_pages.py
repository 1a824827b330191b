"""Reading a list that changes, lies about its length, repeats itself or counts its pages."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from cbr_desktop.cloud.pages import PAGES_LIMIT, Collection, collect, collect_counted_oddly
from cbr_desktop.cloud.wire.reading import Page
from cbr_desktop.domain.error import NoAnswer

Fetch = Callable[[int], Awaitable[Page["Thing"]]]


@dataclass
class Thing:
    id: str


class DraftStore:
    """A list on a server; ``asked`` are the offsets that it was asked for."""

    def __init__(self, length: int, page: int = 10, count: int | None = -1) -> None:
        self.things = [Thing(str(number)) for number in range(length)]
        self.page = page
        self.count = length if count == -1 else count
        self.asked: list[int] = []

    async def __call__(self, offset: int) -> Page[Thing]:
        self.asked.append(offset)
        await asyncio.sleep(0)
        return Page(self.things[self.start(offset) :][: self.page], self.count)

    def start(self, offset: int) -> int:
        return offset


class NumberedDraftStore(DraftStore):
    def start(self, offset: int) -> int:
        return max(offset - 1, 0) * self.page


class NumberedFromNoughtDraftStore(DraftStore):
    def start(self, offset: int) -> int:
        return offset * self.page


class DeafDraftStore(DraftStore):
    def start(self, offset: int) -> int:
        return 0


def collected(fetch: Fetch, size: int = 10) -> Collection[Thing]:
    return asyncio.run(collect(fetch, size, 6))


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 20, 25, 100, 101])
@pytest.mark.parametrize("count", [-1, None])
def test_all_pages_in_order(length: int, count: int | None) -> None:
    draft_store = DraftStore(length, count=count)
    found = collected(draft_store)
    assert found.rows == draft_store.things
    assert found.is_complete
    if count is not None:
        assert draft_store.asked == list(range(0, max(length, 1), 10))


def test_a_server_that_gives_less_than_was_asked_for() -> None:
    draft_store = DraftStore(35, page=7)
    assert collected(draft_store).rows == draft_store.things
    assert draft_store.asked == [0, 7, 14, 21, 28]


@pytest.mark.parametrize("count", [1, 5, 12])
def test_a_count_that_is_too_small(count: int) -> None:
    draft_store = DraftStore(45, count=count)
    found = collected(draft_store)
    assert len(found.rows) == 45 or count == 12
    assert not found.is_complete


def test_a_count_that_is_too_great() -> None:
    draft_store = DraftStore(45, count=10**9)
    found = collected(draft_store)
    assert len(found.rows) == 45
    assert not found.is_complete
    assert len(draft_store.asked) < 20


def test_a_count_beyond_the_only_row() -> None:
    found = collected(DraftStore(1, count=50))
    assert (len(found.rows), found.is_complete) == (1, False)


@pytest.mark.parametrize("count", [100_000, None])
def test_an_offset_that_is_ignored(count: int | None) -> None:
    draft_store = DeafDraftStore(30, count=count)
    found = collected(draft_store)
    assert (len(found.rows), found.is_complete) == (10, False)
    assert len(draft_store.asked) <= 13


def test_a_list_without_end() -> None:
    class Endless(DraftStore):
        async def __call__(self, offset: int) -> Page[Thing]:
            self.asked.append(offset)
            return Page([Thing(f"{offset}")], None)

    draft_store = Endless(1)
    found = collected(draft_store, size=1)
    assert (len(found.rows), len(draft_store.asked)) == (PAGES_LIMIT, PAGES_LIMIT)


def test_a_row_that_comes_in_between_is_missed_and_said_so() -> None:
    draft_store = DraftStore(30)

    async def fetch(offset: int) -> Page[Thing]:
        page = await draft_store(offset)
        if offset == 0:
            draft_store.things.insert(0, Thing("new"))
            draft_store.count = 31
        return page

    found = collected(fetch)
    assert len({row.id for row in found.rows}) == len(found.rows) == 30
    assert not found.is_complete


def test_a_row_that_goes_in_between_hides_another() -> None:
    draft_store = DraftStore(30)

    async def fetch(offset: int) -> Page[Thing]:
        page = await draft_store(offset)
        if offset == 0:
            del draft_store.things[0]
            draft_store.count = 29
        return page

    found = collected(fetch)
    assert (len(found.rows), found.is_complete) == (29, False)


def test_unreadable_rows_make_a_list_incomplete() -> None:
    async def fetch(offset: int) -> Page[Thing]:
        return Page([Thing("1")], 2, 1)

    found = collected(fetch)
    assert (len(found.rows), found.is_complete) == (1, False)


def test_a_page_that_fails_fails_the_list() -> None:
    draft_store = DraftStore(100)

    async def fetch(offset: int) -> Page[Thing]:
        if offset == 30:
            raise NoAnswer("cbr.example")
        return await draft_store(offset)

    with pytest.raises(NoAnswer):
        collected(fetch)


@pytest.mark.parametrize("kind", [DraftStore, NumberedDraftStore, NumberedFromNoughtDraftStore])
@pytest.mark.parametrize("count", [-1, None])
@pytest.mark.parametrize("length", [0, 5, 10, 11, 20, 37, 95, 230])
def test_pages_may_be_counted_instead_of_rows(kind: type[DraftStore], count: int | None, length: int) -> None:
    draft_store = kind(length, count=count)
    found = asyncio.run(collect_counted_oddly(draft_store, 10, 6))
    assert found.rows == draft_store.things
    assert found.is_complete
    assert len(draft_store.asked) <= -(-length // 10) + 2
