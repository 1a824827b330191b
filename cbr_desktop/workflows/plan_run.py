"""Running plans: every step becomes a request of the outbox in its turn, and one report tells of all of them.

::

    a file -> prepared: every step with its profile, its name and its bytes -> a copy in the data folder
        -> started step by step: as many at once as the plan allows, none after a failure if it says so
            -> told by the intents that carry the run's id, also after a restart

A run is started by a person, and goes on only while this program has kept at it: after a pause a person continues it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.intent import WAITING, IntentState, Reason
from cbr_desktop.domain.plan import Run, Step, plan_mark
from cbr_desktop.workflows.confirmations import CONFIRM_MINUTES
from cbr_desktop.workflows.documents import change_in
from cbr_desktop.workflows.ledger import Ledger, Reading
from cbr_desktop.workflows.outbox import PASSING, Outbox
from cbr_desktop.workflows.plan_report import PlanReport, Stand, StepRow, StopReason, intents_of_run, run_report
from cbr_desktop.workflows.ports import Clock

LOOK_SECONDS = 1.0
"""How often a run looks whether another step may begin."""
_FRESH = timedelta(minutes=CONFIRM_MINUTES)
_UNDER_WAY = frozenset({IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN})


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
        self.stopped = StopReason.NONE
        """Why no further step begins: ``failure``, ``stale``, ``person``, ``refused`` or ``profile``; else empty.
        Of a run that is not kept going ``report`` is told that it is ``paused``."""

    @property
    def run(self) -> Run:
        """The run."""
        return self._run

    def report(self) -> PlanReport:
        """Return how it stands now."""
        intents = intents_of_run(self._run.id, self._ledger)
        return run_report(self._run, intents, self._ledger, self._clock.now(), self.stopped, self._told)

    def stop(self, why: StopReason = StopReason.PERSON) -> None:
        """Begin no further step; what has begun goes its way."""
        self.stopped = self.stopped or why

    def is_over(self, *, wait: bool = True) -> bool:
        """Whether nothing is left to be done; without ``wait`` what the service has accepted is left to itself."""
        return self._is_over(self.report().rows, wait=wait)

    def _is_over(self, rows: Sequence[StepRow], *, wait: bool) -> bool:
        if not self.stopped and any(row.stand is Stand.NOT_STARTED for row in rows):
            return False
        return all(row.is_through(wait=wait) for row in rows)

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
            if self._run.plan.stop_on_failure and any(row.is_failure for row in made.rows):
                self.stopped = StopReason.FAILURE
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
            self.stopped = StopReason.PROFILE
            return False
        open_rows = [row for row in rows if row.is_open]
        is_online = outlet.ledger.connection.reach is Reach.ONLINE
        is_at_work = any(row.intent is not None and row.intent.state in _UNDER_WAY for row in open_rows)
        if now - self._alive_at > _FRESH:
            self.stopped = StopReason.STALE
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
            self.stopped = StopReason.REFUSED
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
                why = StopReason.NONE if intent.reason == Reason.PRIOR_FAILED else StopReason.FAILURE
                self.stopped = self.stopped or why
