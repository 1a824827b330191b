"""What stands around the pages: menus, history, settings, tour, notices and numbers in the navigation."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.app.situations import situations
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.simulator import estate as demo_estate
from cbr_desktop.simulator.service import Service
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.elided_label import Line
from cbr_desktop.ui.kit.fonts import show_percent, stored_percent
from cbr_desktop.ui.kit.notice_bar import WARNING, NoticeBar
from cbr_desktop.ui.kit.tables.density import COMFORTABLE, stored_density
from cbr_desktop.ui.kit.theme import Theme
from cbr_desktop.ui.shell.fact_grid import FactGrid
from cbr_desktop.ui.shell.navigation import NAMES
from cbr_desktop.ui.shell.pages import History, VisitedRow
from cbr_desktop.ui.shell.window import MainWindow
from tests.ui import estate

Open = Callable[..., MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot) -> Open:
    def made(**wished: object) -> MainWindow:
        window = MainWindow(estate.workspace(**wished))  # type: ignore[arg-type]
        qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
        window.resize(1280, 800)
        window.show()
        window.build_deferred_widgets()
        return window

    return made


def menus(window: MainWindow) -> dict[str, QMenu]:
    found = {menu.objectName().removesuffix("Menu"): menu for menu in window.menuBar().findChildren(QMenu)}
    for menu in found.values():
        menu.aboutToShow.emit()
    return found


def commands(window: MainWindow) -> Iterator[tuple[str, str, QAction]]:
    """Yield words and key of every line of the menus."""
    for menu in menus(window).values():
        for action in menu.actions():
            if not action.isSeparator():
                words, _, key = action.text().partition("\t")
                yield words, key, action


def press(window: MainWindow, key: str) -> None:
    next(each for each in window.findChildren(QShortcut) if each.key().toString() == key).activated.emit()


# menus


def test_every_key_of_a_menu_is_listened_for_and_no_letter_stands_for_two_lines(open_window: Open) -> None:
    window = open_window(is_demo=True)
    keys = {shortcut.key().toString() for shortcut in window.findChildren(QShortcut)}
    told = {key for _, key, _ in commands(window) if key}
    assert told - {"Ctrl+Shift+N"} <= keys  # that one is the drafts' own
    for menu in (window.menuBar(), *menus(window).values()):
        letters = [
            words[words.index("&") + 1].lower()
            for action in menu.actions()
            if "&" in (words := action.text().replace("&&", ""))
        ]
        assert len(letters) == len(set(letters)), menu.objectName()


def test_the_menus_do_what_they_say(open_window: Open) -> None:
    window = open_window()
    acts = {words.replace("&", ""): action for words, _, action in commands(window)}
    acts["Tasks"].trigger()
    assert window.current_page().name == "Tasks"
    acts["Dark"].trigger()
    assert window.appearance.theme is Theme.DARK
    acts["As the desktop"].trigger()
    acts["Times in UTC"].trigger()
    assert window.appearance.is_utc
    assert "demo" not in menus(window)
    assert next(action for words, _, action in commands(window) if words == "Times in &UTC").isChecked()


def test_the_menu_bar_can_be_hidden_and_stays_so(open_window: Open) -> None:
    settings = estate.Notebook()
    window = open_window(settings=settings)
    assert window.menuBar().isVisible()
    press(window, "Ctrl+M")
    assert not window.menuBar().isVisible()
    assert "Ctrl+M" in window.notices.notices[0].label.text()
    again = open_window(settings=settings)
    assert not again.menuBar().isVisible()
    press(again, "Ctrl+M")
    assert again.menuBar().isVisible()


# back and forward


def test_the_history_goes_back_and_forward_and_forgets_what_was_ahead() -> None:
    history = History()
    for page in ("Vaults", "Vaults", "Tasks", "Outbox"):
        history.visit(VisitedRow(page))
    history.stand("7")
    assert history.back() == VisitedRow("Tasks")
    assert history.back() == VisitedRow("Vaults")
    assert history.back() is None
    assert history.forward() == VisitedRow("Tasks")
    assert history.forward() == VisitedRow("Outbox", "7")
    assert history.forward() is None
    history.back()
    history.visit(VisitedRow("Plans"))
    assert not history.can_go_forward
    assert history.back() == VisitedRow("Tasks")


def test_somebody_comes_back_to_the_row_that_was_left(open_window: Open) -> None:
    window = open_window()
    window.show_page("Vaults").view.select_id(estate.uid(3))
    window.show_page("Tasks")
    press(window, "Alt+Left")
    row = window.current_page().view.current_row()
    assert window.current_page().name == "Vaults"
    assert row is not None and row.id == estate.uid(3)
    press(window, "Alt+Right")
    assert window.current_page().name == "Tasks"


def test_a_relation_leads_to_its_row_and_the_way_back_leads_here(open_window: Open) -> None:
    window = open_window()
    window.show_details(True)
    window.show_page("Vaults").view.select_id(estate.uid(3))
    details = window.deferred_widgets.details
    details.tabs.setCurrentIndex(1)
    lines = details._relations
    found = next(lines.item(row) for row in range(lines.count()) if "Resources" in lines.item(row).data(0x0100))
    _, id = found.data(0x0100)
    lines.itemActivated.emit(found)
    row = window.current_page().view.current_row()
    assert window.current_page().name == "Resources"
    assert row is not None and row.resource.id == id
    press(window, "Alt+Left")
    assert window.current_page().name == "Vaults"
    row = window.current_page().view.current_row()
    assert row is not None and row.id == estate.uid(3)
    press(window, "Alt+Right")
    assert window.current_page().name == "Resources"
    window.show_related("Backups", "nobody-knows-it")
    assert "not among the backups" in window.notices.notices[0].label.text()


def test_rows_of_one_page_that_tell_of_each_other_are_visits_of_their_own(open_window: Open) -> None:
    window = open_window()
    view = window.show_page("Vaults").view
    view.select_id(estate.uid(3))
    window.show_related("Vaults", estate.uid(4))
    press(window, "Alt+Left")
    row = view.current_row()
    assert row is not None and row.id == estate.uid(3)
    press(window, "Alt+Right")
    row = view.current_row()
    assert row is not None and row.id == estate.uid(4)


# settings


def test_what_is_chosen_in_the_settings_counts_at_once_and_at_the_next_start(
    open_window: Open, qapp: QApplication
) -> None:
    settings = estate.Notebook()
    window = open_window(settings=settings)
    before = qapp.font().pointSizeF()
    dialog = window.small_windows.open_settings()
    assert window.small_windows.open_settings() is dialog
    dialog.letters.setCurrentIndex(3)
    dialog.letters.activated.emit(3)
    assert qapp.font().pointSizeF() == pytest.approx(before * 1.25)
    assert stored_percent(settings) == 125
    dialog.letters.activated.emit(1)
    assert qapp.font().pointSizeF() == pytest.approx(before)
    dialog.theme.activated.emit(2)
    assert window.appearance.theme is Theme.DARK
    dialog.theme.activated.emit(0)
    dialog.menu_bar.setChecked(False)
    assert window.menuBar().isHidden()
    dialog.utc.setChecked(True)
    assert window.appearance.is_utc


def test_rows_stand_closer_at_once_and_at_the_next_start(open_window: Open) -> None:
    settings = estate.Notebook()
    window = open_window(settings=settings)
    tasks = window.page("Tasks").view.verticalHeader()
    wide = tasks.defaultSectionSize()
    dialog = window.small_windows.open_settings()
    dialog.density.activated.emit(1)
    assert tasks.defaultSectionSize() < wide
    assert window.current_page().view.verticalHeader().defaultSectionSize() == tasks.defaultSectionSize()
    again = open_window(settings=settings)
    assert again.current_page().view.verticalHeader().defaultSectionSize() == tasks.defaultSectionSize()
    compact = next(action for words, _, action in commands(again) if words == "Com&pact rows")
    assert compact.isChecked()
    compact.trigger()
    assert again.current_page().view.verticalHeader().defaultSectionSize() == wide
    assert stored_density(settings) == COMFORTABLE


def test_rows_grow_with_their_letters(open_window: Open, qapp: QApplication) -> None:
    settings = estate.Notebook()
    window = open_window(settings=settings)
    rows = window.current_page().view.verticalHeader()
    before = rows.defaultSectionSize()
    title = window.current_page().head.titles.title
    large = title.font().pointSizeF()
    show_percent(qapp, settings, 150)
    assert rows.defaultSectionSize() > before
    assert title.font().pointSizeF() == pytest.approx(large * 1.5)
    show_percent(qapp, settings, 100)
    assert title.font().pointSizeF() == pytest.approx(large)
    assert rows.defaultSectionSize() == before


def test_the_folders_of_this_program_are_told_and_shown(open_window: Open, tmp_path: Path) -> None:
    window = open_window()
    window._workspace.folders = {"config": "/etc/x", "data": str(tmp_path), "logs": "/var/x"}
    dialog = window.small_windows.open_settings()
    shown = {line.objectName(): line.text() for line in dialog.findChildren(Line)}
    assert shown["settingsFolderData"] == str(tmp_path)
    assert shown["settingsFolderLogs"] == "/var/x"


@pytest.mark.parametrize("stored", [None, "wide", 7, [1]])
def test_a_damaged_density_is_the_usual_one(stored: object) -> None:
    assert stored_density(estate.Notebook({"window/density": stored})) == COMFORTABLE


@pytest.mark.parametrize("stored", [None, "large", 7, 100.5, [1]])
def test_a_damaged_size_of_letters_is_the_usual_one(stored: object) -> None:
    assert stored_percent(estate.Notebook({"window/font-percent": stored})) == 100


# the tour


def test_the_tour_goes_through_five_steps_and_can_be_left_at_each(open_window: Open) -> None:
    window = open_window(is_demo=True)
    tour = window.begin_tour()
    seen = [tour.title.text()]
    for _ in range(4):
        tour.next.click()
        seen.append(tour.title.text())
    assert len(set(seen)) == 5
    assert tour.count.text() == "5 of 5"
    ended: list[bool] = []
    tour.ended.connect(lambda: ended.append(True))
    tour.next.click()
    assert ended == [True]
    again = window.begin_tour()
    assert again is not tour
    again.leave.click()
    assert again.isHidden()


# notices


def test_good_news_goes_by_itself_and_what_asks_for_something_stays(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    bar: NoticeBar = window.notices
    bar.say("Times are told in UTC now.")
    bar.say("The disk is full.", WARNING)
    bar.say("Done.", action="Open", act=lambda: None)
    fading = {notice.label.text(): notice.fading.isActive() for notice in bar.notices}
    assert fading == {"Times are told in UTC now.": True, "The disk is full.": False, "Done.": False}
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    next(notice for notice in bar.notices if notice.fading.isActive()).fading.timeout.emit()
    assert [notice.label.text() for notice in bar.notices] == ["Done.", "The disk is full."]
    assert window.drawer.notices.text() == "Notices: 3"


def test_notices_lie_over_the_corner_and_move_nothing(open_window: Open) -> None:
    window = open_window()
    before = window.current_page().view.geometry()
    window.notices.say("Times are told in UTC now.")
    assert window.current_page().view.geometry() == before
    assert window.rect().contains(window.notices.geometry())


def test_a_notice_that_went_can_be_read_again(open_window: Open) -> None:
    window = open_window()
    window.notices.say("first")
    window.notices.say("second")
    told: list[list[str]] = []
    window.drawer.lines_requested.connect(lambda _title, lines: told.append(lines))
    window.drawer.notices.click()
    assert [line.split("  ")[1] for line in told[0]] == ["second", "first"]


# the navigation


def test_the_navigation_counts_what_needs_somebody(open_window: Open) -> None:
    window = open_window()
    item = window.navigation.item(NAMES.index("Outbox"))
    assert "need" in item.toolTip()
    before = item.data(0x0100)
    workspace = window._workspace
    ledger = estate.ledger(workspace)
    ledger.put_intent(ledger.intents[IntentId("intent-5")].moved(IntentState.FINISHED, estate.NOW))
    window.drawer.take()
    assert item.data(0x0100) == before - 1
    window.navigation.tell_count("Outbox", 0, "", Tone.WARN)
    assert item.text() == "Outbox"
    assert "Outbox (Ctrl+8)" in item.toolTip()


# situations of the demo


def test_each_situation_of_the_demo_lays_its_faults_and_all_as_usual_takes_them_away() -> None:
    clock = estate.HandClock()
    service = Service(demo_estate.demo(clock.now(), days=1), clock)
    service.modes.schedules = False
    found = situations(service)
    assert len({situation.key for situation in found}) == len(found) == 10
    for situation in found:
        situation.begin()
        laid = service.faults.take("POST", "/v3/1/checkpoints") + service.faults.take("GET", "/v3/1/vaults")
        assert bool(laid) is (situation.key != "usual"), situation.key
    found[0].begin()
    assert not service.faults.take("POST", "/v3/1/checkpoints")


def test_tasks_that_run_and_those_that_failed_come_first(open_window: Open) -> None:
    page = open_window().show_page("Tasks")
    shown = [page.model.row_at(place) for place in range(page.model.rowCount())]
    states = [str(task.status) for task in shown]
    assert list(dict.fromkeys(states)) == ["running", "waiting", "pondering", "failed", "skipped", "success"]
    for state in ("running", "success"):
        began = [task.started_at for task in shown if task.status == state]
        assert len(began) > 1
        assert began == sorted(began, reverse=True)


def test_an_id_without_room_beside_its_name_stands_below_it_in_one_line(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    grid = FactGrid(host)
    id = "12345678-1234-4123-8123-123456789012"
    grid.tell([("Number of the request", id), ("Made", "2026-03-01 12:00")])
    name, value, _made, day = grid.findChildren(QLabel)
    host.show()
    for width, is_below in ((300, True), (600, False), (300, True)):
        grid.resize(width, 200)
        QApplication.processEvents()
        assert value.width() >= value.fontMetrics().horizontalAdvance(id)
        assert (value.y() > name.y(), value.x() == 0) == (is_below, is_below)
        assert day.x() > 0


def test_no_part_of_what_stands_below_a_name_is_cut(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    grid = FactGrid(host)
    half = "0123456789abcdef" * 2
    grid.tell([("Hash before", f"{half}\n{half}")])
    name, value = grid.findChildren(QLabel)
    host.show()
    grid.resize(280, 200)
    QApplication.processEvents()
    assert value.y() > name.y()
    assert value.width() >= value.fontMetrics().horizontalAdvance(half)
