"""The file of an editor: saving and keeping it, one undo for the whole window, and what others do to the file."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import PurePath

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from cbr_desktop.domain.draft import SUFFIX
from cbr_desktop.domain.error import CbrError, ChangedOutside
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.operations.conflict import ConflictBar
from cbr_desktop.ui.operations.diff import DiffDialog
from cbr_desktop.ui.operations.draft_document import DraftDocument
from cbr_desktop.ui.session.draft_store import DraftStore
from cbr_desktop.ui.session.profile_context import ProfileContext

_SUFFIX = SUFFIX.removeprefix(".")


class DraftFile(QObject):
    """Saves what is edited in a window. It makes the buttons, the bar and the line that the window lays out.

    While the window is open the file is watched; what is not saved is kept when another window comes to the front and
    when this one is closed, in every way, without a question. Ctrl+S, Ctrl+Shift+S, undo and redo work in all of it.

    ``title`` is the window's without a file, ``stem`` suggests a name for one. ``settle`` is called before the text is
    written, compared, kept or undone, so that it says all that the window shows.
    """

    def __init__(
        self,
        window: QDialog,
        context: ProfileContext,
        document: DraftDocument,
        store: DraftStore | None,
        *,
        title: str,
        stem: Callable[[], str],
        settle: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._context = context
        self._document = document
        self._store = store
        self._title = title
        self._stem = stem
        self._settle = settle
        self._fields: tuple[QWidget, ...] = ()
        self.conflict = ConflictBar()
        self.notice = label(name="checkpointNotice")
        self.notice.hide()
        self.save = push_button(_("Save to &file…"), "checkpointSave")
        self.save_as = push_button(_("Save as…"), "checkpointSaveAs")
        self.save_as.setVisible(False)
        self.save.clicked.connect(self.request_save)
        self.save_as.clicked.connect(self.ask_file)
        document.told.connect(self.tell)
        document.conflicted.connect(self._tell_conflict)
        document.taken_over.connect(self._tell_taken_over)
        document.not_kept.connect(self._tell_not_kept)
        self.conflict.mine_requested.connect(self._keep_mine)
        self.conflict.theirs_requested.connect(self._take_theirs)
        self.conflict.elsewhere_requested.connect(self.ask_file)
        self.conflict.comparison_requested.connect(self._compare_conflict)
        window.installEventFilter(self)
        window.finished.connect(self._leave)
        for keys, act in (
            (QKeySequence.StandardKey.Undo, self.undo),
            (QKeySequence.StandardKey.Redo, self.redo),
            (QKeySequence.StandardKey.Save, self.request_save),
            (QKeySequence("Ctrl+Shift+S"), self.ask_file),
        ):
            QShortcut(QKeySequence(keys), window, act)

    def undo(self) -> None:
        """Take the last change back, wherever in the window it was made."""
        self._settle()
        self._document.stack.undo()

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        self._settle()
        self._document.stack.redo()

    def share_undo(self, fields: Iterable[QWidget]) -> None:
        """Take the keys of undo from fields that would take them for their own text alone."""
        self._fields = tuple(fields)
        for field in self._fields:
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window, and give the keys of undo in its fields to the whole of it."""
        if watched is self._window:
            if event.type() == QEvent.Type.Show:
                self._document.look()
                self._document.watch(True)
            elif event.type() == QEvent.Type.ActivationChange:
                (self._document.look if self._window.isActiveWindow() else self._document.keep)()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            for keys, act in ((QKeySequence.StandardKey.Undo, self.undo), (QKeySequence.StandardKey.Redo, self.redo)):
                if event.matches(keys):
                    act()
                    return True
        return super().eventFilter(watched, event)

    def _leave(self) -> None:
        """Keep what is not saved when the window is closed."""
        self._settle()
        self._document.keep()
        self._document.watch(False)

    def tell(self) -> None:
        """Show file and unsaved mark in the title."""
        name = PurePath(self._document.path).name if self._document.path else ""
        mark = "[*]" if self._store is not None else ""
        head = f"{plain(name, 80).replace('[*]', '[*][*]')}{mark} — " if name else ""
        self._window.setWindowTitle(f"{head}{self._title}{'' if name else mark}")
        self._window.setWindowModified(self._store is not None and not self._document.is_saved)
        self.save.setText(_("Save to its &file") if name else _("Save to &file…"))
        self.save_as.setVisible(bool(name))

    def say(self, words: str) -> None:
        """Say something about the file."""
        self.notice.setText(words)
        self.notice.setVisible(True)

    def compare(self, others: dict[str, str], nothing: str) -> None:
        """Compare the draft with ``others`` and with its file as it was read; say ``nothing`` where there is none."""
        self._settle()
        sources = {_("This draft"): self._document.text, **others}
        if self._document.base is not None:
            sources[_("Its file, as it was read or saved last")] = self._document.base.text
        if len(sources) == 1:
            self.say(nothing)
        else:
            self._show_difference(sources)

    def request_save(self) -> None:
        """Save into the file, or ask for one where there is none yet."""
        self._settle()
        if self._document.path and self._store is not None:
            self._do_save(self._document.save)
        else:
            self.ask_file()

    def ask_file(self) -> None:
        """Ask for the file to save into."""
        self._settle()
        asked = QFileDialog(self._window, _("Save the request to a file"))
        asked.setObjectName("checkpointSaveDialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilter(_("Request files (*.{ending})").format(ending=_SUFFIX))
        asked.setDefaultSuffix(_SUFFIX)
        stem = self._stem()
        if self._store is not None:
            asked.setDirectory(self._store.folder)
            asked.selectFile(PurePath(self._document.path or self._store.free_path(stem)).name)
        else:
            asked.selectFile(f"{stem}.{_SUFFIX}")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(self._save_as)
        asked.open()

    def _save_as(self, path: str) -> None:
        if self._store is not None:
            self._do_save(partial(self._document.save_as, path))
            return
        try:
            self._context.save_text(path, self._document.text)
        except CbrError as error:
            self.say(_("Not saved. {error}").format(error=error_sentence(error)))
        else:
            self.say(_("Saved to {path}.").format(path=plain(path)))

    def _do_save(self, save: Callable[[], None]) -> None:
        """Save, and say how that went; what could not be saved stays here."""
        try:
            save()
        except ChangedOutside:
            self.say(_("Not saved yet: the file was changed by another program."))
        except CbrError as error:
            self.say(_("Not saved. {error} Your changes are still here.").format(error=error_sentence(error)))
        else:
            if not self._document.is_conflicted:
                self.conflict.hide()
                self.say(_("Saved to {path}.").format(path=plain(self._document.path)))

    def _tell_conflict(self) -> None:
        self.conflict.tell(self._document.path, is_gone=self._document.theirs is None)

    def _tell_taken_over(self) -> None:
        self.say(_("The file was changed by another program; what it says now is shown here. Undo brings yours back."))

    def _tell_not_kept(self, error: CbrError) -> None:
        self.say(
            _("Not saved: {error} Your changes are only in this window; leave it open.").format(
                error=error_sentence(error)
            )
        )

    def _keep_mine(self) -> None:
        self._do_save(self._document.keep_mine)

    def _take_theirs(self) -> None:
        self._document.take_theirs()
        self.conflict.hide()
        self.say(_("What is in the file is shown here now. Undo (Ctrl+Z) brings your text back."))

    def _compare_conflict(self) -> None:
        theirs, base = self._document.theirs, self._document.base
        sources = {_("Mine, as it is here"): self._document.text}
        sources |= {_("Theirs, as it is in the file"): theirs.text} if theirs is not None else {}
        sources |= {_("As it was when it was opened"): base.text} if base is not None else {}
        self._show_difference(sources)

    def _show_difference(self, sources: dict[str, str]) -> None:
        first, second, *_others = sources
        DiffDialog(sources, first, second, self._window, settings=self._context.settings).open()
