"""Asking before a request is sent a second time: what was looked for, where, how often and until when."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from cbr_desktop.domain.intent import Intent, Looked
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations import words_of
from cbr_desktop.text.plain import plain
from cbr_desktop.text.sentences import PLACES
from cbr_desktop.text.states import clock_words, counted, duration_words, quoted, shown
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
        self.setWindowTitle(_("Send again"))
        self.setAccessibleName(_("Send again"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        words = words_of(intent)
        head = label(
            _("{intent}: the answer was lost, and no trace of it was found.").format(
                intent=words.unproved_request(intent)
            ),
            "againQuestion",
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
        send = buttons.addButton(_("&Send again"), QDialogButtonBox.ButtonRole.ActionRole)
        close = buttons.addButton(_("&Close"), QDialogButtonBox.ButtonRole.RejectRole)
        look = buttons.addButton(_("&Keep looking"), QDialogButtonBox.ButtonRole.ActionRole)
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
    return plain(
        _("Sent {at} ({now} ago) to {place}.").format(
            at=clock_words(at, now), now=duration_words(now - at), place=place
        ),
        1000,
    )


def looked_lines(intent: Intent, now: datetime) -> list[str]:
    """Return where a request was looked for, each place a line; who looked nowhere says so."""
    by = (
        _("for by the name {intent}").format(intent=quoted(intent.name, 80))
        if intent.name
        else _("for by vault, resources and time")
    )
    by = by if words_of(intent).is_counted else _("for {intent}").format(intent=words_of(intent).sought(intent))
    lines = [_("Looked {by}, {looked}.").format(by=by, looked=_looked_words(looked, now)) for looked in intent.looked]
    until = clock_words(intent.changed_at, now)
    return lines or [
        _("Looked {by} in tasks and backups until {until}; how often is not kept.").format(by=by, until=until)
    ]


def _looked_words(looked: Looked, now: datetime) -> str:
    where = _("in {where} since {since}").format(
        where=PLACES.get(looked.where, shown(looked.where, 40)), since=clock_words(looked.since, now)
    )
    failed = (
        _(", and {value} more failed").format(value=counted("{count} look", "{count} looks", looked.failures))
        if looked.failures
        else ""
    )
    if not looked.times or looked.last_at is None:
        return _("{where}, without success: {value} failed").format(
            where=where, value=counted("{count} look", "{count} looks", looked.failures)
        )
    return _("{where}, {value}, the last time {last_at}{failed}").format(
        where=where,
        value=counted("{count} time", "{count} times", looked.times),
        last_at=clock_words(looked.last_at, now),
        failed=failed,
    )
