"""Ending the sharing of a backup with a project. That the project is no member any more is the proof."""

from datetime import datetime, timedelta

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup_details import MemberStatus
from cbr_desktop.domain.change import Change, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, filled, parts_of
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.ids import BackupId, ProjectId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.sharing import ShareWithdrawal
from cbr_desktop.workflows.ledger import Ledger, Reading
from cbr_desktop.workflows.operations.backups import id_in, known_backup, unknown_backup
from cbr_desktop.workflows.operations.operation import Reader, Search
from cbr_desktop.workflows.operations.shares import MEMBER_PATH, ShareOperation, lane_of, read_members, subject_of
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.sending import span_of

_WITHDRAWN = "withdrawn"
_NEAR = timedelta(seconds=10)
"""How long after the sending a new share may still be the one of before: the clocks differ by less."""


class WithdrawShare(ShareOperation):
    """The operation that takes a backup away from a project that it is shared with."""

    kind = Kind.WITHDRAW_SHARE
    repeat = Repeat.SAFE
    template = MEMBER_PATH
    schema = None
    done_codes = frozenset({"6705", "6200"})

    def draft_of(self, document: ChangeDocument) -> ShareWithdrawal:
        """Return what a request file asks for."""
        return ShareWithdrawal(id_in(document), ProjectId(document.path["member_id"]))

    def subject(self, draft: ShareWithdrawal, ledger: Reading) -> Subject:
        """Return the backup."""
        return subject_of(draft.backup_id, ledger)

    def change(self, draft: ShareWithdrawal, ledger: Reading) -> Change:
        """Return the change that ends a share; its tag is the project's id, for people alone."""
        id, subject = draft.backup_id, self.subject(draft, ledger)
        path = filled(MEMBER_PATH, {"backup_id": id, "member_id": draft.project_id})
        return Change(self.kind, subject, lane_of(id), "DELETE", path, tag=draft.project_id)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge whether the backup is shared with the project, and what that loses by it."""
        part, project_id = finding.RequestPart.BACKUP, project_in(change)
        if change.subject.id in ledger.offers:
            facts = {"backup": change.subject.label}
            return Preflight((finding.block(FindingKind.SHARE_RECEIVED, part, "6711", **facts),))
        if known_backup(change, ledger) is None:
            return Preflight((unknown_backup(change, ledger),))
        listing = ledger.receivers.get(BackupId(change.subject.id))
        if listing is None:
            return Preflight(())
        member = next((each for each in listing.rows if each.project_id == project_id), None)
        if member is None:
            say = finding.block if listing.complete else finding.warn
            return Preflight((say(FindingKind.MEMBER_UNKNOWN, part, "6705", found=project_id),))
        if member.image_id:
            return Preflight((finding.block(FindingKind.MEMBER_IMAGE, part, "6710", found=project_id),))
        if member.status == MemberStatus.ACCEPTED:
            return Preflight((finding.warn(FindingKind.MEMBER_ACCEPTED, part, found=project_id),))
        return Preflight(())

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the members: gone from a whole list, or shared anew since it was sent, the share of then has ended.

        Of one that was made at about the time of sending it stays unknown whether it is that one: it is left alone.
        """
        listing, project_id = await read_members(intent, reader), project_in(intent.change)
        member = next((each for each in listing.rows if each.project_id == project_id), None)
        made = member.created_at if member is not None else None
        span = span_of(intent, reader.ledger.connection)
        is_newer = made is not None and span.is_certain and made > span.sent_at + _NEAR
        if (member is None and listing.complete) or is_newer:
            return Search(Result(intent.subject.id, _WITHDRAWN))
        is_elder = member is not None and (made is None or made < span.earliest)
        return Search(is_whole=listing.complete, is_undone=is_elder)


WITHDRAW_SHARE = WithdrawShare()


def project_in(change: Change) -> ProjectId:
    """Return the project whose share a change is about."""
    return ProjectId(parts_of(MEMBER_PATH, change.path).get("member_id", ""))
