"""Pairs of words one below the other, and the labels that show the words of others."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from cbr_desktop.text.plain import plain
from cbr_desktop.ui.session.sheet import WordPairs

_LONG_WORD = 30
"""Letters of a word that is not to be broken: Qt breaks an id behind a hyphen only where a letter follows."""
_BETWEEN = 12
_TIME_OF_DAY = re.compile(r"(?<=\d{4}-\d\d-\d\d) (?=\d\d:\d\d)")


class FactGrid(QWidget):
    """Pairs of words, one below the other; labels are used again and again.

    An id for which there is no room beside its name stands below it, over the whole width.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("facts")
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(_BETWEEN)
        self._layout.setVerticalSpacing(4)
        self._layout.setColumnStretch(1, 1)
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._below: set[int] = set()
        """The places of values that stand below their names."""

    def tell(self, facts: WordPairs) -> None:
        """Show other pairs."""
        while len(self._labels) < len(facts):
            self._add()
        for place, (name, value) in enumerate(self._labels):
            is_used = place < len(facts)
            name.setVisible(is_used)
            value.setVisible(is_used)
            if is_used:
                name.setText(facts[place][0])
                # a date and its time stay together; what is copied has a usual space there
                text = _TIME_OF_DAY.sub("\N{NO-BREAK SPACE}", plain(facts[place][1]))
                if value.text() != text:  # a text that is selected stays so
                    value.setText(text)
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width out."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        used = [(place, *labels) for place, labels in enumerate(self._labels) if not labels[0].isHidden()]
        room = self.width() - _BETWEEN - max((name.sizeHint().width() for _place, name, _value in used), default=0)
        for place, _name, value in used:
            longest = max(value.text().split(), key=len, default="")
            is_below = len(longest) >= _LONG_WORD and value.fontMetrics().horizontalAdvance(longest) > room
            if is_below is not (place in self._below):
                (self._below.add if is_below else self._below.discard)(place)
                self._layout.addWidget(value, 2 * place + is_below, 1 - is_below, 1, 1 + is_below)

    def _add(self) -> None:
        name, value = words_label("factName", self), words_label("factValue", self)
        name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        name.setWordWrap(False)
        place = len(self._labels)
        self._layout.addWidget(name, 2 * place, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addWidget(value, 2 * place, 1)
        self._labels.append((name, value))


def words_label(name: str, parent: QWidget) -> QLabel:
    """Return a label of words that are shown literally, wrapped, and can be selected."""
    label = QLabel(parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setMinimumWidth(40)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return label
