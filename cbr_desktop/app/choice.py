"""What is said before there is a session: which cloud, or why there cannot be one."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.profile import Profile
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.storage import profiles
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.ui.shell.stop import StopWindow
from cbr_desktop.ui.shell.welcome import WelcomeWindow

if TYPE_CHECKING:
    from cbr_desktop.app.editing import TransportOf
    from cbr_desktop.ui.profiles.dialog import ProfilesDialog


def choose(
    application: QApplication, here: Places, secrets: Secrets | None = None, files: list[str] | None = None
) -> Profile | None:
    """Show what there is to choose from and return the choice; ``None`` when the window was closed without one.

    ``secrets`` holds what is typed to test a profile, so that it is asked for once. ``files`` wait to be opened; those
    that are chosen here join them.
    """
    return run(application, lambda leaving: choosing(here, secrets or Secrets(), leaving, files=files))


def show_error(application: QApplication, error: CbrError) -> None:
    """Show why there is no window, until it has been read."""
    run(application, lambda leaving: _told(error_sentence(error), leaving))


async def _told(sentence: str, leaving: Leaving) -> None:
    window = StopWindow(sentence)
    window.dismissed.connect(leaving.ask)
    window.show()
    await leaving.wait()
    window.deleteLater()


Story = Callable[[WelcomeWindow], Awaitable[None]]
"""What is done at the first screen besides what the operator does."""


async def choosing(
    here: Places,
    secrets: Secrets,
    leaving: Leaving,
    transport_of: "TransportOf | None" = None,
    story: Story | None = None,
    files: list[str] | None = None,
) -> Profile | None:
    """Show the first screen until something was chosen or it was closed. ``transport_of`` leads to the network."""
    known, problems = profiles.read(here.profiles_file)
    said = [error_sentence(problem) for problem in problems]
    files = files if files is not None else []
    window = WelcomeWindow(known, said, str(here.profiles_file), files)
    window.file_chosen.connect(files.append)
    choice: list[Profile] = []

    def choose_now(profile: Profile | None) -> None:
        choice.append(profile or DEMO)
        leaving.ask()

    window.chosen.connect(choose_now)
    window.dismissed.connect(leaving.ask)
    opener = ProfilesOpener(window, here, secrets, choose_now, transport_of)
    window.show()
    if story is not None:
        await story(window)
    await leaving.wait()
    opener.close()
    window.hide()
    window.deleteLater()
    return choice[0] if choice else None


class ProfilesOpener(QObject):
    """Opens the window of profiles over the first screen, and tells the first screen what has changed."""

    def __init__(
        self,
        window: WelcomeWindow,
        here: Places,
        secrets: Secrets,
        choose: Callable[[Profile], object],
        transport_of: "TransportOf | None",
    ) -> None:
        super().__init__(window)
        self._window = window
        self._here = here
        self._secrets = secrets
        self._choose = choose
        self._transport_of = transport_of
        self._dialog: ProfilesDialog | None = None
        window.add_requested.connect(lambda: self._open().add())
        window.import_requested.connect(lambda: self._open().import_profiles())
        window.edit_requested.connect(self._open)

    def close(self) -> None:
        """Close the window of profiles, if it is open; what is not saved is gone."""
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.hide()

    def _open(self, name: str = "") -> Any:
        if self._dialog is not None and isValid(self._dialog) and self._dialog.is_open:
            self._dialog.activateWindow()
            return self._dialog
        # with a client, a network and all of their libraries: a user who has a profile does not wait for them
        from cbr_desktop.app import editing

        dialog = editing.open_profiles(
            self._here, self._secrets, self._window, transport_of=self._transport_of, start=name
        )
        dialog.changed.connect(self._tell)
        dialog.open_requested.connect(self._choose)
        self._dialog = dialog
        return dialog

    def _tell(self) -> None:
        known, problems = profiles.read(self._here.profiles_file)
        self._window.show_profiles(known, [error_sentence(problem) for problem in problems])
