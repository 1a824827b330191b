"""Journeys from the click to the word: the dialog, the outbox and the true wire, against the demo cloud."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.app.window import save_text
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.session.ledger_signals import LedgerSignals
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.outcomes import outcome_of
from tests import programs
from tests.services import give
from tests.stage import Stage, staged
from tests.widgets import child

Open = Callable[[str], CheckpointDialog]
Kind = TypeVar("Kind", bound=QWidget)
S = IntentState


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        asyncio.run(stage.session.refresh.once())
        yield stage


@pytest.fixture
def open_dialog(stage: Stage, qtbot: QtBot, tmp_path: Path) -> Open:
    session, signals = stage.session, LedgerSignals()
    session.ledger.subscribe(signals.notice)
    settings = JsonSettings(tmp_path / "screens.json")
    context = ProfileContext(session.profile, session.ledger, signals, stage.clock, settings, save_text, is_demo=True)
    give(context, session.outbox, session.refresh)

    host = QWidget()
    qtbot.addWidget(host)

    def opened(vault_id: str) -> CheckpointDialog:
        dialog = CheckpointDialog(context, VaultId(vault_id), parent=host)
        dialog.open()
        return dialog

    return opened


def fill(dialog: QWidget, *, name: str, description: str = "") -> None:
    child(dialog, QLineEdit, "checkpointName").setText(name)
    child(dialog, QPlainTextEdit, "checkpointDescription").setPlainText(description)


def press(dialog: QWidget, name: str) -> None:
    button = child(dialog, QAbstractButton, name)
    assert button.isEnabled(), button.toolTip()
    button.click()


def preview(dialog: QWidget) -> str:
    return child(dialog, QPlainTextEdit, "checkpointPreview").toPlainText()


def test_the_documented_request_from_dialog_to_finished(stage: Stage, open_dialog: Open) -> None:
    dialog = open_dialog(REFERENCE_VAULT_ID)
    fill(dialog, name="backup_name", description="backup_description")
    press(dialog, "checkpointChosen")
    dialog.resources.choose_ids([REFERENCE_RESOURCE_ID])
    dialog.advanced.auto_trigger.setChecked(True)
    dialog._judge()
    dialog.anyway.setChecked(True)
    shown = preview(dialog)
    press(dialog, "checkpointSend")
    (intent,) = stage.session.ledger.intents.values()

    async def story() -> None:
        accepted = await stage.until(intent.id, S.ACCEPTED)
        assert accepted.checkpoint is not None
        assert accepted.checkpoint.status == "protecting"
        assert [resource.name for resource in accepted.checkpoint.accepted] == ["ecs-1f0f-0002"]
        finished = await stage.until(intent.id, S.FINISHED)
        assert finished.checkpoint is not None
        assert finished.checkpoint.status == "available"

    stage.play(story)
    assert stage.posts == [shown.encode()]
    assert json.loads(shown) == {
        "checkpoint": {
            "vault_id": REFERENCE_VAULT_ID,
            "parameters": {
                "auto_trigger": True,
                "description": "backup_description",
                "incremental": True,
                "name": "backup_name",
                "resources": [REFERENCE_RESOURCE_ID],
            },
        }
    }


def test_five_of_seven_and_retry_skipped_sends_the_two_alone(stage: Stage, open_dialog: Open) -> None:
    web = next(vault for vault in stage.session.ledger.vaults.values() if vault.name == "vault-web-prod")
    dialog = open_dialog(web.id)
    fill(dialog, name="before-patch")
    dialog._judge()
    dialog.anyway.setChecked(True)
    press(dialog, "checkpointSend")
    (intent,) = stage.session.ledger.intents.values()

    async def story() -> None:
        finished = await stage.until(intent.id, S.FINISHED)
        outcome = outcome_of(stage.session.ledger, finished)
        assert outcome is not None
        skipped = [resource for resource in outcome.resources if resource.fate is Fate.SKIPPED]
        assert (outcome.total, outcome.count(Fate.DONE), len(skipped)) == (7, 5, 2)
        await asyncio.sleep(0)
        press(dialog, "retrySkipped")
        again = next(other for other in stage.session.ledger.intents.values() if other.retry_of == intent.id)
        await stage.until(again.id, S.FINISHED)
        sent = json.loads(stage.posts[1])["checkpoint"]["parameters"]["resources"]
        assert sent == [resource.id for resource in skipped]

    stage.play(story)
    assert len(stage.posts) == 2


def test_a_dialog_that_is_closed_while_sending_loses_nothing(stage: Stage, open_dialog: Open) -> None:
    dialog = open_dialog(REFERENCE_VAULT_ID)
    fill(dialog, name="closed-early")
    dialog._judge()
    press(dialog, "checkpointSend")
    dialog.close()
    (intent,) = stage.session.ledger.intents.values()

    async def story() -> None:
        await stage.until(intent.id, S.FINISHED)

    stage.play(story)
    assert len(stage.posts) == 1


def test_a_double_click_sends_once(stage: Stage, open_dialog: Open) -> None:
    dialog = open_dialog(REFERENCE_VAULT_ID)
    fill(dialog, name="twice")
    dialog._judge()
    send = child(dialog, QAbstractButton, "checkpointSend")
    send.click()
    send.click()
    assert len(stage.session.ledger.intents) == 1


@pytest.mark.timeout(120)
def test_the_self_test_does_the_main_job_in_the_real_window(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    done = programs.run("selftest", "--screenshot", str(picture), timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("selftest: ok")
    assert picture.read_bytes().startswith(b"\x89PNG")
