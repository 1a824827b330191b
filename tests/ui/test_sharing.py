"""The forms of sharing and replication, the address book in them, and the window of what others share."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.account import Project
from cbr_desktop.domain.backup_details import Member, MemberStatus
from cbr_desktop.domain.error import Unreachable
from cbr_desktop.domain.ids import BackupId, ProjectId, VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Environment
from cbr_desktop.domain.replication import BackupReplication, Destination, DestinationVault, VaultReplication
from cbr_desktop.domain.sharing import BackupShare, Offer, ShareAnswer, ShareWithdrawal
from cbr_desktop.domain.vault import ProtectType, VaultKind
from cbr_desktop.storage.addresses import MemoryAddressBook
from cbr_desktop.text.catalogue import spoken
from cbr_desktop.ui.backups.forms import FORMS
from cbr_desktop.ui.backups.offers import OffersWindow
from cbr_desktop.ui.backups.replication import ReplicateForm
from cbr_desktop.ui.backups.sharing import AcceptForm, RejectForm, ShareForm, WithdrawForm
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import ChangeForm
from cbr_desktop.ui.vaults import forms as vault_forms
from cbr_desktop.ui.vaults.replication import ReplicateVaultForm
from cbr_desktop.workflows.ledger import Part
from tests.pseudo import Pseudo, narrow_words
from tests.ui.counter import Counter
from tests.ui.estate import NOW, backup, profile, resource, uid, vault, workspace
from tests.ui.mnemonics import clashes
from tests.widgets import child, words

OWN, AUDIT, OPS = (ProjectId(letter * 32) for letter in "abc")
TEST = profile(Environment.TEST)
HOLDER = vault(1, "vault-one", 100, 1000)
HOLDER.resources = [resource(100, HOLDER, 0)]
DISKS = vault(2, "vault-disks", 10, 100, kind=VaultKind.DISK)
SMALL = vault(3, "vault-small", 90, 100)
BACKUP = backup(1, HOLDER, HOLDER.resources[0], NOW)
SHARED = replace(BACKUP, id=BackupId(uid(50)), name="golden-image", vault_id=VaultId(""))
OFFER = Offer(SHARED, AUDIT, OWN, MemberStatus.PENDING, "integrator · eu-de")
THERE = DestinationVault(
    "eu-nl",
    Project(OPS, "eu-nl_prod"),
    vault(60, "vault-nl", 10, 100, protect_type=ProtectType.REPLICATION),
)


@dataclass
class Reads:
    """Stands for the reading of lists: notes what is asked for."""

    counter: Counter
    members: list[Member] = field(default_factory=list)
    read: list[frozenset[Part]] = field(default_factory=list)

    async def once(self, parts: Sequence[Part]) -> None:
        """Say that the lists are as they are now."""
        self.read.append(frozenset(parts))
        ledger, now = self.counter.ledger, self.counter.clock.now()
        ledger.put_vaults(Listing(list(ledger.vaults.values()), now))
        ledger.put_backups(Listing(list(ledger.backups.values()), now))
        ledger.put_offers(Listing(list(ledger.offers.values()), now))
        ledger.put_destinations(("eu-nl",), [THERE.project], Listing(list(ledger.destinations.values()), now))

    async def read_other_projects(self) -> None:
        """Read the account's own projects in this region."""
        self.counter.ledger.put_other_projects([Project(OPS, "eu-de_ops"), Project(AUDIT, "eu-de_audit")])

    async def read_members(self, id: BackupId) -> None:
        """Read whom a backup is shared with."""
        self.counter.ledger.put_receivers(id, Listing(self.members, self.counter.clock.now()))


class Shared(Counter):
    """A counter that knows backups of its own and of others, and an address book."""

    def __init__(self) -> None:
        super().__init__([HOLDER, DISKS, SMALL], of=TEST)
        self.ledger.put_backups(Listing([BACKUP], NOW))
        self.ledger.put_offers(Listing([OFFER], NOW))
        self.ledger.put_destinations(("eu-nl",), [THERE.project], Listing([THERE], NOW))
        self.ledger.project_id = OWN
        self.reads = Reads(self)
        self.book = MemoryAddressBook()
        services = self.context.services
        assert services is not None
        self.context.services = replace(services, refresh=cast(Any, self.reads), address_book=self.book)


@pytest.fixture
def counter() -> Shared:
    return Shared()


@pytest.fixture
def shown(qtbot: QtBot, counter: Shared) -> Iterator[Callable[[ChangeForm], ChangeDialog]]:
    def show(form: ChangeForm) -> ChangeDialog:
        dialog = ChangeDialog(counter.context, form)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    yield show


Show = Callable[[ChangeForm], ChangeDialog]


def sent_body(dialog: ChangeDialog) -> Any:
    return json.loads(child(dialog, QPlainTextEdit, "changePreview").toPlainText().partition("\n\n")[2])


def can_send(dialog: ChangeDialog) -> bool:
    return bool(child(dialog, QPushButton, "changeConfirm").isEnabled())


