"""Choosing the scope, arming a profile, and the strip that tells how each of several profiles stands."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup, QColor, QFontMetrics, QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import LoginRefused, SecretMissing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import Shape
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.states import counted
from cbr_desktop.text.words import error_words
from cbr_desktop.ui.kit.widgets import do
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Choice, Extent, Workspace
from cbr_desktop.ui.shell.header_bar import guard_words, profile_colour, scope_name
from cbr_desktop.ui.shell.status_bar import connection_sentence, connection_words, is_offline, member_problems
from cbr_desktop.workflows.guard import ARM_MINUTES
from cbr_desktop.workflows.ledger import Ledger

_SWATCH = 12
_BESIDE_WORDS = 46
"""What the button of a profile needs beside its words, in device-independent pixels: swatch and padding."""


def open_scope_menu(workspace: Workspace, button: QToolButton, further: dict[str, Callable[[], object]]) -> QMenu:
    """Open the choice of profiles below a button; ``further`` are commands below it, by their words."""
    menu = _menu(button)
    group = QActionGroup(menu)
    extent = Extent.ONE
    for choice in workspace.choices():
        if choice.extent is not extent:
            extent = choice.extent
            menu.addSeparator()
        action = menu.addAction(_fit(choice_words(choice)))
        action.setCheckable(True)
        action.setChecked(choice[:2] == workspace.choice[:2])
        _embolden(action, is_bold=action.isChecked())  # beside a picture no tick is drawn
        if choice.extent is Extent.ONE:
            profile = next(profile for profile in workspace.profiles if profile.name == choice.name)
            action.setIcon(swatch(profile_colour(profile)))
        group.addAction(action)
        action.triggered.connect(partial(_choose, workspace, choice))
    menu.addSeparator()
    for words, act in further.items():
        menu.addAction(words).triggered.connect(partial(do, act))
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    return menu


def open_arm_menu(workspace: Workspace, button: QToolButton, armed: Callable[[ProfileContext], object]) -> QMenu:
    """Open the choice of how long a read-only profile is armed; ``armed`` hears of every change."""
    menu = _menu(button)
    guarded = [context for context in workspace.shown_contexts if context.guard.is_read_only]
    if workspace.sealed is not None:
        menu.addAction(_("Nothing can be sent: the data folder cannot be written")).setEnabled(False)
        guarded = []
    for context in guarded:
        if len(guarded) > 1:
            menu.addSection(_fit(context.profile.name))
        if context.guard.is_open:
            menu.addAction(_fit(guard_words([context], 1))).setEnabled(False)
            menu.addAction(_("Disarm now")).triggered.connect(partial(_arm, context, 0, armed))
        for minutes in ARM_MINUTES:
            words = counted("Arm for {count} minute", "Arm for {count} minutes", minutes)
            menu.addAction(words).triggered.connect(partial(_arm, context, minutes, armed))
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    return menu


def open_profile_menu(workspace: Workspace, button: QWidget, chosen: Callable[[ProfileContext], object]) -> QMenu:
    """Open the choice of the profile that something is done with, where several are looked at."""
    menu = _menu(button)
    menu.addSection(_("With which profile?"))
    for context in workspace.shown_contexts:
        action = menu.addAction(swatch(profile_colour(context.profile)), _fit(context.profile.name))
        action.triggered.connect(partial(_chosen, chosen, context))
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    return menu


def choice_words(choice: Choice) -> str:
    """Return a choice as the menu tells it."""
    name = scope_name(choice)
    return (
        name
        if choice.extent is Extent.ONE
        else f"{name} ({counted('{count} profile', '{count} profiles', len(choice.profiles))})"
    )


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
        login_requested: the ``Profile`` whose login should be asked for.
        alone_requested: the ``Profile`` that should be looked at alone.
        remarked: what is to be said of a profile at length.
    """

    login_requested = Signal(object)
    alone_requested = Signal(object)
    remarked = Signal(str)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scopeStrip")
        self.setAccessibleName(_("Profiles looked at"))
        self._workspace = workspace
        self._buttons: list[QToolButton] = []
        self._words: list[str] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 12, 0)
        self._row.setSpacing(6)
        self._row.addStretch()
        self.tell()

    def tell(self) -> None:
        """Say how each profile stands now; nothing is shown while there is only one."""
        contexts = self._workspace.shown_contexts
        self.setVisible(len(contexts) > 1)
        while len(self._buttons) < len(contexts):
            self._add()
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(contexts))
            if place < len(contexts):
                self._tell_one(button, contexts[place])
        told = [button.accessibleName() for button in self._buttons[: len(contexts)]]
        if told != self._words:
            self._words = told
            self._share_room()

    def minimumSizeHint(self) -> QSize:
        """Return the least size: names give way before the window does."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width out."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Show the words whole; where there is no room for all, those that are longer than their share are cut."""
        metrics, margins = self.fontMetrics(), self._row.contentsMargins()
        room = (
            self.width() - margins.left() - margins.right() - len(self._words) * (self._row.spacing() + _BESIDE_WORDS)
        )
        widths = [metrics.horizontalAdvance(words) for words in self._words]
        order = sorted(range(len(widths)), key=widths.__getitem__)
        for turn, place in enumerate(order):
            share = max(0, room) // (len(order) - turn)
            room -= min(share, widths[place])
            self._buttons[place].setText(_cut(self._words[place], metrics, share).replace("&", "&&"))

    def _tell_one(self, button: QToolButton, context: ProfileContext) -> None:
        words = f"{plain(context.profile.name, 40)}  {member_words(context.ledger)}"
        if button.accessibleName() == words:
            return
        button.setAccessibleName(words)
        button.setIcon(swatch(profile_colour(context.profile)))
        button.setToolTip(
            tooltip(words, *(member_problems(context.ledger) or [connection_sentence(context.ledger.connection)]))
        )

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

    def _open_menu(self, place: int, *_rest: object) -> None:
        context, button = self._workspace.shown_contexts[place], self._buttons[place]
        menu = _menu(button)
        if isinstance(context.ledger.connection.error, SecretMissing | LoginRefused):
            menu.addAction(_("Log in…")).triggered.connect(
                partial(self._request, self.login_requested, context.profile)
            )
        menu.addAction(_("How it stands")).triggered.connect(partial(self._remark, context))
        menu.addAction(_("Look at it alone")).triggered.connect(
            partial(self._request, self.alone_requested, context.profile)
        )
        menu.addAction(_("Read it now")).triggered.connect(partial(do, context.refresh.ask_whole))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _request(self, signal: SignalInstance, profile: Profile, *_rest: object) -> None:
        signal.emit(profile)

    def _remark(self, context: ProfileContext, *_rest: object) -> None:
        found = member_problems(context.ledger) or [connection_sentence(context.ledger.connection)]
        self.remarked.emit(f"{plain(context.profile.name, 60)}: {' '.join(found)}")


