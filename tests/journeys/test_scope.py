"""A journey through several clouds at once: one is fine, one lacks a list, one's token has ended, one is far away."""

from collections.abc import Awaitable, Callable

from msgspec.structs import replace
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from cbr_desktop.app import demo
from cbr_desktop.app.profile import DEMO_PROFILES
from cbr_desktop.app.session_pool import SessionPool
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.ui.profiles.login import LoginDialog
from cbr_desktop.ui.session.workspace import Choice, Extent
from cbr_desktop.ui.shell.window import MainWindow
from tests.journeys.program import Program, settled

Until = Callable[..., Awaitable[None]]
FINE, LACKING, ENDED, FAR = DEMO_PROFILES
ALL = Choice(Extent.ALL, "", tuple(profile.name for profile in DEMO_PROFILES))


def strip(window: MainWindow) -> dict[str, str]:
    """What the strip says of each profile."""
    names = [context.profile.name for context in window._workspace.shown_contexts]
    words = [button.accessibleName() for button in window.deferred_widgets.strip._buttons]
    return {name: told.removeprefix(name).strip() for name, told in zip(names, words, strict=False)}


def test_the_merged_view_fills_and_says_what_is_missing_and_why(demo_program: Program, until: Until) -> None:
    workspace = demo_program.workspace

    async def tale(_sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        await until(lambda: settled(workspace, FINE.name))
        workspace.choose(ALL)
        window.build_deferred_widgets()
        # nobody waits for the one that is far away
        await until(lambda: all(settled(workspace, each.name) for each in (FINE, LACKING, ENDED)))
        await until(lambda: window.page("Vaults").model.total >= 14 + 5)
        await until(lambda: settled(workspace, FAR.name))
        await until(lambda: window.page("Vaults").model.total == 14 + 5 + 4)
        workspace.signals._tell()
        told = strip(window)
        assert "Online" in told[FINE.name] and "not all" not in told[FINE.name]
        assert "not all" in told[LACKING.name]
        assert "login" in told[ENDED.name]
        assert "Online" in told[FAR.name]
        assert ENDED.name in window.current_page().remark.text()
        window.show_page("Resources")
        names = {row.resource.name for row in window.current_page().model.shown_rows()}
        assert names
        # no dialog fell over the others: a notice offers the login
        assert not window.findChildren(LoginDialog)
        assert any(ENDED.name in notice.label.text() for notice in window.notices.notices)

    demo_program.play(tale)


def test_a_fresh_token_fills_what_was_missing(demo_program: Program, until: Until) -> None:
    workspace = demo_program.workspace

    async def tale(_sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        workspace.choose(ALL)
        window.build_deferred_widgets()
        await until(lambda: settled(workspace, ENDED.name) and window.notices.notices)
        window.login_requested.emit(ENDED)
        (dialog,) = window.findChildren(LoginDialog)
        token = dialog.findChild(QLineEdit, "token")
        assert token is not None
        token.setText(demo.fresh_token(demo_program.service, ENDED) + "\n")
        button = dialog.findChild(QAbstractButton, "logInNow")
        assert button is not None
        button.click()
        ledger = workspace.context(ENDED.name).ledger
        await until(lambda: len(ledger.vaults) == 4)
        assert ledger.connection.reach is Reach.ONLINE

    demo_program.play(tale)


def test_a_profile_that_was_edited_leads_elsewhere_and_the_others_live_on(demo_program: Program, until: Until) -> None:
    workspace = demo_program.workspace

    async def tale(sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        workspace.choose(Choice(Extent.GROUP, "prod", (FINE.name, LACKING.name)))
        await until(lambda: settled(workspace, FINE.name) and settled(workspace, LACKING.name))
        edited = [FINE, replace(LACKING, project="eu-de_prod"), ENDED, FAR]
        before = workspace.context(FINE.name)
        await sessions.dismiss(workspace.outdated(edited))
        workspace.put_profiles(edited)
        await until(lambda: len(workspace.context(LACKING.name).ledger.vaults) == 14)
        assert workspace.context(FINE.name) is before
        # both lead to the same project now: each vault is there once, and both names stand beside it
        page = window.page("Vaults")
        await until(lambda: page.model.total == 14)
        assert len(page.owners(page.model.row_at(0))) == 2

    demo_program.play(tale)


def test_fault_54_a_request_whose_profile_is_gone_is_seen_in_the_outbox_until_the_profile_is_back(
    demo_program: Program, until: Until
) -> None:
    workspace = demo_program.workspace

    async def tale(sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        window.build_deferred_widgets()
        workspace.choose(ALL)
        await until(lambda: settled(workspace, LACKING.name))
        context = workspace.context(LACKING.name)
        context.guard.arm(15)
        asked = context.outbox.submit(CheckpointDraft(next(iter(context.ledger.vaults)), name="asked-for"), held=True)
        page = window.show_page("Outbox")
        assert page.show_row(asked.id)
        left = [FINE, ENDED, FAR]
        await sessions.dismiss(workspace.outdated(left))
        workspace.put_profiles(left)
        await until(lambda: page.show_row(asked.id))
        window.show_details(True)
        row = page.view.current_row()
        assert (row.state, row.reason) == (IntentState.HELD, "no-profile")  # type: ignore[union-attr]
        assert not any(button.isEnabled() for button in page.buttons.values())  # type: ignore[attr-defined]
        workspace.put_profiles([FINE, LACKING, ENDED, FAR])
        workspace.choose(ALL)
        assert page.show_row(asked.id)
        row = page.view.current_row()
        assert (row.state, row.reason) == (IntentState.HELD, "person")  # type: ignore[union-attr]
        assert page.buttons["release"].isEnabled()  # type: ignore[attr-defined]

    demo_program.play(tale)
    assert not demo_program.service.journal.calls("POST", "/checkpoints")
