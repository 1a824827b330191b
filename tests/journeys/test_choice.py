"""A journey of a minute: from an empty folder over a test to a profile that opens."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget

from cbr_desktop.app import demo
from cbr_desktop.app.choice import choosing
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.ui.profiles.dialog import ProfilesDialog
from cbr_desktop.ui.profiles.login import LoginDialog
from cbr_desktop.ui.shell.welcome import WelcomeWindow
from tests.stage import DAYS, StageClock
from tests.widgets import child

Until = Callable[[Callable[[], bool]], Awaitable[None]]


def press(parent: QWidget, name: str) -> None:
    button = child(parent, QAbstractButton, name)
    assert button.isEnabled(), f"{name}: {button.toolTip()}"
    button.click()


def shown(parent: QWidget, kind: type[Any]) -> Any:
    return next((found for found in parent.findChildren(kind) if found.isVisible()), None)


def test_from_an_empty_folder_to_a_profile_that_opens(tmp_path: Path, qapp: QApplication, until: Until) -> None:
    here = places({"CBR_DESKTOP_HOME": str(tmp_path)})
    here.make()
    clock = StageClock()
    transport = demo.DemoTransport(Service(estate.demo(clock.now(), days=DAYS), clock))
    secrets = Secrets({}, lambda: None)

    async def story(window: WelcomeWindow) -> None:
        press(window, "addProfile")
        dialog = shown(window, ProfilesDialog)
        assert not window.windowIcon().isNull() and not dialog.windowIcon().isNull()
        for name, text in {"region": "Other endpoints…", "project": "eu-de_prod"}.items():
            child(dialog, QComboBox, name).setEditText(text)
        typed = {
            "name": "Mine",
            "iam_endpoint": "https://iam.demo.invalid",
            "cbr_endpoint": "https://cbr.demo.invalid",
            "iam_endpoint_proof": "iam.demo.invalid",
            "cbr_endpoint_proof": "cbr.demo.invalid",
            "user": "operator",
            "domain": "demo",
        }
        for name, text in typed.items():
            child(dialog, QLineEdit, name).setText(text)
        await until(child(dialog, QAbstractButton, "saveProfile").isEnabled)
        press(dialog, "saveProfile")
        press(dialog, "testProfile")
        await until(lambda: shown(dialog, LoginDialog) is not None)
        child(shown(dialog, LoginDialog), QLineEdit, "password").setText(estate.DEMO_PASSWORD)
        press(shown(dialog, LoginDialog), "logInNow")
        await until(lambda: "All is well" in child(dialog, QLabel, "checksHeading").text())
        assert child(window, QAbstractButton, "openProfile").isVisible()
        press(dialog, "openProfile")

    async def journey(leaving: Leaving) -> str:
        chosen = await choosing(here, secrets, leaving, lambda _profile, _secret: transport, story)
        assert chosen is not None
        # nobody is asked a second time when the window of the profile opens
        assert await secrets.get(chosen, SecretKind.PASSWORD) == estate.DEMO_PASSWORD
        return chosen.name

    assert run(qapp, journey) == "Mine"
    written = here.profiles_file.read_text()
    assert 'name = "Mine"' in written
    assert "password" not in written
