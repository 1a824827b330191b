"""P12: what it costs to keep the list of 100,000 backups fresh, and how long the loop is held up while it arrives."""

from .ground import Ground
from .listing import serving
from .measure import Comparison, Limit, Series

TITLE = "P12  100,000 backups kept fresh: requests and bytes a round (with the tasks), gaps of the loop"
_MB = 1e6
_ROUNDS = {"unchanged": (3, 1.3), "changed": (6, None), "thinned": (None, None)}
_WORDS = {
    "unchanged": "a round in which nothing changed",
    "changed": "a round after 50 changes",
    "thinned": "a round after 50 went without a word",
    "first": "read into an empty ledger",
    "again": "read whole over the same",
    "different": "read whole over others",
    "recalled": "out of the cache",
}
_GAP_MS = 33


def measure(ground: Ground) -> list[Comparison]:
    """Count in the simulator, then feel the pulse of a loop without a window."""
    backups = 1000 * len(ground.backup_pages)
    told = [line.split() for line in ground.run("rounds", str(backups)).splitlines()]
    whole = [(int(requests), int(size)) for kind, requests, size in told if kind == "first"]
    compared = []
    for kind, (most, largest) in _ROUNDS.items():
        found = [(int(requests), int(size)) for each, requests, size in told if each == kind]
        for unit, which, bound, scale in (("requests", 0, most, 1), ("MB", 1, largest, _MB)):
            ours = Series(f"{_WORDS[kind]}, {unit}", [each[which] / scale for each in found])
            anchor = Series(f"the whole reading, {unit}", [each[which] / scale for each in whole])
            limit = Limit("value", bound) if bound is not None else None
            compared.append(Comparison("P12", unit, ours, anchor, limit, f"{backups:,} backups"))
    return [*compared, *_gaps(ground)]


def _gaps(ground: Ground) -> list[Comparison]:
    with serving(ground, "backups", ground.backup_pages) as url:
        told = [
            line.split() for _ in range(1 if ground.quick else 3) for line in ground.run("arriving", url).splitlines()
        ]
    compared = []
    for kind in ("first", "again", "different", "recalled"):
        found = [(float(gap), float(work)) for each, gap, work, *_ in told if each == kind]
        ours = Series(f"longest work of the loop at one go, {_WORDS[kind]}", [work for _, work in found])
        anchor = Series("and with what else the machine did", [gap for gap, _ in found])
        compared.append(Comparison("P12", "ms", ours, anchor, Limit("value", _GAP_MS)))
    return compared
