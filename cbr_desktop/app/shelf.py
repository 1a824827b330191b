"""Opening the shelf of drafts: its folder, the system's trash, and what was not saved the last time."""

import errno
import os
from pathlib import Path

from PySide6.QtCore import QFile

from cbr_desktop.storage.drafts import Drafts
from cbr_desktop.storage.paths import Places
from cbr_desktop.ui.hall import Hall
from cbr_desktop.ui.notices import WARNING
from cbr_desktop.ui.shelf import unsaved_words
from cbr_desktop.ui.window import MainWindow

_FOLDER = "drafts/folder"


def open_shelf(here: Places, hall: Hall) -> None:
    """Hand the drafts to a hall; the demo cloud has a folder of its own that goes with it."""
    stored = None if hall.is_demo else hall.settings.get(_FOLDER, None)
    folder = Path(stored) if isinstance(stored, str) and Path(stored).is_absolute() else here.requests

    def remember(chosen: str) -> None:
        if not hall.is_demo:
            hall.settings.put(_FOLDER, chosen)

    hall.put_shelf(Drafts(folder, here.unsaved_folder, move_to_trash, remember=remember))


def tell_unsaved(window: MainWindow, hall: Hall) -> None:
    """Say what was not saved when the program ended the last time."""
    count = len(hall.shelf.unsaved()) if hall.shelf is not None else 0
    if count:
        words = f"{unsaved_words(count)} Restore or discard them among the drafts."
        window.notices.say(words, WARNING, "Show them", lambda: window.show_page("Drafts"))


def move_to_trash(path: Path) -> None:
    """Put a file into the system's trash. ``OSError`` when there is none, or it would not take it."""
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if not QFile.supportsMoveToTrash() or not QFile(str(path)).moveToTrash():
        raise OSError(errno.ENOTSUP, "the system's trash did not take it")
