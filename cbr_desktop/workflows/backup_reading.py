"""What is read of a single backup when its details are shown: disks, what was saved with it, whom it is shared with.

No list tells of these. What was read is held for a while, so that looking back at a row sends no request; it is never
written to the disk.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.backup_details import BackupDetails, BackupMetadata, Member, MemberStatus
from cbr_desktop.domain.error import CloudError, NotFound, Refused
from cbr_desktop.domain.ids import BackupId, ProjectId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.sharing import SharedBackup, SharesLost
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.operations.shares import lane_of
from cbr_desktop.workflows.ports import Clock, Cloud

FRESH = timedelta(minutes=2)
"""For how long what was read is not read again, unless the list says something else of the backup."""
SHARES_READ = 2_000
"""Of how many backups it is read at once whom they are shared with: each is a request of its own."""
SHARES_TIME = timedelta(seconds=20)
"""For how long no more of these are begun, however many are left: the user waits for it."""
SHARES_TOLD = 25
"""After how many of them it is told how far it has come."""
_AT_ONCE = 8
"""How many of these requests are under way at a time."""
_OF_ONE = (NotFound, Refused)
"""What the service refuses of a single backup; other refusals concern the login."""
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
        self._shared: dict[BackupId, tuple[tuple[ProjectId, ...], datetime]] = {}
        self._held: OrderedDict[BackupId, ReadBackup] = OrderedDict()

    def known(self, id: BackupId) -> ReadBackup | None:
        """Return what was read of a backup last, however long ago, ``None`` where nothing was."""
        return self._held.get(id)

    def is_fresh(self, backup: Backup, changed_at: datetime | None = None) -> bool:
        """Tell whether what was read still tells how the backup is; ``changed_at`` is when its shares were changed."""
        held = self._held.get(backup.id)
        if held is None or held.row != backup or self._clock.now() - held.at >= FRESH:
            return False
        return changed_at is None or changed_at < held.at

    def shared_with(self, id: BackupId, changed_at: datetime | None = None) -> int | None:
        """Return with how many projects a backup is shared, ``None`` until that was read after ``changed_at``.

        Those that have rejected it do not count.
        """
        projects, at = self._shared.get(id, ((), None))
        return len(projects) if at is not None and (changed_at is None or changed_at < at) else None

    def shares_lost(self, ids: Sequence[BackupId], ledger: Reading) -> SharesLost:
        """Return which of several backups are shared, by what was read of late."""
        fresh = [(id, self._receivers(id, changed_at)) for id, changed_at in self._with_changes(ids, ledger)]
        names = {id: known.name for id in ids if (known := ledger.backups.get(id)) is not None}
        shared = tuple(SharedBackup(id, names.get(id, ""), projects) for id, projects in fresh if projects)
        return SharesLost(shared, len(fresh), sum(projects is None for _id, projects in fresh))

    async def read_shares(
        self, ids: Sequence[BackupId], ledger: Reading, told: Callable[[int, int], object] = lambda _read, _total: None
    ) -> None:
        """Read whom backups are shared with, of those first that come first, until ``SHARES_READ`` or ``SHARES_TIME``.

        ``told`` is told now and then how many were read, and of how many. What was read of late is not read again, so
        that another reading goes on where this one ended. A backup that is gone, or is none that can be shared, is left
        unread; any other trouble would meet the rest as well, so that no more are asked for.
        """
        unread = [id for id, changed_at in self._with_changes(ids, ledger) if self._receivers(id, changed_at) is None]
        wanted = unread[:SHARES_READ]
        waiting, count, until = iter(wanted), 0, self._clock.now() + SHARES_TIME
        is_answered = True

        async def go_through() -> None:
            nonlocal is_answered, count
            for id in waiting:
                if not is_answered or self._clock.now() >= until:
                    return
                members = await _told(self._cloud.members, id)
                is_answered = is_answered and (not isinstance(members, CloudError) or type(members) in _OF_ONE)
                self._note_shares(id, members)
                count += 1
                if not count % SHARES_TOLD:
                    told(count, len(wanted))

        await asyncio.gather(*(go_through() for _ in range(_AT_ONCE)))

    def _with_changes(self, ids: Sequence[BackupId], ledger: Reading) -> list[tuple[BackupId, datetime | None]]:
        changed = shares_changed(ledger.intents.values())
        return [(id, changed.get(id)) for id in ids]

    def _receivers(self, id: BackupId, changed_at: datetime | None) -> tuple[ProjectId, ...] | None:
        """Return the projects that a backup is shared with, ``None`` where that was not read of late."""
        projects, at = self._shared.get(id, ((), None))
        if at is None or self._clock.now() - at >= FRESH or (changed_at is not None and changed_at >= at):
            return None
        return projects

    def _note_shares(self, id: BackupId, members: Listing[Member] | CloudError) -> None:
        if not isinstance(members, CloudError) and members.complete:
            own = (member.project_id for member in members.rows if member.status != MemberStatus.REJECTED)
            self._shared[id] = tuple(own), self._clock.now()

    async def read(self, backup: Backup) -> ReadBackup:
        """Read all of a backup. Raises ``CloudError`` when even the backup itself cannot be read."""
        has_metadata = backup.resource_type not in _WITHOUT_METADATA
        details = await self._cloud.backup_details(backup.id)
        metadata, members = await asyncio.gather(
            _told(self._cloud.backup_metadata, backup.id) if has_metadata else _nothing(),
            _told(self._cloud.members, backup.id),
        )
        found = ReadBackup(backup, self._clock.now(), details, metadata, members, has_metadata)
        self._note_shares(backup.id, members)
        self._held[backup.id] = found
        self._held.move_to_end(backup.id)
        while len(self._held) > self._limit:
            self._held.popitem(last=False)
        return found


def shares_changed(intents: Iterable[Intent]) -> dict[BackupId, datetime]:
    """Return when shares of backups were changed last, as far as requests of this program did it."""
    found: dict[BackupId, datetime] = {}
    for each in intents:
        id = BackupId(each.subject.id)
        if each.change.lane == lane_of(id):  # whatever changes shares goes there
            found[id] = max(each.changed_at, found.get(id, each.changed_at))
    return found


async def _told(ask: Callable[[BackupId], Awaitable[Value]], id: BackupId) -> Value | CloudError:
    try:
        return await ask(id)
    except CloudError as error:
        return error


async def _nothing() -> None:
    return None
