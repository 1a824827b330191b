"""P6: how long the real window stands still while lists arrive, pages are visited and dialogs opened."""

from .ground import Ground, simulator
from .measure import Comparison, Limit, Series, progress

TITLE = "P6  longest gaps of the real window, page by page and dialog by dialog"
_SIZES = (("10,000", "100,000", 33, 1), ("1,000", "5,000", 16, 3))
"""How many vaults and backups, how long lists may hold the window up, and how often they are read for each page."""
_KINDS = {"start": 33, "visit": 33, "dialog": 33}
"""What happens besides, and how long it may hold the window up."""


def measure(ground: Ground) -> list[Comparison]:
    """Feel the pulse of the program with two clouds in another process."""
    compared = []
    progress("everything is compiled, as in an installation")
    _told(ground, "10", "10", 0)
    for vaults, backups, bound, times in _SIZES:
        words = f"{vaults} vaults, {backups} backups"
        progress(words)
        told = _told(ground, vaults, backups, 1 if ground.quick else times)
        kinds = dict.fromkeys(what for what, *_ in told)
        for kind in kinds:
            rows = [list(map(float, numbers)) for what, *numbers in told if what == kind]
            held, gaps, work = ([row[place] for row in rows] for place in range(3))
            limit = _KINDS.get(kind.partition(":")[0], bound)
            ours = Series(f"{vaults} vaults, {kind}: longest gap", held)
            anchor = Series("and with what else the machine did", gaps)
            thread = f"{words}; the window's own thread at one go {min(work):.1f} to {max(work):.1f} ms"
            compared.append(Comparison("P6", "ms", ours, anchor, Limit("value", limit), thread))
    return compared


def _told(ground: Ground, vaults: str, backups: str, times: int) -> list[list[str]]:
    """Return what the program tells of a cloud with so many vaults and backups."""
    cloud = ("--vaults", vaults.replace(",", ""), "--backups", backups.replace(",", ""))
    with simulator(ground, *cloud) as url, ground.leading_to(url):
        told = ground.run("gaps", str(times), "--profile", "Bench", CBR_DESKTOP_PASSWORD="demo")
    return [line.split() for line in told.splitlines()]
