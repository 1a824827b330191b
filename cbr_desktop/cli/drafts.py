"""The commands on the folder of drafts: list, judge, make, compare and import, all without a network."""

import argparse
import difflib
import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cbr_desktop.app.judging import cached_ledger
from cbr_desktop.app.profile import DEMO, all_profiles, find_profile
from cbr_desktop.cli.judgements import show_judgements
from cbr_desktop.cli.output import shown_path
from cbr_desktop.cli.tables import BAD, GOOD, UNUSABLE, show
from cbr_desktop.domain.change import SubjectType
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.document import Document, laid_out
from cbr_desktop.domain.draft import DraftEntry, new_text, stem_of
from cbr_desktop.domain.foreign import foreign
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.storage.drafts import FOLDER, Drafts, drafts_folder
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.notes import note_sentence
from cbr_desktop.text.operations import asked_for_words, subject_words
from cbr_desktop.text.states import shown
from cbr_desktop.workflows.documents import name_of, subject_of
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.scope import Scope


def listed(options: argparse.Namespace) -> int:
    """Print of every draft its file, what it asks for and what that is about."""
    drafts = _drafts(options)
    drafts.refuse_unreadable()
    known = Scope(_ledgers(options))
    rows, lines = [], []
    for entry in drafts.entries():
        record, words = _record(entry, known)
        rows.append(record)
        lines.append("  ".join(words))
    if not lines and not options.json:
        return _show_none(options, drafts)
    show(options, {"folder": drafts.folder, "drafts": rows}, "\n".join(lines))
    return GOOD


def _show_none(options: argparse.Namespace, drafts: Drafts) -> int:
    show(options, {}, _("There are no drafts in {folder}.").format(folder=shown_path(drafts.folder)))
    return GOOD


def _record(entry: DraftEntry, known: Scope) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what is told of a draft, for JSON and as the words of a line."""
    document = entry.document
    subject = subject_of(document, known) if document is not None else None
    vault = subject if subject is not None and subject.type is SubjectType.VAULT else None
    name = name_of(document) if document is not None else None
    record = {
        "file": entry.path,
        "operation": document.kind if document is not None else None,
        "name": name,
        "subject": subject and {"type": subject.type, "id": subject.id, "name": subject.name},
        "vault_id": vault.id if vault is not None else "",
        "vault": vault.name if vault is not None else "",
        "changed_at": entry.changed_at.isoformat(),
        "readable": document is not None,
    }
    what = asked_for_words(document.kind, name or "", "-") if document is not None else _("(is no request)")
    return record, (shown(entry.file_name, 80), what, subject_words(subject) or "-")


def checked(options: argparse.Namespace) -> int:
    """Judge every draft by what was last read, and return 1 when one could not be sent, 2 when one is none."""
    drafts = _drafts(options)
    drafts.refuse_unreadable()
    files = [Path(entry.path) for entry in drafts.entries()]
    if not files and not options.json:
        return _show_none(options, drafts)
    return show_judgements(options, files, lambda documents: _ledgers(options, documents) or [Ledger(DEMO, _nobody)])


def made(options: argparse.Namespace) -> int:
    """Make a draft and print its path."""
    draft = CheckpointDraft(VaultId(options.vault), options.name)
    path = _drafts(options).create(options.name or "draft", new_text(draft))
    show(options, {"file": path}, shown_path(path))
    return GOOD


def compared(options: argparse.Namespace) -> int:
    """Print what differs between two files, and return 1 when anything does."""
    drafts = _drafts(options)
    left, right = (drafts.load(str(_found(drafts, path))).text for path in (options.left, options.right))
    a, b = (laid_out(text).splitlines() for text in (left, right))
    lines = list(difflib.unified_diff(a, b, str(options.left), str(options.right), lineterm=""))
    words = "\n".join(shown(line, 2000) if line.strip() else line for line in lines)
    same = (
        _("Both say the same.")
        if left == right
        else _("Both say the same; they differ only in line breaks and spaces.")
    )
    show(options, {"same": not lines, "diff": lines}, words or same)
    return BAD if lines else GOOD


def imported(options: argparse.Namespace) -> int:
    """Take a request from elsewhere into the folder, and print what was left out of it."""
    drafts = _drafts(options)
    found = foreign(drafts.outside(str(options.file)))
    notes = [note_sentence(note) for note in found.notes]
    if found.text is None:
        show(options, {"file": None, "notes": notes}, "\n".join(notes))
        return UNUSABLE
    path = drafts.create(stem_of(options.file.name), found.text)
    show(options, {"file": path, "notes": notes}, "\n".join([shown_path(path), *(f"  {note}" for note in notes)]))
    return GOOD


def _drafts(options: argparse.Namespace) -> Drafts:
    here = places()
    stored = JsonSettings(here.state / "screens.json").get(FOLDER, None)
    folder = options.folder.absolute() if options.folder is not None else drafts_folder(here, stored)
    return Drafts(folder, here.unsaved_folder, _no_trash)


def _found(drafts: Drafts, path: Path) -> Path:
    """Return a file as it was named, or the draft of that name in the folder."""
    inside = Path(drafts.folder) / path
    return inside if not path.exists() and inside.exists() else path


def _ledgers(options: argparse.Namespace, documents: Sequence[Document] | None = None) -> list[Ledger]:
    """Return what was last seen of the profiles: all of it, or what certain requests are judged by."""
    here = places()
    name = getattr(options, "profile", None)
    profiles = [find_profile(here, name)] if name else all_profiles(here)
    return [cached_ledger(here, profile, documents) for profile in profiles]


def _no_trash(_path: Path) -> None:
    raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))


def _nobody(part: object) -> None:
    """Listen to nothing."""
