"""Running plans: every step becomes a request of the outbox in its turn, and one report tells of all of them.

::

    a file -> prepared: every step with its profile, its name and its bytes -> a copy in the data folder
        -> started step by step: as many at once as the plan allows, none after a failure if it says so
            -> told by the intents that carry the run's id, also after a restart

A run is started by a person, and goes on only while this program has kept at it: after a pause a person continues it.
"""

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from cbr_desktop.domain import draft as drafts
from cbr_desktop.domain import finding, request
from cbr_desktop.domain.blast import Blast, Grave, destroys, grave, merged, wants_reason
from cbr_desktop.domain.change import Change, Kind, Subject
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.intent import WAITING, Intent, IntentState, Reason
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.domain.plan import STEP_LIMIT, Plan, Run, Step, StepFinding, plan_mark
from cbr_desktop.domain.request import RequestDocument
from cbr_desktop.workflows import documents
from cbr_desktop.workflows.confirmations import CONFIRM_MINUTES
from cbr_desktop.workflows.derived import at_once
from cbr_desktop.workflows.documents import change_in, draft_of, uncounted_part
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.naming import default_name
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.outbox import PASSING, Outbox
from cbr_desktop.workflows.outcomes import outcome_of
from cbr_desktop.workflows.ports import Clock
from cbr_desktop.workflows.preflight import Preflight

LOOK_SECONDS = 1.0
"""How often a run looks whether another step may begin."""
_RECENT = timedelta(days=7)
"""For how long a run that was left in the middle is brought to mind."""
_FRESH = timedelta(minutes=CONFIRM_MINUTES)
_UNDER_WAY = frozenset({IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN})


class Stand(StrEnum):
    """Where a step of a run stands."""

    NOT_STARTED = "not-started"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PARTLY = "partly"
    NOTHING = "nothing"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    TAKEN_BACK = "taken-back"


class PlanVerdict(StrEnum):
    """What became of a run as a whole. Half a success is never a whole one."""

    RUNNING = "running"
    WHOLE = "whole"
    PARTLY = "partly"
    FAILED = "failed"
    UNKNOWN = "unknown"


_RESUMED = frozenset({"", "paused", "stale"})
"""The reasons for which a run rests until a person continues it."""
_ENDED = frozenset({Stand.DONE, Stand.PARTLY, Stand.NOTHING, Stand.REFUSED, Stand.TAKEN_BACK})
_FAILED = _ENDED - {Stand.DONE}


class Outlet(Protocol):
    """A profile that steps can be sent from."""

    @property
    def ledger(self) -> Ledger:
        """What is known of the profile."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Where its requests go out."""
        ...


class StepRow(Struct, frozen=True):
    """What became of a step. ``took`` is from the sending to the end, or until now.

    ``subject`` is what it is done to, ``name`` the one that it gives; ``kind`` is its operation. A step that has no
    request has neither.
    """

    number: int
    profile: str
    subject: Subject | None
    name: str
    file: str
    stand: Stand
    intent: Intent | None = None
    outcome: Outcome | None = None
    took: timedelta | None = None
    kind: Kind | None = None


class PlanReport(Struct, frozen=True):
    """What became of a run, step by step; ``stopped`` is why no further step begins, empty when none is kept back."""

    name: str
    run: str
    started_at: datetime
    verdict: PlanVerdict
    rows: tuple[StepRow, ...]
    stopped: str = ""

    def count(self, *stands: Stand) -> int:
        """Return how many steps stand in one of these ways."""
        return sum(row.stand in stands for row in self.rows)


def judged_steps(plan: Plan, ledgers: Mapping[str, Ledger], default: str, now: datetime) -> list[StepFinding]:
    """Judge the steps of a plan that have documents by what is known; ``default`` names the profile of the others.

    A checkpoint without a name of its own is judged with the name that the plan would give it.
    """
    found: list[StepFinding] = []
    if plan.names:
        template = _template_findings(plan, ledgers, now)
        found += [StepFinding(0, each) for each in template]
    together = _judged_together(plan, ledgers, default, now)
    for step in plan.steps:
        ledger = ledgers.get(step.profile or default)
        if ledger is None:
            about = _of_file(FindingKind.PROFILE_UNKNOWN, profile=step.profile or default)
            found.append(StepFinding(step.number, about))
            continue
        if step.after and (other := plan.steps[step.after - 1].profile or default) != (step.profile or default):
            about = _of_file(FindingKind.AFTER_ELSEWHERE, after=step.after, profile=other)
            found.append(StepFinding(step.number, about))
        if step.document is not None:
            document = _named(plan, step, ledger, now, random.Random(step.number))
            known = together.get(step.number)
            told = documents.judged_document(document, ledger, now, has_prior=bool(step.after), found=known)
            found += [StepFinding(step.number, each) for each in told.findings]
            if wants_reason(OPERATIONS[step.document.kind].effect):
                found.append(StepFinding(step.number, _of_file(FindingKind.PLAN_OVERWRITES)))
    return found


