"""Journeys of restores: rehearsed, approved, sent by a person, and followed to what has to be checked afterwards."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.window import save_text
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.intent import Approval, IntentState, Reason
from cbr_desktop.domain.profile import Environment
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.ui.backups.rehearsal import RehearsalWindow
from cbr_desktop.ui.drafts.request import RequestDialog
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.session.draft_store import Source
from cbr_desktop.ui.session.ledger_signals import LedgerSignals
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.workflows.operations import change_of
from cbr_desktop.workflows.operations.restore_backup import document_of
from tests.restoring import SERVER, crossed, newest, read, restore_of
from tests.services import give
from tests.stage import Stage, staged
from tests.widgets import child, words

S = IntentState
TESTING = replace(DEMO, environment=Environment.TEST)
"""No production: what is overwritten is named here as well."""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path, profile=TESTING) as stage:
        yield stage


def context_of(stage: Stage, folder: Path) -> ProfileContext:
    session, signals = stage.session, LedgerSignals()
    session.ledger.subscribe(signals.notice)
    settings = JsonSettings(folder / "screens.json")
    made = ProfileContext(TESTING, session.ledger, signals, stage.clock, settings, save_text)
    give(made, session.outbox, session.refresh)
    return made


@pytest.fixture
def context(stage: Stage, tmp_path: Path) -> ProfileContext:
    return context_of(stage, tmp_path)


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def sent(stage: Stage) -> list[bytes]:
    return [each.body for each in stage.service.journal if each.method == "POST" and each.path.endswith("/restore")]


async def settled(window: RehearsalWindow | ChangeDialog, stage: Stage | None = None) -> None:
    """Wait until a window has read what it judges by; without a network that takes time on the stage."""
    window.finish()
    while window._tasks.is_busy:  # what a widget waits for sets no event
        await (asyncio.sleep(0) if stage is None else stage.clock.sleep(1))


async def rehearsal(stage: Stage, context: ProfileContext, host: QWidget) -> tuple[RehearsalWindow, Backup]:
    """Ask for the restore of the newest good backup of a server, as the page of backups does."""
    await stage.session.refresh.once()
    backup = await read(stage)
    stage.session.ledger.opened = {}
    workspace = Workspace([], context.settings, context.clock, save_text)
    window = Dialogs().ask(workspace, "Backups", "restore", [(context, backup)], host)
    assert isinstance(window, RehearsalWindow)
    await settled(window)
    return window, backup


def second_step(window: RehearsalWindow, host: QWidget) -> ChangeDialog:
    button = child(window, QAbstractButton, "rehearsalGoOn")
    assert button.isEnabled(), child(window, QLabel, "rehearsalVerdict").text()
    button.click()
    (dialog,) = host.findChildren(ChangeDialog)
    return dialog


def confirm(dialog: ChangeDialog) -> QAbstractButton:
    found: QAbstractButton = child(dialog, QAbstractButton, "changeConfirm")
    return found


def fill_in(dialog: ChangeDialog) -> None:
    child(dialog, QLineEdit, "changeReason").setText("ticket 4711: the database is broken")
    child(dialog, QLineEdit, "changeApprover").setText("A. Turing")
    child(dialog, QLineEdit, "changeTyped").setText(SERVER)


def test_from_the_rehearsal_to_what_is_to_be_checked(stage: Stage, context: ProfileContext, host: QWidget) -> None:
    """Two windows, a reason and a typed name lie between the verb and the wire, and what is shown is what is sent."""

    async def story() -> None:
        window, backup = await rehearsal(stage, context, host)
        told = words(window)
        assert f"Restore ‘{SERVER}’ from ‘{backup.name}’" in told
        assert "is lost for good" in told and "2 disks are written over" in told and "shut down" in told
        assert sent(stage) == [] and stage.session.ledger.intents == {}
        dialog = second_step(window, host)
        await settled(dialog)
        assert not confirm(dialog).isEnabled()
        child(dialog, QLineEdit, "changeTyped").setText(SERVER)
        assert not confirm(dialog).isEnabled(), "the reason is wanted as well"
        fill_in(dialog)
        assert confirm(dialog).isEnabled()
        child(dialog, QLineEdit, "changeTyped").setText(SERVER.upper())
        assert not confirm(dialog).isEnabled(), "the name is wanted as it is, on every profile"
        child(dialog, QLineEdit, "changeTyped").setText(SERVER)
        shown = child(dialog, QPlainTextEdit, "changePreview").toPlainText().partition("\n\n")[2]
        confirm(dialog).click()
        assert not window.isVisible()
        (made,) = stage.session.ledger.intents.values()
        assert made.approval == Approval("ticket 4711: the database is broken", "A. Turing")
        while not child(dialog, QProgressBar, "outcomeProgress").value():
            await stage.clock.sleep(1)
        await stage.until(made.id, S.FINISHED)
        await asyncio.sleep(0)
        assert sent(stage) == [shown.encode()]
        told = words(dialog)
        assert "Restored: " in told and "What to check now" in told and "Log in" in told

    stage.play(story)


def test_one_disk_mapped_wrongly_is_refused_with_sentence_and_code_before_anything_is_sent(
    stage: Stage, context: ProfileContext, host: QWidget
) -> None:
    async def story() -> None:
        window, _backup = await rehearsal(stage, context, host)
        first, second = window.fields._targets
        second.setCurrentIndex(first.currentIndex())
        first.setCurrentIndex(0)
        assert not child(window, QAbstractButton, "rehearsalGoOn").isEnabled()
        verdict = child(window, QLabel, "rehearsalVerdict").text()
        assert "40 GB" in verdict and "200 GB" in verdict and "does not fit" in verdict
        judged = window.fields.table.item(1, 2)
        assert judged is not None and "2001" in judged.text()
        # what was chosen stays when all is read anew
        window.read()
        await settled(window)
        assert (first.currentIndex(), second.currentIndex()) == (0, 1)
        assert not child(window, QAbstractButton, "rehearsalGoOn").isEnabled()
        child(window, QAbstractButton, "rehearsalGoOn").click()
        assert host.findChildren(ChangeDialog) == []

    stage.play(story)
    assert (sent(stage), stage.session.ledger.intents) == ([], {})


def test_of_two_windows_that_ask_for_the_same_one_alone_can_send(
    stage: Stage, context: ProfileContext, host: QWidget
) -> None:
    async def story() -> None:
        window, _backup = await rehearsal(stage, context, host)
        first = second_step(window, host)
        window.go_on.click()
        _first, second = host.findChildren(ChangeDialog)
        for dialog in (first, second):
            await settled(dialog)
            fill_in(dialog)
        confirm(first).click()
        confirm(second).click()
        assert "was asked for before" in child(second, QLabel, "changeVerdict").text()
        (made,) = stage.session.ledger.intents.values()
        await stage.until(made.id, S.FINISHED)

    stage.play(story)
    assert len(sent(stage)) == 1


def test_what_has_changed_between_the_two_windows_is_seen_in_the_second(
    stage: Stage, context: ProfileContext, host: QWidget
) -> None:
    async def story() -> None:
        window, backup = await rehearsal(stage, context, host)
        stage.service.estate.resources[backup.resource_id].status = "MIGRATING"
        stage.service.estate.changed()
        dialog = second_step(window, host)
        await settled(dialog)
        fill_in(dialog)
        assert not confirm(dialog).isEnabled()
        assert "MIGRATING" in child(dialog, QLabel, "changeVerdict").text()

    stage.play(story)
    assert sent(stage) == []


def test_nothing_is_sent_while_the_backup_itself_cannot_be_read(
    stage: Stage, context: ProfileContext, host: QWidget
) -> None:
    """The lists are fresh then; which disk is which stands in none of them."""

    async def story() -> None:
        window, backup = await rehearsal(stage, context, host)
        stage.clock.advance(60)
        stage.service.faults.add(Fault("GET", f"/backups/{backup.id}", "status", times=None, status=403, body=b"{}"))
        dialog = second_step(window, host)
        await settled(dialog)
        fill_in(dialog)
        assert not confirm(dialog).isEnabled()
        assert "could not be counted afresh" in child(dialog, QLabel, "changeVerdict").text()
        stage.service.faults.clear()
        dialog.read()
        await settled(dialog)
        assert confirm(dialog).isEnabled()

    stage.play(story)
    assert sent(stage) == []


def test_the_sheet_and_the_request_can_be_kept_and_the_file_leads_to_the_same_request(
    stage: Stage, context: ProfileContext, host: QWidget, tmp_path: Path
) -> None:
    async def story() -> None:
        window, backup = await rehearsal(stage, context, host)
        page, paper, file = (tmp_path / name for name in ("sheet.html", "sheet.pdf", "restore.cbr.json"))
        child(window, QLineEdit, "rehearsalReason").setText("ticket <4711>")
        child(window, QLineEdit, "rehearsalApprover").setText("A. Turing")
        window.save_sheet(str(page))
        window.save_sheet(str(paper))
        window.save_request(str(file))
        said = page.read_text()
        assert backup.id in said and "A. Turing" in said and "UTC" in said
        assert "ticket &lt;4711&gt;" in said and said.count('class="hand"') == 1
        assert context.environment is Environment.TEST and '<p class="stake">TEST</p>' in said
        assert second_step(window, host).approval.value == Approval("ticket <4711>", "A. Turing")
        assert "<script" not in said and "http:" not in said
        assert paper.read_bytes().startswith(b"%PDF-1.")
        value = json.loads(file.read_text())
        assert (value["operation"], value["path"]) == ("RestoreBackup", {"backup_id": backup.id})
        assert window._rehearsal is not None
        assert json.loads(window._rehearsal.change.body) == value["body"]
        assert "Saved to" in child(window, QLabel, "rehearsalSaved").text()
        window.fields.power_on.setChecked(False)
        assert child(window, QLabel, "rehearsalSaved").text() == ""
        window.save_sheet(str(tmp_path / "no such folder" / "sheet.pdf"))
        assert "Not saved." in child(window, QLabel, "rehearsalSaved").text()

    stage.play(story)


def test_without_a_network_it_can_be_prepared_and_nothing_is_sent(
    stage: Stage, context: ProfileContext, host: QWidget, tmp_path: Path
) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        backup = await read(stage)
        stage.cable.is_plugged = False
        stage.clock.advance(60)
        window = RehearsalWindow(context, backup, host)
        window.open()
        await settled(window, stage)
        assert "There is no connection now" in child(window, QLabel, "rehearsalVerdict").text()
        window.save_sheet(str(tmp_path / "sheet.html"))
        window.save_request(str(tmp_path / "restore.cbr.json"))
        assert len(json.loads((tmp_path / "restore.cbr.json").read_text())["body"]["restore"]["mappings"]) == 2
        dialog = second_step(window, host)
        await settled(dialog, stage)
        fill_in(dialog)
        assert not confirm(dialog).isEnabled()
        assert "could not be counted afresh" in child(dialog, QLabel, "changeVerdict").text()
        confirm(dialog).click()

    stage.play(story)
    assert (sent(stage), stage.session.ledger.intents) == ([], {})


def test_without_a_network_from_the_start_what_was_read_before_can_be_prepared(tmp_path: Path, host: QWidget) -> None:
    with staged(tmp_path, profile=TESTING) as stage:

        async def looked() -> None:
            await stage.session.refresh.once()
            await read(stage)

        stage.play(looked)
    with staged(tmp_path, service=stage.service, clock=stage.clock, profile=TESTING) as later:
        context = context_of(later, tmp_path)
        later.cable.is_plugged = False

        async def story() -> None:
            await later.session.refresh.recall()
            window = RehearsalWindow(context, newest(later), host)
            window.open()
            await settled(window, later)
            window.save_request(str(tmp_path / "restore.cbr.json"))
            assert len(json.loads((tmp_path / "restore.cbr.json").read_text())["body"]["restore"]["mappings"]) == 2
            assert "There is no connection now" in child(window, QLabel, "rehearsalVerdict").text()

        later.play(story)
    assert sent(later) == []


def test_a_lost_answer_is_found_and_told_in_the_window(stage: Stage, context: ProfileContext, host: QWidget) -> None:
    async def story() -> None:
        window, _backup = await rehearsal(stage, context, host)
        dialog = second_step(window, host)
        await settled(dialog)
        fill_in(dialog)
        stage.service.faults.add(Fault("POST", "/backups/[^/]+/restore", "cut", "after"))
        confirm(dialog).click()
        (made,) = stage.session.ledger.intents.values()
        ended = await stage.until(made.id, S.FINISHED)
        await asyncio.sleep(0)
        assert (ended.sends, ended.reason) == (1, Reason.RECONCILED)
        assert "The answer had been lost;" in words(dialog)

    stage.play(story)
    assert len(sent(stage)) == 1


def test_what_a_restart_has_held_is_confirmed_anew_with_a_reason(tmp_path: Path, host: QWidget) -> None:
    with staged(tmp_path, profile=TESTING) as stage:
        context = context_of(stage, tmp_path)

        async def queued() -> None:
            window, _backup = await rehearsal(stage, context, host)
            dialog = second_step(window, host)
            await settled(dialog)
            fill_in(dialog)
            stage.cable.is_plugged = False
            confirm(dialog).click()
            await stage.clock.sleep(20)
            dialog.close()

        stage.play(queued)
    with staged(tmp_path, service=stage.service, clock=stage.clock, profile=TESTING) as later:
        context = context_of(later, tmp_path)

        async def confirmed() -> None:
            (held,) = later.session.ledger.intents.values()
            assert (held.state, held.reason) == (S.HELD, Reason.RESTARTED)
            outcome = Dialogs().show_outcome(context, held.id, host)
            assert "the program ended before it was sent" in words(outcome)
            child(outcome, QAbstractButton, "outcomeRelease").click()
            assert later.intent(held.id).state is S.HELD
            dialog = next(each for each in host.findChildren(ChangeDialog) if each.isVisible())
            await settled(dialog)
            child(dialog, QLineEdit, "changeTyped").setText(SERVER)
            assert not confirm(dialog).isEnabled()
            child(dialog, QLineEdit, "changeReason").setText("looked at it once more")
            confirm(dialog).click()
            ended = await later.until(held.id, S.FINISHED)
            assert ended.approval == Approval("looked at it once more")

        later.play(confirmed)
    assert len(sent(later)) == 1


def test_a_file_among_the_drafts_is_judged_disk_by_disk_before_it_can_be_sent(
    stage: Stage, context: ProfileContext, host: QWidget
) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        asked = restore_of(stage, await read(stage))
        crossing = change_of(crossed(asked), stage.session.ledger)
        stage.session.ledger.opened = {}
        editor = RequestDialog(context, Source(json.dumps(document_of(crossing).value)), host)
        child(editor, QAbstractButton, "requestSend").click()
        dialog = next(each for each in editor.findChildren(ChangeDialog) if each.isVisible())
        await settled(dialog)
        fill_in(dialog)
        assert not confirm(dialog).isEnabled()
        assert "does not fit" in child(dialog, QLabel, "changeVerdict").text()

    stage.play(story)
    assert sent(stage) == []
