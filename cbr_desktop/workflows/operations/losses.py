"""What a resource loses with its backups in a vault, and what it has elsewhere."""

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Generic

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.blast import LostBackups
from cbr_desktop.domain.ids import BackupId, ResourceId
from cbr_desktop.domain.sharing import may_be_shared
from cbr_desktop.workflows.derived import Key, at_once, gathered
from cbr_desktop.workflows.ledger import Reading

_EARLIEST = datetime.min.replace(tzinfo=UTC)
NAMED = 20
"""Resources of which the losses are told each for itself, those that lose their last backups first."""


class BackupIndex(Generic[Key]):
    """Finds backups by what ``key`` tells of them.

    A list may have a hundred thousand: it is gone through once for all that is asked for at a time, and what was found
    is kept until there is another list.
    """

    def __init__(self, key: Callable[[Backup], Key]) -> None:
        self._key = key
        self._listed: Mapping[BackupId, Backup] = {}
        self._found: dict[Key, list[Backup]] = {}

    def find(self, keys: Collection[Key], ledger: Reading) -> Generator[None, None, Mapping[Key, Sequence[Backup]]]:
        """Return the backups of some keys, and of others that were asked for before, in pieces."""
        listed = ledger.backups
        if listed is not self._listed:
            self._listed, self._found = listed, {}
        found = self._found
        missing = {each for each in keys if each not in found}
        found |= yield from gathered(listed.values(), self._key, missing)
        return found

    def of(self, keys: Collection[Key], ledger: Reading) -> Mapping[Key, Sequence[Backup]]:
        """Do the same at once."""
        return at_once(self.find(keys, ledger))


BY_RESOURCE: BackupIndex[ResourceId] = BackupIndex(attrgetter("resource_id"))
BY_VAULT: BackupIndex[str] = BackupIndex(attrgetter("vault_id"))


def lost_backups(
    id: ResourceId, name: str, vault_name: str, own: Sequence[Backup], others: Sequence[Backup] | None, told: int
) -> LostBackups:
    """Return what a resource loses; ``told`` is how many backups its vault tells of where the list is not whole.

    ``own`` are its backups in the vault, ``others`` those elsewhere, ``None`` where these are not known.
    """
    good, left = _good(own), _good(others or ())
    return LostBackups(
        id,
        name,
        max(len(own), told),
        len(good),
        _newest_at(good),
        manual=sum(not each.auto for each in own),
        images=sum(bool(each.traits.image_ids) for each in own),
        replicated=sum(any(copy.status == "success" for copy in each.traits.replicas) for each in own),
        left=None if others is None else len(left),
        left_newest_at=_newest_at(left),
        vault_name=vault_name,
    )


def shareable(backups: Iterable[Backup]) -> tuple[BackupId, ...]:
    """Return those of several backups that may be shared with other projects, the newest first."""
    rows = [each for each in backups if may_be_shared(each)]
    return tuple(each.id for each in sorted(rows, key=lambda each: each.created_at or _EARLIEST, reverse=True))


def _good(backups: Sequence[Backup]) -> list[Backup]:
    return [each for each in backups if each.status == BackupStatus.AVAILABLE]


def _newest_at(backups: Sequence[Backup]) -> datetime | None:
    return max((each.created_at for each in backups if each.created_at is not None), default=None)
