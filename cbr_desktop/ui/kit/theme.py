"""Light, dark and high contrast: the appearance of the program, and the colours that carry a meaning in each."""

import sys
from enum import StrEnum

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette, QStyleHints
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from cbr_desktop.domain.profile import Environment
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.style import sheet
from cbr_desktop.ui.kit.tokens import CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, TYPE, Colours
from cbr_desktop.ui.session.profile_context import Settings


class Theme(StrEnum):
    """What an operator may choose; ``SYSTEM`` follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high-contrast"
    HIGH_CONTRAST_LIGHT = "high-contrast-light"


_COLOURS = {
    Theme.LIGHT: LIGHT,
    Theme.DARK: DARK,
    Theme.HIGH_CONTRAST: CONTRAST_DARK,
    Theme.HIGH_CONTRAST_LIGHT: CONTRAST_LIGHT,
}
_FACTOR = "letterFactor"
_FUSION_DARKENS = 127
"""To how many hundredths Fusion darkens the colour of windows for the edges of ticks, radio buttons and frames."""
_TICKED = ("QCheckBox", "QRadioButton", "QAbstractItemView", "QGroupBox")
"""The classes that have ticks of Fusion's."""
ENVIRONMENT_COLOURS = {
    Environment.PRODUCTION: "#dd282d",
    Environment.STAGING: "#a46404",
    Environment.TEST: "#2472d2",
    Environment.DEVELOPMENT: "#238349",
    Environment.DEMO: "#9454cd",
}
"""Backgrounds for white words, the same in every theme: a colour that means production means it everywhere.

They are as light as white words allow, so that they stand out from dark windows as well.
"""
_SEEN = 3.0
"""The contrast to its ground with which a coloured area is seen (WCAG 2.1)."""
_SHADES = 20


def apply(application: QApplication, theme: Theme) -> None:
    """ThemeWatcher the whole application; cheap enough to come before the first window."""
    colours = colours_of(theme, application.styleHints())
    wanted = sheet(colours)
    if application.styleSheet() == wanted:  # a second window needs no second sheet
        return
    # where these two are all there are, Fusion is the one in use, but on Windows
    if sys.platform == "win32" or not {"Windows", "Fusion"}.issuperset(QStyleFactory.keys()):
        application.setStyle("Fusion")
    # a sheet that goes puts back the palettes that widgets had: it has to be gone before they take the new colours
    application.setStyleSheet("")
    application.setPalette(palette(colours))
    ticked = _with_edges(colours)
    for name in _TICKED:
        application.setPalette(ticked, name)  # type: ignore[arg-type]  # the binding wants str, its hints bytes
    application.setStyleSheet(wanted)


def colours_of(theme: Theme, hints: QStyleHints) -> Colours:
    """Return the colours of a theme."""
    if theme is Theme.SYSTEM:
        theme = desktop_theme(hints.colorScheme(), hints.accessibility().contrastPreference())
    return _COLOURS[theme]


def desktop_theme(scheme: Qt.ColorScheme, contrast: Qt.ContrastPreference) -> Theme:
    """Return the theme that a desktop asks for; one that does not say is light, with the usual contrast."""
    is_dark = scheme == Qt.ColorScheme.Dark
    if contrast == Qt.ContrastPreference.HighContrast:
        return Theme.HIGH_CONTRAST if is_dark else Theme.HIGH_CONTRAST_LIGHT
    return Theme.DARK if is_dark else Theme.LIGHT


def palette(colours: Colours) -> QPalette:
    """Return the whole palette of one theme."""
    role = QPalette.ColorRole
    made = QPalette()
    for part, colour in {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.surface,
        role.AlternateBase: colours.stripe,
        role.ToolTipBase: colours.surface,
        role.ToolTipText: colours.text,
        role.PlaceholderText: colours.muted,
        role.Text: colours.text,
        role.Button: colours.control,
        role.ButtonText: colours.text,
        role.BrightText: colours.accent_text,
        role.Light: colours.hover,
        role.Midlight: colours.pressed,
        role.Mid: colours.line,
        role.Dark: colours.edge,
        role.Shadow: colours.edge,
        role.Highlight: colours.selection,
        role.HighlightedText: colours.text,
        role.Accent: colours.accent,
        role.Link: colours.link,
        role.LinkVisited: colours.visited,
    }.items():
        made.setColor(part, QColor(colour))
    faded = QColor(colours.faded)
    for part in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, part, faded)
    return made


