"""Pairs of words one below the other, and the labels that show the words of others."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from cbr_desktop.text.plain import plain
from cbr_desktop.ui.session.sheet import Facts


class FactGrid(QWidget):
    """Pairs of words, one below the other; labels are used again and again."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("facts")
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(4)
        self._layout.setColumnStretch(1, 1)
        self._labels: list[tuple[QLabel, QLabel]] = []

    def tell(self, facts: Facts) -> None:
        """Show other pairs."""
        while len(self._labels) < len(facts):
            self._add()
        for place, (name, value) in enumerate(self._labels):
            is_used = place < len(facts)
            name.setVisible(is_used)
            value.setVisible(is_used)
            if is_used:
                name.setText(facts[place][0])
                if value.text() != plain(facts[place][1]):  # a text that is selected stays so
                    value.setText(plain(facts[place][1]))

    def _add(self) -> None:
        name, value = words_label("factName", self), words_label("factValue", self)
        name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        name.setWordWrap(False)
        place = len(self._labels)
        self._layout.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addWidget(value, place, 1)
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
