"""The menus below the buttons of the header: which profiles, how long they are armed, which theme."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from cbr_desktop.ui.kit.widgets import do
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.appearance import Appearance, theme_words
from cbr_desktop.ui.shell.header_bar import ProfileHeader
from cbr_desktop.ui.shell.scopes import open_arm_menu, open_profile_menu, open_scope_menu


class HeaderMenus(QObject):
    """Opens them; ``further`` returns the commands below the choice of profiles, by their words.

    Signals:
        armed: this ``ProfileContext`` was armed or disarmed.
    """

    armed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        header: ProfileHeader,
        appearance: Appearance,
        further: Callable[[], dict[str, Callable[[], object]]],
    ) -> None:
        super().__init__(header)
        self._workspace = workspace
        self._header = header
        self._appearance = appearance
        self._further = further

    def open_scopes(self) -> QMenu:
        """Open the choice of the profiles that are looked at."""
        return open_scope_menu(self._workspace, self._header.scope, self._further())

    def open_arming(self) -> QMenu:
        """Open the choice of how long a profile is armed."""
        return open_arm_menu(self._workspace, self._header.arm, self.armed.emit)

    def open_profiles(self, button: QWidget, chosen: Callable[[ProfileContext], object]) -> QMenu:
        """Open the choice of the profile that something is done with below a button."""
        return open_profile_menu(self._workspace, button, chosen)

    def open_themes(self) -> QMenu:
        """Open the choice of themes."""
        button = self._header.theme
        menu = QMenu(button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for theme, words in theme_words():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(theme is self._appearance.theme)
            group.addAction(action)
            action.triggered.connect(partial(do, partial(self._appearance.choose_theme, theme)))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
        return menu
