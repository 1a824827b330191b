"""Where the machine has its power from."""


def is_on_battery() -> bool:
    """Whether the machine runs on its battery; one that has none, or does not tell, does not."""
    # it is asked for the first time when the window is long there, and in a thread of its own
    import psutil

    try:
        battery = psutil.sensors_battery()
    except (OSError, RuntimeError, AttributeError):  # some systems have no such sensors, or no right to read them
        return False
    return battery is not None and battery.power_plugged is False
