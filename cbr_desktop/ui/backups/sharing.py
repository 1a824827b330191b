"""The forms that share a backup, end a share, and answer one."""

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from cbr_desktop.domain.backup_details import Member, MemberStatus
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import RequestPart
from cbr_desktop.domain.ids import BackupId, ProjectId, VaultId
from cbr_desktop.domain.sharing import BackupShare, Offer, ShareAnswer, ShareWithdrawal
from cbr_desktop.domain.vault import ProtectType, ResourceType, Vault, VaultKind
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.sharing import member_words, project_words
from cbr_desktop.text.states import shown
from cbr_desktop.text.words import use_words
from cbr_desktop.ui.backups.receivers import Receivers, known_projects, read_other_projects
from cbr_desktop.ui.kit.fields import column, fields
from cbr_desktop.ui.kit.lines import NoWheelComboBox, label
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.operations.form import ChangeForm, MissingField
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.ledger import Part

_KINDS: dict[str, VaultKind] = {ResourceType.SERVER: VaultKind.SERVER, ResourceType.DISK: VaultKind.DISK}


class MembersForm(ChangeForm):
    """A form that needs to know whom a backup is shared with, and reads that when it opens."""

    def __init__(self, context: ProfileContext, id: BackupId) -> None:
        super().__init__()
        self._context = context
        self._id = id
        self.known = label(name="shareKnown")
        self._tasks = TaskOwner(self)
        self._tasks.failed.connect(self._tell_trouble)
        context.signals.changed.connect(self._ledger_changed)

    @property
    def names(self) -> dict[str, ProjectId]:
        """The projects that have names, by them."""
        return known_projects(self._context)

    @property
    def members(self) -> list[Member]:
        """The projects that the backup is shared with, as far as that was read."""
        listing = self._context.ledger.receivers.get(self._id)
        return listing.rows if listing is not None else []

    def begin(self) -> None:
        """Read whom the backup is shared with."""
        self.show_members()
        if is_at_work():
            self._tasks.start(self._context.refresh.read_members(self._id), group="members")
            self._tasks.start(read_other_projects(self._context), group="other projects")

    def show_members(self) -> None:
        """Show what is known by now."""
        listing = self._context.ledger.receivers.get(self._id)
        if listing is None:
            self.known.setText(_("Reading whom the backup is shared with…"))
        elif not listing.rows:
            self.known.setText(_("It is shared with nobody so far."))
        else:
            names = self.names
            self.known.setText("\n".join(member_words(each, names) for each in listing.rows))

    def _tell_trouble(self, error: CbrError) -> None:
        self.known.setText(error_sentence(error))

    def _ledger_changed(self, part: Part) -> None:
        if part is Part.OFFERS:
            self.show_members()
            self.changed.emit()


class ShareForm(MembersForm):
    """Asks for the projects that a backup is shared with."""

    kind = Kind.SHARE_BACKUP

    def __init__(self, context: ProfileContext, id: BackupId, project_ids: Iterable[ProjectId] = ()) -> None:
        super().__init__(context, id)
        self.setObjectName("shareForm")
        self.projects = Receivers(context, project_ids)
        pairs = ((_("Shared so far"), self.known), (_("Pro&ject"), self.projects))
        fields(self, pairs, {_("Pro&ject"): self.projects.project})
        self.projects.changed.connect(self.changed)
        self.projects.renamed.connect(self.show_members)

    def field(self, part: RequestPart | None) -> QWidget | None:
        """Return the field that a finding is about, ``None`` where that cannot be told."""
        return self.projects.project if part is RequestPart.BACKUP and not self.projects.ids() else None

    def draft(self) -> BackupShare:
        """Return with whom the backup is to be shared."""
        return BackupShare(self._id, self.projects.ids())

    def begin(self) -> None:
        """Put the focus into the line for the project."""
        super().begin()
        self.projects.project.setFocus()


