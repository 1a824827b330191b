"""What the outbox keeps of a request, field by field, after everything that a person or a restart does to it."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain import request
from cbr_desktop.domain.change import Change, Sent, checkpoint_change, checkpoint_result
from cbr_desktop.domain.checkpoint import (
    AcceptedResource,
    Checkpoint,
    CheckpointDraft,
    CheckpointStatus,
    ResourceChoice,
    SkippedResource,
    is_distinctive,
)
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.error import (
    Forbidden,
    LoginRefused,
    NoAnswer,
    NotSaved,
    ReadOnly,
    Refused,
    SecretMissing,
    Throttled,
    Unreachable,
)
from cbr_desktop.domain.ids import CheckpointId, IntentId, ResourceId, VaultId, VolumeId
from cbr_desktop.domain.intent import Candidate, Intent, IntentState, Origin, Reason, Refusal, Target
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.vault import ProtectType, Vault, VaultKind, VaultStatus
from cbr_desktop.storage.records import SqliteRecords, peek
from cbr_desktop.workflows.guard import Guard
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import create_checkpoint
from cbr_desktop.workflows.operations.create_checkpoint import skipped_draft
from cbr_desktop.workflows.operations.operation import Search
from cbr_desktop.workflows.outbox import Outbox
from cbr_desktop.workflows.reconcile import SENDS_LIMIT
from tests.stage import START, StageClock

S = IntentState
VAULT = Vault(
    VaultId("3b5816b5-f29c-4172-9d9a-76c719a659ce"),
    "vault-a",
    VaultKind.SERVER,
    ProtectType.BACKUP,
    VaultStatus.AVAILABLE,
    100,
    0,
)
DRAFT = CheckpointDraft(VAULT.id, name="before-patch")
BODY = request.body(DRAFT)
TARGET = Target(DEMO.name, DEMO.cbr_endpoint, DEMO.project)
CHANGE = checkpoint_change(VAULT.id, "vault-a", BODY, "before-patch")
LATER = START + timedelta(minutes=3)
DUE = START + timedelta(hours=1)


class OutboxOnDisk:
    """An outbox over rows on the disk, without a cloud: nothing here sends anything."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.path = path
        self.clock = StageClock()
        self.ledger = Ledger(options.pop("profile", DEMO), lambda _part: None)
        self.asked = 0
        self.records: SqliteRecords = options.pop("records", SqliteRecords)(path)
        self.guard = Guard(self.ledger.profile, self.clock)
        ids = iter(range(1, 1000))
        cloud = options.pop("cloud", None)
        self.outbox = Outbox(
            self.ledger,
            self.records,
            cloud,
            self.clock,
            lambda: IntentId(f"id-{next(ids)}"),
            self.guard,
            by="ada@machine",
            want_data=self._ask,
            **options,
        )

    def _ask(self, parts: frozenset[Part]) -> None:
        assert Part.VAULTS in parts
        self.asked += 1

    def know(self, age: timedelta = timedelta(0)) -> None:
        """Have the vault read some time ago."""
        self.ledger.put_vaults(Listing([VAULT], self.clock.now() - age))

    def held(self, state: IntentState, **more: Any) -> Intent:
        """Put a row there as a program before this one left it, and start."""
        row = changed(row_of("old", state), **more)
        self.records.add(row)
        self.outbox.restore()
        return row

    def is_kept(self, intent: Intent) -> bool:
        """Whether a request is shown as it is on the disk, and both are as expected."""
        return self.ledger.intents[intent.id] == intent and intent in peek(self.path)[0]


def row_of(id: str, state: IntentState) -> Intent:
    return Intent(IntentId(id), TARGET, CHANGE, state, START, START, confirmed_at=START, by="ada@machine")


def changed(intent: Intent, body: bytes | None = None, name: str | None = None, **more: Any) -> Intent:
    """Return an intent with other fields; ``body`` and ``name`` are those of its change."""
    change = intent.change if body is None else replace(intent.change, body=body)
    return replace(intent, change=change if name is None else replace(change, tag=name), **more)


def retried(on_disk: OutboxOnDisk, id: IntentId) -> Intent:
    return on_disk.outbox.submit(skipped_draft(on_disk.ledger.intents[id]), retry_of=id)


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[OutboxOnDisk]:
    made = OutboxOnDisk(tmp_path / "outbox.db")
    with closing(made.records):
        yield made


