"""Journeys through the door: choosing a cloud, giving the password, leaving in the middle."""

import os
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QLabel, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.app import demo
from cbr_desktop.app.access import Access
from cbr_desktop.app.main_loop import live
from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.session import ProfileSession
from cbr_desktop.app.session_pool import SessionPool, opened_sessions
from cbr_desktop.app.start import locked
from cbr_desktop.app.window import new_workspace
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.error import SecretMissing
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.logs import Log
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.ui.profiles.login import LoginDialog
from cbr_desktop.ui.shell.stop import StopWindow
from cbr_desktop.ui.shell.welcome import WelcomeWindow
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Part
from tests import programs
from tests.stage import DAYS, StageClock

Until = Callable[..., Awaitable[None]]
Tale = Callable[[ProfileSession, MainWindow, Leaving], Awaitable[None]]
PROFILE = replace(DEMO, name="Production", environment=Environment.PRODUCTION, read_only=False)


class Program:
    """The whole program on a simulator, run until the tale has asked to leave."""

    def __init__(self, folder: Path, qapp: QApplication, qtbot: QtBot) -> None:
        self.here = places({"CBR_DESKTOP_HOME": str(folder)})
        self.clock = StageClock()
        self.service = Service(estate.demo(self.clock.now(), days=DAYS), self.clock)
        self.environ: dict[str, str] = {}
        self._qapp, self._qtbot = qapp, qtbot

    def play(self, tale: Tale) -> None:
        self.here.make()
        workspace = new_workspace(self.here, PROFILE, (PROFILE,), self.clock)  # type: ignore[arg-type]
        with closing(Log(self.here.log_file)) as log:
            access = Access(workspace, log, Secrets(self.environ, lambda: None))
            transport = demo.DemoTransport(self.service)
            with opened_sessions(self.here, access.secret_of, lambda _profile: transport) as sessions:
                workspace.serve(sessions.services(None))
                window = MainWindow(workspace)
                self._qtbot.addWidget(window)

                async def story(sessions: SessionPool, leaving: Leaving) -> None:
                    await tale(sessions.of(workspace.contexts[0]), window, leaving)

                run(self._qapp, lambda leaving: live(sessions, window, access, leaving, story))


