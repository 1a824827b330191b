"""The forms of vaults, and when each of them opens."""

from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.vault import Vault
from cbr_desktop.domain.vault_changes import read_update
from cbr_desktop.ui.operations.form import ChangeForm, Forms
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.vaults.edit import VaultEditForm


def _edit_again(context: ProfileContext, intent: Intent) -> ChangeForm | None:
    id = VaultId(intent.subject.id)
    vault, update = context.ledger.vaults.get(id), read_update(intent.body, id)
    return VaultEditForm(vault, update) if vault is not None and update is not None else None


def _edit(_context: ProfileContext, vault: Vault) -> ChangeForm:
    return VaultEditForm(vault)


FORMS = Forms(
    asked={"edit": _edit},
    again={VaultEditForm.kind: _edit_again},
)
