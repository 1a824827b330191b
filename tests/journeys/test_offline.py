"""Journeys without a network, because the operator wants none."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cbr_desktop.app.profile import DEMO_PROFILES
from cbr_desktop.app.session_pool import SessionPool
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.journal import EntryKind, Filter
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.storage.journal import FileJournal
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.window import MainWindow
from tests.journeys.program import Program, settled

Until = Callable[..., Awaitable[None]]
FINE = DEMO_PROFILES[0]


def requests_told(workspace: Workspace) -> list[str]:
    """Return what the journal of this machine tells of requests and answers, fault 99 of the catalogue."""
    assert isinstance(workspace.journal, FileJournal)
    wanted = Filter(kinds=frozenset({EntryKind.REQUEST, EntryKind.ANSWER}))
    return [str(entry.event.kind) for entry in workspace.journal.entries(wanted)]


def test_fault_99_working_offline_sends_nothing_and_its_end_sends_what_waits(
    demo_program: Program, until: Until
) -> None:
    workspace, journal = demo_program.workspace, demo_program.service.journal

    async def tale(sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        window.build_deferred_widgets()
        await until(lambda: settled(workspace, FINE.name))
        window.status.offline.click()
        asked = len(journal)
        context = workspace.context(FINE.name)
        intent = context.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="later"))
        await until(lambda: context.ledger.intents[intent.id].reason == "offline")
        await until(lambda: window.status.connection.text() == "○ Offline")
        context.refresh.ask()
        await until(lambda: settled(workspace, FINE.name))
        assert len(journal) == asked
        assert requests_told(workspace) == []
        assert context.ledger.vaults
        await until(lambda: "offline" in window.current_page().remark.text())
        assert window.status.problems.isHidden()
        window.status.offline.click()
        await until(lambda: context.ledger.intents[intent.id].state is IntentState.ACCEPTED)
        await until(lambda: "Online" in window.status.connection.text())
        assert len(journal.calls("POST", "/checkpoints")) == 1
        assert requests_told(workspace) == ["request", "answer"]

    demo_program.play(tale)


def test_offline_is_remembered_and_the_next_start_asks_nobody(demo_program: Program, until: Until) -> None:
    workspace, journal = demo_program.workspace, demo_program.service.journal
    workspace.settings.put("window/offline", True)

    async def tale(sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        await until(lambda: settled(workspace, FINE.name))
        assert window.status.offline.isChecked()
        assert not journal

    demo_program.play(tale)


def test_the_next_start_fills_every_page_from_the_cache_and_says_so(
    tmp_path: Path, qapp: QApplication, qtbot: QtBot, until: Until
) -> None:
    before = Program(tmp_path, qapp, qtbot)

    async def first(sessions: SessionPool, window: MainWindow) -> None:
        await until(lambda: settled(before.workspace, FINE.name))

    before.play(first)
    seen = before.workspace.context(FINE.name).ledger
    after = Program(tmp_path, qapp, qtbot)
    workspace = after.workspace
    workspace.settings.put("window/offline", True)

    async def second(sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        await until(lambda: settled(workspace, FINE.name))
        ledger = workspace.context(FINE.name).ledger
        assert (ledger.vaults, ledger.tasks, ledger.backups) == (seen.vaults, seen.tasks, seen.backups)
        assert (ledger.policies, ledger.protectables) == (seen.policies, seen.protectables)
        for name in ("Vaults", "Resources", "Tasks"):
            window.show_page(name)
            page = window.current_page()
            await until(lambda page=page: page.model.total > 0)
            assert page.count.text().endswith("old (from cache)")
            assert not page.model.changes, "what was seen before the start is not new"
        assert window.status.age.toolTip().count("from cache") == 5
        window.page("Tasks").older.click()  # type: ignore[attr-defined]
        await until(lambda: "back to" in window.page("Tasks")._foot_words.text())  # type: ignore[attr-defined]
        assert not after.service.journal

    after.play(second)
