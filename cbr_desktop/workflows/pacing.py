"""How often is read: by what a person looks at, by the machine's power, and by what the service can bear."""

import asyncio
from datetime import datetime, timedelta
from math import inf
from typing import NamedTuple

from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.ports import Clock

EVERY_SECONDS = 120.0
"""Seconds between two readings of the lists, unless the settings say otherwise."""
UNSEEN = 5
"""How many times as long a pause is while the window is hidden."""
SPARING = 2
"""How many times as long a pause is while the machine runs on its battery or its network is metered."""
SLOWEST = 8
"""How many times as long a pause is at the most, while the service says that it is asked too often."""
_LOOK_SECONDS = 15.0


class Attention(NamedTuple):
    """What a person does with what is read: it decides how often that is done, never whether.

    ``every_seconds`` is how often the lists are read, 0 for only on demand. ``front`` are the parts that are
    looked at now; ``is_seen`` is whether anything of the profile can be seen.
    """

    every_seconds: float = EVERY_SECONDS
    front: frozenset[Part] = frozenset()
    is_seen: bool = True
    is_on_battery: bool = False
    is_metered: bool = False

    @property
    def pause(self) -> float:
        """Seconds between the ends of two rounds, infinite where they are switched off."""
        if not self.every_seconds:
            return inf
        is_sparing = self.is_on_battery or self.is_metered
        return self.every_seconds * (1 if self.is_seen else UNSEEN) * (SPARING if is_sparing else 1)


class Pace:
    """When the next round of reading is due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.attention = Attention()
        self._altered = asyncio.Event()
        """Set when the attention is another one than before."""
        self._times_slower = 1
        self._begun_at: datetime | None = None
        """When the last round was begun, and when it ended."""
        self._ended_at: datetime | None = None

    @property
    def every_seconds(self) -> float:
        """Seconds between two rounds, infinite where they are switched off."""
        return self.attention.pause * self._times_slower

    def attend(self, attention: Attention) -> None:
        """Take note of what is looked at."""
        self.attention = attention
        self._altered.set()

    def begin(self) -> None:
        """Take note that a round begins."""
        self._begun_at = self._clock.now()

    def end(self) -> None:
        """Take note that it has ended."""
        self._ended_at = self._clock.now()

    def note(self, *, is_throttled: bool) -> None:
        """Slow down while the service says that it is asked too often."""
        self._times_slower = min(2 * self._times_slower, SLOWEST) if is_throttled else 1

    def is_behind(self) -> bool:
        """Whether a round would have begun again by now, had the window been seen."""
        begun = self._begun_at
        return begun is not None and self._clock.now() - begun >= timedelta(seconds=self.every_seconds)

    async def until_due(self) -> None:
        """Return when the next round is due, by the time that has passed or by the clock.

        A machine that sleeps does not count seconds, and what it knows is old when it wakes: then too it is due once.
        """
        begun, waited = self._ended_at or self._clock.now(), 0.0
        while True:
            every = self.every_seconds
            if every == inf:
                # no clock is read where it is not needed
                self._altered.clear()
                await self._altered.wait()
                continue
            if waited >= every or self._clock.now() >= begun + timedelta(seconds=every):
                return
            await self._clock.sleep(_LOOK_SECONDS)
            waited += _LOOK_SECONDS
