"""The enumerations of Qt's binding, made in a third of the time until the first paint.

The binding makes two hundred of them by the functional interface of ``enum``, which looks at every member for what only
a hand-written class can get wrong; that is a tenth of a start. Here the first of each kind is made in the
usual way, and the others have the same body with members of their own. What such a body consists of is no promise of
the standard library, so this is done with the versions of Python alone with which a test has compared all enumerations
of the binding, member by member, for what the binding asks for and nothing else; whatever it trips over is made in the
usual way. ``CBR_DESKTOP_USUAL_ENUMS=1`` does without it.
"""

import enum
import os
import sys
from collections.abc import Callable
from typing import Any

COMPARED = ((3, 11), (3, 12), (3, 13))
"""The versions of Python with which both ways have been compared."""
SWITCH = "CBR_DESKTOP_USUAL_ENUMS"

_make: Callable[..., Any] | None = getattr(enum.EnumType, "_create_", None)
_kinds: dict[Any, tuple[dict[str, Any], frozenset[str]]] = {}
"""The body of a class without its members, and the names that no member may have, by base and boundary."""


def begin() -> None:
    """Make enumerations the quick way from now on, where that is known to come to the same."""
    if sys.version_info[:2] in COMPARED and not os.environ.get(SWITCH) and _make is not None:
        enum.EnumType._create_ = created  # type: ignore[attr-defined]


def end() -> None:
    """Make them the usual way again."""
    if _make is not None:
        enum.EnumType._create_ = _make  # type: ignore[attr-defined]


def created(base: type[enum.Enum], class_name: str, names: Any, **more: Any) -> Any:
    """Return an enumeration as the functional interface makes it of pairs of name and value."""
    assert _make is not None  # noqa: S101  # else this is not in its place
    if is_of_the_binding(names, more):
        try:
            return made(base, class_name, names, more.get("boundary"))
        except (AttributeError, LookupError, TypeError, ValueError):
            pass
    return _make(base, class_name, names, **more)


def is_of_the_binding(names: Any, more: dict[str, Any]) -> bool:
    """Whether it is asked for as the binding does: by pairs of a name and a number, without a module."""
    if type(names) is not list or any(more.get(name) is not None for name in ("module", "qualname", "type")):
        return False
    return all(type(pair) is tuple and len(pair) == 2 and type(pair[1]) is int for pair in names)


def made(base: type[enum.Enum], class_name: str, names: list[tuple[str, int]], boundary: Any) -> Any:
    """Return an enumeration; ``ValueError`` where a name wants more than this. The binding names its module."""
    kind = _kinds.get((base, boundary))
    if kind is None:
        kind = _kinds[base, boundary] = _kind(base, boundary)
    body, taken = kind
    by_name = dict(names)
    if len(by_name) != len(names) or not taken.isdisjoint(by_name) or any(name.startswith("_") for name in by_name):
        raise ValueError(class_name)
    canonical: list[str] = []
    members: dict[str, Any] = {}
    by_value: dict[int, Any] = {}
    of_this = {"_member_names_": canonical, "_member_map_": members, "_value2member_map_": by_value}
    cls: Any = type.__new__(enum.EnumType, class_name, (base,), {**body, **of_this, "_unhashable_values_": []})
    is_flag, is_number = issubclass(base, enum.Flag), issubclass(base, int)
    every = single = 0
    for name, value in names:
        member: Any = by_value.get(value)
        if member is None:
            member = by_value[value] = int.__new__(cls, value) if is_number else object.__new__(cls)
            member._value_ = value
            member._name_ = name
            member.__objclass__ = cls
            member._sort_order_ = len(canonical)
            if not is_flag:
                canonical.append(name)
            elif value and not value & (value - 1):
                canonical.append(name)
                single |= value
            every |= value
        members[name] = member
    # each of these makes what Python remembers of the class void, so they come last
    for name, member in members.items():
        type.__setattr__(cls, name, member)
    if is_flag:
        _settle_flags(cls, every, single)
    return cls


def _settle_flags(cls: Any, every: int, single: int) -> None:
    cls._flag_mask_, cls._singles_mask_ = every, single
    cls._all_bits_ = 2 ** every.bit_length() - 1
    in_order = [member._value_ for member in cls]
    if in_order != sorted(in_order):
        cls._iter_member_ = cls._iter_member_by_def_


def _kind(base: type[enum.Enum], boundary: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Make one enumeration the usual way, to see what it has beside members."""
    assert _make is not None  # noqa: S101  # else this is not in its place
    model = _make(base, "Model", [("MODEL", 1)], module=__name__, boundary=boundary)
    own = {"MODEL", "__dict__", "__weakref__", "__doc__"}
    body = {name: value for name, value in vars(model).items() if name not in own}
    return {**body, "__doc__": None}, frozenset({*dir(base), *dir(int), "mro"})
