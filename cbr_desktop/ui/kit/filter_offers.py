"""The list of what may be meant, below the line in which a filter is typed."""

from collections.abc import Callable

from PySide6 import QtGui, QtWidgets
from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtWidgets import QLineEdit

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.tables.completion import Completion

_LETTERS = 46
"""How wide the list is, in average characters."""


class FilterOffers(QObject):
    """Offers what ``offers`` returns for the text of a line and the place of its cursor, as it is typed and by Down.

    Nothing is chosen until the focus goes into the list: Enter takes the text as it was typed.
    """

    def __init__(self, line: QLineEdit, offers: Callable[[str, int], list[Completion]]) -> None:
        super().__init__(line)
        self._line = line
        self._offers = offers
        self._offered: list[Completion] = []
        self._completer: QtWidgets.QCompleter | None = None
        line.textEdited.connect(self.offer)
        down = QtGui.QShortcut(QtGui.QKeySequence(Qt.Key.Key_Down), line)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self.offer)

    @property
    def offered(self) -> list[Completion]:
        """What is offered now."""
        return self._offered if self._completer is not None and _popup(self._completer).isVisible() else []

    def offer(self) -> None:
        """Show what may be meant, or take the list away."""
        self._offered = self._offers(self._line.text(), self._line.cursorPosition())
        completer = self._list()
        popup = _popup(completer)
        if not self._offered:
            popup.hide()
            return
        model = completer.model()
        assert isinstance(model, QtGui.QStandardItemModel)  # noqa: S101  # it was made here
        model.clear()
        for offer in self._offered:
            text = plain(offer.text, _LETTERS)
            said = _("{text} – {words}").format(text=text, words=offer.words) if offer.words else text
            item = QtGui.QStandardItem(said)
            item.setEditable(False)
            model.appendRow(item)
        popup.setCurrentIndex(QModelIndex())
        at = self._line.cursorRect()
        at.setBottom(self._line.height())  # below the line, not over its edge
        at.setWidth(self._line.fontMetrics().averageCharWidth() * _LETTERS)
        completer.complete(at)

    def take(self, place: int) -> None:
        """Put what is offered at a place of the list into the text."""
        offer = self._offered[place]
        rest = self._line.text()[self._line.cursorPosition() :]
        end = " " if offer.is_whole and not rest.startswith(" ") else ""
        made = f"{self._line.text()[: offer.start]}{offer.text}{end}"
        self._line.setText(made + rest)
        self._line.setCursorPosition(len(made))
        if not offer.is_whole:
            self.offer()

    def _list(self) -> "QtWidgets.QCompleter":
        """Return the list, which is not needed before something is typed."""
        if self._completer is None:
            made = QtWidgets.QCompleter(QtGui.QStandardItemModel(self), self)
            made.setObjectName("filterOffers")
            made.setWidget(self._line)
            made.setCompletionMode(QtWidgets.QCompleter.CompletionMode.UnfilteredPopupCompletion)
            _popup(made).setObjectName("filterOfferList")
            _popup(made).setAccessibleName(_("What the filter can ask for"))
            # by its place, not its words: two may read alike
            made.activated[QModelIndex].connect(self._take)  # type: ignore[index]  # signals of several kinds
            self._completer = made
        return self._completer

    def _take(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._offered):
            self.take(index.row())


def _popup(completer: "QtWidgets.QCompleter") -> "QtWidgets.QAbstractItemView":
    popup = completer.popup()
    assert popup is not None  # noqa: S101  # it has one as long as it completes in one
    return popup
