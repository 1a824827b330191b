"""The resources: what is in the vaults and what is in none, and how old the last good backup of each is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from cbr_desktop.domain.association import holder_of
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.vault import ProtectType, ResourceType, Vault
from cbr_desktop.text.catalogue import N_, NN_, _
from cbr_desktop.text.marks import NEUTRAL, NEVER, Mark, Shape, mark
from cbr_desktop.text.states import counted, gb_words, protect_words, shown, status_words
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import NONE, Times, fixed_disks_words, gap_words, mb_words
from cbr_desktop.ui.kit.page import CheckpointTarget, Page
from cbr_desktop.ui.kit.tables.column import AgeField, Column, Field, NumberField, TextField
from cbr_desktop.ui.kit.verbs import Takes, Verb
from cbr_desktop.ui.session.pictures import picture_of
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.gaps import Gap, PolicyGaps, gap_of
from cbr_desktop.workflows.ledger import Ledger, Part, ResourceRow, row_id
from cbr_desktop.workflows.resource_rows import ScopeResourceRows

UNPROTECTED = N_("Unprotected")
UNLISTED = N_("Vault not listed")
REPLICAS = Mark(Shape.RING, Tone.IDLE)


def _protect_hindrance(rows: Sequence[ResourceRow]) -> str:
    """Return why resources cannot be put into one vault, as far as that is seen without asking."""
    if any(row.vault is not None or row.unlisted_vault or row.server_vault is not None for row in rows):
        return _("Of the selected resources some are in a vault already. Choose such as are in none.")
    if len({holder_of(row.resource.type) for row in rows}) > 1:
        return _("Servers, disks and file systems go into vaults of their own. Choose resources of one type.")
    return ""


def _held_hindrance(rows: Sequence[ResourceRow]) -> str:
    """Return why something cannot be done to resources of vaults."""
    if any(row.vault is None for row in rows):
        return _("Of the selected resources some are in no vault that is known. Choose resources of vaults.")
    return ""


def _suspend_hindrance(rows: Sequence[ResourceRow]) -> str:
    is_done = all(not row.resource.auto_protect for row in rows)
    return _held_hindrance(rows) or (_("They are suspended already.") if is_done else "")


def _resume_hindrance(rows: Sequence[ResourceRow]) -> str:
    is_done = all(row.resource.auto_protect for row in rows)
    return _held_hindrance(rows) or (_("None of them is suspended.") if is_done else "")


class ResourcesPage(Page[ResourceRow]):
    """All resources that are in a vault or could be."""

    name = "Resources"
    parts = (Part.VAULTS, Part.PROTECTABLES, Part.BACKUPS, Part.POLICIES)
    is_derived = tells_lookalikes = True
    default_sort = ("name", Qt.SortOrder.AscendingOrder)
    whole_parts = (Part.VAULTS, Part.PROTECTABLES)
    hint = "vault:erp age>2d web"
    console = "SERVERS"
    counts = NN_("{count} resource", "{count} resources")
    chips = (
        (N_("Unprotected"), "vault:unprotected"),
        (N_("Not protectable"), f"why:{Gap.UNFIT}"),
        (N_("Suspended"), f"why:{Gap.SUSPENDED}"),
        (N_("No policy runs"), "why:policy"),
        (N_("No backup for 2 days"), "age>2d"),
    )
    verbs = (
        Verb(
            "protect",
            N_("&Protect…"),
            N_("Put the selected resources into a vault, and apply a policy to it (Ins)"),
            Takes.SEVERAL,
            Qt.Key.Key_Insert,
            hindrance=_protect_hindrance,
        ),
        Verb(
            "create",
            N_("Ne&w vault…"),
            N_("Create a vault that takes the selected resources in"),
            Takes.SEVERAL,
            hindrance=_protect_hindrance,
        ),
        Verb(
            "suspend",
            N_("Suspe&nd…"),
            N_("Have policies leave the selected resources out; their backups stay"),
            Takes.SEVERAL,
            hindrance=_suspend_hindrance,
        ),
        Verb(
            "resume",
            N_("Res&ume…"),
            N_("Have policies back the selected resources up again"),
            Takes.SEVERAL,
            hindrance=_resume_hindrance,
        ),
        Verb(
            "apply",
            N_("Appl&y policy…"),
            N_("Back the vaults of the selected resources up by a policy, in the place of the one that they have"),
            Takes.SEVERAL,
            hindrance=_held_hindrance,
        ),
        Verb(
            "migrate",
            N_("&Migrate…"),
            N_("Move the selected resources with their backups to another vault"),
            Takes.SEVERAL,
            hindrance=_held_hindrance,
        ),
        Verb(
            "dissociate",
            N_("&Dissociate…"),
            N_("Take the selected resources out of their vault, which deletes their backups there (Del)"),
            Takes.SEVERAL,
            Qt.Key.Key_Delete,
            hindrance=_held_hindrance,
        ),
    )

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        self._joined = ScopeResourceRows(workspace.scope)
        self._schedules = PolicyGaps(workspace.scope)
        super().__init__(workspace, times, parent)

    def columns(self) -> Sequence[Column[ResourceRow]]:
        """Return the columns, those of the first start first."""
        times = self._times
        return (
            Column(
                "name",
                _("Name"),
                self.name_words,
                lambda r: r.resource.name,
                32,
                hint=lambda r: r.resource.id,
                middle=True,
            ),
            *self.place_columns(),
            Column(
                "type",
                _("Type"),
                resource_type_words,
                resource_type_words,
                18,
                icon=lambda r: picture_of(r.resource.type),
            ),
            Column("vault", _("Vault"), holder_words, lambda r: r.vault.name if r.vault else None, 20, middle=True),
            Column("state", _("State"), protection_words, protection_words, 24, mark=protection_mark),
            Column("why", _("Why unprotected"), self._why, lambda r: self._why(r) or None, 20),
            Column(
                "size", _("Size"), lambda r: gb_words(r.resource.size_gb), lambda r: r.resource.size_gb, 9, right=True
            ),
            Column(
                "last-good",
                _("Last good backup"),
                lambda r: times.short_age(last_good_at(r)),
                last_good_at,
                14,
                hint=lambda r: times.both(last_good_at(r)),
                copied=lambda r: times.text_and_age(last_good_at(r)),
            ),
            Column(
                "backups",
                _("Backups"),
                lambda r: str(r.resource.backup_count),
                lambda r: r.resource.backup_count,
                8,
                right=True,
                minor=True,
            ),
            Column(
                "backup-size",
                _("Backup size"),
                lambda r: mb_words(r.resource.backup_size_mb),
                lambda r: r.resource.backup_size_mb,
                10,
                right=True,
                minor=True,
            ),
            *_further_columns(),
        )

    def fields(self) -> Sequence[Field[ResourceRow]]:
        """Return what the filter can ask for."""
        return (
            TextField("name", lambda r: r.resource.name),
            TextField("id", lambda r: r.resource.id),
            *self.place_fields(),
            TextField(
                "type",
                lambda r: f"{r.resource.type} {status_words(r.resource.type)}",
                lambda r: status_words(r.resource.type),
            ),
            TextField(
                "vault",
                lambda r: f"{holder_words(r)} {r.vault.id if r.vault else r.unlisted_vault or ''}",
                holder_words,
            ),
            TextField(
                "state",
                lambda r: f"{r.resource.protect_status or ''} {protection_words(r)}",
                lambda r: str(r.resource.protect_status or ""),
            ),
            TextField("why", lambda r: f"{self._gap(r) or ''} {self._why(r)}", lambda r: self._gap(r) or ""),
            NumberField("size", lambda r: r.resource.size_gb, "GB"),
            NumberField("backups", lambda r: r.resource.backup_count),
            AgeField("age", last_good_at, self._times.now),
        )

    def work_out(self) -> Iterator[None]:
        """Join what has changed of the resources."""
        self._schedules.forget()
        return self._joined.follow(self._changes.unseen())

    def _gap(self, row: ResourceRow) -> Gap | None:
        return gap_of(row, self._schedules)

    def _why(self, row: ResourceRow) -> str:
        return gap_words(row, self._schedules)

    def rows(self) -> list[ResourceRow]:
        """Return all resources, those in no vault last."""
        return self._joined.rows

    def held(self, ledger: Ledger) -> Mapping[Any, ResourceRow]:
        """Return the resources of a ledger, as far as they have been joined."""
        return self._joined.of(ledger)

    def is_same(self, before: ResourceRow, row: ResourceRow) -> bool:
        """Tell whether a resource says what it said; its vault is another row, and its last backup another list."""
        return (
            (before.resource is row.resource or before.resource == row.resource)
            and (before.protectable is row.protectable or before.protectable == row.protectable)
            and (before.vault is row.vault or holder_words(before) == holder_words(row))
        )

    def id_of(self, row: ResourceRow) -> str:
        """Return what names a row for good; a resource can be in a backup and in a replication vault."""
        return row_id(row)

    def show_row(self, id: str) -> bool:
        """Select a row by its own id, or the first of the resource of this id."""
        self.catch_up()
        self._pieces.finish()
        row = next((row for row in self.rows() if row.resource.id == id), None)
        return super().show_row(self.id_of(row) if row is not None else id)

    def id_and_name(self, row: ResourceRow) -> tuple[str, str]:
        """Return id and name of a resource."""
        return row.resource.id, row.resource.name

    def owners(self, row: ResourceRow) -> list[Ledger]:
        """Return the ledgers that know a resource."""
        return self._workspace.scope.sighters(row)

    def console_page(self, row: ResourceRow) -> str:
        """Return the page of the servers in the console; there is none for resources of other kinds."""
        return self.console if row.resource.type is ResourceType.SERVER else ""

    def search_text(self, row: ResourceRow) -> str:
        """Return what words are looked for in."""
        resource = row.resource
        return f"{resource.name}\n{resource.id}\n{resource.type}\n{holder_words(row)}\n{protection_words(row)}"

    def target(self) -> CheckpointTarget:
        """Return the vault of the cursor and the selected resources in it: a checkpoint is of one vault."""
        vault = self._target_vault()
        if vault is None:
            return (None, ())
        words = self.target_words()
        if words:
            self.remarked.emit(words)
        return (vault.id, [row.resource.id for row in self.view.selected_rows() if row.vault is vault])

    def targets(self) -> Sequence[tuple[VaultId, Sequence[ResourceId]]]:
        """Return the vaults of the selected resources with these, where the vaults are several."""
        own: dict[VaultId, list[ResourceId]] = {}
        for row in self.view.selected_rows():
            if row.vault is not None:
                own.setdefault(row.vault.id, []).append(row.resource.id)
        return list(own.items()) if len(own) > 1 else ()

    def target_words(self) -> str:
        """Return which of the selected resources a checkpoint would leave out, since it is of one vault."""
        vault, rows = self._target_vault(), self.view.selected_rows()
        if vault is None and any(row.vault is not None for row in rows):
            return _("What is selected is in a vault for replicas, which takes no checkpoint: choose another one.")
        if vault is None:
            return _("What is selected is in no vault that is known: choose one.") if rows else ""
        others = sum(row.vault is not vault for row in rows)
        if not others:
            return ""
        which = counted("{count} selected resource", "{count} selected resources", others)
        return _("A checkpoint is of one vault: {which} outside {current} left out.").format(
            which=which, current=shown(vault.name, 80)
        )

    def _target_vault(self) -> Vault | None:
        """Return the vault of the cursor's resource, or of the first selected one that is in any."""
        current = self.view.current_row()
        rows = [*([current] if current is not None else []), *self.view.selected_rows()]
        return next((row.vault for row in rows if row.vault is not None and row.vault.takes_checkpoints), None)

    def extend_menu(self, menu: QMenu) -> None:
        """Offer a checkpoint, and the way to the vault."""
        current = self.view.current_row()
        if current is not None and current.vault is not None:
            if current.vault.takes_checkpoints:
                super().extend_menu(menu)
            menu.addAction(_("Show the vault")).triggered.connect(self._request_vault)

    def _request_vault(self) -> None:
        current = self.view.current_row()
        if current is not None and current.vault is not None:
            self.vault_requested.emit(current.vault.id)


