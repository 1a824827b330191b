"""What a command prints, as JSON or as a table, and the code that it ends with."""

from argparse import Namespace
from collections.abc import Sequence
from unicodedata import category, east_asian_width

from cbr_desktop.cli.output import say, say_json

GOOD, BAD, UNUSABLE, PARTIAL, UNCERTAIN = range(5)
"""The exit codes of every command: all of it, no, cannot be used, part of it, not known."""

_UPON = ("Mn", "Me")


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Return rows as a table of plain text; the first one is its head."""
    widths = [max(map(cells_wide, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(_padded, row, widths)).rstrip() for row in rows)


def cells_wide(text: str) -> int:
    """Return how many cells of a terminal a line takes.

    Wide and fullwidth characters of East Asia take two (Unicode annex 11), what is written upon a character none.
    """
    if text.isascii():
        return len(text)
    return sum(0 if category(each) in _UPON else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells_wide(text))


def show(options: Namespace, record: object, text: str) -> None:
    """Print a record as JSON when that is wanted, else the text."""
    if options.json:
        say_json(record)
    else:
        say(text)
