"""What the operations on the sharing of one backup have in common."""

from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup_details import Member
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Subject
from cbr_desktop.domain.error import NotFound
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import BackupId, ProjectId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.outcome import Fate, Outcome, single
from cbr_desktop.domain.sharing import is_receiver
from cbr_desktop.workflows.ledger import Part, Reading
from cbr_desktop.workflows.operations.backups import backup_subject
from cbr_desktop.workflows.operations.operation import AnsweredOperation, Reader
from cbr_desktop.workflows.sending import searched_since

MEMBERS_PATH = "backups/{backup_id}/members"
"""The path of the projects that a backup is shared with, and of"""
MEMBER_PATH = "backups/{backup_id}/members/{member_id}"
"""one of them, which is named by its project's id."""
_GONE = frozenset({"6200", "6705"})
"""The service's words for a backup, or a share of it, that does not exist."""


class ShareOperation(AnsweredOperation):
    """An operation on the sharing of a backup, whose answer tells all."""

    effect = Effect.CHANGES
    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.VAULTS, Part.BACKUPS})
    rereads: frozenset[Part] = frozenset()

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list is that the backup is in."""
        id = BackupId(change.subject.id)
        part = Part.OFFERS if id in ledger.offers else Part.BACKUPS
        return ledger.freshness[part].as_of if id in ledger.offers or id in ledger.backups else None

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """No backup is lost by that: the project that it is of keeps it."""
        return Blast()

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return that it was done, since the answer said so."""
        if intent.result is None:
            return None
        return single(intent.subject.id, intent.subject.name, Fate.DONE, "")


def subject_of(id: BackupId, ledger: Reading) -> Subject:
    """Return a backup as what something is done to, be it of this project or offered to it."""
    offer = ledger.offers.get(id)
    subject = backup_subject(id, ledger)
    return Subject(subject.type, id, offer.backup.name) if offer is not None and not subject.name else subject


def lane_of(id: BackupId) -> str:
    """Return the lane of the shares of a backup; what else is done to the backup meanwhile does not matter to them."""
    return f"share:{id}"


def receiver_finding(id: str, own: ProjectId | None) -> Finding | None:
    """Judge the id of a project that a backup is shared with; ``None`` when nothing is wrong with it."""
    part = finding.RequestPart.BACKUP
    if not is_receiver(id):
        return finding.block(FindingKind.RECEIVER_INVALID, part, "6704", found=id)
    if id == own:
        return finding.block(FindingKind.RECEIVER_OWN, part, "6704", found=id)
    return None


async def read_members(intent: Intent, reader: Reader) -> Listing[Member]:
    """Read the projects that a backup is shared with; none where the service says that there is no such backup.

    Raises ``CloudError``.
    """
    id = BackupId(intent.subject.id)
    with reader.noting(intent, "members", searched_since(intent, reader.ledger.connection)):
        try:
            listing = await reader.cloud.members(id)
        except NotFound as error:
            # a gateway that does not know the operation says 404 as well, and that is no word about a share
            if error.short_code not in _GONE:
                raise
            return Listing([], reader.ledger.freshness[Part.BACKUPS].as_of or intent.changed_at)
    reader.ledger.put_receivers(id, listing)
    return listing
