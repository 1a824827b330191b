"""The menu bar: every command of the window with its key."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.widgets import do


class Command(NamedTuple):
    """One line of a menu.

    ``key`` is shown beside the words; the window itself listens for it. ``checked`` tells whether what can be switched
    is on, ``enabled`` whether the command can be given now; both are asked when the menu opens. Without ``act`` the
    line is a separator.
    """

    words: str = ""
    act: Callable[[], object] | None = None
    key: str = ""
    checked: Callable[[], bool] | None = None
    enabled: Callable[[], bool] | None = None


SEPARATOR = Command()


class MenuBar(QMenuBar):
    """Menus that are filled when they are opened."""

    def __init__(self, menus: Sequence[tuple[str, str, Callable[[], Sequence[Command]]]], parent: QWidget) -> None:
        """Make menus of a name for programs, a title, and what returns the commands."""
        super().__init__(parent)
        self.setObjectName("menuBar")
        self.setAccessibleName(_("Menus"))
        for name, title, commands in menus:
            menu = self.addMenu(title)
            menu.setObjectName(f"{name}Menu")
            menu.aboutToShow.connect(partial(fill, menu, commands))


def fill(menu: QMenu, commands: Callable[[], Sequence[Command]]) -> None:
    """Put the commands as they are now into a menu."""
    menu.clear()
    for command in commands():
        if command.act is None:
            menu.addSeparator()
            continue
        # what follows a tab is shown at the right, and is no second listener for the key
        action = menu.addAction(f"{command.words}\t{command.key}" if command.key else command.words)
        action.triggered.connect(partial(do, command.act))
        if command.checked is not None:
            action.setCheckable(True)
            action.setChecked(command.checked())
        if command.enabled is not None:
            action.setEnabled(command.enabled())