def test_a_request_is_kept_with_all_that_it_was_made_from(on_disk: OutboxOnDisk) -> None:
    on_disk.know(timedelta(minutes=1))
    made = on_disk.outbox.submit(DRAFT, file="/drafts/a.cbr.json", plan="p-1")
    wanted = replace(
        row_of("id-1", S.QUEUED),
        draft="/drafts/a.cbr.json",
        plan="p-1",
        preflight_at=START - timedelta(minutes=1),
    )
    assert made == wanted
    assert on_disk.is_kept(wanted)
    assert on_disk.asked == 0


def test_what_is_known_of_no_vault_is_kept_as_not_known(on_disk: OutboxOnDisk) -> None:
    wanted = create_checkpoint.change(DRAFT, on_disk.ledger, b"{ }")
    made = on_disk.outbox.submit(wanted, retry_of=IntentId("id-0"))
    change = checkpoint_change(VAULT.id, "", b"{ }", "before-patch")
    assert made == replace(row_of("id-1", S.QUEUED), change=change, retry_of=IntentId("id-0"))
    assert (made.preflight_at, on_disk.asked) == (None, 0)


def test_a_request_whose_data_grow_old_while_it_waits_asks_for_newer_ones(on_disk: OutboxOnDisk) -> None:
    before = on_disk.held(S.ACCEPTED)
    on_disk.ledger.put_connection(Connection(Reach.ONLINE))

    async def story() -> Intent:
        async with asyncio.TaskGroup() as tasks:
            draining = tasks.create_task(on_disk.outbox.drain())
            on_disk.know()
            made = on_disk.outbox.submit(DRAFT)
            await on_disk.clock.sleep(16 * 60)
            assert on_disk.asked == 0
            on_disk.ledger.put_intent(replace(before, state=S.FINISHED))
            on_disk.outbox.lane_freed()
            await on_disk.clock.sleep(60)
            draining.cancel()
        return on_disk.ledger.intents[made.id]

    assert asyncio.run(story()).reason == Reason.OLD_DATA
    assert on_disk.asked == 1


def test_a_request_that_is_judged_by_old_data_asks_for_newer_ones(on_disk: OutboxOnDisk) -> None:
    on_disk.know(timedelta(minutes=16))
    on_disk.outbox.submit(DRAFT)
    assert on_disk.asked == 1


def test_a_request_without_a_vault_is_a_mistake_of_the_program(on_disk: OutboxOnDisk) -> None:
    with pytest.raises(ValueError, match="a request needs a vault"):
        on_disk.outbox.submit(replace(DRAFT, vault_id=None))
    assert not on_disk.ledger.intents


@pytest.mark.parametrize(
    ("due_at", "held", "state", "note"),
    [
        (DUE, False, S.SCHEDULED, ""),
        (START, False, S.QUEUED, ""),
        (START - timedelta(seconds=1), False, S.QUEUED, ""),
        (DUE, True, S.HELD, "person"),
        (None, True, S.HELD, "person"),
    ],
)
def test_how_a_request_waits(on_disk: OutboxOnDisk, due_at: Any, held: bool, state: IntentState, note: str) -> None:
    made = on_disk.outbox.submit(DRAFT, due_at=due_at, held=held)
    assert (made.state, made.reason, made.due_at, made.confirmed_at) == (state, note, due_at, START)


def test_a_scheduled_request_is_one_that_is_submitted_for_a_time(on_disk: OutboxOnDisk) -> None:
    on_disk.know()
    made = on_disk.outbox.submit(
        create_checkpoint.change(DRAFT, on_disk.ledger, b"{ }"), due_at=DUE, file="f", plan="p"
    )
    wanted = changed(row_of("id-1", S.SCHEDULED), body=b"{ }", due_at=DUE, draft="f", plan="p", preflight_at=START)
    assert made == wanted
    assert on_disk.is_kept(wanted)


@pytest.mark.parametrize("state", [S.QUEUED, S.SCHEDULED])
@pytest.mark.parametrize("note", ["person", "left"])
def test_a_hold_keeps_all_but_state_and_reason(on_disk: OutboxOnDisk, state: IntentState, note: str) -> None:
    before = on_disk.held(state, due_at=DUE)
    on_disk.clock.advance(180)
    assert on_disk.outbox.hold(before.id, note) if note != "person" else on_disk.outbox.hold(before.id)
    assert on_disk.is_kept(replace(before, state=S.HELD, reason=note, changed_at=LATER))


