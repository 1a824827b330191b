"""The entry: ``python -m cbr_desktop`` and the command ``cbr-desktop``."""

import gc
import os
import sys

# nothing of what is imported becomes garbage, and looking for it takes a part of every start; see ``cli`` for the rest
gc.disable()

# qasync takes the first binding that it finds; ours is named before anything imports it
os.environ["QT_API"] = "pyside6"

from cbr_desktop.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
