"""Requests that are no checkpoints: wherever they are shown, in words that are true of them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from cbr_desktop.domain.backup import GONE, BackupDeletion, BackupRename
from cbr_desktop.domain.change import Result
from cbr_desktop.domain.ids import BackupId, CheckpointId, ProjectId, VaultId
from cbr_desktop.domain.intent import Candidate, Intent, IntentState, Looked, Refusal
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import PolicyDraft
from cbr_desktop.domain.replication import BackupReplication, Destination, VaultReplication
from cbr_desktop.domain.sharing import BackupShare, ShareAnswer, ShareWithdrawal
from cbr_desktop.text.intents import intent_sentence, outcome_text, request_stand_words
from cbr_desktop.text.requests import finished_words, requests, subject_words
from cbr_desktop.text.words import Times
from cbr_desktop.ui.operations.outcome_dialog import OutcomeDialog
from cbr_desktop.ui.outbox.resend import ResendDialog
from cbr_desktop.ui.shell.facts import sheet
from cbr_desktop.ui.vaults.page import VaultIndex
from cbr_desktop.workflows.outcomes import outcome_of
from tests.ui.counter import Counter
from tests.ui.estate import NOW, backup, resource, uid, vault
from tests.widgets import child, words

S = IntentState
BACKUP = BackupId(uid(1))
OTHER = ProjectId("a" * 32)
ASKED: dict[str, Any] = {
    "delete": BackupDeletion(BACKUP),
    "rename": BackupRename(BACKUP, "kept"),
    "policy": PolicyDraft("nightly", ("FREQ=DAILY;INTERVAL=1;BYHOUR=01;BYMINUTE=00",), retention_days=30),
    "share": BackupShare(BACKUP, (OTHER,)),
    "end-share": ShareWithdrawal(BACKUP, OTHER),
    "answer": ShareAnswer(BACKUP, OTHER, "rejected"),
    "replicate-vault": VaultReplication(VaultId(uid(1)), Destination("eu-nl", OTHER, VaultId(uid(60)))),
    "replicate": BackupReplication(BACKUP, Destination("eu-nl", OTHER, VaultId(uid(60)))),
}
ALIEN = re.compile(r"checkpoint|backed up|backing up|resource|skipped", re.IGNORECASE)
"""What is said of checkpoints alone."""


@pytest.fixture
def counter() -> Counter:
    holder = vault(1, "vault-one", 100, 1000)
    holder.resources = [resource(100, holder, 0)]
    made = Counter([holder])
    kept = replace(backup(1, holder, holder.resources[0], NOW - timedelta(hours=9)), name="before-patch")
    made.ledger.put_backups(Listing([kept], NOW))
    return made


def every_state(counter: Counter, wanted: Any) -> Iterator[Intent]:
    """Yield a request in each state that it can be in, with what that state brings along."""
    asked = counter.outbox.submit(wanted)
    made = Result(asked.subject.id or uid(77), "deleting")
    looked = (Looked("backup", NOW, 3, NOW, NOW),)
    yield asked
    for note in ("unreachable", "old-data", "throttled", "login", "repeated"):
        yield replace(asked, reason=note)
    for note in ("person", "stale", "contradicted", "late", "left", "elsewhere"):
        yield asked.moved(S.HELD, NOW, reason=note)
    yield asked.moved(S.SENDING, NOW, sent_at=NOW)
    yield asked.moved(S.ACCEPTED, NOW, sent_at=NOW, result=made)
    yield asked.moved(S.UNKNOWN, NOW, sent_at=NOW, reason="NoAnswer", looked=looked)
    candidate = Candidate(CheckpointId(uid(78)), "nightly", NOW)
    yield asked.moved(S.UNKNOWN, NOW, sent_at=NOW, reason="ambiguous", candidates=(candidate,))
    yield asked.moved(S.REJECTED, NOW, refusal=Refusal(409, "BackupService.6203", "in use", "req"))
    yield asked.moved(S.NOT_FOUND, NOW, looked=looked)
    yield asked.moved(S.CANCELLED, NOW)
    for status in (GONE, "available"):
        ended = asked.moved(S.FINISHED, NOW, sent_at=NOW, result=Result(made.id, status))
        yield replace(ended, outcome=outcome_of(counter.ledger, ended))


@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.usefixtures("qapp")
def test_no_state_of_it_is_told_in_the_words_of_a_checkpoint(counter: Counter, kind: str) -> None:
    times, lore = Times(counter.clock, utc=True), VaultIndex(counter.ledger)
    for intent in every_state(counter, ASKED[kind]):
        counter.ledger.put_intent(intent)
        outcome = outcome_of(counter.ledger, intent)
        (row,) = requests(counter.ledger, NOW, ())
        told = sheet(intent, counter.ledger, lore, times)
        dialog = OutcomeDialog(counter.context, intent.id)
        dialog.open()
        said = [
            intent_sentence(intent, outcome, NOW),
            outcome_text(intent, outcome, NOW),
            request_stand_words(intent, outcome),
            finished_words(intent, outcome),
            *(row.name, row.words, row.sentence),
            *(
                told.name,
                told.state,
                told.explanation,
                *(relation.words for relation in told.relations),
                *(f"{fact}: {value}" for fact, value in told.facts),
            ),
            words(dialog),
            dialog.windowTitle(),
            *(button.text() for button in dialog.findChildren(QPushButton) if button.isVisible()),
        ]
        for each in said:
            assert not ALIEN.search(each.replace("BackupService", "")), (intent.state, intent.reason, each)
        assert row.progress_percent is None
        assert not child(dialog, QPushButton, "retrySkipped").isVisible()
        delete(dialog)  # it would follow the next state as well


@pytest.mark.parametrize(
    ("kind", "name", "to"),
    [
        ("delete", "Delete backup · before-patch", "before-patch (backup)"),
        ("rename", "Rename to kept · before-patch", "before-patch (backup)"),
        ("policy", "Create policy · nightly", "nightly (policy)"),
    ],
)
def test_its_row_says_what_it_does_to_what(counter: Counter, kind: str, name: str, to: str) -> None:
    intent = counter.outbox.submit(ASKED[kind])
    (row,) = requests(counter.ledger, NOW, ())
    assert (row.name, subject_words(intent)) == (name, to)


def test_the_outcome_of_a_deletion_names_the_backup_and_what_became_of_it(counter: Counter, qtbot: QtBot) -> None:
    asked = counter.outbox.submit(ASKED["delete"])
    counter.ledger.put_intent(asked.moved(S.ACCEPTED, NOW, sent_at=NOW, result=Result(BACKUP, "deleting")))
    dialog = OutcomeDialog(counter.context, asked.id)
    qtbot.addWidget(dialog)
    dialog.open()
    table = dialog.panel._table
    assert dialog.windowTitle() == "Outcome: Delete backup"
    assert f"Delete backup · backup before-patch ({BACKUP}) at cbr.example.com · sent at" in words(dialog)
    assert f"Backup id {BACKUP}" in words(dialog)
    head = table.horizontalHeaderItem(0)
    assert head is not None and head.text() == "Backup"
    cells = [table.item(0, column) for column in (0, 1)]
    assert [cell.text() for cell in cells if cell is not None] == ["before-patch", "Being deleted"]
    gone = asked.moved(S.FINISHED, NOW, sent_at=NOW, result=Result(BACKUP, GONE))
    counter.ledger.put_intent(gone)
    cells = [table.item(0, column) for column in (0, 1)]
    assert [cell.text() for cell in cells if cell is not None] == ["before-patch", "Deleted"]


def test_a_request_without_a_body_is_shown_and_copied_by_its_path(counter: Counter, qtbot: QtBot) -> None:
    asked = counter.outbox.submit(ASKED["delete"])
    dialog = OutcomeDialog(counter.context, asked.id)
    qtbot.addWidget(dialog)
    dialog.open()
    assert child(dialog, QPlainTextEdit, "outcomeRequest").toPlainText() == f"DELETE backups/{BACKUP}"
    child(dialog, QPushButton, "copyRequest").click()
    assert QGuiApplication.clipboard().text() == f"DELETE backups/{BACKUP}"


@pytest.mark.parametrize("kind", ASKED)
def test_who_sends_it_again_is_told_what_comes_of_a_second_one(counter: Counter, kind: str, qtbot: QtBot) -> None:
    asked = counter.outbox.submit(ASKED[kind])
    lost = asked.moved(S.NOT_FOUND, NOW, sent_at=NOW, looked=(Looked("backup", NOW, 3, NOW, NOW),))
    dialog = ResendDialog(lost, "project x", NOW)
    qtbot.addWidget(dialog)
    dialog.open()
    assert not ALIEN.search(words(dialog)), words(dialog)
    assert "the first one came late" in child(dialog, QLabel, "againWarning").text()
