"""A journey through several clouds at once: one is fine, one lacks a list, one's token has ended, one is far away."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from cbr_desktop.app import demo
from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.houses import Houses, opened_houses
from cbr_desktop.app.life import Access, live
from cbr_desktop.app.profile import DEMO, DEMO_PROFILES
from cbr_desktop.app.window import new_hall, open_checkpoint, open_outcome
from cbr_desktop.domain.connection import Reach
from cbr_desktop.logs import Log
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.ui.dialogs.login import LoginDialog
from cbr_desktop.ui.hall import Choice, Extent, Hall
from cbr_desktop.ui.window import MainWindow
from cbr_desktop.workflows.ledger import Part

Until = Callable[..., Awaitable[None]]
FINE, LACKING, ENDED, FAR = DEMO_PROFILES
ALL = Choice(Extent.ALL, "", tuple(profile.name for profile in DEMO_PROFILES))
PARTS = (Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.POLICIES, Part.PROTECTABLES)


class Program:
    """The whole program over the demo cloud, run until the tale has asked to leave."""

    def __init__(self, folder: Path, qapp: QApplication, qtbot: QtBot) -> None:
        self.here = places({"CBR_DESKTOP_HOME": str(folder)})
        self.here.make()
        self.clock = WallClock()
        self.service = demo.service(self.clock)
        far = self.service.estate.projects[3].id
        self.service.modes_of[far] = replace(self.service.modes_of[far], latency_seconds=0.2)
        self.hall = new_hall(self.here, DEMO, DEMO_PROFILES, self.clock)
        self._qapp, self._qtbot = qapp, qtbot

    def play(self, tale: Callable[[Houses, MainWindow], Awaitable[None]]) -> None:
        transport = demo.DemoTransport(self.service)
        with ExitStack() as stack:
            log = stack.enter_context(closing(Log(self.here.log_file)))
            access = Access(self.hall, log, Secrets({}, lambda: None), demo.secret_of)
            houses = stack.enter_context(opened_houses(self.here, access.secret_of, lambda profile: transport))
            houses.admit(self.hall.desks[0])
            self.hall.admit = houses.admit
            window = MainWindow(self.hall, open_checkpoint, open_outcome)
            self._qtbot.addWidget(window)

            async def story(houses: Houses, leaving: Leaving) -> None:
                await tale(houses, window)
                leaving.ask()

            run(self._qapp, lambda leaving: live(houses, window, access, leaving, story))


@pytest.fixture
def program(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Program:
    return Program(tmp_path, qapp, qtbot)


def settled(hall: Hall, name: str) -> bool:
    """Whether every part of a profile has been read or has failed."""
    stands = hall.desk(name).ledger.freshness
    return all(stands[part].error or (stands[part].as_of and not stands[part].loading) for part in PARTS)


def strip(window: MainWindow) -> dict[str, str]:
    """What the strip says of each profile."""
    names = [desk.profile.name for desk in window._hall.shown_desks]
    words = [button.accessibleName() for button in window.furniture.strip._buttons]
    return {name: told.removeprefix(name).strip() for name, told in zip(names, words, strict=False)}


def test_the_merged_view_fills_and_says_what_is_missing_and_why(program: Program, until: Until) -> None:
    hall = program.hall

    async def tale(houses: Houses, window: MainWindow) -> None:
        window.show()
        await until(lambda: settled(hall, FINE.name))
        hall.choose(ALL)
        window.furnish()
        # nobody waits for the one that is far away
        await until(lambda: all(settled(hall, each.name) for each in (FINE, LACKING, ENDED)))
        await until(lambda: window.page("Vaults").model.total >= 14 + 5)
        await until(lambda: settled(hall, FAR.name))
        await until(lambda: window.page("Vaults").model.total == 14 + 5 + 4)
        hall.board._tell()
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

    program.play(tale)


def test_a_fresh_token_fills_what_was_missing(program: Program, until: Until) -> None:
    hall = program.hall

    async def tale(houses: Houses, window: MainWindow) -> None:
        window.show()
        hall.choose(ALL)
        window.furnish()
        await until(lambda: settled(hall, ENDED.name) and window.notices.notices)
        window.login_wished.emit(ENDED)
        (dialog,) = window.findChildren(LoginDialog)
        token = dialog.findChild(QLineEdit, "token")
        assert token is not None
        token.setText(demo.fresh_token(program.service, ENDED) + "\n")
        button = dialog.findChild(QAbstractButton, "logInNow")
        assert button is not None
        button.click()
        ledger = hall.desk(ENDED.name).ledger
        await until(lambda: len(ledger.vaults) == 4)
        assert ledger.connection.reach is Reach.ONLINE

    program.play(tale)


def test_a_profile_that_was_edited_leads_elsewhere_and_the_others_live_on(program: Program, until: Until) -> None:
    hall = program.hall

    async def tale(houses: Houses, window: MainWindow) -> None:
        window.show()
        hall.choose(Choice(Extent.GROUP, "prod", (FINE.name, LACKING.name)))
        await until(lambda: settled(hall, FINE.name) and settled(hall, LACKING.name))
        edited = [FINE, replace(LACKING, project="eu-de_prod"), ENDED, FAR]
        before = hall.desk(FINE.name)
        await houses.dismiss(hall.outdated(edited))
        hall.put_profiles(edited)
        await until(lambda: len(hall.desk(LACKING.name).ledger.vaults) == 14)
        assert hall.desk(FINE.name) is before
        # both lead to the same project now: each vault is there once, and both names stand beside it
        page = window.page("Vaults")
        await until(lambda: page.model.total == 14)
        assert len(page.owners(page.model.row_at(0))) == 2

    program.play(tale)
