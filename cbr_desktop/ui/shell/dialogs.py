"""The factory of dialogs: the one place in which windows and pages have a dialog opened.

Each dialog is imported when it is first opened: the first paint of the main window waits for none of them.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QMenu, QWidget

from cbr_desktop.ui.session.profile_context import ProfileContext

if TYPE_CHECKING:
    from cbr_desktop.domain.backup import Backup
    from cbr_desktop.domain.change import Change
    from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
    from cbr_desktop.domain.intent import Intent
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
    ) -> QWidget:
        """Ask for a new checkpoint."""
        from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog

        dialog = CheckpointDialog(context, vault_id, resource_ids, parent, draft_store=context.draft_store)
        dialog.open()
        return dialog

    def show_outcome(self, context: ProfileContext, id: "IntentId", parent: QWidget) -> QWidget:
        """Show what became of a request; what was refused can be edited and sent again from there."""
        from cbr_desktop.ui.operations.outcome import OutcomeDialog

        dialog = OutcomeDialog(context, id, parent, can_edit=True)
        dialog.edit_requested.connect(partial(self.edit_again, context, parent=parent))
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

    def confirm_again(self, context: ProfileContext, id: "IntentId", parent: QWidget) -> "ChangeDialog":
        """Ask anew whether a request goes that is held, or of which no trace was found: what it destroys is shown."""
        from cbr_desktop.domain.intent import IntentState
        from cbr_desktop.ui.operations.form import FixedForm

        def confirm(change: "Change") -> "Intent":
            if context.ledger.intents[id].state is IntentState.NOT_FOUND:
                return context.outbox.send_again(id)
            if not context.outbox.release(id):
                raise ValueError("it is not held any more, or its profile leads elsewhere")
            return context.ledger.intents[id]

        change = context.ledger.intents[id].change
        return self._open(context, FixedForm(change.kind, change), parent, confirm)

    def edit_again(self, context: ProfileContext, id: "IntentId", parent: QWidget) -> QDialog | None:
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
    ) -> QMenu:
        """Open the choice of the profile that something is done with below a button."""
        from cbr_desktop.ui.shell.scopes import open_profile_menu

        return open_profile_menu(workspace, button, chosen)

    def _open(
        self,
        context: ProfileContext,
        form: "ChangeForm",
        parent: QWidget,
        confirm: "Callable[[Change], Intent] | None" = None,
    ) -> "ChangeDialog":
        from cbr_desktop.ui.operations.dialog import ChangeDialog

        dialog = ChangeDialog(context, form, parent, confirm=confirm)
        dialog.open()
        return dialog


def _form_again(context: ProfileContext, intent: "Intent") -> "ChangeForm | None":
    """Return the form that shows an earlier request, ``None`` where it asks for what no form can."""
    from cbr_desktop.domain.change import Kind
    from cbr_desktop.domain.ids import BackupId
    from cbr_desktop.domain.policy import read_policy
    from cbr_desktop.ui.backups.forms import RenameForm, deletion_form
    from cbr_desktop.ui.policies.form import PolicyFields
    from cbr_desktop.ui.policies.policyform import form_of

    match intent.change.kind:
        case Kind.DELETE_BACKUP:
            return deletion_form(BackupId(intent.subject.id))
        case Kind.RENAME_BACKUP:
            return RenameForm(BackupId(intent.subject.id), intent.name)
        case Kind.CREATE_POLICY:
            draft = read_policy(intent.body)
            given = form_of(draft) if draft is not None else None
            return PolicyFields(_offset(context), given) if given is not None else None
        case _:
            return None


def _offset(context: ProfileContext) -> timedelta:
    """Return how far the operator's clock is from UTC now."""
    return context.clock.now().astimezone().utcoffset() or timedelta()
