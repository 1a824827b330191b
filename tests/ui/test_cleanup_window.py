"""The window that cleans up: a rule, what it takes and what stays, and the batch that it leads to."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.backup import BackupStatus
from cbr_desktop.ui.backups.cleanup import CleanUpWindow
from cbr_desktop.ui.backups.forms import FORMS
from cbr_desktop.ui.operations.batch import BatchWindow
from tests.ui import estate
from tests.ui.test_batch_window import TEST, Scene
from tests.widgets import child
from tests.workflows.test_batch import DISK, OTHER, made

DAY = 24
ROWS = (
    made(1, 90 * DAY, auto=True),
    *(made(number, (80 - number) * DAY) for number in range(2, 7)),
    made(7, 60 * DAY, DISK, OTHER),
    made(8, 50 * DAY, DISK, OTHER, status=BackupStatus.ERROR),
)
Open = Callable[[Scene], CleanUpWindow]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    hosts = []

    def make(scene: Scene) -> CleanUpWindow:
        for reading in scene.readings.values():
            reading.backups = list(ROWS)
            reading.now()
        host = QWidget()
        qtbot.addWidget(host)
        hosts.append(host)
        asked = [(context, None) for context in scene.workspace.contexts]
        window = FORMS.windows["cleanup"](scene.workspace, asked, host)
        assert isinstance(window, CleanUpWindow)
        return window

    return make


def told(window: CleanUpWindow, column: str = "verdict") -> dict[str, str]:
    words = next(each for each in window.model.columns if each.key == column)
    rows = (window.model.row_at(place) for place in range(window.model.rowCount()))
    return {row.told.backup.name: words.text(row) for row in rows}


def test_a_rule_tells_what_goes_what_stays_and_why(tmp_path: Path, opened: Open) -> None:
    window = opened(Scene(tmp_path))
    assert told(window) == {
        "b2": "Goes",
        "b3": "Goes",
        **dict.fromkeys(("b4", "b5", "b6", "b7", "b8"), "Stays"),
    }
    why = told(window, "why")
    assert why["b4"] == "It is among the 3 newest good ones of its resource."
    assert why["b8"] == "It failed, and the rule is only about good ones."
    assert "2 backups of 1 resource would go, made between " in window.summary.label.text()
    assert "5 backups made by persons stay." in window.summary.label.text()
    window.keep.setValue(1)
    window.pattern.setText("b[45]")
    window.refresh()
    assert [row.told.backup.name for row in window.goes] == ["b4"]
    assert told(window, "why")["b2"] == "Its name does not match."
    window.days.setValue(9999)
    window.refresh()
    assert not window.delete.isEnabled()
    assert window.summary.label.text().startswith("Nothing goes by this rule.")


def test_what_goes_is_handed_to_a_batch_and_the_rule_is_remembered(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path)
    window = opened(scene)
    window.keep.setValue(1)
    window.failed.setChecked(True)
    window.refresh()
    assert child(window, QPushButton, "cleanUpDelete").text() == "&Delete 5 backups…"
    window.delete.click()
    (batch,) = window.parentWidget().findChildren(BatchWindow)
    batch.finish()
    assert batch._batch is not None
    assert [row.subject.name for row in batch._batch.rows if row.subject] == ["b2", "b3", "b4", "b5", "b8"]
    assert not scene.begun
    again = opened(scene)
    assert (again.keep.value(), again.failed.isChecked()) == (1, True)


def test_two_profiles_of_one_project_tell_a_backup_once_and_old_lists_say_so(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path, TEST, replace(TEST, name="Second"))
    window = opened(scene)
    assert window.model.rowCount() == 7
    assert child(window, QLineEdit, "cleanUpPattern").isVisible()
    ledger = scene.workspace.contexts[0].ledger
    for part, freshness in ledger.freshness.items():
        ledger.freshness[part] = freshness._replace(complete=False, as_of=estate.NOW - timedelta(hours=1))
    window.refresh()
    assert window.note.isVisible()
