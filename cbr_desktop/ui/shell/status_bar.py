"""The status bar: connection, age of the data, life of the login, clocks and problems, each a button."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QStatusBar, QWidget

from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.error import SecretMissing, Unreachable, UnreachableReason
from cbr_desktop.text.catalogue import _, listed
from cbr_desktop.text.errors import error_sentence, reading_sentence
from cbr_desktop.text.marks import Shape
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.states import counted, duration_words
from cbr_desktop.text.words import (
    Times,
    age_words,
    ages_words,
    lacking_sentence,
    page_noun,
    part_title,
    part_words,
    shortfall_words,
)
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Freshness, Ledger, Part
from cbr_desktop.workflows.scope import Scope

_TICK_MS = 10_000
_SPACING = 6
_EDGES = 24
"""What stands between parts of the strip, and beside all of them, in device-independent pixels."""
_COUNT_DOWN_MS = 1_000
_SOON = timedelta(minutes=30)


class StatusBar(QStatusBar):
    """Tells how the program stands with the service.

    Signals:
        connection_asked: the words of the connection were clicked.
        refresh_requested: everything should be read now.
        clocks_turned: times should be told in the other way, local or UTC.
        problems_asked: the problems should be listed.
        pace_asked: how often the lists are read should be settled.
        offline_requested: working offline should begin or end.
        ticked: ten seconds have gone; ages and clocks say something else now.
    """

    connection_asked = Signal()
    refresh_requested = Signal()
    clocks_turned = Signal()
    problems_asked = Signal()
    pace_asked = Signal()
    offline_requested = Signal(bool)
    ticked = Signal()

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self._workspace = workspace
        self._times = times
        self._part = Part.VAULTS
        self._is_narrow = False
        self._tasks: QWidget | None = None
        self.connection = self._button("connection", _("Connection"), self.connection_asked)
        self.age = self._button("dataAge", _("Data age"), self.refresh_requested)
        self.login = self._button("login", _("Login"), self.connection_asked)
        self.waiting = self._button("waiting", _("Waiting"), self.connection_asked)
        self.pace = self._button("slowed", _("Read less often"), self.pace_asked)
        self.problems = self._button("problems", _("Problems"), self.problems_asked)
        self.clocks = self._button("clocks", _("Clocks"), self.clocks_turned)
        for button in (self.connection, self.age, self.login, self.waiting, self.pace, self.problems):
            self.addWidget(button)
        self.offline = self._button("workOffline", _("Work offline"), self.offline_requested)
        self.offline.setText(_("Work offline"))
        self.offline.setCheckable(True)
        self.offline.setToolTip(tooltip(_("Nothing is sent while this is on; what you queue waits")))
        self.addPermanentWidget(self.offline)
        self.addPermanentWidget(self.clocks)
        self._ticking = self._timer(_TICK_MS, self._tick)
        self._counting_down = self._timer(_COUNT_DOWN_MS, self._tell_waiting)
        self._ticking.start()
        self.tell()

    def put_tasks(self, tasks: QWidget) -> None:
        """Take in the line of the tasks, which has the room that is left."""
        self._tasks = tasks
        self.addWidget(tasks, 1)
        tasks.show()
        self._share_room()

    def show_narrow(self, narrow: bool) -> None:
        """Leave out what else is seen elsewhere, or show it again where there is room."""
        if narrow is not self._is_narrow:
            self._is_narrow = narrow
            self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width out."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Show what says something; how long the login lasts and the clocks only where that cuts nothing.

        What has no room goes first: Qt widens the window as soon as something is shown that does not fit.
        """
        musts = (self.connection, self.age, self.waiting, self.pace, self.problems, self.offline)
        said = [button for button in musts if button.text()]
        room = self.width() - _EDGES - sum(map(_room_of, said))
        room -= _room_of(self._tasks) if self._tasks is not None else 0
        for button in (self.login, self.clocks):
            if button.text() and not self._is_narrow:
                room -= _room_of(button)
                said += [button] if room >= 0 else []
        for button in (*musts, self.login, self.clocks):
            if button not in said:
                button.hide()
        for button in said:
            button.show()

    def tell_slowed(self, words: str) -> None:
        """Say that the lists are read less often than was chosen, or nothing where the words are empty."""
        self._say(self.pace, words, _("Reading is expensive now. F5 reads at once; click for the settings"))
        self._share_room()

    def turn_to(self, part: Part) -> None:
        """Tell the age of this part of the ledger from now on; of requests, which are kept here, that of the vaults."""
        self._part = Part.VAULTS if part is Part.INTENTS else part
        self.tell()

    def tell(self) -> None:
        """Say how everything stands now."""
        scope, now = self._workspace.scope, self._times.now()
        self.offline.setChecked(self._workspace.is_offline)
        first = _first_to_end(scope)
        self._say(self.connection, scope_words(scope), _("Click for more"))
        freshness = scope.freshness
        self._say(self.age, age_words(freshness[self._part], self._times), _("Click to read everything now"))
        self.age.setToolTip(tooltip(_("Click to read everything now"), *ages_words(freshness, self._times)))
        self._say(self.login, login_words(first, now), self._times.both(first.token_expires_at))
        self._say(self.clocks, self._times.clocks(), _("Click to tell all times in UTC, or here again"))
        found = problems(scope)
        words = f"{Shape.CROSS} {counted('{count} problem', '{count} problems', len(found))}" if found else ""
        self._say(self.problems, words, _("Click to list them"))
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        now = self._times.now()
        waits = [throttled_words(member.connection, now) for member in self._workspace.scope.members]
        words = next(filter(None, waits), "")
        self._say(self.waiting, words, _("The service asked for fewer requests"))
        self._share_room()
        if not words:
            self._counting_down.stop()
        elif not self._counting_down.isActive():
            self._counting_down.start()

    def _tick(self) -> None:
        self.tell()
        self.ticked.emit()

    def _say(self, button: QPushButton, words: str, hint: str) -> None:
        if button.text() == words:
            return
        button.setText(words)
        button.setToolTip(tooltip(hint))
        button.setAccessibleDescription(words)

    def _button(self, name: str, accessible: str, wish: object) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(name)
        button.setAccessibleName(accessible)
        button.setFlat(True)
        button.setAutoDefault(False)
        button.hide()
        button.clicked.connect(wish)
        return button

    def _timer(self, interval_ms: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        return timer


def _room_of(widget: QWidget) -> int:
    return widget.minimumSizeHint().width() + _SPACING


def connection_words(connection: Connection, *, is_short: bool = False) -> str:
    """Return the state of the connection in a word, with a shape, and the last answer's time."""
    if is_offline(connection):
        return f"{Shape.RING} {_('Offline')}"
    if connection.reach is Reach.ONLINE:
        if connection.latency_ms is None:
            return f"{Shape.DISC} {_('Online')}"
        return f"{Shape.DISC} {_('Online {latency} ms').format(latency=round(connection.latency_ms))}"
    if isinstance(connection.error, SecretMissing):
        return f"{Shape.RING} {_('Not logged in')}"
    unknown = _("Not connected") if is_short else _("Not connected yet")
    return {
        Reach.UNKNOWN: f"{Shape.RING} {unknown}",
        Reach.UNREACHABLE: f"{Shape.CROSS} {_('Unreachable')}",
        Reach.REFUSED: f"{Shape.CROSS} {_('Login refused')}",
    }[connection.reach]


def is_offline(connection: Connection) -> bool:
    """Tell whether nothing is sent because the operator works offline: that is no problem."""
    return isinstance(connection.error, Unreachable) and connection.error.reason == UnreachableReason.OFFLINE


def connection_sentence(connection: Connection) -> str:
    """Return the state of the connection at length."""
    if connection.error is not None:
        return reading_sentence(connection.error)
    return {
        Reach.ONLINE: _("The service answers."),
        Reach.UNKNOWN: _("The service has not been asked yet."),
    }.get(connection.reach, connection_words(connection))


def login_words(connection: Connection, now: datetime) -> str:
    """Return how long the login lasts; it is renewed by itself, so only the near end is marked."""
    if connection.token_expires_at is None:
        return ""
    left = connection.token_expires_at - now
    if left <= timedelta(0):
        return f"{Shape.DIAMOND} {_('login has ended')}"
    words = _("login {left}").format(left=duration_words(left))
    return f"{Shape.DIAMOND} {words}" if left < _SOON else words


def throttled_words(connection: Connection, now: datetime) -> str:
    """Return for how long the service is not to be asked, or nothing."""
    if connection.waiting_until is None or connection.waiting_until <= now:
        return ""
    again = _("throttled, again in {time}").format(time=duration_words(connection.waiting_until - now))
    return f"{Shape.DIAMOND} {again}"


def scope_words(scope: Scope) -> str:
    """Return the state of the connection in a word, or how many of several profiles are online."""
    if not scope.is_merged:
        return connection_words(scope.members[0].connection) if scope.members else ""
    online = sum(member.connection.reach is Reach.ONLINE for member in scope.members)
    shape = Shape.DISC if online == len(scope.members) else Shape.HALF if online else Shape.RING
    return _("{shape} {online} of {count} online").format(shape=shape, online=online, count=len(scope.members))


def _first_to_end(scope: Scope) -> Connection:
    """Return the connection whose login ends first."""
    connections = [member.connection for member in scope.members]
    known = [(held.token_expires_at, place) for place, held in enumerate(connections) if held.token_expires_at]
    return connections[min(known)[1]] if known else Connection()


def problems(scope: Scope) -> list[str]:
    """Return what could not be read and why, profile by profile where there are several."""
    if not scope.is_merged:
        return [sentence for member in scope.members for sentence in member_problems(member)]
    return [f"{plain(member.profile.name, 60)} – {s}" for member in scope.members for s in member_problems(member)]


def member_problems(ledger: Ledger) -> list[str]:
    """Return what could not be read and why, one sentence for all parts that failed alike."""
    if is_offline(ledger.connection):
        return []
    parts: dict[str, list[Part]] = {}
    for part, freshness in ledger.freshness.items():
        if freshness.error is not None:
            parts.setdefault(reading_sentence(freshness.error), []).append(part)
    found = [
        _("{parts}: {sentence}").format(parts=_listed(troubled), sentence=sentence)
        for sentence, troubled in parts.items()
    ]
    error = ledger.connection.error
    if error is not None and reading_sentence(error) not in parts:
        found.append(_("Connection: {error}").format(error=reading_sentence(error)))
    if ledger.freshness[Part.PROTECTABLES].lacking is not None:
        found.append(lacking_sentence(page_noun("Resources")))
    if ledger.unkept is not None:
        found.append(
            _("Ended tasks are not kept beyond the service's 30 days: {error}").format(
                error=error_sentence(ledger.unkept)
            )
        )
    return found + _incomplete(ledger.freshness.items())


def _incomplete(parts: Iterable[tuple[Part, Freshness]]) -> list[str]:
    return [
        _("{part}: the list may lack some rows; {why}.").format(
            part=part_title(part), why=shortfall_words(freshness.shortfall)
        )
        for part, freshness in parts
        if not freshness.complete and not freshness.loading and not freshness.from_cache and freshness.lacking is None
    ]


def _listed(parts: list[Part]) -> str:
    first, *rest = parts
    return listed([part_title(first), *map(part_words, rest)])
