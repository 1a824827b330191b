"""The forms of vaults, and when each of them opens."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from cbr_desktop.domain.association import holder_of
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.enterprise_project_change import read_enterprise_project_change
from cbr_desktop.domain.expiration import BackupExpiration, read_expiration
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.region import ConsolePage, console_url
from cbr_desktop.domain.replication import destination_in
from cbr_desktop.domain.vault import LARGEST_GB, SMALLEST_GB, Vault, VaultKind
from cbr_desktop.domain.vault_changes import VaultDeletion, VaultLock, read_all, read_tag_change, read_update
from cbr_desktop.domain.vault_draft import NewResource, VaultDraft, read_draft
from cbr_desktop.ui.operations.association import AssociationForm
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import ChangeForm, ContextRow, FixedBatch, FixedForm, Forms
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.vaults.all_vaults import AllVaultsForm
from cbr_desktop.ui.vaults.create import NewVaultForm
from cbr_desktop.ui.vaults.edit import ReadAgents, ReadUse, VaultEditForm
from cbr_desktop.ui.vaults.enterprise import EnterpriseProjectForm
from cbr_desktop.ui.vaults.expiration import ExpirationForm
from cbr_desktop.ui.vaults.replication import ReplicateVaultForm
from cbr_desktop.ui.vaults.several import SettingsBatch, TagsBatch
from cbr_desktop.ui.vaults.tags import TagsForm
from cbr_desktop.workflows.operations.change_enterprise_project import target_of


def _read_agents(context: ProfileContext) -> ReadAgents:
    """Return what asks for the agents of servers; whether there is anything to ask is known when it is needed."""
    return lambda id: context.refresh.read_agents(id)


def _read_use(context: ProfileContext) -> ReadUse:
    """Return what reads how full a vault was, as far as that was kept."""
    return lambda id: context.refresh.use_of(id)


def _console(context: ProfileContext) -> str:
    """Return where the console makes orders of vaults, empty where that is not known."""
    return console_url(context.profile.cbr_endpoint, ConsolePage.BACKUP)


def _edit_again(context: ProfileContext, intent: Intent) -> ChangeForm | None:
    id = VaultId(intent.subject.id)
    vault, update = context.ledger.vaults.get(id), read_update(intent.body, id)
    if vault is None or update is None:
        return None
    return VaultEditForm(vault, update, _read_agents(context), _read_use(context), _console(context))


def _tags_again(context: ProfileContext, intent: Intent) -> ChangeForm | None:
    id = VaultId(intent.subject.id)
    vault, draft = context.ledger.vaults.get(id), read_tag_change(intent.body, id)
    return TagsForm(vault, draft) if vault is not None and draft is not None else None


def _create(context: ProfileContext, _row: object, asked: VaultDraft | None = None) -> ChangeForm:
    ledger = context.ledger
    form = NewVaultForm(ledger.protectables.values(), ledger.policies.values(), _console(context), asked)
    form.follow(context)
    return form


def _create_again(context: ProfileContext, intent: Intent) -> ChangeForm | None:
    draft = read_draft(intent.body)
    return _create(context, None, draft) if draft is not None else None


def _edit(context: ProfileContext, vault: Vault) -> ChangeForm:
    return VaultEditForm(vault, None, _read_agents(context), _read_use(context), _console(context))


def _expire(context: ProfileContext, vault: Vault, asked: BackupExpiration | None = None) -> ChangeForm:
    form = ExpirationForm(vault.id, context.clock.now(), asked)
    form.follow(context)
    return form


def _expire_again(context: ProfileContext, intent: Intent) -> ChangeForm | None:
    id = VaultId(intent.subject.id)
    vault, asked = context.ledger.vaults.get(id), read_expiration(intent.body, id)
    return _expire(context, vault, asked) if vault is not None and asked is not None else None


def _enterprise_again(context: ProfileContext, intent: Intent) -> ChangeForm | None:
    asked = read_enterprise_project_change(intent.body, target_of(intent.change))
    vault = context.ledger.vaults.get(VaultId(intent.subject.id))
    return EnterpriseProjectForm(context, vault, asked) if vault is not None and asked is not None else None


def _associate(context: ProfileContext, vault: Vault) -> ChangeForm:
    return AssociationForm(context, vault.id)


def lock_form(id: VaultId) -> FixedForm:
    """Return the form that locks a vault for good: there is nothing to fill in."""
    return FixedForm(Kind.LOCK_VAULT, VaultLock(id))


def _replicate_again(context: ProfileContext, intent: Intent) -> ChangeForm:
    return ReplicateVaultForm(context, VaultId(intent.subject.id), destination_in(intent.body))


def deletion_form(id: VaultId) -> FixedForm:
    """Return the form that deletes a vault: there is nothing to fill in."""
    return FixedForm(Kind.DELETE_VAULT, VaultDeletion(id))


def _create_for(_workspace: Workspace, asked: Sequence[ContextRow], parent: QWidget) -> QWidget:
    """Open the form of a new vault that takes rows of resources in, with a size that has room for one backup of all."""
    context, resources = asked[0][0], [row.resource for _context, row in asked]
    size_gb = min(max(sum(each.size_gb for each in resources), SMALLEST_GB), LARGEST_GB)
    taken = tuple(NewResource(each.id, str(each.type), each.name) for each in resources)
    kind = holder_of(resources[0].type) or VaultKind.SERVER
    draft = VaultDraft("", kind=kind, size_gb=size_gb, resources=taken)
    dialog = ChangeDialog(context, _create(context, None, draft), parent, at_once=False)
    dialog.open()
    return dialog


FOR_RESOURCES = Forms(windows={"create": _create_for})
"""What vaults let a person ask for on the page of resources."""
FORMS = Forms(
    asked={
        "create": _create,
        "edit": _edit,
        "associate": _associate,
        "expire": _expire,
        "enterprise": EnterpriseProjectForm,
        "lock": lambda _context, vault: lock_form(vault.id),
        "replicate": lambda context, vault: ReplicateVaultForm(context, vault.id),
        "tags": lambda _context, vault: TagsForm(vault),
        "all": lambda _context, _row: AllVaultsForm(),
        "delete": lambda _context, vault: deletion_form(vault.id),
    },
    several={
        "tags": lambda _asked: TagsBatch(),
        "edit": lambda _asked: SettingsBatch(),
        "delete": lambda _asked: FixedBatch(Kind.DELETE_VAULT, lambda vault: VaultDeletion(vault.id)),
    },
    again={
        ReplicateVaultForm.kind: _replicate_again,
        NewVaultForm.kind: _create_again,
        VaultEditForm.kind: _edit_again,
        TagsForm.kind: _tags_again,
        ExpirationForm.kind: _expire_again,
        EnterpriseProjectForm.kind: _enterprise_again,
        AllVaultsForm.kind: lambda _context, intent: AllVaultsForm(read_all(intent.body)),
        Kind.DELETE_VAULT: lambda _context, intent: deletion_form(VaultId(intent.subject.id)),
        Kind.LOCK_VAULT: lambda _context, intent: lock_form(VaultId(intent.subject.id)),
    },
)
