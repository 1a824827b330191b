"""Choosing when a request is to be sent: a date and a time by the clock here, with UTC beside."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDateTime, Qt, QTimeZone, Signal
from PySide6.QtWidgets import QDateTimeEdit, QDialog, QVBoxLayout, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.states import duration_words
from cbr_desktop.ui.kit.fields import offer_calendar
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.kit.window_size import make_room
from cbr_desktop.workflows.confirmations import CONFIRM_MINUTES

_WIDTH = 460
_FORMAT = "yyyy-MM-dd HH:mm"


class ScheduleDialog(QDialog):
    """Asks for a time that is still to come; the next full hour is offered.

    Signals:
        chosen: the time (aware, UTC).
    """

    chosen = Signal(object)

    def __init__(self, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scheduleDialog")
        self.setWindowTitle(_("Schedule"))
        self.setAccessibleName(_("Schedule"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._now = now
        self.edit = QDateTimeEdit(self)
        self.edit.setObjectName("scheduleTime")
        self.edit.setAccessibleName(_("Send at"))
        self.edit.setDisplayFormat(_FORMAT)
        offer_calendar(self.edit)
        ask = label(_("Send at (by the clock here):"), "scheduleQuestion")
        ask.setBuddy(self.edit)
        self.beside = label(name="scheduleBeside")
        self.rule = label(
            _(
                "It is sent then if this program runs and has a connection. If not, it is held after"
                " {minutes} minutes and you are asked: nothing is sent late by itself."
            ).format(minutes=CONFIRM_MINUTES),
            "scheduleRule",
        )
        self.accept_button = push_button(_("&Schedule"), "scheduleNow", self._choose)
        self.accept_button.setDefault(True)
        self.accept_button.setProperty("primary", True)
        cancel = push_button(_("&Cancel"), "scheduleCancel", self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for widget in (ask, self.edit, self.beside, self.rule):
            layout.addWidget(widget)
        layout.addLayout(button_row(cancel, self.accept_button))
        self.edit.dateTimeChanged.connect(self._tell)
        self.show_time((now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0))
        self.edit.setSelectedSection(QDateTimeEdit.Section.HourSection)
        make_room(self)

    @property
    def time(self) -> datetime:
        """The time that is chosen now (aware, UTC)."""
        return datetime.fromtimestamp(self.edit.dateTime().toSecsSinceEpoch(), UTC)

    def show_time(self, at: datetime) -> None:
        """Show another time."""
        seconds = int(at.timestamp())
        self.edit.setDateTime(QDateTime.fromSecsSinceEpoch(seconds, QTimeZone(QTimeZone.Initialization.LocalTime)))
        self._tell()

    def _tell(self) -> None:
        """Say the time in UTC as well, and how far off it is."""
        ahead = self.time - self._now
        is_ahead = ahead > timedelta(0)
        far = (
            _("in {ahead}").format(ahead=duration_words(ahead))
            if is_ahead
            else _("that is over already; choose a later one")
        )
        self.beside.setText(_("{at} UTC, {far}.").format(at=f"{self.time:%Y-%m-%d %H:%M}", far=far))
        self.accept_button.setEnabled(is_ahead)

    def _choose(self) -> None:
        self.chosen.emit(self.time)
        self.accept()
