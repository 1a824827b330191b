"""The drafts: the request files in a folder of the operator's choice, with what is known of each without asking."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import PurePath

from PySide6 import QtWidgets
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QVBoxLayout, QWidget

from cbr_desktop.domain.draft import Unsaved, stem_of
from cbr_desktop.domain.error import CbrError
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import counted, quoted
from cbr_desktop.text.words import Times
from cbr_desktop.ui.drafts.columns import draft_columns, draft_fields, search_text
from cbr_desktop.ui.drafts.editors import DraftDialogs, DraftEditors
from cbr_desktop.ui.drafts.model import DraftsModel
from cbr_desktop.ui.drafts.reviews import DraftReviews
from cbr_desktop.ui.drafts.tools import DIFFERENT, Acts, DraftTools, UnsavedStrip
from cbr_desktop.ui.drafts.verdict import DraftRow
from cbr_desktop.ui.drafts.watch import FolderWatch
from cbr_desktop.ui.kit.lines import MarkedLine
from cbr_desktop.ui.kit.links import open_folder
from cbr_desktop.ui.kit.page import CheckpointTarget, Page
from cbr_desktop.ui.kit.tables.column import Column, Field
from cbr_desktop.ui.kit.widgets import do
from cbr_desktop.ui.operations.diff import DiffDialog
from cbr_desktop.ui.session.draft_store import DraftStore
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger, Part

_WATCH_MS = 2000


class DraftsPage(Page[DraftRow]):
    """All request files of the folder. Nothing here needs a network or a login.

    Signals:
        plan_made: the path of a plan that was made of drafts, and should be judged.
    """

    plan_made = Signal(str)

    name = "Drafts"
    parts = (Part.VAULTS, Part.BACKUPS, Part.INTENTS, Part.PROTECTABLES)
    default_sort = ("changed", Qt.SortOrder.DescendingOrder)
    hint = "vault:erp problem"
    without_subject = N_("The details tell of what the service has. Open a draft to read and edit it (Enter).")

    def __init__(
        self, workspace: Workspace, times: Times, dialogs: DraftDialogs, parent: QWidget | None = None
    ) -> None:
        self._dialogs = dialogs
        self._drafts = DraftsModel(workspace, times.now)
        self.editors = DraftEditors(workspace, self._drafts, dialogs, self, self._take_later)
        self.reviews = DraftReviews(self._drafts.judge, lambda: workspace.draft_store, self, workspace.settings)
        super().__init__(workspace, times, parent)
        self.editors.troubled.connect(self.remarked)
        self.reviews.troubled.connect(self.remarked)
        self.reviews.taken.connect(self._taken_over)
        self.folder = FolderWatch(lambda: workspace.draft_store, self)
        self.folder.changed.connect(self._take)
        self.folder.told.connect(self._tell_silence)
        self._watching = QTimer(self)
        self._watching.setInterval(_WATCH_MS)
        self._watching.timeout.connect(self.look)
        self._add_tools()
        self.view.opened.disconnect(self.opened)
        self.view.opened.connect(self.open_current)
        self.view.selection_altered.connect(self._offer)

    # what a page says

    def columns(self) -> Sequence[Column[DraftRow]]:
        """Return the columns, those of the first start first."""
        return draft_columns(self._times)

    def fields(self) -> Sequence[Field[DraftRow]]:
        """Return what the filter can ask for."""
        return draft_fields(self._times)

    def rows(self) -> list[DraftRow]:
        """Return the files as they were seen last, judged by all that is open, and what was never saved."""
        return self._drafts.rows(self.folder.entries, self.editors.edited)

    def id_of(self, row: DraftRow) -> str:
        """Return what names a row for good."""
        return row.id

    def id_and_name(self, row: DraftRow) -> tuple[str, str]:
        """Return path and name of a file."""
        return row.path, row.file_name

    def search_text(self, row: DraftRow) -> str:
        """Return what words are looked for in."""
        return search_text(row, self._times)

    def owners(self, row: DraftRow) -> list[Ledger]:
        """Return the ledgers that know what a draft is about."""
        return [member for member in self._workspace.scope.members if row.subject and member.knows(row.subject)]

    def target(self) -> CheckpointTarget:
        """Return the vault of the current draft."""
        row = self.view.current_row()
        return (row.vault_id if row is not None and self._workspace.scope.owners(row.vault_id) else None, ())

    def subject(self) -> None:
        """Return nothing: the details have nothing to say of a file."""
        return

    def extend_menu(self, menu: QMenu) -> None:
        """Offer what can be done with the selected files."""
        for words, act in self._acts():
            menu.addAction(words).triggered.connect(partial(do, act))

    # what is done

    def look(self) -> None:
        """Take over what others have changed in the folder."""
        self.folder.look()

    def new_draft(self) -> None:
        """Open an editor with nothing in it yet."""
        self.editors.begin(self.target()[0], self.new)

    def open_current(self) -> None:
        """Open the draft of the cursor in an editor, with what was not saved into it."""
        row = self.view.current_row()
        if row is not None:
            self.editors.open(row, self.open)

    def duplicate(self) -> None:
        """Write a copy of the current draft beside it."""
        row, draft_store = self._current_file()
        if row is not None:
            self._try(lambda: draft_store.duplicate(row.path), lambda path: self._show(path, _("Copied to")))

    def ask_name(self) -> None:
        """Ask for another name for the current file."""
        row, _other = self._current_file()
        if row is None:
            return
        asked = QtWidgets.QInputDialog(self)
        asked.setObjectName("draftRename")
        asked.setWindowTitle(_("Rename"))
        asked.setLabelText(_("The new name of the file:"))
        asked.setTextValue(stem_of(row.file_name))
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.textValueSelected.connect(partial(self._rename, row.path))
        asked.open()

    def discard(self) -> None:
        """Put the selected files into the system's trash."""
        draft_store, gone = self._workspace.draft_store, 0
        if draft_store is None:
            return
        for row in self.view.selected_rows():
            try:
                if row.unsaved is not None:
                    draft_store.throw_away(row.unsaved.id)
                if row.path:
                    draft_store.discard(row.path)
                    self.folder.touch(row.path)
            except CbrError as error:
                self.remarked.emit(error_sentence(error))
                break
            gone += 1
        self._take()
        if gone:
            self.remarked.emit(
                counted(
                    "{count} draft moved to the system's trash, from where they come back.",
                    "{count} drafts moved to the system's trash, from where they come back.",
                    gone,
                )
            )

    def choose_folder(self) -> None:
        """Ask for another folder."""
        draft_store = self._workspace.draft_store
        if draft_store is None:
            return
        asked = QFileDialog(self, _("Choose the folder of drafts"), draft_store.folder)
        asked.setObjectName("draftFolderDialog")
        asked.setFileMode(QFileDialog.FileMode.Directory)
        asked.setOption(QFileDialog.Option.ShowDirsOnly)
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(self._choose)
        asked.open()

    def show_folder(self) -> None:
        """Have the desktop show the folder."""
        draft_store = self._workspace.draft_store
        if draft_store is not None and not open_folder(draft_store.folder):
            self.remarked.emit(
                _("The folder could not be opened here: {folder}").format(folder=plain(draft_store.folder))
            )

    def compare(self) -> None:
        """Compare the selected drafts, or the current one with another and with the last request of its vault."""
        draft_store = self._workspace.draft_store
        rows = [row for row in self.view.selected_rows() if row.path][:2]
        if draft_store is None or not rows:
            return
        found = self._drafts.comparison(rows, self._rows)
        if found is None:
            self.remarked.emit(_("That draft cannot be read, so there is nothing to compare."))
            return
        DiffDialog(
            *found, self, read=lambda path: draft_store.load(path).text, settings=self._workspace.settings
        ).open()

    def make_plan(self) -> None:
        """Make a plan of the selected drafts in the order shown; what was not saved is no part of one."""
        rows = self.view.selected_rows()
        if self._workspace.plans is None or not rows:
            return
        unsaved = next(
            (row for row in rows if not row.path or row.unsaved is not None or self.editors.is_edited(row)), None
        )
        if unsaved is not None:
            what = quoted(unsaved.file_name or unsaved.name or _("a draft"), 80)
            self.remarked.emit(
                _("No plan was made: {what} has changes that are not saved. Save or discard them first.").format(
                    what=what
                )
            )
            return
        self._dialogs.make_plan(self._workspace, [row.path for row in rows], self.plan_made.emit, self.window())

    def review(self, path: str) -> None:
        """Show a file from outside. It is not sent, and nothing of it is taken over before a person does that."""
        self.reviews.show(path)

    def import_request(self) -> None:
        """Open the window in which a request from elsewhere is pasted or chosen."""
        self.reviews.paste()

    def check_all(self) -> None:
        """Read the folder anew and judge every file, by what is known now."""
        self.folder.look(self._tell_checked)

    def _tell_checked(self) -> None:
        self._take()
        self.remarked.emit(self._drafts.checked_words(self._rows, self._times))

    def restore_all(self) -> None:
        """Open every draft that was not saved in an editor."""
        for unsaved in self._unsaved():
            self.editors.restore(unsaved)
        self._take()

    def discard_all(self) -> None:
        """Put every draft that was not saved into the system's trash."""
        draft_store = self._workspace.draft_store
        if draft_store is None:
            return
        for unsaved in self._unsaved():
            self._try(partial(draft_store.throw_away, unsaved.id), lambda _thrown: None)
        self._take()

    # inside

    def _taken_over(self, path: str) -> None:
        self._show(path, _("Taken into the drafts as"))
        self.open_current()

    def _unsaved(self) -> list[Unsaved]:
        """Return what was kept and is not in an editor now."""
        return self._drafts.unsaved(self.editors.edited)

    def _current_file(self) -> "tuple[DraftRow | None, DraftStore]":
        row, draft_store = self.view.current_row(), self._workspace.draft_store
        assert draft_store is not None or row is None  # noqa: S101  # there are no rows without one
        return (row if row is not None and row.path else None), draft_store  # type: ignore[return-value]

    def _rename(self, path: str, name: str) -> None:
        draft_store = self._workspace.draft_store
        assert draft_store is not None  # noqa: S101  # there are no rows without one
        self._try(lambda: draft_store.rename(path, name), partial(self._show_renamed, path))

    def _show_renamed(self, before: str, path: str) -> None:
        self.folder.touch(before)
        self._show(path, _("Renamed to"))

    def _choose(self, folder: str) -> None:
        draft_store = self._workspace.draft_store
        assert draft_store is not None  # noqa: S101  # there are no rows without one
        draft_store.choose(folder)
        self.folder.look()
        self._take()

    def _try(self, act: Callable[[], object], then: Callable[[str], None]) -> None:
        try:
            path = act()
        except CbrError as error:
            self.remarked.emit(error_sentence(error))
        else:
            then(str(path))

    def _show(self, path: str, words: str) -> None:
        self._touch(path)
        self.show_row(path)
        self.remarked.emit(f"{words} {quoted(PurePath(path).name)}.")

    def _take_later(self, *_rest: object) -> None:
        if self.isVisible():
            QTimer.singleShot(0, self, self.folder.look)
            QTimer.singleShot(0, self, self._take)
        else:
            self._is_stale = True

    def _touch(self, path: str) -> None:
        self.folder.touch(path)
        self._take()

    def _take(self) -> None:
        super()._take()
        self._tell_unsaved()
        self._offer()

    # how it looks

    def _acts(self) -> Acts:
        return [(_("Open"), self.open_current), *self._acts_of_file()]

    def _acts_of_file(self) -> Acts:
        return [
            (_("Duplicate"), self.duplicate),
            (_("Rename…"), self.ask_name),
            (_("Compare…"), self.compare),
            (_("Make plan…"), self.make_plan),
            (_("Move to trash"), self.discard),
        ]

    def further(self) -> Acts:
        """Return what can be done without a file being chosen."""
        return [(_("Choose folder…"), self.choose_folder), (_("Show in folder"), self.show_folder)]

    def _add_tools(self) -> None:
        acts = {
            "new": self.new_draft,
            "open": self.open_current,
            "importing": self.import_request,
            "comparison": self.compare,
            "planning": self.make_plan,
            "check": self.check_all,
        }
        self.tools = DraftTools(acts, self._acts_of_file(), self.further())
        buttons = self.tools.buttons
        self.new, self.open, self.comparison = buttons["new"], buttons["open"], buttons["comparison"]
        self.importing, self.check, self.planning = buttons["importing"], buttons["check"], buttons["planning"]
        self.add_actions((*buttons.values(), self.tools.more))
        self.table_bar.add(self.tools.place, 2)
        self.strip = UnsavedStrip(self.restore_all, self.discard_all)
        self.silence = MarkedLine("draftsSilence")
        self.silence.hide()
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)  # noqa: S101  # the page has made it so
        layout.insertWidget(2, self.silence)
        layout.insertWidget(3, self.strip)
        new = QShortcut(QKeySequence("Ctrl+Shift+N"), self, self.new_draft)
        new.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        rename, delete = QShortcut(QKeySequence("F2"), self.view), QShortcut(QKeySequence("Del"), self.view)
        for shortcut, act in ((rename, self.ask_name), (delete, self.discard)):
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    def _offer(self) -> None:
        self.tools.allow(self.view.current_row(), len(self.view.selected_rows()))

    def _tell_unsaved(self) -> None:
        self.strip.tell(len(self._unsaved()))

    def _tell_silence(self) -> None:
        words = _(
            "The folder does not answer. What is listed is as it was seen last; under More another can be chosen."
        )
        self.silence.say(DIFFERENT, words if self.folder.is_silent else "")
        self._tell_state()

    def age_words(self) -> str:
        """Return nothing: files do not grow old."""
        return ""

    def _tell_state(self) -> None:
        draft_store = self._workspace.draft_store
        shown_count, total = self.model.rowCount(), self.model.total
        self._tell_count()
        words = "  ".join(self.model.filter.problems) or " · ".join(self.model.filter.words)
        self.table_bar.say(words)
        if hasattr(self, "tools"):
            self.tools.show_folder(draft_store.folder if draft_store is not None else "")
        is_read, is_silent = self.folder.is_read, self.folder.is_silent
        nothing = self._drafts.nothing(total, self.filter.text(), is_read=is_read, is_silent=is_silent)
        self._tell_empty(None if shown_count else nothing)

    def _verbs(self) -> dict[str, Callable[[], object]]:
        return super()._verbs() | {"new-draft": self.new_draft, "choose-folder": self.choose_folder}

    def showEvent(self, event: QShowEvent) -> None:
        """Look after the folder while the page can be seen."""
        super().showEvent(event)
        self._watching.start()
        self.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the folder be."""
        super().hideEvent(event)
        self._watching.stop()
