"""The program's window up to its first paint; what is not needed for that is imported afterwards (see ``main_loop``).

::

    opening: what needs no Qt
      -> application, theme, profile, first page of the cache -> window -> first paint
          -> life: sessions, loop, residents, leaving
"""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from cbr_desktop import __version__
from cbr_desktop.app import quick_enums
from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.profile import DEMO_PROFILES, all_profiles
from cbr_desktop.domain.error import CbrError, InUse
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.files import write_whole
from cbr_desktop.storage.first_rows import recall_first
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.ui.kit.theme import apply, stored_theme
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.ui.session.workspace import Choice, Extent, Workspace
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Ledger

if TYPE_CHECKING:
    from cbr_desktop.storage.secrets import Secrets


def open_window(here: Places, profile: Profile | None, files: Sequence[Path] = ()) -> int:
    """Open the window of a profile, or of one that is chosen first; return its exit code.

    ``files`` are opened for review once the drafts are there.
    """
    application = new_application()
    waiting = [str(path.absolute()) for path in files]
    workspace = new_workspace(here, profile) if profile is not None else remembered_workspace(here)
    secrets: Secrets | None = None
    if workspace is None:
        from cbr_desktop.app.choice import choose
        from cbr_desktop.storage import secrets as stores

        settings = _settings(here)
        apply(application, stored_theme(settings))
        _apply_fonts(application, settings)
        secrets = stores.Secrets()  # what was typed there is good for the window as well
        profile = choose(application, here, secrets, waiting)
        if profile is None:
            return 0
        workspace = new_workspace(here, profile, remember=True)
    for context in workspace.contexts:
        recall_first_page(context.ledger, here)
    _apply_fonts(application, workspace.settings)
    workspace.signals.forget()  # the window begins with all of it, and would only take it a second time
    window = MainWindow(workspace)
    window.waiting = waiting
    paint_now(application, window)
    quick_enums.end()
    from cbr_desktop.app.late_imports import import_main_loop

    import_main_loop(application, window)
    from cbr_desktop.app.main_loop import run_main_loop

    # what has been imported stays for good: the garbage collector need not go through it again
    gc.freeze()
    try:
        return run_main_loop(application, window, workspace, here, secrets)
    except CbrError as error:
        window.hide()
        if isinstance(error, InUse) and _raised_late(here, files):
            from cbr_desktop.app.single_instance import say_raised

            say_raised()
            return 0
        tell_startup_error(application, error)
        raise


def recall_first_page(ledger: Ledger, here: Places) -> None:
    """Put the first rows of what was seen last into the ledger: quick enough to come before the first paint."""
    if ledger.profile in DEMO_PROFILES:
        return
    cache = here.cache_file(ledger.profile)
    listing = recall_first(cache)
    if listing is None and os.path.exists(cache):  # noqa: PTH110  # one that cannot be reached is none
        from cbr_desktop.storage.lists import first_vaults

        listing = first_vaults(cache)
    if listing is not None:
        ledger.put_vaults(listing, from_cache=True)


def _apply_fonts(application: QApplication, settings: Settings) -> None:
    """Use the size of letters that was chosen, where it is not the desktop's own."""
    if settings.get("window/font-percent", None) is not None:
        from cbr_desktop.ui.kit.fonts import apply_stored

        apply_stored(application, settings)


def tell_startup_error(application: QApplication, error: CbrError) -> None:
    """Show why there is no window, where the program was started without a terminal to read it in."""
    has_terminal = sys.stderr is not None and sys.stderr.isatty()
    if application.platformName() != "offscreen" and not has_terminal:
        from cbr_desktop.app import choice

        choice.show_error(application, error)


def new_application() -> QApplication:
    """Return the one Qt application of this process, named for desktops and screen readers."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("cbr-desktop")
    application.setApplicationDisplayName("CBR Desktop")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("cbr-desktop")
    return application


def new_workspace(
    here: Places,
    profile: Profile,
    profiles: Sequence[Profile] | None = None,
    clock: WallClock | None = None,
    *,
    remember: bool = False,
) -> Workspace:
    """Return a workspace that looks at ``profile``, of ``profiles`` or of those in the file; sessions come later."""
    is_demo = profile in DEMO_PROFILES
    if profiles is None:
        profiles = DEMO_PROFILES if is_demo else all_profiles(here)
    known = profiles if any(each.name == profile.name for each in profiles) else (profile, *profiles)
    workspace = Workspace(known, _settings(here), clock or WallClock(), save_text, is_demo=is_demo)
    workspace.folders = _folders(here)
    workspace.choose(Choice(Extent.ONE, profile.name, (profile.name,)), remember=remember)
    return workspace


def remembered_workspace(here: Places) -> Workspace | None:
    """Return a workspace in which is looked at what was last, or ``None`` when there is no such scope any more."""
    workspace = Workspace(all_profiles(here), _settings(here), WallClock(), save_text)
    choice = workspace.remembered()
    if choice is None:
        return None
    workspace.folders = _folders(here)
    workspace.choose(choice)
    return workspace


def _folders(here: Places) -> dict[str, str]:
    return {"config": str(here.config), "data": str(here.data), "logs": str(here.logs)}


def _settings(here: Places) -> JsonSettings:
    return JsonSettings(here.state / "screens.json")


def paint_now(application: QApplication, window: QWidget) -> None:
    """Show a window and have it painted. No loop runs yet, so nothing can be entered a second time."""
    window.show()
    application.processEvents()


def save_text(path: str, text: str | bytes) -> None:
    """Write a file that the operator chose, whole or not at all."""
    write_whole(Path(path), text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))


def _raised_late(here: Places, files: Sequence[Path]) -> bool:
    """Ask the program that holds the lock for its window, when it had not been there to be asked before ours."""
    from cbr_desktop.app.single_instance import Activation, activate

    return all(
        activate(here.socket_path, wish, wait=True) for wish in [Activation(path) for path in files] or [Activation()]
    )
