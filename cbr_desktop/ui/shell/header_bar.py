"""The bar on top of the window: whose cloud this is, in word and colour, and the commands for the whole window."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.states import counted, duration_words
from cbr_desktop.text.words import environment_words
from cbr_desktop.ui.kit.elided_label import Line
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.theme import ENVIRONMENT_COLOURS, ink_on, scale_letters, seen_on, style_as
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Choice, Extent, Workspace

_STRIPE = 3
_NAME_LETTERS, _FEW_LETTERS = 40, 22
"""How much of the name of a scope is shown, and how much on a small screen."""
_ARM_HINT = N_("Nothing can be changed here before it is armed")
_ARMED_HINT = N_("Changes can be sent until that time is over, or until it is disarmed here")
_SEALED_HINT = N_("Nothing can be sent: the data folder cannot be written")
_GRAVITY = (
    Environment.PRODUCTION,
    Environment.STAGING,
    Environment.TEST,
    Environment.DEVELOPMENT,
    Environment.DEMO,
)
"""Environments, the one at which most is at stake first."""


class ProfileHeader(QWidget):
    """Names the scope: a profile with region and project, or several.

    Signals:
        scope_menu_requested: the choice of profiles should open below the button.
        arm_menu_requested: the choice of how long a read-only profile is armed should open below the button.
        create_requested: a checkpoint of what is selected should be made.
        details_toggled: whether the details should be shown.
        refresh_requested: everything should be read now.
        theme_menu_requested: the choice of light and dark should open below the button.
        help_requested: keys and versions should be shown.
    """

    scope_menu_requested = Signal()
    arm_menu_requested = Signal()
    create_requested = Signal()
    details_toggled = Signal(bool)
    refresh_requested = Signal()
    theme_menu_requested = Signal()
    help_requested = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("profileHeader")
        self._workspace = workspace
        self._is_narrow = False
        self._is_loading: bool | None = None
        """Whether the button says that something is being read, ``None`` before it was told."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(8)
        self._chip = _label(self, "environment")
        scale_letters(self._chip, 1.4 if workspace.is_demo else 1.1, bold=True)
        self._chip.setMargin(4)
        row.addWidget(self._chip)
        self.scope = self._button("down", "profile", _("Profile"), _("Which profiles are looked at (Ctrl+P)"))
        self.scope.setObjectName("profileName")
        scale_letters(self.scope, 1.0, bold=True)
        self.scope.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.scope.clicked.connect(self.scope_menu_requested)
        row.addWidget(self.scope)
        self._place = Line("profilePlace", self)
        self._place.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        row.addWidget(self._place, 1)
        self.arm = self._button("lock", "read-only", _("Read-only"), _(_ARM_HINT))
        self.arm.setObjectName("arm")
        self.arm.clicked.connect(self.arm_menu_requested)
        row.addWidget(self.arm)
        self.create_checkpoint = self._create_button()
        row.addWidget(self.create_checkpoint)
        self.details = self._button("details", "details", _("Details"), _("All that is known of the row (Alt+D)"))
        self.details.setObjectName("toggleDetails")
        self.details.setAccessibleName(_("Toggle details"))
        self.details.setCheckable(True)
        self.details.clicked.connect(self.details_toggled)
        self.refresh = self._button("refresh", "refresh", _("Refresh"), _("Read everything now (F5)"))
        self.refresh.clicked.connect(self.refresh_requested)
        self.theme = self._button(
            "contrast", "theme", _("Theme"), _("Theme: light, dark, high contrast, or as the desktop")
        )
        self.theme.clicked.connect(self.theme_menu_requested)
        self.help = self._button("help", "help", _("Help"), _("Help: keys and versions (F1)"))
        self.help.clicked.connect(self.help_requested)
        for button in (self.theme, self.help):  # known by their pictures; the room is needed on small screens
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        for button in (self.details, self.refresh, self.theme, self.help):
            row.addWidget(button)
        layout.addLayout(row)
        self._stripe = Stripe(self)
        layout.addWidget(self._stripe)
        self.tell_scope()

    def _create_button(self) -> QPushButton:
        made = QPushButton(icon("plus", QPalette.ColorRole.BrightText), _("Create checkpoint"), self)
        made.setObjectName("createCheckpoint")
        made.setAccessibleName(_("Create checkpoint"))
        made.setToolTip(tooltip(_("Back up what is selected, or choose a vault (Ctrl+N)")))
        made.setAutoDefault(False)
        made.setProperty("primary", True)
        made.clicked.connect(self.create_requested)
        return made

    def tell_scope(self) -> None:
        """Name the scope as it is now."""
        workspace = self._workspace
        profiles = [context.profile for context in workspace.shown_contexts]
        self._tell_chip(profiles)
        self._tell_name()
        self.scope.setAccessibleDescription(plain(scope_name(workspace.choice)))
        self._place.tell(_place_words(profiles, is_demo=workspace.is_demo))
        is_one = len(profiles) == 1
        self._stripe.tell([profile_colour(each, is_demo=workspace.is_demo and is_one) for each in profiles])
        self.tell_guards()

    def show_narrow(self, narrow: bool) -> None:
        """Make do with less room, or take the usual one: pictures without words, and less of a long name."""
        if narrow is not self._is_narrow:
            self._is_narrow = narrow
            for button in (self.details, self.refresh):
                button.setToolButtonStyle(
                    Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
                )
            self.refresh.setMinimumWidth(0)
            self._is_loading = None  # until it is told again
            self._tell_name()

    def _tell_name(self) -> None:
        name = plain(scope_name(self._workspace.choice), 60)
        metrics = self.scope.fontMetrics()
        room = metrics.averageCharWidth() * (_FEW_LETTERS if self._is_narrow else _NAME_LETTERS)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        self.scope.setText(shown.replace("&", "&&"))
        hint = _("Which profiles are looked at (Ctrl+P)")
        self.scope.setToolTip(tooltip(hint) if shown == name else tooltip(name, hint))

    def words(self) -> str:
        """Return the name of the scope with what is at stake there, for the title of the window."""
        name = plain(scope_name(self._workspace.choice), 60)
        return f"{name} ({self._chip.text()})" if name else ""

    def tell_guards(self) -> None:
        """Say which profiles are read-only and which are armed, and for how long."""
        guarded = [context for context in self._workspace.shown_contexts if context.guard.is_read_only]
        self.arm.setVisible(bool(guarded))
        if guarded:
            words = guard_words(guarded, len(self._workspace.shown_contexts))
            self.arm.setText(words)
            self.arm.setAccessibleName(words)
            is_armed = any(context.guard.is_open for context in guarded)
            is_sealed = guarded[0].guard.sealed is not None
            hint = _SEALED_HINT if is_sealed else _ARMED_HINT if is_armed else _ARM_HINT
            self.arm.setToolTip(tooltip(_(hint)))
            self.arm.setIcon(icon("unlock" if is_armed else "lock"))
            style_as(self.arm, "armed", is_armed)

    def tell_loading(self, loading: bool) -> None:
        """Show whether something is being read; what stands beside the button stays where it is."""
        if loading is self._is_loading:
            return
        self._is_loading = loading
        words = {False: _("Refresh"), True: _("Reading…")}
        widths = []
        for each in (not loading, loading):
            self.refresh.setText(words[each])
            widths.append(self.refresh.sizeHint().width())
        self.refresh.setMinimumWidth(max(widths))

    def _tell_chip(self, profiles: Sequence[Profile]) -> None:
        found = {Environment.DEMO} if self._workspace.is_demo else {profile.environment for profile in profiles}
        gravest = next((environment for environment in _GRAVITY if environment in found), Environment.TEST)
        words = environment_words(gravest)
        self._chip.setText(_("{environment} and others").format(environment=words) if len(found) > 1 else words)
        colour = QColor(ENVIRONMENT_COLOURS[gravest])
        if len(profiles) == 1 and not self._workspace.is_demo:
            colour = profile_colour(profiles[0])
        # only these two roles, so that a theme still sets the rest
        colours = QPalette()
        colours.setColor(QPalette.ColorRole.Window, colour)
        colours.setColor(QPalette.ColorRole.WindowText, ink_on(colour))
        self._chip.setPalette(colours)
        self._chip.setAutoFillBackground(True)

    def _button(self, picture: str, name: str, title: str, hint: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(title)
        button.setToolTip(tooltip(hint))
        button.setText(title)
        button.setIcon(icon(picture))
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


class Stripe(QWidget):
    """The colours of the profiles that are looked at, side by side."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("environmentStripe")
        self.setFixedHeight(_STRIPE)
        self._colours: list[QColor] = []

    def tell(self, colours: list[QColor]) -> None:
        """Show other colours."""
        self._colours = colours
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the colours."""
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        count, ground = max(1, len(self._colours)), self.palette().color(QPalette.ColorRole.Window)
        for place, colour in enumerate(self._colours):
            left, right = self.width() * place // count, self.width() * (place + 1) // count
            # ``fillRect`` would make the 180 named gradients of Qt before the first paint
            painter.setBrush(seen_on(colour, ground))
            painter.drawRect(QRect(left, 0, right - left, self.height()))
        painter.end()


def scope_name(choice: Choice) -> str:
    """Return a scope's name: the profile's, the group's, or that it is all of them."""
    if choice.extent is Extent.ONE:
        return choice.name
    if choice.extent is Extent.GROUP:
        return _("Group {choice}").format(choice=choice.name)
    return _("All profiles")


def guard_words(guarded: Sequence[ProfileContext], shown: int) -> str:
    """Return how the read-only profiles of ``shown`` stand: ``Read-only``, ``Armed, 14 min left``, or how many."""
    if guarded[0].guard.sealed is not None:
        return _("Read-only mode")
    armed = [context.guard.armed_until for context in guarded if context.guard.armed_until is not None]
    if not armed:
        return (
            _("Read-only") if shown == 1 else _("{count} of {shown} read-only").format(count=len(guarded), shown=shown)
        )
    left = duration_words(min(armed) - guarded[0].clock.now())
    return (
        _("Armed, {left} left").format(left=left)
        if shown == 1
        else _("{count} of {total} armed, {left} left").format(count=len(armed), total=len(guarded), left=left)
    )


def profile_colour(profile: Profile, *, is_demo: bool = False) -> QColor:
    """Return the colour of a profile: its own, or that of its environment."""
    own = QColor(profile.colour) if profile.colour and not is_demo else QColor()
    return own if own.isValid() else QColor(ENVIRONMENT_COLOURS[Environment.DEMO if is_demo else profile.environment])


def _label(parent: QWidget, name: str) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _place_words(profiles: Sequence[Profile], *, is_demo: bool) -> str:
    if len(profiles) == 1:
        profile = profiles[0]
        # a name that says the region already need not be followed by it
        is_said = profile.region in profile.name or profile.region in profile.project
        parts = (
            [_("region {region}").format(region=plain(profile.region, 40))] if profile.region and not is_said else []
        )
        parts += [_("project {project}").format(project=plain(profile.project, 60))] if profile.project else []
        parts += [_("as {user}").format(user=plain(profile.user, 40))] if profile.user else []
    else:
        regions = dict.fromkeys(plain(profile.region, 40) for profile in profiles if profile.region)
        parts = [counted("{count} profile", "{count} profiles", len(profiles)), ", ".join(regions)]
    parts += [_("built-in cloud, nothing here is real")] if is_demo else []
    return " · ".join(filter(None, parts))
