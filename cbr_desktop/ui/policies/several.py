"""One policy for several vaults at once, of several profiles: policies are chosen by name, since each has its own."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QGridLayout

from cbr_desktop.domain.change import Subject
from cbr_desktop.domain.policy import BACKUP, Policy, PolicyApplication, PolicyRemoval
from cbr_desktop.domain.vault import Vault
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.states import quoted
from cbr_desktop.ui.kit.lines import StillBox, label
from cbr_desktop.ui.operations.form import Asked, BatchForm, Forms
from cbr_desktop.ui.policies.forms import ApplyForm, RemoveForm
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.operations.vault_policies import vault_subject


class _PolicyBatch(BatchForm):
    """Asks for the name of a policy; each profile has its own of that name."""

    has_fields = True

    def __init__(self, words: str, names: Sequence[str]) -> None:
        super().__init__()
        self.setObjectName("policyBatchForm")
        self.policy = StillBox()
        self.policy.setObjectName("batchPolicy")
        self.policy.setAccessibleName(_("Policy"))
        self.policy.setPlaceholderText(_("Choose a policy"))
        for name in names:
            self.policy.addItem(quoted(name, 80), name)
        self.policy.setCurrentIndex(0 if len(names) == 1 else -1)
        title = label(words, "policyField")
        title.setBuddy(self.policy)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(title, 0, 0)
        grid.addWidget(self.policy, 0, 1)
        self.policy.currentIndexChanged.connect(self.changed)

    def subject(self, context: ProfileContext, row: Vault) -> Subject:
        """Return the vault of a row."""
        return vault_subject(row.id, context.ledger)

    @property
    def _name(self) -> str | None:
        name = self.policy.currentData()
        return str(name) if name is not None else None

    def _named(self, policies: Sequence[Policy]) -> Policy:
        """Return the only policy of the chosen name. ``ValueError`` where there is none, or there are several."""
        found = [each for each in policies if each.name == self._name]
        if len(found) != 1:
            raise ValueError("not one policy of this name")
        return found[0]

    def _lacking(self, policies: Sequence[Policy]) -> str:
        if self._name is None:
            return _("No policy is chosen yet.")
        count = sum(each.name == self._name for each in policies)
        return _("Several policies of this profile have that name.") if count else _("Its profile has no such policy.")


class ApplyToVaults(_PolicyBatch):
    """Applies a backup policy to several vaults; one that replicates needs a vault to copy to, and goes one by one."""

    kind = ApplyForm.kind

    def __init__(self, asked: Sequence[Asked]) -> None:
        super().__init__(_("&Policy"), _names(asked, lambda context, _vault: _backup_policies(context)))

    def draft(self, context: ProfileContext, row: Vault) -> PolicyApplication:
        """Return what is asked for of a vault."""
        return PolicyApplication(self._named(_backup_policies(context)).id, row.id)

    def lacking(self, context: ProfileContext, _row: Vault) -> str:
        """Return why no policy can be applied to a vault."""
        return self._lacking(_backup_policies(context))


class RemoveFromVaults(_PolicyBatch):
    """Removes a policy from those of several vaults that have it."""

    kind = RemoveForm.kind

    def __init__(self, asked: Sequence[Asked]) -> None:
        super().__init__(_("&Policy"), _names(asked, _own_policies))

    def draft(self, context: ProfileContext, row: Vault) -> PolicyRemoval:
        """Return what is asked for of a vault."""
        return PolicyRemoval(self._named(_own_policies(context, row)).id, row.id)

    def lacking(self, context: ProfileContext, row: Vault) -> str:
        """Return why the policy cannot be removed from a vault."""
        own = _own_policies(context, row)
        if self._name is not None and all(each.name != self._name for each in own):
            return _("The vault does not have this policy.")
        return self._lacking(own)


def _backup_policies(context: ProfileContext) -> list[Policy]:
    return [each for each in context.ledger.policies.values() if each.operation_type == BACKUP]


def _own_policies(context: ProfileContext, vault: Vault) -> list[Policy]:
    return [each for each in context.ledger.policies.values() if vault.id in each.vault_ids]


def _names(asked: Sequence[Asked], policies_of: Callable[[ProfileContext, Vault], Sequence[Policy]]) -> list[str]:
    """Return the names of the policies that can be chosen."""
    return sorted({each.name for context, vault in asked for each in policies_of(context, vault)})


FORMS = Forms(several={"apply": ApplyToVaults, "remove": RemoveFromVaults})
"""What can be asked for of vaults, on their page."""
