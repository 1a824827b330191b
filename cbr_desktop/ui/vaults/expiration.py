"""The form of the day on which the backups of a vault expire."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import QDate
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDateEdit

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.expiration import BackupExpiration, concerned, read_day
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.schedules import offset_words
from cbr_desktop.text.states import counted, shown
from cbr_desktop.ui.kit.fields import fields, offer_calendar
from cbr_desktop.ui.kit.lines import NoWheelComboBox, label
from cbr_desktop.ui.operations.form import ChangeForm
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.ledger import Part, Reading

_FORMAT = "yyyy-MM-dd"
_WEST, _EAST = -12, 14
"""The clocks of the world, in hours ahead of UTC."""
_BETWEEN = (-570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765)
"""Those that are no whole hours ahead of UTC, in minutes."""
_USUAL = timedelta(days=365)
"""How far off a day is offered where no backup expires so far."""


class _NoWheelDateEdit(QDateEdit):
    """A day that the wheel scrolls past: scrolling the form must not change the request."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the form."""
        event.ignore()


class ExpirationForm(ChangeForm):
    """Asks for the day on which the backups of a vault expire; ``asked`` is what was asked for before.

    The day that is offered first is the last one on which a backup of it expires now, so that nothing goes sooner that
    has an end; ``follow`` tells which backups there are.
    """

    kind = Kind.UPDATE_EXPIRATION

    def __init__(self, vault_id: VaultId, now: datetime, asked: BackupExpiration | None = None) -> None:
        super().__init__()
        self.setObjectName("expirationForm")
        self._vault_id = vault_id
        self._now = now
        self._ledger: Reading | None = None
        self._unread = asked if asked is not None and read_day(asked.day) is None else None
        own = offset_words(now.astimezone().utcoffset() or timedelta())
        self.zone = NoWheelComboBox()
        self.zone.setObjectName("expirationZone")
        self.zone.setAccessibleName(_("Time zone of the day"))
        for zone in sorted({own, *_zones(), *([asked.zone] if asked is not None else [])}, key=_minutes):
            words = _("{zone} (here)").format(zone=zone) if zone == own else shown(zone, 40)
            self.zone.addItem(words, zone)
        self.zone.setCurrentIndex(self.zone.findData(asked.zone if asked is not None else own))
        self.day = _NoWheelDateEdit()
        self.day.setObjectName("expirationDay")
        self.day.setAccessibleName(_("Day on which the backups expire"))
        offer_calendar(self.day)
        self.day.setDisplayFormat(_FORMAT)
        self._show((read_day(asked.day) if asked is not None else None) or (now + _USUAL).astimezone().date())
        self._is_chosen = asked is not None
        self.words = label(name="expirationWords")
        self.backups = label(name="expirationBackups")
        fields(
            self,
            (
                (_("&Expire on"), self.day),
                (_("Time &zone of the day"), self.zone),
                ("", self.words),
                ("", self.backups),
            ),
            {},
        )
        self._tell()
        self.day.dateChanged.connect(self._tell_changed)
        self.zone.currentIndexChanged.connect(self._tell_changed)

    def follow(self, context: ProfileContext) -> None:
        """Tell how many backups are concerned as their list is read: it may not have been when this was opened."""
        self._ledger = context.ledger
        context.signals.changed.connect(self._ledger_changed)
        self._offer()
        self._tell()

    def draft(self) -> BackupExpiration:
        """Return what is asked for; what a file had in the place of a day stays until one is chosen."""
        if self._unread is not None:
            return BackupExpiration(self._vault_id, self._unread.day, self.zone.currentData())
        return BackupExpiration(self._vault_id, self.day.date().toString(_FORMAT), self.zone.currentData())

    def begin(self) -> None:
        """Put the focus into the day."""
        self.day.setFocus()

    def _show(self, day: date) -> None:
        self.day.setDate(QDate(day.year, day.month, day.day))

    def _own(self) -> list[Backup]:
        return concerned(self._ledger.backups.values(), self._vault_id) if self._ledger is not None else []

    def _offer(self) -> None:
        """Offer the last day on which a backup expires now, as long as none is chosen."""
        last = max((each.expires_at for each in self._own() if each.expires_at is not None), default=None)
        if self._is_chosen or last is None or last <= self._now:
            return
        was = self.day.blockSignals(True)
        # what expires at midnight does so at the end of the day before
        self._show((last - timedelta(seconds=1)).astimezone().date())
        self.day.blockSignals(was)

    def _ledger_changed(self, part: Part) -> None:
        if part is Part.BACKUPS:
            before = self.draft()
            self._offer()
            self._tell()
            if self.draft() != before:
                self.changed.emit()

    def _tell_changed(self, *_rest: object) -> None:
        self._is_chosen = True
        self._unread = None
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        self.words.setText(_end_words(self.draft()))
        own, draft = self._own(), self.draft()
        sooner = sum(map(draft.is_sooner, own))
        concerned_words = counted("It concerns {count} backup.", "It concerns {count} backups.", len(own))
        goes = counted("{count} of them goes sooner than now.", "{count} of them go sooner than now.", sooner)
        if sooner == len(own) > 1:
            goes = _("All of them go sooner than now.")
        none = _("None of them goes sooner than now.")
        self.backups.setText(sentences(concerned_words, (goes if sooner else none) if own else ""))


def _end_words(draft: BackupExpiration) -> str:
    """Return when a day ends in UTC and here."""
    end = draft.ends_at
    if end is None:
        return ""
    ends = _("That day ends {utc} UTC = here {here}.").format(
        utc=f"{end.astimezone(UTC):%Y-%m-%d %H:%M}", here=f"{end.astimezone():%Y-%m-%d %H:%M}"
    )
    return sentences(ends, _("At which time of the day the service deletes them is not known; count on its beginning."))


def _zones() -> Iterator[str]:
    for hours in range(_WEST, _EAST + 1):
        yield offset_words(timedelta(hours=hours))
    for minutes in _BETWEEN:
        yield offset_words(timedelta(minutes=minutes))


def _minutes(zone: str) -> tuple[int, str]:
    """Return where a zone stands in the list: from west to east."""
    try:
        hours, minutes = zone[4:].split(":")
        ahead = 60 * int(hours) + int(minutes)
    except ValueError:
        return 0, zone
    return (-ahead if zone[3:4] == "-" else ahead), zone
