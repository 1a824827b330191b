"""The commands of the main window as its menus list them."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain
from cbr_desktop.text.words import page_title
from cbr_desktop.ui.kit.notice_bar import NoticeBar
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.tables.density import COMFORTABLE, COMPACT
from cbr_desktop.ui.kit.theme import Theme
from cbr_desktop.ui.session.situation import Situation
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.header_bar import ProfileHeader
from cbr_desktop.ui.shell.history import History
from cbr_desktop.ui.shell.menus import SEPARATOR, Command
from cbr_desktop.ui.shell.navigation import NAMES, Navigation, page_key
from cbr_desktop.ui.shell.task_drawer import Drawer


def theme_words() -> list[tuple[Theme, str]]:
    """Return the themes that can be chosen, with their words."""
    return [
        (Theme.SYSTEM, _("As the desktop")),
        (Theme.LIGHT, _("Light")),
        (Theme.DARK, _("Dark")),
        (Theme.HIGH_CONTRAST, _("High contrast, black")),
        (Theme.HIGH_CONTRAST_LIGHT, _("High contrast, white")),
    ]


class Window(Protocol):
    """What the commands do is done by the window; each of these is told of there."""

    profiles_requested: Any
    header_bar: ProfileHeader
    navigation: Navigation
    history: History

    @property
    def drawer(self) -> Drawer: ...
    @property
    def notices(self) -> NoticeBar: ...
    @property
    def theme(self) -> Theme: ...
    @property
    def is_utc(self) -> bool: ...
    @property
    def density(self) -> str: ...
    def choose_density(self, density: str) -> object: ...
    def current_page(self) -> Page[Any]: ...
    def go_to(self, name: str) -> object: ...
    def go_back(self) -> object: ...
    def go_forward(self) -> object: ...
    def next_area(self) -> object: ...
    def new_draft(self) -> object: ...
    def ask_for_file(self) -> object: ...
    def request_login(self) -> object: ...
    def request_doctor(self) -> object: ...
    def open_settings(self) -> object: ...
    def open_help(self) -> object: ...
    def open_problems(self) -> object: ...
    def begin_tour(self) -> object: ...
    def close(self) -> object: ...
    def fold_navigation(self) -> object: ...
    def toggle_menu_bar(self) -> object: ...
    def turn_clocks(self) -> object: ...
    def create_checkpoint(self) -> object: ...
    def ask_refresh(self) -> object: ...
    def choose_theme(self, theme: Theme) -> object: ...


class WindowCommands:
    """What each menu offers now."""

    def __init__(self, window: Window, workspace: Workspace) -> None:
        self._window = window
        self._workspace = workspace

    def file(self) -> Sequence[Command]:
        """Return what is done with files, profiles and the program."""
        window = self._window
        return (
            Command(_("&New draft"), window.new_draft, "Ctrl+Shift+N"),
            Command(_("&Open request file…"), window.ask_for_file, "Ctrl+O"),
            Command(_("&Export the table…"), lambda: window.current_page().begin_export(), "Ctrl+Shift+E"),
            SEPARATOR,
            Command(_("&Profiles…"), window.profiles_requested.emit, "Ctrl+Shift+P"),
            Command(_("&Log in…"), window.request_login, enabled=self._is_one),
            SEPARATOR,
            Command(_("&Settings…"), window.open_settings, "Ctrl+,"),
            SEPARATOR,
            Command(_("&Quit"), window.close, "Ctrl+Q"),
        )

    def go(self) -> Sequence[Command]:
        """Return the pages and the ways between them."""
        window = self._window
        pages = [Command(page_title(name), partial(window.go_to, name), page_key(name)) for name in NAMES]
        return (
            Command(_("&Back"), window.go_back, "Alt+Left", enabled=lambda: window.history.can_go_back),
            Command(_("&Forward"), window.go_forward, "Alt+Right", enabled=lambda: window.history.can_go_forward),
            SEPARATOR,
            *pages,
            SEPARATOR,
            Command(_("Next &area"), window.next_area, "F6"),
        )

    def view(self) -> Sequence[Command]:
        """Return what is shown, and how."""
        window = self._window
        shown = window.header_bar.details.isChecked
        return (
            Command(_("&Details"), window.header_bar.details.click, "Alt+D", checked=shown),
            Command(_("&Tasks of this program"), window.drawer.toggle, "F8", checked=lambda: window.drawer.is_open),
            Command(
                _("&Fold navigation"), window.fold_navigation, "Ctrl+B", checked=lambda: window.navigation.is_folded
            ),
            Command(_("&Menu bar"), window.toggle_menu_bar, "Ctrl+M", checked=lambda: True),
            SEPARATOR,
            *self._themes(),
            SEPARATOR,
            Command(
                _("Com&pact rows"),
                lambda: window.choose_density(COMFORTABLE if window.density == COMPACT else COMPACT),
                checked=lambda: window.density == COMPACT,
            ),
            Command(_("Times in &UTC"), window.turn_clocks, checked=lambda: window.is_utc),
            Command(_("&Columns…"), window.current_page().head.gear.click),
        )

    def actions(self) -> Sequence[Command]:
        """Return what is asked of the service and of this program."""
        window, workspace = self._window, self._workspace
        return (
            Command(_("&Create checkpoint…"), window.create_checkpoint, "Ctrl+N"),
            SEPARATOR,
            Command(_("&Read everything now"), window.ask_refresh, "F5"),
            Command(_("&Filter the table"), lambda: window.current_page().begin_filter(), "Ctrl+F"),
            SEPARATOR,
            Command(
                _("Work &offline"),
                lambda: workspace.work_offline(not workspace.is_offline),
                checked=lambda: workspace.is_offline,
            ),
        )

    def demo(self) -> Sequence[Command]:
        """Return the situations of the demo cloud."""
        return tuple(
            Command(f"{situation.title}…", partial(self._begin, situation)) for situation in self._workspace.situations
        )

    def help(self) -> Sequence[Command]:
        """Return where help is found."""
        window = self._window
        return (
            Command(_("&Keys, documentation, versions"), window.open_help, "F1"),
            Command(_("&Tour"), window.begin_tour),
            SEPARATOR,
            Command(_("&Problems"), window.open_problems),
            Command(_("Connection &doctor…"), window.request_doctor, "Ctrl+Shift+D", enabled=self._is_one),
        )

    def _themes(self) -> list[Command]:
        window = self._window
        return [
            Command(words, partial(window.choose_theme, theme), checked=partial(_is, window, theme))
            for theme, words in theme_words()
        ]

    def _is_one(self) -> bool:
        return len(self._workspace.shown_contexts) == 1

    def _begin(self, situation: Situation) -> None:
        situation.begin()
        self._window.notices.say(f"{plain(situation.title)}. {plain(situation.advice)}", topic="situation")


def _is(window: Window, theme: Theme) -> bool:
    return window.theme is theme
