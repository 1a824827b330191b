"""Asking before the program is closed: what is not at its end, and what becomes of it meanwhile."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.leaving import MARKS, demo_sentence, leaving_words, pending_words, question
from cbr_desktop.ui.kit.lines import MarkedLine, label
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.kit.window_size import make_room
from cbr_desktop.workflows.leaving import Unfinished
from cbr_desktop.workflows.ports import Clock

_WIDTH = 600


class LeaveDialog(QDialog):
    """Names and counts what is not at its end; staying is the default. It says so anew with each ``tell``.

    ``found`` returns what is not at its end now.

    Signals:
        leave_requested: the program should be left all the same.
    """

    leave_requested = Signal()

    def __init__(
        self,
        found: Callable[[], Sequence[Unfinished]],
        clock: Clock,
        parent: QWidget | None = None,
        *,
        is_demo: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("leaveDialog")
        self.setWindowTitle(_("Leave CBR Desktop"))
        self.setAccessibleName(_("Leave CBR Desktop"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._found = found
        self._clock = clock
        self._is_demo = is_demo
        self._lines: list[MarkedLine] = []
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        self._head = label(name="leaveQuestion")
        font = self._head.font()
        font.setBold(True)
        self._head.setFont(font)
        layout.addWidget(self._head)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        layout.addLayout(self._rows)
        demo = label(demo_sentence(), "leaveDemo")
        demo.setVisible(is_demo)
        layout.addWidget(demo)
        layout.addStretch(1)
        layout.addLayout(self._buttons())
        self._stay.setFocus()
        self.tell()

    def tell(self) -> None:
        """Say what is not at its end now."""
        found, now = self._found(), self._clock.now()
        self._head.setText(question(found))
        while len(self._lines) < len(found):
            line = MarkedLine(f"leaveLine{len(self._lines)}")
            self._lines.append(line)
            self._rows.addWidget(line)
        for line, each in zip(self._lines, found, strict=False):
            words = f"{pending_words(each, now)}." if self._is_demo else leaving_words(each, now)
            line.say(MARKS[each.kind], words)
        for line in self._lines[len(found) :]:
            line.say(None, "")
        make_room(self)

    def _buttons(self) -> QHBoxLayout:
        self._stay = push_button(_("&Stay"), "stay", self.reject)
        self._stay.setDefault(True)
        return button_row(self._stay, push_button(_("&Leave"), "leaveNow", self._leave))

    def _leave(self) -> None:
        self.accept()
        self.leave_requested.emit()
