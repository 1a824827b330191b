"""A plan before it runs: what is known to block it, what it destroys, and the run that is made of it."""

import random
from collections.abc import Generator, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from cbr_desktop.domain import draft as drafts
from cbr_desktop.domain import finding, request
from cbr_desktop.domain.blast import Blast, NameCheck, destroys, grave, merged, wants_reason
from cbr_desktop.domain.change import Change, Kind
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.plan import Plan, Run, Step, StepFinding
from cbr_desktop.domain.request import RequestDocument
from cbr_desktop.workflows import documents
from cbr_desktop.workflows.derived import at_once
from cbr_desktop.workflows.documents import change_in, draft_of, uncounted_part
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.naming import default_name
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.preflight import Preflight, PreflightIndex, surroundings


def judged_steps(plan: Plan, ledgers: Mapping[str, Ledger], default: str, now: datetime) -> list[StepFinding]:
    """Judge the steps of a plan that have documents by what is known; ``default`` names the profile of the others.

    A checkpoint without a name of its own is judged with the name that the plan would give it.
    """
    return at_once(judging_steps(plan, ledgers, default, now))


def judging_steps(
    plan: Plan, ledgers: Mapping[str, Ledger], default: str, now: datetime
) -> Generator[None, None, list[StepFinding]]:
    """Do the same in pieces: there may be hundreds of steps."""
    found: list[StepFinding] = []
    if plan.names:
        template = _template_findings(plan, ledgers, now)
        found += [StepFinding(0, each) for each in template]
    together = yield from _judging_together(plan, ledgers, default, now)
    documents_of = yield from _naming(plan, ledgers, default, now)
    around = yield from _surroundings(plan, documents_of, ledgers, default)
    for step in plan.steps:
        yield
        ledger = ledgers.get(step.profile or default)
        if ledger is None:
            about = _of_file(FindingKind.PROFILE_UNKNOWN, profile=step.profile or default)
            found.append(StepFinding(step.number, about))
            continue
        if step.after and (other := plan.steps[step.after - 1].profile or default) != (step.profile or default):
            about = _of_file(FindingKind.AFTER_ELSEWHERE, after=step.after, profile=other)
            found.append(StepFinding(step.number, about))
        if step.document is not None:
            told = documents.judged_document(
                *(documents_of[step.number], ledger, now),
                has_prior=bool(step.after),
                found=together.get(step.number),
                around=around.get(ledger.profile.name),
            )
            found += [StepFinding(step.number, each) for each in told.findings]
            if wants_reason(OPERATIONS[step.document.kind].effect):
                found.append(StepFinding(step.number, _of_file(FindingKind.PLAN_OVERWRITES)))
    return found


def _naming(
    plan: Plan, ledgers: Mapping[str, Ledger], default: str, now: datetime
) -> Generator[None, None, dict[int, Document]]:
    """Return the requests of steps by their numbers, those without a name of their own with one from the plan."""
    found = {}
    for step in plan.steps:
        ledger = ledgers.get(step.profile or default)
        if ledger is not None and step.document is not None:
            found[step.number] = _named(plan, step, ledger, now, random.Random(step.number))
            yield
    return found


def _surroundings(
    plan: Plan, found: Mapping[int, Document], ledgers: Mapping[str, Ledger], default: str
) -> Generator[None, None, dict[str, PreflightIndex]]:
    """Return what the checkpoints of each profile are judged by of long lists, by the names of the profiles."""
    drafts_of: dict[str, list[CheckpointDraft]] = {}
    for step in plan.steps:
        document = found.get(step.number)
        if isinstance(document, RequestDocument):
            drafts_of.setdefault(step.profile or default, []).append(document.draft)
    around = {}
    for name, own in drafts_of.items():
        around[ledgers[name].profile.name] = yield from surroundings(own, ledgers[name])
    return around


def _judging_together(
    plan: Plan, ledgers: Mapping[str, Ledger], default: str, now: datetime
) -> Generator[None, None, dict[int, Preflight]]:
    """Judge the steps of one operation and profile that wait for none, each as if the others were made as well."""
    steps = [
        (step, ledgers[step.profile or default])
        for step in plan.steps
        if (step.profile or default) in ledgers and not step.after and not isinstance(step.document, RequestDocument)
    ]
    found: dict[int, Preflight] = {}
    for group in (yield from _by_operation(steps)):
        changes, ledger = [change for _, change, _ in group], group[0][2]
        weighed = yield from OPERATIONS[changes[0].kind].weigh(changes, ledger, now)
        found |= {number: verdict for (number, _, _), verdict in zip(group, weighed.verdicts, strict=True)}
    return found


def destroying(plan: Plan, ledgers: Mapping[str, Ledger], default: str) -> list[tuple[Step, Ledger]]:
    """Return the steps of a plan that destroy or overwrite something, each with what is known of its profile."""
    return [
        (step, ledgers[step.profile or default])
        for step in plan.steps
        if step.document is not None and destroys(OPERATIONS[step.document.kind].effect)
        if (step.profile or default) in ledgers
    ]


def uncounted(steps: Iterable[tuple[Step, Ledger]], since: datetime) -> tuple[Step, Part, Ledger] | None:
    """Return the first step of which what it destroys was not counted by lists that were read after ``since``."""
    for step, ledger in steps:
        assert step.document is not None  # noqa: S101  # those that destroy something have one
        part = uncounted_part(OPERATIONS[step.document.kind], ledger, since)
        if part is not None:
            return step, part, ledger
    return None


