"""What the outbox and the journal of the demo cloud begin with: a day's work, half of which needs the operator."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from cbr_desktop.domain import request
from cbr_desktop.domain.change import checkpoint_change, checkpoint_result
from cbr_desktop.domain.checkpoint import AcceptedResource, Checkpoint, CheckpointDraft, SkippedResource
from cbr_desktop.domain.ids import CheckpointId, IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState, Looked, Reason, Refusal, Target
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.domain.profile import Profile
from cbr_desktop.simulator import refusals
from cbr_desktop.simulator.service import Service
from cbr_desktop.workflows.journal import AuditWriter, JournalledRecords
from cbr_desktop.workflows.ports import Journal, Records

_BY = "operator@demo"
_DAY = timedelta(days=1)


class PastClock:
    """The time by which the journal of the demo cloud goes: that of what is being written, afterwards the true one."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.at: datetime | None = now() - _DAY
        """The time to tell, ``None`` for the true one."""

    def now(self) -> datetime:
        """Return the time."""
        return self.at or self._now()


def fill(service: Service, profile: Profile, records: Records, journal: Journal, clock: PastClock) -> None:
    """Write the requests of the last day into outbox and journal, each move at its time by ``clock``, the journal's."""
    written = JournalledRecords(records, AuditWriter(journal, profile, _BY))
    for story in _stories(service, profile):
        first, *moves = story
        clock.at = first.changed_at
        written.add(first)
        for moved in moves:
            clock.at = moved.changed_at
            written.save(moved)
    clock.at = None


def _stories(service: Service, profile: Profile) -> Iterator[list[Intent]]:
    """Yield each request as it was made, and as it stood after every move."""
    now = service.clock.now()

    def asked(number: int, vault: str, name: str, ago: timedelta, **facts: str) -> Intent:
        held = next(each for each in service.estate.vaults.values() if each.name == vault)
        draft = CheckpointDraft(VaultId(held.id), name, facts.pop("description", ""))
        change = checkpoint_change(VaultId(held.id), held.name, request.body(draft), name)
        target = Target(profile.name, profile.cbr_endpoint, profile.project)
        at = now - ago
        return Intent(
            *(IntentId(f"de300000-0000-4000-8000-00000000000{number}"), target, change, IntentState.QUEUED, at, at),
            confirmed_at=at,
            by=_BY,
        )

    whole = asked(1, "vault-be94", "before-kernel-update", timedelta(hours=22))
    yield _run(service, whole, skipped=0)
    yield _run(service, asked(2, "vault-web-prod", "before-release-41", timedelta(hours=9)), skipped=2)
    full = asked(3, "vault-7669", "month-end", timedelta(hours=5))
    refusal = refusals.service("6114")
    yield [
        full,
        _sent(full),
        _sent(full).moved(
            IntentState.REJECTED,
            full.created_at + timedelta(seconds=2),
            refusal=Refusal(refusal.status, str(refusal.body["error_code"]), str(refusal.body["error_msg"])),
        ),
    ]
    lost = asked(4, "vault-db-disks", "before-reindex", timedelta(hours=3))
    looked = Looked("tasks", lost.created_at, 3, lost.created_at, lost.created_at + timedelta(minutes=31))
    unknown = _sent(lost).moved(IntentState.UNKNOWN, lost.created_at + timedelta(seconds=30))
    yield [lost, _sent(lost), unknown, unknown.moved(IntentState.NOT_FOUND, looked.last_at or now, looked=(looked,))]
    later = asked(5, "vault-erp-prod", "prepatch-tonight", timedelta(minutes=40), description="Wait for the window")
    yield [later, later.moved(IntentState.HELD, later.created_at + timedelta(seconds=5), reason=Reason.PERSON)]


def _sent(intent: Intent) -> Intent:
    at = intent.created_at + timedelta(seconds=1)
    return intent.moved(IntentState.SENDING, at, sent_at=at, service_sent_at=at, sends=1)


def _run(service: Service, intent: Intent, skipped: int) -> list[Intent]:
    """Return a request that was carried out, ``skipped`` resources left out of it."""
    vault = service.estate.vaults[str(intent.subject.id)]
    held = [service.estate.resources[id] for id in vault.resources]
    taken, left = held[: len(held) - skipped], held[len(held) - skipped :]
    codes = ("6215", "7104")
    checkpoint = Checkpoint(
        CheckpointId(f"{intent.id[:-1]}c"),
        "available",
        intent.created_at,
        VaultId(vault.id),
        vault.name,
        tuple(AcceptedResource(ResourceId(each.id), each.type, each.name) for each in taken),
        tuple(
            SkippedResource(ResourceId(each.id), each.type, each.name, f"BackupService.{code}", _reason(code))
            for each, code in zip(left, codes, strict=False)
        ),
        intent.name,
    )
    done = [_outcome(each, Fate.DONE, "available") for each in checkpoint.accepted]
    lacking = [_outcome(each, Fate.SKIPPED, code=each.code, message=each.reason) for each in checkpoint.skipped]
    outcome = Outcome((*done, *lacking), "available")
    sent = _sent(intent)
    accepted = sent.moved(
        IntentState.ACCEPTED, intent.created_at + timedelta(seconds=2), result=checkpoint_result(checkpoint)
    )
    ended = intent.created_at + timedelta(minutes=11)
    return [intent, sent, accepted, accepted.moved(IntentState.FINISHED, ended, outcome=outcome)]


def _outcome(
    each: AcceptedResource | SkippedResource, fate: Fate, status: str = "", code: str = "", message: str = ""
) -> ResourceOutcome:
    return ResourceOutcome(each.id, each.name, str(each.type), fate, status, code=code, message=message)


def _reason(code: str) -> str:
    return refusals.SERVICE_CODES[code][1]
