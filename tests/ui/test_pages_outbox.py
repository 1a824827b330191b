"""The page of the outbox: what waits is seen, and only what a person does by it moves anything."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTableWidget, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.backup import BackupDeletion
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.ids import BackupId, IntentId
from cbr_desktop.domain.intent import Intent, IntentState, Looked, without_profile
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.notice_bar import NoticeBar
from cbr_desktop.ui.outbox.page import OutboxPage
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.notices import Reminder
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import change_of
from cbr_desktop.workflows.outbox import Outbox
from tests.services import give
from tests.ui import estate
from tests.widgets import shown_environments

LONG_AGO = estate.NOW - timedelta(days=3)


class Rows:
    """Keeps rows in memory, as the disk would."""

    def __init__(self) -> None:
        self.saved: list[Intent] = []

    def add(self, intent: Intent) -> None:
        self.saved.append(intent)

    def save(self, intent: Intent) -> None:
        self.saved.append(intent)

    def save_all(self, intents: Iterable[Intent]) -> None:
        self.saved += intents

    def claim(self, _intent: Intent) -> bool:
        return True

    def load(self) -> list[Intent]:
        return []


class Told:
    """Stands for the desktop's notifications."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def tell(self, _title: str, text: str) -> None:
        self.told.append(text)


def served(workspace: Workspace) -> Workspace:
    """Put a real outbox behind every profile context; nothing is ever sent by it, since nobody drains it."""
    for context in workspace.contexts:
        ids = iter(range(100, 200))
        outbox = Outbox(
            context.ledger,
            Rows(),
            None,  # type: ignore[arg-type]  # nothing is sent
            workspace.clock,
            lambda ids=ids: IntentId(f"new-{next(ids)}"),  # type: ignore[misc]
            context.guard,
            by="me@here",
        )
        give(context, outbox, context.refresh)
    return workspace


def workspace_of(*intents: Intent, profile: Profile | None = None) -> Workspace:
    workspace = served(estate.workspace(filled=False, profiles=[profile or estate.profile()]))
    for intent in intents:
        estate.ledger(workspace).put_intent(intent)
    return workspace


def waiting(number: int, state: IntentState = IntentState.HELD, **more: object) -> Intent:
    vault = estate.vaults()[number % 5]
    made = estate.intent(number, vault, state, reason="stale" if state is IntentState.HELD else "")
    at_home = replace(made.target, cbr_endpoint="https://cbr.example.com", project="eu-de_prod")
    return replace(made, target=at_home, created_at=LONG_AGO, confirmed_at=LONG_AGO, **more)  # type: ignore[arg-type]


@pytest.fixture
def open_page(qtbot: QtBot) -> Callable[[Workspace], OutboxPage]:
    def made(workspace: Workspace) -> OutboxPage:
        page = OutboxPage(workspace, Times(workspace.clock))
        qtbot.addWidget(page)
        page.resize(1200, 600)
        page.show()
        page.catch_up()
        workspace.signals.changed.connect(page.refresh)
        return page

    return made


def choose(page: OutboxPage, *ids: str) -> None:
    page.view.select_id(ids[0])
    for id in ids[1:]:
        position = page.model.position_of(id)
        assert position is not None
        page.view.selectionModel().select(
            page.model.index(position, 0),
            page.view.selectionModel().SelectionFlag.Select | page.view.selectionModel().SelectionFlag.Rows,
        )


def state(workspace: Workspace, id: str) -> IntentState:
    return workspace.open.intents[IntentId(id)].state


def offered(page: OutboxPage) -> set[str]:
    return {verb for verb, button in page.buttons.items() if button.isEnabled()}


