"""P11: whether the binding of Qt keeps its count of references to ``None`` over 200,000 turns of the loop."""

import platform

import PySide6

from .ground import Ground
from .measure import Comparison, Limit, Series, progress

_TURNS = 200_000
_DRIFT = 100
"""Far below one in a thousand turns, and above what a count of the moment says."""
TITLE = (
    f"P11  {_TURNS:,} turns of the loop, each with a timer and a signal: references to None, Python"
    f" {platform.python_version()}, PySide6 {PySide6.__version__}"
)


def measure(ground: Ground) -> list[Comparison]:
    """Count in a fresh process; the anchor is the loop of asyncio, where no binding has a part in the turns."""
    repeats = 1 if ground.quick else 3
    found: dict[str, list[list[float]]] = {"qt": [], "asyncio": []}
    for _ in range(repeats):
        for loop, told in found.items():
            told.append([float(word) for word in ground.run("turns", loop, str(_TURNS)).split()])
    progress(
        f"turns: {_TURNS / found['qt'][-1][1]:,.0f} a second, {_TURNS / found['asyncio'][-1][1]:,.0f} of asyncio's own"
    )
    qt, asyncio = (
        Series(f"drift over {_TURNS:,} turns, {words}", [abs(drift) for drift, _ in found[loop]])
        for loop, words in (("qt", "Qt's loop"), ("asyncio", "asyncio's"))
    )
    note = f"The sum of what was found: {sum(drift for drift, _ in found['qt']):+.0f} in {repeats} runs."
    return [Comparison("P11", "references", qt, asyncio, Limit("value", _DRIFT), note)]
