"""What the operations on one backup have in common."""

from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.change import Change, Subject, SubjectType
from cbr_desktop.domain.document import ChangeDocument, filled
from cbr_desktop.domain.error import NotFound
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.workflows.ledger import Part, Reading
from cbr_desktop.workflows.operations.operation import Reader
from cbr_desktop.workflows.sending import searched_since

_NO_BACKUP = "6200"
"""The service's word for a backup that does not exist."""
BACKUP_PATH = "backups/{backup_id}"
"""The path of a backup."""


def backup_subject(id: BackupId, ledger: Reading) -> Subject:
    """Return a backup as what something is done to."""
    known = ledger.backups.get(id)
    return Subject(SubjectType.BACKUP, id, known.name if known is not None else "")


def path_of(id: BackupId) -> str:
    """Return the path of a backup."""
    return filled(BACKUP_PATH, {"backup_id": id})


def id_in(document: ChangeDocument) -> BackupId:
    """Return the backup that a request file names in its path."""
    return BackupId(document.path["backup_id"])


def lane_of(id: BackupId) -> str:
    """Return the lane of a backup: what is done to it is done one after the other."""
    return f"backup:{id}"


def known_backup(change: Change, ledger: Reading) -> Backup | None:
    """Return the backup that a change is done to, as far as it is known."""
    return ledger.backups.get(BackupId(change.subject.id))


def judged_at(change: Change, ledger: Reading) -> datetime | None:
    """Return how old the list of backups is that a backup is in."""
    return ledger.freshness[Part.BACKUPS].as_of if known_backup(change, ledger) is not None else None


def unknown_backup(change: Change, ledger: Reading) -> Finding:
    """Say that a backup is not among the known ones; that blocks only when the list is known to be whole."""
    freshness = ledger.freshness[Part.BACKUPS]
    is_certain = freshness.as_of is not None and freshness.complete and not freshness.from_cache
    say = finding.block if is_certain else finding.warn
    return say(FindingKind.BACKUP_UNKNOWN, finding.RequestPart.BACKUP, _NO_BACKUP, id=change.subject.id)


async def read_backup(intent: Intent, reader: Reader) -> Backup | None:
    """Read the backup that a request is about; ``None`` when the service itself says that there is none of its id.

    Raises ``CloudError``.
    """
    with reader.noting(intent, "backup", searched_since(intent, reader.ledger.connection)):
        try:
            return await reader.cloud.backup(BackupId(intent.subject.id))
        except NotFound as error:
            # a gateway that does not know the operation says 404 as well, and that is no word about a backup
            if error.short_code != _NO_BACKUP:
                raise
    return None
