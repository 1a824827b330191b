"""The page of checkpoints: the rows that are put together, what is said of them, and where they lead."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QMenu, QTabWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.text.words import Times
from cbr_desktop.ui.checkpoint.page import CheckpointsPage
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Part
from tests.ui import estate
from tests.ui.estate import CHECKPOINT, NOW, RUNNING_CHECKPOINT, HandClock
from tests.widgets import child


@pytest.fixture
def workspace() -> Workspace:
    """The estate, with two backups of its partial checkpoint, and one of a checkpoint that nothing else tells of."""
    made = estate.workspace()
    ledger = estate.ledger(made)
    one, other, third, *rest = ledger.backups.values()
    rows = [replace(each, checkpoint_id=CHECKPOINT) for each in (one, other)]
    lone = replace(third, id=BackupId("lone"), name="old-one", checkpoint_id="old", created_at=NOW - timedelta(days=90))
    ledger.put_backups(Listing([*rows, lone, *rest], NOW))
    return made


def page_of(qtbot: QtBot, workspace: Workspace, **more: int) -> CheckpointsPage:
    made = CheckpointsPage(workspace, Times(HandClock(), utc=True), **more)
    qtbot.addWidget(made)
    made.show()
    made.catch_up()
    return made


def cells(page: CheckpointsPage, id: str) -> dict[str, str]:
    row = page.model.position_of(id)
    assert row is not None, id
    return {c.title: page.model.data(page.model.index(row, place)) for place, c in enumerate(page.model.columns)}


def shown(page: CheckpointsPage, text: str) -> list[str]:
    page.filter.setText(text)
    page._apply_filter()
    assert not page.model.filter.problems
    return [row.id for row in page.model.shown_rows()]


def test_each_restore_point_is_a_row_with_what_is_known_of_it(qtbot: QtBot, workspace: Workspace) -> None:
    page = page_of(qtbot, workspace)
    assert {row.id for row in page.model.shown_rows()} == {CHECKPOINT, RUNNING_CHECKPOINT, "old"}
    row = cells(page, CHECKPOINT)
    assert (row["State"], row["Resources"], row["By"], row["Backups"]) == (
        "In part",
        "5 · 2 skipped",
        "This program",
        "2",
    )
    assert row["Vault"] == "vault-erp-prod" and row["Duration"].endswith("min")
    running = cells(page, RUNNING_CHECKPOINT)
    assert running["State"].startswith("Backing up, ") and running["Duration"].startswith("running for")
    old = cells(page, "old")
    assert (old["Name"], old["State"], old["By"], old["Duration"]) == ("old-one", "Finished", "A person", "–")


def test_the_filter_asks_for_states_makers_and_numbers(qtbot: QtBot, workspace: Workspace) -> None:
    page = page_of(qtbot, workspace)
    assert shown(page, "state:failed,partial") == [CHECKPOINT]
    assert shown(page, "state:running") == [RUNNING_CHECKPOINT]
    assert shown(page, "by:person") == ["old"]
    assert shown(page, "skipped>1") == [CHECKPOINT]
    assert shown(page, "age>30d") == ["old"]
    assert shown(page, f"started:{NOW - timedelta(days=90):%Y-%m-%d}") == ["old"]
    page.clear_filter()
    assert [row.id for row in page.model.shown_rows()][-1] == "old"


def test_the_empty_page_says_what_the_list_is_put_together_from(qtbot: QtBot) -> None:
    workspace = estate.workspace(filled=False)
    page = page_of(qtbot, workspace)
    words = child(page, QLabel, "noCheckpointsReason").text()
    assert "The service has no list of checkpoints" in words
    ledger = estate.ledger(workspace)
    ledger.put_backups(Listing([], NOW))
    ledger.put_tasks(Listing([], NOW))
    page.refresh(Part.BACKUPS)
    assert child(page, QLabel, "noCheckpointsTitle").text() == "No checkpoints"
    assert "requests of this program" in child(page, QLabel, "noCheckpointsReason").text()


def test_very_many_are_put_together_in_pieces_while_the_page_is_used(qtbot: QtBot, workspace: Workspace) -> None:
    page = page_of(qtbot, workspace, at_once=1)
    assert page.is_at_work and page.model.total == 0
    assert "Putting the checkpoints together" in child(page, QLabel, "noCheckpointsTitle").text()
    page.refresh(Part.TASKS)
    qtbot.waitUntil(lambda: not page.is_at_work and page.model.total == 3)
    page.refresh(Part.BACKUPS)
    assert not page.is_at_work  # nothing has changed
    ledger = estate.ledger(workspace)
    ledger.put_backups(Listing(list(ledger.backups.values())[::-1], NOW))
    page.refresh(Part.BACKUPS)
    assert page.is_at_work and page.model.total == 3
    assert page.show_row("old") and not page.is_at_work


def test_a_restore_point_leads_to_its_backups_and_back(qtbot: QtBot, workspace: Workspace) -> None:
    window = MainWindow(workspace)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    window.show()
    window.build_deferred_widgets()
    window.show_details(True)
    page = window.show_page("Checkpoints")
    page.view.select_id(CHECKPOINT)
    details = window.deferred_widgets.details
    assert "was not backed up" in details._explanation.text()
    details.tabs.setCurrentIndex(1)
    lines = {details._relations.item(n).text(): details._relations.item(n) for n in range(details._relations.count())}
    assert any(text.startswith("Skipped: ") and "6215" in text for text in lines)
    assert "Request of this program" in lines
    backup = next(item for text, item in lines.items() if text.startswith("Backup: "))
    details._relations.itemActivated.emit(backup)
    assert window.current_page().name == "Backups"
    leaves = child(window, QTabWidget, "detailsTabs")
    leaves.setCurrentWidget(details._relations)
    back = next(
        details._relations.item(n)
        for n in range(details._relations.count())
        if details._relations.item(n).text() == "Checkpoint that made it"
    )
    details._relations.itemActivated.emit(back)
    assert window.current_page().name == "Checkpoints"
    menu = QMenu(window)
    page.extend_menu(menu)
    menu.actions()[0].trigger()
    backups = window.current_page()
    backups._apply_filter()
    assert (backups.name, backups.model.rowCount()) == ("Backups", 2)
