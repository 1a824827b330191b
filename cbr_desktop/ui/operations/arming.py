"""Arming a read-only profile from the window in which something is to be sent through it."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbr_desktop.domain.finding import Severity
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.states import clock_words, counted, quoted
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS, MarkedLine
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.guard import ARM_MINUTES
from cbr_desktop.workflows.ledger import Part

MINUTES_ARMED = ARM_MINUTES[1]
"""For how long a profile is armed from a window."""
_TICK_MS = 1000


class ArmingLine(QWidget):
    """Says whether the profile lets changes through, apart from what is found about a change, and offers to arm it.

    A profile that needs no arming shows nothing. ``is_file`` says that what is edited can be saved meanwhile.

    Signals:
        changed: the profile lets changes through now, or does not any more.
    """

    changed = Signal()

    def __init__(self, context: ProfileContext, prefix: str, *, is_file: bool) -> None:
        super().__init__()
        self._context = context
        self._is_file = is_file
        self._was_open = context.guard.is_open
        self.line = MarkedLine(f"{prefix}Arming")
        self.button = push_button(
            counted("Arm for {count} minute", "Arm for {count} minutes", MINUTES_ARMED), f"{prefix}Arm", self._arm
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.button)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.look)
        context.signals.changed.connect(self.look)
        self.refresh()

    @property
    def hindrance(self) -> str:
        """Why the profile lets nothing through, empty when it does."""
        guard = self._context.guard
        if guard.sealed is not None:
            sealed = error_sentence(guard.sealed)
            if self._is_file:
                return _("Read-only mode: nothing can be sent, saving to a file works. {sealed}").format(sealed=sealed)
            return _("Read-only mode: nothing can be sent. {sealed}").format(sealed=sealed)
        if guard.is_open:
            return ""
        name = quoted(self._context.profile.name)
        if self._is_file:
            return _("Profile {name} is read-only: arm it, then send. Saving to a file works now.").format(name=name)
        return _("Profile {profile} is read-only: arm it first.").format(profile=name)

    def refresh(self) -> None:
        """Show how the profile stands now."""
        guard = self._context.guard
        until = guard.armed_until if guard.is_read_only else None
        armed = ""
        if until is not None:
            armed = _("Armed until {time}.").format(time=clock_words(until, self._context.clock.now()))
        self.line.say(SEVERITY_MARKS[Severity.WARN], self.hindrance or armed)
        self.button.setVisible(not guard.is_open and guard.sealed is None)
        self.setVisible(guard.is_read_only)

    def showEvent(self, event: QShowEvent) -> None:
        """Watch the end of the arming while the window is visible."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop watching."""
        super().hideEvent(event)
        self._timer.stop()

    def _arm(self) -> None:
        """Let requests of this profile through for some minutes, and say so everywhere."""
        self._context.guard.arm(MINUTES_ARMED)
        self._context.signals.notice(Part.INTENTS)
        self.look()

    def look(self, *_rest: object) -> None:
        """Show how the profile stands, and tell when that is another way than before."""
        self.refresh()
        before, self._was_open = self._was_open, self._context.guard.is_open
        if before is not self._was_open:
            self.changed.emit()
