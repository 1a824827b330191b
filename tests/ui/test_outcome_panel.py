"""The outcome ledger: half a success is told as half, and only what was skipped is sent again."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.change import checkpoint_result
from cbr_desktop.domain.checkpoint import AcceptedResource, Checkpoint, CheckpointDraft, SkippedResource
from cbr_desktop.domain.ids import CheckpointId
from cbr_desktop.domain.intent import Candidate, Intent, IntentState, Refusal
from cbr_desktop.domain.task import TaskStatus
from cbr_desktop.domain.vault import Vault
from cbr_desktop.ui.operations.outcome import OutcomePanel
from cbr_desktop.ui.operations.outcome_dialog import OutcomeDialog
from tests.ui.counter import Counter
from tests.ui.estate import NASTY, NOW, resource, task, uid, vault
from tests.widgets import words

CHECKPOINT = CheckpointId(uid(9000))
Show = Callable[[Intent], OutcomePanel]


def holder() -> Vault:
    made = vault(1, "vault-one", 100, 1000)
    made.resources = [resource(100 + n, made, n) for n in range(7)]
    return made


@pytest.fixture
def counter() -> Counter:
    return Counter([holder()])


@pytest.fixture
def show(counter: Counter, qtbot: QtBot) -> Show:
    held: list[OutcomeDialog] = []

    def make(intent: Intent) -> OutcomePanel:
        counter.ledger.put_intent(intent)
        dialog = OutcomeDialog(counter.context, intent.id)
        held.append(dialog)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog.panel

    return make


def queued(counter: Counter, name: str = "nightly") -> Intent:
    held = next(iter(counter.ledger.vaults.values()))
    return counter.outbox.submit(CheckpointDraft(held.id, name=name))


def accepted(counter: Counter, skipped: int, status: str = "protecting") -> Intent:
    """A request whose last ``skipped`` resources of seven the service left out."""
    rows = next(iter(counter.ledger.vaults.values())).resources
    cut = len(rows) - skipped
    checkpoint = Checkpoint(
        CHECKPOINT,
        status,
        NOW,
        accepted=tuple(AcceptedResource(r.id, r.type, r.name, r.size_gb) for r in rows[:cut]),
        skipped=tuple(
            SkippedResource(r.id, r.type, r.name, f"BackupService.{7001 + n}", f"reason {n}")
            for n, r in enumerate(rows[cut:])
        ),
    )
    return queued(counter).moved(
        IntentState.ACCEPTED, NOW, sent_at=NOW, result=checkpoint_result(checkpoint), request_id="req-1"
    )


def button(panel: OutcomePanel, name: str) -> QPushButton:
    found = panel.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def cells(panel: OutcomePanel, row: int) -> list[str]:
    items = [panel._table.item(row, column) for column in range(6)]
    return [item.text() if item is not None else "" for item in items]


def test_five_of_seven_says_which_two_why_and_what_to_do(counter: Counter, show: Show) -> None:
    panel = show(accepted(counter, 2))
    assert "5 of 7 resources are being backed up, 2 skipped." in words(panel)
    assert "Backing up (protecting)" in words(panel)
    assert f"Checkpoint id {CHECKPOINT}" in words(panel)
    assert "Request id req-1" in words(panel)
    assert cells(panel, 5)[1:5] == ["Skipped", "", "7001", "reason 0"]
    assert cells(panel, 5)[5] == "Leave the disk out, or move its data to an ordinary disk."
    assert cells(panel, 6)[5] == "Leave the disk out, or move its data to a disk of type VBD."


def test_progress_of_every_resource_follows_its_task(counter: Counter, show: Show, qtbot: QtBot) -> None:
    panel = show(accepted(counter, 2))
    held = next(iter(counter.ledger.vaults.values()))
    row = replace(task(1, held, held.resources[0], TaskStatus.RUNNING), progress_percent=62, checkpoint_id=CHECKPOINT)
    with qtbot.waitSignal(counter.signals.changed):
        counter.ledger.merge_tasks([row])
    assert cells(panel, 0)[1:3] == ["Backing up", "62 %"]


def test_retry_skipped_says_what_it_sends_and_sends_those_alone(counter: Counter, show: Show) -> None:
    panel = show(accepted(counter, 2))
    first = panel.intent_id
    rows = next(iter(counter.ledger.vaults.values())).resources
    names = ", ".join(f"‘{row.name}’" for row in rows[5:])
    assert f"Sends a new checkpoint for 2 resources: {names}." in words(panel)
    button(panel, "retrySkipped").click()
    again = counter.sent[-1]
    assert len(counter.sent) == 2
    assert json.loads(again.body)["checkpoint"]["parameters"]["resources"] == [row.id for row in rows[5:]]
    assert again.retry_of == first
    assert panel.intent_id == again.id
    button(panel, "outcomeBack").click()
    assert panel.intent_id == first
    assert not button(panel, "retrySkipped").isVisible()
    counter.outbox.cancel(again.id)
    assert button(panel, "retrySkipped").isVisible()


def test_all_skipped_is_no_backup(counter: Counter, show: Show) -> None:
    panel = show(accepted(counter, 7))
    assert "Nothing is backed up: all 7 resources were skipped." in words(panel)
    assert "Nothing backed up (protecting)" in words(panel)
    assert not panel._progress.isVisible()


def test_unknown_says_how_long_and_where_and_offers_no_second_sending(counter: Counter, show: Show) -> None:
    lost = queued(counter).moved(IntentState.UNKNOWN, NOW - timedelta(minutes=4), reason="NoAnswer")
    panel = show(lost)
    text = words(panel)
    for part in ("Outcome unknown", "lost 4 min ago", "tasks and backups", "‘vault-one’", "not sent again"):
        assert part in text
    assert not button(panel, "editAgain").isVisible()
    assert not button(panel, "retrySkipped").isVisible()
    counter.clock.at += timedelta(minutes=1)
    panel.refresh()
    assert "lost 5 min ago" in words(panel)


def test_every_state_has_words_of_its_own(counter: Counter, show: Show) -> None:
    refusal = Refusal(400, "BackupService.6114", "full")
    said = set()
    for state in IntentState:
        panel = show(queued(counter).moved(state, NOW, refusal=refusal))
        said.add(panel._sentence.text())
    assert len(said) == len(IntentState) - 1  # accepted and finished are told apart by their resources


def test_a_queued_request_can_be_taken_back(counter: Counter, show: Show) -> None:
    panel = show(queued(counter))
    button(panel, "takeBack").click()
    assert counter.sent[0].state is IntentState.CANCELLED
    assert "Taken back before it was sent" in words(panel)


def test_taking_back_too_late_is_told(counter: Counter, show: Show) -> None:
    intent = queued(counter)
    panel = show(intent)
    counter.ledger.intents[intent.id] = intent.moved(IntentState.SENDING, NOW)
    button(panel, "takeBack").click()
    assert "Too late" in words(panel)


def test_report_request_and_ids_can_be_copied(counter: Counter, show: Show) -> None:
    panel = show(accepted(counter, 2))
    button(panel, "copyReport").click()
    report = QGuiApplication.clipboard().text()
    assert "Skipped. 7001: Disks in dedicated storage cannot be backed up." in report
    button(panel, "copyRequest").click()
    assert QGuiApplication.clipboard().text().encode() == counter.sent[0].body
    panel._head._made._copy()
    assert QGuiApplication.clipboard().text() == CHECKPOINT


def test_a_disk_that_would_not_is_told_at_the_retry(counter: Counter, show: Show) -> None:
    panel = show(accepted(counter, 2))
    counter.records.full = True
    button(panel, "retrySkipped").click()
    assert "Not sent. ‘/data/outbox.sqlite3’ could not be written" in words(panel)
    assert len(counter.sent) == 1


def test_words_of_the_service_are_shown_literally(counter: Counter, show: Show) -> None:
    intent = accepted(counter, 1)
    assert intent.checkpoint is not None
    spoiled = replace(intent.checkpoint.skipped[0], name=NASTY, reason=NASTY, code="<i>X</i>")
    panel = show(replace(intent, result=checkpoint_result(replace(intent.checkpoint, skipped=(spoiled,)))))
    assert cells(panel, 6)[3] == "<i>X</i>"
    assert "\u202e" not in "".join(cells(panel, 6))


def test_an_intent_that_is_gone_is_told(counter: Counter, show: Show) -> None:
    intent = queued(counter)
    panel = show(intent)
    del counter.ledger.intents[intent.id]
    panel.refresh()
    assert "no longer kept" in words(panel)


def test_of_what_may_be_another_s_a_person_says_whose_it_is(counter: Counter, show: Show) -> None:
    made = replace(queued(counter), state=IntentState.UNKNOWN, sent_at=NOW, reason="NoAnswer")
    one, two = (Candidate(CheckpointId(uid(9100 + n)), "nightly", NOW + timedelta(seconds=n)) for n in range(2))
    panel = show(replace(made, candidates=(one, two)))
    said = words(panel)
    assert "only you can tell" in said
    assert one.id in said
    assert panel.mine.isVisible()
    assert panel.not_mine.isVisible()
    assert [panel.candidates.itemData(row) for row in range(2)] == [one.id, two.id]
    panel.candidates.setCurrentIndex(1)
    panel.mine.click()
    adopted = counter.ledger.intents[made.id]
    assert adopted.state is IntentState.ACCEPTED
    assert adopted.checkpoint is not None
    assert adopted.checkpoint.id == two.id
    assert not panel.mine.isVisible()
    assert not panel.candidates.isVisible()
    assert "you said that this checkpoint is the one" in words(panel)


@pytest.mark.parametrize("note", ["ambiguous", "no-clock"])
def test_what_is_nobody_s_can_be_sent_again(counter: Counter, show: Show, note: str) -> None:
    made = replace(queued(counter), state=IntentState.UNKNOWN, sent_at=NOW, reason=note)
    found = (Candidate(CheckpointId(uid(9100)), "nightly", NOW),) if note == "ambiguous" else ()
    panel = show(replace(made, candidates=found))
    assert panel.mine.isVisible() == bool(found)
    panel.not_mine.click()
    assert counter.ledger.intents[made.id].state is IntentState.NOT_FOUND
    assert "You said" in words(panel)
    assert panel.look_on.isVisible()


def test_what_is_held_is_released_from_its_outcome(counter: Counter, show: Show) -> None:
    held = next(iter(counter.ledger.vaults.values()))
    intent = counter.outbox.submit(CheckpointDraft(held.id, name="nightly"), held=True)
    panel = show(intent)
    assert panel.release.isVisible()
    panel.release.click()
    assert counter.ledger.intents[intent.id].state is IntentState.QUEUED
    assert not panel.release.isVisible()


def test_a_held_request_of_a_profile_that_is_not_armed_stays_held_and_says_why(counter: Counter, show: Show) -> None:
    held = next(iter(counter.ledger.vaults.values()))
    panel = show(counter.outbox.submit(CheckpointDraft(held.id, name="nightly"), held=True))
    counter.records.full = True
    panel.release.click()
    assert "Not released." in words(panel)
    assert counter.ledger.intents[panel.intent_id].state is IntentState.HELD


def test_the_outcome_says_what_is_at_stake(counter: Counter, show: Show) -> None:
    panel = show(queued(counter))
    assert [chip.text() for chip in panel.findChildren(QLabel, "environment")] == ["PRODUCTION"]


def test_the_end_and_each_quarter_of_the_way_are_read_aloud(counter: Counter, show: Show) -> None:
    intent = accepted(counter, 0)
    panel = show(intent)
    heard: list[str] = []
    panel.announcer.announced.connect(heard.append)
    held = next(iter(counter.ledger.vaults.values()))

    def tell(percent: int, status: TaskStatus) -> None:
        counter.ledger.merge_tasks(
            [
                replace(task(n + 1, held, row, status), progress_percent=percent, checkpoint_id=CHECKPOINT)
                for n, row in enumerate(held.resources)
            ]
        )
        panel.refresh()

    for percent in (5, 20, 30, 40, 60):
        tell(percent, TaskStatus.RUNNING)
    assert [words.rpartition(" ")[0].rpartition(" ")[2] for words in heard] == ["30", "60"]
    counter.ledger.put_intent(replace(intent, state=IntentState.FINISHED))
    tell(100, TaskStatus.SUCCESS)
    tell(100, TaskStatus.SUCCESS)
    assert heard[2:] == [panel._sentence.text()]


def test_a_queued_request_says_which_other_one_keeps_it_waiting(counter: Counter, show: Show) -> None:
    first = queued(counter, "lost")
    later = queued(counter, "nightly")
    panel = show(later)
    assert "has nothing else to do" in words(panel)
    lost = first.moved(IntentState.UNKNOWN, NOW, sent_at=NOW)
    counter.ledger.put_intent(lost)
    panel.refresh()
    told = words(panel)
    assert "may be running there: its answer was lost" in told and "‘lost’" in told
    assert "looked for by reading" in told
    counter.ledger.put_intent(replace(lost, candidates=(Candidate(CheckpointId(uid(7)), "lost", NOW),)))
    panel.refresh()
    assert "Only a person can tell: open that one in the outbox" in words(panel)
    counter.ledger.put_intent(first.moved(IntentState.ACCEPTED, NOW, sent_at=NOW))
    panel.refresh()
    assert "is being carried out there" in words(panel)
    assert "It is sent by itself after that." in words(panel)


def test_ids_stand_below_each_other_where_there_is_no_room_for_both(counter: Counter, show: Show) -> None:
    panel = show(replace(accepted(counter, skipped=0), request_id="0" * 64))
    made, request = (panel.findChild(QLabel, name) for name in ("outcomeCheckpointId", "outcomeRequestId"))
    assert made is not None and request is not None
    window = panel.window()
    for width, is_beside in ((1300, True), (640, False)):
        window.resize(width, 500)
        QApplication.processEvents()
        places = [label.mapTo(panel, label.rect().topLeft()) for label in (made, request)]
        assert (places[0].y() == places[1].y()) is is_beside
        assert made.width() >= made.sizeHint().width()
