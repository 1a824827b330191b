"""Leaving in the middle of each kind of work and starting again, in one process: ``departing.py FOLDER RUNS``.

Prints a line of JSON for each run.
"""

import json
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete

from tests.journeys.departing import SAID, departed

FOLDER, RUNS = Path(sys.argv[1]), int(sys.argv[2])


class Keeper:
    """Keeps the windows of a run, and destroys them after it."""

    def __init__(self) -> None:
        self._widgets: list[QWidget] = []

    def addWidget(self, widget: QWidget) -> None:
        """Keep a window."""
        self._widgets.append(widget)

    def clear(self) -> None:
        """Destroy what was kept."""
        for widget in self._widgets:
            delete(widget)
        self._widgets.clear()


application = QApplication(sys.argv[:1])
keeper = Keeper()
for number in range(RUNS):
    kind = list(SAID)[number % len(SAID)]
    seen = departed(kind, FOLDER / f"run-{number}", application, keeper)
    keeper.clear()
    print(json.dumps({"kind": kind, "problems": seen.problems}), flush=True)
