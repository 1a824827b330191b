"""The first screen of somebody who has not said which cloud: profiles to choose from, and the demo cloud."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from cbr_desktop.domain.profile import Profile
from cbr_desktop.ui.dialogs.lines import label
from cbr_desktop.ui.plain import plain

EXAMPLE = """\
[[profile]]
name = "Production eu-de"
iam_endpoint = "https://iam.eu-de.otc.t-systems.com"
cbr_endpoint = "https://cbr.eu-de.otc.t-systems.com"
project = "eu-de_prod"
domain = "OTC-EU-DE-00000000001000000001"
user = "backup-operator"
environment = "production"    # or staging, test
"""


class WelcomeWindow(QWidget):
    """Offers the profiles of ``profiles_path`` and the demo cloud; ``problems`` are sentences about that file.

    Signals:
        chosen: the ``Profile`` to open, or ``None`` for the demo cloud.
        dismissed: the window was closed without a choice.
    """

    chosen = Signal(object)
    dismissed = Signal()

    def __init__(self, profiles: Sequence[Profile], problems: Sequence[str], profiles_path: str) -> None:
        super().__init__()
        self._profiles = list(profiles)
        self.setWindowTitle("CBR Desktop")
        self.setAccessibleName("CBR Desktop")
        self.setObjectName("welcome")
        self.resize(720, 520)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        layout.addWidget(_heading("Which cloud?" if profiles else "No cloud is set up yet"))
        for number, problem in enumerate(problems):
            layout.addWidget(label(f"✕ {problem}", f"welcomeProblem{number}"))
        if profiles:
            layout.addWidget(self._list())
            layout.addWidget(self._open_button())
        else:
            layout.addWidget(
                label(f"Write a profile like this one into {profiles_path} and start again.", "welcomeHow")
            )
            layout.addWidget(_example())
        layout.addWidget(
            label("The demo cloud is built in: it needs no account and sends nothing anywhere.", "welcomeDemo")
        )
        layout.addWidget(self._demo_button(is_default=not profiles))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.dismissed.emit()
        super().closeEvent(event)

    def _list(self) -> QListWidget:
        self._names = QListWidget(self)
        self._names.setObjectName("profiles")
        self._names.setAccessibleName("Profiles")
        for profile in self._profiles:
            words = (
                f"{plain(profile.name, 80)}  –  {plain(profile.region or profile.cbr_endpoint, 80)},"
                f" {plain(profile.project, 80)}, {profile.environment}"
            )
            self._names.addItem(QListWidgetItem(plain(words)))
        self._names.setCurrentRow(0)
        self._names.itemActivated.connect(self._open)
        return self._names

    def _open_button(self) -> QPushButton:
        button = QPushButton("&Open", self)
        button.setObjectName("openProfile")
        button.setDefault(True)
        button.clicked.connect(self._open)
        return button

    def _demo_button(self, *, is_default: bool) -> QPushButton:
        button = QPushButton("Open the &demo cloud", self)
        button.setObjectName("openDemo")
        button.setDefault(is_default)
        button.clicked.connect(self._open_demo)
        return button

    def _open(self) -> None:
        self.chosen.emit(self._profiles[max(0, self._names.currentRow())])

    def _open_demo(self) -> None:
        self.chosen.emit(None)


def _heading(words: str) -> QLabel:
    heading = label(words, "welcomeHeading")
    font = heading.font()
    font.setPointSizeF(font.pointSizeF() * 1.6)
    heading.setFont(font)
    return heading


def _example() -> QPlainTextEdit:
    example = QPlainTextEdit(EXAMPLE)
    example.setObjectName("profileExample")
    example.setAccessibleName("Example of a profile")
    example.setReadOnly(True)
    example.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    return example
