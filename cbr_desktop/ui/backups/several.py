"""Sharing and replicating several backups at once: the projects, or the vault in another region, serve all of them."""

from collections.abc import Sequence

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.change import Subject
from cbr_desktop.domain.replication import BackupReplication
from cbr_desktop.domain.sharing import BackupShare
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.states import quoted
from cbr_desktop.ui.backups.receivers import Receivers, read_other_projects
from cbr_desktop.ui.backups.replication import ReplicateForm
from cbr_desktop.ui.backups.sharing import ShareForm
from cbr_desktop.ui.kit.fields import fields
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.operations.destination import DestinationChoice
from cbr_desktop.ui.operations.form import BatchForm, ContextRow, MissingField
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.operations.backups import backup_subject


class _BackupBatch(BatchForm):
    """Asks for what all the backups share. What is chosen is of one region, and only backups of that region take it."""

    has_fields = True

    def __init__(self, asked: Sequence[ContextRow]) -> None:
        super().__init__()
        self._context: ProfileContext = asked[0][0]

    def subject(self, context: ProfileContext, row: Backup) -> Subject:
        """Return the backup of a row."""
        return backup_subject(row.id, context.ledger)

    def lacking(self, context: ProfileContext, row: Backup) -> str:  # the profile alone tells
        """Return why nothing can be asked for of a backup."""
        region = self._context.profile.region
        if context.profile.region != region:
            return _("It is not in region {region}, which the choice above is of.").format(region=quoted(region, 40))
        return super().lacking(context, row)

    def _held(self, context: ProfileContext) -> None:
        """Raise ``ValueError`` where what is chosen is nothing for backups of a profile."""
        if context.profile.region != self._context.profile.region:
            raise ValueError("another region")


class ShareSeveral(_BackupBatch):
    """Asks for the projects that several backups are shared with."""

    kind = ShareForm.kind

    def __init__(self, asked: Sequence[ContextRow]) -> None:
        super().__init__(asked)
        self.setObjectName("shareSeveral")
        self.projects = Receivers(self._context)
        fields(self, ((_("Pro&ject"), self.projects),), {_("Pro&ject"): self.projects.project})
        self._ids = self.projects.ids()
        """What is asked for, which is read from the address book once for all rows."""
        self.projects.changed.connect(self._tell_changed)
        self.projects.renamed.connect(self._tell_changed)
        self._tasks = TaskOwner(self)
        if is_at_work():
            self._tasks.start(read_other_projects(self._context), group="other projects")

    def draft(self, context: ProfileContext, row: Backup) -> BackupShare:
        """Return with whom a backup is to be shared."""
        self._held(context)
        if not self._ids:
            raise ValueError("no project is chosen")
        return BackupShare(row.id, self._ids)

    def _tell_changed(self) -> None:
        self._ids = self.projects.ids()
        self.changed.emit()

    def missing(self) -> MissingField | None:
        """Return that no project is named yet."""
        return None if self._ids else MissingField(_("No project is chosen yet."), self.projects.project)


class ReplicateSeveral(_BackupBatch):
    """Asks for the vault in another region that several backups are replicated to; replicas keep the names."""

    kind = ReplicateForm.kind

    def __init__(self, asked: Sequence[ContextRow]) -> None:
        super().__init__(asked)
        self.setObjectName("replicateSeveral")
        self.destination = DestinationChoice(self._context)
        fields(self, ((_("&To vault"), self.destination),), {_("&To vault"): self.destination.vault})
        self.destination.changed.connect(self.changed)

    def draft(self, context: ProfileContext, row: Backup) -> BackupReplication:
        """Return where a backup is to be replicated to."""
        self._held(context)
        return BackupReplication(row.id, self.destination.destination())

    def missing(self) -> MissingField | None:
        """Return that no vault is chosen yet."""
        return self.destination.missing()
