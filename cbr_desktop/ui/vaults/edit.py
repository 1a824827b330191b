"""The form of a vault that there is: what is changed of it, and nothing else."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QLineEdit

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.vault import LARGEST_GB, Growth, Vault, VaultKind, VaultUse, growth_of
from cbr_desktop.domain.vault_changes import (
    APP_CONSISTENT,
    CRASH_CONSISTENT,
    PRE_PAID,
    VaultUpdate,
    expanded_gb,
    updated,
)
from cbr_desktop.text.catalogue import _, ngettext, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.states import counted, gb_words, grouped, percent_words
from cbr_desktop.ui.kit.fields import column, fields, number, row, tick
from cbr_desktop.ui.kit.lines import NoWheelComboBox, label
from cbr_desktop.ui.kit.links import open_console
from cbr_desktop.ui.kit.pair_table import PairTable
from cbr_desktop.ui.kit.stepwise import Stepwise
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.operations.form import ChangeForm

ReadAgents = Callable[[VaultId], Coroutine[Any, Any, None]]
"""Reads which servers of a vault have the agent for application consistency."""
ReadUse = Callable[[VaultId], Coroutine[Any, Any, list[VaultUse]]]
"""Reads how full a vault was, day by day."""
_FAR_DAYS = 3650
"""Days beyond which it is not told any more when a vault is full."""


class VaultEditForm(Stepwise, ChangeForm):
    """Asks for another name, size, specification or behaviour of a vault; ``asked`` is what was asked for before.

    Where application consistency is chosen, it says which servers have the agent for it: ``read_agents`` asks. Of what
    ``read_use`` tells it is said when the vault is full. ``console`` is where the console changes what is a matter of
    orders, empty if not known.
    """

    kind = Kind.UPDATE_VAULT

    def __init__(
        self,
        vault: Vault,
        asked: VaultUpdate | None = None,
        read_agents: ReadAgents | None = None,
        read_use: ReadUse | None = None,
        console: str = "",
    ) -> None:
        super().__init__()
        self._vault = vault
        self._console = console
        self._read_agents = read_agents
        self._tasks = TaskOwner(self)
        self._tasks.failed.connect(self._tell_trouble)
        self._read_use = read_use
        self._history = TaskOwner(self)
        self._growth: Growth | None = None
        self.setObjectName("vaultEditForm")
        self._begins_with = updated(vault, asked) if asked is not None else vault

    def build(self) -> Iterator[None]:
        """Make the fields, and show in them what they begin with."""
        self._make_fields()
        yield
        self._lay_out()
        yield
        self._show(self._begins_with)
        self._connect()
        self._tell()

    def draft(self) -> VaultUpdate:
        """Return what is changed."""
        own, update = self._vault, VaultUpdate(self._vault.id)
        asked = {
            "name": (self.name.text(), own.name),
            "size_gb": (self.size_gb.value(), own.size_gb),
            "level": (self.level.currentData(), own.consistent_level),
            "threshold_percent": (self.threshold.value(), own.threshold_percent),
            "auto_expand": (self.auto_expand.isChecked(), own.auto_expand),
            "auto_bind": (self.auto_bind.isChecked(), own.auto_bind),
        }
        update = replace(update, **{key: new for key, (new, old) in asked.items() if new != old})
        if own.notify is not None and self.notify.isChecked() != own.notify:
            update = replace(update, notify=self.notify.isChecked())
        if sorted(self.bind_tags.pairs()) != sorted(own.bind_tags):
            update = replace(update, bind_tags=self.bind_tags.pairs())
        return update

    def begin(self) -> None:
        """Put the focus into the name, and read how full the vault was."""
        self.name.setFocus()
        if self._read_use is not None and is_at_work():
            self._history.start(self._read_use(self._vault.id), self._tell_use, group="use")

    def _show(self, vault: Vault) -> None:
        self.name.setText(vault.name)
        self.size_gb.setValue(vault.size_gb)
        self.level.setCurrentIndex(max(self.level.findData(vault.consistent_level), 0))
        self.threshold.setValue(vault.threshold_percent)
        self.notify.setChecked(bool(vault.notify))
        self.auto_expand.setChecked(vault.auto_expand)
        self.auto_bind.setChecked(vault.auto_bind)
        self.bind_tags.show_pairs(vault.bind_tags)

    def _tell_use(self, uses: list[VaultUse]) -> None:
        self._growth = growth_of(uses)
        self._tell()

    def _outlook(self, size_gb: int) -> str:
        """Return when the vault is full with a size, by how it grew so far; empty where that is not known."""
        growth = self._growth
        if growth is None:
            return ""
        days = growth.days_until(size_gb - self._vault.used_gb)
        if days is None:
            return counted(
                "Its use did not grow in the last {count} day.",
                "Its use did not grow in the last {count} days.",
                growth.days,
            )
        grew = ngettext(
            "Its use grew by {size} a day in the last {count} day.",
            "Its use grew by {size} a day in the last {count} days.",
            growth.days,
        ).format(size=gb_words(growth.gb_a_day), count=grouped(growth.days))
        until = counted("At that rate it is full in {count} day.", "At that rate it is full in {count} days.", days)
        return sentences(grew, until if days <= _FAR_DAYS else "")

    def _level_changed(self, *_rest: object) -> None:
        is_asked = self.level.currentData() == APP_CONSISTENT != self._vault.consistent_level
        self.agents.setVisible(is_asked)
        if is_asked and self._read_agents is not None and is_at_work():
            self.agents.setText(_("Asking which servers have the agent…"))
            self._tasks.start(self._read_agents(self._vault.id), self._tell_agents, group="agents")
        self._tell_changed()

    def _tell_agents(self, _nothing: None) -> None:
        self.agents.setText(_("Which servers have the agent stands below."))

    def _tell_trouble(self, error: CbrError) -> None:
        self.agents.setText(sentences(_("Which servers have the agent could not be asked."), error_sentence(error)))

    def _tell_changed(self, *_rest: object) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        """Say what the numbers come to, and leave alone what does not count."""
        vault, size_gb = self._vault, self.size_gb.value()
        self.room.setText(
            _("{allocated} allocated to resources, {used} used by backups").format(
                allocated=gb_words(vault.allocated_gb), used=gb_words(vault.used_gb)
            )
        )
        self.outlook.setText(self._outlook(size_gb))
        self.outlook.setVisible(bool(self.outlook.text()))
        reach = gb_words(size_gb * self.threshold.value() / 100)
        self.reach.setText(_("of the size, which is {size}").format(size=reach))
        grown = _("From {size} to {then}. No effect once it is full.").format(
            size=gb_words(size_gb), then=gb_words(expanded_gb(size_gb))
        )
        self.growth.setText(grown)
        self._binding.setVisible(self.auto_bind.isChecked())

    # building

    def _make_fields(self) -> None:
        vault = self._vault
        self.name = QLineEdit()
        self.name.setObjectName("vaultName")
        self.name.setAccessibleName(_("Name"))
        self.size_gb = number("vaultSize", _("Size in GB"), 1, LARGEST_GB, _(" GB"))
        self.size_gb.setEnabled(vault.charging_mode != PRE_PAID)
        self.console = push_button(_("&Open the console"), "vaultConsole", lambda: open_console(self._console))
        self.console.setVisible(bool(self._console))
        said = label(_("Its size is changed by an order."), "vaultOrder")
        said.setWordWrap(False)
        self.order = row(said, self.console)
        self.order.setVisible(vault.charging_mode == PRE_PAID)
        self.room = label(name="vaultRoom")
        self.outlook = label(name="vaultOutlook")
        self.level = NoWheelComboBox()
        self.level.setObjectName("vaultLevel")
        self.level.setAccessibleName(_("Specification"))
        self.level.addItem(_("Crash consistent"), CRASH_CONSISTENT)
        if vault.kind == VaultKind.SERVER:
            self.level.addItem(_("Application consistent"), APP_CONSISTENT)
        if self.level.findData(vault.consistent_level) < 0:
            self.level.insertItem(0, vault.consistent_level or _("not told"), vault.consistent_level)
        self.agents = label(name="vaultAgents")
        self.agents.hide()
        self.level.setEnabled(vault.consistent_level == CRASH_CONSISTENT and self.level.count() > 1)
        self.threshold = number("vaultThreshold", _("Threshold in percent"), 1, 100, _(" %"))
        self.reach = label(name="vaultReach")
        self.reach.setWordWrap(False)
        self.notify = tick(_("Notify &when it is reached"), "vaultNotify")
        self.notify.setEnabled(vault.notify is not None)
        self.auto_expand = tick(_("&Expand by itself when it is full"), "vaultAutoExpand")
        self.growth = label(name="vaultGrowth")
        self.auto_bind = tick(_("Ta&ke in resources by itself before each backup"), "vaultAutoBind")
        self.bind_tags = PairTable("vaultBindTags", _("Tags of the resources that it takes in"))

    def _connect(self) -> None:
        self.name.textChanged.connect(self._tell_changed)
        for numbers in (self.size_gb, self.threshold):
            numbers.valueChanged.connect(self._tell_changed)
        self.level.currentIndexChanged.connect(self._level_changed)
        for box in (self.notify, self.auto_expand, self.auto_bind):
            box.toggled.connect(self._tell_changed)
        self.bind_tags.changed.connect(self._tell_changed)

    def _lay_out(self) -> None:
        vault = self._vault
        told = _("Used now: {percent}").format(percent=percent_words(vault.used_percent)) if vault.size_gb else ""
        self.binding_words = label(
            _("Of all resources, or only of those that have these tags. It needs a backup policy and more than 40 GB."),
            "vaultBindingWords",
        )
        self._binding = column(self.binding_words, self.bind_tags)
        fields(
            self,
            (
                (_("&Name"), self.name),
                (
                    _("Si&ze"),
                    column(row(self.size_gb, label(told, "vaultUsedNow")), self.order, self.room, self.outlook),
                ),
                (_("Spec&ification"), column(self.level, self.agents)),
                (_("&Threshold"), column(row(self.threshold, self.reach), self.notify)),
                (_("Growth"), column(self.auto_expand, self.growth)),
                (_("Resources"), column(self.auto_bind, self._binding)),
            ),
            {_("Si&ze"): self.size_gb, _("Spec&ification"): self.level, _("&Threshold"): self.threshold},
        )
