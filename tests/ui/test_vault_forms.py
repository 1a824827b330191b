"""The forms of vaults, and the page that opens them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.enterprise_project import EnterpriseProject
from cbr_desktop.domain.error import NotFound
from cbr_desktop.domain.expiration import BackupExpiration
from cbr_desktop.domain.ids import PolicyId, ProjectId, ResourceId, VaultId, VolumeId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.profile import Environment
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.vault import ResourceType, Vault, VaultStatus, VaultUse, growth_of
from cbr_desktop.domain.vault_changes import TagChange, VaultsUpdate, VaultUpdate
from cbr_desktop.domain.vault_draft import NewResource, VaultDraft, read_draft
from cbr_desktop.text.catalogue import spoken
from cbr_desktop.text.words import Times
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import ChangeForm
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.vaults.all_vaults import AllVaultsForm
from cbr_desktop.ui.vaults.create import NewVaultForm
from cbr_desktop.ui.vaults.edit import VaultEditForm
from cbr_desktop.ui.vaults.enterprise import EnterpriseProjectForm
from cbr_desktop.ui.vaults.expiration import ExpirationForm
from cbr_desktop.ui.vaults.forms import FORMS, deletion_form, lock_form
from cbr_desktop.ui.vaults.page import VaultIndex, VaultsPage
from cbr_desktop.ui.vaults.several import SettingsBatch, TagsBatch
from cbr_desktop.ui.vaults.tags import TagsForm
from cbr_desktop.workflows.ledger import Freshness, Part
from tests.pseudo import Pseudo
from tests.ui import estate
from tests.ui.counter import Counter
from tests.ui.estate import NOW, HandClock, backup, profile, resource, uid, vault
from tests.ui.mnemonics import clashes
from tests.ui.test_pseudo_language import FOREIGN, bypassed
from tests.widgets import TickLine, child, tick_lines, words

OWN = replace(
    vault(1, "vault-one", 100, 1000),
    consistent_level="crash_consistent",
    charging_mode="post_paid",
    notify=True,
    bind_tags=(("app", "web"),),
)


def shown(qtbot: QtBot, own: Vault = OWN, *asked: VaultUpdate) -> VaultEditForm:
    made = VaultEditForm(own, *asked)
    qtbot.addWidget(made)
    made.show()
    return made


def opened(qtbot: QtBot, counter: Counter, form: Any) -> ChangeDialog:
    dialog = ChangeDialog(counter.context, form)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def test_nothing_is_asked_for_until_something_is_changed(qtbot: QtBot) -> None:
    assert shown(qtbot).draft() == VaultUpdate(OWN.id)
    quiet = replace(OWN, notify=None, consistent_level="strange")
    assert shown(qtbot, quiet).draft() == VaultUpdate(OWN.id)


def test_each_field_asks_for_its_own_change_alone(qtbot: QtBot) -> None:
    form = shown(qtbot)
    form.name.setText("other")
    assert form.draft() == VaultUpdate(OWN.id, "other")
    form.name.setText("vault-one")
    form.size_gb.setValue(2000)
    assert "From 2\u00a0000 GB to 2\u00a0500 GB. No effect once it is full." in form.growth.text()
    assert form.draft() == VaultUpdate(OWN.id, size_gb=2000)
    form.size_gb.setValue(1000)
    form.level.setCurrentIndex(1)
    form.notify.setChecked(False)
    assert form.draft() == VaultUpdate(OWN.id, level="app_consistent", notify=False)


def test_tags_are_written_row_by_row(qtbot: QtBot) -> None:
    form = shown(qtbot)
    assert form.bind_tags.isHidden() or not form.bind_tags.isVisible()
    form.auto_bind.setChecked(True)
    form.bind_tags.begin_pair()
    assert form.draft() == VaultUpdate(OWN.id, auto_bind=True), "an empty row is nothing"
    form.bind_tags.table.item(1, 0).setText(" env ")
    form.bind_tags.table.item(1, 1).setText("prod")
    assert form.draft().bind_tags == (("app", "web"), ("env", "prod"))
    form.bind_tags.table.selectRow(0)
    child(form, QPushButton, "vaultBindTagsRemove").click()
    assert form.draft().bind_tags == (("env", "prod"),)


def test_the_agents_are_asked_for_when_they_are_needed(qtbot: QtBot) -> None:
    asked: list[str] = []

    async def read(id: VaultId) -> None:
        asked.append(id)

    async def refuse(_id: VaultId) -> None:
        raise NotFound("cbr.example.com", status=404, code="APIGW.0101", message="no such API", request_id="r")

    async def story() -> None:
        form = VaultEditForm(OWN, read_agents=read)
        qtbot.addWidget(form)
        form.show()
        assert not form.agents.isVisible()
        form.level.setCurrentIndex(1)
        assert form.agents.text() == "Asking which servers have the agent…"
        while form._tasks.is_busy:  # noqa: ASYNC110  # what a widget waits for sets no event
            await asyncio.sleep(0)
        assert (asked, form.agents.text()) == ([OWN.id], "Which servers have the agent stands below.")
        form.level.setCurrentIndex(0)
        assert not form.agents.isVisible()
        other = VaultEditForm(OWN, read_agents=refuse)
        qtbot.addWidget(other)
        other.level.setCurrentIndex(1)
        while other._tasks.is_busy:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert other.agents.text().startswith("Which servers have the agent could not be asked.")

    asyncio.run(story())


def test_a_size_tells_when_the_vault_is_full_by_what_was_kept_of_it(qtbot: QtBot) -> None:
    def used(day: int, used_gb: float) -> VaultUse:
        return VaultUse(OWN.id, NOW.date() - timedelta(days=day), used_gb * 1024, 1000)

    async def read(_id: VaultId) -> list[VaultUse]:
        return [used(10, 50), used(4, 90), used(0, 100)]

    async def story() -> None:
        form = VaultEditForm(OWN, read_use=read)
        qtbot.addWidget(form)
        form.show()
        assert not form.outlook.isVisible()
        form.begin()
        while form._history.is_busy:  # noqa: ASYNC110  # what a widget waits for sets no event
            await asyncio.sleep(0)
        assert form.outlook.text() == (
            "Its use grew by 5 GB a day in the last 10 days. At that rate it is full in 180 days."
        )
        form.size_gb.setValue(200)
        assert form.outlook.text().endswith("it is full in 20 days.")

    asyncio.run(story())
    assert growth_of([used(2, 1), used(0, 9)]) is None
    shrunk = growth_of([used(3, 9), used(0, 3)])
    assert shrunk is not None
    assert shrunk.days_until(100) is None


def test_what_was_asked_for_before_stands_in_the_fields(qtbot: QtBot) -> None:
    asked = VaultUpdate(OWN.id, "other", 500, None, 40, False, True, True, ())
    assert shown(qtbot, OWN, asked).draft() == asked


@pytest.mark.parametrize(("mode", "enabled"), [("pre_paid", False), ("post_paid", True)])
def test_a_size_that_is_ordered_is_not_changed_here(qtbot: QtBot, mode: str, enabled: bool) -> None:
    assert shown(qtbot, replace(OWN, charging_mode=mode)).size_gb.isEnabled() is enabled


def test_a_change_is_judged_while_it_is_made_and_sent_as_it_stands(qtbot: QtBot) -> None:
    counter = Counter([OWN], of=profile())
    form = VaultEditForm(OWN)
    dialog = opened(qtbot, counter, form)
    form.size_gb.setValue(50)
    assert "100 GB are used in vault ‘vault-one’" in child(dialog, QLabel, "changeVerdict").text()
    form.size_gb.setValue(400)
    assert "With 400 GB vault ‘vault-one’ is 25 % full, and 300 GB are free." in dialog.findings.text()
    child(dialog, QPushButton, "changeConfirm").click()
    (intent,) = counter.sent
    assert json.loads(intent.body) == {"vault": {"billing": {"size": 400}}}
    again = Dialogs().edit_again(counter.context, intent.id, dialog)
    assert isinstance(again, ChangeDialog)
    assert again.form.draft() == VaultUpdate(OWN.id, size_gb=400)


def test_the_page_asks_for_a_change_of_the_selected_vault(qtbot: QtBot) -> None:
    workspace = estate.workspace()
    page = VaultsPage(workspace, Times(HandClock(), utc=True), VaultIndex(workspace.scope))
    qtbot.addWidget(page)
    page.catch_up()
    told: list[Any] = []
    page.verb_requested.connect(lambda verb, rows: told.append((verb, [row.status for row in rows])))
    row = next(row for row in page.rows() if row.status == VaultStatus.AVAILABLE)
    page.view.select_id(row.id)
    page.buttons["edit"].click()
    assert told == [("edit", ["available"])]


def test_a_deletion_names_what_goes_and_wants_the_vaults_name(qtbot: QtBot) -> None:
    holder = replace(OWN, resources=[resource(100 + number, OWN, 0) for number in range(5)])
    counter = Counter([holder], of=profile())
    own = [backup(number, holder, each, NOW - timedelta(hours=9)) for number, each in enumerate(holder.resources)]
    counter.ledger.put_backups(Listing(own, NOW))
    for part in (Part.TASKS, Part.POLICIES):
        counter.ledger.freshness[part] = Freshness(NOW)
    dialog = opened(qtbot, counter, deletion_form(OWN.id))
    dialog.show()
    button = child(dialog, QPushButton, "changeConfirm")
    assert not button.isEnabled()
    assert "5 backups in vault ‘vault-one’, of 100 GB in all, are lost with it for good." in dialog.findings.text()
    assert dialog.findings.pos().y() < dialog._loss_lines[0].pos().y(), "what sums up many losses stands before them"
    child(dialog, QCheckBox, "changeAnyway").setChecked(True)
    assert not button.isEnabled()
    child(dialog, QLineEdit, "changeTyped").setText("vault-one")
    button.click()
    (intent,) = counter.sent
    assert (intent.change.method, intent.change.path) == ("DELETE", f"vaults/{OWN.id}")


def test_a_lock_wants_the_vaults_name_everywhere(qtbot: QtBot) -> None:
    counter = Counter([OWN], of=profile(Environment.TEST))
    for part in (Part.BACKUPS, Part.POLICIES):
        counter.ledger.freshness[part] = Freshness(NOW)
    dialog = opened(qtbot, counter, lock_form(OWN.id))
    child(dialog, QCheckBox, "changeAnyway").setChecked(True)
    assert "This can never be undone: type ‘vault-one’ above" in child(dialog, QLabel, "changeVerdict").text()
    child(dialog, QLineEdit, "changeTyped").setText("vault-one")
    child(dialog, QPushButton, "changeConfirm").click()
    assert [json.loads(each.body) for each in counter.sent] == [{"vault": {"locked": True}}]


def test_a_sooner_expiry_is_told_as_it_is_chosen_and_confirmed_by_name(qtbot: QtBot) -> None:
    held = replace(OWN, resources=[resource(100, OWN, 0)])
    held.resources[0].backup_count = 2
    counter = Counter([held], of=profile(Environment.PRODUCTION))
    last = datetime(NOW.year + 1, 3, 1, 12, tzinfo=UTC)
    rows = [replace(backup(n, held, held.resources[0], NOW - timedelta(days=n)), expires_at=last) for n in (1, 2)]
    rows[1] = replace(rows[1], expires_at=None)
    form = FORMS.asked["expire"](counter.context, held)
    assert isinstance(form, ExpirationForm)
    dialog = opened(qtbot, counter, form)
    counter.ledger.freshness[Part.VAULTS] = Freshness(NOW)
    counter.ledger.put_backups(Listing(rows, NOW))
    # the day on which the last of them expires now, as soon as they have been read
    qtbot.waitUntil(lambda: form.draft().day == f"{NOW.year + 1}-03-01")
    assert form.backups.text() == "It concerns 2 backups. 1 of them goes sooner than now."
    form.zone.setCurrentIndex(form.zone.findData("UTC+08:00"))
    assert "That day ends " in form.words.text() and "16:00 UTC" in form.words.text()
    form.day.setDate(QDate(NOW.year, NOW.month, NOW.day).addDays(9))
    assert "All of them go sooner" in form.backups.text()
    assert "2 backups in vault ‘vault-one’ go sooner than now" in dialog.findings.text()
    assert "1 of them would stay until somebody deletes it." in words(dialog)
    button = child(dialog, QPushButton, "changeConfirm")
    child(dialog, QCheckBox, "changeAnyway").setChecked(True)
    assert not button.isEnabled()
    child(dialog, QLineEdit, "changeTyped").setText("vault-one")
    button.click()
    (intent,) = counter.sent
    day = f"{NOW + timedelta(days=9):%Y-%m-%d}"
    assert json.loads(intent.body) == {"expect_expiration_date": day, "time_zone": "UTC+08:00"}
    again = FORMS.again[intent.change.kind](counter.context, intent)
    assert again is not None and again.draft() == form.draft()
    qtbot.mouseClick(form.day, Qt.MouseButton.LeftButton)
    sunday = form.day.calendarWidget().weekdayTextFormat(Qt.DayOfWeek.Sunday)
    assert sunday.foreground().style() == Qt.BrushStyle.NoBrush, "in the colours of the theme, not in a red of Qt's"
    odd = ExpirationForm(held.id, NOW, BackupExpiration(held.id, "soon", "Mars"))
    qtbot.addWidget(odd)
    assert odd.draft() == BackupExpiration(held.id, "soon", "Mars"), "what a file says is judged, not mended unseen"


def test_tags_that_are_set_or_deleted_are_asked_for_one_request_each(qtbot: QtBot) -> None:
    own = replace(OWN, tags={"env": "prod", "team": "erp"})
    form = TagsForm(own)
    qtbot.addWidget(form)
    form.show()
    with pytest.raises(ValueError, match="no tag"):
        form.draft()
    form.table.table.item(0, 1).setText("test")
    assert form.draft() == TagChange(own.id, (("env", "test"),)), "what stays is not sent"
    child(form, QRadioButton, "tagsDelete").click()
    with pytest.raises(ValueError, match="no tag"):
        form.draft()
    form.list.item(1).setCheckState(Qt.CheckState.Checked)
    assert form.draft() == TagChange(own.id, (("team", ""),), deletes=True)
    again = TagsForm(own, form.draft())
    qtbot.addWidget(again)
    assert again.draft() == form.draft()
    counter = Counter([own], of=profile())
    dialog = opened(qtbot, counter, TagsForm(own, TagChange(own.id, (("a b", "c"),))))
    assert "‘a b’ is no key of a tag" in child(dialog, QLabel, "changeVerdict").text()


def test_all_vaults_are_changed_together_after_they_were_counted(qtbot: QtBot) -> None:
    counter = Counter([OWN, vault(2, "vault-two", 1, 10)], of=profile())
    form = AllVaultsForm()
    dialog = opened(qtbot, counter, form)
    assert "Neither threshold nor notification is changed." in child(dialog, QLabel, "changeVerdict").text()
    form.thresholds.changes_threshold.setChecked(True)
    form.thresholds.notify.setCurrentIndex(2)
    assert "all 2 vaults of the project, without a choice: vault-one, vault-two." in dialog.findings.text()
    child(dialog, QCheckBox, "changeAnyway").setChecked(True)
    child(dialog, QPushButton, "changeConfirm").click()
    (intent,) = counter.sent
    assert json.loads(intent.body) == {"vault": {"threshold": 80, "smn_notify": False}}
    again = Dialogs().edit_again(counter.context, intent.id, dialog)
    assert isinstance(again, ChangeDialog)
    assert again.form.draft() == VaultsUpdate(80, False)


SERVER = Protectable(
    ResourceId(uid(300)),
    ResourceType.SERVER,
    "ecs-free",
    60,
    disks=(Disk(VolumeId(uid(301)), "system", 40, bootable=True), Disk(VolumeId(uid(302)), "data", 20)),
)
PLAIN = Protectable(ResourceId(uid(303)), ResourceType.SERVER, "ecs-plain", 10)
TAKEN = replace(PLAIN, id=ResourceId(uid(304)), name="ecs-taken", vault_id=OWN.id)
DISK = replace(PLAIN, id=ResourceId(uid(305)), type=ResourceType.DISK, name="volume-free")


@pytest.fixture
def new(qtbot: QtBot) -> NewVaultForm:
    policy = Policy(PolicyId(uid(500)), "nightly", "backup", True)
    copying = replace(policy, id=PolicyId(uid(501)), name="copying", operation_type="replication")
    made = NewVaultForm([SERVER, PLAIN, TAKEN, DISK], [policy, copying], "https://console.otc.t-systems.com/cbr/")
    qtbot.addWidget(made)
    made.show()
    return made


def ticked(form: NewVaultForm, place: int) -> TickLine:
    line = TickLine(form.resources.tree, place)
    line.tick()
    return line


def test_a_new_vault_offers_what_is_in_no_vault_and_takes_its_disks(new: NewVaultForm) -> None:
    tree = new.resources.tree
    server = ticked(new, 0)
    assert [server.text(0), ticked(new, 1).text(0), len(tick_lines(tree))] == ["ecs-free", "ecs-plain", 2]
    assert [each.exclude_volumes for each in new.draft().resources] == [(), ()]
    TickLine(tree, 0, 1).tick(is_on=False)
    assert [each.exclude_volumes for each in new.draft().resources] == [(VolumeId(uid(302)),), ()]
    assert new.resources.words.text() == "2 resources are chosen, of 50 GB."
    assert new.room.text() == "50 GB are allocated to what is chosen below; 50 GB are left."
    new.resources.filter.setText("plain")
    assert tick_lines(tree) == ["ecs-plain"]
    assert len(new.draft().resources) == 2, "what is hidden stays chosen"
    new.holds.setCurrentIndex(1)
    assert new.draft().resources == ()
    new.resources.filter.clear()
    assert ticked(new, 0).text(0) == "volume-free"


def test_what_does_not_go_together_is_not_asked_for(new: NewVaultForm) -> None:
    ticked(new, 0)
    new.level.setCurrentIndex(1)
    new.policy.setCurrentIndex(1)
    assert [new.policy.itemText(place) for place in range(new.policy.count())] == ["None", "nightly"]
    assert (new.draft().level, new.draft().policy_id) == ("app_consistent", uid(500))
    new.protection.setCurrentIndex(1)
    copies = new.draft()
    assert (copies.level, copies.policy_id, copies.resources) == ("crash_consistent", "", ())
    new.holds.setCurrentIndex(2)
    assert not new.protection.isEnabled()
    assert new.draft().protect_type == "backup"


def test_where_a_new_vault_is_and_whether_it_may_run_over_is_asked(qtbot: QtBot, new: NewVaultForm) -> None:
    assert (new.draft().zone, new.draft().overuse, names(new.zone)) == ("", False, [])
    counter = Counter([OWN], of=profile())
    new.follow(counter.context)
    new.zone.setEditText(" eu-de-07 ")
    zoned = [replace(SERVER, availability_zone="eu-de-02"), replace(PLAIN, availability_zone="eu-de-01"), TAKEN]
    counter.ledger.put_protectables(Listing(zoned, NOW))
    qtbot.waitUntil(lambda: names(new.zone) == ["eu-de-01", "eu-de-02"])
    assert new.draft().zone == "eu-de-07", "what was written stays when the list comes"
    new.zone.setCurrentIndex(1)
    assert new.draft().zone == "eu-de-02"
    new.overuse.setChecked(True)
    assert not new.draft().overuse, "a vault that is paid by use has nothing to run over"
    new.billing.setCurrentIndex(1)
    assert new.draft().overuse
    again = NewVaultForm([], [], "", new.draft())
    qtbot.addWidget(again)
    assert (again.draft().zone, again.draft().overuse) == ("eu-de-02", True)


def test_a_vault_that_is_ordered_leads_to_the_console(qtbot: QtBot, new: NewVaultForm) -> None:
    assert not new.console.isVisible()
    new.billing.setCurrentIndex(1)
    assert new.console.isVisible()
    dialog = opened(qtbot, Counter([OWN], of=profile()), new)
    new.name.setText("fresh")
    assert "bought by an order" in child(dialog, QLabel, "changeVerdict").text()


def test_a_new_vault_is_sent_as_it_stands_and_edited_again(qtbot: QtBot, new: NewVaultForm) -> None:
    counter = Counter([OWN], [SERVER, PLAIN, TAKEN, DISK], of=profile())
    dialog = opened(qtbot, counter, new)
    assert "There is no name." in child(dialog, QLabel, "changeVerdict").text()
    new.name.setText("fresh")
    ticked(new, 0)
    new.auto_expand.setChecked(True)
    new.tags.show_pairs([("env", "")])
    new.tags.changed.emit()
    child(dialog, QPushButton, "changeConfirm").click()
    (intent,) = counter.sent
    asked = read_draft(intent.body)
    taken = NewResource(SERVER.id, "OS::Nova::Server", "ecs-free")
    assert asked == VaultDraft("fresh", resources=(taken,), auto_expand=True, tags=(("env", ""),))
    again = Dialogs().edit_again(counter.context, intent.id, dialog)
    assert isinstance(again, ChangeDialog)
    assert again.form.draft() == asked


PROJECTS = [
    EnterpriseProject("0", "default"),
    EnterpriseProject(uid(601), "databases"),
    EnterpriseProject(uid(602), "closed", enabled=False),
]
EU = replace(profile(), cbr_endpoint="https://cbr.cn-north-4.myhuaweicloud.com", project="0" * 32)


def names(box: QComboBox) -> list[str]:
    return [box.itemText(place) for place in range(box.count())]


def test_the_enterprise_project_of_a_new_vault_is_chosen_by_name(qtbot: QtBot, new: NewVaultForm) -> None:
    choice, counter = new.project, Counter([OWN], of=EU)
    assert (new.draft().enterprise_project_id, names(choice.box)) == ("", ["Default", "Another one, by its id…"])
    new.follow(counter.context)
    choice.box.setCurrentIndex(1)
    with pytest.raises(ValueError, match="no id"):
        new.draft()
    assert choice.id.isVisible()
    choice.id.setText(f" {uid(602)} ")
    counter.ledger.put_enterprise_projects(Listing(PROJECTS, NOW))
    qtbot.waitUntil(lambda: choice.box.count() == 3)
    assert names(choice.box) == ["default (the default one)", "databases", "Another one, by its id…"]
    assert new.draft().enterprise_project_id == uid(602), "what was typed stays when the list comes"
    choice.box.setCurrentIndex(1)
    assert (new.draft().enterprise_project_id, choice.id.isVisible()) == (uid(601), False)
    choice.box.setCurrentIndex(0)
    assert new.draft().enterprise_project_id == "", "the usual one is not sent"
    for asked in ("", "0", uid(601), uid(609), "no id"):
        again = NewVaultForm([], [], "", VaultDraft("again", enterprise_project_id=asked))
        qtbot.addWidget(again)
        again.follow(counter.context)
        assert again.draft().enterprise_project_id == asked


def test_why_enterprise_projects_are_not_told_by_name_is_said(qtbot: QtBot, new: NewVaultForm) -> None:
    counter = Counter([OWN], of=EU)
    new.follow(counter.context)
    assert new.project.note.text() == ""
    counter.ledger.failed(Part.ENTERPRISE_PROJECTS, NotFound("eps.example", status=404, code="APIGW.0101"))
    qtbot.waitUntil(lambda: "The names of enterprise projects could not be read." in new.project.note.text())
    counter.ledger.put_enterprise_projects(Listing(PROJECTS, NOW, complete=False))
    qtbot.waitUntil(lambda: "can be named by its id" in new.project.note.text())
    elsewhere = NewVaultForm([], [])
    qtbot.addWidget(elsewhere)
    elsewhere.follow(Counter([OWN], of=profile()).context)
    assert (
        "Where the enterprise project service of this cloud answers is not known here" in elsewhere.project.note.text()
    )
    assert names(elsewhere.project.box) == ["Default", "Another one, by its id…"], "an id can be typed all the same"


def test_a_project_whose_id_no_login_has_told_yet_is_waited_for_in_the_same_window(qtbot: QtBot) -> None:
    counter = Counter([OWN], of=replace(EU, project="eu-de_prod"))
    form = FORMS.asked["enterprise"](counter.context, OWN)
    assert isinstance(form, EnterpriseProjectForm)
    dialog, said = opened(qtbot, counter, form), lambda: str(child(dialog, QLabel, "changeVerdict").text())
    form.choice.box.setCurrentIndex(0)
    assert "The id of the project is told by the login, and there was none since the start" in said()
    assert "or write it into the profile" in said() and not child(dialog, QPushButton, "changeConfirm").isEnabled()
    counter.ledger.project_id = ProjectId("0" * 32)
    counter.ledger.put_vaults(Listing([OWN], NOW))
    qtbot.waitUntil(child(dialog, QPushButton, "changeConfirm").isEnabled)
    assert "told by the login" not in said()


def test_a_vault_is_put_into_the_enterprise_project_that_is_chosen(qtbot: QtBot) -> None:
    held = replace(OWN, enterprise_project_id=uid(601))
    counter = Counter([held], of=EU)
    form = FORMS.asked["enterprise"](counter.context, held)
    assert isinstance(form, EnterpriseProjectForm)
    dialog = opened(qtbot, counter, form)
    assert (form.now.text(), form.choice.box.currentIndex()) == (uid(601), -1)
    assert not child(dialog, QPushButton, "changeConfirm").isEnabled()
    counter.ledger.put_enterprise_projects(Listing(PROJECTS, NOW))
    qtbot.waitUntil(lambda: form.now.text() == "databases")
    assert form.choice.box.currentIndex() == -1, "nothing is chosen for anybody"
    form.choice.box.setCurrentIndex(0)
    assert "follows enterprise project ‘default’ from then on" in dialog.findings.text()
    child(dialog, QPushButton, "changeConfirm").click()
    (intent,) = counter.sent
    assert (intent.change.path, json.loads(intent.body)["resource_id"]) == (
        "enterprise-projects/0/resources-migrate",
        held.id,
    )
    again = FORMS.again[intent.change.kind](counter.context, intent)
    assert again is not None and again.draft() == form.draft()
    qtbot.addWidget(again)


def test_what_orders_decide_of_a_vault_leads_to_the_console(qtbot: QtBot) -> None:
    console = "https://console.otc.t-systems.com/cbr/"
    for mode, address, is_told, is_offered in (
        ("pre_paid", console, True, True),
        ("pre_paid", "", True, False),
        ("post_paid", console, False, False),
    ):
        form = VaultEditForm(replace(OWN, charging_mode=mode), console=address)
        qtbot.addWidget(form)
        form.show()
        found = (form.order.isVisible(), form.console.isVisible(), form.size_gb.isEnabled())
        assert found == (is_told, is_offered, not is_told)


def test_several_vaults_get_the_same_tags_and_settings(qtbot: QtBot) -> None:
    counter = Counter([OWN], of=profile())
    tags, settings = TagsBatch(), SettingsBatch()
    for form in (tags, settings):
        qtbot.addWidget(form)
        with pytest.raises(ValueError, match=r"no tag|nothing is changed"):
            form.draft(counter.context, OWN)
    tags.table.show_pairs([("env", "prod")])
    assert tags.draft(counter.context, OWN) == TagChange(OWN.id, (("env", "prod"),))
    settings.thresholds.changes_threshold.setChecked(True)
    settings.auto_expand.setCurrentIndex(1)
    wanted = VaultUpdate(OWN.id, threshold_percent=80, auto_expand=True)
    assert settings.draft(counter.context, OWN) == wanted
    assert (tags.title(2), settings.title(1)) == ("Set tags of 2 vaults", "Change 1 vault")
    forms = FORMS.several
    assert [type(forms[verb]([])) for verb in ("tags", "edit")] == [TagsBatch, SettingsBatch]


def every_form(name: str = "nightly") -> list[QWidget]:
    """Return each form of vaults, with what it shows at need; ``name`` is what people have called things."""
    own = replace(OWN, name=name, tags={name: name}, auto_bind=True, bind_tags=((name, name),))
    policy = Policy(PolicyId(uid(500)), name, "backup", True)
    return [
        NewVaultForm([replace(PLAIN, name=name)], [policy], "https://console.otc.t-systems.com/cbr/"),
        VaultEditForm(replace(own, charging_mode="pre_paid"), console="https://console.otc.t-systems.com/cbr/"),
        TagsForm(own),
        AllVaultsForm(),
        ExpirationForm(own.id, NOW),
        EnterpriseProjectForm(Counter([own], of=profile()).context, own),
        lock_form(own.id),
        deletion_form(own.id),
        TagsBatch(),
        SettingsBatch(),
    ]


def test_no_letter_leads_to_two_things_in_the_windows_of_vaults(qtbot: QtBot) -> None:
    counter = Counter([OWN], of=profile())
    for form in every_form():
        dialog = opened(qtbot, counter, form) if isinstance(form, ChangeForm) else form
        qtbot.addWidget(dialog)
        assert clashes(dialog) == {}, type(form).__name__


def test_the_forms_of_vaults_speak_through_the_catalogue(qtbot: QtBot) -> None:
    with spoken(Pseudo()):
        forms = every_form(FOREIGN)
        for form in forms:
            qtbot.addWidget(form)
        assert bypassed(forms) == {}
