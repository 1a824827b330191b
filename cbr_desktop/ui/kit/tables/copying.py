"""What goes to the clipboard: rows as lines for a spreadsheet, or as JSON.

The first paint, which copies nothing, does without the standard library's JSON.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import to_builtins

from cbr_desktop.text.plain import exact, plain

_SPACES = {ord(c): " " for c in "\u00a0\u2007\u2009\u202f"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def tsv(lines: Iterable[Iterable[str]]) -> str:
    """Return lines of cells with tabs between; a cell that a spreadsheet would run as a formula is quoted."""
    return "\n".join("\t".join(map(harmless_cell, line)) for line in lines)


def as_json(value: object, longest: int | None = None) -> str:
    """Return a value of the domain as readable JSON, as this program holds it; what cannot be seen is escaped.

    Texts of more than ``longest`` characters are cut: to be looked at, not to be copied.
    """
    import json

    held: Any = to_builtins(value, builtin_types=(bytes, datetime), enc_hook=_simple)
    if longest is not None:
        held = _cut(held, longest)
    text = json.dumps(held, indent=2, ensure_ascii=False, default=_simple)
    unseen = [one for one in set(text) if one != "\n" and not one.isprintable()]
    return text.translate({ord(one): json.dumps(one)[1:-1] for one in unseen})


def _cut(held: Any, longest: int) -> Any:
    if isinstance(held, bytes):
        held = _simple(held)
    if isinstance(held, str) and len(held) > longest:
        return f"{held[:longest]}…"
    if isinstance(held, dict):
        return {_cut(key, longest): _cut(one, longest) for key, one in held.items()}
    return [_cut(one, longest) for one in held] if isinstance(held, list | tuple) else held


def exact_cell(text: str) -> str:
    """Return the text of a cell as it stands, with spaces that every program takes for such."""
    return exact(plain(text, 100_000)).translate(_SPACES)


def harmless_cell(text: str) -> str:
    """Return the text of a cell, behind an apostrophe where a spreadsheet would run it as a formula."""
    shown = exact_cell(text)
    return "'" + shown if shown.startswith(_FORMULA) and not _is_number(shown) else shown


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _simple(value: object) -> object:
    if isinstance(value, bytes):  # the body of a request
        import json

        try:
            return json.loads(value)
        except ValueError:
            return value.decode("utf-8", "backslashreplace")
    return value.isoformat() if isinstance(value, datetime) else str(value)
