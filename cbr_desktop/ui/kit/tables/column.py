"""What a table is made of: columns, and the fields that its filter knows.

These are named tuples, whose classes are the quickest to make: that happens before the first paint.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from cbr_desktop.text.marks import Mark

Row = TypeVar("Row")
SortKey = str | float | datetime | None


class Gauge(NamedTuple):
    """A bar in a cell: ``percent`` may exceed 100; ``threshold_percent`` is marked, ``None`` for plain progress."""

    percent: float
    threshold_percent: float | None = None


class Column(NamedTuple, Generic[Row]):
    """A column: what its cells say, how they sort (``None`` comes last), and what is drawn beside the words.

    ``hint`` is a second line for the cell's tooltip. ``width`` is in average characters.
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


class RowChange(NamedTuple, Generic[Row]):
    """How a row differs from what the operator saw last: the keys of its columns, and the row as it was.

    A new row has no ``before``.
    """

    columns: tuple[str, ...] = ()
    before: Row | None = None


class TextField(NamedTuple, Generic[Row]):
    """A field that is compared as text: ``name:web``."""

    name: str
    value: Callable[[Row], str]


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


Field = TextField[Row] | NumberField[Row] | AgeField[Row]
