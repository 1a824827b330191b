"""Catching up with the list of backups: what is shown is what the service has, whatever happens to it meanwhile."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.domain.backup import MOVING, Backup, Replica
from cbr_desktop.domain.backup import BackupStatus as Status
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.listing import Shortfall
from cbr_desktop.simulator import entities
from cbr_desktop.simulator.estate import generated
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.service import Service
from cbr_desktop.simulator.wire import replication_details
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.workflows.ledger import Freshness, Part
from cbr_desktop.workflows.list_reading import SMALL_ROWS
from cbr_desktop.workflows.pacing import EVERY_SECONDS, Attention
from cbr_desktop.workflows.refresh import Refresh
from tests.stage import Stage, StageClock, staged

ROWS = 150
LISTS = [Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.POLICIES, Part.PROTECTABLES]
READ = (Part.TASKS, Part.BACKUPS)


class Region:
    """A service with some hundred backups, and what happens to them there."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.chance = random.Random(seed)
        self.estate = stage.service.estate
        self.estate.backups  # noqa: B018  # the history is there from now on

    @property
    def backups(self) -> list[entities.Backup]:
        return list(self.estate.backups.values())

    def one(self) -> entities.Backup:
        return self.chance.choice(self.backups)

    def made(self, **more: object) -> entities.Backup:
        """A backup is made of some resource."""
        resource, now = self.chance.choice(list(self.estate.resources.values())), self.stage.clock.now()
        ids, vault = self.estate.ids, resource.vault_id or ""
        backup = entities.Backup(ids.uuid(), "made", ids.uuid(), vault, resource.id, now, updated_at=now)
        for name, value in more.items():
            setattr(backup, name, value)
        ended = {"ended_at": now, "backup_id": backup.id}
        task = entities.Task(ids.uuid(), "backup", "success", now, vault, resource.id, **ended)
        self.estate.record(backup, task)
        return backup

    def begun(self) -> None:
        """A backup is begun; nobody says when it was last changed."""
        self.made(status="waiting_protect", updated_at=None)

    def moved_on(self) -> None:
        """A backup that is being made or deleted goes on, and the time of its last change stays as it is."""
        for backup in [each for each in self.backups if each.status not in ("available", "error")]:
            backup.status = self.chance.choice(["protecting", "available", "error"])

    def told(self, kind: str, backup: entities.Backup, status: str = "success") -> None:
        now, ids = self.stage.clock.now(), self.estate.ids
        task = entities.Task(ids.uuid(), kind, status, now, backup.vault_id, backup.resource_id, ended_at=now)
        task.backup_id = backup.id
        self.estate.tasks[task.id] = task

    def deleted(self) -> None:
        """Somebody deletes a backup elsewhere."""
        backup = self.one()
        self.estate.forget([backup])
        self.told("delete", backup)

    def not_deleted(self) -> None:
        """A deletion fails."""
        self.told("delete", self.one(), "failed")

    def expired(self) -> None:
        """A rule deletes what has expired; there is no task."""
        for backup in self.chance.sample(self.backups, 5):
            backup.expired_at = backup.updated_at = self.stage.clock.now() - timedelta(seconds=1)
            self.estate.forget([backup])

    def thinned(self) -> None:
        """A rule deletes the oldest backup of a resource that has a new one; there is no task."""
        new = self.made(auto=True)
        old = next(each for each in self.backups if each.resource_id == new.resource_id)
        if old is not new:
            self.estate.forget([old])

    def lost(self) -> None:
        """Backups go, and nothing tells why."""
        for backup in self.chance.sample(self.backups, self.chance.randint(1, 9)):
            self.estate.forget([backup])

    def renamed(self) -> None:
        backup = self.one()
        backup.name, backup.updated_at = f"name-{self.chance.random()}", self.stage.clock.now()

    def failed(self) -> None:
        backup = self.one()
        backup.status, backup.updated_at = "error", self.stage.clock.now()

    def copied(self) -> None:
        self.made(image_type="replication", name="copy")

    def imported(self) -> None:
        """A backup comes that was made long ago."""
        ago = self.stage.clock.now() - timedelta(days=self.chance.uniform(1, 400))
        self.told("sync", self.made(created_at=ago, updated_at=ago))

    def migrated(self) -> None:
        """A resource moves to another vault with its backups; the times of their last changes stay."""
        backup, vault_id = self.one(), self.chance.choice(list(self.estate.vaults))
        for each in self.backups:
            if each.resource_id == backup.resource_id:
                self.estate.history.by_vault[each.vault_id].remove(each)
                each.vault_id = vault_id
                self.estate.history.by_vault.setdefault(vault_id, []).append(each)
        self.told("migrate", backup)

    def taken_out(self) -> None:
        """A resource is taken out of its vault, which deletes its backups."""
        backup = self.one()
        for each in [each for each in self.backups if each.resource_id == backup.resource_id]:
            self.estate.forget([each])
        self.told("remove_resource", backup)

    def happen(self) -> str:
        """Let something happen; return what."""
        kinds: list[Callable[[], object]] = [
            *(self.made, self.begun, self.moved_on, self.deleted, self.not_deleted, self.expired, self.thinned),
            *(self.lost, self.renamed, self.failed, self.copied, self.imported, self.migrated, self.taken_out),
        ]
        kind = self.chance.choice(kinds)
        kind()
        self.estate.changed()
        return kind.__name__


