"""The drafts: the request files in a folder of the operator's choice, with what is known of each without asking."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import PurePath
from typing import Protocol

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from cbr_desktop.domain.change import SubjectType
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.draft import SUFFIX, DraftText, Unsaved, stem_of
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.text.catalogue import N_, _, joined, listed, ngettext, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.marks import Mark, Shape, mark
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.states import clock_words, counted, grouped, quoted, shown
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import Notice, Times
from cbr_desktop.ui.drafts.review import ImportDialog, ReviewDialog, review_title
from cbr_desktop.ui.drafts.verdict import (
    DraftRow,
    age_words,
    file_words,
    name_words,
    row_of,
    row_of_unsaved,
    sent_words,
    vault_words,
    verdict_hint,
    verdict_mark,
    verdict_words,
)
from cbr_desktop.ui.drafts.watch import FolderWatch
from cbr_desktop.ui.kit.lines import MarkedLine
from cbr_desktop.ui.kit.links import open_folder
from cbr_desktop.ui.kit.page import Page, Target
from cbr_desktop.ui.kit.tables.column import AgeField, Column, Field, TextField
from cbr_desktop.ui.kit.widgets import do
from cbr_desktop.ui.operations.diff import DiffDialog
from cbr_desktop.ui.operations.draft_document import DraftDocument
from cbr_desktop.ui.session.draft_store import DraftStore, Source, unsaved_words
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows import documents
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.preflight import Preflight

_WATCH_MS = 2000
_DIFFERENT = Mark(Shape.DIAMOND, Tone.WARN)


class Editor(Protocol):
    """A window in which one draft is edited."""

    draft_document: DraftDocument

    def isVisible(self) -> bool: ...

    def activateWindow(self) -> None: ...


class DraftDialogs(Protocol):
    """Opens what this page needs over its window."""

    def edit_draft(
        self,
        context: ProfileContext,
        source: Source | None,
        vault_id: VaultId | None,
        changed: Callable[..., object],
        parent: QWidget,
    ) -> Editor:
        """Open a draft to be edited; without a ``source`` a new one, for a vault that may be known already.

        ``changed`` is called when the draft stands otherwise than before in its file or among what is not saved.
        """
        ...

    def make_plan(
        self, workspace: Workspace, paths: Sequence[str], made: Callable[[str], object], parent: QWidget
    ) -> object:
        """Ask how a plan of request files should go; ``made`` is called with the path of what was written."""
        ...

    def open_profile_menu(
        self, workspace: Workspace, button: QWidget, chosen: Callable[[ProfileContext], object]
    ) -> object:
        """Open the choice of the profile that something is done with below a button."""
        ...


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

    def __init__(self, workspace: Workspace, times: Times, dialogs: DraftDialogs) -> None:
        self._dialogs = dialogs
        self._editors: dict[str, Editor] = {}
        self._reviews: dict[str, ReviewDialog] = {}
        super().__init__(workspace, times)
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
        times = self._times
        return (
            Column("file", _("File"), file_words, lambda r: r.file_name, 26, hint=lambda r: r.path),
            Column(
                "vault",
                _("Vault"),
                vault_words,
                vault_words,
                18,
                hint=lambda r: r.subject.id if r.subject is not None else "",
            ),
            Column("name", _("Name"), name_words, lambda r: r.name, 18),
            Column(
                "verdict",
                _("Verdict"),
                lambda r: verdict_words(r, times),
                lambda r: verdict_words(r, times),
                40,
                mark=verdict_mark,
                hint=verdict_hint,
            ),
            Column(
                "sent",
                _("Last sent"),
                lambda r: sent_words(r, times),
                lambda r: r.sent.created_at if r.sent is not None else None,
                20,
                mark=lambda r: mark(r.sent.state) if r.sent is not None else None,
                hint=lambda r: times.both(r.sent.created_at) if r.sent is not None else "",
            ),
            Column(
                "changed",
                _("Changed"),
                lambda r: times.text_and_age(r.changed_at),
                lambda r: r.changed_at,
                16,
                hint=lambda r: times.both(r.changed_at),
            ),
        )

    def fields(self) -> Sequence[Field[DraftRow]]:
        """Return what the filter can ask for."""
        return (
            TextField("file", file_words),
            TextField("vault", _subject_text),
            TextField("name", lambda r: r.name),
            TextField("verdict", lambda r: verdict_words(r, self._times)),
            AgeField("age", lambda r: r.changed_at, self._times.now),
        )

    def rows(self) -> list[DraftRow]:
        """Return the files as they were seen last, judged by all that is open, and what was never saved."""
        now = self._times.now()
        kept = {unsaved.path or unsaved.id: unsaved for unsaved in self._unsaved()}
        ledgers = self._ledgers()
        sent = self._sent()
        rows = [
            row_of(entry, ledgers, kept.pop(entry.path, None), now)._replace(sent=sent.get(entry.path))
            for entry in self.folder.entries
        ]
        return rows + [row_of_unsaved(unsaved) for unsaved in kept.values()]

    def id_of(self, row: DraftRow) -> str:
        """Return what names a row for good."""
        return row.id

    def id_and_name(self, row: DraftRow) -> tuple[str, str]:
        """Return path and name of a file."""
        return row.path, row.file_name

    def search_text(self, row: DraftRow) -> str:
        """Return what words are looked for in."""
        return f"{row.file_name}\n{name_words(row)}\n{_subject_text(row)}\n{verdict_words(row, self._times)}"

    def owners(self, row: DraftRow) -> list[Ledger]:
        """Return the ledgers that know what a draft is about."""
        return [member for member in self._workspace.scope.members if row.subject and member.knows(row.subject)]

    def target(self) -> Target:
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
        self._with_context(None, self.new, lambda context: self._edit(context, None, ""))

    def open_current(self) -> None:
        """Open the draft of the cursor in an editor, with what was not saved into it."""
        row = self.view.current_row()
        if row is not None:
            self._open_row(row)

    def open_path(self, path: str) -> None:
        """Open a request file of the folder in an editor."""
        self._touch(path)
        if self.show_row(path):
            self.open_current()

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
        asked = QInputDialog(self)
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
        sources: dict[str, str] = {}
        for row in rows + [row for row in self._rows if row.path and row not in rows]:
            try:
                sources[row.file_name] = draft_store.load(row.path).text
            except CbrError:
                continue
        latest = self._latest(rows[0])
        if latest:
            sources[latest[0]] = latest[1]
        names = list(sources)
        if not names or rows[0].file_name != names[0]:
            self.remarked.emit(_("That draft cannot be read, so there is nothing to compare."))
            return
        other = names[1] if len(rows) > 1 or (len(names) > 1 and not latest) else latest[0] if latest else names[0]
        DiffDialog(sources, names[0], other, self, read=lambda path: draft_store.load(path).text).open()

    def make_plan(self) -> None:
        """Make a plan of the selected drafts in the order shown; what was not saved is no part of one."""
        rows = self.view.selected_rows()
        if self._workspace.plans is None or not rows:
            return
        unsaved = next((row for row in rows if not row.path or row.unsaved is not None or self._is_edited(row)), None)
        if unsaved is not None:
            what = quoted(unsaved.file_name or unsaved.name or "a draft", 80)
            self.remarked.emit(
                _("No plan was made: {what} has changes that are not saved. Save or discard them first.").format(
                    what=what
                )
            )
            return
        self._dialogs.make_plan(self._workspace, [row.path for row in rows], self.plan_made.emit, self.window())

    def review(self, path: str) -> None:
        """Show a file from outside. It is not sent, and nothing of it is taken over before a person does that."""
        held, draft_store = self._reviews.get(path), self._workspace.draft_store
        if held is not None and isValid(held) and held.isVisible():
            held.activateWindow()
            return
        made = ReviewDialog(self._judge_draft, review_title(path), self.window())
        made.taken.connect(partial(self._take_over, made))
        if draft_store is not None:
            try:
                made.show_data(draft_store.outside(path), path)
            except CbrError as error:
                made.show_trouble(error, path)
        self._reviews[path] = made
        made.open()

    def import_request(self) -> None:
        """Open the window in which a request from elsewhere is pasted or chosen."""
        draft_store = self._workspace.draft_store
        if draft_store is not None:
            made = ImportDialog(self._judge_draft, draft_store.outside, self.window())
            made.taken.connect(partial(self._take_over, made))
            made.open()

    def check_all(self) -> None:
        """Read the folder anew and judge every file, by what is known now."""
        self.folder.look(self._tell_checked)

    def _tell_checked(self) -> None:
        self._take()
        files = [row for row in self._rows if row.path]
        bad = sum(row.is_bad for row in files)
        unknown = sum(row.as_of is None and age_words(row, self._times) != "" for row in files if row.is_readable)
        checked = ngettext(
            "{count} draft checked: {fit} can be sent", "{count} drafts checked: {fit} can be sent", len(files)
        )
        words = [checked.format(count=grouped(len(files)), fit=grouped(len(files) - bad))]
        if bad:
            words.append(counted("{count} cannot", "{count} cannot", bad))
        said = listed(words)
        if unknown:
            said = joined([said, _unknown_words(files).format(count=grouped(unknown))])
        self.remarked.emit(_("{checked}.").format(checked=said))

    def restore_all(self) -> None:
        """Open every draft that was not saved in an editor."""
        for unsaved in self._unsaved():
            self._restore(unsaved)
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

    def _sent(self) -> dict[str, Intent]:
        """Return the newest request that was made from each file."""
        intents = sorted(self._workspace.open.intents.values(), key=lambda intent: intent.created_at)
        return {intent.draft: intent for intent in intents if intent.draft}

    def _ledgers(self) -> list[Ledger]:
        """Return what drafts are judged by: what is looked at first, then the rest of what is open."""
        shown_first = list(self._workspace.scope.members)
        return shown_first + [member for member in self._workspace.open.members if member not in shown_first]

    def _judge_draft(self, document: Document) -> Preflight:
        """Judge a request by whichever ledger knows what it is about."""
        ledgers = self._ledgers()
        ledger = documents.knowing(document, ledgers) or (ledgers[0] if ledgers else None)
        return documents.judged(document, ledger, self._times.now()) if ledger is not None else Preflight(())

    def _take_over(self, review: ReviewDialog, text: str, stem: str) -> None:
        """Write a reviewed request into the folder and open it."""
        draft_store = self._workspace.draft_store
        if draft_store is None:
            return
        try:
            path = draft_store.create(stem, text)
        except CbrError as error:
            self.remarked.emit(error_sentence(error))
            review.banner.say(_DIFFERENT, error_sentence(error))
            return
        review.close()
        self._show(path, _("Taken into the drafts as"))
        self.open_current()

    def _unsaved(self) -> list[Unsaved]:
        """Return what was kept and is not in an editor now."""
        draft_store = self._workspace.draft_store
        edited = {
            editor.draft_document.id for editor in self._editors.values() if isValid(editor) and editor.isVisible()
        }
        return (
            [unsaved for unsaved in draft_store.unsaved() if unsaved.id not in edited]
            if draft_store is not None
            else []
        )

    def _open_row(self, row: DraftRow) -> None:
        held = self._editors.get(row.id)
        if held is not None and isValid(held) and held.isVisible():
            held.activateWindow()
        elif row.unsaved is not None:
            self._restore(row.unsaved)
        else:
            self._with_context(row, self.open, lambda context: self._edit(context, self._source(row.path), row.path))

    def _restore(self, unsaved: Unsaved) -> None:
        """Open what was not saved over what is in its file."""
        source = Source(unsaved.text, unsaved.id, unsaved.path, self._base(unsaved))
        names = [context for context in self._workspace.contexts if context.profile.name == unsaved.profile]
        context = (names or self._workspace.shown_contexts or [None])[0]  # type: ignore[list-item]
        if context is not None:
            self._edit(context, source, unsaved.path or unsaved.id)

    def _base(self, unsaved: Unsaved) -> DraftText | None:
        draft_store = self._workspace.draft_store
        if draft_store is None or not unsaved.path:
            return None
        try:
            found = draft_store.load(unsaved.path)
        except CbrError:
            return None
        # a file that has changed since is not what the draft began as, and must not be written over
        return found if found.text == unsaved.base else DraftText(unsaved.base, found.line_end, b"")

    def _source(self, path: str) -> Source | None:
        draft_store = self._workspace.draft_store
        assert draft_store is not None  # noqa: S101  # there are no rows without one
        try:
            base = draft_store.load(path)
        except CbrError as error:
            self.remarked.emit(error_sentence(error))
            return None
        return Source(base.text, path=path, base=base)

    def _edit(self, context: ProfileContext, source: Source | None, key: str) -> None:
        if key and source is None:
            return
        vault_id = self.target()[0] if source is None else None
        editor = self._dialogs.edit_draft(context, source, vault_id, self._take_later, self.window())
        self._editors[key or editor.draft_document.id] = editor

    def _is_edited(self, row: DraftRow) -> bool:
        """Whether a draft stands in an editor otherwise than in its file."""
        held = self._editors.get(row.id)
        return held is not None and isValid(held) and held.isVisible() and not held.draft_document.is_saved

    def _with_context(self, row: DraftRow | None, button: QWidget, act: Callable[[ProfileContext], None]) -> None:
        """Do something with the profile that a draft is for; ask of which where that is not plain."""
        subject = row.subject if row is not None else None
        if subject is None or not subject.id:
            context = self._workspace.context_of_vault(None)
        else:
            context = self._workspace.context_of(lambda ledger: ledger.knows(subject))
        contexts = self._workspace.shown_contexts
        if context is None and len(contexts) == 1:
            context = contexts[0]
        if context is not None:
            act(context)
        elif contexts:
            self._dialogs.open_profile_menu(self._workspace, button, act)

    def _latest(self, row: DraftRow) -> tuple[str, str] | None:
        """Return the newest request for the vault of a draft, with the words that it is known by."""
        if row.vault_id is None:
            return None
        found = [i for i in self._workspace.open.intents.values() if i.change.vault_id == row.vault_id]
        if not found:
            return None
        newest = max(found, key=lambda intent: intent.created_at)
        at = clock_words(newest.created_at, self._times.now())
        return _("Last request of vault {vault}, {at}").format(vault=vault_words(row), at=at), newest.body.decode(
            "utf-8", "replace"
        ) + "\n"

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

    def _acts(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            (_("Open"), self.open_current),
            (_("Duplicate"), self.duplicate),
            (_("Rename…"), self.ask_name),
            (_("Compare…"), self.compare),
            (_("Make plan…"), self.make_plan),
            (_("Move to trash"), self.discard),
        ]

    def _add_tools(self) -> None:
        self.new = _tool(_("&New"), "draftNew", self.new_draft, _("An empty draft (Ctrl+Shift+N)"))
        self.open = _tool(_("&Open"), "draftOpen", self.open_current, _("Edits the chosen draft (Enter)"))
        self.comparison = _tool(
            _("Co&mpare…"), "draftCompare", self.compare, _("With another draft or the last request")
        )
        self.importing = _tool(
            _("&Import…"), "draftImport", self.import_request, _("A cURL command, hcloud input, any file")
        )
        self.check = _tool(
            _("Chec&k all"), "draftCheckAll", self.check_all, _("Judges every file by what is known now")
        )
        self.planning = _tool(
            _("Make p&lan…"), "draftPlan", self.make_plan, _("Of the selected drafts, in the order shown")
        )
        self.more = QToolButton()
        self.more.setText(_("More"))
        self.more.setObjectName("draftMore")
        self.more.setAccessibleName(_("More"))
        self.more.clicked.connect(self._open_more)
        self.place = QLabel()
        self.place.setObjectName("draftFolder")
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setMinimumWidth(60)
        row = QHBoxLayout()
        row.setSpacing(6)
        for tool in (self.new, self.open, self.importing, self.comparison, self.planning, self.check, self.more):
            row.addWidget(tool)
        row.addSpacing(8)
        row.addWidget(self.place, 1)
        self.strip = UnsavedStrip(self.restore_all, self.discard_all)
        self.silence = MarkedLine("draftsSilence")
        self.silence.hide()
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)  # noqa: S101  # the page has made it so
        layout.insertLayout(1, row)
        layout.insertWidget(2, self.silence)
        layout.insertWidget(3, self.strip)
        new = QShortcut(QKeySequence("Ctrl+Shift+N"), self, self.new_draft)
        new.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        rename, delete = QShortcut(QKeySequence("F2"), self.view), QShortcut(QKeySequence("Del"), self.view)
        for shortcut, act in ((rename, self.ask_name), (delete, self.discard)):
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    def _open_more(self) -> None:
        menu = QMenu(self.more)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        has_file = self.view.current_row() is not None
        for words, act in self._acts()[1:]:
            menu.addAction(words, partial(do, act)).setEnabled(has_file)
        menu.addSeparator()
        for words, act in self.further():
            menu.addAction(words, partial(do, act))
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def further(self) -> list[tuple[str, Callable[[], None]]]:
        """Return what can be done without a file being chosen."""
        return [(_("Choose folder…"), self.choose_folder), (_("Show in folder"), self.show_folder)]

    def _offer(self) -> None:
        row = self.view.current_row()
        self.open.setEnabled(row is not None)
        self.comparison.setEnabled(row is not None and bool(row.path))
        # of one draft a plan can be made as well, by the menu: here it would be in the way of what is done every day
        self.planning.setVisible(len(self.view.selected_rows()) > 1)

    def _tell_unsaved(self) -> None:
        self.strip.tell(len(self._unsaved()))

    def _tell_silence(self) -> None:
        words = _(
            "The folder does not answer. What is listed is as it was seen last; under More another can be chosen."
        )
        self.silence.say(_DIFFERENT, words if self.folder.is_silent else "")
        self._tell_state()

    def _tell_state(self) -> None:
        draft_store = self._workspace.draft_store
        shown_count, total = self.model.rowCount(), self.model.total
        self.count.setText(
            grouped(total)
            if shown_count == total
            else _("{shown_count} of {total}").format(shown_count=grouped(shown_count), total=grouped(total))
        )
        words = "  ".join(self.model.filter.problems) or " · ".join(self.model.filter.words)
        self.remark.setText(words)
        self.remark.setVisible(bool(words))
        folder = draft_store.folder if draft_store is not None else ""
        if hasattr(self, "place"):
            self.place.setText(plain(folder, 200))
            self.place.setToolTip(tooltip(_("The folder of drafts"), folder))
        self._tell_empty(None if shown_count else self._nothing(folder, total))

    def _nothing(self, folder: str, total: int) -> Notice:
        if total:
            why = ngettext(
                "{count} draft is hidden by the filter {text}.",
                "{count} drafts are hidden by the filter {text}.",
                total,
            ).format(count=grouped(total), text=quoted(self.filter.text()))
            return Notice(_("No drafts match the filter"), why, _("Clear the filter"), "clear-filter")
        if not folder:
            return Notice(_("The drafts have not been read yet"), _("They come when the program has started."))
        if not self.folder.is_read:
            if self.folder.is_silent:
                why = _("It may lie on a network that is away: {folder}.").format(folder=shown(folder))
                return Notice(_("The folder does not answer"), why, _("Choose folder…"), "choose-folder")
            return Notice(_("The folder is being read"), shown(folder))
        why = _(
            "A draft is a request in a file of its own (*{ending}), made without a network and sent when you say so. "
            "The folder is {folder}."
        ).format(ending=SUFFIX, folder=shown(folder))
        return Notice(_("No drafts"), why, _("New draft"), "new-draft")

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


class UnsavedStrip(QWidget):
    """Says that drafts were not saved, and offers to restore or to discard them."""

    def __init__(self, restore: Callable[[], None], discard: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("draftsUnsaved")
        self.line = MarkedLine("draftsUnsavedSentence")
        self.restore = QPushButton(_("Restore"))
        self.restore.setObjectName("draftsRestore")
        self.restore.clicked.connect(restore)
        self.discard = QPushButton(_("Discard"))
        self.discard.setObjectName("draftsDiscard")
        self.discard.setToolTip(tooltip(_("Puts them into the system's trash")))
        self.discard.clicked.connect(discard)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.restore)
        layout.addWidget(self.discard)
        self.hide()

    def tell(self, count: int) -> None:
        """Say how many there are, or nothing when there are none."""
        self.line.say(
            _DIFFERENT,
            sentences(unsaved_words(count), _("Restore opens each in its editor.")) if count else "",
        )
        self.setVisible(bool(count))


def _unknown_words(rows: Sequence[DraftRow]) -> str:
    """Return that of so many drafts, a place, it is not known what they are about."""
    types = {row.subject.type for row in rows if row.is_readable and row.as_of is None and row.subject is not None}
    if len(types) != 1:
        return _("of {count} what it is about is not known here")
    return {
        SubjectType.VAULT: _("of {count} the vault is not known here"),
        SubjectType.BACKUP: _("of {count} the backup is not known here"),
        SubjectType.POLICY: _("of {count} the policy is not known here"),
    }[types.pop()]


def _subject_text(row: DraftRow) -> str:
    return f"{row.subject.type} {row.subject.name} {row.subject.id}" if row.subject is not None else ""


def _tool(text: str, name: str, act: Callable[[], None], hint: str) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text.replace("&", "").removesuffix("…"))
    made.setToolTip(tooltip(hint))
    made.clicked.connect(partial(do, act))
    return made
