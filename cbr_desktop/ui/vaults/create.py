"""The form of a new vault: what it is for life, what it takes in, what it does by itself, and what it is called by."""

from collections.abc import Iterable, Iterator, Mapping

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.checkpoint import ResourceChoice
from cbr_desktop.domain.finding import Finding, RequestPart
from cbr_desktop.domain.ids import ResourceId
from cbr_desktop.domain.policy import BACKUP, Policy
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.vault import LARGEST_GB, SMALLEST_GB, ProtectType, VaultKind
from cbr_desktop.domain.vault_changes import APP_CONSISTENT, CRASH_CONSISTENT, PRE_PAID, RESOURCE_TYPES, expanded_gb
from cbr_desktop.domain.vault_draft import POST_PAID, NewResource, VaultDraft, excess_finding
from cbr_desktop.text.catalogue import N_, NP_, _, pgettext
from cbr_desktop.text.states import gb_words, shown
from cbr_desktop.ui.kit.fields import column, fields, number, row, tick
from cbr_desktop.ui.kit.lines import NoWheelComboBox, label
from cbr_desktop.ui.kit.links import open_console
from cbr_desktop.ui.kit.pair_table import PairTable
from cbr_desktop.ui.kit.stepwise import Stepwise
from cbr_desktop.ui.kit.theme import set_type
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.operations.form import ChangeForm
from cbr_desktop.ui.operations.resource_ticks import ResourceTicks
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.vaults.enterprise import EnterpriseProjectChoice
from cbr_desktop.workflows.ledger import Part

_KINDS = {
    VaultKind.SERVER: NP_("what a vault is to hold", "Servers"),
    VaultKind.DISK: NP_("what a vault is to hold", "Disks"),
    VaultKind.TURBO: NP_("what a vault is to hold", "SFS Turbo file systems"),
    VaultKind.WORKSPACE: NP_("what a vault is to hold", "Desktops"),
}
_PROTECTIONS = {ProtectType.BACKUP: N_("Backups"), ProtectType.REPLICATION: N_("Replicas from another region")}
_LEVELS = {CRASH_CONSISTENT: N_("Crash consistent"), APP_CONSISTENT: N_("Application consistent")}
_BILLINGS = {POST_PAID: N_("By use"), PRE_PAID: N_("By the year or month")}


