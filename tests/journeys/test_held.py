"""A journey of requests that waited too long: three days offline, then online, and only what a person releases goes."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.profile import DEMO_PROFILES
from cbr_desktop.app.session_pool import SessionPool
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.ui.outbox.release import ReleaseDialog
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Part
from tests.journeys.program import Program, settled

Until = Callable[..., Awaitable[None]]
FINE = DEMO_PROFILES[0]
TEN = 10
WENT = (IntentState.ACCEPTED, IntentState.FINISHED)


class LeapingClock(WallClock):
    """The clock on the wall, until somebody sleeps for days."""

    def __init__(self) -> None:
        super().__init__()
        self._leapt = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self._leapt

    def leap(self, days: float) -> None:
        self._leapt += timedelta(days=days)


@pytest.fixture
def clock() -> LeapingClock:
    return LeapingClock()


@pytest.fixture
def program(tmp_path: Path, qapp: QApplication, qtbot: QtBot, clock: LeapingClock) -> Program:
    return Program(tmp_path, qapp, qtbot, clock)


def test_fault_55_after_three_days_offline_only_what_is_released_is_sent(
    program: Program, clock: LeapingClock, until: Until
) -> None:
    workspace, journal = program.workspace, program.service.journal

    async def tale(sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        window.build_deferred_widgets()
        await until(lambda: settled(workspace, FINE.name))
        window.status.offline.click()
        context = workspace.context(FINE.name)
        usable = [v.id for v in context.ledger.vaults.values() if v.name in ("vault-be94", "vault-files-hq")]
        made = [
            context.outbox.submit(CheckpointDraft(usable[number % len(usable)], name=f"while-away-{number}")).id
            for number in range(TEN)
        ]
        clock.leap(3)
        window.status.offline.click()
        await until(lambda: {context.ledger.intents[id].state for id in made} == {IntentState.HELD})
        assert journal.calls("POST", "/checkpoints") == []
        await until(lambda: context.ledger.freshness[Part.VAULTS].as_of > clock.now() - timedelta(minutes=1))  # type: ignore[operator]
        await until(
            lambda: any(n.label.text().startswith(f"{TEN} requests have waited") for n in window.notices.notices)
        )
        next(n for n in window.notices.notices if "requests have waited" in n.label.text()).button.click()
        page = window.current_page()
        assert page.name == "Outbox"
        page._apply_filter()
        assert page.model.rowCount() == TEN
        page.view.select_id(made[0])
        selection = page.view.selectionModel()
        kind = selection.SelectionFlag
        position = page.model.position_of(made[1])
        assert position is not None
        selection.select(page.model.index(position, 0), kind.Select | kind.Rows)
        page.buttons["release"].click()  # type: ignore[attr-defined]
        dialog = page.findChild(ReleaseDialog)
        assert dialog is not None
        release = dialog.findChild(QPushButton, "releaseNow")
        assert release is not None
        release.click()
        await until(lambda: all(context.ledger.intents[id].sent_at is not None for id in made[:2]))
        await until(lambda: {context.ledger.intents[id].state for id in made[:2]} <= set(WENT))
        assert len(journal.calls("POST", "/checkpoints")) == 2
        assert {context.ledger.intents[id].state for id in made[2:]} == {IntentState.HELD}
        assert sessions.journal.verify().is_sound

    program.play(tale)
    assert len(journal.calls("POST", "/checkpoints")) == 2
