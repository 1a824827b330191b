"""The form that replicates a backup to another region."""

from PySide6.QtWidgets import QLineEdit, QWidget

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.replication import BackupReplication, Destination
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.fields import fields
from cbr_desktop.ui.operations.destination import DestinationChoice
from cbr_desktop.ui.operations.form import ChangeForm, MissingField
from cbr_desktop.ui.session.profile_context import ProfileContext


class ReplicateForm(ChangeForm):
    """Asks where a backup is replicated to, and for a name of the replica if it is not to have that of the backup."""

    kind = Kind.REPLICATE_BACKUP

    def __init__(
        self, context: ProfileContext, backup: Backup, chosen: Destination | None = None, name: str = ""
    ) -> None:
        super().__init__()
        self.setObjectName("replicateForm")
        self._backup = backup
        self.destination = DestinationChoice(context, chosen)
        self.name = QLineEdit(name)
        self.name.setObjectName("replicaName")
        self.name.setAccessibleName(_("Name of the replica"))
        self.name.setPlaceholderText(_("As the backup"))
        buddies: dict[str, QWidget] = {_("&To vault"): self.destination.vault}
        fields(self, ((_("&To vault"), self.destination), (_("&Name of the replica"), self.name)), buddies)
        self.destination.changed.connect(self.changed)
        self.name.textChanged.connect(self.changed)

    def draft(self) -> BackupReplication:
        """Return what is asked for. ``ValueError`` while no vault is chosen."""
        return BackupReplication(self._backup.id, self.destination.destination(), self.name.text())

    def missing(self) -> MissingField | None:
        """Return that no vault is chosen yet."""
        return self.destination.missing()

    def begin(self) -> None:
        """Put the focus into the choice of the vault."""
        self.destination.setFocus()
