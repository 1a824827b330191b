"""A pulse on the loop: the longest time between two beats, and the most work of the thread between two."""

import asyncio
import time

BEAT_SECONDS = 0.002


class Pulse:
    """Beats on the loop, and knows the longest time between two beats."""

    def __init__(self) -> None:
        self.longest = self.most = 0.0

    def told(self) -> str:
        """Return both in milliseconds, and begin anew."""
        told = f"{self.longest * 1000:.1f} {self.most * 1000:.1f}"
        self.longest = self.most = 0.0
        return told

    async def run(self) -> None:
        """Beat for ever."""
        before, worked = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            now, work = time.perf_counter(), time.thread_time()
            self.longest, before = max(self.longest, now - before), now
            self.most, worked = max(self.most, work - worked), work
