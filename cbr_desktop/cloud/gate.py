"""How many requests are on their way at a time: as many as the distance of the service makes worth while.

::

    a page answers after its wait, then keeps this machine busy for PAGE_SECONDS
    wait 5 ms     busy ██·██·██               a few fill the wait: IN_FLIGHT
    wait 200 ms   busy ██··········██         each further one fills more of it, up to MOST_IN_FLIGHT
"""

import asyncio
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType

IN_FLIGHT = 6
"""Requests at a time where the service answers quickly; more gain nothing there."""
MOST_IN_FLIGHT = 16
"""Requests at a time at the most, however far the service is: the service is not ours alone."""
PAGE_SECONDS = 0.005
"""What a page of a list costs here at the least, to be received, unpacked and read.

While one is read, others should be under way, so that the next is there when it is done: in a wait of ``n`` times as
long there is room for ``n`` of them. More would only wait in line on this side of the link.
"""
NARROW = timedelta(seconds=60)
"""How long after a 429 only one request is on its way."""
CAREFUL = timedelta(minutes=10)
"""How long after a 429 there are no more than ``IN_FLIGHT``, however far the service is."""
_PERIOD = timedelta(seconds=60)


def _most() -> int:
    return MOST_IN_FLIGHT


class Gate:
    """Lets some requests through at a time, the others wait in line: ``async with gate``.

    ``most`` is asked for the number that is never passed, as a person has chosen it.
    """

    def __init__(self, now: Callable[[], datetime], most: Callable[[], int] = _most) -> None:
        self._now = now
        self._most = most
        # a queue of the standard library, whose getters stand in line and may be cancelled: a command would import
        # anyio for its limiter alone
        self._places: asyncio.Queue[None] = asyncio.Queue()
        self._limit = 0
        self._made = 0
        """Places that there are: free ones in the queue, and those that a request has."""
        self._throttled_at: datetime | None = None
        self._period_at = now()
        self._least = [math.inf, math.inf]
        """The shortest waits for an answer in this period and in the one before, in seconds."""
        self.adjust()

    async def __aenter__(self) -> None:
        await self._places.get()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._made > self._limit:
            self._made -= 1
        else:
            self._places.put_nowait(None)

    def _open_for(self, limit: int) -> None:
        """Make places, or take free ones away; of those that requests have, the rest goes with them."""
        self._limit = limit
        while self._made < limit:
            self._places.put_nowait(None)
            self._made += 1
        while self._made > limit and not self._places.empty():
            self._places.get_nowait()
            self._made -= 1

    @property
    def worth(self) -> int:
        """How many requests are worth to be on their way, unless the service has asked for fewer of late."""
        wait_seconds = min(self._least)
        if wait_seconds == math.inf or wait_seconds <= IN_FLIGHT * PAGE_SECONDS:
            return min(IN_FLIGHT, self._most())
        return min(math.ceil(wait_seconds / PAGE_SECONDS), MOST_IN_FLIGHT, self._most())

    def answered(self, seconds: float) -> None:
        """Take note of how long an answer let wait for its first byte.

        The shortest wait of late is taken for the distance: in a longer one the service had work to do, or the answer
        stood in line behind others, of which there would only be more.
        """
        now = self._now()
        if not timedelta(0) <= now - self._period_at < _PERIOD:
            self._least = [math.inf, self._least[0]]
            self._period_at = now
        self._least[0] = min(self._least[0], seconds)

    def throttled(self) -> None:
        """Take note that the service wants to be asked less."""
        self._throttled_at = self._now()
        self._open_for(1)

    def adjust(self) -> None:
        """Let as many through as is right by now."""
        # a time before the throttling is that of a clock that was set back meanwhile
        since = None if self._throttled_at is None else self._now() - self._throttled_at
        if since is None or not timedelta(0) <= since < CAREFUL:
            self._open_for(self.worth)
        else:
            self._open_for(1 if since < NARROW else min(IN_FLIGHT, self.worth))
