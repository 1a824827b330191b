"""What the operations on one policy have in common: what its rules are before and after, and what that deletes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from msgspec import Struct

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.blast import Blast, Lost
from cbr_desktop.domain.change import Change, Repeat, Subject, SubjectType
from cbr_desktop.domain.document import ChangeDocument, Schema, filled
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import BackupId, PolicyId, ResourceId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.retention import HORIZON_DAYS, Forecast, Removal, Rules, compared
from cbr_desktop.workflows.ledger import Part, Reading
from cbr_desktop.workflows.operations.operation import AnsweredOperation, Reader
from cbr_desktop.workflows.schedules import coverage, outlook
from cbr_desktop.workflows.sending import searched_since

NAME_AND_STATE: dict[str, Any] = {"name": str, "enabled": bool}
RETENTION: dict[str, Any] = {
    **dict.fromkeys(("max_backups", "retention_duration_days", "full_backup_interval"), int),
    **dict.fromkeys(("day_backups", "week_backups", "month_backups", "year_backups"), int),
    "timezone": str,
}
DESTINATION: dict[str, Any] = dict.fromkeys(("destination_region", "destination_project_id"), str)
TRIGGER = Schema(
    "PolicyTriggerReq",
    {"properties": Schema("PolicyTriggerPropertiesReq", {"pattern": [str]}, frozenset({"pattern"}))},
    frozenset({"properties"}),
)
"""Parts of the bodies that make and change policies."""
POLICY_PATH = "policies/{policy_id}"
"""The path of a policy."""
NAMED = 20
"""Backups that a change of rules names of those that are lost by it; the others it counts."""
_NO_POLICY = "6000"
"""The service's word for a policy that does not exist."""
_TOLD = 600
"""Of how many changes it is held what they do."""
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Shift(Struct, frozen=True):
    """A change of rules: those that vaults have had and those that they get, ``None`` for none."""

    vault_ids: tuple[VaultId, ...]
    before: Rules | None
    after: Rules | None


class Outlooks(NamedTuple):
    """What the rules of before and those of after a change do to the known backups."""

    before: Forecast
    after: Forecast

    @property
    def removals(self) -> list[Removal]:
        """The backups that only go, or go earlier, because of the change."""
        return list(compared(self.before, self.after))


class PolicyOperation(AnsweredOperation):
    """An operation that changes which rules the backups of some vaults come under; its answer tells all."""

    repeat = Repeat.SAFE
    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.POLICIES, Part.VAULTS, Part.BACKUPS})
    rereads = frozenset({Part.POLICIES})

    def __init__(self) -> None:
        self._told: dict[Shift, Outlooks] = {}
        self._told_of: tuple[Mapping[BackupId, Backup], Mapping[VaultId, object], datetime] | None = None

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of policies is."""
        return ledger.freshness[Part.POLICIES].as_of

    def shift(self, change: Change, ledger: Reading) -> Shift | None:
        """Return which rules are changed, ``None`` where none are or the policy is not known."""
        raise NotImplementedError

    def outlooks(self, change: Change, ledger: Reading, now: datetime, days: int = HORIZON_DAYS) -> Outlooks | None:
        """Return what the rules do to the known backups without a change and with it, ``None`` where none are changed.

        What was told is told again for a minute, since a form asks at every key, and a batch for each of its vaults.
        """
        shift = self.shift(change, ledger)
        if shift is None or shift.before == shift.after:
            return None
        if days != HORIZON_DAYS:
            return _outlooks(shift, ledger, now, days)
        of = ledger.backups, ledger.vaults, now.replace(second=0, microsecond=0)
        known = self._told_of
        is_same = known is not None and known[0] is of[0] and known[1] is of[1] and known[2] == of[2]
        if not is_same or len(self._told) > _TOLD:
            self._told, self._told_of = {}, of
        if shift not in self._told:
            self._told[shift] = _outlooks(shift, ledger, now, days)
        return self._told[shift]

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Return the backups that are deleted because of a change and would stay longer without it, the first first."""
        as_of = ledger.freshness[Part.BACKUPS].as_of
        # a list of some minutes ago tells of now, and one of days ago would have much deleted that has gone since
        found = self.outlooks(change, ledger, as_of) if as_of is not None else None
        shift = self.shift(change, ledger)
        if found is None or shift is None:
            return Blast(as_of=as_of)
        removals = found.removals
        named = removals[:NAMED]
        good = _good_ones(ledger, {each.resource_id for each in named})
        covered = {id for each in coverage(shift.vault_ids, ledger) for id in each.resources}
        lost = [_lost(each, found.after, ledger, good, covered) for each in named]
        return Blast(tuple(lost), as_of, len(removals) - len(named))

    def loss_findings(self, change: Change, ledger: Reading, name: str) -> list[Finding]:
        """Return how many backups are deleted because of a change, none where none are."""
        as_of = ledger.freshness[Part.BACKUPS].as_of
        found = self.outlooks(change, ledger, as_of) if as_of is not None else None
        removals = found.removals if found is not None else []
        if not removals:
            return []
        part = finding.RequestPart.RETENTION
        return [finding.warn(FindingKind.BACKUPS_GO, part, policy=name, count=len(removals), last=removals[0].at)]


