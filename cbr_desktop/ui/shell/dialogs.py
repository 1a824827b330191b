"""The factory of dialogs: the one place in which windows and pages have a dialog opened.

Each dialog is imported when it is first opened: the first paint of the main window waits for none of them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from cbr_desktop.ui.session.profile_context import ProfileContext

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog, QMenu

    from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
    from cbr_desktop.domain.intent import Intent
    from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
    from cbr_desktop.ui.drafts.request import RequestDialog
    from cbr_desktop.ui.operations.dialog import ChangeDialog
    from cbr_desktop.ui.operations.form import ChangeForm, ContextRow, Forms
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
            *(context, vault_id, resource_ids, parent),
            draft_store=context.draft_store,
            words=words,
            at_once=False,
        )
        dialog.open()
        return dialog

    def create_checkpoints(self, workspace: "Workspace", asked: "Sequence[ContextRow]", parent: QWidget) -> QWidget:
        """Ask for checkpoints of several vaults, each with the resources of it that are chosen."""
        from cbr_desktop.ui.checkpoint.several import CheckpointsForm
        from cbr_desktop.ui.operations.batch import BatchWindow

        batch = BatchWindow(workspace, asked, CheckpointsForm(asked), parent, at_once=False)
        batch.open()
        return batch

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

    def ask(
        self, workspace: "Workspace", page: str, verb: str, asked: "Sequence[ContextRow]", parent: QWidget
    ) -> QWidget:
        """Open what a verb of a page asks for: a dialog of one change, or a window of its own."""
        forms = _features()[page]
        if verb in forms.windows:
            return forms.windows[verb](workspace, asked, parent)
        if verb in forms.several and (len(asked) > 1 or verb not in forms.asked):
            from cbr_desktop.ui.operations.batch import BatchWindow

            batch = BatchWindow(workspace, asked, forms.several[verb](asked), parent, at_once=False)
            batch.open()
            return batch
        ((context, row),) = asked
        return self._open(context, forms.asked[verb](context, row), parent)

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
        dialog = CheckpointDialog(
            *(context, None, (), parent), draft_store=context.draft_store, request=intent.body, at_once=False
        )
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

        dialog = ChangeDialog(context, form, parent, at_once=False)
        dialog.open()
        return dialog


def _features() -> "Mapping[str, Forms]":
    """Return what each feature lets a person ask for, by the name of its page."""
    from cbr_desktop.ui.backups import forms as backups
    from cbr_desktop.ui.policies import forms as policies
    from cbr_desktop.ui.policies import several
    from cbr_desktop.ui.resources import forms as resources
    from cbr_desktop.ui.vaults import forms as vaults

    return {
        "Backups": backups.FORMS,
        "Policies": policies.FORMS.joined(several.FORMS),
        "Resources": resources.FORMS.joined(vaults.FOR_RESOURCES).joined(several.FOR_RESOURCES),
        "Vaults": vaults.FORMS.joined(several.FOR_VAULTS).joined(resources.FOR_VAULTS),
    }


def _form_again(context: ProfileContext, intent: "Intent") -> "ChangeForm | None":
    """Return the form that shows an earlier request, ``None`` where it asks for what no form can."""
    made = (forms.again.get(intent.change.kind) for forms in _features().values())
    make = next((each for each in made if each is not None), None)
    return make(context, intent) if make is not None else None
