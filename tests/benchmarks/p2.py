"""P2: memory of the first paint and at rest against a bare window, and what 100,000 backups take in the ledger."""

import sys

from .ground import Ground, simulator
from .listing import serving
from .measure import Comparison, Limit, Series, progress

TITLE = "P2  memory of the first paint; at rest, demo open; 100,000 backups loaded"
_ROWS, _GROWTH_MB = 100_000, 60


def measure(ground: Ground) -> list[Comparison]:
    """Ask fresh processes what the kernel says of them."""
    if not sys.platform.startswith("linux"):
        progress("only Linux tells a process its memory in the way that is used here: P2 is left out")
        return []
    repeats = 3 if ground.quick else 5
    return [_painted(ground, repeats), *_at_rest(ground, repeats), _backups(ground, 1 if ground.quick else 3)]


def _painted(ground: Ground, repeats: int) -> Comparison:
    assert ground.home.profiles_file.exists()
    found: dict[str, list[list[float]]] = {"ours": [], "bare": []}
    for _ in range(repeats):
        found["ours"].append(_numbers(ground.run("painted", "--profile", "Bench")))
        found["bare"].append(_numbers(ground.run("bare_at_rest")))
    ours, bare = ([values[0] for values in found[side]] for side in ("ours", "bare"))
    pair = Series("CBR Desktop, first paint, RSS", ours), Series("bare PySide6 window, RSS", bare)
    return Comparison("P2", "MB", *pair, Limit("ratio", 1.3), f"{found['ours'][0][2]:,.0f} vaults in the cache")


def _at_rest(ground: Ground, repeats: int) -> list[Comparison]:
    found: dict[str, list[list[float]]] = {"demo": [], "bare": [], "served": []}
    with simulator(ground) as url, ground.leading_to(url):
        for _ in range(repeats):
            found["demo"].append(_numbers(ground.run("at_rest", "--demo")))
            found["bare"].append(_numbers(ground.run("bare_at_rest")))
            found["served"].append(_numbers(ground.run("at_rest", "--profile", "Bench", CBR_DESKTOP_PASSWORD="demo")))
    note = f"{found['demo'][0][2]:.0f} vaults and {found['demo'][0][3]:.0f} backups of the demo cloud"
    compared = []
    for how, words in (("demo", "demo open"), ("served", "the same cloud over the loopback")):
        for which, what in enumerate(("RSS", "PSS")):
            ours, bare = ([values[which] for values in found[side]] for side in (how, "bare"))
            pair = Series(f"CBR Desktop, {words}, {what}", ours), Series(f"bare PySide6 window, {what}", bare)
            limit = Limit("ratio", 1.8) if (how, what) == ("demo", "RSS") else None
            compared.append(Comparison("P2", "MB", *pair, limit, note))
    return compared


def _numbers(line: str) -> list[float]:
    return [float(word) for word in line.split()]


def _backups(ground: Ground, repeats: int) -> Comparison:
    with serving(ground, "backups", ground.backup_pages) as url:
        found = [_numbers(ground.run("ledger_memory", url)) for _ in range(repeats)]
    rows = found[0][4]
    before, after = [values[0] for values in found], [values[2] for values in found]
    bound = round(_GROWTH_MB * rows / _ROWS, 1)
    note = f"{rows:,.0f} backups" + (", and a bound in proportion, because it had to be quick" if ground.quick else "")
    pair = Series("client and ledger, backups loaded (RSS)", after), Series("the same process before", before)
    return Comparison("P2", "MB", *pair, Limit("growth", bound), note)
