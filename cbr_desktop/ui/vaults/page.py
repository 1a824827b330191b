"""The vaults: what each holds, how full it is, and when something in it was last backed up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.vault import RESOURCES_PER_VAULT, ProtectType, Vault, VaultKind
from cbr_desktop.text.catalogue import N_, NN_, NP_, _, listed, pgettext
from cbr_desktop.text.enterprise_projects import enterprise_project_words
from cbr_desktop.text.marks import NEVER, Mark, Shape, mark
from cbr_desktop.text.states import counted, gb_words, quoted, shown, state_words, status_words
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import (
    NONE,
    Times,
    billing_words,
    explain_vault,
    level_words,
    redundancy_words,
    share_words,
    use_words,
)
from cbr_desktop.ui.kit.list_page import ListPage
from cbr_desktop.ui.kit.page import CheckpointTarget
from cbr_desktop.ui.kit.tables.column import AgeField, Column, Field, Gauge, NumberField, TextField
from cbr_desktop.ui.kit.verbs import Takes, Verb
from cbr_desktop.ui.session.pictures import picture_of
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.derived import NewestBackups, is_good
from cbr_desktop.workflows.ledger import Part, Reading

if TYPE_CHECKING:  # the first paint comes before these are imported
    from PySide6.QtWidgets import QMenu

    from cbr_desktop.domain.policy import Policy


class VaultIndex:
    """What the ledger knows of vaults beyond the vaults themselves, joined once per change and looked up by id."""

    def __init__(self, ledger: Reading) -> None:
        self._ledger = ledger
        self._policies_of: tuple[object, dict[VaultId, list[Policy]]] = (None, {})
        self._newest: NewestBackups[VaultId] = NewestBackups(_vault_of)
        self._backups_of: tuple[object, dict[VaultId, list[Backup]]] = (None, {})

    def policies(self, vault: Vault) -> "list[Policy]":
        """Return the policies of a vault."""
        if self._policies_of[0] is not self._ledger.policies:
            joined: dict[VaultId, list[Policy]] = {}
            for policy in self._ledger.policies.values():
                for id in policy.vault_ids:
                    joined.setdefault(id, []).append(policy)
            self._policies_of = (self._ledger.policies, joined)
        return self._policies_of[1].get(vault.id, [])

    def backups(self, vault: Vault) -> Sequence[Backup]:
        """Return the backups in a vault."""
        if self._backups_of[0] is not self._ledger.backups:
            joined: dict[VaultId, list[Backup]] = {}
            for backup in self._ledger.backups.values():
                joined.setdefault(backup.vault_id, []).append(backup)
            self._backups_of = (self._ledger.backups, joined)
        return self._backups_of[1].get(vault.id, [])

    def follow(self) -> Iterator[None]:
        """Take over which backup is the newest in each vault, in pieces."""
        if self._backups_of[0] is not self._ledger.backups:
            self._backups_of = (None, {})  # it would keep the rows of before
        yield from self._newest.follow(self._ledger.backups)

    def last_good_at(self, vault: Vault) -> datetime | None:
        """Return when the newest available backup in a vault was made, by what was taken over last."""
        backup = self._newest.found.get(vault.id)
        return backup.created_at if backup else None

    def last_good_now(self, vault: Vault) -> datetime | None:
        """Return the same by what the ledger has now, for a single vault."""
        good = [each.created_at for each in self.backups(vault) if is_good(each)]
        return max((at for at in good if at is not None), default=None)

    def enterprise_project_words(self, vault: Vault) -> str:
        """Return the enterprise project of a vault by its name, by its id while the name is not known."""
        return enterprise_project_words(vault.enterprise_project_id, self._ledger.enterprise_projects)

    def policy_words(self, vault: Vault) -> str:
        """Return the names of a vault's policies, and which of them do nothing."""
        names = [
            shown(p.name, 80) if p.enabled else _("{name} (disabled)").format(name=shown(p.name, 80))
            for p in self.policies(vault)
        ]
        return listed(names) or (_("None") if self._ledger.freshness[Part.POLICIES].as_of else NONE)


def _vault_of(backup: Backup) -> VaultId:
    return backup.vault_id


def _lock_hindrance(rows: Sequence[Vault]) -> str:
    return _("It is locked already.") if any(row.worm_locked for row in rows) else ""


def _replication_hindrance(rows: Sequence[Vault]) -> str:
    if any(row.protect_type == ProtectType.REPLICATION for row in rows):
        return _("It holds replicas, and these are not replicated again.")
    return _("Only backups of servers are replicated.") if any(row.kind != VaultKind.SERVER for row in rows) else ""