def _judged_together(plan: Plan, ledgers: Mapping[str, Ledger], default: str, now: datetime) -> dict[int, Preflight]:
    """Judge the steps of one operation and profile that wait for none, each as if the others were made as well."""
    steps = [
        (step, ledgers[step.profile or default])
        for step in plan.steps
        if (step.profile or default) in ledgers and not step.after and not isinstance(step.document, RequestDocument)
    ]
    found: dict[int, Preflight] = {}
    for group in _by_operation(steps):
        changes, ledger = [change for _number, change, _ledger in group], group[0][2]
        verdicts = at_once(OPERATIONS[changes[0].kind].weigh(changes, ledger, now)).verdicts
        found |= {number: verdict for (number, _change, _ledger), verdict in zip(group, verdicts, strict=True)}
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


def why_named(steps: Iterable[tuple[Step, Ledger]]) -> Grave | None:
    """Return why a person types the name of the plan before steps go, the gravest; ``None`` where it is not typed."""
    held = [(step, ledger) for step, ledger in steps if step.document is not None]
    lost = merged(list(step_blasts(held).values()))
    found = {
        grave(OPERATIONS[step.document.kind].effect, ledger.profile.environment, lost)
        for step, ledger in held
        if step.document is not None
    }
    return next((each for each in Grave if each in found), None)


def blasts(plan: Plan, ledgers: Mapping[str, Ledger], default: str) -> dict[int, Blast]:
    """Return what the steps of a plan destroy or overwrite, by their numbers, as far as it is known before.

    What is left is told as it is when the whole plan is through.
    """
    known = [(step, ledgers.get(step.profile or default)) for step in plan.steps]
    found = step_blasts([(step, ledger) for step, ledger in known if ledger is not None])
    return {number: blast for number, blast in found.items() if not blast.is_empty}


def step_blasts(steps: Iterable[tuple[Step, Ledger]]) -> dict[int, Blast]:
    """Return what steps destroy by their numbers; those of one operation and profile are looked at together."""
    found: dict[int, Blast] = {}
    for group in _by_operation(steps):
        changes, ledger = [change for _, change, _ in group], group[0][2]
        told = OPERATIONS[changes[0].kind].blast_together(changes, ledger)
        found |= {number: blast for (number, _, _), blast in zip(group, told, strict=True)}
    return found


def _by_operation(steps: Iterable[tuple[Step, Ledger]]) -> list[list[tuple[int, Change, Ledger]]]:
    """Return the changes of steps with their numbers, those of one operation and profile together."""
    groups: dict[tuple[str, Kind], list[tuple[int, Change, Ledger]]] = {}
    for step, ledger in steps:
        if step.document is not None and draft_of(step.document) is not None:
            key = (ledger.profile.name, step.document.kind)
            groups.setdefault(key, []).append((step.number, change_in(step.document, ledger), ledger))
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


def report(run: Run, ledger: Reading, now: datetime, stopped: str = "") -> PlanReport:
    """Return what became of a run, by the intents that carry its id."""
    return _report(run, _of_run(run.id, ledger), ledger, now, stopped)


def left(run: Run, ledger: Reading, now: datetime) -> PlanReport:
    """Return what became of a run that is not kept going: it rests, or it has ended by a failure."""
    return all_left([run], ledger, now)[0]


def all_left(runs: Iterable[Run], ledger: Reading, now: datetime) -> list[PlanReport]:
    """Return what became of several runs that are not kept going, in their order."""
    intents = _by_run(ledger)
    found = []
    for run in runs:
        made = _report(run, intents.get(run.id, {}), ledger, now, "paused")
        has_failed = run.plan.stop_on_failure and any(_is_failure(row) for row in made.rows)
        if has_failed and made.count(Stand.NOT_STARTED):
            made = replace(made, stopped="failure", verdict=_verdict(made.rows, "failure"))
        found.append(made)
    return found


