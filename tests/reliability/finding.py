"""What was measured, held against what must hold, and the table of it."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One figure of a goal. ``seconds`` is how long it took to get it.

    ``reached`` is ``None`` where this machine cannot measure it, which is no success.
    """

    goal: str
    what: str
    figure: str
    limit: str
    reached: bool | None
    seconds: float = 0.0

    @property
    def verdict(self) -> str:
        """The goal in a word."""
        return {True: "reached", False: "MISSED", None: "not measured"}[self.reached]


def table(findings: Iterable[Finding]) -> str:
    """Return findings as a table of plain text."""
    head = ("goal", "what was done", "figure", "limit", "", "seconds")
    rows = [(f.goal, f.what, f.figure, f.limit, f.verdict, f"{f.seconds:.1f}") for f in findings]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in (head, *rows)]
    return "\n".join((lines[0], "-" * max(map(len, lines)), *lines[1:]))


def say(text: str = "") -> None:
    """Print at once."""
    print(text, flush=True)


def progress(text: str) -> None:
    """Tell on standard error what is going on, so that the table stays readable in a file."""
    print(f"  ... {text}", file=sys.stderr, flush=True)
