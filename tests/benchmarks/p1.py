"""P1: the first paint of the filled main window, against a bare PySide6 window and a bare table of text.

The bundle cannot be asked when it has painted, so an X server tells when its window is there.
"""

import shutil
import sys
import time
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from .ground import BUNDLE, PROGRAMS, Ground
from .mapped import X_PROGRAMS, until_mapped, x_server
from .measure import Comparison, Limit, Series, interleaved, progress

TITLE = "P1  first paint of the main window, 10,000 vaults in the cache"
_TO_BARE, _TO_TABLE = Limit("ratio", 1.45), Limit("ratio", 1.1)
_SIDES = {"ours": ("first_paint", "--profile", "Bench"), "bare": ("bare",), "table": ("text_table",)}
_NAMES = {"ours": "CBR Desktop, table filled", "bare": "bare PySide6 window", "table": "bare table of text"}


def measure(ground: Ground) -> list[Comparison]:
    """Start the programs in turn and note when each has painted."""
    assert ground.home.profiles_file.exists()
    repeats = 9 if ground.quick else 25
    progress(f"{repeats} starts of each")
    times: dict[str, list[tuple[float, float]]] = {side: [] for side in _SIDES}
    for turn in range(-2, repeats):
        for side, (program, *arguments) in _SIDES.items():
            found = _start(ground, program, *arguments)
            if turn >= 0:
                times[side].append(found)
    found = []
    for which, what in ((0, f"from process start, on the clock; {_binding()}"), (1, "processor time")):
        series = {side: Series(_NAMES[side], [pair[which] for pair in pairs]) for side, pairs in times.items()}
        for anchor, limit in (("bare", _TO_BARE), ("table", _TO_TABLE)):
            found.append(Comparison("P1", "ms", series["ours"], series[anchor], None if which else limit, what))
    return [*found, *_bundled(ground)]


def _bundled(ground: Ground) -> list[Comparison]:
    """Start the bundle, the source and a bare window on an X server, where all this is there."""
    lacks = [program for program in X_PROGRAMS if shutil.which(program) is None]
    if lacks or not BUNDLE.exists():
        progress(f"the bundle is not measured: {', '.join(lacks) or 'none is built'}")
        return []
    repeats = 5 if ground.quick else 15
    progress(f"{repeats} starts of the bundle, the source and a bare window on an X server")
    sides = {
        "bundle": [str(BUNDLE), "--profile", "Bench"],
        "source": [sys.executable, "-m", "cbr_desktop", "--profile", "Bench"],
        "bare": [sys.executable, str(PROGRAMS / "bare.py")],
    }
    with x_server() as display:
        environment = ground.environment(QT_QPA_PLATFORM="xcb", DISPLAY=display)
        measured = {side: partial(until_mapped, command, environment) for side, command in sides.items()}
        times = interleaved(measured, dict.fromkeys(sides, repeats))
    bare = Series("bare PySide6 window, until mapped", times["bare"])
    ours = {side: Series(f"CBR Desktop, {side}, until mapped", times[side]) for side in ("bundle", "source")}
    return [
        Comparison("P1", "ms", series, bare, _TO_BARE if side == "bundle" else None) for side, series in ours.items()
    ]


def _binding() -> str:
    """Say how Qt's binding is installed, which makes a difference of a tenth to all sides."""
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
