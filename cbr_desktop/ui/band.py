"""The band on top of the window: whose cloud this is, in word and colour, and the commands for the whole window."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.ui.icons import icon
from cbr_desktop.ui.plain import plain
from cbr_desktop.ui.theme import ENVIRONMENT_COLOURS
from cbr_desktop.ui.words import ENVIRONMENTS

_STRIPE = 3


class ProfileBand(QWidget):
    """Names the profile, region and project.

    Signals:
        create_wished: a checkpoint of what is selected should be made.
        details_toggled: whether the details should be shown.
        refresh_wished: everything should be read now.
        theme_menu_wished: the choice of light and dark should open below the button.
        help_wished: keys and versions should be shown.
    """

    create_wished = Signal()
    details_toggled = Signal(bool)
    refresh_wished = Signal()
    theme_menu_wished = Signal()
    help_wished = Signal()

    def __init__(self, profile: Profile, *, is_demo: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("profileBand")
        environment = Environment.DEMO if is_demo else profile.environment
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(8)
        row.addWidget(_chip(self, environment))
        row.addWidget(_name(self, profile))
        row.addWidget(_place(self, profile, is_demo=is_demo), 1)
        self.create_checkpoint = QPushButton(icon("plus"), "Create checkpoint", self)
        self.create_checkpoint.setObjectName("createCheckpoint")
        self.create_checkpoint.setAccessibleName("Create checkpoint")
        self.create_checkpoint.setToolTip("Back up what is selected, or choose a vault (Ctrl+N)")
        self.create_checkpoint.setAutoDefault(False)
        self.create_checkpoint.clicked.connect(self.create_wished)
        row.addWidget(self.create_checkpoint)
        self.details = self._button("details", "Details", "All that is known of the row (Alt+D)")
        self.details.setObjectName("toggleDetails")
        self.details.setAccessibleName("Toggle details")
        self.details.setCheckable(True)
        self.details.clicked.connect(self.details_toggled)
        self.refresh = self._button("refresh", "Refresh", "Read everything now (F5)")
        self.refresh.clicked.connect(self.refresh_wished)
        self.theme = self._button("contrast", "Theme", "Theme: light, dark, or as the desktop")
        self.theme.clicked.connect(self.theme_menu_wished)
        self.help = self._button("help", "Help", "Help: keys and versions (F1)")
        self.help.clicked.connect(self.help_wished)
        for button in (self.theme, self.help):  # known by their pictures; the room is needed on small screens
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        for button in (self.details, self.refresh, self.theme, self.help):
            row.addWidget(button)
        layout.addLayout(row)
        layout.addWidget(_stripe(self, environment))

    def tell_loading(self, loading: bool) -> None:
        """Show whether something is being read."""
        self.refresh.setText("Reading…" if loading else "Refresh")

    def _button(self, picture: str, name: str, hint: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name.lower())
        button.setAccessibleName(name)
        button.setToolTip(hint)
        button.setText(name)
        button.setIcon(icon(picture))
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


def _label(parent: QWidget, name: str, text: str) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    return label


def _chip(parent: QWidget, environment: Environment) -> QLabel:
    chip = _label(parent, "environment", ENVIRONMENTS[environment])
    font = chip.font()
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * (1.4 if environment is Environment.DEMO else 1.1))
    chip.setFont(font)
    chip.setMargin(4)
    _paint_ground(chip, environment)
    return chip


def _name(parent: QWidget, profile: Profile) -> QLabel:
    label = _label(parent, "profileName", plain(profile.name, 60))
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _place(parent: QWidget, profile: Profile, *, is_demo: bool) -> QLabel:
    parts = [f"region {plain(profile.region, 40)}"] if profile.region else []
    parts += [f"project {plain(profile.project, 60)}", f"as {plain(profile.user, 40)}"] if profile.project else []
    parts += ["built-in cloud, nothing here is real"] if is_demo else []
    label = _label(parent, "profilePlace", " · ".join(parts))
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    label.setMinimumWidth(40)
    return label


def _stripe(parent: QWidget, environment: Environment) -> QWidget:
    stripe = QWidget(parent)
    stripe.setObjectName("environmentStripe")
    stripe.setFixedHeight(_STRIPE)
    _paint_ground(stripe, environment)
    return stripe


def _paint_ground(widget: QWidget, environment: Environment) -> None:
    """Give a widget the colour of an environment; only these two roles, so that a theme still sets the rest."""
    colours = QPalette()
    colours.setColor(QPalette.ColorRole.Window, QColor(ENVIRONMENT_COLOURS[environment]))
    colours.setColor(QPalette.ColorRole.WindowText, QColor("#ffffff"))
    widget.setPalette(colours)
    widget.setAutoFillBackground(True)
