"""The entry: ``python -m cbr_desktop`` and the command ``cbr-desktop``."""

import gc
import importlib
import os
from typing import NoReturn

from cbr_desktop.late_modules import loaded_when_used

# nothing of what is imported becomes garbage, and looking for it takes a part of every start; see ``cli`` for the rest
gc.disable()

# qasync takes the first binding that it finds; ours is named before anything imports it
os.environ["QT_API"] = "pyside6"

with loaded_when_used("ipaddress"):  # it is asked for addresses in brackets alone, by what paths ask for file: URLs
    import pathlib  # noqa: F401

from cbr_desktop.cli import main  # noqa: E402
from cbr_desktop.text.catalogue import choose_language  # noqa: E402


def start() -> NoReturn:
    """Run the command of the command line, and end the process with its exit code."""
    choose_language()
    try:
        code = main()
    except SystemExit as end:  # by which help, the version and a wrong command line end
        code = end.code if isinstance(end.code, int) else 0
    # the first paint does without it
    importlib.import_module("cbr_desktop.process_exit").depart(code)
    raise AssertionError


if __name__ == "__main__":
    start()
