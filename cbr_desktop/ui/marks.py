"""Marks: which shape and tone stand beside a state's word, so that no state is told by colour alone."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from cbr_desktop.domain.backup import BackupStatus
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.domain.task import TaskStatus
from cbr_desktop.domain.vault import ProtectStatus, VaultStatus
from cbr_desktop.ui.theme import Tone


class Shape(StrEnum):
    """The shapes, each with the character that stands for it where only text can be shown."""

    DISC = "●"
    RING = "○"
    HALF = "◐"
    UP = "▲"
    PLAY = "▶"
    SQUARE = "■"
    DIAMOND = "◆"
    CROSS = "✕"
    QUESTION = "?"


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape in a tone."""

    shape: Shape
    tone: Tone


_GOOD = Mark(Shape.DISC, Tone.GOOD)
_BUSY = Mark(Shape.PLAY, Tone.BUSY)
_WAITING = Mark(Shape.RING, Tone.IDLE)
_PARTIAL = Mark(Shape.HALF, Tone.WARN)
_BAD = Mark(Shape.CROSS, Tone.BAD)
_LEAVING = Mark(Shape.SQUARE, Tone.IDLE)
_UNKNOWN = Mark(Shape.QUESTION, Tone.WARN)
NEVER = Mark(Shape.RING, Tone.WARN)
"""The mark of what has never been backed up."""

_MARKS: dict[type[Enum], dict[str, Mark]] = {
    VaultStatus: {
        "AVAILABLE": _GOOD,
        "LOCK": Mark(Shape.UP, Tone.BUSY),
        "FROZEN": Mark(Shape.DIAMOND, Tone.WARN),
        "DELETING": _LEAVING,
        "ERROR": _BAD,
    },
    ProtectStatus: {
        "AVAILABLE": _GOOD,
        "PROTECTING": _BUSY,
        "RESTORING": Mark(Shape.UP, Tone.BUSY),
        "REMOVING": _LEAVING,
        "ERROR": _BAD,
        "DELETED": _LEAVING,
    },
    BackupStatus: {
        "AVAILABLE": _GOOD,
        "PROTECTING": _BUSY,
        "DELETING": _LEAVING,
        "RESTORING": Mark(Shape.UP, Tone.BUSY),
        "ERROR": _BAD,
    },
    TaskStatus: {
        "WAITING": _WAITING,
        "RUNNING": _BUSY,
        "SUCCESS": _GOOD,
        "FAILED": _BAD,
        "TIMEOUT": _BAD,
        "SKIPPED": Mark(Shape.DIAMOND, Tone.WARN),
    },
    IntentState: {
        "QUEUED": _WAITING,
        "SENDING": _BUSY,
        "ACCEPTED": _BUSY,
        "REJECTED": _BAD,
        "UNKNOWN": _UNKNOWN,
        "NOT_FOUND": _UNKNOWN,
        "CANCELLED": _LEAVING,
    },
}


def mark(value: object) -> Mark:
    """Return the mark of a state of the service; one that this version does not know is a question."""
    return _MARKS.get(type(value), {}).get(value.name, _WAITING) if isinstance(value, Enum) else _UNKNOWN


def outcome_mark(outcome: Outcome) -> Mark:
    """Return the mark of an outcome; only a whole one is good."""
    if not outcome.is_over:
        return _BUSY
    if outcome.is_whole:
        return _GOOD
    return _PARTIAL if outcome.count(Fate.DONE) else _BAD


def intent_mark(intent: Intent, outcome: Outcome | None) -> Mark:
    """Return the mark of a request, by what became of its resources where that is known."""
    if intent.state in (IntentState.ACCEPTED, IntentState.FINISHED):
        return outcome_mark(outcome) if outcome is not None else _UNKNOWN
    return mark(intent.state)
