"""The backups: what was made of which resource, when and by whom, and the changes of a single one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from cbr_desktop.domain.backup import Backup
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.states import counted
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.ui.backups.columns import columns, fields
from cbr_desktop.ui.kit.page import Page, Target
from cbr_desktop.ui.kit.tables.column import Column, Field
from cbr_desktop.ui.kit.widgets import verb_buttons
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger, Part


class BackupsPage(Page[Backup]):
    """All backups of the project, newest first as the service lists them.

    Signals:
        deletion_requested: the backup that should be deleted.
        renaming_requested: the backup that should be renamed.
    """

    name = "Backups"
    parts = (Part.BACKUPS, Part.VAULTS)
    hint = "vault:erp by:person age>30d"
    chips = (
        (N_("Made by a person"), "by:person"),
        (N_("Not available"), "-state:available"),
        (N_("Full"), "kind:full"),
        (N_("Expires within a week"), "expires<7d"),
    )

    deletion_requested = Signal(object)
    renaming_requested = Signal(object)

    _VERBS: ClassVar[dict[str, tuple[str, str]]] = {
        "delete": (N_("&Delete…"), N_("See what would be lost, then decide (Del)")),
        "rename": (N_("&Rename…"), N_("Give the backup another name (F2)")),
    }

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(workspace, times, parent)
        self._acts: dict[str, Callable[[], None]] = {"delete": self.delete, "rename": self.rename}
        self.buttons = verb_buttons("backups", self._VERBS, self._acts)
        self.add_actions(self.buttons.values())
        for key, verb in ((Qt.Key.Key_Delete, "delete"), (Qt.Key.Key_F2, "rename")):
            shortcut = QShortcut(QKeySequence(key), self.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self._acts[verb])
        self.view.selection_altered.connect(self._tell_choice)
        self.model.arranged.connect(self._tell_choice)
        self._tell_choice()

    def columns(self) -> Sequence[Column[Backup]]:
        """Return the columns, those of the first start first."""
        return columns(self.place_columns(), self._vault_words, self._times)

    def fields(self) -> Sequence[Field[Backup]]:
        """Return what the filter can ask for."""
        return fields(self.place_fields(), self._vault_words, self._times)

    def rows(self) -> list[Backup]:
        """Return all backups."""
        return list(self._workspace.scope.backups.values())

    def held(self, ledger: Ledger) -> Mapping[Any, Backup]:
        """Return the backups of a ledger."""
        return ledger.backups

    def id_of(self, row: Backup) -> str:
        """Return the id of a backup."""
        return row.id

    def id_and_name(self, row: Backup) -> tuple[str, str]:
        """Return id and name of a backup."""
        return row.id, row.name

    def owners(self, row: Backup) -> list[Ledger]:
        """Return the ledgers that know a backup."""
        return [member for member in self._workspace.scope.members if row.id in member.backups]

    def search_text(self, row: Backup) -> str:
        """Return what words are looked for in."""
        return f"{row.name}\n{row.id}\n{row.resource_name}\n{row.resource_id}\n{row.status}\n{self._vault_words(row)}"

    def target(self) -> Target:
        """Return the vault and the resource of the cursor's backup, where the vault is known."""
        row = self.view.current_row()
        if row is None or row.vault_id not in self._workspace.scope.vaults:
            return (None, ())
        return (row.vault_id, (row.resource_id,))

    def extend_menu(self, menu: QMenu) -> None:
        """Offer what can be done about the selected backup, a checkpoint, and the way to the vault."""
        for verb, act in self._acts.items():
            menu.addAction(self._VERBS[verb][0]).triggered.connect(act)
        menu.addSeparator()
        if self.target()[0] is not None:
            super().extend_menu(menu)
            menu.addAction(_("Show the vault")).triggered.connect(self._wish_vault)

    def delete(self) -> None:
        """Wish for the deletion of the selected backup; of several nothing is done, and that is said."""
        row = self._single(_("Deleting"))
        if row is not None:
            self.deletion_requested.emit(row)

    def rename(self) -> None:
        """Wish for another name of the selected backup."""
        row = self._single(_("Renaming"))
        if row is not None:
            self.renaming_requested.emit(row)

    def _single(self, doing: str) -> Backup | None:
        rows = self.view.selected_rows()
        if len(rows) > 1:
            chosen = counted("{count} backup", "{count} backups", len(rows))
            self.remarked.emit(
                _("{doing} takes one backup at a time; {chosen} are selected. Nothing was done.").format(
                    doing=doing, chosen=chosen
                )
            )
        return rows[0] if len(rows) == 1 else None

    def _tell_choice(self) -> None:
        chosen = bool(self.view.selected_rows())
        for button in self.buttons.values():
            button.setEnabled(chosen)

    def _wish_vault(self) -> None:
        row = self.view.current_row()
        if row is not None:
            self.vault_requested.emit(row.vault_id)

    def _vault_words(self, row: Backup) -> str:
        vault = self._workspace.scope.vaults.get(row.vault_id)
        return vault.name if vault is not None else row.vault_id or NONE