def played(
    tmp_path: Path,
    story: Callable[[Region], Awaitable[None]],
    rows: int = ROWS,
    seed: int = 1,
    parts: Sequence[Part] = READ,
) -> None:
    """Tell a story of a region whose lists have been read once."""
    clock = StageClock()
    service = Service(generated(clock.now(), 20, rows, seed), clock)
    with staged(tmp_path, service=service, clock=clock) as stage:

        async def told() -> None:
            region = Region(stage, seed)
            await stage.session.refresh.once(parts)
            await story(region)
            await stage.session.cloud.aclose()

        asyncio.run(told())


async def round_of(region: Region, parts: Sequence[Part] = READ) -> Freshness:
    """Let some time pass and read once."""
    region.stage.clock.advance(EVERY_SECONDS)
    del region.stage.service.journal[:]
    await region.stage.session.refresh.once(parts, slowly=True)
    return region.stage.session.ledger.freshness[Part.BACKUPS]


def asked(region: Region, path: str = "/backups") -> list[str]:
    """Return what the service was asked for in the last round, as queries."""
    return [entry.path.partition("?")[2] for entry in region.stage.service.journal.calls("GET", path)]


async def truth(region: Region) -> dict[str, Backup]:
    """Return the backups as the service has them."""
    listing = await region.stage.session.cloud.backups()
    assert listing.complete
    return {row.id: row for row in listing.rows}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_to_backups_is_known_after_one_round(tmp_path: Path, seed: int) -> None:
    walk(tmp_path, seed, 12)


def walk(tmp_path: Path, seed: int, rounds: int) -> None:
    """Let all kinds of things happen, and compare after each round."""

    async def story(region: Region) -> None:
        for _ in range(rounds):
            happened = [region.happen() for _ in range(region.chance.randint(0, 4))]
            while len(region.backups) <= SMALL_ROWS:
                region.made()
            # in most rounds what was new in the last one is new no more
            region.stage.clock.advance(region.chance.choice([0, 1800]))
            freshness = await round_of(region)
            assert freshness.error is None
            assert freshness.complete, happened
            known, real = region.stage.session.ledger.backups, await truth(region)
            assert known == real, happened
            assert freshness.total == len(real)
            times = [row.created_at for row in known.values()]
            assert times == sorted(times, reverse=True), happened  # type: ignore[type-var]

    played(tmp_path, story, seed=seed)


