"""Clocks by which the simulated service lives: one turned by hand, one that runs."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time of the simulated service."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class HandClock:
    """Stands still until it is advanced."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The moment the clock was last turned to, aware, in UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Turn the clock; negative seconds turn it back."""
        self._now += timedelta(seconds=seconds)


class RunningClock:
    """Real time from `start` on, passing `speed` times as fast."""

    def __init__(self, speed: float = 1.0, start: datetime | None = None) -> None:
        self._speed = speed
        self._start = datetime.now(UTC) if start is None else start.astimezone(UTC)
        self._mark = time.monotonic()

    def now(self) -> datetime:
        """The present moment, aware, in UTC; never runs backwards."""
        return self._start + timedelta(seconds=(time.monotonic() - self._mark) * self._speed)
