"""Watching the folder of drafts: it is read in another thread, since a share in the network may take its time."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from cbr_desktop.domain.draft import DraftEntry
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.session.draft_store import DraftStore

SILENT_MS = 3000
"""How long a folder may take for an answer before that is said."""


class _Seen(NamedTuple):
    """What a reading found; ``asked`` is its number."""

    folder: str
    asked: int
    stamp: object
    entries: list[DraftEntry] | None


class FolderWatch(QObject):
    """Knows the files of the folder as they were seen last. Of each folder one reading is under way at most.

    Signals:
        changed: the files are others now.
        told: the folder has become silent, or answers again.
    """

    changed = Signal()
    told = Signal()

    def __init__(self, draft_store: Callable[[], DraftStore | None], parent: QObject) -> None:
        super().__init__(parent)
        self._draft_store = draft_store
        self._tasks = TaskOwner(parent)
        self._folder = ""
        self._stamp: object = None
        self._asked = 0
        self._reading: set[str] = set()
        self._waiting: list[Callable[[], None]] = []
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(SILENT_MS)
        self._patience.timeout.connect(partial(self._tell, True))
        self.entries: list[DraftEntry] = []
        """The files as they were seen last."""
        self.is_silent = False
        """Whether the folder has not answered for some seconds."""

    @property
    def is_read(self) -> bool:
        """Whether the folder has answered at all."""
        return self._stamp is not None

    def look(self, then: Callable[[], None] | None = None) -> None:
        """Begin to read what has changed in the folder, unless that is under way; ``then`` is called after it."""
        draft_store = self._draft_store()
        if draft_store is None:
            return
        if then is not None:
            # what is under way may have passed by what is asked for
            self._waiting.append(then)
            self._asked += 1
        self._turn_to(draft_store.folder)
        if not self.is_silent and not self._patience.isActive():
            self._patience.start()
        if self._folder in self._reading:
            return
        read = partial(_read, draft_store, self._folder, self._asked, self._stamp)
        if is_at_work():
            self._reading.add(self._folder)
            self._tasks.start(_aside(read, partial(self._reading.discard, self._folder)), self._take)
        else:
            # no window is open yet that could be held up
            self._take(read())

    def touch(self, path: str) -> None:
        """Read one file anew that was written, renamed or taken away from here."""
        draft_store = self._draft_store()
        if draft_store is not None:
            self._asked += 1
            found = draft_store.entry(path)
            self.entries = [entry for entry in self.entries if entry.path != path]
            self.entries += [found] if found is not None else []

    def _turn_to(self, folder: str) -> None:
        if folder != self._folder:
            self._folder, self._stamp, self.entries = folder, None, []
            self._asked += 1
            self._tell(False)

    def _take(self, seen: _Seen) -> None:
        if seen.folder != self._folder:
            return
        self._patience.stop()
        self._tell(False)
        if seen.asked != self._asked:
            # something was written meanwhile that it may not have seen
            self.look()
            return
        if seen.entries is not None:
            self._stamp, self.entries = seen.stamp, seen.entries
            self.changed.emit()
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then()

    def _tell(self, is_silent: bool) -> None:
        if is_silent != self.is_silent:
            self.is_silent = is_silent
            self.told.emit()


async def _aside(read: Callable[[], _Seen], ended: Callable[[], object]) -> _Seen:
    try:
        return await asyncio.to_thread(read)
    finally:
        ended()


def _read(draft_store: DraftStore, folder: str, asked: int, known: object) -> _Seen:
    """Read what has changed; in another thread."""
    stamp = draft_store.stamp()
    return _Seen(folder, asked, stamp, draft_store.entries() if stamp != known else None)
