"""Several profiles in one window: the scope, its columns, the strip, and arming."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.error import LoginRefused, NotFound, SecretMissing
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.services import ProfileServices
from cbr_desktop.ui.session.workspace import Choice, Extent, Workspace
from cbr_desktop.ui.session.workspace_services import WorkspaceServices
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Part
from tests.ui import estate

PROD = replace(estate.profile(), group="prod")
NL = replace(PROD, name="Prod · eu-nl", region="eu-nl", read_only=True)
STAGING = replace(PROD, name="Staging & more", environment=Environment.STAGING, group="", colour="#ffee00")
ALL = Choice(Extent.ALL, "", (PROD.name, NL.name, STAGING.name))


class Opener(Dialogs):
    """Writes down for which profile a dialog was asked."""

    def __init__(self) -> None:
        self.dialogs: list[tuple[str, VaultId | None]] = []

    def create_checkpoint(
        self,
        context: ProfileContext,
        vault_id: VaultId | None,
        resource_ids: Any,  # noqa: ARG002
        parent: QWidget,
        words: str = "",  # noqa: ARG002
    ) -> QWidget:
        self.dialogs.append((context.profile.name, vault_id))
        return QWidget(parent)


@pytest.fixture
def workspace() -> Workspace:
    made = estate.workspace(profiles=(PROD, NL, STAGING))
    made.choose(ALL)
    own = [replace(vault, id=VaultId(estate.uid(900 + n))) for n, vault in enumerate(estate.vaults()[:2])]
    made.context(NL.name).ledger.put_vaults(Listing(own, estate.NOW - timedelta(hours=2)))
    return made


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def window(workspace: Workspace, opener: Opener, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(workspace, opener)
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_may_close", True))
    made.show()
    made.build_deferred_widgets()
    yield made


def titles(window: MainWindow) -> list[str]:
    view, model = window.current_page().view, window.current_page().model
    return [model.columns[section].title for section in view._visible_columns()]


def menu_of(widget: QWidget) -> QMenu:
    return widget.findChildren(QMenu)[-1]


def press(menu: QMenu, words: str) -> None:
    next(action for action in menu.actions() if action.text() == words).trigger()


@pytest.mark.usefixtures("workspace")
def test_a_scope_of_all_has_the_rows_of_all_and_tells_whose_they_are(window: MainWindow) -> None:
    page = window.current_page()
    assert page.model.total == len(estate.vaults()) + 2
    assert {"Profile", "Region"} <= set(titles(window))
    page.filter.setText("profile:nl")
    page._apply_filter()
    assert page.model.rowCount() == 2
    row = page.model.row_at(0)
    assert [ledger.profile.name for ledger in page.owners(row)] == [NL.name]


@pytest.mark.parametrize("name", ["Vaults", "Resources", "Tasks"])
def test_rows_are_ordered_by_what_the_columns_say_whose_they_are(
    window: MainWindow, workspace: Workspace, name: str
) -> None:
    shared = next(iter(workspace.context(NL.name).ledger.vaults.values()))
    workspace.context(STAGING.name).ledger.put_vaults(Listing([shared], estate.NOW))
    page: Any = window.show_page(name)
    page.catch_up()
    rows = list(page.known_rows)
    told = {column.key: (column.keys(rows), list(map(column.sort, rows))) for column in page.place_columns()}
    assert all(at_once == singly for at_once, singly in told.values())
    assert len(set(told["profile"][1])) == {"Vaults": 3, "Resources": 3, "Tasks": 1}[name]


def test_one_profile_alone_needs_no_column_for_it_and_keeps_the_filter(
    window: MainWindow, workspace: Workspace
) -> None:
    window.current_page().filter.setText("vault")
    workspace.choose(workspace.choices()[0])
    assert not {"Profile", "Region"} & set(titles(window))
    assert window.current_page().filter.text() == "vault"
    assert window.current_page().model.total == len(estate.vaults())
    assert window.deferred_widgets.strip.isHidden()


def test_groups_and_all_can_be_chosen_and_are_remembered(workspace: Workspace) -> None:
    assert [choice.extent for choice in workspace.choices()] == [Extent.ONE] * 3 + [Extent.GROUP, Extent.ALL]
    group = workspace.choices()[3]
    assert group == Choice(Extent.GROUP, "prod", (PROD.name, NL.name))
    workspace.choose(group)
    assert workspace.remembered() == group


def test_the_menu_of_profiles_changes_the_scope(window: MainWindow, workspace: Workspace) -> None:
    window.open_scope_menu()
    menu = menu_of(window.header_bar.scope)
    press(menu, "Staging && more")
    assert workspace.choice.name == STAGING.name
    assert window.header_bar.scope.text() == "Staging && more"


def test_what_is_missing_is_said_profile_by_profile_with_its_reason(window: MainWindow, workspace: Workspace) -> None:
    refused = LoginRefused("cbr.example.com", status=401)
    staging = workspace.context(STAGING.name).ledger
    staging.failed(Part.VAULTS, refused)
    staging.put_connection(Connection(Reach.REFUSED, error=refused))
    nl = workspace.context(NL.name).ledger
    nl.put_protectables(Listing([], estate.NOW, False, NotFound("cbr.example.com", status=404)))
    nl.put_connection(Connection(Reach.ONLINE, 1800.0))
    workspace.signals._tell()
    assert "Staging & more: login refused" in window.current_page().remark.text()
    states = [button.accessibleName() for button in window.deferred_widgets.strip._buttons]
    assert "✕ login refused" in states[2]
    assert "not all" in states[1]
    assert "1800 ms" in states[1]
    assert window.status.connection.text() == "◐ 2 of 3 online"
    asked: list[str] = []
    window.login_requested.connect(lambda profile: asked.append(f"login {profile.name}"))
    window.doctor_requested.connect(lambda profile: asked.append(f"doctor {profile.name}"))
    for remedy in ("remedy0", "remedy1"):  # the list of problems is no dead end
        window.small_windows.open_problems().findChild(QPushButton, remedy).click()  # type: ignore[union-attr]
    assert asked == [f"doctor {STAGING.name}", f"login {STAGING.name}"]
    window.show_page("Resources")
    assert window.current_page().model.total > 0


def test_on_a_small_screen_the_names_of_the_strip_give_way_before_the_window(window: MainWindow) -> None:
    strip = window.deferred_widgets.strip
    buttons = strip.findChildren(QToolButton, "member")
    strip.resize(2000, strip.height())
    assert [button.text().replace("&&", "&") for button in buttons] == [each.accessibleName() for each in buttons]
    assert strip.minimumSizeHint().width() == 0
    strip.resize(400, strip.height())
    for button in buttons:
        _name, between, rest = button.text().partition("  ")
        assert between and rest, "of each the name and the shape of how it stands"
        assert len(button.text()) < len(button.accessibleName())
    assert sum(button.sizeHint().width() for button in buttons) < 400


def test_a_login_is_asked_for_from_the_strip(window: MainWindow, workspace: Workspace) -> None:
    wished: list[Profile] = []
    window.login_requested.connect(wished.append)
    workspace.context(STAGING.name).ledger.put_connection(Connection(Reach.REFUSED, error=SecretMissing("x")))
    window.deferred_widgets.strip._buttons[2].click()
    press(menu_of(window.deferred_widgets.strip._buttons[2]), "Log in…")
    assert wished == [STAGING]


@pytest.mark.usefixtures("workspace")
def test_a_table_without_rows_for_want_of_a_login_leads_to_it(qtbot: QtBot) -> None:
    workspace = estate.workspace(filled=False, profiles=(PROD, NL))
    workspace.choose(Choice(Extent.ALL, "", (PROD.name, NL.name)))
    missing = SecretMissing(NL.name)
    for name, error in ((PROD.name, NotFound("cbr", status=404)), (NL.name, missing)):
        ledger = workspace.context(name).ledger
        ledger.failed(Part.VAULTS, missing)
        ledger.put_connection(Connection(Reach.REFUSED, error=error))
    made = MainWindow(workspace, Opener())
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_may_close", True))
    made.show()
    wished: list[Profile] = []
    made.login_requested.connect(wished.append)
    first, again = (made.findChild(QPushButton, f"noVaults{name}") for name in ("First", "Action"))
    assert first is not None and again is not None
    assert (first.text(), first.property("primary")) == ("Log in…", True)
    assert (again.text(), again.property("primary")) == ("Try again", False)
    first.click()
    assert [profile.name for profile in wished] == [NL.name]


def test_a_checkpoint_is_made_with_the_profile_of_its_vault(window: MainWindow, opener: Opener) -> None:
    id = VaultId(estate.uid(900))
    window.row_dialogs.open_checkpoint(id)
    window.row_dialogs.open_checkpoint()
    press(menu_of(window.header_bar.create_checkpoint), "Staging && more")
    assert opener.dialogs == [(NL.name, id), (STAGING.name, None)]


def test_of_two_profiles_with_one_vault_the_one_that_may_act_is_taken(workspace: Workspace) -> None:
    first = next(iter(workspace.context(NL.name).ledger.vaults.values()))
    workspace.context(STAGING.name).ledger.put_vaults(Listing([first], estate.NOW))
    context = workspace.context_of_vault(first.id)
    assert context is not None
    assert context.profile == STAGING


def test_a_read_only_profile_is_armed_and_disarmed_from_the_band(window: MainWindow, workspace: Workspace) -> None:
    clock: Any = workspace.clock
    workspace.choose(workspace.choices()[1])
    header_bar = window.header_bar
    assert header_bar.arm.text() == "Read-only"
    header_bar.arm.click()
    press(menu_of(header_bar.arm), "Arm for 15 minutes")
    assert workspace.context(NL.name).guard.is_open
    assert header_bar.arm.text() == "Armed, 15 min left"
    assert "Changes can be sent" in header_bar.arm.toolTip()
    assert header_bar.arm.property("armed") is True
    clock.at += timedelta(minutes=16)
    window.status.ticked.emit()
    assert header_bar.arm.text() == "Read-only"
    assert "before it is armed" in header_bar.arm.toolTip()
    assert header_bar.arm.property("armed") is False
    workspace.choose(workspace.choices()[0])
    assert header_bar.arm.isHidden()


def test_edited_profiles_close_what_leads_elsewhere_and_keep_the_rest(workspace: Workspace) -> None:
    moved = replace(STAGING, cbr_endpoint="https://cbr.other.example.com")
    before = workspace.context(PROD.name)
    assert [context.profile for context in workspace.outdated([PROD, NL, moved])] == [STAGING]
    workspace.put_profiles([PROD, NL, moved])
    assert workspace.context(PROD.name) is before
    assert workspace.context(STAGING.name).profile == moved
    assert workspace.choice.extent is Extent.ALL
    workspace.put_profiles([moved])
    assert workspace.choice.profiles == (moved.name,)


def test_a_light_colour_of_a_profile_gets_dark_words(window: MainWindow, workspace: Workspace) -> None:
    workspace.choose(workspace.choices()[2])
    colours = window.header_bar._chip.palette()
    assert colours.window().color().name() == "#ffee00"
    assert colours.windowText().color().name() == "#000000"


@pytest.mark.usefixtures("window")
def test_the_dialog_of_a_read_only_profile_says_so_and_arms_it(workspace: Workspace, qtbot: QtBot) -> None:
    context = workspace.context(NL.name)
    dialog = CheckpointDialog(context, VaultId(estate.uid(900)))
    qtbot.addWidget(dialog)
    dialog.open()
    assert not dialog.send.isEnabled()
    assert "read-only" in dialog.send.accessibleDescription()
    dialog.arm.click()
    assert context.guard.is_open
    assert dialog.arm.isHidden()
    assert "read-only" not in dialog.send.accessibleDescription()


def test_services_come_all_at_once_to_every_profile_that_is_open_and_that_opens_later() -> None:
    made = Workspace([PROD, NL], estate.Notebook(), estate.HandClock(), lambda _path, _text: None)
    made.choose(made.choices()[0])
    assert (made.services, made.plans, made.journal, made.contexts[0].services) == (None, None, None, None)
    store, opened = object(), []

    def open_session(context: ProfileContext) -> ProfileServices:
        opened.append(context.profile.name)
        wishes = cast(Any, estate.Wishes())
        return ProfileServices(wishes, wishes, cast(Any, store))

    made.serve(WorkspaceServices(open_session, *cast(Any, ("plans", "orphans", "journal", store))))
    assert (made.plans, made.journal, made.contexts[0].draft_store) == ("plans", "journal", store)
    made.open_also([NL.name])
    assert opened == [PROD.name, NL.name]
    assert made.context(NL.name).services is not None
