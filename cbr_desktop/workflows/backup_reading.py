"""What is read of a single backup when somebody looks at it: its disks, what was saved with it, whom it is shared with.

No list tells of these. What was read is held for a while, so that looking back at a row asks nobody; it is never
written to the disk.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.backup_details import BackupDetails, BackupMetadata, Member, MemberStatus
from cbr_desktop.domain.error import CloudError
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.workflows.ports import Clock, Cloud

FRESH = timedelta(minutes=2)
"""For how long what was read is not read again, unless the list says something else of the backup."""
_WITHOUT_METADATA = frozenset({ResourceType.DISK, ResourceType.FILE_SYSTEM})
"""The kinds of resources of which no metadata are saved: the service refuses the question (6116)."""

Value = TypeVar("Value")


class ReadBackup(NamedTuple):
    """What was read of a backup at a time. In place of a part that could not be read stands why.

    ``row`` is the backup as the list had it. ``metadata`` is ``None`` while the service has not got it ready, and
    ``has_metadata`` tells whether there can be any.
    """

    row: Backup
    at: datetime
    details: BackupDetails
    metadata: BackupMetadata | CloudError | None
    members: Listing[Member] | CloudError
    has_metadata: bool = True


class BackupReader:
    """Reads single backups of one project, and holds what was read of the last ``held``."""

    def __init__(self, cloud: Cloud, clock: Clock, *, held: int = 100) -> None:
        self._cloud = cloud
        self._clock = clock
        self._limit = held
        self.shared: dict[BackupId, int] = {}
        """With how many projects a backup is shared, of those that were looked at; who rejected it does not count."""
        self._held: OrderedDict[BackupId, ReadBackup] = OrderedDict()

    def known(self, id: BackupId) -> ReadBackup | None:
        """Return what was read of a backup last, however long ago, ``None`` where nothing was."""
        return self._held.get(id)

    def is_fresh(self, backup: Backup) -> bool:
        """Tell whether what was read still tells how the backup is."""
        held = self._held.get(backup.id)
        return held is not None and held.row == backup and self._clock.now() - held.at < FRESH

    async def read(self, backup: Backup) -> ReadBackup:
        """Read all of a backup. Raises ``CloudError`` when even the backup itself cannot be read."""
        has_metadata = backup.resource_type not in _WITHOUT_METADATA
        details = await self._cloud.backup_details(backup.id)
        metadata, members = await asyncio.gather(
            _told(self._cloud.backup_metadata, backup.id) if has_metadata else _nothing(),
            _told(self._cloud.members, backup.id),
        )
        found = ReadBackup(backup, self._clock.now(), details, metadata, members, has_metadata)
        if not isinstance(members, CloudError) and members.complete:
            self.shared[backup.id] = sum(member.status != MemberStatus.REJECTED for member in members.rows)
        self._held[backup.id] = found
        self._held.move_to_end(backup.id)
        while len(self._held) > self._limit:
            self._held.popitem(last=False)
        return found


async def _told(ask: Callable[[BackupId], Awaitable[Value]], id: BackupId) -> Value | CloudError:
    try:
        return await ask(id)
    except CloudError as error:
        return error


async def _nothing() -> None:
    return None
