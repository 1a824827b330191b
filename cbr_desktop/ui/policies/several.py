"""One policy for several vaults at once, of several profiles: policies are chosen by name, since each has its own."""

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from cbr_desktop.domain.change import Subject
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.policy import BACKUP, Policy, PolicyApplication, PolicyRemoval
from cbr_desktop.domain.vault import ProtectType, Vault
from cbr_desktop.text.catalogue import _, listed
from cbr_desktop.text.states import quoted, shown
from cbr_desktop.ui.kit.fields import fields
from cbr_desktop.ui.kit.lines import NoWheelComboBox
from cbr_desktop.ui.kit.tick_list import Tickable, TickList
from cbr_desktop.ui.operations.batch import BatchWindow
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import BatchForm, ContextRow, Forms, MissingField
from cbr_desktop.ui.policies.forms import FORMS as ONE
from cbr_desktop.ui.policies.forms import ApplyForm, RemoveForm
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.operations.vault_policies import vault_subject

Pair = tuple[Policy, Vault]
"""A policy and one of its vaults."""
Window = TypeVar("Window", BatchWindow, ChangeDialog)


class _PolicyBatch(BatchForm):
    """Asks for the name of a policy; each profile has its own of that name."""

    has_fields = True

    def __init__(self, words: str, names: Sequence[str], vaults: TickList | None = None) -> None:
        super().__init__()
        self.setObjectName("policyBatchForm")
        self.policy = NoWheelComboBox()
        self.policy.setObjectName("batchPolicy")
        self.policy.setAccessibleName(_("Policy"))
        self.policy.setPlaceholderText(_("Choose a policy"))
        for name in names:
            self.policy.addItem(quoted(name, 80), name)
        self.policy.setCurrentIndex(0 if len(names) == 1 else -1)
        self.policy.currentIndexChanged.connect(self.changed)
        if vaults is None:
            fields(self, ((words, self.policy),), {})
        else:
            fields(self, ((words, self.policy), (_("&Vaults"), vaults)), {_("&Vaults"): vaults.list})
            vaults.changed.connect(self.changed)

    def subject(self, context: ProfileContext, row: Vault) -> Subject:
        """Return the vault of a row."""
        return vault_subject(row.id, context.ledger)

    def missing(self) -> MissingField | None:
        """Return that no policy is chosen yet."""
        return None if self._name is not None else MissingField(_("No policy is chosen yet."), self.policy)

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

    def __init__(
        self, asked: Sequence[ContextRow], names: Sequence[str] | None = None, vaults: TickList | None = None
    ) -> None:
        if names is None:
            contexts = {context.profile.name: context for context, _vault in asked}
            names = sorted({each.name for context in contexts.values() for each in _backup_policies(context)})
        super().__init__(_("&Policy"), names, vaults)

    def draft(self, context: ProfileContext, row: Vault) -> PolicyApplication:
        """Return what is asked for of a vault."""
        return PolicyApplication(self._named(_backup_policies(context)).id, row.id)

    def lacking(self, context: ProfileContext, _row: Vault) -> str:
        """Return why no policy can be applied to a vault."""
        return self._lacking(_backup_policies(context))


class ApplyFromPolicies(ApplyToVaults):
    """Applies one of the selected policies to those vaults of theirs that are ticked."""

    def __init__(self, asked: Sequence[ContextRow], names: Sequence[str]) -> None:
        contexts = dict.fromkeys(context for context, _row in asked)
        held = {context.profile.name: _policies_by_vault(context) for context in contexts}
        rows = (_holder(context, row, held[context.profile.name].get(row.id, ())) for context, row in asked)
        self.vaults = TickList("applyVaults", _("Vaults"), rows, len(asked))
        super().__init__(asked, names, self.vaults)

    def missing(self) -> MissingField | None:
        """Return that no policy is chosen yet, or that no vault is ticked."""
        return super().missing() or _untouched(self.vaults)

    def narrow(self, asked: Sequence[ContextRow]) -> None:
        """Offer some of the vaults alone."""
        self.vaults.keep({_key(context, row) for context, row in asked})

    def takes(self, context: ProfileContext, row: Vault) -> bool:
        """Whether a vault is ticked."""
        return bool(self.vaults.ticked) and _key(context, row) in self.vaults.ticked


