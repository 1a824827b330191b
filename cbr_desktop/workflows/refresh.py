"""Refreshing: reading the lists of a project into the ledger, part by part, and keeping a copy for the next start.

Vaults, policies and what could be protected are read whole each time. Nothing tells of every change in them: a vault
has no time of its last change, how full it is changes with each backup and each expiry, a resource is renamed in
another service, and what a person sets in the console leaves no task. Tasks tell of most changes, never of all, so
reading by them would show older rows than reading all does. What is read is cheap where nothing has changed: an answer
that is the same byte for byte is not decoded again, of another one the rows that say the same stay the very objects
that are held, so that no screen makes anything anew, and of the cache those pages alone are encoded and written in
which a row is another; besides them the age of the list. Tasks and backups, which may be a hundred thousand, are read
by what has changed since: all of them once a day, when a person asks, and whenever that does not do.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from math import inf
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from cbr_desktop.domain.account import Project
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.backup_details import OpenedBackup
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import CbrError, Forbidden, LoginRefused, NotFound, SecretMissing, Throttled, Unreachable
from cbr_desktop.domain.ids import BackupId, TaskId, VaultId
from cbr_desktop.domain.listing import Listing, Shortfall
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.replication import DestinationVault
from cbr_desktop.domain.task import TERMINAL, Task
from cbr_desktop.domain.vault import Vault, VaultUse
from cbr_desktop.domain.vault_changes import WITH_AGENT
from cbr_desktop.workflows.backup_changes import MARGIN, WHOLE_HOURS, Caught, Unsure, Untold, caught_up, read_by_time
from cbr_desktop.workflows.ledger import Freshness, Ledger, Part
from cbr_desktop.workflows.ports import Archive, Cache, Clock, Cloud, Reading
from cbr_desktop.workflows.recall import FILED_ROWS, filed, recalling

EVERY_SECONDS = 120.0
"""Seconds between two readings of the lists, unless the settings say otherwise."""
UNSEEN = 5
"""How many times as long a pause is while the window is hidden."""
SPARING = 2
"""How many times as long a pause is while the machine runs on its battery or its network is metered."""
ASIDE_SECONDS = 1800.0
"""How often a list is read that only one page shows, while that page is not looked at."""
_ASIDE = frozenset({Part.PROTECTABLES})
"""Such lists: what could be protected comes in pages of 50, so of a large project it is most of what is asked for."""
SLOWEST = 8
"""How many times as long a pause is at the most, while the service says that it is asked too often."""
SMALL_ROWS = 100
"""A list of no more rows is read whole: it is one small answer."""
LARGE_ROWS = 5000
UNSURE_SECONDS = 900.0
"""How often a list of more than ``LARGE_ROWS`` is read whole where the service does not tell what has changed in it."""
_LOOK_SECONDS = 15.0
_READ = (Part.VAULTS, Part.TASKS, Part.POLICIES, Part.PROTECTABLES, Part.BACKUPS)
"""The lists that are read."""
_LATELY = timedelta(days=1)
_SINGLE_TASKS = 10
"""How many old tasks that have not ended are looked at one by one in a round."""
USE_DAYS = 90
"""How far back the use of a vault is looked at."""
TASK_DAYS = 30
"""How far back the service keeps tasks."""
PROTECTABLE_KINDS = ("server", "disk", "turbo")
SELDOM = (Part.OFFERS, Part.DESTINATIONS, Part.ENTERPRISE_PROJECTS)
"""The lists that are read only when something needs them, or a person wants every list read whole."""
_OF_NEIGHBOURS = frozenset({Part.ENTERPRISE_PROJECTS})
"""The lists of other services: whether these answer says nothing of the connection to the backup service."""
_PROJECTS_LIMIT = 50
"""Projects in other regions whose vaults are asked for."""
OLDER_TASKS = 1000
"""How many kept tasks are read at once."""
_OPENED_LIMIT = 200
"""Backups that were read by themselves and are kept for the next start, the newest of them."""
_PIECE_ROWS = 500
_LEAVING_ROWS = 2000

Row = TypeVar("Row")


async def _steady(listing: Listing[Any], held: Mapping[Any, Any]) -> None:
    """Put the rows that were held in place of those that say the same: what has changed is then told by identity.

    That is done in pieces, between which the window can do something else.
    """
    rows = listing.rows
    for start in range(0, len(rows), _PIECE_ROWS):
        for place in range(start, min(start + _PIECE_ROWS, len(rows))):
            before = held.get(rows[place].id)
            if before is not rows[place] and before == rows[place]:
                rows[place] = before
        await asyncio.sleep(0)


def _read(listing: Listing[Row]) -> Reading[Row]:
    """Return what has been read already."""
    yield
    return listing


async def _merged(rows: list[Task], ledger: Ledger) -> dict[TaskId, Task]:
    """Return tasks by id with the older ones of a ledger behind them, merged in pieces."""
    by_id: dict[TaskId, Task] = {}
    for start in range(0, len(rows), FILED_ROWS):
        by_id.update([(task.id, task) for task in rows[start : start + FILED_ROWS]])
        await asyncio.sleep(0)
    # at one go: following may put tasks in meanwhile
    if any(by_id.get(id) is not task for id, task in ledger.tasks.items()):
        by_id |= {id: task for id, task in ledger.tasks.items() if id not in by_id}
    elif len(by_id) == len(ledger.tasks):
        return ledger.tasks
    return by_id


def _with_newest(held: dict[TaskId, Task], rows: list[Task]) -> dict[TaskId, Task]:
    """Return tasks by id with what is new in front and what is other in its place; the same when nothing is."""
    changed = {task.id: task for task in rows if held.get(task.id) is not task}
    if not changed:
        return held
    return {id: task for id, task in changed.items() if id not in held} | held | changed


class Attention(NamedTuple):
    """What a person does with what is read: it decides how often that is done, never whether.

    ``every_seconds`` is how often the lists are read, 0 for only on demand. ``front`` are the parts that are
    looked at now; ``is_seen`` is whether anything of the profile can be seen.
    """

    every_seconds: float = EVERY_SECONDS
    front: frozenset[Part] = frozenset()
    is_seen: bool = True
    is_on_battery: bool = False
    is_metered: bool = False

    @property
    def pause(self) -> float:
        """Seconds between the ends of two rounds, infinite where they are switched off."""
        if not self.every_seconds:
            return inf
        is_sparing = self.is_on_battery or self.is_metered
        return self.every_seconds * (1 if self.is_seen else UNSEEN) * (SPARING if is_sparing else 1)


def _is_known(freshness: Freshness, rows: int, now: datetime) -> bool:
    """Whether a list is so well known that what has changed since is all there is to read."""
    read_at = freshness.read_at
    if read_at is None or freshness.mark is None or not freshness.complete or rows <= SMALL_ROWS:
        return False
    return timedelta(0) <= now - read_at < timedelta(hours=WHOLE_HOURS)


class Refresh:
    """Reads the lists, at start, every so often and whenever it is asked to; how often goes with ``attend``."""

    def __init__(
        self, ledger: Ledger, cache: Cache, cloud: Cloud, clock: Clock, archive: Archive | None = None
    ) -> None:
        self._ledger = ledger
        self._cache = cache
        self._cloud = cloud
        self._clock = clock
        self._archive = archive
        self._archived: set[TaskId] = set()
        self._use_day: date | None = None
        self._ended: dict[TaskId, Task] = {}
        """Tasks that have ended and are not kept so far."""
        self._lately = 0
        """How many backups had changed at the last look."""
        self._changes_are_told = True
        """Whether the service tells what has changed among the backups, as far as is known."""
        self._pace = 1
        self._whole = False
        self._asked = asyncio.Event()
        self._turns = {part: asyncio.Lock() for part in Part}
        self._needed: frozenset[Part] = frozenset()
        """The lists that a request waits for."""
        self._attention = Attention()
        self._altered = asyncio.Event()
        """Set when the attention is another one than before."""
        self._begun_at: datetime | None = None
        """When the last round of all was begun, and when it ended."""
        self._ended_at: datetime | None = None
        self.rounds = 0
        """How many rounds of all have ended."""
        self._all = True
        """Whether the next reading is a round of all."""

    async def recall(self) -> None:
        """Put all that is cached into the ledger, in pieces between which the window can do something else."""
        for _ in recalling(self._ledger, self._cache):
            await asyncio.sleep(0)

    def ask(self) -> None:
        """Read what has changed now, or once more after the reading that is under way."""
        self._all = True
        self._asked.set()

    def ask_whole(self) -> None:
        """Read every list from one end to the other now, because a person does not trust what is shown."""
        self._whole = True
        self._asked.set()

    def attend(self, attention: Attention) -> None:
        """Take note of what is looked at; what has grown old while it was not is read at once."""
        before, self._attention = self._attention, attention
        if attention == before:
            return
        self._altered.set()
        if not attention.every_seconds:
            return
        if attention.front - before.front:
            self.need(frozenset(part for part in attention.front & _ASIDE if self._is_old(part)))
        begun, pause = self._begun_at, timedelta(seconds=attention.pause * self._pace)
        if begun is not None and attention.is_seen and not before.is_seen and self._clock.now() - begun >= pause:
            self.ask()

    def _is_old(self, part: Part) -> bool:
        """Whether a list is older than one that is read in every round."""
        as_of = self._ledger.freshness[part].as_of
        return as_of is None or self._clock.now() - as_of >= timedelta(seconds=self._attention.every_seconds)

    def _due(self, *, whole: bool) -> list[Part]:
        """Return the lists that a round reads: all, but those aside that are not on screen and not old yet.

        Of those that are read ``SELDOM`` only the needed ones are, and in a ``whole`` round those that were before.
        """
        seldom = [part for part in SELDOM if part in self._needed or (whole and self._ledger.freshness[part].as_of)]
        if whole:
            return [*_READ, *seldom]
        now, limit = self._clock.now(), timedelta(seconds=ASIDE_SECONDS)
        known = {part: self._ledger.freshness[part] for part in _ASIDE - self._attention.front - self._needed}
        fresh = {
            part
            for part, each in known.items()
            if each.as_of is not None and not each.from_cache and timedelta(0) <= now - each.as_of < limit
        }
        return [*(part for part in _READ if part not in fresh), *seldom]

    def need(self, parts: frozenset[Part]) -> None:
        """Read some lists now, because a request waits for them or they have come on screen."""
        self._needed |= parts
        if parts:
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
            whole, self._whole = self._whole, False
            is_round, self._all = self._all or whole, False
            if is_round:
                await self.round(whole=whole)
            else:
                needed, self._needed = self._needed, frozenset()
                await self.once(needed)
            await self._pause()

    async def round(self, *, whole: bool = False) -> None:
        """Read what is due now, slowly; ``whole`` reads all of every list, and as quickly as it goes."""
        due = self._due(whole=whole)
        self._needed, self._begun_at = frozenset(), self._clock.now()
        await self.once(due, whole=whole, slowly=not whole)
        self._ended_at = self._clock.now()
        self.rounds += 1

    async def older_tasks(self, before: Task | None = None) -> list[Task]:
        """Return the next tasks that are kept here, newest first: those before a task, or before the service's list.

        At most ``OLDER_TASKS``; none means that there are no more. Raises ``StorageError``.
        """
        if self._archive is None:
            return []
        at, than = (before.began_at, before.id) if before is not None else (None, "")
        if before is None:
            # a day of both, since it is not known from which moment the service counts; the caller knows the ids
            read_at = self._ledger.freshness[Part.TASKS].as_of
            now = self._clock.now()
            at = now if read_at is None else min(now, read_at) - timedelta(days=TASK_DAYS - 1)
        return [] if at is None else await self._archive.older(self._ledger.profile, at, than, OLDER_TASKS)

    async def use_of(self, vault_id: VaultId) -> list[VaultUse]:
        """Return how full a vault was, day by day over ``USE_DAYS``, the days that are known. ``StorageError``."""
        if self._archive is None:
            return []
        since = self._clock.now().date() - timedelta(days=USE_DAYS)
        return await self._archive.use_of(self._ledger.profile, vault_id, since)

    def _keep_use(self, vaults: Sequence[Vault]) -> None:
        """Keep how full vaults are, once a day; the service tells only how full they are now."""
        now = self._clock.now()
        if self._archive is None or not vaults or self._use_day == now.date():
            return
        self._use_day = now.date()
        uses = [VaultUse(each.id, now.date(), each.used_mb, each.size_gb) for each in vaults if each.size_gb]
        self._archive.keep_use(self._ledger.profile, uses, now).add_done_callback(self._tell_use_kept)

    def _tell_use_kept(self, kept: "asyncio.Future[None]") -> None:
        """Try again at the next refresh what was not kept; that the disk is full is told of the tasks."""
        error = None if kept.cancelled() else kept.exception()
        if kept.cancelled() or error is not None:
            self._use_day = None
        if error is not None and not isinstance(error, CbrError):
            kept.get_loop().call_exception_handler({"message": "use was not kept", "exception": error})

    async def open_backup(self, id: BackupId) -> None:
        """Read a backup by itself, with those of its disks and what was saved with it, which no list has.

        What cannot be read stays as it was, with the reason beside it.
        """
        before = self._ledger.opened.get(id, OpenedBackup())
        try:
            details = await self._cloud.backup_details(id)
        except CbrError as error:
            self._tell(error)
            self._ledger.put_opened(id, replace(before, error=error))
            return
        opened = OpenedBackup(details, None, self._clock.now())
        try:
            opened = replace(opened, metadata=await self._cloud.backup_metadata(id))
        except CbrError as error:
            opened = replace(opened, metadata_error=error)
        self._ledger.put_opened(id, opened)
        known = [each for each in self._ledger.opened.values() if each.as_of is not None]
        newest = sorted(known, key=lambda each: each.as_of or self._clock.now(), reverse=True)[:_OPENED_LIMIT]
        self._cache.keep_opened(Listing(newest, self._clock.now()))

    async def judge_by(self, parts: Collection[Part], backup: BackupId | None) -> None:
        """Read the lists by which a change is judged, and the backup that it has to be opened for."""
        async with asyncio.TaskGroup() as reads:
            reads.create_task(self.once(parts))
            if backup is not None:
                reads.create_task(self.open_backup(backup))

    async def once(self, parts: Collection[Part] | None = None, *, whole: bool = False, slowly: bool = False) -> None:
        """Read some parts; each fails by itself, and what it held before stays.

        By default all are read but those that are read ``SELDOM``. ``whole`` reads all of each list; ``slowly`` one
        page at a time where that is to be done all the same.
        """
        readers: dict[Part, Callable[[], Awaitable[None]]] = {
            Part.VAULTS: self._vaults,
            Part.TASKS: partial(self._tasks, whole=whole),
            Part.POLICIES: self._policies,
            Part.PROTECTABLES: self._protectables,
            Part.BACKUPS: partial(self._backups, whole=whole, slowly=slowly),
            Part.OFFERS: self._offers,
            Part.DESTINATIONS: self._destinations,
            Part.ENTERPRISE_PROJECTS: self._enterprise_projects,
        }
        # what is looked at comes first; else in the order of the table, as backups are read by what tasks tell
        order = sorted((*_READ, *SELDOM), key=lambda part: part not in self._attention.front)
        wanted = {part: readers[part] for part in order if part in (_READ if parts is None else parts)}
        if not await self._logged_in(wanted):
            return
        async with asyncio.TaskGroup() as reads:
            for part, reader in wanted.items():
                reads.create_task(self._part(part, reader))
        throttled = any(isinstance(self._ledger.freshness[part].error, Throttled) for part in wanted)
        self._pace = min(2 * self._pace, SLOWEST) if throttled else 1

    async def read_agents(self, id: VaultId) -> None:
        """Read which servers of a vault have the agent for application consistency. Raises ``CloudError``."""
        vault = self._ledger.vaults.get(id)
        servers = [each for each in vault.resources if each.type in WITH_AGENT] if vault is not None else []
        if servers:
            self._ledger.put_agents(await self._cloud.agents(servers))

    async def read_neighbours(self) -> None:
        """Read the other projects of the account in this region. Raises ``CloudError``."""
        projects, own = await self._cloud.projects(), await self._cloud.project_id()
        region = next((each.region for each in projects if each.id == own), self._ledger.profile.region)
        near = [each for each in projects if each.region == region and each.id != own and each.enabled]
        self._ledger.put_neighbours(near)

    async def read_members(self, id: BackupId) -> None:
        """Read which projects a backup is shared with. Raises ``CloudError``."""
        self._ledger.put_receivers(id, await self._cloud.members(id))

    async def _pause(self) -> None:
        """Wait for the next round or for being asked, whichever is first."""
        async with asyncio.TaskGroup() as waits:
            later = waits.create_task(self._ask_later())
            await self._asked.wait()
            later.cancel()

    async def _ask_later(self) -> None:
        """Ask when the next round is due by the time that has passed, or by the clock: a machine that sleeps does not
        count seconds, and what it knows is old when it wakes. Then too it is asked once."""
        begun, waited = self._ended_at or self._clock.now(), 0.0
        while True:
            every = self._attention.pause * self._pace
            if every == inf:
                # no clock is read where it is not needed
                self._altered.clear()
                await self._altered.wait()
                continue
            if waited >= every or self._clock.now() >= begun + timedelta(seconds=every):
                break
            await self._clock.sleep(_LOOK_SECONDS)
            waited += _LOOK_SECONDS
        self.ask()

    async def _logged_in(self, parts: Iterable[Part]) -> bool:
        try:
            self._ledger.project_id = await self._cloud.project_id()
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
            trouble: CbrError | None = None
            try:
                await reader()
            except CbrError as error:
                trouble = error
                self._ledger.failed(part, error)
            if part not in _OF_NEIGHBOURS:
                self._tell(trouble)

    async def _vaults(self) -> None:
        listing = await self._cloud.vaults(self._ledger.vaults)
        await _steady(listing, self._ledger.vaults)
        self._ledger.put_vaults(listing)
        self._keep_use(listing.rows)
        self._cache.keep_vaults(listing)

    async def _tasks(self, *, whole: bool) -> None:
        """Read the tasks that are new or have not ended; all of them where that is not known."""
        begun_at, now = self._clock.now(), self._clock.now()
        freshness, held = self._ledger.freshness[Part.TASKS], self._ledger.tasks
        mark = freshness.mark
        if whole or mark is None or not _is_known(freshness, len(held), now):
            listing = await self._cloud.tasks(since=now - timedelta(days=TASK_DAYS))
            await _steady(listing, held)
            listing = listing._replace(read_at=begun_at, mark=self._mark(begun_at))
            self._ledger.put_tasks(listing, by_id=await _merged(listing.rows, self._ledger))
            self._cache.keep_tasks(self._known_tasks(listing.rows))
            await self._keep_ended(list(self._ledger.tasks.values()))
            return
        unfinished = [task for task in held.values() if task.status not in TERMINAL and task.created_at is not None]
        lately = [task.created_at for task in unfinished if task.created_at and now - task.created_at < _LATELY]
        since = min([mark - MARGIN, *lately])
        listing = await self._cloud.tasks(since=since)
        seen = {task.id for task in listing.rows}
        older = [task for task in unfinished if task.id not in seen]
        listing.rows.extend([task for task in [await self._task(task) for task in older[:_SINGLE_TASKS]] if task])
        await _steady(listing, held)
        listing = listing._replace(total=None, read_at=freshness.read_at, mark=self._mark(begun_at))
        self._ledger.put_tasks(listing, by_id=_with_newest(self._ledger.tasks, listing.rows))
        self._cache.keep_tasks(self._known_tasks())
        await self._keep_ended(listing.rows)

    async def _task(self, task: Task) -> Task | None:
        """Read one task again; ``None`` when the service does not know it any more."""
        try:
            return await self._cloud.task(task.id)
        except NotFound:
            return None

    def _known_tasks(self, rows: list[Task] | None = None) -> Listing[Task]:
        """Return the tasks of the last days as a list to keep: ``rows``, or those that are known."""
        freshness = self._ledger.freshness[Part.TASKS]
        as_of = freshness.as_of or self._clock.now()
        if rows is None:
            oldest = as_of - timedelta(days=TASK_DAYS)
            rows = [task for task in self._ledger.tasks.values() if task.created_at is None or task.created_at > oldest]
        return Listing(
            *(rows, as_of, freshness.complete, freshness.lacking, freshness.shortfall),
            *(freshness.total, freshness.read_at, freshness.mark),
        )

    def _mark(self, begun_at: datetime) -> datetime | None:
        """Return when a reading began by the service's clock, ``None`` when that is not known.

        It is told from the end, since setting the clock meanwhile changes the offset of the beginning.
        """
        offset = self._ledger.connection.clock_offset
        if offset is None:
            return None
        now = self._clock.now()
        return now + offset - max(now - begun_at, timedelta(0))

    async def _keep_ended(self, tasks: list[Task]) -> None:
        """Keep the tasks that have ended, which the service will forget, without waiting for the disk."""
        for start in range(0, len(tasks), FILED_ROWS):
            piece = tasks[start : start + FILED_ROWS]
            self._ended |= {task.id: task for task in piece if task.id not in self._archived and task.is_over}
            await asyncio.sleep(0)
        ended = [task for id, task in self._ended.items() if id not in self._archived]
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
        else:
            self._ended = {id: task for id, task in self._ended.items() if id not in ids}
        if error is not None and not isinstance(error, CbrError):
            kept.get_loop().call_exception_handler({"message": "tasks were not kept", "exception": error})
            return
        before, self._ledger.unkept = self._ledger.unkept, error
        if before is not error:
            self._ledger.notify(Part.TASKS)

    async def _policies(self) -> None:
        listing = await self._cloud.policies()
        await _steady(listing, self._ledger.policies)
        self._ledger.put_policies(listing)
        self._cache.keep_policies(listing)

    async def _backups(self, *, whole: bool, slowly: bool) -> None:
        """Read the backups: what has changed where they are known, else all of them."""
        begun_at = self._clock.now()
        freshness, held = self._ledger.freshness[Part.BACKUPS], self._ledger.backups
        slowly = slowly and freshness.as_of is not None
        if freshness.mark is not None and not whole and _is_known(freshness, len(held), begun_at):
            with suppress(Unsure):
                caught = await self._caught_up(held, freshness.mark, begun_at)
                if not caught.is_whole:
                    # backups come and go just now
                    caught = await self._caught_up(held, freshness.mark, begun_at)
                if caught.is_whole:
                    del held
                    await self._put_caught(caught, begun_at, freshness.read_at)
                    return
        is_limited = freshness.shortfall not in (Shortfall.NONE, Shortfall.CHANGED)
        if slowly and (is_limited or not self._changes_are_told) and len(held) > LARGE_ROWS:
            read_at = freshness.read_at or begun_at
            if timedelta(0) <= begun_at - read_at < timedelta(seconds=UNSURE_SECONDS):
                # what is shown is as old as it says
                self._ledger.read_before(Part.BACKUPS)
                return
        if self._changes_are_told and not is_limited and len(held) > SMALL_ROWS:
            with suppress(Unsure):
                caught = await self._all_by_time(held, begun_at, slowly=slowly)
                del held
                await self._put_caught(caught, begun_at, begun_at)
                return
        listing = await self._cloud.backups(slowly=slowly)
        await _steady(listing, held)
        by_id: dict[BackupId, Backup] = {}
        for _ in filed(_read(listing), by_id):
            await asyncio.sleep(0)
        del held  # the last who holds what goes frees it all at once
        await self._put_backups(listing._replace(read_at=begun_at, mark=self._mark(begun_at)), by_id)

    async def _all_by_time(self, held: dict[BackupId, Backup], begun_at: datetime, *, slowly: bool) -> Caught:
        """Read all backups in parts, then what has changed meanwhile. Raises ``Unsure``."""
        rows = await read_by_time(self._cloud, held, slowly=slowly)
        mark = self._mark(begun_at)
        if mark is None:
            raise Unsure("the service's clock is not known")
        return await self._caught_up(rows, mark, begun_at)

    async def _caught_up(self, held: dict[BackupId, Backup], mark: datetime, begun_at: datetime) -> Caught:
        now = begun_at + (self._ledger.connection.clock_offset or timedelta(0))
        tasks = partial(self._tasks_since, begun_at)
        try:
            caught = await caught_up(self._cloud, held, mark, now, tasks, self._lately)
        except Untold:
            self._changes_are_told = False
            raise
        self._changes_are_told, self._lately = True, caught.lately
        return caught

    async def _tasks_since(self, begun_at: datetime) -> Iterable[Task]:
        """Return the tasks, after they have been read in this round; what keeps them from that is told with them."""
        async with self._turns[Part.TASKS]:
            freshness = self._ledger.freshness[Part.TASKS]
            is_old = freshness.as_of is not None and freshness.as_of < begun_at and freshness.error is None
            if is_old and _is_known(freshness, len(self._ledger.tasks), begun_at):
                with suppress(CbrError):
                    await self._tasks(whole=False)
            return self._ledger.tasks.values()

    async def _put_caught(self, caught: Caught, begun_at: datetime, read_at: datetime | None) -> None:
        rows, mark = list(caught.rows.values()), self._mark(begun_at)
        shortfall = Shortfall.NONE if caught.is_whole else Shortfall.CHANGED
        listing = Listing(
            *(rows, self._clock.now(), caught.is_whole),
            shortfall=shortfall,
            total=caught.total,
            read_at=read_at,
            mark=mark,
        )
        await self._put_backups(listing, caught.rows)

    async def _put_backups(self, listing: Listing[Backup], by_id: dict[BackupId, Backup]) -> None:
        """Put backups in place of those that are held; these go in pieces, since to free so many takes its time."""
        held = self._ledger.backups
        leaving = list(held.values()) if held is not by_id else []
        del held
        self._ledger.put_backups(listing, by_id=by_id)
        self._cache.keep_backups(listing)
        while leaving:
            del leaving[-_LEAVING_ROWS:]
            await asyncio.sleep(0)

    async def _protectables(self) -> None:
        """Read what could be protected, kind by kind; a kind that this region does not know counts as empty."""
        rows: list[Protectable] = []
        complete = True
        lacking: CbrError | None = None
        shortfall = Shortfall.NONE
        totals: list[int | None] = []
        for kind in PROTECTABLE_KINDS:
            try:
                listing = await self._cloud.protectables(kind, self._ledger.protectables)
            except (NotFound, Forbidden) as error:
                complete = False
                lacking = error
                continue
            rows += listing.rows
            complete = complete and listing.complete
            shortfall = shortfall or listing.shortfall
            totals.append(listing.total)
        total = None if None in totals else sum(total for total in totals if total is not None)
        listing = Listing(rows, self._clock.now(), complete, lacking, shortfall, total)
        await _steady(listing, self._ledger.protectables)
        self._ledger.put_protectables(listing)
        self._cache.keep_protectables(listing)

    async def _offers(self) -> None:
        """Read what other projects share with this one; a region that has no sharing offers nothing."""
        try:
            listing = await self._cloud.offers()
        except (NotFound, Forbidden) as error:
            listing = Listing([], self._clock.now(), complete=False, lacking=error)
        self._ledger.put_offers(listing)

    async def _destinations(self) -> None:
        """Read where backups can be replicated to: the regions, the account's projects and the vaults there.

        A project that does not tell of its vaults leaves the list incomplete; a vault there can be named by its id.
        """
        rows: list[DestinationVault] = []
        lacking: CbrError | None = None
        complete = True
        regions: list[str] = []
        projects: list[Project] = []
        try:
            regions = await self._cloud.replication_regions()
            projects = [each for each in await self._cloud.projects() if each.region in regions and each.enabled]
        except (NotFound, Forbidden) as error:
            lacking = error
        for project in projects[:_PROJECTS_LIMIT]:
            try:
                listing = await self._cloud.external_vaults(project.region, project.id)
            except (NotFound, Forbidden) as error:
                lacking = error
                continue
            complete = complete and listing.complete
            rows += [DestinationVault(project.region, project, vault) for vault in listing.rows]
        complete = complete and lacking is None and len(projects) <= _PROJECTS_LIMIT
        self._ledger.put_destinations(regions, projects, Listing(rows, self._clock.now(), complete, lacking))

    async def _enterprise_projects(self) -> None:
        self._ledger.put_enterprise_projects(await self._cloud.enterprise_projects())

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
