"""P3: 10,000 vaults of 5 resources each into domain objects, against the vendor's SDK and the barest loop."""

from .ground import Ground
from .listing import BARE, CURL, OURS, TOGETHER, VENDOR, read_by
from .measure import Comparison, Limit

TITLE = "P3  10,000 vaults of 5 resources, 10 pages of 1,000"


def measure(ground: Ground) -> list[Comparison]:
    """Let all sides read the vaults in turn."""
    many, few = (7, 3) if ground.quick else (15, 5)
    found = read_by(
        ground, "vaults", ground.vault_pages, {OURS: many, BARE: many, TOGETHER: many, CURL: many, VENDOR: few}
    )
    fair = "It has as many requests in flight and makes no domain objects. Ours knows no answer of before."
    compared = [
        Comparison("P3", "s", found[OURS], found[VENDOR], Limit("faster", 9)),
        Comparison("P3", "s", found[OURS], found[TOGETHER], Limit("ratio", 1.4), fair),
        Comparison("P3", "s", found[OURS], found[BARE], None),
    ]
    if CURL in found:
        compared.append(Comparison("P3", "s", found[OURS], found[CURL], None))
    return compared
