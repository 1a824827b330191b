"""Leaving: what is not at its end yet, by kind, so that it is known before the program is closed."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from cbr_desktop.domain.blast import wants_reason
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.workflows.confirmations import CONFIRM_MINUTES
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.plan_report import PlanReport, Stand, StopReason

_FRESH = timedelta(minutes=CONFIRM_MINUTES)


class Pending(StrEnum):
    """The kinds of what is not at its end, in the order in which they are told."""

    SENDING = "sending"
    """Its answer has not come: it becomes UNKNOWN by leaving, and is looked for at the next start."""
    UNKNOWN = "unknown"
    """Its answer was lost, and it is looked for while the program runs."""
    QUEUED = "queued"
    """It has not left. At the next start it goes if it was confirmed of late, else a person is asked."""
    ATTENDED = "attended"
    """It has not left and overwrites something: at the next start a person is asked, however soon that is."""
    SCHEDULED = "scheduled"
    """It waits for its time. It is not sent while the program is closed, and held if its time passes."""
    FOLLOWED = "followed"
    """The service is at it, and goes on by itself."""
    PLAN = "plan"
    """A run of a plan with steps that have not begun. None begins until a person continues it."""


_KINDS = {
    IntentState.SENDING: Pending.SENDING,
    IntentState.UNKNOWN: Pending.UNKNOWN,
    IntentState.QUEUED: Pending.QUEUED,
    IntentState.SCHEDULED: Pending.SCHEDULED,
    IntentState.ACCEPTED: Pending.FOLLOWED,
}
_LET_GO = frozenset({StopReason.PERSON, StopReason.FAILURE})
"""The reasons of a run to stop that are its end until a person wishes otherwise."""


class Unfinished(Struct, frozen=True):
    """What is not at its end of one kind: requests, the one that is due first leading, or one run of a plan."""

    kind: Pending
    intents: tuple[Intent, ...] = ()
    plan: PlanReport | None = None


def unfinished(ledger: Reading, runs: Iterable[PlanReport] = ()) -> list[Unfinished]:
    """Return what leaving interrupts or leaves to itself, by kind.

    ``runs`` are those that this program keeps going. Held requests are not told: they wait for a person either way.
    """
    found: dict[Pending, list[Intent]] = {}
    for intent in ledger.intents.values():
        kind = _KINDS.get(intent.state)
        if kind is Pending.QUEUED and wants_reason(OPERATIONS[intent.change.kind].effect):
            kind = Pending.ATTENDED
        if kind is not None:
            found.setdefault(kind, []).append(intent)
    told = [
        Unfinished(kind, tuple(sorted(found[kind], key=lambda intent: intent.wanted_at)))
        for kind in Pending
        if kind in found
    ]
    return told + [Unfinished(Pending.PLAN, plan=run) for run in runs if _is_halfway(run)]


def sent_until(intents: Sequence[Intent]) -> datetime:
    """Return until when all of these queued requests go at a start; after that a person is asked about the first."""
    return min(intent.wanted_at for intent in intents) + _FRESH


def _is_halfway(run: PlanReport) -> bool:
    return bool(run.count(Stand.NOT_STARTED)) and run.stopped not in _LET_GO
