"""Reading the tasks of a project: those that are new or have not ended, or all that the service still has."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from cbr_desktop.domain.error import NotFound
from cbr_desktop.domain.ids import TaskId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.task import TERMINAL, Task
from cbr_desktop.workflows.backup_changes import MARGIN
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.list_reading import is_known, service_time_of, steady
from cbr_desktop.workflows.ports import Cache, Clock, Cloud
from cbr_desktop.workflows.recall import FILED_ROWS

TASK_DAYS = 30
"""How far back the service keeps tasks."""
_LATELY = timedelta(days=1)
_SINGLE_TASKS = 10
"""How many old tasks that have not ended are looked at one by one in a round."""


class TaskLists:
    """Reads them into ``ledger``, and keeps those of the last days in ``cache``; ``keep_ended`` gets what was read."""

    def __init__(
        self,
        ledger: Ledger,
        cache: Cache,
        cloud: Cloud,
        clock: Clock,
        keep_ended: Callable[[list[Task]], Awaitable[None]],
    ) -> None:
        self._ledger = ledger
        self._cache = cache
        self._cloud = cloud
        self._clock = clock
        self._keep_ended = keep_ended

    async def read(self, *, whole: bool) -> None:
        """Read the tasks that are new or have not ended; all of them where that is not known."""
        begun_at, now = self._clock.now(), self._clock.now()
        freshness, held = self._ledger.freshness[Part.TASKS], self._ledger.tasks
        mark = freshness.mark
        if whole or mark is None or not is_known(freshness, len(held), now):
            listing = await self._cloud.tasks(since=now - timedelta(days=TASK_DAYS))
            await steady(listing, held)
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
        await steady(listing, held)
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
        return service_time_of(self._ledger, self._clock, begun_at)


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
