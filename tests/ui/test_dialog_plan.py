"""The window of a plan: judged before it is run, and started by a person alone."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.plan import Run as PlanOfBefore
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.request import body
from cbr_desktop.storage.planfile import PlanRuns
from cbr_desktop.text.marks import NEUTRAL
from cbr_desktop.text.words import Times
from cbr_desktop.ui.plans.page import PlansPage
from cbr_desktop.ui.plans.plan import PlanDialog
from cbr_desktop.ui.session.workspace import Workspace
from tests.services import serve
from tests.ui import estate
from tests.ui.test_pages_outbox import served
from tests.widgets import cell

Open = Callable[..., PlanDialog]


class Scene:
    """A workspace with real outboxes, and a folder for plans."""

    def __init__(self, folder: Path, profiles: list[Profile]) -> None:
        self.folder = folder
        self.workspace: Workspace = served(estate.workspace(profiles=profiles))
        for id in list(estate.ledger(self.workspace).intents):
            del estate.ledger(self.workspace).intents[id]
        self.workspace.open.show([context.ledger for context in self.workspace.contexts])
        serve(self.workspace, plans=PlanRuns(folder / "runs"))
        estate.ledger(self.workspace).put_connection(Connection(Reach.ONLINE))

    def file(self, *steps: tuple[int, str], profile: str = "", **more: object) -> str:
        """Write a plan with a request for each of these vaults."""
        held = []
        for vault, name in steps:
            request = json.loads(body(CheckpointDraft(VaultId(estate.uid(vault)), name=name)))
            held.append({"request": request} | ({"profile": profile} if profile else {}))
        path = self.folder / "all.plan.json"
        path.write_text(json.dumps({"plan": {"name": "patch day", "steps": held, **more}}))
        return str(path)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path, [estate.profile()])


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def make(scene: Scene, path: str) -> PlanDialog:
        page = PlansPage(scene.workspace, Times(scene.workspace.clock))
        qtbot.addWidget(page)
        dialog = page.files.open_plan(path)
        assert dialog is not None
        return dialog

    return make


def test_what_is_at_stake_stands_on_top(scene: Scene, opened: Open) -> None:
    dialog = opened(scene, scene.file((1, "one")))
    shown = [chip.text() for chip in dialog.findChildren(QLabel, "environment") if chip.isVisible()]
    assert shown == ["PRODUCTION"]


def test_opening_a_plan_sends_nothing_and_judges_every_step(scene: Scene, opened: Open) -> None:
    dialog = opened(scene, scene.file((1, "good"), (2, "b d")))
    assert cell(dialog.table, 1, "Verdict") == "Not ready"
    assert "A space" in cell(dialog.table, 1, "What was found")
    assert not dialog.start.isEnabled()
    assert "1 step must be put right" in dialog.verdict.label.text()
    assert not scene.workspace.open.intents
    assert scene.workspace.plans is not None and not scene.workspace.plans.runs()


def test_a_start_keeps_a_copy_and_hands_the_run_on(scene: Scene, opened: Open) -> None:
    dialog = opened(scene, scene.file((2, "one"), (5, "two")))
    started: list[PlanOfBefore] = []
    dialog.started.disconnect()
    dialog.started.connect(started.append)
    assert dialog.start.isEnabled(), dialog.verdict.label.text()
    dialog.start.click()
    assert scene.workspace.plans is not None
    assert [kept.id for kept in scene.workspace.plans.runs()] == [run.id for run in started]
    assert [step.profile for step in started[0].plan.steps] == ["Prod · eu-de"] * 2
    assert not scene.workspace.open.intents
    assert not dialog.isVisible()


def test_nothing_is_said_of_a_step_whose_profile_is_not_open(tmp_path: Path, opened: Open) -> None:
    second = replace(estate.profile(), name="Second")
    scene = Scene(tmp_path, [estate.profile(), second])
    dialog = opened(scene, scene.file((2, "one"), profile=second.name))
    assert cell(dialog.table, 0, "Verdict") == "Not known"
    assert cell(dialog.table, 0, "Done to, with id") == estate.uid(2), "another profile knows a vault of this id"
    assert cell(dialog.table, 0, "What was found") == "Its profile ‘Second’ is not open."
    assert dialog.verdict.label.text() == "Not judged yet: open ‘Second’ first. Nothing is sent by that."
    assert dialog.verdict.mark == NEUTRAL and not dialog.start.isEnabled()


def test_a_plan_of_many_steps_is_counted_while_the_window_is_at_hand(scene: Scene, opened: Open, qtbot: QtBot) -> None:
    dialog = opened(scene, scene.file(*[(2, f"n-{number}") for number in range(60)]))
    assert dialog.verdict.label.text() == "Counting what this comes to…" and not dialog.start.isEnabled()
    qtbot.waitUntil(dialog.start.isEnabled)
    assert "Ready: 60 steps" in dialog.verdict.label.text()
    assert {cell(dialog.table, row, "Verdict") for row in range(60)} == {"Ready"}
    started: list[PlanOfBefore] = []
    dialog.started.disconnect()
    dialog.started.connect(started.append)
    dialog.refresh()
    dialog.start.click()
    assert started == [], "what is not worked out is not started"
    qtbot.waitUntil(dialog.start.isEnabled)
    dialog.start.click()
    assert len(started[0].plan.steps) == 60


def test_a_start_that_the_disk_refuses_is_none(scene: Scene, opened: Open, tmp_path: Path) -> None:
    dialog = opened(scene, scene.file((2, "one")))
    (tmp_path / "runs").write_text("in the way")
    dialog.start.click()
    assert dialog.verdict.label.text().startswith("Not started. ")
    assert dialog.isVisible()
    assert not scene.workspace.open.intents


def test_a_sealed_data_folder_lets_no_plan_start(scene: Scene, opened: Open) -> None:
    scene.workspace.seal(NotSaved("/data", "Read-only file system"))
    dialog = opened(scene, scene.file((2, "one")))
    assert "Read-only file system" in dialog.verdict.label.text()
    assert not dialog.start.isEnabled()
    assert dialog.arm.isHidden()


def test_a_read_only_profile_is_armed_by_a_person(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path, [replace(estate.profile(), read_only=True)])
    dialog = opened(scene, scene.file((2, "one")))
    assert not dialog.start.isEnabled()
    assert "Read-only" in dialog.verdict.label.text()
    dialog.arm.click()
    assert dialog.start.isEnabled()


def test_profiles_of_steps_are_opened_when_a_person_wishes(tmp_path: Path, opened: Open) -> None:
    other = replace(estate.profile(), name="Other")
    scene = Scene(tmp_path, [estate.profile(), other])
    dialog = opened(scene, scene.file((2, "one"), profile="Other"))
    assert [context.profile.name for context in scene.workspace.contexts] == ["Prod · eu-de"]
    assert not dialog.start.isEnabled()
    dialog.open_profiles.click()
    assert [context.profile.name for context in scene.workspace.contexts] == ["Prod · eu-de", "Other"]
    assert dialog.open_profiles.isHidden()


def test_an_unknown_profile_is_named(scene: Scene, opened: Open) -> None:
    dialog = opened(scene, scene.file((2, "one"), profile="Moon"))
    assert "Moon" in cell(dialog.table, 0, "What was found")
    assert not dialog.start.isEnabled()


def test_what_is_no_plan_is_said(scene: Scene, tmp_path: Path, qtbot: QtBot) -> None:
    page = PlansPage(scene.workspace, Times(scene.workspace.clock))
    qtbot.addWidget(page)
    said: list[str] = []
    page.remarked.connect(said.append)
    (tmp_path / "x").write_text("{")
    assert page.files.open_plan(str(tmp_path / "x")) is None
    assert page.files.open_plan(str(tmp_path / "missing")) is None
    assert "not valid JSON" in said[0]
    assert len(said) == 2
