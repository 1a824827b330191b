"""The bar of notices of a window, which nobody has to answer."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.plain import plain
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.mark_sign import MarkSign

_AT_ONCE = 3
REMARK = Mark(Shape.DIAMOND, Tone.BUSY)
WARNING = Mark(Shape.DIAMOND, Tone.WARN)


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