def test_an_unchanged_list_takes_two_small_requests_and_is_the_very_same_afterwards(tmp_path: Path) -> None:
    async def story(region: Region) -> None:
        await round_of(region, LISTS)
        ledger = region.stage.session.ledger
        before = {part: getattr(ledger, part) for part in LISTS}
        as_of = ledger.freshness[Part.BACKUPS].as_of
        await round_of(region, LISTS)
        assert [query.partition("&")[0] for query in asked(region)] == ["limit=50", asked(region)[1].partition("&")[0]]
        assert "start_time" in asked(region)[1]
        assert len(asked(region, "/operation-logs")) == 1
        assert all(getattr(ledger, part) is rows for part, rows in before.items())
        assert ledger.freshness[Part.BACKUPS].as_of == as_of + timedelta(seconds=EVERY_SECONDS)  # type: ignore[operator]

    played(tmp_path, story, parts=LISTS)


def test_a_backup_that_is_being_made_is_looked_at_until_it_has_ended(tmp_path: Path) -> None:
    async def story(region: Region) -> None:
        backup = region.made(status="waiting_protect", updated_at=None)
        for status in ("protecting", "protecting", "available"):
            region.stage.clock.advance(3600)
            await round_of(region)
            backup.status = status  # and nobody says when it changed
        await round_of(region)
        assert region.stage.session.ledger.backups == await truth(region)
        await round_of(region)
        assert len(asked(region)) == 2, "it is looked at no more"

    played(tmp_path, story)


def test_what_goes_without_a_word_is_searched_by_counting(tmp_path: Path) -> None:
    async def story(region: Region) -> None:
        region.estate.forget([region.one()])
        assert (await round_of(region)).complete
        pages = [query for query in asked(region) if "limit=1000" in query]
        counts = [query for query in asked(region) if query.endswith("limit=1")]
        assert (len(pages), len(counts)) == (2, 5), "what is new, and the part of the past that is one short"
        assert region.stage.session.ledger.backups == await truth(region)

    played(tmp_path, story, rows=2000)


def test_the_whole_list_is_read_once_a_day_and_when_a_person_asks(tmp_path: Path) -> None:
    async def story(region: Region) -> None:
        stage = region.stage
        read_at = stage.session.ledger.freshness[Part.BACKUPS].read_at
        # a change that nothing tells of: neither a task nor the time of the last change
        region.backups[7].name = "unseen"
        await round_of(region)
        assert stage.session.ledger.backups != await truth(region)
        await stage.session.refresh.once(whole=True)
        assert stage.session.ledger.backups == await truth(region)
        region.backups[8].name = "unseen"
        assert (await round_of(region)).read_at != read_at
        assert stage.session.ledger.backups != await truth(region)
        stage.clock.advance(24 * 3600)
        await round_of(region)
        assert stage.session.ledger.backups == await truth(region)

    played(tmp_path, story)


def test_a_person_who_asks_has_every_list_read_whole(tmp_path: Path) -> None:
    async def story(region: Region) -> None:
        stage = region.stage
        async with asyncio.TaskGroup() as tasks:
            resident = tasks.create_task(stage.session.refresh.run())
            await stage.clock.sleep(10)
            region.backups[7].name = "unseen"
            stage.session.refresh.ask()
            await stage.clock.sleep(10)
            assert stage.session.ledger.backups != await truth(region)
            stage.session.refresh.ask_whole()
            await stage.clock.sleep(10)
            assert stage.session.ledger.backups == await truth(region)
            resident.cancel()

    played(tmp_path, story)


def test_the_next_start_goes_on_from_what_was_kept(tmp_path: Path) -> None:
    clock = StageClock()
    service = Service(generated(clock.now(), 20, ROWS), clock)

    async def first() -> None:
        await stage.session.refresh.once()
        await stage.session.cloud.aclose()

    async def later() -> None:
        region = Region(stage, 3)
        region.deleted()
        region.made()
        region.renamed()
        await stage.session.refresh.recall()
        assert stage.session.ledger.freshness[Part.BACKUPS].from_cache
        freshness = await round_of(region)
        assert (freshness.from_cache, freshness.complete) == (False, True)
        assert all("limit=1000" not in query or "start_time" in query for query in asked(region))
        assert stage.session.ledger.backups == await truth(region)
        await stage.session.cloud.aclose()

    with staged(tmp_path, service=service, clock=clock) as stage:
        asyncio.run(first())
    clock.advance(3600)
    with staged(tmp_path, service=service, clock=clock) as stage:
        asyncio.run(later())