class WithdrawForm(MembersForm):
    """Asks with which project the sharing of a backup ends."""

    kind = Kind.WITHDRAW_SHARE

    def __init__(self, context: ProfileContext, id: BackupId, project_id: str = "") -> None:
        super().__init__(context, id)
        self.setObjectName("withdrawForm")
        self._wanted = project_id
        self.member = NoWheelComboBox()
        self.member.setObjectName("withdrawMember")
        self.member.setAccessibleName(_("Project"))
        self.member.setPlaceholderText(_("Choose a project"))
        fields(self, ((_("Pro&ject"), column(self.member, self.known)),), {_("Pro&ject"): self.member})
        self.member.currentIndexChanged.connect(self.changed)

    def missing(self) -> MissingField | None:
        """Return that no project is chosen yet, or that there is none to choose."""
        if self.member.currentData():
            return None
        if self._context.ledger.receivers.get(self._id) is None:
            return MissingField(_("It is not known yet whom the backup is shared with."))
        if not self.member.count():
            return MissingField(_("The backup is shared with nobody, so there is no share to end."))
        return MissingField(_("No project is chosen yet."), self.member)

    def draft(self) -> ShareWithdrawal:
        """Return whose share ends. ``ValueError`` while no project is chosen."""
        chosen = self.member.currentData()
        if not chosen:
            raise ValueError("no project is chosen")
        return ShareWithdrawal(self._id, ProjectId(str(chosen)))

    def begin(self) -> None:
        """Put the focus into the choice."""
        super().begin()
        self.member.setFocus()

    def show_members(self) -> None:
        """Offer those that the backup is shared with; what was chosen stays."""
        super().show_members()
        members, names = self.members, self.names
        self.known.setVisible(not members)
        chosen = self.member.currentData() or self._wanted or (members[0].project_id if len(members) == 1 else "")
        self.member.blockSignals(True)
        self.member.clear()
        for each in members:
            self.member.addItem(member_words(each, names), each.project_id)
        if chosen and self.member.findData(chosen) < 0 and chosen == self._wanted:
            self.member.addItem(project_words(chosen, names), chosen)
        self.member.setCurrentIndex(self.member.findData(chosen))
        self.member.blockSignals(False)


class AcceptForm(ChangeForm):
    """Asks for the vault that takes in a backup which another project shares."""

    kind = Kind.ANSWER_SHARE

    def __init__(self, context: ProfileContext, offer: Offer, vault_id: str = "") -> None:
        super().__init__()
        self.title = _("Accept shared backup")
        self.setObjectName("acceptForm")
        self._context = context
        self._offer = offer
        self._wanted = vault_id
        self.source = label(name="acceptSource")
        self.source.setText(_offer_words(offer, context))
        self.vault = NoWheelComboBox()
        self.vault.setObjectName("acceptVault")
        self.vault.setAccessibleName(_("Vault"))
        self.vault.setPlaceholderText(_("Choose a vault"))
        self.note = label(_("It takes room there, as a backup of one's own does."), "acceptNote")
        pairs = ((_("Shared by"), self.source), (_("Into &vault"), column(self.vault, self.note)))
        fields(self, pairs, {_("Into &vault"): self.vault})
        self._fill()
        self.vault.currentIndexChanged.connect(self.changed)
        context.signals.changed.connect(self._ledger_changed)

    def draft(self) -> ShareAnswer:
        """Return that the backup is accepted, and into which vault."""
        chosen = VaultId(str(self.vault.currentData() or ""))
        return ShareAnswer(self._offer.id, self._offer.receiver_id, MemberStatus.ACCEPTED, chosen)

    def begin(self) -> None:
        """Put the focus into the choice of the vault."""
        self.vault.setFocus()

    def _fill(self) -> None:
        """Offer the vaults for backups of this kind, those with most room first; what was chosen stays."""
        kind = _KINDS.get(self._offer.backup.resource_type)
        fit = [each for each in self._context.ledger.vaults.values() if _takes(each, kind)]
        fit.sort(key=lambda each: (-each.free_gb, each.name, each.id))
        chosen = self.vault.currentData() or self._wanted or (fit[0].id if len(fit) == 1 else "")
        self.vault.blockSignals(True)
        self.vault.clear()
        for each in fit:
            words = _("{name} – {use} used").format(name=shown(each.name, 64), use=use_words(each))
            self.vault.addItem(words, each.id)
        self.vault.setCurrentIndex(self.vault.findData(chosen))
        self.vault.blockSignals(False)

    def _ledger_changed(self, part: Part) -> None:
        if part is Part.VAULTS:
            self._fill()
            self.changed.emit()


class RejectForm(ChangeForm):
    """Rejects a backup which another project shares: there is nothing to fill in."""

    kind = AcceptForm.kind
    has_fields = False

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self.title = _("Reject shared backup")
        self.setObjectName("rejectForm")
        self._offer = offer

    def draft(self) -> ShareAnswer:
        """Return that the backup is rejected."""
        return ShareAnswer(self._offer.id, self._offer.receiver_id, MemberStatus.REJECTED)


def _takes(vault: Vault, kind: VaultKind | None) -> bool:
    return vault.protect_type == ProtectType.BACKUP and (kind is None or vault.kind == kind)


def _offer_words(offer: Offer, context: ProfileContext) -> str:
    book = context.address_book
    who = project_words(offer.owner_id, book.entries() if book is not None else {})
    if not offer.owner_name:
        return _("project {name}").format(name=who)
    return _("{account}, project {name}").format(account=shown(offer.owner_name, 80), name=who)
