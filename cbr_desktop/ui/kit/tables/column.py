"""What a table is made of: columns, and the fields that its filter knows.

These are named tuples, whose classes are the quickest to make: that happens before the first paint.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from cbr_desktop.text.marks import Mark

Row = TypeVar("Row")
Value = TypeVar("Value")
SortKey = str | float | datetime | None
_VALUES = 1_000
IDS = "\0"
"""What may stand before the ids in a text that words are looked for in. They are most of such a text, and only the few
words that can be a part of an id are looked for in them."""


class Gauge(NamedTuple):
    """A bar in a cell: ``percent`` may exceed 100; ``threshold_percent`` is marked, ``None`` for plain progress."""

    percent: float
    threshold_percent: float | None = None


class Column(NamedTuple, Generic[Row]):
    """A column: what its cells say, how they sort (``None`` comes last), and what is drawn beside the words.

    ``hint`` is a second line for the cell's tooltip. ``width`` is in average characters: as wide as the column becomes
    while others still lack room. ``icon`` names a picture before the words. ``middle`` has words cut in their middle,
    where the end of a name tells it from others. ``copied`` is what copying gives where a cell says it shorter. The
    first ``elastic`` column, or else the first of all, takes the room that is left over. A ``whole`` one is never cut:
    half a date says nothing, and where there is no room for it, none is shown; a ``minor`` one gives its room before
    others do. What a ``live`` one says changes while the rows stay the same. ``keys`` returns what ``sort`` does for
    many rows at once, where that is a good deal sooner.
    """

    key: str
    title: str
    text: Callable[[Row], str]
    sort: Callable[[Row], SortKey]
    width: int = 14
    shown: bool = True
    right: bool = False
    mark: Callable[[Row], Mark | None] | None = None
    gauge: Callable[[Row], Gauge | None] | None = None
    hint: Callable[[Row], str] | None = None
    icon: Callable[[Row], str] | None = None
    middle: bool = False
    copied: Callable[[Row], str] | None = None
    elastic: bool = False
    whole: bool = False
    live: bool = False
    minor: bool = False
    keys: Callable[[Sequence[Row]], Sequence[SortKey]] | None = None


class RowChange(NamedTuple, Generic[Row]):
    """How a row differs from what the operator saw last: the keys of its columns, and the row as it was.

    A new row has no ``before``.
    """

    columns: tuple[str, ...] = ()
    before: Row | None = None


class TextField(NamedTuple, Generic[Row]):
    """A field that is compared as text: ``name:web``.

    ``offer`` is what is offered of a value while a filter is typed, a part of it; without it, the whole value is. The
    values of a ``live`` one change while the rows stay the same.
    """

    name: str
    value: Callable[[Row], str]
    offer: Callable[[Row], str] | None = None
    live: bool = False


class NumberField(NamedTuple, Generic[Row]):
    """A field that is compared as a number: ``used>80``; ``unit`` is for the words about it."""

    name: str
    value: Callable[[Row], float | None]
    unit: str = ""


class AgeField(NamedTuple, Generic[Row]):
    """A field that is compared as an age: ``age>2d``. ``None`` means never, which is older than anything."""

    name: str
    value: Callable[[Row], datetime | None]
    now: Callable[[], datetime]


class DateField(NamedTuple, Generic[Row]):
    """A field that is compared as a day, or as two and all between them: ``made:2026-03-01..2026-03-05``.

    A span counts from now on: ``expires<7d``. ``None`` is never kept. ``begin`` gives the point in time at which a day
    begins where times are told.
    """

    name: str
    value: Callable[[Row], datetime | None]
    begin: Callable[[date], datetime]
    now: Callable[[], datetime]


Field = TextField[Row] | NumberField[Row] | AgeField[Row] | DateField[Row]


def remembered(words: Callable[[Value], str]) -> Callable[[Value], str]:
    """Return the same words for a table, where a hundred thousand rows have a handful of values."""
    return lru_cache(maxsize=_VALUES)(words)
