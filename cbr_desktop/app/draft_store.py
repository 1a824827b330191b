"""Opening the store of drafts: its folder, the system's trash, and what was not saved the last time."""

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from PySide6 import QtCore

from cbr_desktop.storage.drafts import FOLDER, Drafts, drafts_folder
from cbr_desktop.storage.paths import Places
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.ui.kit.notice_bar import WARNING
from cbr_desktop.ui.session.draft_store import unsaved_words
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.window import MainWindow


def open_draft_store(here: Places, workspace: Workspace, given: Mapping[str, str] | None = None) -> Drafts:
    """Return the drafts of a workspace; the demo cloud has a folder of its own that goes with it.

    ``given`` are texts by the names of files that lie there from the beginning.
    """
    folder = here.requests if workspace.is_demo else drafts_folder(here, workspace.settings.get(FOLDER, None))

    def remember(chosen: str) -> None:
        if not workspace.is_demo:
            workspace.settings.put(FOLDER, chosen)

    for name, text in (given or {}).items():
        # they go with the demo cloud, and need not be safe on disk first
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Drafts(folder, here.unsaved_folder, move_to_trash, remember=remember)


def tell_unsaved(window: MainWindow, workspace: Workspace) -> None:
    """Say what was not saved when the program ended the last time, and open what it was started with for review."""
    count = len(workspace.draft_store.unsaved()) if workspace.draft_store is not None else 0
    if count:
        words = sentences(unsaved_words(count), _("Restore or discard them among the drafts."))
        window.notices.say(words, WARNING, _("Show them"), lambda: window.show_page("Drafts"))
    for path in window.waiting:
        window.open_outside(path)


def move_to_trash(path: Path) -> None:
    """Put a file into the system's trash. ``OSError`` when there is none, or it would not take it."""
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    # the trash of a desktop lies in a folder that Qt expects to be there; on a new account it need not be
    shared = QtCore.QStandardPaths.writableLocation(QtCore.QStandardPaths.StandardLocation.GenericDataLocation)
    Path(shared).mkdir(0o700, parents=True, exist_ok=True)
    if not QtCore.QFile.supportsMoveToTrash() or not QtCore.QFile(str(path)).moveToTrash():
        raise OSError(errno.ENOTSUP, _("the system's trash did not take it"))
