"""What became of the run of a plan, step by step, told by the requests that carry its id."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from cbr_desktop.domain.change import Kind, Subject
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.intent import Intent, IntentState, Reason
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.domain.plan import STEP_LIMIT, Run, Step
from cbr_desktop.workflows.documents import draft_of
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.outcomes import outcome_of

_RECENT = timedelta(days=7)
"""For how long a run that was left in the middle is brought to mind."""


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


class StopReason(StrEnum):
    """Why no further step of a run begins."""

    NONE = ""
    FAILURE = "failure"
    """A step did not succeed."""
    STALE = "stale"
    """It could not go on for too long, so that it is to be confirmed again."""
    PAUSED = "paused"
    """The program that ran it has ended."""
    PERSON = "person"
    REFUSED = "refused"
    """A step could not be queued."""
    PROFILE = "profile"
    """The profile of a step is not open, or is gone."""


class PlanVerdict(StrEnum):
    """What became of a run as a whole. Half a success is never a whole one."""

    RUNNING = "running"
    WHOLE = "whole"
    PARTLY = "partly"
    FAILED = "failed"
    UNKNOWN = "unknown"


_RESUMED = frozenset({StopReason.NONE, StopReason.PAUSED, StopReason.STALE})
"""The reasons for which a run rests until a person continues it."""
_ENDED = frozenset({Stand.DONE, Stand.PARTLY, Stand.NOTHING, Stand.REFUSED, Stand.TAKEN_BACK})
_FAILED = _ENDED - {Stand.DONE}


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

    @property
    def is_held(self) -> bool:
        """Whether its request waits for a person who releases it or takes it back."""
        return self.intent is not None and self.intent.state is IntentState.HELD

    @property
    def is_lost(self) -> bool:
        """Whether its answer was lost and is being looked for."""
        return self.intent is not None and self.intent.state is IntentState.UNKNOWN

    @property
    def is_failure(self) -> bool:
        """Whether it has ended and is not wholly done, or is known to be lost."""
        return self.stand in _FAILED or (self.stand is Stand.UNKNOWN and not self.is_lost)

    @property
    def is_open(self) -> bool:
        """Whether it takes one of the places of those under way; one that waits for a failure takes none."""
        if (
            self.intent is not None
            and self.intent.state is IntentState.HELD
            and self.intent.reason == Reason.PRIOR_FAILED
        ):
            return False
        return self.stand in (Stand.WAITING, Stand.RUNNING) or self.is_lost

    def is_through(self, *, wait: bool) -> bool:
        """Whether nothing is left to be done; without ``wait`` what the service has accepted is left to itself."""
        if self.stand is Stand.WAITING or (self.intent is not None and self.intent.state is IntentState.SENDING):
            return False
        return not wait or (self.stand is not Stand.RUNNING and not self.is_lost)


class PlanReport(Struct, frozen=True):
    """What became of a run, step by step; ``stopped`` is why no further step begins, empty when none is kept back."""

    name: str
    run: str
    started_at: datetime
    verdict: PlanVerdict
    rows: tuple[StepRow, ...]
    stopped: StopReason = StopReason.NONE

    def count(self, *stands: Stand) -> int:
        """Return how many steps stand in one of these ways."""
        return sum(row.stand in stands for row in self.rows)


def report(run: Run, ledger: Reading, now: datetime, stopped: StopReason = StopReason.NONE) -> PlanReport:
    """Return what became of a run, by the intents that carry its id."""
    return run_report(run, intents_of_run(run.id, ledger), ledger, now, stopped)


def left(run: Run, ledger: Reading, now: datetime) -> PlanReport:
    """Return what became of a run that is not kept going: it rests, or it has ended by a failure."""
    return all_left([run], ledger, now)[0]


def all_left(runs: Iterable[Run], ledger: Reading, now: datetime) -> list[PlanReport]:
    """Return what became of several runs that are not kept going, in their order."""
    intents = _by_run(ledger)
    found = []
    for run in runs:
        made = run_report(run, intents.get(run.id, {}), ledger, now, StopReason.PAUSED)
        has_failed = run.plan.stop_on_failure and any(row.is_failure for row in made.rows)
        if has_failed and made.count(Stand.NOT_STARTED):
            made = replace(made, stopped=StopReason.FAILURE, verdict=_verdict(made.rows, StopReason.FAILURE))
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
    resting = [each for each in made if each.stopped is StopReason.PAUSED]
    return [each for each in resting if 0 < each.count(Stand.NOT_STARTED) < len(each.rows)]


def run_report(
    run: Run,
    intents: Mapping[int, Intent],
    ledger: Reading,
    now: datetime,
    stopped: StopReason,
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


def intents_of_run(id: str, ledger: Reading) -> dict[int, Intent]:
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


def _verdict(rows: Sequence[StepRow], stopped: StopReason) -> PlanVerdict:
    stands = {row.stand for row in rows}
    is_open = bool(stands & {Stand.WAITING, Stand.RUNNING}) or any(row.is_lost for row in rows)
    if is_open or (Stand.NOT_STARTED in stands and stopped in _RESUMED):
        return PlanVerdict.RUNNING
    if Stand.UNKNOWN in stands:
        return PlanVerdict.UNKNOWN
    if stands == {Stand.DONE}:
        return PlanVerdict.WHOLE
    return PlanVerdict.PARTLY if stands & {Stand.DONE, Stand.PARTLY} else PlanVerdict.FAILED
