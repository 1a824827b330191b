"""The program in bad weather: ``weathering.py SECONDS HOW PORT...``; prints one line about its heart, memory and files.

A timer of Qt beats every 10 ms. With HOW ``busy`` an operator turns pages, refreshes and sends without rest; with
``quiet`` nobody does anything but send a request once a minute. A sample of memory and files is taken every 5 seconds.
"""

import asyncio
import itertools
import json
import os
import sys
import threading
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.error import CbrError
from cbr_desktop.ui.session.workspace import Extent
from cbr_desktop.ui.shell.navigation import NAMES
from tests.benchmarks.programs import living
from tests.reliability.sockets import connections_to

SECONDS, HOW, PORTS = float(sys.argv[1]), sys.argv[2], [int(port) for port in sys.argv[3:]]
LATE_SECONDS = 0.1
SAMPLE_SECONDS = 5.0
_LONGEST_MS = 10_000


class Heart:
    """Beats on the loop of the window; ``gaps`` count how many were so many milliseconds long.

    ``kept`` are the same without the time that the thread was ready and others had the processor: a busy machine makes
    gaps that are not of this program.
    """

    def __init__(self) -> None:
        self.gaps = [0] * (_LONGEST_MS + 1)
        self.kept = [0] * (_LONGEST_MS + 1)
        self.late: Counter[str] = Counter()
        self._schedule = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").open("rb", buffering=0)  # noqa: SIM115
        self._last = self._moment()
        self._thread = threading.get_ident()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(10)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        self._stopped = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()
        self._schedule.close()
        self._stopped.set()

    def _moment(self) -> tuple[float, float]:
        """Return the time, and for how many seconds this thread has waited for a processor."""
        self._schedule.seek(0)
        return time.perf_counter(), int(self._schedule.read(100).split()[1]) / 1e9

    def _beat(self) -> None:
        now, waited = self._moment()
        gap, waiting = now - self._last[0], waited - self._last[1]
        self.gaps[min(_LONGEST_MS, round(1000 * gap))] += 1
        self.kept[min(_LONGEST_MS, max(0, round(1000 * (gap - waiting))))] += 1
        self._last = (now, waited)

    def _watch(self) -> None:
        """Note where the loop is whenever a beat is late."""
        while not self._stopped.wait(LATE_SECONDS / 4):
            if time.perf_counter() - self._last[0] > LATE_SECONDS:
                walked = traceback.walk_stack(sys._current_frames()[self._thread])
                frames = traceback.StackSummary.extract(walked, lookup_lines=False)[::-1]
                ours = [each for each in frames if "cbr_desktop" in each.filename] or frames
                self.late[f"{Path(ours[-1].filename).name}:{ours[-1].lineno} {ours[-1].name}"] += 1


def quantile(counts: list[int], share: float) -> int:
    """Return below which millisecond that share of all beats is."""
    wanted = share * sum(counts)
    return next(place for place, sum_ in enumerate(itertools.accumulate(counts)) if sum_ >= wanted)


def sample(began: float) -> tuple[float, int, int]:
    """Return the time since the beginning, the resident memory in KiB, and how many files are open but connections."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    files = sum(1 for _ in Path("/proc/self/fd").iterdir()) - connections_to(*PORTS)
    return time.monotonic() - began, pages * os.sysconf("SC_PAGE_SIZE") // 1024, files


def send(session: Any, number: int) -> None:
    """Ask for a checkpoint where that is possible."""
    vaults = list(session.ledger.vaults)
    if vaults:
        try:
            session.outbox.submit(CheckpointDraft(vaults[number % len(vaults)], name=f"weather-{number}"))
        except CbrError as error:
            print(f"not taken: {error!r}", file=sys.stderr)


async def operate(sessions: Any, window: Any) -> None:
    """Do without rest what an operator does now and then."""
    for number in itertools.count():
        window.show_page(NAMES[number % len(NAMES)])
        session = sessions.all[number % len(sessions.all)]
        if number % 7 == 0:
            session.refresh.ask()
        if number % 25 == 10:
            send(session, number)
        if number % 40 == 20:
            window.drawer.toggle()
        await asyncio.sleep(0.15)


async def wait_and_see(sessions: Any) -> None:
    """Send a request a minute."""
    for number in itertools.count():
        await asyncio.sleep(60)
        send(sessions.all[number % len(sessions.all)], number)


async def story(sessions: Any, window: Any) -> None:
    workspace = window._workspace
    workspace.choose(next(choice for choice in workspace.choices() if choice.extent is Extent.ALL))
    window.build_deferred_widgets()
    window.show_page(NAMES[0])
    await asyncio.sleep(2)  # the first paint and what joins after it have figures of their own
    began = time.monotonic()
    heart = Heart()
    samples = [sample(began)]
    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(operate(sessions, window) if HOW == "busy" else wait_and_see(sessions))
        while time.monotonic() - began < SECONDS:
            await asyncio.sleep(min(SAMPLE_SECONDS, SECONDS))
            samples.append(sample(began))
        work.cancel()
    heart.stop()
    intents = Counter(str(intent.state) for session in sessions.all for intent in session.ledger.intents.values())
    told = {
        "beats": sum(heart.gaps),
        "p99_ms": quantile(heart.gaps, 0.99),
        "longest_ms": quantile(heart.gaps, 1),
        "kept_p99_ms": quantile(heart.kept, 0.99),
        "kept_longest_ms": quantile(heart.kept, 1),
        "late": heart.late.most_common(5),
        "samples": samples,
        "intents": intents,
    }
    print(json.dumps(told), flush=True)


living.tell_all(story, "--profile", "Test 0")
