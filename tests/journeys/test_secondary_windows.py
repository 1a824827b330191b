"""Journeys past the main window: the profiles are edited and the connection is looked into while the rest goes on."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cbr_desktop.app import demo
from cbr_desktop.app.access import Access
from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.main_loop import live
from cbr_desktop.app.profile import DEMO_PROFILES
from cbr_desktop.app.secondary_windows import SecondaryWindows, SessionServices
from cbr_desktop.app.session_pool import SessionPool, opened_sessions
from cbr_desktop.app.window import new_workspace
from cbr_desktop.logs import Log
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.ui.doctor.window import DoctorWindow
from cbr_desktop.ui.profiles.dialog import ProfilesDialog
from cbr_desktop.ui.shell.tour import Tour
from cbr_desktop.ui.shell.window import MainWindow
from tests.journeys.program import settled

Until = Callable[..., Awaitable[None]]
ONE = replace(DEMO_PROFILES[0], name="One")
TWO = replace(DEMO_PROFILES[1], name="Two", read_only=False)


class Office:
    """The program with a file of two profiles of its own, which lead to the demo cloud."""

    def __init__(self, folder: Path, qapp: QApplication, qtbot: QtBot) -> None:
        self.here = places({"CBR_DESKTOP_HOME": str(folder)})
        self.here.make()
        self.profiles = TomlProfiles(self.here.profiles_file)
        for profile in (ONE, TWO):
            self.profiles.save(profile)
        self.workspace = new_workspace(self.here, ONE)
        self.clock = WallClock()
        self._qapp, self._qtbot = qapp, qtbot

    def play(self, tale: Callable[[MainWindow], Awaitable[None]]) -> None:
        transport = demo.DemoTransport(demo.demo_service(self.clock))
        secrets = Secrets({}, lambda: None)
        with ExitStack() as stack:
            log = stack.enter_context(closing(Log(self.here.log_file)))
            access = Access(self.workspace, log, secrets, demo.secret_of)
            sessions = stack.enter_context(opened_sessions(self.here, access.secret_of, lambda _profile: transport))
            self.workspace.serve(sessions.services(None))
            window = MainWindow(self.workspace)
            self._qtbot.addWidget(window)
            SecondaryWindows(
                *(window, self.workspace, self.here, log),
                SessionServices(access, sessions, secrets, transport),
                tour_after_ms=0,
            )

            async def story(_sessions: SessionPool, leaving: Leaving) -> None:
                window.show()
                window.build_deferred_widgets()
                await tale(window)
                leaving.ask()

            run(self._qapp, lambda leaving: live(sessions, window, access, leaving, story))


@pytest.fixture
def office(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Office:
    return Office(tmp_path, qapp, qtbot)


def test_a_profile_that_is_changed_beside_the_window_is_taken_over_at_once(office: Office, until: Until) -> None:
    workspace = office.workspace

    async def tale(window: MainWindow) -> None:
        await until(lambda: settled(workspace, "One"))
        window.profiles_requested.emit()
        await until(lambda: window.findChildren(ProfilesDialog))
        (dialog,) = window.findChildren(ProfilesDialog)
        office.profiles.save(replace(ONE, project="eu-nl_prod", region="eu-nl"), "One")
        dialog.changed.emit()
        await until(lambda: len(workspace.context("One").ledger.vaults) == 5)
        assert [profile.name for profile in workspace.profiles] == ["One", "Two"]
        dialog.open_requested.emit(TWO)
        await until(lambda: workspace.choice.name == "Two")
        await until(lambda: settled(workspace, "Two"))
        office.profiles.save(replace(TWO, name="Zwei"), "Two")
        dialog.changed.emit()
        await until(lambda: [profile.name for profile in workspace.profiles] == ["One", "Zwei"])
        assert workspace.choice.name == "One"
        office.profiles.remove("One")
        office.profiles.remove("Zwei")
        dialog.changed.emit()
        await until(lambda: not workspace.contexts)
        await until(lambda: window.page("Vaults").model.total == 0)
        dialog.close()

    office.play(tale)


def test_the_doctor_comes_when_it_is_called_and_finds_the_demo_cloud_well(office: Office, until: Until) -> None:
    async def tale(window: MainWindow) -> None:
        await until(lambda: settled(office.workspace, "One"))
        window.request_doctor()
        (doctor,) = window.findChildren(DoctorWindow)
        await until(lambda: len(doctor._checks) > 10)
        doctor.close()

    office.play(tale)


def test_without_an_address_nobody_is_asked_for_a_newer_version_and_a_bad_file_is_told_of(office: Office) -> None:
    async def tale(window: MainWindow) -> None:
        secondary_windows = window.findChild(SecondaryWindows)
        assert secondary_windows is not None
        secondary_windows.look_for_update()
        assert not secondary_windows._tasks.is_busy
        office.here.updates_file.write_text("[update")
        secondary_windows.look_for_update()
        assert any("updates.toml" in notice.label.text() for notice in window.notices.notices)
        office.here.updates_file.unlink()

    office.play(tale)


def test_the_tour_begins_by_itself_once_in_the_demo_cloud_and_never_again(office: Office, until: Until) -> None:
    def tours(window: MainWindow) -> int:
        return len(window.findChildren(Tour))

    async def first(window: MainWindow) -> None:
        await until(lambda: tours(window) == 1)
        window.findChildren(Tour)[0].end()

    async def later(window: MainWindow) -> None:
        await until(lambda: settled(office.workspace, "One"))
        assert tours(window) == 0

    async def own(window: MainWindow) -> None:
        await until(lambda: settled(office.workspace, "One"))
        assert tours(window) == 0

    office.play(own)  # with a profile of one's own nobody is led about
    office.workspace.is_demo = True
    office.play(first)
    office.play(later)