def member_words(ledger: Ledger) -> str:
    """Return how one profile of several stands, in a few words."""
    connection = ledger.connection
    if is_offline(connection):
        return connection_words(connection)
    if connection.error is not None and connection.reach is not Reach.ONLINE:
        return f"{Shape.CROSS} {error_words(connection.error)}"
    if any(part.loading for part in ledger.freshness.values()):
        return f"{Shape.HALF} {_('reading…')}"
    words = connection_words(connection, is_short=True)
    lacks = any(part.lacking is not None or part.error is not None for part in ledger.freshness.values())
    return _("{words}, not all").format(words=words) if lacks else words


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    # the button may be turned round for its arrow's sake
    menu.setLayoutDirection(QApplication.layoutDirection())
    return menu


def _cut(words: str, metrics: QFontMetrics, room: int) -> str:
    """Return a name and how it stands within a width: the name whole as far as that goes, and always the shape."""
    if metrics.horizontalAdvance(words) <= room:
        return words
    name, _between, rest = words.partition("  ")
    name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room * 2 // 3)
    return metrics.elidedText(f"{name}  {rest}", Qt.TextElideMode.ElideRight, room)


def _embolden(action: QAction, *, is_bold: bool) -> None:
    font = action.font()
    font.setBold(is_bold)
    action.setFont(font)


def _fit(text: str) -> str:
    """Return a text for a menu, where an ampersand would underline a letter."""
    return plain(text, 80).replace("&", "&&")


def _choose(workspace: Workspace, choice: Choice, *_rest: object) -> None:
    workspace.choose(choice)


def _chosen(chosen: Callable[[ProfileContext], object], context: ProfileContext, *_rest: object) -> None:
    chosen(context)


def _arm(context: ProfileContext, minutes: int, armed: Callable[[ProfileContext], object], *_rest: object) -> None:
    if minutes:
        context.guard.arm(minutes)
    else:
        context.guard.disarm()
    armed(context)
