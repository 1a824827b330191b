"""Notices: a bar in the window that nobody has to answer, and the desktop's own where there is one."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSystemTrayIcon,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, IntentState, Reason
from cbr_desktop.text.plain import plain, unmarked
from cbr_desktop.ui.drawer import MarkSign
from cbr_desktop.ui.icons import icon
from cbr_desktop.ui.marks import Mark, Shape
from cbr_desktop.ui.requests import finished_words, intent_mark, review_sentence
from cbr_desktop.ui.theme import Tone
from cbr_desktop.ui.workspace import Workspace
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.outcomes import outcome_of

_AT_ONCE = 3
_GATHER_MS = 100
_TOLD = frozenset({IntentState.FINISHED, IntentState.REJECTED, IntentState.UNKNOWN, IntentState.NOT_FOUND})
REMARK = Mark(Shape.DIAMOND, Tone.BUSY)
WARNING = Mark(Shape.DIAMOND, Tone.WARN)


class DesktopNotifier(Protocol):
    """Tells something outside the window."""

    def tell(self, title: str, text: str) -> None:
        """Show a title and a text, if the desktop can."""
        ...


class TrayNotifier(QObject):
    """Tells through the desktop's notifications; the icon for it is made when it is first needed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._icon: QSystemTrayIcon | None = None

    def tell(self, title: str, text: str) -> None:
        """Show a notification, if the desktop can."""
        if not QSystemTrayIcon.isSystemTrayAvailable() or not QSystemTrayIcon.supportsMessages():
            return
        if self._icon is None:
            self._icon = QSystemTrayIcon(icon("program"), self)
            self._icon.setToolTip("CBR Desktop")
        self._icon.show()
        self._icon.showMessage(unmarked(title), unmarked(text), icon("program"))


class NoticeBar(QWidget):
    """Shows the newest notices, each until it is dismissed or pushed out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notices")
        self.setAccessibleName("Notices")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 6, 12, 0)
        self._layout.setSpacing(4)
        self.notices: list[Notice] = []
        self.hide()

    def say(
        self,
        text: str,
        mark: Mark = REMARK,
        action: str = "",
        act: Callable[[], object] | None = None,
        topic: str = "",
    ) -> None:
        """Show a notice, the newest on top; one with the same words, or of the same topic, is shown once."""
        words = plain(text, 1000)
        for old in [n for n in self.notices if n.label.text() == words or (topic and n.topic == topic)]:
            self._drop(old)
        while len(self.notices) >= _AT_ONCE:
            self._drop(self.notices[-1])
        notice = Notice(text, mark, action, act, self._drop)
        notice.topic = topic
        self.notices.insert(0, notice)
        self._layout.insertWidget(0, notice)
        self.show()

    def _drop(self, notice: "Notice") -> None:
        self.notices.remove(notice)
        notice.hide()
        notice.deleteLater()
        self.setVisible(bool(self.notices))


class Notice(QFrame):
    """One notice: mark, words, perhaps something to do, and a button to dismiss it."""

    def __init__(
        self,
        text: str,
        mark: Mark,
        action: str,
        act: Callable[[], object] | None,
        drop: Callable[["Notice"], None],
    ) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.topic = ""
        """What it is about, where a newer notice takes its place."""
        self._action = act
        self._drop = drop
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 4, 3)
        sign = MarkSign(self)
        sign.tell(mark)
        layout.addWidget(sign)
        self.label = QLabel(self)
        self.label.setObjectName("noticeText")
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setText(plain(text, 1000))
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self.label, 1)
        self.button = QPushButton(action, self)
        self.button.setObjectName("noticeAction")
        self.button.setAccessibleName(action)
        self.button.setVisible(bool(action))
        # in a dialog, Enter in a field must not do what a notice offers
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._act)
        layout.addWidget(self.button)
        self.dismiss = QToolButton(self)
        self.dismiss.setObjectName("dismissNotice")
        self.dismiss.setAccessibleName("Dismiss notice")
        self.dismiss.setToolTip("Dismiss")
        self.dismiss.setIcon(icon("close"))
        self.dismiss.setAutoRaise(True)
        self.dismiss.clicked.connect(lambda: drop(self))
        layout.addWidget(self.dismiss)

    def _act(self) -> None:
        self._drop(self)
        if self._action is not None:
            self._action()


class Reminder(QObject):
    """Tells, once and together, that requests are held and wait for somebody: never are they sent by themselves.

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
            self._bar.say(words, WARNING, "Review", self._review, topic="held")
            if not self._window.isActiveWindow():
                self._notifier.tell("CBR Desktop", words)
                QApplication.alert(self._window)


def _held(ledger: Reading) -> list[Intent]:
    """Return the requests that this program holds; those that a person holds are no news to that person."""
    return [i for i in ledger.intents.values() if i.state is IntentState.HELD and i.reason != Reason.PERSON]


class Watch:
    """Notices when a request comes to an end or needs somebody, and says so once."""

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
        self._seen: dict[IntentId, IntentState] = {id: intent.state for id, intent in ledger.intents.items()}

    def look(self) -> None:
        """Tell of every request that has moved since the last look; what is new to us is not news."""
        for id, intent in self._ledger.intents.items():
            before = self._seen.get(id)
            self._seen[id] = intent.state
            if before is not None and before is not intent.state and intent.state in _TOLD:
                self._tell(intent)

    def _tell(self, intent: Intent) -> None:
        outcome = outcome_of(self._ledger, intent)
        words = finished_words(intent, outcome)
        self._bar.say(words, intent_mark(intent, outcome), "Open", lambda: self._open(intent.id))
        if not self._window.isActiveWindow():
            self._notifier.tell("CBR Desktop", words)
            QApplication.alert(self._window)
