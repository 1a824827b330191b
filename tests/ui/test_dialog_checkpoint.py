"""The checkpoint dialog: every bad input has its own words and sends nothing; what is shown is what is sent."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStyleOptionComboBox,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.draft import edited, new_text
from cbr_desktop.domain.ids import ResourceId, VaultId, VolumeId
from cbr_desktop.domain.intent import IntentState, Refusal
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.vault import ProtectStatus, Resource, ResourceType, Vault, VaultStatus
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.kit.window_size import available
from cbr_desktop.ui.session.draft_store import Source
from tests.ui.counter import Counter
from tests.ui.estate import NASTY, NOW, profile, uid, vault
from tests.widgets import TickLine, child, words

REFERENCE_VAULT = VaultId("3b5816b5-f29c-4172-9d9a-76c719a659ce")
REFERENCE_RESOURCE = ResourceId("94eba8b2-acc9-4d82-badc-127144cc5526")
Open = Callable[..., CheckpointDialog]


def servers(count: int, first: int = 100, **more: Any) -> list[Resource]:
    return [
        Resource(ResourceId(uid(first + n)), ResourceType.SERVER, f"ecs-{first + n}", 40, 2048, 2, "available", **more)
        for n in range(count)
    ]


def holder(number: int = 1, name: str = "vault-one", count: int = 3, **more: Any) -> Vault:
    return vault(number, name, 100, 1000, resources=servers(count, number * 1000), **more)


@pytest.fixture
def counter() -> Counter:
    return Counter([holder(), holder(2, "vault-two", 2), vault(3, "vault-empty", 0, 100)])


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def make(counter: Counter, *arguments: Any) -> CheckpointDialog:
        dialog = CheckpointDialog(counter.context, *arguments)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return make


def judged(dialog: CheckpointDialog) -> CheckpointDialog:
    dialog._judge()
    return dialog


BAD: dict[str, tuple[Callable[[CheckpointDialog], None], str]] = {
    "name too long": (
        lambda dialog: dialog.name.edit.setText("x" * 70),
        "The name has 70 characters, 6 more than the 64 allowed. Shorten it.",
    ),
    "forbidden character": (
        lambda dialog: dialog.name.edit.setText("prepatch.1"),
        "‘.’ at position 9 is not allowed in a name",
    ),
    "space": (lambda dialog: dialog.name.edit.setText(" x"), "A space at position 1 is not allowed in a name"),
    "< in the description": (
        lambda dialog: dialog.description.set_text("a <b"),
        "‘<’ at position 3 is not allowed in a description",
    ),
    "long description": (
        lambda dialog: dialog.description.set_text("é" * 256),
        "The description has 256 characters, 1 more",
    ),
    "tab in the description": (
        lambda dialog: dialog.description.set_text("a\tb"),
        "A tab at position 2 is not allowed in a description",
    ),
    "empty vault": (
        lambda dialog: dialog.vault.choose(VaultId(uid(3))),
        "Vault ‘vault-empty’ has no resources, so there is nothing to back up.",
    ),
    "foreign resource": (
        lambda dialog: dialog.resources.choose_ids([ResourceId(uid(2000))]),
        "Resource ‘ecs-2000’ is not in vault ‘vault-one’ but in ‘vault-two’.",
    ),
    "300 resources": (
        lambda dialog: dialog.resources.choose_ids([ResourceId(uid(5000 + n)) for n in range(300)]),
        "300 resources are chosen; a checkpoint takes 256 at most.",
    ),
    "no resource": (lambda dialog: dialog.resources.choose([]), "No resource is ticked."),
    "no vault": (lambda dialog: dialog.vault.choose(None), "No vault is chosen."),
    "bad vault id": (
        lambda dialog: dialog.vault.choose(VaultId("vault-onne")),
        "‘vault-onne’ is no known vault and no id of one.",
    ),
    "unknown vault": (
        lambda dialog: dialog.vault.choose(VaultId(uid(77))),
        f"There is no vault {uid(77)} in this project.",
    ),
    "bad resource id": (lambda dialog: dialog.resources.choose_ids([ResourceId("ecs")]), "‘ecs’ in resources is no id"),
}


@pytest.fixture(scope="module")
def verdicts() -> Iterator[list[str]]:
    """What was said of each bad input: no two of them have the same verdict."""
    found: list[str] = []
    yield found
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(("spoil", "sentence"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_named_with_a_verdict_of_its_own_and_nothing_is_sent(
    counter: Counter, opened: Open, spoil: Callable[[CheckpointDialog], None], sentence: str, verdicts: list[str]
) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    spoil(dialog)
    dialog._try()
    judged(dialog)
    assert sentence in words(dialog)
    assert not dialog.send.isEnabled()
    assert dialog.send.accessibleDescription()
    assert dialog.send.toolTip()
    assert counter.sent == []
    verdicts.append(dialog.send.accessibleDescription())


def test_the_reference_request_can_be_built_before_any_vault_was_read(opened: Open) -> None:
    counter = Counter(None)
    dialog = opened(counter)
    dialog.vault.box.setEditText(REFERENCE_VAULT)
    child(dialog, QLineEdit, "checkpointResourceIds").setText(REFERENCE_RESOURCE)
    dialog.resources._add_ids()
    dialog.name.edit.setText("backup_name")
    dialog.description.edit.setPlainText("backup_description")
    dialog.advanced.auto_trigger.setChecked(True)
    judged(dialog)
    shown = child(dialog, QPlainTextEdit, "checkpointPreview").toPlainText()
    assert json.loads(shown) == {
        "checkpoint": {
            "parameters": {
                "auto_trigger": True,
                "description": "backup_description",
                "incremental": True,
                "name": "backup_name",
                "resources": [REFERENCE_RESOURCE],
            },
            "vault_id": REFERENCE_VAULT,
        }
    }
    dialog.anyway.setChecked(True)
    dialog.send.click()
    (sent,) = counter.sent
    assert sent.body.decode() == shown


def test_what_is_previewed_is_sent_byte_for_byte(counter: Counter, opened: Open, qtbot: QtBot) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    dialog.description.edit.setPlainText("zwölf „Äpfel“ 😀\nzweite Zeile")
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    qtbot.keyClick(dialog.description.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    preview = child(dialog, QPlainTextEdit, "checkpointPreview")
    (sent,) = counter.sent
    assert preview.toPlainText().encode() == sent.body
    assert sent.state is IntentState.QUEUED
    assert "resources" not in json.loads(sent.body)["checkpoint"]["parameters"]
    dialog._try()
    assert len(counter.sent) == 1
    assert dialog.findChild(QWidget, "outcome").isVisible()


def test_enter_in_a_field_does_not_send(counter: Counter, opened: Open, qtbot: QtBot) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    qtbot.keyClick(dialog.name.edit, Qt.Key.Key_Return)
    assert counter.sent == []


def test_chosen_resources_become_ids_and_disks_become_details(opened: Open) -> None:
    held = holder()
    disks = (Disk(VolumeId(uid(1)), "sys", 40, bootable=True), Disk(VolumeId(uid(2)), "data", 100))
    protectable = Protectable(held.resources[0].id, ResourceType.SERVER, "ecs", 140, "ACTIVE", disks=disks)
    dialog = opened(Counter([held], [protectable]), held.id)
    tree = child(dialog, QTreeView, "checkpointResources")
    TickLine(tree, 2).tick(is_on=False)
    assert dialog.draft().resources is not None
    parameters = json.loads(body(dialog))["checkpoint"]["parameters"]
    assert parameters["resources"] == [held.resources[0].id, held.resources[1].id]
    TickLine(tree, 0, 1).tick(is_on=False)
    parameters = json.loads(body(dialog))["checkpoint"]["parameters"]
    assert "resources" not in parameters
    assert parameters["resource_details"][0]["extra_info"] == {"exclude_volumes": [uid(2)]}
    assert TickLine(tree, 0).text(4) == "1/2"
    dialog.resources.whole.setChecked(True)
    assert "resource_details" not in json.loads(body(dialog))["checkpoint"]["parameters"]


def test_a_disk_that_the_vault_leaves_out_is_told_as_such_and_not_asked_for(opened: Open) -> None:
    held = holder()
    held.resources[0] = replace(held.resources[0], exclude_volumes=(VolumeId(uid(2)),))
    disks = (Disk(VolumeId(uid(1)), "sys", 40, bootable=True), Disk(VolumeId(uid(2)), "data", 100))
    protectable = Protectable(held.resources[0].id, ResourceType.SERVER, "ecs", 140, "ACTIVE", disks=disks)
    dialog = opened(Counter([held], [protectable]), held.id)
    row, fixed = TickLine(dialog.resources.tree, 0), TickLine(dialog.resources.tree, 0, 1)
    assert (fixed.is_enabled, fixed.is_ticked, fixed.text(6)) == (False, False, "Left out by the vault")
    assert row.text(4) == "1/2"
    dialog.resources.chosen.setChecked(True)
    parameters = json.loads(body(dialog))["checkpoint"]["parameters"]
    assert "resource_details" not in parameters and len(parameters["resources"]) == 3
    # a request that leaves it out itself still does
    dialog.resources.choose([ResourceChoice(held.resources[0].id, ResourceType.SERVER, "", (VolumeId(uid(2)),))])
    (detail,) = json.loads(body(dialog))["checkpoint"]["parameters"]["resource_details"]
    assert detail["extra_info"] == {"exclude_volumes": [uid(2)]}


def body(dialog: CheckpointDialog) -> str:
    return str(judged(dialog).inspector.preview.json.toPlainText())


def test_the_keys_of_the_resource_table(counter: Counter, opened: Open, qtbot: QtBot) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    tree = dialog.resources.tree
    dialog.resources.filter.setText("ecs-1001")
    qtbot.keyClick(tree, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert [c.name for c in dialog.resources.choices() or ()] == ["ecs-1000", "ecs-1002"]
    dialog.resources.filter.clear()
    qtbot.keyClick(tree, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(dialog.resources.choices() or ()) == 3
    tree.setCurrentIndex(tree.model().index(0, 0))
    qtbot.keyClick(tree, Qt.Key.Key_Space)
    assert dialog.resources.summary.text() == "2 of 3 · 80 GB"


def test_the_request_is_seen_whole_in_a_window_of_the_usual_size(opened: Open) -> None:
    held = holder()
    dialog = opened(Counter([held]), held.id)
    dialog.resize(1180, 760)
    for number in (1, 2):
        dialog.inspector.setCurrentIndex(number)
        QApplication.processEvents()
        (shown,) = (each for each in dialog.inspector.findChildren(QPlainTextEdit) if each.isVisible())
        assert "vault_id" in shown.toPlainText()
        assert shown.horizontalScrollBar().maximum() == 0


def test_narrow_columns_tell_whole_words_and_the_tooltip_tells_the_rest(opened: Open) -> None:
    held = holder()
    held.resources[1] = replace(
        held.resources[1], type=ResourceType.BMS, protect_status=ProtectStatus.PROTECTING, name="metal"
    )
    dialog = opened(Counter([held]), held.id)
    tree = dialog.resources.tree
    assert (TickLine(tree, 1).text(1), TickLine(tree, 1).text(2)) == ("BMS", "Being backed up")
    index, hint = tree.model().index(1, 1), Qt.ItemDataRole.ToolTipRole
    assert "Bare metal server" in index.data(hint)
    assert "Being backed up (protecting)" in index.siblingAtColumn(2).data(hint)
    for typed in ("bare metal", "bms"):
        dialog.resources.filter.setText(typed)
        assert [row.name for row in tree.shown_rows] == ["metal"]


def test_resources_that_would_be_skipped_can_be_dropped_at_once(opened: Open) -> None:
    held = holder(count=5)
    held.resources[1].protect_status = "removing"
    held.resources[3].protect_status = "restoring"
    dialog = opened(Counter([held]), held.id)
    assert dialog.resources.drop.text().replace("&", "") == "Drop 2 blocked"
    assert dialog.anyway.isVisible()
    dialog.resources.drop.click()
    judged(dialog)
    assert [c.name for c in dialog.resources.choices() or ()] == ["ecs-1000", "ecs-1002", "ecs-1004"]
    assert not dialog.resources.drop.isVisible()


def test_a_warning_wants_a_tick_and_a_new_kind_of_warning_wants_another(opened: Open) -> None:
    counter = Counter([holder(status=VaultStatus.LOCK)])
    dialog = opened(counter, VaultId(uid(1)))
    assert not dialog.send.isEnabled()
    assert "Send anyway" in dialog.verdict.label.text()
    dialog.anyway.setChecked(True)
    assert dialog.send.isEnabled()
    dialog.advanced.auto_trigger.setChecked(True)
    judged(dialog)
    assert not dialog.anyway.isChecked()
    assert not dialog.send.isEnabled()


def test_an_untouched_form_does_not_scold(counter: Counter, opened: Open) -> None:
    dialog = opened(counter)
    sentence = dialog.vault.lines
    assert not sentence.isVisible()
    assert not dialog.send.isEnabled()
    dialog._touch()
    judged(dialog)
    assert "No vault is chosen" in sentence.text()


def test_the_default_name_follows_the_vault_until_one_is_typed(counter: Counter, opened: Open, qtbot: QtBot) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    first = dialog.name.text
    assert first.startswith("manualbk_vault-one-")
    dialog.vault.choose(VaultId(uid(2)))
    assert dialog.name.text.startswith("manualbk_vault-two-")
    assert dialog.name.text[-6:] == first[-6:]
    dialog.name.edit.setFocus()
    dialog.name.edit.selectAll()
    qtbot.keyClicks(dialog.name.edit, "mine")
    dialog.vault.choose(VaultId(uid(1)))
    assert dialog.name.text == "mine"


def test_a_template_can_be_written_and_says_what_is_wrong(counter: Counter, opened: Open, qtbot: QtBot) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    template = child(dialog, QLineEdit, "checkpointNameTemplate")
    result = child(dialog, QLabel, "checkpointNameTemplateResult")
    template.clear()
    qtbot.keyClicks(template, "{vault}_x")
    assert dialog.name.text.startswith("vault-one_x-")
    assert result.text() == f"Gives {dialog.name.text} (18/64)"
    assert "Unique by its random part" in words(dialog)
    qtbot.keyClicks(template, "{nobody}")
    assert "knows no value ‘{nobody}’" in result.text()
    assert counter.settings["checkpoint.template.Prod · eu-de"] == "{vault}_x{nobody}"


def test_a_template_with_an_unknown_value_sends_nothing(counter: Counter, opened: Open) -> None:
    """A name is not made of what is left of a template; a name that is typed instead can go."""
    dialog = opened(counter, VaultId(uid(1)))
    template = child(dialog, QLineEdit, "checkpointNameTemplate")
    template.setText("chg{tikcet}_{date}")
    template.textEdited.emit(template.text())
    judged(dialog)
    assert not dialog.send.isEnabled()
    assert "knows no value ‘{tikcet}’" in dialog.verdict.label.text()
    assert "{vault}, {resource}, {date}" in dialog.verdict.label.text()
    dialog._try()
    assert counter.sent == []
    again = opened(counter, VaultId(uid(1)))
    assert template.text() == child(again, QLineEdit, "checkpointNameTemplate").text()
    assert child(again, QLineEdit, "checkpointNameTemplate").isVisible()
    assert not judged(again).send.isEnabled()
    again.name.edit.setText("mine")
    assert judged(again).send.isEnabled()


def test_a_template_that_wants_a_ticket_asks_for_it(counter: Counter, opened: Open, qtbot: QtBot) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    ticket = child(dialog, QLineEdit, "checkpointNameTicket")
    template = child(dialog, QLineEdit, "checkpointNameTemplate")
    assert not ticket.isVisible()
    template.setText("chg{ticket}_{date}-{rand:4}")
    template.textEdited.emit(template.text())
    judged(dialog)
    assert ticket.isVisible()
    assert not dialog.send.isEnabled()
    assert "asks for the number of a ticket" in dialog.verdict.label.text()
    ticket.clear()
    qtbot.keyClicks(ticket, "4711")
    judged(dialog)
    assert dialog.name.text.startswith("chg4711_2")
    assert dialog.send.isEnabled()


@pytest.mark.parametrize(
    ("name", "fixed"),
    [(" nightly ", "nightly"), (".night.ly.", "night-ly"), ("--a b--", "a-b"), ("a" * 63 + ". b", "a" * 63)],
)
def test_a_fixed_name_has_no_hyphens_at_its_ends(counter: Counter, opened: Open, name: str, fixed: str) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    dialog.name.edit.setText(name)
    dialog.name.fix.click()
    assert dialog.name.text == fixed


def test_another_text_leaves_the_rows_of_resources_as_they_stand(opened: Open) -> None:
    held = holder()
    disks = (Disk(VolumeId(uid(1)), "disk", 40, bootable=True), Disk(VolumeId(uid(2)), "disk", 40, device="/dev/vdb"))
    protectable = Protectable(held.resources[1].id, ResourceType.SERVER, "ecs", 140, "ACTIVE", disks=disks)
    dialog = opened(Counter([held], [protectable]), held.id)
    tree = dialog.resources.tree
    tree.setExpanded(TickLine(tree, 1).index, True)
    tree.setCurrentIndex(TickLine(tree, 1, 1).index)
    dialog.json.text.setPlainText(dialog.json.text.plain_text.replace("{", "{ ", 1))
    judged(dialog)
    assert [tree.isExpanded(TickLine(tree, row).index) for row in range(3)] == [False, True, False]
    assert tree.currentIndex() == TickLine(tree, 1, 1).index
    names = [TickLine(tree, 1, number).text(0) for number in range(2)]
    assert names == [f"disk · …{uid(1)[-6:]}", f"disk · /dev/vdb · …{uid(2)[-6:]}"]


def test_a_text_that_names_no_vault_has_no_mark_of_one(counter: Counter, opened: Open) -> None:
    dialog = opened(counter, VaultId(uid(1)))

    def has_mark() -> bool:
        option = QStyleOptionComboBox()
        dialog.vault.box.initStyleOption(option)
        return not option.currentIcon.isNull()

    assert has_mark()
    dialog.vault.box.setEditText("vault-onne")
    assert not has_mark()


def test_the_form_says_on_top_what_of_a_selection_it_is_not_of(counter: Counter, qtbot: QtBot) -> None:
    said = "4 vaults are selected; a checkpoint is of one vault: this form is for ‘vault-one’."
    dialog = CheckpointDialog(counter.context, VaultId(uid(1)), words=said)
    qtbot.addWidget(dialog)
    dialog.open()
    assert child(dialog, QLabel, "checkpointOrigin").text() == said
    plain_one = CheckpointDialog(counter.context, VaultId(uid(1)))
    qtbot.addWidget(plain_one)
    plain_one.open()
    assert not plain_one.origin.isVisible()


def test_a_stray_key_changes_nothing_in_a_draft_that_was_opened(counter: Counter, qtbot: QtBot) -> None:
    text = new_text(CheckpointDraft(VaultId(uid(1)), "nightly"))
    dialog = CheckpointDialog(counter.context, source=Source(text))
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.open()
    for key in (Qt.Key.Key_X, Qt.Key.Key_Delete, Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(QApplication.focusWidget(), key)
    judged(dialog)
    assert (dialog.draft_document.text, dialog.isVisible(), counter.sent) == (text, True, [])


def test_fault_81_a_name_that_another_has_is_said_and_made_unique_only_by_a_person(
    counter: Counter, opened: Open
) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    own = child(dialog, QAbstractButton, "checkpointNameOwnPart")
    counter.context.outbox.submit(CheckpointDraft(VaultId(uid(1)), name="nightly"))
    dialog.name.edit.setText("nightly")
    judged(dialog)
    assert "‘nightly’ is in use already in this vault" in words(dialog)
    assert "Unique by its random part" not in words(dialog)
    assert dialog.name.text == "nightly"
    own.click()
    judged(dialog)
    assert dialog.name.text.startswith("nightly-")
    assert not own.isVisible()
    assert json.loads(body(dialog))["checkpoint"]["parameters"]["name"] == dialog.name.text


def test_nothing_is_trimmed_or_cut_and_a_fix_is_one_click(counter: Counter, opened: Open) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    dialog.name.edit.setText(" a.b" + "x" * 70)
    assert dialog.name.counter.text() == "74/64"
    assert "␠a.b" in words(dialog)
    assert json.loads(body(dialog))["checkpoint"]["parameters"]["name"] == " a.b" + "x" * 70
    assert dialog.name.fix.text().replace("&", "") == "Fix: replace 1 character, drop 1 space, cut 9"
    dialog.name.fix.click()
    assert dialog.name.text == ("a-b" + "x" * 70)[:64]
    dialog.description.set_text("a <b>")
    child(dialog, QPushButton, "checkpointDescriptionFix").click()
    assert dialog.description.text == "a ‹b›"


def test_code_points_are_counted_not_utf16_units(counter: Counter, opened: Open) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    dialog.description.set_text("😀" * 3)
    assert dialog.description.counter.text() == "3/255"


def test_a_disk_that_would_not_keeps_the_form(counter: Counter, opened: Open) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    counter.records.full = True
    dialog._try()
    assert counter.sent == []
    assert "Not sent. ‘/data/outbox.sqlite3’ could not be written" in words(dialog)
    counter.records.full = False
    dialog._try()
    assert len(counter.sent) == 1


def test_a_refused_request_goes_back_to_the_form_with_all_it_held(counter: Counter, opened: Open) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    dialog.name.edit.setText("mine")
    dialog.description.set_text("why")
    dialog.types.choose(incremental=False)
    dialog._try()
    (sent,) = counter.sent
    refusal = Refusal(400, "BackupService.6113", "vault is frozen", "req-1")
    counter.ledger.put_intent(sent.moved(IntentState.REJECTED, NOW, refusal=refusal))
    shown = words(dialog)
    assert "6113: The vault's present state allows no backup." in shown
    assert "renew it if it is frozen" in shown
    child(dialog, QPushButton, "editAgain").click()
    assert dialog.send.isVisible()
    draft = dialog.draft()
    assert (draft.name, draft.description, draft.incremental) == ("mine", "why", False)


def test_a_request_is_saved_as_a_file_of_the_same_bytes(counter: Counter, opened: Open) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    dialog.save.click()
    asked = dialog.findChild(QFileDialog)
    assert asked is not None
    assert asked.selectedFiles()[0].endswith(".cbr.json")
    asked.fileSelected.emit("/x/one.cbr.json")
    asked.close()
    assert counter.saved == [("/x/one.cbr.json", body(dialog) + "\n")]
    assert "Saved to /x/one.cbr.json." in words(dialog)


def test_other_forms_can_be_copied(counter: Counter, opened: Open) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    preview = dialog.inspector.preview
    preview._tabs.setCurrentIndex(2)
    child(dialog, QPushButton, "checkpointPreviewCopy").click()
    assert QGuiApplication.clipboard().text().startswith("curl ")


def test_beta_fields_are_there_only_where_they_are_known(counter: Counter, opened: Open) -> None:
    assert not opened(counter).advanced.keep.isVisible()
    known = profile()
    wide = Profile(known.name, known.iam_endpoint, known.cbr_endpoint, "p", "u", "d", beta_fields=True)
    dialog = opened(Counter([holder()], of=wide), VaultId(uid(1)))
    dialog.advanced._fold.setChecked(True)
    assert dialog.advanced.keep.isVisible()
    dialog.advanced.keep.setCurrentIndex(2)
    dialog.advanced.days.setValue(7)
    assert json.loads(body(dialog))["checkpoint"]["parameters"]["retention_duration_days"] == 7
    dialog.advanced.auto_trigger.setChecked(True)
    judged(dialog)
    assert "‘Keep for’ does not go with the automatic trigger" in words(dialog)


def test_the_form_takes_a_draft_and_gives_it_back(counter: Counter, opened: Open) -> None:
    dialog = opened(counter)
    chosen = counter.ledger.vaults[VaultId(uid(1))].resources[1]
    draft = CheckpointDraft(VaultId(uid(1)), "n", "d", False, True)
    dialog.show_text(edited(dialog.draft_document.text, draft))
    assert dialog.draft() == draft
    dialog.resources.choose_ids([chosen.id])
    assert [choice.id for choice in dialog.draft().resources or ()] == [chosen.id]


def test_vaults_that_arrive_later_keep_what_was_chosen(counter: Counter, opened: Open, qtbot: QtBot) -> None:
    dialog = opened(counter, VaultId(uid(2)))
    TickLine(dialog.resources.tree, 0).tick(is_on=False)
    later = [*counter.ledger.vaults.values(), holder(4, "a-vault", 1)]
    with qtbot.waitSignal(counter.signals.changed):
        counter.ledger.put_vaults(Listing(later, NOW))
    assert dialog.vault.vault_id == uid(2)
    assert [choice.name for choice in dialog.resources.choices() or ()] == ["ecs-2001"]


def test_names_of_others_are_shown_literally(opened: Open) -> None:
    held = holder(name=NASTY)
    held.resources[0].name = NASTY
    dialog = opened(Counter([held]), held.id)
    assert "\u202e" not in dialog.vault.box.currentText()
    assert "\u202e" not in TickLine(dialog.resources.tree, 0).text(0)
    assert dialog.vault.vault_id == held.id


def test_a_vault_is_found_by_any_part_of_its_line(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(Counter([holder(1, "vault-one"), holder(2, "vault-two"), holder(3, "another-two")]))
    box, popup = dialog.vault.box, dialog.vault.box.completer().popup()
    qtbot.keyClicks(box.lineEdit(), "TWO")
    found = [popup.model().index(row, 0).data() for row in range(popup.model().rowCount())]
    assert [line.partition(" — ")[0] for line in found] == ["another-two", "vault-two"]
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert (dialog.vault.vault_id, box.currentText()) == (uid(2), found[1])


def test_vaults_that_look_alike_carry_their_ids(opened: Open) -> None:
    dialog = opened(Counter([holder(1, "same", 2), holder(2, "same", 2)]), VaultId(uid(2)))
    assert uid(2) in dialog.vault.box.currentText()
    assert dialog.vault.vault_id == uid(2)


@pytest.mark.usefixtures("qtbot")
def test_the_wheel_changes_no_field(counter: Counter, opened: Open) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    for field in (dialog.vault.box, dialog.advanced.keep, dialog.advanced.days):
        before = dialog.draft()
        here = QPointF(5, 5)
        wheel = QWheelEvent(
            here,
            here,
            QPoint(),
            QPoint(0, -240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, wheel)
        assert dialog.draft() == before


def test_a_request_from_the_outbox_fills_a_new_form(counter: Counter, opened: Open) -> None:
    first = opened(counter, VaultId(uid(1)), [ResourceId(uid(1001))])
    first.name.edit.setText("mine")
    first._try()
    again = opened(counter)
    again.show_request(counter.sent[0].body)
    assert body(again).encode() == counter.sent[0].body


def test_several_are_open_at_once_and_none_is_modal(counter: Counter, opened: Open) -> None:
    first, second = opened(counter), opened(counter)
    assert first.isVisible()
    assert second.isVisible()
    assert not first.isModal()
    assert first.minimumWidth() == min(960, available(first).width())
    assert first.minimumHeight() == 640


def test_the_size_is_remembered(counter: Counter, opened: Open) -> None:
    dialog = CheckpointDialog(counter.context)
    dialog.open()
    dialog.resize(1000, 700)
    dialog.reject()
    again = opened(counter)
    assert counter.context.settings.get("checkpoint.size", None) == [1000, 700]
    assert again.size() == QSize(1000, 700).boundedTo(available(again))


def test_every_field_has_its_name(counter: Counter, opened: Open) -> None:
    dialog = opened(counter)
    names = {
        "checkpointVault": "Vault",
        "checkpointName": "Name",
        "checkpointDescription": "Description",
        "checkpointIncremental": "Incremental",
        "checkpointFull": "Full",
        "checkpointResources": "Resources",
        "checkpointAutoTrigger": "Automatic trigger",
        "checkpointPreview": "Preview",
        "checkpointSendAnyway": "Send anyway",
    }
    assert {name: child(dialog, QWidget, name).accessibleName() for name in names} == names
    assert (dialog.accessibleName(), dialog.windowTitle()) == ("Create checkpoint", "Create checkpoint")
    buttons = {
        name: child(dialog, QPushButton, name).text().replace("&", "") for name in ("checkpointSend", "checkpointClose")
    }
    assert buttons == {"checkpointSend": "Send", "checkpointClose": "Close"}
    assert all(not label.accessibleName() for label in dialog.findChildren(QLabel))


def test_every_letter_leads_to_one_field(opened: Open) -> None:
    wide = Profile("p", "https://iam", "https://cbr", "p", "u", "d", beta_fields=True)
    dialog = opened(Counter([holder()], of=wide), VaultId(uid(1)))
    dialog.name.set_text("a b")
    dialog.description.set_text("<")
    texts = [label.text() for label in dialog.findChildren(QLabel) if label.buddy() is not None]
    texts += [button.text() for button in dialog.findChildren(QAbstractButton)]
    letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert len(letters) > 15
    assert sorted(letters) == sorted(set(letters))


def test_one_key_goes_round_the_areas(counter: Counter, opened: Open, qtbot: QtBot) -> None:
    dialog = opened(counter, VaultId(uid(1)))
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    dialog.name.edit.setFocus()
    for area in (dialog.inspector.tabBar(), dialog.save, dialog.vault.box):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
        assert area.hasFocus()
