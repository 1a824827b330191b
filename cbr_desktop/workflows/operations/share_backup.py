"""Sharing a backup with projects. The members of the backup are the proof; it is all or none of the projects.

The service refuses a project that it shares the backup with already, and then shares it with none of those that were
asked for. A second request does no harm by that, but it is not sent while any of them is there.
"""

from collections.abc import Iterator
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.backup_details import Member, MemberStatus
from cbr_desktop.domain.change import Change, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, Schema, filled
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import BackupId, ProjectId, ResourceId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.domain.sharing import RECEIVERS_LIMIT, BackupShare, receivers_body, receivers_in
from cbr_desktop.domain.vault import ResourceType, VaultStatus
from cbr_desktop.workflows.ledger import Ledger, Reading
from cbr_desktop.workflows.operations.backups import id_in, known_backup, unknown_backup
from cbr_desktop.workflows.operations.operation import Reader, Search
from cbr_desktop.workflows.operations.shares import (
    MEMBERS_PATH,
    ShareOperation,
    lane_of,
    read_members,
    receiver_finding,
    subject_of,
)
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.sending import Span, span_of

_SHARED = "shared"
_SERVERS = (ResourceType.SERVER,)


class ShareBackup(ShareOperation):
    """The operation that offers a backup to other projects of the region."""

    kind = Kind.SHARE_BACKUP
    repeat = Repeat.AFTER_PROOF
    template = MEMBERS_PATH
    schema = Schema("AddMembersReq", {"members": [str]}, frozenset({"members"}))

    def draft_of(self, document: ChangeDocument) -> BackupShare:
        """Return what a request file asks for."""
        content = document.content or {}
        return BackupShare(id_in(document), tuple(map(ProjectId, content["members"])))

    def subject(self, draft: BackupShare, ledger: Reading) -> Subject:
        """Return the backup."""
        return subject_of(draft.backup_id, ledger)

    def change(self, draft: BackupShare, ledger: Reading) -> Change:
        """Return the change that shares a backup."""
        id, subject = draft.backup_id, self.subject(draft, ledger)
        path = filled(MEMBERS_PATH, {"backup_id": id})
        return Change(self.kind, subject, lane_of(id), "POST", path, receivers_body(draft.project_ids))

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the projects, and whether the backup may be shared."""
        findings = list(_receiver_findings(change, ledger))
        backup = known_backup(change, ledger)
        if backup is not None:
            findings += _backup_findings(backup, ledger)
        elif change.subject.id in ledger.offers:
            facts = {"backup": change.subject.label}
            findings.append(finding.block(FindingKind.SHARE_RECEIVED, finding.RequestPart.BACKUP, "6707", **facts))
        else:
            findings.append(unknown_backup(change, ledger))
        return Preflight(tuple(sorted(findings, key=lambda each: each.severity.value)))

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the members: all that were asked for are there, or none of them.

        Where a part of them is there it was another who shared it with these: the request is not proved by that, nor
        undone, as the service would refuse it now.
        """
        listing, asked = await read_members(intent, reader), set(receivers_in(intent.body))
        there = {each.project_id: each for each in listing.rows if each.project_id in asked}
        span = span_of(intent, reader.ledger.connection)
        if asked and there.keys() == asked and all(_is_offered(each, span) for each in there.values()):
            return Search(Result(intent.subject.id, _SHARED))
        return Search(is_whole=listing.complete, is_undone=listing.complete and not there)

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return a line for each project, since the answer named each of them."""
        if intent.result is None:
            return None
        lines = (ResourceOutcome(ResourceId(id), "", "", Fate.DONE) for id in receivers_in(intent.body))
        return Outcome(tuple(lines), "")


SHARE_BACKUP = ShareBackup()


def _is_offered(member: Member, span: Span) -> bool:
    """Whether a member is what was asked for; one of before that has rejected the backup is not."""
    is_since = member.created_at is None or member.created_at >= span.earliest
    return is_since or member.status != MemberStatus.REJECTED


def _receiver_findings(change: Change, ledger: Ledger) -> Iterator[Finding]:
    part, asked = finding.RequestPart.BACKUP, receivers_in(change.body)
    if not asked:
        yield finding.block(FindingKind.RECEIVER_MISSING, part, "9900")
    for id in dict.fromkeys(asked):
        wrong = receiver_finding(id, ledger.project_id)
        if wrong is not None:
            yield wrong
        if asked.count(id) > 1:
            yield finding.block(FindingKind.RECEIVER_TWICE, part, "9900", found=id)
    listing = ledger.receivers.get(BackupId(change.subject.id))
    known = {each.project_id: each for each in listing.rows} if listing is not None else {}
    for id in dict.fromkeys(asked):
        if id in known:
            status = known[id].status
            yield finding.block(FindingKind.SHARED_ALREADY, part, "6703", found=id, status=status)
    count = len(set(asked) | known.keys())
    if count > RECEIVERS_LIMIT:
        facts = {"count": count, "limit": RECEIVERS_LIMIT}
        yield finding.block(FindingKind.RECEIVERS_TOO_MANY, part, "6701", **facts)


def _backup_findings(backup: Backup, ledger: Ledger) -> Iterator[Finding]:
    part, name = finding.RequestPart.BACKUP, backup.name or backup.id
    if backup.resource_type == ResourceType.DISK:
        # one manual has it that backups of disks can be shared as well
        yield finding.warn(FindingKind.SHARE_DISK, part, "6700", backup=name)
    elif backup.resource_type not in _SERVERS:
        yield finding.block(FindingKind.SHARE_NO_SERVER, part, "6700", backup=name)
    if backup.status != BackupStatus.AVAILABLE:
        yield finding.block(FindingKind.SHARE_STATUS, part, "6702", backup=name, status=backup.status)
    if backup.traits.encrypted:
        yield finding.block(FindingKind.SHARE_ENCRYPTED, part, "6709", backup=name)
    vault = ledger.vaults.get(backup.vault_id)
    if vault is not None and vault.status not in (VaultStatus.AVAILABLE, VaultStatus.LOCK):
        facts = {"vault": vault.name, "status": vault.status}
        yield finding.block(FindingKind.SHARE_VAULT_STATUS, finding.RequestPart.VAULT, "6712", **facts)