def _suspend_hindrance(rows: Sequence[Vault]) -> str:
    is_found = any(each.auto_protect for row in _taking_backups(rows) for each in row.resources)
    return "" if is_found else _("There is no resource in it that a policy would back up.")


def _resume_hindrance(rows: Sequence[Vault]) -> str:
    is_found = any(not each.auto_protect for row in _taking_backups(rows) for each in row.resources)
    return "" if is_found else _("No resource in it is suspended.")


def _taking_backups(rows: Sequence[Vault]) -> list[Vault]:
    return [row for row in rows if row.protect_type != ProtectType.REPLICATION]


class VaultsPage(ListPage[Vault]):
    """All vaults of the project."""

    name = "Vaults"
    parts = (Part.VAULTS, Part.POLICIES, Part.BACKUPS)
    is_derived = tells_lookalikes = True
    default_sort = ("name", Qt.SortOrder.AscendingOrder)
    whole_parts = (Part.VAULTS,)
    hint = "type:server used>80 web"
    console = "BACKUP"
    counts = NN_("{count} vault", "{count} vaults")
    verbs = (
        Verb(
            "create",
            N_("&New vault…"),
            N_("Create a vault that is paid by use, with its first resources and its policy"),
            takes=Takes.NOTHING,
        ),
        Verb(
            "edit",
            N_("Chan&ge…"),
            N_("Give the selected vault another name, size or specification; of several, their settings (F2)"),
            takes=Takes.SEVERAL,
            shortcut=Qt.Key.Key_F2,
        ),
        Verb(
            "associate",
            N_("Associate &resources…"),
            N_("Put resources that are in no vault into the selected one (Ins)"),
            shortcut=Qt.Key.Key_Insert,
        ),
        Verb("tags", N_("&Tags…"), N_("Set tags of the selected vaults, or delete some of one"), takes=Takes.SEVERAL),
        Verb(
            "replicate",
            N_("Re&plicate…"),
            N_("Copy the backups that have no replica there yet to a vault of another region"),
            hindrance=_replication_hindrance,
        ),
        Verb(
            "apply",
            N_("Appl&y policy…"),
            N_("Back the selected vaults up by a policy, in the place of the one that they have"),
            takes=Takes.SEVERAL,
        ),
        Verb(
            "remove",
            N_("Remo&ve policy…"),
            N_("Have the selected vaults backed up by a policy no longer; their backups stay"),
            takes=Takes.SEVERAL,
        ),
        Verb(
            "suspend",
            N_("&Suspend…"),
            N_("Have policies leave all resources of the selected vaults out; their backups stay"),
            takes=Takes.SEVERAL,
            hindrance=_suspend_hindrance,
        ),
        Verb(
            "resume",
            N_("Res&ume…"),
            N_("Have policies back all resources of the selected vaults up again"),
            takes=Takes.SEVERAL,
            hindrance=_resume_hindrance,
        ),
        Verb(
            "expire",
            N_("E&xpiry of backups…"),
            N_("Set the day on which the backups of the selected vault expire, all of them at once"),
        ),
        Verb(
            "enterprise",
            N_("Enterprise pro&ject…"),
            N_("Put the selected vault into another enterprise project: who may see it follows that"),
        ),
        Verb(
            "lock",
            N_("&Lock…"),
            N_("Keep its automatic backups from being deleted before they expire (WORM); this can never be undone"),
            hindrance=_lock_hindrance,
        ),
        Verb(
            "all",
            N_("T&hresholds of all…"),
            N_("Change threshold or notification of all vaults of the project at once"),
            takes=Takes.NOTHING,
        ),
        Verb(
            "delete",
            N_("&Delete…"),
            N_("Delete the selected vaults with all their backups, for good (Del)"),
            takes=Takes.SEVERAL,
            shortcut=Qt.Key.Key_Delete,
        ),
    )
    chips = (
        (N_("Over 80 % full"), "used>80"),
        (N_("Not available"), "-state:available"),
        (N_("No backup for 2 days"), "age>2d"),
    )

    def __init__(
        self, workspace: Workspace, times: Times, vault_index: VaultIndex, parent: QWidget | None = None
    ) -> None:
        self._vault_index = vault_index
        super().__init__(workspace, times, parent)

    def note(self, part: Part) -> None:
        """Take note of a change of the ledger; the names of enterprise projects make no other rows."""
        if part is Part.ENTERPRISE_PROJECTS:
            self.view.viewport().update()
        super().note(part)

    def columns(self) -> Sequence[Column[Vault]]:
        """Return the columns, those of the first start first."""
        vault_index, times = self._vault_index, self._times
        return (
            Column("name", _("Name"), self.name_words, lambda v: v.name, 20, hint=lambda v: v.id, middle=True),
            *self.place_columns(),
            Column(
                "kind", _("Kind"), vault_kind_words, vault_kind_words, 9, icon=lambda v: picture_of(v.kind), minor=True
            ),
            Column(
                "state",
                _("State"),
                lambda v: state_words(v.status),
                lambda v: state_words(v.status),
                26,
                mark=lambda v: mark(v.status),
                hint=explain_vault,
            ),
            Column(
                "used",
                _("Used / total"),
                lambda v: f"{share_words(v.used_percent) if v.size_gb else NONE} · {use_words(v)}",
                lambda v: v.used_percent if v.size_gb else None,
                24,
                gauge=lambda v: Gauge(v.used_percent, v.threshold_percent) if v.size_gb else None,
                hint=_room_words,
            ),
            Column(
                "last-good",
                _("Last good backup"),
                lambda v: times.short_age(vault_index.last_good_at(v)),
                vault_index.last_good_at,
                14,
                hint=lambda v: times.both(vault_index.last_good_at(v)),
                copied=lambda v: times.text_and_age(vault_index.last_good_at(v)),
            ),
            Column("policy", _("Policy"), vault_index.policy_words, lambda v: vault_index.policy_words(v) or None, 20),
            Column(
                "resources",
                _("Resources"),
                lambda v: _("{count} of {total}").format(count=len(v.resources), total=RESOURCES_PER_VAULT),
                lambda v: len(v.resources),
                10,
                right=True,
            ),
            *_further_columns(times, vault_index),
        )

    def fields(self) -> Sequence[Field[Vault]]:
        """Return what the filter can ask for."""
        return (
            TextField("name", lambda v: v.name),
            TextField("id", lambda v: v.id),
            *self.place_fields(),
            TextField("type", lambda v: f"{v.kind} {vault_kind_words(v)} {v.protect_type}", lambda v: str(v.kind)),
            TextField("state", lambda v: f"{v.status} {status_words(v.status)}", lambda v: str(v.status)),
            TextField("policy", self._vault_index.policy_words),
            TextField("tag", lambda v: tag_words(v)),
            NumberField("used", lambda v: v.used_percent if v.size_gb else None, "%"),
            NumberField("size", lambda v: v.size_gb, "GB"),
            NumberField("free", lambda v: v.free_gb, "GB"),
            NumberField("resources", lambda v: len(v.resources)),
            AgeField("age", self._vault_index.last_good_at, self._times.now),
        )

    def work_out(self) -> Iterator[None]:
        """Find the newest backup in each vault."""
        return self._vault_index.follow()

    def held(self, ledger: Reading) -> Mapping[Any, Vault]:
        """Return the vaults of a ledger."""
        return ledger.vaults

    def search_text(self, row: Vault) -> str:
        """Return what words are looked for in; the names of its resources find a vault as well."""
        resources = "\n".join(resource.name for resource in row.resources)
        return f"{row.name}\n{row.id}\n{row.status}\n{row.kind}\n{row.description}\n{tag_words(row)}\n{resources}"

    def target(self) -> CheckpointTarget:
        """Return the vault of the cursor, unless it holds replicas."""
        row = self.view.current_row()
        return (row.id if row and row.takes_checkpoints else None, ())

    def targets(self) -> Sequence[tuple[VaultId, Sequence[ResourceId]]]:
        """Return the selected vaults, where they are several."""
        rows = self.view.selected_rows()
        return [(row.id, ()) for row in rows] if len(rows) > 1 else ()

    def extend_menu(self, menu: "QMenu") -> None:
        """Offer a checkpoint, where one can be made."""
        if self.targets() or self.target()[0] is not None:
            super().extend_menu(menu)

    def target_words(self) -> str:
        """Return which of several selected vaults a checkpoint would be of, or why it is of none."""
        row, count = self.view.current_row(), len(self.view.selected_rows())
        if row is None:
            return ""
        which = quoted(row.name, 80)
        if not row.takes_checkpoints:
            return _("Vault {which} holds replicas and takes no checkpoint: choose another one.").format(which=which)
        if count < 2:
            return ""
        chosen = counted("{count} vault", "{count} vaults", count)
        return _("{vaults} are selected; a checkpoint is of one vault: this form is for {which}.").format(
            vaults=chosen, which=which
        )


