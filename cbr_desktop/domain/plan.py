"""Plans: several requests for several vaults in one file, in order, judged as a whole before any of them is sent.

A plan file holds one JSON object::

    {"plan": {
        "name": "before-patch-day",
        "steps": [
            {"profile": "Prod · eu-de", "request": {"checkpoint": {...}}},
            {"profile": "Prod · eu-nl", "file": "erp.cbr.json"},
            {"profile": "Prod · eu-nl", "after": 2, "request": {"operation": ..., "path": {...}, "body": {...}}}],
        "names": "{vault|trunc:30}_{utc}",
        "concurrency": 2,
        "stop_on_failure": true,
        "stagger_seconds": 10,
        "in_order": true}}

A ``request`` is what a request file holds, of any operation. A step with ``after`` waits until the step of that number
has done all that was asked for, and takes the id of its result where it says ``{prior.id}``. ``names`` names the
checkpoints that have no name of their own, by the template of ``domain/template``. ``concurrency`` is how many requests
of the plan may be under way at once (a vault takes one at a time anyway), ``stagger_seconds`` the pause between two
beginnings. Where ``in_order`` is false, steps of a profile that cannot be reached keep back none of another; it is true
where it is not said. A ``file`` lies beside the plan or below. Other keys are kept and ignored.

A run of a plan is known by an id; its intents carry ``run/number`` as their ``plan``.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

from msgspec import Struct, field

from cbr_desktop.domain import document as documents
from cbr_desktop.domain import request
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, Severity, ValueKind, block, folded, warn

SUFFIX = ".plan.json"
"""How the names of plan files end."""
PART_LIMIT = 500_000
"""Texts, brackets and commas that a plan file may have: as many as its size has room for in requests."""
STEP_LIMIT = 500
CONCURRENCY_LIMIT = 16
STAGGER_LIMIT_SECONDS = 3600

_KNOWN = frozenset({"name", "steps", "names", "concurrency", "stop_on_failure", "stagger_seconds", "in_order"})
_STEP_KNOWN = frozenset({"request", "file", "profile", "after"})


class Step(Struct, frozen=True):
    """One request of a plan, counted from 1; ``document`` is ``None`` while its ``file`` was not read or is no request.

    ``profile`` is the name of the profile to send it from, empty where the start of the plan says so. ``after`` is the
    number of the step that it waits for, 0 where it waits for none.
    """

    number: int
    profile: str = ""
    file: str = ""
    document: Document | None = None
    after: int = 0


class Plan(Struct, frozen=True):
    """A plan as its file has it."""

    name: str
    steps: tuple[Step, ...]
    names: str = ""
    concurrency: int = 1
    stop_on_failure: bool = True
    stagger_seconds: float = 0.0
    other: Mapping[str, Any] = field(default_factory=dict)
    in_order: bool = True


class Run(Struct, frozen=True):
    """A plan that a person started: ``plan`` has every step with its profile and its document, names filled in."""

    id: str
    plan: Plan
    started_at: datetime


class StepFinding(NamedTuple):
    """What was found about a step, or about the plan as a whole (step 0)."""

    step: int
    finding: Finding


def by_step(findings: Iterable[StepFinding]) -> dict[int, list[StepFinding]]:
    """Return what was found of each step, by its number; what is of the plan as a whole has none, which is 0."""
    found: dict[int, list[StepFinding]] = {}
    for each in findings:
        found.setdefault(each.step, []).append(each)
    return found


def is_blocked(findings: list[StepFinding]) -> bool:
    """Whether a plan must not be run."""
    return any(found.finding.severity is Severity.BLOCK for found in findings)


def plan_mark(run: str, number: int) -> str:
    """Return what an intent carries as its ``plan``."""
    return f"{run}/{number}"


def read(data: bytes) -> tuple[Plan | None, list[StepFinding]]:
    """Read a plan file; the files that it names are not read by that. ``None`` when it cannot be a plan."""
    if len(data) > request.SIZE_LIMIT:
        return None, [_whole(block(FindingKind.TOO_LARGE, RequestPart.FILE, size=len(data), limit=request.SIZE_LIMIT))]
    noted: list[Finding] = []
    try:
        value = request.decode(data, noted, PART_LIMIT)
    except request.NotJson as error:
        return None, [_whole(error.finding)]
    findings = [_whole(finding) for finding in folded(noted)]
    if not isinstance(value, dict) or not isinstance(value.get("plan"), dict):
        found = ValueKind.OTHER if isinstance(value, dict) else ValueKind.NO_OBJECT
        if isinstance(value, dict) and "plan" not in value:
            if "checkpoint" in value or documents.names_operation(value):
                return None, [_whole(block(FindingKind.PLAN_IS_REQUEST, RequestPart.FILE))]
            found = ValueKind.NONE
        return None, [_whole(block(FindingKind.NOT_OBJECT, RequestPart.FILE, path="plan", found=found))]
    inside = value["plan"]
    steps = inside.get("steps")
    if not isinstance(steps, list) or not 0 < len(steps) <= STEP_LIMIT:
        count = len(steps) if isinstance(steps, list) else ValueKind.NONE
        facts: dict[str, Any] = {"path": "plan.steps", "low": 1, "high": STEP_LIMIT, "found": count}
        return None, [_whole(block(FindingKind.PLAN_RANGE, RequestPart.FILE, **facts))]
    findings += [
        _whole(warn(FindingKind.UNKNOWN_KEY, RequestPart.FILE, path=f"plan.{key}"))
        for key in inside
        if key not in _KNOWN
    ]
    built = []
    for number, step in enumerate(steps, 1):
        made, about = _step(number, step)
        built.append(made)
        findings += [StepFinding(number, finding) for finding in about]
    plan = Plan(
        name=_typed(inside, "name", str, "", findings),
        steps=tuple(built),
        names=_typed(inside, "names", str, "", findings),
        concurrency=_number(inside, "concurrency", 1, 1, CONCURRENCY_LIMIT, findings),
        stop_on_failure=_typed(inside, "stop_on_failure", bool, True, findings),
        stagger_seconds=_number(inside, "stagger_seconds", 0, 0, STAGGER_LIMIT_SECONDS, findings),
        other={key: item for key, item in value.items() if key != "plan"},
        in_order=_typed(inside, "in_order", bool, True, findings),
    )
    return plan, findings


def written(plan: Plan, **other: object) -> bytes:
    """Return a plan whose steps all have documents as the bytes of a file, always in the same order."""
    steps: list[dict[str, Any]] = []
    for step in plan.steps:
        document = step.document
        held: dict[str, Any] = {"profile": step.profile} if step.profile else {}
        if step.after:
            held["after"] = step.after
        if document is not None:
            held["request"] = document.value
        elif step.file:
            held["file"] = step.file
        steps.append(held)
    inside = {
        "name": plan.name,
        "steps": steps,
        "names": plan.names,
        "concurrency": plan.concurrency,
        "stop_on_failure": plan.stop_on_failure,
        "stagger_seconds": plan.stagger_seconds,
    }
    if not plan.in_order:
        inside["in_order"] = False
    text = json.dumps({"plan": inside, **plan.other, **other}, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _step(number: int, step: object) -> tuple[Step, list[Finding]]:
    path = f"plan.steps[{number - 1}]"
    if not isinstance(step, dict):
        return Step(number), [block(FindingKind.NOT_OBJECT, RequestPart.FILE, path=path, found=ValueKind.OTHER)]
    findings = [
        warn(FindingKind.UNKNOWN_KEY, RequestPart.FILE, path=f"{path}.{key}") for key in step if key not in _STEP_KNOWN
    ]
    profile, file = step.get("profile", ""), step.get("file", "")
    for key, item in (("profile", profile), ("file", file)):
        if not isinstance(item, str):
            wrong = {"path": f"{path}.{key}", "expected": ValueKind.TEXT, "found": ValueKind.OTHER}
            return Step(number), [*findings, block(FindingKind.WRONG_TYPE, RequestPart.FILE, **wrong)]
    after = step.get("after", 0)
    if "after" in step and not (isinstance(after, int) and not isinstance(after, bool) and 0 < after < number):
        found = after if isinstance(after, int) else ValueKind.NO_NUMBER
        facts: dict[str, Any] = {"path": f"{path}.after", "low": 1, "high": number - 1, "found": found}
        findings.append(block(FindingKind.PLAN_RANGE, RequestPart.FILE, **facts))
        after = 0
    if ("request" in step) == bool(file):
        return Step(number, profile), [*findings, block(FindingKind.STEP_UNCLEAR, RequestPart.FILE, path=path)]
    if file:
        if not _is_beside(file):
            findings.append(block(FindingKind.FILE_OUTSIDE, RequestPart.FILE, path=file))
        return Step(number, profile, file, after=after), findings
    document, told = documents.read(json.dumps(step["request"], ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return Step(number, profile, "", document, after), [*findings, *told]


def _is_beside(file: str) -> bool:
    """Whether a file lies in the folder of the plan or below, by its name alone and on any system."""
    posix, windows = PurePosixPath(file), PureWindowsPath(file)
    is_absolute = posix.is_absolute() or bool(windows.anchor)
    return not is_absolute and ".." not in posix.parts and ".." not in windows.parts


def _whole(finding: Finding) -> StepFinding:
    return StepFinding(0, finding)


def _typed(inside: dict[str, Any], key: str, wanted: type, default: Any, findings: list[StepFinding]) -> Any:
    value = inside.get(key, default)
    if isinstance(value, wanted):
        return value
    expected = ValueKind.TEXT if wanted is str else ValueKind.BOOLEAN
    facts = {"path": f"plan.{key}", "expected": expected, "found": ValueKind.OTHER}
    findings.append(_whole(block(FindingKind.WRONG_TYPE, RequestPart.FILE, **facts)))
    return default


def _number(inside: dict[str, Any], key: str, default: int, least: int, most: int, findings: list[StepFinding]) -> Any:
    value = inside.get(key, default)
    is_number = isinstance(value, int if key == "concurrency" else int | float) and not isinstance(value, bool)
    if is_number and least <= value <= most:
        return value
    found = value if is_number else ValueKind.NO_NUMBER
    facts: dict[str, Any] = {"path": f"plan.{key}", "low": least, "high": most, "found": found}
    findings.append(_whole(block(FindingKind.PLAN_RANGE, RequestPart.FILE, **facts)))
    return default
