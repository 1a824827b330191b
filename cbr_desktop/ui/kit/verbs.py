"""The verbs of a page: what can be done about its rows, as buttons, as keys of its table and in its menu."""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.states import counted
from cbr_desktop.ui.kit.tables.view import TableView
from cbr_desktop.ui.kit.widgets import do, verb_buttons


class Takes(Enum):
    """How many rows a verb is about."""

    NOTHING = auto()
    """It makes something new, or is about all of a profile."""
    ONE = auto()
    SEVERAL = auto()
    """One or more at once."""
    ALL = auto()
    """None: it is about everything in all profiles that are looked at."""


_WITHOUT_ROWS = (Takes.NOTHING, Takes.ALL)


class Verb(NamedTuple):
    """Something that can be done about the rows of a page.

    ``words`` and ``hint`` are messages that are looked up when they are shown; ``too_many`` as well, which says that
    one that takes a single row was asked for ``{count}`` rows. ``hindrance`` returns why it cannot be done to the
    selected rows, empty when it can; what only fresh data tell is judged by the window that opens.
    """

    key: str
    words: str
    hint: str
    takes: Takes = Takes.ONE
    shortcut: Qt.Key | None = None
    too_many: str = N_("This takes one row at a time; {count} are selected. Nothing was done.")
    hindrance: Callable[[Sequence[Any]], str] | None = None


class VerbBar(QObject):
    """The verbs of one table. ``counts`` are the two forms of a number of its rows: ``{count} backup(s)``.

    Signals:
        requested: the key of a verb, and the list of the rows that it was asked for; empty where it takes none.
        remarked: why nothing was done, in words.
    """

    requested = Signal(str, object)
    remarked = Signal(str)

    def __init__(
        self, name: str, verbs: Sequence[Verb], view: TableView[Any], counts: tuple[str, str], place: QWidget
    ) -> None:
        """Make the buttons in ``place``."""
        super().__init__(view)
        self._verbs = {verb.key: verb for verb in verbs}
        self._view = view
        self._counts = counts
        acts = {key: partial(self.ask, key) for key in self._verbs}
        words = {verb.key: (verb.words, verb.hint) for verb in verbs}
        self.buttons: dict[str, QPushButton] = verb_buttons(name, words, acts, place)
        for verb in verbs:
            if verb.shortcut is not None:
                shortcut = QShortcut(QKeySequence(verb.shortcut), view)
                shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
                shortcut.activated.connect(acts[verb.key])
        self.tell_choice()

    def ask(self, key: str) -> None:
        """Ask for a verb of the selected rows; where it cannot be done to them nothing is done, and that is said."""
        verb, rows = self._verbs[key], self._view.selected_rows()
        if verb.takes in _WITHOUT_ROWS:
            self.requested.emit(key, [])
        elif verb.takes is Takes.ONE and len(rows) > 1:
            self.remarked.emit(_(verb.too_many).format(count=counted(*self._counts, len(rows))))
        elif rows and (hindrance := _hindrance(verb, rows)):
            self.remarked.emit(hindrance)
        elif rows:
            self.requested.emit(key, rows)

    def extend_menu(self, menu: QMenu) -> None:
        """Put the verbs into a menu; what cannot be done to the selected rows is shown and off."""
        rows = self._view.selected_rows()
        for key, verb in self._verbs.items():
            action = menu.addAction(_(verb.words))
            action.setEnabled(verb.takes in _WITHOUT_ROWS or not _hindrance(verb, rows))
            if verb.shortcut is not None:
                action.setShortcut(QKeySequence(verb.shortcut))
            action.triggered.connect(partial(do, partial(self.ask, key)))

    def tell_choice(self) -> None:
        """Offer what can be done about the rows that are selected now; a button that is off says why."""
        rows = self._view.selected_rows()
        for key, verb in self._verbs.items():
            hindrance = _hindrance(verb, rows)
            self.buttons[key].setEnabled(verb.takes in _WITHOUT_ROWS or (bool(rows) and not hindrance))
            if verb.hindrance is not None:
                self.buttons[key].setToolTip(tooltip(hindrance or _(verb.hint)))


def _hindrance(verb: Verb, rows: Sequence[Any]) -> str:
    return verb.hindrance(rows) if verb.hindrance is not None and rows else ""
