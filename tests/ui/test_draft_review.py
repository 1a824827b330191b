"""Files from outside and pasted commands: looked at first, never sent, and taken over by a person alone."""

import json

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.draft import new_text
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.text.words import Times
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.drafts.page import DraftsPage
from cbr_desktop.ui.drafts.review import RequestImportDialog, ReviewDialog
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.shell.window import MainWindow
from tests.services import serve
from tests.ui import estate
from tests.ui.draft_store import MemoryDraftStore
from tests.ui.estate import NASTY, uid

GOOD = new_text(CheckpointDraft(VaultId(uid(1)), "nightly"))
CANARY = "MIICANARYTOKEN"
EVIL = {"endpoint": "https://cbr.evil.example", "token": CANARY, "headers": {"X-Auth-Token": CANARY}}


@pytest.fixture
def draft_store() -> MemoryDraftStore:
    return MemoryDraftStore()


@pytest.fixture
def workspace(draft_store: MemoryDraftStore) -> Workspace:
    made = estate.workspace()
    serve(made, draft_store=draft_store)
    return made


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace) -> DraftsPage:
    made = DraftsPage(workspace, Times(workspace.clock), Dialogs())
    qtbot.addWidget(made)
    made.show()
    return made


def reviewed(
    page: DraftsPage, draft_store: MemoryDraftStore, text: str, path: str = "/mail/x.cbr.json"
) -> ReviewDialog:
    draft_store.files[path] = text.encode()
    page.review(path)
    found = page.window().findChildren(ReviewDialog)
    assert len(found) == 1
    return found[0]


def notes(review: ReviewDialog) -> str:
    return "\n".join(review.notes.item(row).text() for row in range(review.notes.count()))


def test_fault_69_a_file_from_outside_is_for_review_only(
    page: DraftsPage, draft_store: MemoryDraftStore, workspace: Workspace
) -> None:
    before = [(context.profile, dict(context.ledger.intents)) for context in workspace.contexts]
    review = reviewed(page, draft_store, json.dumps(EVIL | json.loads(GOOD) | {"version": 99}))
    page.review("/mail/x.cbr.json")
    assert page.window().findChildren(ReviewDialog) == [review]
    assert review.banner.label.text().startswith("From outside: review it")
    assert not [b.text() for b in review.findChildren(QAbstractButton) if "end" in b.text().lower()]
    assert "‘https://cbr.evil.example’. It was left out" in notes(review)
    assert "‘token’ may hold a secret" in notes(review)
    assert "‘version’ is unknown to this version" in notes(review)
    everything = notes(review) + review.outcome.plain_text + "".join(w.text() for w in review.findChildren(QLabel))
    assert CANARY not in everything
    assert not page.window().findChildren(CheckpointDialog)
    review.take.click()
    (path,) = [path for path in draft_store.files if path.startswith("/requests/")]
    assert CANARY not in draft_store.files[path].decode()
    assert "evil" not in draft_store.files[path].decode()
    (editor,) = page.window().findChildren(CheckpointDialog)
    assert editor.draft_document.path == path == "/requests/x.cbr.json"
    assert [(context.profile, dict(context.ledger.intents)) for context in workspace.contexts] == before
    editor.close()


def test_fault_69_another_projects_ids_are_named(page: DraftsPage, draft_store: MemoryDraftStore) -> None:
    strange = json.loads(new_text(CheckpointDraft(VaultId(uid(999)), "x"))) | {"project_id": "other-project"}
    review = reviewed(page, draft_store, json.dumps(strange))
    assert "It names the project ‘other-project’" in notes(review)
    assert uid(999) in notes(review)
    review.close()


@pytest.mark.parametrize(
    "text", ["", "[" * 200_000, '{"checkpoint": 5}', "x" * (12 * 1024 * 1024 + 1), "\u202e" + NASTY]
)
def test_fault_69_a_file_that_is_no_request_is_told_and_not_taken(
    page: DraftsPage, draft_store: MemoryDraftStore, text: str
) -> None:
    review = reviewed(page, draft_store, text)
    assert notes(review)
    assert "\u202e" not in notes(review)
    assert not review.take.isEnabled()
    review.take.click()
    assert not [path for path in draft_store.files if path.startswith("/requests/")]
    review.close()


def test_fault_69_tricks_in_the_name_lead_nowhere(page: DraftsPage, draft_store: MemoryDraftStore) -> None:
    review = reviewed(page, draft_store, GOOD, "/mail/\u202egpj.exe\n<b>.cbr.json")
    assert "\u202e" not in review.windowTitle()
    assert "\n" not in review.windowTitle()
    review.close()


@pytest.mark.usefixtures("draft_store")
def test_a_file_that_is_gone_is_told(page: DraftsPage) -> None:
    page.review("/mail/missing.cbr.json")
    (review,) = page.window().findChildren(ReviewDialog)
    assert "No such file" in notes(review)
    review.close()


def test_a_pasted_command_is_read_and_taken(page: DraftsPage, draft_store: MemoryDraftStore) -> None:
    page.import_request()
    (review,) = page.window().findChildren(RequestImportDialog)
    address = "https://cbr.eu-de.otc.t-systems.com/v3/0123abc/checkpoints"
    review.paste.setPlainText(f"curl {address} -H 'X-Auth-Token: {CANARY}' -d '{GOOD}'")
    assert "‘X-Auth-Token’ may hold a secret. It was left out" in notes(review)
    assert CANARY not in review.outcome.plain_text + notes(review)
    review.take.click()
    assert draft_store.files["/requests/imported.cbr.json"].decode() == GOOD
    for editor in page.window().findChildren(CheckpointDialog):
        editor.close()


def test_a_file_of_koocli_is_imported(page: DraftsPage, draft_store: MemoryDraftStore) -> None:
    draft_store.files["/work/skeleton.json"] = json.dumps(
        {"path": {"project_id": "p"}, "body": json.loads(GOOD)}
    ).encode()
    page.import_request()
    (review,) = page.window().findChildren(RequestImportDialog)
    review.show_file("/work/skeleton.json")
    review.take.click()
    assert draft_store.files["/requests/skeleton.cbr.json"].decode() == GOOD
    for editor in page.window().findChildren(CheckpointDialog):
        editor.close()


def test_what_is_dropped_on_the_window_is_reviewed(
    qtbot: QtBot, workspace: Workspace, draft_store: MemoryDraftStore
) -> None:
    draft_store.files["/mail/x.cbr.json"] = GOOD.encode()
    window = MainWindow(workspace)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    window.show()
    data = QMimeData()
    data.setUrls(
        [QUrl("https://evil.example/x.cbr.json"), QUrl.fromLocalFile("/mail/x.cbr.json"), QUrl("file:///x.exe")]
    )
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, none))
    (review,) = window.findChildren(ReviewDialog)
    assert "x.cbr.json" in review.windowTitle()
    assert window.current_page().name == "Drafts"
    review.close()
