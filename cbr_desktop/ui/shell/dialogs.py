"""The factory of dialogs: the one place in which windows and pages have a dialog opened.

Each dialog is imported when it is first opened: the first paint of the main window waits for none of them.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from cbr_desktop.domain.ids import PolicyId
from cbr_desktop.ui.session.profile_context import ProfileContext

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog, QMenu

    from cbr_desktop.domain.backup import Backup
    from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
    from cbr_desktop.domain.intent import Intent
    from cbr_desktop.domain.policy import Policy
    from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
    from cbr_desktop.ui.drafts.request import RequestDialog
    from cbr_desktop.ui.operations.dialog import ChangeDialog
    from cbr_desktop.ui.operations.form import ChangeForm
    from cbr_desktop.ui.plans.make_plan import MakePlanDialog
    from cbr_desktop.ui.session.draft_store import Source
    from cbr_desktop.ui.session.workspace import Workspace


class Dialogs:
    """Opens dialogs over a window. Every method returns the dialog, which is shown and belongs to ``parent``."""

    def create_checkpoint(
        self,
        context: ProfileContext,
        vault_id: "VaultId | None",
        resource_ids: "Sequence[ResourceId]",
        parent: QWidget,
        words: str = "",
    ) -> QWidget:
        """Ask for a new checkpoint; ``words`` say what of a selection it is not of."""
        from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog

        dialog = CheckpointDialog(
            *(context, vault_id, resource_ids, parent), draft_store=context.draft_store, words=words
        )
        dialog.open()
        return dialog

    def show_outcome(self, context: ProfileContext, id: "IntentId", parent: QWidget) -> QWidget:
        """Show what became of a request; what was refused can be edited and sent again from there."""
        from cbr_desktop.ui.operations.outcome_dialog import OutcomeDialog

        dialog = OutcomeDialog(context, id, parent, can_edit=True)
        dialog.edit_requested.connect(partial(self.edit_again, context, parent=parent))
        dialog.confirmation_requested.connect(partial(self.confirm_again, context, parent=parent))
        dialog.open()
        return dialog

    def edit_draft(
        self,
        context: ProfileContext,
        source: "Source | None",
        vault_id: "VaultId | None",
        changed: Callable[..., object],
        parent: QWidget,
    ) -> "CheckpointDialog | RequestDialog":
        """Open a draft in the form of a checkpoint, or in the editor of requests that have no form.

        ``changed`` is called when the draft stands otherwise than before in its file or among what is not saved.
        """
        from cbr_desktop.domain.draft import is_checkpoint
        from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
        from cbr_desktop.ui.drafts.request import RequestDialog

        editor: CheckpointDialog | RequestDialog
        if source is not None and not is_checkpoint(source.text):
            editor = RequestDialog(context, source, parent, draft_store=context.draft_store)
        else:
            editor = CheckpointDialog(context, vault_id, (), parent, draft_store=context.draft_store, source=source)
        editor.finished.connect(changed)
        editor.draft_document.told.connect(changed)
        editor.open()
        return editor

    def make_plan(
        self, workspace: "Workspace", paths: Sequence[str], made: Callable[[str], object], parent: QWidget
    ) -> "MakePlanDialog":
        """Ask how a plan of request files should go; ``made`` is called with the path of what was written."""
        from cbr_desktop.ui.plans.make_plan import MakePlanDialog

        dialog = MakePlanDialog(workspace, paths, parent)
        dialog.made.connect(made)
        dialog.open()
        return dialog

    def delete_backup(self, context: ProfileContext, backup: "Backup", parent: QWidget) -> "ChangeDialog":
        """Ask whether a backup should be deleted."""
        from cbr_desktop.ui.backups.forms import deletion_form

        return self._open(context, deletion_form(backup.id), parent)

    def rename_backup(self, context: ProfileContext, backup: "Backup", parent: QWidget) -> "ChangeDialog":
        """Ask for another name of a backup."""
        from cbr_desktop.ui.backups.forms import RenameForm

        return self._open(context, RenameForm(backup.id, backup.name), parent)

    def create_policy(self, context: ProfileContext, parent: QWidget) -> "ChangeDialog":
        """Ask for a new policy."""
        from cbr_desktop.ui.policies.form import PolicyFields

        return self._open(context, PolicyFields(_offset(context)), parent)

    def edit_policy(self, context: ProfileContext, policy: "Policy", parent: QWidget) -> "ChangeDialog":
        """Ask what is changed of a policy."""
        from cbr_desktop.ui.policies.edit import PolicyEditFields

        return self._open(context, PolicyEditFields(policy, _offset(context)), parent)

    def switch_policy(self, context: ProfileContext, policy: "Policy", parent: QWidget) -> "ChangeDialog":
        """Ask whether a policy should be enabled, or disabled where it is enabled."""
        from cbr_desktop.ui.policies.edit import switch_form

        return self._open(context, switch_form(policy), parent)

    def delete_policy(self, context: ProfileContext, policy: "Policy", parent: QWidget) -> "ChangeDialog":
        """Ask whether a policy should be deleted."""
        from cbr_desktop.ui.policies.forms import deletion_form

        return self._open(context, deletion_form(policy.id), parent)

    def apply_policy(self, context: ProfileContext, policy: "Policy", parent: QWidget) -> "ChangeDialog":
        """Ask to which vault a policy should be applied."""
        from cbr_desktop.ui.policies.forms import ApplyForm

        ledger = context.ledger
        return self._open(context, ApplyForm(ledger.policies.values(), ledger.vaults.values(), policy.id), parent)

    def remove_policy(self, context: ProfileContext, policy: "Policy", parent: QWidget) -> "ChangeDialog":
        """Ask from which of its vaults a policy should be removed."""
        from cbr_desktop.ui.policies.forms import RemoveForm

        own = [context.ledger.vaults[id] for id in policy.vault_ids if id in context.ledger.vaults]
        return self._open(context, RemoveForm(policy.id, own), parent)

    def confirm_again(self, context: ProfileContext, id: "IntentId", parent: QWidget) -> "ChangeDialog":
        """Ask anew whether a request goes that is held, or of which no trace was found: what it destroys is shown."""
        from cbr_desktop.ui.operations.dialog import confirm_again

        dialog = confirm_again(context, id, parent)
        dialog.open()
        return dialog

    def edit_again(self, context: ProfileContext, id: "IntentId", parent: QWidget) -> "QDialog | None":
        """Open a request in its form, to be changed and sent anew; ``None`` when no form can show it."""
        from cbr_desktop.domain.change import Kind
        from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog

        intent = context.ledger.intents[id]
        if intent.change.kind is not Kind.CREATE_CHECKPOINT:
            form = _form_again(context, intent)
            return self._open(context, form, parent) if form is not None else None
        dialog = CheckpointDialog(context, None, (), parent, draft_store=context.draft_store)
        dialog.show_request(intent.body)
        dialog.open()
        return dialog

    def open_profile_menu(
        self, workspace: "Workspace", button: QWidget, chosen: Callable[[ProfileContext], object]
    ) -> "QMenu":
        """Open the choice of the profile that something is done with below a button."""
        from cbr_desktop.ui.shell.scopes import open_profile_menu

        return open_profile_menu(workspace, button, chosen)

    def _open(
        self,
        context: ProfileContext,
        form: "ChangeForm",
        parent: QWidget,
    ) -> "ChangeDialog":
        from cbr_desktop.ui.operations.dialog import ChangeDialog

        dialog = ChangeDialog(context, form, parent)
        dialog.open()
        return dialog


def _form_again(context: ProfileContext, intent: "Intent") -> "ChangeForm | None":
    """Return the form that shows an earlier request, ``None`` where it asks for what no form can."""
    from cbr_desktop.domain.change import Kind
    from cbr_desktop.domain.ids import BackupId, PolicyId
    from cbr_desktop.ui.backups.forms import RenameForm, deletion_form
    from cbr_desktop.ui.policies import forms
    from cbr_desktop.workflows.operations.vault_policies import content_of

    ledger, id, asked = context.ledger, intent.subject.id, content_of(intent.body)
    policy_id, target = str(asked.get("policy_id", "")), str(asked.get("destination_vault_id", ""))
    made: dict[Kind, Callable[[], ChangeForm | None]] = {
        Kind.DELETE_BACKUP: lambda: deletion_form(BackupId(id)),
        Kind.RENAME_BACKUP: lambda: RenameForm(BackupId(id), intent.name),
        Kind.CREATE_POLICY: lambda: _policy_again(context, intent.body),
        Kind.UPDATE_POLICY: lambda: _edit_again(context, PolicyId(id), intent.body),
        Kind.DELETE_POLICY: lambda: forms.deletion_form(PolicyId(id)),
        Kind.APPLY_POLICY: lambda: forms.ApplyForm(
            ledger.policies.values(), ledger.vaults.values(), policy_id, id, target
        ),
        Kind.REMOVE_POLICY: lambda: forms.RemoveForm(
            policy_id, [each for each in ledger.vaults.values() if each.id == id], id
        ),
    }
    make = made.get(intent.change.kind)
    return make() if make is not None else None


def _policy_again(context: ProfileContext, body: bytes) -> "ChangeForm | None":
    from cbr_desktop.domain.policy import read_policy
    from cbr_desktop.ui.policies.form import PolicyFields
    from cbr_desktop.ui.policies.policyform import form_of

    draft = read_policy(body)
    given = form_of(draft) if draft is not None else None
    return PolicyFields(_offset(context), given) if given is not None else None


def _edit_again(context: ProfileContext, id: "PolicyId", body: bytes) -> "ChangeForm | None":
    from cbr_desktop.domain.policy import read_update, updated
    from cbr_desktop.ui.policies.edit import PolicyEditFields

    policy, update = context.ledger.policies.get(id), read_update(body, id)
    if policy is None or update is None:
        return None
    return PolicyEditFields(policy, _offset(context), updated(policy, update))


def _offset(context: ProfileContext) -> timedelta:
    """Return how far the operator's clock is from UTC now."""
    return context.clock.now().astimezone().utcoffset() or timedelta()
