"""Refreshing: every part by itself, and what was there stays when reading fails."""

import asyncio
import os
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from datetime import date, datetime, timedelta
from operator import is_
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.start import opened
from cbr_desktop.domain.association import ResourceDissociation
from cbr_desktop.domain.backup_details import MemberStatus
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import BadAnswer, LoginRefused, NotFound, NotSaved, SecretMissing
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.domain.sharing import ShareAnswer
from cbr_desktop.domain.task import Task
from cbr_desktop.domain.vault import Vault, VaultUse
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.paths import places
from cbr_desktop.workflows.archiving import OLDER_TASKS
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.pacing import EVERY_SECONDS, SPARING, UNSEEN, Attention
from cbr_desktop.workflows.refresh import ASIDE_SECONDS, Refresh
from tests.stage import START, Stage, StageClock, staged

LISTS = (Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.POLICIES, Part.PROTECTABLES)


def refusing(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.url} was asked for without a login")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def run(stage: Stage, *works: Coroutine[Any, Any, None]) -> None:
    async def all_of_them() -> None:
        for work in works:
            await work
        await stage.session.cloud.aclose()

    asyncio.run(all_of_them())


def test_the_demo_estate_arrives_whole(stage: Stage) -> None:
    run(stage, stage.session.refresh.once())
    ledger = stage.session.ledger
    assert len(ledger.vaults) == 14
    assert len(ledger.policies) == 6
    assert all(ledger.freshness[part].as_of for part in (Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.PROTECTABLES))
    rows = list(ledger.resource_rows())
    assert any(row.vault is None for row in rows)
    assert any(row.last_good is not None for row in rows)
    assert ledger.connection.reach is Reach.ONLINE


