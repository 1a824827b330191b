"""What has changed in the list of backups at the service: read by its changes, since all of it may be 130 MB.

A round takes two requests, besides the tasks, which are read anyway, and compares what is known then with the service's
own count. It asks for what happened since the mark of the last round, by the service's clock, less ``MARGIN``, because
rows and tasks may show late. How each change becomes known:

appears
    A backup that is made is among those created since, whether a person or a policy made it, and so is a replica, which
    is made in the vault that it is copied to. One may come with an old time of creation, as an import does, or what a
    resource brings along that moves between vaults: it is among those changed since, or its task, which is none of the
    common ones, has its resource or vault read anew, or there are more than are known, and they are searched.
changes in place
    A state, a name and everything else is among those changed since. A state that passes is not trusted to that: a
    backup that was in one is read until it is in a state that stays. That a backup is copied to another region changes
    its records alone: the tasks of copies name it, and it is read while one is on the way. Any other change that leaves
    the time of the last change as it is is found when all is read, every ``WHOLE_HOURS``.
vanishes
    A deletion that is asked for has a task that names the backup, which is taken at its word: were it wrong, there
    would be more than are known. One that follows from another (a vault is deleted, a resource is taken out of it) has
    a task that names the vault or the resource, whose backups are read anew. One by a retention rule may have no task
    at all: there are fewer than are known then. Those that have expired, and the oldest automatic ones of the
    resources that have just got a new one, are looked for first. When the count still differs, the past is cut into
    parts, with a count for each, and those that differ again, until they are small enough to be read. A part of the
    past in which nothing new appears has the same backups when it has as many.
several at once
    New ones are known by their ids, whatever vanishes meanwhile; what vanishes is then the difference to the count.
    Only a backup that appears unseen, with an old time of creation, without a task and without a time of change, may
    hide another that vanishes without a task, and does so until all is read.

Parts of the list are read by their time of creation, each in one answer, so that no row moves from page to page. An
answer with backups of another time, and a region that does not count or sort, raise ``Unsure``: nothing of the round is
used then, and the list is read as one. A count that differs in the end is told with the list.
"""

import asyncio
from bisect import bisect_left, bisect_right, insort
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from cbr_desktop.domain.backup import MOVING, Backup
from cbr_desktop.domain.ids import BackupId, ResourceId, VaultId
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.workflows.ports import Cloud

MARGIN = timedelta(minutes=15)
"""How late a backup or a task may show in a list; the two clocks need not agree to the second either."""
WHOLE_HOURS = 24
"""After how long a list is read as one, in hours."""
PART_ROWS = 900
"""How many backups are read at once: somewhat less than a page, since there may be more of them by then."""

NEW_ROWS = 5000
"""How many new backups are read, at least, before the list is rather read as one."""

_EXPECTED = 3
"""How many times as many backups as are known a part may have, before it is doubted that the service heeds times."""
_NEAR_ROWS = 200
"""Backups that are looked for are read together when no more than these lie between them."""
_SPANS_LIMIT = 20
"""In so many places backups are looked for one place after the other; beyond that, the count tells where to look."""
_SCOPES_LIMIT = 20
_REQUESTS_LIMIT = 100
_PARTS = 8
_PIECE_ROWS = 4_000
_LOOKED_ROWS = 4_000
_SLACK = timedelta(seconds=2)
"""By how much more is read than is judged, since the service may leave out the second that is named."""
_SECOND = timedelta(seconds=1)
_COPIES = frozenset({TaskType.COPY, TaskType.REPLICATION})
"""The tasks that make replicas, of which the backup itself shows nothing but its records."""
_ON_THE_WAY = frozenset({"waiting_replicate", "replicating"})
"""The states in which a record of replication is for a while only."""
_PLAIN = frozenset({TaskType.BACKUP, TaskType.COPY, TaskType.REPLICATION, TaskType.RESTORE})
"""The tasks whose backups are new or changed, and so are read in any case."""


class Unsure(Exception):
    """By its changes alone it cannot be told what is in the list."""


class Untold(Unsure):
    """The service does not tell what has changed: it does not count, or not say when a backup was changed."""


class Caught(NamedTuple):
    """The backups as they are now, newest first; the very mapping that was held when nothing has changed.

    ``lately`` is how many were changed since, for the next time. ``is_whole`` is false when the service counts
    more or fewer after all, as when backups come and go while they are read.
    """

    rows: dict[BackupId, Backup]
    total: int | None
    lately: int
    is_whole: bool


