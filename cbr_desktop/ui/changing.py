"""The windows in which changes are asked for: one for each operation, and the same again for an earlier request."""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtWidgets import QDialog, QWidget

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.change import Change, Kind
from cbr_desktop.domain.ids import BackupId, IntentId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.policy import read_policy
from cbr_desktop.ui.backups.forms import RenameForm, deletion_form
from cbr_desktop.ui.dialogs.checkpoint import CheckpointDialog
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import ChangeForm, FixedForm
from cbr_desktop.ui.policies.form import PolicyFields
from cbr_desktop.ui.policies.policyform import form_of
from cbr_desktop.ui.profile_context import ProfileContext

_AGAIN: dict[Kind, Callable[[ProfileContext, Intent], ChangeForm | None]] = {
    Kind.CREATE_POLICY: lambda context, intent: _policy_again(context, intent),
    Kind.DELETE_BACKUP: lambda _context, intent: deletion_form(BackupId(intent.subject.id)),
    Kind.RENAME_BACKUP: lambda _context, intent: RenameForm(BackupId(intent.subject.id), intent.name),
}
"""The form that shows an earlier request, of each operation that has one in the shell of every change."""


def delete_backup(context: ProfileContext, backup: Backup, parent: QWidget) -> ChangeDialog:
    """Ask whether a backup should be deleted."""
    return _opened(context, deletion_form(backup.id), parent)


def rename_backup(context: ProfileContext, backup: Backup, parent: QWidget) -> ChangeDialog:
    """Ask for another name of a backup."""
    return _opened(context, RenameForm(backup.id, backup.name), parent)


def create_policy(context: ProfileContext, parent: QWidget) -> ChangeDialog:
    """Ask for a new policy."""
    return _opened(context, PolicyFields(_offset(context)), parent)


def confirm_again(context: ProfileContext, id: IntentId, parent: QWidget) -> ChangeDialog:
    """Ask anew whether a request should go that is held, or of which no trace was found: what it destroys is shown."""

    def confirm(_change: Change) -> Intent:
        if context.ledger.intents[id].state is IntentState.NOT_FOUND:
            return context.outbox.send_again(id)
        if not context.outbox.release(id):
            raise ValueError("it is not held any more, or its profile leads elsewhere")
        return context.ledger.intents[id]

    change = context.ledger.intents[id].change
    return _opened(context, FixedForm(change.kind, change), parent, confirm)


def edit_again(context: ProfileContext, id: IntentId, parent: QWidget) -> QDialog | None:
    """Open a request in its form, to be changed and sent anew; ``None`` when no form can show it."""
    intent = context.ledger.intents[id]
    if intent.change.kind in _AGAIN:
        form = _AGAIN[intent.change.kind](context, intent)
        return _opened(context, form, parent) if form is not None else None
    dialog = CheckpointDialog(context, None, (), parent, draft_store=context.draft_store)
    dialog.show_request(intent.body)
    dialog.open()
    return dialog


def _offset(context: ProfileContext) -> timedelta:
    """Return how far the operator's clock is from UTC now."""
    return context.clock.now().astimezone().utcoffset() or timedelta()


def _policy_again(context: ProfileContext, intent: Intent) -> ChangeForm | None:
    """Return the form of an earlier request for a policy, ``None`` where it asks for what the form cannot."""
    draft = read_policy(intent.body)
    given = form_of(draft) if draft is not None else None
    return PolicyFields(_offset(context), given) if given is not None else None


def _opened(
    context: ProfileContext, form: ChangeForm, parent: QWidget, confirm: Callable[[Change], Intent] | None = None
) -> ChangeDialog:
    dialog = ChangeDialog(context, form, parent, confirm=confirm)
    dialog.open()
    return dialog
