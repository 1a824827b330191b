"""Turns the loop over and over: ``turns.py LOOP TURNS`` with ``qt`` or ``asyncio``.

Prints by how much the number of references to ``None`` has changed, and seconds. A binding of Qt that gives back one
reference too few or too many at each turn ends the process sooner or later. From Python 3.12 on ``None`` is immortal:
nothing can change its number then, and to have come to the end is what is seen.
"""

import asyncio
import sys
import time
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

WARM_TURNS = 2000


class Bell(QObject):
    """A signal and a slot."""

    rung = Signal(object)

    @Slot(object)
    def hear(self, _what: object) -> None:
        """Hear it."""


async def turn(turns: int) -> None:
    """Let the loop turn so often, with a timer and a signal in every turn."""
    bell, loop = Bell(), asyncio.get_running_loop()
    bell.rung.connect(bell.hear)
    for _ in range(turns):
        loop.call_later(0, bell.rung.emit, None)
        await asyncio.sleep(0)
    # the last timers are not due before
    await asyncio.sleep(0.05)


async def story(turns: int) -> None:
    """Warm up, then count."""
    await turn(WARM_TURNS)
    before, began = sys.getrefcount(None), time.perf_counter()
    await turn(turns)
    print(sys.getrefcount(None) - before, f"{time.perf_counter() - began:.3f}")


application = QApplication([])
factory: Any = (lambda: QEventLoop(application)) if sys.argv[1] == "qt" else asyncio.new_event_loop
with asyncio.Runner(loop_factory=factory) as runner:
    runner.run(story(int(sys.argv[2])))
