"""The word for what is at stake, in white on its colour: production, test, and so on."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel

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
    colours.setColor(QPalette.ColorRole.WindowText, QColor("#ffffff"))
    made.setPalette(colours)
    return made
