"""The editor of a draft: form and JSON are one, nothing is lost, and nobody is asked on leaving."""

import json
import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.draft import new_text
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.vault import Resource, ResourceType, Vault
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.operations.diff import DiffDialog
from cbr_desktop.ui.session.draft_store import Source
from tests.ui.counter import Counter
from tests.ui.draft_store import MemoryDraftStore
from tests.ui.estate import uid, vault

PATH = "/requests/nightly.cbr.json"
TEXT = new_text(CheckpointDraft(VaultId(uid(1)), "nightly"))
Open = Callable[..., CheckpointDialog]


def holder() -> Vault:
    servers = [Resource(uid(100 + n), ResourceType.SERVER, f"ecs-{n}", 40, 2048, 2, "available") for n in range(3)]  # type: ignore[arg-type]
    return vault(1, "vault-one", 100, 1000, resources=servers)


@pytest.fixture
def draft_store() -> MemoryDraftStore:
    return MemoryDraftStore(nightly=TEXT)


@pytest.fixture
def counter() -> Counter:
    return Counter([holder(), vault(2, "vault-two", 0, 100)])


@pytest.fixture
def opened(qtbot: QtBot, counter: Counter, draft_store: MemoryDraftStore) -> Open:
    def make(text: str | None = None, *, path: str = PATH) -> CheckpointDialog:
        if text is not None:
            draft_store.files[path] = text.encode()
        base = draft_store.load(path)
        source = Source(base.text, path=path, base=base)
        dialog = CheckpointDialog(counter.context, draft_store=draft_store, source=source)
        qtbot.addWidget(dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # the test closes it itself
        dialog.open()
        return dialog

    return make


def written(dialog: CheckpointDialog) -> str:
    dialog._judge()
    return dialog.draft_document.text


def type_json(dialog: CheckpointDialog, text: str) -> None:
    dialog.json.text.setPlainText(text)


def press(qtbot: QtBot, widget: QWidget, key: Qt.Key, *, shift: bool = False) -> None:
    more = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(widget, key, Qt.KeyboardModifier.ControlModifier | more)


def test_the_form_writes_the_json_and_the_json_fills_the_form(opened: Open) -> None:
    dialog = opened()
    dialog.name.edit.setText("weekly")
    assert written(dialog) == TEXT.replace("nightly", "weekly")
    assert dialog.json.text.plain_text == dialog.draft_document.text
    type_json(dialog, dialog.draft_document.text.replace("weekly", "monthly").replace("true", "false"))
    assert dialog.name.text == "monthly"
    assert not dialog.types.incremental
    assert dialog.inspector.preview.json.toPlainText() in dialog.draft_document.text


def test_broken_json_leaves_the_form_and_says_where(opened: Open, counter: Counter) -> None:
    dialog = opened()
    type_json(dialog, TEXT.replace('"parameters": {', '"parameters": {,'))
    assert dialog.name.text == "nightly"
    assert not dialog.name.isEnabled()
    assert "Correct it there, or undo" in dialog.unshown.label.text()
    problems = dialog.findChild(QListWidget, "checkpointJsonFindings")
    assert isinstance(problems, QListWidget)
    assert problems.item(0).text().startswith("Line 4: This is not valid JSON at column 20: expecting")
    assert not dialog.send.isEnabled()
    assert "Not ready: line 4 of the JSON. This is not valid JSON at column 20" in dialog.verdict.label.text()
    dialog._try()
    assert counter.sent == []
    assert dialog.inspector.currentWidget() is dialog.json
    assert dialog.json.text.textCursor().blockNumber() == 3
    type_json(dialog, TEXT)
    assert dialog.name.isEnabled()
    assert problems.isHidden()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"nightly"', '""', "Line 6: The name is empty"),
        ('"nightly"', '"nightly\\ud83d"', "Line 6: ‘checkpoint.parameters.name’ holds half a character"),
        ('"nightly"', f'"n", "n": {"1" * 5_000}', "Line 1: This is not valid JSON: a number in it"),
        ('"nightly"', f'"n", "n": {"[" * 5_000}', "Line 1: This is not valid JSON: it is nested deeper"),
        ('"nightly"', '"n", "resources": ["x", "x"]', ""),
    ],
)
def test_fault_89_what_is_wrong_with_a_file_is_said_in_the_json_field_as_well(
    opened: Open, counter: Counter, old: str, new: str, said: str
) -> None:
    dialog = opened()
    type_json(dialog, TEXT.replace(old, new))
    dialog._judge()
    problems = dialog.json.list
    assert [problems.item(row).text()[: len(said)] for row in range(problems.count())] == ([said] if said else [])
    assert not dialog.send.isEnabled()
    dialog._try()
    assert counter.sent == []


