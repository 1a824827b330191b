"""The backups: what was made of which resource, when and by whom, and the changes of a single one."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.region import ConsolePage
from cbr_desktop.text.catalogue import N_, NN_, _
from cbr_desktop.text.marks import mark
from cbr_desktop.text.states import gb_words, state_words, status_words
from cbr_desktop.text.words import NONE
from cbr_desktop.ui.kit.list_page import ListPage
from cbr_desktop.ui.kit.page import Target
from cbr_desktop.ui.kit.tables.column import AgeField, Column, Field, NumberField, TextField
from cbr_desktop.ui.kit.verbs import Verb
from cbr_desktop.ui.session.pictures import picture_of
from cbr_desktop.workflows.ledger import Part, Reading


class BackupsPage(ListPage[Backup]):
    """All backups of the project, newest first as the service lists them."""

    name = "Backups"
    parts = (Part.BACKUPS, Part.VAULTS)
    hint = "vault:erp by:person age>30d"
    console_page = ConsolePage.BACKUP
    chips = ((N_("Made by a person"), "by:person"), (N_("Not available"), "-state:available"))

    verbs = (
        Verb(
            "delete",
            N_("&Delete…"),
            N_("See what would be lost, then decide (Del)"),
            shortcut=Qt.Key.Key_Delete,
            too_many=N_("Deleting takes one backup at a time; {count} are selected. Nothing was done."),
        ),
        Verb(
            "rename",
            N_("&Rename…"),
            N_("Give the backup another name (F2)"),
            shortcut=Qt.Key.Key_F2,
            too_many=N_("Renaming takes one backup at a time; {count} are selected. Nothing was done."),
        ),
    )
    counts = NN_("{count} backup", "{count} backups")

    def columns(self) -> Sequence[Column[Backup]]:
        """Return the columns, those of the first start first."""
        times = self._times
        columns: list[Column[Backup]] = [
            Column(
                "name",
                _("Name"),
                lambda b: b.name or NONE,
                lambda b: b.name or None,
                24,
                hint=lambda b: b.id,
                middle=True,
            ),
            *self.place_columns(),
            Column(
                "state",
                _("State"),
                lambda b: state_words(b.status),
                lambda b: state_words(b.status),
                18,
                mark=lambda b: mark(b.status),
            ),
            Column(
                "resource",
                _("Resource"),
                resource_words,
                resource_words,
                20,
                hint=lambda b: b.resource_id,
                icon=lambda b: picture_of(b.resource_type),
                middle=True,
            ),
            Column(
                "vault", _("Vault"), self._vault_words, self._vault_words, 18, hint=lambda b: b.vault_id, middle=True
            ),
            Column(
                "made",
                _("Made"),
                lambda b: times.short_age(b.created_at),
                lambda b: b.created_at,
                14,
                hint=lambda b: times.both(b.created_at),
                copied=lambda b: times.text_and_age(b.created_at),
            ),
            Column("by", _("By"), maker_words, maker_words, 10),
            Column(
                "expires",
                _("Kept until"),
                lambda b: times.text(b.expires_at) if b.expires_at else _("Until deleted"),
                lambda b: b.expires_at,
                20,
                hint=lambda b: times.both(b.expires_at),
                whole=True,
            ),
            Column(
                "type",
                _("Resource type"),
                lambda b: status_words(b.resource_type),
                lambda b: status_words(b.resource_type),
                16,
                shown=False,
            ),
            Column(
                "size",
                _("Resource size"),
                lambda b: gb_words(b.resource_size_gb),
                lambda b: b.resource_size_gb,
                11,
                shown=False,
                right=True,
            ),
            Column("kind", _("Full"), full_words, full_words, 12, shown=False),
            Column(
                "checkpoint",
                _("Checkpoint"),
                lambda b: b.checkpoint_id or NONE,
                lambda b: b.checkpoint_id,
                34,
                shown=False,
            ),
            Column("id", "ID", lambda b: b.id, lambda b: b.id, 34, shown=False),
        ]
        return columns

    def fields(self) -> Sequence[Field[Backup]]:
        """Return what the filter can ask for."""
        fields: list[Field[Backup]] = [
            TextField("name", lambda b: b.name),
            TextField("id", lambda b: b.id),
            *self.place_fields(),
            TextField("state", lambda b: f"{b.status} {status_words(b.status)}"),
            TextField("resource", lambda b: f"{b.resource_name} {b.resource_id}"),
            TextField("type", lambda b: f"{b.resource_type} {status_words(b.resource_type)}"),
            TextField("vault", lambda b: f"{self._vault_words(b)} {b.vault_id}"),
            TextField("by", maker_words),
            TextField("checkpoint", lambda b: b.checkpoint_id or ""),
            NumberField("size", lambda b: b.resource_size_gb, "GB"),
            AgeField("age", lambda b: b.created_at, self._times.now),
        ]
        return fields

    def held(self, ledger: Reading) -> Mapping[Any, Backup]:
        """Return the backups of a ledger."""
        return ledger.backups

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
        """Offer a checkpoint, and the way to the vault."""
        if self.target()[0] is not None:
            super().extend_menu(menu)
            menu.addAction(_("Show the vault")).triggered.connect(self._wish_vault)

    def _wish_vault(self) -> None:
        row = self.view.current_row()
        if row is not None:
            self.vault_requested.emit(row.vault_id)

    def _vault_words(self, row: Backup) -> str:
        vault = self._workspace.scope.vaults.get(row.vault_id)
        return vault.name if vault is not None else row.vault_id or NONE


def resource_words(backup: Backup) -> str:
    """Return the resource that a backup is of, by name where it has one."""
    return backup.resource_name or backup.resource_id or NONE


def maker_words(backup: Backup) -> str:
    """Return who made a backup."""
    return _("Policy") if backup.auto else _("A person")


def full_words(backup: Backup) -> str:
    """Return whether a backup is a full one."""
    return _("Incremental") if backup.incremental else _("Full")
