"""The size of the letters: the desktop's own, or a part of it that was chosen."""

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from cbr_desktop.ui.kit.theme import rescale_letters
from cbr_desktop.ui.session.profile_context import Settings

PERCENTS = (90, 100, 110, 125, 150)
"""What can be chosen, of the size that the desktop asks for."""
_KEY = "window/font-percent"
_OWN = "desktopPointSize"
_SMALLEST = 6.0


def stored_percent(settings: Settings) -> int:
    """Return what was chosen, 100 where it was nothing that can be chosen."""
    stored = settings.get(_KEY, 100)
    return stored if isinstance(stored, int) and stored in PERCENTS else 100


def apply_stored(application: QApplication, settings: Settings) -> None:
    """Use the size that was chosen; nothing is done where that is the desktop's own."""
    percent = stored_percent(settings)
    if percent != 100 or application.property(_OWN) is not None:
        _apply(application, percent)


def show_percent(application: QApplication, settings: Settings, percent: int) -> None:
    """Change to another size, now and at the next start."""
    settings.put(_KEY, percent)
    _apply(application, percent)


def _apply(application: QApplication, percent: int) -> None:
    font = QFont(application.font())
    own = application.property(_OWN)
    if own is None:
        own = font.pointSizeF() if font.pointSizeF() > 0 else font.pixelSize() * 0.75
        application.setProperty(_OWN, own)
    font.setPointSizeF(max(_SMALLEST, float(own) * percent / 100))
    application.setFont(font)
    sheet = application.styleSheet()
    if sheet:  # under a sheet, widgets that are there take a font over when the sheet is set anew, and not before
        application.setStyleSheet("")
        application.setStyleSheet(sheet)
    for widget in application.allWidgets():
        rescale_letters(widget)
