"""How the window looks and tells times: what is chosen is shown everywhere at once, and at the next start."""

from PySide6.QtCore import QObject, Signal

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.tables.density import store_density, stored_density
from cbr_desktop.ui.kit.theme import Theme, ThemeWatcher
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.ui.shell.pages import Pages


def theme_words() -> list[tuple[Theme, str]]:
    """Return the themes that can be chosen, with their words."""
    return [
        (Theme.SYSTEM, _("As the desktop")),
        (Theme.LIGHT, _("Light")),
        (Theme.DARK, _("Dark")),
        (Theme.HIGH_CONTRAST, _("High contrast, black")),
        (Theme.HIGH_CONTRAST_LIGHT, _("High contrast, white")),
    ]


class Appearance(QObject):
    """The theme, how close rows stand, and whether times are told in UTC.

    Signals:
        clocks_turned: times are told in UTC from now on, or in local time.
    """

    clocks_turned = Signal(bool)

    def __init__(self, settings: Settings, theme_watcher: ThemeWatcher, times: Times, pages: Pages) -> None:
        super().__init__(pages)
        self._settings = settings
        self._theme_watcher = theme_watcher
        self._times = times
        self._pages = pages

    @property
    def theme(self) -> Theme:
        """The theme that was chosen."""
        return self._theme_watcher.theme

    @property
    def is_utc(self) -> bool:
        """Whether times are told in UTC."""
        return self._times.utc

    @property
    def density(self) -> str:
        """How close rows stand to each other."""
        return stored_density(self._settings)

    def choose_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self._theme_watcher.choose(theme)
        self._settings.put("window/theme", theme.value)

    def choose_density(self, density: str) -> None:
        """Let the rows of all tables stand closer or less close."""
        store_density(self._settings, density)
        for page in self._pages.all_made:
            page.view.show_density(density)

    def tell_in_utc(self, utc: bool) -> None:
        """Tell all times in UTC or in local time."""
        self._times.utc = utc
        self._settings.put("window/times", "utc" if utc else "local")
        self.clocks_turned.emit(utc)

    def turn_clocks(self) -> None:
        """Tell times in the other way, local or UTC."""
        self.tell_in_utc(not self._times.utc)
