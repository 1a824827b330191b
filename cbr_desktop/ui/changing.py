"""The windows in which changes are asked for: one for each operation, and the same again for an earlier request."""

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QWidget

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.change import Change, Kind
from cbr_desktop.domain.ids import BackupId, IntentId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.ui.backups.forms import RenameForm, deletion_form
from cbr_desktop.ui.desk import Desk
from cbr_desktop.ui.dialogs.checkpoint import CheckpointDialog
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import ChangeForm, FixedForm

_AGAIN: dict[Kind, Callable[[Intent], ChangeForm]] = {
    Kind.DELETE_BACKUP: lambda intent: deletion_form(BackupId(intent.subject.id)),
    Kind.RENAME_BACKUP: lambda intent: RenameForm(BackupId(intent.subject.id), intent.name),
}
"""The form that shows an earlier request, of each operation that has one in the shell of every change."""


def delete_backup(desk: Desk, backup: Backup, parent: QWidget) -> ChangeDialog:
    """Ask whether a backup should be deleted."""
    return _opened(desk, deletion_form(backup.id), parent)


def rename_backup(desk: Desk, backup: Backup, parent: QWidget) -> ChangeDialog:
    """Ask for another name of a backup."""
    return _opened(desk, RenameForm(backup.id, backup.name), parent)


def confirm_again(desk: Desk, id: IntentId, parent: QWidget) -> ChangeDialog:
    """Ask anew whether a request should go that is held, or of which no trace was found: what it destroys is shown."""

    def confirm(change: Change) -> Intent:
        if desk.ledger.intents[id].state is IntentState.NOT_FOUND:
            return desk.outbox.send_again(id)
        if not desk.outbox.release(id):
            raise ValueError("it is not held any more, or its profile leads elsewhere")
        return desk.ledger.intents[id]

    change = desk.ledger.intents[id].change
    return _opened(desk, FixedForm(change.kind, change), parent, confirm)


def edit_again(desk: Desk, id: IntentId, parent: QWidget) -> QDialog | None:
    """Open a request in its form, to be changed and sent anew; ``None`` when no form can show it."""
    intent = desk.ledger.intents[id]
    if intent.change.kind in _AGAIN:
        return _opened(desk, _AGAIN[intent.change.kind](intent), parent)
    dialog = CheckpointDialog(desk, None, (), parent, shelf=desk.shelf)
    dialog.show_request(intent.body)
    dialog.open()
    return dialog


def _opened(
    desk: Desk, form: ChangeForm, parent: QWidget, confirm: Callable[[Change], Intent] | None = None
) -> ChangeDialog:
    dialog = ChangeDialog(desk, form, parent, confirm=confirm)
    dialog.open()
    return dialog
