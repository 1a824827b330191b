"""A situation of the demo cloud that can be tried."""

from collections.abc import Callable
from typing import NamedTuple


class Situation(NamedTuple):
    """What goes wrong next at the built-in service: ``begin`` lays it, ``advice`` says what to do and to look for."""

    key: str
    title: str
    advice: str
    begin: Callable[[], None]
