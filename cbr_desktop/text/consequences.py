"""The words of what a change destroys: counted and named, for the one who is about to confirm it."""

from datetime import datetime

from cbr_desktop.domain.blast import Lost
from cbr_desktop.text.states import clock_words, count_words, duration_words, quoted, shown


def lost_sentence(lost: Lost, now: datetime) -> str:
    """Return what is lost, whether it is the newest of its kind, and how much of that kind stays."""
    resource = quoted(lost.resource_name, 80) if lost.resource_name else "its resource"
    name = quoted(lost.name, 80) if lost.name else "without a name"
    of = f" of {resource}" if lost.resource_name else ""
    head = f"Backup {name} ({shown(lost.id, 64)}){of}{_made_words(lost, now)} is lost for good."
    newest = f" It is the newest good backup of {resource}." if lost.is_newest else ""
    return f"{head}{newest} {_left_words(lost, resource)}"


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