def test_every_state_has_words_and_only_the_actions_that_fit_it(open_page: Callable[[Workspace], OutboxPage]) -> None:
    workspace = workspace_of(*(waiting(number, each) for number, each in enumerate(IntentState)))
    page = open_page(workspace)
    seen = {}
    for number, each in enumerate(IntentState):
        choose(page, f"intent-{number}")
        seen[each] = offered(page)
        assert page.sentence.text()
    assert page.model.rowCount() == len(IntentState)
    assert seen == {
        IntentState.SCHEDULED: {"hold", "cancel", "outcome", "edit"},
        IntentState.HELD: {"release", "cancel", "outcome", "edit"},
        IntentState.QUEUED: {"hold", "cancel", "outcome", "edit"},
        IntentState.SENDING: {"outcome"},
        IntentState.ACCEPTED: {"outcome"},
        IntentState.FINISHED: {"outcome", "edit"},
        IntentState.REJECTED: {"outcome", "edit"},
        IntentState.UNKNOWN: {"outcome"},
        IntentState.NOT_FOUND: {"look", "again", "outcome", "edit"},
        IntentState.CANCELLED: {"outcome", "edit"},
    }


def test_a_release_says_where_it_goes_and_how_old_the_wish_is_and_is_the_confirmation(
    open_page: Callable[[Workspace], OutboxPage],
) -> None:
    workspace = workspace_of(waiting(1))
    page = open_page(workspace)
    choose(page, "intent-1")
    words = page.sentence.text()
    for part in ("vault", estate.vaults()[1].id, "eu-de_prod", "eu-de", "Prod · eu-de", "PRODUCTION", "3 days ago"):
        assert part in words
    page.buttons["release"].click()
    released = workspace.open.intents[IntentId("intent-1")]
    assert released.state is IntentState.QUEUED
    assert (released.confirmed_at, released.by) == (estate.NOW, "me@here")


def test_what_cannot_be_taken_back_is_looked_at_again_before_it_is_released(
    open_page: Callable[[Workspace], OutboxPage],
) -> None:
    workspace = estate.workspace()
    ledger = estate.ledger(workspace)
    change = change_of(BackupDeletion(BackupId(estate.uid(1999))), ledger)
    for id in (IntentId("intent-1"), IntentId("intent-7")):
        ledger.put_intent(replace(ledger.intents[id], change=change, state=IntentState.HELD, reason="stale"))
    page = open_page(workspace)
    told: list[str] = []
    page.confirmation_requested.connect(told.append)
    page.remarked.connect(told.append)
    page.view.select_id("intent-1")
    page.buttons["release"].click()
    assert told == ["intent-1"]
    page.view.selectAll()
    page.buttons["release"].click()
    assert told[1:] == ["Left held: 2 requests. What cannot be taken back is released one at a time."]
    assert {workspace.open.intents[IntentId(f"intent-{n}")].state for n in (1, 7)} == {IntentState.HELD}


def test_several_are_listed_oldest_first_before_any_is_released(open_page: Callable[[Workspace], OutboxPage]) -> None:
    older = replace(waiting(2), confirmed_at=LONG_AGO - timedelta(days=4))
    workspace = workspace_of(waiting(1), older, waiting(3), waiting(4, IntentState.QUEUED))
    page = open_page(workspace)
    choose(page, "intent-1", "intent-2", "intent-4")
    assert page.buttons["release"].accessibleName() == "Release selected (2)…"
    page.buttons["release"].click()
    dialog = page.findChild(QObject, "releaseDialog")
    table = dialog.findChild(QTableWidget, "releaseRows")
    assert [table.item(row, 1).text() for row in range(table.rowCount())] == ["prepatch-2", "prepatch-1"]
    assert [table.item(row, 0).text() for row in range(2)] == ["7 days ago", "3 days ago"]
    assert {state(workspace, f"intent-{n}") for n in (1, 2, 3)} == {IntentState.HELD}
    keep = dialog.findChild(QPushButton, "keepHeld")
    assert keep.isDefault() and dialog.focusWidget() is keep
    assert shown_environments(dialog) == ["PRODUCTION"]
    dialog.findChild(QPushButton, "releaseNow").click()
    assert [state(workspace, f"intent-{n}") for n in (1, 2, 3)] == [
        IntentState.QUEUED,
        IntentState.QUEUED,
        IntentState.HELD,
    ]