def resource_type_words(row: ResourceRow) -> str:
    """Return the type of a resource."""
    return status_words(row.resource.type)


def holder_words(row: ResourceRow) -> str:
    """Return the name of a resource's vault, or that it has none that is known."""
    holder = row.vault or row.server_vault
    return holder.name if holder else _(UNLISTED) if row.unlisted_vault else _(UNPROTECTED)


def protection_words(row: ResourceRow) -> str:
    """Return the state of a resource in its vault; what is in no vault is unprotected."""
    if row.vault is None:
        if row.server_vault is not None:
            return _("Attached")
        return _("In a vault") if row.unlisted_vault else _(UNPROTECTED)
    status = row.resource.protect_status
    if status is None and row.vault.protect_type == ProtectType.REPLICATION:
        return _("Replicas only")
    return protect_words(status)


def protection_mark(row: ResourceRow) -> Mark:
    """Return the mark beside the state of a resource."""
    status = row.resource.protect_status
    if row.vault is not None and row.vault.protect_type == ProtectType.REPLICATION and status is None:
        return REPLICAS
    if row.unlisted_vault or row.server_vault is not None:
        return NEUTRAL
    return NEVER if row.vault is None or status is None else mark(status)


def last_good_at(row: ResourceRow) -> datetime | None:
    """Return when the newest available backup of a resource was made."""
    return row.last_good.created_at if row.last_good else None


