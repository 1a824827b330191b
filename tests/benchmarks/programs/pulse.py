"""A pulse on the loop: the longest time between two beats, and the most work of the thread between two."""

import asyncio
import time

BEAT_SECONDS = 0.002


class Pulse:
    """Beats on the loop, and knows the longest time between two beats.

    ``held`` is the longest of them as far as this program itself was at work, in whichever thread, so that what else
    the machine does is left out, while a thread of ours that holds the interpreter is not.
    """

    def __init__(self) -> None:
        self.longest = self.most = self.held = 0.0

    def told(self) -> str:
        """Return the longest time and the most work in milliseconds, and begin anew."""
        told = f"{self.longest * 1000:.1f} {self.most * 1000:.1f}"
        self.longest = self.most = self.held = 0.0
        return told

    def all_told(self) -> str:
        """Return how long it was held up, the longest time and the most work in milliseconds, and begin anew."""
        held = f"{self.held * 1000:.1f}"
        return f"{held} {self.told()}"

    async def run(self) -> None:
        """Beat for ever."""
        before, worked, used = time.perf_counter(), time.thread_time(), time.process_time()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            now, work, use = time.perf_counter(), time.thread_time(), time.process_time()
            self.longest = max(self.longest, now - before)
            self.most = max(self.most, work - worked)
            self.held = max(self.held, min(now - before, use - used))
            before, worked, used = now, work, use
