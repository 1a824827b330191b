"""Choosing the scope, arming a profile, and the strip that tells how each of several profiles stands."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import LoginRefused, SecretMissing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.states import count_words
from cbr_desktop.text.words import error_words
from cbr_desktop.ui.band import guard_words, profile_colour, scope_name
from cbr_desktop.ui.desk import Desk
from cbr_desktop.ui.hall import Choice, Extent, Hall
from cbr_desktop.ui.marks import Shape
from cbr_desktop.ui.pieces import do
from cbr_desktop.ui.statusbar import connection_sentence, connection_words, member_problems
from cbr_desktop.workflows.guard import ARM_MINUTES
from cbr_desktop.workflows.ledger import Ledger

_SWATCH = 12


def open_scope_menu(hall: Hall, button: QToolButton, further: dict[str, Callable[[], object]]) -> QMenu:
    """Open the choice of profiles below a button; ``further`` are commands below it, by their words."""
    menu = _menu(button)
    group = QActionGroup(menu)
    extent = Extent.ONE
    for choice in hall.choices():
        if choice.extent is not extent:
            extent = choice.extent
            menu.addSeparator()
        action = menu.addAction(_fit(choice_words(choice)))
        action.setCheckable(True)
        action.setChecked(choice[:2] == hall.choice[:2])
        if choice.extent is Extent.ONE:
            profile = next(profile for profile in hall.profiles if profile.name == choice.name)
            action.setIcon(swatch(profile_colour(profile)))
        group.addAction(action)
        action.triggered.connect(partial(_choose, hall, choice))
    menu.addSeparator()
    for words, act in further.items():
        menu.addAction(words).triggered.connect(partial(do, act))
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    return menu


def open_arm_menu(hall: Hall, button: QToolButton, armed: Callable[[Desk], object]) -> QMenu:
    """Open the choice of how long a read-only profile is armed; ``armed`` hears of every change."""
    menu = _menu(button)
    guarded = [desk for desk in hall.shown_desks if desk.guard.is_read_only]
    if hall.sealed is not None:
        menu.addAction("Nothing can be sent: the data folder cannot be written").setEnabled(False)
        guarded = []
    for desk in guarded:
        if len(guarded) > 1:
            menu.addSection(_fit(desk.profile.name))
        if desk.guard.is_open:
            menu.addAction(_fit(guard_words([desk], 1))).setEnabled(False)
            menu.addAction("Disarm now").triggered.connect(partial(_arm, desk, 0, armed))
        for minutes in ARM_MINUTES:
            words = f"Arm for {count_words(minutes, 'minute')}"
            menu.addAction(words).triggered.connect(partial(_arm, desk, minutes, armed))
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    return menu


def open_profile_menu(hall: Hall, button: QWidget, chosen: Callable[[Desk], object]) -> QMenu:
    """Open the choice of the profile that something is done with, where several are looked at."""
    menu = _menu(button)
    menu.addSection("With which profile?")
    for desk in hall.shown_desks:
        action = menu.addAction(swatch(profile_colour(desk.profile)), _fit(desk.profile.name))
        action.triggered.connect(partial(_chosen, chosen, desk))
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    return menu


def choice_words(choice: Choice) -> str:
    """Return a choice as the menu tells it."""
    name = scope_name(choice)
    return name if choice.extent is Extent.ONE else f"{name} ({count_words(len(choice.profiles), 'profile')})"


def swatch(colour: QColor) -> QIcon:
    """Return a small square of a colour."""
    made = QPixmap(QSize(_SWATCH, _SWATCH))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(0, 0, _SWATCH, _SWATCH), 2, 2)
    painter.end()
    return QIcon(made)


class ScopeStrip(QFrame):
    """A button for every profile of a merged scope: its colour, its name, and how it stands.

    Signals:
        login_wished: the ``Profile`` whose login should be asked for.
        alone_wished: the ``Profile`` that should be looked at alone.
        remarked: what is to be said of a profile at length.
    """

    login_wished = Signal(object)
    alone_wished = Signal(object)
    remarked = Signal(str)

    def __init__(self, hall: Hall, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scopeStrip")
        self.setAccessibleName("Profiles looked at")
        self._hall = hall
        self._buttons: list[QToolButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 12, 0)
        self._row.setSpacing(6)
        self._row.addStretch()
        self.tell()

    def tell(self) -> None:
        """Say how each profile stands now; nothing is shown while there is only one."""
        desks = self._hall.shown_desks
        self.setVisible(len(desks) > 1)
        while len(self._buttons) < len(desks):
            self._add()
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(desks))
            if place < len(desks):
                self._tell_one(button, desks[place])

    def _tell_one(self, button: QToolButton, desk: Desk) -> None:
        words = f"{plain(desk.profile.name, 40)}  {member_words(desk.ledger)}"
        if button.accessibleName() == words:
            return
        button.setText(words.replace("&", "&&"))
        button.setAccessibleName(words)
        button.setIcon(swatch(profile_colour(desk.profile)))
        button.setToolTip(tooltip(*(member_problems(desk.ledger) or [connection_sentence(desk.ledger.connection)])))

    def _add(self) -> None:
        place = len(self._buttons)
        button = QToolButton(self)
        button.setObjectName("member")
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(self._open_menu, place))
        self._buttons.append(button)
        self._row.insertWidget(place, button)

    def _open_menu(self, place: int, *_: object) -> None:
        desk, button = self._hall.shown_desks[place], self._buttons[place]
        menu = _menu(button)
        if isinstance(desk.ledger.connection.error, SecretMissing | LoginRefused):
            menu.addAction("Log in…").triggered.connect(partial(self._wish, "login_wished", desk.profile))
        menu.addAction("How it stands").triggered.connect(partial(self._remark, desk))
        menu.addAction("Look at it alone").triggered.connect(partial(self._wish, "alone_wished", desk.profile))
        menu.addAction("Read it now").triggered.connect(partial(do, desk.refresh.ask))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _wish(self, signal: str, profile: Profile, *_: object) -> None:
        getattr(self, signal).emit(profile)

    def _remark(self, desk: Desk, *_: object) -> None:
        found = member_problems(desk.ledger) or [connection_sentence(desk.ledger.connection)]
        self.remarked.emit(f"{plain(desk.profile.name, 60)}: {' '.join(found)}")


def member_words(ledger: Ledger) -> str:
    """Return how one profile of several stands, in a few words."""
    connection = ledger.connection
    if connection.error is not None and connection.reach is not Reach.ONLINE:
        return f"{Shape.CROSS} {error_words(connection.error)}"
    if any(part.loading for part in ledger.freshness.values()):
        return f"{Shape.HALF} reading…"
    words = connection_words(connection).removesuffix(" yet")
    lacks = any(part.lacking is not None or part.error is not None for part in ledger.freshness.values())
    return f"{words}, not all" if lacks else words


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    # the button may be turned round for its arrow's sake
    menu.setLayoutDirection(QApplication.layoutDirection())
    return menu


def _fit(text: str) -> str:
    """Return a text for a menu, where an ampersand would underline a letter."""
    return plain(text, 80).replace("&", "&&")


def _choose(hall: Hall, choice: Choice, *_: object) -> None:
    hall.choose(choice)


def _chosen(chosen: Callable[[Desk], object], desk: Desk, *_: object) -> None:
    chosen(desk)


def _arm(desk: Desk, minutes: int, armed: Callable[[Desk], object], *_: object) -> None:
    if minutes:
        desk.guard.arm(minutes)
    else:
        desk.guard.disarm()
    armed(desk)
