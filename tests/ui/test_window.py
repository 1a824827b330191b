"""The main window: what is in it, what its keys do, and what it remembers."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QAccessible, QCloseEvent, QPalette, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTabBar,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cbr_desktop.app.late_imports import import_main_loop
from cbr_desktop.domain.change import checkpoint_result
from cbr_desktop.domain.checkpoint import Checkpoint
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.theme import Theme, tone_colour
from cbr_desktop.ui.outbox.page import OutboxPage
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.shell.navigation import NAMES
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Part
from tests.ui import estate

QT_OWN = ("qt_", "ScrollLeftButton", "ScrollRightButton")


class Opener(Dialogs):
    """Writes down which dialogs were asked for."""

    def __init__(self) -> None:
        self.dialogs: list[tuple[VaultId | None, tuple[ResourceId, ...]]] = []
        self.outcomes: list[IntentId] = []

    def create_checkpoint(
        self,
        _context: ProfileContext,
        vault_id: VaultId | None,
        ids: Sequence[ResourceId],
        parent: QWidget,
        words: str = "",  # noqa: ARG002
    ) -> QWidget:
        self.dialogs.append((vault_id, tuple(ids)))
        return QWidget(parent)

    def show_outcome(self, _context: ProfileContext, id: IntentId, parent: QWidget) -> QWidget:
        self.outcomes.append(id)
        return QWidget(parent)


class Told:
    """Stands for the desktop's notifications."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def tell(self, _title: str, text: str) -> None:
        self.told.append(text)


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def open_window(qtbot: QtBot, opener: Opener, told: Told) -> Callable[..., MainWindow]:
    def made(workspace: Workspace | None = None) -> MainWindow:
        window = MainWindow(workspace or estate.workspace(), opener, told)
        qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
        window.show()
        window.build_deferred_widgets()
        return window

    return made


def press(window: MainWindow, key: str) -> None:
    shortcut = next(s for s in window.findChildren(QShortcut) if s.key().toString() == key)
    shortcut.activated.emit()


def everything(window: MainWindow) -> None:
    """Open all that is part of a window."""
    window.show_details(True)
    for name in (*NAMES[1:], NAMES[0]):
        window.show_page(name)
        window.current_page().view.setCurrentIndex(window.current_page().model.index(0, 0))
    for leaf in range(4):
        window.deferred_widgets.details.tabs.setCurrentIndex(leaf)
    if not window.drawer.is_open:
        window.drawer.toggle()
    window.notices.say("<b>something</b>", action="Open", act=lambda: None)
    window.small_windows.open_help().finish()
    window.small_windows.open_problems()


def widgets(window: MainWindow) -> list[QWidget]:
    return [widget for widget in window.findChildren(QWidget) if not widget.objectName().startswith(QT_OWN)]


@pytest.fixture(scope="module")
def whole(qapp: QApplication) -> Iterator[MainWindow]:  # noqa: ARG001  a window wants an application
    """A window in which everything was opened once, for tests that only look."""
    window = MainWindow(estate.workspace(), Opener(), Told())
    window.show()
    window.build_deferred_widgets()
    everything(window)
    yield window
    window._may_close = True
    window.close()
    window.deleteLater()


