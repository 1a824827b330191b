"""How long a confirmation is good for: what a person confirmed long ago is not sent without being confirmed again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cbr_desktop.domain.change import Change
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, Reason
from cbr_desktop.workflows.intent_rows import IntentRows
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.ports import Clock

CONFIRM_MINUTES = 15
"""How old a confirmation, and the data behind it, may be when a request could be sent; older ones are asked again."""
FRESH = timedelta(minutes=CONFIRM_MINUTES)
_AHEAD = timedelta(minutes=1)
"""By how much a time may lie in the future before it is one of a clock that was wrong, and confirms nothing."""


class Confirmations:
    """Judges whether a person would still send a request; ``want_data`` asks for lists to be read."""

    def __init__(self, rows: IntentRows, clock: Clock, want_data: Callable[[frozenset[Part]], None]) -> None:
        self._rows = rows
        self._clock = clock
        self._want_data = want_data
        self._in_line: dict[IntentId, datetime] = {}
        """When a request was last seen waiting for its lane alone; meanwhile its confirmation does not grow old."""

    @property
    def is_in_contact(self) -> bool:
        """Whether the service answers."""
        return self._rows.ledger.connection.reach is Reach.ONLINE

    def stand_in_line(self, intent: Intent, now: datetime) -> None:
        """Note that only its lane stands in the way of a request, if its confirmation is not old."""
        if self.is_in_contact and now - self._confirmed_at(intent) <= FRESH:
            self._in_line[intent.id] = now

    def objection(self, intent: Intent, now: datetime) -> Reason:
        """Return why a request does not go though nothing else stands in its way, ``NONE`` where it may.

        ``STALE``: it was confirmed too long ago. ``OLD_DATA`` or, without contact, ``UNREACHABLE``: so were the data
        that it was judged by, and there are no newer ones yet. ``CONTRADICTED``: newer ones speak against it.
        """
        if now - self._confirmed_at(intent) > FRESH:
            return Reason.STALE
        judged_at = intent.preflight_at
        if judged_at is None or -_AHEAD <= now - judged_at <= FRESH:
            return Reason.NONE
        known = self.judged_at(intent.change)
        # data from the future, as a clock that was wrong dates them, are older than any
        if known is None or known > now + _AHEAD or known <= judged_at <= now + _AHEAD:
            return Reason.OLD_DATA if self.is_in_contact else Reason.UNREACHABLE
        return Reason.CONTRADICTED if self._is_contradicted(intent, now) else Reason.NONE

    def judged_at(self, change: Change) -> datetime | None:
        """Return how old the data are by which a change is judged, ``None`` when there are none."""
        return OPERATIONS[change.kind].judged_at(change, self._rows.ledger)

    def ask_for_data(self, intent: Intent) -> None:
        """Ask for newer data when those that a request was just confirmed by do not let it go."""
        if intent.preflight_at is not None and self._clock.now() - intent.preflight_at > FRESH:
            self._want_data(OPERATIONS[intent.change.kind].judged_by)

    def ask_for_aged_data(self, intent: Intent) -> None:
        """Ask for newer data when those that a request was confirmed by have grown old since.

        Where they were old already when it was confirmed, they have been asked for then.
        """
        judged_at = intent.preflight_at
        if judged_at is not None and (intent.confirmed_at or intent.created_at) - judged_at <= FRESH:
            self._want_data(OPERATIONS[intent.change.kind].judged_by)

    def _confirmed_at(self, intent: Intent) -> datetime:
        return max(intent.wanted_at, self._in_line.get(intent.id, intent.wanted_at))

    def _is_contradicted(self, intent: Intent, now: datetime) -> bool:
        """Whether what is known by now blocks a request that was judged by older data."""
        return OPERATIONS[intent.change.kind].judge(self._rows.completed(intent), self._rows.ledger, now).is_blocked


def is_from_the_future(intent: Intent, now: datetime) -> bool:
    """Whether a request was confirmed by a clock that was ahead of the one of now: that confirms nothing."""
    return (intent.confirmed_at or intent.created_at) > now + _AHEAD