def test_one_project_takes_one_field_and_several_a_list(counter: Shared, shown: Show) -> None:
    form = ShareForm(counter.context, BACKUP.id)
    dialog = shown(form)
    assert not can_send(dialog)
    assert "No project is named to share with." in words(dialog)
    form.projects.project.setEditText(f" {AUDIT} ")
    assert (sent_body(dialog), can_send(dialog)) == ({"members": [AUDIT]}, True)
    form.projects.add_project()
    form.projects.project.setEditText(OPS)
    assert form.draft() == BackupShare(BACKUP.id, (AUDIT, OPS))
    form.projects.add_project()
    form.projects.chosen.setCurrentRow(0)
    form.projects.take_out()
    assert form.draft() == BackupShare(BACKUP.id, (OPS,))
    form.projects.project.setEditText(OWN)
    assert not can_send(dialog)
    assert f"Project {OWN} is this one" in words(dialog)
    form.projects.project.setEditText("")
    dialog.confirm.click()
    (queued,) = counter.sent
    assert json.loads(queued.body) == {"members": [OPS]}


def test_projects_have_names_in_the_address_book_of_the_profile(counter: Shared, shown: Show) -> None:
    form = ShareForm(counter.context, BACKUP.id)
    shown(form)
    form.projects.project.setEditText("no id")
    assert not form.projects.name.isVisible()
    form.projects.project.setEditText(AUDIT)
    form.projects.name.setText("audit")
    form.projects.keep.click()
    assert counter.book.entries() == {"audit": AUDIT}
    assert form.projects.project.currentText() == f"audit ({AUDIT})"
    assert (form.projects.keep.isVisible(), form.projects.forget.isVisible()) == (False, True)
    assert form.draft() == BackupShare(BACKUP.id, (AUDIT,))
    again = ShareForm(counter.context, BACKUP.id)
    shown(again)
    assert [again.projects.project.itemText(place) for place in range(again.projects.project.count())] == [
        f"audit ({AUDIT})"
    ]
    again.projects.project.setEditText("audit")
    assert again.draft() == BackupShare(BACKUP.id, (AUDIT,))
    form.projects.forget.click()
    assert counter.book.entries() == {}


def test_whom_it_is_shared_with_is_read_and_told_by_name(counter: Shared, shown: Show, run: Any, until: Any) -> None:
    counter.book.remember("audit", AUDIT)
    counter.reads.members = [Member("m", BACKUP.id, AUDIT, MemberStatus.ACCEPTED)]
    form, ending = ShareForm(counter.context, BACKUP.id), WithdrawForm(counter.context, BACKUP.id)

    async def story() -> None:
        dialog, other = shown(form), shown(ending)
        await until(lambda: f"audit ({AUDIT}): Accepted" in form.known.text())
        form.projects.project.setEditText("audit")
        assert "is shared with project" in words(dialog) and not can_send(dialog)
        await until(lambda: form.projects.project.count() == 2)
        assert form.projects.project.itemText(0) == f"eu-de_ops ({OPS})"
        form.projects.project.setEditText("eu-de_ops")
        assert form.draft() == BackupShare(BACKUP.id, (OPS,))
        await until(lambda: ending.member.count() == 1)
        assert ending.draft() == ShareWithdrawal(BACKUP.id, AUDIT)
        assert "cannot use it any more after this" in words(other)

    run(story())


def test_a_share_is_accepted_into_a_vault_that_fits_and_rejected_without_one(counter: Shared, shown: Show) -> None:
    form = AcceptForm(counter.context, OFFER)
    dialog = shown(form)
    assert (dialog.windowTitle(), can_send(dialog)) == ("Accept shared backup", False)
    assert "integrator · eu-de, project" in form.source.text()
    names = [form.vault.itemText(place).partition(" ")[0] for place in range(form.vault.count())]
    assert names == ["vault-one", "vault-small"]
    form.vault.setCurrentIndex(0)
    assert form.draft() == ShareAnswer(SHARED.id, OWN, MemberStatus.ACCEPTED, HOLDER.id)
    assert can_send(dialog)
    rejected = shown(RejectForm(OFFER))
    assert (rejected.windowTitle(), sent_body(rejected)) == ("Reject shared backup", {"status": "rejected"})


def test_replicas_go_to_a_known_vault_or_to_any_by_its_ids(counter: Shared, shown: Show) -> None:
    form = ReplicateForm(counter.context, BACKUP)
    dialog = shown(form)
    assert form.draft() == BackupReplication(BACKUP.id, THERE.destination)
    assert can_send(dialog)
    form.name.setText("copied")
    assert sent_body(dialog)["replicate"]["name"] == "copied"
    choice = form.destination
    choice.vault.setCurrentIndex(choice.vault.count() - 1)
    for line, text in ((choice.region, "eu-nl"), (choice.project, OPS), (choice.id, uid(7))):
        line.setText(text)
    assert form.draft().destination == Destination("eu-nl", OPS, VaultId(uid(7)))
    whole = ReplicateVaultForm(counter.context, HOLDER.id)
    assert "1 backup of vault ‘vault-one’ has no replica in eu-nl." in words(shown(whole))
    assert whole.draft() == VaultReplication(HOLDER.id, THERE.destination)


