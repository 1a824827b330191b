"""Who looks at what: how often the lists are read goes with the window, the page in front and what was chosen."""

import json
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from cbr_desktop.ui.session.network_settings import stored_at_once
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.shell.refresh_pace import CHOICES, stored_seconds
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.pacing import Attention
from tests.services import give, serve
from tests.ui import estate
from tests.ui.estate import Wishes
from tests.widgets import child

ROOT = Path(__file__).parents[2]


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
    dialog = made.small_windows.open_settings()
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


def test_a_metered_network_is_read_over_less_often_which_is_said_and_can_be_turned_off(
    qtbot: QtBot, run: Callable[..., Any], until: Callable[..., Awaitable[None]]
) -> None:
    workspace, costs = estate.workspace(), {"battery": False, "metered": True}
    (context,) = workspace.contexts
    wishes = Wishes()
    give(context, wishes, wishes)
    serve(workspace, is_on_battery=lambda: costs["battery"], is_metered=lambda: costs["metered"])

    async def story() -> None:
        made = MainWindow(workspace)
        qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_may_close", True))
        made.show()
        made.build_deferred_widgets()
        slowed = made.status.pace

        async def looked(expected: str) -> None:
            await workspace.clock.sleep(60)
            made.status.ticked.emit()
            await until(lambda: slowed.text() == expected)

        await looked("◐ metered network, lists every 4 min")
        assert slowed.isVisible() and (told(context).is_metered, told(context).pause) == (True, 240)
        slowed.click()
        dialog = made.small_windows.open_settings()
        tick = child(dialog, QCheckBox, "settingsMetered")
        tick.setChecked(False)
        assert (slowed.text(), slowed.isVisible(), told(context).pause) == ("", False, 120)
        tick.setChecked(True)
        assert told(context).pause == 240
        costs.update(battery=True, metered=False)
        await looked("◐ on battery, lists every 4 min")
        box = child(dialog, QComboBox, "settingsRefresh")
        box.activated.emit(CHOICES.index(0))
        assert not slowed.text(), "what is read only when somebody asks cannot be read less often"
        costs.update(battery=False)
        box.activated.emit(CHOICES.index(120))
        await looked("")
        assert told(context).pause == 120
        workspace.is_demo = True
        costs.update(battery=True, metered=True)
        await looked("◐ on battery, lists every 4 min")
        assert not told(context).is_metered, "no network is between the program and the cloud of the demo"

    run(story())


def test_how_many_requests_go_at_a_time_is_chosen_in_the_settings(qtbot: QtBot) -> None:
    made, context = window(qtbot)
    box = child(made.small_windows.open_settings(), QComboBox, "settingsAtOnce")
    assert [box.itemText(row) for row in range(box.count())] == [
        "Automatic",
        "6 at most",
        "2 at most",
        "One after the other",
    ]
    box.activated.emit(2)
    assert stored_at_once(context.settings) == 2
    context.settings.put("network/at-once", 1000)
    assert stored_at_once(context.settings) == 0


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="there is no message bus here")
def test_network_manager_is_asked_whether_the_network_is_metered() -> None:
    command = ["dbus-run-session", "--", sys.executable, "-m", "tests.ui.network_manager"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    says = {"0": False, "1": True, "2": False, "3": True, "4": False, "no such property": False}
    assert json.loads(done.stdout) == {"nobody": False, **says, "silence": False, "no bus": False}


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
    done = subprocess.run([sys.executable, "-c", TAKEN_DOWN], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_machine_without_a_battery_runs_on_none() -> None:
    from cbr_desktop.app.power import is_on_battery

    assert is_on_battery() in (True, False)
