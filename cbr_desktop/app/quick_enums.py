"""The enumerations of Qt's binding, made in half of the time until the first paint.

The binding makes two hundred of them by the functional interface of ``enum``, which looks at every member for what only
a class that somebody has written can get wrong; that is a tenth of a start. The standard library has a quicker way for
enumerations of its own, ``_simple_enum``, which it does not promise to keep. So it is used with the versions of Python
alone with which a test has compared all enumerations of the binding, member by member, for what the binding asks for
and nothing else; whatever it trips over is made in the usual way. ``CBR_DESKTOP_USUAL_ENUMS=1`` does without it.
"""

import enum
import os
import sys
from collections.abc import Callable
from typing import Any

COMPARED = ((3, 11),)
"""The versions of Python with which both ways have been compared."""
SWITCH = "CBR_DESKTOP_USUAL_ENUMS"

_make: Callable[..., Any] | None = getattr(enum.EnumType, "_create_", None)
_simple: Callable[..., Any] | None = getattr(enum, "_simple_enum", None)


def begin() -> None:
    """Make enumerations the quick way from now on, where that is known to come to the same."""
    if sys.version_info[:2] in COMPARED and not os.environ.get(SWITCH) and _make is not None and _simple is not None:
        enum.EnumType._create_ = created  # type: ignore[attr-defined]


def end() -> None:
    """Make them the usual way again."""
    if _make is not None:
        enum.EnumType._create_ = _make  # type: ignore[attr-defined]


def created(base: type[enum.Enum], class_name: str, names: Any, **more: Any) -> Any:
    """Return an enumeration as the functional interface makes it of pairs of name and value."""
    assert _make is not None  # noqa: S101  # else this is not in its place
    if not _is_of_the_binding(names, more):
        return _make(base, class_name, names, **more)
    try:
        return _made(base, class_name, dict(names), more.get("boundary"))
    except (AttributeError, LookupError, TypeError, ValueError):
        return _make(base, class_name, names, **more)


def _is_of_the_binding(names: Any, more: dict[str, Any]) -> bool:
    """Whether it is asked for as the binding does: by pairs, without a module, whose names are plain."""
    if not isinstance(names, list) or any(more.get(name) is not None for name in ("module", "qualname", "type")):
        return False
    return all(
        type(pair) is tuple
        and len(pair) == 2
        and type(pair[1]) is int
        and not pair[0].startswith("_")
        and pair[0] != "mro"
        for pair in names
    )


def _made(base: type[enum.Enum], class_name: str, members: dict[str, int], boundary: Any) -> Any:
    assert _simple is not None  # noqa: S101
    # as the usual way does; the binding puts its own module in its place
    module = sys._getframe(2).f_globals.get("__name__")
    made = _simple(base, boundary=boundary)(type(class_name, (), {"__module__": module, **members}))
    type.__setattr__(made, "__doc__", None)
    for name, member in made.__members__.items():
        # what stands here is a property that looks the member up, each time that it is named
        type.__setattr__(made, name, member)
    return made
