"""The drafts of the folder without widgets: what is known of each, what was not saved, what they are compared with."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from cbr_desktop.domain.change import SubjectType
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.draft import SUFFIX, DraftEntry, DraftText, Unsaved
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.intent import Intent
from cbr_desktop.text.catalogue import _, joined, listed, ngettext
from cbr_desktop.text.states import clock_words, counted, grouped, quoted, shown
from cbr_desktop.text.words import ListNotice, Times
from cbr_desktop.ui.drafts.verdict import DraftRow, draft_subject_words, judged_by_words, row_of, row_of_unsaved
from cbr_desktop.ui.session.draft_store import DraftStore, Source
from cbr_desktop.workflows import documents
from cbr_desktop.workflows.ledger import Ledger, Reading
from cbr_desktop.workflows.preflight import Preflight


class LedgerGroup(Protocol):
    """Ledgers that are looked at together."""

    @property
    def members(self) -> Sequence[Ledger]:
        """The ledgers."""
        ...


class Opened(LedgerGroup, Reading, Protocol):
    """All ledgers that are open, and what they tell together."""


class OpenLedgers(Protocol):
    """What drafts are judged by, and where they lie."""

    @property
    def scope(self) -> LedgerGroup:
        """What is looked at."""
        ...

    @property
    def open(self) -> Opened:
        """Everything that is open."""
        ...

    @property
    def draft_store(self) -> DraftStore | None:
        """The drafts, ``None`` before they are there."""
        ...


class Comparison(NamedTuple):
    """Texts by their names, and the two of them that are shown first."""

    sources: dict[str, str]
    one: str
    other: str


class DraftsModel:
    """Judges the drafts by whatever ledger knows what they are about."""

    def __init__(self, open_ledgers: OpenLedgers, now: Callable[[], datetime]) -> None:
        self._open_ledgers = open_ledgers
        self._now = now

    def rows(self, entries: Iterable[DraftEntry], edited: Collection[str]) -> list[DraftRow]:
        """Return the files as they were seen last, and what was never saved; ``edited`` are ids that are in editors."""
        now, ledgers, sent = self._now(), self.ledgers(), self._sent()
        kept = {unsaved.path or unsaved.id: unsaved for unsaved in self.unsaved(edited)}
        rows = [
            row_of(entry, ledgers, kept.pop(entry.path, None), now)._replace(sent=sent.get(entry.path))
            for entry in entries
        ]
        return rows + [row_of_unsaved(unsaved) for unsaved in kept.values()]

    def unsaved(self, edited: Collection[str]) -> list[Unsaved]:
        """Return what was kept and is not in an editor now."""
        store = self._open_ledgers.draft_store
        return [unsaved for unsaved in store.unsaved() if unsaved.id not in edited] if store is not None else []

    def ledgers(self) -> list[Ledger]:
        """Return what drafts are judged by: what is looked at first, then the rest of what is open."""
        shown_first = list(self._open_ledgers.scope.members)
        return shown_first + [member for member in self._open_ledgers.open.members if member not in shown_first]

    def judge(self, document: Document) -> Preflight:
        """Judge a request by whichever ledger knows what it is about."""
        ledgers = self.ledgers()
        ledger = documents.knowing(document, ledgers) or (ledgers[0] if ledgers else None)
        return documents.judged_document(document, ledger, self._now()) if ledger is not None else Preflight(())

    # opening

    def source(self, path: str) -> Source:
        """Read a file to be edited. Raises ``Damaged``."""
        base = self._store.load(path)
        return Source(base.text, path=path, base=base)

    def restored(self, unsaved: Unsaved) -> Source:
        """Return what was not saved, over what is in its file."""
        return Source(unsaved.text, unsaved.id, unsaved.path, self._base(unsaved))

    def _base(self, unsaved: Unsaved) -> DraftText | None:
        store = self._open_ledgers.draft_store
        if store is None or not unsaved.path:
            return None
        try:
            found = store.load(unsaved.path)
        except CbrError:
            return None
        # a file that has changed since is not what the draft began as, and must not be written over
        return found if found.text == unsaved.base else DraftText(unsaved.base, found.line_end, b"")

    # comparing

    def comparison(self, chosen: Sequence[DraftRow], all_rows: Sequence[DraftRow]) -> Comparison | None:
        """Return the chosen drafts with all others and the last request of the vault; ``None`` if it cannot be read.

        Of one chosen draft the last request is shown against it, where there is one.
        """
        sources: dict[str, str] = {}
        for row in [*chosen, *(row for row in all_rows if row.path and row not in chosen)]:
            try:
                sources[row.file_name] = self._store.load(row.path).text
            except CbrError:
                continue
        latest = self._latest(chosen[0])
        sources |= latest
        names = list(sources)
        if not names or chosen[0].file_name != names[0]:
            return None
        last = next(iter(latest), "")
        other = names[1] if len(chosen) > 1 or (len(names) > 1 and not last) else last or names[0]
        return Comparison(sources, names[0], other)

    def _latest(self, row: DraftRow) -> dict[str, str]:
        """Return the newest request for the vault of a draft, by the words that it is known by."""
        found = [
            i for i in self._open_ledgers.open.intents.values() if row.vault_id and i.change.vault_id == row.vault_id
        ]
        newest = max(found, key=lambda intent: intent.created_at, default=None)
        if newest is None:
            return {}
        words = _("Last request of vault {vault}, {at}").format(
            vault=draft_subject_words(row), at=clock_words(newest.created_at, self._now())
        )
        return {words: newest.body.decode("utf-8", "replace") + "\n"}

    # in words

    def checked_words(self, rows: Sequence[DraftRow], times: Times) -> str:
        """Return how many files can be sent."""
        files = [row for row in rows if row.path]
        bad = sum(row.is_bad for row in files)
        unknown = sum(row.as_of is None and judged_by_words(row, times) != "" for row in files if row.is_readable)
        checked = ngettext(
            "{count} draft checked: {fit} can be sent", "{count} drafts checked: {fit} can be sent", len(files)
        )
        words = [checked.format(count=grouped(len(files)), fit=grouped(len(files) - bad))]
        if bad:
            words.append(counted("{count} cannot", "{count} cannot", bad))
        said = listed(words)
        if unknown:
            said = joined([said, _unknown_words(files).format(count=grouped(unknown))])
        return _("{checked}.").format(checked=said)

    def nothing(self, total: int, filtered_by: str, *, is_read: bool, is_silent: bool) -> ListNotice:
        """Return why no draft is shown."""
        store = self._open_ledgers.draft_store
        if total:
            why = ngettext(
                "{count} draft is hidden by the filter {text}.",
                "{count} drafts are hidden by the filter {text}.",
                total,
            ).format(count=grouped(total), text=quoted(filtered_by))
            return ListNotice(_("No drafts match the filter"), why, _("Clear the filter"), "clear-filter")
        if store is None:
            return ListNotice(_("The drafts have not been read yet"), _("They come when the program has started."))
        folder = shown(store.folder)
        if not is_read and is_silent:
            why = _("It may lie on a network that is away: {folder}.").format(folder=folder)
            return ListNotice(_("The folder does not answer"), why, _("Choose folder…"), "choose-folder")
        if not is_read:
            return ListNotice(_("The folder is being read"), folder)
        why = _(
            "A draft is a request in a file of its own (*{ending}), made without a network and sent when you say so. "
            "The folder is {folder}."
        ).format(ending=SUFFIX, folder=folder)
        return ListNotice(_("No drafts"), why, _("New draft"), "new-draft")

    # inside

    @property
    def _store(self) -> DraftStore:
        store = self._open_ledgers.draft_store
        assert store is not None  # noqa: S101  # there are no rows without one
        return store

    def _sent(self) -> Mapping[str, Intent]:
        """Return the newest request that was made from each file."""
        intents = sorted(self._open_ledgers.open.intents.values(), key=lambda intent: intent.created_at)
        return {intent.draft: intent for intent in intents if intent.draft}


def _unknown_words(rows: Sequence[DraftRow]) -> str:
    """Return that of so many drafts, a place, it is not known what they are about."""
    types = {row.subject.type for row in rows if row.is_readable and row.as_of is None and row.subject is not None}
    if len(types) != 1:
        return _("of {count} what it is about is not known here")
    return {
        SubjectType.VAULT: _("of {count} the vault is not known here"),
        SubjectType.BACKUP: _("of {count} the backup is not known here"),
        SubjectType.POLICY: _("of {count} the policy is not known here"),
        SubjectType.PROJECT: _("of {count} the project is not known here"),
    }[types.pop()]
