"""What was chosen for the network: how many requests at a time, and whether a metered one is spared."""

from cbr_desktop.ui.session.profile_context import Settings

AT_ONCE = "network/at-once"
AT_ONCE_CHOICES = (0, 6, 2, 1)
"""Requests at a time that can be chosen; 0 is as many as are worth it, by how far away the service is."""
SPARES = "network/spare-metered"


def stored_at_once(settings: Settings) -> int:
    """Return how many requests are on their way at a time at the most, 0 for as many as are worth it."""
    stored = settings.get(AT_ONCE, 0)
    return next((count for count in AT_ONCE_CHOICES if count == stored), 0)


def spares_metered(settings: Settings) -> bool:
    """Whether the lists are read less often on a metered network."""
    return settings.get(SPARES, True) is not False
