"""Light and dark: the palette of the program, and the colours that carry a meaning in either."""

import sys
from enum import StrEnum

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from cbr_desktop.domain.profile import Environment
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.session.profile_context import Settings


class Theme(StrEnum):
    """What an operator may choose; ``SYSTEM`` follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_LIGHT = {
    QPalette.ColorRole.Window: "#eef0f3",
    QPalette.ColorRole.WindowText: "#16191d",
    QPalette.ColorRole.Base: "#ffffff",
    QPalette.ColorRole.AlternateBase: "#f5f7f9",
    QPalette.ColorRole.ToolTipBase: "#16191d",
    QPalette.ColorRole.ToolTipText: "#f5f7f9",
    QPalette.ColorRole.PlaceholderText: "#5d6670",
    QPalette.ColorRole.Text: "#16191d",
    QPalette.ColorRole.Button: "#f8f9fb",
    QPalette.ColorRole.ButtonText: "#16191d",
    QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.Light: "#ffffff",
    QPalette.ColorRole.Midlight: "#e2e6ea",
    QPalette.ColorRole.Mid: "#b3bac2",
    QPalette.ColorRole.Dark: "#8b939c",
    QPalette.ColorRole.Shadow: "#5d6670",
    QPalette.ColorRole.Highlight: "#1a5fb4",
    QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.Link: "#0b57d0",
    QPalette.ColorRole.LinkVisited: "#6b3fa0",
}
# fields are lighter than the window: Fusion draws the frames of ticks and radios darker than both
_DARK = {
    QPalette.ColorRole.Window: "#2b3036",
    QPalette.ColorRole.WindowText: "#e8eaed",
    QPalette.ColorRole.Base: "#373d45",
    QPalette.ColorRole.AlternateBase: "#323840",
    QPalette.ColorRole.ToolTipBase: "#e8eaed",
    QPalette.ColorRole.ToolTipText: "#16191d",
    QPalette.ColorRole.PlaceholderText: "#aab2bb",
    QPalette.ColorRole.Text: "#e8eaed",
    QPalette.ColorRole.Button: "#444b54",
    QPalette.ColorRole.ButtonText: "#e8eaed",
    QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.Light: "#5a626c",
    QPalette.ColorRole.Midlight: "#4a525b",
    QPalette.ColorRole.Mid: "#565e68",
    QPalette.ColorRole.Dark: "#121417",
    QPalette.ColorRole.Shadow: "#000000",
    QPalette.ColorRole.Highlight: "#2a6fd0",
    QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.Link: "#8ab4f8",
    QPalette.ColorRole.LinkVisited: "#c5a3ff",
}
_FADED = {False: "#868e97", True: "#7b848d"}
_TONES = {
    False: {
        Tone.GOOD: "#1b7a3d",
        Tone.BUSY: "#0b57d0",
        Tone.WARN: "#9a5b00",
        Tone.BAD: "#b3261e",
        Tone.IDLE: "#5d6670",
    },
    True: {
        Tone.GOOD: "#6fcf8f",
        Tone.BUSY: "#8ab4f8",
        Tone.WARN: "#f2b84b",
        Tone.BAD: "#ff8f85",
        Tone.IDLE: "#9ba4ae",
    },
}
ENVIRONMENT_COLOURS = {
    Environment.PRODUCTION: "#a3161a",
    Environment.STAGING: "#8a5300",
    Environment.TEST: "#1a5fb4",
    Environment.DEVELOPMENT: "#1b6e3c",
    Environment.DEMO: "#6b2fa0",
}
"""Backgrounds for white words, the same in light and dark: a colour that means production means it everywhere."""


def apply(application: QApplication, theme: Theme) -> None:
    """Dress the whole application; cheap enough to come before the first window."""
    # where these two are all there are, Fusion is the one in use, but on Windows
    if sys.platform == "win32" or not {"Windows", "Fusion"}.issuperset(QStyleFactory.keys()):
        application.setStyle("Fusion")
    application.setPalette(palette(dark=theme is Theme.DARK or (theme is Theme.SYSTEM and system_is_dark(application))))


def system_is_dark(application: QApplication) -> bool:
    """Whether the desktop asks for dark; a desktop that does not say so is light."""
    return application.styleHints().colorScheme() == Qt.ColorScheme.Dark


def palette(*, dark: bool) -> QPalette:
    """Return the whole palette of one theme."""
    made = QPalette()
    for role, colour in (_DARK if dark else _LIGHT).items():
        made.setColor(role, QColor(colour))
    faded = QColor(_FADED[dark])
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, faded)
    return made


def is_dark(palette: QPalette) -> bool:
    """Whether a palette is a dark one."""
    return palette.color(QPalette.ColorRole.Base).lightness() < 128


def tone_colour(tone: Tone, palette: QPalette) -> QColor:
    """Return the colour of a tone that can be read on a palette's base and window."""
    return QColor(_TONES[is_dark(palette)][tone])


def stored_theme(settings: Settings) -> Theme:
    """Return the theme that was chosen, the desktop's where it was none that there is."""
    stored = settings.get("window/theme", Theme.SYSTEM.value)
    return next((theme for theme in Theme if theme == stored), Theme.SYSTEM)


class Dress(QObject):
    """Keeps the application dressed in the chosen theme, also when the desktop changes between light and dark."""

    def __init__(self, application: QApplication, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._application = application
        self.theme = theme
        application.styleHints().colorSchemeChanged.connect(self._follow)
        apply(application, theme)

    def choose(self, theme: Theme) -> None:
        """Change to another theme at once."""
        self.theme = theme
        apply(self._application, theme)

    def _follow(self) -> None:
        if self.theme is Theme.SYSTEM:
            apply(self._application, self.theme)
