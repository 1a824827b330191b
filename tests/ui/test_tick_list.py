"""The list of things to be ticked: of thousands the first come at once, and what is done to all waits for all."""

from pytestqt.qtbot import QtBot

from cbr_desktop.ui.kit.tick_list import Tickable, TickList


def listed(qtbot: QtBot, count: int) -> TickList:
    made = TickList(
        "things", "Things", (Tickable(f"key-{number}", f"thing {number}") for number in range(count)), count
    )
    qtbot.addWidget(made)
    return made


def test_the_first_of_thousands_are_there_at_once_and_the_others_come(qtbot: QtBot) -> None:
    made = listed(qtbot, 1_000)
    assert 0 < made.list.count() < 1_000
    qtbot.waitUntil(lambda: made.list.count() == 1_000)


def test_what_is_done_to_all_is_done_to_those_that_have_not_come_yet(qtbot: QtBot) -> None:
    made = listed(qtbot, 1_000)
    made.all.click()
    assert len(made.ticked) == 1_000
    made = listed(qtbot, 1_000)
    made.filter.setText("thing 99")
    made.all.click()
    assert len(made.ticked) == 11
    made = listed(qtbot, 1_000)
    made.keep({"key-5", "key-999"})
    assert made.list.count() == 2