def test_keeping_them_held_changes_nothing(open_page: Callable[[Workspace], OutboxPage]) -> None:
    workspace = workspace_of(waiting(1), waiting(2))
    page = open_page(workspace)
    choose(page, "intent-1", "intent-2")
    page.release()
    page.findChild(QPushButton, "keepHeld").click()
    assert {state(workspace, f"intent-{n}") for n in (1, 2)} == {IntentState.HELD}


def test_a_read_only_profile_is_armed_first(open_page: Callable[[Workspace], OutboxPage]) -> None:
    read_only = replace(estate.profile(Environment.PRODUCTION), read_only=True)
    workspace = workspace_of(waiting(1), profile=read_only)
    page = open_page(workspace)
    said: list[str] = []
    page.remarked.connect(said.append)
    choose(page, "intent-1")
    assert "arm it before" in page.sentence.text()
    page.buttons["release"].click()
    assert state(workspace, "intent-1") is IntentState.HELD
    assert "read-only" in said[-1]


def test_what_leads_elsewhere_now_stays_held_and_says_why(open_page: Callable[[Workspace], OutboxPage]) -> None:
    intent = waiting(1)
    elsewhere = replace(intent, target=replace(intent.target, project="eu-de_other"), reason="elsewhere")
    workspace = workspace_of(elsewhere)
    page = open_page(workspace)
    said: list[str] = []
    page.remarked.connect(said.append)
    choose(page, "intent-1")
    page.buttons["release"].click()
    assert state(workspace, "intent-1") is IntentState.HELD
    assert "leads elsewhere" in said[-1]


def test_delete_takes_back_and_hold_holds_by_key(open_page: Callable[[Workspace], OutboxPage], qtbot: QtBot) -> None:
    workspace = workspace_of(waiting(1, IntentState.QUEUED), waiting(2, IntentState.QUEUED))
    page = open_page(workspace)
    qtbot.waitUntil(page.isVisible)
    choose(page, "intent-1")
    page.view.setFocus()
    page.buttons["hold"].click()
    assert workspace.open.intents[IntentId("intent-1")].reason == "person"
    choose(page, "intent-2")
    page.activateWindow()
    page.view.setFocus()
    qtbot.waitUntil(page.view.hasFocus)
    QTest.keyClick(page.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: state(workspace, "intent-2") is IntentState.CANCELLED)


def test_before_a_request_is_sent_again_is_shown_what_was_looked_for(
    open_page: Callable[[Workspace], OutboxPage],
) -> None:
    looked = Looked("tasks", LONG_AGO, 6, LONG_AGO, LONG_AGO + timedelta(minutes=31), failures=1)
    workspace = workspace_of(waiting(1, IntentState.NOT_FOUND, sent_at=LONG_AGO, looked=(looked,)))
    page = open_page(workspace)
    choose(page, "intent-1")
    page.buttons["again"].click()
    dialog = page.findChild(QObject, "sendAgainDialog")
    words = " ".join(label.text() for label in dialog.findChildren(QObject, "againLine"))
    for part in ("3 days ago", "prepatch-1", "tasks of the project", "6 times", "1 look more failed", "vault"):
        assert part in words
    assert dialog.findChild(QPushButton, "keepLookingInstead").isDefault()
    assert len(workspace.open.intents) == 1
    dialog.findChild(QPushButton, "sendAgainNow").click()
    made = workspace.open.intents[IntentId("new-100")]
    assert (made.state, made.retry_of) == (IntentState.QUEUED, "intent-1")
    assert state(workspace, "intent-1") is IntentState.NOT_FOUND


