"""What the service forgets and is kept here: tasks that have ended, and how full vaults were day by day."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import TaskId, VaultId
from cbr_desktop.domain.task import Task
from cbr_desktop.domain.vault import Vault, VaultUse
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.ports import Archive, Clock
from cbr_desktop.workflows.recall import FILED_ROWS
from cbr_desktop.workflows.task_lists import TASK_DAYS

USE_DAYS = 90
"""How far back the use of a vault is looked at."""
OLDER_TASKS = 1000
"""How many kept tasks are read at once."""


class Archiving:
    """Keeps them in ``archive``, which may be none, and reads them; nothing waits for the disk when they are kept."""

    def __init__(self, ledger: Ledger, archive: Archive | None, clock: Clock) -> None:
        self._ledger = ledger
        self._archive = archive
        self._clock = clock
        self._archived: set[TaskId] = set()
        self._ended: dict[TaskId, Task] = {}
        """Tasks that have ended and are not kept so far."""
        self._use_day: date | None = None

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

    def keep_use(self, vaults: Sequence[Vault]) -> None:
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

    async def keep_ended(self, tasks: list[Task]) -> None:
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
