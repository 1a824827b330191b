"""P5: lists of a distant service, whose answers wait 50 and 200 ms, against curl with as many in flight and the SDK."""

from .ground import Ground
from .listing import CURL_KNOWING, CURL_TOGETHER, OURS, VENDOR, read_by
from .measure import Comparison, Limit, Series

TITLE = "P5  10,000 vaults and 100,000 backups of a service that is 50 and 200 ms away"
_WAITS_MS = (50, 200)
_SAMPLE_PAGES = 10
"""Pages that the SDK reads of the backups: it takes as long for each, and a minute for all."""
_FASTER = {"vaults": 8, "backups": 20}
_AS_MANY = "It reads the bytes alone. Of vaults both know how many there may be, as the program does from its cache."


def measure(ground: Ground) -> list[Comparison]:
    """Let all sides read in turn, at each distance."""
    lists = {"vaults": ground.vault_pages, "backups": ground.backup_pages}
    return [each for wait_ms in _WAITS_MS for name in lists for each in _read(ground, name, lists[name], wait_ms)]


def _read(ground: Ground, name: str, pages: list[bytes], wait_ms: int) -> list[Comparison]:
    many, few = (5, 1) if ground.quick else (11, 2)
    wait_seconds = wait_ms / 1000
    sides = {OURS: many, CURL_TOGETHER: many, CURL_KNOWING: many}
    found = read_by(ground, name, pages, sides | ({VENDOR: few} if name == "vaults" else {}), wait_seconds)
    words = f"{len(pages) * 1000:,} {name}, {wait_ms} ms away"
    if name == "backups":
        sample = read_by(ground, name, ground.backup_sample(_SAMPLE_PAGES), {VENDOR: few}, wait_seconds)[VENDOR]
        times = len(pages) / _SAMPLE_PAGES
        found[VENDOR] = Series(f"{sample.what}, 10,000 read, x {times:g}", [value * times for value in sample.values])
    compared = [Comparison("P5", "s", found[OURS], found[VENDOR], Limit("faster", _FASTER[name]), words)]
    if CURL_TOGETHER in found:
        ours, curl, knowing = found[OURS], found[CURL_TOGETHER], found[CURL_KNOWING]
        compared.append(Comparison("P5", "s", ours, curl, Limit("ratio", 1.4), f"{words}. {_AS_MANY}"))
        compared.append(Comparison("P5", "s", ours, knowing, None, words))
    return compared
