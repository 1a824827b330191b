"""What is told without being asked: ends of requests, requests that are held, here and by the desktop."""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

from PySide6 import QtWidgets
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, IntentState, Reason
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import tooltip, unmarked
from cbr_desktop.text.requests import finished_words, intent_mark, review_sentence
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.notice_bar import WARNING, NoticeBar
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.outcomes import outcome_of

_AT_ONCE = 3
_GATHER_MS = 100
_TOLD = frozenset({IntentState.FINISHED, IntentState.REJECTED, IntentState.UNKNOWN, IntentState.NOT_FOUND})


class DesktopNotifier(Protocol):
    """Tells something outside the window."""

    def tell(self, title: str, text: str) -> None:
        """Show a title and a text, if the desktop can."""
        ...


class TrayNotifier(QObject):
    """Tells through the desktop's notifications; the icon for it is made when it is first needed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._icon: QtWidgets.QSystemTrayIcon | None = None

    def tell(self, title: str, text: str) -> None:
        """Show a notification, if the desktop can."""
        if not QtWidgets.QSystemTrayIcon.isSystemTrayAvailable() or not QtWidgets.QSystemTrayIcon.supportsMessages():
            return
        if self._icon is None:
            self._icon = QtWidgets.QSystemTrayIcon(icon("program"), self)
            self._icon.setToolTip(tooltip(_("CBR Desktop")))
        self._icon.show()
        self._icon.showMessage(unmarked(title), unmarked(text), icon("program"))


class Reminder(QObject):
    """Tells, once and together, that requests are held and wait for the operator: never are they sent by themselves.

    Those that were held while this program ran are told at once, those of before when their profile comes online; all
    of a profile are told again after it was worked with offline.
    """

    def __init__(
        self,
        workspace: Workspace,
        bar: NoticeBar,
        notifier: DesktopNotifier,
        window: QWidget,
        review: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._bar = bar
        self._notifier = notifier
        self._window = window
        self._review = review
        self._told: set[IntentId] = set()
        self._old = {intent.id for intent in _held(workspace.open)}
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(_GATHER_MS)
        self._telling.timeout.connect(self.tell)

    def look(self) -> None:
        """Look soon whether there is something to tell; what is held one after the other is told as one."""
        if not self._telling.isActive():
            self._telling.start()

    def tell(self) -> None:
        """Tell of what is held and has not been told."""
        news = False
        for member in self._workspace.open.members:
            held = {intent.id for intent in _held(member)}
            if self._workspace.is_offline:
                self._told -= held
                self._old |= held
            elif member.connection.reach is Reach.ONLINE or not held <= self._old:
                news = news or not held <= self._told
                self._told |= held
        if news:
            words = review_sentence(_held(self._workspace.open), self._workspace.clock.now())
            self._bar.say(words, WARNING, _("Review"), self._review, topic="held")
            if not self._window.isActiveWindow():
                self._notifier.tell(_("CBR Desktop"), words)
                QApplication.alert(self._window)


def _held(ledger: Reading) -> list[Intent]:
    """Return the requests that this program holds; those that a person holds are no news to that person."""
    return [i for i in ledger.intents.values() if i.state is IntentState.HELD and i.reason != Reason.PERSON]


class Watch:
    """Notices when a request comes to an end or needs the operator, and says so once.

    Of the requests of a plan the first few troubles are told alone; its end is told as one thing.
    """

    def __init__(
        self,
        ledger: Reading,
        bar: NoticeBar,
        notifier: DesktopNotifier,
        window: QWidget,
        open: Callable[[IntentId], object],
    ) -> None:
        self._ledger = ledger
        self._bar = bar
        self._notifier = notifier
        self._window = window
        self._open = open
        self._troubles: Counter[str] = Counter()
        """How many troubles of each run of a plan have been told."""
        self._seen: dict[IntentId, IntentState] = {id: intent.state for id, intent in ledger.intents.items()}

    def look(self) -> None:
        """Tell of every request that has moved since the last look; what is new to us is not news."""
        for id, intent in self._ledger.intents.items():
            before = self._seen.get(id)
            self._seen[id] = intent.state
            if before is not None and before is not intent.state and intent.state in _TOLD:
                self._tell(intent)

    def tell_run(self, words: str) -> None:
        """Say that the run of a plan has ended, or rests."""
        self._bar.say(words)
        if not self._window.isActiveWindow():
            self._notifier.tell(_("CBR Desktop"), words)
            QApplication.alert(self._window)

    def _tell(self, intent: Intent) -> None:
        outcome = outcome_of(self._ledger, intent)
        if intent.plan:
            run = intent.plan.partition("/")[0]
            is_good = intent.state is IntentState.FINISHED and outcome is not None and outcome.is_whole
            if is_good or self._troubles[run] >= _AT_ONCE:
                return
            self._troubles[run] += 1
        words = finished_words(intent, outcome)
        self._bar.say(words, intent_mark(intent, outcome), _("Open"), lambda: self._open(intent.id))
        if not self._window.isActiveWindow():
            self._notifier.tell(_("CBR Desktop"), words)
            QApplication.alert(self._window)
