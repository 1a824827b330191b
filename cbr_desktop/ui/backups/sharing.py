"""The forms that share a backup, end a share, and answer one."""

from collections.abc import Iterable
from contextlib import suppress

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QWidget

from cbr_desktop.domain.backup_details import Member, MemberStatus
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import BackupId, ProjectId, VaultId
from cbr_desktop.domain.sharing import RECEIVERS_LIMIT, BackupShare, Offer, ShareAnswer, ShareWithdrawal, is_receiver
from cbr_desktop.domain.vault import ProtectType, ResourceType, Vault, VaultKind
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.sharing import member_words, project_words
from cbr_desktop.text.states import counted, shown
from cbr_desktop.text.words import use_words
from cbr_desktop.ui.kit.fields import column, fields, row
from cbr_desktop.ui.kit.lines import StillBox, label
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.operations.form import ChangeForm
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.ledger import Part

_LIST_LINES = 4
_NAME_LETTERS = 32
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
        """The projects of the address book by name, and the account's own ones in this region that are not in it."""
        booked = self._booked
        known = {each.name: each.id for each in self._context.ledger.neighbours if each.id not in booked.values()}
        return known | booked

    @property
    def _booked(self) -> dict[str, ProjectId]:
        book = self._context.address_book
        return book.entries() if book is not None else {}

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
            self._tasks.start(self._neighbours(), group="neighbours")

    async def _neighbours(self) -> None:
        """Read the account's own projects in this region; without them ids are typed, or names of the address book."""
        with suppress(CbrError):
            await self._context.refresh.read_neighbours()

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
    """Asks for the projects that a backup is shared with: by their names in the address book, or by their ids.

    What stands in the line counts as well as what was added to the list, so that one project takes one field.
    """

    kind = Kind.SHARE_BACKUP

    def __init__(self, context: ProfileContext, id: BackupId, project_ids: Iterable[ProjectId] = ()) -> None:
        super().__init__(context, id)
        self.setObjectName("shareForm")
        self._make_fields()
        self._lay_out()
        for project_id in project_ids:
            self._put(project_id)
        self._fill()
        self.project.editTextChanged.connect(self._tell_changed)
        self._line.returnPressed.connect(self.add_project)
        self.chosen.itemSelectionChanged.connect(self._tell)
        self.name.textChanged.connect(self._tell)
        self.name.returnPressed.connect(self.keep_name)
        self._tell()

    def draft(self) -> BackupShare:
        """Return with whom the backup is to be shared."""
        written = self._written()
        ids = [*self._listed(), *([written] if written else [])]
        return BackupShare(self._id, tuple(dict.fromkeys(ids)))

    def begin(self) -> None:
        """Put the focus into the line for the project."""
        super().begin()
        self.project.setFocus()

    def add_project(self) -> None:
        """Take what stands in the line into the list, so that another can be written."""
        written = self._written()
        if written and written not in self._listed():
            self._put(written)
        self.project.setEditText("")
        self.project.setFocus()
        self._tell_changed()

    def show_members(self) -> None:
        """Show what is known by now, and offer the projects that have names."""
        super().show_members()
        self._fill()

    def take_out(self) -> None:
        """Take the selected project out of the list."""
        for item in self.chosen.selectedItems():
            self.chosen.takeItem(self.chosen.row(item))
        self._tell_changed()

    def keep_name(self) -> None:
        """Keep the project under the name that was written, in the address book of the profile."""
        book, id, name = self._context.address_book, self._named(), self.name.text().strip()
        if book is None or not id or not name:
            return
        try:
            book.remember(name, id)
        except CbrError as error:
            self._say(error_sentence(error))
            return
        self.name.clear()
        self._show_names()
        self._say(_("Kept: {project}.").format(project=project_words(id, self.names)))

    def forget_name(self) -> None:
        """Take the project's name out of the address book."""
        book, id = self._context.address_book, self._named()
        name = next((name for name, known in self._booked.items() if known == id), "")
        if book is None or not name:
            return
        try:
            book.forget(name)
        except CbrError as error:
            self._say(error_sentence(error))
            return
        self._show_names()
        self._say(_("Forgotten: {name}.").format(name=shown(name, 64)))

    def _written(self) -> ProjectId:
        """Return what the line names: the id of a name of the address book, else the text itself."""
        text = self.project.currentText().strip()
        names = self.names
        if text in names:
            return names[text]
        return next((id for id in names.values() if project_words(id, names) == text), ProjectId(text))

    def _listed(self) -> list[ProjectId]:
        items = (self.chosen.item(place) for place in range(self.chosen.count()))
        return [ProjectId(str(item.data(Qt.ItemDataRole.UserRole))) for item in items]

    def _named(self) -> ProjectId:
        """Return the project whose name is kept or forgotten: the selected one, else the one in the line."""
        selected = [str(item.data(Qt.ItemDataRole.UserRole)) for item in self.chosen.selectedItems()]
        return ProjectId(selected[0]) if selected else self._written()

    def _put(self, id: ProjectId) -> None:
        item = QListWidgetItem(project_words(id, self.names))
        item.setData(Qt.ItemDataRole.UserRole, id)
        self.chosen.addItem(item)

    def _fill(self) -> None:
        """Offer the names of the address book; what stands in the line stays."""
        text, names = self.project.currentText(), self.names
        self.project.blockSignals(True)
        self.project.clear()
        self.project.addItems([project_words(id, names) for id in names.values()])
        self.project.setCurrentIndex(-1)
        self.project.setEditText(text)
        self.project.blockSignals(False)

    def _show_names(self) -> None:
        """Say the names anew after one was kept or forgotten."""
        written, ids = self._written(), self._listed()
        names = self.names
        self._fill()
        if is_receiver(written):
            self.project.setEditText(project_words(written, names))
        for place, id in enumerate(ids):
            self.chosen.item(place).setText(project_words(id, names))
        self.show_members()
        self._tell_changed()

    def _tell_changed(self, *_rest: object) -> None:
        self._say("")
        self._tell()
        self.changed.emit()

    def _say(self, words: str) -> None:
        """Say what became of a name of the address book, or nothing."""
        self.book_words.setText(words)
        self.book_words.setVisible(bool(words))

    def _tell(self, *_rest: object) -> None:
        """Offer what can be done now, and what the address book has of the project."""
        id = self._named()
        is_known = id in self._booked.values()
        can_keep = self._context.address_book is not None and is_receiver(id)
        self.add.setEnabled(bool(self._written()))
        self.remove.setEnabled(bool(self.chosen.selectedItems()))
        self.chosen.setVisible(self.chosen.count() > 0)
        self.remove.setVisible(self.chosen.count() > 0)
        self._acts.setVisible(can_keep or self.chosen.count() > 0)
        for widget in (self.name, self.keep):
            widget.setVisible(can_keep and not is_known)
        self.keep.setEnabled(bool(self.name.text().strip()))
        self.forget.setVisible(can_keep and is_known)

    # building

    def _make_fields(self) -> None:
        self.project = QComboBox()
        self.project.setObjectName("shareProject")
        self.project.setAccessibleName(_("Project"))
        self.project.setEditable(True)
        self.project.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._line = QLineEdit()
        self._line.setObjectName("shareLine")
        self.project.setLineEdit(self._line)
        self._line.setPlaceholderText(_("Id of the project, or its name in the address book"))
        self.add = push_button(_("&Add another"), "shareAdd", self.add_project)
        self.chosen = QListWidget()
        self.chosen.setObjectName("shareChosen")
        self.chosen.setAccessibleName(_("Projects that it is shared with"))
        self.chosen.setMaximumHeight(_LIST_LINES * (self.fontMetrics().height() + 8))
        self.remove = push_button(_("Take &out"), "shareRemove", self.take_out)
        self.name = QLineEdit()
        self.name.setObjectName("shareName")
        self.name.setAccessibleName(_("Name for the address book"))
        self.name.setPlaceholderText(_("Name for the address book"))
        self.name.setMinimumWidth(_NAME_LETTERS * self.fontMetrics().averageCharWidth())
        self.keep = push_button(_("&Keep the name"), "shareKeep", self.keep_name)
        self.forget = push_button(_("&Forget its name"), "shareForget", self.forget_name)
        self.book_words = label(name="shareBook")
        self.limit = label(
            _("{count} at most, in this region. Each has to accept the backup into a vault of its own.").format(
                count=counted("{count} project", "{count} projects", RECEIVERS_LIMIT)
            ),
            "shareLimit",
        )

    def _lay_out(self) -> None:
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.project, 1)
        layout.addWidget(self.add)
        self._acts = row(self.remove, self.forget, self.name, self.keep)
        pairs: tuple[tuple[str, QWidget], ...] = (
            (_("Shared so far"), self.known),
            (_("Pro&ject"), column(line, self.chosen, self._acts, self.book_words, self.limit)),
        )
        fields(self, pairs, {_("Pro&ject"): self.project})


class WithdrawForm(MembersForm):
    """Asks with which project the sharing of a backup ends."""

    kind = Kind.WITHDRAW_SHARE

    def __init__(self, context: ProfileContext, id: BackupId, project_id: str = "") -> None:
        super().__init__(context, id)
        self.setObjectName("withdrawForm")
        self._wanted = project_id
        self.member = StillBox()
        self.member.setObjectName("withdrawMember")
        self.member.setAccessibleName(_("Project"))
        self.member.setPlaceholderText(_("Choose a project"))
        fields(self, ((_("Pro&ject"), column(self.member, self.known)),), {_("Pro&ject"): self.member})
        self.member.currentIndexChanged.connect(self.changed)

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
        self.vault = StillBox()
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
