"""The forms of resources: what can be done to several of one vault at once, and when each of them opens."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from cbr_desktop.domain.association import (
    RESUME,
    ProtectionSetting,
    ResourceDissociation,
    ResourceMigration,
    choices_in,
    resource_ids,
)
from cbr_desktop.domain.change import Kind, Subject
from cbr_desktop.domain.checkpoint import ResourceChoice
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.vault import ProtectType, Resource, Vault
from cbr_desktop.text.catalogue import _, listed, ngettext
from cbr_desktop.text.states import counted, quoted
from cbr_desktop.ui.kit.fields import column, fields
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.operations.association import AssociationForm
from cbr_desktop.ui.operations.batch import BatchWindow
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import BatchForm, ChangeForm, ContextRow, FixedBatch, FixedForm, Forms, MissingField
from cbr_desktop.ui.operations.vault_box import VaultBox
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.operations.vault_policies import vault_subject
from cbr_desktop.workflows.operations.vault_resources import names_of

Ids = Sequence[ResourceId]
Group = tuple[VaultId, tuple[ResourceId, ...]]
"""Resources of one vault."""
_NAMES = 6
"""Resources that a window names; the others it counts."""


def about(context: ProfileContext, vault_id: VaultId, ids: Ids) -> str:
    """Return which resources of a vault a request is about: the first few by their names."""
    vault = context.ledger.vaults.get(vault_id)
    names = [quoted(each, 64) for each in names_of(ids[:_NAMES], vault)]
    more = len(ids) - _NAMES
    named = listed([*names, counted("{count} more", "{count} more", more)] if more > 0 else names)
    return ngettext("Resource: {names}", "Resources: {names}", len(ids)).format(names=named)


def dissociation_form(context: ProfileContext, vault_id: VaultId, ids: Ids) -> FixedForm:
    """Return the form that takes resources out of a vault: there is nothing to fill in."""
    title = counted("Dissociate {count} resource", "Dissociate {count} resources", len(ids))
    return FixedForm(
        Kind.DISSOCIATE_RESOURCES, ResourceDissociation(vault_id, tuple(ids)), title, about(context, vault_id, ids)
    )


def protection_form(context: ProfileContext, vault_id: VaultId, ids: Ids, *, is_on: bool) -> FixedForm:
    """Return the form that suspends resources, or lets their automatic backup go on: there is nothing to fill in."""
    resumed = counted("Resume {count} resource", "Resume {count} resources", len(ids))
    suspended = counted("Suspend {count} resource", "Suspend {count} resources", len(ids))
    setting = ProtectionSetting(vault_id, tuple(ids), is_on)
    title = resumed if is_on else suspended
    return FixedForm(Kind.SET_PROTECTION, setting, title, about(context, vault_id, ids))


class Held(NamedTuple):
    """A resource with its vault."""

    vault: Vault
    resource: Resource


class MigrationForm(ChangeForm):
    """Asks to which vault resources move with their backups: one that holds the same, for the same."""

    kind = Kind.MIGRATE_RESOURCES

    def __init__(self, context: ProfileContext, vault_id: VaultId, ids: Ids, target_id: str = "") -> None:
        super().__init__()
        self.setObjectName("migrationForm")
        self.title = counted("Migrate {count} resource", "Migrate {count} resources", len(ids))
        self.about = about(context, vault_id, ids)
        self._vault_id, self._ids = vault_id, tuple(ids)
        source = context.ledger.vaults.get(vault_id)
        fitting = [each for each in context.ledger.vaults.values() if source is not None and _fits(source, each)]
        self.target = VaultBox("migrationTarget", _("To vault"), fitting, target_id)
        self.none = label(_("There is no other vault of this type."), "migrationNone")
        self.none.setVisible(not fitting)
        fields(self, ((_("&To vault"), column(self.target, self.none)),), {_("&To vault"): self.target})
        self.target.currentIndexChanged.connect(self.changed)

    def missing(self) -> MissingField | None:
        """Return that no vault is chosen yet, or that there is none to choose."""
        if self.target.vault_id:
            return None
        if not self.target.count():
            return MissingField(_("There is no other vault of this type that the resources could go to."))
        return MissingField(_("No vault is chosen yet."), self.target)

    def draft(self) -> ResourceMigration:
        """Return what is asked for. ``ValueError`` while no vault is chosen."""
        if not self.target.vault_id:
            raise ValueError("no vault is chosen")
        return ResourceMigration(self._vault_id, VaultId(self.target.vault_id), self._ids)

    def begin(self) -> None:
        """Put the focus into the choice of the vault."""
        self.target.setFocus()


class MigrationsForm(BatchForm):
    """Asks to which vault resources of several vaults move, one vault after the other."""

    kind = MigrationForm.kind
    has_fields = True

    def __init__(self, asked: Sequence[ContextRow]) -> None:
        super().__init__()
        self.setObjectName("migrationsForm")
        fitting: dict[VaultId, Vault] = {}
        for context, (vault_id, _ids) in asked:
            known = context.ledger.vaults
            source = known.get(vault_id)
            fitting |= {each.id: each for each in known.values() if source is not None and _fits(source, each)}
        self.target = VaultBox("migrationTarget", _("To vault"), fitting.values())
        fields(self, ((_("&To vault"), self.target),), {_("&To vault"): self.target})
        self.target.currentIndexChanged.connect(self.changed)

    def title(self, count: int) -> str:
        """Return from how many vaults resources move."""
        return counted("Migrate resources of {count} vault", "Migrate resources of {count} vaults", count)

    def missing(self) -> MissingField | None:
        """Return that no vault is chosen yet."""
        return None if self.target.vault_id else MissingField(_("No vault is chosen yet."), self.target)

    def draft(self, context: ProfileContext, row: Group) -> ResourceMigration:
        """Return what is asked for of the resources of a vault. ``ValueError`` while it can be nothing."""
        target_id = VaultId(self.target.vault_id)
        if target_id not in context.ledger.vaults:
            raise ValueError("no vault of this profile is chosen")
        return ResourceMigration(row[0], target_id, row[1])

    def subject(self, context: ProfileContext, row: Group) -> Subject:
        """Return the vault that resources leave."""
        return vault_subject(row[0], context.ledger)

    def lacking(self, context: ProfileContext, row: Group) -> str:  # the profile alone tells
        """Return why nothing can be asked for of the resources of a vault."""
        if not self.target.vault_id:
            return super().lacking(context, row)
        return _("The chosen vault is of another project, and resources move within one.")


def _fits(source: Vault, target: Vault) -> bool:
    is_same = (source.kind, source.protect_type) == (target.kind, target.protect_type)
    return is_same and target.id != source.id


Make = Callable[[ProfileContext, VaultId, Ids], ChangeForm]


def _window(
    make: Make,
    workspace: Workspace,
    asked: Sequence[ContextRow],
    parent: QWidget,
    *,
    batch: Callable[[Sequence[ContextRow]], BatchForm],
) -> QWidget:
    """Open the window of one change for rows of one vault, or ``batch`` of changes for those of several."""
    groups = _by_vault(asked)
    if len(groups) == 1:
        context, (vault_id, ids) = groups[0]
        return _opened(context, make(context, vault_id, ids), parent)
    window = BatchWindow(workspace, groups, batch(groups), parent, at_once=False)
    window.open()
    return window


def _by_vault(asked: Sequence[ContextRow]) -> list[tuple[ProfileContext, Group]]:
    """Return the resources that were asked for, vault by vault."""
    found: dict[tuple[str, VaultId], tuple[ProfileContext, list[ResourceId]]] = {}
    for context, row in asked:
        found.setdefault((context.profile.name, row.vault.id), (context, []))[1].append(row.resource.id)
    return [(context, (vault_id, tuple(ids))) for (_name, vault_id), (context, ids) in found.items()]


def _dissociations(_groups: Sequence[ContextRow]) -> FixedBatch:
    def title(count: int) -> str:
        return counted("Dissociate resources from {count} vault", "Dissociate resources from {count} vaults", count)

    return FixedBatch(Kind.DISSOCIATE_RESOURCES, lambda group: ResourceDissociation(*group), title)


def _settings(_groups: Sequence[ContextRow], *, is_on: bool) -> FixedBatch:
    def title(count: int) -> str:
        if is_on:
            return counted("Resume resources in {count} vault", "Resume resources in {count} vaults", count)
        return counted("Suspend resources in {count} vault", "Suspend resources in {count} vaults", count)

    return FixedBatch(Kind.SET_PROTECTION, lambda group: ProtectionSetting(group[0], group[1], is_on), title)


def _protect(_workspace: Workspace, asked: Sequence[ContextRow], parent: QWidget) -> QWidget:
    """Open the window that puts rows which are in no vault into one."""
    context = asked[0][0]
    resources = [row.resource for _context, row in asked]
    choices = [ResourceChoice(each.id, each.type, each.name) for each in resources]
    return _opened(context, AssociationForm(context, choices=choices), parent)


def _opened(context: ProfileContext, form: ChangeForm, parent: QWidget) -> QWidget:
    dialog = ChangeDialog(context, form, parent, at_once=False)
    dialog.open()
    return dialog


def _association_again(context: ProfileContext, intent: Intent) -> ChangeForm:
    return AssociationForm(context, intent.subject.id, choices_in(content_of(intent.body)))


def _dissociation_again(context: ProfileContext, intent: Intent) -> ChangeForm:
    return dissociation_form(context, VaultId(intent.subject.id), resource_ids(intent.body))


def _migration_again(context: ProfileContext, intent: Intent) -> ChangeForm:
    target = str(content_of(intent.body).get("destination_vault_id", ""))
    return MigrationForm(context, VaultId(intent.subject.id), resource_ids(intent.body), target)


def _protection_again(context: ProfileContext, intent: Intent) -> ChangeForm:
    is_on = content_of(intent.body).get("action") == RESUME
    return protection_form(context, VaultId(intent.subject.id), resource_ids(intent.body), is_on=is_on)


def _of_vaults(is_on: bool, workspace: Workspace, asked: Sequence[ContextRow], parent: QWidget) -> QWidget:
    """Open the window that suspends or resumes those resources of vaults of which that changes something."""
    rows = [
        (context, Held(vault, each))
        for context, vault in asked
        if vault.protect_type != ProtectType.REPLICATION
        for each in vault.resources
        if each.auto_protect is not is_on
    ]
    make, batch = partial(protection_form, is_on=is_on), partial(_settings, is_on=is_on)
    return _window(make, workspace, rows, parent, batch=batch)


FOR_VAULTS = Forms(windows={"suspend": partial(_of_vaults, False), "resume": partial(_of_vaults, True)})
"""What can be asked for of all resources of vaults, on the page of vaults."""
FORMS = Forms(
    windows={
        "protect": _protect,
        "suspend": partial(_window, partial(protection_form, is_on=False), batch=partial(_settings, is_on=False)),
        "resume": partial(_window, partial(protection_form, is_on=True), batch=partial(_settings, is_on=True)),
        "migrate": partial(_window, MigrationForm, batch=MigrationsForm),
        "dissociate": partial(_window, dissociation_form, batch=_dissociations),
    },
    again={
        AssociationForm.kind: _association_again,
        Kind.DISSOCIATE_RESOURCES: _dissociation_again,
        MigrationForm.kind: _migration_again,
        Kind.SET_PROTECTION: _protection_again,
    },
)
