"""The columns of the table of drafts, and what its filter can ask for."""

from collections.abc import Sequence

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import mark
from cbr_desktop.text.words import Times
from cbr_desktop.ui.drafts.verdict import (
    DraftRow,
    draft_mark,
    draft_subject_words,
    draft_verdict_words,
    file_words,
    name_words,
    sent_words,
    verdict_hint,
)
from cbr_desktop.ui.kit.tables.column import AgeField, Column, Field, TextField


def draft_columns(times: Times) -> Sequence[Column[DraftRow]]:
    """Return the columns, those of the first start first."""
    return (
        Column("file", _("File"), file_words, lambda r: r.file_name, 26, hint=lambda r: r.path, middle=True),
        Column(
            "vault",
            _("Vault"),
            draft_subject_words,
            draft_subject_words,
            18,
            hint=lambda r: r.subject.id if r.subject is not None else "",
            middle=True,
        ),
        Column("name", _("Name"), name_words, lambda r: r.name, 18, middle=True),
        Column(
            "verdict",
            _("Verdict"),
            lambda r: draft_verdict_words(r, times),
            lambda r: draft_verdict_words(r, times),
            40,
            mark=draft_mark,
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
            lambda r: times.short_age(r.changed_at),
            lambda r: r.changed_at,
            14,
            hint=lambda r: times.both(r.changed_at),
            copied=lambda r: times.text_and_age(r.changed_at),
        ),
    )


def draft_fields(times: Times) -> Sequence[Field[DraftRow]]:
    """Return what the filter can ask for."""
    return (
        TextField("file", file_words),
        TextField("vault", subject_text),
        TextField("name", lambda r: r.name),
        TextField("verdict", lambda r: draft_verdict_words(r, times)),
        AgeField("age", lambda r: r.changed_at, times.now),
    )


def search_text(row: DraftRow, times: Times) -> str:
    """Return what words are looked for in."""
    return f"{row.file_name}\n{name_words(row)}\n{subject_text(row)}\n{draft_verdict_words(row, times)}"


def subject_text(row: DraftRow) -> str:
    """Return what a draft is about: type, name and id."""
    return f"{row.subject.type} {row.subject.name} {row.subject.id}" if row.subject is not None else ""
