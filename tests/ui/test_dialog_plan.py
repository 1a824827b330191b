"""The window of a plan: judged before, started by a person alone, and told step by step without a false whole."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.ids import IntentId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.plan import Run as PlanOfBefore
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.request import body
from cbr_desktop.storage.planfile import PlanRuns
from cbr_desktop.ui.dialogs.plan import PlanDialog
from cbr_desktop.ui.hall import Hall
from cbr_desktop.ui.pages.outbox import OutboxPage
from cbr_desktop.ui.words import Times
from tests.ui import estate
from tests.ui.test_pages_outbox import furnished

Run = Callable[..., Any]
Until = Callable[..., Awaitable[None]]
Open = Callable[..., PlanDialog]


class Scene:
    """A hall with real outboxes, and a folder for plans."""

    def __init__(self, folder: Path, profiles: list[Profile]) -> None:
        self.folder = folder
        self.hall: Hall = furnished(estate.hall(profiles=profiles))
        for id in list(estate.ledger(self.hall).intents):
            del estate.ledger(self.hall).intents[id]
        self.hall.open.show([desk.ledger for desk in self.hall.desks])
        self.hall.plans = PlanRuns(folder / "runs")
        estate.ledger(self.hall).put_connection(Connection(Reach.ONLINE))

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
        page = OutboxPage(scene.hall, Times(scene.hall.clock))
        qtbot.addWidget(page)
        dialog = page.open_plan(path)
        assert dialog is not None
        return dialog

    return make


def cell(dialog: PlanDialog, row: int, title: str) -> str:
    table = dialog.table
    titles = [table.horizontalHeaderItem(c).text() for c in range(table.columnCount())]
    return table.item(row, titles.index(title)).text()


def test_opening_a_plan_sends_nothing_and_judges_every_step(scene: Scene, opened: Open) -> None:
    dialog = opened(scene, scene.file((1, "good"), (2, "b d")))
    assert cell(dialog, 1, "Verdict") == "Not ready"
    assert "A space" in cell(dialog, 1, "What was found")
    assert not dialog.start.isEnabled()
    assert "1 step must be put right" in dialog.verdict.label.text()
    assert not scene.hall.open.intents
    assert scene.hall.plans is not None and not scene.hall.plans.runs()


def test_a_run_queues_the_first_step_and_keeps_its_plan(scene: Scene, opened: Open, run: Run, until: Until) -> None:
    dialog = opened(scene, scene.file((2, "one"), (5, "two")))
    assert dialog.start.isEnabled(), dialog.verdict.label.text()

    async def story() -> None:
        dialog.start.click()
        await until(lambda: len(scene.hall.open.intents) == 1)
        dialog.refresh()
        assert [cell(dialog, row, "State") for row in (0, 1)] == ["Waiting", "Not started"]
        assert dialog.verdict.label.text().startswith("Not over yet: 0 of 2 steps finished")
        dialog.stop.click()
        ledger = estate.ledger(scene.hall)
        (intent,) = ledger.intents.values()
        ledger.put_intent(intent.moved(IntentState.CANCELLED, estate.NOW))
        await until(lambda: not dialog._tasks.is_busy)

    run(story())
    assert scene.hall.plans is not None
    (kept,) = scene.hall.plans.runs()
    (intent,) = scene.hall.open.intents.values()
    assert intent.plan == f"{kept.id}/1"


def test_a_half_success_is_told_as_such_and_exported(
    scene: Scene, opened: Open, run: Run, until: Until, tmp_path: Path
) -> None:
    saved: dict[str, str] = {}
    scene.hall.save_text = saved.__setitem__
    dialog = opened(scene, scene.file((2, "one"), (5, "two")))

    async def story() -> None:
        dialog.start.click()
        await until(lambda: len(scene.hall.open.intents) == 1)
        ledger = estate.ledger(scene.hall)
        (intent,) = ledger.intents.values()
        erp = estate.vaults()[0].resources
        ledger.put_intent(
            intent.moved(
                IntentState.FINISHED,
                estate.NOW,
                sent_at=estate.NOW,
                checkpoint=estate.checkpoint(estate.CHECKPOINT, erp[:5], erp[6:8]),
            )
        )
        await until(lambda: not dialog._tasks.is_busy)

    run(story())
    dialog.refresh()
    assert cell(dialog, 0, "State") == "Partly done"
    assert (cell(dialog, 0, "Accepted"), cell(dialog, 0, "Skipped")) == ("5", "2")
    assert "only a part is backed up" in dialog.verdict.label.text()
    assert "1 not started" in dialog.verdict.label.text()
    dialog.export_to("/r.html")
    dialog.export_to("/r.txt")
    assert "only a part is backed up" in saved["/r.html"]
    assert "5 of 7, 2 skipped" in saved["/r.txt"]


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
    assert [desk.profile.name for desk in scene.hall.desks] == ["Prod · eu-de"]
    assert not dialog.start.isEnabled()
    dialog.open_profiles.click()
    assert [desk.profile.name for desk in scene.hall.desks] == ["Prod · eu-de", "Other"]
    assert dialog.open_profiles.isHidden()


def test_an_unknown_profile_is_named(scene: Scene, opened: Open) -> None:
    dialog = opened(scene, scene.file((2, "one"), profile="Moon"))
    assert "Moon" in cell(dialog, 0, "What was found")
    assert not dialog.start.isEnabled()


def test_what_is_no_plan_is_said(scene: Scene, tmp_path: Path, qtbot: QtBot) -> None:
    page = OutboxPage(scene.hall, Times(scene.hall.clock))
    qtbot.addWidget(page)
    said: list[str] = []
    page.remarked.connect(said.append)
    (tmp_path / "x").write_text("{")
    assert page.open_plan(str(tmp_path / "x")) is None
    assert page.open_plan(str(tmp_path / "missing")) is None
    assert "not valid JSON" in said[0]
    assert len(said) == 2


def test_an_earlier_run_is_told_and_continued_by_a_person(
    scene: Scene, opened: Open, run: Run, until: Until, qtbot: QtBot
) -> None:
    first = opened(scene, scene.file((2, "one"), (5, "two"), stop_on_failure=False))

    async def begun() -> None:
        first.start.click()
        await until(lambda: len(scene.hall.open.intents) == 1)
        first._tasks.cancel()
        await asyncio.sleep(0)

    run(begun())
    (intent,) = scene.hall.open.intents.values()
    estate.ledger(scene.hall).put_intent(intent.moved(IntentState.REJECTED, estate.NOW))
    assert scene.hall.plans is not None
    (kept,) = scene.hall.plans.runs()
    again = PlanDialog(scene.hall, kept.plan, run=kept)
    qtbot.addWidget(again)
    assert [cell(again, row, "State") for row in (0, 1)] == ["Refused", "Not started"]
    assert (again.start.text(), again.start.isEnabled()) == ("&Continue", True)
    assert len(scene.hall.open.intents) == 1

    async def rest() -> None:
        again.start.click()
        await until(lambda: len(scene.hall.open.intents) == 2)
        again._tasks.cancel()
        await asyncio.sleep(0)

    run(rest())
    assert scene.hall.open.intents[IntentId("new-101")].plan == f"{kept.id}/2"


def test_a_run_of_a_profile_that_is_not_open_is_not_told_as_not_started(tmp_path: Path, qtbot: QtBot) -> None:
    other = replace(estate.profile(), name="Other")
    scene = Scene(tmp_path, [estate.profile(), other])
    assert scene.hall.plans is not None
    plan, _ = scene.hall.plans.read(scene.file((2, "one"), profile="Other"))
    assert plan is not None
    dialog = PlanDialog(scene.hall, plan, run=PlanOfBefore("r-1", plan, estate.NOW))
    qtbot.addWidget(dialog)
    assert "Not all of it is known" in dialog.verdict.label.text()
    assert not dialog.start.isEnabled()
    dialog.open_profiles.click()
    assert dialog.verdict.label.text().startswith("Not over yet")
    assert dialog.start.isEnabled()
