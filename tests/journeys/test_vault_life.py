"""The life of a vault, from its creation to its end, as an operator goes through it in the windows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.app.window import save_text
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.vault import Vault
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.policies.form import PolicyFields
from cbr_desktop.ui.session.ledger_signals import LedgerSignals
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.vaults.create import NewVaultForm
from cbr_desktop.ui.vaults.edit import VaultEditForm
from cbr_desktop.ui.vaults.tags import TagsForm
from cbr_desktop.workflows.ledger import Part
from tests.services import give
from tests.stage import Stage, staged
from tests.widgets import TickLine, child


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path, days=5) as stage:
        yield stage


class Operator:
    """Opens windows of the Vaults page, fills them in and presses their button."""

    def __init__(self, stage: Stage, folder: Path, host: QWidget) -> None:
        session, signals = stage.session, LedgerSignals()
        session.ledger.subscribe(signals.notice)
        settings = JsonSettings(folder / "screens.json")
        self.context = ProfileContext(session.profile, session.ledger, signals, stage.clock, settings, save_text)
        give(self.context, session.outbox, session.refresh)
        for guard in (self.context.guard, session.guard):
            guard.arm(60)
        self._workspace = Workspace([], settings, stage.clock, save_text)
        self._host = host
        self._stage = stage

    def vault(self, name: str) -> Vault:
        """Return a vault as the screens have it."""
        return next(each for each in self.context.ledger.vaults.values() if each.name == name)

    async def ask(self, verb: str, row: object = None, page: str = "Vaults") -> ChangeDialog:
        """Open the window of a verb, and wait until it has read what it judges by."""
        dialog = Dialogs().ask(self._workspace, page, verb, [(self.context, row)], self._host)
        assert isinstance(dialog, ChangeDialog)
        dialog.finish()
        while dialog._tasks.is_busy:
            await self._stage.clock.sleep(0.1)
        return dialog

    def press(self, dialog: ChangeDialog) -> Intent:
        """Accept what is warned of, press the button, and return the request."""
        before = set(self.context.ledger.intents)
        anyway = child(dialog, QCheckBox, "changeAnyway")
        anyway.setChecked(True)
        button = child(dialog, QAbstractButton, "changeConfirm")
        assert button.isEnabled(), child(dialog, QLabel, "changeVerdict").text()
        button.click()
        (id,) = set(self.context.ledger.intents) - before
        return self.context.ledger.intents[id]

    async def done(self, intent: Intent) -> Intent:
        """Wait until a request is carried out as a whole, and what it changes has been read."""
        ended = await self._stage.until(intent.id, IntentState.FINISHED)
        assert ended.outcome is not None
        assert ended.outcome.is_whole
        await self._stage.session.refresh.once()
        return ended


def test_a_vault_is_created_filled_tagged_enlarged_and_deleted(stage: Stage, tmp_path: Path, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    operator = Operator(stage, tmp_path, host)

    async def story() -> None:
        await stage.session.refresh.once()
        dialog = await operator.ask("create")
        form = dialog.form
        assert isinstance(form, NewVaultForm)
        form.name.setText("vault-journey")
        server = TickLine(form.resources.tree, 0)
        server.tick()
        form.policy.setCurrentIndex(form.policy.findText("daily-22h"))
        form.size_gb.setValue(500)
        await operator.done(operator.press(dialog))
        made = operator.vault("vault-journey")
        assert [each.name for each in made.resources] == [server.text(0)]

        dialog = await operator.ask("tags", made)
        assert isinstance(dialog.form, TagsForm)
        dialog.form.table.show_pairs([("env", "test")])
        dialog.form.table.changed.emit()
        await operator.done(operator.press(dialog))
        assert operator.vault("vault-journey").tags == {"env": "test"}

        stage.cable.is_plugged = False
        dialog = await operator.ask("edit", operator.vault("vault-journey"))
        assert isinstance(dialog.form, VaultEditForm)
        dialog.form.size_gb.setValue(600)
        asked = operator.press(dialog)
        await stage.clock.sleep(30)
        assert stage.intent(asked.id).state is IntentState.QUEUED, "it is prepared without a connection"
        stage.cable.is_plugged = True
        await operator.done(asked)
        assert operator.vault("vault-journey").size_gb == 600

        dialog = await operator.ask("delete", operator.vault("vault-journey"))
        assert not child(dialog, QAbstractButton, "changeConfirm").isEnabled()
        child(dialog, QLineEdit, "changeTyped").setText("vault-journey")
        await operator.done(operator.press(dialog))
        assert "vault-journey" not in [each.name for each in operator.context.ledger.vaults.values()]

    stage.play(story)


def test_a_deletion_that_takes_the_last_restore_points_is_stopped_by_its_consequences(
    stage: Stage, tmp_path: Path, qtbot: QtBot
) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    operator = Operator(stage, tmp_path, host)

    async def story() -> None:
        await stage.session.refresh.once()
        dialog = await operator.ask("delete", operator.vault("vault-erp-prod"))
        told = dialog.findings.text()
        assert "36 backups in vault ‘vault-erp-prod’" in told
        assert "The last good restore points of 12 resources are among them" in told
        child(dialog, QCheckBox, "changeAnyway").setChecked(True)
        assert not child(dialog, QAbstractButton, "changeConfirm").isEnabled(), "its name is to be typed as well"
        refused = await operator.ask("delete", operator.vault("vault-7669"))
        assert "An image was made of" in child(refused, QLabel, "changeVerdict").text()

    stage.play(story)
    assert [each for each in stage.service.journal if each.method == "DELETE"] == []


def test_everything_can_be_prepared_without_a_connection_but_what_has_to_be_counted_afresh(
    stage: Stage, tmp_path: Path, qtbot: QtBot
) -> None:
    """What was asked for meanwhile waits, in words and on the disk, and goes once there is a connection."""
    host = QWidget()
    qtbot.addWidget(host)
    operator = Operator(stage, tmp_path, host)

    async def prepared() -> list[Intent]:
        ledger, found = operator.context.ledger, list[Intent]()
        new = await operator.ask("create")
        assert isinstance(new.form, NewVaultForm)
        new.form.name.setText("vault-prepared")
        new.form.size_gb.setValue(500)
        tags = await operator.ask("tags", operator.vault("vault-web-prod"))
        assert isinstance(tags.form, TagsForm)
        tags.form.table.show_pairs([("env", "test")])
        tags.form.table.changed.emit()
        row = next(each for each in ledger.resource_rows() if each.resource.name == "ecs-web-01")
        suspend = await operator.ask("suspend", row, "Resources")
        backup = next(each for each in ledger.backups.values() if each.resource_name == "ecs-web-01")
        rename = await operator.ask("rename", backup, "Backups")
        child(rename, QLineEdit, "newName").setText("kept-for-audit")
        policy = await operator.ask("create", None, "Policies")
        assert isinstance(policy.form, PolicyFields)
        policy.form.name.setText("nightly-new")
        for dialog in (new, tags, suspend, rename, policy):
            child(dialog, QCheckBox, "changeAnyway").setChecked(True)
            assert "There is no connection now" in child(dialog, QLabel, "changeVerdict").text()
            found.append(operator.press(dialog))
        gone = await operator.ask("delete", operator.vault("vault-web-prod"))
        child(gone, QLineEdit, "changeTyped").setText("vault-web-prod")
        assert not child(gone, QAbstractButton, "changeConfirm").isEnabled()
        assert "could not be counted afresh" in child(gone, QLabel, "changeVerdict").text()
        return found

    async def story() -> None:
        await stage.session.refresh.once()
        stage.cable.is_plugged = False
        await stage.session.refresh.once(frozenset({Part.VAULTS}))
        asked = len(stage.service.journal)
        intents = await prepared()
        await stage.clock.sleep(60)
        assert len(stage.service.journal) == asked
        assert {stage.intent(each.id).state for each in intents} == {IntentState.QUEUED}
        stage.cable.is_plugged = True
        for each in intents:
            await operator.done(each)
        assert operator.vault("vault-prepared").size_gb == 500
        assert operator.vault("vault-web-prod").tags["env"] == "test"

    stage.play(story)