def resting(runs: Iterable[Run], ledger: Reading, profiles: Collection[str], now: datetime) -> list[PlanReport]:
    """Return the reports of the runs of late that were left in the middle, as far as ``profiles`` can tell.

    A run that ended by a failure has not been left, and one of which nothing has begun was never more than a wish.
    """
    known = [
        run
        for run in runs
        if now - run.started_at <= _RECENT and all(step.profile in profiles for step in run.plan.steps)
    ]
    made = all_left(known, ledger, now)
    return [each for each in made if 0 < each.count(Stand.NOT_STARTED) < len(each.rows) and each.stopped == "paused"]


class PlanRun:
    """Starts the steps of a run in their order; ``outlets`` are the open profiles by name.

    ``is_patient`` lets requests wait in the outbox that cannot leave now; else they are taken back, as on the command
    line, where no user watches them go.
    """

    def __init__(
        self, run: Run, outlets: Mapping[str, Outlet], ledger: Reading, clock: Clock, *, is_patient: bool = True
    ) -> None:
        self._run = run
        self._outlets = outlets
        self._ledger = ledger
        self._clock = clock
        self._is_patient = is_patient
        self._alive_at = clock.now()
        self._begun_at: datetime | None = None
        self._told: dict[int, StepRow] = {}
        self.stopped = ""
        """Why no further step begins: ``failure``, ``stale``, ``person``, ``refused`` or ``profile``; else empty.
        Of a run that is not kept going ``report`` is told that it is ``paused``."""

    @property
    def run(self) -> Run:
        """The run."""
        return self._run

    def report(self) -> PlanReport:
        """Return how it stands now."""
        intents = _of_run(self._run.id, self._ledger)
        return _report(self._run, intents, self._ledger, self._clock.now(), self.stopped, self._told)

    def stop(self, why: str = "person") -> None:
        """Begin no further step; what has begun goes its way."""
        self.stopped = self.stopped or why

    def is_over(self, *, wait: bool = True) -> bool:
        """Whether nothing is left to be done; without ``wait`` what the service has accepted is left to itself."""
        return self._is_over(self.report().rows, wait=wait)

    def _is_over(self, rows: Sequence[StepRow], *, wait: bool) -> bool:
        if not self.stopped and any(row.stand is Stand.NOT_STARTED for row in rows):
            return False
        return all(_is_through(row, wait=wait) for row in rows)

    async def follow(self, *, wait: bool = True, told: Callable[[PlanReport], object] = lambda _report: None) -> None:
        """Start what may be started until the run is over."""
        while True:
            made = self.look()
            told(made)
            if self._is_over(made.rows, wait=wait):
                return
            await self._clock.sleep(LOOK_SECONDS)

    def resume(self) -> None:
        """Confirm anew what of the run was left waiting: by a command that ended, or by a window.

        Raises ``ReadOnly`` and ``NotSaved``; what is not confirmed by then stays as it is.
        """
        for row in self.report().rows:
            intent, outlet = row.intent, self._outlets.get(row.profile)
            if intent is None or outlet is None:
                continue
            if intent.state is IntentState.QUEUED or (
                intent.state is IntentState.HELD and intent.reason == Reason.LEFT
            ):
                outlet.outbox.hold(intent.id, Reason.LEFT)
                outlet.outbox.release(intent.id)

    def look(self) -> PlanReport:
        """Start as many steps as may begin now; return how the run stands then."""
        if not self._is_patient:
            self._take_back()
        while True:
            made = self.report()
            waiting = [row for row in made.rows if row.stand is Stand.NOT_STARTED]
            if self.stopped or not waiting:
                return made
            following = None
            if self._run.plan.stop_on_failure and any(_is_failure(row) for row in made.rows):
                self.stopped = "failure"
            else:
                following = next((row for row in self._next_of(waiting) if self._may_begin(row, made.rows)), None)
            if self.stopped:
                return self.report()
            if following is None:
                return made
            self._begin(self._run.plan.steps[following.number - 1], made.rows)

    def _next_of(self, waiting: Sequence[StepRow]) -> list[StepRow]:
        """Return the steps of which one may be the next: the first one, or where order means nothing one a profile."""
        if self._run.plan.in_order:
            return [waiting[0]]
        firsts: dict[str, StepRow] = {}
        for row in waiting:
            firsts.setdefault(row.profile, row)
        return list(firsts.values())

    def _may_begin(self, step: StepRow, rows: Sequence[StepRow]) -> bool:
        """Whether a step may begin now; a run that could not be kept going for long waits for a person."""
        now = self._clock.now()
        outlet = self._outlets.get(step.profile)
        if outlet is None:
            self.stopped = "profile"
            return False
        open_rows = [row for row in rows if _is_open(row)]
        is_online = outlet.ledger.connection.reach is Reach.ONLINE
        is_at_work = any(row.intent is not None and row.intent.state in _UNDER_WAY for row in open_rows)
        if now - self._alive_at > _FRESH:
            self.stopped = "stale"
            return False
        if is_online and (is_at_work or not open_rows):
            self._alive_at = now
        stagger = timedelta(seconds=self._run.plan.stagger_seconds)
        is_early = self._begun_at is not None and now - self._begun_at < stagger
        return is_online and not is_early and len(open_rows) < self._run.plan.concurrency

    def _begin(self, step: Step, rows: Sequence[StepRow]) -> None:
        assert step.document is not None  # noqa: S101  # a prepared run has all of them
        mark = plan_mark(self._run.id, step.number)
        outlet = self._outlets[step.profile]
        # steps begin in their order, so the one that it waits for has its request
        prior = rows[step.after - 1].intent if step.after else None
        try:
            wanted = change_in(step.document, outlet.ledger)
            outlet.outbox.submit(wanted, file=step.file, plan=mark, after=prior.id if prior is not None else None)
        except CbrError:
            # the disk, or a profile that is not armed any more: that is put right before the run is continued
            self.stopped = "refused"
        self._begun_at = self._clock.now()

    def _take_back(self) -> None:
        """Take back what cannot leave now, so that it does not go out unseen."""
        for row in self.report().rows:
            intent = row.intent
            is_stuck = (
                intent is not None and intent.state in WAITING and bool(intent.reason) and intent.reason not in PASSING
            )
            if is_stuck and intent is not None and self._outlets[row.profile].outbox.cancel(intent.id):
                # what waited for a failure has no other reason to be kept back; the plan says whether the rest goes on
                self.stopped = self.stopped or ("" if intent.reason == Reason.PRIOR_FAILED else "failure")


