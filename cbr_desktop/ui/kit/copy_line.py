"""An id with its name and a button that copies it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from cbr_desktop.text.catalogue import _, inside
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.ui.kit.tokens import TIGHT


class CopyLine(QWidget):
    """An id with its name and a button that copies it; hidden while there is none."""

    def __init__(self, words: str, name: str, button_name: str) -> None:
        super().__init__()
        self._text = ""
        self._words = words
        self._label = QLabel()
        self._label.setObjectName(name)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = self._copy_button = QToolButton()
        copy.setObjectName(button_name)
        copy.setText(_("Copy"))
        copy.clicked.connect(self._copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(TIGHT)
        layout.addWidget(self._label)
        layout.addWidget(copy)

    def show_text(self, text: str, words: str = "") -> None:
        """Show another id, under another name if that is given."""
        self._text = text
        self._words = words or self._words
        self._copy_button.setAccessibleName(_("Copy {lower}").format(lower=inside(self._words)))
        self._copy_button.setToolTip(tooltip(_("Copy the {lower}").format(lower=inside(self._words))))
        self._label.setText(f"{self._words} {plain(text, 80)}")
        self.setVisible(bool(text))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
