"""The drafts: the request files in a folder of the operator's choice, with what is known of each without asking."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import PurePath

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

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.draft import SUFFIX, DraftText, Unsaved, stem_of
from cbr_desktop.domain.error import HouseError
from cbr_desktop.domain.intent import Intent
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.states import clock_words, count_words, grouped, quoted, shown
from cbr_desktop.text.words import Notice, Times
from cbr_desktop.ui.desk import Desk
from cbr_desktop.ui.dialogs.checkpoint import CheckpointDialog
from cbr_desktop.ui.dialogs.diff import DiffDialog
from cbr_desktop.ui.dialogs.lines import MarkedLine
from cbr_desktop.ui.dialogs.makeplan import MakePlanDialog
from cbr_desktop.ui.drafts.review import ImportDialog, ReviewDialog, review_title
from cbr_desktop.ui.drafts.verdict import (
    DraftRow,
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
from cbr_desktop.ui.hall import Hall
from cbr_desktop.ui.links import open_folder
from cbr_desktop.ui.marks import Mark, Shape, mark
from cbr_desktop.ui.pages.page import Page, Target
from cbr_desktop.ui.pieces import do
from cbr_desktop.ui.scopes import open_profile_menu
from cbr_desktop.ui.shelf import Shelf, Source, unsaved_words
from cbr_desktop.ui.tables.column import AgeField, Column, Field, TextField
from cbr_desktop.ui.theme import Tone
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.preflight import Preflight, preflight

_WATCH_MS = 2000
_DIFFERENT = Mark(Shape.DIAMOND, Tone.WARN)
_LATEST = "Last request of vault"


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
    without_subject = "The details tell of what the service has. Open a draft to read and edit it (Enter)."

    def __init__(self, hall: Hall, times: Times) -> None:
        self._editors: dict[str, CheckpointDialog] = {}
        self._reviews: dict[str, ReviewDialog] = {}
        super().__init__(hall, times)
        self.folder = FolderWatch(lambda: hall.shelf, self)
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
            Column("file", "File", file_words, lambda r: r.file_name, 26, hint=lambda r: r.path),
            Column("vault", "Vault", vault_words, vault_words, 18, hint=lambda r: r.vault_id or ""),
            Column("name", "Name", name_words, lambda r: r.name, 18),
            Column(
                "verdict",
                "Verdict",
                lambda r: verdict_words(r, times),
                lambda r: verdict_words(r, times),
                40,
                mark=verdict_mark,
                hint=verdict_hint,
            ),
            Column(
                "sent",
                "Last sent",
                lambda r: sent_words(r, times),
                lambda r: r.sent.created_at if r.sent is not None else None,
                20,
                mark=lambda r: mark(r.sent.state) if r.sent is not None else None,
                hint=lambda r: times.both(r.sent.created_at) if r.sent is not None else "",
            ),
            Column(
                "changed",
                "Changed",
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
            TextField("vault", lambda r: f"{r.vault_name} {r.vault_id or ''}"),
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
        return f"{row.file_name}\n{row.name}\n{row.vault_name}\n{row.vault_id}\n{verdict_words(row, self._times)}"

    def owners(self, row: DraftRow) -> list[Ledger]:
        """Return the ledgers that know the vault of a draft."""
        return self._hall.scope.owners(row.vault_id)

    def target(self) -> Target:
        """Return the vault of the current draft."""
        row = self.view.current_row()
        return (row.vault_id if row is not None and self._hall.scope.owners(row.vault_id) else None, ())

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
        self._with_desk(None, self.new, lambda desk: self._edit(desk, None, ""))

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
        row, shelf = self._current_file()
        if row is not None:
            self._try(lambda: shelf.duplicate(row.path), lambda path: self._show(path, "Copied to"))

    def ask_name(self) -> None:
        """Ask for another name for the current file."""
        row, _ = self._current_file()
        if row is None:
            return
        asked = QInputDialog(self)
        asked.setObjectName("draftRename")
        asked.setWindowTitle("Rename")
        asked.setLabelText("The new name of the file:")
        asked.setTextValue(stem_of(row.file_name))
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.textValueSelected.connect(partial(self._rename, row.path))
        asked.open()

    def discard(self) -> None:
        """Put the selected files into the system's trash."""
        shelf, gone = self._hall.shelf, 0
        if shelf is None:
            return
        for row in self.view.selected_rows():
            try:
                if row.unsaved is not None:
                    shelf.throw_away(row.unsaved.id)
                if row.path:
                    shelf.discard(row.path)
                    self.folder.touch(row.path)
            except HouseError as error:
                self.remarked.emit(error_sentence(error))
                break
            gone += 1
        self._take()
        if gone:
            self.remarked.emit(f"{count_words(gone, 'draft')} moved to the system's trash, from where they come back.")

    def choose_folder(self) -> None:
        """Ask for another folder."""
        shelf = self._hall.shelf
        if shelf is None:
            return
        asked = QFileDialog(self, "Choose the folder of drafts", shelf.folder)
        asked.setObjectName("draftFolderDialog")
        asked.setFileMode(QFileDialog.FileMode.Directory)
        asked.setOption(QFileDialog.Option.ShowDirsOnly)
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(self._choose)
        asked.open()

    def show_folder(self) -> None:
        """Have the desktop show the folder."""
        shelf = self._hall.shelf
        if shelf is not None and not open_folder(shelf.folder):
            self.remarked.emit(f"The folder could not be opened here: {plain(shelf.folder)}")

    def compare(self) -> None:
        """Compare the selected drafts, or the current one with another and with the last request of its vault."""
        shelf = self._hall.shelf
        rows = [row for row in self.view.selected_rows() if row.path][:2]
        if shelf is None or not rows:
            return
        sources: dict[str, str] = {}
        for row in rows + [row for row in self._rows if row.path and row not in rows]:
            try:
                sources[row.file_name] = shelf.load(row.path).text
            except HouseError:
                continue
        latest = self._latest(rows[0])
        if latest:
            sources[latest[0]] = latest[1]
        names = list(sources)
        if not names or rows[0].file_name != names[0]:
            self.remarked.emit("That draft cannot be read, so there is nothing to compare.")
            return
        other = names[1] if len(rows) > 1 or (len(names) > 1 and not latest) else latest[0] if latest else names[0]
        DiffDialog(sources, names[0], other, self, read=lambda path: shelf.load(path).text).open()

    def make_plan(self) -> None:
        """Make a plan of the selected drafts in the order shown; what was not saved is no part of one."""
        rows = self.view.selected_rows()
        if self._hall.plans is None or not rows:
            return
        unsaved = next((row for row in rows if not row.path or row.unsaved is not None or self._is_edited(row)), None)
        if unsaved is not None:
            what = quoted(unsaved.file_name or unsaved.name or "a draft", 80)
            self.remarked.emit(f"No plan was made: {what} has changes that are not saved. Save or discard them first.")
            return
        made = MakePlanDialog(self._hall, [row.path for row in rows], self.window())
        made.made.connect(self.plan_made)
        made.open()

    def review(self, path: str) -> None:
        """Show a file from outside. It is not sent, and nothing of it is taken over before a person does that."""
        held, shelf = self._reviews.get(path), self._hall.shelf
        if held is not None and isValid(held) and held.isVisible():
            held.activateWindow()
            return
        made = ReviewDialog(self._judge_draft, review_title(path), self.window())
        made.taken.connect(partial(self._take_over, made))
        if shelf is not None:
            try:
                made.show_data(shelf.outside(path), path)
            except HouseError as error:
                made.show_trouble(error, path)
        self._reviews[path] = made
        made.open()

    def import_request(self) -> None:
        """Open the window in which a request from elsewhere is pasted or chosen."""
        shelf = self._hall.shelf
        if shelf is not None:
            made = ImportDialog(self._judge_draft, shelf.outside, self.window())
            made.taken.connect(partial(self._take_over, made))
            made.open()

    def check_all(self) -> None:
        """Read the folder anew and judge every file, by what is known now."""
        self.folder.look(self._tell_checked)

    def _tell_checked(self) -> None:
        self._take()
        files = [row for row in self._rows if row.path]
        bad = sum(row.is_bad for row in files)
        unknown = sum(row.is_readable and row.as_of is None for row in files)
        words = f"{count_words(len(files), 'draft')} checked: {grouped(len(files) - bad)} can be sent"
        words += f", {grouped(bad)} cannot" if bad else ""
        words += f"; of {grouped(unknown)} the vault is not known here" if unknown else ""
        self.remarked.emit(f"{words}.")

    def restore_all(self) -> None:
        """Open every draft that was not saved in an editor."""
        for unsaved in self._unsaved():
            self._restore(unsaved)
        self._take()

    def discard_all(self) -> None:
        """Put every draft that was not saved into the system's trash."""
        shelf = self._hall.shelf
        if shelf is None:
            return
        for unsaved in self._unsaved():
            self._try(partial(shelf.throw_away, unsaved.id), lambda _: None)
        self._take()

    # inside

    def _sent(self) -> dict[str, Intent]:
        """Return the newest request that was made from each file."""
        intents = sorted(self._hall.open.intents.values(), key=lambda intent: intent.created_at)
        return {intent.draft: intent for intent in intents if intent.draft}

    def _ledgers(self) -> list[Ledger]:
        """Return what drafts are judged by: what is looked at first, then the rest of what is open."""
        shown_first = list(self._hall.scope.members)
        return shown_first + [member for member in self._hall.open.members if member not in shown_first]

    def _judge_draft(self, draft: CheckpointDraft) -> Preflight:
        """Judge a draft by whichever ledger knows its vault."""
        ledgers = self._ledgers()
        knowing = [ledger for ledger in ledgers if draft.vault_id in ledger.vaults]
        ledger = (knowing or ledgers or [None])[0]  # type: ignore[list-item]
        return preflight(draft, ledger, self._times.now()) if ledger is not None else Preflight(())

    def _take_over(self, review: ReviewDialog, text: str, stem: str) -> None:
        """Write a reviewed request into the folder and open it."""
        shelf = self._hall.shelf
        if shelf is None:
            return
        try:
            path = shelf.create(stem, text)
        except HouseError as error:
            self.remarked.emit(error_sentence(error))
            review.banner.say(_DIFFERENT, error_sentence(error))
            return
        review.close()
        self._show(path, "Taken into the drafts as")
        self.open_current()

    def _unsaved(self) -> list[Unsaved]:
        """Return what was kept and is not in an editor now."""
        shelf = self._hall.shelf
        edited = {editor.paper.id for editor in self._editors.values() if isValid(editor) and editor.isVisible()}
        return [unsaved for unsaved in shelf.unsaved() if unsaved.id not in edited] if shelf is not None else []

    def _open_row(self, row: DraftRow) -> None:
        held = self._editors.get(row.id)
        if held is not None and isValid(held) and held.isVisible():
            held.activateWindow()
        elif row.unsaved is not None:
            self._restore(row.unsaved)
        else:
            self._with_desk(row, self.open, lambda desk: self._edit(desk, self._source(row.path), row.path))

    def _restore(self, unsaved: Unsaved) -> None:
        """Open what was not saved over what is in its file."""
        source = Source(unsaved.text, unsaved.id, unsaved.path, self._base(unsaved))
        names = [desk for desk in self._hall.desks if desk.profile.name == unsaved.profile]
        desk = (names or self._hall.shown_desks or [None])[0]  # type: ignore[list-item]
        if desk is not None:
            self._edit(desk, source, unsaved.path or unsaved.id)

    def _base(self, unsaved: Unsaved) -> DraftText | None:
        shelf = self._hall.shelf
        if shelf is None or not unsaved.path:
            return None
        try:
            found = shelf.load(unsaved.path)
        except HouseError:
            return None
        # a file that has changed since is not what the draft began as, and must not be written over
        return found if found.text == unsaved.base else DraftText(unsaved.base, found.line_end, b"")

    def _source(self, path: str) -> Source | None:
        shelf = self._hall.shelf
        assert shelf is not None  # noqa: S101  # there are no rows without one
        try:
            base = shelf.load(path)
        except HouseError as error:
            self.remarked.emit(error_sentence(error))
            return None
        return Source(base.text, path=path, base=base)

    def _edit(self, desk: Desk, source: Source | None, key: str) -> None:
        if key and source is None:
            return
        vault_id = self.target()[0] if source is None else None
        editor = CheckpointDialog(desk, vault_id, (), self.window(), shelf=self._hall.shelf, source=source)
        editor.finished.connect(self._take_later)
        editor.paper.told.connect(self._take_later)
        self._editors[key or editor.paper.id] = editor
        editor.open()

    def _is_edited(self, row: DraftRow) -> bool:
        """Whether a draft stands in an editor otherwise than in its file."""
        held = self._editors.get(row.id)
        return held is not None and isValid(held) and held.isVisible() and not held.paper.is_saved

    def _with_desk(self, row: DraftRow | None, button: QWidget, act: Callable[[Desk], None]) -> None:
        """Do something with the profile that a draft is for; ask of which where that is not plain."""
        desk = self._hall.desk_of_vault(row.vault_id if row is not None and row.vault_id else None)
        desks = self._hall.shown_desks
        if desk is None and len(desks) == 1:
            desk = desks[0]
        if desk is not None:
            act(desk)
        elif desks:
            open_profile_menu(self._hall, button, act)

    def _latest(self, row: DraftRow) -> tuple[str, str] | None:
        """Return the newest request for the vault of a draft, with the words that it is known by."""
        found = [i for i in self._hall.open.intents.values() if i.change.vault_id == row.vault_id]
        if not found:
            return None
        newest = max(found, key=lambda intent: intent.created_at)
        at = clock_words(newest.created_at, self._times.now())
        return f"{_LATEST} {vault_words(row)}, {at}", newest.body.decode("utf-8", "replace") + "\n"

    def _current_file(self) -> "tuple[DraftRow | None, Shelf]":
        row, shelf = self.view.current_row(), self._hall.shelf
        assert shelf is not None or row is None  # noqa: S101  # there are no rows without one
        return (row if row is not None and row.path else None), shelf  # type: ignore[return-value]

    def _rename(self, path: str, name: str) -> None:
        shelf = self._hall.shelf
        assert shelf is not None  # noqa: S101  # there are no rows without one
        self._try(lambda: shelf.rename(path, name), partial(self._show_renamed, path))

    def _show_renamed(self, before: str, path: str) -> None:
        self.folder.touch(before)
        self._show(path, "Renamed to")

    def _choose(self, folder: str) -> None:
        shelf = self._hall.shelf
        assert shelf is not None  # noqa: S101  # there are no rows without one
        shelf.choose(folder)
        self.folder.look()
        self._take()

    def _try(self, act: Callable[[], object], then: Callable[[str], None]) -> None:
        try:
            path = act()
        except HouseError as error:
            self.remarked.emit(error_sentence(error))
        else:
            then(str(path))

    def _show(self, path: str, words: str) -> None:
        self._touch(path)
        self.show_row(path)
        self.remarked.emit(f"{words} {quoted(PurePath(path).name)}.")

    def _take_later(self, *_: object) -> None:
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
            ("Open", self.open_current),
            ("Duplicate", self.duplicate),
            ("Rename…", self.ask_name),
            ("Compare…", self.compare),
            ("Make plan…", self.make_plan),
            ("Move to trash", self.discard),
        ]

    def _add_tools(self) -> None:
        self.new = _tool("&New", "draftNew", self.new_draft, "An empty draft (Ctrl+Shift+N)")
        self.open = _tool("&Open", "draftOpen", self.open_current, "Edits the chosen draft (Enter)")
        self.comparison = _tool("Co&mpare…", "draftCompare", self.compare, "With another draft or the last request")
        self.importing = _tool("&Import…", "draftImport", self.import_request, "A cURL command, hcloud input, any file")
        self.check = _tool("Chec&k all", "draftCheckAll", self.check_all, "Judges every file by what is known now")
        self.planning = _tool("Make p&lan…", "draftPlan", self.make_plan, "Of the selected drafts, in the order shown")
        self.more = QToolButton()
        self.more.setText("More")
        self.more.setObjectName("draftMore")
        self.more.setAccessibleName("More")
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
        return [("Choose folder…", self.choose_folder), ("Show in folder", self.show_folder)]

    def _offer(self) -> None:
        row = self.view.current_row()
        self.open.setEnabled(row is not None)
        self.comparison.setEnabled(row is not None and bool(row.path))
        # of one draft a plan can be made as well, by the menu: here it would be in the way of what is done every day
        self.planning.setVisible(len(self.view.selected_rows()) > 1)

    def _tell_unsaved(self) -> None:
        self.strip.tell(len(self._unsaved()))

    def _tell_silence(self) -> None:
        words = "The folder does not answer. What is listed is as it was seen last; under More another can be chosen."
        self.silence.say(_DIFFERENT, words if self.folder.is_silent else "")
        self._tell_state()

    def _tell_state(self) -> None:
        shelf = self._hall.shelf
        shown_count, total = self.model.rowCount(), self.model.total
        self.count.setText(grouped(total) if shown_count == total else f"{grouped(shown_count)} of {grouped(total)}")
        words = "  ".join(self.model.filter.problems) or " · ".join(self.model.filter.words)
        self.remark.setText(words)
        self.remark.setVisible(bool(words))
        folder = shelf.folder if shelf is not None else ""
        if hasattr(self, "place"):
            self.place.setText(plain(folder, 200))
            self.place.setToolTip(tooltip("The folder of drafts", folder))
        self._tell_empty(None if shown_count else self._nothing(folder, total))

    def _nothing(self, folder: str, total: int) -> Notice:
        if total:
            why = f"{count_words(total, 'draft is', 'drafts are')} hidden by the filter {quoted(self.filter.text())}."
            return Notice("No drafts match the filter", why, "Clear the filter", "clear-filter")
        if not folder:
            return Notice("The drafts have not been read yet", "They come when the program has started.")
        if not self.folder.is_read:
            if self.folder.is_silent:
                why = f"It may lie on a network that is away: {shown(folder)}."
                return Notice("The folder does not answer", why, "Choose folder…", "choose-folder")
            return Notice("The folder is being read", shown(folder))
        why = (
            f"A draft is a request in a file of its own (*{SUFFIX}), made without a network and sent when you say so. "
            f"The folder is {shown(folder)}."
        )
        return Notice("No drafts", why, "New draft", "new-draft")

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
        self.restore = QPushButton("Restore")
        self.restore.setObjectName("draftsRestore")
        self.restore.clicked.connect(restore)
        self.discard = QPushButton("Discard")
        self.discard.setObjectName("draftsDiscard")
        self.discard.setToolTip("Puts them into the system's trash")
        self.discard.clicked.connect(discard)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.restore)
        layout.addWidget(self.discard)
        self.hide()

    def tell(self, count: int) -> None:
        """Say how many there are, or nothing when there are none."""
        self.line.say(_DIFFERENT, f"{unsaved_words(count)} Restore opens each in its editor." if count else "")
        self.setVisible(bool(count))


def _tool(text: str, name: str, act: Callable[[], None], hint: str) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text.replace("&", "").removesuffix("…"))
    made.setToolTip(tooltip(hint))
    made.clicked.connect(partial(do, act))
    return made
