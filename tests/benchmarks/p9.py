"""P9: ten times the rows take at most eight times as long, and a start from the cache as long for any number."""

import time

from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.tomlprofiles import TomlProfiles

from . import estate
from .ground import CLOSED, Ground, profile_to
from .listing import OURS, read_by
from .measure import Comparison, Limit, Series, progress

TITLE = "P9  10 x rows; a start from the cache of 1,000 and of 10,000 vaults"


def measure(ground: Ground) -> list[Comparison]:
    """Read one page and ten, and start from caches of both sizes."""
    repeats = 7 if ground.quick else 15
    # the first of ten pages tells of all ten
    one = read_by(ground, "vaults", estate.vault_pages(1_000), {OURS: repeats})[OURS]
    ten = read_by(ground, "vaults", ground.vault_pages, {OURS: repeats})[OURS]
    linear = Comparison(
        *("P9", "s"),
        Series("10,000 vaults into domain objects", ten.values),
        Series("1,000 vaults", one.values),
        Limit("ratio", 8),
    )
    progress(f"{repeats} starts from each cache")
    starts: dict[int, list[float]] = {1: [], 10: []}
    for turn in range(-1, repeats):
        for pages, kept in starts.items():
            _keep(ground, pages)
            began = time.monotonic_ns()
            painted, *_rest = ground.run("first_paint", "--profile", "Bench").split()
            if turn >= 0:
                kept.append((int(painted) - began) / 1e6)
    flat = Comparison(
        *("P9", "ms"),
        Series("first paint, 10,000 vaults in the cache", starts[10]),
        Series("first paint, 1,000 vaults in the cache", starts[1]),
        Limit("ratio", 1.08),
    )
    return [linear, flat]


def _keep(ground: Ground, pages: int) -> None:
    """Keep so many pages of vaults for the next start."""
    profile = profile_to(CLOSED)
    TomlProfiles(ground.home.profiles_file).save(profile)
    cache = SqliteCache(ground.home.cache_file(profile))
    cache.keep_vaults(estate.vault_listing(ground.vault_pages[:pages]))
    cache.close()