@pytest.mark.parametrize("odd", ["no count", "no order", "no time of change"])
def test_a_region_that_does_not_tell_what_has_changed_is_read_whole(tmp_path: Path, odd: str) -> None:
    async def story(region: Region) -> None:
        region.stage.service.modes.counts = odd != "no count"
        region.stage.service.modes.sorts = odd != "no order"
        for _ in range(3):
            region.lost()
            region.renamed()
            region.made()
            if odd == "no time of change":
                for backup in region.backups:
                    backup.updated_at = None
            assert (await round_of(region)).complete
            assert region.stage.session.ledger.backups == await truth(region)

    played(tmp_path, story)


class Miscounting:
    """A cloud that counts one more than it has."""

    def __init__(self, cloud: Any) -> None:
        self._cloud = cloud

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cloud, name)

    async def count_backups(self, since: datetime | None = None, until: datetime | None = None) -> int:
        count: int = await self._cloud.count_backups(since, until)
        return count + (since is None and until is None)

    async def changed_backups(self, since: datetime, expected: int = 0) -> Any:
        changes = await self._cloud.changed_backups(since, expected)
        return changes._replace(total=changes.total + 1)


def test_a_count_that_never_agrees_is_told_with_the_list(tmp_path: Path) -> None:
    async def story(region: Region) -> None:
        stage, ledger = region.stage, region.stage.session.ledger
        cache = SqliteCache(tmp_path / "another.db")
        refresh = Refresh(ledger, cache, Miscounting(stage.session.cloud), stage.clock)
        region.lost()
        await refresh.once(READ)
        freshness = ledger.freshness[Part.BACKUPS]
        assert (freshness.complete, freshness.shortfall) == (False, Shortfall.CHANGED)
        assert freshness.total == len(ledger.backups) + 1
        assert ledger.backups == await truth(region)
        cache.close()

    played(tmp_path, story)


def test_a_list_that_lies_about_its_length_is_not_called_whole(tmp_path: Path) -> None:
    async def story(region: Region) -> None:
        body = b'{"backups": [], "count": 17}'
        region.stage.service.faults.add(Fault("GET", "/backups", "reply", body=body, times=None))
        freshness = await round_of(region)
        assert (freshness.complete, freshness.shortfall, freshness.total) == (False, Shortfall.CHANGED, 17)
        region.stage.service.faults.clear()
        assert (await round_of(region)).complete
        assert region.stage.session.ledger.backups == await truth(region)

    played(tmp_path, story)


def test_a_round_that_fails_keeps_what_was_known_and_the_next_one_misses_nothing(tmp_path: Path) -> None:
    async def story(region: Region) -> None:
        before = region.stage.session.ledger.backups
        region.made()
        region.deleted()
        fault = Fault("GET", "/backups", "status", status=403, body=b'{"error_code": "X", "error_msg": ""}', times=None)
        region.stage.service.faults.add(fault)
        for _ in range(20):
            assert (await round_of(region)).error is not None
        assert region.stage.session.ledger.backups is before
        region.stage.service.faults.clear()
        assert (await round_of(region)).complete
        assert region.stage.session.ledger.backups == await truth(region)

    played(tmp_path, story)


def test_a_clock_that_is_set_between_two_rounds_hides_nothing(tmp_path: Path) -> None:
    """The simulator reads the same clock, so that its answers say that ours has not moved against it."""

    async def story(region: Region) -> None:
        for hours in (8, -16, 30):
            region.renamed()
            region.stage.clock.advance(hours * 3600)
            region.made()
            await round_of(region)
            assert region.stage.session.ledger.backups == await truth(region)

    played(tmp_path, story)