def test_fault_89_thousands_of_equal_faults_are_one_line_of_the_json_field(opened: Open) -> None:
    dialog = opened()
    keys = ", ".join(f'"k{number}": 1' for number in range(20_000))
    type_json(dialog, TEXT.replace('"nightly"', f'"n", {keys}'))
    assert dialog.json.list.count() == 1
    assert "19\u00a0999 more are like this one" in dialog.json.list.item(0).text()


def test_unknown_keys_are_kept_and_sent_and_what_the_form_cannot_show_is_grey(opened: Open, counter: Counter) -> None:
    value = json.loads(TEXT)
    value["x-owner"] = "team"
    detail = {"id": uid(100), "type": "OS::Nova::Server", "extra_info": {"include_volumes": [{"id": uid(7)}]}}
    value["checkpoint"]["parameters"] |= {"future": 1, "resource_details": [detail]}
    dialog = opened(json.dumps(value, indent=4))
    assert not dialog.resources.isEnabled()
    assert "more than the form can show: resources" in dialog.unshown.label.text()
    dialog.name.edit.setText("weekly")
    dialog._judge()
    dialog.anyway.setChecked(True)
    dialog._try()
    sent = json.loads(counter.sent[0].body)
    assert sent["checkpoint"]["parameters"] == value["checkpoint"]["parameters"] | {"name": "weekly"}
    assert list(sent) == ["checkpoint"]
    assert counter.sent[0].draft == PATH
    assert json.loads(dialog.draft_document.text)["x-owner"] == "team"


