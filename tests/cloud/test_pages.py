"""Reading a list that changes, lies about its length, repeats itself or counts its pages."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from cbr_desktop.cloud.pages import LIMITS, Collection, Limits, collect, collect_counted_oddly, fetched_ahead
from cbr_desktop.cloud.wire.reading import AnswerPage
from cbr_desktop.domain.error import NoAnswer
from cbr_desktop.domain.listing import Shortfall

Fetch = Callable[[int], Awaitable[AnswerPage["Thing"]]]


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

    async def __call__(self, offset: int) -> AnswerPage[Thing]:
        self.asked.append(offset)
        await asyncio.sleep(0)
        return AnswerPage(self.things[self.start(offset) :][: self.page], self.count)

    def start(self, offset: int) -> int:
        return offset


class NumberedDraftStore(DraftStore):
    def start(self, offset: int) -> int:
        return max(offset - 1, 0) * self.page


class NumberedFromNoughtDraftStore(DraftStore):
    def start(self, offset: int) -> int:
        return offset * self.page


class DeafDraftStore(DraftStore):
    def start(self, _offset: int) -> int:
        return 0


class BlindShelf(DraftStore):
    """Does not count; rows come and go while it is read: ``moves`` are done before the answers of these numbers."""

    def __init__(self, length: int, page: int, moves: dict[int, Callable[[list[Thing]], object]]) -> None:
        super().__init__(length, page, None)
        self.moves = moves

    async def __call__(self, offset: int) -> AnswerPage[Thing]:
        self.moves.get(len(self.asked), lambda _things: None)(self.things)
        return await super().__call__(offset)


def collected(fetch: Fetch, limits: Limits = LIMITS) -> Collection[Thing]:
    return asyncio.run(collect(fetch, lambda: 6, limits))


@pytest.mark.parametrize("length", [0, 1, 19, 30, 31, 40, 41, 100])
@pytest.mark.parametrize("page", [10, 4])
@pytest.mark.parametrize("count", [-1, None])
def test_pages_that_were_there_last_time_are_asked_for_at_once(length: int, page: int, count: int | None) -> None:
    """How many there are now, and how long the pages are, is found out all the same."""

    async def story() -> None:
        draft_store = DraftStore(length, page, count)
        ahead = await fetched_ahead(draft_store, range(0, 40, 10), 6)
        assert set(draft_store.asked) <= {0, 10, 20, 30}
        found = await collect(ahead, lambda: 6)
        assert found.rows == draft_store.things
        assert len(draft_store.asked) == len(set(draft_store.asked)), "no page is asked for twice"
        plain = await collect(DraftStore(length, page, count), lambda: 6)
        assert (found.shortfall, found.count) == (plain.shortfall, plain.count)

    asyncio.run(story())


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
    assert len(found.rows) == 45
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
        async def __call__(self, offset: int) -> AnswerPage[Thing]:
            self.asked.append(offset)
            return AnswerPage([Thing(f"{offset}")], None)

    draft_store = Endless(1)
    found = collected(draft_store)
    assert (len(found.rows), len(draft_store.asked)) == (LIMITS.pages, LIMITS.pages)
    assert found.shortfall is Shortfall.PAGES


def test_a_row_that_comes_in_between_is_missed_and_said_so() -> None:
    draft_store = DraftStore(30)

    async def fetch(offset: int) -> AnswerPage[Thing]:
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

    async def fetch(offset: int) -> AnswerPage[Thing]:
        page = await draft_store(offset)
        if offset == 0:
            del draft_store.things[0]
            draft_store.count = 29
        return page

    found = collected(fetch)
    assert (len(found.rows), found.is_complete) == (29, False)


def test_unreadable_rows_make_a_list_incomplete() -> None:
    async def fetch(_offset: int) -> AnswerPage[Thing]:
        return AnswerPage([Thing("1")], 2, 1)

    found = collected(fetch)
    assert (len(found.rows), found.is_complete) == (1, False)


def test_a_page_that_fails_fails_the_list() -> None:
    draft_store = DraftStore(100)

    async def fetch(offset: int) -> AnswerPage[Thing]:
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
    found = asyncio.run(collect_counted_oddly(draft_store, lambda: 6))
    assert found.rows == draft_store.things
    assert found.is_complete
    assert len(draft_store.asked) <= -(-length // 10) + 2


@pytest.mark.parametrize("kind", [DraftStore, NumberedDraftStore, NumberedFromNoughtDraftStore])
@pytest.mark.parametrize("page", [1, 2, 7, 10])
@pytest.mark.parametrize("length", [1, 2, 4, 10, 14, 15])
def test_fault_96_pages_that_the_service_caps_without_a_count(kind: type[DraftStore], page: int, length: int) -> None:
    draft_store = kind(length, page, None)
    found = asyncio.run(collect_counted_oddly(draft_store, lambda: 6))
    assert (found.rows, found.is_complete) == (draft_store.things, True)
    if kind is DraftStore:
        plain = DraftStore(length, page, None)
        found = collected(plain)
        assert (found.rows, found.is_complete) == (plain.things, True)


@pytest.mark.parametrize("count", range(1, 15))
@pytest.mark.parametrize("page", [1, 3, 4, 10])
def test_fault_96_a_count_that_is_lower_or_higher_than_the_rows(count: int, page: int) -> None:
    draft_store = DraftStore(7, page, count)
    found = collected(draft_store)
    if count < 7 and count % page == 0:
        # it was met, and nobody can tell: whoever asked on all the same would do so of every list there is
        assert (len(found.rows), len(draft_store.asked)) == (count, count // page)
        return
    assert found.rows == draft_store.things
    assert found.shortfall is (Shortfall.NONE if count == 7 else Shortfall.CHANGED)


@pytest.mark.parametrize("length", [1, 3, 10, 11, 20, 30])
def test_fault_96_no_page_is_asked_for_beyond_what_the_count_proves(length: int) -> None:
    draft_store = DraftStore(length)
    assert collected(draft_store).is_complete
    assert len(draft_store.asked) == -(-length // 10)


def test_fault_96_an_empty_list_takes_one_request() -> None:
    for count in (0, None):
        draft_store = DraftStore(0, count=count)
        assert collected(draft_store).is_complete
        assert draft_store.asked == [0]


@pytest.mark.parametrize("page", [2, 3, 10])
@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize(
    "move",
    [
        lambda things: things.pop(0),
        lambda things: things.insert(0, Thing("new")),
        lambda things: (things.pop(0), things.append(Thing("new"))),
        lambda things: things.reverse(),
        lambda things: things.clear(),
    ],
)
def test_fault_96_rows_that_move_between_pages_without_a_count(
    page: int, at: int, move: Callable[[list[Thing]], object]
) -> None:
    draft_store = BlindShelf(25, page, {at: move})
    found = collected(draft_store)
    assert not found.is_complete
    assert found.shortfall is Shortfall.CHANGED
    assert len(draft_store.asked) < 30


@pytest.mark.parametrize("page", [1, 7, 15_000])
@pytest.mark.parametrize("count", [-1, None, 10**12])
def test_fault_88_no_more_rows_are_read_than_the_limit_and_what_is_on_its_way(page: int, count: int | None) -> None:
    draft_store = DraftStore(40_000, page, count)
    found = collected(draft_store, Limits(rows=50))
    assert 43 <= len(found.rows) <= 50 + 6 * page
    assert found.shortfall is Shortfall.ROWS


def test_fault_88_no_more_bytes_are_read_than_the_limit_and_what_is_on_its_way() -> None:
    class Heavy(DraftStore):
        async def __call__(self, offset: int) -> AnswerPage[Thing]:
            page = await super().__call__(offset)
            page.size_bytes = 1000
            return page

    for count in (-1, None):
        draft_store = Heavy(500, count=count)
        found = collected(draft_store, Limits(size_bytes=10_000))
        assert 10 <= len(draft_store.asked) <= 15
        assert found.shortfall is Shortfall.BYTES


def test_fault_88_a_list_as_long_as_the_limit_is_whole() -> None:
    for count in (-1, None):
        found = collected(DraftStore(50, count=count), Limits(pages=7 if count is None else 5, rows=70, size_bytes=1))
        assert (len(found.rows), found.is_complete) == (50, True)


def test_fault_88_a_count_that_grows() -> None:
    class Growing(DraftStore):
        async def __call__(self, offset: int) -> AnswerPage[Thing]:
            self.asked.append(offset)
            return AnswerPage([Thing(str(offset + place)) for place in range(10)], offset + 20)

    draft_store = Growing(1)
    found = collected(draft_store, Limits(pages=20))
    assert (len(draft_store.asked), found.shortfall) == (20, Shortfall.PAGES)


def test_the_limits_are_those_that_are_told() -> None:
    assert Limits(1000, 500_000, 805_306_368) == LIMITS
