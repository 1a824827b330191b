"""What a table is made of: columns, and the fields that its filter knows.

Nobody compares these or changes them. They are plain dataclasses, since every further wish makes the class slower to
make, and these are made before the first paint.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from cbr_desktop.ui.marks import Mark

Row = TypeVar("Row")
SortKey = str | float | datetime | None


@dataclass(eq=False)
class Gauge:
    """A bar in a cell: ``percent`` may exceed 100; ``threshold_percent`` is marked, ``None`` for plain progress."""

    percent: float
    threshold_percent: float | None = None


@dataclass(eq=False)
class Column(Generic[Row]):
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
    mark: Callable[[Row], Mark] | None = None
    gauge: Callable[[Row], Gauge | None] | None = None
    hint: Callable[[Row], str] | None = None


@dataclass(eq=False)
class TextField(Generic[Row]):
    """A field that is compared as text: ``name:web``."""

    name: str
    value: Callable[[Row], str]


@dataclass(eq=False)
class NumberField(Generic[Row]):
    """A field that is compared as a number: ``used>80``; ``unit`` is for the words about it."""

    name: str
    value: Callable[[Row], float | None]
    unit: str = ""


@dataclass(eq=False)
class AgeField(Generic[Row]):
    """A field that is compared as an age: ``age>2d``. ``None`` means never, which is older than anything."""

    name: str
    value: Callable[[Row], datetime | None]
    now: Callable[[], datetime]


Field = TextField[Row] | NumberField[Row] | AgeField[Row]
