"""The backups: what was made of which resource, when and by whom, and the changes of a single one."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.ids import BackupId, VaultId
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.text.catalogue import N_, NN_, _
from cbr_desktop.text.marks import mark
from cbr_desktop.text.states import status_words
from cbr_desktop.text.words import NONE
from cbr_desktop.ui.backups.columns import columns, fields
from cbr_desktop.ui.kit.list_page import ListPage
from cbr_desktop.ui.kit.page import CheckpointTarget
from cbr_desktop.ui.kit.page_timeline import PageTimeline
from cbr_desktop.ui.kit.tables.column import IDS, Column, Field
from cbr_desktop.ui.kit.timeline import TimelineLane
from cbr_desktop.ui.kit.verbs import Takes, Verb
from cbr_desktop.workflows.backup_reading import BackupReader, shares_changed
from cbr_desktop.workflows.ledger import Part, Reading


def share_hindrance(rows: Sequence[Backup]) -> str:
    """Return why none of some backups can be shared by what it is, empty where one can be."""
    return _hindrance([_unshareable(row) for row in rows])


def replication_hindrance(rows: Sequence[Backup]) -> str:
    """Return why none of some backups can be replicated by what it is, empty where one can be."""
    return _hindrance([_unreplicable(row) for row in rows])


def _hindrance(reasons: Sequence[str]) -> str:
    return reasons[0] if reasons and all(reasons) else ""


def _unshareable(backup: Backup) -> str:
    if backup.traits.encrypted:
        return _("It holds encrypted disks, and no such backup can be shared.")
    if backup.resource_type not in (ResourceType.SERVER, ResourceType.DISK):
        return _("Only backups of servers can be shared.")
    return ""


def _unreplicable(backup: Backup) -> str:
    if backup.image_type == "replication":
        return _("It is a replica, and these are not replicated again.")
    return "" if backup.resource_type == ResourceType.SERVER else _("Only backups of servers are replicated.")


class BackupsPage(ListPage[Backup]):
    """All backups of the project, newest first as the service lists them."""

    _timeline: PageTimeline
    _is_utc: bool
    _vault_names: Mapping[VaultId, str]
    """By the ids of the vaults that are known, since a hundred thousand cells look them up."""
    _shares: Sequence[tuple[BackupReader, Mapping[BackupId, datetime]]]
    """What tells with how many projects backups are shared, and when that was changed last, of each profile."""
    name = "Backups"
    parts = (Part.BACKUPS, Part.VAULTS)
    is_derived = True
    whole_parts = (Part.BACKUPS,)
    hint = "vault:erp by:person age>30d"
    console = "BACKUP"
    chips = (
        (N_("Made by a person"), "by:person"),
        (N_("Not available"), "-state:available"),
        (N_("Expires within a week"), "expires<7d"),
    )
    verbs = (
        Verb(
            "delete",
            N_("&Delete…"),
            N_("See what would be lost, then decide (Del)"),
            takes=Takes.SEVERAL,
            shortcut=Qt.Key.Key_Delete,
        ),
        Verb(
            "rename",
            N_("&Rename…"),
            N_("Give the backup another name (F2)"),
            shortcut=Qt.Key.Key_F2,
            too_many=N_("Renaming takes one backup at a time; {count} are selected. Nothing was done."),
        ),
        Verb(
            "restore",
            N_("Re&store…"),
            N_("Rehearse a restore: see what would be written over; nothing is sent by that"),
            too_many=N_("A restore is of one backup at a time; {count} are selected. Nothing was done."),
        ),
        Verb(
            "cleanup",
            N_("Clean &up…"),
            N_("Find backups made by persons that nobody needs any more, by a rule that you write"),
            takes=Takes.ALL,
        ),
        Verb(
            "share",
            N_("Share w&ith…"),
            N_("Offer backups to other projects of the region, and see whom one is shared with"),
            takes=Takes.SEVERAL,
            hindrance=share_hindrance,
        ),
        Verb("withdraw", N_("E&nd share…"), N_("Take the backup away from a project that it is shared with")),
        Verb(
            "replicate",
            N_("Re&plicate…"),
            N_("Copy backups to a vault of another region"),
            takes=Takes.SEVERAL,
            hindrance=replication_hindrance,
        ),
        Verb(
            "offers",
            N_("Shared with &this project…"),
            N_("See what other projects share with this one, and accept or reject it"),
            Takes.NOTHING,
        ),
    )
    counts = NN_("{count} backup", "{count} backups")

    def columns(self) -> Sequence[Column[Backup]]:
        """Return the columns, those of the first start first."""
        return columns(self.place_columns(), self._vault_words, self._shared_count, self._times)

    def fields(self) -> Sequence[Field[Backup]]:
        """Return what the filter can ask for."""
        return fields(self.place_fields(), self._vault_words, self._shared_count, self._times)

    def rows(self) -> list[Backup]:
        """Return all backups, have their days counted, and take note of what their cells look up."""
        held = self._workspace.scope.backups
        self._vault_names = {id: vault.name for id, vault in self._workspace.scope.vaults.items()}
        self._shares = [
            (context.backup_reader, shares_changed(context.ledger.intents.values()))
            for context in self._workspace.shown_contexts
            if context.backup_reader is not None
        ]
        rows = list(held.values())
        self._timeline.take(held, len(rows), lambda: ((row.created_at, row.status) for row in rows))
        return rows

    def areas(self) -> list[QWidget]:
        """Return the timeline, where it is shown, and the table."""
        return [self.view] if self._timeline.strip.isHidden() else [self._timeline.strip, self.view]

    def retell_times(self) -> None:
        """Say ages and times anew; another day may have begun, or days may begin at another time."""
        super().retell_times()
        self._tell_days()

    def catch_up(self) -> None:
        """Take over what has changed while the page was not seen."""
        super().catch_up()
        self._tell_days()

    def _tell_days(self) -> None:
        self._timeline.look()
        if self._is_utc != self._times.utc:
            self._is_utc = self._times.utc
            self._apply_filter()

    def _build(self) -> None:
        super()._build()
        self._is_utc = self._times.utc
        self._vault_names, self._shares = {}, []
        self._timeline = PageTimeline(
            self.name, "made", self.filter, self._workspace.settings, self._times, _lane, self
        )
        self._column.insertWidget(self._column.indexOf(self.view), self._timeline.strip)
        self._above = [self._timeline.strip]
        self.head.add_tool(self._timeline.toggle)

    def held(self, ledger: Reading) -> Mapping[Any, Backup]:
        """Return the backups of a ledger."""
        return ledger.backups

    def search_text(self, row: Backup) -> str:
        """Return what words are looked for in; ids come last, since names are what is mostly looked for."""
        words = f"{row.name}\n{row.resource_name}\n{self._vault_words(row)}\n{row.status}"
        return f"{words}{IDS}{row.id}\n{row.resource_id}"

    def beside_rows(self) -> object:
        """Return the names of the vaults."""
        return self._vault_names

    def target(self) -> CheckpointTarget:
        """Return the vault and the resource of the cursor's backup, where its vault is known and takes one."""
        row = self.view.current_row()
        vault = self._workspace.scope.vaults.get(row.vault_id) if row is not None else None
        if row is None or vault is None or not vault.takes_checkpoints:
            return (None, ())
        return (row.vault_id, (row.resource_id,))

    def extend_menu(self, menu: QMenu) -> None:
        """Offer a checkpoint, and the way to the vault."""
        if self.target()[0] is not None:
            super().extend_menu(menu)
        row = self.view.current_row()
        if row is not None and row.vault_id in self._workspace.scope.vaults:
            menu.addAction(_("Show the vault")).triggered.connect(self._wish_vault)

    def _wish_vault(self) -> None:
        row = self.view.current_row()
        if row is not None:
            self.vault_requested.emit(row.vault_id)

    def _shared_count(self, row: Backup) -> int | None:
        """Return with how many projects a backup is shared, ``None`` until that is read."""
        counts = (reader.shared_with(row.id, changed.get(row.id)) for reader, changed in self._shares)
        return next((count for count in counts if count is not None), None)

    def _vault_words(self, row: Backup) -> str:
        return self._vault_names.get(row.vault_id) or row.vault_id or NONE


def _lane(status: Hashable) -> TimelineLane:
    """Return the lane of a state in the timeline."""
    return TimelineLane(mark(status), status_words(status))
