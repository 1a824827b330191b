"""The small windows that the main one opens of itself: settings, help, lists, and what asks for a file."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow
from shiboken6 import isValid

from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import LoginRefused, SecretMissing
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.widgets import ask_for_file
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.appearance import Appearance, theme_words
from cbr_desktop.ui.shell.list_window import ListWindow, open_help, open_lines, open_problems
from cbr_desktop.ui.shell.status_bar import is_offline, problems

if TYPE_CHECKING:  # seldom opened, so imported when they are
    from cbr_desktop.ui.shell.export import ExportDialog
    from cbr_desktop.ui.shell.settings import SettingsDialog


class SmallWindows(QObject):
    """Opens them over ``window``.

    Signals:
        file_chosen: the path of a request file or a plan that should be opened for review.
        menu_bar_chosen: whether the menu bar should be shown.
        pace_chosen: how often lists are read was chosen anew.
        login_requested: the ``Profile`` whose login should be asked for.
        doctor_requested: the ``Profile`` whose connection should be looked into.
        remarked: something about what was just done, in words.
    """

    file_chosen = Signal(object)
    menu_bar_chosen = Signal(bool)
    pace_chosen = Signal()
    login_requested = Signal(object)
    doctor_requested = Signal(object)
    remarked = Signal(str)

    def __init__(self, window: QMainWindow, workspace: Workspace, appearance: Appearance) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._appearance = appearance
        self._settings: SettingsDialog | None = None

    def open_settings(self) -> "SettingsDialog":
        """Open the settings, or bring those to the front that are open."""
        from cbr_desktop.ui.shell.settings import SettingsDialog

        if self._settings is not None and isValid(self._settings) and self._settings.isVisible():
            self._settings.activateWindow()
            return self._settings
        dialog = SettingsDialog(
            *(self._workspace, theme_words(), self._appearance.theme, self._window),
            is_utc=self._appearance.is_utc,
            has_menu_bar=not self._window.menuBar().isHidden(),
        )
        dialog.theme_chosen.connect(self._appearance.choose_theme)
        dialog.density_chosen.connect(self._appearance.choose_density)
        dialog.utc_chosen.connect(self._appearance.tell_in_utc)
        dialog.menu_bar_chosen.connect(self.menu_bar_chosen)
        dialog.keys_requested.connect(self.open_help)
        dialog.pace_chosen.connect(self.pace_chosen)
        dialog.open()
        self._settings = dialog
        return dialog

    def export_table(self, page: Page[Any]) -> "ExportDialog":
        """Ask which rows of a page go into a file."""
        from cbr_desktop.ui.shell.export import ExportDialog

        dialog = ExportDialog(page, self._workspace, self.remarked.emit, self._window)
        dialog.open()
        return dialog

    def ask_for_file(self) -> None:
        """Ask for a request file or a plan; nothing is sent by that."""
        filters = [_("Request files and plans (*.json)")]
        ask_for_file(self._window, _("Open request file"), "requestFileDialog", filters, self.file_chosen.emit)

    def open_help(self) -> ListWindow:
        """Open keys and versions."""
        return open_help(self._window, settings=self._workspace.settings)

    def open_problems(self) -> ListWindow:
        """Open the list of what could not be read and why."""
        found = problems(self._workspace.scope)
        return open_problems(found, self._window, self._workspace.settings, self._remedies())

    def _remedies(self) -> dict[str, Callable[[], None]]:
        """Return what can be done about the first connection that does not work, by its words."""
        held = ((context.profile, context.ledger.connection) for context in self._workspace.shown_contexts)
        for profile, connection in held:
            if connection.error is not None and connection.reach is not Reach.ONLINE and not is_offline(connection):
                found: dict[str, Callable[[], None]] = {
                    _("Connection doctor…"): partial(self.doctor_requested.emit, profile)
                }
                if isinstance(connection.error, LoginRefused | SecretMissing):
                    found[_("Log in…")] = partial(self.login_requested.emit, profile)
                return found
        return {}

    def open_lines(self, title: str, lines: list[str]) -> ListWindow:
        """Open a list of lines."""
        return open_lines(title, lines, self._window, self._workspace.settings)