def _of_file(kind: FindingKind, **facts: Any) -> Finding:
    return finding.block(kind, finding.RequestPart.FILE, **facts)


def _is_open(row: StepRow) -> bool:
    """Whether a step takes one of the places of those under way; one that waits for a failure takes none."""
    if row.intent is not None and row.intent.state is IntentState.HELD and row.intent.reason == Reason.PRIOR_FAILED:
        return False
    return row.stand in (Stand.WAITING, Stand.RUNNING) or _is_lost(row)


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


def _report(
    run: Run,
    intents: Mapping[int, Intent],
    ledger: Reading,
    now: datetime,
    stopped: str,
    told: "dict[int, StepRow] | None" = None,
) -> PlanReport:
    """Return how a run stands; ``told`` are the rows of the last time, of which those at rest are told again."""
    held = told if told is not None else {}
    rows = tuple(
        _told_row(step, intents.get(step.number), ledger, now, held.get(step.number)) for step in run.plan.steps
    )
    held.update((row.number, row) for row in rows)
    return PlanReport(run.plan.name, run.id, run.started_at, _verdict(rows, stopped), rows, stopped)


def _by_run(ledger: Reading) -> dict[str, dict[int, Intent]]:
    """Return the intents of each run by the numbers of their steps; of several for one step the newest counts."""
    found: dict[str, dict[int, Intent]] = {}
    of_plans = [intent for intent in ledger.intents.values() if intent.plan]
    for intent in sorted(of_plans, key=lambda intent: intent.created_at):
        id, _, number = intent.plan.rpartition("/")
        if number.isdecimal():
            found.setdefault(id, {})[int(number)] = intent
    return found


