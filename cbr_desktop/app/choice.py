"""What is said before there is a house: which cloud, or why there cannot be one."""

from PySide6.QtWidgets import QApplication

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.error import HouseError
from cbr_desktop.domain.profile import Profile
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.storage import profiles
from cbr_desktop.storage.paths import Places
from cbr_desktop.ui.errors import error_sentence
from cbr_desktop.ui.stop import StopWindow
from cbr_desktop.ui.welcome import WelcomeWindow


def choose(application: QApplication, here: Places) -> Profile | None:
    """Show what there is to choose from and return the choice; ``None`` when the window was closed without one."""
    return run(application, lambda leaving: _chosen(here, leaving))


def tell(application: QApplication, error: HouseError) -> None:
    """Show why there is no window, until it has been read."""
    run(application, lambda leaving: _told(error_sentence(error), leaving))


async def _told(sentence: str, leaving: Leaving) -> None:
    window = StopWindow(sentence)
    window.dismissed.connect(leaving.ask)
    window.show()
    await leaving.wait()
    window.deleteLater()


async def _chosen(here: Places, leaving: Leaving) -> Profile | None:
    known, problems = profiles.read(here.profiles_file)
    window = WelcomeWindow(known, [error_sentence(problem) for problem in problems], str(here.profiles_file))
    choice: list[Profile] = []
    window.chosen.connect(lambda profile: choice.append(profile or DEMO))
    window.chosen.connect(leaving.ask)
    window.dismissed.connect(leaving.ask)
    window.show()
    await leaving.wait()
    window.hide()
    window.deleteLater()
    return choice[0] if choice else None
