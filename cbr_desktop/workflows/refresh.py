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
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from cbr_desktop.domain.account import Project
from cbr_desktop.domain.backup_details import OpenedBackup
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import CbrError, Forbidden, LoginRefused, NotFound, SecretMissing, Throttled, Unreachable
from cbr_desktop.domain.ids import BackupId, VaultId
from cbr_desktop.domain.listing import Listing, Shortfall
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.replication import DestinationVault
from cbr_desktop.domain.task import Task
from cbr_desktop.domain.vault import VaultUse
from cbr_desktop.domain.vault_changes import WITH_AGENT
from cbr_desktop.workflows.archiving import Archiving
from cbr_desktop.workflows.backup_lists import BackupLists
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.list_reading import is_known, steady
from cbr_desktop.workflows.pacing import Attention, Pace
from cbr_desktop.workflows.ports import Archive, Cache, Clock, Cloud
from cbr_desktop.workflows.recall import recalling
from cbr_desktop.workflows.task_lists import TaskLists

ASIDE_SECONDS = 1800.0
"""How often a list is read that only one page shows, while that page is not looked at."""
_ASIDE = frozenset({Part.PROTECTABLES})
"""Such lists: what could be protected comes in pages of 50, so of a large project it is most of what is asked for."""
_READ = (Part.VAULTS, Part.TASKS, Part.POLICIES, Part.PROTECTABLES, Part.BACKUPS)
"""The lists that are read."""
PROTECTABLE_KINDS = ("server", "disk", "turbo")
SELDOM = (Part.OFFERS, Part.DESTINATIONS, Part.ENTERPRISE_PROJECTS)
"""The lists that are read only when something needs them, or a person wants every list read whole."""
_OF_OTHER_SERVICES = frozenset({Part.ENTERPRISE_PROJECTS})
"""The lists of other services: whether these answer says nothing of the connection to the backup service."""
_PROJECTS_LIMIT = 50
"""Projects in other regions whose vaults are asked for."""
_OPENED_LIMIT = 200
"""Backups that were read by themselves and are kept for the next start, the newest of them."""


