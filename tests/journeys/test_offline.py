"""Journeys without a network, because the operator wants none."""

from collections.abc import Awaitable, Callable

from cbr_desktop.app.houses import Houses
from cbr_desktop.app.profile import DEMO_PROFILES
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.ui.window import MainWindow
from tests.journeys.program import Program, settled

Until = Callable[..., Awaitable[None]]
FINE = DEMO_PROFILES[0]


def test_working_offline_sends_nothing_and_its_end_sends_what_waits(demo_program: Program, until: Until) -> None:
    hall, journal = demo_program.hall, demo_program.service.journal

    async def tale(houses: Houses, window: MainWindow) -> None:
        window.show()
        window.furnish()
        await until(lambda: settled(hall, FINE.name))
        window.status.offline.click()
        asked = len(journal)
        desk = hall.desk(FINE.name)
        intent = desk.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="later"))
        await until(lambda: desk.ledger.intents[intent.id].note == "offline")
        await until(lambda: window.status.connection.text() == "○ Offline")
        desk.refresh.ask()
        await until(lambda: settled(hall, FINE.name))
        assert len(journal) == asked
        assert desk.ledger.vaults
        await until(lambda: "offline" in window.current_page().remark.text())
        assert window.status.problems.isHidden()
        window.status.offline.click()
        await until(lambda: desk.ledger.intents[intent.id].state is IntentState.ACCEPTED)
        await until(lambda: "Online" in window.status.connection.text())
        assert len(journal.calls("POST", "/checkpoints")) == 1

    demo_program.play(tale)


def test_offline_is_remembered_and_the_next_start_asks_nobody(demo_program: Program, until: Until) -> None:
    hall, journal = demo_program.hall, demo_program.service.journal
    hall.settings.put("window/offline", True)

    async def tale(houses: Houses, window: MainWindow) -> None:
        window.show()
        await until(lambda: settled(hall, FINE.name))
        assert window.status.offline.isChecked()
        assert not journal

    demo_program.play(tale)