def test_keep_looking_is_what_enter_does(open_page: Callable[[Workspace], OutboxPage]) -> None:
    workspace = workspace_of(waiting(1, IntentState.NOT_FOUND))
    page = open_page(workspace)
    choose(page, "intent-1")
    page.buttons["again"].click()
    QTest.keyClick(page.findChild(QObject, "sendAgainDialog"), Qt.Key.Key_Return)
    assert state(workspace, "intent-1") is IntentState.UNKNOWN
    assert len(workspace.open.intents) == 1


def test_requests_of_all_open_profiles_are_there_whatever_is_looked_at(
    open_page: Callable[[Workspace], OutboxPage],
) -> None:
    other = replace(estate.profile(), name="Staging", region="eu-nl", environment=Environment.STAGING)
    workspace = served(estate.workspace(filled=False, profiles=[estate.profile(), other]))
    workspace.choose(workspace.choices()[-1])
    served(workspace)
    workspace.context("Prod · eu-de").ledger.put_intent(waiting(1))
    foreign = waiting(2)
    workspace.context("Staging").ledger.put_intent(replace(foreign, target=replace(foreign.target, profile="Staging")))
    workspace.choose(workspace.choices()[0])
    page = open_page(workspace)
    regions = {row.target.profile: page._region_words(row) for row in page.model.shown_rows()}
    assert regions == {"Prod · eu-de": "eu-de", "Staging": "eu-nl"}
    page.filter.setText("profile:staging")
    page._apply_filter()
    assert page.model.rowCount() == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [("state:held", 2), ("waiting:you", 2), ("age>2d", 3), ("age<2d", 0), ("vault:nothing", 0), ("-state:held", 1)],
)
def test_tokens_narrow_the_rows(open_page: Callable[[Workspace], OutboxPage], text: str, count: int) -> None:
    page = open_page(workspace_of(waiting(1), waiting(2), waiting(3, IntentState.QUEUED)))
    page.filter.setText(text)
    page._apply_filter()
    assert (page.model.rowCount(), page.model.filter.problems) == (count, ())


def test_an_empty_outbox_says_what_would_be_here(open_page: Callable[[Workspace], OutboxPage]) -> None:
    page = open_page(workspace_of())
    assert page._empty is not None
    assert page._empty.title.text() == "No requests yet"
    wished: list[object] = []
    page.checkpoint_requested.connect(lambda *_: wished.append(1))
    page._empty.button.click()
    assert wished


def test_what_is_held_one_after_the_other_is_told_once(qtbot: QtBot) -> None:
    workspace = workspace_of(*(waiting(number, IntentState.QUEUED) for number in range(10)))
    ledger, bar, told = estate.ledger(workspace), NoticeBar(host := QWidget()), Told()
    qtbot.addWidget(host)
    asked: list[bool] = []
    reminder = Reminder(workspace, bar, told, bar, lambda: asked.append(True))
    ledger.put_connection(Connection(Reach.ONLINE))
    for intent in list(ledger.intents.values()):
        ledger.put_intent(intent.moved(IntentState.HELD, estate.NOW, reason="stale"))
        reminder.look()
    qtbot.waitUntil(lambda: bool(bar.notices))
    assert bar.notices[0].label.text().startswith("10 requests have waited for up to 3 days")
    assert len(bar.notices) == len(told.told) == 1
    bar.notices[0].button.click()
    assert asked == [True]


def test_rows_of_before_are_told_when_their_profile_comes_online(qtbot: QtBot) -> None:
    workspace = workspace_of(waiting(1), replace(waiting(2), reason="person"))
    ledger, bar = estate.ledger(workspace), NoticeBar(host := QWidget())
    qtbot.addWidget(host)
    reminder = Reminder(workspace, bar, Told(), bar, lambda: None)
    reminder.tell()
    assert not bar.notices
    ledger.put_connection(Connection(Reach.ONLINE))
    reminder.tell()
    reminder.tell()
    assert [notice.label.text()[:17] for notice in bar.notices] == ["1 request has wai"]
    bar.notices[0].dismiss.click()
    _offline(workspace, ledger, reminder)
    reminder.tell()
    assert len(bar.notices) == 1


