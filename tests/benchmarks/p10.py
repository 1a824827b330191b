"""P10: what an hour at rest costs, with 100,000 backups kept fresh: processor, requests, bytes."""

from .ground import Ground, simulator
from .measure import Comparison, Limit, Series, progress

TITLE = "P10  an hour at rest, lists kept fresh every two minutes, 1,000 vaults and 100,000 backups"
_MB = 1e6
_LIMITS = {
    "processor": ("% of one core", 0.3),
    "requests": ("requests an hour", 300),
    "sent": ("MB an hour", 15.0),
    "again": ("pages written again", 1),
}


def measure(ground: Ground) -> list[Comparison]:
    """Play the rounds of an hour against clouds in another process, as far apart as those of the program.

    Once with a service that packs its answers and once with one that does not: which of them the real one is, is not
    known. The goal of the bytes is for the first.
    """
    backups = 20_000 if ground.quick else 100_000
    return [*_hour(ground, backups, "gzip", "--gzip"), *_hour(ground, backups, "plain")]


def _hour(ground: Ground, backups: int, packing: str, *more: str) -> list[Comparison]:
    with simulator(ground, "--vaults", "1000", "--backups", str(backups), *more) as url:
        progress(f"two hours of rounds, seen and unseen, {packing}")
        told = [line.split() for line in ground.run("hour", url, CBR_DESKTOP_PASSWORD="demo").splitlines()]
    found: dict[str, dict[str, float]] = {}
    for how, *numbers in told:
        worked, requests, sent, plain, again = map(float, numbers)
        found[how] = {
            "processor": 100 * worked / 3600,
            "requests": requests,
            "sent": sent / _MB,
            "plain": plain / _MB,
            "again": again,
        }
    compared = []
    for how in ("seen", "unseen"):
        for name, (unit, bound) in _LIMITS.items():
            ours, whole = found[how][name], found["whole"][name] * 30
            pair = Series(f"{name}, window {how}, {packing}", [ours]), Series("read whole every two minutes", [whole])
            note = f"{backups:,} backups"
            if name == "again":
                note = "the one is the last of the tasks, of which those go that have become older than 30 days"
            if name == "sent":
                note = f"out of the socket; the bodies are {found[how]['plain']:.1f} MB unpacked"
            limit = Limit("value", bound) if name != "sent" or packing == "gzip" else None
            compared.append(Comparison("P10", unit, *pair, limit, note))
    return compared
