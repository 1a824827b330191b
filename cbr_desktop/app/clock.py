"""The clock on the wall, which can be made to run faster for a rehearsal."""

import time
from datetime import UTC, datetime, timedelta


class WallClock:
    """The time of this machine; with ``speed`` other than 1 it runs that much faster from now on."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._start = datetime.now(UTC)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """Return the time, aware UTC. At normal speed it follows the machine's clock when that is set anew."""
        if self._speed == 1.0:
            return datetime.now(UTC)
        return self._start + timedelta(seconds=(time.monotonic() - self._origin) * self._speed)

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` of this clock."""
        import asyncio  # the first paint asks for the time only

        await asyncio.sleep(seconds / self._speed)
