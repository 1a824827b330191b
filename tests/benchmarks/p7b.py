"""P7B: the page of 100,000 backups: filter, order, timeline, and what is put together of them."""

from .ground import Ground
from .measure import Comparison, Limit, Series

TITLE = "P7B  the page of 100,000 backups: milliseconds of work from a key to the painted table, order, timeline"
_FEW = 1_000
_FRAME_MS = 33
_MERGED = ("sort profile", "sort region")
"""The columns that are there while several profiles are looked at together, which this is not about."""


def measure(ground: Ground) -> list[Comparison]:
    """Let a fresh process work at many rows, and at few."""
    count = 1000 * len(ground.backup_pages)
    many, few = _told(ground, count), _told(ground, _FEW)
    note = f"{count:,} backups"
    bare = Series("words looked for in as many prepared texts, nothing else", many["bare"][0])
    compared = [
        Comparison(
            "P7", "ms", Series("a key of the filter until the table is painted", many["key"][0]), bare, None, note
        ),
        Comparison("P7B", "ms", Series("the same with a field asked for", many["token"][0]), bare, None),
        Comparison("P7B", "ms", Series("the same with days asked for", many["days"][0]), bare, None),
        Comparison("P7B", "ms", Series("sorting by the slowest column", _slowest(many)), bare, Limit("value", 80)),
        Comparison("P7B", "ms", Series("other rows taken over", many["take"][0]), bare, None),
        Comparison("P7B", "ms", Series("the details of a row put together", many["details"][0]), bare, None),
    ]
    compared += [
        Comparison("P7B", "ms", Series(f"longest piece of {words}", longest), Series("all of it", whole), limit)
        for words, kind, limit in (
            ("counting days", "count", Limit("value", _FRAME_MS)),
            ("putting checkpoints together", "points", Limit("value", _FRAME_MS)),
        )
        for longest, whole in (many[kind],)
    ]
    painted = Series("the timeline painted, many rows", many["strip"][0])
    compared += [
        Comparison("P7B", "ms", painted, Series(f"the same of {_FEW:,} rows", few["strip"][0]), Limit("ratio", 1.5)),
        Comparison("P7B", "ms", painted, Series("the table painted", many["table"][0]), Limit("ratio", 1.5)),
    ]
    return compared


def _told(ground: Ground, count: int) -> dict[str, list[list[float]]]:
    """Return what the program prints, by what it did: the columns of numbers."""
    found: dict[str, list[list[float]]] = {}
    for line in ground.run("backups_page", str(count)).splitlines():
        kind, *words = line.split()
        numbers = [float(words[0])] if kind == "sort" else [float(word) for word in words]
        name = f"sort {words[1]}" if kind == "sort" else kind
        columns = found.setdefault(name, [[] for _ in numbers])
        for column, number in zip(columns, numbers, strict=True):
            column.append(number)
    return found


def _slowest(told: dict[str, list[list[float]]]) -> list[float]:
    columns = [series[0] for name, series in told.items() if name.startswith("sort ") and name not in _MERGED]
    return max(columns, key=lambda values: sorted(values)[len(values) // 2])
