"""Values for the tests of this room."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from cbr_desktop.domain.change import checkpoint_change, checkpoint_result
from cbr_desktop.domain.checkpoint import AcceptedResource, Checkpoint, CheckpointStatus, SkippedResource
from cbr_desktop.domain.ids import CheckpointId, IntentId, ProjectId, ResourceId, VaultId
from cbr_desktop.domain.intent import Approval, Candidate, Intent, IntentState, Looked, Origin, Refusal, Target
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.task import TaskStatus
from cbr_desktop.domain.vault import ResourceType

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

TARGET = Target(
    profile="Production",
    cbr_endpoint="https://cbr.example",
    project="eu-de_prod",
    project_id=ProjectId("0" * 32),
)
CHANGE = checkpoint_change(VaultId("v-1"), "Tresor Ä", b'{"checkpoint": {"name": "caf\xc3\xa9"}}', "nightly-x7k2p9")

CHECKPOINT = Checkpoint(
    id=CheckpointId("c-1"),
    status=CheckpointStatus.PROTECTING,
    created_at=NOON,
    vault_id=VaultId("v-1"),
    vault_name="Tresor",
    accepted=(AcceptedResource(ResourceId("r-1"), ResourceType.SERVER, "web", 40, None),),
    skipped=(SkippedResource(ResourceId("r-2"), "OS::New::Kind", "half \ud800", "6215", "busy"),),
    name="nightly",
    retention_days=7,
)


def intent(id: str = "i-1", **changes: Any) -> Intent:
    """Return a queued intent."""
    asked = changes.pop("change", CHANGE)
    body, name = changes.pop("body", asked.body), changes.pop("name", asked.tag)
    values: dict[str, Any] = {
        "id": IntentId(id),
        "target": TARGET,
        "change": replace(asked, body=body, tag=name),
        "state": IntentState.QUEUED,
        "created_at": NOON,
        "changed_at": NOON,
    }
    return Intent(**(values | changes))


def sending(queued: Intent, seconds: float = 1) -> Intent:
    """Return the intent as the outbox claims it."""
    at = NOON + timedelta(seconds=seconds)
    return queued.moved(IntentState.SENDING, at, sent_at=at)


def full() -> Intent:
    """Return an intent with every field set that the first version knew."""
    return intent(
        "i-full",
        state=IntentState.ACCEPTED,
        sent_at=NOON,
        result=checkpoint_result(CHECKPOINT),
        request_id="req-1",
        refusal=Refusal(409, "BackupService.6113", "no \u202e", "req-0"),
        reason="found by reading",
        retry_of=IntentId("i-0"),
    )


def whole() -> Intent:
    """Return an intent with every field set."""
    server, kind = ResourceType.SERVER, "OS::New::Kind"
    return replace(
        full(),
        id=IntentId("i-whole"),
        state=IntentState.UNKNOWN,
        outcome=Outcome(
            (
                ResourceOutcome(ResourceId("r-1"), "web", server, Fate.DONE, TaskStatus.SUCCESS, 100),
                ResourceOutcome(ResourceId("r-2"), "half \ud800", kind, Fate.SKIPPED, "paused", None, "6215", "busy"),
            ),
            CheckpointStatus.AVAILABLE,
        ),
        due_at=NOON + timedelta(minutes=1),
        confirmed_at=NOON + timedelta(minutes=2),
        by="operator@machine",
        draft="/drafts/nightly.cbr.json",
        plan="p-1",
        preflight_at=NOON + timedelta(minutes=3),
        looked=(
            Looked("tasks", NOON, 2, NOON + timedelta(minutes=4), NOON + timedelta(minutes=5), 1, "Forbidden"),
            Looked("backups", NOON),
        ),
        duplicates=(CheckpointId("c-2"), CheckpointId("c-3")),
        service_sent_at=NOON + timedelta(minutes=6),
        candidates=(Candidate(CheckpointId("c-4"), "nightly", NOON), Candidate(CheckpointId("c-5"))),
        origin=Origin.COMMAND,
        sends=2,
        after=IntentId("i-9"),
        approval=Approval("ticket 4711", "A. Turing"),
    )


def profile(**changes: Any) -> Profile:
    """Return a profile."""
    values: dict[str, Any] = {
        "name": "Production",
        "iam_endpoint": "https://iam.example",
        "cbr_endpoint": "https://cbr.example",
        "project": "eu-de_prod",
        "user": "operator",
        "domain": "OTC-1",
    }
    return Profile(**(values | changes))
