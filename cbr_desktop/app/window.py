"""The program's window up to its first paint; what is not needed for that is imported afterwards (see ``life``).

::

    opening: what needs no Qt
      -> application, theme, profile, first page of the cache -> window -> first paint
          -> life: sessions, loop, residents, leaving
"""

import gc
import importlib
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from cbr_desktop import __version__
from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.opening import recall_first_page, say_raised
from cbr_desktop.app.profile import DEMO_PROFILES, all_profiles
from cbr_desktop.domain.error import CbrError, InUse
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.files import write_whole
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.ui.profile_context import ProfileContext
from cbr_desktop.ui.window import MainWindow
from cbr_desktop.ui.workspace import Choice, Extent, Workspace


def open_window(here: Places, profile: Profile | None, files: Sequence[Path] = ()) -> int:
    """Open the window of a profile, or of one that is chosen first; return its exit code.

    ``files`` are opened for review once the drafts are there.
    """
    application = new_application()
    waiting = [str(path.absolute()) for path in files]
    workspace = new_workspace(here, profile) if profile is not None else remembered_workspace(here)
    given: tuple[Any, ...] = ()
    if workspace is None:
        # what was typed there is good for the window as well
        given = (_late("storage.secrets").Secrets(),)
        profile = _late("app.choice").choose(application, here, *given, waiting)
        if profile is None:
            return 0
        workspace = new_workspace(here, profile, remember=True)
    for context in workspace.contexts:
        recall_first_page(context.ledger, here)
    window = MainWindow(workspace, open_checkpoint, open_outcome)
    window.waiting = waiting
    paint_now(application, window)
    run_life = _late("app.life").run_life
    # what has been imported stays for good: the collector need not go through it from now on
    gc.freeze()
    try:
        code: int = run_life(application, window, workspace, here, *given)
    except CbrError as error:
        window.hide()
        if isinstance(error, InUse) and _raised_late(here, files):
            say_raised()
            return 0
        tell_startup_error(application, error)
        raise
    return code


def tell_startup_error(application: QApplication, error: CbrError) -> None:
    """Show why there is no window, where the program was started without a terminal to read it in."""
    has_terminal = sys.stderr is not None and sys.stderr.isatty()
    if application.platformName() != "offscreen" and not has_terminal:
        _late("app.choice").show_error(application, error)


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
    workspace.choose(Choice(Extent.ONE, profile.name, (profile.name,)), remember=remember)
    return workspace


def remembered_workspace(here: Places) -> Workspace | None:
    """Return a workspace in which is looked at what was last, or ``None`` when there is no such scope any more."""
    workspace = Workspace(all_profiles(here), _settings(here), WallClock(), save_text)
    choice = workspace.remembered()
    if choice is None:
        return None
    workspace.choose(choice)
    return workspace


def _settings(here: Places) -> JsonSettings:
    return JsonSettings(here.state / "screens.json")


def paint_now(application: QApplication, window: QWidget) -> None:
    """Show a window and have it painted. No loop runs yet, so nothing can be entered a second time."""
    window.show()
    application.processEvents()


def open_checkpoint(
    context: ProfileContext, vault_id: VaultId | None, resource_ids: Sequence[ResourceId], parent: QWidget
) -> QWidget:
    """Open a checkpoint dialog."""
    dialog: QWidget = _late("ui.dialogs.checkpoint").CheckpointDialog(
        context, vault_id, resource_ids, parent, draft_store=context.draft_store
    )
    dialog.open()  # type: ignore[attr-defined]
    return dialog


def open_outcome(context: ProfileContext, intent_id: IntentId, parent: QWidget) -> QWidget:
    """Open the outcome of an intent; what was refused can be edited and sent again from there."""
    dialog = _late("ui.dialogs.outcome").OutcomeDialog(context, intent_id, parent, can_edit=True)
    dialog.edit_requested.connect(partial(_edit_again, context, parent))
    dialog.open()
    shown: QWidget = dialog
    return shown


def _edit_again(context: ProfileContext, parent: QWidget, intent_id: IntentId) -> None:
    _late("ui.changing").edit_again(context, intent_id, parent)


def save_text(path: str, text: str) -> None:
    """Write a file that the operator chose, whole or not at all."""
    write_whole(Path(path), text.encode("utf-8", "surrogatepass"))


def _raised_late(here: Places, files: Sequence[Path]) -> bool:
    """Ask the program that holds the lock for its window, when it had not been there to be asked before ours."""
    single_instance = _late("app.single_instance")
    activations = [single_instance.Activation(path) for path in files] or [single_instance.Activation()]
    return all(single_instance.activate(here.socket_path, each, wait=True) for each in activations)


def _late(module: str) -> Any:
    """Import a module of this program that the first paint does not need."""
    return importlib.import_module(f"cbr_desktop.{module}")
