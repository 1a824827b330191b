"""The policies: when the service makes or replicates backups by itself, how long it keeps them, for which vaults."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from cbr_desktop.domain.policy import BACKUP, POLICIES_LIMIT, Policy
from cbr_desktop.text.catalogue import N_, NN_, _
from cbr_desktop.text.marks import GOOD, NEUTRAL, Mark
from cbr_desktop.text.schedules import (
    full_interval_words,
    next_run_words,
    policy_destination_words,
    retention_words,
    schedule_words,
    used_words,
)
from cbr_desktop.text.states import shown
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.ui.kit.list_page import ListPage
from cbr_desktop.ui.kit.tables.column import Column, Field, NumberField, TextField
from cbr_desktop.ui.kit.verbs import Takes, Verb
from cbr_desktop.ui.policies.calendar import PolicyCalendar
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Part, Reading
from cbr_desktop.workflows.timetable import next_run

_TYPES = {"backup": N_("Backup"), "replication": N_("Replication")}


def _apply_hindrance(rows: Sequence[Policy]) -> str:
    if len(rows) > 1 and any(row.operation_type != BACKUP for row in rows):
        return _("A policy that replicates is applied to one vault at a time. Choose it alone.")
    return ""


_LEAST_ROWS = 3
"""Rows of the table beside the calendar, which has a scroll bar of its own."""


class PoliciesPage(ListPage[Policy]):
    """All policies of the project."""

    name = "Policies"
    parts = (Part.POLICIES, Part.VAULTS)
    is_derived = tells_lookalikes = True
    default_sort = ("name", Qt.SortOrder.AscendingOrder)
    hint = "state:disabled type:backup nightly"
    chips = ((N_("Disabled"), "state:disabled"),)

    verbs = (
        Verb(
            "create",
            N_("&New policy…"),
            N_("Make a backup policy; it is applied to no vault by that"),
            takes=Takes.NOTHING,
        ),
        Verb(
            "edit",
            N_("&Edit…"),
            N_("Change its name, its times or how long it keeps, and see what that deletes (F2)"),
            shortcut=Qt.Key.Key_F2,
            too_many=N_("Editing takes one policy at a time; {count} are selected. Nothing was done."),
        ),
        Verb(
            "copy",
            N_("&Copy…"),
            N_("Make a new policy like this one; it is applied to no vault by that"),
            too_many=N_("Copying takes one policy at a time; {count} are selected. Nothing was done."),
        ),
        Verb(
            "switch",
            N_("Ena&ble or disable…"),
            N_("Let it run, or let it do nothing"),
            too_many=N_("Enabling or disabling takes one policy at a time; {count} are selected. Nothing was done."),
        ),
        Verb(
            "apply",
            N_("&Apply to vaults…"),
            N_("Choose the vaults that the selected policy backs up from then on"),
            takes=Takes.SEVERAL,
            hindrance=_apply_hindrance,
        ),
        Verb(
            "remove",
            N_("Re&move from vaults…"),
            N_("Choose the vaults that the selected policies leave alone from then on"),
            takes=Takes.SEVERAL,
        ),
        Verb(
            "delete",
            N_("&Delete…"),
            N_("See what that means for its vaults, then decide (Del)"),
            shortcut=Qt.Key.Key_Delete,
            too_many=N_("Deleting takes one policy at a time; {count} are selected. Nothing was done."),
        ),
    )
    counts = NN_("{count} policy", "{count} policies")

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(workspace, times, parent)
        self.calendar = PolicyCalendar(workspace, times, self)
        self.calendar.policy_chosen.connect(self.show_row)
        self.calendar.vault_chosen.connect(self.vault_requested)
        self.calendar.lines_requested.connect(self.lines_requested)
        self.view.selection_altered.connect(self._tell_calendar)
        self.model.arranged.connect(self._arrange_calendar)
        self._column.addWidget(self.calendar)
        rows = self.view.verticalHeader().defaultSectionSize() * _LEAST_ROWS
        self.view.setMinimumHeight(self.view.horizontalHeader().sizeHint().height() + rows)

    def columns(self) -> Sequence[Column[Policy]]:
        """Return the columns, those of the first start first."""
        columns: list[Column[Policy]] = [
            Column("name", _("Name"), self.name_words, lambda p: p.name, 22, hint=lambda p: p.id, middle=True),
            *self.place_columns(),
            Column("state", _("State"), policy_state, policy_state, 11, mark=policy_mark),
            Column("type", _("Type"), policy_type, policy_type, 12),
            Column(
                "next",
                _("Next run"),
                lambda p: self._times.text(self._next(p)),
                self._next,
                17,
                hint=lambda p: next_run_words(self._next(p), self._times, self._region(p)),
                whole=True,
            ),
            Column("runs", _("Runs"), self._schedule, self._schedule, 40),
            Column("keeps", _("Keeps"), retention_words, retention_words, 24),
            Column("vaults", _("Vaults"), self._vaults, lambda p: len(p.vault_ids), 26),
            Column("full", _("Full"), full_interval_words, lambda p: p.full_backup_interval, 14, shown=False),
            Column("copies", _("Replicates to"), policy_destination_words, policy_destination_words, 18, shown=False),
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
            TextField("type", lambda p: f"{p.operation_type} {policy_type(p)}", lambda p: p.operation_type),
            TextField("vault", self._vaults),
            NumberField("vaults", lambda p: len(p.vault_ids)),
        ]
        return fields

    def held(self, ledger: Reading) -> Mapping[Any, Policy]:
        """Return the policies of a ledger."""
        return ledger.policies

    def search_text(self, row: Policy) -> str:
        """Return what words are looked for in."""
        return f"{row.name}\n{row.id}\n{self._schedule(row)}\n{self._vaults(row)}"

    def note(self, part: Part) -> None:
        """Take note of a change of the ledger; what tasks and backups tell is in the calendar alone."""
        super().note(part)
        if part in (Part.TASKS, Part.BACKUPS):
            self._arrange_calendar()

    def retell_times(self) -> None:
        """Say times anew, those of the calendar too."""
        super().retell_times()
        self.calendar.retell()

    def age_words(self) -> str:
        """Return how many of the policies are used that there may be, and how old the list is."""
        members = self._workspace.scope.members
        used = ""
        if len(members) == 1:
            own = sum(each.operation_type == BACKUP for each in members[0].policies.values())
            used = used_words(own, POLICIES_LIMIT)
        return " · ".join(filter(None, (used, super().age_words())))

    def extend_menu(self, menu: QMenu) -> None:
        """Offer nothing beside the verbs: a checkpoint is of no policy."""

    def _arrange_calendar(self) -> None:
        """Let the lanes stand as the rows of the table do."""
        rows = [self.model.row_at(place) for place in range(self.model.rowCount())]
        self.calendar.tell(rows)

    def _tell_calendar(self) -> None:
        self.calendar.choose(self.view.current_row())

    def _next(self, row: Policy) -> datetime | None:
        return next_run(row, self._times.now())

    def _region(self, row: Policy) -> str:
        return next((member.profile.region for member in self.owners(row)), "")

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