@pytest.mark.parametrize(("due_at", "state"), [(None, S.QUEUED), (START, S.QUEUED), (DUE, S.SCHEDULED)])
def test_a_release_is_a_new_confirmation(tmp_path: Path, due_at: Any, state: IntentState) -> None:
    on_disk = OutboxOnDisk(tmp_path / "outbox.db", origin=Origin.COMMAND)
    with closing(on_disk.records):
        before = on_disk.held(S.HELD, reason="stale", due_at=due_at, by="somebody")
        on_disk.know(timedelta(minutes=20))
        on_disk.clock.advance(180)
        assert on_disk.outbox.release(before.id)
        changes = {"reason": "", "confirmed_at": LATER, "changed_at": LATER, "by": "ada@machine"}
        judged = {"preflight_at": START - timedelta(minutes=20), "origin": Origin.COMMAND}
        assert on_disk.is_kept(replace(before, state=state, **changes, **judged))
        assert on_disk.asked == 1
        assert not on_disk.outbox.release(before.id)


def test_a_release_through_a_read_only_profile_leaves_it_held(tmp_path: Path) -> None:
    on_disk = OutboxOnDisk(tmp_path / "outbox.db", profile=replace(DEMO, read_only=True))
    with closing(on_disk.records):
        before = on_disk.held(S.HELD, reason="person")
        with pytest.raises(ReadOnly):
            on_disk.outbox.release(before.id)
        assert on_disk.is_kept(before)
        with pytest.raises(ReadOnly):
            on_disk.outbox.submit(DRAFT)
        assert list(on_disk.ledger.intents) == [before.id]


@pytest.mark.parametrize("state", [S.QUEUED, S.SCHEDULED, S.HELD])
def test_what_is_taken_back_stays_as_it_was(on_disk: OutboxOnDisk, state: IntentState) -> None:
    before = on_disk.held(state, due_at=DUE, reason="person" if state is S.HELD else "")
    on_disk.clock.advance(180)
    assert on_disk.outbox.cancel(before.id)
    assert on_disk.is_kept(replace(before, state=S.CANCELLED, changed_at=LATER))
    assert not on_disk.outbox.cancel(before.id)


SENT = [S.ACCEPTED, S.FINISHED, S.REJECTED, S.UNKNOWN, S.NOT_FOUND, S.CANCELLED]


@pytest.mark.parametrize("state", SENT)
def test_what_has_left_or_ended_cannot_be_held_released_or_taken_back(
    on_disk: OutboxOnDisk, state: IntentState
) -> None:
    before = on_disk.held(state, sent_at=START)
    assert not any(
        (on_disk.outbox.hold(before.id), on_disk.outbox.release(before.id), on_disk.outbox.cancel(before.id))
    )
    if state is not S.NOT_FOUND:
        assert not on_disk.outbox.keep_looking(before.id)
        with pytest.raises(ValueError, match="only a request of which no trace was found is sent again"):
            on_disk.outbox.send_again(before.id)
    assert not on_disk.outbox.adopt(before.id, CheckpointId("c-1"))
    assert not on_disk.outbox.disown(before.id)
    assert on_disk.is_kept(before)


CANDIDATES = (Candidate(CheckpointId("c-1"), "before-patch", START), Candidate(CheckpointId("c-2")))


def test_looking_on_makes_the_outcome_unknown_again(on_disk: OutboxOnDisk) -> None:
    before = on_disk.held(S.NOT_FOUND, sent_at=START)
    on_disk.clock.advance(180)
    assert on_disk.outbox.keep_looking(before.id)
    assert on_disk.is_kept(replace(before, state=S.UNKNOWN, reason="looking-again", changed_at=LATER))


