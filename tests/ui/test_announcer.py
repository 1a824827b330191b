"""What a screen reader reads aloud by itself: verdicts, notices and progress."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cbr_desktop.text.marks import BUSY, GOOD
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.kit.announcer import AnnouncedLine, Announcer
from cbr_desktop.ui.kit.notice_bar import NoticeBar
from tests.ui import estate
from tests.ui.counter import Counter


@pytest.fixture
def label(qtbot: QtBot) -> QLabel:
    made = QLabel("words")
    qtbot.addWidget(made)
    made.show()
    return made


def listening(announcer: Announcer) -> list[str]:
    heard: list[str] = []
    announcer.announced.connect(heard.append)
    return heard


def test_the_same_words_are_read_once_and_those_of_a_hidden_widget_never(label: QLabel) -> None:
    announcer = Announcer(label)
    heard = listening(announcer)
    for words in ("ready", "ready", "", "blocked", "ready"):
        announcer.say(words)
    assert heard == ["ready", "blocked", "ready"]
    label.hide()
    announcer.say("unseen")
    assert heard[3:] == []
    label.show()
    announcer.forget()
    announcer.say("ready")
    assert heard[3:] == ["ready"]


def test_only_words_that_stand_are_read(label: QLabel) -> None:
    announcer = Announcer(label, 10_000)
    heard = listening(announcer)
    for words in ("n", "ni", "nig"):
        announcer.say(words)
    assert heard == []
    announcer._resting.timeout.emit()
    assert heard == ["nig"]


def test_a_verdict_is_read_with_what_keeps_the_request(qtbot: QtBot) -> None:
    counter = Counter(estate.vaults())
    dialog = CheckpointDialog(counter.context, next(iter(counter.ledger.vaults)))
    qtbot.addWidget(dialog)
    dialog.show()
    heard = listening(dialog.bar.announcer)
    dialog.fields.name.edit.setText("not a name")
    dialog._judge()
    dialog.bar.announcer._resting.timeout.emit()
    assert heard == [dialog.bar.hindrance]
    assert heard[0]
    dialog.bar.refuse_for("Not sent. The disk is full.")
    dialog.bar.announcer._resting.timeout.emit()
    assert heard[1:] == ["Not sent. The disk is full."]


def test_every_notice_is_read_also_the_same_one_again(qtbot: QtBot, label: QLabel) -> None:
    bar = NoticeBar(label)
    heard = listening(bar.announcer)
    bar.say("The list was read.")
    bar.say("The list was read.")
    assert heard == ["The list was read."] * 2
    qtbot.addWidget(bar)


def test_a_line_is_read_when_it_has_said_something_else_for_a_moment(qtbot: QtBot) -> None:
    line = AnnouncedLine("planVerdict")
    qtbot.addWidget(line)
    line.say(GOOD, "Ready.")
    heard = listening(line.announcer)
    for words in ("1 of 3 is done.", "2 of 3 are done."):
        line.say(BUSY, words)
    assert (line.label.text(), heard) == ("2 of 3 are done.", [])
    line.announcer._resting.timeout.emit()
    assert heard == ["2 of 3 are done."]
    line.say(None, "")
    line.announcer._resting.timeout.emit()
    assert len(heard) == 1
