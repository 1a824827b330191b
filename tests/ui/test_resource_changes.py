"""The forms that change what a vault holds, and the verbs of the Resources page that open them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtWidgets import QCheckBox, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.association import (
    ProtectionSetting,
    ResourceAssociation,
    ResourceDissociation,
    ResourceMigration,
    resource_ids,
)
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.checkpoint import ResourceChoice
from cbr_desktop.domain.ids import PolicyId, ResourceId, VaultId, VolumeId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.profile import Environment
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.vault import ProtectType, ResourceType, Vault, VaultKind
from cbr_desktop.text.words import Times, gap_words
from cbr_desktop.ui.operations.association import AssociationForm
from cbr_desktop.ui.operations.batch import BatchWindow
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.resources.details import resource_sheet
from cbr_desktop.ui.resources.forms import MigrationForm, dissociation_form, protection_form
from cbr_desktop.ui.resources.page import ResourcesPage, holder_words, protection_words
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.vaults.create import NewVaultForm
from cbr_desktop.ui.vaults.details import vault_sheet
from cbr_desktop.ui.vaults.forms import FORMS
from cbr_desktop.ui.vaults.page import VaultIndex
from cbr_desktop.workflows.gaps import Gap, PolicyGaps, gap_of
from cbr_desktop.workflows.ledger import Ledger, Part
from tests.ui import estate
from tests.ui.counter import Counter
from tests.ui.estate import NOW, HandClock, backup, profile, resource, uid, vault
from tests.widgets import TickLine, child, tick_lines

NIGHTLY = Policy(
    PolicyId(uid(500)), "nightly", "backup", True, ("FREQ=DAILY;INTERVAL=1;BYHOUR=1;BYMINUTE=0",), vault_ids=()
)
TEST = replace(profile(), environment=Environment.TEST)
FREE, DISK = ResourceId(uid(40)), VolumeId(uid(41))
DISKS = (Disk(DISK, "root", 40, bootable=True), Disk(VolumeId(uid(42)), "data", 20))
SERVER = Protectable(FREE, ResourceType.SERVER, "ecs-free", 60, disks=DISKS)
UNFIT = Protectable(ResourceId(uid(43)), ResourceType.SERVER, "ecs-odd", 1, protectable=False, reason="SCSI")
UNFIT.code = "BackupService.7104"


def vaults() -> list[Vault]:
    full = vault(1, "vault-one", 100, 1000)
    full.resources = [resource(100 + n, full, n) for n in range(3)]
    return [
        full,
        vault(2, "vault-two", 1, 500),
        replace(vault(3, "vault-disks", 1, 10), kind=VaultKind.DISK),
        replace(vault(4, "vault-copies", 1, 10), protect_type=ProtectType.REPLICATION),
    ]


@pytest.fixture
def counter() -> Counter:
    made = Counter(vaults(), (SERVER, UNFIT), of=TEST)
    made.ledger.put_policies(Listing([NIGHTLY], NOW))
    made.ledger.put_backups(Listing([backup(1, vaults()[0], vaults()[0].resources[0], NOW)], NOW))
    return made


@pytest.fixture
def opened(qtbot: QtBot, counter: Counter) -> Iterator[Callable[..., ChangeDialog]]:
    def make(form: Any) -> ChangeDialog:
        dialog = ChangeDialog(counter.context, form)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    yield make


def ids(counter: Counter, *places: int) -> list[ResourceId]:
    own = counter.ledger.vaults[VaultId(uid(1))].resources
    return [own[place].id for place in places]


def tick(form: AssociationForm, row: int, disk: int | None = None, *, is_on: bool = True) -> None:
    TickLine(form.resources.tree, row, disk).tick(is_on=is_on)


def verdict(dialog: ChangeDialog) -> str:
    return str(child(dialog, QLabel, "changeVerdict").text())


# putting into a vault


def test_what_is_free_and_fits_is_ticked_into_a_vault_with_its_disks(counter: Counter, opened: Any) -> None:
    form = AssociationForm(counter.context, uid(2))
    dialog = opened(form)
    assert (form.vault.isEnabled(), form.vault.currentText()) == (False, "vault-two – 499 GB free of 500 GB")
    assert tick_lines(form.resources.tree) == ["ecs-free", "ecs-odd"], "what cannot be backed up comes last"
    assert "No resource is chosen" in verdict(dialog)
    tick(form, 0)
    assert form.draft().resources == (ResourceChoice(FREE, ResourceType.SERVER, "ecs-free"),)
    assert "with these 60 GB" in form.room.text() and "It has no policy." in form.room.text()
    tick(form, 0, 1, is_on=False)
    assert form.draft().resources[0].exclude_volumes == (VolumeId(uid(42)),)
    assert TickLine(form.resources.tree, 0).text(3) == "1/2"
    child(dialog, QCheckBox, "changeAnyway").click()
    child(dialog, QPushButton, "changeConfirm").click()
    (intent,) = counter.sent
    (row,) = json.loads(intent.body)["resources"]
    assert row == {
        "id": FREE,
        "type": "OS::Nova::Server",
        "name": "ecs-free",
        "extra_info": {"exclude_volumes": [uid(42)]},
    }


def test_what_is_read_after_the_form_was_opened_is_offered_and_ticks_stay(counter: Counter, opened: Any) -> None:
    counter.ledger.put_protectables(Listing([UNFIT], NOW))
    form = AssociationForm(counter.context, uid(2))
    opened(form)
    counter.ledger.put_protectables(Listing([SERVER, UNFIT], NOW))
    counter.signals.changed.emit(Part.PROTECTABLES)
    tick(form, 0)
    tick(form, 0, 1, is_on=False)
    chosen = form.draft().resources
    assert [(each.name, each.exclude_volumes) for each in chosen] == [("ecs-free", (VolumeId(uid(42)),))]
    other = Protectable(ResourceId(uid(44)), ResourceType.SERVER, "a-new-one", 1)
    counter.ledger.put_protectables(Listing([SERVER, UNFIT, other], NOW))
    counter.signals.changed.emit(Part.PROTECTABLES)
    assert len(tick_lines(form.resources.tree)) == 3 and form.draft().resources == chosen
    place = QPersistentModelIndex(form.resources.tree.model().index(0, 0))
    counter.signals.changed.emit(Part.PROTECTABLES)
    assert place.isValid(), "nothing is built anew for what is the same"


@pytest.mark.parametrize(
    ("make", "more"),
    [
        (lambda counter: AssociationForm(counter.context, uid(2)), "257 resources are named; a request takes 256"),
        (lambda counter: FORMS.asked["create"](counter.context, None), "257 resources are chosen, and a new vault"),
    ],
    ids=["associate", "create"],
)
def test_more_than_a_request_may_name_is_said_and_the_request_comes_with_fewer(
    counter: Counter, opened: Any, make: Callable[[Counter], Any], more: str
) -> None:
    many = [replace(SERVER, id=ResourceId(uid(600 + n)), name=f"ecs-{n:03}", disks=()) for n in range(257)]
    counter.ledger.put_protectables(Listing(many, NOW))
    form = make(counter)
    dialog = opened(form)
    preview, confirm = child(dialog, QPlainTextEdit, "changePreview"), child(dialog, QPushButton, "changeConfirm")
    child(dialog, QPushButton, "resourceTickAll").click()
    assert verdict(dialog).startswith(f"Not ready: {more}") and not confirm.isEnabled()
    assert not preview.toPlainText(), "none of it can be sent"
    child(dialog, QPushButton, "changeLead").click()
    assert dialog.focusWidget() is form.resources.filter
    for row in range(2):
        TickLine(form.resources.tree, row).tick(is_on=False)
    assert more not in verdict(dialog)
    assert preview.toPlainText().count('"OS::Nova::Server"') == 255


def test_lists_that_change_together_are_judged_by_once(counter: Counter, opened: Any) -> None:
    class Asked(AssociationForm):
        times = 0

        def draft(self) -> ResourceAssociation:
            self.times += 1
            return super().draft()

    form = Asked(counter.context, uid(2))
    dialog = opened(form)
    before = form.times
    renamed = replace(counter.ledger.vaults[VaultId(uid(2))], name="vault-renamed")
    counter.ledger.put_vaults(Listing([renamed], NOW))
    counter.ledger.put_protectables(Listing([SERVER], NOW))
    counter.ledger.put_policies(Listing([], NOW))
    counter.signals.notice(Part.INTENTS)
    assert form.times == before + 1
    assert "vault-renamed" in child(dialog, QLabel, "changeSubject").text()


def test_a_new_vault_offers_what_is_read_after_it_was_opened(counter: Counter) -> None:
    counter.ledger.put_protectables(Listing([], NOW))
    form = FORMS.asked["create"](counter.context, None)
    assert isinstance(form, NewVaultForm) and len(tick_lines(form.resources.tree)) == 0
    counter.ledger.put_protectables(Listing([SERVER], NOW))
    counter.signals.changed.emit(Part.PROTECTABLES)
    assert len(tick_lines(form.resources.tree)) == 1


def test_resources_are_protected_in_one_way_with_a_policy_that_waits(counter: Counter, opened: Any) -> None:
    form = AssociationForm(counter.context, choices=[ResourceChoice(FREE, ResourceType.SERVER, "ecs-free")])
    dialog = opened(form)
    offered = [form.vault.itemText(row).partition(" –")[0] for row in range(form.vault.count())]
    assert offered == ["vault-one", "vault-two"], "those of its kind that take backups"
    assert not child(dialog, QPushButton, "changeConfirm").isEnabled()
    form.vault.setCurrentIndex(1)
    assert "has no policy" in dialog.findings.text()
    form.policy.setCurrentIndex(1)
    assert "has no policy" not in dialog.findings.text(), "it gets one"
    assert form.then.text() == "A second request applies it, once the first has associated everything."
    child(dialog, QPushButton, "changeConfirm").click()
    first, second = counter.sent
    assert (first.change.kind, second.change.kind) == (Kind.ASSOCIATE_RESOURCES, Kind.APPLY_POLICY)
    assert (second.after, second.subject.name) == (first.id, "vault-two")


def test_resources_go_into_a_new_vault_that_has_room_for_them(counter: Counter, qtbot: QtBot) -> None:
    row = next(row for row in counter.ledger.resource_rows() if row.resource.id == FREE)
    workspace = estate.workspace(filled=False)
    dialog = Dialogs().ask(workspace, "Resources", "create", [(counter.context, row)], None)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    assert isinstance(dialog, ChangeDialog) and dialog.form.kind is Kind.CREATE_VAULT
    draft = dialog.form.draft()
    assert ([each.id for each in draft.resources], draft.size_gb, draft.kind) == ([FREE], 60, VaultKind.SERVER)


def test_a_policy_that_cannot_be_applied_keeps_both_from_being_sent(counter: Counter, opened: Any) -> None:
    counter.ledger.vaults[VaultId(uid(2))].status = "error"
    form = AssociationForm(counter.context, choices=[ResourceChoice(FREE, ResourceType.SERVER, "ecs-free")])
    dialog = opened(form)
    form.vault.setCurrentIndex(1)
    form.policy.setCurrentIndex(1)
    assert "vault-two" in form.then.text()
    with pytest.raises(ValueError, match="policy"):
        form.draft()
    assert not child(dialog, QPushButton, "changeConfirm").isEnabled()


def test_the_list_of_resources_is_filtered_and_ticked_at_once(counter: Counter, opened: Any) -> None:
    form = AssociationForm(counter.context, uid(2))
    opened(form)
    form.resources.filter.setText("free")
    assert tick_lines(form.resources.tree) == ["ecs-free"]
    form.resources.all.click()
    assert [each.id for each in form.draft().resources] == [FREE]
    assert form.resources.words.text() == "1 resource is chosen, of 60 GB."
    form.resources.none.click()
    form.resources.filter.clear()
    form.resources.all.click()
    assert [each.id for each in form.draft().resources] == [FREE], "what cannot be backed up is not ticked"
    form.resources.none.click()
    assert form.draft().resources == ()


# taking out, moving, suspending


def test_a_dissociation_of_the_last_backups_is_stopped_by_its_consequences(counter: Counter, opened: Any) -> None:
    (server,) = counter.ledger.vaults[VaultId(uid(1))].resources[:1]
    dialog = opened(dissociation_form(counter.context, VaultId(uid(1)), [server.id]))
    assert dialog.windowTitle() == "Dissociate 1 resource"
    assert child(dialog, QLabel, "changeAbout").text() == f"Resource: ‘{server.name}’"
    loss = child(dialog, QLabel, "changeLoss").text()
    assert f"1 backup of ‘{server.name}’ in vault ‘vault-one’ is deleted for good." in loss
    assert f"No good backup of ‘{server.name}’ is left in this region then." in loss
    assert child(dialog, QPushButton, "changeConfirm").property("danger")
    child(dialog, QPushButton, "changeConfirm").click()
    assert counter.sent == []
    assert "This deletes the last good backup" in verdict(dialog)


def test_resources_move_to_a_vault_of_the_same_type(counter: Counter, opened: Any) -> None:
    form = MigrationForm(counter.context, VaultId(uid(1)), ids(counter, 0, 1))
    dialog = opened(form)
    assert [form.target.itemText(row).partition(" –")[0] for row in range(form.target.count())] == ["vault-two"]
    assert not child(dialog, QPushButton, "changeConfirm").isEnabled()
    form.target.setCurrentIndex(0)
    assert form.draft() == ResourceMigration(VaultId(uid(1)), VaultId(uid(2)), tuple(ids(counter, 0, 1)))
    assert dialog.windowTitle() == "Migrate 2 resources"
    lonely = MigrationForm(counter.context, VaultId(uid(3)), [])
    assert not lonely.none.isHidden()


def test_a_suspension_names_what_policies_leave_out(counter: Counter, opened: Any) -> None:
    dialog = opened(protection_form(counter.context, VaultId(uid(1)), ids(counter, 0, 1), is_on=False))
    assert child(dialog, QPushButton, "changeConfirm").text() == "Suspend 2 resources"
    assert "Policies leave" in verdict(dialog)
    child(dialog, QCheckBox, "changeAnyway").click()
    child(dialog, QPushButton, "changeConfirm").click()
    (intent,) = counter.sent
    assert json.loads(intent.body) == {"action": "suspend", "resource_ids": ids(counter, 0, 1)}


@pytest.mark.parametrize("verb", ["dissociate", "suspend"])
def test_resources_of_several_vaults_go_as_one_batch(verb: str, counter: Counter, qtbot: QtBot) -> None:
    other = counter.ledger.vaults[VaultId(uid(2))]
    other.resources = [resource(200, other, 0)]
    rows = [row for row in counter.ledger.resource_rows() if row.vault is not None]
    workspace = estate.workspace(filled=False)
    window = Dialogs().ask(workspace, "Resources", verb, [(counter.context, row) for row in rows], None)  # type: ignore[arg-type]
    qtbot.addWidget(window)
    assert isinstance(window, BatchWindow)
    window.finish()
    titles = {"dissociate": "Dissociate resources from 2 vaults", "suspend": "Suspend resources in 2 vaults"}
    assert window.windowTitle() == titles[verb]
    assert window._batch is not None
    changes = [row.change for row in window._batch.sent if row.change is not None]
    sent = [(change.subject.name, len(resource_ids(change.body))) for change in changes]
    assert sent == [("vault-one", 3), ("vault-two", 1)]


@pytest.mark.parametrize(
    ("make", "title"),
    [
        (lambda own: ResourceDissociation(VaultId(uid(1)), own), "Dissociate 2 resources"),
        (lambda own: ResourceMigration(VaultId(uid(1)), VaultId(uid(2)), own), "Migrate 2 resources"),
        (lambda own: ProtectionSetting(VaultId(uid(1)), own, is_on=True), "Resume 2 resources"),
    ],
)
def test_an_earlier_request_is_shown_in_its_form_again(make: Any, title: str, counter: Counter, qtbot: QtBot) -> None:
    draft = make(tuple(ids(counter, 0, 1)))
    intent = counter.context.outbox.submit(draft)
    dialog = Dialogs().edit_again(counter.context, intent.id, None)  # type: ignore[arg-type]
    assert isinstance(dialog, ChangeDialog)
    qtbot.addWidget(dialog)
    assert (dialog.form.draft(), dialog.windowTitle()) == (draft, title)


def test_an_earlier_association_keeps_its_choice_of_disks(counter: Counter, qtbot: QtBot) -> None:
    choice = ResourceChoice(FREE, ResourceType.SERVER, "ecs-free", include_volumes=(DISK,))
    form = AssociationForm(counter.context, uid(2), [choice])
    qtbot.addWidget(form)
    assert form.draft().resources == (choice,)
    form.resources.tree.expandAll()
    assert form.draft().resources == (choice,)
    assert [TickLine(form.resources.tree, 0, n).is_ticked for n in range(2)] == [True, False]


# the page


@pytest.fixture
def page(qtbot: QtBot) -> ResourcesPage:
    workspace = estate.workspace(filled=False)
    ledger = estate.ledger(workspace)
    ledger.put_vaults(Listing(vaults(), NOW))
    ledger.vaults[VaultId(uid(1))].resources[2].auto_protect = False
    with_server = Protectable(ResourceId(uid(44)), ResourceType.DISK, "root-of-web", 40, vault_id=VaultId(uid(1)))
    ledger.put_protectables(Listing([SERVER, UNFIT, with_server], NOW))
    made = ResourcesPage(workspace, Times(HandClock()))
    qtbot.addWidget(made)
    made.show()
    made.catch_up()
    return made


def row_of(page: ResourcesPage, name: str) -> Any:
    return next(row for row in page.rows() if row.resource.name == name)


def test_what_is_not_backed_up_is_told_by_why(page: ResourcesPage) -> None:
    schedules = PolicyGaps(page._workspace.scope)
    assert gap_words(row_of(page, "ecs-free"), schedules) == "In no vault"
    assert gap_words(row_of(page, "ecs-odd"), schedules) == "Not protectable (7104): SCSI"
    suspended = next(row for row in page.rows() if gap_of(row, schedules) is Gap.SUSPENDED)
    assert gap_words(suspended, schedules) == "Suspended"
    attached = row_of(page, "root-of-web")
    assert (holder_words(attached), protection_words(attached), gap_of(attached, schedules)) == (
        "vault-one",
        "Attached",
        None,
    )
    for gap, count in ((Gap.FREE, 1), (Gap.UNFIT, 1), (Gap.SUSPENDED, 1)):
        page.filter.setText(f"why:{gap}")
        page._apply_filter()
        assert page.model.rowCount() == count, gap


def test_what_no_policy_backs_up_in_its_vault_is_told_apart(page: ResourcesPage) -> None:
    schedules = PolicyGaps(page._workspace.scope)
    ledger = page._workspace.scope.members[0]
    first = VaultId(uid(1))
    holder, known = ledger.vaults[first], [each for each in ledger.vaults if each != first]
    names = {row.resource.name for row in page.rows() if row.vault is holder}
    policy = Policy(PolicyId(uid(70)), "nightly", "backup", True, ("x",), vault_ids=(first, *known))

    def told(*of: Policy) -> set[str]:
        ledger.put_policies(Listing(list(of), NOW))
        page.refresh(Part.POLICIES)
        page.catch_up()
        schedules.forget()
        return {gap_words(row, schedules) for row in page.rows() if row.vault is holder and row.resource.auto_protect}

    assert len(names) == 3
    assert told() == {"Vault without policy"}
    assert told(policy) == {""}
    assert told(replace(policy, enabled=False)) == {"Policy disabled"}
    assert told(replace(policy, enabled=False), replace(policy, id=PolicyId(uid(71)))) == {""}
    assert told(replace(policy, operation_type="replication")) == {"Vault without policy"}
    assert {gap_of(row, schedules) for row in page.rows() if row.vault is None and row.server_vault is None} == {
        Gap.FREE,
        Gap.UNFIT,
    }
    assert gap_of(row_of(page, "root-of-web"), schedules) is Gap.NO_POLICY
    page.filter.setText(dict(page.chips)["No policy runs"])
    page._apply_filter()
    shown = [page.model.row_at(place).resource.name for place in range(page.model.rowCount())]
    assert "root-of-web" in shown and "ecs-free" not in shown


def test_verbs_are_offered_where_they_can_be_done(page: ResourcesPage) -> None:
    def offered(*names: str) -> list[str]:
        page.view.clearSelection()
        for name in names:
            row = next(n for n in range(page.model.rowCount()) if page.model.row_at(n).resource.name == name)
            page.view.selectRow(row) if len(names) == 1 else page.view.selectionModel().select(
                page.model.index(row, 0),
                page.view.selectionModel().SelectionFlag.Select | page.view.selectionModel().SelectionFlag.Rows,
            )
        return [verb for verb, button in page.buttons.items() if button.isEnabled()]

    own = [each.name for each in vaults()[0].resources]
    assert offered("ecs-free") == ["protect", "create"]
    assert offered(own[0]) == ["suspend", "apply", "migrate", "dissociate"]
    assert offered(own[2]) == ["resume", "apply", "migrate", "dissociate"]
    assert offered(own[0], own[2]) == ["suspend", "resume", "apply", "migrate", "dissociate"]
    assert offered("ecs-free", own[0]) == []
    assert "in a vault already" in page.buttons["protect"].toolTip()
    assert offered("root-of-web") == []


def test_the_disks_that_are_fixed_in_the_vault_are_seen(page: ResourcesPage) -> None:
    ledger: Ledger = page._workspace.scope.members[0]
    held = ledger.vaults[VaultId(uid(1))]
    first = replace(held.resources[0], id=FREE, name="ecs-free", exclude_volumes=(DISK,))
    holder = replace(held, resources=[first, *held.resources[1:]])
    ledger.merge_vault(holder)
    page.refresh(Part.VAULTS)
    times = Times(HandClock())
    sheet = resource_sheet(row_of(page, "ecs-free"), ledger, times)
    assert dict(sheet.facts)["Disks"] == "1 disk is left out"
    assert "Disk left out: root – 40 GB" in [each.words for each in sheet.relations]
    relations = [each.words for each in vault_sheet(holder, ledger, VaultIndex(ledger), times).relations]
    assert any("ecs-free" in each and "1 disk is left out" in each for each in relations)
    assert any(each.endswith(", suspended") for each in relations)
