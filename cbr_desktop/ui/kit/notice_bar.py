"""Notices over the lower right corner of a window: they move nothing and need no answer."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.announcer import Announcer
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.mark_sign import MarkSign

_AT_ONCE = 3
_WIDTH = 420
_MARGIN = 20
_SHOWN_MS = 6_000
"""How long a notice stays that asks for nothing."""
REMARK = Mark(Shape.DIAMOND, Tone.BUSY)
WARNING = Mark(Shape.DIAMOND, Tone.WARN)
_STAYING = (Tone.WARN, Tone.BAD)


class NoticeBar(QWidget):
    """Shows the newest notices over ``anchor``, a widget in the window of ``parent``.

    What is good news goes after some seconds in which the window was in front and the pointer elsewhere. A problem, and
    whatever offers something to do about it, stays until it is dealt with, dismissed or pushed out.

    Signals:
        said: the words of a notice, when it is shown.
    """

    said = Signal(str)

    def __init__(self, parent: QWidget, anchor: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notices")
        self.setAccessibleName(_("Notices"))
        self._host = parent
        self._anchor = anchor or parent
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self.notices: list[Notice] = []
        self.announcer = Announcer(self)
        for watched in {self._anchor, parent}:
            watched.installEventFilter(self)
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
            self.drop(old)
        while len(self.notices) >= _AT_ONCE:
            self.drop(self.notices[-1])
        notice = Notice(self, text, mark, action, act)
        notice.topic = topic
        self.notices.insert(0, notice)
        self._layout.insertWidget(0, notice)
        self.show()
        self.place()
        self.announcer.forget()
        self.announcer.say(words)
        self.said.emit(words)

    def drop(self, notice: "Notice") -> None:
        """Take a notice away."""
        self.notices.remove(notice)
        self._layout.removeWidget(notice)
        notice.hide()
        notice.deleteLater()
        self.setVisible(bool(self.notices))
        self.place()

    def place(self) -> None:
        """Lie over the lower right corner of the anchor, as high as the words need."""
        parent, anchor = self._host, self._anchor
        corner = QPoint(anchor.width(), anchor.height())
        corner = corner if anchor is parent else anchor.mapTo(parent, corner)
        width = min(_WIDTH, parent.width() - 2 * _MARGIN)
        height = sum(notice.height_for(width) for notice in self.notices)
        height += self._layout.spacing() * (len(self.notices) - 1)
        self.setGeometry(corner.x() - width - _MARGIN, max(_MARGIN, corner.y() - height - _MARGIN), width, height)
        self.raise_()

    def event(self, event: QEvent) -> bool:
        """Take the room that the words need, once Qt has laid them out."""
        if event.type() == QEvent.Type.LayoutRequest and self.notices:
            self.place()
        return super().event(event)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the anchor."""
        if self.notices and event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self.place()
        return False


class Notice(QFrame):
    """One notice: mark, words, perhaps something to do, and a button to dismiss it."""

    def __init__(self, bar: NoticeBar, text: str, mark: Mark, action: str, act: Callable[[], object] | None) -> None:
        super().__init__(bar)
        self.setObjectName("notice")
        self.topic = ""
        """What it is about, where a newer notice takes its place."""
        self._bar = bar
        self._action = act
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        layout = self._row = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 6)
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
        self.dismiss.setAccessibleName(_("Dismiss notice"))
        self.dismiss.setToolTip(tooltip(_("Dismiss")))
        self.dismiss.setIcon(icon("close"))
        self.dismiss.setAutoRaise(True)
        self.dismiss.clicked.connect(self._leave)
        layout.addWidget(self.dismiss)
        self.fading = QTimer(self)
        """Runs while the notice is about to go by itself; not at all for one that stays."""
        self.fading.setSingleShot(True)
        self.fading.setInterval(_SHOWN_MS)
        self.fading.timeout.connect(self._fade)
        if mark.tone not in _STAYING and not action:
            self.fading.start()

    def height_for(self, width: int) -> int:
        """Return how high all of the words are at a width."""
        layout = self._row
        return layout.totalHeightForWidth(width) + 2 * self.frameWidth()

    def _fade(self) -> None:
        """Go, unless the user was away or the mouse is over it."""
        if self.window().isActiveWindow() and not self.underMouse() and not self.label.hasSelectedText():
            self._leave()
        else:
            self.fading.start()

    def _leave(self) -> None:
        if self in self._bar.notices:
            self._bar.drop(self)

    def _act(self) -> None:
        self._leave()
        if self._action is not None:
            self._action()