class RemoveFromPolicies(BatchForm):
    """Removes the selected policies from those of their vaults that are ticked."""

    kind = RemoveForm.kind
    has_fields = True

    def __init__(self, asked: Sequence[ContextRow]) -> None:
        super().__init__()
        self.setObjectName("removeSeveral")
        rows = (_pair(context, vault, policy) for context, (policy, vault) in asked)
        self.vaults = TickList("removeVaults", _("Policies and their vaults"), rows, len(asked))
        fields(self, ((_("From &vaults"), self.vaults),), {_("From &vaults"): self.vaults.list})
        self.vaults.changed.connect(self.changed)

    def missing(self) -> MissingField | None:
        """Return that no vault is ticked yet."""
        return _untouched(self.vaults)

    def narrow(self, asked: Sequence[ContextRow]) -> None:
        """Offer some of the policies and vaults alone."""
        self.vaults.keep({_key(context, vault, policy) for context, (policy, vault) in asked})

    def takes(self, context: ProfileContext, row: Pair) -> bool:
        """Whether a policy is ticked for a vault."""
        return bool(self.vaults.ticked) and _key(context, row[1], row[0]) in self.vaults.ticked

    def draft(self, _context: ProfileContext, row: Pair) -> PolicyRemoval:
        """Return what is asked for of a policy and one of its vaults."""
        policy, vault = row
        return PolicyRemoval(policy.id, vault.id)

    def subject(self, context: ProfileContext, row: Pair) -> Subject:
        """Return the vault."""
        return vault_subject(row[1].id, context.ledger)


class RemoveFromVaults(_PolicyBatch):
    """Removes a policy from those of several vaults that have it."""

    kind = RemoveForm.kind

    def __init__(self, asked: Sequence[ContextRow]) -> None:
        names = {each.name for context, row in asked for each in _own_policies(context, row)}
        super().__init__(_("&Policy"), sorted(names))

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


def _key(context: ProfileContext, vault: Vault, policy: Policy | None = None) -> str:
    return f"{context.profile.name}\n{vault.id}\n{policy.id if policy is not None else ''}"


def _untouched(vaults: TickList) -> MissingField | None:
    return None if vaults.ticked else MissingField(_("No vault is ticked yet."), vaults.list)


def _policies_by_vault(context: ProfileContext) -> dict[VaultId, list[Policy]]:
    found: dict[VaultId, list[Policy]] = {}
    for policy in context.ledger.policies.values():
        for id in policy.vault_ids:
            found.setdefault(id, []).append(policy)
    return found


def _holder(context: ProfileContext, vault: Vault, policies: Sequence[Policy]) -> Tickable:
    """Return a vault to be ticked, with the policies that it has."""
    name, own = shown(vault.name or vault.id, 64), [quoted(each.name, 64) for each in policies]
    words = _("{vault} – has {policies}").format(vault=name, policies=listed(own)) if own else name
    return Tickable(_key(context, vault), words)


def _pair(context: ProfileContext, vault: Vault, policy: Policy) -> Tickable:
    """Return a vault to be ticked with the policy that is removed from it."""
    name = shown(vault.name or vault.id, 64)
    words = _("{vault} – {policy}").format(vault=name, policy=quoted(policy.name, 64))
    return Tickable(_key(context, vault, policy), words)


def _apply(workspace: Workspace, asked: Sequence[ContextRow], parent: QWidget) -> QWidget:
    """Open the window that applies one of the selected policies to several vaults; one that replicates to one vault."""
    context, policy = asked[0]
    if policy.operation_type != BACKUP:
        return _opened(ChangeDialog(context, ONE.asked["apply"](context, policy), parent, at_once=False))
    rows = [
        (each, vault)
        for each in dict.fromkeys(context for context, _policy in asked)
        for vault in sorted(each.ledger.vaults.values(), key=lambda vault: (vault.name, vault.id))
        if vault.protect_type != ProtectType.REPLICATION
        if any(vault.id not in policy.vault_ids for other, policy in asked if other is each)
    ]
    names = sorted({policy.name for _context, policy in asked})
    return _opened(BatchWindow(workspace, rows, ApplyFromPolicies(rows, names), parent, at_once=False))


def _remove(workspace: Workspace, asked: Sequence[ContextRow], parent: QWidget) -> QWidget:
    """Open the window that removes the selected policies from several of their vaults."""
    rows = [
        (context, (policy, context.ledger.vaults[id]))
        for context, policy in asked
        for id in policy.vault_ids
        if id in context.ledger.vaults
    ]
    if len(rows) < 2:  # one vault, or none, needs no list
        context, policy = asked[0]
        return _opened(ChangeDialog(context, ONE.asked["remove"](context, policy), parent, at_once=False))
    return _opened(BatchWindow(workspace, rows, RemoveFromPolicies(rows), parent, at_once=False))


def _opened(window: Window) -> Window:
    window.open()
    return window


def _apply_to_holders(workspace: Workspace, asked: Sequence[ContextRow], parent: QWidget) -> QWidget:
    """Open the window that applies a policy to the vaults of the selected resources."""
    found = {(context.profile.name, row.vault.id): (context, row.vault) for context, row in asked}
    rows = list(found.values())
    return _opened(BatchWindow(workspace, rows, ApplyToVaults(rows), parent, at_once=False))


FOR_RESOURCES = Forms(windows={"apply": _apply_to_holders})
"""What can be asked for of the vaults of resources, on the page of resources."""
FOR_VAULTS = Forms(several={"apply": ApplyToVaults, "remove": RemoveFromVaults})
"""What can be asked for of vaults, on their page."""
FORMS = Forms(windows={"apply": _apply, "remove": _remove})
"""What can be asked for of several policies, on their page."""
