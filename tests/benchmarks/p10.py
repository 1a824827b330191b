"""P10: what an hour at rest costs, with 100,000 backups kept fresh: processor, requests, bytes."""

from .ground import Ground, simulator
from .measure import Comparison, Limit, Series, progress

TITLE = "P10  an hour at rest, lists kept fresh every two minutes, 1,000 vaults and 100,000 backups"
_MB = 1e6
_LIMITS = {"processor": ("% of one core", 0.3), "requests": ("requests an hour", 300), "sent": ("MB an hour", 15.0)}


def measure(ground: Ground) -> list[Comparison]:
    """Play the rounds of an hour against a cloud in another process, as far apart as those of the program."""
    backups = 20_000 if ground.quick else 100_000
    with simulator(ground, "--vaults", "1000", "--backups", str(backups)) as url:
        progress("two hours of rounds, seen and unseen")
        told = [line.split() for line in ground.run("hour", url, CBR_DESKTOP_PASSWORD="demo").splitlines()]
    found: dict[str, dict[str, float]] = {}
    for how, *numbers in told:
        worked, requests, sent, plain = map(float, numbers)
        found[how] = {
            "processor": 100 * worked / 3600,
            "requests": requests,
            "sent": sent / _MB,
            "plain": plain / _MB,
        }
    compared = []
    for how in ("seen", "unseen"):
        for name, (unit, bound) in _LIMITS.items():
            ours, whole = found[how][name], found["whole"][name] * 30
            pair = Series(f"{name}, window {how}", [ours]), Series("read whole every two minutes", [whole])
            note = (
                f"as sent; {found[how]['plain']:.1f} MB without packing" if name == "sent" else f"{backups:,} backups"
            )
            compared.append(Comparison("P10", unit, *pair, Limit("value", bound), note))
    return compared
