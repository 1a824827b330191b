"""The first screen: it leads to a first profile, to those there are, and to the demo."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.profile import Profile
from cbr_desktop.ui.shell.welcome import WelcomeWindow
from tests.ui.profilebook import HQ, PROD, STAGING
from tests.widgets import child, words

PLACE = "/home/me/profiles.toml"
Open = Callable[..., WelcomeWindow]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def make(*profiles: Profile, problems: tuple[str, ...] = (), files: tuple[str, ...] = ()) -> WelcomeWindow:
        window = WelcomeWindow(profiles, problems, PLACE, files)
        qtbot.addWidget(window)
        window.show()
        return window

    return make


def test_whoever_has_no_profile_is_led_to_one(opened: Open) -> None:
    window = opened()
    said = words(window)
    assert "No cloud is set up yet" in said
    assert [step in said for step in ("1.  Add a profile", "2.  Test it", "3.  Open it", PLACE)] == [True] * 4
    assert child(window, QPushButton, "addProfile").isDefault()
    assert child(window, QPushButton, "addProfile").property("primary") is True
    assert not child(window, QAbstractButton, "openProfile").isVisible()
    wishes: list[str] = []
    window.add_requested.connect(lambda: wishes.append("add"))
    window.import_requested.connect(lambda: wishes.append("import"))
    window.chosen.connect(wishes.append)
    for name in ("addProfile", "importProfiles", "openDemo"):
        child(window, QAbstractButton, name).click()
    assert wishes == ["add", "import", None]


def test_a_file_that_the_program_was_started_with_is_not_forgotten(opened: Open) -> None:
    said = words(opened(files=("/home/me/before <b>patch.cbr.json",)))
    assert "‘before <b>patch.cbr.json’ waits" in said
    assert "opens for review" in said
    assert "nothing is sent by that" in said
    assert "2 files wait" in words(opened(PROD, STAGING, files=("/a.cbr.json", "/b.plan.json")))
    assert "wait" not in words(opened(PROD))


def test_a_file_that_is_chosen_here_waits_like_one_of_the_start(opened: Open) -> None:
    window = opened(PROD)
    taken: list[str] = []
    window.file_chosen.connect(taken.append)
    window.take_file("/home/me/patch.cbr.json")
    window.take_file("/home/me/patch.cbr.json")
    assert taken == ["/home/me/patch.cbr.json"]
    assert "‘patch.cbr.json’ waits" in words(window)
    assert not window.windowIcon().isNull()


def test_a_file_is_asked_for_without_holding_up_anything_else(opened: Open) -> None:
    window = opened(PROD)
    child(window, QPushButton, "openFile").click()
    asked = child(window, QFileDialog, "requestFileDialog")
    assert asked.fileMode() == QFileDialog.FileMode.ExistingFile
    assert "*.json" in asked.nameFilters()[0]
    asked.fileSelected.emit("/home/me/patch.cbr.json")
    assert "‘patch.cbr.json’ waits" in words(window)
    asked.close()


def test_a_profile_that_was_made_meanwhile_can_be_opened(opened: Open) -> None:
    window = opened()
    window.show_profiles([PROD, STAGING], [])
    assert "Which cloud?" in words(window)
    assert "Add a profile: its region" not in words(window)
    rows = child(window, QListWidget, "profiles")
    assert rows.item(1).data(Qt.ItemDataRole.AccessibleTextRole) == "Staging · eu-de, eu-de, eu-de_staging, staging"
    rows.setCurrentRow(1)
    window.show_profiles([PROD, STAGING, HQ], [])
    chosen: list[Profile] = []
    edited: list[str] = []
    window.chosen.connect(chosen.append)
    window.edit_requested.connect(edited.append)
    for name in ("openProfile", "editProfile"):
        child(window, QAbstractButton, name).click()
    assert (chosen, edited) == ([STAGING], [STAGING.name])


def test_what_is_wrong_in_the_file_is_told_with_its_place(opened: Open) -> None:
    window = opened(PROD, problems=("Profile ‘Old’ cannot be used.", "Profile ‘<b>’ cannot be used."))
    assert f"Profile ‘<b>’ cannot be used. The file is {PLACE}." in words(window)
    window.show_profiles([PROD], [])
    assert PLACE not in words(window)