def test_tasks_are_read_from_the_oldest_that_has_not_ended(tmp_path: Path) -> None:
    async def story(region: Region) -> None:
        stage = region.stage
        backup = region.one()
        region.told("restore", backup, "running")
        running = list(region.estate.tasks.values())[-1]
        await round_of(region)
        stage.clock.advance(40_000)
        await round_of(region)
        running.status = "success"
        region.told("restore", backup)
        await round_of(region)
        tasks = stage.session.ledger.tasks
        assert tasks[running.id].is_over  # type: ignore[index]
        assert list(region.estate.tasks)[-1] in tasks
        region.told("restore", backup, "running")
        stuck = list(region.estate.tasks.values())[-1]
        await round_of(region)
        stage.clock.advance(3 * 86_400)
        await round_of(region)
        stuck.status = "failed"
        await round_of(region)
        await round_of(region)
        assert tasks is not stage.session.ledger.tasks
        assert stage.session.ledger.tasks[stuck.id].status == "failed"  # type: ignore[index]
        assert len(asked(region, "/operation-logs")) == 1

    played(tmp_path, story, rows=1500)


@pytest.mark.parametrize("part", ["/vaults", "/operation-logs", "/policies", "/instances", "/backups"])
def test_a_service_that_is_asked_too_often_is_asked_less_whichever_list_it_was(tmp_path: Path, part: str) -> None:
    async def story(region: Region) -> None:
        stage = region.stage

        def rounds() -> int:
            return stage.session.refresh.rounds

        body = b'{"error_code": "APIGW.0308", "error_msg": "The throttling threshold has been reached"}'
        async with asyncio.TaskGroup() as tasks:
            stage.service.faults.add(Fault("GET", part, "status", status=429, body=body, times=None))
            # what could be protected is read in every round while it is looked at
            stage.session.refresh.attend(Attention(front=frozenset({Part.PROTECTABLES})))
            resident = tasks.create_task(stage.session.refresh.run())
            await stage.clock.sleep(1500)
            throttled = rounds()
            stage.service.faults.clear()
            await stage.clock.sleep(8 * EVERY_SECONDS + 60)
            before = rounds()
            await stage.clock.sleep(1500)
            assert rounds() - before > 3 * throttled
            resident.cancel()

    played(tmp_path, story)


def test_states_that_pass_are_those_that_are_looked_at_again() -> None:
    assert {Status.AVAILABLE, Status.ERROR}.isdisjoint(MOVING)
    assert {Status.PROTECTING, Status.DELETING, Status.WAITING_RESTORE} <= MOVING


def test_the_replicas_of_a_backup_are_known_soon_after_it_was_copied(tmp_path: Path) -> None:
    """A copy changes nothing of the backup that the service has a time for; only its task tells."""

    async def story(region: Region) -> None:
        ledger = region.stage.session.ledger
        backup = region.backups[40]
        record = entities.Record(
            *(region.estate.ids.uuid(), "replicating", region.stage.clock.now(), backup.id, backup.checkpoint_id),
            *("0" * 32, "eu-de", region.estate.ids.uuid(), region.estate.ids.uuid(), "1" * 32, "eu-nl"),
            *(region.estate.ids.uuid(), backup.vault_id),
        )
        backup.records = [record]
        region.told("copy", backup, "running")
        task = next(each for each in region.estate.tasks.values() if each.operation_type == "copy")
        task.details = replication_details(record, backup.name)
        task.ended_at = None
        region.estate.changed()
        await round_of(region)
        assert ledger.backups[BackupId(backup.id)].traits.replicas == (Replica("eu-nl", "replicating"),)
        record.status, task.status, task.ended_at = "success", "success", region.stage.clock.now()
        region.estate.changed()
        await round_of(region)
        assert ledger.backups[BackupId(backup.id)].traits.replicas == (Replica("eu-nl", "success"),)

    played(tmp_path, story)
