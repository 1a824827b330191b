"""Batches of vaults: one policy for several, and checkpoints of several with one template for their names."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.ids import PolicyId, ResourceId, VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.request import RequestDocument
from cbr_desktop.ui.checkpoint.several import CheckpointsForm
from cbr_desktop.ui.operations.batch import BatchWindow
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import BatchForm
from cbr_desktop.ui.policies.several import FOR_VAULTS as FORMS
from cbr_desktop.ui.policies.several import ApplyFromPolicies, RemoveFromPolicies
from cbr_desktop.ui.resources.forms import MigrationsForm
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.ui.vaults.forms import FORMS as VAULT_FORMS
from tests.ui import estate
from tests.ui.estate import NOW, resource, uid
from tests.ui.test_batch_window import LIVE, TEST, Scene, column, confirm, losses, said
from tests.widgets import child
from tests.workflows.test_batch import DISK, OTHER, SERVER, VAULT
from tests.workflows.test_batch import HELD as THIRD

NIGHTLY = Policy(
    PolicyId(uid(501)), "nightly", "backup", True, ("FREQ=DAILY;INTERVAL=1;BYHOUR=01;BYMINUTE=00",), retention_days=30
)
COPY = replace(NIGHTLY, id=PolicyId(uid(502)), name="copy", operation_type="replication")
Open = Callable[[Scene, Any, Sequence[Any]], BatchWindow]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def make(scene: Scene, form: Callable[[Any], BatchForm], asked: Sequence[Any]) -> BatchWindow:
        window = BatchWindow(scene.workspace, asked, form(asked))
        qtbot.addWidget(window)
        window.show()
        return window

    return make


def with_policies(scene: Scene, *of: Policy) -> Scene:
    for number, context in enumerate(scene.workspace.contexts):
        own = [replace(each, id=PolicyId(uid(600 + 10 * number + place))) for place, each in enumerate(of)]
        context.ledger.put_policies(Listing(own, NOW))
    return scene


def sent(scene: Scene) -> list[tuple[str, Any]]:
    """Return what the steps of the run that was begun ask for, with their profiles."""
    (run,) = scene.begun
    return [(step.profile, json.loads(step.document.body)) for step in run.plan.steps if step.document]


def test_one_policy_is_applied_to_several_vaults_as_one_run(tmp_path: Path, opened: Open) -> None:
    scene = with_policies(Scene(tmp_path, TEST, replace(TEST, name="Second", project="p2")), NIGHTLY, COPY)
    first, second = scene.workspace.contexts
    window = opened(scene, FORMS.several["apply"], [(first, VAULT), (first, OTHER), (second, VAULT)])
    assert [window.form.policy.itemData(row) for row in range(window.form.policy.count())] == ["nightly"]
    assert confirm(window).text() == "Apply policy to 3 vaults"
    assert confirm(window).isEnabled(), said(window)
    confirm(window).click()
    own = [next(iter(context.ledger.policies.values())).id for context in (first, second)]
    assert sent(scene) == [
        (TEST.name, {"policy_id": own[0]}),
        (TEST.name, {"policy_id": own[0]}),
        ("Second", {"policy_id": own[1]}),
    ]


def test_a_vault_without_the_policy_is_named_and_left_out_of_its_removal(tmp_path: Path, opened: Open) -> None:
    scene = with_policies(
        Scene(tmp_path),
        replace(NIGHTLY, vault_ids=(VAULT.id,)),
        replace(NIGHTLY, name="other", vault_ids=(OTHER.id,)),
    )
    window = opened(scene, FORMS.several["remove"], [(scene.context, VAULT), (scene.context, OTHER)])
    assert said(window) == "Not ready: No policy is chosen yet."
    assert not child(window, QPushButton, "batchLeaveOut").isVisible()
    window.form.policy.setCurrentIndex(0)
    assert column(window, "Verdict") == ["Not possible", "Look at it"]
    assert column(window, "Done to") == ["vault-two", "vault-one"]
    assert column(window, "What was found")[0] == "The vault does not have this policy."
    child(window, QPushButton, "batchLeaveOut").click()
    window.consent.click()
    assert confirm(window).isEnabled(), said(window)
    confirm(window).click()
    assert len(sent(scene)) == 1


def test_checkpoints_of_several_vaults_are_named_by_one_template(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path)
    held = [resource(100, VAULT, 0), resource(104, OTHER, 4), resource(108, OTHER, 8)]
    vaults = [replace(VAULT, resources=held[:1]), replace(OTHER, resources=held[1:])]
    scene.context.ledger.put_vaults(Listing(vaults, NOW))
    targets = [(VAULT.id, ()), (OTHER.id, (held[1].id,))]
    window = opened(scene, CheckpointsForm, [(scene.context, target) for target in targets])
    window.form.template.setCurrentText("chg{ticket}-{vault}-{seq}-{rand:4}")
    assert "number of a ticket" in column(window, "What was found")[0]
    assert not confirm(window).isEnabled()
    window.form.ticket.setText("77")
    window.form.full.setChecked(True)
    names = column(window, "Name")
    assert sorted(name[:-4] for name in names) == ["chg77-vault-one-1-", "chg77-vault-two-2-"]
    window.refresh()
    assert column(window, "Name") == names
    if window.consent.isVisible():
        window.consent.setChecked(True)
    assert confirm(window).isEnabled(), (said(window), column(window, "What was found"))
    confirm(window).click()
    (run,) = scene.begun
    asked = [step.document.draft for step in run.plan.steps if isinstance(step.document, RequestDocument)]
    assert sorted(each.name for each in asked) == sorted(names)
    assert [each.incremental for each in asked] == [False, False]
    assert [each.resources is None for each in asked] == [True, False]


def test_create_checkpoint_with_several_vaults_selected_opens_the_batch(qtbot: QtBot) -> None:
    window = MainWindow(estate.workspace())
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    window.show()
    window.build_deferred_widgets()
    page = window.show_page("Vaults")
    page.view.selectAll()
    window.create_checkpoint()
    (batch,) = window.findChildren(BatchWindow)
    assert len(batch._judge.asked) == len(page.view.selected_rows()) > 1
    page.buttons["apply"].click()
    assert len(window.findChildren(BatchWindow)) == 2
    resources = window.show_page("Resources")
    resources.view.selectAll()
    window.create_checkpoint()
    last = window.findChildren(BatchWindow)[-1]
    assert {target[0] for _context, target in last._judge.asked} <= set(window._workspace.open.vaults)
    assert all(ids for _context, (_vault, ids) in last._judge.asked)


def test_several_vaults_are_deleted_with_a_verdict_each_and_their_names_typed(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path, LIVE)
    held = [replace(VAULT, resources=[SERVER], charging_mode="pre_paid"), replace(OTHER, resources=[DISK]), THIRD]
    scene.context.ledger.put_vaults(Listing(held, NOW))
    scene.context.ledger.put_policies(Listing([], scene.workspace.clock.now()))
    scene.context.ledger.put_tasks(Listing([], scene.workspace.clock.now()))
    window = opened(scene, VAULT_FORMS.several["delete"], [(scene.context, each) for each in held])
    assert confirm(window).text() == "Delete 3 vaults"
    assert window.focusWidget() is window.leave and window.leave.isDefault()
    assert column(window, "Verdict") == ["Not possible", "Look at it", "Ready"]
    assert "given up by unsubscribing in the console" in column(window, "What was found")[0]
    child(window, QPushButton, "batchLeaveOut").click()
    told = losses(window)
    assert "2 vaults are deleted for good: vault-two, vault-three." in told
    assert "The last good restore point of 1 resource is among them" in told
    window.consent.setChecked(True)
    assert "type the names of all 2 vaults" in child(window, QLabel, "batchAsk").text()
    assert not confirm(window).isEnabled()
    child(window, QLineEdit, "batchTyped").setText("vault-two,  vault-three")
    assert confirm(window).isEnabled(), said(window)
    confirm(window).click()
    (run,) = scene.begun
    assert [step.document.path["vault_id"] for step in run.plan.steps if step.document] == [OTHER.id, THIRD.id]


def test_resources_of_several_vaults_move_to_one_that_is_chosen_for_all(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path, TEST, replace(TEST, name="Second", project="p2"))
    first, second = scene.workspace.contexts
    held = [replace(VAULT, resources=[SERVER]), replace(OTHER, resources=[DISK]), THIRD]
    first.ledger.put_vaults(Listing(held, NOW))
    second.ledger.put_vaults(Listing([replace(VAULT, id=VaultId(uid(90)), resources=[SERVER])], NOW))
    groups = [(first, (VAULT.id, (SERVER.id,))), (first, (OTHER.id, (DISK.id,))), (second, (uid(90), (SERVER.id,)))]
    window = opened(scene, MigrationsForm, groups)
    assert set(column(window, "What was found")) == {"No vault is chosen yet."}
    assert not confirm(window).isEnabled()
    window.form.target.setCurrentIndex(window.form.target.findData(THIRD.id))
    assert "of another project" in column(window, "What was found")[0]
    child(window, QPushButton, "batchLeaveOut").click()
    assert "2 resources move to vault ‘vault-three’ in all" in losses(window)
    if window.consent.isVisible():
        window.consent.setChecked(True)
    assert confirm(window).isEnabled(), said(window)
    confirm(window).click()
    assert [body["destination_vault_id"] for _profile, body in sent(scene)] == [THIRD.id] * 2
    assert scene.begun[0].plan.concurrency == 1


def test_a_policy_is_applied_to_those_vaults_that_are_ticked(tmp_path: Path, opened: Open) -> None:
    scene = with_policies(Scene(tmp_path), NIGHTLY)
    asked = [(scene.context, VAULT), (scene.context, OTHER)]
    window = opened(scene, lambda asked: ApplyFromPolicies(asked, ["nightly"]), asked)
    assert said(window) == "Not ready: No vault is ticked yet."
    assert (confirm(window).text(), window.table.model().rowCount()) == ("Apply policy", 0)
    ticks = window.form.vaults
    ticks.filter.setText("two")
    ticks.all.click()
    assert (confirm(window).text(), column(window, "Done to")) == ("Apply policy to 1 vault", ["vault-two"])
    ticks.filter.clear()
    ticks.all.click()
    assert column(window, "Done to") == ["vault-one", "vault-two"]
    ticks.none.click()
    assert window.table.model().rowCount() == 0 and not confirm(window).isEnabled()
    ticks.list.item(0).setCheckState(Qt.CheckState.Checked)
    if window.consent.isVisible():
        window.consent.setChecked(True)
    confirm(window).click()
    assert [step.document.path["vault_id"] for step in scene.begun[0].plan.steps if step.document] == [VAULT.id]


def test_policies_are_removed_from_those_of_their_vaults_that_are_ticked(tmp_path: Path, opened: Open) -> None:
    scene = with_policies(Scene(tmp_path), replace(NIGHTLY, vault_ids=(VAULT.id, OTHER.id)))
    (policy,) = scene.context.ledger.policies.values()
    asked = [(scene.context, (policy, VAULT)), (scene.context, (policy, OTHER))]
    window = opened(scene, RemoveFromPolicies, asked)
    assert [window.form.vaults.list.item(row).text() for row in range(2)] == [
        "vault-one – ‘nightly’",
        "vault-two – ‘nightly’",
    ]
    window.form.vaults.list.item(1).setCheckState(Qt.CheckState.Checked)
    window.consent.setChecked(True)
    confirm(window).click()
    assert sent(scene) == [(TEST.name, {"policy_id": policy.id})]
    assert [step.document.path["vault_id"] for step in scene.begun[0].plan.steps if step.document] == [OTHER.id]


def test_all_that_vaults_hold_is_suspended_and_resumed_together(tmp_path: Path, qtbot: QtBot) -> None:
    scene = Scene(tmp_path)
    idle = replace(DISK, id=ResourceId(uid(301)), auto_protect=False)
    held = [replace(VAULT, resources=[SERVER]), replace(OTHER, resources=[DISK, idle]), THIRD]
    scene.context.ledger.put_vaults(Listing(held, NOW))
    host = QWidget()
    qtbot.addWidget(host)
    asked = [(scene.context, each) for each in held]
    window = Dialogs().ask(scene.workspace, "Vaults", "suspend", asked, host)
    assert isinstance(window, BatchWindow) and window.windowTitle() == "Suspend resources in 2 vaults"
    window.consent.setChecked(True)
    confirm(window).click()
    assert [body["resource_ids"] for _profile, body in sent(scene)] == [[SERVER.id], [DISK.id]]
    alone = Dialogs().ask(scene.workspace, "Vaults", "resume", asked, host)
    assert isinstance(alone, ChangeDialog) and alone.windowTitle() == "Resume 1 resource"
    rows = [row for row in scene.context.ledger.resource_rows() if row.vault is not None]
    assert len(rows) == 3
    applied = Dialogs().ask(scene.workspace, "Resources", "apply", [(scene.context, row) for row in rows], host)
    assert isinstance(applied, BatchWindow) and column(applied, "Done to") == ["vault-one", "vault-two"]


def test_what_selected_policies_open_is_a_batch_where_there_are_several_vaults(tmp_path: Path, qtbot: QtBot) -> None:
    scene = with_policies(Scene(tmp_path), replace(NIGHTLY, vault_ids=(VAULT.id,)), COPY)
    context, host = scene.context, QWidget()
    qtbot.addWidget(host)
    nightly, copy = context.ledger.policies.values()

    def opened_by(verb: str, *rows: Policy) -> QWidget:
        return Dialogs().ask(scene.workspace, "Policies", verb, [(context, row) for row in rows], host)

    apply = opened_by("apply", nightly)
    assert isinstance(apply, BatchWindow) and isinstance(apply.form, ApplyFromPolicies)
    offered = [apply.form.vaults.list.item(row).text() for row in range(apply.form.vaults.list.count())]
    assert offered == ["vault-two"], "the other has it already"
    assert isinstance(opened_by("apply", copy), ChangeDialog), "what replicates needs a vault to copy to"
    assert isinstance(opened_by("remove", nightly), ChangeDialog)
    context.ledger.put_policies(Listing([replace(nightly, vault_ids=(VAULT.id, OTHER.id)), copy], NOW))
    remove = opened_by("remove", *context.ledger.policies.values())
    assert isinstance(remove, BatchWindow) and isinstance(remove.form, RemoveFromPolicies)
    remove.form.vaults.all.click()
    assert column(remove, "Done to") == ["vault-one", "vault-two"]
    remove.form.narrow([remove._judge.asked[1]])
    assert [remove.form.vaults.list.item(row).text() for row in range(remove.form.vaults.list.count())] == [
        "vault-two – ‘nightly’"
    ]