def test_the_window_has_its_name(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    assert window.accessibleName() == "CBR Desktop"
    assert window.windowTitle() == "Prod · eu-de (PRODUCTION) – CBR Desktop"


def test_every_control_has_a_name_for_people_and_one_for_programs(whole: MainWindow) -> None:
    controls = (QAbstractButton, QAbstractItemView, QLineEdit, QPlainTextEdit, QProgressBar)
    inner = ("qt_", "ScrollLeftButton")
    for widget in widgets(whole):
        if isinstance(widget, controls) and not widget.objectName().startswith(inner):
            if isinstance(widget.parent(), QLineEdit | QTabBar | QTableView):
                continue  # a part that Qt made
            words = f"{type(widget).__name__} {widget.objectName()!r}"
            assert widget.objectName(), words
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface.text(QAccessible.Text.Name) or widget.isHidden(), words


def test_labels_keep_their_text_for_screen_readers_and_show_it_plainly(whole: MainWindow) -> None:
    for widget in widgets(whole):
        if isinstance(widget, QLabel):
            assert widget.objectName()
            assert not widget.accessibleName()
            assert widget.textFormat() is Qt.TextFormat.PlainText, widget.objectName()


def test_tooltips_hold_no_markup_of_others(whole: MainWindow) -> None:
    for widget in whole.findChildren(QWidget):
        assert "<b>" not in widget.toolTip() and "<img" not in widget.toolTip()
    for name in ("Vaults", "Resources", "Backups", "Policies", "Tasks", "Outbox"):
        model = whole.page(name).model
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                hint = model.data(model.index(row, column), Qt.ItemDataRole.ToolTipRole)
                assert "<b>" not in hint and "<img" not in hint and "\u202e" not in hint


def test_no_text_of_others_steers_the_line(whole: MainWindow) -> None:
    for widget in widgets(whole):
        if isinstance(widget, QLabel | QAbstractButton):
            assert not set("\u202e\u200b\n") & set(widget.text())


@pytest.mark.parametrize("name", ["Vaults", "Resources", "Backups", "Policies", "Tasks", "Outbox"])
def test_tables_are_named(whole: MainWindow, name: str) -> None:
    whole.show_page(name)
    table = whole.findChild(QTableView, name.lower())
    assert table is not None
    assert table.accessibleName() == name
    assert table.isVisible()


def test_navigation_items_keep_their_names_when_folded(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    press(window, "Ctrl+B")
    interface = QAccessible.queryAccessibleInterface(window.navigation)
    names = [interface.child(i).text(QAccessible.Text.Name) for i in range(interface.childCount())]
    assert [name.partition(":")[0] for name in names] == list(NAMES)


def test_keys_turn_the_pages(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    for key, name in (("Ctrl+2", "Resources"), ("Ctrl+6", "Tasks"), ("Ctrl+0", "Journal"), ("Ctrl+1", "Vaults")):
        press(window, key)
        assert window.current_page().name == name


def test_a_checkpoint_is_made_of_the_vault_of_the_cursor(
    open_window: Callable[..., MainWindow], opener: Opener
) -> None:
    window = open_window()
    window.header_bar.create_checkpoint.click()
    window.current_page().view.select_id(estate.uid(3))
    press(window, "Ctrl+N")
    assert opener.dialogs == [(None, ()), (estate.uid(3), ())]


def test_a_vault_is_shown_although_a_filter_hides_it(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.current_page().filter.setText("used>100")
    window.current_page()._apply_filter()
    window.show_page("Tasks")
    window.show_vault(VaultId(estate.uid(1)))
    current = window.current_page().view.current_row()
    assert window.current_page().name == "Vaults"
    assert current is not None and current.name == "vault-erp-prod"


def test_details_tell_of_the_row_of_the_cursor(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.show_details(True)
    window.current_page().view.select_id(estate.uid(3))
    details = window.deferred_widgets.details
    assert details.title.text() == "vault-7669"
    assert "145 %" in details._explanation.text()
    press(window, "Alt+D")
    assert details.isHidden()
    window.current_page().opened.emit()
    assert not details.isHidden()


def test_what_stands_beside_a_button_stays_while_lists_are_read(open_window: Callable[..., MainWindow]) -> None:
    window, places = open_window(), []
    window.resize(1280, 800)
    bar = window.header_bar
    for loading in (False, True, False):
        bar.tell_loading(loading)
        bar.layout().activate()  # type: ignore[union-attr]
        assert bar.refresh.text() == ("Reading…" if loading else "Refresh")
        assert bar.refresh.width() >= bar.refresh.sizeHint().width()
        places.append((bar.refresh.x(), bar.create_checkpoint.x()))
    assert len(set(places)) == 1


def test_a_request_is_told_once_and_no_second_one_is_offered_beside_one_whose_end_is_open(
    open_window: Callable[..., MainWindow],
) -> None:
    window = open_window()
    page, details = window.show_page("Outbox"), window.deferred_widgets.details
    assert isinstance(page, OutboxPage)
    for row in page.known_rows:
        for shown in (True, False):
            window.show_details(shown)
            assert page.view.select_id(row.id)
            said = details._explanation.text() if shown else page.sentence.text()
            assert said and (not shown or said not in page.sentence.text()), row.state
        assert "Again for" not in [label.text() for label in details.findChildren(QLabel)]  # none of them is
        window.show_details(True)
        is_over = row.state in (IntentState.FINISHED, IntentState.REJECTED, IntentState.CANCELLED)
        assert is_over or details.create_checkpoint.isHidden(), row.state


def test_a_vault_for_replicas_offers_no_checkpoint_and_says_why(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.show_details(True)
    for name, offered in (("vault-erp-prod-dr", False), ("vault-erp-prod", True)):
        for title in ("Vaults", "Resources"):
            page = window.show_page(title)
            known = page.known_rows
            vaults = [row if title == "Vaults" else row.vault for row in known]
            held = next(row for row, vault in zip(known, vaults, strict=True) if vault and vault.name == name)
            assert page.view.select_id(page.id_of(held))
            assert window.deferred_widgets.details.create_checkpoint.isHidden() is not offered, (title, name)
            menu = page.view._menu()
            assert any("Create checkpoint" in action.text() for action in menu.actions()) is offered
            menu.close()
            assert (page.target()[0] is not None) is offered
            assert ("takes no checkpoint" in page.target_words()) is not offered


def test_the_details_tell_only_of_a_row_that_is_highlighted(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.show_details(True)
    page, details = window.current_page(), window.deferred_widgets.details
    page.view.select_id(estate.uid(3))
    assert details.title.text() == "vault-7669"
    page.use_filter("name:erp")
    assert page.view.selected_rows() == []
    assert details.isHidden() or details.title.text() == "Details"
    page.clear_filter()
    assert details.isHidden() is not bool(page.view.selected_rows())
    page.view.select_id(estate.uid(3))
    page.view.clearSelection()
    assert details.isHidden()


@pytest.mark.parametrize("name", ["Vaults", "Resources", "Backups", "Policies", "Tasks", "Outbox"])
def test_every_row_has_details(whole: MainWindow, name: str) -> None:
    window = whole
    window.show_page(name)
    window.show_details(True)
    details = window.deferred_widgets.details
    details.build()
    for leaf in range(4):
        details.tabs.setCurrentIndex(leaf)
        for row in range(window.current_page().model.rowCount()):
            window.current_page().view.setCurrentIndex(window.current_page().model.index(row, 0))
    assert details.title.text() not in ("", "Details")


def test_refresh_is_asked_for(open_window: Callable[..., MainWindow]) -> None:
    workspace = estate.workspace()
    window = open_window(workspace)
    window.header_bar.refresh.click()
    press(window, "F5")
    window.status.age.click()
    assert workspace.contexts[0].refresh.refreshed == 3  # type: ignore[attr-defined]


def test_areas_follow_each_other(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.show_details(True)
    window.current_page().view.setCurrentIndex(window.current_page().model.index(0, 0))
    window.activateWindow()
    seen = []
    for _ in range(5):
        press(window, "F6")
        focused = window.focusWidget()
        seen.append(focused.objectName() if focused else "")
    assert len(set(seen)) == 5


def test_a_close_while_what_lives_behind_the_window_is_on_its_way_is_told_once_it_is_there(
    open_window: Callable[..., MainWindow], qapp: QApplication, qtbot: QtBot
) -> None:
    workspace = estate.workspace()
    for intent in list(estate.ledger(workspace).intents.values()):
        estate.ledger(workspace).put_intent(replace(intent, state=IntentState.FINISHED))
    window = open_window(workspace)

    def pieces() -> Iterator[None]:
        qapp.postEvent(window, QCloseEvent())
        yield
        yield

    import_main_loop(qapp, window, pieces())
    assert window.isVisible()
    with qtbot.waitSignal(window.leave_requested):
        pass


def test_the_first_close_only_asks(open_window: Callable[..., MainWindow]) -> None:
    workspace = estate.workspace()
    for intent in list(estate.ledger(workspace).intents.values()):
        estate.ledger(workspace).put_intent(replace(intent, state=IntentState.FINISHED))
    window = open_window(workspace)
    asked: list[int] = []
    window.leave_requested.connect(lambda: asked.append(1))
    assert not window.close()
    assert asked == [1]
    assert window.isVisible()
    window.close_for_good()
    assert not window.isVisible()


def test_everything_is_where_it_was(open_window: Callable[..., MainWindow]) -> None:
    settings = estate.Notebook()
    window = open_window(estate.workspace(settings=settings))
    window.resize(790, 700)
    window.show_page("Tasks")
    window.show_details(False)
    press(window, "F8")
    press(window, "Ctrl+B")
    window.appearance.choose_theme(Theme.DARK)
    window.close_for_good()
    again = open_window(estate.workspace(settings=settings))
    assert (again.width(), again.height()) == (790, 700)
    assert again.current_page().name == "Tasks"
    assert again.deferred_widgets.details.isHidden()
    assert again.drawer.is_open
    assert again.navigation.is_folded
    assert again._theme_watcher.theme is Theme.DARK
    again.appearance.choose_theme(Theme.LIGHT)


def test_words_with_a_colour_are_read_in_the_other_theme_too(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.appearance.choose_theme(Theme.LIGHT)
    window.show_details(True)
    page = window.current_page()
    page.filter.setText("colour:blue")
    page._apply_filter()
    window.deferred_widgets.details.show_subject(next(iter(page._workspace.open.vaults.values())))
    for theme in (Theme.DARK, Theme.LIGHT):
        window.appearance.choose_theme(theme)
        for label in (window.deferred_widgets.details.state, page.remark):
            assert label.text()
            ink = label.palette().color(QPalette.ColorRole.WindowText)
            assert ink in [tone_colour(tone, window.palette()) for tone in Tone], theme


def test_where_the_details_have_nothing_to_say_they_say_why(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.show_details(True)
    window.deferred_widgets.details.build()
    told = {}
    for name in ("Vaults", "Drafts", "Plans"):
        window.show_page(name)
        window.current_page().view.setCurrentIndex(QModelIndex())
        told[name] = window.deferred_widgets.details.kind.text()
    assert "Choose a row" in told["Vaults"]
    assert "Open a draft" in told["Drafts"]
    assert "Choose a step" in told["Plans"]


@pytest.mark.parametrize("value", ["?", 7, None, ["x"], "AAAA"])
def test_damaged_settings_do_not_matter(open_window: Callable[..., MainWindow], value: object) -> None:
    keys = ("geometry", "theme", "times", "page", "navigation-folded", "details-shown", "details-width", "drawer-open")
    window = open_window(estate.workspace(settings=estate.Notebook({f"window/{key}": value for key in keys})))
    assert window.isVisible()


def test_the_demo_says_so(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(estate.workspace(is_demo=True))
    label = window.findChild(QLabel, "environment")
    assert label is not None and label.text() == "DEMO"


def test_the_end_of_a_request_is_told_once(open_window: Callable[..., MainWindow], told: Told, opener: Opener) -> None:
    workspace = estate.workspace()
    window = open_window(workspace)
    intent = estate.ledger(workspace).intents[IntentId("intent-3")]
    finished = estate.intents(list(estate.ledger(workspace).vaults.values()))[3]
    checkpoint = finished.checkpoint
    assert isinstance(checkpoint, Checkpoint)
    moved = intent.moved(IntentState.FINISHED, estate.NOW, result=checkpoint_result(checkpoint))
    estate.ledger(workspace).put_intent(moved)
    estate.ledger(workspace).put_intent(moved)
    notice = window.notices.notices[0]
    assert notice.label.text() == "Checkpoint prepatch-3 partly done: 5 of 7, 2 skipped"
    assert told.told in ([notice.label.text()], [])  # nothing when this window is in front
    assert len(window.notices.notices) == 1
    notice.button.click()
    assert opener.outcomes == ["intent-3"]
    assert not window.notices.isVisible()


def test_a_window_that_is_not_in_front_tells_through_the_desktop(
    open_window: Callable[..., MainWindow], told: Told
) -> None:
    workspace = estate.workspace()
    window = open_window(workspace)
    window.hide()
    estate.ledger(workspace).put_intent(
        estate.ledger(workspace).intents[IntentId("intent-5")].moved(IntentState.NOT_FOUND, estate.NOW)
    )
    assert told.told == ["Checkpoint prepatch-5: No trace found"]
    assert not window.notices.isHidden()


def test_of_a_plan_the_first_troubles_are_told_and_its_end_as_one_thing(
    open_window: Callable[..., MainWindow], told: Told
) -> None:
    workspace = estate.workspace()
    window = open_window(workspace)
    window.hide()
    ledger = estate.ledger(workspace)
    vault = next(iter(ledger.vaults.values()))
    made = [replace(estate.intent(900 + n, vault, IntentState.SENDING), plan=f"run-1/{n}") for n in range(6)]
    for intent in made:
        ledger.put_intent(intent)
    for intent in made:
        ledger.put_intent(intent.moved(IntentState.NOT_FOUND, estate.NOW))
    assert len(told.told) == 3
    page: Any = window.page("Plans")
    page.run_ended.emit("patch day: ended")
    assert told.told[3:] == ["patch day: ended"]


def test_what_was_over_before_is_no_news(open_window: Callable[..., MainWindow], told: Told) -> None:
    workspace = estate.workspace()
    window = open_window(workspace)
    estate.ledger(workspace).put_intent(
        estate.intent(99, next(iter(estate.ledger(workspace).vaults.values())), IntentState.FINISHED)
    )
    assert not window.notices.notices
    assert not told.told


def test_notices_are_few_and_can_be_dismissed(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    for number in (1, 2, 3, 4, 4):
        window.notices.say(f"notice {number}")
    assert [notice.label.text() for notice in window.notices.notices] == ["notice 4", "notice 3", "notice 2"]
    for notice in list(window.notices.notices):
        notice.dismiss.click()
    assert not window.notices.isVisible()


def test_clocks_turn_all_times_to_utc_and_back(open_window: Callable[..., MainWindow]) -> None:
    workspace = estate.workspace()
    window = open_window(workspace)
    window.show_page("Tasks")
    column = [c.key for c in window.current_page().model.columns].index("started")
    index = window.current_page().model.index(0, column)
    window.status.clocks.click()
    assert window.current_page().model.data(index) == "2026-08-22 03:02 UTC"
    assert workspace.settings.get("window/times", "") == "utc"
    window.status.clocks.click()
    assert not window.current_page().model.data(index).endswith("UTC")


def test_nothing_wakes_the_program_more_often_than_each_second(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    timers = [timer for timer in window.findChildren(QObject) if timer.metaObject().className() == "QTimer"]
    running: list[Any] = [timer for timer in timers if timer.isActive() and not timer.isSingleShot()]  # type: ignore[attr-defined]
    assert [timer.interval() for timer in running] == [10_000]


def test_a_change_of_the_ledger_reaches_the_screen(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    workspace = estate.workspace()
    window = open_window(workspace)
    estate.add_vault(workspace, estate.vault(77, "aaa-new", 1, 10))
    qtbot.waitUntil(lambda: window.current_page().model.position_of(estate.uid(77)) is not None)
    workspace.signals.changed.emit(Part.CONNECTION)


def test_windows_beside_are_closed_with_it_and_put_away_what_they_hold(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    beside = QDialog(window)
    left: list[int] = []
    beside.finished.connect(left.append)
    beside.show()
    window.close_for_good()
    assert left == [0]