def test_what_is_not_known_of_other_regions_is_said(counter: Shared) -> None:
    ledger = counter.ledger

    def note() -> str:
        form = ReplicateVaultForm(counter.context, HOLDER.id)
        return form.destination.note.text()

    ledger.put_destinations((), [], Listing([], NOW))
    assert "replicates to no other" in note()
    ledger.put_destinations(("eu-nl",), [], Listing([], NOW))
    assert "no replication vault of this account in eu-nl" in note()
    ledger.put_destinations(("eu-nl",), [], Listing([], NOW, complete=False))
    assert "can be named by its ids" in note()
    fresh = Shared()
    fresh.ledger.freshness[Part.DESTINATIONS] = type(fresh.ledger.freshness[Part.DESTINATIONS])()
    form = ReplicateVaultForm(fresh.context, HOLDER.id)
    assert "Reading where this region replicates to" in form.destination.note.text()
    fresh.ledger.failed(Part.DESTINATIONS, Unreachable("host", "no route"))
    fresh.signals.changed.emit(Part.DESTINATIONS)
    assert "host" in form.destination.note.text()


@pytest.mark.parametrize("draft", ["share", "withdraw", "accept", "reject", "replicate", "vault"])
def test_a_request_is_shown_again_in_its_form(counter: Shared, qtbot: QtBot, draft: str) -> None:
    drafts: dict[str, Any] = {
        "share": BackupShare(BACKUP.id, (AUDIT, OPS)),
        "withdraw": ShareWithdrawal(BACKUP.id, AUDIT),
        "accept": ShareAnswer(SHARED.id, OWN, MemberStatus.ACCEPTED, SMALL.id),
        "reject": ShareAnswer(SHARED.id, OWN, MemberStatus.REJECTED),
        "replicate": BackupReplication(BACKUP.id, THERE.destination, "copied"),
        "vault": VaultReplication(HOLDER.id, Destination("eu-nl", OPS, VaultId(uid(7)))),
    }
    intent = counter.outbox.submit(drafts[draft])
    again = {**FORMS.again, **vault_forms.FORMS.again}
    form = again[intent.change.kind](counter.context, intent)
    assert form is not None
    qtbot.addWidget(form)
    form.begin()
    assert form.draft() == drafts[draft]


def test_what_others_share_is_shown_and_answered_from_its_window(qtbot: QtBot) -> None:
    looked_at = workspace()
    context = looked_at.contexts[0]
    context.ledger.put_offers(Listing([OFFER, replace(OFFER, backup=replace(SHARED, id=BackupId(uid(51))))], NOW))
    book = MemoryAddressBook()
    book.remember("auditors", AUDIT)
    assert context.services is not None
    context.services = replace(context.services, address_book=book)
    window = OffersWindow(looked_at)
    qtbot.addWidget(window)
    window.show()
    page = window.page
    assert page.model.rowCount() == 2
    assert page.search_text(OFFER).endswith(f"auditors ({AUDIT})")
    page.view.selectRow(0)
    page.buttons["accept"].click()
    (dialog,) = window.findChildren(ChangeDialog)
    assert dialog.windowTitle() == "Accept shared backup"
    answered = replace(OFFER, status=MemberStatus.ACCEPTED)
    context.ledger.put_offers(Listing([answered], NOW))
    page.refresh(Part.OFFERS)
    page.view.selectRow(0)
    assert not page.buttons["accept"].isEnabled()
    qtbot.mouseClick(page.buttons["reject"], Qt.MouseButton.LeftButton)
    assert len(window.findChildren(ChangeDialog)) == 2


def test_no_letter_leads_to_two_things_and_every_word_passes_the_catalogue(counter: Shared, shown: Show) -> None:
    makers: list[Callable[[], ChangeForm]] = [
        lambda: ShareForm(counter.context, BACKUP.id, [AUDIT]),
        lambda: WithdrawForm(counter.context, BACKUP.id, AUDIT),
        lambda: AcceptForm(counter.context, OFFER),
        lambda: ReplicateForm(counter.context, BACKUP),
        lambda: ReplicateVaultForm(counter.context, HOLDER.id),
    ]
    for make in makers:
        dialog = shown(make())
        assert clashes(dialog) == {}, dialog.windowTitle()
    with spoken(Pseudo()):
        for make in makers:
            dialog = shown(make())
            known = [*("GB", "eu-nl_prod", "eu-nl", "eu-de_prod", "Prod · eu-de", "vault-one", "vault-small")]
            known += ["vault-nl", "integrator · eu-de", BACKUP.name, SHARED.name, "TEST", AUDIT, BACKUP.id, SHARED.id]
            said = [line for line in words(dialog).splitlines() if not line.startswith(("POST", "PUT"))]
            assert narrow_words("\n".join(said), known) == [], make().kind
