"""The verbs of a table: which rows each takes, and what is said where it cannot be done."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.backup import Backup
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.words import Times
from cbr_desktop.ui.backups.page import BackupsPage
from cbr_desktop.ui.kit.verbs import Takes, Verb
from tests.ui import estate
from tests.ui.estate import HandClock


def _failed(rows: Sequence[Backup]) -> str:
    return "One of them failed." if any(row.status == "error" for row in rows) else ""


class Verbose(BackupsPage):
    verbs = (
        Verb("make", "&Make…", "Makes one", takes=Takes.NOTHING),
        Verb("look", "&Look…", "Looks at one", shortcut=Qt.Key.Key_F6),
        Verb("keep", "&Keep…", "Keeps them", takes=Takes.SEVERAL, hindrance=_failed),
    )


@pytest.fixture
def page(qtbot: QtBot) -> Verbose:
    made = Verbose(estate.workspace(), Times(HandClock(), utc=True))
    qtbot.addWidget(made)
    made.catch_up()
    made.view.clearSelection()
    return made


def told_by(page: BackupsPage) -> list[object]:
    told: list[object] = []
    page.verb_requested.connect(lambda verb, rows: told.append((verb, len(rows))))
    page.remarked.connect(told.append)
    return told


def enabled(page: BackupsPage) -> list[str]:
    return [key for key, button in page.buttons.items() if button.isEnabled()]


def test_without_rows_only_what_takes_none_can_be_asked_for(page: Verbose) -> None:
    told = told_by(page)
    assert enabled(page) == ["make"]
    page.buttons["make"].click()
    next(each for each in page.view.findChildren(QShortcut) if each.key().toString() == "F6").activated.emit()
    assert told == [("make", 0)]


def test_what_takes_several_is_asked_once_for_all_and_what_takes_one_says_so(page: Verbose) -> None:
    told = told_by(page)
    page.view.select_id(estate.uid(2001))
    assert enabled(page) == ["make", "look", "keep"]
    page.filter.setText("-state:failed")
    page._apply_filter()
    page.view.selectAll()
    count = len(page.view.selected_rows())
    page.buttons["keep"].click()
    page.buttons["look"].click()
    assert count > 1
    assert told == [("keep", count), f"This takes one row at a time; {count} backups are selected. Nothing was done."]


def test_a_button_that_is_off_says_why_and_the_menu_agrees(page: Verbose) -> None:
    told = told_by(page)
    page.view.select_id(estate.uid(1999))
    assert enabled(page) == ["make", "look"]
    assert page.buttons["keep"].toolTip() == tooltip("One of them failed.")
    menu = QMenu(page)
    page.fill_menu(menu)
    assert [action.isEnabled() for action in menu.actions()[:3]] == [True, True, False]
    assert page._verb_bar is not None
    page._verb_bar.ask("keep")
    assert told == ["One of them failed."]
    page.view.select_id(estate.uid(2001))
    assert page.buttons["keep"].toolTip() == tooltip("Keeps them")


def test_the_menu_of_the_rows_tells_the_keys_of_the_verbs(page: Verbose) -> None:
    page.view.selectRow(0)
    menu = QMenu(page)
    page.fill_menu(menu)
    keys = {action.text(): action.shortcut().toString() for action in menu.actions()}
    assert (keys["&Look…"], keys["&Keep…"]) == ("F6", "")


def test_it_is_told_how_many_rows_are_selected_where_it_is_more_than_one(page: Verbose) -> None:
    assert "selected" not in page.count.text()
    page.view.selectRow(0)
    assert "selected" not in page.count.text()
    page.view.selectAll()
    assert page.count.text().startswith(f"{page.model.rowCount()} · {page.model.rowCount()} selected · ")
    page.view.clearSelection()
    assert "selected" not in page.count.text()