def test_an_adopted_checkpoint_is_the_request_s_from_now_on(on_disk: OutboxOnDisk) -> None:
    before = on_disk.held(S.UNKNOWN, sent_at=START, reason="ambiguous", candidates=CANDIDATES)
    on_disk.clock.advance(180)
    assert not on_disk.outbox.adopt(before.id, CheckpointId("c-3"))
    assert on_disk.outbox.adopt(before.id, CheckpointId("c-2"))
    checkpoint = Checkpoint(CheckpointId("c-2"), CheckpointStatus.PROTECTING, vault_id=VAULT.id)
    moved = replace(
        before,
        state=S.ACCEPTED,
        reason="adopted",
        result=checkpoint_result(checkpoint),
        candidates=(),
        changed_at=LATER,
    )
    assert on_disk.is_kept(moved)


@pytest.mark.parametrize("note", ["ambiguous", "no-clock", "NoAnswer"])
@pytest.mark.parametrize("candidates", [(), CANDIDATES])
def test_a_person_disowns_what_was_looked_for_to_the_end(on_disk: OutboxOnDisk, note: str, candidates: Any) -> None:
    before = on_disk.held(S.UNKNOWN, sent_at=START, reason=note, candidates=candidates)
    on_disk.clock.advance(180)
    is_open = note == "NoAnswer" and not candidates
    assert on_disk.outbox.disown(before.id) != is_open
    after = replace(before, state=S.NOT_FOUND, reason="disowned", candidates=(), changed_at=LATER)
    assert on_disk.is_kept(before if is_open else after)


def test_what_is_sent_again_is_the_same_request_anew(on_disk: OutboxOnDisk) -> None:
    on_disk.know()
    before = on_disk.held(S.NOT_FOUND, sent_at=START, draft="f", plan="p", body=b"{ }", reason="reconciled")
    on_disk.clock.advance(180)
    made = on_disk.outbox.send_again(before.id)
    times = {"created_at": LATER, "changed_at": LATER, "confirmed_at": LATER, "preflight_at": START}
    wanted = changed(row_of("id-1", S.QUEUED), **times, draft="f", plan="p", body=b"{ }", retry_of=before.id)
    assert made == wanted
    assert on_disk.is_kept(wanted)
    assert on_disk.is_kept(before)


ELSEWHERE = replace(TARGET, cbr_endpoint="https://cbr.elsewhere.invalid")


def test_what_leads_elsewhere_is_neither_released_nor_sent_again(on_disk: OutboxOnDisk) -> None:
    lost = on_disk.held(S.NOT_FOUND, target=ELSEWHERE, sent_at=START)
    with pytest.raises(ValueError, match="its profile leads elsewhere now"):
        on_disk.outbox.send_again(lost.id)
    held = replace(row_of("held", S.HELD), target=replace(TARGET, project="another"), reason="person")
    on_disk.records.add(held)
    on_disk.outbox.restore()
    assert not on_disk.outbox.release(held.id)
    assert on_disk.is_kept(held)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"state": S.SENDING, "sent_at": START}, {"state": S.UNKNOWN, "reason": "interrupted"}),
        ({"state": S.QUEUED, "origin": Origin.COMMAND}, {"state": S.HELD, "reason": "left"}),
        ({"state": S.SCHEDULED, "due_at": DUE, "origin": Origin.COMMAND}, {"state": S.HELD, "reason": "left"}),
        ({"state": S.HELD, "reason": "elsewhere", "origin": Origin.COMMAND}, {"state": S.HELD, "reason": "left"}),
        ({"state": S.QUEUED, "target": ELSEWHERE}, {"state": S.HELD, "reason": "elsewhere"}),
        ({"state": S.SCHEDULED, "due_at": DUE, "target": ELSEWHERE}, {"state": S.HELD, "reason": "elsewhere"}),
        ({"state": S.HELD, "reason": "elsewhere"}, {"state": S.QUEUED, "reason": ""}),
        ({"state": S.HELD, "reason": "elsewhere", "due_at": DUE}, {"state": S.SCHEDULED, "reason": ""}),
        ({"state": S.HELD, "reason": "elsewhere", "target": ELSEWHERE}, None),
        ({"state": S.HELD, "reason": "person", "origin": Origin.COMMAND}, None),
        ({"state": S.QUEUED}, None),
        ({"state": S.ACCEPTED, "origin": Origin.COMMAND}, None),
    ],
)
def test_a_start_moves_what_the_end_before_left_and_nothing_else(
    on_disk: OutboxOnDisk, before: Any, after: Any
) -> None:
    row = replace(row_of("old", before["state"]), **before)
    on_disk.records.add(row)
    on_disk.clock.advance(180)
    on_disk.outbox.restore()
    assert on_disk.is_kept(row if after is None else replace(row, **after, changed_at=LATER))


