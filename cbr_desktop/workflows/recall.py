"""What was seen last of a project, put from the cache into its ledger; it needs no loop."""

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.workflows.ledger import Ledger, Part

if TYPE_CHECKING:  # a command that only judges does without
    from cbr_desktop.workflows.ports import Cache, KeptReading

FILED_ROWS = 10_000
"""How many rows are filed at one go: the window can do something else between two pieces."""

Row = TypeVar("Row")


class _Put(Protocol[Row]):
    """How the ledger takes a list."""

    def __call__(self, listing: Listing[Row], *, from_cache: bool = False) -> None: ...


def recall(ledger: Ledger, cache: "Cache") -> None:
    """Put what was seen last into a ledger, all at once; a list that is not cached leaves what is there."""
    for _ in recalling(ledger, cache):
        pass


def recalling(ledger: Ledger, cache: "Cache") -> Generator[None, None, None]:
    """Put what was seen last into a ledger, piece by piece; what was read meanwhile is newer and stays."""
    yield from _recalled(ledger, Part.VAULTS, cache.vaults(), ledger.put_vaults)
    yield from _recalled(ledger, Part.TASKS, cache.tasks(), ledger.put_tasks)
    yield from _recalled(ledger, Part.POLICIES, cache.policies(), ledger.put_policies)
    yield from _recalled(ledger, Part.PROTECTABLES, cache.protectables(), ledger.put_protectables)
    backups: dict[BackupId, Backup] = {}
    yield from _recalled(
        ledger, Part.BACKUPS, filed(cache.backups(), backups), partial(ledger.put_backups, by_id=backups)
    )
    opened = yield from cache.opened()
    if opened is not None and opened.rows:
        ledger.recall_opened(opened.rows)


def filed(reading: "KeptReading[Backup]", by_id: dict[BackupId, Backup]) -> "KeptReading[Backup]":
    """File backups by their ids as they are read: there may be so many that all at once would be felt."""
    listing = yield from reading
    for start in range(0, len(listing.rows) if listing is not None else 0, FILED_ROWS):
        assert listing is not None  # noqa: S101  # there are rows
        by_id.update([(backup.id, backup) for backup in listing.rows[start : start + FILED_ROWS]])
        yield
    return listing


def _recalled(ledger: Ledger, part: Part, reading: "KeptReading[Row]", put: "_Put[Row]") -> Generator[None, None, None]:
    held = ledger.freshness[part]
    if held.as_of is not None and not held.from_cache:
        return
    listing = yield from reading
    if listing is not None:
        put(listing, from_cache=True)
