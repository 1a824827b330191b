"""Name templates: a default name made from what is known, always one that the service takes.

A token stands in braces, ``{vault}``, with filters behind bars: ``{vault|lower|trunc:20}``. Values are made fit for a
name: what a name may not have becomes ``-``.
"""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from cbr_desktop.domain.checkpoint import repaired_name
from cbr_desktop.domain.profile import NameRules

TOKENS = ("vault", "resource", "date", "time", "utc", "seq", "user", "host", "env", "type", "ticket", "rand")
"""The names that a template may use; ``seq`` and ``rand`` take a width: ``{rand:6}``."""
TICKET = "ticket"
"""The value that only the operator knows, and that is asked for."""
PRESETS = (
    "manualbk_{vault|trunc:30}-{rand:6}",
    "{env}_{vault|trunc:30}_{date}-{time}-{rand:4}",
    "{vault|trunc:30}_{utc}-{rand:4}",
    "chg{ticket}_{date}-{rand:4}",
)

_TOKEN = re.compile(r"\{([^{}]*)\}|([{}])")


class Rendered(Struct, frozen=True):
    """What a template gives: the name, and what is wrong with the template as (word, offending part)."""

    name: str
    problems: tuple[tuple[str, str], ...] = ()


def uses(template: str, token: str) -> bool:
    """Tell whether a template has a value in it."""
    return any(re.split("[|:]", match[1] or "")[0] == token for match in _TOKEN.finditer(template))


def render(template: str, values: Mapping[str, Callable[[int | None], str]], rules: NameRules) -> Rendered:
    """Fill ``template`` in. ``values`` maps a token to a function of its width (``None`` when none is written).

    Problems are ``unknown-token``, ``unknown-filter``, ``bad-width``, ``stray-brace`` and, for one without a value,
    ``no-ticket``; their parts stay out of the name.
    """
    problems: list[tuple[str, str]] = []

    def fill(match: re.Match[str]) -> str:
        if match[2]:
            problems.append(("stray-brace", match[2]))
            return ""
        return _value(match[1], values, problems)

    return Rendered(repaired_name(_TOKEN.sub(fill, template), rules), tuple(problems))


def _value(text: str, values: Mapping[str, Callable[[int | None], str]], problems: list[tuple[str, str]]) -> str:
    token, *filters = text.split("|")
    name, colon, width_text = token.partition(":")
    if name not in values:
        problems.append(("unknown-token", name))
        return ""
    if colon and not _is_width(width_text):
        problems.append(("bad-width", text))
        return ""
    value = values[name](int(width_text) if colon else None)
    if name == TICKET and not value:
        problems.append(("no-ticket", name))
    for filter_text in filters:
        value = _filtered(value, filter_text, problems)
    return value


def _filtered(value: str, text: str, problems: list[tuple[str, str]]) -> str:
    name, _, argument = text.partition(":")
    if name == "lower" and not argument:
        return value.lower()
    if name == "slug" and not argument:
        return re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
    if name == "trunc" and _is_width(argument):
        return value[: int(argument)]
    problems.append(("unknown-filter", text))
    return value


def _is_width(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text) <= 64