def test_one_part_that_fails_leaves_the_others_and_its_own_rows(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        before = dict(stage.session.ledger.vaults)
        as_of = stage.session.ledger.freshness[Part.VAULTS].as_of
        stage.clock.advance(60)
        stage.service.faults.add(Fault("GET", "/vaults", "reply", body=b'{"vaults": null}', times=None))
        await stage.session.refresh.once()
        freshness = stage.session.ledger.freshness[Part.VAULTS]
        assert isinstance(freshness.error, BadAnswer)
        assert (stage.session.ledger.vaults, freshness.as_of) == (before, as_of)
        assert stage.session.ledger.freshness[Part.TASKS].error is None

    run(stage, story())


class Slow:
    """A cloud whose lists of vaults are answered when a test lets them be, in the order of its choice."""

    def __init__(self) -> None:
        self.asked: list[asyncio.Future[Listing[Any]]] = []

    async def project_id(self) -> str:
        return "project"

    async def vaults(self, _expected: int = 0) -> Listing[Any]:
        self.asked.append(asyncio.get_running_loop().create_future())
        return await self.asked[-1]


class NoCache:
    """Keeps nothing."""

    def keep_vaults(self, listing: Listing[Any]) -> None:
        """Forget it."""


def test_a_list_that_is_read_twice_at_once_ends_as_it_was_read_last() -> None:
    """A window that reads afresh before something is destroyed must not be answered with an older round's rows."""
    cloud, ledger = Slow(), Ledger(DEMO, lambda _part: None)
    refresh = Refresh(ledger, NoCache(), cloud, StageClock())  # type: ignore[arg-type]
    first, second = estate_vaults()

    async def story() -> None:
        async with asyncio.TaskGroup() as rounds:
            for _ in range(2):
                rounds.create_task(refresh.once([Part.VAULTS]))
            await turns()
            for number, answer in ((1, second), (0, first)):
                if number < len(cloud.asked):
                    cloud.asked[number].set_result(Listing([answer], START))
                await turns()
            if not cloud.asked[-1].done():
                cloud.asked[-1].set_result(Listing([second], START))

    async def turns() -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    asyncio.run(story())
    assert list(ledger.vaults) == [second.id]


def estate_vaults() -> tuple[Any, Any]:
    """Return two vaults."""
    one = Vault(VaultId("1"), "one", "server", "backup", "available", 100, 0)
    return one, replace(one, id=VaultId("2"))


def test_a_region_without_protectables_is_not_a_failure(stage: Stage) -> None:
    stage.service.modes.missing.add("protectables")
    run(stage, stage.session.refresh.once())
    freshness = stage.session.ledger.freshness[Part.PROTECTABLES]
    assert freshness.error is None
    assert not freshness.complete


def test_a_refused_login_is_told_once_for_all_parts_and_tried_once(stage: Stage) -> None:
    refusal = b'{"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}'
    stage.service.faults.add(Fault("POST", "/auth/tokens", "status", status=401, body=refusal, times=None))
    run(stage, stage.session.refresh.once(), stage.session.refresh.once())
    assert stage.session.ledger.connection.reach is Reach.REFUSED
    assert isinstance(stage.session.ledger.freshness[Part.VAULTS].error, LoginRefused)
    logins = [entry for entry in stage.service.journal if "/auth/tokens" in entry.path]
    assert len(logins) == 1


def test_the_next_start_opens_from_what_was_seen_last(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        run(stage, stage.session.refresh.once())
        seen, clock = dict(stage.session.ledger.vaults), stage.clock
    with staged(tmp_path, clock=clock) as stage:
        run(stage, stage.session.refresh.recall())
        assert stage.session.ledger.vaults == seen
        freshness = stage.session.ledger.freshness[Part.VAULTS]
        assert freshness.from_cache
        assert freshness.as_of is not None
        assert stage.service.journal == []


def test_every_list_opens_from_the_cache_without_network_and_without_credentials(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.service.modes.missing.add("protectables")
        run(stage, stage.session.refresh.once())
        before, clock = stage.session.ledger, stage.clock

    async def no_secret(kind: SecretKind) -> str:
        raise SecretMissing(DEMO.name, kind)

    clock.advance(3600)
    here = places({"CBR_DESKTOP_HOME": str(tmp_path)})
    ledger = Ledger(DEMO, lambda _part: None)
    with opened(here, ledger, clock, no_secret, httpx.MockTransport(refusing)) as session:

        async def story() -> None:
            await session.refresh.recall()
            await session.refresh.once()
            await session.cloud.aclose()

        asyncio.run(story())
    assert ledger.vaults == before.vaults
    assert ledger.tasks == before.tasks
    assert ledger.backups == before.backups
    assert ledger.policies == before.policies
    assert list(ledger.resource_rows()) == list(before.resource_rows())
    for part in LISTS:
        freshness = ledger.freshness[part]
        assert (freshness.from_cache, freshness.as_of) == (True, before.freshness[part].as_of)
        assert isinstance(freshness.error, SecretMissing)
    assert isinstance(ledger.freshness[Part.PROTECTABLES].lacking, NotFound)


def test_ended_tasks_are_kept_for_longer_than_the_service_tells_of_them(tmp_path: Path) -> None:
    months = timedelta(days=100)

    async def first() -> None:
        await stage.session.refresh.once()
        await stage.session.cloud.aclose()

    clock = StageClock()
    with staged(tmp_path, service=Service(estate.demo(clock.now()), clock), clock=clock) as stage:
        asyncio.run(first())
        ended = {id: task for id, task in stage.session.ledger.tasks.items() if task.is_over}
    assert OLDER_TASKS < len(ended) < len(stage.session.ledger.tasks)
    clock.advance(months.total_seconds())

    async def later() -> None:
        refresh, found = stage.session.refresh, dict[str, Task]()
        page = await refresh.older_tasks()
        while page:
            found |= {task.id: task for task in page}
            page = await refresh.older_tasks(page[-1])
        assert found == ended
        await stage.session.cloud.aclose()

    with staged(tmp_path, clock=clock) as stage:
        asyncio.run(later())


def test_a_full_disk_under_the_archive_is_told_and_tried_again(stage: Stage) -> None:
    class Full:
        def __init__(self) -> None:
            self.is_full = True
            self.kept: list[Task] = []

        def keep(self, _profile: Profile, tasks: Sequence[Task], _now: datetime) -> asyncio.Future[None]:
            future = asyncio.get_running_loop().create_future()
            if self.is_full:
                future.set_exception(NotSaved("/data/archive.db", "no space left"))
            else:
                self.kept += tasks
                future.set_result(None)
            return future

        def older(self, profile: Profile, before: datetime, than: str, limit: int) -> asyncio.Future[list[Task]]:
            raise NotImplementedError

        def keep_use(self, _profile: Profile, _uses: Sequence[VaultUse], _now: datetime) -> asyncio.Future[None]:
            return self.keep(_profile, (), _now)

        def use_of(self, profile: Profile, vault_id: VaultId, since: date) -> asyncio.Future[list[VaultUse]]:
            raise NotImplementedError

    archive = Full()
    ledger = stage.session.ledger
    refresh = Refresh(ledger, SqliteCache(Path(os.devnull) / "cache"), stage.session.cloud, stage.clock, archive)

    async def story() -> None:
        await refresh.once()
        await asyncio.sleep(0)
        assert isinstance(ledger.unkept, NotSaved)
        assert ledger.freshness[Part.TASKS].error is None
        archive.is_full = False
        await refresh.once()
        await asyncio.sleep(0)
        assert ledger.unkept is None
        before = len(archive.kept)
        assert before == sum(task.is_over for task in ledger.tasks.values())
        await refresh.once()
        assert len(archive.kept) == before, "what is kept is not written at every refresh"

    run(stage, story())


def test_how_full_vaults_are_is_kept_once_a_day(tmp_path: Path) -> None:
    async def story() -> None:
        refresh = stage.session.refresh
        vault = next(vault for vault in (await stage.session.cloud.vaults()).rows if vault.size_gb)
        for _day in range(3):
            await refresh.once([Part.VAULTS])
            await refresh.once([Part.VAULTS])
            stage.clock.advance(86_400)
        known = await refresh.use_of(vault.id)
        assert [use.day for use in known] == [(START + timedelta(days=day)).date() for day in range(3)]
        assert [use.percent for use in known] == pytest.approx([vault.used_percent] * 3)
        await stage.session.cloud.aclose()

    with staged(tmp_path) as stage:
        asyncio.run(story())


def test_what_is_recalled_late_does_not_hide_what_was_read(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        run(stage, stage.session.refresh.once())
        stage.session.ledger.put_vaults(Listing([], stage.clock.now()))
        run(stage, stage.session.refresh.recall())
        assert stage.session.ledger.vaults == {}
        assert not stage.session.ledger.freshness[Part.VAULTS].from_cache


def test_lists_are_read_again_after_a_while_or_when_asked(stage: Stage) -> None:
    def reads() -> int:
        return sum(entry.path.startswith("/v3/") and "/vaults" in entry.path for entry in stage.service.journal)

    async def story() -> None:
        async with asyncio.TaskGroup() as tasks:
            resident = tasks.create_task(stage.session.refresh.run())
            await stage.clock.sleep(EVERY_SECONDS / 2)
            assert reads() == 1
            await stage.clock.sleep(EVERY_SECONDS)
            assert reads() == 2
            stage.session.refresh.ask()
            await stage.clock.sleep(1)
            assert reads() == 3
            resident.cancel()

    run(stage, story())


def test_a_list_whose_reading_is_cancelled_is_not_being_read_any_more(stage: Stage) -> None:
    ledger = stage.session.ledger

    async def story() -> None:
        await stage.session.refresh.once()
        of_before = dict(ledger.freshness)
        begun = asyncio.Event()
        unsubscribe = ledger.subscribe(lambda _: begun.set() if ledger.freshness[Part.VAULTS].loading else None)
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(stage.session.refresh.once({Part.VAULTS}))
            await begun.wait()
            reading.cancel()
        unsubscribe()
        assert ledger.freshness == of_before

    run(stage, story())


@asynccontextmanager
async def refreshed(stage: Stage) -> AsyncIterator[Refresh]:
    """Keep the lists fresh for a while, after the first round."""
    async with asyncio.TaskGroup() as tasks:
        resident = tasks.create_task(stage.session.refresh.run())
        await stage.clock.sleep(1)
        yield stage.session.refresh
        resident.cancel()


def reads_of(stage: Stage, part: str) -> int:
    return sum(entry.path.startswith("/v3/") and f"/{part}" in entry.path for entry in stage.service.journal)


def test_what_nobody_sees_is_read_less_often_and_at_once_when_it_is_seen_again(stage: Stage) -> None:
    async def story() -> None:
        async with refreshed(stage) as refresh:
            refresh.attend(Attention(is_seen=False))
            await stage.clock.sleep(UNSEEN * EVERY_SECONDS - 60)
            assert reads_of(stage, "vaults") == 1
            refresh.attend(Attention())
            await stage.clock.sleep(1)
            assert reads_of(stage, "vaults") == 2, "it had grown older than what is seen may be"
            refresh.attend(Attention(is_seen=False))
            refresh.attend(Attention())
            await stage.clock.sleep(1)
            assert reads_of(stage, "vaults") == 2, "a glance elsewhere costs nothing"
            refresh.attend(Attention(is_on_battery=True))
            await stage.clock.sleep(SPARING * EVERY_SECONDS - 60)
            assert reads_of(stage, "vaults") == 2
            await stage.clock.sleep(120)
            assert reads_of(stage, "vaults") == 3
            refresh.attend(Attention(is_on_battery=True, is_metered=True))
            await stage.clock.sleep(EVERY_SECONDS)
            assert reads_of(stage, "vaults") == 3, "a metered network is spared like the battery, and both like one"
            await stage.clock.sleep(EVERY_SECONDS)
            assert reads_of(stage, "vaults") == 4

    run(stage, story())


def test_the_lists_are_read_as_often_as_was_chosen_and_only_when_asked_where_that_was(stage: Stage) -> None:
    async def story() -> None:
        async with refreshed(stage) as refresh:
            refresh.attend(Attention(every_seconds=0))
            await stage.clock.sleep(50 * EVERY_SECONDS)
            assert reads_of(stage, "vaults") == 1
            refresh.ask()
            await stage.clock.sleep(1)
            assert reads_of(stage, "vaults") == 2
            refresh.attend(Attention(every_seconds=60))
            await stage.clock.sleep(100)
            assert reads_of(stage, "vaults") == 3

    run(stage, story())


def test_what_one_page_shows_is_read_seldom_until_it_is_looked_at(stage: Stage) -> None:
    looking = Attention(front=frozenset({Part.VAULTS, Part.PROTECTABLES}))

    async def story() -> None:
        async with refreshed(stage) as refresh:
            first = reads_of(stage, "protectables")
            assert first > 0
            await stage.clock.sleep(2.5 * EVERY_SECONDS)
            assert (reads_of(stage, "protectables"), reads_of(stage, "vaults")) == (first, 3)
            refresh.attend(looking)
            await stage.clock.sleep(1)
            assert (reads_of(stage, "protectables"), reads_of(stage, "vaults")) == (2 * first, 3), "that list alone"
            await stage.clock.sleep(EVERY_SECONDS)
            assert (reads_of(stage, "protectables"), reads_of(stage, "vaults")) == (3 * first, 4), "as the others"
            refresh.attend(Attention())
            await stage.clock.sleep(ASIDE_SECONDS + EVERY_SECONDS)
            assert reads_of(stage, "protectables") == 4 * first, "in the end it is read all the same"

    run(stage, story())


def test_what_is_looked_at_is_read_first(stage: Stage) -> None:
    async def story() -> None:
        stage.session.refresh.attend(Attention(front=frozenset({Part.POLICIES})))
        await stage.session.refresh.once()

    run(stage, story())
    lists = [entry.path.rsplit("/", 1)[-1].partition("?")[0] for entry in stage.service.journal if "/v3/" in entry.path]
    assert next(name for name in lists if name in ("policies", "vaults", "operation-logs", "backups")) == "policies"


def test_the_lists_are_read_again_when_a_checkpoint_has_ended(stage: Stage) -> None:
    vault_id = VaultId(REFERENCE_VAULT_ID)

    async def story() -> None:
        async with asyncio.TaskGroup() as tasks:
            residents = tasks.create_task(stage.session.residents())
            await stage.clock.sleep(1)
            before = stage.session.ledger.vaults[vault_id].resources[0].backup_count
            intent = stage.session.outbox.submit(CheckpointDraft(vault_id, name="n"))
            await stage.until(intent.id, IntentState.FINISHED)
            await stage.clock.sleep(5)
            assert stage.session.ledger.vaults[vault_id].resources[0].backup_count == before + 1
            residents.cancel()

    run(stage, story())


def test_what_an_operation_changes_is_read_at_its_end_though_nobody_looks_at_it(stage: Stage) -> None:
    async def story() -> None:
        ledger = stage.session.ledger
        async with asyncio.TaskGroup() as tasks:
            residents = tasks.create_task(stage.session.residents())
            await stage.clock.sleep(1)
            await stage.session.refresh.once([Part.OFFERS])
            first = reads_of(stage, "protectables")
            offer = next(each for each in ledger.offers.values() if each.status == MemberStatus.PENDING)
            made = stage.session.outbox.submit(ShareAnswer(offer.id, offer.receiver_id, MemberStatus.REJECTED))
            await stage.until(made.id, IntentState.FINISHED)
            await stage.clock.sleep(5)
            assert ledger.offers[offer.id].status == MemberStatus.REJECTED, "it is read seldom else"
            assert reads_of(stage, "protectables") == first, "an answered share changes nothing of them"
            vault = ledger.vaults[VaultId(REFERENCE_VAULT_ID)]
            lost = vault.resources[0].id
            made = stage.session.outbox.submit(ResourceDissociation(vault.id, (lost,)))
            await stage.until(made.id, IntentState.FINISHED)
            await stage.clock.sleep(5)
            row = next(row for row in ledger.resource_rows() if row.resource.id == lost)
            assert (row.vault, row.unlisted_vault) == (None, None), "it is free, by both lists"
            residents.cancel()

    run(stage, story())


def test_a_defect_of_one_resident_is_reported_and_the_others_go_on(stage: Stage) -> None:
    class Broken:
        def __init__(self) -> None:
            self.starts = 0

        async def run(self) -> None:
            self.starts += 1
            raise LookupError("a defect")

    broken = Broken()
    session = replace(stage.session, refresh=broken)  # type: ignore[arg-type]
    reported: list[BaseException] = []

    async def story() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: reported.append(context["exception"]))
        async with asyncio.TaskGroup() as tasks:
            residents = tasks.create_task(session.residents())
            intent = session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="n"))
            await stage.until(intent.id, IntentState.FINISHED)
            residents.cancel()

    run(stage, story())
    assert broken.starts > 1
    assert {type(error) for error in reported} == {LookupError}


def test_a_round_that_finds_nothing_new_asks_little_and_makes_encodes_and_writes_nothing(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        ledger, refresh = stage.session.ledger, stage.session.refresh
        file = places({"CBR_DESKTOP_HOME": str(tmp_path)}).cache_file(DEMO)

        async def story() -> None:
            for _ in range(3):
                await refresh.round()
            refresh._cache.close()
            with closing(sqlite3.connect(file)) as connection, connection:
                # a page that is written again comes back whole
                connection.execute("UPDATE page SET content = X'00'")
            # and one that was encoded again would have another checksum, and be written
            next(iter(ledger.policies.values())).name = next(iter(ledger.protectables.values())).name = "spoilt"
            held = {part: ledger.contents(part) for part in LISTS}
            stage.service.journal.clear()
            await refresh.round()
            refresh._cache.close()
            assert not [part for part in LISTS if not all(map(is_, held[part], ledger.contents(part)))]

        run(stage, story())
        asked = Counter(urlsplit(entry.path).path.rpartition("/")[2] for entry in stage.service.journal)
        # what could be protected is read in every round only while it is looked at
        assert asked == {"vaults": 1, "policies": 1, "operation-logs": 1, "backups": 3}
        with closing(sqlite3.connect(file)) as connection:
            assert set(connection.execute("SELECT length(content) FROM page")) == {(1,)}
            stamps = connection.execute("SELECT as_of FROM list WHERE name = 'vaults'").fetchone()
        assert stamps == (ledger.freshness[Part.VAULTS].as_of.timestamp(),)  # type: ignore[union-attr]