async def caught_up(
    cloud: Cloud,
    held: dict[BackupId, Backup],
    mark: datetime,
    now: datetime,
    tasks: Callable[[], Awaitable[Iterable[Task]]],
    expected: int = 0,
) -> Caught:
    """Return the backups as they are now.

    ``held`` are those of the last round, which began at ``mark`` or later; ``now`` and it are by the service's clock.
    ``tasks`` waits for the tasks of this round. ``expected`` is how many may have changed. Raises ``Unsure`` and
    ``CloudError``.
    """
    since = mark - MARGIN
    changes = await cloud.changed_backups(since, expected)
    if changes is None:
        raise Untold("the service does not tell what has changed")
    created = await cloud.backups(since=since, at_most=max(NEW_ROWS, len(held) // 10))
    if any(row.created_at is not None and row.created_at < since - _SECOND for row in created.rows):
        raise Untold("a filter is not heeded")
    if not created.complete:
        raise Unsure("what is new has changed while it was read, or is very much")
    work = _Work(cloud, held)
    seen = {row.id for row in (*changes.rows, *created.rows)}
    work.take([*changes.rows, *created.rows])
    new_automatic = {row.resource_id for row in created.rows if row.auto and row.id not in held}
    told = await tasks()
    lost, scopes = _told_by(told, since)
    work.drop(id for id in lost if id in work.rows and id not in seen)
    await work.read_scopes(scopes)
    await asyncio.sleep(0)
    copied = _copied(told, since)
    passing: set[BackupId] = set()
    async for piece in _pieces(held.values()):
        passing.update([row.id for row in piece if row.status in MOVING or (row.traits.replicas and _is_copied(row))])
    await work.look_for((passing | (copied & held.keys())) - seen)
    total: int | None = changes.total
    if len(work.rows) != total:
        await work.look_for(await _outdated(work.rows, now, new_automatic))
        total = await cloud.count_backups()
    if len(work.rows) != total:
        await work.search()
        total = await cloud.count_backups()
    return Caught(await work.ordered(), total, len(changes.rows), len(work.rows) == total)


async def read_by_time(cloud: Cloud, held: dict[BackupId, Backup], *, slowly: bool) -> dict[BackupId, Backup]:
    """Return the backups as they are now, all read again, part by part of the times of those that are ``held``.

    One part after the other when it is done ``slowly``, else several at a time. Raises ``Unsure`` and ``CloudError``.
    """
    work = _Work(cloud, held)
    await work.read_all(1 if slowly else _PARTS)
    return await work.ordered()


def _told_by(tasks: Iterable[Task], since: datetime) -> tuple[set[BackupId], set[VaultId | ResourceId]]:
    """Return the backups that tasks say they have deleted, and whose backups tasks may have changed besides."""
    lost: set[BackupId] = set()
    scopes: set[VaultId | ResourceId] = set()
    for task in tasks:
        at = task.ended_at or task.began_at
        if not task.is_over or (at is not None and at < since):
            continue
        if task.type == TaskType.DELETE:
            if task.backup_id is not None and task.status == TaskStatus.SUCCESS:
                lost.add(task.backup_id)
        elif task.type not in _PLAIN:
            scope = task.resource_id or task.vault_id
            if scope is not None:
                scopes.add(scope)
    return lost, scopes


def _copied(tasks: Iterable[Task], since: datetime) -> set[BackupId]:
    """Return the backups of which tasks say that a replica was begun or has ended, or is on its way."""
    found = set()
    for task in tasks:
        at = task.ended_at or task.began_at
        is_new = not task.is_over or at is None or at >= since
        if task.type in _COPIES and task.backup_id is not None and is_new:
            found.add(task.backup_id)
    return found


def _is_copied(row: Backup) -> bool:
    """Whether a replica of a backup is on its way, as far as is known."""
    return any(each.status in _ON_THE_WAY for each in row.traits.replicas)


async def _pieces(rows: Iterable[Backup]) -> AsyncIterator[Sequence[Backup]]:
    """Yield rows some thousand at a time, with a turn of the loop between."""
    left = iter(rows)
    while piece := tuple(islice(left, _LOOKED_ROWS)):
        yield piece
        await asyncio.sleep(0)


async def _outdated(rows: Mapping[BackupId, Backup], now: datetime, renewed: Collection[ResourceId]) -> set[BackupId]:
    """Return the backups that retention rules would delete first.

    They have expired, or are the oldest automatic ones of resources with a new one.
    """
    oldest: dict[ResourceId, Backup] = {}
    found = set()
    async for piece in _pieces(rows.values()):
        for row in piece:
            if row.expires_at is not None and row.expires_at <= now:
                found.add(row.id)
            if row.auto and row.resource_id in renewed and row.created_at is not None:
                before = oldest.get(row.resource_id)
                if before is None or before.created_at is None or row.created_at < before.created_at:
                    oldest[row.resource_id] = row
    return found | {row.id for row in oldest.values()}


class _Span(NamedTuple):
    """A part of the past with both ends; ``None`` is an open one. ``rows`` is how many backups are known in it."""

    start: datetime | None
    end: datetime | None
    rows: int


class _Work:
    """The backups of one round, while they are brought up to date."""

    def __init__(self, cloud: Cloud, held: dict[BackupId, Backup]) -> None:
        self._cloud = cloud
        self._held = held
        self.rows = dict(held)
        self._new: set[BackupId] = set()
        """What was not among the rows of the last round, or has been away meanwhile."""
        self._is_changed = False
        self._times: list[tuple[datetime, BackupId]] | None = None
        self._requests = 0

    def take(self, found: Iterable[Backup]) -> None:
        """Put backups in; one that says what is known already is not exchanged."""
        for row in found:
            before = self.rows.get(row.id)
            if before == row:
                continue
            self.rows[row.id] = row
            self._is_changed = True
            if before is None:
                self._new.add(row.id)
            if self._times is not None and row.created_at is not None:
                if before is None:
                    insort(self._times, (row.created_at, row.id))
                elif before.created_at != row.created_at:
                    raise Unsure("a time of creation has changed")

    async def read_scopes(self, scopes: Collection[VaultId | ResourceId]) -> None:
        """Read what resources or vaults have, anew."""
        if len(scopes) > _SCOPES_LIMIT:
            raise Unsure("too much was done at once")
        vaults = {row.vault_id for row in self.rows.values()} if scopes else set()
        for scope in scopes:
            # a resource is asked for in whatever vault: it may have moved
            is_vault = scope in vaults
            vault, resource = (VaultId(scope), None) if is_vault else (None, ResourceId(scope))
            listing = await self._cloud.backups(vault_id=vault, resource_id=resource, slowly=True)
            if not listing.complete or any(scope not in (row.vault_id, row.resource_id) for row in listing.rows):
                raise Unsure("a filter is not heeded")
            found = {row.id for row in listing.rows}
            known = {id for id, row in self.rows.items() if scope == (row.vault_id if is_vault else row.resource_id)}
            self.drop(known - found)
            self.take(listing.rows)

    async def look_for(self, ids: Collection[BackupId]) -> None:
        """Read backups that may be gone or changed, with those around them; where there are too many, none."""
        if not ids:
            return
        times = await self._index()
        wanted = sorted((row.created_at, id) for id in ids if (row := self.rows.get(id)) and row.created_at is not None)
        spans: list[tuple[int, int]] = []
        for entry in wanted:
            place = bisect_left(times, entry)
            if spans and place - spans[-1][1] <= _NEAR_ROWS and place - spans[-1][0] < PART_ROWS:
                spans[-1] = (spans[-1][0], place)
            else:
                spans.append((place, place))
        if len(spans) > _SPANS_LIMIT:
            return
        # the places are those of now, and reading changes them
        for span in [_Span(times[first][0], times[last][0], last - first + 1) for first, last in spans]:
            await self._read(span)

    async def search(self) -> None:
        """Find the parts in which there are more or fewer than are known, and read these."""
        await self._index()
        await self._search(_Span(None, None, len(self.rows)))

    async def read_all(self, at_once: int) -> None:
        """Read every part."""
        times = await self._index()
        left = iter(list(self._parts(_Span(None, None, len(times)), PART_ROWS)))

        async def some() -> None:
            for span in left:
                await self._read(span)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(at_once):
                    group.create_task(some())
        except BaseExceptionGroup as group_error:
            raise group_error.exceptions[0] from None

    async def ordered(self) -> dict[BackupId, Backup]:
        """Return the backups, newest first: the very mapping that was held, where it says the same."""
        if not self._is_changed:
            return self._held
        values = list(self.rows.values())
        # what is new came last
        old = len(values) - len(self._new)
        values, new = values[:old], values[old:]
        for number, row in enumerate(new):
            insort(values, row, key=_age)
            if number % _NEAR_ROWS == 0:
                await asyncio.sleep(0)
        by_id: dict[BackupId, Backup] = {}
        for start in range(0, len(values), _PIECE_ROWS):
            by_id.update([(row.id, row) for row in values[start : start + _PIECE_ROWS]])
            await asyncio.sleep(0)
        return by_id

    async def _search(self, span: _Span) -> None:
        if span.rows <= PART_ROWS:
            await self._read(span)
            return
        parts = list(self._parts(span, max(PART_ROWS, -(-span.rows // _PARTS))))
        if len(parts) == 1:
            await self._read(span)
            return
        for part in parts:
            self._spend()
            if await self._cloud.count_backups(part.start, part.end) != len(self._within(part)):
                await self._search(part._replace(rows=len(self._within(part))))

    async def _read(self, span: _Span) -> None:
        """Read the backups made in a part of the past; those that are known there and do not come are gone."""
        self._spend()
        since = span.start and span.start - _SLACK
        until = span.end and span.end + _SLACK
        at_most = _EXPECTED * max(span.rows, PART_ROWS)
        listing = await self._cloud.backups(since=since, until=until, slowly=True, at_most=at_most)
        await asyncio.sleep(0)
        if not listing.complete:
            raise Unsure("a part of the list has changed while it was read, or is far larger than is known")
        edges = (since and since - _SECOND, until and until + _SECOND)
        if any(row.created_at is None or not _is_between(row.created_at, *edges) for row in listing.rows):
            raise Unsure("a filter is not heeded")
        found = {row.id for row in listing.rows}
        self.drop(id for id in self._within(span) if id not in found)
        self.take(listing.rows)

    def drop(self, ids: Iterable[BackupId]) -> None:
        """Take backups out that are there."""
        for id in list(ids):
            row = self.rows.pop(id)
            self._is_changed = True
            self._new.discard(id)
            if self._times is not None and row.created_at is not None:
                del self._times[bisect_left(self._times, (row.created_at, id))]

    def _within(self, span: _Span) -> list[BackupId]:
        times = self._times or []
        first = 0 if span.start is None else bisect_left(times, span.start, key=_time)
        last = len(times) if span.end is None else bisect_right(times, span.end, key=_time)
        return [id for _, id in times[first:last]]

    def _parts(self, span: _Span, size: int) -> Iterator[_Span]:
        """Cut a part into smaller ones of about ``size`` backups, at whole seconds in which none was made."""
        times = self._times or []
        first = 0 if span.start is None else bisect_left(times, span.start, key=_time)
        last = len(times) if span.end is None else bisect_right(times, span.end, key=_time)
        start, begun = span.start, first
        place = first + size
        while place < last:
            cut = times[place - 1][0].replace(microsecond=0) + 2 * _SECOND
            if times[place][0] - _SECOND > cut:
                yield _Span(start, cut, place - begun)
                start, begun = cut, place
                place += size
            else:
                place += 1
        yield _Span(start, span.end, last - begun)

    async def _index(self) -> list[tuple[datetime, BackupId]]:
        """Return the times of creation with ids, oldest first. ``Unsure`` where one has none."""
        if self._times is None:
            times: list[tuple[datetime, BackupId]] = []
            rows = list(self.rows.values())
            for start in range(0, len(rows), _PIECE_ROWS):
                piece = rows[start : start + _PIECE_ROWS]
                if any(row.created_at is None for row in piece):
                    raise Unsure("a backup without a time of creation")
                times += [(row.created_at, row.id) for row in piece if row.created_at is not None]
                await asyncio.sleep(0)
            times.sort()
            self._times = times
        return self._times

    def _spend(self) -> None:
        self._requests += 1
        if self._requests > max(_REQUESTS_LIMIT, 2 * len(self.rows) // PART_ROWS):
            raise Unsure("too much has changed")


def _time(entry: tuple[datetime, BackupId]) -> datetime:
    return entry[0]


def _age(row: Backup) -> float:
    return -row.created_at.timestamp() if row.created_at is not None else 0.0


def _is_between(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or start <= at) and (end is None or at <= end)