class NewVaultForm(Stepwise, ChangeForm):
    """Asks for a new vault. ``console`` is where the console sells vaults that are paid ahead, empty if not known."""

    kind = Kind.CREATE_VAULT

    def __init__(
        self,
        known: Iterable[Protectable],
        policies: Iterable[Policy],
        console: str = "",
        asked: VaultDraft | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("newVaultForm")
        self._known = list(known)
        self._context: ProfileContext | None = None
        self._seen: Mapping[ResourceId, Protectable] = {}
        """What could be protected as it was offered last; a list that says the same is the very same."""
        self._console = console
        self._policies = [each for each in policies if each.operation_type == BACKUP]
        self._asked = asked = asked or VaultDraft("")
        self.project = EnterpriseProjectChoice("newVaultProject", asked.enterprise_project_id, is_usual=True)

    def build(self) -> Iterator[None]:
        """Make the fields, and show in them what is asked for at first."""
        yield from self._make_fields()
        yield
        yield from self._lay_out()
        yield
        self._show(self._asked)
        yield
        yield from self.resources.showing(self._free(), _choices_of(self._asked))
        self._connect()
        self._tell()

    def field(self, part: RequestPart | None) -> QWidget | None:
        """Return the field that a finding is about, ``None`` where that cannot be told."""
        return {RequestPart.NAME: self.name, RequestPart.RESOURCES: self.resources.filter}.get(part or RequestPart.FILE)

    def excess(self) -> Finding | None:
        """Return that more resources are chosen than a new vault takes, ``None`` where they are not."""
        return excess_finding(self.resources.count) if self._takes_resources else None

    def draft(self) -> VaultDraft:
        """Return the vault that is asked for."""
        is_backup = self._takes_resources
        binds = is_backup and self.auto_bind.isChecked()
        return VaultDraft(
            name=self.name.text(),
            kind=self.holds.currentData(),
            protect_type=self.protection.currentData(),
            level=self.level.currentData() if self._may_be_app_consistent() else CRASH_CONSISTENT,
            size_gb=self.size_gb.value(),
            multi_az=self.multi_az.isChecked(),
            charging_mode=self.billing.currentData(),
            resources=self._chosen() if is_backup else (),
            policy_id=(self.policy.currentData() or "") if is_backup else "",
            auto_expand=self.auto_expand.isChecked(),
            auto_bind=binds,
            bind_tags=self.bind_tags.pairs() if binds else (),
            threshold_percent=self.threshold.value(),
            notify=self.notify.isChecked(),
            tags=self.tags.pairs(),
            description=self.description.text(),
            prefix=self.prefix.text(),
            enterprise_project_id=self.project.value(),
            zone=self.zone.currentText().strip(),
            overuse=self.billing.currentData() == PRE_PAID and self.overuse.isChecked(),
        )

    def _chosen(self) -> tuple[NewResource, ...]:
        chosen = self.resources.choices()
        return tuple(
            NewResource(each.id, str(each.type), each.name, each.exclude_volumes, each.include_volumes)
            for each in chosen
        )

    def follow(self, context: ProfileContext) -> None:
        """Offer what is free as the lists of a profile are read: they may not have been when this was opened."""
        self._context = context
        self._seen = context.ledger.protectables
        self.project.follow(context)
        context.signals.changed.connect(self._ledger_changed)

    def _ledger_changed(self, part: Part) -> None:
        if part is not Part.PROTECTABLES or self._context is None or self._context.ledger.protectables is self._seen:
            return
        self._seen = self._context.ledger.protectables
        before, self._known = self._free(), list(self._seen.values())
        free = self._free()
        if free != before:
            self.resources.show_rows(free, self.resources.choices())
            self._tell_changed()
        self._offer_zones()

    def begin(self) -> None:
        """Put the focus into the name."""
        self.name.setFocus()

    @property
    def _takes_resources(self) -> bool:
        return bool(self.protection.currentData() == ProtectType.BACKUP)

    def _may_be_app_consistent(self) -> bool:
        kind, protection = self.holds.currentData(), self.protection.currentData()
        return bool(kind == VaultKind.SERVER and protection == ProtectType.BACKUP)

    def _show(self, draft: VaultDraft) -> None:
        self.name.setText(draft.name)
        for box, value in (
            (self.holds, draft.kind),
            (self.protection, draft.protect_type),
            (self.level, draft.level),
            (self.billing, draft.charging_mode),
            (self.policy, draft.policy_id),
        ):
            box.setCurrentIndex(max(box.findData(value), 0))
        self.size_gb.setValue(draft.size_gb)
        for tick_box, is_on in (
            (self.multi_az, draft.multi_az),
            (self.auto_expand, draft.auto_expand),
            (self.auto_bind, draft.auto_bind),
            (self.notify, draft.notify),
            (self.overuse, draft.overuse),
        ):
            tick_box.setChecked(is_on)
        self.threshold.setValue(draft.threshold_percent)
        self.bind_tags.show_pairs(draft.bind_tags)
        self.tags.show_pairs(draft.tags)
        for edit, text in (
            (self.description, draft.description),
            (self.prefix, draft.prefix),
        ):
            edit.setText(text)
        self.zone.setEditText(draft.zone)

    def _free(self) -> list[Protectable]:
        """Return the resources of the kind that the vault holds which are in no vault."""
        type = RESOURCE_TYPES.get(self.holds.currentData())
        return [each for each in self._known if each.type == type and each.vault_id is None and each.protectable]

    def _offer_zones(self) -> None:
        """Offer the availability zones that resources are in; what stands there stays."""
        text = self.zone.currentText()
        with QSignalBlocker(self.zone):
            self.zone.clear()
            self.zone.addItems(sorted({each.availability_zone for each in self._known if each.availability_zone}))
            self.zone.setCurrentIndex(-1)
            self.zone.setEditText(text)

    def _kind_changed(self, *_rest: object) -> None:
        if self.holds.currentData() != VaultKind.SERVER:
            self.protection.setCurrentIndex(0)
        self.resources.show_rows(self._free())
        self._tell_changed()

    def _tell_changed(self, *_rest: object) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        """Say what the numbers come to, and leave alone what does not count."""
        is_server = self.holds.currentData() == VaultKind.SERVER
        is_backup = self._takes_resources
        is_ordered = self.billing.currentData() == PRE_PAID
        self.protection.setEnabled(is_server)
        self.level.setEnabled(self._may_be_app_consistent())
        for part in (self._holding, self._policies_part):
            part.setVisible(is_backup)
        self._binding.setVisible(self.auto_bind.isChecked())
        self._order.setVisible(is_ordered)
        self.console.setVisible(bool(self._console))
        size_gb, chosen_gb = self.size_gb.value(), self.resources.chosen_gb() if is_backup else 0
        self.room.setText(
            _("{chosen} are allocated to what is chosen below; {free} are left.").format(
                chosen=gb_words(chosen_gb), free=gb_words(max(size_gb - chosen_gb, 0))
            )
        )
        self.growth.setText(
            _("From {size} to {then}. No effect once it is full.").format(
                size=gb_words(size_gb), then=gb_words(expanded_gb(size_gb))
            )
        )
        self.reach.setText(
            _("of the size, which is {size}").format(size=gb_words(size_gb * self.threshold.value() / 100))
        )

    # building

    def _make_fields(self) -> Iterator[None]:
        self.name = _line("newVaultName", _("Name"))
        self.holds = _box("newVaultKind", _("Holds"), [(pgettext(*words), kind) for kind, words in _KINDS.items()])
        self.protection = _box("newVaultProtection", _("For"), [(_(words), key) for key, words in _PROTECTIONS.items()])
        self.level = _box("newVaultLevel", _("Specification"), [(_(words), key) for key, words in _LEVELS.items()])
        self.billing = _box("newVaultBilling", _("Billing"), [(_(words), key) for key, words in _BILLINGS.items()])
        self.console = push_button(_("&Open the console"), "newVaultConsole", lambda: open_console(self._console))
        self.size_gb = number("newVaultSize", _("Size in GB"), SMALLEST_GB, LARGEST_GB, _(" GB"))
        self.room = label(name="newVaultRoom")
        self.overuse = tick(_("Let it hold more than was bou&ght"), "newVaultOveruse")
        self.zone = _zone_box()
        self._offer_zones()
        self.multi_az = tick(_("Keep backups in se&veral zones"), "newVaultMultiAz")
        yield
        self.resources = ResourceTicks()
        named = sorted(self._policies, key=lambda each: (each.name, each.id))
        self.policy = _box(
            "newVaultPolicy", _("Policy"), [(_("None"), ""), *((shown(each.name, 80), each.id) for each in named)]
        )
        self.auto_bind = tick(_("Ta&ke in resources by itself before each backup"), "newVaultAutoBind")
        self.bind_tags = PairTable("newVaultBindTags", _("Tags of the resources that it takes in"))
        self.auto_expand = tick(_("&Expand by itself when it is full"), "newVaultAutoExpand")
        self.growth = label(name="newVaultGrowth")
        self.threshold = number("newVaultThreshold", _("Threshold in percent"), 1, 100, _(" %"))
        self.reach = label(name="newVaultReach")
        self.reach.setWordWrap(False)
        self.notify = tick(_("Notify &when it is reached"), "newVaultNotify")
        self.tags = PairTable("newVaultTags", _("Tags of the vault"))
        self.description = _line("newVaultDescription", _("Description"))
        self.prefix = _line("newVaultPrefix", _("What the names of automatic backups begin with"))

    def _connect(self) -> None:
        self.holds.currentIndexChanged.connect(self._kind_changed)
        for box in (self.protection, self.level, self.billing, self.policy):
            box.currentIndexChanged.connect(self._tell_changed)
        for edit in (self.name, self.description, self.prefix):
            edit.textChanged.connect(self._tell_changed)
        for numbers in (self.size_gb, self.threshold):
            numbers.valueChanged.connect(self._tell_changed)
        self.zone.editTextChanged.connect(self._tell_changed)
        for choice in (self.multi_az, self.auto_bind, self.auto_expand, self.notify, self.overuse):
            choice.toggled.connect(self._tell_changed)
        for part in (self.resources, self.bind_tags, self.tags, self.project):
            part.changed.connect(self._tell_changed)

    def _lay_out(self) -> Iterator[None]:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        order = row(
            label(_("It is bought by an order, which this program does not make."), "newVaultOrder"), self.console
        )
        self._order = column(order, self.overuse)
        self._section(
            _("What it is"),
            (
                (_("&Name"), self.name),
                (_("&Holds"), self.holds),
                (_("&For"), self.protection),
                (_("Spec&ification"), self.level),
                (_("&Billing"), column(self.billing, self._order)),
                (_("Si&ze"), column(row(self.size_gb, self.multi_az), self.room)),
                (_("Availability zone"), self.zone),
            ),
            {_("Si&ze"): self.size_gb, _("&Billing"): self.billing},
        )
        yield
        self._holding = self._section(_("What it takes in"), (("", self.resources),))
        yield
        self._binding = column(
            label(_("Of all resources, or only of those that have these tags. It needs a policy and more than 40 GB.")),
            self.bind_tags,
        )
        self._policies_part = self._section(
            _("How it is backed up"),
            ((_("Po&licy"), self.policy), (_("Further resources"), column(self.auto_bind, self._binding))),
        )
        yield
        self._section(
            _("When it fills"),
            (
                (_("&Threshold"), column(row(self.threshold, self.reach), self.notify)),
                (_("Growth"), column(self.auto_expand, self.growth)),
            ),
            {_("&Threshold"): self.threshold},
        )
        yield
        self._section(
            _("How it is found"),
            (
                (_("&Description"), self.description),
                (_("Tags"), self.tags),
                (_("Backup name prefi&x"), self.prefix),
                (_("Enterprise pro&ject"), self.project),
            ),
            {_("Enterprise pro&ject"): self.project.box},
        )

    def _section(
        self, words: str, rows: tuple[tuple[str, QWidget], ...], buddies: dict[str, QWidget] | None = None
    ) -> QWidget:
        """Add fields below a heading, in their place: what moves there later is styled anew with all it has."""
        head = label(words, "newVaultSection")
        set_type(head, "heading", bold=True)
        inside = QWidget()
        made = column(head, inside)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(made)
        fields(inside, rows, buddies or {})
        return made


def _choices_of(draft: VaultDraft) -> list[ResourceChoice]:
    """Return what a draft takes into the vault."""
    return [
        ResourceChoice(each.id, each.type, each.name, each.exclude_volumes, each.include_volumes)
        for each in draft.resources
    ]


def _line(name: str, words: str) -> QLineEdit:
    made = QLineEdit()
    made.setObjectName(name)
    made.setAccessibleName(words)
    return made


def _zone_box() -> QComboBox:
    """Return a choice in which anything can be written."""
    made = NoWheelComboBox()
    made.setObjectName("newVaultZone")
    made.setAccessibleName(_("Availability zone"))
    made.setEditable(True)
    made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    edit = _line("newVaultZoneText", _("Availability zone"))
    edit.setPlaceholderText(_("Left to the service"))
    made.setLineEdit(edit)
    return made


def _box(name: str, words: str, items: Iterable[tuple[str, str]]) -> QComboBox:
    made = NoWheelComboBox()
    made.setObjectName(name)
    made.setAccessibleName(words)
    for item, value in items:
        made.addItem(item, value)
    return made
