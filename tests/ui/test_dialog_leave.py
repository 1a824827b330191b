"""Fault 98: closing the window asks while something is not at its end, and names it; staying is the default."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.leave import LeaveDialog
from cbr_desktop.ui.shell.window import MainWindow
from tests.ui import estate, hostile
from tests.ui.sinks import rich_text_sinks
from tests.widgets import child, words

Open = Callable[..., MainWindow]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def make(workspace: Workspace) -> MainWindow:
        window = MainWindow(workspace)
        qtbot.addWidget(window, before_close_func=lambda window: setattr(window, "_may_close", True))
        window.show()
        return window

    return make


def dialogs(window: MainWindow) -> list[LeaveDialog]:
    return [dialog for dialog in window.findChildren(LeaveDialog) if dialog.isVisible()]


def settle(workspace: Workspace, *left: IntentState) -> None:
    """Let every request but those in some states come to its end."""
    for intent in list(estate.ledger(workspace).intents.values()):
        if intent.state not in left:
            estate.ledger(workspace).put_intent(replace(intent, state=IntentState.FINISHED))


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (IntentState.SENDING, "1 request is being sent"),
        (IntentState.UNKNOWN, "1 request without an answer is being looked for"),
        (IntentState.QUEUED, "1 request is queued and not sent"),
        (IntentState.ACCEPTED, "1 checkpoint is under way"),
    ],
)
def test_fault_98_each_kind_is_asked_about(opened: Open, state: IntentState, sentence: str) -> None:
    workspace = estate.workspace()
    settle(workspace, state)
    window = opened(workspace)
    left: list[int] = []
    window.leave_requested.connect(lambda: left.append(1))
    assert not window.close()
    (dialog,) = dialogs(window)
    assert sentence in words(dialog)
    assert rich_text_sinks([dialog]) == []
    assert left == []
    child(dialog, QPushButton, "leaveNow").click()
    assert left == [1]


def test_fault_98_staying_is_the_default_and_asks_again(opened: Open) -> None:
    window = opened(estate.workspace())
    left: list[int] = []
    window.leave_requested.connect(lambda: left.append(1))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        window.close()
        window.close()
        (dialog,) = dialogs(window)
        assert dialog.focusWidget() is child(dialog, QPushButton, "stay")
        QtBot.keyClick(dialog, key)
        assert not dialogs(window)
    assert left == []
    assert window.isVisible()


def test_fault_98_the_question_keeps_up_with_what_ends_meanwhile(opened: Open) -> None:
    workspace = estate.workspace()
    window = opened(workspace)
    window.close()
    (dialog,) = dialogs(window)
    assert "1 request is being sent" in words(dialog)
    settle(workspace, IntentState.QUEUED)
    QApplication.processEvents()
    assert "being sent" not in words(dialog)
    assert "1 request has not ended yet." in words(dialog)
    settle(workspace)
    QApplication.processEvents()
    assert "All of it has ended now" in words(dialog)


def test_fault_98_a_program_that_may_send_nothing_asks_nothing(opened: Open) -> None:
    workspace = estate.workspace()
    workspace.seal(NotSaved("/data", "no space left"))
    window = opened(workspace)
    left: list[int] = []
    window.leave_requested.connect(lambda: left.append(1))
    window.close()
    assert (left, dialogs(window)) == ([1], [])


def test_fault_98_names_are_shown_as_they_are(opened: Open) -> None:
    window = opened(hostile.workspace(hostile.markup()))
    window.close()
    (dialog,) = dialogs(window)
    assert '<a href="file:' in words(dialog)
    assert rich_text_sinks([dialog]) == []
