"""Confirming held requests together: what goes where, and how old each wish is, before any of it is sent."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.profile import Environment
from cbr_desktop.text.catalogue import N_, _, sentences
from cbr_desktop.text.operations import words_of
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.requests import subject_words, waiting_words
from cbr_desktop.text.states import counted
from cbr_desktop.text.words import NONE, Times, environment_words
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.tables.fitted_columns import FittedColumns
from cbr_desktop.ui.kit.tables.fitting import Wish
from cbr_desktop.ui.kit.widgets import button_row, push_button, set_up_table
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.window import PlacesLine
from cbr_desktop.ui.session.profile_context import ProfileContext, Settings

_COLUMNS = (
    N_("Age"),
    N_("Name"),
    N_("Done to"),
    N_("Id"),
    N_("Profile"),
    N_("Region"),
    N_("Project"),
    N_("Held because"),
)
_WIDEST, _NARROW = 280, 110
_WHOLE = (0, 4)
"""Columns that are never narrower than what stands in them: how old a request is, and what is at stake."""
_YIELDING = (3, 5, 6)
"""What name and profile tell as well, and the tooltip of a row in full."""
_SIZE = QSize(1200, 420)


class ReleaseDialog(QDialog):
    """Lists held requests, oldest first; keeping them held is the default.

    Signals:
        confirmed: the ids of the requests that are to be sent.
    """

    confirmed = Signal(object)

    def __init__(
        self,
        held: Sequence[tuple[Intent, ProfileContext]],
        times: Times,
        parent: QWidget | None = None,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("releaseDialog")
        self.setWindowTitle(_("Release requests"))
        self.setAccessibleName(_("Release requests"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._held = sorted(held, key=lambda pair: pair[0].wanted_at)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        many = counted("{count} request", "{count} requests", len(held))
        production = sum(context.environment is Environment.PRODUCTION for _intent, context in held)
        stake = ""
        if production:
            stake = counted("{count} of them in PRODUCTION.", "{count} of them in PRODUCTION.", production)
        place = PlacesLine("releasePlace")
        place.show_contexts(context for _intent, context in held)
        layout.addWidget(place)
        layout.addWidget(
            label(
                sentences(_("Release sends these {requests} to the service, one by one.").format(requests=many), stake),
                "releaseQuestion",
            )
        )
        layout.addWidget(self._table(times), 1)
        closed = sorted({context.profile.name for _intent, context in held if not context.guard.is_open})
        if closed:
            names = ", ".join(plain(name, 60) for name in closed)
            layout.addWidget(label(_("Read-only, and held until armed: {names}.").format(names=names), "releaseClosed"))
        release = push_button(_("&Release {many}").format(many=many), "releaseNow", self._confirm)
        keep = push_button(_("&Keep them held"), "keepHeld", self.reject)
        keep.setDefault(True)
        release.setProperty("primary", True)
        layout.addLayout(button_row(keep, release))
        take_room(self, _SIZE, settings)
        keep.setFocus()

    def _table(self, times: Times) -> "_Table":
        table = _Table(len(self._held), len(_COLUMNS), self)
        set_up_table(table, "releaseRows", _("Requests to release"))
        table.setHorizontalHeaderLabels([_(title) for title in _COLUMNS])
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        for row, (intent, context) in enumerate(self._held):
            for column, words in enumerate(_cells(intent, context, times)):
                item = QTableWidgetItem(plain(words, 200))
                item.setToolTip(tooltip(words))
                table.setItem(row, column, item)
        table.fit_to_contents()
        return table

    def _confirm(self) -> None:
        self.confirmed.emit([intent.id for intent, _context in self._held])
        self.accept()


class _Table(QTableWidget):
    """The requests; where there is no room for all that is said of them, ids and the place yield."""

    def fit_to_contents(self) -> None:
        """Let each column wish for the room of what stands in it."""
        self._columns = FittedColumns(self.horizontalHeader())
        self.resizeColumnsToContents()
        wishes = []
        for column in range(self.columnCount()):
            full = min(self.columnWidth(column) + 8, _WIDEST)
            least = full if column in _WHOLE else min(full, _NARROW)
            wishes.append(Wish(least, full, full, yields=column in _YIELDING, elastic=column == self.columnCount() - 1))
        self._columns.wish(wishes)
        self._columns.fit(self.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out among the columns."""
        super().resizeEvent(event)
        self._columns.fit(self.viewport().width())


def _cells(intent: Intent, context: ProfileContext, times: Times) -> tuple[str, ...]:
    target, profile = intent.target, context.profile
    return (
        _("{wanted_at} ago").format(wanted_at=times.age(intent.wanted_at)),
        words_of(intent).name(intent),
        subject_words(intent),
        intent.subject.id or NONE,
        f"{target.profile} ({environment_words(context.environment)})",
        profile.region,
        target.project,
        waiting_words(intent, None, times.now()),
    )
