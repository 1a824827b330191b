"""A request file judged without a cloud, by itself and by what was last seen."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.finding import Finding, FindingKind, Severity
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.request import RequestDocument
from cbr_desktop.storage import requestfile
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.paths import Places
from cbr_desktop.workflows.documents import change_in, draft_of, judged_document, knowing
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.preflight import looked_at
from cbr_desktop.workflows.recall import recall

if TYPE_CHECKING:  # what is judged offline does without
    from cbr_desktop.workflows.ports import Clock


class Judgement(Struct, frozen=True):
    """What is to be said of a request file; ``document`` is ``None`` when it could not be read as one.

    ``blast`` is what is lost by it, as far as is known.
    """

    path: Path
    document: Document | None
    findings: tuple[Finding, ...]
    blast: Blast = field(default_factory=Blast)

    @property
    def is_bad(self) -> bool:
        """Whether the request must not be sent."""
        return self.document is None or any(finding.severity is Severity.BLOCK for finding in self.findings)

    @property
    def is_unreadable(self) -> bool:
        """Whether the file could not be judged at all."""
        return any(finding.kind in (FindingKind.NOT_JSON, FindingKind.TOO_LARGE) for finding in self.findings)


def judge_file(path: Path, ledgers: Iterable[Ledger], clock: "Clock") -> Judgement:
    """Judge a request file by itself and by whichever ledger knows what it is about. Raises ``StorageError``."""
    document, findings = requestfile.read(path)
    return judge_document(path, document, findings, ledgers, clock)


def judge_document(
    path: Path, document: Document | None, findings: Sequence[Finding], ledgers: Iterable[Ledger], clock: "Clock"
) -> Judgement:
    """Judge what was read of a request file, with what reading it has found."""
    if document is None:
        return Judgement(path, None, tuple(findings))
    known = list(ledgers)
    ledger = knowing(document, known) or known[0]
    said = (*findings, *judged_document(document, ledger, clock.now()).findings)
    blast = Blast()
    if draft_of(document) is not None:
        blast = OPERATIONS[document.kind].blast(change_in(document, ledger), ledger)
    return Judgement(path, document, said, blast)


def cached_ledger(places: Places, profile: Profile, documents: Iterable[Document] | None = None) -> Ledger:
    """Return what was last seen of a profile, without a request: all of it, or what some requests are judged by.

    Of checkpoints it is known what they are judged by, and that is little; any other request has all lists read.
    """
    ledger = Ledger(profile, lambda _part: None)
    drafts = None if documents is None else _drafts(documents)

    def holding(name: str) -> Collection[str] | None:
        return None if drafts is None else looked_at(drafts, Part(name), ledger)

    with closing(SqliteCache(places.cache_file(profile), holding)) as cache:
        recall(ledger, cache)
    return ledger


def _drafts(documents: Iterable[Document]) -> list[CheckpointDraft] | None:
    """Return the checkpoints that files ask for, ``None`` where one of them asks for something else."""
    known = list(documents)
    drafts = [each.draft for each in known if isinstance(each, RequestDocument)]
    return drafts if len(drafts) == len(known) else None
