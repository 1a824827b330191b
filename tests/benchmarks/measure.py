"""Series of measurements side by side with their anchor, and what they say about a goal."""

import statistics
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Series:
    """Several runs of the same thing."""

    what: str
    values: list[float]

    @property
    def median(self) -> float:
        """The value in the middle."""
        return statistics.median(self.values)


@dataclass(frozen=True)
class Limit:
    """What a goal asks for. ``kind`` says of what: ``ratio``, ``faster``, ``value`` or ``growth``."""

    kind: str
    bound: float

    def judged(self, ours: float, anchor: float) -> float:
        """Return the number that is held against the bound."""
        if self.kind == "value":
            return ours
        if self.kind == "growth":
            return ours - anchor
        return anchor / ours if self.kind == "faster" else ours / anchor

    def holds(self, number: float) -> bool:
        """Whether a number is within the bound."""
        return number >= self.bound if self.kind == "faster" else number <= self.bound

    def words(self, unit: str) -> str:
        """Say what is asked for."""
        bound = f"{self.bound:g}"
        return {
            "ratio": f"at most {bound} x the anchor",
            "faster": f"at least {bound} x faster than the anchor",
            "value": f"at most {bound} {unit}",
            "growth": f"at most {bound} {unit} more than the anchor",
        }[self.kind]


@dataclass(frozen=True)
class Comparison:
    """Ours against an anchor, of the same run; ``limit`` is ``None`` where it is told for information only."""

    goal: str
    unit: str
    ours: Series
    anchor: Series
    limit: Limit | None
    note: str = ""

    @property
    def number(self) -> float:
        """What the medians say: a ratio, a value or a growth."""
        return (self.limit or Limit("ratio", 0)).judged(self.ours.median, self.anchor.median)

    @property
    def best_number(self) -> float:
        """What the quickest runs say, which other work on the machine disturbs the least."""
        return (self.limit or Limit("ratio", 0)).judged(min(self.ours.values), min(self.anchor.values))

    @property
    def verdict(self) -> str:
        """The goal in a word."""
        if self.limit is None:
            return "for information"
        return "reached" if self.limit.holds(self.number) else "missed"

    def record(self) -> dict[str, Any]:
        """Return everything, for a file."""
        return asdict(self) | {"number": self.number, "best_number": self.best_number, "verdict": self.verdict}


def interleaved(sides: Mapping[str, Callable[[], float]], repeats: Mapping[str, int]) -> dict[str, list[float]]:
    """Run the sides in turn, each as often as ``repeats`` says; the first turn of those with several does not count."""
    values: dict[str, list[float]] = {side: [] for side in sides}
    for turn in range(-1, max(repeats.values())):
        for side, measure in sides.items():
            if turn >= repeats[side] or (turn < 0 and repeats[side] == 1):
                continue
            value = measure()
            if turn >= 0:
                values[side].append(value)
    return values


def table(comparisons: list[Comparison]) -> str:
    """Return comparisons as a table with a sentence for each."""
    lines = []
    for each in comparisons:
        lines.append(f"  {'':52}{'min':>10}{'median':>10}{'max':>10}  {'runs':>8}   in {each.unit}")
        for series in (each.ours, each.anchor):
            numbers = "".join(f"{value:10.4g}" for value in (min(series.values), series.median, max(series.values)))
            lines.append(f"  {series.what:52}{numbers}{len(series.values):8}")
        lines.append(f"  {_sentence(each)}")
        if each.note:
            lines.append(f"  {each.note}")
        lines.append("")
    return "\n".join(lines)


def _sentence(each: Comparison) -> str:
    unit = f" {each.unit}" if each.limit is not None and each.limit.kind in ("value", "growth") else " x"
    said = f"{each.number:.2f}{unit} by medians, {each.best_number:.2f}{unit} by minima"
    return f"{said}: {each.verdict}" + (f" ({each.limit.words(each.unit)})" if each.limit else "")


def say(text: str = "") -> None:
    """Print at once."""
    print(text, flush=True)


def progress(text: str) -> None:
    """Tell on standard error what is going on, so that results stay readable in a file."""
    print(f"  ... {text}", file=sys.stderr, flush=True)
