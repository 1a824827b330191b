"""What the filter offers while it is typed, and the filters that are kept."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.page_help import PageHelp
from cbr_desktop.ui.kit.saved_filters import MOST, SavedFilter, SavedFilters
from cbr_desktop.ui.tasks.page import TasksPage
from cbr_desktop.ui.vaults.page import VaultIndex, VaultsPage
from tests.ui import estate


@pytest.fixture
def settings() -> estate.Notebook:
    return estate.Notebook()


@pytest.fixture
def page(qtbot: QtBot, settings: estate.Notebook) -> Iterator[VaultsPage]:
    workspace = estate.workspace(settings=settings)
    made = VaultsPage(workspace, Times(workspace.clock), VaultIndex(workspace.scope))
    qtbot.addWidget(made)
    PageHelp(made, settings)
    made.show()
    made.catch_up()
    yield made


def helped(page: VaultsPage) -> PageHelp:
    found = page.findChild(PageHelp)
    assert isinstance(found, PageHelp)
    return found


def offered(page: VaultsPage, text: str, cursor: int | None = None) -> list[str]:
    return [offer.text for offer in helped(page)._offers(text, len(text) if cursor is None else cursor)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("st", ["state:"]),
        ("-st", ["-state:"]),
        ("us", ["used>"]),
        ("ag", ["age>"]),
        ("web", []),
        ("state:fr", ["state:frozen"]),
        ("-state:FR", ["-state:frozen"]),
        ("state:expanded", ["state:lock"]),  # by the word that is shown
        ("used>8", ["used>80"]),
        ("age>", ["age>1h", "age>24h", "age>2d", "age>7d", "age>30d"]),
        ("state:frozen", []),  # it is whole already
        ('"state:', []),  # within quotation marks all is text
        ("nosuch:x", []),
    ],
)
def test_fields_and_the_values_of_rows_are_offered(page: VaultsPage, typed: str, found: list[str]) -> None:
    assert offered(page, typed) == found
    assert offered(page, f"web {typed}") == found


def test_the_part_at_the_cursor_is_completed_and_the_rest_stays(page: VaultsPage) -> None:
    page.filter.setText("st used>10")
    page.filter.setCursorPosition(2)
    helped(page).offers.offer()
    helped(page).offers.take(0)
    assert page.filter.text() == "state: used>10"
    assert "state:available" in [offer.text for offer in helped(page).offers.offered]
    helped(page).offers.take(0)
    assert page.filter.text() == "state:available used>10"
    page._apply_filter()
    assert 0 < page.model.rowCount() < page.model.total
    assert not page.model.filter.problems


def test_what_is_offered_keeps_the_rows_it_was_offered_for(page: VaultsPage) -> None:
    for field in ("name:", "state:", "type:", "policy:"):
        for offer in helped(page)._offers(field, len(field)):
            page.use_filter(offer.text)
            assert page.model.rowCount() > 0, offer.text
            assert not page.model.filter.problems


def test_the_list_opens_by_typing_and_by_down_and_enter_takes_what_was_typed(page: VaultsPage, qtbot: QtBot) -> None:
    page.filter.setFocus()
    qtbot.keyClicks(page.filter, "sta")
    assert [offer.text for offer in helped(page).offers.offered] == ["state:"]
    popup = helped(page).offers._list().popup()
    assert popup is not None
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert page.filter.text() == "state:"
    page.filter.clear()
    down = next(key for key in page.filter.findChildren(QShortcut) if key.key() == QKeySequence(Qt.Key.Key_Down))
    down.activated.emit()
    assert len(helped(page).offers.offered) == 12
    qtbot.keyClick(popup, Qt.Key.Key_Escape)
    assert helped(page).offers.offered == []
    qtbot.keyClicks(page.filter, "vault")
    assert helped(page).offers.offered == []
    qtbot.keyClick(page.filter, Qt.Key.Key_Return)
    assert page.filter.text() == "vault"


def test_a_filter_is_kept_by_a_name_used_and_forgotten(page: VaultsPage, settings: estate.Notebook) -> None:
    page.use_filter("used>80 -state:error")
    asked = helped(page).filters.ask_name()
    asked.setTextValue("  nearly & truly   full ")
    asked.accept()
    page.clear_filter()
    menu = helped(page).filters.open_menu()
    assert menu.actions()[0].text() == "nearly && truly full\tused>80 -state:error"
    menu.actions()[0].trigger()
    assert page.filter.text() == "used>80 -state:error"
    assert SavedFilters(settings, "vaults").all() == [SavedFilter("nearly & truly full", "used>80 -state:error")]
    assert SavedFilters(settings, "Tasks").all() == []
    helped(page).filters._forget("nearly & truly full")
    assert SavedFilters(settings, "Vaults").all() == []


def test_nothing_is_kept_without_a_filter_or_a_name(page: VaultsPage) -> None:
    saved = helped(page).filters.saved
    assert not saved.keep("name", "  ")
    assert not saved.keep("  ", "web")
    keep = next(action for action in helped(page).filters.open_menu().actions() if "Save" in action.text())
    assert not keep.isEnabled()
    for number in range(MOST):
        assert saved.keep(f"{number}", "web")
    assert not saved.keep("one more", "web")
    assert saved.keep("7", "other")


@pytest.mark.parametrize("stored", ["x", 7, [7], [["a"]], [["a", 3]], [["", "b"]], {"a": "b"}])
def test_kept_filters_that_are_none_are_left_alone(settings: estate.Notebook, stored: object) -> None:
    settings.put("filters/vaults", stored)
    assert SavedFilters(settings, "Vaults").all() == []


def test_the_tasks_of_today_are_those_since_midnight_where_times_are_told(qtbot: QtBot) -> None:
    workspace = estate.workspace()
    page = TasksPage(workspace, Times(workspace.clock, utc=True))
    qtbot.addWidget(page)
    page.catch_up()
    assert [words for words, _filter in page.chips] == ["Running", "Failed", "Today"]
    page.use_filter("day:today")
    assert not page.model.filter.problems
    today = {task.id for task in page.model.shown_rows()}
    began = {task.id: task.started_at or task.created_at for task in page.rows()}
    assert today == {id for id, at in began.items() if at is not None and at.date() == estate.NOW.date()}
    page.use_filter("-day:today")
    assert {task.id for task in page.model.shown_rows()} == began.keys() - today


def test_the_name_of_a_filter_is_asked_without_holding_up_anything(page: VaultsPage) -> None:
    page.use_filter("web")
    asked = helped(page).filters.ask_name()
    assert isinstance(asked, QInputDialog)
    assert asked.isVisible()
    asked.reject()
