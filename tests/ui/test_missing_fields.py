"""What is still to be filled in is named by the windows that ask for changes, and they lead to it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.checkpoint import ResourceChoice
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.ids import BackupId, ResourceId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.vault_changes import TagChange
from cbr_desktop.ui.backups.forms import RenameForm
from cbr_desktop.ui.backups.sharing import ShareForm, WithdrawForm
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS
from cbr_desktop.ui.kit.lookalikes import duplicates
from cbr_desktop.ui.operations.association import AssociationForm
from cbr_desktop.ui.operations.batch import BatchWindow
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import ChangeForm, FixedForm
from cbr_desktop.ui.policies.edit import PolicyEditFields
from cbr_desktop.ui.policies.form import PolicyFields
from cbr_desktop.ui.policies.forms import ApplyForm, RemoveForm, deletion_form
from cbr_desktop.ui.resources.forms import MigrationForm
from cbr_desktop.ui.vaults.all_vaults import AllVaultsForm
from cbr_desktop.ui.vaults.create import NewVaultForm
from cbr_desktop.ui.vaults.edit import VaultEditForm
from cbr_desktop.ui.vaults.enterprise import EnterpriseProjectForm
from cbr_desktop.ui.vaults.forms import deletion_form as vault_deletion
from cbr_desktop.ui.vaults.replication import ReplicateVaultForm
from cbr_desktop.ui.vaults.several import SettingsBatch, TagsBatch
from cbr_desktop.ui.vaults.tags import TagsForm
from tests.ui.counter import Counter
from tests.ui.estate import NOW, profile, resource, uid, vault
from tests.ui.test_batch_window import Scene, column, said
from tests.ui.test_policy_changes import NIGHTLY, counter_with
from tests.widgets import child
from tests.workflows.test_batch import OTHER, VAULT

ONE, TWO = vault(1, "vault-one", 1, 10), vault(2, "vault-two", 1, 10)
TAGGED = replace(ONE, tags={"env": "prod", "team": "erp"})
SERVER = resource(100, ONE, 0)
Make = Callable[[Counter], ChangeForm]


def opened(qtbot: QtBot, counter: Counter | Scene, form: ChangeForm) -> ChangeDialog:
    dialog = ChangeDialog(counter.context, form)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def choice(counter: Counter) -> ResourceChoice:
    assert counter.ledger.vaults
    return ResourceChoice(SERVER.id, SERVER.type, SERVER.name)


@pytest.mark.parametrize(
    ("make", "words", "field"),
    [
        (lambda _c: ApplyForm([NIGHTLY], [ONE]), "No policy is chosen yet.", "applyPolicy"),
        (lambda _c: ApplyForm([NIGHTLY], [ONE], NIGHTLY.id), "No vault is chosen yet.", "applyVault"),
        (lambda _c: RemoveForm(NIGHTLY.id, [ONE, TWO]), "No vault is chosen yet.", "removeVault"),
        (lambda c: MigrationForm(c.context, ONE.id, [SERVER.id]), "No vault is chosen yet.", "migrationTarget"),
        (
            lambda c: AssociationForm(c.context, choices=[choice(c)]),
            "No vault is chosen yet.",
            "associationVault",
        ),
        (lambda c: ReplicateVaultForm(c.context, ONE.id), "No vault is chosen yet.", "destinationVault"),
        (
            lambda c: EnterpriseProjectForm(c.context, ONE),
            "No enterprise project is chosen yet.",
            "enterpriseProjectBox",
        ),
    ],
)
def test_a_window_names_the_field_that_is_still_empty_and_leads_to_it(
    qtbot: QtBot, make: Make, words: str, field: str
) -> None:
    counter = counter_with(NIGHTLY)
    dialog = opened(qtbot, counter, make(counter))
    assert child(dialog, QLabel, "changeVerdict").text() == f"Not ready: {words}"
    assert not child(dialog, QPushButton, "changeConfirm").isEnabled()
    dialog.cancel.setFocus()
    lead = child(dialog, QPushButton, "changeLead")
    assert lead.isVisible()
    lead.click()
    assert dialog.focusWidget().objectName() == field
    dialog.cancel.setFocus()
    (keys,) = (each for each in dialog.findChildren(QShortcut) if each.key() == QKeySequence("Ctrl+."))
    keys.activated.emit()
    assert dialog.focusWidget().objectName() == field


def test_a_field_that_was_emptied_again_is_a_fault(qtbot: QtBot) -> None:
    dialog = opened(qtbot, counter_with(NIGHTLY), PolicyFields(timedelta()))
    name = child(dialog, QLineEdit, "policyName")
    name.setText("nightly-2")
    assert dialog.confirm.isEnabled()
    name.clear()
    assert dialog.bar.verdict.mark == SEVERITY_MARKS[Severity.BLOCK]
    line = child(dialog, QLabel, "changeFindings")
    assert line.text() == "There is no name. Write one of 1 to 64 characters." and line.isVisible()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _c: RemoveForm(NIGHTLY.id, []), "The policy is applied to no vault, so there is none to remove it"),
        (lambda c: WithdrawForm(c.context, BackupId(uid(7))), "It is not known yet whom the backup is shared with."),
        (
            lambda c: MigrationForm(c.context, ONE.id, [ResourceId(uid(100))]),
            "There is no other vault of this type that the resources could go to.",
        ),
    ],
)
def test_a_window_says_where_there_is_nothing_to_choose(qtbot: QtBot, make: Make, words: str) -> None:
    counter = Counter([ONE], of=profile())
    dialog = opened(qtbot, counter, make(counter))
    assert child(dialog, QLabel, "changeVerdict").text().startswith(f"Not ready: {words}")
    assert not child(dialog, QPushButton, "changeLead").isVisible()


def test_there_is_no_share_to_end_of_a_backup_that_is_shared_with_nobody(qtbot: QtBot) -> None:
    counter = Counter([ONE], of=profile())
    id = BackupId(uid(7))
    form = WithdrawForm(counter.context, id)
    dialog = opened(qtbot, counter, form)
    counter.ledger.put_receivers(id, Listing([], NOW))
    form.show_members()
    dialog._judge()
    told = child(dialog, QLabel, "changeVerdict").text()
    assert told == "Not ready: The backup is shared with nobody, so there is no share to end."


@pytest.mark.parametrize(
    "make", [lambda: VaultEditForm(ONE), lambda: PolicyEditFields(NIGHTLY, timedelta())], ids=["vault", "policy"]
)
def test_what_changes_nothing_is_not_called_ready(qtbot: QtBot, make: Callable[[], Any]) -> None:
    counter = counter_with(NIGHTLY)
    form = make()
    dialog = opened(qtbot, counter, form)
    told = child(dialog, QLabel, "changeVerdict").text()
    assert told.startswith("Not ready: Nothing of ")
    assert not child(dialog, QPushButton, "changeConfirm").isEnabled()
    form.name.setText("another-name")
    dialog._judge()
    assert child(dialog, QPushButton, "changeConfirm").isEnabled()


def test_a_window_without_fields_has_nothing_to_lead_to(qtbot: QtBot) -> None:
    dialog = opened(qtbot, counter_with(NIGHTLY), deletion_form(NIGHTLY.id))
    assert isinstance(dialog.form, FixedForm)
    assert dialog.form.missing() is None
    assert not child(dialog, QPushButton, "changeLead").isVisible()


@pytest.mark.parametrize(
    ("make", "words", "field"),
    [
        (TagsBatch, "No tag is written yet. Add one.", "batchTagsAdd"),
        (
            SettingsBatch,
            "Nothing is changed yet. Change threshold, notification or growth.",
            "allThresholdChanged",
        ),
    ],
)
def test_a_batch_names_its_rows_and_what_all_of_them_lack(
    tmp_path: Path, qtbot: QtBot, make: Callable[[], Any], words: str, field: str
) -> None:
    scene = Scene(tmp_path)
    scene.context.ledger.put_vaults(Listing([VAULT, replace(OTHER)], NOW))
    window = BatchWindow(scene.workspace, [(scene.context, VAULT), (scene.context, OTHER)], make())
    qtbot.addWidget(window)
    window.show()
    assert said(window) == f"Not ready: {words}"
    assert column(window, "Done to") == [VAULT.name, OTHER.name]
    assert column(window, "Verdict") == ["Not yet"] * 2
    assert column(window, "What was found") == [words] * 2
    assert window.focusWidget().objectName() == field
    window.leave.setFocus()
    child(window, QPushButton, "batchLead").click()
    assert window.focusWidget().objectName() == field


@pytest.mark.parametrize(
    ("make", "words", "field"),
    [
        (lambda _c: NewVaultForm((), ()), "There is no name.", "newVaultName"),
        (lambda _c: PolicyFields(timedelta()), "There is no name.", "policyName"),
        (lambda c: ShareForm(c.context, BackupId(uid(7))), "No project is named to share with.", "shareProject"),
        (lambda _c: TagsForm(replace(ONE, tags={})), "No tag is written yet. Add one.", "vaultTagsAdd"),
        (lambda _c: TagsForm(TAGGED), "No tag is changed yet. Add one,", "vaultTagsAdd"),
        (lambda _c: TagsForm(TAGGED, TagChange(ONE.id, (), deletes=True)), "No tag is ticked yet.", "vaultTagsOwn"),
        (lambda c: AssociationForm(c.context, ONE.id), "No resource is chosen.", "resourceFilter"),
        (lambda _c: AllVaultsForm(), "Neither threshold nor notification is changed.", ""),
    ],
)
def test_a_window_leads_to_the_field_in_which_something_is_to_be_put_right(
    qtbot: QtBot, make: Make, words: str, field: str
) -> None:
    counter = counter_with(NIGHTLY)
    dialog = opened(qtbot, counter, make(counter))
    assert child(dialog, QLabel, "changeVerdict").text().startswith(f"Not ready: {words}")
    assert not dialog.confirm.isEnabled()
    assert dialog.bar.verdict.mark == SEVERITY_MARKS[Severity.INFO], "nobody has been there yet"
    dialog.cancel.setFocus()
    child(dialog, QPushButton, "changeLead").click()
    assert dialog.focusWidget().objectName() == (field or "changeCancel")


def test_a_vault_that_could_be_taken_for_another_is_told_by_its_id(tmp_path: Path, qtbot: QtBot) -> None:
    alike, third = replace(OTHER, name=VAULT.name.replace("o", "0").upper()), vault(3, "vault-three", 100, 1000)
    scene = Scene(tmp_path)
    scene.context.ledger.put_vaults(Listing([VAULT, alike, third], NOW))
    dialog = opened(qtbot, scene, vault_deletion(VAULT.id))
    told = f"Another one has a name that looks alike: ‘{alike.name}’ ({alike.id}). Compare the id."
    assert child(dialog, QLabel, "changeAlike").text() == told
    window = BatchWindow(scene.workspace, [(scene.context, each) for each in (VAULT, third)], TagsBatch())
    qtbot.addWidget(window)
    window.show()
    named = duplicates([(VAULT.id, VAULT.name), (alike.id, alike.name)])
    assert column(window, "Done to") == [f"{VAULT.name} · {named[VAULT.id]}", third.name]
    scene.context.ledger.put_vaults(Listing([VAULT, OTHER, third], NOW))
    dialog._judge()
    assert not child(dialog, QLabel, "changeAlike").isVisible()


def test_what_no_field_can_put_right_leads_nowhere(qtbot: QtBot) -> None:
    counter = counter_with(NIGHTLY)
    dialog = opened(qtbot, counter, RenameForm(BackupId(uid(7)), "another"))
    assert child(dialog, QLabel, "changeVerdict").text() != "Ready."
    assert not child(dialog, QPushButton, "changeLead").isVisible()