def test_one_undo_goes_through_form_and_json(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    dialog.name.edit.setText("a")
    dialog._judge()
    dialog.description.set_text("why")
    dialog._judge()
    type_json(dialog, dialog.draft_document.text.replace('"a"', '"b"'))
    texts = []
    for _ in range(3):
        press(qtbot, dialog.name.edit, Qt.Key.Key_Z)
        texts.append((dialog.name.text, dialog.description.text))
    assert texts == [("a", "why"), ("a", ""), ("nightly", "")]
    assert (dialog.draft_document.text, dialog.json.text.plain_text) == (TEXT, TEXT)
    assert dialog.draft_document.is_saved
    press(qtbot, dialog.json.text, Qt.Key.Key_Z, shift=True)
    assert dialog.name.text == "a"


@pytest.mark.usefixtures("qtbot")
def test_saving_writes_the_file_and_the_title_tells(opened: Open, draft_store: MemoryDraftStore) -> None:
    dialog = opened()
    assert dialog.windowTitle() == "nightly.cbr.json[*] — Create checkpoint"
    dialog.name.edit.setText("weekly")
    dialog._judge()
    assert dialog.isWindowModified()
    dialog.save.click()
    assert draft_store.files[PATH].decode() == TEXT.replace("nightly", "weekly")
    assert not dialog.isWindowModified()
    assert "Saved to" in dialog.notice.text()


def test_closing_asks_nothing_and_loses_nothing(opened: Open, draft_store: MemoryDraftStore) -> None:
    dialog = opened()
    dialog.name.edit.setText("weekly")
    dialog.close()
    assert draft_store.files[PATH].decode() == TEXT
    (kept,) = draft_store.unsaved()
    assert (kept.path, json.loads(kept.text)["checkpoint"]["parameters"]["name"]) == (PATH, "weekly")


def test_a_change_is_kept_after_two_seconds_and_forgotten_when_saved(
    opened: Open, draft_store: MemoryDraftStore
) -> None:
    dialog = opened()
    dialog.name.edit.setText("weekly")
    dialog._judge()
    assert dialog.draft_document._keeping.isActive()
    assert dialog.draft_document._keeping.interval() == 2000
    dialog.draft_document._keeping.timeout.emit()
    assert len(draft_store.kept) == 1
    dialog.draft_document.save()
    assert draft_store.kept == {}


def test_a_new_draft_that_nobody_touched_is_not_kept(
    qtbot: QtBot, counter: Counter, draft_store: MemoryDraftStore
) -> None:
    dialog = CheckpointDialog(counter.context, VaultId(uid(1)), draft_store=draft_store)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # the test closes it itself
    dialog.open()
    dialog.close()
    assert draft_store.kept == {}
    second = CheckpointDialog(counter.context, VaultId(uid(1)), draft_store=draft_store)
    qtbot.addWidget(second)
    second.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # the test closes it itself
    second.open()
    second.description.set_text("half a thought")
    second.close()
    assert [kept.path for kept in draft_store.unsaved()] == [""]


def changed_outside(dialog: CheckpointDialog, draft_store: MemoryDraftStore) -> None:
    dialog.name.edit.setText("mine")
    dialog._judge()
    draft_store.files[PATH] = TEXT.replace("nightly", "theirs").encode()
    dialog.draft_document.look()
    assert dialog.conflict.isVisible()
    assert dialog.name.text == "mine"


def test_both_have_changed_it_mine_is_kept(opened: Open, draft_store: MemoryDraftStore) -> None:
    dialog = opened()
    changed_outside(dialog, draft_store)
    dialog.save.click()
    assert b"theirs" in draft_store.files[PATH]
    dialog.conflict.mine.click()
    assert draft_store.files[PATH].decode() == TEXT.replace("nightly", "mine")
    assert dialog.conflict.isHidden()


def test_both_have_changed_it_theirs_is_taken_and_mine_comes_back_by_undo(
    opened: Open, draft_store: MemoryDraftStore
) -> None:
    dialog = opened()
    changed_outside(dialog, draft_store)
    dialog.conflict.theirs.click()
    assert (dialog.name.text, dialog.draft_document.is_saved) == ("theirs", True)
    dialog.file.undo()
    assert (dialog.name.text, dialog.draft_document.is_saved) == ("mine", False)


def test_both_have_changed_it_mine_gets_another_name(opened: Open, draft_store: MemoryDraftStore) -> None:
    dialog = opened()
    changed_outside(dialog, draft_store)
    dialog.conflict.elsewhere.click()
    asked = dialog.findChild(QFileDialog, "checkpointSaveDialog")
    assert isinstance(asked, QFileDialog)
    asked.fileSelected.emit("/requests/mine.cbr.json")
    assert b"theirs" in draft_store.files[PATH]
    assert b"mine" in draft_store.files["/requests/mine.cbr.json"]
    assert dialog.windowTitle().startswith("mine.cbr.json")
    assert dialog.conflict.isHidden()


def test_the_difference_of_the_three_can_be_looked_at(opened: Open, draft_store: MemoryDraftStore) -> None:
    dialog = opened()
    changed_outside(dialog, draft_store)
    dialog.conflict.compare.click()
    diff = dialog.findChild(DiffDialog)
    assert isinstance(diff, DiffDialog)
    left, right = (text.toPlainText().splitlines() for text in diff.texts)
    assert [line for line in left if line.startswith("-")] == ['-       "name": "mine"']
    assert [line for line in right if line.startswith("+")] == ['+       "name": "theirs"']
    assert diff.boxes[0].count() == 3
    assert diff.summary.text().startswith("1 change in 1 line")


def test_a_file_that_was_changed_while_nothing_was_unsaved_is_taken_over(
    opened: Open, draft_store: MemoryDraftStore
) -> None:
    dialog = opened()
    draft_store.files[PATH] = TEXT.replace("nightly", "theirs").encode()
    dialog.draft_document.look()
    assert dialog.name.text == "theirs"
    assert dialog.conflict.isHidden()
    assert "changed by another program" in dialog.notice.text()


def test_a_file_that_was_taken_away_can_be_written_again(opened: Open, draft_store: MemoryDraftStore) -> None:
    dialog = opened()
    del draft_store.files[PATH]
    dialog.draft_document.look()
    assert dialog.conflict.isVisible()
    assert not dialog.conflict.theirs.isEnabled()
    dialog.conflict.mine.click()
    assert draft_store.files[PATH].decode() == TEXT


def test_fault_56_a_full_disk_leaves_the_draft_in_the_editor(opened: Open, draft_store: MemoryDraftStore) -> None:
    dialog = opened()
    dialog.name.edit.setText("weekly")
    draft_store.full = True
    dialog.save.click()
    assert "Not saved" in dialog.notice.text()
    assert "No space left on device" in dialog.notice.text()
    assert (dialog.name.text, dialog.draft_document.is_saved) == ("weekly", False)
    draft_store.full = False
    dialog.save.click()
    assert b"weekly" in draft_store.files[PATH]


def test_tabs_and_long_texts_do_no_harm(opened: Open) -> None:
    dialog = opened()
    type_json(dialog, '{"checkpoint": {"vault_id": "' + "é𝄞" * 50_000 + '", "parameters": {"name": "x"}}}')
    assert dialog.name.text == "x"
    dialog.name.edit.setText("y")
    assert json.loads(written(dialog))["checkpoint"]["parameters"]["name"] == "y"
    assert dialog.json.text.plain_text == dialog.draft_document.text
    assert isinstance(dialog.findChild(QPlainTextEdit, "checkpointJson"), QPlainTextEdit)
    assert isinstance(dialog.findChild(QPushButton, "checkpointSaveAs"), QPushButton)


def test_a_draft_is_compared_with_its_file_and_the_last_request(opened: Open, counter: Counter) -> None:
    dialog = opened()
    dialog.name.edit.setText("weekly")
    counter.outbox.submit(CheckpointDraft(VaultId(uid(1)), "monthly"))
    dialog.json.compare.click()
    diff = dialog.findChild(DiffDialog)
    assert isinstance(diff, DiffDialog)
    names = [diff.boxes[0].itemText(row) for row in range(diff.boxes[0].count())]
    assert names[0] == "This draft"
    assert names[1].startswith("Last request for this vault, ")
    assert names[2].startswith("Its file")
    assert '+       "name": "monthly"' in diff.texts[1].toPlainText()
    diff.close()


def test_an_earlier_request_that_is_looked_at_again_is_no_unsaved_draft(
    qtbot: QtBot, counter: Counter, draft_store: MemoryDraftStore
) -> None:
    dialog = CheckpointDialog(counter.context, draft_store=draft_store)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.show_request(TEXT.encode())
    dialog.open()
    assert dialog.name.text == "nightly"
    dialog.close()
    assert draft_store.kept == {}


def test_what_was_typed_and_not_saved_is_kept_when_an_earlier_request_is_edited_again(
    opened: Open, draft_store: MemoryDraftStore
) -> None:
    dialog = opened()
    dialog.name.edit.setText("mine")
    dialog.show_request(TEXT.replace("nightly", "earlier").encode())
    (kept,) = draft_store.kept.values()
    assert (json.loads(kept.text)["checkpoint"]["parameters"]["name"], kept.path) == ("mine", PATH)
    assert "is kept among the drafts" in dialog.notice.text()
    assert (dialog.name.text, dialog.draft_document.path, dialog.windowTitle()) == (
        "earlier",
        "",
        "Create checkpoint[*]",
    )
    dialog.name.edit.setText("later")
    dialog.close()
    texts = [json.loads(each.text)["checkpoint"]["parameters"]["name"] for each in draft_store.kept.values()]
    assert sorted(texts) == ["later", "mine"]
    assert json.loads(draft_store.files[PATH])["checkpoint"]["parameters"]["name"] == "nightly"


def test_what_could_not_be_kept_comes_back_by_undo_when_an_earlier_request_is_edited_again(
    opened: Open, draft_store: MemoryDraftStore
) -> None:
    dialog = opened()
    dialog.name.edit.setText("mine")
    draft_store.full = True
    dialog.show_request(TEXT.replace("nightly", "earlier").encode())
    assert dialog.name.text == "earlier"
    assert "Undo" in dialog.notice.text()
    dialog.file.undo()
    assert dialog.name.text == "mine"


def test_a_form_that_was_sent_is_edited_again_as_it_stands(
    opened: Open, counter: Counter, draft_store: MemoryDraftStore
) -> None:
    """What has changed in the file meanwhile is not what was sent: then the request is edited, and the file stays."""
    dialog = opened()
    dialog.name.edit.setText("sent")
    dialog._try()
    (intent,) = counter.sent
    counter.outbox.cancel(intent.id)
    dialog.findChild(QPushButton, "editAgain").click()
    assert (dialog.name.text, dialog.draft_document.path) == ("sent", PATH)
    dialog._try()
    counter.outbox.cancel(counter.sent[1].id)
    draft_store.files[PATH] = TEXT.replace("nightly", "theirs").encode()
    dialog.save.click()
    dialog.draft_document.take_theirs()
    dialog.findChildren(QPushButton, "editAgain")[-1].click()
    assert (dialog.name.text, dialog.draft_document.path) == ("sent", "")


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_done_undo_leads_back_to_the_beginning_and_redo_to_the_end(opened: Open, seed: int) -> None:
    chance = random.Random(seed)
    dialog = opened()
    deeds: list[Callable[[str], object]] = [
        dialog.name.edit.setText,
        dialog.description.set_text,
        lambda text: dialog.types.choose(incremental=len(text) % 2 == 0),
        lambda text: dialog.advanced.auto_trigger.setChecked(len(text) % 2 == 1),
        lambda text: dialog.resources.choose_ids([ResourceId(uid(100 + len(text) % 3))]),
        lambda _text: dialog.resources.whole.setChecked(True),
        lambda text: type_json(dialog, dialog.draft_document.text.replace("{", "{ ", len(text))),
        lambda text: type_json(dialog, dialog.draft_document.text + text),
        lambda text: type_json(dialog, new_text(CheckpointDraft(VaultId(uid(2)), text))),
    ]
    for _ in range(25):
        chance.choice(deeds)("".join(chance.choices("abé,}\\", k=chance.randrange(4))))
        dialog._judge()
        assert dialog.json.text.plain_text == dialog.draft_document.text
    end = dialog.draft_document.text
    steps = dialog.draft_document.stack.count()
    for _ in range(steps):
        dialog.file.undo()
    assert (dialog.draft_document.text, dialog.json.text.plain_text, dialog.name.text) == (TEXT, TEXT, "nightly")
    for _ in range(steps):
        dialog.file.redo()
    assert dialog.draft_document.text == end