def test_the_rows_of_other_profiles_are_left_alone(on_disk: OutboxOnDisk) -> None:
    other = on_disk.held(S.SENDING, target=replace(TARGET, profile="Another"), sent_at=START)
    assert not on_disk.ledger.intents
    assert peek(on_disk.path)[0] == [other]


def skipping(on_disk: OutboxOnDisk, name: str = "before-patch") -> Intent:
    choices = (
        ResourceChoice(ResourceId("r-1"), "OS::Nova::Server", "web"),
        ResourceChoice(ResourceId("r-2"), "OS::Nova::Server", "db", exclude_volumes=(VolumeId("d-1"),)),
    )
    draft = replace(DRAFT, name=name, description="of Monday", incremental=False, resources=choices)
    skipped = (
        SkippedResource(ResourceId("r-2"), "OS::Nova::Server", "db", "6215", "busy"),
        SkippedResource(ResourceId("r-3"), "OS::Nova::Server", "new", "6215", "busy"),
    )
    accepted = (AcceptedResource(ResourceId("r-1"), "OS::Nova::Server", "web"),)
    checkpoint = Checkpoint(CheckpointId("c-1"), CheckpointStatus.AVAILABLE, accepted=accepted, skipped=skipped)
    return on_disk.held(S.FINISHED, body=request.body(draft), name=name, result=checkpoint_result(checkpoint))


@pytest.mark.parametrize("name", ["before-patch", "n" * 64])
def test_what_was_skipped_is_asked_for_again_as_it_was_asked_for(on_disk: OutboxOnDisk, name: str) -> None:
    before = skipping(on_disk, name)
    made = retried(on_disk, before.id)
    document, _ = request.read(made.body)
    assert document is not None
    draft = document.draft
    # with on_disk for the number that the service adds for each of several resources
    assert draft.name == made.name
    assert re.fullmatch(rf"{name[:48]}-again-[a-z0-9]{{4}}", made.name)
    assert is_distinctive(made.name)
    assert (draft.description, draft.incremental, draft.vault_id) == ("of Monday", False, VAULT.id)
    first, second = draft.resources or ()
    assert (first.id, first.type, first.exclude_volumes) == ("r-2", "OS::Nova::Server", (VolumeId("d-1"),))
    assert (second.id, second.type, second.exclude_volumes) == ("r-3", "OS::Nova::Server", ())
    assert (made.retry_of, made.state) == (before.id, S.QUEUED)


def test_a_retry_of_a_request_without_a_name_has_none(on_disk: OutboxOnDisk) -> None:
    assert retried(on_disk, skipping(on_disk, "").id).name == ""


def test_where_nothing_was_skipped_there_is_nothing_to_ask_for(on_disk: OutboxOnDisk) -> None:
    before = on_disk.held(
        S.FINISHED, result=checkpoint_result(Checkpoint(CheckpointId("c-1"), CheckpointStatus.AVAILABLE))
    )
    with pytest.raises(ValueError, match="nothing was skipped"):
        retried(on_disk, before.id)


