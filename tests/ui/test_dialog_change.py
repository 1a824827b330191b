"""The shell of every change: nothing goes before it was seen by fresh data, and what goes is what is shown."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.backup import Backup, BackupDeletion, BackupRename, BackupStatus
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.error import Unreachable
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.domain.vault import Vault
from cbr_desktop.ui.backups.forms import RenameForm, deletion_form
from cbr_desktop.ui.kit.lines import READY, SEVERITY_MARKS
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.operations.form import ChangeForm
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.workflows.ledger import Ledger, Part
from tests.services import give
from tests.ui.counter import Counter
from tests.ui.estate import NASTY, NOW, backup, profile, resource, vault
from tests.widgets import child, words

TEST = replace(profile(), environment=Environment.TEST)
Open = Callable[[ChangeForm], ChangeDialog]


def holder() -> Vault:
    made = vault(1, "vault-one", 100, 1000)
    made.resources = [resource(100 + n, made, n) for n in range(2)]
    return made


VAULT = holder()


def made(number: int, name: str, hours: int, **more: Any) -> Backup:
    """A backup of the first resource, so many hours old."""
    return replace(backup(number, VAULT, VAULT.resources[0], NOW - timedelta(hours=hours)), name=name, **more)


OLD, NEW = made(1, "before-patch", 30), made(2, "after-patch", 3)


@dataclass
class Reading:
    """Stands for the service: what each list holds when it is read, or why it cannot be."""

    ledger: Ledger
    clock: Any
    backups: list[Backup]
    error: Unreachable | None = None
    read: list[frozenset[Part]] = field(default_factory=list)

    async def once(self, parts: frozenset[Part]) -> None:
        """Put the lists into the ledger as of now."""
        self.read.append(frozenset(parts))
        self.now()

    def now(self) -> None:
        """Do what a round of reading does."""
        if self.error is not None:
            for part in (Part.VAULTS, Part.BACKUPS):
                self.ledger.failed(part, self.error)
            return
        self.ledger.put_vaults(Listing([VAULT], self.clock.now()))
        self.ledger.put_backups(Listing(list(self.backups), self.clock.now()))


class Listed(Counter):
    """A counter whose lists can be read."""

    def __init__(self, of: Profile, *, is_read: bool = True) -> None:
        super().__init__([VAULT], of=of)
        self.reading = Reading(self.ledger, self.clock, [OLD, NEW])
        if is_read:
            self.reading.now()
        give(self.context, self.outbox, self.reading)


@pytest.fixture
def counter() -> Listed:
    return Listed(TEST)


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Callable[..., ChangeDialog]]:
    def make(counter: Listed, form: ChangeForm) -> ChangeDialog:
        dialog = ChangeDialog(counter.context, form)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    yield make


def verdict(dialog: ChangeDialog) -> str:
    return str(child(dialog, QLabel, "changeVerdict").text())


def confirm(dialog: ChangeDialog) -> QPushButton:
    found: QPushButton = child(dialog, QPushButton, "changeConfirm")
    return found


def losses(dialog: ChangeDialog) -> str:
    return str(child(dialog, QLabel, "changeLoss").text())


def test_a_deletion_says_what_is_lost_and_what_stays(counter: Listed, opened: Callable[..., ChangeDialog]) -> None:
    dialog = opened(counter, deletion_form(NEW.id))
    assert dialog.windowTitle() == "Delete backup"
    assert losses(dialog).startswith(f"Backup ‘after-patch’ ({NEW.id}) of ‘one-01’, made ")
    assert "(3 h ago), is lost for good. It is the newest good backup of ‘one-01’." in losses(dialog)
    assert losses(dialog).endswith("1 good backup of ‘one-01’ stays.")
    counter.ledger.put_backups(Listing([NEW], NOW))
    dialog._judge()
    assert losses(dialog).endswith("No good backup of ‘one-01’ is left then.")


def test_the_request_is_shown_as_it_goes(counter: Listed, opened: Callable[..., ChangeDialog]) -> None:
    dialog = opened(counter, RenameForm(OLD.id, OLD.name))
    child(dialog, QLineEdit, "newName").setText("kept")
    shown = child(dialog, QPlainTextEdit, "changePreview").toPlainText()
    confirm(dialog).click()
    (intent,) = counter.sent
    assert shown.startswith(f"PUT /v3/{{project_id}}/{intent.change.path}\nHost: cbr.example.com\n\n")
    assert shown.partition("\n\n")[2].encode() == intent.body
    assert json.loads(intent.body) == {"backup": {"name": "kept"}}
    deletion = opened(counter, deletion_form(OLD.id))
    assert child(deletion, QPlainTextEdit, "changePreview").toPlainText() == (
        f"DELETE /v3/{{project_id}}/backups/{OLD.id}\nHost: cbr.example.com\n\n(no body)"
    )


def test_the_safe_button_is_first_and_has_the_focus(counter: Listed, opened: Callable[..., ChangeDialog]) -> None:
    dialog = opened(counter, deletion_form(OLD.id))
    cancel = child(dialog, QPushButton, "changeCancel")
    assert cancel.isDefault()
    assert dialog.focusWidget() is cancel
    assert confirm(dialog).text() == "Delete backup"
    assert not confirm(dialog).isDefault() and not confirm(dialog).autoDefault()
    assert cancel.x() < confirm(dialog).x()


def test_enter_in_a_field_neither_sends_nor_throws_away(
    counter: Listed, opened: Callable[..., ChangeDialog], qtbot: QtBot
) -> None:
    dialog = opened(counter, RenameForm(OLD.id, OLD.name))
    name = child(dialog, QLineEdit, "newName")
    name.setText("kept")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert counter.sent == []
    qtbot.keyClick(child(dialog, QPushButton, "changeCancel"), Qt.Key.Key_Return)
    assert counter.sent == []


def test_nothing_is_destroyed_by_what_was_known_before(
    opened: Callable[..., ChangeDialog], run: Any, until: Any
) -> None:
    """Until the lists were read since the window opened, the button is off; when they cannot be read, it stays so."""
    counter = Listed(TEST)
    counter.clock.at = NOW + timedelta(minutes=3)
    counter.reading.error = Unreachable("cbr.example.com", reason="refused")

    async def story() -> None:
        dialog = opened(counter, deletion_form(OLD.id))
        assert verdict(dialog) == "Reading afresh what this is judged by…"
        assert dialog.bar.verdict.mark == SEVERITY_MARKS[Severity.INFO]
        assert not confirm(dialog).isEnabled()
        await until(lambda: not dialog._tasks.is_busy)
        assert verdict(dialog).startswith("Not ready: what is lost could not be counted afresh.")
        assert not confirm(dialog).isEnabled()
        counter.reading.error = None
        child(dialog, QPushButton, "changeRead").click()
        assert not confirm(dialog).isEnabled()
        await until(lambda: not dialog._tasks.is_busy)
        assert confirm(dialog).isEnabled(), verdict(dialog)
        assert child(dialog, QLabel, "changeAsOf").text().startswith("Judged by what was read at ")

    run(story())
    assert counter.reading.read == [frozenset({Part.VAULTS, Part.BACKUPS})] * 2


def test_a_renaming_can_be_queued_by_what_was_known_before(opened: Callable[..., ChangeDialog]) -> None:
    """It destroys nothing, and the outbox judges it again; that the data are old is said."""
    counter = Listed(TEST)
    counter.clock.at = NOW + timedelta(minutes=3)
    dialog = opened(counter, RenameForm(OLD.id, "kept"))
    assert confirm(dialog).isEnabled()
    assert "judged by what was known before" in verdict(dialog)


def test_data_that_grow_old_while_the_window_stands_open_are_not_fresh(
    counter: Listed, opened: Callable[..., ChangeDialog]
) -> None:
    dialog = opened(counter, deletion_form(OLD.id))
    assert confirm(dialog).isEnabled()
    counter.clock.at = NOW + timedelta(seconds=119)
    dialog._look()
    assert confirm(dialog).isEnabled()
    counter.clock.at = NOW + timedelta(seconds=121)
    confirm(dialog).click()
    assert counter.sent == []
    assert "could not be counted afresh" in verdict(dialog)


def test_what_is_destroyed_is_counted_anew_by_itself_while_the_window_stands_open(
    counter: Listed, opened: Callable[..., ChangeDialog], run: Any, until: Any
) -> None:
    async def story() -> None:
        dialog = opened(counter, deletion_form(OLD.id))
        await until(lambda: not dialog._tasks.is_busy)
        counter.clock.at = NOW + timedelta(minutes=3)
        dialog._look()
        assert not confirm(dialog).isEnabled()
        await until(lambda: not dialog._tasks.is_busy)
        assert confirm(dialog).isEnabled()

    run(story())
    assert len(counter.reading.read) == 2


def test_production_wants_the_name_typed(opened: Callable[..., ChangeDialog]) -> None:
    counter = Listed(profile())
    dialog = opened(counter, deletion_form(OLD.id))
    typed = child(dialog, QLineEdit, "changeTyped")
    assert typed.isVisible()
    assert not confirm(dialog).isEnabled()
    for wrong in ("before-patc", "Before-patch", "before-patch ", OLD.id):
        typed.setText(wrong)
        assert not confirm(dialog).isEnabled(), wrong
    typed.setText("before-patch")
    assert confirm(dialog).isEnabled()
    rename = opened(counter, RenameForm(OLD.id, "kept"))
    assert not child(rename, QLineEdit, "changeTyped").isVisible()
    assert confirm(rename).isEnabled()


@pytest.mark.parametrize("name", ["", " padded", "two\nlines", NASTY, "zero\u200bwidth"])
def test_a_name_that_nobody_can_read_off_is_typed_as_the_id(opened: Callable[..., ChangeDialog], name: str) -> None:
    counter = Listed(profile())
    counter.reading.backups = [made(1, name, 30)]
    counter.reading.now()
    dialog = opened(counter, deletion_form(OLD.id))
    typed = child(dialog, QLineEdit, "changeTyped")
    typed.setText(OLD.id)
    assert confirm(dialog).isEnabled(), verdict(dialog)


def test_another_loss_than_the_one_that_was_confirmed_wants_the_name_again(opened: Callable[..., ChangeDialog]) -> None:
    counter = Listed(profile())
    dialog = opened(counter, deletion_form(OLD.id))
    typed = child(dialog, QLineEdit, "changeTyped")
    typed.setText("before-patch")
    counter.ledger.put_backups(Listing([OLD], NOW))
    confirm(dialog).click()
    assert counter.sent == []
    assert typed.text() == ""
    assert "No good backup" in losses(dialog)


def test_what_speaks_against_it_is_said_and_blocks(counter: Listed, opened: Callable[..., ChangeDialog]) -> None:
    counter.reading.backups = [made(1, "before-patch", 30, status=BackupStatus.RESTORING), NEW]
    counter.reading.now()
    dialog = opened(counter, deletion_form(OLD.id))
    assert "Backup ‘before-patch’ is in state Being restored" in words(dialog)
    assert not confirm(dialog).isEnabled()
    assert verdict(dialog).startswith("Not ready: Backup ‘before-patch’")


def test_a_warning_is_accepted_before_it_goes(counter: Listed, opened: Callable[..., ChangeDialog]) -> None:
    counter.reading.backups = [OLD, made(3, "coming", 0, status=BackupStatus.PROTECTING)]
    counter.reading.now()
    dialog = opened(counter, deletion_form(OLD.id))
    assert not confirm(dialog).isEnabled()
    child(dialog, QAbstractButton, "changeAnyway").click()
    assert "without a good backup" in verdict(dialog)
    child(dialog, QLineEdit, "changeTyped").setText(OLD.name)
    assert confirm(dialog).isEnabled()


def test_a_read_only_profile_is_armed_first(opened: Callable[..., ChangeDialog]) -> None:
    counter = Listed(replace(TEST, read_only=True))
    dialog = opened(counter, deletion_form(OLD.id))
    assert not confirm(dialog).isEnabled()
    assert "is read-only: arm it first" in child(dialog, QLabel, "changeArming").text()
    assert "is read-only: arm it first" in confirm(dialog).accessibleDescription()
    child(dialog, QPushButton, "changeArm").click()
    assert confirm(dialog).isEnabled()


def test_a_profile_that_is_not_armed_hides_nothing_of_the_verdict(opened: Callable[..., ChangeDialog]) -> None:
    """What was judged and what the profile lets through are two lines, and no green mark stands by a dead button."""
    counter = Listed(replace(TEST, read_only=True))
    counter.reading.backups = [made(1, "before-patch", 30, status=BackupStatus.RESTORING), NEW]
    counter.reading.now()
    dialog = opened(counter, deletion_form(OLD.id))
    assert verdict(dialog).startswith("Not ready: Backup ‘before-patch’")
    counter.reading.backups = [OLD, NEW]
    counter.reading.now()
    dialog._judge()
    assert verdict(dialog) == "Ready."
    assert not confirm(dialog).isEnabled()
    assert dialog.bar.verdict.mark is not READY
    child(dialog, QPushButton, "changeArm").click()
    assert (confirm(dialog).isEnabled(), dialog.bar.verdict.mark) == (True, READY)
    assert child(dialog, QLabel, "changeArming").text().startswith("Armed until ")


def test_arming_is_shown_at_once_wherever_it_was_done_and_its_end_as_well(
    opened: Callable[..., ChangeDialog],
) -> None:
    counter = Listed(replace(TEST, read_only=True))
    dialog = opened(counter, RenameForm(OLD.id, "kept"))
    counter.context.guard.arm(5)
    counter.signals.notice(Part.INTENTS)
    assert confirm(dialog).isEnabled()
    counter.clock.at = NOW + timedelta(minutes=5)
    dialog.bar.arming.look()
    assert not confirm(dialog).isEnabled()
    assert "is read-only: arm it first" in child(dialog, QLabel, "changeArming").text()


def test_after_sending_the_window_tells_what_becomes_of_it(
    counter: Listed, opened: Callable[..., ChangeDialog]
) -> None:
    dialog = opened(counter, deletion_form(OLD.id))
    told: list[str] = []
    dialog.submitted.connect(told.append)
    confirm(dialog).click()
    confirm(dialog).click()
    (intent,) = counter.sent
    assert (intent.change.kind, intent.state, told) == (Kind.DELETE_BACKUP, IntentState.QUEUED, [intent.id])
    assert dialog._stack.outcome is not None and dialog._stack.outcome.isVisible()


def test_a_disk_that_takes_nothing_is_said_and_nothing_goes(
    counter: Listed, opened: Callable[..., ChangeDialog]
) -> None:
    counter.records.full = True
    dialog = opened(counter, deletion_form(OLD.id))
    confirm(dialog).click()
    assert verdict(dialog).startswith("Not sent.")
    assert counter.ledger.intents == {}


def test_a_name_of_others_is_shown_as_it_is(counter: Listed, opened: Callable[..., ChangeDialog]) -> None:
    counter.reading.backups = [made(1, NASTY, 30)]
    counter.reading.now()
    dialog = opened(counter, deletion_form(OLD.id))
    for each in dialog.findChildren(QLabel):
        assert each.textFormat() is Qt.TextFormat.PlainText
        assert "\u202e" not in each.text()


def held(counter: Listed, **more: Any) -> Any:
    """A deletion that waits for a person."""
    asked = counter.outbox.submit(BackupDeletion(OLD.id))
    row = replace(asked, state=IntentState.HELD, reason="stale", **more)
    counter.records.rows[row.id] = row
    counter.ledger.put_intent(row)
    return row


def test_a_held_deletion_is_released_after_another_look_at_what_is_lost(qtbot: QtBot) -> None:
    counter, host = Listed(profile()), QWidget()
    qtbot.addWidget(host)
    row = held(counter)
    dialog = Dialogs().confirm_again(counter.context, row.id, host)
    assert "before-patch" in losses(dialog)
    assert not confirm(dialog).isEnabled()
    child(dialog, QLineEdit, "changeTyped").setText("before-patch")
    confirm(dialog).click()
    assert [(each.id, each.state) for each in counter.ledger.intents.values()] == [(row.id, IntentState.QUEUED)]


def test_a_deletion_that_was_taken_back_meanwhile_is_not_released(qtbot: QtBot, counter: Listed) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    row = held(counter)
    dialog = Dialogs().confirm_again(counter.context, row.id, host)
    counter.outbox.cancel(row.id)
    confirm(dialog).click()
    assert verdict(dialog).startswith("Not sent: meanwhile")
    assert counter.ledger.intents[row.id].state is IntentState.CANCELLED


def test_a_deletion_without_a_trace_is_sent_again_after_another_look(qtbot: QtBot, counter: Listed) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    row = held(counter)
    lost = replace(row, state=IntentState.NOT_FOUND)
    counter.ledger.put_intent(lost)
    dialog = Dialogs().confirm_again(counter.context, row.id, host)
    confirm(dialog).click()
    first, second = counter.ledger.intents.values()
    assert (first.state, second.state, second.retry_of) == (IntentState.NOT_FOUND, IntentState.QUEUED, row.id)


def test_the_form_of_an_earlier_request_is_the_one_of_its_kind(qtbot: QtBot, counter: Listed) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    row = held(counter)
    again = Dialogs().edit_again(counter.context, row.id, host)
    assert isinstance(again, ChangeDialog) and again.form.kind is Kind.DELETE_BACKUP
    renamed = counter.outbox.submit(BackupRename(OLD.id, "kept"))
    again = Dialogs().edit_again(counter.context, renamed.id, host)
    assert isinstance(again, ChangeDialog)
    assert again.form.draft() == BackupRename(OLD.id, "kept")
