"""What a resource loses with its backups in a vault, and what it has elsewhere."""

from collections.abc import Sequence
from datetime import datetime

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.blast import LostBackups
from cbr_desktop.domain.ids import ResourceId

NAMED = 20
"""Resources of which the losses are told each for itself, those that lose their last backups first."""


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


def _good(backups: Sequence[Backup]) -> list[Backup]:
    return [each for each in backups if each.status == BackupStatus.AVAILABLE]


def _newest_at(backups: Sequence[Backup]) -> datetime | None:
    return max((each.created_at for each in backups if each.created_at is not None), default=None)
