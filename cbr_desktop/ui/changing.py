"""The windows in which changes are asked for: one for each operation, and the same again for an earlier request."""

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QWidget

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.change import Change, Kind
from cbr_desktop.domain.ids import BackupId, IntentId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.ui.backups.forms import RenameForm, deletion_form
from cbr_desktop.ui.dialogs.checkpoint import CheckpointDialog
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import ChangeForm, FixedForm
from cbr_desktop.ui.profile_context import ProfileContext

_AGAIN: dict[Kind, Callable[[Intent], ChangeForm]] = {
    Kind.DELETE_BACKUP: lambda intent: deletion_form(BackupId(intent.subject.id)),
    Kind.RENAME_BACKUP: lambda intent: RenameForm(BackupId(intent.subject.id), intent.name),
}
"""The form that shows an earlier request, of each operation that has one in the shell of every change."""


def delete_backup(context: ProfileContext, backup: Backup, parent: QWidget) -> ChangeDialog:
    """Ask whether a backup should be deleted."""
    return _opened(context, deletion_form(backup.id), parent)


def rename_backup(context: ProfileContext, backup: Backup, parent: QWidget) -> ChangeDialog:
    """Ask for another name of a backup."""
    return _opened(context, RenameForm(backup.id, backup.name), parent)


def confirm_again(context: ProfileContext, id: IntentId, parent: QWidget) -> ChangeDialog:
    """Ask anew whether a request should go that is held, or of which no trace was found: what it destroys is shown."""

    def confirm(change: Change) -> Intent:
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
        return _opened(context, _AGAIN[intent.change.kind](intent), parent)
    dialog = CheckpointDialog(context, None, (), parent, draft_store=context.draft_store)
    dialog.show_request(intent.body)
    dialog.open()
    return dialog


def _opened(
    context: ProfileContext, form: ChangeForm, parent: QWidget, confirm: Callable[[Change], Intent] | None = None
) -> ChangeDialog:
    dialog = ChangeDialog(context, form, parent, confirm=confirm)
    dialog.open()
    return dialog
