"""Plan files on the disk, and the copies of plans that were run: by these a run is known after a restart."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from cbr_desktop.domain import plan as plans
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.error import Damaged, StorageError
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, Severity, block
from cbr_desktop.domain.plan import SUFFIX, Plan, Run, Step, StepFinding
from cbr_desktop.domain.request import SIZE_LIMIT
from cbr_desktop.storage import requestfile
from cbr_desktop.storage.files import make_folder, reason, write_output, write_whole

ProfileOf = Callable[[Document], str]

_RUN, _STARTED_AT = "run", "started_at"


def read(path: Path) -> tuple[Plan | None, list[StepFinding]]:
    """Read a plan file and the request files that it names; nothing is sent or changed by that.

    ``Damaged`` when there is no readable file at all.
    """
    data = requestfile.content(path, SIZE_LIMIT)
    if isinstance(data, int):
        too_large = block(FindingKind.TOO_LARGE, RequestPart.FILE, size=data, limit=SIZE_LIMIT)
        return None, [StepFinding(0, too_large)]
    plan, findings = plans.read(data)
    if plan is None:
        return None, findings
    outside = {found.step for found in findings if found.finding.kind is FindingKind.FILE_OUTSIDE}
    steps = []
    for step in plan.steps:
        if step.file and step.number not in outside:
            file = path.parent / step.file
            document, about = _document(file, step.file)
            findings += [StepFinding(step.number, finding) for finding in about]
            step = replace(step, document=document, file=str(file))
        steps.append(step)
    return replace(plan, steps=tuple(steps)), findings


def gather(files: Sequence[Path], profile_of: ProfileOf) -> tuple[tuple[Step, ...], list[StepFinding]]:
    """Return a step with a copy of the request for each file, in their order, and what was found about them.

    A step whose file cannot be read, or has no request, has no document, and a finding says why. ``profile_of`` names
    the profile that a request is sent from, empty where the start of the plan says so.
    """
    steps, findings = [], []
    for number, file in enumerate(files, 1):
        document, about = _document(file, file.name)
        findings += [StepFinding(number, finding) for finding in about]
        profile = profile_of(document) if document is not None else ""
        steps.append(Step(number, profile, str(file), document))
    return tuple(steps), findings


def write(path: Path, plan: Plan) -> list[StepFinding]:
    """Write a plan whose steps all have documents, unless what is found keeps it from being one. ``NotSaved``."""
    data = plans.written(plan)
    _, findings = plans.read(data)
    if not plans.is_blocked(findings):
        write_output(path, data, mode=requestfile.mode(path))
    return findings


class PlanRuns:
    """The copies of the plans that were run in one data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> tuple[Plan | None, list[StepFinding]]:
        """Read a plan file and the request files that it names. ``Damaged`` when there is no readable file."""
        return read(Path(path))

    def gather(self, files: Sequence[str], profile_of: ProfileOf) -> tuple[tuple[Step, ...], list[StepFinding]]:
        """Return a step for each request file, in their order, and what was found about them."""
        return gather([Path(file) for file in files], profile_of)

    def write(self, path: str, plan: Plan) -> list[StepFinding]:
        """Write a plan, unless what is found keeps it from being one. ``NotSaved``."""
        return write(Path(path), plan)

    def keep(self, run: Run) -> None:
        """Keep the plan of a run as it will be sent, before any of it is. ``NotSaved``."""
        make_folder(self._folder)
        # the files that steps came from are told beside: the copy must stay the same when they are changed
        files = {str(step.number): step.file for step in run.plan.steps if step.file}
        started = {_RUN: run.id, _STARTED_AT: run.started_at.isoformat(), "files": files}
        write_whole(self._folder / f"{run.id}{SUFFIX}", plans.written(run.plan, **started))

    def runs(self) -> list[Run]:
        """Return the runs whose copies can be read, the newest first. ``Damaged`` where the folder cannot be."""
        try:
            paths = sorted(path for path in self._folder.iterdir() if path.name.endswith(SUFFIX))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise Damaged(str(self._folder), reason(error)) from error
        found = []
        for path in paths:
            with suppress(Damaged, ValueError, KeyError, TypeError):
                run = _run(path)
                if run is not None:
                    found.append(run)
        return sorted(found, key=lambda run: run.started_at, reverse=True)

    def load(self, id: str) -> Run | None:
        """Return one run, ``None`` when there is no copy of it that can be read."""
        return next((run for run in self.runs() if run.id == id), None)


def _document(file: Path, name: str) -> tuple[Document | None, list[Finding]]:
    try:
        return requestfile.read(file)
    except StorageError as error:
        detail = str(getattr(error, "detail", error))
        return None, [block(FindingKind.FILE_UNREADABLE, RequestPart.FILE, path=name, detail=detail)]


def _run(path: Path) -> Run | None:
    data = requestfile.content(path, SIZE_LIMIT)
    if isinstance(data, int):
        return None
    plan, findings = plans.read(data)
    if plan is None or any(found.finding.severity is Severity.BLOCK for found in findings):
        return None
    started_at = datetime.fromisoformat(str(plan.other[_STARTED_AT]))
    files = plan.other.get("files")
    known = files if isinstance(files, dict) else {}
    steps = tuple(replace(step, file=str(known.get(str(step.number), ""))) for step in plan.steps)
    other = {key: item for key, item in plan.other.items() if key not in (_RUN, _STARTED_AT, "files")}
    return Run(str(plan.other[_RUN]), replace(plan, steps=steps, other=other), started_at)
