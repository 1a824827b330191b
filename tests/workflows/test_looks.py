"""Looking for lost answers: what is noted of it, and that the disk is not waited for at every look."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.error import NotSaved, Unreachable
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.journal import EntryKind
from cbr_desktop.domain.listing import Listing
from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.storage.journal import read_only
from cbr_desktop.storage.paths import places
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.reconcile import Reconcile
from tests.stage import StageClock, staged
from tests.storage.values import intent

S = IntentState
COUNT = 20
ONE = CheckpointDraft(
    VaultId(REFERENCE_VAULT_ID),
    name="lost-x7k2",
    resources=(ResourceChoice(ResourceId(REFERENCE_RESOURCE_ID), "OS::Nova::Server", "ecs-1f0f-0002"),),
)


class Rows:
    """Rows in memory: how often the disk was waited for, and for how many rows each time."""

    def __init__(self) -> None:
        self.rows: dict[IntentId, Intent] = {}
        self.waits: list[int] = []
        self.is_full = False

    def save(self, intent: Intent) -> None:
        self.save_all([intent])

    def save_all(self, intents: Sequence[Intent]) -> None:
        if self.is_full:
            raise NotSaved("outbox.db", "no space left")
        self.rows |= {intent.id: intent for intent in intents}
        self.waits.append(len(intents))


class Nothing:
    """A cloud that knows nothing; ``answers`` is how many reads it answers before it cannot be reached."""

    def __init__(self, clock: StageClock, answers: int = 10**9) -> None:
        self._clock = clock
        self.answers = answers

    async def tasks(self, **_: object) -> Listing[Any]:
        self.answers -= 1
        if self.answers < 0:
            raise Unreachable("cbr.example", "refused")
        await asyncio.sleep(0)
        return Listing([], self._clock.now())

    async def backups(self, **_: object) -> Listing[Any]:
        return await self.tasks()


@pytest.fixture
def clock() -> StageClock:
    return StageClock()


@pytest.fixture
def rows() -> Rows:
    return Rows()


def looking(clock: StageClock, rows: Rows, cloud: Nothing) -> Reconcile:
    ledger = Ledger(DEMO, lambda _part: None)
    for number in range(COUNT):
        ledger.put_intent(intent(f"i-{number}", state=S.UNKNOWN, sent_at=clock.now(), service_sent_at=clock.now()))
    return Reconcile(ledger, rows, cloud, clock)  # type: ignore[arg-type]


def watched(reconcile: Reconcile, story: Callable[[], Any]) -> None:
    """Let all be looked for while a story is told, then end that as leaving does."""

    async def told() -> None:
        async with asyncio.TaskGroup() as tasks:
            watches = [tasks.create_task(reconcile.settle(IntentId(f"i-{number}"))) for number in range(COUNT)]
            watches.append(tasks.create_task(reconcile.keep_notes()))
            await story()
            for watch in watches:
                watch.cancel()

    asyncio.run(told())


def times(rows: Rows) -> set[tuple[int, ...]]:
    """Return how often the requests were looked for by what is on the disk, in each place."""
    return {tuple(looked.times for looked in intent.looked) for intent in rows.rows.values()}


def test_the_disk_is_waited_for_once_in_a_round_of_looks(clock: StageClock, rows: Rows) -> None:
    async def story() -> None:
        await clock.sleep(4)
        assert rows.waits == [COUNT]
        assert times(rows) == {(1, 1)}
        await clock.sleep(6)
        assert rows.waits == [COUNT, COUNT]
        assert times(rows) == {(2, 2)}

    watched(looking(clock, rows, Nothing(clock)), story)


def test_what_was_looked_for_to_the_end_is_kept_with_its_end(clock: StageClock, rows: Rows) -> None:
    async def story() -> None:
        await clock.sleep(3600)

    reconcile = looking(clock, rows, Nothing(clock))
    watched(reconcile, story)
    assert {intent.state for intent in rows.rows.values()} == {S.NOT_FOUND}
    assert times(rows) == {(34, 34)}
    assert rows.waits == [*([COUNT] * 33), *([1] * COUNT)]


def test_leaving_in_the_middle_of_a_look_keeps_what_was_read(clock: StageClock, rows: Rows) -> None:
    async def story() -> None:
        await clock.sleep(1)
        assert not rows.waits

    watched(looking(clock, rows, Nothing(clock, answers=COUNT)), story)
    assert rows.waits == [COUNT]
    assert sum(each.times for intent in rows.rows.values() for each in intent.looked) == COUNT
    assert any(each.failures for intent in rows.rows.values() for each in intent.looked)


def test_a_full_disk_stops_no_look_and_gets_all_of_it_later(clock: StageClock, rows: Rows) -> None:
    async def story() -> None:
        rows.is_full = True
        await clock.sleep(4)
        rows.is_full = False
        await clock.sleep(6)
        assert times(rows) == {(2, 2)}

    watched(looking(clock, rows, Nothing(clock)), story)


def test_one_look_by_itself_is_on_the_disk_when_it_ends(clock: StageClock, rows: Rows) -> None:
    reconcile = looking(clock, rows, Nothing(clock, answers=3))

    async def story() -> None:
        assert not await reconcile.once(IntentId("i-0"))
        with pytest.raises(Unreachable):
            await reconcile.once(IntentId("i-1"))

    asyncio.run(story())
    assert rows.waits == [1, 1]
    assert [looked.failures for looked in rows.rows[IntentId("i-1")].looked] == [0, 1]


def test_the_journal_tells_every_look_and_then_what_was_found(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.service.faults.add(Fault("POST", "/checkpoints", "cut", "after"))
        stage.service.modes.appears_after_seconds = 12

        async def story() -> None:
            made = stage.session.outbox.submit(ONE)
            await stage.until(made.id, S.FINISHED)

        stage.play(story)
    entries = list(read_only(places({"CBR_DESKTOP_HOME": str(tmp_path)}).journal_folder).entries())
    told = [entry for entry in entries if entry.event.kind in (EntryKind.LOOKED, EntryKind.MOVED)]
    assert [entry.event.facts.get("to", "looked") for entry in told] == [
        *("sending", "unknown"),
        *("looked", "looked", "looked"),
        *("accepted", "finished"),
    ]
    looked = [entry.event.facts["looked"] for entry in told if entry.event.kind == EntryKind.LOOKED]
    assert [{row["where"]: row["times"] for row in rows} for rows in looked] == [
        {"tasks": 1, "backups": 1},
        {"tasks": 2, "backups": 2},
        {"tasks": 3, "backups": 2},
    ]
