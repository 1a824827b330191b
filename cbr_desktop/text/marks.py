"""Marks: which shape and tone stand beside a state's word, so that no state is told by colour alone."""

from enum import Enum, StrEnum
from typing import NamedTuple

from cbr_desktop.text.tone import Tone


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
    PLUS = "✚"
    DELTA = "△"


class Mark(NamedTuple):
    """A shape in a tone."""

    shape: Shape
    tone: Tone


GOOD = Mark(Shape.DISC, Tone.GOOD)
BUSY = Mark(Shape.PLAY, Tone.BUSY)
_WAITING = Mark(Shape.RING, Tone.IDLE)
PARTIAL = Mark(Shape.HALF, Tone.WARN)
BAD = Mark(Shape.CROSS, Tone.BAD)
_LEAVING = Mark(Shape.SQUARE, Tone.IDLE)
UNKNOWN = Mark(Shape.QUESTION, Tone.WARN)
NEW = Mark(Shape.PLUS, Tone.BUSY)
CHANGED = Mark(Shape.DELTA, Tone.BUSY)
NEUTRAL = Mark(Shape.RING, Tone.IDLE)
REMARK = Mark(Shape.DIAMOND, Tone.WARN)
"""The marks of entries of the journal: a word of the program itself, as on what it found damaged, stands out."""
NEVER = Mark(Shape.RING, Tone.WARN)
"""The mark of what has never been backed up."""

# by the names of the enumerations, as in ``states``
_MARKS: dict[str, dict[str, Mark]] = {
    "VaultStatus": {
        "AVAILABLE": GOOD,
        "LOCK": Mark(Shape.UP, Tone.BUSY),
        "FROZEN": Mark(Shape.DIAMOND, Tone.WARN),
        "DELETING": _LEAVING,
        "ERROR": BAD,
    },
    "ProtectStatus": {
        "AVAILABLE": GOOD,
        "PROTECTING": BUSY,
        "RESTORING": Mark(Shape.UP, Tone.BUSY),
        "REMOVING": _LEAVING,
        "ERROR": BAD,
        "DELETED": _LEAVING,
    },
    "BackupStatus": {
        "AVAILABLE": GOOD,
        "PROTECTING": BUSY,
        "DELETING": _LEAVING,
        "RESTORING": Mark(Shape.UP, Tone.BUSY),
        "ERROR": BAD,
    },
    "MemberStatus": {
        "PENDING": _WAITING,
        "ACCEPTED": GOOD,
        "REJECTED": _LEAVING,
    },
    "PointState": {
        "RUNNING": BUSY,
        "FINISHED": GOOD,
        "PARTIAL": Mark(Shape.DIAMOND, Tone.WARN),
        "FAILED": BAD,
        "UNKNOWN": UNKNOWN,
    },
    "TaskStatus": {
        "WAITING": _WAITING,
        "RUNNING": BUSY,
        "SUCCESS": GOOD,
        "FAILED": BAD,
        "TIMEOUT": BAD,
        "SKIPPED": Mark(Shape.DIAMOND, Tone.WARN),
    },
    "IntentState": {
        "SCHEDULED": _WAITING,
        "HELD": Mark(Shape.DIAMOND, Tone.WARN),
        "QUEUED": _WAITING,
        "SENDING": BUSY,
        "ACCEPTED": BUSY,
        "REJECTED": BAD,
        "UNKNOWN": UNKNOWN,
        "NOT_FOUND": UNKNOWN,
        "CANCELLED": _LEAVING,
    },
}


def mark(value: object) -> Mark:
    """Return the mark of a state of the service; one that this version does not know is a question."""
    return _MARKS.get(type(value).__name__, {}).get(value.name, _WAITING) if isinstance(value, Enum) else UNKNOWN
