"""The words for what is at stake, in white on their colours: production, test, and so on."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from cbr_desktop.domain.profile import Environment
from cbr_desktop.text.words import environment_words
from cbr_desktop.ui.kit.theme import ENVIRONMENT_COLOURS


def stake_chip(environment: Environment) -> QLabel:
    """Return the word of an environment on its colour."""
    made = QLabel(environment_words(environment))
    made.setObjectName("environment")
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setContentsMargins(8, 2, 8, 2)
    made.setAutoFillBackground(True)
    colours = made.palette()
    colours.setColor(QPalette.ColorRole.Window, QColor(ENVIRONMENT_COLOURS[environment]))
    colours.setColor(QPalette.ColorRole.WindowText, QColor(Qt.GlobalColor.white))
    made.setPalette(colours)
    return made


class EnvironmentLabel(QWidget):
    """The words of several environments side by side, the gravest first."""

    def __init__(self) -> None:
        super().__init__()
        self._chips = {environment: stake_chip(environment) for environment in Environment}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for chip in self._chips.values():
            layout.addWidget(chip)
            chip.hide()

    def show_stakes(self, environments: Iterable[Environment]) -> None:
        """Show the words of these environments alone."""
        shown = set(environments)
        for environment, chip in self._chips.items():
            chip.setVisible(environment in shown)
