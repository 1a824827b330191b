"""Confirming held requests together: what goes where, and how old each wish is, before any of it is sent."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.profile import Environment
from cbr_desktop.text.operations import words_of
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.requests import subject_words, waiting_words
from cbr_desktop.text.states import count_words
from cbr_desktop.text.words import ENVIRONMENTS, NONE, Times
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.widgets import dress_table
from cbr_desktop.ui.session.profile_context import ProfileContext

_COLUMNS = ("Age", "Name", "Done to", "Id", "Profile", "Region", "Project", "Held because")
_WIDTHS = (100, 150, 140, 270, 190, 70, 90)
_SIZE = (1200, 420)


class ReleaseDialog(QDialog):
    """Lists held requests, oldest first; keeping them held is the default.

    Signals:
        confirmed: the ids of the requests that are to be sent.
    """

    confirmed = Signal(object)

    def __init__(
        self, held: Sequence[tuple[Intent, ProfileContext]], times: Times, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("releaseDialog")
        self.setWindowTitle("Release requests")
        self.setAccessibleName("Release requests")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._held = sorted(held, key=lambda pair: pair[0].wanted_at)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        many = count_words(len(held), "request")
        production = sum(context.profile.environment is Environment.PRODUCTION for _, context in held)
        stake = f" {production} of them in PRODUCTION." if production else ""
        layout.addWidget(label(f"Release sends these {many} to the service, one by one.{stake}", "releaseQuestion"))
        layout.addWidget(self._table(times), 1)
        closed = sorted({context.profile.name for _, context in held if not context.guard.is_open})
        if closed:
            names = ", ".join(plain(name, 60) for name in closed)
            layout.addWidget(label(f"Read-only, and held until armed: {names}.", "releaseClosed"))
        buttons = QDialogButtonBox()
        release = buttons.addButton(f"&Release {many}", QDialogButtonBox.ButtonRole.ActionRole)
        release.setObjectName("releaseNow")
        release.setAutoDefault(False)
        release.clicked.connect(self._confirm)
        keep = buttons.addButton("&Keep them held", QDialogButtonBox.ButtonRole.RejectRole)
        keep.setObjectName("keepHeld")
        keep.setDefault(True)
        keep.setFocus()
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.resize(*_SIZE)

    def _table(self, times: Times) -> QTableWidget:
        table = QTableWidget(len(self._held), len(_COLUMNS), self)
        dress_table(table, "releaseRows", "Requests to release")
        table.setHorizontalHeaderLabels(_COLUMNS)
        header = table.horizontalHeader()
        header.setSectionResizeMode(len(_COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(_WIDTHS):
            table.setColumnWidth(column, width)
        for row, (intent, context) in enumerate(self._held):
            for column, words in enumerate(_cells(intent, context, times)):
                item = QTableWidgetItem(plain(words, 200))
                item.setToolTip(tooltip(words))
                table.setItem(row, column, item)
        return table

    def _confirm(self) -> None:
        self.confirmed.emit([intent.id for intent, _ in self._held])
        self.accept()


def _cells(intent: Intent, context: ProfileContext, times: Times) -> tuple[str, ...]:
    target, profile = intent.target, context.profile
    return (
        f"{times.age(intent.wanted_at)} ago",
        words_of(intent).name(intent),
        subject_words(intent),
        intent.subject.id or NONE,
        f"{target.profile} ({ENVIRONMENTS[profile.environment]})",
        profile.region,
        target.project,
        waiting_words(intent, None, times.now()).removeprefix("You: ").capitalize(),
    )