def _offline(workspace: Workspace, _ledger: Ledger, reminder: Reminder) -> None:
    workspace.settings.put("window/offline", True)
    reminder.tell()
    workspace.settings.put("window/offline", False)


def test_an_age_that_has_become_longer_is_not_cut(open_page: Callable[[Workspace], OutboxPage]) -> None:
    workspace = workspace_of(replace(waiting(1), created_at=estate.NOW, confirmed_at=estate.NOW))
    page = open_page(workspace)
    made = [column.key for column in page.model.columns].index("made")
    before = page.view.columnWidth(made)
    assert isinstance(workspace.clock, estate.HandClock)
    workspace.clock.at += timedelta(days=900)
    page.retell_times()
    words = page.model.columns[made].text(page.model.row_at(0))
    assert words == "900 days ago" and page.view.columnWidth(made) > before
    assert page.view.fontMetrics().horizontalAdvance(words) < page.view.columnWidth(made)


def test_the_menu_offers_what_the_buttons_do(open_page: Callable[[Workspace], OutboxPage]) -> None:
    page = open_page(workspace_of(waiting(1)))
    choose(page, "intent-1")
    actions = page.view._menu().actions()
    words = [action.text() for action in actions]
    assert [each.text() for each in actions if each.shortcut().toString() == "Del"] == ["&Take back"]
    assert words[:4] == ["&Release", "&Take back", "Open &outcome", "&Edit as new…"]
    page.view.show_column_menu(QPoint(0, 0))


def test_requests_of_a_profile_that_is_gone_are_told_and_nothing_can_be_done_about_them(
    open_page: Callable[[Workspace], OutboxPage],
) -> None:
    workspace = workspace_of(waiting(1))
    page = open_page(workspace)
    lost = [without_profile(of_moon(number, each)) for number, each in enumerate(IntentState, 10)]
    page.take_orphans(lost)
    seen = {}
    for number, each in enumerate(IntentState, 10):
        choose(page, f"intent-{number}")
        assert offered(page) == set(), each
        seen[each] = page.sentence.text()
    for each in (IntentState.QUEUED, IntentState.SCHEDULED, IntentState.HELD):
        assert seen[each].startswith("Held: there is no profile of this name any more. Nothing was sent."), each
    for each in (IntentState.SENDING, IntentState.UNKNOWN):
        assert seen[each].startswith("It is not known whether it was carried out, and nobody looks"), each
    assert "nobody follows it" in seen[IntentState.ACCEPTED]
    choose(page, "intent-1", "intent-10", "intent-12")
    assert offered(page) == {"release", "cancel"}
    page.buttons["cancel"].click()
    assert state(workspace, "intent-1") is IntentState.CANCELLED


def test_what_has_a_profile_again_is_told_once_and_not_as_lost(open_page: Callable[[Workspace], OutboxPage]) -> None:
    workspace = workspace_of(waiting(1))
    page = open_page(workspace)
    page.take_orphans([without_profile(of_moon(9, IntentState.QUEUED))])
    assert page.model.rowCount() == 2
    workspace.put_profiles([*workspace.profiles, replace(estate.profile(), name="Moon")])
    page._take()
    assert page.model.rowCount() == 1


def of_moon(number: int, state: IntentState) -> Intent:
    made = waiting(number, state)
    return replace(made, target=replace(made.target, profile="Moon"))


def test_on_a_small_screen_the_menu_is_there_whenever_something_can_be_done(
    open_page: Callable[[Workspace], OutboxPage],
) -> None:
    one = waiting(1)
    page = open_page(workspace_of(one))
    page.view.clearSelection()
    page.resize(page.minimumSizeHint().width(), 400)
    QApplication.processEvents()
    menu = page.findChild(QToolButton, "actionsOfOutboxMore")
    assert menu is not None and menu.isHidden()
    choose(page, one.id)
    QApplication.processEvents()
    assert menu.isVisible() and menu.parentWidget().width() >= menu.sizeHint().width()
