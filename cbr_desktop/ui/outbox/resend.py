"""Asking before a request is sent a second time: what was looked for, where, how often and until when."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from cbr_desktop.domain.intent import Intent, Looked
from cbr_desktop.text.catalogue import _, listed, ngettext
from cbr_desktop.text.intents import searched_words
from cbr_desktop.text.operations import words_of
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import clock_words, counted, duration_words, grouped, quoted, shown
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.kit.window_size import make_room

_WIDTH = 560


class ResendDialog(QDialog):
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
        look = push_button(_("&Keep looking"), "keepLookingInstead", self._look)
        look.setDefault(True)
        look.setFocus()
        send = push_button(_("&Send again"), "sendAgainNow", self._send)
        layout.addLayout(button_row(push_button(_("&Close"), "sendAgainClose", self.reject), look, send))
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
        _("Sent {at} ({age} ago) to {place}.").format(
            at=clock_words(at, now), age=duration_words(now - at), place=place
        ),
        1000,
    )


def looked_lines(intent: Intent, now: datetime) -> list[str]:
    """Return where a request was looked for, each place a line; who looked nowhere says so."""
    words = words_of(intent)
    if not words.is_counted:
        looked, unkept = (
            _("Looked for {sought}, {where}."),
            _("Looked for {sought} in tasks and backups until {until}; how often is not kept."),
        )
    elif intent.name:
        looked, unkept = (
            _("Looked for by the name {name}, {where}."),
            _("Looked for by the name {name} in tasks and backups until {until}; how often is not kept."),
        )
    else:
        looked, unkept = (
            _("Looked for by vault, resources and time, {where}."),
            _("Looked for by vault, resources and time in tasks and backups until {until}; how often is not kept."),
        )
    named = {"sought": words.sought(intent), "name": quoted(intent.name, 80)}
    lines = [looked.format(where=_looked_words(each, now), **named) for each in intent.looked]
    return lines or [unkept.format(until=clock_words(intent.changed_at, now), **named)]


def _looked_words(looked: Looked, now: datetime) -> str:
    where, since = searched_words(looked.where, shown(looked.where, 40)), clock_words(looked.since, now)
    if not looked.times or looked.last_at is None:
        return ngettext(
            "in {where} since {since}, without success: {count} look failed",
            "in {where} since {since}, without success: {count} looks failed",
            looked.failures,
        ).format(count=grouped(looked.failures), where=where, since=since)
    told = ngettext(
        "in {where} since {since}, {count} time, the last time {last}",
        "in {where} since {since}, {count} times, the last time {last}",
        looked.times,
    ).format(count=grouped(looked.times), where=where, since=since, last=clock_words(looked.last_at, now))
    if not looked.failures:
        return told
    return listed([told, counted("and {count} look more failed", "and {count} looks more failed", looked.failures)])
