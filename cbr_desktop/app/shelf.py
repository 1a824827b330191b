"""Opening the shelf of drafts: its folder, the system's trash, and what was not saved the last time."""

import errno
import os
from pathlib import Path

from PySide6.QtCore import QFile

from cbr_desktop.storage.drafts import FOLDER, Drafts, drafts_folder
from cbr_desktop.storage.paths import Places
from cbr_desktop.ui.hall import Hall
from cbr_desktop.ui.notices import WARNING
from cbr_desktop.ui.shelf import unsaved_words
from cbr_desktop.ui.window import MainWindow


def open_shelf(here: Places, hall: Hall) -> None:
    """Hand the drafts to a hall; the demo cloud has a folder of its own that goes with it."""
    folder = here.requests if hall.is_demo else drafts_folder(here, hall.settings.get(FOLDER, None))

    def remember(chosen: str) -> None:
        if not hall.is_demo:
            hall.settings.put(FOLDER, chosen)

    hall.put_shelf(Drafts(folder, here.unsaved_folder, move_to_trash, remember=remember))


def tell_unsaved(window: MainWindow, hall: Hall) -> None:
    """Say what was not saved when the program ended the last time, and open what it was started with for review."""
    count = len(hall.shelf.unsaved()) if hall.shelf is not None else 0
    if count:
        words = f"{unsaved_words(count)} Restore or discard them among the drafts."
        window.notices.say(words, WARNING, "Show them", lambda: window.show_page("Drafts"))
    for path in window.waiting:
        window.open_outside(path)


def move_to_trash(path: Path) -> None:
    """Put a file into the system's trash. ``OSError`` when there is none, or it would not take it."""
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if not QFile.supportsMoveToTrash() or not QFile(str(path)).moveToTrash():
        raise OSError(errno.ENOTSUP, "the system's trash did not take it")