def protectable_words(row: ResourceRow) -> str:
    """Return what the service says about backing a resource up, before anything is tried."""
    held = row.protectable
    if held is None:
        return NONE
    return (
        _("Can be backed up")
        if held.protectable
        else _("Cannot: {reason}").format(reason=shown(held.reason or held.message or held.code))
    )


def _further_columns() -> tuple[Column[ResourceRow], ...]:
    return (
        Column("id", "ID", lambda r: r.resource.id, lambda r: r.resource.id, 34, shown=False),
        Column(
            "excluded",
            _("Disks"),
            lambda r: fixed_disks_words(r.resource) or NONE,
            lambda r: len(r.resource.exclude_volumes) or -len(r.resource.include_volumes),
            18,
            shown=False,
        ),
        Column(
            "auto-protect",
            _("Auto-protect"),
            lambda r: NONE if r.vault is None else _("On") if r.resource.auto_protect else _("Suspended"),
            lambda r: r.resource.auto_protect if r.vault else None,
            11,
            shown=False,
        ),
        Column("verdict", _("Protectable"), protectable_words, protectable_words, 20, shown=False),
        Column("zone", "AZ", _zone, lambda r: _zone(r) if r.protectable else None, 10, shown=False),
        Column("system", "OS", _system, lambda r: _system(r) if r.protectable else None, 10, shown=False),
        Column("tags", _("Tags"), _tags, lambda r: _tags(r) if r.protectable else None, 16, shown=False),
    )


def _zone(row: ResourceRow) -> str:
    return row.protectable.availability_zone or NONE if row.protectable else NONE


def _system(row: ResourceRow) -> str:
    return row.protectable.os_type or NONE if row.protectable else NONE


def _tags(row: ResourceRow) -> str:
    return ", ".join(shown(tag, 80) for tag in row.protectable.tags) or NONE if row.protectable else NONE