@pytest.fixture
def program(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Program:
    return Program(tmp_path, qapp, qtbot)


def asked(window: MainWindow) -> LoginDialog | None:
    return next((dialog for dialog in window.findChildren(LoginDialog) if dialog.isVisible()), None)


def give(window: MainWindow, password: str) -> None:
    dialog = asked(window)
    assert dialog is not None
    field = dialog.findChild(QLineEdit, "password")
    assert field is not None
    assert field.echoMode() is QLineEdit.EchoMode.Password
    field.setText(password)
    button = dialog.findChild(QAbstractButton, "logInNow")
    assert button is not None
    button.click()


def test_without_a_password_the_window_asks_and_then_fills(program: Program, until: Until) -> None:
    async def tale(session: ProfileSession, window: MainWindow, leaving: Leaving) -> None:
        window.show()
        await until(lambda: asked(window) is not None)
        give(window, "wrong")
        await until(lambda: asked(window) is not None and "accept" in words(window))
        give(window, estate.DEMO_PASSWORD)
        await until(lambda: len(session.ledger.vaults) == 14)
        leaving.ask()

    program.play(tale)
    log = program.here.log_file.read_text()
    assert estate.DEMO_PASSWORD not in log.replace("demo.invalid", "").replace("cbr_desktop", "")


def test_a_question_for_a_password_does_not_cover_what_somebody_reads(program: Program, until: Until) -> None:
    """A file from outside was opened: its review stays in front, and the login waits to be wanted."""

    async def tale(session: ProfileSession, window: MainWindow, leaving: Leaving) -> None:
        window.show()
        window.open_outside("/from/outside.cbr.json")
        await until(lambda: "Log in…" in [button.text() for button in window.findChildren(QPushButton)])
        assert asked(window) is None
        button = next(button for button in window.findChildren(QPushButton) if button.text() == "Log in…")
        button.click()
        give(window, estate.DEMO_PASSWORD)
        await until(lambda: len(session.ledger.vaults) == 14)
        leaving.ask()

    program.play(tale)


def words(window: MainWindow) -> str:
    dialog = asked(window)
    label = dialog.findChild(QLabel, "logInReason") if dialog else None
    return label.text() if label else ""


def test_a_password_that_no_store_keeps_is_said_to_last_until_leaving(program: Program, until: Until) -> None:
    async def tale(_session: ProfileSession, window: MainWindow, leaving: Leaving) -> None:
        window.show()
        await until(lambda: asked(window) is not None)
        dialog = asked(window)
        assert dialog is not None
        keep = dialog.findChild(QCheckBox, "keepPassword")
        assert keep is not None
        keep.setChecked(True)
        give(window, estate.DEMO_PASSWORD)
        said = "was not found: this system has none that encrypts. What you enter is kept until you leave"
        await until(lambda: any(said in label.text() for label in window.findChildren(QLabel)))
        leaving.ask()

    program.play(tale)


def test_closing_the_window_in_the_middle_of_sending_keeps_what_was_asked(program: Program, until: Until) -> None:
    async def tale(session: ProfileSession, window: MainWindow, _leaving: Leaving) -> None:
        window.show()
        await until(lambda: asked(window) is not None)
        give(window, estate.DEMO_PASSWORD)
        await until(lambda: bool(session.ledger.freshness[Part.VAULTS].as_of))
        program.service.faults.add(Fault("POST", "/checkpoints", "delay", "after", seconds=600))
        intent = session.outbox.submit(CheckpointDraft(VaultId(estate.REFERENCE_VAULT_ID), name="n"))
        await until(lambda: session.ledger.intents[intent.id].state is IntentState.SENDING)
        window.close()
        assert window.isVisible()
        leave = window.findChild(QAbstractButton, "leaveNow")
        assert leave is not None
        leave.click()

    program.play(tale)
    program.service.faults.clear()

    async def afterwards(session: ProfileSession, _window: MainWindow, leaving: Leaving) -> None:
        (intent,) = session.ledger.intents.values()
        assert intent.state is IntentState.UNKNOWN
        leaving.ask()

    program.play(afterwards)
    assert len(program.service.journal.calls("POST", "/checkpoints")) <= 1


def test_a_secret_that_was_missing_before_it_was_given_is_not_asked_for_again(program: Program, until: Until) -> None:
    async def tale(session: ProfileSession, window: MainWindow, leaving: Leaving) -> None:
        window.show()
        await until(lambda: asked(window) is not None)
        give(window, "wrong")
        # what began earlier ends now
        session.ledger.put_connection(session.ledger.connection._replace(error=SecretMissing(DEMO.name)))
        window._workspace.signals.changed.emit(Part.CONNECTION)
        assert asked(window) is None
        await until(lambda: asked(window) is not None)
        assert "accept" in words(window)
        leaving.ask()

    program.play(tale)


def test_fault_97_three_starts_try_a_wrong_password_once_and_what_is_typed_anew_is_tried(
    program: Program, until: Until
) -> None:
    def logins() -> int:
        return len(program.service.journal.calls("POST", "/auth/tokens"))

    async def start(_session: ProfileSession, window: MainWindow, leaving: Leaving) -> None:
        window.show()
        await until(lambda: asked(window) is not None)
        assert logins() == 1
        leaving.ask()

    program.environ["CBR_DESKTOP_PASSWORD"] = "wrong"
    for _ in range(3):
        program.play(start)

    async def typing(session: ProfileSession, window: MainWindow, leaving: Leaving) -> None:
        window.show()
        for password, count in (("wrong", 2), (estate.DEMO_PASSWORD, 3)):
            await until(lambda: asked(window) is not None)
            give(window, password)
            await until(lambda count=count: logins() == count)
        await until(lambda: len(session.ledger.vaults) == 14)
        leaving.ask()

    program.play(typing)
    program.environ["CBR_DESKTOP_PASSWORD"] = estate.DEMO_PASSWORD

    async def good(session: ProfileSession, window: MainWindow, leaving: Leaving) -> None:
        window.show()
        # what was seen last is there before anything is asked
        await until(lambda: logins() == 4 and len(session.ledger.vaults) == 14)
        leaving.ask()

    program.play(good)
    assert logins() == 4


def chosen_from(window: WelcomeWindow) -> list[Profile | None]:
    chosen: list[Profile | None] = []
    window.chosen.connect(chosen.append)
    return chosen


def test_without_a_profile_the_first_screen_says_how_and_offers_the_demo(qtbot: QtBot) -> None:
    window = WelcomeWindow([], ["line 3 is not TOML"], "/somewhere/profiles.toml")
    qtbot.addWidget(window)
    texts = " ".join(label.text() for label in window.findChildren(QLabel))
    assert "/somewhere/profiles.toml" in texts
    assert "line 3 is not TOML" in texts
    chosen = chosen_from(window)
    button = window.findChild(QAbstractButton, "openDemo")
    assert button is not None
    button.click()
    assert chosen == [None]


def test_what_keeps_the_window_from_opening_is_said_in_one_of_its_own(qtbot: QtBot) -> None:
    window = StopWindow("CBR Desktop is running already.")
    qtbot.addWidget(window)
    read: list[bool] = []
    window.dismissed.connect(lambda: read.append(True))
    window.show()
    label = window.findChild(QLabel, "stopSentence")
    button = window.findChild(QAbstractButton, "closeStop")
    assert label is not None
    assert button is not None
    assert label.text() == "CBR Desktop is running already."
    button.click()
    assert read == [True]


def test_a_second_program_on_the_same_data_is_kept_out(tmp_path: Path) -> None:
    home = {"CBR_DESKTOP_HOME": str(tmp_path)}
    here = places(home)
    here.make()
    here.profiles_file.write_text(
        '[[profile]]\nname = "P"\niam_endpoint = "https://iam.example"\ncbr_endpoint = "https://cbr.example"\n'
        'project = "p"\nuser = "u"\ndomain = "d"\n'
    )
    with locked(here):
        done = programs.run("--profile", "P", environ={**os.environ, **home})
    assert done.returncode == 2
    assert "works with the data in" in done.stderr


def test_of_several_profiles_one_is_opened(qtbot: QtBot) -> None:
    other = replace(PROFILE, name="Staging")
    window = WelcomeWindow([PROFILE, other], [], "profiles.toml")
    qtbot.addWidget(window)
    chosen = chosen_from(window)
    names = window.findChild(QListWidget, "profiles")
    assert names is not None
    names.setCurrentRow(1)
    button = window.findChild(QAbstractButton, "openProfile")
    assert button is not None
    button.click()
    assert chosen == [other]
