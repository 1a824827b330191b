"""The page of plans: runs are told step by step without a false whole, and only a person continues one."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from cbr_desktop.domain import document
from cbr_desktop.domain.change import checkpoint_result
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.error import Damaged
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.plan import Plan, Run, Step
from cbr_desktop.domain.profile import Environment
from cbr_desktop.text.plans import PlanRow
from cbr_desktop.text.states import utc_words
from cbr_desktop.text.words import Times
from cbr_desktop.ui.plans.page import PlansPage
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.plan_report import StopReason, left
from tests.services import serve
from tests.ui import estate
from tests.ui.test_dialog_plan import Scene
from tests.widgets import cell

Play = Callable[..., Any]
Until = Callable[..., Awaitable[None]]
Open = Callable[[Scene], PlansPage]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path, [estate.profile()])


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def make(scene: Scene) -> PlansPage:
        page = PlansPage(scene.workspace, Times(scene.workspace.clock))
        qtbot.addWidget(page)
        page.resize(1100, 700)
        scene.workspace.signals.changed.connect(page.refresh)
        return page

    return make


def words(page: PlansPage, key: str) -> list[str]:
    column = next(column for column in page.model.columns if column.key == key)
    return [column.text(row) for row in page.model.shown_rows()]


def offered(page: PlansPage) -> set[str]:
    return {verb for verb, button in page.buttons.items() if not button.isHidden()}


def kept(scene: Scene, *steps: tuple[int, str], id: str = "r-1", profile: str = "Prod · eu-de", **more: object) -> Run:
    """Keep a run of before, as its copy on the disk tells."""
    assert scene.workspace.plans is not None
    plan, _ = scene.workspace.plans.read(scene.file(*steps, profile=profile, **more))
    assert plan is not None
    run = Run(id, plan, estate.NOW)
    scene.workspace.plans.keep(run)
    return run


def of_plan(scene: Scene, number: int, state: IntentState, mark: str, **more: object) -> Intent:
    made = replace(estate.intent(number, estate.vaults()[number], state), plan=mark, **more)  # type: ignore[arg-type]
    estate.ledger(scene.workspace).put_intent(made)
    return made


async def begun(scene: Scene, page: PlansPage, until: Until, *steps: tuple[int, str], **more: object) -> Intent:
    """Start a plan and return the request of its first step."""
    page.show()
    dialog = page.files.open_plan(scene.file(*steps, **more))
    assert dialog is not None
    dialog.start.click()
    await until(lambda: len(scene.workspace.open.intents) == 1)
    return next(iter(scene.workspace.open.intents.values()))


def test_an_empty_page_says_what_a_plan_is_and_offers_to_open_one(
    scene: Scene, opened: Open, run: Play, until: Until
) -> None:
    page = opened(scene)

    async def story() -> None:
        page.show()
        await until(lambda: page._empty is not None and page._empty.title.text() == "No plan was run yet")

    run(story())
    assert page._empty is not None
    assert page._empty.button.text() == "Open plan…"
    assert ".plan.json" in page._empty.why.text()
    assert page.panel.isHidden()
    assert offered(page) == set()


def test_a_run_goes_on_step_by_step_until_somebody_stops_it(
    scene: Scene, opened: Open, run: Play, until: Until
) -> None:
    page = opened(scene)

    async def story() -> None:
        intent = await begun(scene, page, until, (2, "one"), (5, "two"))
        assert words(page, "state") == ["Running"]
        assert [cell(page.panel.steps, row, "State") for row in (0, 1)] == ["Waiting", "Not started"]
        assert page.panel.verdict.label.text().startswith("Not over yet: 0 of 2 steps finished")
        assert offered(page) == {"stop", "report", "outbox"}
        assert "no connection" not in page.panel.verdict.label.text()
        estate.ledger(scene.workspace).put_connection(Connection(Reach.UNREACHABLE))
        page.retell_times()
        assert "There is no connection now to ‘Prod · eu-de’" in page.panel.verdict.label.text()
        page.buttons["stop"].click()
        assert "continue" in offered(page)
        assert "It was stopped" in page.panel.verdict.label.text()
        assert words(page, "state") == ["Left in the middle"], "it can be continued, and has not ended"
        estate.ledger(scene.workspace).put_intent(intent.moved(IntentState.CANCELLED, estate.NOW))
        await until(lambda: not page._tasks.is_busy)

    run(story())
    assert scene.workspace.plans is not None
    (run,) = scene.workspace.plans.runs()
    (intent,) = scene.workspace.open.intents.values()
    assert intent.plan == f"{run.id}/1"


def test_a_half_success_is_told_as_such_and_saved_in_three_forms(
    scene: Scene, opened: Open, run: Play, until: Until
) -> None:
    saved: dict[str, str] = {}
    scene.workspace.save_text = saved.__setitem__
    page = opened(scene)

    async def story() -> None:
        intent = await begun(scene, page, until, (2, "one"), (5, "two"))
        erp = estate.vaults()[0].resources
        done = estate.checkpoint(estate.CHECKPOINT, erp[:5], erp[6:8])
        ended = intent.moved(IntentState.FINISHED, estate.NOW, sent_at=estate.NOW, result=checkpoint_result(done))
        estate.ledger(scene.workspace).put_intent(ended)
        await until(lambda: not page._tasks.is_busy)

    run(story())
    assert words(page, "state") == ["Partly backed up"]
    assert words(page, "steps") == ["0 of 2"]
    assert cell(page.panel.steps, 0, "State") == "Partly done"
    assert (cell(page.panel.steps, 0, "Accepted"), cell(page.panel.steps, 0, "Skipped")) == ("5", "2")
    assert "only a part is backed up" in page.panel.verdict.label.text()
    assert "1 not started" in page.panel.verdict.label.text()
    assert "continue" not in offered(page)  # a failure has stopped it
    for path in ("/r.html", "/r.txt", "/r.json"):
        page.files.save_report(page._told(page.model.id_at(0)), path)
    assert "only a part is backed up" in saved["/r.html"]
    assert "5 of 7, 2 skipped" in saved["/r.txt"] and f"begun {utc_words(estate.NOW)}" in saved["/r.txt"]
    assert json.loads(saved["/r.json"])["verdict"] == "partly"


def test_an_earlier_run_is_read_beside_the_window_and_continued_by_a_person(
    scene: Scene, opened: Open, run: Play, until: Until
) -> None:
    before = kept(scene, (2, "one"), (5, "two"), stop_on_failure=False)
    of_plan(scene, 1, IntentState.REJECTED, f"{before.id}/1")
    page = opened(scene)

    async def story() -> None:
        page.show()
        page.show_row(before.id)
        await until(lambda: page.model.rowCount() == 1)
        assert words(page, "state") == ["Left in the middle"]
        assert words(page, "needs") == ["You: continue, or leave 1 undone"]
        assert [cell(page.panel.steps, row, "State") for row in (0, 1)] == ["Refused", "Not started"]
        assert offered(page) == {"continue", "report", "outbox"}
        assert len(scene.workspace.open.intents) == 1
        page.buttons["continue"].click()
        await until(lambda: len(scene.workspace.open.intents) == 2)
        assert words(page, "state") == ["Running"]
        page._tasks.cancel()
        await asyncio.sleep(0)

    run(story())
    assert scene.workspace.open.intents[IntentId("new-100")].plan == f"{before.id}/2"


def test_a_run_that_a_failure_has_ended_is_not_offered_again(scene: Scene, opened: Open) -> None:
    run = kept(scene, (2, "one"), (5, "two"))
    of_plan(scene, 1, IntentState.REJECTED, f"{run.id}/1")
    page = opened(scene)
    page.take_runs([run])
    assert words(page, "state") == ["Nothing backed up"]
    assert "because one did not succeed" in page.panel.verdict.label.text()
    assert "continue" not in offered(page)
    of_plan(scene, 1, IntentState.ACCEPTED, f"{run.id}/1")
    page.take_runs([run])
    assert "because one" not in page.panel.verdict.label.text()


def test_what_a_person_must_decide_is_named(scene: Scene, opened: Open) -> None:
    runs = [kept(scene, (2, "one"), id=id) for id in ("r-1", "r-2")]
    of_plan(scene, 1, IntentState.HELD, "r-1/1", reason="person")
    of_plan(scene, 2, IntentState.NOT_FOUND, "r-2/1")
    page = opened(scene)
    page.take_runs(runs)
    told = dict(zip([row.run.id for row in page.model.shown_rows()], words(page, "needs"), strict=True))
    assert told == {"r-1": "You: 1 step held", "r-2": "You: 1 step without a trace"}
    page.show_row("r-1")
    assert cell(page.panel.steps, 0, "State") == "Held"
    assert page.panel.verdict.label.text() == "Not over yet: 0 of 1 step finished, 1 held."


def test_a_run_of_a_profile_that_is_not_open_is_not_told_as_not_started(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path, [estate.profile(), replace(estate.profile(), name="Other")])
    page = opened(scene)
    page.take_runs([kept(scene, (2, "one"), profile="Other")])
    assert words(page, "state") == ["Not known here"]
    assert words(page, "steps") == ["? of 1"]
    assert cell(page.panel.steps, 0, "State") == "Not known"
    assert "open ‘Other’ to see" in page.panel.verdict.label.text()
    assert offered(page) == {"profiles"}
    page.buttons["profiles"].click()
    assert words(page, "state") == ["Not begun"]
    assert offered(page) == {"continue", "report"}


def test_a_run_of_a_profile_that_is_gone_is_not_continued(scene: Scene, opened: Open) -> None:
    page = opened(scene)
    page.take_runs([kept(scene, (2, "one"), profile="Moon")])
    assert words(page, "needs") == ["You: profile ‘Moon’ is gone"]
    assert "Add one of that name" in page.panel.verdict.label.text()
    assert offered(page) == set()


def test_a_read_only_profile_is_armed_before_a_run_goes_on(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path, [replace(estate.profile(), read_only=True)])
    page = opened(scene)
    page.take_runs([kept(scene, (2, "one"))])
    assert not page.buttons["continue"].isEnabled()
    assert "Arm first" in page.buttons["continue"].toolTip()
    page.buttons["arm"].click()
    assert page.buttons["continue"].isEnabled()
    assert "arm" not in offered(page)


def test_an_edited_profile_begins_no_further_step_by_the_old_one(
    scene: Scene, opened: Open, run: Play, until: Until
) -> None:
    page = opened(scene)

    async def story() -> None:
        await begun(scene, page, until, (2, "one"), (5, "two"))
        await until(lambda: page._has_read)
        scene.workspace.put_profiles([replace(estate.profile(), project="eu-de_other")])
        page.tell_scope()
        page._take()
        assert "profile is not open here, or is gone" in page.panel.verdict.label.text()
        page._tasks.cancel()
        await asyncio.sleep(0)

    run(story())


def test_a_step_leads_to_its_request_and_a_run_to_the_outbox(scene: Scene, opened: Open) -> None:
    run = kept(scene, (2, "one"), (5, "two"))
    intent = of_plan(scene, 1, IntentState.ACCEPTED, f"{run.id}/1")
    page = opened(scene)
    page.take_runs([run])
    wished: list[object] = []
    page.outcome_requested.connect(wished.append)
    page.outbox_requested.connect(wished.append)
    page.panel.steps.selectRow(1)
    assert page.subject() is None
    page.panel.steps.selectRow(0)
    assert page.subject() == intent
    page.panel.steps.activated.emit(page.panel.steps.model().index(0, 0))
    page.buttons["outbox"].click()
    assert wished == [intent.id, run.id]


def test_a_folder_that_cannot_be_read_is_said(scene: Scene, opened: Open, run: Play, until: Until) -> None:
    class Broken:
        def runs(self) -> list[Run]:
            raise Damaged("/plans", "Input/output error")

    serve(scene.workspace, plans=Broken())
    page = opened(scene)

    async def story() -> None:
        page.show()
        await until(lambda: "Input/output error" in page.remark.text())

    run(story())


def test_what_is_left_to_be_destroyed_is_not_continued_without_its_name(tmp_path: Path, opened: Open) -> None:
    for environment, lead in ((Environment.PRODUCTION, "on production"), (Environment.TEST, "")):
        scene = Scene(tmp_path / str(environment), [replace(estate.profile(), environment=environment)])
        page = opened(scene)
        ledger = estate.ledger(scene.workspace)
        for part in Part:
            ledger.freshness[part] = ledger.freshness[part]._replace(as_of=estate.NOW)
        id = estate.uid(1999)  # one in error, so that no resource loses its last good backup by it
        found, _ = document.read(json.dumps({"operation": "DeleteBackup", "path": {"backup_id": id}}).encode())
        profile = ledger.profile.name
        first = Step(1, profile, "", found)
        begun = Run("r-1", Plan("old ones", (first, Step(2, profile, "", found))), estate.NOW)
        of_plan(scene, 2, IntentState.FINISHED, "r-1/1")
        row = PlanRow(begun, left(begun, scene.workspace.open, estate.NOW))
        assert (lead in page.panel.hindrance(row)) and (bool(page.panel.hindrance(row)) is bool(lead))
        page.panel.typed.setText("old ones")
        assert page.panel.hindrance(row) == ""
        page.panel._tell_losses(replace(row, told=replace(row.told, stopped=StopReason.PAUSED)))
        assert page.panel.losses[0].label.text().startswith("1 backup of 1 resource")
        page.panel.typed.clear()
        for part in Part:
            ledger.freshness[part] = ledger.freshness[part]._replace(as_of=estate.NOW - timedelta(minutes=3))
        assert page.panel.hindrance(row)
