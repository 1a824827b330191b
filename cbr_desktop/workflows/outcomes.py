"""The outcome of an intent, joined from what the ledger knows."""

from cbr_desktop.domain import request
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Outcome, outcome
from cbr_desktop.workflows.ledger import Reading


def outcome_of(ledger: Reading, intent: Intent) -> Outcome | None:
    """Return what became of the resources of an intent, or ``None`` while the service has not accepted it."""
    if intent.checkpoint is None or intent.outcome is not None:
        return intent.outcome
    id = intent.checkpoint.id
    document, _ = request.read(intent.body)
    asked = (document.draft.resources or ()) if document is not None else ()
    return outcome(intent.checkpoint, ledger.tasks_of(id), ledger.backups_of(id), asked)
