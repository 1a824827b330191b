"""Sending later: a request is held or scheduled from the form, and a time is told by both clocks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.error import Unreachable
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.operations.schedule import ScheduleDialog
from tests.ui.counter import Counter
from tests.ui.estate import NOW, uid
from tests.ui.test_dialog_checkpoint import holder

Open = Callable[[Counter], CheckpointDialog]


@pytest.fixture
def counter() -> Counter:
    return Counter([holder()])


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def make(counter: Counter) -> CheckpointDialog:
        dialog = CheckpointDialog(counter.context, VaultId(uid(1)))
        qtbot.addWidget(dialog)
        dialog.open()
        dialog.name.set_text("tonight")
        dialog._judge()
        dialog.anyway.setChecked(True)
        return dialog

    return make


def test_hold_puts_the_request_by(counter: Counter, opened: Open) -> None:
    opened(counter).hold.click()
    (intent,) = counter.sent
    assert (intent.state, intent.reason) == (IntentState.HELD, "person")
    assert counter.outbox.release(intent.id)


def test_a_scheduled_request_waits_for_its_time(counter: Counter, opened: Open) -> None:
    dialog = opened(counter)
    dialog.schedule.click()
    asked = dialog.findChild(QObject, "scheduleDialog")
    assert isinstance(asked, ScheduleDialog)
    assert not counter.sent
    at = datetime(2026, 8, 22, 22, 30, tzinfo=UTC)
    asked.show_time(at)
    assert asked.beside.text() == "2026-08-22 22:30 UTC, in 19 h 25 min."
    asked.accept_button.click()
    (intent,) = counter.sent
    assert (intent.state, intent.due_at) == (IntentState.SCHEDULED, at)


def test_the_next_full_hour_is_offered_and_the_past_is_not_taken(qtbot: QtBot) -> None:
    asked = ScheduleDialog(NOW)
    qtbot.addWidget(asked)
    assert asked.time == datetime(2026, 8, 22, 4, 0, tzinfo=UTC)
    asked.show_time(NOW - timedelta(minutes=1))
    assert not asked.accept_button.isEnabled()
    assert "over already" in asked.beside.text()


def test_what_cannot_be_sent_cannot_be_held_or_scheduled(counter: Counter, opened: Open) -> None:
    dialog = opened(counter)
    dialog.name.set_text("bad name")
    dialog._judge()
    assert not any(button.isEnabled() for button in (dialog.send, dialog.hold, dialog.schedule))
    dialog._ask_time()
    assert dialog.findChild(QObject, "scheduleDialog") is None
    assert not counter.sent


def test_without_a_connection_the_button_says_queue(counter: Counter, opened: Open, qtbot: QtBot) -> None:
    dialog = opened(counter)
    assert dialog.send.accessibleName() == "Send"
    counter.ledger.put_connection(Connection(Reach.UNREACHABLE, error=Unreachable("cbr.example.com", "", "offline")))
    qtbot.waitUntil(lambda: dialog.send.accessibleName() == "Queue")
    assert "no connection" in dialog.send.accessibleDescription()
    counter.ledger.put_connection(Connection(Reach.ONLINE))
    qtbot.waitUntil(lambda: dialog.send.accessibleName() == "Send")
