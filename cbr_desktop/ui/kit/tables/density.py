"""How close the rows of tables stand to each other."""

from enum import StrEnum

from PySide6.QtGui import QFontMetrics

from cbr_desktop.ui.session.profile_context import Settings

_KEY = "window/density"


class Density(StrEnum):
    """What can be chosen; the values are what is stored."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


_BESIDE = {Density.COMFORTABLE: 14, Density.COMPACT: 5}
"""What a row has above and below its letters together, in device-independent pixels."""


def stored_density(settings: Settings) -> Density:
    """Return what was chosen, the comfortable one where it was nothing that can be chosen."""
    stored = settings.get(_KEY, Density.COMFORTABLE.value)
    return Density(stored) if isinstance(stored, str) and stored in list(Density) else Density.COMFORTABLE


def store_density(settings: Settings, density: Density) -> None:
    """Remember what was chosen."""
    settings.put(_KEY, density.value)


def row_height(metrics: QFontMetrics, density: Density) -> int:
    """Return the height of a row."""
    return metrics.height() + _BESIDE[density]
