"""Reading the backups of a project: what has changed where that can be told, else all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.listing import Listing, Shortfall
from cbr_desktop.domain.task import Task
from cbr_desktop.workflows.backup_changes import Caught, Unsure, Untold, caught_up, read_by_time
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.list_reading import SMALL_ROWS, is_known, service_time_of, steady
from cbr_desktop.workflows.ports import Cache, Clock, Cloud, KeptReading
from cbr_desktop.workflows.recall import filed

LARGE_ROWS = 5000
UNSURE_SECONDS = 900.0
"""How often a list of more than ``LARGE_ROWS`` is read whole where the service does not tell what has changed in it."""
_LEAVING_ROWS = 2000

Row = TypeVar("Row")


class BackupLists:
    """Reads them into ``ledger`` and ``cache``.

    ``tasks_since`` returns the tasks once they have been read in the round that began then: what tasks tell of is what
    has changed.
    """

    def __init__(
        self,
        ledger: Ledger,
        cache: Cache,
        cloud: Cloud,
        clock: Clock,
        tasks_since: Callable[[datetime], Awaitable[Iterable[Task]]],
    ) -> None:
        self._ledger = ledger
        self._cache = cache
        self._cloud = cloud
        self._clock = clock
        self._tasks_since = tasks_since
        self._lately = 0
        """How many backups had changed at the last look."""
        self._changes_are_told = True
        """Whether the service tells what has changed among the backups, as far as is known."""

    async def read(self, *, whole: bool, slowly: bool) -> None:
        """Read the backups: what has changed where they are known, else all of them."""
        begun_at = self._clock.now()
        freshness, held = self._ledger.freshness[Part.BACKUPS], self._ledger.backups
        slowly = slowly and freshness.as_of is not None
        if freshness.mark is not None and not whole and is_known(freshness, len(held), begun_at):
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
        await steady(listing, held)
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

    def _mark(self, begun_at: datetime) -> datetime | None:
        return service_time_of(self._ledger, self._clock, begun_at)


def _read(listing: Listing[Row]) -> KeptReading[Row]:
    """Return what has been read already."""
    yield
    return listing
