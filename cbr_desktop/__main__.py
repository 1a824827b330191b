"""The entry: ``python -m cbr_desktop`` and the command ``cbr-desktop``."""

import os
import sys

# qasync takes the first binding that it finds; ours is named before anything imports it
os.environ["QT_API"] = "pyside6"

from cbr_desktop.cli import main

if __name__ == "__main__":
    sys.exit(main())
