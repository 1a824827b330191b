"""The backups that other projects share with this one: a window beside the others, where they are answered."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from cbr_desktop.domain.backup_details import MemberStatus
from cbr_desktop.domain.ids import BackupId, ProjectId
from cbr_desktop.domain.sharing import Offer
from cbr_desktop.text.backups import resource_words
from cbr_desktop.text.catalogue import N_, NN_, _
from cbr_desktop.text.marks import mark
from cbr_desktop.text.sharing import project_words
from cbr_desktop.text.states import gb_words, shown, state_words, status_words
from cbr_desktop.text.words import NONE, Times, page_title
from cbr_desktop.ui.backups.sharing import AcceptForm, RejectForm
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.list_page import ListPage
from cbr_desktop.ui.kit.tables.column import AgeField, Column, Field, NumberField, TextField
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.kit.tokens import NEAR, WIDE
from cbr_desktop.ui.kit.verbs import Verb
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import ChangeForm, ContextRow
from cbr_desktop.ui.operations.window import OperationWindow, PlacesLine
from cbr_desktop.ui.session.pictures import picture_of
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger, Part, Reading

_USUAL = QSize(1000, 520)


def _accept_hindrance(rows: Sequence[Offer]) -> str:
    return _("It is accepted already.") if any(row.status == MemberStatus.ACCEPTED for row in rows) else ""


def _reject_hindrance(rows: Sequence[Offer]) -> str:
    return _("It is rejected already.") if any(row.status == MemberStatus.REJECTED for row in rows) else ""


class OffersPage(ListPage[Offer]):
    """What other projects share with this one, and what was said to it."""

    name = "Offers"
    parts = (Part.OFFERS, Part.VAULTS)
    tells_lookalikes = True
    hint = "answer:pending golden"
    chips = ((N_("Not answered"), "answer:pending"),)
    counts = NN_("{count} backup", "{count} backups")
    verbs = (
        Verb(
            "accept",
            N_("&Accept…"),
            N_("Take the backup into a vault of this project, so that it can be used here"),
            hindrance=_accept_hindrance,
        ),
        Verb(
            "reject",
            N_("&Reject…"),
            N_("Say that this project does not want the backup; one that was accepted leaves its vault"),
            hindrance=_reject_hindrance,
        ),
    )

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        self._names: dict[str, ProjectId] = {}
        super().__init__(workspace, times, parent)

    def columns(self) -> Sequence[Column[Offer]]:
        """Return the columns, those of the first start first."""
        times = self._times
        columns: list[Column[Offer]] = [
            Column("name", _("Name"), self.name_words, lambda o: o.name or None, 24, hint=lambda o: o.id, middle=True),
            *self.place_columns(),
            Column("answer", _("Answer"), answer_words, answer_words, 14, mark=lambda o: mark(o.status)),
            Column(
                "state",
                _("State"),
                lambda o: state_words(o.backup.status),
                lambda o: state_words(o.backup.status),
                12,
                mark=lambda o: mark(o.backup.status),
            ),
            Column(
                "resource",
                _("Resource"),
                lambda o: resource_words(o.backup),
                lambda o: resource_words(o.backup),
                20,
                hint=lambda o: o.backup.resource_id,
                icon=lambda o: picture_of(o.backup.resource_type),
                middle=True,
            ),
            Column(
                "size",
                _("Resource size"),
                lambda o: gb_words(o.backup.resource_size_gb),
                lambda o: o.backup.resource_size_gb,
                11,
                shown=False,
                right=True,
            ),
            Column(
                "made",
                _("Made"),
                lambda o: times.short_age(o.backup.created_at),
                lambda o: o.backup.created_at,
                14,
                hint=lambda o: times.both(o.backup.created_at),
                copied=lambda o: times.text_and_age(o.backup.created_at),
            ),
            Column("owner", _("Shared by"), self._owner_words, self._owner_words, 30, hint=lambda o: o.owner_id),
            Column("vault", _("Vault"), self._vault_words, self._vault_words, 18, hint=lambda o: o.backup.vault_id),
            Column("id", "ID", lambda o: o.id, lambda o: o.id, 34, shown=False),
        ]
        return columns

    def fields(self) -> Sequence[Field[Offer]]:
        """Return what the filter can ask for."""
        fields: list[Field[Offer]] = [
            TextField("name", lambda o: o.name),
            TextField("id", lambda o: o.id),
            *self.place_fields(),
            TextField("answer", lambda o: f"{o.status} {answer_words(o)}"),
            TextField("state", lambda o: f"{o.backup.status} {status_words(o.backup.status)}"),
            TextField("resource", lambda o: f"{o.backup.resource_name} {o.backup.resource_id}"),
            TextField("owner", lambda o: f"{o.owner_id} {self._owner_words(o)}"),
            TextField("vault", self._vault_words),
            NumberField("size", lambda o: o.backup.resource_size_gb, "GB"),
            AgeField("age", lambda o: o.backup.created_at, self._times.now),
        ]
        return fields

    def held(self, ledger: Reading) -> Mapping[Any, Offer]:
        """Return the offers of a ledger."""
        return ledger.offers

    def search_text(self, row: Offer) -> str:
        """Return what words are looked for in."""
        return f"{row.name}\n{row.id}\n{row.backup.resource_name}\n{row.owner_id}\n{self._owner_words(row)}"

    def extend_menu(self, menu: QMenu) -> None:
        """Offer nothing beside the verbs: what others share is not backed up here."""

    def rows(self) -> list[Offer]:
        """Return all offers; the address books are read for all of them at once."""
        books = (context.address_book for context in self._workspace.shown_contexts)
        self._names = {name: id for book in books if book is not None for name, id in book.entries().items()}
        return super().rows()

    def _owner_words(self, row: Offer) -> str:
        if row.owner_id in self._names.values():
            return project_words(row.owner_id, self._names)
        return shown(row.owner_name, 80) or shown(row.owner_id, 40) or NONE

    def _vault_words(self, row: Offer) -> str:
        vault = self._workspace.scope.vaults.get(row.backup.vault_id)
        return vault.name if vault is not None else row.backup.vault_id or NONE


class OffersWindow(OperationWindow):
    """Shows what other projects share with those that are looked at, and opens the forms that answer it."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__("offersWindow", page_title(OffersPage.name), parent)
        self._workspace = workspace
        self._tasks = TaskOwner(self)
        times = Times(workspace.clock, utc=workspace.settings.get("window/times", "local") == "utc")
        self.page = OffersPage(workspace, times, self)
        self.remark = label(name="offersSaid")
        self.remark.hide()
        self.again = push_button(_("Read &again"), "offersRead", self.read)
        self.page.add_actions([self.again])
        self.place = PlacesLine("offersPlace")
        head = QHBoxLayout()
        head.setContentsMargins(WIDE, NEAR, WIDE, 0)
        head.addWidget(self.place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self.page, 1)
        layout.addWidget(self.remark)
        self._tell_place()
        self.page.verb_requested.connect(self.ask)
        self.page.remarked.connect(self._say)
        workspace.signals.changed.connect(self.page.refresh)
        workspace.scope_changed.connect(self._turn)
        QShortcut(QKeySequence("F5"), self, self.read)
        take_room(self, _USUAL, workspace.settings, "offers/size")
        self.page.catch_up()

    def open(self) -> None:
        """Show the window beside the others, and read what is shared."""
        super().open()
        self.read()

    def read(self) -> None:
        """Read what is shared with the projects that are looked at."""
        if is_at_work():
            for context in self._workspace.shown_contexts:
                group = f"reading:{context.profile.name}"
                self._tasks.start(context.refresh.once([Part.OFFERS, Part.VAULTS]), group=group)

    def ask(self, verb: str, rows: Sequence[Offer]) -> None:
        """Open the form that accepts or rejects what was asked for."""
        for row in rows[:1]:
            context = self._workspace.context_of(partial(_knows, row.id))
            if context is not None:
                form: ChangeForm = AcceptForm(context, row) if verb == "accept" else RejectForm(row)
                dialog = ChangeDialog(context, form, self)
                dialog.open()

    def _tell_place(self) -> None:
        """Say of which profiles it is, and what is at stake there."""
        self.place.show_contexts(self._workspace.shown_contexts)

    def _turn(self) -> None:
        self._tell_place()
        self.page.tell_scope()
        self.read()

    def _say(self, text: str) -> None:
        self.remark.setText(text)
        self.remark.setVisible(bool(text))


def open_offers(workspace: Workspace, _asked: Sequence[ContextRow], parent: QWidget) -> QWidget:
    """Open the window of what other projects share."""
    window = OffersWindow(workspace, parent)
    window.open()
    return window


def _knows(id: BackupId, ledger: Ledger) -> bool:
    return id in ledger.offers


def answer_words(offer: Offer) -> str:
    """Return what was said to an offer."""
    return status_words(offer.status)
