"""What the page of drafts says of a file: whether it could be sent, by what was last read of its vault."""

from datetime import datetime
from pathlib import PurePath
from typing import NamedTuple

from cbr_desktop.domain.change import Kind, Subject, SubjectType
from cbr_desktop.domain.draft import SUFFIX, DraftEntry, Unsaved
from cbr_desktop.domain.finding import Finding, Severity
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.marks import BAD, GOOD, UNKNOWN, Mark, Shape
from cbr_desktop.text.operations import asked_for_words, state_of, subject_type, subject_words
from cbr_desktop.text.states import counted
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.workflows import documents
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.scope import Scope

_WARNED = Mark(Shape.UP, Tone.WARN)


class DraftRow(NamedTuple):
    """A line of the page: a file, or a draft that was never saved (``unsaved`` alone is there then).

    ``subject`` is what its request is about, ``name`` the one that it gives. ``findings`` are those of the file and of
    its subject. ``as_of`` is the time of what that was judged by, ``None`` where nothing is known of it. ``sent`` is
    the newest request that was made from the file.
    """

    id: str
    file_name: str
    path: str
    name: str
    kind: Kind | None
    subject: Subject | None
    changed_at: datetime
    findings: tuple[Finding, ...]
    as_of: datetime | None
    is_readable: bool
    trouble: str = ""
    unsaved: Unsaved | None = None
    sent: Intent | None = None

    @property
    def vault_id(self) -> VaultId | None:
        """The vault that it is about, ``None`` where it is about something else."""
        is_vault = self.subject is not None and self.subject.type is SubjectType.VAULT
        return VaultId(self.subject.id) if is_vault and self.subject is not None and self.subject.id else None

    @property
    def is_bad(self) -> bool:
        """Whether it could not be sent as it is."""
        return not self.is_readable or any(finding.severity is Severity.BLOCK for finding in self.findings)


def row_of(entry: DraftEntry, ledgers: list[Ledger], unsaved: Unsaved | None, now: datetime) -> DraftRow:
    """Judge a file by itself and by whichever ledger knows what it is about."""
    if entry.document is None:
        trouble = error_sentence(entry.error) if entry.error is not None else ""
        return DraftRow(
            entry.path,
            entry.file_name,
            entry.path,
            "",
            None,
            None,
            entry.changed_at,
            entry.findings,
            None,
            False,
            trouble,
            unsaved,
        )
    document = entry.document
    known = documents.knowing(document, ledgers)
    ledger = known or (ledgers[0] if ledgers else None)
    judged = documents.judged_document(document, ledger, now).findings if ledger is not None else ()
    return DraftRow(
        entry.path,
        entry.file_name,
        entry.path,
        documents.name_of(document),
        document.kind,
        documents.subject_of(document, known or Scope()),
        entry.changed_at,
        (*entry.findings, *judged),
        documents.document_judged_at(document, known) if known is not None else None,
        True,
        unsaved=unsaved,
    )


def row_of_unsaved(unsaved: Unsaved) -> DraftRow:
    """Return the line of a draft that has no file."""
    return DraftRow(unsaved.id, "", "", "", None, None, unsaved.kept_at, (), None, True, unsaved=unsaved)


def file_words(row: DraftRow) -> str:
    """Return the name of a file without what all of them end in, and whether something is not saved into it."""
    if not row.path:
        kept = row.unsaved.path if row.unsaved is not None else ""
        return (
            _("{name} · not saved, in another folder").format(name=PurePath(kept).name) if kept else _("(never saved)")
        )
    name = row.file_name[: -len(SUFFIX)] if row.file_name.lower().endswith(SUFFIX) else row.file_name
    return _("{name} · not saved").format(name=name) if row.unsaved is not None else name


def name_words(row: DraftRow) -> str:
    """Return the name that a checkpoint gets, and what is asked for where it is something else."""
    if not row.path or not row.is_readable:
        return NONE
    return asked_for_words(row.kind, row.name)


def draft_subject_words(row: DraftRow) -> str:
    """Return the name of what it is about where it is known, its id where it is not; the type where it is no vault."""
    return subject_words(row.subject) or NONE


def draft_verdict_words(row: DraftRow, times: Times) -> str:
    """Return whether a draft could be sent, and how old that is which it was judged by."""
    if not row.path:
        return _("Not judged: restore it first")
    if not row.is_readable:
        return _("Cannot be read") if row.trouble else _("Is no request")
    blocks = sum(finding.severity is Severity.BLOCK for finding in row.findings)
    warnings = sum(finding.severity is Severity.WARN for finding in row.findings)
    words = counted("{count} problem", "{count} problems", blocks) if blocks else _("Can be sent")
    if warnings and not blocks:
        words += f", {counted('{count} warning', '{count} warnings', warnings)}"
    age = judged_by_words(row, times)
    return f"{words} · {age}" if age else words


def sent_words(row: DraftRow, times: Times) -> str:
    """Return what became of the newest request that was made from a file, so that none is sent twice unawares."""
    if row.sent is None:
        return NONE
    return _("{sent} · {created_at} ago").format(sent=state_of(row.sent), created_at=times.age(row.sent.created_at))


def judged_by_words(row: DraftRow, times: Times) -> str:
    """Return by what a draft was judged, empty for one that is about nothing that is there already."""
    if row.as_of is not None:
        return _("data {as_of} old").format(as_of=times.age(row.as_of))
    if row.subject is None or (not row.subject.id and row.subject.type is not SubjectType.VAULT):
        return ""
    return _("{type} not known here").format(type=subject_type(row.subject.type))


def draft_mark(row: DraftRow) -> Mark:
    """Return the mark beside the verdict."""
    if not row.path:
        return UNKNOWN
    if row.is_bad:
        return BAD
    warned = any(finding.severity is Severity.WARN for finding in row.findings)
    return _WARNED if warned else GOOD


def verdict_hint(row: DraftRow) -> str:
    """Return what is found, the most serious first."""
    if row.trouble:
        return row.trouble
    weighty = [finding for finding in row.findings if finding.severity is not Severity.INFO]
    weighty.sort(key=lambda finding: finding.severity.value)
    return " ".join(finding_sentence(finding) for finding in weighty[:3])
