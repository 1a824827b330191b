"""The editor of a request file without a form: judged as written, saved, and sent by the shell of every change."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.domain import document
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.plan import Plan, Step
from cbr_desktop.text.words import Times
from cbr_desktop.ui.drafts.page import DraftsPage
from cbr_desktop.ui.drafts.request import RequestDialog
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.plans.plan import PlanDialog
from cbr_desktop.ui.session.draft_store import Source
from cbr_desktop.ui.shell.dialogs import Dialogs
from tests.services import serve
from tests.ui import estate
from tests.ui.counter import Counter
from tests.ui.draft_store import MemoryDraftStore
from tests.ui.estate import uid
from tests.ui.test_dialog_change import OLD, TEST, Listed
from tests.widgets import cell, child

PATH = "/requests/old.cbr.json"
DELETION = json.dumps({"operation": "DeleteBackup", "path": {"backup_id": OLD.id}, "ticket": "CHG-1"}, indent=2) + "\n"
RENAMING = json.dumps(
    {"operation": "UpdateBackup", "path": {"backup_id": OLD.id}, "body": {"backup": {"name": "kept"}}}, indent=2
)
Open = Callable[..., RequestDialog]


@pytest.fixture
def counter() -> Counter:
    return Listed(TEST)


@pytest.fixture
def draft_store() -> MemoryDraftStore:
    return MemoryDraftStore(old=DELETION)


@pytest.fixture
def opened(qtbot: QtBot, counter: Counter, draft_store: MemoryDraftStore) -> Open:
    def make(text: str = DELETION) -> RequestDialog:
        draft_store.files[PATH] = text.encode()
        base = draft_store.load(PATH)
        dialog = RequestDialog(counter.context, Source(base.text, path=PATH, base=base), draft_store=draft_store)
        qtbot.addWidget(dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # the test closes it itself
        dialog.open()
        return dialog

    return make


def verdict(dialog: Any) -> str:
    return str(child(dialog, QLabel, "requestVerdict").text())


def test_the_file_is_shown_with_its_judgement_and_its_request(opened: Open) -> None:
    dialog = opened()
    assert dialog.windowTitle() == "old.cbr.json[*] — Request"
    assert dialog.json.text.plain_text == DELETION
    assert verdict(dialog).startswith("Ready.")
    http = child(dialog, QPlainTextEdit, "checkpointPreviewHTTP").toPlainText()
    assert http.startswith(f"DELETE /v3/{{project_id}}/backups/{OLD.id} HTTP/1.1")
    assert dialog.send.text() == "Delete backup…" and dialog.send.isEnabled()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DELETION.replace("DeleteBackup", "EraseVault"), "no operation ‘EraseVault’"),
        (DELETION.replace(OLD.id, uid(999)), "No backup"),
        (DELETION.replace('"path"', '"pat"'), "‘path.backup_id’"),
        ("{", "line 1. This is not valid JSON"),
        (RENAMING.replace('"kept"', "7"), "‘body.backup.name’ must be text"),
        (DELETION.replace(OLD.id, "{prior.id}"), "takes the result of another request"),
    ],
)
def test_what_is_wrong_is_said_and_cannot_be_sent(opened: Open, counter: Listed, text: str, words: str) -> None:
    dialog = opened(text)
    assert words in verdict(dialog), verdict(dialog)
    assert not dialog.send.isEnabled()
    dialog._ask_to_send()
    assert dialog.findChildren(ChangeDialog) == [] and counter.sent == []


def test_what_is_written_is_judged_undone_and_saved(opened: Open, draft_store: MemoryDraftStore) -> None:
    dialog = opened(RENAMING)
    dialog.json.text.setPlainText(RENAMING.replace("kept", "best"))
    dialog._judge()
    assert dialog.isWindowModified()
    assert '"best"' in child(dialog, QPlainTextEdit, "checkpointPreview").toPlainText()
    dialog.save.click()
    assert b"best" in draft_store.files[PATH] and not dialog.isWindowModified()
    dialog.file.undo()
    assert dialog.json.text.plain_text == RENAMING
    dialog.file.redo()
    assert "best" in dialog.json.text.plain_text


def test_a_stray_key_changes_nothing_in_a_file_that_was_opened(opened: Open, counter: Counter, qtbot: QtBot) -> None:
    dialog = opened()
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    for key in (Qt.Key.Key_X, Qt.Key.Key_Delete, Qt.Key.Key_Space, Qt.Key.Key_Return):
        qtbot.keyClick(QApplication.focusWidget(), key)
    assert (dialog.draft_document.text, dialog.isVisible(), counter.sent) == (DELETION, True, [])
    assert dialog.findChildren(ChangeDialog) == []


def test_what_is_not_saved_is_kept_when_it_is_closed(opened: Open, draft_store: MemoryDraftStore) -> None:
    dialog = opened(RENAMING)
    dialog.json.text.setPlainText(RENAMING.replace("kept", "best"))
    dialog.close()
    (kept,) = draft_store.kept.values()
    assert "best" in kept.text and kept.path == PATH


def test_it_is_sent_by_the_window_of_every_change_with_its_bytes_and_its_file(opened: Open, counter: Listed) -> None:
    dialog = opened(RENAMING)
    dialog.send.click()
    (asked,) = dialog.findChildren(ChangeDialog)
    assert counter.sent == []
    child(asked, QPushButton, "changeConfirm").click()
    (intent,) = counter.sent
    assert (intent.change.method, intent.change.path, intent.draft) == ("PUT", f"backups/{OLD.id}", PATH)
    assert json.loads(intent.body) == {"backup": {"name": "kept"}}
    assert intent.subject.name == "before-patch"


def test_a_draft_of_any_operation_is_listed_and_opened_in_its_editor(qtbot: QtBot) -> None:
    workspace = estate.workspace()
    ledger = workspace.contexts[0].ledger
    known = next(iter(ledger.backups.values()))
    policy = {
        "operation": "CreatePolicy",
        "body": {
            "policy": {
                "name": "nightly",
                "operation_type": "backup",
                "operation_definition": {},
                "trigger": {"properties": {"pattern": ["FREQ=WEEKLY;BYDAY=MO;BYHOUR=1;BYMINUTE=0"]}},
            }
        },
    }
    store = MemoryDraftStore(
        known=DELETION.replace(OLD.id, known.id),
        strange=DELETION.replace(OLD.id, uid(999)),
        policy=json.dumps(policy),
        odd=DELETION.replace("DeleteBackup", "EraseVault"),
    )
    serve(workspace, draft_store=store)
    page = DraftsPage(workspace, Times(workspace.clock), Dialogs())
    qtbot.addWidget(page)
    page.show()
    page.catch_up()
    told = {
        row.file_name.removesuffix(".cbr.json"): [column.text(row) for column in page.model.columns][1:4]
        for row in page.model.shown_rows()
    }
    assert told["known"][:2] == [f"backup {known.name}", "Delete backup"]
    assert told["known"][2].endswith(" old")
    assert told["strange"][:2] == [f"backup {uid(999)}", "Delete backup"]
    assert told["strange"][2].endswith("backup not known here")
    assert told["policy"][:2] == ["policy nightly", "Create policy: nightly"]
    assert told["policy"][2] == "Can be sent"
    assert told["odd"][2] == "Is no request"
    for name in ("known", "odd"):
        assert page.show_row(f"/requests/{name}.cbr.json")
        page.open_current()
        editor = page.window().findChildren(RequestDialog)[-1]
        assert editor.windowTitle().startswith(f"{name}.cbr.json")
        editor.close()


def test_a_plan_that_destroys_on_production_is_run_by_its_name(qtbot: QtBot) -> None:
    workspace = estate.workspace()
    context = workspace.contexts[0]
    freshness = context.ledger.freshness
    freshness.update({part: stand._replace(as_of=estate.NOW) for part, stand in freshness.items()})
    known = next(each for each in context.ledger.backups.values() if each.status == "available")
    found, _ = document.read(DELETION.replace(OLD.id, known.id).encode())
    plan = Plan("old ones", (Step(1, context.profile.name, "", found),))
    dialog = PlanDialog(workspace, plan)
    qtbot.addWidget(dialog)
    dialog.open()
    typed = child(dialog, QLineEdit, "planTyped")
    assert typed.isVisible() and not dialog.start.isEnabled()
    assert dialog.verdict.mark == SEVERITY_MARKS[Severity.WARN], "nothing is wrong with the plan"
    assert dialog.start.property("danger") and not dialog.start.property("primary")
    assert "lost for good" in cell(dialog.table, 0, 5)
    typed.setText("old one")
    assert not dialog.start.isEnabled()
    typed.setText("old ones")
    assert dialog.start.isEnabled(), child(dialog, QLabel, "planVerdict").text()