class Answers:
    """A cloud that answers each request for a checkpoint with what comes next; at its end it is out of reach."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.sent: list[bytes] = []

    async def project_id(self) -> str:
        return "p" * 32

    async def send(self, change: Change, project_id: str, _observer: object) -> Any:
        assert project_id == "p" * 32
        self.sent.append(change.body)
        answer = self.answers.pop(0) if self.answers else Unreachable("cbr.invalid")
        if isinstance(answer, Exception):
            raise answer
        return answer


def at_work(on_disk: OutboxOnDisk, story: Callable[[], Awaitable[None]]) -> None:
    """Have the outbox send while a story is told."""

    async def main() -> None:
        async with asyncio.TaskGroup() as tasks:
            drain = tasks.create_task(on_disk.outbox.drain())
            await story()
            drain.cancel()

    asyncio.run(main())


def settled(path: Path, answer: Any, **options: Any) -> tuple[Intent, list[IntentState], Answers]:
    """Send a request that is answered so; return it a second later, and the states that it has been in."""
    cloud = Answers(answer)
    on_disk = OutboxOnDisk(path, cloud=cloud, **options)
    states: list[IntentState] = []

    async def story() -> None:
        made = on_disk.outbox.submit(DRAFT)
        on_disk.ledger.subscribe(lambda _part: states.append(on_disk.ledger.intents[made.id].state))
        await on_disk.clock.sleep(1)

    with closing(on_disk.records):
        at_work(on_disk, story)
        (intent,) = on_disk.ledger.intents.values()
        # a word for people about a request that waits is not worth a write
        assert on_disk.is_kept(intent) or intent.state is S.QUEUED
    return intent, states, cloud


def refused(code: str = "BackupService.6113", *, executed: bool | None = False, status: int = 400) -> Refused:
    return Refused("cbr.invalid", status=status, code=code, message="no", request_id="req-1", executed=executed)


REFUSAL = Refusal(400, "BackupService.6113", "no", "req-1")
BUSY = Refusal(400, "BackupService.6125", "no", "req-1")
MADE = checkpoint_result(Checkpoint(CheckpointId("c-1"), CheckpointStatus.PROTECTING, vault_id=VAULT.id))
SENT_ROW = replace(
    row_of("id-1", S.SENDING), change=checkpoint_change(VAULT.id, "", BODY, "before-patch"), sent_at=START, sends=1
)


@pytest.mark.parametrize(
    ("answer", "changes"),
    [
        (Sent(MADE, "req-1"), {"state": S.ACCEPTED, "result": MADE, "request_id": "req-1"}),
        (refused(), {"state": S.REJECTED, "refusal": REFUSAL, "request_id": "req-1"}),
        (refused(executed=None), {"state": S.UNKNOWN, "refusal": REFUSAL, "reason": "Refused"}),
        (NoAnswer("cbr.invalid"), {"state": S.UNKNOWN, "reason": "NoAnswer"}),
    ],
    ids=["accepted", "refused", "refused by who knows whom", "no answer"],
)
def test_what_an_answer_makes_of_a_request(tmp_path: Path, answer: Any, changes: Any) -> None:
    intent, states, cloud = settled(tmp_path / "outbox.db", answer)
    assert intent == replace(SENT_ROW, **changes)
    assert states == [S.SENDING, intent.state]
    assert cloud.sent == [BODY]


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (Unreachable("cbr.invalid"), "unreachable"),
        (Unreachable("cbr.invalid", reason="offline"), "offline"),
        (LoginRefused("cbr.invalid", status=401, executed=False), "login"),
        (SecretMissing("p", "password"), "login"),
        (Throttled("cbr.invalid", status=429, executed=False), "throttled"),
        (NotSaved("outbox.db", "full"), "not-saved"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_did_not_leave_waits_as_before_and_says_why(tmp_path: Path, answer: Any, note: str) -> None:
    intent, states, cloud = settled(tmp_path / "outbox.db", answer)
    assert intent == replace(SENT_ROW, state=S.QUEUED, sent_at=None, sends=0, reason=note)
    assert set(states) == {S.SENDING, S.QUEUED}
    assert cloud.sent == [BODY]


class HangingLogin(Answers):
    """A cloud whose login does not answer as long as ``hangs``; ``asked`` is set once it is waited for."""

    def __init__(self, *answers: Any) -> None:
        super().__init__(*answers)
        self.hangs = True
        self.asked = asyncio.Event()

    async def project_id(self) -> str:
        if self.hangs:
            self.asked.set()
            await asyncio.Event().wait()
        return await super().project_id()


def test_what_is_interrupted_before_it_left_was_not_sent_and_does_not_count(tmp_path: Path) -> None:
    cloud = HangingLogin(Sent(MADE, "req-1"))
    on_disk = OutboxOnDisk(tmp_path / "outbox.db", cloud=cloud)

    async def story() -> None:
        made = on_disk.outbox.submit(DRAFT)
        # one more than the sendings that a request may have in all
        for _ in range(SENDS_LIMIT + 1):
            async with asyncio.TaskGroup() as tasks:
                drain = tasks.create_task(on_disk.outbox.drain())
                await cloud.asked.wait()
                cloud.asked.clear()
                drain.cancel()
            interrupted = replace(SENT_ROW, state=S.QUEUED, sent_at=None, sends=0, reason="interrupted")
            assert on_disk.ledger.intents[made.id] == interrupted
            assert on_disk.is_kept(interrupted)
        cloud.hangs = False
        async with asyncio.TaskGroup() as tasks:
            drain = tasks.create_task(on_disk.outbox.drain())
            await on_disk.clock.sleep(1)
            drain.cancel()
        sent = on_disk.ledger.intents[made.id]
        assert (sent.state, sent.sends, sent.sent_at) == (S.ACCEPTED, 1, START)

    # the clocks have been compared, so that a time of the service goes with each sending
    on_disk.ledger.put_connection(on_disk.ledger.connection._replace(clock_offset=timedelta(0)))
    with closing(on_disk.records):
        asyncio.run(story())
    assert cloud.sent == [BODY]


@pytest.mark.parametrize(
    ("found", "changes"),
    [
        (Search(proved=MADE), {"state": S.ACCEPTED, "result": MADE, "reason": "reconciled"}),
        (Search(candidates=CANDIDATES), {"state": S.UNKNOWN, "refusal": BUSY, "reason": "Refused"}),
        (Search(), {"state": S.REJECTED, "refusal": BUSY, "request_id": "req-1"}),
        (Forbidden("cbr.invalid", status=403), {"state": S.REJECTED, "refusal": BUSY, "request_id": "req-1"}),
        (NoAnswer("cbr.invalid"), {"state": S.UNKNOWN, "refusal": BUSY, "reason": "Refused"}),
    ],
    ids=["its own", "perhaps its own", "none", "nobody may look", "nobody can look"],
)
def test_a_vault_that_is_busy_may_be_busy_with_the_request_itself(tmp_path: Path, found: Any, changes: Any) -> None:
    looked_for: list[Intent] = []

    async def find(intent: Intent) -> Search:
        looked_for.append(intent)
        if isinstance(found, Exception):
            raise found
        return found

    intent, _, cloud = settled(tmp_path / "outbox.db", refused("BackupService.6125"), find=find)
    assert intent == replace(SENT_ROW, **changes)
    assert looked_for == [SENT_ROW]
    assert cloud.sent == [BODY]


HOUR = timedelta(hours=1)
OLD = {"confirmed_at": START - HOUR, "created_at": START - HOUR}
AHEAD = {"confirmed_at": START + HOUR}


@pytest.mark.parametrize(
    ("before", "note"),
    [
        ({"state": S.QUEUED, "target": ELSEWHERE}, "elsewhere"),
        ({"state": S.SCHEDULED, "due_at": DUE, "target": ELSEWHERE}, "elsewhere"),
        ({"state": S.QUEUED, **AHEAD}, "clock"),
        ({"state": S.SCHEDULED, "due_at": DUE, **AHEAD}, "clock"),
        ({"state": S.SCHEDULED, "due_at": START - timedelta(minutes=16), **OLD}, "late"),
        ({"state": S.QUEUED, **OLD}, "stale"),
        ({"state": S.QUEUED, "preflight_at": START - HOUR}, "contradicted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_must_not_go_by_itself_is_held_with_its_reason(on_disk: OutboxOnDisk, before: Any, note: str) -> None:
    row = replace(row_of("old", before["state"]), **before)
    on_disk.know()  # the vault has no resources, so what is known speaks against a backup
    on_disk.ledger.put_connection(on_disk.ledger.connection._replace(reach=Reach.ONLINE))
    on_disk.records.add(row)
    on_disk.ledger.put_intent(row)
    on_disk.outbox.lane_freed()
    at_work(on_disk, lambda: on_disk.clock.sleep(1))
    assert on_disk.is_kept(replace(row, state=S.HELD, reason=note))


def test_what_was_judged_by_data_that_are_old_still_waits_for_newer_ones(on_disk: OutboxOnDisk) -> None:
    row = replace(row_of("old", S.QUEUED), preflight_at=START - HOUR)
    on_disk.records.add(row)
    on_disk.ledger.put_intent(row)
    on_disk.outbox.lane_freed()
    at_work(on_disk, lambda: on_disk.clock.sleep(1))
    # nobody has been in contact with the service here, so that no newer ones come before it can be reached
    assert on_disk.ledger.intents[row.id] == replace(row, reason="unreachable")


@pytest.mark.parametrize("note", ["offline", "unreachable", "login", "throttled", "old-data"])
def test_waking_takes_back_what_stood_in_the_way(on_disk: OutboxOnDisk, note: str) -> None:
    row = on_disk.held(S.QUEUED, reason=note)
    on_disk.outbox.wake()
    passed = note in ("offline", "unreachable", "login")
    assert on_disk.ledger.intents[row.id] == (replace(row, reason="") if passed else row)


def test_a_release_goes_at_once_whatever_its_last_try_met(tmp_path: Path) -> None:
    cloud = Answers(Unreachable("cbr.invalid"), Sent(MADE, "req-1"))
    on_disk = OutboxOnDisk(tmp_path / "outbox.db", cloud=cloud)

    async def story() -> None:
        made = on_disk.outbox.submit(DRAFT)
        await on_disk.clock.sleep(1)
        assert on_disk.ledger.intents[made.id].reason == "unreachable"
        assert on_disk.outbox.hold(made.id)
        assert on_disk.outbox.release(made.id)
        # the pace between two requests, and less than the pause after a failure
        await on_disk.clock.sleep(2)
        assert on_disk.ledger.intents[made.id].state is S.ACCEPTED

    with closing(on_disk.records):
        at_work(on_disk, story)
    assert cloud.sent == [BODY, BODY]


def test_a_request_that_the_disk_does_not_let_go_rests_a_while(tmp_path: Path) -> None:
    cloud = Answers(Sent(MADE, "req-1"))
    tries: list[float] = []

    class FullAtFirst(SqliteRecords):
        def claim(self, intent: Intent) -> bool:
            tries.append((on_disk.clock.now() - START).total_seconds())
            if len(tries) < 3:
                raise NotSaved("outbox.db", "full")
            return super().claim(intent)

    on_disk = OutboxOnDisk(tmp_path / "outbox.db", cloud=cloud, records=FullAtFirst)

    async def story() -> None:
        made = on_disk.outbox.submit(DRAFT)
        await on_disk.clock.sleep(1)
        assert on_disk.ledger.intents[made.id] == replace(made, reason="not-saved")
        await on_disk.clock.sleep(90)
        assert on_disk.ledger.intents[made.id].state is S.ACCEPTED

    with closing(on_disk.records):
        at_work(on_disk, story)
    assert tries == [0, 30, 60]
    assert cloud.sent == [BODY]


def test_a_busy_vault_makes_what_was_not_found_there_of_late_suspicious(tmp_path: Path) -> None:
    on_disk = OutboxOnDisk(tmp_path / "outbox.db", cloud=Answers(refused("BackupService.6125")))
    late, early = START - timedelta(hours=23), START - timedelta(hours=25)
    other = checkpoint_change(VaultId("another"), "vault-b", BODY, "before-patch")
    rows = [
        replace(row_of("late", S.NOT_FOUND), sent_at=late, created_at=early),
        replace(row_of("early", S.NOT_FOUND), sent_at=early),
        replace(row_of("elsewhere", S.NOT_FOUND), sent_at=late, change=other),
        replace(row_of("rejected", S.REJECTED), sent_at=late),
    ]
    for row in rows:
        on_disk.records.add(row)
    on_disk.outbox.restore()

    async def story() -> None:
        on_disk.outbox.submit(DRAFT)
        await on_disk.clock.sleep(1)

    with closing(on_disk.records):
        at_work(on_disk, story)
        assert on_disk.is_kept(replace(rows[0], state=S.UNKNOWN, reason="vault-busy", changed_at=START))
        assert all(on_disk.is_kept(row) for row in rows[1:])


def test_a_state_that_the_disk_does_not_take_is_shown_as_not_kept(on_disk: OutboxOnDisk) -> None:
    before = on_disk.held(S.HELD, reason="person")
    on_disk.records.close()
    with pytest.raises(NotSaved):
        on_disk.outbox.release(before.id)
    assert on_disk.ledger.intents[before.id] == before
    assert on_disk.outbox.cancel(before.id)
    assert on_disk.ledger.intents[before.id] == replace(before, state=S.CANCELLED, reason="not-saved")
    with pytest.raises(NotSaved):
        on_disk.outbox.submit(DRAFT)
    assert list(on_disk.ledger.intents) == [before.id]
