"""The small windows that the main one opens of itself: settings, help, lists, and what asks for a file."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow
from shiboken6 import isValid

from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.widgets import ask_for_file
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.appearance import Appearance, theme_words
from cbr_desktop.ui.shell.sheets import SheetWindow, open_help, open_lines, open_problems
from cbr_desktop.ui.shell.status_bar import problems

if TYPE_CHECKING:  # seldom opened, so imported when they are
    from cbr_desktop.ui.shell.export import ExportDialog
    from cbr_desktop.ui.shell.settings import SettingsDialog


class SmallWindows(QObject):
    """Opens them over ``window``.

    Signals:
        file_chosen: the path of a request file or a plan that should be opened for review.
        menu_bar_chosen: whether the menu bar should be shown.
        pace_chosen: how often lists are read was chosen anew.
        remarked: something about what was just done, in words.
    """

    file_chosen = Signal(object)
    menu_bar_chosen = Signal(bool)
    pace_chosen = Signal()
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

    def open_help(self) -> SheetWindow:
        """Open keys and versions."""
        return open_help(self._window, settings=self._workspace.settings)

    def open_problems(self) -> SheetWindow:
        """Open the list of what could not be read and why."""
        return open_problems(problems(self._workspace.scope), self._window, self._workspace.settings)

    def open_lines(self, title: str, lines: list[str]) -> SheetWindow:
        """Open a list of lines."""
        return open_lines(title, lines, self._window, self._workspace.settings)
