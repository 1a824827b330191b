"""The ledger's changes as Qt signals, joined so that a burst of them repaints once."""

from PySide6.QtCore import QObject, QTimer, Signal

from cbr_desktop.workflows.ledger import Part

_JOIN_MS = 50
"""Changes that come within this time are told together."""


class LedgerSignals(QObject):
    """Tells screens what part of the ledger has changed.

    Signals:
        changed: a ``Part`` whose content or freshness is another now.
        settled: all parts that have changed together have been told; what is made of several is made now, once.
    """

    changed = Signal(object)
    settled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending: set[Part] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_JOIN_MS)
        self._timer.timeout.connect(self._tell)

    def notice(self, part: Part) -> None:
        """Take note of a change; intents are told at once, since the user waits for them."""
        self._pending.add(part)
        if part is Part.INTENTS:
            self._tell()
        elif not self._timer.isActive():
            self._timer.start()

    def forget(self) -> None:
        """Drop what was noticed and not told yet: for before there are screens, which begin with all there is."""
        self._pending.clear()
        self._timer.stop()

    def _tell(self) -> None:
        pending, self._pending = self._pending, set()
        for part in sorted(pending):
            self.changed.emit(part)
        if pending:
            self.settled.emit()
