"""P6: how long the real window stands still while lists arrive, pages are visited and dialogs opened."""

from .ground import Ground, simulator
from .measure import Comparison, Limit, Series, progress

TITLE = "P6  longest gaps of the real window, page by page and dialog by dialog"
_DAILY = "1,000 vaults, 5,000 backups"
_SIZES = {"10,000 vaults, 100,000 backups": ("10000", "100000", 33), _DAILY: ("1000", "5000", 16)}
_KINDS = {"start": 33, "visit": 33, "dialog": 33}
"""What happens besides, and how long it may hold the window up."""


def measure(ground: Ground) -> list[Comparison]:
    """Feel the pulse of the program with two clouds in another process."""
    compared = []
    for words, (vaults, backups, bound) in _SIZES.items():
        if ground.quick and words != _DAILY:
            continue
        progress(words)
        with simulator(ground, "--vaults", vaults, "--backups", backups) as url, ground.leading_to(url):
            told = [
                line.split()
                for line in ground.run("gaps", "--profile", "Bench", CBR_DESKTOP_PASSWORD="demo").splitlines()
            ]
        kinds = dict.fromkeys(what for what, *_ in told)
        for kind in kinds:
            rows = [list(map(float, numbers)) for what, *numbers in told if what == kind]
            held, gaps, work = ([row[place] for row in rows] for place in range(3))
            limit = _KINDS.get(kind.partition(":")[0], bound)
            anchor = Series("and with what else the machine did", gaps)
            thread = f"{words}; the window's own thread at one go {min(work):.1f} to {max(work):.1f} ms"
            compared.append(
                Comparison("P6", "ms", Series(f"{kind}, longest gap", held), anchor, Limit("value", limit), thread)
            )
    return compared
