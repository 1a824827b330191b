"""The commands of the journal: verify the chain, and write entries out."""

import argparse
from datetime import UTC, datetime

from cbr_desktop.cli.output import put, remark, shown_path
from cbr_desktop.cli.tables import BAD, GOOD, UNUSABLE, show
from cbr_desktop.domain.error import Damaged
from cbr_desktop.domain.journal import EntryFilter, EntryKind, Head, Verification
from cbr_desktop.storage.files import write_output
from cbr_desktop.storage.journal import read_only, verified
from cbr_desktop.storage.paths import Places, places
from cbr_desktop.storage.records import peek
from cbr_desktop.text.catalogue import _, listed
from cbr_desktop.text.evidence import csv_export, html_export, json_export, verification_sentence
from cbr_desktop.text.states import quoted


def verify(options: argparse.Namespace) -> int:
    """Print whether the journal is whole; 0 when it is, 1 when it is not or cannot be proved to be."""
    found = _verified(places())
    record = {
        "whole": found.is_whole,
        "sound": found.is_sound,
        "entries": found.count,
        "broken": found.broken,
        "why": found.why,
        "doubt": found.doubt,
        "head": {"number": found.head.number, "hash": found.head.hash},
    }
    show(options, record, verification_sentence(found))
    return GOOD if found.is_whole else BAD


def export(options: argparse.Namespace) -> int:
    """Write the wanted entries out; a journal that is not proved whole is exported all the same, and 1 tells of it."""
    try:
        wanted = EntryFilter(
            since=_time(options.since),
            until=_time(options.until),
            profile=options.profile or "",
            vault=options.vault,
            intent=options.request,
            kinds=frozenset(options.kind),
        )
    except ValueError as error:
        remark(str(error))
        return UNUSABLE
    unknown = sorted(wanted.kinds - set(EntryKind))
    if unknown:
        remark(
            _("There is no kind {kind}. There are: {kinds}.").format(
                kind=quoted(unknown[0], 80), kinds=listed(list(EntryKind))
            )
        )
        return UNUSABLE
    here = places()
    found = _verified(here)
    entries = read_only(here.journal_folder).entries(wanted)
    if options.format == "csv":
        text = csv_export(entries)
    elif options.format == "html":
        text = html_export(entries, found, datetime.now(UTC))
    else:
        text = json_export(entries)
    content = text.encode("utf-8", "backslashreplace")
    if options.output is not None:
        write_output(options.output, content)
    else:
        put(content)
    if not found.is_whole:
        remark(verification_sentence(found))
    return GOOD if found.is_whole else BAD


def _verified(here: Places) -> Verification:
    """Verify the chain by what the outbox remembers; of an outbox that cannot be read nothing is remembered."""
    known: Head | None = None
    try:
        known = peek(here.records_file)[1]
    except Damaged as error:
        remark(f"{shown_path(here.records_file)}: {error.detail}")
    return verified(here.journal_folder, known)


def _time(text: str | None) -> datetime | None:
    """Return a time as given; one without a zone is the operator's."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            _("{text} is no time. Write it as 2026-03-01 or 2026-03-01T12:00Z.").format(text=quoted(text, 80))
        ) from error
