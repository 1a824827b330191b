"""Faults of the catalogue that attacks on the built program have found: 79 to 83, 87 and 100, as far as engines go."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from cbr_desktop.app import demo
from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.request_runner import Report
from cbr_desktop.app.session import SessionDisk, SessionWire, open_session
from cbr_desktop.cli.report import exit_code
from cbr_desktop.cli.tables import UNCERTAIN
from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice, is_distinctive
from cbr_desktop.domain.ids import CheckpointId, ResourceId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.text.intents import intent_sentence
from cbr_desktop.workflows.outcomes import outcome_of
from tests.checkpoint_change import checkpoint_change_of
from tests.stage import DAYS, Cable, Stage, StageClock, Watch, staged

CHECKPOINTS = "/checkpoints"
S = IntentState
UNNAMED = CheckpointDraft(
    VaultId(REFERENCE_VAULT_ID),
    resources=(ResourceChoice(ResourceId(REFERENCE_RESOURCE_ID), "OS::Nova::Server", "ecs-1f0f-0002"),),
)
TYPED = replace(UNNAMED, name="before-patch")
OWN = replace(UNNAMED, name="before-patch-x7k2")
"""A request whose name nobody else is likely to choose."""


class ShiftedClock:
    """The clock of this machine, which is off by some time from the one of the service; waiting is the same."""

    def __init__(self, clock: StageClock, offset: timedelta) -> None:
        self._clock = clock
        self.offset = offset

    def now(self) -> Any:
        return self._clock.now() + self.offset

    def advance(self, seconds: float) -> None:
        self._clock.advance(seconds)

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)

    async def wait(self, waiter: asyncio.Future[None], seconds: float) -> None:
        await self._clock.wait(waiter, seconds)


@contextmanager
def shifted(folder: Path, offset: timedelta) -> Iterator[tuple[Stage, ShiftedClock]]:
    """Open a session whose machine has another time than the service."""
    true = StageClock()
    here = ShiftedClock(true, offset)
    service = Service(estate.demo(true.now(), days=DAYS), true)
    with staged(folder, service=service, clock=here) as stage:  # type: ignore[arg-type]
        yield stage, here


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


async def colleague(stage: Stage, draft: CheckpointDraft) -> str:
    """Have somebody else make a checkpoint, and return its id."""
    answer = await stage.session.cloud.send(
        checkpoint_change_of(request.body(draft)), await stage.session.cloud.project_id()
    )
    return CheckpointId(answer.result.id)


def lost(stage: Stage, when: str) -> None:
    """Lose the answer to the next request for a checkpoint, ``before`` or ``after`` it was carried out."""
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "cut", when))  # type: ignore[arg-type]


HOURS = [timedelta(minutes=16), timedelta(minutes=20), timedelta(hours=5), timedelta(days=1, hours=23)]
OFFSETS = [*HOURS, *(-each for each in HOURS)]


@pytest.mark.parametrize("offset", OFFSETS, ids=str)
def test_fault_79_an_ordinary_success_is_one_whatever_this_clock_shows(tmp_path: Path, offset: timedelta) -> None:
    with shifted(tmp_path, offset) as (stage, _):

        async def story() -> None:
            intent = stage.session.outbox.submit(TYPED)
            ended = await stage.until(intent.id, S.FINISHED)
            assert ended.outcome is not None
            assert ended.outcome.is_whole

        stage.play(story)
        assert len(stage.posts) == 1


@pytest.mark.parametrize("offset", OFFSETS, ids=str)
@pytest.mark.parametrize("late", [0, 600])
def test_fault_79_a_lost_answer_is_found_whatever_this_clock_shows(
    tmp_path: Path, offset: timedelta, late: int
) -> None:
    with shifted(tmp_path, offset) as (stage, _):
        lost(stage, "after")
        stage.service.modes.appears_after_seconds = late

        async def story() -> None:
            intent = stage.session.outbox.submit(OWN)
            await stage.until(intent.id, S.FINISHED)
            assert S.NOT_FOUND not in stage.states[intent.id]

        stage.play(story)
        assert len(stage.posts) == 1


@pytest.mark.parametrize("offset", [timedelta(days=3), timedelta(days=-30)], ids=str)
def test_fault_79_nothing_is_called_not_found_while_nobody_knows_the_time(tmp_path: Path, offset: timedelta) -> None:
    """A clock that is off by more is taken for broken, whichever of the two it is."""
    with shifted(tmp_path, offset) as (stage, _):
        lost(stage, "before")

        async def story() -> None:
            intent = stage.session.outbox.submit(OWN)
            await stage.until(intent.id, S.UNKNOWN)
            await stage.clock.sleep(2 * 3600)
            left = stage.intent(intent.id)
            assert (left.state, left.reason) == (S.UNKNOWN, "no-clock")
            assert sum(each.times for each in left.looked) == 2 * 34
            assert stage.session.outbox.disown(intent.id)
            assert stage.intent(intent.id).state is S.NOT_FOUND

        stage.play(story)
        assert len(stage.posts) == 1


def test_fault_79_a_scheduled_request_goes_at_its_time_by_this_clock(tmp_path: Path) -> None:
    with shifted(tmp_path, timedelta(minutes=20)) as (stage, here):
        lost(stage, "after")

        async def story() -> None:
            intent = stage.session.outbox.submit(OWN, due_at=here.now() + timedelta(minutes=5))
            await stage.until(intent.id, S.FINISHED)

        stage.play(story)
        assert len(stage.posts) == 1


@pytest.mark.parametrize("ahead", [timedelta(days=3), timedelta(hours=2)], ids=str)
@pytest.mark.parametrize("is_scheduled", [False, True])
def test_fault_80_what_was_confirmed_by_a_clock_that_was_ahead_is_held(
    tmp_path: Path, ahead: timedelta, is_scheduled: bool
) -> None:
    with shifted(tmp_path, ahead) as (stage, here):
        due_at = here.now() + timedelta(minutes=5) if is_scheduled else None
        stage.cable.is_plugged = False

        async def queued() -> None:
            intent = stage.session.outbox.submit(OWN, due_at=due_at)
            await stage.clock.sleep(30)
            assert stage.intent(intent.id).state in (S.QUEUED, S.SCHEDULED)
            # somebody sets the clock right, and the network is back
            here.offset = timedelta(0)
            stage.cable.is_plugged = True
            stage.session.outbox.wake()
            held = await stage.until(intent.id, S.HELD)
            assert held.reason == "clock"
            await stage.clock.sleep((ahead + timedelta(hours=1)).total_seconds())
            assert stage.intent(intent.id).state is S.HELD
            assert stage.session.outbox.release(intent.id)
            await stage.until(intent.id, S.FINISHED)

        stage.play(queued)
        assert len(stage.posts) == 1


@pytest.mark.parametrize("draft", [TYPED, UNNAMED, OWN], ids=["typed", "unnamed", "own"])
@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_fault_81_a_colleague_s_checkpoint_is_never_taken_for_ours(
    stage: Stage, draft: CheckpointDraft, when: str
) -> None:
    async def story() -> None:
        theirs = TYPED if draft is OWN else draft
        if when == "before":
            await colleague(stage, theirs)
            await stage.clock.sleep(90)
        lost(stage, "before")
        intent = stage.session.outbox.submit(draft)
        await stage.until(intent.id, S.UNKNOWN)
        if when == "after":
            await stage.clock.sleep(40)
        if when != "before":
            await colleague(stage, theirs)
        await stage.clock.sleep(2 * 3600)
        left = stage.intent(intent.id)
        assert S.ACCEPTED not in stage.states[intent.id]
        assert left.checkpoint is None
        if draft is OWN or (draft is UNNAMED and when == "before"):
            assert left.state is S.NOT_FOUND
        else:
            assert (left.state, left.reason, len(left.candidates)) == (S.UNKNOWN, "ambiguous", 1)

    stage.play(story)
    assert len(stage.posts) == 2


def test_fault_81_two_checkpoints_that_could_be_ours_are_both_shown(stage: Stage) -> None:
    async def story() -> None:
        lost(stage, "after")
        intent = stage.session.outbox.submit(TYPED)
        await stage.until(intent.id, S.UNKNOWN)
        await stage.clock.sleep(60)
        second = await colleague(stage, TYPED)
        await stage.clock.sleep(2 * 3600)
        left = stage.intent(intent.id)
        assert (left.state, left.reason) == (S.UNKNOWN, "ambiguous")
        assert second in {each.id for each in left.candidates}
        assert len(left.candidates) == 2
        first = next(each.id for each in left.candidates if each.id != second)
        assert stage.session.outbox.adopt(intent.id, first)
        ended = await stage.until(intent.id, S.FINISHED)
        assert ended.checkpoint is not None
        assert ended.checkpoint.id == first

    stage.play(story)
    assert len(stage.posts) == 2


@pytest.mark.parametrize("is_looked_for_again", [False, True])
def test_what_a_person_says_in_the_moment_in_which_the_search_ends_is_followed(
    stage: Stage, is_looked_for_again: bool
) -> None:
    async def story() -> None:
        lost(stage, "after")
        intent = stage.session.outbox.submit(TYPED)
        while stage.intent(intent.id).reason != "ambiguous":
            await stage.clock.sleep(1)
        if is_looked_for_again:
            assert stage.session.outbox.disown(intent.id)
            assert stage.session.outbox.keep_looking(intent.id)
            while stage.intent(intent.id).reason != "ambiguous":
                await stage.clock.sleep(1)
                assert stage.clock.now() - intent.created_at < timedelta(hours=2)
        (candidate,) = stage.intent(intent.id).candidates
        assert stage.session.outbox.adopt(intent.id, candidate.id)
        await stage.until(intent.id, S.FINISHED)

    stage.play(story)


def test_fault_81_another_s_resources_or_description_are_not_ours(stage: Stage) -> None:
    vault = stage.service.estate.vaults[REFERENCE_VAULT_ID]
    other = next(id for id in vault.resources if id != REFERENCE_RESOURCE_ID) if len(vault.resources) > 1 else None

    async def story() -> None:
        lost(stage, "before")
        intent = stage.session.outbox.submit(replace(TYPED, description="of Monday"))
        await stage.until(intent.id, S.UNKNOWN)
        if other is not None:
            await colleague(stage, replace(TYPED, resources=(ResourceChoice(ResourceId(other), "OS::Nova::Server"),)))
        else:
            await colleague(stage, replace(TYPED, description="of a colleague"))
        await stage.until(intent.id, S.NOT_FOUND)
        assert not stage.intent(intent.id).candidates

    stage.play(story)


@pytest.mark.parametrize("draft", [UNNAMED, TYPED, OWN], ids=["unnamed", "typed", "own"])
def test_fault_82_two_profiles_of_one_project_have_two_fates(tmp_path: Path, draft: CheckpointDraft) -> None:
    """Both lose their answers in one data folder, and one checkpoint was made."""
    with staged(tmp_path) as first:
        clock, service = first.clock, first.service
        before = len(service.estate.checkpoints)
        lost(first, "after")
        lost(first, "before")
        duplicate = replace(DEMO, name="The same project again")

        async def story() -> None:
            one = first.session.outbox.submit(draft)
            await first.until(one.id, S.UNKNOWN, S.ACCEPTED)
            with second_profile(first, duplicate) as second:

                async def told() -> None:
                    two = second.session.outbox.submit(draft)
                    await second.until(two.id, S.UNKNOWN, S.REJECTED)
                    await clock.sleep(2 * 3600)
                    fates = [first.intent(one.id), second.intent(two.id)]
                    ids = [each.checkpoint.id for each in fates if each.checkpoint is not None]
                    assert len(ids) == len(set(ids))
                    assert S.ACCEPTED not in second.states[two.id]

                await second.told(told)

        first.play(story)
        assert len(service.estate.checkpoints) == before + 1


def test_fault_82_what_one_of_two_may_have_made_is_not_called_untraceable_for_the_other(tmp_path: Path) -> None:
    """The first was carried out and the second was not; which of them it was, nobody can tell by their name."""
    with staged(tmp_path) as first:
        lost(first, "after")
        lost(first, "before")

        async def story() -> None:
            one = first.session.outbox.submit(TYPED)
            await first.until(one.id, S.UNKNOWN)
            await first.clock.sleep(4)
            with second_profile(first, replace(DEMO, name="The same project again")) as second:

                async def told() -> None:
                    two = second.session.outbox.submit(TYPED)
                    await second.until(two.id, S.UNKNOWN)
                    await first.clock.sleep(2 * 3600)
                    for left in (first.intent(one.id), second.intent(two.id)):
                        assert (left.state, left.reason, len(left.candidates)) == (S.UNKNOWN, "ambiguous", 1)

                await second.told(told)

        first.play(story)


@pytest.mark.parametrize("seconds", [1, 4])
def test_fault_82_of_two_sent_at_the_same_time_the_first_does_not_take_what_the_second_made(
    tmp_path: Path, seconds: float
) -> None:
    """Only the second was carried out; its time tells nobody that, so close to each other were they sent."""
    with staged(tmp_path) as first:
        lost(first, "before")
        lost(first, "after")

        async def story() -> None:
            one = first.session.outbox.submit(OWN)
            await first.until(one.id, S.UNKNOWN)
            await first.clock.sleep(seconds)
            with second_profile(first, replace(DEMO, name="The same project again")) as second:

                async def told() -> None:
                    two = second.session.outbox.submit(OWN)
                    await second.until(two.id, S.UNKNOWN)
                    await first.clock.sleep(2 * 3600)
                    assert S.ACCEPTED not in first.states[one.id]
                    for left in (first.intent(one.id), second.intent(two.id)):
                        assert (left.state, left.reason, len(left.candidates)) == (S.UNKNOWN, "ambiguous", 1)

                await second.told(told)

        first.play(story)


def test_fault_82_what_came_late_is_not_called_untraceable_since_another_was_sent_meanwhile(tmp_path: Path) -> None:
    """The request was on its way for a while; when it was carried out, another of its name had left."""
    with staged(tmp_path) as first:

        async def story() -> None:
            lost(first, "before")
            one = first.session.outbox.submit(TYPED)
            await first.until(one.id, S.UNKNOWN)
            await first.clock.sleep(60)
            with second_profile(first, replace(DEMO, name="The same project again")) as second:

                async def told() -> None:
                    lost(first, "before")
                    two = second.session.outbox.submit(TYPED)
                    await second.until(two.id, S.UNKNOWN)
                    await colleague(second, TYPED)
                    await first.clock.sleep(2 * 3600)
                    for left in (first.intent(one.id), second.intent(two.id)):
                        assert (left.state, left.reason, len(left.candidates)) == (S.UNKNOWN, "ambiguous", 1)

                await second.told(told)

        first.play(story)


@contextmanager
def second_profile(stage: Stage, profile: Any) -> Iterator[Stage]:
    """Open another profile over the rows and the service of a stage."""
    watch = Watch()
    ledger = watch.ledger(profile)
    cable = Cable(stage.service)
    disk = SessionDisk(stage.session.outbox._rows.records, SqliteCache(None))
    session = open_session(ledger, disk, SessionWire(demo.secret_of(profile), cable), stage.clock)
    yield Stage(session, stage.service, stage.clock, watch, cable)


UNFIT: dict[str, Callable[[dict[str, Any]], object]] = {
    "another vault": lambda it: it["vault"].update(id="11111111-2222-4333-8444-555555555555"),
    "no vault": lambda it: it.update(vault=None),
    "an id that is none": lambda it: it.update(id="checkpoint-1"),
    "another resource": lambda it: it["vault"]["resources"][0].update(id="11111111-2222-4333-8444-555555555555"),
    "no resources": lambda it: it["vault"].update(resources=[], skipped_resources=[]),
    "resources that are a number": lambda it: it["vault"].update(resources=2**64),
    "skipped resources that are a number": lambda it: it["vault"].update(skipped_resources=2**64),
    "skipped resources that are a text": lambda it: it["vault"].update(skipped_resources="none"),
    "another name": lambda it: it["extra_info"].update(name="of-another-request"),
}


class Spoiling(Cable):
    """A way on which the answers to requests for checkpoints are changed."""

    spoil: Callable[[bytes], bytes] = staticmethod(lambda body: body)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if request.method != "POST" or not request.url.path.endswith(CHECKPOINTS):
            return response
        body = self.spoil(await response.aread())
        headers = [(k, v) for k, v in response.headers.raw if k.lower() != b"content-length"]
        return httpx.Response(response.status_code, headers=headers, content=body)


def changed(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def spoil(body: bytes) -> bytes:
        answer = json.loads(body)
        change(answer["checkpoint"])
        return json.dumps(answer).encode()

    return spoil


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "a key twice": lambda body: body.replace(b'"status"', b'"status": "error", "status"', 1),
    "not UTF-8": lambda body: body.replace(b'"name":"vault', b'"name":"\xff\xfe', 1),
    "NaN": lambda body: body.replace(b'{"checkpoint"', b'{"x": NaN, "checkpoint"', 1),
}


@pytest.mark.parametrize("kind", [*UNFIT, *BYTES])
def test_fault_87_an_answer_that_does_not_fit_is_unknown_and_looked_for(tmp_path: Path, kind: str) -> None:
    with staged(tmp_path, cable=Spoiling) as stage:
        stage.cable.spoil = BYTES[kind] if kind in BYTES else changed(UNFIT[kind])  # type: ignore[attr-defined]

        async def story() -> None:
            intent = stage.session.outbox.submit(OWN)
            ended = await stage.until(intent.id, S.FINISHED)
            assert stage.states[intent.id] == [S.QUEUED, S.SENDING, S.UNKNOWN, S.ACCEPTED, S.FINISHED]
            assert ended.outcome is not None
            assert ended.outcome.is_whole

        stage.play(story)
        assert len(stage.posts) == 1


def test_fault_87_an_answer_with_a_checkpoint_of_another_request_is_unknown(tmp_path: Path) -> None:
    """A proxy answers with what it has kept of a request before, which asked for the very same."""
    kept: list[bytes] = []

    def spoil(body: bytes) -> bytes:
        kept.append(body)
        return kept[0]

    with staged(tmp_path, cable=Spoiling) as stage:
        stage.cable.spoil = spoil  # type: ignore[attr-defined]

        async def story() -> None:
            one = stage.session.outbox.submit(UNNAMED)
            await stage.until(one.id, S.FINISHED)
            two = stage.session.outbox.submit(UNNAMED)
            await stage.until(two.id, S.UNKNOWN)
            await stage.clock.sleep(3600)
            (candidate,) = stage.intent(two.id).candidates
            first = stage.intent(one.id).checkpoint
            assert first is not None
            assert candidate.id != first.id

        stage.play(story)
        assert len(stage.posts) == 2


def test_what_was_asked_for_and_is_not_named_by_the_answer_is_no_success(tmp_path: Path) -> None:
    """Two were asked for, the service names one: the other is not passed over in silence."""
    with staged(tmp_path, cable=Spoiling) as stage:
        vaults = stage.service.estate.vaults.values()
        vault = next(each for each in vaults if len(each.resources) > 3 and each.object_type == "server")
        chosen = [stage.service.estate.resources[id] for id in vault.resources[:2]]
        draft = CheckpointDraft(
            VaultId(vault.id),
            name="two-x7k2",
            resources=tuple(ResourceChoice(ResourceId(each.id), each.type, each.name) for each in chosen),
        )
        stage.cable.spoil = changed(  # type: ignore[attr-defined]
            lambda it: it["vault"].update(resources=it["vault"]["resources"][:1], skipped_resources=[])
        )

        async def story() -> None:
            intent = stage.session.outbox.submit(draft)
            accepted = await stage.until(intent.id, S.ACCEPTED)
            stage.session.ledger.tasks.clear()
            outcome = outcome_of(stage.session.ledger, accepted)
            assert outcome is not None
            assert outcome.total == 2
            assert not outcome.is_whole

        stage.play(story)


BUSY = json.dumps({"error_code": "BackupService.6125", "error_msg": "A backup task is in progress."}).encode()


@pytest.mark.parametrize("draft", [OWN, TYPED], ids=["own", "typed"])
def test_a_busy_vault_right_after_our_own_request_may_be_busy_with_it(stage: Stage, draft: CheckpointDraft) -> None:
    """Something on the way has sent the request twice: the second one is refused, and that is what is heard."""
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "reply", "after", status=400, body=BUSY))

    async def story() -> None:
        intent = stage.session.outbox.submit(draft)
        if draft is OWN:
            await stage.until(intent.id, S.FINISHED)
            assert stage.states[intent.id] == [S.QUEUED, S.SENDING, S.ACCEPTED, S.FINISHED]
        else:
            await stage.until(intent.id, S.UNKNOWN)
            await stage.clock.sleep(3600)
            assert len(stage.intent(intent.id).candidates) == 1

    stage.play(story)
    assert len(stage.posts) == 1


def test_a_busy_vault_that_cannot_be_looked_into_leaves_it_open_whether_we_keep_it_busy(stage: Stage) -> None:
    stage.service.faults.add(Fault("POST", CHECKPOINTS, "reply", "after", status=400, body=BUSY))
    stage.service.faults.add(Fault("GET", "/operation-logs", "status", status=500, body=b"", times=8))

    async def story() -> None:
        intent = stage.session.outbox.submit(OWN)
        await stage.until(intent.id, S.FINISHED)
        assert stage.states[intent.id] == [S.QUEUED, S.SENDING, S.UNKNOWN, S.ACCEPTED, S.FINISHED]

    stage.play(story)
    assert len(stage.posts) == 1


@pytest.mark.parametrize("lacking", [{"cbr:tasks:list"}, {"cbr:backups:list"}], ids=["no tasks", "no backups"])
def test_fault_100_a_good_backup_is_known_without_leave_to_read_one_of_the_lists(
    stage: Stage, lacking: set[str]
) -> None:
    stage.service.modes.forbidden |= lacking

    async def story() -> None:
        intent = stage.session.outbox.submit(TYPED)
        ended = await stage.until(intent.id, S.FINISHED)
        assert ended.outcome is not None
        assert ended.outcome.is_whole

    stage.play(story)


def test_fault_100_without_both_lists_nothing_is_called_failed(stage: Stage) -> None:
    stage.service.modes.forbidden |= {"cbr:tasks:list", "cbr:backups:list"}

    async def story() -> Intent:
        intent = stage.session.outbox.submit(TYPED)
        return await stage.until(intent.id, S.FINISHED)

    ended: list[Intent] = []

    async def told() -> None:
        ended.append(await story())

    stage.play(told)
    (outcome,) = [each.outcome for each in ended]
    assert outcome is not None
    assert outcome.count(Fate.UNCERTAIN) == outcome.total == 1
    said = intent_sentence(ended[0], outcome, stage.clock.now())
    assert "Failed" not in said
    assert exit_code(Report(ended[0], outcome)) == UNCERTAIN


def test_fault_100_tasks_that_stay_away_are_made_up_for_by_backups(stage: Stage) -> None:
    logs = json.dumps({"operation_logs": [], "count": 0}).encode()
    stage.service.faults.add(Fault("GET", "/operation-logs", "reply", status=200, body=logs, times=None))

    async def story() -> None:
        intent = stage.session.outbox.submit(TYPED)
        ended = await stage.until(intent.id, S.FINISHED)
        assert ended.outcome is not None
        assert ended.outcome.is_whole

    stage.play(story)


def test_fault_83_a_service_that_hangs_after_acceptance_keeps_nobody_from_leaving(tmp_path: Path) -> None:
    """A look for what became of it is ended in the middle, whichever of its reads it is at."""
    with staged(tmp_path, cable=Hanging) as stage:

        async def story() -> None:
            intent = stage.session.outbox.submit(TYPED)
            await stage.until(intent.id, S.ACCEPTED)
            stage.cable.is_hanging = True  # type: ignore[attr-defined]
            for _ in range(3):
                await stage.clock.sleep(10)
            assert stage.cable.hung  # type: ignore[attr-defined]

        stage.play(story)
        assert len(stage.posts) == 1


class Hanging(Cable):
    """A service that from some time on takes every request and answers none."""

    is_hanging = False
    hung = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_hanging:
            self.hung += 1
            await asyncio.get_running_loop().create_future()
        return await super().handle_async_request(request)


def test_a_name_that_is_ones_own() -> None:
    for name in ("before-patch-x7k2", "nightly_20260302T090000Z", "a1b2"):
        assert is_distinctive(name), name
    for name in ("", "before-patch", "web01", "win2019srv-db1", "patch-2026-03-02", "server-2"):
        assert not is_distinctive(name), name


class Lying(Cable):
    """A service some of whose answers are changed: of what the path ends with, by what changes it."""

    lies: dict[str, Callable[[dict[str, Any]], object]]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        change = next((change for end, change in self.lies.items() if end in request.url.path), None)
        if request.method != "GET" or change is None or response.status_code != 200:
            return response
        told = json.loads(await response.aread())
        change(told)
        headers = [(k, v) for k, v in response.headers.raw if k.lower() != b"content-length"]
        return httpx.Response(response.status_code, headers=headers, content=json.dumps(told).encode())


@pytest.mark.parametrize("lie", ["success", "failed"])
@pytest.mark.parametrize("fails_at", [None, 90])
def test_what_tasks_say_has_ended_has_not_while_the_checkpoint_is_being_made(
    tmp_path: Path, lie: str, fails_at: int | None
) -> None:
    with staged(tmp_path, cable=Lying) as stage:
        true = stage.clock.now() + timedelta(minutes=9)
        stage.service.modes.checkpoint_seconds = 600
        stage.service.estate.resources[REFERENCE_RESOURCE_ID].fails_at = fails_at

        def change(told: dict[str, Any]) -> None:
            for task in told["operation_logs"] if stage.clock.now() < true else ():
                task["status"] = lie

        stage.cable.lies = {"/operation-logs": change}  # type: ignore[attr-defined]

        async def story() -> None:
            intent = stage.session.outbox.submit(TYPED)
            ended = await stage.until(intent.id, S.FINISHED)
            assert ended.outcome is not None
            assert ended.outcome.is_whole is (fails_at is None)
            assert ended.outcome.count(Fate.FAILED) == (fails_at is not None)

        stage.play(story)


def test_a_checkpoint_that_is_made_for_ever_is_no_success_and_ends(tmp_path: Path) -> None:
    """Its tasks say success: nobody is told that all is well, and the vault is not closed to the next one for good."""
    with staged(tmp_path, cable=Lying) as stage:
        stage.cable.lies = {  # type: ignore[attr-defined]
            "/checkpoints/": lambda told: told["checkpoint"].update(status="protecting")
        }

        async def story() -> None:
            intent = stage.session.outbox.submit(TYPED)
            ended = await stage.until(intent.id, S.FINISHED)
            assert ended.outcome is not None
            assert not ended.outcome.is_whole
            assert ended.outcome.count(Fate.UNCERTAIN) == 1
            assert stage.clock.now() - ended.created_at > timedelta(minutes=30)

        stage.play(story)
