"""Regular expressions of other libraries, compiled when they are first used instead of when they are imported."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

_METHODS = frozenset({"findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn"})
_compile_now = re.compile


@contextmanager
def compiled_when_used(*modules: str) -> Iterator[None]:
    """Let the patterns of these modules wait, of those that are imported in the block; of names, or of how they begin.

    What takes such a pattern may only call its methods and read what it tells of itself.
    """

    def compile_later(pattern: Any, flags: Any = 0) -> Any:
        asks = sys._getframe(1).f_globals.get("__name__", "")
        return LatePattern(pattern, flags) if asks.startswith(modules) else _compile_now(pattern, flags)

    before, re.compile = re.compile, compile_later
    try:
        yield
    finally:
        re.compile = before


class LatePattern:
    """A pattern that is compiled when it is first used; its methods may be taken before."""

    def __init__(self, pattern: Any, flags: Any) -> None:
        self._asked = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # a class that has this looks for the marks of an abstract method
            raise AttributeError(name)
        return partial(self._call, name) if name in _METHODS else getattr(_compile_now(*self._asked), name)

    def _call(self, name: str, *arguments: Any, **more: Any) -> Any:
        return getattr(_compile_now(*self._asked), name)(*arguments, **more)
