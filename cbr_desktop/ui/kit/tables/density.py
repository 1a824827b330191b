"""How close the rows of tables stand to each other."""

from PySide6.QtGui import QFontMetrics

from cbr_desktop.ui.session.profile_context import Settings

COMFORTABLE, COMPACT = "comfortable", "compact"
_KEY = "window/density"
_BESIDE = {COMFORTABLE: 14, COMPACT: 5}
"""What a row has above and below its letters together, in device-independent pixels."""


def stored_density(settings: Settings) -> str:
    """Return what was chosen, the comfortable one where it was nothing that can be chosen."""
    stored = settings.get(_KEY, COMFORTABLE)
    return stored if isinstance(stored, str) and stored in _BESIDE else COMFORTABLE


def store_density(settings: Settings, density: str) -> None:
    """Remember what was chosen."""
    settings.put(_KEY, density)


def row_height(metrics: QFontMetrics, density: str) -> int:
    """Return the height of a row."""
    return metrics.height() + _BESIDE[density]
