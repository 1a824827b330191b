"""The forms that change, apply, remove and delete a policy, and the page that opens them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QTime
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QLabel, QMenu, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.account import Project
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.ids import PolicyId, ProjectId, VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import Policy, PolicyApplication, PolicyRemoval, PolicyUpdate
from cbr_desktop.domain.replication import DestinationVault
from cbr_desktop.domain.retention import Retention
from cbr_desktop.domain.schedule import same_runs
from cbr_desktop.domain.vault import ProtectType
from cbr_desktop.text.words import Times
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.policies.edit import PolicyCopyFields, PolicyEditFields, switch_form
from cbr_desktop.ui.policies.forms import ApplyForm, RemoveForm, deletion_form
from cbr_desktop.ui.policies.page import PoliciesPage
from cbr_desktop.ui.policies.policyform import Keep
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.workflows.ledger import Part
from tests.ui import estate
from tests.ui.counter import Counter
from tests.ui.estate import NOW, HandClock, profile, uid, vault
from tests.widgets import child

MONDAY = "FREQ=WEEKLY;BYDAY=MO;BYHOUR=1;BYMINUTE=0"
STRANGE = "FREQ=MONTHLY;BYMONTHDAY=1"
NIGHTLY = Policy(
    PolicyId(uid(500)),
    "nightly",
    "backup",
    True,
    (MONDAY,),
    retention_days=30,
    vault_ids=(VaultId(uid(1)),),
    timezone="UTC+01:00",
    full_backup_interval=5,
)


@pytest.fixture
def fields(qtbot: QtBot) -> Iterator[PolicyEditFields]:
    yield edited(qtbot, NIGHTLY)


def edited(qtbot: QtBot, policy: Policy, **more: Any) -> PolicyEditFields:
    made = PolicyEditFields(policy, timedelta(hours=1), **more)
    qtbot.addWidget(made)
    made.show()
    return made


def counter_with(*policies: Policy) -> Counter:
    made = Counter([vault(1, "vault-one", 1, 10), vault(2, "vault-two", 1, 10)], of=profile())
    made.context.ledger.put_policies(Listing(list(policies), NOW))
    return made


def opened(qtbot: QtBot, counter: Counter, form: Any) -> ChangeDialog:
    dialog = ChangeDialog(counter.context, form)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


# changing


def test_nothing_is_asked_for_until_something_is_changed(fields: PolicyEditFields) -> None:
    assert fields.draft() == PolicyUpdate(NIGHTLY.id)


def test_each_field_asks_for_its_own_change_alone(fields: PolicyEditFields) -> None:
    fields.name.setText("other")
    assert fields.draft() == PolicyUpdate(NIGHTLY.id, name="other")
    fields.name.setText("nightly")
    fields.enabled.setChecked(False)
    assert fields.draft() == PolicyUpdate(NIGHTLY.id, enabled=False)
    assert "It is disabled, so nothing runs before it is enabled." in fields.rule.text()


def test_times_that_stay_are_written_as_they_were(fields: PolicyEditFields) -> None:
    fields.time.setTime(QTime(13, 0))
    child(fields, QPushButton, "policyAddTime").click()
    assert fields.draft().patterns == (MONDAY, "FREQ=WEEKLY;BYDAY=MO;BYHOUR=13;BYMINUTE=00")


def test_the_rules_go_as_a_whole_with_what_the_fields_do_not_show(fields: PolicyEditFields) -> None:
    fields.keep[Keep.NUMBER].click()
    fields.number.setValue(7)
    update = fields.draft()
    assert update.retention == Retention(max_backups=7, timezone="UTC+01:00")
    assert (update.full_backup_interval, update.patterns, update.name) == (5, None, None)


def test_times_and_rules_that_cannot_be_shown_are_told_and_stay(qtbot: QtBot) -> None:
    strange = replace(NIGHTLY, patterns=(MONDAY, STRANGE), max_backups=3)
    fields = edited(qtbot, strange)
    assert not fields.schedule_side.isEnabled() and not fields.retention_side.isEnabled()
    assert child(fields, QLabel, "policyKept").text() == (
        "This form cannot show its times and its rules. They stay as they are."
    )
    assert STRANGE in fields.rule.text() and "the newest 3 backups and 30 days" in fields.rule.text()
    fields.name.setText("other")
    assert fields.draft() == PolicyUpdate(strange.id, name="other")


def test_times_of_different_days_cannot_be_shown(qtbot: QtBot) -> None:
    mixed = replace(NIGHTLY, patterns=(MONDAY, "FREQ=DAILY;INTERVAL=1;BYHOUR=13;BYMINUTE=00"))
    fields = edited(qtbot, mixed)
    assert not fields.schedule_side.isEnabled() and fields.retention_side.isEnabled()
    fields.days_kept.setValue(7)
    assert (fields.draft().patterns, fields.draft().retention) == (None, Retention(days=7, timezone="UTC+01:00"))


def test_a_change_is_judged_while_it_is_made_and_sent_as_it_stands(qtbot: QtBot) -> None:
    counter = counter_with(NIGHTLY, replace(NIGHTLY, id=PolicyId(uid(501)), name="taken"))
    fields = PolicyEditFields(NIGHTLY, timedelta())
    dialog = opened(qtbot, counter, fields)
    assert child(dialog, QPushButton, "changeConfirm").text() == "Change policy"
    fields.name.setText("a b")
    assert "A space at position 2" in child(dialog, QLabel, "changeVerdict").text()
    fields.name.setText("better")
    child(dialog, QPushButton, "changeConfirm").click()
    (intent,) = counter.sent
    assert json.loads(intent.body) == {"policy": {"name": "better"}}


def test_a_policy_is_switched_and_deleted_by_windows_without_fields(qtbot: QtBot) -> None:
    counter = counter_with(NIGHTLY)
    dialog = opened(qtbot, counter, switch_form(NIGHTLY))
    assert "‘nightly’ then no longer backs up 1 vault" in child(dialog, QLabel, "changeVerdict").text()
    assert switch_form(replace(NIGHTLY, enabled=False)).draft() == PolicyUpdate(NIGHTLY.id, enabled=True)
    deletion = opened(qtbot, counter, deletion_form(NIGHTLY.id))
    assert child(deletion, QPushButton, "changeConfirm").text() == "Delete policy"


# vaults


def test_a_policy_is_applied_to_a_vault_that_is_chosen(qtbot: QtBot) -> None:
    counter = counter_with(NIGHTLY)
    ledger = counter.context.ledger
    form = ApplyForm(ledger.policies.values(), ledger.vaults.values(), NIGHTLY.id)
    dialog = opened(qtbot, counter, form)
    assert child(dialog, QLabel, "changeVerdict").text() == "Not ready: No vault is chosen yet."
    with pytest.raises(ValueError, match="nothing is chosen"):
        form.draft()
    assert not form.destination.isVisible()
    preview = child(dialog, QPlainTextEdit, "changePreview")
    chosen = form.vault.currentIndex()
    for place, is_shown in ((form.vault.findText("vault-two"), True), (chosen, False)):
        form.vault.setCurrentIndex(place)
        dialog._judge()
        assert ("associatepolicy" in preview.toPlainText()) is is_shown  # none that is not meant any more
    form.vault.setCurrentText("vault-two")
    assert form.draft() == PolicyApplication(NIGHTLY.id, VaultId(uid(2)))
    child(dialog, QPushButton, "changeConfirm").click()
    (intent,) = counter.sent
    assert (json.loads(intent.body), intent.change.path) == (
        {"policy_id": NIGHTLY.id},
        f"vaults/{uid(2)}/associatepolicy",
    )


def test_a_replication_policy_asks_where_to_as_well(qtbot: QtBot) -> None:
    copying = replace(NIGHTLY, operation_type="replication", name="copying")
    form = ApplyForm([copying], [vault(1, "vault-one", 1, 10)], copying.id, uid(1), uid(9))
    qtbot.addWidget(form)
    form.show()
    assert form.destination.isVisible()
    assert form.draft() == PolicyApplication(copying.id, VaultId(uid(1)), uid(9))


def test_things_of_one_name_are_told_apart_by_their_ids(qtbot: QtBot) -> None:
    form = ApplyForm([NIGHTLY], [vault(1, "twin", 1, 10), vault(2, "twin", 1, 10), vault(3, "single", 1, 10)])
    qtbot.addWidget(form)
    words = [form.vault.itemText(row) for row in range(3)]
    assert words == ["single", f"twin ({uid(1)})", f"twin ({uid(2)})"]


def test_a_policy_is_removed_from_one_of_its_vaults(qtbot: QtBot) -> None:
    form = RemoveForm(NIGHTLY.id, [vault(1, "vault-one", 1, 10)])
    qtbot.addWidget(form)
    assert form.draft() == PolicyRemoval(NIGHTLY.id, VaultId(uid(1)))
    several = RemoveForm(NIGHTLY.id, [vault(1, "vault-one", 1, 10), vault(2, "vault-two", 1, 10)])
    qtbot.addWidget(several)
    with pytest.raises(ValueError, match="nothing is chosen"):
        several.draft()


# copying


def test_a_copy_asks_for_the_same_under_another_name_and_says_what_it_lacks(qtbot: QtBot) -> None:
    made = PolicyCopyFields(NIGHTLY, timedelta(hours=1))
    qtbot.addWidget(made)
    draft = made.draft()
    assert (draft.name, draft.retention_days, draft.full_backup_interval) == ("nightly_copy", 30, 5)
    assert same_runs(draft.patterns, NIGHTLY.patterns)
    assert made.findChild(QLabel, "policyKept") is None
    strange = PolicyCopyFields(replace(NIGHTLY, patterns=(STRANGE,), max_backups=3), timedelta(hours=1))
    qtbot.addWidget(strange)
    assert child(strange, QLabel, "policyKept").text() == (
        "This form cannot show its times. They are not copied. This form cannot show its rules. They are not copied."
    )
    long = PolicyCopyFields(replace(NIGHTLY, name=64 * "n"), timedelta())
    qtbot.addWidget(long)
    assert len(long.draft().name) == 64


def test_how_often_a_backup_is_a_full_one_is_changed_with_the_rules_of_retention(fields: PolicyEditFields) -> None:
    assert (fields.full.isChecked(), fields.full_every.value()) == (True, 5)
    fields.full.setChecked(False)
    asked = fields.draft()
    assert (asked.full_backup_interval, asked.retention) == (-1, replace(NIGHTLY.retention, timezone="UTC+01:00"))


# the page, and again


def test_the_page_wishes_for_what_is_done_to_the_selected_policy(qtbot: QtBot) -> None:
    workspace = estate.workspace()
    page = PoliciesPage(workspace, Times(HandClock(), utc=True))
    qtbot.addWidget(page)
    ledger = next(iter(workspace.scope.members))
    ledger.put_policies(Listing([NIGHTLY, replace(NIGHTLY, id=PolicyId(uid(501)), name="second")], NOW))
    page.catch_up()
    told: list[str] = []
    verbs = ("edit", "switch", "apply", "remove", "delete")
    page.verb_requested.connect(lambda verb, policies: told.extend(f"{verb} {each.name}" for each in policies))
    page.remarked.connect(told.append)
    page.view.clearSelection()
    assert [verb for verb, button in page.buttons.items() if button.isEnabled()] == ["create"]
    page.view.select_id(NIGHTLY.id)
    for verb in verbs:
        page.buttons[verb].click()
    assert told == [f"{verb} nightly" for verb in verbs]
    for key in ("F2", "Del"):
        next(s for s in page.view.findChildren(QShortcut) if s.key().toString() == key).activated.emit()
    assert told[5:] == ["edit nightly", "delete nightly"]
    menu = QMenu(page)
    page.fill_menu(menu)
    assert len([each for each in menu.actions() if not each.isSeparator()]) == 7
    page.view.selectAll()
    page.buttons["delete"].click()
    assert told[-1] == "Deleting takes one policy at a time; 2 policies are selected. Nothing was done."


@pytest.mark.parametrize(
    ("draft", "check"),
    [
        (PolicyUpdate(NIGHTLY.id, "other", retention=Retention(max_backups=4)), lambda form: form.number.value() == 4),
        (PolicyApplication(NIGHTLY.id, VaultId(uid(2))), lambda form: form.vault.currentText() == "vault-two"),
        (PolicyRemoval(NIGHTLY.id, VaultId(uid(1))), lambda form: form.vault.currentText() == "vault-one"),
    ],
)
def test_an_earlier_request_is_shown_in_its_form_again(draft: Any, check: Any, qtbot: QtBot) -> None:
    counter = counter_with(NIGHTLY)
    intent = counter.context.outbox.submit(draft)
    dialog = Dialogs().edit_again(counter.context, intent.id, None)  # type: ignore[arg-type]
    assert isinstance(dialog, ChangeDialog)
    qtbot.addWidget(dialog)
    assert dialog.form.kind in (Kind.UPDATE_POLICY, Kind.APPLY_POLICY, Kind.REMOVE_POLICY)
    assert check(dialog.form)
    asked = dialog.form.draft()
    kept = (
        replace(draft.retention, timezone="UTC+01:00") if isinstance(draft, PolicyUpdate) and draft.retention else None
    )
    assert asked == (replace(draft, retention=kept) if kept else draft)


def test_a_replication_policy_offers_the_vaults_of_the_region_that_it_copies_to(qtbot: QtBot) -> None:
    copying = replace(NIGHTLY, operation_type="replication", name="copying", destination_region="eu-nl")
    counter = counter_with(copying)
    form = ApplyForm([copying], counter.ledger.vaults.values(), copying.id, uid(1))
    form.follow(counter.context)
    dialog = opened(qtbot, counter, form)
    assert form.destination.isVisible()
    assert "Reading which replication vaults there are in ‘eu-nl’" in form.note.text()
    there = Project(ProjectId("f" * 32), "eu-nl_prod")
    near = replace(vault(7, "dr-nl", 1, 10), protect_type=ProtectType.REPLICATION)
    far = replace(vault(8, "dr-br", 1, 10), protect_type=ProtectType.REPLICATION)
    known = [DestinationVault("eu-nl", there, near), DestinationVault("sa-brazil-1", there, far)]
    counter.ledger.put_destinations(("eu-nl",), [there], Listing(known, NOW))
    form._ledger_changed(Part.DESTINATIONS)
    words = [form.elsewhere.itemText(row) for row in range(form.elsewhere.count())]
    assert words[0].startswith("dr-nl – eu-nl, project eu-nl_prod") and len(words) == 2
    assert form.elsewhere.isVisible() and not form.destination.isVisible() and not form.note.isVisible()
    form.elsewhere.setCurrentIndex(0)
    assert form.draft() == PolicyApplication(copying.id, VaultId(uid(1)), uid(7))
    dialog._judge()
    assert child(dialog, QPushButton, "changeConfirm").isEnabled()
    form.elsewhere.setCurrentIndex(1)
    assert form.destination.isVisible() and form.draft().destination_vault_id == ""
    form.destination.setText(uid(9))
    assert form.draft().destination_vault_id == uid(9)
    assert form.elsewhere.currentIndex() == 1
