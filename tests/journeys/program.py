"""The whole program over the demo cloud, as journeys play with it."""

import dataclasses
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cbr_desktop.app import demo
from cbr_desktop.app.access import Access
from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.main_loop import live
from cbr_desktop.app.profile import DEMO, DEMO_PROFILES
from cbr_desktop.app.session_pool import SessionPool, opened_sessions
from cbr_desktop.app.window import new_workspace
from cbr_desktop.logs import Log
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.storage.drafts import Drafts
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Part

PARTS = (Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.POLICIES, Part.PROTECTABLES)


class Program:
    """The whole program over the demo cloud, run until the tale has asked to leave."""

    def __init__(self, folder: Path, qapp: QApplication, qtbot: QtBot, clock: WallClock | None = None) -> None:
        self.here = places({"CBR_DESKTOP_HOME": str(folder)})
        self.here.make()
        self.clock = clock or WallClock()
        self.service = demo.demo_service(self.clock)
        far = self.service.estate.projects[3].id
        self.service.modes_of[far] = dataclasses.replace(self.service.modes_of[far], latency_seconds=0.2)
        self.workspace = new_workspace(self.here, DEMO, DEMO_PROFILES, self.clock)
        self.draft_store: Drafts | None = None
        self._qapp, self._qtbot = qapp, qtbot

    def play(self, tale: Callable[[SessionPool, MainWindow], Awaitable[None]]) -> None:
        transport = demo.DemoTransport(self.service)
        with ExitStack() as stack:
            log = stack.enter_context(closing(Log(self.here.log_file)))
            access = Access(self.workspace, log, Secrets({}, lambda: None), demo.secret_of)
            sessions = stack.enter_context(
                opened_sessions(
                    self.here, access.secret_of, lambda _profile: transport, lambda: self.workspace.is_offline
                )
            )
            self.workspace.serve(sessions.services(self.draft_store))
            window = MainWindow(self.workspace)
            self._qtbot.addWidget(window)

            async def story(sessions: SessionPool, leaving: Leaving) -> None:
                await tale(sessions, window)
                leaving.ask()

            run(self._qapp, lambda leaving: live(sessions, window, access, leaving, story))


def settled(workspace: Workspace, name: str) -> bool:
    """Whether every part of a profile has been read or has failed."""
    stands = workspace.context(name).ledger.freshness
    return all(stands[part].error or (stands[part].as_of and not stands[part].loading) for part in PARTS)
