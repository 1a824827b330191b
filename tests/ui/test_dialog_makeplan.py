"""The window that makes a plan: copies of requests in the order shown, or nothing at all."""

import json
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.request import body
from cbr_desktop.text.words import Times
from cbr_desktop.ui.plans.make_plan import MakePlanDialog
from cbr_desktop.ui.plans.page import PlansPage
from cbr_desktop.ui.plans.plan import PlanDialog
from tests.ui import estate
from tests.ui.test_dialog_plan import Scene
from tests.widgets import cell, child, shown_environments


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    for name, vault, title in (("a", 2, "one"), ("b", 5, ""), ("c", 6, "three")):
        data = body(CheckpointDraft(VaultId(estate.uid(vault)), name=title))
        (tmp_path / f"{name}.cbr.json").write_bytes(data)
    return Scene(tmp_path, [estate.profile()])


@pytest.fixture
def page(scene: Scene, qtbot: QtBot) -> PlansPage:
    made = PlansPage(scene.workspace, Times(scene.workspace.clock))
    qtbot.addWidget(made)
    return made


def made_of(page: PlansPage, scene: Scene, *names: str) -> MakePlanDialog:
    dialog = page.files.make_plan([str(scene.folder / f"{name}.cbr.json") for name in names])
    assert dialog is not None
    return dialog


def test_a_plan_has_copies_in_the_order_shown_and_is_opened_to_be_judged(page: PlansPage, scene: Scene) -> None:
    dialog = made_of(page, scene, "a", "b", "c")
    dialog.table.selectRow(2)
    dialog.up.click()
    assert [cell(dialog.table, row, 2) for row in range(3)] == ["a.cbr.json", "c.cbr.json", "b.cbr.json"]
    dialog.concurrency.setValue(3)
    dialog.stagger.setValue(10)
    dialog.stop_on_failure.setChecked(False)
    dialog.names.setEditText("{vault}_{seq:2}")
    dialog.save(str(scene.folder / "patch.plan.json"))
    plan = json.loads((scene.folder / "patch.plan.json").read_text())["plan"]
    names = [step["request"]["checkpoint"]["parameters"].get("name") for step in plan["steps"]]
    assert names == ["one", "three", None]
    assert {step["profile"] for step in plan["steps"]} == {"Prod · eu-de"}
    rule = (plan["name"], plan["names"], plan["concurrency"], plan["stop_on_failure"], plan["stagger_seconds"])
    assert rule == ("patch", "{vault}_{seq:2}", 3, False, 10.0)
    (opened,) = page.findChildren(PlanDialog)
    assert opened.table.model().rowCount() == 3
    assert not scene.workspace.open.intents


def test_it_says_what_is_at_stake_in_the_profiles_that_its_steps_go_from(page: PlansPage, scene: Scene) -> None:
    dialog = made_of(page, scene, "a")
    assert shown_environments(dialog) == ["PRODUCTION"]
    assert child(dialog, QLabel, "makePlanPlace").text() == "Prod · eu-de"


def test_many_requests_are_judged_while_the_window_is_at_hand(page: PlansPage, scene: Scene, qtbot: QtBot) -> None:
    dialog = made_of(page, scene, *["a"] * 60)
    assert dialog.verdict.label.text() == "Counting what this comes to…" and not dialog.write.isEnabled()
    qtbot.waitUntil(dialog.write.isEnabled)
    assert "60 requests will be copied into the plan in this order." in dialog.verdict.label.text()
    assert dialog.table.model().rowCount() == 60


def test_the_template_is_tried_on_the_first_request_without_a_name(page: PlansPage, scene: Scene) -> None:
    dialog = made_of(page, scene, "a", "b")
    dialog.names.setEditText("{vault}_weekly")
    offered = dialog.names.count()
    QTest.keyClick(dialog.names, Qt.Key.Key_Return)
    assert dialog.names.count() == offered and not dialog.isHidden()
    dialog.refresh()
    assert re.fullmatch("Names 1 request, for instance ‘vault-db-disks_weekly-[a-z0-9]{6}’.", dialog.example.text())
    dialog.names.setEditText("{moon}")
    dialog.refresh()
    assert "moon" in dialog.verdict.label.text()
    assert not dialog.write.isEnabled()
    dialog.names.setEditText("")
    dialog.refresh()
    assert dialog.example.text().startswith("The service names 1 request.")
    assert dialog.write.isEnabled()


def test_a_file_that_is_gone_or_torn_is_named_and_nothing_is_written(page: PlansPage, scene: Scene) -> None:
    (scene.folder / "torn.cbr.json").write_text("{")
    dialog = made_of(page, scene, "a", "torn", "missing")
    words = dialog.verdict.label.text()
    assert "‘torn.cbr.json’ is no request" in words
    assert "(1 more)" in words
    assert "cannot be read" in cell(dialog.table, 2, 5)
    assert not dialog.write.isEnabled()


def test_a_disk_that_refuses_is_said_and_the_window_stays(page: PlansPage, scene: Scene) -> None:
    dialog = made_of(page, scene, "a")
    dialog.save(str(scene.folder / "a.cbr.json" / "x.plan.json"))
    assert dialog.verdict.label.text().startswith("Not written. ")
    assert dialog.isVisible()