def why_named(steps: Iterable[tuple[Step, Ledger]], told: Mapping[int, Blast] | None = None) -> NameCheck | None:
    """Return why a person types the name of the plan before steps go, the gravest; ``None`` where it is not typed.

    ``told`` is what steps destroy by their numbers, where that is known already.
    """
    held = [(step, ledger) for step, ledger in steps if step.document is not None]
    known = step_blasts(held) if told is None else told
    lost = merged([known[step.number] for step, _ in held if step.number in known])
    found = {
        grave(OPERATIONS[step.document.kind].effect, ledger.profile.environment, lost)
        for step, ledger in held
        if step.document is not None
    }
    return next((each for each in NameCheck if each in found), None)


def blasts(plan: Plan, ledgers: Mapping[str, Ledger], default: str) -> dict[int, Blast]:
    """Return what the steps of a plan destroy or overwrite, by their numbers, as far as it is known before.

    What is left is told as it is when the whole plan is through.
    """
    return at_once(counting_losses(plan, ledgers, default))


def counting_losses(plan: Plan, ledgers: Mapping[str, Ledger], default: str) -> Generator[None, None, dict[int, Blast]]:
    """Do the same in pieces."""
    known = [(step, ledgers.get(step.profile or default)) for step in plan.steps]
    found = yield from _counting([(step, ledger) for step, ledger in known if ledger is not None])
    return {number: blast for number, blast in found.items() if not blast.is_empty}


def step_blasts(steps: Iterable[tuple[Step, Ledger]]) -> dict[int, Blast]:
    """Return what steps destroy by their numbers; those of one operation and profile are looked at together."""
    return at_once(_counting(steps))


def _counting(steps: Iterable[tuple[Step, Ledger]]) -> Generator[None, None, dict[int, Blast]]:
    found: dict[int, Blast] = {}
    for group in (yield from _by_operation(steps)):
        changes, ledger = [change for _, change, _ in group], group[0][2]
        told = yield from OPERATIONS[changes[0].kind].blast_together(changes, ledger)
        found |= {number: blast for (number, _, _), blast in zip(group, told, strict=True)}
    return found


def _by_operation(
    steps: Iterable[tuple[Step, Ledger]],
) -> Generator[None, None, list[list[tuple[int, Change, Ledger]]]]:
    """Return the changes of steps with their numbers, those of one operation and profile together, in pieces."""
    groups: dict[tuple[str, Kind], list[tuple[int, Change, Ledger]]] = {}
    for step, ledger in steps:
        if step.document is not None and draft_of(step.document) is not None:
            key = (ledger.profile.name, step.document.kind)
            groups.setdefault(key, []).append((step.number, change_in(step.document, ledger), ledger))
            yield
    return list(groups.values())


def prepared(
    plan: Plan,
    run: str,
    ledgers: Mapping[str, Ledger],
    default: str,
    now: datetime,
    chance: random.Random | None = None,
) -> Run:
    """Return a run of a plan: every step has its profile and a name, so that it is the same after a restart.

    Every step must have a document and a profile among ``ledgers``.
    """
    steps = []
    for step in plan.steps:
        ledger = ledgers[step.profile or default]
        document = _named(plan, step, ledger, now, chance or random.Random())
        steps.append(replace(step, profile=step.profile or default, document=document))
    return Run(run, replace(plan, steps=tuple(steps)), now)


def takes_name(document: Document) -> bool:
    """Whether a plan names a request by its template: a checkpoint that has no name of its own."""
    return isinstance(document, RequestDocument) and not document.draft.name


def _of_file(kind: FindingKind, **facts: Any) -> Finding:
    return finding.block(kind, finding.RequestPart.FILE, **facts)


def _named(plan: Plan, step: Step, ledger: Ledger, now: datetime, chance: random.Random) -> Document:
    """Return the request of a step; a checkpoint without a name of its own gets the one that the plan gives it."""
    document = step.document
    assert document is not None  # noqa: S101  # callers have looked
    if not plan.names or not isinstance(document, RequestDocument) or not takes_name(document):
        return document
    vault = ledger.vaults.get(document.draft.vault_id) if document.draft.vault_id else None
    rendered = default_name(plan.names, ledger.profile, vault, document.draft, now, sequence=step.number, chance=chance)
    text = drafts.edited(document.body.decode("utf-8", "surrogatepass"), replace(document.draft, name=rendered.name))
    named, _ = request.read(text.encode("utf-8", "surrogatepass"))
    return document if named is None else replace(named, other=document.other)


def _template_findings(plan: Plan, ledgers: Mapping[str, Ledger], now: datetime) -> list[Finding]:
    ledger = next(iter(ledgers.values()), None)
    made = (step.document for step in plan.steps)
    document = next((each for each in made if isinstance(each, RequestDocument)), None)
    if ledger is None or document is None:
        return []
    rendered = default_name(plan.names, ledger.profile, None, document.draft, now)
    return [
        finding.block(FindingKind.BAD_TEMPLATE, finding.RequestPart.NAME, path="plan.names", found=part)
        for _, part in rendered.problems
    ]
