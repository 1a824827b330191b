"""Plans with requests of several operations: in order, one after another's result, and told in the words of each."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.app.plans import PlanSessions
from cbr_desktop.cli.destroying import plan_obstacle
from cbr_desktop.domain import document
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.change import PRIOR_ID, Kind
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.intent import IntentState, Reason
from cbr_desktop.domain.plan import Plan, Step, is_blocked
from cbr_desktop.text.plans import found_cells, plan_report_record, plan_report_text, plan_sentence, report_html
from cbr_desktop.workflows.plan import blasts, destroying, judged_steps
from cbr_desktop.workflows.plan_report import PlanReport, PlanVerdict, Stand
from cbr_desktop.workflows.plan_run import PlanRun
from tests.workflows.test_plan import EU, NL, WHOLE, Scene, play, run_of, vault
from tests.workflows.test_plan import step as checkpoint_step

UNKNOWN = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def step(number: int, value: dict[str, Any], after: int = 0, profile: str = EU.name) -> Step:
    found, findings = document.read(json.dumps(value).encode())
    assert found is not None, findings
    return Step(number, profile, "", found, after)


def deletion(id: str) -> dict[str, Any]:
    return {"operation": "DeleteBackup", "path": {"backup_id": id}}


def renaming(id: str, name: str) -> dict[str, Any]:
    return {"operation": "UpdateBackup", "path": {"backup_id": id}, "body": {"backup": {"name": name}}}


def backup(plan_sessions: PlanSessions) -> Backup:
    rows = [row for row in plan_sessions.ledgers[EU.name].backups.values() if row.status == "available"]
    return min(rows, key=lambda row: (row.created_at is None, row.created_at, row.id))


def sent(scene: Scene) -> list[tuple[str, str]]:
    changes = [each for each in scene.service.journal if each.method != "GET" and "/auth/" not in each.path]
    return [(each.method, each.path.rpartition("/")[2]) for each in changes]


def test_steps_of_several_operations_go_in_order_and_take_results(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> tuple[PlanReport, str]:
            await plan_sessions.read()
            id = backup(plan_sessions).id
            steps = (
                step(1, renaming(id, "better")),
                checkpoint_step(2, vault(plan_sessions, EU, WHOLE), "night"),
                step(3, deletion(PRIOR_ID), after=1),
            )
            plan = Plan("clean up", steps, concurrency=3)
            assert not is_blocked(judged_steps(plan, plan_sessions.ledgers, EU.name, scene.clock.now()))
            return await plan_sessions.follow(run_of(plan_sessions, plan), wait=True), id

        report, id = play(plan_sessions, story())
        now = scene.clock.now()
    assert [row.stand for row in report.rows] == [Stand.DONE] * 3, plan_report_text(report, now)
    assert [each for each in sent(scene) if each[0] != "POST"] == [("PUT", id), ("DELETE", id)]
    assert [row.kind for row in report.rows] == [Kind.RENAME_BACKUP, Kind.CREATE_CHECKPOINT, Kind.DELETE_BACKUP]
    assert plan_sentence(report) == "Finished: everything is done: 3 of 3 steps finished."
    text = plan_report_text(report, now)
    for words in ("1. Renamed", "Rename backup: better, backup ", "2. Finished", "night, vault ", "3. Deleted"):
        assert words in text
    record = plan_report_record(report, now)
    assert [each["operation"] for each in record["steps"]] == ["UpdateBackup", "CreateCheckpoint", "DeleteBackup"]
    assert record["steps"][2]["subject"]["id"] == id and record["steps"][1]["vault"] == WHOLE
    assert "Delete backup" in report_html(report, now)


def test_a_plan_of_one_operation_ends_in_its_words(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> PlanReport:
            await plan_sessions.read()
            plan = Plan("old ones", (step(1, deletion(backup(plan_sessions).id)),))
            return await plan_sessions.follow(run_of(plan_sessions, plan), wait=True)

        report = play(plan_sessions, story())
    assert plan_sentence(report) == "Finished: everything is deleted: 1 of 1 step finished."


def test_what_waits_for_a_failure_is_taken_back_on_the_command_line_and_the_rest_goes_on(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> PlanReport:
            await plan_sessions.read()
            row = backup(plan_sessions)
            steps = (
                step(1, renaming(UNKNOWN, "x")),
                step(2, deletion(PRIOR_ID), after=1),
                step(3, renaming(row.id, "better")),
            )
            plan = Plan("half", steps, stop_on_failure=False)
            return await plan_sessions.follow(run_of(plan_sessions, plan), wait=True)

        report = play(plan_sessions, story())
    assert [row.stand for row in report.rows] == [Stand.REFUSED, Stand.TAKEN_BACK, Stand.DONE]
    assert report.verdict is PlanVerdict.PARTLY
    assert [method for method, _ in sent(scene)] == ["PUT", "PUT"]


def test_what_waits_for_a_failure_is_held_in_the_window_and_takes_no_place(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> PlanReport:
            await plan_sessions.read()
            row = backup(plan_sessions)
            steps = (
                step(1, renaming(UNKNOWN, "x")),
                step(2, deletion(PRIOR_ID), after=1),
                step(3, renaming(row.id, "better")),
            )
            run = run_of(plan_sessions, Plan("half", steps, stop_on_failure=False))
            made = PlanRun(run, plan_sessions.sessions, plan_sessions.scope, plan_sessions.clock)
            async with asyncio.TaskGroup() as tasks:
                post = tasks.create_task(plan_sessions.sessions[EU.name].correspondence())
                while made.report().rows[2].stand is not Stand.DONE:
                    made.look()
                    await plan_sessions.clock.sleep(1)
                post.cancel()
            return made.report()

        report = play(plan_sessions, story())
    held = report.rows[1].intent
    assert held is not None
    assert (held.state, held.reason) == (IntentState.HELD, Reason.PRIOR_FAILED)


def test_a_step_waits_for_one_of_its_own_profile_alone(scene: Scene) -> None:
    with scene.plan_sessions(EU, NL) as plan_sessions:

        async def story() -> None:
            await plan_sessions.read()
            steps = (step(1, renaming(backup(plan_sessions).id, "x")), step(2, deletion(PRIOR_ID), 1, NL.name))
            found = judged_steps(Plan("two", steps), plan_sessions.ledgers, EU.name, scene.clock.now())
            assert (2, FindingKind.AFTER_ELSEWHERE) in [(each.step, each.finding.kind) for each in found]

        play(plan_sessions, story())


def test_a_result_is_taken_by_a_step_that_waits_alone(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> None:
            await plan_sessions.read()
            found = judged_steps(
                Plan("one", (step(1, deletion(PRIOR_ID)),)), plan_sessions.ledgers, EU.name, scene.clock.now()
            )
            assert [(each.step, each.finding.kind) for each in found] == [(1, FindingKind.PRIOR_MISSING)]

        play(plan_sessions, story())


def test_what_a_plan_destroys_is_counted_named_and_confirmed_by_its_name(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> None:
            asked_at = scene.clock.now()
            await plan_sessions.read()
            row = backup(plan_sessions)
            plan = Plan(
                "old ones", (checkpoint_step(1, vault(plan_sessions, EU, WHOLE), "n"), step(2, deletion(row.id)))
            )
            lost = blasts(plan, plan_sessions.ledgers, EU.name)
            assert list(lost) == [2] and lost[2].lost[0].id == row.id
            words = found_cells(plan, 2, [], EU.name, plan_sessions.scope, lost, scene.clock.now())
            assert "lost for good" in words[5] and words[3].startswith("backup ")
            steps = destroying(plan, plan_sessions.ledgers, EU.name)
            assert [each.number for each, _ in steps] == [2]
            assert "‘old ones’" in plan_obstacle(plan, steps, None, asked_at)
            assert plan_obstacle(plan, steps, "old ones", asked_at) == ""
            assert "Give it one" in plan_obstacle(Plan("", plan.steps), steps, "", asked_at)
            scene.clock.advance(60)
            assert plan_obstacle(plan, steps, "old ones", scene.clock.now()).startswith("Step 2: What is lost")

        play(plan_sessions, story())