def _with_edges(colours: Colours) -> QPalette:
    """Return the palette of classes with ticks: Fusion takes their edges from the colour of windows, darkened."""
    made = palette(colours)
    made.setColor(QPalette.ColorRole.Window, QColor(colours.edge).lighter(_FUSION_DARKENS))
    return made


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours by WCAG 2.1, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ink_on(colour: QColor) -> QColor:
    """Return black or white, whichever is read better on a colour."""
    inks = (QColor(Qt.GlobalColor.white), QColor(Qt.GlobalColor.black))
    return max(inks, key=lambda ink: contrast(ink, colour))


def seen_on(colour: QColor, ground: QColor) -> QColor:
    """Return a colour that a person chose, lighter or darker as far as its area has to be seen on a ground."""
    hue, saturation, lightness = colour.hslHueF(), colour.hslSaturationF(), colour.lightnessF()
    way = ink_on(ground).lightnessF() - lightness
    shades = (QColor.fromHslF(hue, saturation, lightness + way * step / _SHADES, 1) for step in range(1, _SHADES + 1))
    return next((shade for shade in (colour, *shades) if contrast(shade, ground) >= _SEEN), colour)


def is_dark(palette: QPalette) -> bool:
    """Whether a palette is a dark one."""
    return palette.color(QPalette.ColorRole.Base).lightness() < 128


def style_as(widget: QWidget, name: str, value: bool) -> None:
    """Set a property by which the sheet dresses a widget, and wanted it anew if that is another."""
    if widget.property(name) is not value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


_TONES = {
    (QColor(colours.surface).rgb(), QColor(colours.text).rgb()): {tone: QColor(colours.tone(tone)) for tone in Tone}
    for colours in _COLOURS.values()
}


def tone_colour(tone: Tone, palette: QPalette) -> QColor:
    """Return the colour of a tone that can be read on a palette's base, window and selection."""
    role = QPalette.ColorRole
    key = (palette.color(role.Base).rgb(), palette.color(QPalette.ColorGroup.Active, role.Text).rgb())
    tones = _TONES.get(key)
    if tones is None:  # a palette that is not of this program
        tones = {tone: QColor((DARK if is_dark(palette) else LIGHT).tone(tone))}
    return QColor(tones[tone])


def set_type(widget: QWidget, size: str, *, bold: bool = False) -> None:
    """Set the type of a widget: ``size`` is one of ``tokens.TYPE``."""
    scale_letters(widget, TYPE[size], bold=bold)


def scale_letters(widget: QWidget, factor: float, *, bold: bool) -> None:
    """Set the letters of a widget as a part of the size that programs have; they follow when that is changed."""
    widget.setProperty(_FACTOR, factor)
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(bold)
    widget.setFont(font)


def rescale_letters(widget: QWidget) -> None:
    """Let the letters of a widget follow the size that programs have now, if they are a part of it."""
    factor = widget.property(_FACTOR)
    if isinstance(factor, float):
        scale_letters(widget, factor, bold=widget.font().bold())


def stored_theme(settings: Settings) -> Theme:
    """Return the theme that was chosen, the desktop's where it was none that there is."""
    stored = settings.get("window/theme", Theme.SYSTEM.value)
    return next((theme for theme in Theme if theme == stored), Theme.SYSTEM)


class ThemeWatcher(QObject):
    """Keeps the application in the chosen theme, also when the desktop changes its colours or its contrast."""

    def __init__(self, application: QApplication, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._application = application
        self.theme = theme
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        hints.accessibility().contrastPreferenceChanged.connect(self._follow)
        apply(application, theme)

    def choose(self, theme: Theme) -> None:
        """Change to another theme at once."""
        self.theme = theme
        apply(self._application, theme)

    def _follow(self) -> None:
        if self.theme is Theme.SYSTEM:
            apply(self._application, self.theme)
