"""P4: 100,000 backups into domain objects, against the vendor's SDK."""

from .ground import Ground
from .listing import CURL, OURS, TOGETHER, VENDOR, read_by
from .measure import Comparison, Limit

TITLE = "P4  100,000 backups, 100 pages of 1,000"


def measure(ground: Ground) -> list[Comparison]:
    """Let both sides read the backups; the SDK takes its time, so it reads them once only."""
    many = 3 if ground.quick else 7
    found = read_by(ground, "backups", ground.backup_pages, {OURS: many, TOGETHER: many, CURL: many, VENDOR: 1})
    rows = len(ground.backup_pages) * 1000
    note = f"{rows:,} backups" + (", fewer than the goal says because it had to be quick" if ground.quick else "")
    compared = [
        Comparison("P4", "s", found[OURS], found[VENDOR], Limit("faster", 30), note),
        Comparison("P4", "s", found[OURS], found[TOGETHER], None),
    ]
    if CURL in found:
        compared.append(Comparison("P4", "s", found[OURS], found[CURL], None))
    return compared
