"""The commands of the main window as its menus list them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain
from cbr_desktop.text.words import page_title
from cbr_desktop.ui.kit.notice_bar import NoticeBar
from cbr_desktop.ui.kit.tables.density import COMFORTABLE, COMPACT
from cbr_desktop.ui.kit.theme import Theme
from cbr_desktop.ui.session.situation import Situation
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.appearance import Appearance, theme_words
from cbr_desktop.ui.shell.header_bar import ProfileHeader
from cbr_desktop.ui.shell.menus import SEPARATOR, Command
from cbr_desktop.ui.shell.navigation import NAMES, page_key
from cbr_desktop.ui.shell.pages import Areas, Pages
from cbr_desktop.ui.shell.small_windows import SmallWindows
from cbr_desktop.ui.shell.task_drawer import Drawer


class CommandedWindow(Protocol):
    """What the commands do is done by the window and its parts; each of these is told of there."""

    profiles_requested: Any
    header_bar: ProfileHeader
    areas: Areas

    @property
    def pages(self) -> Pages: ...
    @property
    def drawer(self) -> Drawer: ...
    @property
    def notices(self) -> NoticeBar: ...
    @property
    def appearance(self) -> Appearance: ...
    @property
    def small_windows(self) -> SmallWindows: ...
    def next_area(self) -> object: ...
    def new_draft(self) -> object: ...
    def request_login(self) -> object: ...
    def request_doctor(self) -> object: ...
    def begin_tour(self) -> object: ...
    def close(self) -> object: ...
    def toggle_menu_bar(self) -> object: ...
    def create_checkpoint(self) -> object: ...
    def ask_refresh(self) -> object: ...
    def open_scope_menu(self) -> object: ...


class WindowCommands:
    """What each menu offers now."""

    def __init__(self, window: CommandedWindow, workspace: Workspace) -> None:
        self._window = window
        self._workspace = workspace

    def file(self) -> Sequence[Command]:
        """Return what is done with files, profiles and the program."""
        window = self._window
        return (
            Command(_("&New draft"), window.new_draft, "Ctrl+Shift+N"),
            Command(_("&Open request file…"), window.small_windows.ask_for_file, "Ctrl+O"),
            Command(_("&Export the table…"), lambda: window.pages.current().begin_export(), "Ctrl+Shift+E"),
            SEPARATOR,
            Command(_("&Profiles…"), window.profiles_requested.emit, "Ctrl+Shift+P"),
            Command(_("&Log in…"), window.request_login, enabled=self._is_one),
            SEPARATOR,
            Command(_("&Settings…"), window.small_windows.open_settings, "Ctrl+,"),
            SEPARATOR,
            Command(_("&Quit"), window.close, "Ctrl+Q"),
        )

    def go(self) -> Sequence[Command]:
        """Return the pages and the ways between them."""
        window, history = self._window, self._window.pages.history
        pages = [Command(page_title(name), partial(window.pages.go_to, name), page_key(name)) for name in NAMES]
        return (
            Command(_("&Back"), window.pages.go_back, "Alt+Left", enabled=lambda: history.can_go_back),
            Command(_("&Forward"), window.pages.go_forward, "Alt+Right", enabled=lambda: history.can_go_forward),
            SEPARATOR,
            *pages,
            SEPARATOR,
            Command(_("Next &area"), window.next_area, "F6"),
        )

    def view(self) -> Sequence[Command]:
        """Return what is shown, and how."""
        window, look, navigation = self._window, self._window.appearance, self._window.areas.navigation
        shown = window.header_bar.details.isChecked
        return (
            Command(_("&Details"), window.header_bar.details.click, "Alt+D", checked=shown),
            Command(_("&Tasks of this program"), window.drawer.toggle, "F8", checked=lambda: window.drawer.is_open),
            Command(
                _("&Fold navigation"),
                window.areas.fold_navigation,
                "Ctrl+B",
                checked=lambda: navigation.is_folded,
            ),
            Command(_("&Menu bar"), window.toggle_menu_bar, "Ctrl+M", checked=lambda: True),
            SEPARATOR,
            *self._themes(),
            SEPARATOR,
            Command(
                _("Com&pact rows"),
                lambda: look.choose_density(COMFORTABLE if look.density == COMPACT else COMPACT),
                checked=lambda: look.density == COMPACT,
            ),
            Command(_("Times in &UTC"), look.turn_clocks, checked=lambda: look.is_utc),
            Command(_("&Columns…"), window.pages.current().head.gear.click),
        )

    def actions(self) -> Sequence[Command]:
        """Return what is asked of the service and of this program."""
        window, workspace = self._window, self._workspace
        return (
            Command(_("&Create checkpoint…"), window.create_checkpoint, "Ctrl+N"),
            SEPARATOR,
            Command(_("&Read everything now"), window.ask_refresh, "F5"),
            Command(_("&Filter the table"), lambda: window.pages.current().begin_filter(), "Ctrl+F"),
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
            Command(situation.title, partial(self._begin, situation)) for situation in self._workspace.situations
        )

    def help(self) -> Sequence[Command]:
        """Return where help is found."""
        window = self._window
        return (
            Command(_("&Keys, documentation, versions"), window.small_windows.open_help, "F1"),
            Command(_("&Tour"), window.begin_tour),
            SEPARATOR,
            Command(_("&Problems"), window.small_windows.open_problems),
            Command(_("Connection &doctor…"), window.request_doctor, "Ctrl+Shift+D", enabled=self._is_one),
        )

    def keys(self) -> dict[str, Callable[[], object]]:
        """Return what the keys do that the window listens for."""
        window, pages, small_windows = self._window, self._window.pages, self._window.small_windows
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+N": window.create_checkpoint,
            "Ctrl+F": lambda: pages.current().begin_filter(),
            "F5": window.ask_refresh,
            "Ctrl+R": window.ask_refresh,
            "Alt+D": window.header_bar.details.click,
            "F8": window.drawer.toggle,
            "Ctrl+B": window.areas.fold_navigation,
            "F6": window.next_area,
            "F1": small_windows.open_help,
            "Ctrl+P": window.open_scope_menu,
            "Ctrl+Shift+P": window.profiles_requested.emit,
            "Ctrl+Shift+D": window.request_doctor,
            "Ctrl+Q": window.close,
            "Ctrl+O": small_windows.ask_for_file,
            "Ctrl+Shift+E": lambda: pages.current().begin_export(),
            "Ctrl+,": small_windows.open_settings,
            "Ctrl+M": window.toggle_menu_bar,
            "Alt+Left": pages.go_back,
            "Alt+Right": pages.go_forward,
        }
        for name in NAMES:
            keys[page_key(name)] = partial(pages.go_to, name)
        return keys

    def _themes(self) -> list[Command]:
        window = self._window
        return [
            Command(words, partial(window.appearance.choose_theme, theme), checked=partial(_is, window, theme))
            for theme, words in theme_words()
        ]

    def _is_one(self) -> bool:
        return len(self._workspace.shown_contexts) == 1

    def _begin(self, situation: Situation) -> None:
        situation.begin()
        self._window.notices.say(f"{plain(situation.title)}. {plain(situation.advice)}", topic="situation")


def _is(window: CommandedWindow, theme: Theme) -> bool:
    return window.appearance.theme is theme
