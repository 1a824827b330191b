"""The rows of the outbox: how the state of a request is kept and shown, and which requests go out from here."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from cbr_desktop.domain.change import Change
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, IntentState, Origin, Reason, Target
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.ports import Clock, Records


class IntentRows:
    """Keeps the requests of a profile in ``records`` and shows them in ``ledger``."""

    def __init__(self, ledger: Ledger, records: Records, clock: Clock) -> None:
        self.ledger = ledger
        self.records = records
        self._clock = clock

    def __iter__(self) -> Iterator[Intent]:
        """Iterate over the requests as they are now; they may be moved meanwhile."""
        return iter(list(self.ledger.intents.values()))

    def move(self, intent: Intent, state: IntentState, **changes: object) -> None:
        """Show and keep a new state. A row that cannot be kept stays SENDING on the disk: unknown, never resent."""
        moved = intent.moved(state, self._clock.now(), **changes)
        try:
            self.records.save(moved)
        except CbrError:
            moved = replace(moved, reason=Reason.NOT_SAVED)
        self.ledger.put_intent(moved)

    def save(self, intent: Intent) -> None:
        """Keep and show a request as it is. Raises ``StorageError``: then it is shown as before."""
        self.records.save(intent)
        self.ledger.put_intent(intent)

    def tell(self, intent: Intent, reason: Reason) -> None:
        """Show why a request stands in its state, without keeping it: after a restart it may be otherwise."""
        self.ledger.put_intent(replace(intent, reason=reason))

    def prior_of(self, intent: Intent) -> Intent | None:
        """Return the request that another waits for, ``None`` where it waits for none or that one is not known."""
        return self.ledger.intents.get(intent.after) if intent.after is not None else None

    def completed(self, intent: Intent) -> Change:
        """Return the change of a request with the id that the one has made for which it waited."""
        prior = self.prior_of(intent)
        if prior is None or prior.result is None or not prior.is_settled:
            return intent.change
        return intent.change.with_prior(prior.result.id)

    def service_time(self, at: datetime) -> datetime | None:
        """Return the earliest that the service's clock can have shown at ``at``, ``None`` where that is not known."""
        return self.ledger.connection.earliest_service_time(at)


class OwnRequests:
    """Tells which requests go out from here: those that lead where the profile of ``ledger`` leads.

    Where ``origin`` is a command, these are alone those that were submitted or released here.
    """

    def __init__(self, ledger: Ledger, origin: Origin) -> None:
        self._ledger = ledger
        self.origin = origin
        self._ids: set[IntentId] = set()

    def add(self, id: IntentId) -> None:
        """Take note of a request that was submitted or released here."""
        self._ids.add(id)

    def target(self) -> Target:
        """Return where a request goes that is submitted now."""
        profile = self._ledger.profile
        return Target(profile.name, profile.cbr_endpoint, profile.project)

    def is_mine(self, intent: Intent) -> bool:
        """Whether a request that waits may go out from here."""
        return self.origin is Origin.WINDOW or intent.id in self._ids

    def was_left(self, intent: Intent) -> bool:
        """Whether a row would go by itself though the command that asked for it has ended."""
        return intent.origin is Origin.COMMAND and intent.id not in self._ids and self.would_go(intent)

    def would_go(self, intent: Intent) -> bool:
        """Whether a row would go without being released by a person."""
        is_back = intent.state is IntentState.HELD and intent.reason == Reason.ELSEWHERE and self.leads_there(intent)
        return is_back or intent.state in (IntentState.QUEUED, IntentState.SCHEDULED)

    def leads_there(self, intent: Intent) -> bool:
        """Whether the profile still leads where the request was meant for: after an edit nothing is sent elsewhere."""
        profile = self._ledger.profile
        return (intent.target.cbr_endpoint, intent.target.project) == (profile.cbr_endpoint, profile.project)
