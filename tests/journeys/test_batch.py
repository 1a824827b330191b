"""A journey of a batch: several backups are selected, looked at together, deleted, and told of among the plans."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cbr_desktop.app.profile import DEMO_PROFILES
from cbr_desktop.app.session_pool import SessionPool
from cbr_desktop.domain.backup import BackupStatus
from cbr_desktop.ui.operations.batch import BatchWindow
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.batch import name_of
from tests.journeys.program import Program, settled

Until = Callable[..., Awaitable[None]]
FINE = DEMO_PROFILES[0]


def test_selected_backups_are_deleted_as_one_run_with_one_report(
    tmp_path: Path, qapp: QApplication, qtbot: QtBot, until: Until
) -> None:
    program = Program(tmp_path, qapp, qtbot)

    async def tale(_sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        window.build_deferred_widgets()
        await until(lambda: settled(program.workspace, FINE.name))
        ledger = program.workspace.context(FINE.name).ledger
        good = [each for each in ledger.backups.values() if each.status == BackupStatus.AVAILABLE]
        chosen = [each for each in good if not each.traits.image_ids and not each.traits.replicas][-2:]
        page: Any = window.show_page("Backups")
        page.verb_requested.emit("delete", chosen)
        (batch,) = window.findChildren(BatchWindow)
        await until(lambda: not batch._tasks.is_busy)
        assert batch._batch is not None and not batch._batch.blocked
        typed = name_of(batch._batch)
        assert typed is not None
        batch.typed.setText(typed.name)
        batch.consent.setChecked(True)
        batch.confirm.click()
        assert batch._run is not None, batch.verdict.label.text()
        await until(lambda: len(program.service.journal.calls("DELETE", f"/backups/{chosen[0].id}")) == 1)
        assert window.current_page().name == "Backups"
        plans: Any = window.show_page("Plans")
        await until(lambda: plans.view.current_row() is not None)
        assert plans.view.current_row().run.plan.name == "Delete 2 backups"
        assert program.workspace.plans is not None
        assert [each.id for each in program.workspace.plans.runs()] == [batch._run.id]

    program.play(tale)
