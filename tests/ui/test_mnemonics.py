"""Keyboard alone: a letter with Alt leads to one thing; the walk through all windows is in ``test_hostile``."""

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.backup import BackupStatus
from cbr_desktop.domain.profile import Way
from cbr_desktop.domain.region import REGIONS
from cbr_desktop.ui.backups.forms import RenameForm, deletion_form
from cbr_desktop.ui.drafts.request import RequestDialog
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.policies.form import PolicyFields
from cbr_desktop.ui.profiles.dialog import ProfilesDialog
from cbr_desktop.ui.session.draft_store import Source
from tests.ui.mnemonics import clashes
from tests.ui.profilebook import PROD, Account, Book, Keeper
from tests.ui.test_dialog_change import OLD, TEST, Listed, made
from tests.ui.test_request_dialog import DELETION


def test_no_letter_leads_to_two_things_in_the_windows_of_changes(qtbot: QtBot) -> None:
    counter = Listed(TEST)
    counter.reading.backups = [OLD, made(3, "coming", 0, status=BackupStatus.PROTECTING)]
    counter.reading.now()
    for form in (RenameForm(OLD.id, OLD.name), deletion_form(OLD.id), PolicyFields(timedelta())):
        dialog = ChangeDialog(counter.context, form)
        qtbot.addWidget(dialog)
        assert clashes(dialog) == {}, dialog.windowTitle()
    editor = RequestDialog(counter.context, Source(DELETION))
    qtbot.addWidget(editor)
    assert clashes(editor) == {}


@pytest.fixture
def profiles(qtbot: QtBot) -> ProfilesDialog:
    account = Account()
    dialog = ProfilesDialog(Book([PROD]), REGIONS, account, account.test, Keeper())
    qtbot.addWidget(dialog)
    return dialog


def test_no_letter_leads_to_two_things_in_the_window_of_profiles(profiles: ProfilesDialog, run: Any) -> None:
    async def story() -> None:
        profiles.open()
        profiles.add()
        for way in Way:
            box = profiles._form.findChild(QComboBox, "way")
            box.setCurrentIndex(box.findData(way))
            assert clashes(profiles) == {}, way
        profiles.hide()

    run(story())


def test_alt_s_saves_a_profile(profiles: ProfilesDialog, run: Any, until: Any, qtbot: QtBot) -> None:
    async def story() -> None:
        profiles.open()
        with qtbot.waitActive(profiles):
            profiles.activateWindow()
        profiles._form.findChild(QLineEdit, "group").setText("mine")
        profiles._form.judge()
        assert profiles.save.isEnabled(), profiles.save.toolTip()
        saved: list[bool] = []
        profiles.changed.connect(lambda: saved.append(True))
        qtbot.keyClick(QApplication.focusWidget() or profiles, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
        await until(lambda: saved == [True])
        profiles.hide()

    run(story())
