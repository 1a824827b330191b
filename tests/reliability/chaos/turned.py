"""Time that is turned by hand: a loop whose clock jumps to the next thing due, and the clocks that show it.

All that waits on such a loop, a deadline of the program included, waits by the same time, and a run of hours takes
moments. What happens in it depends on its seed alone.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_IDLE_SECONDS = 10.0
"""How long a loop that nothing is due on is left waiting for its threads, in seconds of real time."""


class _Turned(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Asks what is ready without waiting; the wait that was asked for passes at once.

    ``grace`` is for how long a socket is waited for before that, in seconds of real time.
    """

    def __init__(self, grace: float) -> None:
        super().__init__()
        self.seconds = 0.0
        self._grace = grace

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0 if timeout == 0 else self._grace)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            ready = super().select(_IDLE_SECONDS)
            if not ready:
                raise RuntimeError("everything waits, and for nothing that will ever come")
            return ready
        self.seconds += max(timeout, 0.0)
        return ready


class TurnedLoop(asyncio.SelectorEventLoop):
    """A loop that counts seconds from 0, and no slower than it can work."""

    def __init__(self, grace: float = 0.0) -> None:
        self._turned = _Turned(grace)
        super().__init__(self._turned)

    def time(self) -> float:
        return self._turned.seconds


class TurnedClock:
    """A clock over a loop, which may be off from the true time by ``offset``; waiting takes the same anywhere."""

    def __init__(self, loop: TurnedLoop) -> None:
        self._loop = loop
        self.offset = timedelta(0)

    def now(self) -> datetime:
        """Return the time that this clock shows."""
        return START + timedelta(seconds=self._loop.time()) + self.offset

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``."""
        await asyncio.sleep(max(seconds, 0.0))


def run_turned(story: Callable[[TurnedLoop], Coroutine[Any, Any, None]], grace: float = 0.0) -> None:
    """Run a story on a loop of its own."""

    def made() -> TurnedLoop:
        return TurnedLoop(grace)

    with asyncio.Runner(loop_factory=made) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, TurnedLoop)
        runner.run(story(loop))
