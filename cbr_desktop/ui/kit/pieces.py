"""Work that is cut into pieces: some milliseconds of it in each turn of the loop, so that the window stays at hand."""

from collections.abc import Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

AT_ONCE = 2_000
"""What is made of so many rows is made at once: that takes no longer than a frame."""
TURN_SECONDS = 0.004
"""How long a turn works: what paints and listens beside it has the rest of a frame."""
_PAUSE_MS = 1
"""How long a turn waits for what else is due, which without that would come after two turns."""


LONG_STEP = True
"""What a work yields before a step that takes as long as a turn, which is left to a turn of its own."""


class Pieces(QObject):
    """Does one work after the other; a work is an iterator that stands still wherever the window may have its turn."""

    def __init__(self, parent: QObject | None = None, turn_seconds: float = TURN_SECONDS) -> None:
        super().__init__(parent)
        self._turn_seconds = turn_seconds
        self._work: Iterator[object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._turn)

    @property
    def is_at_work(self) -> bool:
        """Whether something is not at its end."""
        return self._work is not None

    def begin(self, work: Iterator[object], *, at_once: bool = False) -> None:
        """Do some work in place of what is not at its end; ``at_once`` does all of it before this returns."""
        self._work = work
        if at_once:
            self.finish()
        else:
            self._timer.start()

    def finish(self) -> None:
        """Do what is left at once."""
        while self._work is not None:
            self._step()

    def _turn(self) -> None:
        until = perf_counter() + self._turn_seconds
        while self._work is not None:
            if self._step() is LONG_STEP or perf_counter() >= until:
                break
        if self._work is not None:
            self._timer.start()

    def _step(self) -> object:
        work = self._work
        if work is None:
            return None
        try:
            return next(work)
        except BaseException as end:
            # it may have begun another work in its place
            if self._work is work:
                self._work = None
                self._timer.stop()
            if not isinstance(end, StopIteration):
                raise
        return None
