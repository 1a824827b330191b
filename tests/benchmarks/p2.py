"""P2: memory at rest against a bare PySide6 window, and what 100,000 backups take in the ledger."""

import sys

from .ground import Ground
from .listing import serving
from .measure import Comparison, Limit, Series, progress

TITLE = "P2  memory at rest, demo open; 100,000 backups loaded"
_ROWS, _GROWTH_MB = 100_000, 90


def measure(ground: Ground) -> list[Comparison]:
    """Ask fresh processes what the kernel says of them."""
    if not sys.platform.startswith("linux"):
        progress("only Linux tells a process its memory in the way that is used here: P2 is left out")
        return []
    return [*_at_rest(ground, 3 if ground.quick else 5), _backups(ground, 1 if ground.quick else 3)]


def _at_rest(ground: Ground, repeats: int) -> list[Comparison]:
    found: dict[str, list[list[float]]] = {"at_rest": [], "bare_at_rest": []}
    for _ in range(repeats):
        for program, values in found.items():
            values.append([float(word) for word in ground.run(program).split()])
    rows = f"{found['at_rest'][0][2]:.0f} vaults and {found['at_rest'][0][3]:.0f} backups of the demo cloud"
    compared = []
    for which, what in ((0, "resident (RSS)"), (1, "proportional (PSS)")):
        ours, bare = ([values[which] for values in found[program]] for program in ("at_rest", "bare_at_rest"))
        pair = Series(f"CBR Desktop at rest, {what}", ours), Series(f"bare PySide6 window, {what}", bare)
        compared.append(Comparison("P2", "MB", *pair, Limit("ratio", 1.6) if which == 0 else None, rows))
    return compared


def _backups(ground: Ground, repeats: int) -> Comparison:
    with serving(ground, "backups", ground.backup_pages) as url:
        found = [[float(word) for word in ground.run("ledger_memory", url).split()] for _ in range(repeats)]
    rows = found[0][4]
    before, after = [values[0] for values in found], [values[2] for values in found]
    bound = round(_GROWTH_MB * rows / _ROWS, 1)
    note = f"{rows:,.0f} backups" + (", and a bound in proportion, because it had to be quick" if ground.quick else "")
    pair = Series("client and ledger, backups loaded (RSS)", after), Series("the same process before", before)
    return Comparison("P2", "MB", *pair, Limit("growth", bound), note)
