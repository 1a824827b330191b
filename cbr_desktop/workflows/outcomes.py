"""The outcome of an intent, joined from what the ledger knows."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Outcome
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.operations import OPERATIONS


def outcome_of(ledger: Reading, intent: Intent) -> Outcome | None:
    """Return what became of an intent, or ``None`` while the service has not accepted it."""
    if intent.result is None or intent.outcome is not None:
        return intent.outcome
    return OPERATIONS[intent.change.kind].outcome(intent, ledger)
