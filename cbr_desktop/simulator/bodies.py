"""The bodies of requests, read field by field: every offence is a 400 9900 that names the field."""

import re
from collections.abc import Set
from typing import Any

import msgspec

from . import refusals
from .call import Call

NAME = re.compile(r"[\u4e00-\u9fa5\uf900-\ufa2da-zA-Z0-9_\-]{1,64}")
ASCII_NAME = re.compile(r"[a-zA-Z0-9_\-]{1,64}")
Object = dict[str, Any]


class Body:
    """The body of a request, read by the modes of its project."""

    def __init__(self, call: Call) -> None:
        self._bytes = call.body
        self._modes = call.modes

    def plain(self) -> Object:
        """The outermost object, of a request that has nothing around what it says."""
        return object_of(self._decoded(), "request body")

    def wrapped(self, key: str) -> Object:
        """The object that is the only value of the outermost object."""
        envelope = object_of(self._decoded(), "request body")
        self.keys(envelope, {key})
        return object_of(envelope.get(key), key)

    def _decoded(self) -> object:
        try:
            return msgspec.json.decode(self._bytes)
        except (ValueError, RecursionError):
            raise refusals.invalid("request body") from None

    def keys(self, given: Object, known: Set[str], beta: Set[str] = frozenset()) -> None:
        """Refuse keys in public test where the region lacks them, and unknown keys in the mode that refuses them."""
        unknown = sorted(set(given) - known - beta)
        if unknown and self._modes.unknown_keys == "refuse":
            raise refusals.service("9900", f"invalid key {unknown[0]}")
        lacking = sorted(beta & set(given))
        if lacking and not self._modes.knows_beta:
            raise refusals.service("9900", f"invalid key {lacking[0]}")

    def name(self, given: object) -> str:
        """The name of a thing: 1-64 letters, ideographs (not in OTC), digits, `_` and `-`."""
        return text_of(given, ASCII_NAME if self._modes.otc else NAME, "name")


def object_of(given: object, what: str) -> Object:
    """The object that is given."""
    if not isinstance(given, dict):
        raise refusals.invalid(what)
    return given


def text_of(given: object, rule: re.Pattern[str], what: str) -> str:
    """The text that is given; the rule holds for the whole of it."""
    if not isinstance(given, str) or not rule.fullmatch(given):
        raise refusals.invalid(what)
    return given


def flag_of(given: object, usual: bool, what: str) -> bool:
    """The flag that is given, or the usual one for null."""
    if given is None:
        return usual
    if not isinstance(given, bool):
        raise refusals.invalid(what)
    return given


def number_of(given: object, least: int, most: int, what: str) -> int:
    """The whole number that is given, within its bounds."""
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise refusals.invalid(what)
    return given


def limit_of(given: object, most: int, what: str) -> int:
    """The limit that is given: -1 for none, or 1 to `most`."""
    return -1 if given == -1 else number_of(given, 1, most, what)


def items_of(given: object, what: str, most: int = 256) -> list[Any]:
    """The list that is given, with `most` items at most."""
    if not isinstance(given, list) or len(given) > most:
        raise refusals.invalid(what)
    return given