class Refresh:
    """Reads the lists, at start, every so often and whenever it is asked to; how often goes with ``attend``."""

    def __init__(
        self, ledger: Ledger, cache: Cache, cloud: Cloud, clock: Clock, archive: Archive | None = None
    ) -> None:
        self._ledger = ledger
        self._cache = cache
        self._cloud = cloud
        self._clock = clock
        self._archiving = Archiving(ledger, archive, clock)
        self._tasks = TaskLists(ledger, cache, cloud, clock, self._archiving.keep_ended)
        self._backups = BackupLists(ledger, cache, cloud, clock, self._tasks_since)
        self._pace = Pace(clock)
        self._asked = asyncio.Event()
        self._all = True
        """Whether the next reading is a round of all."""
        self._whole = False
        self._needed: frozenset[Part] = frozenset()
        """The lists that a request waits for."""
        self._changed: frozenset[Part] = frozenset()
        """The lists that the next round reads in any case."""
        self._turns = {part: asyncio.Lock() for part in Part}
        self.rounds = 0
        """How many rounds of all have ended."""

    async def recall(self) -> None:
        """Put all that is cached into the ledger, in pieces between which the window can do something else."""
        for _ in recalling(self._ledger, self._cache):
            await asyncio.sleep(0)

    def ask(self, changed: frozenset[Part] = frozenset()) -> None:
        """Read what has changed now, or once more after the reading that is under way.

        ``changed`` are lists that are others now: they are read even where nobody looks at them.
        """
        self._all = True
        self._changed |= changed
        self._asked.set()

    def ask_whole(self) -> None:
        """Read every list from one end to the other now, because a person does not trust what is shown."""
        self._whole = True
        self._asked.set()

    def attend(self, attention: Attention) -> None:
        """Take note of what is looked at; what has grown old while it was not is read at once."""
        before = self._pace.attention
        if attention == before:
            return
        self._pace.attend(attention)
        if not attention.every_seconds:
            return
        if attention.front - before.front:
            self.need(frozenset(part for part in attention.front & _ASIDE if self._is_old(part)))
        if attention.is_seen and not before.is_seen and self._pace.is_behind():
            self.ask()

    def _is_old(self, part: Part) -> bool:
        """Whether a list is older than one that is read in every round."""
        as_of = self._ledger.freshness[part].as_of
        every = timedelta(seconds=self._pace.attention.every_seconds)
        return as_of is None or self._clock.now() - as_of >= every

    def _due(self, *, whole: bool) -> list[Part]:
        """Return the lists that a round reads: all, but those aside that are not on screen and not old yet.

        Of those that are read ``SELDOM`` only the needed ones are, and in a ``whole`` round those that were before.
        """
        needed = self._needed | self._changed
        seldom = [part for part in SELDOM if part in needed or (whole and self._ledger.freshness[part].as_of)]
        if whole:
            return [*_READ, *seldom]
        now, limit = self._clock.now(), timedelta(seconds=ASIDE_SECONDS)
        known = {part: self._ledger.freshness[part] for part in _ASIDE - self._pace.attention.front - needed}
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
        self._needed = self._changed = frozenset()
        self._pace.begin()
        await self.once(due, whole=whole, slowly=not whole)
        self._pace.end()
        self.rounds += 1

    async def older_tasks(self, before: Task | None = None) -> list[Task]:
        """Return the next tasks that are kept here, newest first: those before a task, or before the service's list.

        None means that there are no more. Raises ``StorageError``.
        """
        return await self._archiving.older_tasks(before)

    async def use_of(self, vault_id: VaultId) -> list[VaultUse]:
        """Return how full a vault was, day by day, the days that are known. Raises ``StorageError``."""
        return await self._archiving.use_of(vault_id)

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
            Part.TASKS: partial(self._tasks.read, whole=whole),
            Part.POLICIES: self._policies,
            Part.PROTECTABLES: self._protectables,
            Part.BACKUPS: partial(self._backups.read, whole=whole, slowly=slowly),
            Part.OFFERS: self._offers,
            Part.DESTINATIONS: self._destinations,
            Part.ENTERPRISE_PROJECTS: self._enterprise_projects,
        }
        # what is looked at comes first; else in the order of the table, as backups are read by what tasks tell
        order = sorted((*_READ, *SELDOM), key=lambda part: part not in self._pace.attention.front)
        wanted = {part: readers[part] for part in order if part in (_READ if parts is None else parts)}
        if not await self._logged_in(wanted):
            return
        async with asyncio.TaskGroup() as reads:
            for part, reader in wanted.items():
                reads.create_task(self._part(part, reader))
        throttled = any(isinstance(self._ledger.freshness[part].error, Throttled) for part in wanted)
        self._pace.note(is_throttled=throttled)

    async def read_agents(self, id: VaultId) -> None:
        """Read which servers of a vault have the agent for application consistency. Raises ``CloudError``."""
        vault = self._ledger.vaults.get(id)
        servers = [each for each in vault.resources if each.type in WITH_AGENT] if vault is not None else []
        if servers:
            self._ledger.put_agents(await self._cloud.agents(servers))

    async def read_other_projects(self) -> None:
        """Read the other projects of the account in this region. Raises ``CloudError``."""
        projects, own = await self._cloud.projects(), await self._cloud.project_id()
        region = next((each.region for each in projects if each.id == own), self._ledger.profile.region)
        near = [each for each in projects if each.region == region and each.id != own and each.enabled]
        self._ledger.put_other_projects(near)

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
        await self._pace.until_due()
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
            except asyncio.CancelledError:
                self._ledger.read_before(part)
                raise
            if part not in _OF_OTHER_SERVICES:
                self._tell(trouble)

    async def _vaults(self) -> None:
        listing = await self._cloud.vaults(self._ledger.vaults)
        await steady(listing, self._ledger.vaults)
        self._ledger.put_vaults(listing)
        self._archiving.keep_use(listing.rows)
        self._cache.keep_vaults(listing)

    async def _tasks_since(self, begun_at: datetime) -> Iterable[Task]:
        """Return the tasks, after they have been read in this round; what keeps them from that is told with them."""
        async with self._turns[Part.TASKS]:
            freshness = self._ledger.freshness[Part.TASKS]
            is_old = freshness.as_of is not None and freshness.as_of < begun_at and freshness.error is None
            if is_old and is_known(freshness, len(self._ledger.tasks), begun_at):
                with suppress(CbrError):
                    await self._tasks.read(whole=False)
            return self._ledger.tasks.values()

    async def _policies(self) -> None:
        listing = await self._cloud.policies()
        await steady(listing, self._ledger.policies)
        self._ledger.put_policies(listing)
        self._cache.keep_policies(listing)

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
        await steady(listing, self._ledger.protectables)
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
