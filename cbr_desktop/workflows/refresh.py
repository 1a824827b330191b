"""Refreshing: reading the lists of a project into the ledger, part by part, and keeping a copy for the next start."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import CbrError, Forbidden, LoginRefused, NotFound, SecretMissing, Unreachable
from cbr_desktop.domain.ids import BackupId, TaskId
from cbr_desktop.domain.listing import Listing, Shortfall
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.task import Task
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.ports import Archive, Cache, Clock, Cloud, Reading

EVERY_SECONDS = 120.0
"""How often the lists are read unasked."""
_LOOK_SECONDS = 15.0
TASK_DAYS = 30
"""How far back the service keeps tasks."""
PROTECTABLE_KINDS = ("server", "disk", "turbo")
OLDER_TASKS = 1000
"""How many kept tasks are read at once."""
_PIECE_ROWS = 500
_FILED_ROWS = 10_000

Row = TypeVar("Row")


class _Put(Protocol[Row]):
    """How the ledger takes a list."""

    def __call__(self, listing: Listing[Row], *, from_cache: bool = False) -> None: ...


def recall(ledger: Ledger, cache: Cache) -> None:
    """Put what was seen last into a ledger, all at once; a list that is not cached leaves what is there."""
    for _ in _recalling(ledger, cache):
        pass


def _recalling(ledger: Ledger, cache: Cache) -> Generator[None, None, None]:
    """Put what was seen last into a ledger, piece by piece; what was read meanwhile is newer and stays."""
    yield from _recalled(ledger, Part.VAULTS, cache.vaults(), ledger.put_vaults)
    yield from _recalled(ledger, Part.TASKS, cache.tasks(), ledger.put_tasks)
    yield from _recalled(ledger, Part.POLICIES, cache.policies(), ledger.put_policies)
    yield from _recalled(ledger, Part.PROTECTABLES, cache.protectables(), ledger.put_protectables)
    backups: dict[BackupId, Backup] = {}
    yield from _recalled(
        ledger, Part.BACKUPS, _filed(cache.backups(), backups), partial(ledger.put_backups, by_id=backups)
    )


def _filed(reading: Reading[Backup], by_id: dict[BackupId, Backup]) -> Reading[Backup]:
    """File backups by their ids as they are read: there may be so many that all at once would be felt."""
    listing = yield from reading
    for start in range(0, len(listing.rows) if listing is not None else 0, _FILED_ROWS):
        assert listing is not None  # noqa: S101  # there are rows
        by_id.update([(backup.id, backup) for backup in listing.rows[start : start + _FILED_ROWS]])
        yield
    return listing


def _recalled(ledger: Ledger, part: Part, reading: Reading[Row], put: "_Put[Row]") -> Generator[None, None, None]:
    held = ledger.freshness[part]
    if held.as_of is not None and not held.from_cache:
        return
    listing = yield from reading
    if listing is not None:
        put(listing, from_cache=True)


async def _steady(listing: Listing[Any], held: Mapping[Any, Any]) -> None:
    """Put the rows that were held in place of those that say the same: what has changed is then told by identity.

    That is done in pieces, between which the window can do something else.
    """
    rows = listing.rows
    for start in range(0, len(rows), _PIECE_ROWS):
        for place in range(start, min(start + _PIECE_ROWS, len(rows))):
            before = held.get(rows[place].id)
            if before is not None and before == rows[place]:
                rows[place] = before
        await asyncio.sleep(0)


def _read(listing: Listing[Row]) -> Reading[Row]:
    """Return what has been read already."""
    yield
    return listing


class Refresh:
    """Reads the lists, at start, every two minutes and whenever it is asked to."""

    def __init__(
        self, ledger: Ledger, cache: Cache, cloud: Cloud, clock: Clock, archive: Archive | None = None
    ) -> None:
        self._ledger = ledger
        self._cache = cache
        self._cloud = cloud
        self._clock = clock
        self._archive = archive
        self._archived: set[TaskId] = set()
        self._asked = asyncio.Event()
        self._turns = {part: asyncio.Lock() for part in Part}
        self._needed: frozenset[Part] = frozenset()
        """The lists that a request waits for."""

    async def recall(self) -> None:
        """Put all that is cached into the ledger, in pieces between which the window can do something else."""
        for _ in _recalling(self._ledger, self._cache):
            await asyncio.sleep(0)

    def ask(self) -> None:
        """Read everything now, or once more after the reading that is under way."""
        self._asked.set()

    def need(self, parts: frozenset[Part]) -> None:
        """Read some lists now, because a request waits for them."""
        self._needed |= parts
        self._asked.set()

    async def run_when_needed(self) -> None:
        """Read what requests wait for, and nothing else, for ever; runs as a resident task of a command."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            needed, self._needed = self._needed, frozenset()
            if needed:
                await self.once(needed)

    async def run(self) -> None:
        """Fill the ledger from the cache, then keep it fresh for ever; runs as a resident task."""
        await self.recall()
        while True:
            self._asked.clear()
            await self.once()
            await self._pause()

    async def older_tasks(self, before: Task | None = None) -> list[Task]:
        """Return the next tasks that are kept here, newest first: those before a task, or before the service's list.

        At most ``OLDER_TASKS``; none means that there are no more. Raises ``StorageError``.
        """
        if self._archive is None:
            return []
        at, than = (before.began_at, before.id) if before is not None else (None, "")
        if before is None:
            # a day of both, since nobody knows from which moment the service counts; who asks knows the ids
            read_at = self._ledger.freshness[Part.TASKS].as_of
            now = self._clock.now()
            at = now if read_at is None else min(now, read_at) - timedelta(days=TASK_DAYS - 1)
        return [] if at is None else await self._archive.older(self._ledger.profile, at, than, OLDER_TASKS)

    async def once(self, parts: Iterable[Part] | None = None) -> None:
        """Read some parts, by default every one; each fails by itself, and what it held before stays."""
        readers: dict[Part, Callable[[], Awaitable[None]]] = {
            Part.VAULTS: self._vaults,
            Part.TASKS: self._tasks,
            Part.POLICIES: self._policies,
            Part.PROTECTABLES: self._protectables,
            Part.BACKUPS: self._backups,
        }
        wanted = readers if parts is None else {part: readers[part] for part in parts}
        if not await self._logged_in(wanted):
            return
        async with asyncio.TaskGroup() as reads:
            for part, reader in wanted.items():
                reads.create_task(self._part(part, reader))

    async def _pause(self) -> None:
        """Wait for the next round or for being asked, whichever is first."""
        async with asyncio.TaskGroup() as waits:
            later = waits.create_task(self._ask_later())
            await self._asked.wait()
            later.cancel()

    async def _ask_later(self) -> None:
        """Ask when the next round is due by the time that has passed, or by the clock: a machine that sleeps does not
        count seconds, and what it knows is old when it wakes. Then too it is asked once."""
        due, waited = self._clock.now() + timedelta(seconds=EVERY_SECONDS), 0.0
        while waited < EVERY_SECONDS and self._clock.now() < due:
            await self._clock.sleep(_LOOK_SECONDS)
            waited += _LOOK_SECONDS
        self.ask()

    async def _logged_in(self, parts: Iterable[Part]) -> bool:
        try:
            await self._cloud.project_id()
        except CbrError as error:
            self._tell(error)
            for part in parts:
                self._ledger.failed(part, error)
            return False
        return True

    async def _part(self, part: Part, reader: Callable[[], Awaitable[None]]) -> None:
        # one after the other, so that an older list never takes the place of one that was asked for later
        async with self._turns[part]:
            self._ledger.loading(part)
            try:
                await reader()
            except CbrError as error:
                self._ledger.failed(part, error)
                self._tell(error)
            else:
                self._tell(None)

    async def _vaults(self) -> None:
        listing = await self._cloud.vaults()
        await _steady(listing, self._ledger.vaults)
        self._ledger.put_vaults(listing)
        self._cache.keep_vaults(listing)

    async def _tasks(self) -> None:
        since = self._clock.now() - timedelta(days=TASK_DAYS)
        listing = await self._cloud.tasks(since=since)
        await _steady(listing, self._ledger.tasks)
        self._ledger.put_tasks(listing)
        self._cache.keep_tasks(listing)
        self._keep_ended()

    def _keep_ended(self) -> None:
        """Keep the tasks that have ended, which the service will forget; nothing waits for the disk."""
        ended = [task for task in self._ledger.tasks.values() if task.is_over and task.id not in self._archived]
        if self._archive is None or not ended:
            return
        ids = {task.id for task in ended}
        self._archived |= ids
        kept = self._archive.keep(self._ledger.profile, ended, self._clock.now())
        kept.add_done_callback(partial(self._tell_kept, ids))

    def _tell_kept(self, ids: set[TaskId], kept: asyncio.Future[None]) -> None:
        """Take note of how keeping has ended; what was not kept is tried again at the next refresh."""
        error = None if kept.cancelled() else kept.exception()
        if kept.cancelled() or error is not None:
            self._archived -= ids
        if error is not None and not isinstance(error, CbrError):
            kept.get_loop().call_exception_handler({"message": "tasks were not kept", "exception": error})
            return
        before, self._ledger.unkept = self._ledger.unkept, error
        if before is not error:
            self._ledger.notify(Part.TASKS)

    async def _policies(self) -> None:
        listing = await self._cloud.policies()
        self._ledger.put_policies(listing)
        self._cache.keep_policies(listing)

    async def _backups(self) -> None:
        listing = await self._cloud.backups()
        by_id: dict[BackupId, Backup] = {}
        for _ in _filed(_read(listing), by_id):
            await asyncio.sleep(0)
        self._ledger.put_backups(listing, by_id=by_id)
        self._cache.keep_backups(listing)

    async def _protectables(self) -> None:
        """Read what could be protected, kind by kind; a kind that this region does not know counts as empty."""
        rows: list[Protectable] = []
        complete = True
        lacking: CbrError | None = None
        shortfall = Shortfall.NONE
        for kind in PROTECTABLE_KINDS:
            try:
                listing = await self._cloud.protectables(kind)
            except (NotFound, Forbidden) as error:
                complete = False
                lacking = error
                continue
            rows += listing.rows
            complete = complete and listing.complete
            shortfall = shortfall or listing.shortfall
        listing = Listing(rows, self._clock.now(), complete, lacking, shortfall)
        await _steady(listing, self._ledger.protectables)
        self._ledger.put_protectables(listing)
        self._cache.keep_protectables(listing)

    def _tell(self, error: CbrError | None) -> None:
        connection = self._ledger.connection
        if error is None:
            reach = Reach.ONLINE
        elif isinstance(error, Unreachable):
            reach = Reach.UNREACHABLE
        elif isinstance(error, LoginRefused | SecretMissing):
            reach = Reach.REFUSED
        else:
            reach = connection.reach
        self._ledger.put_connection(connection._replace(reach=reach, error=error))
