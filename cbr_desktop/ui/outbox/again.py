"""Asking before a request is sent a second time: what was looked for, where, how often and until when."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from cbr_desktop.domain.intent import Intent, Looked
from cbr_desktop.text.operations import words_of
from cbr_desktop.text.plain import plain
from cbr_desktop.text.sentences import PLACES
from cbr_desktop.text.states import clock_words, count_words, duration_words, quoted, shown
from cbr_desktop.ui.kit.lines import label, make_room

_WIDTH = 560


class AgainDialog(QDialog):
    """Shows what is known of a request of which no trace was found; the safe button is the default.

    Signals:
        look_requested: it should be looked for once more.
        send_requested: it should be sent again, as a new request.
    """

    look_requested = Signal()
    send_requested = Signal()

    def __init__(self, intent: Intent, place: str, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sendAgainDialog")
        self.setWindowTitle("Send again")
        self.setAccessibleName("Send again")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        words = words_of(intent)
        head = label(
            f"{words.unproved_request(intent)}: the answer was lost, and no trace of it was found.", "againQuestion"
        )
        font = head.font()
        font.setBold(True)
        head.setFont(font)
        layout.addWidget(head)
        lines = [sent_words(intent, place, now), *looked_lines(intent, now)]
        for line in lines:
            layout.addWidget(label(line, "againLine"))
        layout.addWidget(label(words.twice, "againWarning"))
        buttons = QDialogButtonBox()
        send = buttons.addButton("&Send again", QDialogButtonBox.ButtonRole.ActionRole)
        close = buttons.addButton("&Close", QDialogButtonBox.ButtonRole.RejectRole)
        look = buttons.addButton("&Keep looking", QDialogButtonBox.ButtonRole.ActionRole)
        for button, object_name in ((send, "sendAgainNow"), (close, "sendAgainClose"), (look, "keepLookingInstead")):
            button.setObjectName(object_name)
            button.setAutoDefault(False)
        look.setDefault(True)
        look.setFocus()
        look.clicked.connect(self._look)
        send.clicked.connect(self._send)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        make_room(self)

    def _look(self) -> None:
        self.look_requested.emit()
        self.accept()

    def _send(self) -> None:
        self.send_requested.emit()
        self.accept()


def sent_words(intent: Intent, place: str, now: datetime) -> str:
    """Return when and where a request was sent."""
    at = intent.sent_at or intent.created_at
    return plain(f"Sent {clock_words(at, now)} ({duration_words(now - at)} ago) to {place}.", 1000)


def looked_lines(intent: Intent, now: datetime) -> list[str]:
    """Return where a request was looked for, each place a line; who looked nowhere says so."""
    by = f"for by the name {quoted(intent.name, 80)}" if intent.name else "for by vault, resources and time"
    by = by if words_of(intent).is_counted else f"for {words_of(intent).sought(intent)}"
    lines = [f"Looked {by}, {_looked_words(looked, now)}." for looked in intent.looked]
    until = clock_words(intent.changed_at, now)
    return lines or [f"Looked {by} in tasks and backups until {until}; how often is not kept."]


def _looked_words(looked: Looked, now: datetime) -> str:
    where = f"in {PLACES.get(looked.where, shown(looked.where, 40))} since {clock_words(looked.since, now)}"
    failed = f", and {count_words(looked.failures, 'look')} more failed" if looked.failures else ""
    if not looked.times or looked.last_at is None:
        return f"{where}, without success: {count_words(looked.failures, 'look')} failed"
    return f"{where}, {count_words(looked.times, 'time')}, the last time {clock_words(looked.last_at, now)}{failed}"
