"""The policies: when the service makes or replicates backups by itself, how long it keeps them, for which vaults."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from cbr_desktop.domain.policy import Policy
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.marks import GOOD, NEUTRAL, Mark
from cbr_desktop.text.schedules import retention_words, schedule_words
from cbr_desktop.text.states import counted, shown
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.tables.column import Column, Field, NumberField, TextField
from cbr_desktop.ui.kit.widgets import do, verb_buttons
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger, Part

_TYPES = {"backup": N_("Backup"), "replication": N_("Replication")}


class PoliciesPage(Page[Policy]):
    """All policies of the project.

    Signals:
        creation_requested: a new policy is asked for.
        edit_requested, switch_requested, application_requested, removal_requested, deletion_requested: the policy that
            should be changed, enabled or disabled, applied to a vault, removed from one, deleted.
    """

    name = "Policies"
    parts = (Part.POLICIES, Part.VAULTS)
    default_sort = ("name", Qt.SortOrder.AscendingOrder)
    hint = "state:disabled type:backup nightly"
    chips = ((N_("Disabled"), "state:disabled"),)

    creation_requested = Signal()
    edit_requested = Signal(object)
    switch_requested = Signal(object)
    application_requested = Signal(object)
    removal_requested = Signal(object)
    deletion_requested = Signal(object)

    _VERBS: ClassVar[dict[str, tuple[str, str]]] = {
        "create": (N_("&New policy…"), N_("Make a backup policy; it is applied to no vault by that")),
        "edit": (N_("&Edit…"), N_("Change its name, its times or how long it keeps, and see what that deletes (F2)")),
        "switch": (N_("Ena&ble or disable…"), N_("Let it run, or let it do nothing")),
        "apply": (N_("&Apply to a vault…"), N_("Choose a vault that it backs up from then on")),
        "remove": (N_("Re&move from a vault…"), N_("Choose a vault that it leaves alone from then on")),
        "delete": (N_("&Delete…"), N_("See what that means for its vaults, then decide (Del)")),
    }

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(workspace, times, parent)
        self._acts: dict[str, Callable[[], object]] = {
            "create": self.creation_requested.emit,
            "edit": partial(
                self._wish,
                N_("Editing takes one policy at a time; {count} are selected. Nothing was done."),
                self.edit_requested,
            ),
            "switch": partial(
                self._wish,
                N_("Enabling or disabling takes one policy at a time; {count} are selected. Nothing was done."),
                self.switch_requested,
            ),
            "apply": partial(
                self._wish,
                N_("Applying takes one policy at a time; {count} are selected. Nothing was done."),
                self.application_requested,
            ),
            "remove": partial(
                self._wish,
                N_("Removing takes one policy at a time; {count} are selected. Nothing was done."),
                self.removal_requested,
            ),
            "delete": partial(
                self._wish,
                N_("Deleting takes one policy at a time; {count} are selected. Nothing was done."),
                self.deletion_requested,
            ),
        }
        self.buttons = verb_buttons("policies", self._VERBS, self._acts)
        self.add_actions(self.buttons.values())
        for key, verb in ((Qt.Key.Key_Delete, "delete"), (Qt.Key.Key_F2, "edit")):
            shortcut = QShortcut(QKeySequence(key), self.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self._acts[verb])
        self.view.selection_altered.connect(self._tell_choice)
        self.model.arranged.connect(self._tell_choice)
        self._tell_choice()

    def columns(self) -> Sequence[Column[Policy]]:
        """Return the columns, those of the first start first."""
        columns: list[Column[Policy]] = [
            Column("name", _("Name"), self.name_words, lambda p: p.name, 22, hint=lambda p: p.id, middle=True),
            *self.place_columns(),
            Column("state", _("State"), policy_state, policy_state, 11, mark=policy_mark),
            Column("type", _("Type"), policy_type, policy_type, 12),
            Column("runs", _("Runs"), self._schedule, self._schedule, 44),
            Column("keeps", _("Keeps"), retention_words, retention_words, 26),
            Column("vaults", _("Vaults"), self._vaults, lambda p: len(p.vault_ids), 30),
            Column("id", "ID", lambda p: p.id, lambda p: p.id, 34, shown=False),
        ]
        return columns

    def fields(self) -> Sequence[Field[Policy]]:
        """Return what the filter can ask for."""
        fields: list[Field[Policy]] = [
            TextField("name", lambda p: p.name),
            TextField("id", lambda p: p.id),
            *self.place_fields(),
            TextField("state", policy_state),
            TextField("type", lambda p: f"{p.operation_type} {policy_type(p)}"),
            TextField("vault", self._vaults),
            NumberField("vaults", lambda p: len(p.vault_ids)),
        ]
        return fields

    def rows(self) -> list[Policy]:
        """Return all policies."""
        return list(self._workspace.scope.policies.values())

    def held(self, ledger: Ledger) -> Mapping[Any, Policy]:
        """Return the policies of a ledger."""
        return ledger.policies

    def id_of(self, row: Policy) -> str:
        """Return the id of a policy."""
        return row.id

    def id_and_name(self, row: Policy) -> tuple[str, str]:
        """Return id and name of a policy."""
        return row.id, row.name

    def owners(self, row: Policy) -> list[Ledger]:
        """Return the ledgers that know a policy."""
        return [member for member in self._workspace.scope.members if row.id in member.policies]

    def search_text(self, row: Policy) -> str:
        """Return what words are looked for in."""
        return f"{row.name}\n{row.id}\n{self._schedule(row)}\n{self._vaults(row)}"

    def extend_menu(self, menu: QMenu) -> None:
        """Offer what can be done about the selected policy, and a new one."""
        for verb, act in self._acts.items():
            menu.addAction(_(self._VERBS[verb][0])).triggered.connect(partial(do, act))

    def _wish(self, too_many: str, wish: SignalInstance) -> None:
        """Wish for something to be done to the selected policy; of several nothing is done, and that is said."""
        rows = self.view.selected_rows()
        if len(rows) > 1:
            chosen = counted("{count} policy", "{count} policies", len(rows))
            self.remarked.emit(_(too_many).format(count=chosen))
        elif rows:
            wish.emit(rows[0])

    def _tell_choice(self) -> None:
        chosen = bool(self.view.selected_rows())
        for verb, button in self.buttons.items():
            button.setEnabled(chosen or verb == "create")

    def _schedule(self, row: Policy) -> str:
        return schedule_words(row.patterns, local_offset(self._times))

    def _vaults(self, row: Policy) -> str:
        known = self._workspace.scope.vaults
        names = [known[id].name if id in known else str(id) for id in row.vault_ids]
        return ", ".join(shown(name, 80) for name in names) or NONE


def local_offset(times: Times) -> timedelta:
    """Return how far the operator's clock is from UTC now; nothing where times are told in UTC."""
    return timedelta() if times.utc else times.now().astimezone().utcoffset() or timedelta()


def policy_state(policy: Policy) -> str:
    """Return whether a policy does anything."""
    return _("Enabled") if policy.enabled else _("Disabled")


def policy_mark(policy: Policy) -> Mark:
    """Return the mark beside that."""
    return GOOD if policy.enabled else NEUTRAL


def policy_type(policy: Policy) -> str:
    """Return what a policy does in a word; one that this version does not know stays."""
    known = _TYPES.get(policy.operation_type)
    return _(known) if known else shown(policy.operation_type, 40) or NONE
