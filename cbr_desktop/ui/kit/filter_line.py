"""The line in which a filter is typed, with a list of what may be meant below it."""

from collections.abc import Callable

from PySide6 import QtGui, QtWidgets
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.tables.completion import Offer

_LETTERS = 46
"""How wide the list is, in average characters."""


class FilterLine(QLineEdit):
    """Offers what ``offers`` returns for its text and the place of the cursor, while it is typed and by Down.

    Nothing is chosen until somebody goes into the list: Enter takes the text as it was typed.
    """

    def __init__(self, offers: Callable[[str, int], list[Offer]], parent: QWidget) -> None:
        super().__init__(parent)
        self._offers = offers
        self._offered: list[Offer] = []
        self._completer: QtWidgets.QCompleter | None = None
        self.textEdited.connect(self.offer)

    @property
    def offered(self) -> list[Offer]:
        """What is offered now."""
        return self._offered if self._completer is not None and _popup(self._completer).isVisible() else []

    def offer(self) -> None:
        """Show what may be meant, or take the list away."""
        self._offered = self._offers(self.text(), self.cursorPosition())
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
            said = _("{text}  –  {words}").format(text=text, words=offer.words) if offer.words else text
            item = QtGui.QStandardItem(said)
            item.setEditable(False)
            model.appendRow(item)
        popup.setCurrentIndex(QModelIndex())
        at = self.cursorRect()
        at.setWidth(self.fontMetrics().averageCharWidth() * _LETTERS)
        completer.complete(at)

    def take(self, place: int) -> None:
        """Put what is offered at a place of the list into the text."""
        offer = self._offered[place]
        rest = self.text()[self.cursorPosition() :]
        end = " " if offer.is_whole and not rest.startswith(" ") else ""
        made = f"{self.text()[: offer.start]}{offer.text}{end}"
        self.setText(made + rest)
        self.setCursorPosition(len(made))
        if not offer.is_whole:
            self.offer()

    def _list(self) -> "QtWidgets.QCompleter":
        """Return the list, which nobody needs before something is typed."""
        if self._completer is None:
            made = QtWidgets.QCompleter(QtGui.QStandardItemModel(self), self)
            made.setObjectName("filterOffers")
            made.setWidget(self)
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

    def keyPressEvent(self, event: "QtGui.QKeyEvent") -> None:
        """Show the list by the key that leads into it."""
        if event.key() == Qt.Key.Key_Down and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.offer()
        else:
            super().keyPressEvent(event)


def _popup(completer: "QtWidgets.QCompleter") -> "QtWidgets.QAbstractItemView":
    popup = completer.popup()
    assert popup is not None  # noqa: S101  # it has one as long as it completes in one
    return popup
