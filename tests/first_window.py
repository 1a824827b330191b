"""The first window where no profile is known, up to the moment in which it would be shown; prints how it is dressed."""

import json
import sys
from types import ModuleType
from typing import Any

from cbr_desktop.app.window import open_window
from cbr_desktop.storage.paths import places


def choose(application: Any, *_rest: object) -> None:
    """Stand in for the window in which a profile is chosen; nobody chooses one."""
    colours = application.palette()
    told = {
        "window": colours.window().color().name(),
        "text": colours.windowText().color().name(),
        "sheet": bool(application.styleSheet()),
    }
    print(json.dumps(told), flush=True)


stand_in = ModuleType("cbr_desktop.app.choice")
stand_in.choose = choose  # type: ignore[attr-defined]
sys.modules[stand_in.__name__] = stand_in
sys.exit(open_window(places(), None))
