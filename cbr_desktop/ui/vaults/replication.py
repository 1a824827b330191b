"""The form that replicates a vault to another region."""

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.replication import Destination, VaultReplication
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.fields import fields
from cbr_desktop.ui.operations.destination import DestinationChoice
from cbr_desktop.ui.operations.form import ChangeForm, MissingField
from cbr_desktop.ui.session.profile_context import ProfileContext


class ReplicateVaultForm(ChangeForm):
    """Asks where the backups of a vault are replicated to that are not there yet."""

    kind = Kind.REPLICATE_VAULT

    def __init__(self, context: ProfileContext, id: VaultId, chosen: Destination | None = None) -> None:
        super().__init__()
        self.setObjectName("replicateVaultForm")
        self._id = id
        self.destination = DestinationChoice(context, chosen)
        fields(self, ((_("&To vault"), self.destination),), {_("&To vault"): self.destination.vault})
        self.destination.changed.connect(self.changed)

    def draft(self) -> VaultReplication:
        """Return what is asked for. ``ValueError`` while no vault is chosen."""
        return VaultReplication(self._id, self.destination.destination())

    def missing(self) -> MissingField | None:
        """Return that no vault is chosen yet."""
        return self.destination.missing()

    def begin(self) -> None:
        """Put the focus into the choice of the vault."""
        self.destination.setFocus()
