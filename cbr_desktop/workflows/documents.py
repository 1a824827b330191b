"""Request files of any operation, as changes: what one asks for, and what is to be said of it before it is sent."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from cbr_desktop.domain import finding, request
from cbr_desktop.domain.change import PRIOR_ID, Change, Kind, Subject
from cbr_desktop.domain.document import ChangeDocument, Document, body_findings, parts_of, path_findings
from cbr_desktop.domain.finding import Finding, FindingKind, Severity, folded
from cbr_desktop.domain.request import RequestDocument
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.operations.operation import Operation
from cbr_desktop.workflows.preflight import Preflight, PreflightIndex, preflight
from cbr_desktop.workflows.scope import Scope

_NOTHING = Scope()
"""What is read where only ids are wanted, not names."""


def shape_findings(document: Document) -> list[Finding]:
    """Return what is wrong with path and body of a request file, by what its operation takes."""
    if isinstance(document, RequestDocument):
        # reading it has told that
        return []
    operation = OPERATIONS[document.kind]
    found = [*path_findings(operation.template, document.path), *body_findings(operation.schema, document.content)]
    return folded(found)


def draft_of(document: Document) -> Any:
    """Return the draft that a request file means, ``None`` where its shape is not what its operation takes."""
    if any(each.severity is Severity.BLOCK for each in shape_findings(document)):
        return None
    return OPERATIONS[document.kind].draft_of(document)


def subject_of(document: Document, ledger: Reading) -> Subject | None:
    """Return what a request file is about, ``None`` where its shape is not what its operation takes."""
    draft = draft_of(document)
    return None if draft is None else OPERATIONS[document.kind].subject(draft, ledger)


def name_of(document: Document) -> str:
    """Return the name that a request file gives to something, empty where it gives none."""
    return str(getattr(draft_of(document), "name", ""))


def change_in(document: Document, ledger: Reading) -> Change:
    """Return the change that a request file asks for, by the very bytes that the file has.

    ``ValueError`` when its shape is not what its operation takes.
    """
    draft = draft_of(document)
    if draft is None:
        raise ValueError("the file does not ask for what its operation takes")
    return replace(OPERATIONS[document.kind].change(draft, ledger), body=document.body)


def document_of(change: Change) -> Document:
    """Return the request file that asks for a change. ``ValueError`` when its body is none that a file can have."""
    if change.kind is Kind.CREATE_CHECKPOINT:
        document, _findings = request.read(change.body)
        if document is None:
            raise ValueError("the body is no request for a checkpoint")
        return document
    content = json.loads(change.body) if change.body else None
    return ChangeDocument(change.kind, parts_of(OPERATIONS[change.kind].template, change.path), content)


def judged_document(
    document: Document,
    ledger: Ledger,
    now: datetime,
    *,
    has_prior: bool = False,
    found: Preflight | None = None,
    around: PreflightIndex | None = None,
) -> Preflight:
    """Judge a request file by its shape and by what is known.

    ``has_prior`` is whether it waits for another request: what is to be known of that one's result is not judged yet.
    ``found`` is what was found of its change already, together with others, ``around`` what it is judged by of long
    lists, where these were looked through for several.
    """
    shape = shape_findings(document)
    if any(each.severity is Severity.BLOCK for each in shape):
        return Preflight(_weighed(shape))
    change = change_in(document, ledger)
    if isinstance(document, RequestDocument):
        # it need not be read once more out of the bytes that it makes: a page of drafts judges all of them
        found = preflight(document.draft, ledger, now, around)
    elif found is None:
        found = OPERATIONS[document.kind].judge(change, ledger, now)
    told = [*shape, *found.findings]
    if change.needs_prior:
        told = [each for each in told if PRIOR_ID not in each.facts.values()]
        if not has_prior:
            told.append(finding.block(FindingKind.PRIOR_MISSING, finding.RequestPart.FILE))
    return replace(found, findings=_weighed(told))


def document_judged_at(document: Document, ledger: Reading) -> datetime | None:
    """Return how old the data are that a request file is judged by, ``None`` when nothing is known of its subject."""
    if draft_of(document) is None:
        return None
    return OPERATIONS[document.kind].judged_at(change_in(document, ledger), ledger)


def uncounted_part(operation: Operation, ledger: Reading, since: datetime, change: Change | None = None) -> Part | None:
    """Return a list that an operation is judged by and that was not read after ``since``, ``None`` when all were.

    So is the backup that a ``change`` has to be opened for.
    """
    for part in sorted(operation.judged_by):
        as_of = ledger.freshness[part].as_of
        if as_of is None or as_of < since:
            return part
    id = operation.opens(change) if change is not None else None
    opened = ledger.opened.get(id) if id is not None else None
    if id is not None and (opened is None or opened.as_of is None or opened.as_of < since):
        return Part.OPENED
    return None


def knowing(document: Document, ledgers: Iterable[Ledger]) -> Ledger | None:
    """Return the first ledger that knows what a request file is about, ``None`` where none does."""
    subject = subject_of(document, _NOTHING)
    return next((ledger for ledger in ledgers if subject is not None and ledger.knows(subject)), None)


def _weighed(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda each: each.severity.value))
