"""Where the machine has its power from."""

import sys
from pathlib import Path

_SUPPLIES = Path("/sys/class/power_supply")
"""Where Linux has a folder for each battery."""


def is_on_battery() -> bool:
    """Whether the machine runs on its battery; one that has none, or does not tell, does not."""
    if sys.platform == "linux" and not _has_supplies():
        return False  # most servers and many desktops: what the library below takes is a megabyte
    # it is asked for the first time when the window is long there, and in a thread of its own
    import psutil

    try:
        battery = psutil.sensors_battery()
    except (OSError, RuntimeError, AttributeError):  # some systems have no such sensors, or no right to read them
        return False
    return battery is not None and battery.power_plugged is False


def _has_supplies() -> bool:
    try:
        return any(_SUPPLIES.iterdir())
    except OSError:
        return False
