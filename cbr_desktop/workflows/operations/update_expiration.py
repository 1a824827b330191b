"""Changing the day on which the backups of a vault expire: all of them at once, sooner or later than they do now.

It comes to the same when repeated, and the backups of the vault as the service lists them are the proof. What expires
sooner is deleted sooner by the service, so it counts as a deletion.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.blast import Blast, LostBackups
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, Schema, filled
from cbr_desktop.domain.error import Forbidden, NotFound
from cbr_desktop.domain.expiration import (
    BackupExpiration,
    concerned,
    expiration_body,
    read_day,
    read_expiration,
)
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import ResourceId, TaskId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome, single
from cbr_desktop.domain.schedule import is_fixed_zone
from cbr_desktop.domain.task import Task, TaskStatus
from cbr_desktop.domain.vault import Vault
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.losses import BY_RESOURCE, NAMED, lost_backups
from cbr_desktop.workflows.operations.operation import Operation, Reader, Search, found_good
from cbr_desktop.workflows.operations.vault_policies import unknown_vault, vault_subject
from cbr_desktop.workflows.operations.vaults import (
    judged,
    judged_at,
    known_vault,
    settings_lane,
    state_findings,
    vault_id_in,
)
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.sending import searched_since, span_of

_PATH = "vaults/{vault_id}/update-backup-expiration-time"
CHANGED, PARTLY, UNCHANGED, CHANGING, FAILED = "changed", "partly", "unchanged", "changing", "failed"
"""How the backups are once the service has accepted it: words of ours, since the service has a task alone."""
_FATES = {CHANGED: Fate.DONE, PARTLY: Fate.FAILED, UNCHANGED: Fate.FAILED, FAILED: Fate.FAILED}
_FAILED = (TaskStatus.FAILED, TaskStatus.TIMEOUT)


class UpdateExpiration(Operation):
    """The operation that changes when the backups of a vault expire."""

    kind = Kind.UPDATE_EXPIRATION
    repeat = Repeat.SAFE
    effect = Effect.DELETES
    template = _PATH
    schema = Schema(
        "UpdateExpirationTimeReq",
        {"expect_expiration_date": str, "time_zone": str},
        frozenset({"expect_expiration_date", "time_zone"}),
    )
    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.VAULTS, Part.BACKUPS})
    rereads = frozenset({Part.BACKUPS, Part.TASKS})

    def draft_of(self, document: ChangeDocument) -> BackupExpiration:
        """Return the change that a request file asks for."""
        return found_good(read_expiration(document.body, vault_id_in(document)))

    def subject(self, draft: BackupExpiration, ledger: Reading) -> Subject:
        """Return the vault."""
        return vault_subject(draft.vault_id, ledger)

    def change(self, draft: BackupExpiration, ledger: Reading) -> Change:
        """Return the change of the day on which the backups of a vault expire."""
        id, path = draft.vault_id, filled(_PATH, {"vault_id": draft.vault_id})
        return Change(self.kind, self.subject(draft, ledger), settings_lane(id), "PUT", path, expiration_body(draft))

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the day by the clock, the vault by its state, and say what goes sooner and what is kept longer."""
        draft, vault = _draft(change), known_vault(change, ledger)
        if draft is None:
            return Preflight(())
        findings = [*_day_findings(draft, now), *unknown_vault(change, ledger)]
        if vault is not None:
            findings += [*state_findings(vault), *_effects(change, draft, vault, ledger)]
        return judged(findings, ledger)

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of vaults is."""
        return judged_at(change, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Return the backups of each resource that go sooner than now, first where no good one is left then."""
        told, as_of = _losses_of(change, ledger), ledger.freshness[Part.BACKUPS].as_of
        return Blast(tuple(told[:NAMED]), as_of, sum(each.count for each in told[NAMED:]))

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read when the backups of the vault expire: all of them on that day, it was done; else it was not so far."""
        missed, met, is_whole = await _read(intent, reader)
        if missed:
            return Search(is_undone=True)
        if not is_whole:
            return Search(is_whole=False)
        # where nothing is left that it could have changed it stays unknown; once more might change what is new
        return Search(Result(intent.subject.id, CHANGED)) if met else Search()

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read when the backups expire, and the task as long as some of them do not on that day."""
        result = intent.result or Result(intent.subject.id)
        missed, met, is_whole = await _read(intent, reader)
        task = await _task(result.parts, reader)
        if missed:
            is_over = task is None or task.is_over
            status = (PARTLY if met else UNCHANGED) if is_over else CHANGING
        else:
            status = CHANGED if is_whole else CHANGING
        if task is not None and task.status in _FAILED and status != CHANGED:
            status = FAILED if not met else PARTLY
        return replace(result, status=status)

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return whether all backups expire on that day; where some do not, it is no success."""
        if intent.result is None:
            return None
        status = intent.result.status
        return single(intent.subject.id, intent.subject.name, _FATES.get(status, Fate.RUNNING), status)


UPDATE_EXPIRATION = UpdateExpiration()


def _draft(change: Change) -> BackupExpiration | None:
    return read_expiration(change.body, VaultId(change.subject.id))


def _day_findings(draft: BackupExpiration, now: datetime) -> Iterator[Finding]:
    """Say that what is filled in is no day, no zone, or a day that is over."""
    part = finding.RequestPart.RETENTION
    if read_day(draft.day) is None:
        yield finding.block(FindingKind.EXPIRY_NO_DAY, part, "9900", found=draft.day)
    elif not is_fixed_zone(draft.zone):
        yield finding.block(FindingKind.EXPIRY_NO_ZONE, part, "9900", found=draft.zone)
    elif draft.ends_at is None or draft.ends_at <= now:
        yield finding.block(FindingKind.EXPIRY_PAST, part, "9900", day=draft.day, zone=draft.zone)


def _effects(change: Change, draft: BackupExpiration, vault: Vault, ledger: Ledger) -> Iterator[Finding]:
    """Say what becomes of the backups in a vault."""
    part, name = finding.RequestPart.BACKUP, vault.name
    known, is_whole = ledger.freshness[Part.BACKUPS], ledger.freshness[Part.BACKUPS].complete
    own = concerned(ledger.backups.values(), vault.id)
    listed = sum(each.vault_id == vault.id for each in ledger.backups.values())
    unseen = max(sum(each.backup_count for each in vault.resources) - listed, 0)
    if known.as_of is None or not is_whole or unseen:
        yield finding.warn(FindingKind.DELETION_UNSEEN, part, "", vault=name, count=unseen)
    elif not own:
        yield finding.warn(FindingKind.EXPIRY_NOTHING, part, "", vault=name)
    if draft.ends_at is None or not own:
        return
    sooner = [each for each in own if draft.is_sooner(each)]
    if not sooner and all(map(draft.is_met, own)):
        yield finding.info(FindingKind.EXPIRY_UNCHANGED, part, "", vault=name, count=len(own))
        return
    if sooner:
        day = f"{draft.day} ({draft.zone})"
        yield finding.warn(FindingKind.EXPIRY_SOONER, part, "", vault=name, count=len(sooner), day=day)
    endless = sum(each.expires_at is None for each in sooner)
    if endless:
        yield finding.warn(FindingKind.EXPIRY_ENDLESS, part, "", vault=name, count=endless)
    last = sorted(each.resource_name for each in _losses_of(change, ledger) if each.is_last)
    if last:
        yield finding.warn(FindingKind.EXPIRY_LAST, part, "", count=len(last), names=last)
    kept = sum(each.auto for each in sooner) if vault.worm_locked else 0
    if kept:
        yield finding.warn(FindingKind.EXPIRY_LOCKED, part, "", vault=name, count=kept)
    later = len(own) - len(sooner) - sum(map(draft.is_met, own))
    if later:
        yield finding.info(FindingKind.EXPIRY_LATER, part, "", vault=name, count=later)


def _losses_of(change: Change, ledger: Reading) -> list[LostBackups]:
    """Return what of each resource goes sooner than now, those first of which no good backup is left then."""
    draft, fresh = _draft(change), ledger.freshness[Part.BACKUPS]
    end = draft.ends_at if draft is not None else None
    if draft is None or end is None:
        return []
    sooner: dict[ResourceId, list[Backup]] = {}
    for backup in concerned(ledger.backups.values(), draft.vault_id):
        if draft.is_sooner(backup):
            sooner.setdefault(backup.resource_id, []).append(backup)
    is_whole = fresh.as_of is not None and fresh.complete
    all_of = BY_RESOURCE.of(sooner, ledger) if is_whole else {}
    lost = []
    for id, rows in sooner.items():
        others = _staying(all_of[id], draft.vault_id, end) if is_whole else None
        told = lost_backups(id, rows[0].resource_name or id, change.subject.label, rows, others, 0)
        lost.append(replace(told, at=end, endless=sum(each.expires_at is None for each in rows)))
    return sorted(lost, key=lambda each: (not each.is_last, each.resource_name))


def _staying(backups: Sequence[Backup], vault_id: VaultId, end: datetime) -> list[Backup]:
    """Return the backups in other vaults that are there still when a day has ended."""
    elsewhere = (each for each in backups if each.vault_id != vault_id)
    return [each for each in elsewhere if each.expires_at is None or each.expires_at > end]


async def _read(intent: Intent, reader: Reader) -> tuple[int, int, bool]:
    """Read how many backups do not expire on the day asked for and how many do, and whether the list was whole.

    Only those count that were there before the request was sent. Raises ``CloudError``.
    """
    draft = _draft(intent.change)
    connection = reader.ledger.connection
    with reader.noting(intent, "backups", searched_since(intent, connection)):
        listing = await reader.cloud.backups(vault_id=VaultId(intent.subject.id))
    before = span_of(intent, connection).sent_at
    own = concerned(listing.rows, VaultId(intent.subject.id))
    old = [each for each in own if each.created_at is None or each.created_at <= before]
    met = sum(draft is not None and draft.is_met(each) for each in old)
    return len(old) - met, met, listing.complete


async def _task(ids: Sequence[str], reader: Reader) -> Task | None:
    """Read the task that the answer has named, ``None`` where it has named none or that cannot be seen."""
    with suppress(Forbidden, NotFound):
        for id in ids:
            task = await reader.cloud.task(TaskId(id))
            reader.ledger.merge_tasks([task])
            return task
    return None
