"""The forms of vaults, and the page that opens them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.vault import Vault, VaultStatus
from cbr_desktop.domain.vault_changes import VaultUpdate
from cbr_desktop.text.words import Times
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.vaults.edit import VaultEditForm
from cbr_desktop.ui.vaults.page import VaultIndex, VaultsPage
from tests.ui import estate
from tests.ui.counter import Counter
from tests.ui.estate import HandClock, profile, vault
from tests.widgets import child

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
    assert "From 2 000 GB to 2 500 GB. No effect once it is full." in form.growth.text()
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