def _outlooks(shift: Shift, ledger: Reading, now: datetime, days: int) -> Outlooks:
    return Outlooks(*(outlook(ledger, shift.vault_ids, rules, now, days) for rules in (shift.before, shift.after)))


def _good_ones(ledger: Reading, resources: set[ResourceId]) -> dict[ResourceId, list[Backup]]:
    good: dict[ResourceId, list[Backup]] = {id: [] for id in resources}
    for backup in ledger.backups.values():
        if backup.resource_id in good and backup.status == BackupStatus.AVAILABLE:
            good[backup.resource_id].append(backup)
    return good


def _lost(
    removal: Removal,
    told: Forecast,
    ledger: Reading,
    good: dict[ResourceId, list[Backup]],
    covered: set[ResourceId],
) -> Lost:
    """Return a backup that rules delete, with what is there of its resource when it has gone."""
    backup, at = ledger.backups[removal.id], removal.at
    own = good[backup.resource_id]
    newest = max(own, key=lambda each: each.created_at or _EARLIEST, default=None)
    gone = {each.id for each in told.removals if each.at <= at}
    new = _made_by(at, told) if backup.resource_id in covered else 0
    left = new + sum(each.id not in gone for each in own)
    is_newest = newest is backup and not new
    return Lost(backup.id, backup.name, backup.resource_name, backup.created_at, is_newest, left, at=at)


def _made_by(at: datetime, told: Forecast) -> int:
    """Return how many backups of each resource have been made by a moment and are there still."""
    by_then = [number for moment, number in told.made.items() if moment <= at]
    unmade = sum(number for moment, number in told.unmade.items() if moment <= at)
    return (sum(by_then) - unmade) // by_then[0] if by_then else 0


def policy_subject(id: PolicyId, ledger: Reading) -> Subject:
    """Return a policy as what something is done to."""
    known = ledger.policies.get(id)
    return Subject(SubjectType.POLICY, id, known.name if known is not None else "")


def policy_path(id: PolicyId) -> str:
    """Return the path of a policy."""
    return filled(POLICY_PATH, {"policy_id": id})


def policy_id_in(document: ChangeDocument) -> PolicyId:
    """Return the policy that a request file names in its path."""
    return PolicyId(document.path["policy_id"])


def policy_lane(id: PolicyId) -> str:
    """Return the lane of a policy: what is done to it is done one after the other."""
    return f"policy:{id}"


def known_policy(change: Change, ledger: Reading) -> Policy | None:
    """Return the policy that a change is done to, as far as it is known."""
    return ledger.policies.get(PolicyId(change.subject.id))


def unknown_policy(id: str, ledger: Reading) -> Finding:
    """Say that a policy is not among the known ones; that blocks only when the list is known to be whole."""
    freshness = ledger.freshness[Part.POLICIES]
    is_certain = freshness.as_of is not None and freshness.complete and not freshness.from_cache
    say = finding.block if is_certain else finding.warn
    return say(FindingKind.POLICY_UNKNOWN, finding.RequestPart.SCHEDULE, _NO_POLICY, id=id)


def stopping(policy: Policy) -> list[Finding]:
    """Say that the vaults of a policy are not backed up by it any more."""
    if not (policy.enabled and policy.vault_ids):
        return []
    part, count = finding.RequestPart.SCHEDULE, len(policy.vault_ids)
    return [finding.warn(FindingKind.POLICY_STOPS, part, policy=policy.name, count=count)]


async def read_policies(intent: Intent, reader: Reader) -> Listing[Policy]:
    """Read the policies for what a request has made of one. Raises ``CloudError``."""
    with reader.noting(intent, "policies", searched_since(intent, reader.ledger.connection)):
        return await reader.cloud.policies()
