"""What a command says of request files before they are sent: what keeps them from it, and what is lost by them."""

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.judging import Judgement, judge_document
from cbr_desktop.cli.output import shown_path
from cbr_desktop.cli.tables import BAD, GOOD, UNUSABLE, show
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import Finding, Severity
from cbr_desktop.storage import requestfile
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.consequences import loss_sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.workflows.ledger import Ledger

_SIGNS = {Severity.BLOCK: "✕", Severity.WARN: "▲", Severity.INFO: "·"}
_LOSS = "!"
_WORDS = {Severity.BLOCK: "problems", Severity.WARN: "warnings", Severity.INFO: "notes"}


def judgement_record(judgement: Judgement) -> dict[str, Any]:
    """Return what is to be said of a request file, as sentences by weight, and what is lost by it."""
    record: dict[str, Any] = {"file": str(judgement.path), "verdict": "bad" if judgement.is_bad else "good"}
    record["losses"] = losses(judgement.blast, datetime.now(UTC))
    for severity, word in _WORDS.items():
        record[word] = [finding_sentence(f) for f in judgement.findings if f.severity is severity]
    return record


def losses(blast: Blast, now: datetime) -> list[str]:
    """Return a sentence for each thing that a change destroys or overwrites."""
    return loss_sentences(blast, now)


def judgement_text(record: Mapping[str, Any]) -> str:
    """Return a judgement's record as lines."""
    verdict = {"good": _("can be sent"), "bad": _("cannot be sent")}.get(record["verdict"], _("cannot be judged"))
    lines = [f"{shown_path(record['file'])}: {verdict}"]
    lines += [f"  {_LOSS} {sentence}" for sentence in record.get("losses", [])]
    for severity, word in _WORDS.items():
        lines += [f"  {_SIGNS[severity]} {sentence}" for sentence in record.get(word, [])]
    return "\n".join(lines)


def show_judgements(
    options: Namespace, paths: Iterable[Path], ledgers: Callable[[Sequence[Document]], list[Ledger]]
) -> int:
    """Print what is to be said of request files; return 1 when one must not be sent, 2 when one is none.

    ``ledgers`` gives what is known to judge these requests by.
    """
    code = GOOD
    judged: list[dict[str, Any]] = []
    files = list(paths)
    found = [_read(path) for path in files]
    known = ledgers([read[0] for read in found if not isinstance(read, CbrError) and read[0] is not None])
    for path, read in zip(files, found, strict=True):
        if isinstance(read, CbrError):
            judged.append({"file": str(path), "verdict": "unreadable", "problems": [error_sentence(read)]})
            code = UNUSABLE
            continue
        judgement = judge_document(path, *read, known, WallClock())
        judged.append(judgement_record(judgement))
        if judgement.is_bad:
            code = max(code, UNUSABLE if judgement.is_unreadable else BAD)
    show(options, {"files": judged}, "\n\n".join(judgement_text(record) for record in judged))
    return code


def _read(path: Path) -> tuple[Document | None, list[Finding]] | CbrError:
    """Return what is in a request file, or why it cannot be read."""
    try:
        return requestfile.read(path)
    except CbrError as error:
        return error
