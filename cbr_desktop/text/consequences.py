"""The words of what a change destroys: counted and named, for the one who is about to confirm it."""

from datetime import datetime

from cbr_desktop.domain.blast import Blast, Lost
from cbr_desktop.text.states import clock_words, count_words, duration_words, quoted, shown


def lost_sentence(lost: Lost, now: datetime) -> str:
    """Return what is lost, whether it is the newest of its kind, and how much of that kind stays."""
    resource = quoted(lost.resource_name, 80) if lost.resource_name else "its resource"
    name = quoted(lost.name, 80) if lost.name else "without a name"
    of = f" of {resource}" if lost.resource_name else ""
    goes = "is lost for good" if lost.at is None else f"is deleted by the policy {_when(lost.at, now)}"
    head = f"Backup {name} ({shown(lost.id, 64)}){of}{_made_words(lost, now)} {goes}."
    newest = f" It is the newest good backup of {resource}." if lost.is_newest else ""
    return f"{head}{newest} {_left_words(lost, resource)}"


def loss_sentences(blast: Blast, now: datetime) -> list[str]:
    """Return a sentence for each thing that a change destroys or overwrites, and one for those that are not named."""
    told = [lost_sentence(lost, now) for lost in blast.lost]
    return [*told, f"{count_words(blast.more, 'more backup')} are lost."] if blast.more else told


def _when(at: datetime, now: datetime) -> str:
    return "at once" if at <= now else f"at {clock_words(at, now)}"


def _made_words(lost: Lost, now: datetime) -> str:
    if lost.created_at is None:
        return ""
    return f", made {clock_words(lost.created_at, now)} ({duration_words(now - lost.created_at)} ago),"


def _left_words(lost: Lost, resource: str) -> str:
    if lost.left is None:
        return f"How many good backups of {resource} stay is not known."
    if not lost.left:
        return f"No good backup of {resource} is left then."
    verb = "stays" if lost.left == 1 else "stay"
    return f"{count_words(lost.left, 'good backup')} of {resource} {verb}."
