"""The page of drafts: what is in the folder, what is known of it without asking, and what can be done there."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu
from pytestqt.qtbot import QtBot

from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.draft import Unsaved, new_text
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.plan import Plan, Step, StepFinding
from cbr_desktop.text.words import Times
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.drafts.page import DraftsPage
from cbr_desktop.ui.operations.diff import DiffDialog, pairs
from cbr_desktop.ui.plans.make_plan import MakePlanDialog
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.dialogs import Dialogs
from tests.services import serve
from tests.ui import estate
from tests.ui.draft_store import MemoryDraftStore
from tests.ui.estate import NOW, uid
from tests.widgets import cell

GOOD = new_text(CheckpointDraft(VaultId(uid(1)), "nightly"))
BAD = new_text(CheckpointDraft(VaultId(uid(1)), "bad name!", "<"))
STRANGE = new_text(CheckpointDraft(VaultId(uid(999)), "elsewhere"))
Open = Callable[..., DraftsPage]


@pytest.fixture
def draft_store() -> MemoryDraftStore:
    return MemoryDraftStore(good=GOOD, bad=BAD, strange=STRANGE, torn='{"checkpoint": {,')


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
    made.catch_up()
    return made


def said(page: DraftsPage) -> list[str]:
    words: list[str] = []
    page.remarked.connect(words.append)
    return words


def cells(page: DraftsPage, key: str) -> dict[str, str]:
    column = next(column for column in page.model.columns if column.key == key)
    return {row.file_name: column.text(row) for row in page.model.shown_rows()}


def choose(page: DraftsPage, name: str) -> None:
    assert page.show_row(f"/requests/{name}.cbr.json")


def editor(page: DraftsPage) -> CheckpointDialog:
    found = page.window().findChildren(CheckpointDialog)
    assert found
    return found[-1]


def test_each_file_has_its_vault_and_a_verdict_with_its_age(page: DraftsPage) -> None:
    assert cells(page, "verdict")["bad.cbr.json"].startswith("2 problems · data ")
    assert "vault not known here" in cells(page, "verdict")["strange.cbr.json"]
    assert cells(page, "verdict")["torn.cbr.json"] == "Is no request"
    assert cells(page, "vault")["strange.cbr.json"] == uid(999)
    assert cells(page, "vault")["good.cbr.json"] != uid(1)
    assert cells(page, "name")["good.cbr.json"] == "nightly"


def test_a_file_that_comes_from_elsewhere_is_seen(page: DraftsPage, draft_store: MemoryDraftStore) -> None:
    reads = draft_store.reads
    page.look()
    assert draft_store.reads == reads
    draft_store.files["/requests/new.cbr.json"] = GOOD.encode()
    page.look()
    assert "new.cbr.json" in cells(page, "verdict")
    page.hide()
    assert not page._watching.isActive()


def test_copy_rename_and_trash(page: DraftsPage, draft_store: MemoryDraftStore) -> None:
    words = said(page)
    choose(page, "good")
    page.duplicate()
    assert page.view.current_row().path == "/requests/good-copy.cbr.json"  # type: ignore[union-attr]
    page.ask_name()
    asked = page.findChild(QInputDialog)
    assert isinstance(asked, QInputDialog)
    assert asked.textValue() == "good-copy"
    asked.textValueSelected.emit("bad")
    assert "is there already" in words[-1]
    asked.textValueSelected.emit("second")
    assert page.view.current_row().file_name == "second.cbr.json"  # type: ignore[union-attr]
    page.discard()
    assert draft_store.trash == ["/requests/second.cbr.json"]
    assert "trash" in words[-1]
    assert sorted(cells(page, "file")) == ["bad.cbr.json", "good.cbr.json", "strange.cbr.json", "torn.cbr.json"]


def test_a_draft_is_edited_once_and_its_file_is_saved(page: DraftsPage, draft_store: MemoryDraftStore) -> None:
    choose(page, "good")
    page.open_current()
    first = editor(page)
    page.open_current()
    assert page.window().findChildren(CheckpointDialog) == [first]
    first.name.edit.setText("weekly")
    first.save.click()
    assert b"weekly" in draft_store.files["/requests/good.cbr.json"]
    page.look()
    assert cells(page, "name")["good.cbr.json"] == "weekly"
    first.close()


def test_what_was_not_saved_is_offered_and_restored(page: DraftsPage, draft_store: MemoryDraftStore) -> None:
    path = "/requests/good.cbr.json"
    draft_store.kept["1"] = Unsaved("1", path, GOOD.replace("nightly", "mine"), GOOD, "Prod · eu-de", NOW)
    draft_store.kept["2"] = Unsaved("2", "", STRANGE, "", "Prod · eu-de", NOW)
    page._take()
    assert page.strip.isVisible()
    assert page.strip.line.label.text().startswith("2 drafts were not saved.")
    assert cells(page, "file")["good.cbr.json"] == "good · not saved"
    assert cells(page, "file")[""] == "(never saved)"
    page.strip.restore.click()
    assert page.strip.isHidden()
    names = sorted(dialog.name.text for dialog in page.window().findChildren(CheckpointDialog))
    assert names == ["elsewhere", "mine"]
    named = next(d for d in page.window().findChildren(CheckpointDialog) if d.draft_document.path == path)
    assert not named.draft_document.is_saved
    named.save.click()
    assert b"mine" in draft_store.files[path]
    assert set(draft_store.kept) == {"2"}
    for dialog in page.window().findChildren(CheckpointDialog):
        dialog.close()


def test_a_file_that_changed_after_the_crash_is_not_written_over(
    page: DraftsPage, draft_store: MemoryDraftStore
) -> None:
    path = "/requests/good.cbr.json"
    draft_store.kept["1"] = Unsaved("1", path, GOOD.replace("nightly", "mine"), GOOD, "Prod · eu-de", NOW)
    draft_store.files[path] = GOOD.replace("nightly", "theirs").encode()
    page._take()
    page.strip.restore.click()
    dialog = editor(page)
    assert dialog.conflict.isVisible()
    dialog.save.click()
    assert b"theirs" in draft_store.files[path]
    dialog.conflict.theirs.click()
    assert dialog.name.text == "theirs"
    dialog.close()


def test_a_restored_draft_that_is_closed_again_stays_kept(page: DraftsPage, draft_store: MemoryDraftStore) -> None:
    draft_store.kept["2"] = Unsaved("2", "", STRANGE, "", "Prod · eu-de", NOW)
    page._take()
    page.strip.restore.click()
    editor(page).close()
    assert set(draft_store.kept) == {"2"}


def test_what_was_not_saved_can_be_thrown_away_and_lies_in_the_trash(
    page: DraftsPage, draft_store: MemoryDraftStore
) -> None:
    draft_store.kept["2"] = Unsaved("2", "", STRANGE, "", "Prod · eu-de", NOW)
    page._take()
    page.strip.discard.click()
    assert (draft_store.kept, draft_store.trash) == ({}, ["2"])
    assert page.strip.isHidden()


def test_all_are_checked_in_one_sentence(page: DraftsPage) -> None:
    words = said(page)
    page.check_all()
    assert words[-1].startswith("4 drafts checked: ")
    assert "of 1 the vault is not known here" in words[-1]


def test_two_drafts_are_compared_line_by_line(page: DraftsPage) -> None:
    choose(page, "good")
    page.view.selectAll()
    rows = [row.file_name for row in page.view.selected_rows()][:2]
    page.compare()
    diff = page.findChild(DiffDialog)
    assert isinstance(diff, DiffDialog)
    assert [box.currentText() for box in diff.boxes] == rows
    before = diff.texts[0].textCursor().blockNumber()
    diff.next_change()
    diff.next_change()
    assert diff.texts[0].textCursor().blockNumber() != before or len(diff._changes) < 2
    diff.close()


def test_a_draft_is_compared_with_a_file_from_anywhere(page: DraftsPage, draft_store: MemoryDraftStore) -> None:
    draft_store.files["/mail/theirs.cbr.json"] = GOOD.replace("nightly", "theirs").encode()
    choose(page, "good")
    page.compare()
    diff = page.findChild(DiffDialog)
    assert isinstance(diff, DiffDialog)
    diff.add_file("/mail/theirs.cbr.json")
    assert diff.boxes[1].currentText() == "/mail/theirs.cbr.json"
    assert '+       "name": "theirs"' in diff.texts[1].toPlainText()
    diff.add_file("/mail/missing.cbr.json")
    assert "No such file" in diff.summary.text()
    diff.close()


def test_lines_stand_against_each_other() -> None:
    assert [(p.left, p.right) for p in pairs("a\nb\nc", "a\nx\nc\nd") if not p.is_same] == [("b", "x"), (None, "d")]


def test_another_folder_is_chosen_and_kept(page: DraftsPage, draft_store: MemoryDraftStore) -> None:
    draft_store.files["/other/there.cbr.json"] = GOOD.encode()
    page.choose_folder()
    asked = page.findChild(QFileDialog)
    assert isinstance(asked, QFileDialog)
    asked.fileSelected.emit("/other")
    assert list(cells(page, "file")) == ["there.cbr.json"]
    assert page.tools.place.text() == "/other"
    asked.close()


def test_an_empty_folder_says_what_a_draft_is(
    qtbot: QtBot, workspace: Workspace, draft_store: MemoryDraftStore
) -> None:
    draft_store.files.clear()
    page = DraftsPage(workspace, Times(workspace.clock), Dialogs())
    qtbot.addWidget(page)
    page.show()
    page.catch_up()
    assert page._empty is not None
    assert "made without a network" in page._empty.why.text()
    page._empty.button.click()
    opened = editor(page)
    assert json.loads(opened.draft_document.text)["checkpoint"]["vault_id"] == ""
    opened.close()


def test_the_menu_offers_what_can_be_done(page: DraftsPage) -> None:
    choose(page, "good")
    menu = QMenu()
    page.extend_menu(menu)
    assert [action.text() for action in menu.actions()] == [
        "Open",
        "Duplicate",
        "Rename…",
        "Compare…",
        "Make plan…",
        "Move to trash",
    ]


def test_what_was_sent_from_a_file_is_told_beside_it(page: DraftsPage, workspace: Workspace) -> None:
    ledger = workspace.contexts[0].ledger
    some = next(iter(ledger.intents.values()))
    ledger.put_intent(replace(some, draft="/requests/good.cbr.json", created_at=NOW - timedelta(minutes=3)))
    page._take()
    assert cells(page, "sent")["good.cbr.json"].endswith("· 3 min ago")
    assert cells(page, "sent")["bad.cbr.json"] == "–"


class Files:
    """Reads requests from the draft store in memory, and keeps what is written."""

    def __init__(self, draft_store: MemoryDraftStore) -> None:
        self._draft_store = draft_store
        self.written: dict[str, Plan] = {}

    def gather(
        self, files: list[str], profile_of: Callable[[VaultId | None], str]
    ) -> tuple[tuple[Step, ...], list[StepFinding]]:
        steps, findings = [], []
        for number, file in enumerate(files, 1):
            document, about = request.read(self._draft_store.files[file])
            findings += [StepFinding(number, finding) for finding in about]
            profile = profile_of(document) if document is not None else ""
            steps.append(Step(number, profile, file, document))
        return tuple(steps), findings

    def write(self, path: str, plan: Plan) -> list[StepFinding]:
        self.written[path] = plan
        return []


def choose_also(page: DraftsPage, *names: str) -> None:
    choose(page, names[0])
    flags = page.view.selectionModel().SelectionFlag
    for name in names[1:]:
        position = page.model.position_of(f"/requests/{name}.cbr.json")
        assert position is not None
        page.view.selectionModel().select(page.model.index(position, 0), flags.Select | flags.Rows)


def test_selected_drafts_become_a_plan_in_the_order_shown(
    page: DraftsPage, workspace: Workspace, draft_store: MemoryDraftStore
) -> None:
    files = Files(draft_store)
    serve(workspace, plans=files)
    made: list[str] = []
    page.plan_made.connect(made.append)
    choose(page, "good")
    assert page.planning.isHidden()
    choose_also(page, "good", "strange")
    page.planning.click()
    dialog = page.window().findChildren(MakePlanDialog)[-1]
    order = [row.file_name for row in page.view.selected_rows()]
    assert [cell(dialog.table, row, 2) for row in range(2)] == order
    dialog.save("/plans/patch.plan.json")
    plan = files.written["/plans/patch.plan.json"]
    assert [step.file.rpartition("/")[2] for step in plan.steps] == order
    assert {step.profile for step in plan.steps} == {"Prod · eu-de", ""}  # the second vault is known to nobody
    assert made == ["/plans/patch.plan.json"]
    assert len(draft_store.files) == 4


def test_a_draft_that_cannot_be_read_is_named_and_no_plan_is_written(
    page: DraftsPage, workspace: Workspace, draft_store: MemoryDraftStore
) -> None:
    serve(workspace, plans=Files(draft_store))
    choose_also(page, "good", "torn")
    page.planning.click()
    dialog = page.window().findChildren(MakePlanDialog)[-1]
    assert "Nothing is written: ‘torn.cbr.json’ is no request." in dialog.verdict.label.text()
    assert not dialog.write.isEnabled()


def test_what_was_not_saved_is_no_part_of_a_plan(
    page: DraftsPage, workspace: Workspace, draft_store: MemoryDraftStore
) -> None:
    serve(workspace, plans=Files(draft_store))
    words = said(page)
    choose(page, "good")
    page.open_current()
    editor(page).draft_document.write(GOOD.replace("nightly", "weekly"), "name")
    choose_also(page, "good", "strange")
    page.planning.click()
    assert "‘good.cbr.json’ has changes that are not saved" in words[-1]
    assert not page.window().findChildren(MakePlanDialog)
    editor(page).close()