_KINDS = {
    VaultKind.SERVER: NP_("what a vault holds", "Server"),
    VaultKind.DISK: NP_("what a vault holds", "Disk"),
    VaultKind.TURBO: NP_("what a vault holds", "SFS Turbo"),
    VaultKind.WORKSPACE: NP_("what a vault holds", "Desktop"),
    VaultKind.VMWARE: NP_("what a vault holds", "VMware"),
    VaultKind.RDS: NP_("what a vault holds", "Database"),
    VaultKind.FILE: NP_("what a vault holds", "File"),
}


def vault_kind_words(vault: Vault) -> str:
    """Return what a vault holds, in one word where the service's name is known."""
    return pgettext(*_KINDS[vault.kind]) if isinstance(vault.kind, VaultKind) else status_words(vault.kind)


def tag_words(vault: Vault) -> str:
    """Return the tags of a vault: ``env=prod, team=erp``."""
    tags = ((shown(key, 60), shown(value, 80)) for key, value in vault.tags.items())
    return ", ".join(f"{key}={value}" if value else key for key, value in tags)


def _further_columns(times: Times, vault_index: VaultIndex) -> tuple[Column[Vault], ...]:
    def yes(value: bool) -> str:
        return _("Yes") if value else _("No")

    locked = Mark(Shape.SQUARE, Tone.WARN)
    return (
        Column("id", "ID", lambda v: v.id, lambda v: v.id, 34, shown=False),
        Column(
            "protect-type",
            _("Protection"),
            lambda v: status_words(v.protect_type),
            lambda v: status_words(v.protect_type),
            12,
            shown=False,
        ),
        Column("free", _("Free"), lambda v: gb_words(v.free_gb), lambda v: v.free_gb, 10, shown=False, right=True),
        Column(
            "allocated",
            _("Allocated"),
            lambda v: gb_words(v.allocated_gb),
            lambda v: v.allocated_gb,
            10,
            shown=False,
            right=True,
        ),
        Column(
            "locking",
            _("Backup locking"),
            lambda v: _("Locked (WORM)") if v.worm_locked else _("Off"),
            lambda v: v.worm_locked,
            14,
            shown=False,
            mark=lambda v: locked if v.worm_locked else NEVER_LOCKED,
        ),
        Column("auto-expand", _("Auto expand"), lambda v: yes(v.auto_expand), lambda v: v.auto_expand, 10, shown=False),
        Column(
            "threshold",
            _("Threshold"),
            lambda v: f"{v.threshold_percent} %",
            lambda v: v.threshold_percent,
            9,
            shown=False,
            right=True,
        ),
        Column(
            "specification",
            _("Specification"),
            lambda v: level_words(v.consistent_level),
            lambda v: v.consistent_level or None,
            16,
            shown=False,
        ),
        Column(
            "redundancy",
            _("Redundancy"),
            redundancy_words,
            lambda v: v.multi_az,
            10,
            shown=False,
        ),
        Column(
            "billing",
            _("Billing"),
            lambda v: billing_words(v.charging_mode),
            lambda v: v.charging_mode or None,
            10,
            shown=False,
        ),
        Column(
            "enterprise-project",
            _("Enterprise project"),
            vault_index.enterprise_project_words,
            vault_index.enterprise_project_words,
            16,
            shown=False,
        ),
        Column("tags", _("Tags"), lambda v: tag_words(v) or NONE, lambda v: tag_words(v) or None, 20, shown=False),
        Column(
            "description",
            _("Description"),
            lambda v: v.description or NONE,
            lambda v: v.description or None,
            24,
            shown=False,
        ),
        Column(
            "created",
            _("Created"),
            lambda v: times.text(v.created_at),
            lambda v: v.created_at,
            18,
            shown=False,
            hint=lambda v: times.both(v.created_at),
        ),
    )


NEVER_LOCKED = Mark(NEVER.shape, Tone.IDLE)


def _room_words(vault: Vault) -> str:
    if vault.free_gb < 0:
        return _("Over-full by {size}").format(size=gb_words(-vault.free_gb))
    return _("{free_gb} free, threshold {threshold_percent} %").format(
        free_gb=gb_words(vault.free_gb), threshold_percent=vault.threshold_percent
    )
