"""Tones: what a colour says, wherever it is shown."""

from enum import StrEnum


class Tone(StrEnum):
    """What a colour says; a shape and a word always say it too."""

    GOOD = "good"
    BUSY = "busy"
    WARN = "warn"
    BAD = "bad"
    IDLE = "idle"
