"""Which rows of a table are shown, and in which order: worked out once and kept until other rows come; no Qt.

Of many rows it keeps the order of each column that was asked for, the texts that are looked through, and what the last
texts of the filter left: a longer one looks only through what a shorter one left, and a backspace goes back to that.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import compress, islice, repeat
from operator import contains, not_
from typing import Any, Generic, NamedTuple

from cbr_desktop.ui.kit.tables.column import IDS, Column, Row, TextField
from cbr_desktop.ui.kit.tables.filter import Asked, Filter
from cbr_desktop.workflows.derived import pieces

MANY = 2_000
"""From so many rows on, what was worked out is kept. Fewer are asked anew each time: some tell of times."""
_LEVELS = 16
"""So many texts of the filter are remembered with what they left, the newest; each is a list of places."""
_PIECE = 500
"""So many texts are made at a time in idle time."""
_RUN = 4_000
"""So many keys are brought into their order at a time, before what is in order is merged."""
_COMPARED = 500
"""Letters of a text that order and search look at."""
_SEARCHED = 200_000
_DIGITS = "0123456789abcdef-\n"
_NO_DIGITS = str.maketrans("", "", _DIGITS)
"""What ids mostly consist of, and a table that leaves the rest."""


class _Level(NamedTuple, Generic[Row]):
    """What a filter left that asked for these texts, in the order that was shown."""

    asked: tuple[Asked[Row], ...]
    places: list[int]


class Arrangement(Generic[Row]):
    """Rows, and the places of those that are shown. ``search`` returns the text that words are looked for in."""

    def __init__(
        self, columns: Sequence[Column[Row]], search: Callable[[Row], str], *, many: int = MANY, piece: int = _PIECE
    ) -> None:
        self.rows: list[Row] = []
        self._columns, self._search = columns, search
        self._many, self._piece = many, piece
        self._all: list[int] = []
        self._levels: list[_Level[Row]] = []
        self._shown_by: tuple[int, bool] = (-1, False)
        """Column and direction of the levels."""
        self._orders: dict[tuple[int, bool], list[int]] = {}
        """By column and direction the places of all rows."""
        self._ahead: tuple[list[Row], tuple[int, bool], list[int]] | None = None
        """The order of rows that are going to be put, by column and direction."""
        self._texts: dict[str, list[str]] = {}
        """By field its values as they are compared; that of no name is what words are sought in, without ids."""
        self._ids: list[str] = []
        """The ids that words are sought in as well."""
        self._id_letters: set[str] = set()
        """What letters are in them."""
        self._prepared: list[str] = []
        """The beginning of what words are sought in."""
        self._beside: object = None
        self._before: tuple[list[Row], list[str], list[str]] = ([], [], [])
        """Rows that were here before and still say the same, and what words were sought in."""
        self._known: dict[int, int] = {}
        """The places among them by the identity of these rows, which no other one has while they are held."""
        self._unnoted: Iterator[tuple[int, Row]] = iter(())
        """What is not there yet."""

    def put(self, rows: list[Row], beside: object = None) -> None:
        """Take other rows. Where ``beside`` is equal to the one before, rows that were here say what they said.

        It is what their texts depend on besides themselves, ``None`` when that is not known.
        """
        if beside is None or beside != self._beside:
            self._remember([], [], [])
        elif "" in self._texts:
            self._remember(self.rows, self._texts[""], self._ids)
        self._beside = beside
        if len(rows) != len(self._all):
            self._all = list(range(len(rows)))
        self.rows = rows
        self._levels, self._orders, self._texts = [], {}, {}
        self._prepared, self._ids, self._id_letters = [], [], set()
        if self._ahead is not None and self._ahead[0] is rows:
            self._orders[self._ahead[1]] = self._ahead[2]
        self._ahead = None

    def order_ahead(self, rows: list[Row], column: int, *, descending: bool) -> Generator[None, None, None]:
        """Work out the order of rows that are going to be put, in pieces; that of few rows is worked out by then."""
        self._ahead = None
        if len(rows) < self._many or not 0 <= column < len(self._columns) or self._columns[column].live:
            return
        keys = list[Any]()
        for piece in pieces(rows, self._piece):
            keys += _keys(self._columns[column], piece)
            yield
        unknown = [place for place, key in enumerate(keys) if key is None]
        try:
            order = yield from _merged(keys, descending=descending)
        except TypeError:
            keys = [None if key is None else _ranked(key) for key in keys]
            order = yield from _merged(keys, descending=descending)
        self._ahead = (rows, (column, descending), order + unknown)

    def places(self, filter: Filter[Row], column: int, *, descending: bool) -> list[int]:
        """Return the places of the rows that are shown; ``column`` is -1 for the order in which they came."""
        if len(self.rows) < self._many:
            self._levels, self._orders = [], {}
            self._texts = {"": self._texts[""]} if "" in self._texts else {}
        levels = self._levels
        is_live = 0 <= column < len(self._columns) and self._columns[column].live
        if is_live or self._shown_by != (column, descending):
            self._shown_by = (column, descending)
            levels.clear()
        wider = [level for level in levels if filter.is_within(level.asked)]
        if wider:
            kept = min(wider, key=lambda level: (level.asked != filter.asked, len(level.places)))
            places = self._narrowed(kept.places, [one for one in filter.asked if one not in kept.asked])
        elif filter.asked and (column, descending) not in self._orders:
            # to bring all of them into an order that few of them are shown in takes longer
            places = self._in_order(self._narrowed(self._all, filter.asked), column, descending=descending)
        else:
            places = self._narrowed(self._in_order(self._all, column, descending=descending), filter.asked)
        if all(level.asked != filter.asked for level in wider):
            levels.append(_Level(filter.asked, places))
            del levels[:-_LEVELS]
        for test in filter.tests:
            rows = self.rows
            places = [place for place in places if test(rows[place])]
        return places

    def prepare(self) -> bool:
        """Make some of the texts that words are sought in, in idle time; tell whether there are more to make."""
        if not self.is_prepared:
            before = len(self._known)
            self._note(islice(self._unnoted, 10 * self._piece))
            if len(self._known) - before < 10 * self._piece:
                self._prepare(self._piece)
        return not self.is_prepared

    @property
    def is_prepared(self) -> bool:
        """Whether all of these texts are there; those of few rows are made at the first key."""
        return len(self.rows) < self._many or "" in self._texts

    # filter

    def _narrowed(self, places: list[int], asked: Iterable[Asked[Row]]) -> list[int]:
        for one in asked:
            texts = map(self._texts_of(one.field).__getitem__, places)
            held: Iterator[bool]
            if one.is_whole:
                held = map(frozenset(one.wanted).__contains__, texts)
            elif one.field is None and self._id_letters.issuperset(one.wanted[0]):
                ids, word = self._ids, one.wanted[0]
                held = (word in text or word in ids[place] for text, place in zip(texts, places, strict=True))
            elif len(one.wanted) == 1:
                held = map(contains, texts, repeat(one.wanted[0]))
            else:
                held = (any(part in text for part in one.wanted) for text in texts)
            left = list(compress(places, map(not_, held) if one.is_turned else held))
            if len(left) < len(places):  # else one list does for several levels
                places = left
        return places

    def _texts_of(self, field: TextField[Row] | None) -> list[str]:
        if field is None:
            if "" not in self._texts:
                self._prepare(len(self.rows))
            return self._texts[""]
        if field.name not in self._texts:
            folded: dict[str, str] = {}  # of many rows most fields have few values
            self._texts[field.name] = [
                folded.get(value) or folded.setdefault(value, value.casefold()) for value in map(field.value, self.rows)
            ]
        return self._texts[field.name]

    def _prepare(self, count: int) -> None:
        self._note(self._unnoted)
        _, texts, ids = self._before
        made, known, search, first = self._prepared, self._known, self._search, len(self._prepared)
        for row in self.rows[first : first + count]:
            place = known.get(id(row))
            if place is None:
                text, _, of_row = _short(search(row)).casefold().partition(IDS)
                made.append(text)
                self._ids.append(of_row)
            else:
                made.append(texts[place])
                self._ids.append(ids[place])
        self._id_letters.update("".join(self._ids[first:]).translate(_NO_DIGITS))
        if len(made) >= len(self.rows):
            self._id_letters.update(_DIGITS if any(self._ids) else "")
            self._texts[""], self._prepared = made, []
            self._remember([], [], [])

    def _note(self, unnoted: Iterable[tuple[int, Row]]) -> None:
        known = self._known
        for place, row in unnoted:
            known[id(row)] = place

    def _remember(self, rows: list[Row], texts: list[str], ids: list[str]) -> None:
        """Hold rows that were here with what words were sought in; where each is, is noted when texts are made."""
        self._before, self._known, self._unnoted = (rows, texts, ids), {}, enumerate(rows)

    # order

    def _in_order(self, places: list[int], column: int, *, descending: bool) -> list[int]:
        if not 0 <= column < len(self._columns):
            return places
        is_all = len(places) == len(self._all)
        if is_all and (column, descending) in self._orders:
            return self._orders[column, descending]
        ordered = self._ordered(places, self._columns[column], descending=descending)
        if is_all and not self._columns[column].live:
            self._orders[column, descending] = ordered
        return ordered

    def _ordered(self, places: list[int], column: Column[Row], *, descending: bool) -> list[int]:
        """Order by key, either way with what has none at the end; equal rows stay as they came."""
        keys = _keys(column, list(map(self.rows.__getitem__, places)))
        known = [at for at, key in enumerate(keys) if key is not None]
        unknown = [places[at] for at, key in enumerate(keys) if key is None] if len(known) < len(keys) else []
        try:
            order = sorted(known, key=keys.__getitem__, reverse=descending)
        except TypeError:
            order = sorted(known, key=lambda at: _ranked(keys[at]), reverse=descending)
        return [*map(places.__getitem__, order), *unknown]


def _keys(column: Column[Row], rows: Sequence[Row]) -> list[Any]:
    """Return by what rows are ordered, without regard to case."""
    found = column.keys(rows) if column.keys is not None else map(column.sort, rows)
    return [key[:_COMPARED].casefold() if isinstance(key, str) else key for key in found]


def _merged(keys: Sequence[Any], *, descending: bool) -> Generator[None, None, list[int]]:
    """Return the places of keys in their order, equal ones as they came, without those that are ``None``."""
    known = [place for place, key in enumerate(keys) if key is not None]
    yield
    runs = []
    for start in range(0, len(known), _RUN):
        runs.append(sorted(known[start : start + _RUN], key=keys.__getitem__, reverse=descending))
        yield
    while len(runs) > 1:
        pairs, runs = zip(runs[::2], [*runs[1::2], []], strict=False), []
        for first, second in pairs:
            # the runs are found as such, and merged
            runs.append(sorted(first + second, key=keys.__getitem__, reverse=descending))
            yield
    return runs[0] if runs else []


def _short(text: str) -> str:
    """Cut the lines of a text that no person wrote, so that ten million letters in a name do not slow typing."""
    if len(text) <= _SEARCHED:
        return text
    return "\n".join(line[:_COMPARED] for line in text.split("\n"))[:_SEARCHED]


def _ranked(key: str | float | datetime) -> tuple[int, str | float]:
    """Return a key that can be compared with those of other kinds: numbers come first, then times, then words."""
    if isinstance(key, str):
        return (2, key)
    return (1, key.timestamp()) if isinstance(key, datetime) else (0, key)
