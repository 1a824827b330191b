"""Who looks at what: how often the lists are read goes with the window, the page in front and what was chosen."""

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.shell.attendance import CHOICES, stored_seconds
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.refresh import Attention
from tests.services import give
from tests.ui import estate
from tests.ui.estate import Wishes
from tests.widgets import child


def told(context: ProfileContext) -> Attention:
    return cast(Any, context.refresh).attended[-1]  # type: ignore[no-any-return]


def window(qtbot: QtBot) -> tuple[MainWindow, ProfileContext]:
    workspace = estate.workspace()
    (context,) = workspace.contexts
    wishes = Wishes()
    give(context, wishes, wishes)
    made = MainWindow(workspace)
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_may_close", True))
    made.show()
    made.build_deferred_widgets()
    return made, context


def test_the_page_in_front_is_told_and_a_window_out_of_sight_looks_at_nothing(qtbot: QtBot) -> None:
    made, context = window(qtbot)
    assert told(context).is_seen and Part.VAULTS in told(context).front
    made.show_page("Resources")
    assert Part.PROTECTABLES in told(context).front
    made.showMinimized()
    assert (told(context).is_seen, told(context).front) == (False, frozenset())
    made.showNormal()
    assert told(context).is_seen and Part.PROTECTABLES in told(context).front
    made.hide()
    assert not told(context).is_seen


def test_how_often_the_lists_are_read_is_chosen_in_the_settings_and_remembered(qtbot: QtBot) -> None:
    made, context = window(qtbot)
    assert told(context).every_seconds == 120
    dialog = made.open_settings()
    box = child(dialog, QComboBox, "settingsRefresh")
    assert [box.itemText(row) for row in range(box.count())] == [
        "Every 1 minute",
        "Every 2 minutes",
        "Every 5 minutes",
        "Every 15 minutes",
        "Only when I ask (F5)",
    ]
    box.activated.emit(CHOICES.index(900))
    assert (told(context).every_seconds, stored_seconds(context.settings)) == (900, 900)
    context.settings.put("refresh/seconds", "often")
    assert stored_seconds(context.settings) == 120, "what is none of the choices is the usual one"


TAKEN_DOWN = """
import sys
from PySide6.QtWidgets import QApplication
from cbr_desktop.ui.shell.window import MainWindow
from tests.ui import estate
application = QApplication(sys.argv[:1])
window = MainWindow(estate.workspace())
window.show()
window.build_deferred_widgets()
application.processEvents()
"""


def test_an_interpreter_that_ends_under_an_open_window_ends_in_order() -> None:
    """What follows the window is asked while it is taken down; an error there ends the process in the binding."""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", TAKEN_DOWN], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_machine_without_a_battery_runs_on_none() -> None:
    from cbr_desktop.app.power import is_on_battery

    assert is_on_battery() in (True, False)
