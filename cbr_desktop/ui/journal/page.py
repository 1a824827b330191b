"""The journal: what was asked of the services, by whom, and what they answered, with the proof that nothing is missing.

However long it is, only its newest entries are read at first; older ones come when they are asked for.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QVBoxLayout, QWidget

from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import IntentId, VaultId
from cbr_desktop.domain.journal import Entry, EntryKind, Verification
from cbr_desktop.text.catalogue import N_, _, ngettext
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.evidence import (
    csv_export,
    entry_kind_words,
    entry_summary,
    html_export,
    json_export,
    verification_sentence,
)
from cbr_desktop.text.marks import BAD, BUSY, GOOD, NEUTRAL, REMARK, Mark
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import counted, grouped
from cbr_desktop.text.words import NONE, ListNotice, Times
from cbr_desktop.ui.kit.announcer import AnnouncedLine
from cbr_desktop.ui.kit.page import CheckpointTarget, Page
from cbr_desktop.ui.kit.tables.column import AgeField, Column, Field, NumberField, TextField
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.kit.widgets import verb_buttons
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.ports import Journal

NEWEST = 500
"""How many entries are read at first."""
STEP = 5_000
"""How many older ones come at once."""
_ALL = 10**9
_FORMATS = {"json": "JSON", "csv": N_("Table (CSV)"), "html": N_("Report to print (HTML)")}


class JournalPage(Page[Entry]):
    """The entries of the data folder's journal, the newest first, whatever profile is looked at."""

    name = "Journal"
    parts = (Part.INTENTS,)
    hint = "what:answer vault:erp age<1d"

    _BUTTONS: ClassVar[dict[str, tuple[str, str]]] = {
        "verify": (N_("&Verify"), N_("Go through the whole chain and tell whether anything is missing or was changed")),
        "export": (N_("&Export…"), N_("Write the entries to a file; with a filter only those that are shown")),
        "older": (N_("Show &older"), ""),
        "all": (N_("Read &all"), N_("Read the whole journal, so that a filter looks at all of it")),
    }

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        self._entries: list[Entry] = []
        self._trouble = ""
        super().__init__(workspace, times, parent)
        self._tasks = TaskOwner(self)
        self._tasks.failed.connect(self._tell_failed)
        self._tasks.busy_changed.connect(self._tell_buttons)
        self._add_bar()
        self.model.arranged.connect(self._tell_buttons)
        self._tell_buttons()

    def columns(self) -> Sequence[Column[Entry]]:
        """Return the columns, those of the first start first."""
        times = self._times
        return [
            Column("time", _("Time"), self._time, lambda e: e.at, 20, hint=lambda e: times.both(e.at), whole=True),
            Column("what", _("What"), what_words, what_words, 19, mark=_mark),
            Column("summary", _("Details"), entry_summary, entry_summary, 44, elastic=True),
            Column(
                "name",
                _("Request"),
                self._request_name,
                self._request_name,
                22,
                hint=lambda e: e.event.intent,
                middle=True,
            ),
            Column(
                "vault",
                _("Vault"),
                entry_vault_words,
                entry_vault_words,
                18,
                hint=lambda e: e.event.vault,
                middle=True,
                minor=True,
            ),
            Column(
                "profile",
                _("Profile"),
                lambda e: e.event.profile or NONE,
                lambda e: e.event.profile or None,
                15,
                minor=True,
            ),
            Column("by", _("By"), lambda e: e.event.by or NONE, lambda e: e.event.by or None, 16, minor=True),
            Column(
                "request-id",
                _("Request id"),
                lambda e: request_id(e) or NONE,
                lambda e: request_id(e) or None,
                26,
                minor=True,
            ),
            Column("number", _("Number"), lambda e: grouped(e.number), lambda e: e.number, 9, right=True, minor=True),
            Column("project", _("Project"), lambda e: e.event.project, lambda e: e.event.project, 16, shown=False),
            Column("intent", _("Intent"), lambda e: e.event.intent, lambda e: e.event.intent or None, 34, shown=False),
            Column("hash", _("Hash"), lambda e: e.hash, lambda e: e.hash, 34, shown=False),
        ]

    def fields(self) -> Sequence[Field[Entry]]:
        """Return what the filter can ask for."""
        return (
            TextField("what", lambda e: f"{e.event.kind} {what_words(e)}", lambda e: str(e.event.kind)),
            TextField("name", self._request_name),
            TextField("vault", lambda e: f"{e.event.vault_name} {e.event.vault}", lambda e: e.event.vault_name),
            TextField("profile", _profile),
            TextField("project", _project),
            TextField("by", _by),
            TextField("request", request_id),
            TextField("intent", _intent),
            NumberField("number", _number),
            AgeField("age", _at, self._times.now),
        )

    def rows(self) -> list[Entry]:
        """Return the entries that have been read, with those that were written meanwhile."""
        journal = self._workspace.journal
        if journal is None:
            return []
        known = self._entries[0].number if self._entries else 0
        try:
            fresh = journal.newest(NEWEST, after=known)
        except CbrError as error:
            self._trouble = error_sentence(error)
            return list(self._entries)
        self._trouble = ""
        # more than were read have been written meanwhile: begin anew rather than show a gap
        is_gap = bool(fresh) and fresh[-1].number > known + 1
        self._entries = fresh if is_gap else fresh + self._entries
        return list(self._entries)

    def id_of(self, row: Entry) -> str:
        """Return what names an entry for good."""
        return f"{row.number} {row.hash}"

    def id_and_name(self, row: Entry) -> tuple[str, str]:
        """Return the hash of an entry and the name of its request."""
        return row.hash, self._request_name(row)

    def search_text(self, row: Entry) -> str:
        """Return what words are looked for in."""
        event = row.event
        parts = (event.vault_name, event.vault, event.profile, event.project, event.by, event.intent, row.hash)
        return "\n".join((what_words(row), self._request_name(row), *parts, str(event.facts)))

    def owners(self, row: Entry) -> list[Ledger]:
        """Return the ledgers of the profile that an entry is about."""
        return [member for member in self._workspace.open.members if member.profile.name == row.event.profile]

    def target(self) -> CheckpointTarget:
        """Return the vault of the current entry, where it is known."""
        row = self.view.current_row()
        known = row is not None and row.event.vault in self._workspace.open.vaults
        return (VaultId(row.event.vault), ()) if row is not None and known else (None, ())

    def tell_scope(self) -> None:
        """Take over another scope: the journal is of all profiles, so nothing changes."""

    def age_words(self) -> str:
        """Return how much of the journal has been read."""
        older = self._older()
        return _("the newest of {number}").format(number=grouped(self._entries[0].number)) if older else ""

    def stale_words(self) -> str:
        """Return that a filter does not look at what was not read, or why nothing could be read."""
        if self._trouble:
            return self._trouble
        if self._older() and not self.model.filter.is_empty:
            read = counted("{count} entry", "{count} entries", len(self._entries))
            return _("The filter looks only at the newest {read}. Read all to be sure.").format(read=read)
        return ""

    def empty_notice(self, total: int) -> ListNotice | None:
        """Return what to say where no entry is shown."""
        if total:
            return super().empty_notice(total)
        return ListNotice(
            _("The journal is empty"), _("Every request and its answer are written down here from the first one on.")
        )

    def extend_menu(self, menu: QMenu) -> None:
        """Offer to show all entries of the same request."""
        row = self.view.current_row()
        if row is not None and row.event.intent:
            menu.addAction(_("Show all of this request")).triggered.connect(
                partial(self._show_request, row.event.intent)
            )

    # the bar

    def _add_bar(self) -> None:
        acts = {"verify": self.verify, "export": self._show_formats, "older": self.show_older, "all": self.read_all}
        row = self.head.new_row()
        self.buttons = verb_buttons("journal", self._BUTTONS, acts, row.button_parent)
        self.head.add_row(row, self.buttons.values())
        self.verdict = AnnouncedLine("journalVerdict")
        self.verdict.hide()
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)  # noqa: S101  # every page has one
        layout.addWidget(self.verdict)

    def _tell_buttons(self, *_rest: object) -> None:
        is_free = self._workspace.journal is not None and not self._tasks.is_busy
        older = self._older()
        self.buttons["verify"].setEnabled(is_free)
        self.buttons["export"].setEnabled(is_free and bool(self._entries))
        self.buttons["older"].setEnabled(is_free and older)
        self.buttons["all"].setEnabled(is_free and older)

    def _older(self) -> bool:
        """Whether there are older entries than those that were read."""
        return bool(self._entries) and self._entries[-1].number > 1

    # what a person does

    def show_older(self) -> None:
        """Read some more entries, older ones."""
        journal = self._workspace.journal
        if journal is not None and self._older():
            try:
                self._add_older(journal.newest(STEP, before=self._entries[-1].number))
            except CbrError as error:
                self._tell_failed(error)

    def read_all(self) -> None:
        """Read all entries that are older than those that are shown, in the background."""
        journal = self._workspace.journal
        if journal is not None and self._older():
            reading = asyncio.to_thread(partial(journal.newest, _ALL, before=self._entries[-1].number))
            self._tasks.start(reading, self._add_older, group="read")

    def verify(self) -> None:
        """Go through the whole chain, and say how it stands."""
        journal = self._workspace.journal
        if journal is not None:
            self.verdict.say(BUSY, _("Going through the journal…"))
            self.verdict.show()
            self._tasks.start(asyncio.to_thread(journal.verifier()), self._tell_verified, group="verify")

    def export(self, path: str, form: str) -> None:
        """Write the entries to a file: all of them, or those that a filter keeps."""
        journal = self._workspace.journal
        if journal is None:
            return
        chosen = None if self.model.filter.is_empty else list(self.model.shown_rows())[::-1]
        work = partial(
            _export, journal, journal.verifier(), chosen, form, self._times.now(), self._workspace.save_text, path
        )
        self._tasks.start(asyncio.to_thread(work), partial(self._tell_exported, path), group="export")

    def begin_export(self) -> None:
        """Offer the forms of the journal, which have more than the table shows."""
        self._show_formats()

    def _show_formats(self) -> None:
        button = self.buttons["export"]
        menu = QMenu(button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for form, words in _FORMATS.items():
            menu.addAction(_("{format}…").format(format=_(words))).triggered.connect(partial(self.ask_file, form))
        menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def ask_file(self, form: str, *_rest: object) -> None:
        """Ask for the file to export to."""
        is_part = not self.model.filter.is_empty
        asked = QFileDialog(self, _("Export the entries that are shown") if is_part else _("Export the journal"))
        asked.setObjectName("journalExportDialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilter(f"{_(_FORMATS[form])} (*.{form})")
        asked.setDefaultSuffix(form)
        asked.selectFile(f"cbr-journal-{self._times.now().astimezone(UTC):%Y%m%d-%H%M}.{form}")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(partial(self._export_to, form))
        asked.open()

    def _export_to(self, form: str, path: str) -> None:
        self.export(path, form)

    # what comes of it

    def _add_older(self, entries: list[Entry]) -> None:
        oldest = self._entries[-1].number if self._entries else _ALL
        self._entries += [entry for entry in entries if entry.number < oldest]
        self._take()

    def _tell_verified(self, found: Verification) -> None:
        self.verdict.say(GOOD if found.is_whole else REMARK if found.is_sound else BAD, verification_sentence(found))

    def _tell_exported(self, path: str, count: int) -> None:
        self.remarked.emit(
            ngettext("{count} entry written to {path}.", "{count} entries written to {path}.", count).format(
                count=grouped(count), path=plain(path)
            )
        )

    def _tell_failed(self, error: object) -> None:
        if isinstance(error, CbrError):
            self.remarked.emit(error_sentence(error))

    def _show_request(self, intent: str, *_rest: object) -> None:
        self.filter.setText(f"intent:{intent}")

    # words

    def _time(self, entry: Entry) -> str:
        at = entry.at.astimezone(UTC) if self._times.utc else entry.at.astimezone()
        return f"{at:%Y-%m-%d %H:%M:%S}{' UTC' if self._times.utc else ''}"

    def _request_name(self, entry: Entry) -> str:
        if not entry.event.intent:
            return NONE
        intent = self._workspace.open.intents.get(IntentId(entry.event.intent))
        name = intent.name if intent is not None else str(entry.event.facts.get("name") or "")
        return name or entry.event.intent[:8]


def what_words(entry: Entry) -> str:
    """Return what kind an entry is of."""
    return entry_kind_words(entry.event.kind)


def entry_vault_words(entry: Entry) -> str:
    """Return the vault that an entry is about, by name where it has one."""
    return entry.event.vault_name or entry.event.vault or NONE


def request_id(entry: Entry) -> str:
    """Return the service's id of a request, where an entry has one."""
    found = entry.event.facts.get("request_id")
    return found if isinstance(found, str) else ""


def _export(
    journal: Journal,
    verify: Callable[[], Verification],
    chosen: list[Entry] | None,
    form: str,
    now: datetime,
    save_text: Callable[[str, str], None],
    path: str,
) -> int:
    """Write entries to a file and return how many; runs beside the window. Raises ``StorageError``."""
    entries = list(journal.entries()) if chosen is None else chosen
    save_text(path, _text(entries, verify, form, now))
    return len(entries)


def _text(entries: Iterable[Entry], verify: Callable[[], Verification], form: str, now: datetime) -> str:
    if form == "html":
        return html_export(entries, verify(), now)
    return csv_export(entries) if form == "csv" else json_export(entries)


def _mark(entry: Entry) -> Mark:
    return REMARK if entry.event.kind == EntryKind.REMARK else NEUTRAL


def _profile(entry: Entry) -> str:
    return entry.event.profile


def _project(entry: Entry) -> str:
    return entry.event.project


def _by(entry: Entry) -> str:
    return entry.event.by


def _intent(entry: Entry) -> str:
    return entry.event.intent


def _number(entry: Entry) -> float:
    return entry.number


def _at(entry: Entry) -> datetime | None:
    return entry.at
