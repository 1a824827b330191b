"""A journey of a plan: run from the window, left in the middle, and continued by a person after the next start."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cbr_desktop.app.main_loop import tell_the_plans
from cbr_desktop.app.profile import DEMO_PROFILES
from cbr_desktop.app.session_pool import SessionPool
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.request import body
from cbr_desktop.ui.shell.window import MainWindow
from tests.journeys.program import Program, settled

Until = Callable[..., Awaitable[None]]
FINE = DEMO_PROFILES[0]


def names(program: Program) -> list[str]:
    sent = [
        json.loads(call.body)["checkpoint"]["parameters"]
        for call in program.service.journal.calls("POST", "/checkpoints")
    ]
    return [parameters["name"] for parameters in sent]


def test_a_plan_that_was_left_in_the_middle_goes_on_when_a_person_says_so(
    tmp_path: Path, qapp: QApplication, qtbot: QtBot, until: Until
) -> None:
    file = tmp_path / "patch.plan.json"
    program = Program(tmp_path / "home", qapp, qtbot)

    async def begun(_sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        window.build_deferred_widgets()
        await until(lambda: settled(program.workspace, FINE.name))
        vaults = {v.name: v.id for v in program.workspace.context(FINE.name).ledger.vaults.values()}
        asked = (("one", vaults["vault-be94"]), ("two", vaults["vault-files-hq"]))
        steps = [
            {"profile": FINE.name, "request": json.loads(body(CheckpointDraft(id, name=name)))} for name, id in asked
        ]
        plan = {"name": "patch", "steps": steps, "concurrency": 2, "stagger_seconds": 60}
        file.write_text(json.dumps({"plan": plan}))
        page: Any = window.show_page("Plans")
        dialog = page.files.open_plan(str(file))
        assert dialog is not None
        dialog.start.click()
        await until(lambda: bool(names(program)))

    program.play(begun)
    assert names(program) == ["one"]
    again = Program(tmp_path / "home", qapp, qtbot)
    again.service = program.service

    async def rest(_sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        window.build_deferred_widgets()
        await until(lambda: settled(again.workspace, FINE.name))
        assert names(again) == ["one"]
        tell_the_plans(window, again.workspace)
        assert "‘patch’ was left in the middle: 1 of 2 steps" in window.notices.notices[0].label.text()
        window.notices.notices[0].button.click()
        page: Any = window.current_page()
        assert page.name == "Plans"
        await until(lambda: page.view.current_row() is not None)
        assert "1 not started" in page.panel.verdict.label.text()
        page.buttons["continue"].click()
        await until(lambda: names(again) == ["one", "two"])
        before = len(window.notices.notices)
        tell_the_plans(window, again.workspace)
        assert len(window.notices.notices) == before

    again.play(rest)
    assert names(program) == ["one", "two"]
