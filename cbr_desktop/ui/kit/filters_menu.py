"""The menu of the filters that an operator keeps for a page."""

from collections.abc import Callable
from functools import partial

from PySide6 import QtWidgets
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QToolButton

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.saved_filters import MOST, NAME_LIMIT, SavedFilters
from cbr_desktop.ui.kit.widgets import do
from cbr_desktop.ui.session.profile_context import Settings


class FiltersMenu(QObject):
    """Lists the kept filters, keeps the one that is typed, and forgets others; ``text`` returns what is typed now.

    ``button`` opens it.

    Signals:
        chosen: the text of a filter that should be used.
        remarked: something about what was just done, in words.
    """

    chosen = Signal(str)
    remarked = Signal(str)

    def __init__(self, button: QToolButton, page: str, settings: Settings, text: Callable[[], str]) -> None:
        super().__init__(button)
        self.saved = SavedFilters(settings, page)
        self._button = button
        self._text = text
        button.clicked.connect(self.open_menu)

    def open_menu(self) -> "QtWidgets.QMenu":
        """Open the list below the button."""
        menu = QtWidgets.QMenu(self._button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        saved = self.saved.all()
        for each in saved:
            # what follows a tab stands at the right
            action = menu.addAction(f"{_literal(each.name)}\t{_literal(plain(each.text, 50))}")
            action.triggered.connect(partial(do, partial(self.chosen.emit, each.text)))
        menu.addSeparator()
        keep = menu.addAction(_("&Save this filter…"))
        keep.setEnabled(bool(self._text().strip()))
        keep.triggered.connect(partial(do, self.ask_name))
        if saved:
            forget = menu.addMenu(_("&Forget"))
            for each in saved:
                forget.addAction(_literal(each.name)).triggered.connect(partial(do, partial(self._forget, each.name)))
        menu.popup(self._button.mapToGlobal(QPoint(0, self._button.height())))
        return menu

    def ask_name(self) -> "QtWidgets.QInputDialog":
        """Ask by which name the filter that is typed should be kept."""
        text = self._text().strip()
        asked = QtWidgets.QInputDialog(self._button)
        asked.setObjectName("filterNameDialog")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.setWindowTitle(_("Save this filter"))
        asked.setLabelText(_("Name of the filter {text}:").format(text=plain(text, 60)))
        asked.setTextValue(next((each.name for each in self.saved.all() if each.text == text), ""))
        asked.setOkButtonText(_("&Save"))
        asked.setCancelButtonText(_("&Cancel"))
        asked.textValueSelected.connect(partial(self.keep, text=text))
        asked.open()
        return asked

    def keep(self, name: str, text: str) -> None:
        """Keep a filter by a name; one of that name is replaced."""
        if self.saved.keep(name, text):
            self.remarked.emit(_("The filter is kept as ‘{name}’.").format(name=plain(name.strip(), NAME_LIMIT)))
        elif name.strip():
            self.remarked.emit(
                _("There are {count} filters already, which is the most. Forget one first.").format(count=MOST)
            )

    def _forget(self, name: str) -> None:
        self.saved.forget(name)
        self.remarked.emit(_("The filter ‘{name}’ is forgotten.").format(name=plain(name, NAME_LIMIT)))


def _literal(text: str) -> str:
    """Return a text as a menu shows it letter by letter."""
    return plain(text, NAME_LIMIT).replace("&", "&&")
