"""The words of the deletion of a backup."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.operations.words import Words
from cbr_desktop.text.states import quoted, shown, status_words


def _backup(intent: Intent) -> str:
    return f"backup {quoted(intent.subject.label)}"


def _outcome(_intent: Intent, outcome: Outcome) -> str:
    if outcome.count(Fate.DONE):
        return "Deleted: the backup is gone, and cannot be brought back."
    if outcome.count(Fate.FAILED):
        return (
            f"Not deleted: the service accepted it, but the backup is in state {status_words(outcome.status)} again."
            " Look at its task."
        )
    return "The service is deleting the backup."


DELETE_BACKUP = Words(
    title="Delete backup",
    thing="backup",
    things="backups",
    place="the backup",
    undone="the backup is still there",
    found="reading has shown that the backup is gone, or on its way to that",
    accepted="Accepted; the service is deleting the backup.",
    running="Deleting",
    done="Deleted",
    partly="Partly deleted",
    failed="Not deleted",
    line="Backup",
    lines="Backups",
    twice="If the first one came late after all, the backup is gone, and the second one changes nothing more.",
    name=lambda _intent: "Delete backup",
    what=lambda intent: f"to delete {_backup(intent)}",
    sought=lambda intent: f"{_backup(intent)}, whether it is still there",
    searched=_backup,
    looking=lambda intent: (
        f"Reading whether {_backup(intent)} is still there. If it is, the deletion is sent again by itself, at most"
        " twice, while your confirmation is fresh."
    ),
    untraceable=lambda intent: f"{_backup(intent).capitalize()} was still there",
    outcome=_outcome,
    report=lambda intent: [f"Delete backup: {shown(intent.subject.name) or '(name unknown)'} ({intent.subject.id})"],
    past="deleted",
    fates={Fate.RUNNING: "Being deleted", Fate.DONE: "Deleted", Fate.FAILED: "Not deleted"},
    remedies={Fate.FAILED: "Look at the task of its deletion, then delete it again."},
)
