"""P7: from a key in the filter to the painted table, sorting and scrolling, over 100,000 tasks."""

import statistics

from .ground import Ground, simulator
from .measure import Comparison, Limit, Series, progress

TITLE = "P7  filter, sort and scroll over 100,000 tasks in the real window"


def measure(ground: Ground) -> list[Comparison]:
    """Type, sort and scroll in the program, with many tasks and with few."""
    rows = 20_000 if ground.quick else 100_000
    with simulator(ground, "--vaults", "100", "--backups", "500") as url, ground.leading_to(url):
        progress(f"{rows:,} tasks, then 100")
        many, few = (_told(ground.run("typing_ahead", str(n), CBR_DESKTOP_PASSWORD="demo")) for n in (rows, 100))
    limits = {
        "key": ("a key to the painted table, median", statistics.median, 12),
        "key, p95": ("a key to the painted table, p95", _p95, 25),
        "first": ("the first key", max, 33),
        "sort": ("sort by a column, the slowest", max, 80),
        "scroll, p99": ("a page down, p99", _p99, 8),
    }
    compared = []
    for name, (words, of, bound) in limits.items():
        what = name.partition(",")[0]
        ours = Series(words, [of(many[what])])
        anchor = Series("the same over 100 tasks", [of(few[what])])
        compared.append(Comparison("P7", "ms", ours, anchor, Limit("value", bound), f"{len(many[what])} times"))
    return compared


def _told(lines: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for line in lines.splitlines():
        what, value = line.split()
        found.setdefault(what, []).append(float(value))
    return found


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]
