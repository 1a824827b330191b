"""The document of a draft: its text while it is edited, with undo, file, and what is kept of it meanwhile."""

import asyncio
import uuid
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from cbr_desktop.domain.draft import DraftText, Unsaved
from cbr_desktop.domain.error import Damaged, NotSaved
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.session.draft_store import DraftStore, Source
from cbr_desktop.workflows.ports import Clock

KEEP_MS = 2000
"""How long a change lies before it is kept."""
_WATCH_MS = 2000
_UNDONE = "undo"


class DraftDocument(QObject):
    """Holds the one text that form and JSON are views of.

    Nothing is written into the operator's file before ``save``; what is not saved is kept in a private place every two
    seconds. Without a draft store nothing is kept, and there is no file.

    Signals:
        changed: another text, and who wrote it: the name that was given to ``write``, or ``undo``.
        told: file, or whether it is saved, is another now.
        taken_over: the file was changed by another program while nothing was unsaved, and its text was taken over.
        conflicted: the file was changed by another program while something was unsaved.
        not_kept: the ``NotSaved`` for which a change could not be kept.
    """

    changed = Signal(str, str)
    told = Signal()
    taken_over = Signal()
    conflicted = Signal()
    not_kept = Signal(object)

    def __init__(
        self,
        source: Source,
        clock: Clock,
        profile: str,
        draft_store: DraftStore | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(200)
        self.path = source.path
        self.base = source.base
        self.theirs: DraftText | None = None
        """What another program has put into the file, while that is undecided."""
        self.is_conflicted = False
        self._text = source.text
        is_new = not source.id and not source.path
        self._saved_text = source.base.text if source.base is not None else source.text if is_new else None
        self._id = source.id or str(uuid.uuid4())
        self._clock = clock
        self._profile = profile
        self._draft_store = draft_store
        self._kept: str | None = source.text if source.id else None
        # what was kept may be older than the file: that is looked at first of all
        is_fresh = draft_store is not None and source.path and not source.id
        self._seen = draft_store.glance(source.path) if draft_store is not None and is_fresh else None
        self._tasks = TaskOwner(self)
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(KEEP_MS)
        self._keeping.timeout.connect(self.keep)
        self._watching = QTimer(self)
        self._watching.setInterval(_WATCH_MS)
        self._watching.timeout.connect(self.look)

    @property
    def text(self) -> str:
        """The text as it is now."""
        return self._text

    @property
    def id(self) -> str:
        """What names it among the kept drafts."""
        return self._id

    @property
    def is_saved(self) -> bool:
        """Whether the file says the same; a new draft that is untouched counts as well."""
        return self._text == self._saved_text

    def start_over(self, text: str) -> None:
        """Take another text for the untouched one, as when a form fills in its defaults."""
        was_saved = self.is_saved and not self.path
        self._text = text
        if was_saved:
            self._saved_text = text

    def begin_anew(self, text: str) -> bool:
        """Begin another draft, without a file; what is not saved of this one stays kept under its own id.

        Nothing is done, and ``False`` returned, where that cannot be kept.
        """
        self.keep()
        if not self.is_saved and (self._draft_store is None or self._kept != self._text):
            return False
        self.stack.clear()
        self._id, self.path, self.base, self.theirs = str(uuid.uuid4()), "", None, None
        self.is_conflicted, self._seen, self._kept = False, None, None
        self._text = self._saved_text = text
        self.told.emit()
        return True

    def write(self, text: str, source: str) -> None:
        """Write another text, which can be undone; changes from one source in a row are undone as one."""
        if text != self._text:
            self.stack.push(_Edit(self, self._text, text, source))

    def put(self, text: str, source: str) -> None:
        """Put a text there, for the undo stack alone."""
        self._text = text
        if self._draft_store is not None and not self._keeping.isActive():
            self._keeping.start()
        self.changed.emit(text, source)
        self.told.emit()

    # the file

    def watch(self, watched: bool) -> None:
        """Look for changes of the file by others every two seconds, or not."""
        if watched and self._draft_store is not None:
            self._watching.start()
        else:
            self._watching.stop()

    def look(self) -> None:
        """See whether another program has changed the file; the disk, or a share that hangs, is waited for aside."""
        if self._draft_store is None or not self.path or self._tasks.is_busy:
            return
        if not is_at_work():
            self._look_now()
            return
        look = partial(_looked, self._draft_store, self.path, self._seen)
        self._tasks.start(asyncio.to_thread(look), partial(self._learn, self.path, self._seen))

    def _look_now(self) -> None:
        assert self._draft_store is not None  # noqa: S101  # callers have looked
        self._learn(self.path, self._seen, _looked(self._draft_store, self.path, self._seen))

    def _learn(self, path: str, known: object, found: "tuple[object, DraftText | None]") -> None:
        """Take over what was seen of the file, unless it was saved or left meanwhile: then it is looked at again."""
        seen, text = found
        if path == self.path and known is self._seen and seen != known:
            self._seen = seen
            self._meet(text)

    def save(self) -> None:
        """Write the text into its file. Raises ``NotSaved``; ``ChangedOutside`` leaves the choice to a person."""
        assert self._draft_store is not None  # noqa: S101  # without one, nobody offers it
        if self.is_conflicted:
            self.conflicted.emit()
            return
        try:
            self.base = self._draft_store.save(self.path, self._text, self.base)
        except NotSaved:
            self.keep()
            self._seen = None
            self._look_now()
            raise
        self._settle()

    def save_as(self, path: str) -> None:
        """Write the text into another file and stay with that one. Raises ``NotSaved``."""
        assert self._draft_store is not None  # noqa: S101  # without one, nobody offers it
        self.base = self._draft_store.save(path, self._text, None)
        self.path = path
        self._settle()

    def keep_mine(self) -> None:
        """Write the text over what another program has put into the file. Raises ``NotSaved``."""
        self.base, self.is_conflicted = self.theirs, False
        self.save()

    def take_theirs(self) -> None:
        """Take over what another program has put into the file; that can be undone."""
        if self.theirs is not None:
            theirs, self.theirs, self.is_conflicted = self.theirs, None, False
            self._take(theirs, "theirs")

    # keeping

    def keep(self) -> None:
        """Keep what is not saved; forget what is."""
        self._keeping.stop()
        if self._draft_store is None:
            return
        if self.is_saved:
            if self._kept is not None:
                self._draft_store.forget(self._id)
            self._kept = None
        elif self._text != self._kept:
            base = self.base.text if self.base is not None else ""
            kept = Unsaved(self._id, self.path, self._text, base, self._profile, self._clock.now())
            try:
                self._draft_store.keep(kept)
            except NotSaved as error:
                self.not_kept.emit(error)
            else:
                self._kept = self._text

    def forget(self) -> None:
        """Have nothing kept any more: what the draft asks for is on its way."""
        self._saved_text = self._text
        self.keep()

    def _settle(self) -> None:
        assert self._draft_store is not None  # noqa: S101  # callers have looked
        self._saved_text, self.theirs, self.is_conflicted = self._text, None, False
        self._seen = self._draft_store.glance(self.path)
        self.keep()
        self.told.emit()

    def _meet(self, found: DraftText | None) -> None:
        """Decide what a file that another program has written means for the text here."""
        if found is not None and self.base is not None and found.data == self.base.data:
            return
        if found is not None and (self.is_saved or found.text == self._text):
            self._take(found, "theirs")
            self.taken_over.emit()
            return
        self.theirs, self.is_conflicted = found, True
        self.keep()
        self.conflicted.emit()

    def _take(self, found: DraftText, source: str) -> None:
        self.base, self._saved_text = found, found.text
        self.write(found.text, source)
        self.keep()
        self.told.emit()


def _looked(draft_store: DraftStore, path: str, known: object) -> tuple[object, DraftText | None]:
    """Return what changes with a file, and its text where that is not what is ``known``; from any thread."""
    seen = draft_store.glance(path)
    if seen == known:
        return seen, None
    try:
        return seen, draft_store.load(path)
    except Damaged:
        return seen, None


class _Edit(QUndoCommand):
    """One change of the text; those of one source in a row become one."""

    def __init__(self, draft_document: DraftDocument, before: str, after: str, source: str) -> None:
        super().__init__(source)
        self._draft_document = draft_document
        self._before = before
        self._after = after
        self._source = source
        self._at = draft_document._clock.now()
        self._is_first = True

    def id(self) -> int:
        """Return the kind of change: all of them may be merged."""
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Become one with the next change, when it is of the same source and comes soon."""
        if not isinstance(other, _Edit) or other._source != self._source or self._source == "theirs":
            return False
        if (other._at - self._at).total_seconds() > _PAUSE_SECONDS:
            return False
        self._after, self._at = other._after, other._at
        return True

    def redo(self) -> None:
        """Put the text there."""
        self._draft_document.put(self._after, self._source if self._is_first else _UNDONE)
        self._is_first = False

    def undo(self) -> None:
        """Put the text there that was before."""
        self._is_first = False
        self._draft_document.put(self._before, _UNDONE)


_PAUSE_SECONDS = 2.0
"""A pause after which what is typed is undone by itself."""
