"""Journeys of changes that are no checkpoints: from the button to the wire, and from a command to the same."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.request_runner import RequestRunner
from cbr_desktop.app.window import save_text
from cbr_desktop.cli.report import exit_code
from cbr_desktop.domain.backup import Backup, BackupDeletion, BackupRename, BackupStatus
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.policy import PolicyDraft
from cbr_desktop.domain.profile import Environment
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.policies.form import PolicyFields
from cbr_desktop.ui.session.ledger_signals import LedgerSignals
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.services import ProfileServices
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.workflows.backup_reading import FRESH, BackupReader
from cbr_desktop.workflows.operations import change_of
from tests.services import give
from tests.stage import Stage, staged
from tests.widgets import child, words

S = IntentState
PRODUCTION = replace(DEMO, environment=Environment.PRODUCTION)
KINDS = ("delete", "rename", "policy")
METHODS = {"delete": ("DELETE", "/backups/[^/]+"), "rename": ("PUT", "/backups/[^/]+"), "policy": ("POST", "/policies")}
REFUSED = b'{"error_code": "BackupService.6203", "error_msg": "the backup is in use"}'


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path, profile=PRODUCTION) as stage:
        yield stage


@pytest.fixture
def context(stage: Stage, tmp_path: Path) -> ProfileContext:
    session, signals = stage.session, LedgerSignals()
    session.ledger.subscribe(signals.notice)
    settings = JsonSettings(tmp_path / "screens.json")
    made = ProfileContext(session.profile, session.ledger, signals, stage.clock, settings, save_text)
    give(made, session.outbox, session.refresh)
    made.guard.arm(60)
    session.guard.arm(60)
    return made


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def requests(stage: Stage, kind: str) -> list[bytes]:
    """Return the bodies of the requests of a kind that have reached the service."""
    method, path = METHODS[kind]
    entries = [each for each in stage.service.journal if each.method == method]
    return [each.body for each in entries if f"/{path.split('/')[1]}" in each.path]


def own_backup(stage: Stage) -> Backup:
    """Return a backup that may be deleted, as the ledger has it."""
    known = stage.session.ledger.backups.values()
    return next(each for each in known if each.status == BackupStatus.AVAILABLE and not each.auto)


async def seen(dialog: ChangeDialog) -> None:
    """Wait until the dialog has read what it judges by."""
    dialog.finish()
    while dialog._tasks.is_busy:  # noqa: ASYNC110  # what a widget waits for sets no event
        await asyncio.sleep(0)


def asked(context: ProfileContext, page: str, verb: str, row: object, host: QWidget) -> ChangeDialog:
    """Open the dialog of a verb of a page."""
    workspace = Workspace([], context.settings, context.clock, save_text)
    dialog = Dialogs().ask(workspace, page, verb, [(context, row)], host)
    assert isinstance(dialog, ChangeDialog)
    dialog.finish()
    return dialog


async def opened(stage: Stage, context: ProfileContext, kind: str, host: QWidget) -> tuple[ChangeDialog, Backup]:
    """Open the dialog of a kind and fill it in, up to the button."""
    await stage.session.refresh.once()
    backup = own_backup(stage)
    if kind == "delete":
        dialog = asked(context, "Backups", "delete", backup, host)
        await seen(dialog)
        child(dialog, QLineEdit, "changeTyped").setText(backup.name)
    elif kind == "rename":
        dialog = asked(context, "Backups", "rename", backup, host)
        child(dialog, QLineEdit, "newName").setText("kept-for-audit")
    else:
        dialog = asked(context, "Policies", "create", None, host)
        assert isinstance(dialog.form, PolicyFields)
        dialog.form.name.setText("nightly-new")
    await seen(dialog)
    return dialog, backup


def press(dialog: ChangeDialog) -> None:
    button = child(dialog, QAbstractButton, "changeConfirm")
    assert button.isEnabled(), child(dialog, QLabel, "changeVerdict").text()
    button.click()


def the_request(stage: Stage) -> Intent:
    (intent,) = stage.session.ledger.intents.values()
    return intent


def is_done(stage: Stage, kind: str, backup: Backup) -> bool:
    """Whether the service has done what was asked for."""
    estate = stage.service.estate
    if kind == "delete":
        return backup.id not in estate.backups
    if kind == "rename":
        return estate.backups[backup.id].name == "kept-for-audit"
    return len([each for each in estate.policies.values() if each.name == "nightly-new"]) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_from_the_button_to_the_wire(stage: Stage, context: ProfileContext, host: QWidget, kind: str) -> None:
    """What is shown is what is sent, once; the window tells what becomes of it."""

    async def story() -> None:
        dialog, backup = await opened(stage, context, kind, host)
        shown = child(dialog, QPlainTextEdit, "changePreview").toPlainText().partition("\n\n")[2]
        press(dialog)
        ended = await stage.until(the_request(stage).id, S.FINISHED)
        await asyncio.sleep(0)
        assert ended.outcome is not None and ended.outcome.is_whole
        assert is_done(stage, kind, backup)
        (body,) = requests(stage, kind)
        assert body.decode() == shown.replace("(no body)", "")
        said = words(dialog)
        assert {"delete": "Deleted: the backup is gone", "rename": "Renamed: ", "policy": "Created. "}[kind] in said

    stage.play(story)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_refused_is_told_with_its_reason_and_not_sent_again(
    stage: Stage, context: ProfileContext, host: QWidget, kind: str
) -> None:
    async def story() -> None:
        dialog, backup = await opened(stage, context, kind, host)
        stage.service.faults.add(Fault(*METHODS[kind], "status", status=409, body=REFUSED))
        press(dialog)
        await stage.until(the_request(stage).id, S.REJECTED)
        await asyncio.sleep(0)
        await stage.clock.sleep(3600)
        assert not is_done(stage, kind, backup)
        assert "Refused" in words(dialog) and "in use" in words(dialog)
        assert child(dialog, QAbstractButton, "editAgain").isVisible() == dialog.form.has_fields

    stage.play(story)
    assert len([each for each in stage.service.journal if each.status == 409]) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_is_lost_is_found_by_reading_and_nothing_goes_twice(
    stage: Stage, context: ProfileContext, host: QWidget, kind: str
) -> None:
    async def story() -> None:
        dialog, backup = await opened(stage, context, kind, host)
        stage.service.faults.add(Fault(*METHODS[kind], "cut", "after"))
        press(dialog)
        ended = await stage.until(the_request(stage).id, S.FINISHED)
        await asyncio.sleep(0)
        assert (ended.sends, is_done(stage, kind, backup)) == (1, True)
        assert S.UNKNOWN in stage.states[ended.id]
        if kind != "delete":
            assert "The answer had been lost;" in words(dialog)

    stage.play(story)
    assert len(requests(stage, kind)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_that_never_arrived_goes_again_by_itself_once(
    stage: Stage, context: ProfileContext, host: QWidget, kind: str
) -> None:
    async def story() -> None:
        dialog, backup = await opened(stage, context, kind, host)
        stage.service.faults.add(Fault(*METHODS[kind], "cut", "before"))
        press(dialog)
        ended = await stage.until(the_request(stage).id, S.FINISHED)
        assert (ended.sends, is_done(stage, kind, backup)) == (2, True)

    stage.play(story)
    assert len(requests(stage, kind)) == 2


def test_nothing_is_deleted_while_the_lists_cannot_be_read(
    stage: Stage, context: ProfileContext, host: QWidget
) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        stage.cable.is_plugged = False
        stage.clock.advance(60)
        dialog = asked(context, "Backups", "delete", own_backup(stage), host)
        while dialog._tasks.is_busy:
            await stage.clock.sleep(1)
        child(dialog, QLineEdit, "changeTyped").setText(own_backup(stage).name)
        button = child(dialog, QAbstractButton, "changeConfirm")
        assert not button.isEnabled()
        assert "could not be counted afresh" in child(dialog, QLabel, "changeVerdict").text()
        button.click()

    stage.play(story)
    assert stage.session.ledger.intents == {}


def test_a_dissociation_of_the_last_good_backups_is_stopped_by_its_consequences(
    stage: Stage, context: ProfileContext, host: QWidget
) -> None:
    """What would go is counted from fresh data; it goes only after the warning is accepted and the name typed."""

    async def story() -> None:
        await stage.session.refresh.once()
        rows = [
            row for row in stage.session.ledger.resource_rows() if row.resource.name in ("ecs-web-01", "ecs-web-02")
        ]
        workspace = Workspace([], context.settings, context.clock, save_text)
        dialog = Dialogs().ask(workspace, "Resources", "dissociate", [(context, row) for row in rows], host)
        assert isinstance(dialog, ChangeDialog)
        await seen(dialog)
        said = words(dialog)
        assert "No good backup of ‘ecs-web-01’ is left in this region then." in said
        assert "This deletes the last 4 good backups of ‘ecs-web-01’, ‘ecs-web-02’" in said
        button = child(dialog, QAbstractButton, "changeConfirm")
        child(dialog, QLineEdit, "changeTyped").setText("vault-web-prod")
        button.click()
        assert (button.isEnabled(), stage.session.ledger.intents) == (False, {})
        child(dialog, QAbstractButton, "changeAnyway").click()
        press(dialog)
        ended = await stage.until(the_request(stage).id, S.FINISHED)
        await asyncio.sleep(0)
        assert ended.outcome is not None and ended.outcome.is_whole
        assert "gone for good" in words(dialog)

    stage.play(story)


def test_a_dissociation_counts_and_names_the_shares_that_end_with_it(
    stage: Stage, context: ProfileContext, host: QWidget
) -> None:
    """Whom the backups are shared with is read when the window opens, and what could not be read is said as such."""
    assert context.services is not None
    reader = BackupReader(stage.session.cloud, stage.clock)
    context.services = ProfileServices(context.outbox, context.refresh, None, reader)

    async def story() -> None:
        await stage.session.refresh.once()
        ledger, members = stage.session.ledger, [each.member for each in stage.service.estate.shares]
        own = [each for each in members if BackupId(each.backup_id) in ledger.backups and each.status != "rejected"]
        shared = ledger.backups[BackupId(own[0].backup_id)]
        (row,) = (each for each in ledger.resource_rows() if each.resource.id == shared.resource_id and each.vault)
        workspace = Workspace([], context.settings, context.clock, save_text)
        dialog = Dialogs().ask(workspace, "Resources", "dissociate", [(context, row)], host)
        assert isinstance(dialog, ChangeDialog)
        await seen(dialog)
        said = [each.label.text() for each in dialog._loss_lines]
        names = {ledger.backups[BackupId(each.backup_id)].name for each in own}
        (line,) = [each for each in said if "shared with other projects, which lose" in each]
        assert any(name in line for name in names) and own[0].dest_project_id in line
        assert "The lists do not tell which" not in dialog.findings.text()
        stage.service.faults.add(Fault("GET", "/members", "status", status=403, body=b"{}", times=None))
        stage.clock.advance(FRESH.total_seconds())
        dialog.read()
        await seen(dialog)
        said = [each.label.text() for each in dialog._loss_lines]
        assert any("is not known: other projects may lose them as well." in each for each in said)

    stage.play(story)


# the same without a window


def draft_of(stage: Stage, kind: str) -> tuple[Any, Backup]:
    backup = own_backup(stage)
    drafts = {
        "delete": BackupDeletion(backup.id),
        "rename": BackupRename(backup.id, "kept-for-audit"),
        "policy": PolicyDraft("nightly-new", ("FREQ=DAILY;INTERVAL=1;BYHOUR=01;BYMINUTE=00",), retention_days=30),
    }
    return drafts[kind], backup


def ran(stage: Stage, kind: str, fault: Fault | None) -> tuple[int, Intent, Backup]:
    """Send a change as a command does, to its end; return the exit code, the request and the backup."""
    told: list[Any] = []

    async def story() -> None:
        await stage.session.refresh.once()
        draft, backup = draft_of(stage, kind)
        if fault is not None:
            stage.service.faults.add(fault)
        report = await RequestRunner(stage.session).send(change_of(draft, stage.session.ledger), wait=True)
        told.extend((exit_code(report), report.intent, backup))
        await stage.session.cloud.aclose()

    stage.session.guard.arm(60)
    asyncio.run(story())
    code, intent, backup = told
    return code, intent, backup


Ways = dict[str, tuple[Callable[[str], Fault | None], int, S, int]]
WAYS: Ways = {
    "accepted": (lambda _kind: None, 0, S.FINISHED, 1),
    "refused": (lambda kind: Fault(*METHODS[kind], "status", status=409, body=REFUSED), 1, S.REJECTED, 1),
    "lost-after": (lambda kind: Fault(*METHODS[kind], "cut", "after"), 0, S.FINISHED, 1),
    "lost-before": (lambda kind: Fault(*METHODS[kind], "cut", "before"), 0, S.FINISHED, 2),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_from_the_command_to_the_wire(stage: Stage, kind: str, way: str) -> None:
    fault, code, state, times = WAYS[way]
    ended, intent, backup = ran(stage, kind, fault(kind))
    assert (ended, intent.state) == (code, state)
    assert is_done(stage, kind, backup) == (state is S.FINISHED)
    assert len(requests(stage, kind)) == times


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_that_does_not_wait_ends_with_the_answer_of_what_went_again(stage: Stage, kind: str) -> None:
    told: list[Any] = []

    async def story() -> None:
        await stage.session.refresh.once()
        draft, _ = draft_of(stage, kind)
        stage.service.faults.add(Fault(*METHODS[kind], "cut", "before"))
        report = await RequestRunner(stage.session).send(change_of(draft, stage.session.ledger), wait=False)
        told.extend((exit_code(report), report.intent.state))
        await stage.session.cloud.aclose()

    stage.session.guard.arm(60)
    asyncio.run(story())
    assert told[0] == 0
    assert told[1] in (S.ACCEPTED, S.FINISHED)
    assert len(requests(stage, kind)) == 2
