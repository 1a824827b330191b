"""The forms of the changes of backups, and when each of them opens."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit, QWidget

from cbr_desktop.domain.backup import BackupDeletion, BackupRename
from cbr_desktop.domain.backup_details import MemberStatus
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.finding import RequestPart
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.replication import destination_in, replication_in
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.sharing import receivers_in
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.backups.cleanup import CleanUpWindow
from cbr_desktop.ui.backups.offers import open_offers
from cbr_desktop.ui.backups.rehearsal import rehearse
from cbr_desktop.ui.backups.replication import ReplicateForm
from cbr_desktop.ui.backups.several import ReplicateSeveral, ShareSeveral
from cbr_desktop.ui.backups.sharing import AcceptForm, RejectForm, ShareForm, WithdrawForm
from cbr_desktop.ui.kit.fields import fields
from cbr_desktop.ui.operations.form import ChangeForm, ContextRow, FixedBatch, FixedForm, Forms
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace


def deletion_form(id: BackupId) -> FixedForm:
    """Return the form that deletes a backup: there is nothing to fill in."""
    return FixedForm(Kind.DELETE_BACKUP, BackupDeletion(id))


def deletions() -> FixedBatch:
    """Return the form that deletes several backups."""
    return FixedBatch(Kind.DELETE_BACKUP, lambda backup: BackupDeletion(backup.id))


class RenameForm(ChangeForm):
    """Asks for another name of a backup; ``name`` is where the person begins."""

    kind = Kind.RENAME_BACKUP

    def __init__(self, id: BackupId, name: str) -> None:
        super().__init__()
        self._id = id
        self.setObjectName("renameForm")
        self.name = QLineEdit(name)
        self.name.setObjectName("newName")
        self.name.setAccessibleName(_("New name"))
        fields(self, ((_("&New name"), self.name),), {})
        self.name.textChanged.connect(self.changed)

    def field(self, part: RequestPart | None) -> QWidget | None:
        """Return the field that a finding is about, ``None`` where that cannot be told."""
        return self.name if part is RequestPart.NAME else None

    def draft(self) -> BackupRename:
        """Return the renaming that is asked for."""
        return BackupRename(self._id, self.name.text())

    def begin(self) -> None:
        """Put the focus into the name, which is selected as a whole."""
        self.name.setFocus()
        self.name.selectAll()


def _clean_up(workspace: Workspace, asked: Sequence[ContextRow], parent: QWidget) -> QWidget:
    window = CleanUpWindow(workspace, [context for context, _row in asked], deletions, parent)
    window.open()
    return window


def _share_again(context: ProfileContext, intent: Intent) -> ChangeForm:
    return ShareForm(context, BackupId(intent.subject.id), receivers_in(intent.body))


def _answer_again(context: ProfileContext, intent: Intent) -> ChangeForm | None:
    offer = context.ledger.offers.get(BackupId(intent.subject.id))
    if offer is None:
        return None
    if intent.name == MemberStatus.REJECTED:
        return RejectForm(offer)
    return AcceptForm(context, offer, str(content_of(intent.body).get("vault_id") or ""))


def _replicate_again(context: ProfileContext, intent: Intent) -> ChangeForm | None:
    backup = context.ledger.backups.get(BackupId(intent.subject.id))
    if backup is None:
        return None
    name = str(replication_in(intent.body).get("name") or "")
    return ReplicateForm(context, backup, destination_in(intent.body), name)


FORMS = Forms(
    asked={
        "delete": lambda _context, backup: deletion_form(backup.id),
        "rename": lambda _context, backup: RenameForm(backup.id, backup.name),
        "share": lambda context, backup: ShareForm(context, backup.id),
        "withdraw": lambda context, backup: WithdrawForm(context, backup.id),
        "replicate": ReplicateForm,
    },
    several={"delete": lambda _asked: deletions(), "share": ShareSeveral, "replicate": ReplicateSeveral},
    again={
        Kind.DELETE_BACKUP: lambda _context, intent: deletion_form(BackupId(intent.subject.id)),
        RenameForm.kind: lambda _context, intent: RenameForm(BackupId(intent.subject.id), intent.name),
        ShareForm.kind: _share_again,
        WithdrawForm.kind: lambda context, intent: WithdrawForm(context, BackupId(intent.subject.id), intent.name),
        AcceptForm.kind: _answer_again,
        ReplicateForm.kind: _replicate_again,
        Kind.RESTORE_BACKUP: lambda _context, intent: FixedForm(Kind.RESTORE_BACKUP, intent.change),
    },
    windows={"restore": rehearse, "offers": open_offers, "cleanup": _clean_up},
)
