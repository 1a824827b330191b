"""Which queued request goes next: the oldest of every lane in which nothing is under way.

Some keep further lanes busy, as what moves from one vault into another: they wait for all of these.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from cbr_desktop.domain.intent import Intent, IntentState, Reason
from cbr_desktop.workflows.confirmations import FRESH, Confirmations, is_from_the_future
from cbr_desktop.workflows.intent_rows import IntentRows, OwnRequests
from cbr_desktop.workflows.obstacles import Obstacles
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.ports import Clock

TICK_SECONDS = 10.0
"""How often the clock is looked at, at the least, while something waits for a time: it may be set, and a machine that
sleeps counts no seconds. All else that lets a request go wakes the outbox by itself."""

_OPEN = frozenset({IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN})
"""States in which an intent may be running at the service, so that its lane takes no other."""


class Lanes:
    """Holds what must not go by itself, lets go what is due, and says what is to be sent now."""

    def __init__(
        self, rows: IntentRows, own: OwnRequests, confirmations: Confirmations, obstacles: Obstacles, clock: Clock
    ) -> None:
        self._rows = rows
        self._own = own
        self._confirmations = confirmations
        self._obstacles = obstacles
        self._clock = clock
        self.next_look: datetime | None = None
        """When to look again though nothing has happened; ``None``: nothing that is queued waits for a time."""

    def next_to_go(self) -> Intent | None:
        """Return the request that is to be sent now, if any, after a look at all that waits."""
        self.next_look = None
        self._review()
        obstacle = self._obstacles.reason()
        if obstacle:
            self._obstacles.tell(obstacle)
        return None if obstacle else next(self._ready(), None)

    def ahead_of(self, intent: Intent) -> Intent | None:
        """Return the request that keeps a queued one from being sent now, ``None`` when none does.

        That is one of its own lane, or the one whose result it waits for.
        """
        prior = self._rows.prior_of(intent)
        if prior is not None and not prior.is_settled:
            return prior
        lanes = _lanes_of(intent)
        others = (each for each in self._rows if each.id != intent.id and each.state in _OPEN)
        return next((each for each in others if not lanes.isdisjoint(_lanes_of(each))), None)

    def _look_by(self, at: datetime | None = None) -> None:
        """Have the queue looked at when a time comes; the next tick is always early enough."""
        tick = self._clock.now() + timedelta(seconds=TICK_SECONDS)
        self.next_look = min(each for each in (at, tick, self.next_look) if each is not None)

    def _review(self) -> None:
        """Hold what must not go by itself, and let go what is due."""
        now = self._clock.now()
        for intent in filter(self._own.is_mine, self._rows):
            if intent.state is IntentState.SCHEDULED:
                self._review_scheduled(intent, now)
            elif intent.state is IntentState.QUEUED and (reason := self._why_held(intent, now)):
                self._rows.move(intent, IntentState.HELD, reason=reason)

    def _review_scheduled(self, intent: Intent, now: datetime) -> None:
        if not self._own.leads_there(intent):
            self._rows.move(intent, IntentState.HELD, reason=Reason.ELSEWHERE)
        elif is_from_the_future(intent, now):
            self._rows.move(intent, IntentState.HELD, reason=Reason.CLOCK)
        elif now - intent.wanted_at > FRESH:
            self._rows.move(intent, IntentState.HELD, reason=Reason.LATE)
        elif intent.due_at is None or now >= intent.due_at:
            self._rows.move(intent, IntentState.QUEUED)
        else:
            self._look_by(intent.due_at)

    def _why_held(self, intent: Intent, now: datetime) -> Reason:
        """Return why a queued request must not go by itself, ``NONE`` where it may once its turn comes."""
        if not self._own.leads_there(intent):
            return Reason.ELSEWHERE
        if is_from_the_future(intent, now):
            return Reason.CLOCK
        if self._own.was_left(intent):
            return Reason.LEFT  # reading has proved that a command did not do it before it ended
        return Reason.PRIOR_FAILED if self._has_prior_failed(intent) else Reason.NONE

    def _ready(self) -> Iterator[Intent]:
        """Yield the oldest queued intent of every lane that has nothing open, if it may go by itself."""
        now = self._clock.now()
        intents = sorted(self._rows, key=lambda intent: intent.created_at)
        taken = {lane for intent in intents if intent.state in _OPEN for lane in _lanes_of(intent)}
        for intent in intents:
            if intent.state is not IntentState.QUEUED or not self._own.is_mine(intent):
                continue
            # a claim alone may put it into the row; its lane is that of what it is about all the same
            lanes = _lanes_of(replace(intent, change=self._rows.completed(intent)))
            if not taken.isdisjoint(lanes) or self._waits_for_prior(intent):
                self._look_by()
                self._confirmations.stand_in_line(intent, now)
            elif self._may_go(intent, now):
                taken |= lanes
                if not self._obstacles.is_resting(intent):
                    yield intent

    def _may_go(self, intent: Intent, now: datetime) -> bool:
        """Whether a person would still send it; what is too old for that is held as soon as it could be sent."""
        reason = self._confirmations.objection(intent, now)
        if reason is Reason.CONTRADICTED or (reason is Reason.STALE and self._confirmations.is_in_contact):
            self._rows.move(intent, IntentState.HELD, reason=reason)
        elif reason in (Reason.OLD_DATA, Reason.UNREACHABLE):
            self._look_by()
            if intent.reason != reason:
                self._rows.tell(intent, reason)
                if reason is Reason.OLD_DATA:
                    self._confirmations.ask_for_aged_data(intent)
        return not reason

    def _waits_for_prior(self, intent: Intent) -> bool:
        """Whether the request is still under way that another waits for."""
        prior = self._rows.prior_of(intent)
        waits = prior is not None and not prior.is_settled
        if waits and not intent.reason:
            self._rows.tell(intent, Reason.PRIOR)
        return waits

    def _has_prior_failed(self, intent: Intent) -> bool:
        """Whether a request that another waits for has ended without doing all of what was asked for."""
        if intent.after is None:
            return False
        prior = self._rows.prior_of(intent)
        if prior is None:
            return True
        is_whole = prior.state is IntentState.FINISHED and prior.outcome is not None and prior.outcome.is_whole
        return prior.is_settled and not is_whole


def _lanes_of(intent: Intent) -> set[tuple[str, str]]:
    """Return the lanes in which nothing else may be under way while a request is, each with its endpoint."""
    further = OPERATIONS[intent.change.kind].keeps_busy(intent.change)
    return {intent.lane, *((intent.target.cbr_endpoint, lane.lower()) for lane in further)}
