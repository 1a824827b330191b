"""The form that puts resources into a vault, and lets a policy be applied to the vault after that."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from cbr_desktop.domain.association import ResourceAssociation, excess_finding, holder_of
from cbr_desktop.domain.change import Change, Kind
from cbr_desktop.domain.checkpoint import ResourceChoice
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, Severity
from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.policy import BACKUP, PolicyApplication
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.vault import ProtectType, ResourceType, Vault
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.states import gb_words, quoted, shown
from cbr_desktop.ui.kit.fields import column
from cbr_desktop.ui.kit.lines import NoWheelComboBox, label
from cbr_desktop.ui.kit.stepwise import Stepwise
from cbr_desktop.ui.operations.form import ChangeForm, MissingField
from cbr_desktop.ui.operations.resource_ticks import ResourceTicks, free_ones
from cbr_desktop.ui.operations.vault_box import VaultBox
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from cbr_desktop.workflows.outbox import Outbox
from cbr_desktop.workflows.schedules import policy_of


class AssociationForm(Stepwise, ChangeForm):
    """Asks which resources go into which vault, and which of their disks are backed up.

    With a ``vault_id`` alone, all that is free and fits the vault is there to be ticked. Of ``choices`` the vault is
    still to be chosen, among those of their kind.
    """

    kind = Kind.ASSOCIATE_RESOURCES

    def __init__(self, context: ProfileContext, vault_id: str = "", choices: Sequence[ResourceChoice] = ()) -> None:
        super().__init__()
        self.setObjectName("associationForm")
        self._context = context
        self._asked = (vault_id, choices)

    def build(self) -> Iterator[None]:
        """Make the fields, with what can be chosen in them."""
        context = self._context
        vault_id, choices = self._asked
        ledger = context.ledger
        vault = ledger.vaults.get(VaultId(vault_id))
        kinds = {holder_of(each.type) for each in choices} if vault is None else {vault.kind}
        fitting = [
            each
            for each in ledger.vaults.values()
            if each.kind in kinds and each.protect_type == ProtectType.BACKUP and each.cloud_type in ("public", "")
        ]
        if vault is not None and vault not in fitting:
            fitting.append(vault)
        self.vault = VaultBox("associationVault", _("Vault"), fitting, vault_id)
        self.vault.setEnabled(vault is None)
        self.room = label(name="associationRoom")
        yield
        rows = self._offered(vault, choices)
        self._shown = {row.id: row for row in rows}
        yield
        self.resources = ResourceTicks()
        yield
        yield from self.resources.showing(rows, choices)
        self.policy = NoWheelComboBox()
        self.policy.setObjectName("associationPolicy")
        self.policy.setAccessibleName(_("Policy"))
        self.policy.addItem(_("Leave the vault as it is"), "")
        for policy in sorted(ledger.policies.values(), key=lambda each: (each.name, each.id)):
            if policy.operation_type == BACKUP:
                self.policy.addItem(shown(policy.name, 64), policy.id)
        self.then = label(name="associationThen")
        self._lay_out()
        yield
        self.vault.currentIndexChanged.connect(self._tell_changed)
        self.policy.currentIndexChanged.connect(self._tell_changed)
        self.resources.changed.connect(self._tell_changed)
        context.signals.changed.connect(self._ledger_changed)
        self._tell()

    def field(self, part: RequestPart | None) -> QWidget | None:
        """Return the field that a finding is about, ``None`` where that cannot be told."""
        return self.resources.filter if part is RequestPart.RESOURCES else None

    def draft(self) -> ResourceAssociation:
        """Return what is asked for. ``ValueError`` while no vault is chosen, or its policy cannot be applied."""
        if not self.vault.vault_id:
            raise ValueError("no vault is chosen")
        if self._is_policy_blocked:
            raise ValueError("the policy cannot be applied")
        return ResourceAssociation(VaultId(self.vault.vault_id), self.resources.choices())

    def missing(self) -> MissingField | None:
        """Return that no vault is chosen yet, or that the policy does not fit it."""
        if not self.vault.vault_id:
            if not self.vault.count():
                return MissingField(_("There is no vault that takes resources of this type. Create one first."))
            return MissingField(_("No vault is chosen yet."), self.vault)
        if self._is_policy_blocked:
            words = _("The policy cannot be applied to this vault. Choose another one, or leave the vault as it is.")
            return MissingField(words, self.policy)
        return None

    def excess(self) -> Finding | None:
        """Return that more resources are chosen than a request may name, ``None`` where they are not."""
        return excess_finding(self.resources.count)

    def begin(self) -> None:
        """Put the focus into what is still to be chosen."""
        (self.vault if not self.vault.vault_id else self.resources.filter).setFocus()

    def submit(self, outbox: Outbox, change: Change) -> Intent:
        """Queue the association, and the application of the policy, which waits for it."""
        intent = super().submit(outbox, change)
        application = self._application
        if application is not None:
            outbox.submit(application, after=intent.id)
        return intent

    def answers(self, finding: Finding) -> bool:
        """Tell whether the policy that follows is the one that the vault is said to lack."""
        application = self._application if finding.kind is FindingKind.VAULT_WITHOUT_POLICY else None
        policy = self._context.ledger.policies.get(application.policy_id) if application is not None else None
        return policy is not None and policy.enabled

    @property
    def _application(self) -> PolicyApplication | None:
        """What applies the chosen policy, ``None`` where none is chosen, or the vault has it already."""
        policy_id, vault_id = str(self.policy.currentData() or ""), VaultId(self.vault.vault_id)
        held = policy_of(vault_id, self._context.ledger)
        if not policy_id or not vault_id or (held is not None and held.id == policy_id):
            return None
        return PolicyApplication(PolicyId(policy_id), vault_id)

    def _offered(self, vault: Vault | None, choices: Sequence[ResourceChoice]) -> list[Protectable]:
        ledger = self._context.ledger
        chosen = {each.id for each in choices}
        rows = [row for id, row in ledger.protectables.items() if id in chosen]
        if vault is not None:
            held = (each.id for other in ledger.vaults.values() for each in other.resources)
            types = [each for each in ResourceType if holder_of(each) == vault.kind]
            rows += [row for row in free_ones(ledger.protectables, held, types) if row.id not in chosen]
        return rows

    def _ledger_changed(self, part: Part) -> None:
        """Offer what is free by now; it may not have been read at all when this was opened."""
        if part not in (Part.VAULTS, Part.PROTECTABLES):
            return
        choices = self.resources.choices()
        asked_of = None if self.vault.isEnabled() else self._context.ledger.vaults.get(VaultId(self.vault.vault_id))
        rows = self._offered(asked_of, choices)
        shown = {row.id: row for row in rows}
        if shown != self._shown:
            self._shown = shown
            self.resources.show_rows(rows, choices)
        self._tell()

    def _tell_changed(self, *_rest: object) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        """Say what room the vault has, and what the policy comes to."""
        ledger = self._context.ledger
        vault = ledger.vaults.get(VaultId(self.vault.vault_id))
        self.room.setText(self._room_words(vault) if vault is not None else "")
        self.room.setVisible(vault is not None)
        application = self._application
        self._is_policy_blocked = False
        if application is None or vault is None:
            self.then.setText(_("The vault has this policy already."))
            self.then.setVisible(vault is not None and bool(self.policy.currentData()))
            return
        change = change_of(application, ledger)
        findings = OPERATIONS[change.kind].judge(change, ledger, self._context.clock.now()).findings
        grave = [each for each in findings if each.severity is not Severity.INFO]
        self._is_policy_blocked = any(each.severity is Severity.BLOCK for each in grave)
        self.then.setText(
            sentences(
                _("A second request applies it, once the first has associated everything."),
                *(finding_sentence(each) for each in grave[:2]),
            )
        )
        self.then.show()

    def _room_words(self, vault: Vault) -> str:
        added = self.resources.chosen_gb({each.id for each in vault.resources})
        held = policy_of(vault.id, self._context.ledger)
        return sentences(
            _("{used} of {size} are used; what it backs up has {allocated}, with these {then}.").format(
                used=gb_words(vault.used_gb),
                size=gb_words(vault.size_gb),
                allocated=gb_words(vault.allocated_gb),
                then=gb_words(vault.allocated_gb + added),
            ),
            _("It has policy {policy}.").format(policy=quoted(held.name, 64)) if held else _("It has no policy."),
            _paid_words(vault),
        )

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        grid.setVerticalSpacing(8)
        rows: tuple[tuple[str, QWidget, QWidget], ...] = (
            (_("&Vault"), self.vault, column(self.vault, self.room)),
            (_("Res&ources"), self.resources.tree, self.resources),
            (_("Then apply &policy"), self.policy, column(self.policy, self.then)),
        )
        for place, (words, buddy, field) in enumerate(rows):
            title = label(words, "associationField")
            title.setWordWrap(False)
            title.setBuddy(buddy)
            title.setMinimumHeight(buddy.sizeHint().height() if buddy is not self.resources.tree else 0)
            grid.addWidget(title, place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, place, 1)
        grid.setRowStretch(1, 1)


def _paid_words(vault: Vault) -> str:
    if vault.charging_mode == "pre_paid":
        return _("It is paid by the year or month, so that resources cost nothing more while there is room.")
    if vault.charging_mode == "post_paid":
        return _("It is paid by its size, so that resources cost nothing more while there is room.")
    return ""