def _of_run(id: str, ledger: Reading) -> dict[int, Intent]:
    """Return the intents of one run by the numbers of their steps; of several for one step the newest counts."""
    found: dict[int, Intent] = {}
    for intent in ledger.intents.values():
        if not intent.plan:
            continue
        run, _, number = intent.plan.rpartition("/")
        if run == id and number.isdecimal():
            held = found.get(int(number))
            if held is None or held.created_at <= intent.created_at:
                found[int(number)] = intent
    return found


class _Same:
    """A request of a step as a key: it is the same only as itself, since it never changes and has no other key."""

    __slots__ = ("document",)

    def __init__(self, document: Document | None) -> None:
        self.document = document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.document is self.document

    def __hash__(self) -> int:
        return id(self.document)


@lru_cache(maxsize=8 * STEP_LIMIT)
def _drafted(request: _Same) -> Any:
    """Return the draft that a step means: a run is told of again and again, and what it asks for stays the same."""
    return draft_of(request.document) if request.document is not None else None


def _told_row(step: Step, intent: Intent | None, ledger: Reading, now: datetime, told: StepRow | None) -> StepRow:
    """Return the row of a step, which is the one of the last time as long as nothing goes on with it."""
    if told is not None and told.intent is intent and (intent is None or intent.is_settled):
        return told
    return _row(step, intent, ledger, now)


def _row(step: Step, intent: Intent | None, ledger: Reading, now: datetime) -> StepRow:
    draft, kind = _drafted(_Same(step.document)), step.document.kind if step.document is not None else None
    subject = OPERATIONS[kind].subject(draft, ledger) if kind is not None and draft is not None else None
    name = str(getattr(draft, "name", ""))
    row = StepRow(step.number, step.profile, subject, name, step.file, Stand.NOT_STARTED, kind=kind)
    if intent is None:
        return row
    outcome = outcome_of(ledger, intent)
    took = None
    if intent.sent_at is not None:
        took = (intent.changed_at if intent.is_settled else now) - intent.sent_at
    return replace(
        row,
        # of what is gone by now the request knows the name still
        subject=subject if subject is not None and subject.id == intent.subject.id and subject.name else intent.subject,
        stand=_stand(intent, outcome),
        intent=intent,
        outcome=outcome,
        took=took,
    )


def _stand(intent: Intent, outcome: Outcome | None) -> Stand:
    if intent.state is IntentState.FINISHED:
        if outcome is None:
            return Stand.UNKNOWN
        return Stand.DONE if outcome.is_whole else Stand.PARTLY if outcome.count(Fate.DONE) else Stand.NOTHING
    return {
        IntentState.SENDING: Stand.RUNNING,
        IntentState.ACCEPTED: Stand.RUNNING,
        IntentState.REJECTED: Stand.REFUSED,
        IntentState.UNKNOWN: Stand.UNKNOWN,
        IntentState.NOT_FOUND: Stand.UNKNOWN,
        IntentState.CANCELLED: Stand.TAKEN_BACK,
    }.get(intent.state, Stand.WAITING)


def _verdict(rows: Sequence[StepRow], stopped: str) -> PlanVerdict:
    stands = {row.stand for row in rows}
    is_open = bool(stands & {Stand.WAITING, Stand.RUNNING}) or any(_is_lost(row) for row in rows)
    if is_open or (Stand.NOT_STARTED in stands and stopped in _RESUMED):
        return PlanVerdict.RUNNING
    if Stand.UNKNOWN in stands:
        return PlanVerdict.UNKNOWN
    if stands == {Stand.DONE}:
        return PlanVerdict.WHOLE
    return PlanVerdict.PARTLY if stands & {Stand.DONE, Stand.PARTLY} else PlanVerdict.FAILED


def _is_lost(row: StepRow) -> bool:
    """Whether a step's answer was lost and is being looked for."""
    return row.intent is not None and row.intent.state is IntentState.UNKNOWN


def _is_failure(row: StepRow) -> bool:
    """Whether a step has ended and is not wholly done, or is known to be lost."""
    return row.stand in _FAILED or (row.stand is Stand.UNKNOWN and not _is_lost(row))


def _is_through(row: StepRow, *, wait: bool) -> bool:
    if row.stand is Stand.WAITING or (row.intent is not None and row.intent.state is IntentState.SENDING):
        return False
    return not wait or (row.stand is not Stand.RUNNING and not _is_lost(row))
