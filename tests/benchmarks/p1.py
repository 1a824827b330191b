"""P1: the first paint of the filled main window, against a bare PySide6 window."""

import time
from importlib.util import find_spec
from pathlib import Path

from .ground import Ground
from .measure import Comparison, Limit, Series, progress

TITLE = "P1  first paint of the main window, 10,000 vaults in the cache"
LIMIT = Limit("ratio", 1.3)
_OURS = ("first_paint", "--profile", "Bench")
_BARE = ("bare",)


def measure(ground: Ground) -> list[Comparison]:
    """Start both programs in turn and note when each has painted."""
    assert ground.home.profiles_file.exists()
    repeats = 9 if ground.quick else 25
    progress(f"{repeats} starts of each")
    times: dict[str, list[tuple[float, float]]] = {"first_paint": [], "bare": []}
    for turn in range(-2, repeats):
        for name, *arguments in (_OURS, _BARE):
            found = _start(ground, name, *arguments)
            if turn >= 0:
                times[name].append(found)
    return [
        _comparison(times, 0, f"from process start, on the clock; {_binding()}", LIMIT),
        _comparison(times, 1, "processor time, which other work on the machine disturbs less", None),
    ]


def _binding() -> str:
    """Say how Qt's binding is installed, which makes a difference of a tenth to both sides."""
    found = find_spec("shiboken6")
    laid_out = found is not None and found.origin is not None and Path(found.origin).with_name("files.dir").exists()
    return "the binding's own files are compiled" if laid_out else "the binding compiles its own files at every start"


def _start(ground: Ground, name: str, *arguments: str) -> tuple[float, float]:
    """Return milliseconds from process start to the first paint: on the clock, and of the processor."""
    began = time.monotonic_ns()
    painted, worked, *rows = ground.run(name, *arguments).split()
    if rows and int(rows[0]) == 0:
        raise RuntimeError("the window was painted empty")
    return (int(painted) - began) / 1e6, int(worked) / 1e6


def _comparison(times: dict[str, list[tuple[float, float]]], which: int, what: str, limit: Limit | None) -> Comparison:
    ours, bare = ([pair[which] for pair in times[name]] for name in ("first_paint", "bare"))
    anchor = Series("bare PySide6 window", bare)
    return Comparison("P1", "ms", Series("CBR Desktop, table filled", ours), anchor, limit, what)
