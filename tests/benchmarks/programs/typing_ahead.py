"""Types into the filter of the living program: ``typing_ahead.py TASKS``; prints what was done and milliseconds.

``first`` and ``key`` are from a key to the painted table, ``sort`` from the click on a head to it, ``scroll`` a page
down. The tasks are put into the ledger, as many as are asked for, made of those that the cloud has told.
"""

import asyncio
import sys
import time
from datetime import timedelta
from typing import Any

import living
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest

from cbr_desktop.domain.ids import TaskId
from cbr_desktop.domain.listing import Listing

_WORDS = ("vault", "erp", "state:success", "ecs-01", "failed")


class Painted(QObject):
    """Sees when a widget is painted."""

    at = 0.0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take note of the end of the last painting that has begun."""
        if event.type() == QEvent.Type.Paint:
            self.at = time.perf_counter()
        return False


async def story(session: Any, window: Any) -> None:
    """Fill the page of tasks, type, sort and scroll."""
    await living.loaded(session)
    window.build_deferred_widgets()
    told = list(session.ledger.tasks.values())
    wanted = int(sys.argv[1])
    rows = [
        replace(told[n % len(told)], id=TaskId(f"{n:032x}"), created_at=told[n % len(told)].created_at - timedelta(n))
        for n in range(wanted)
    ]
    session.ledger.put_tasks(Listing(rows, session.clock.now(), True), by_id={each.id: each for each in rows})
    page = window.show_page("Tasks")
    await asyncio.sleep(0.5)
    painted = Painted()
    page.view.viewport().installEventFilter(painted)

    async def timed(what: str, act: Any) -> None:
        painted.at = 0.0
        began = time.perf_counter()
        act()
        for _ in range(100):
            await asyncio.sleep(0.005)
            if painted.at:
                break
        else:
            # what is shown is the same as before
            return
        # the filter acts in a turn of its own; the last painting is the one that shows it
        last = painted.at
        for _ in range(5):
            await asyncio.sleep(0.06)
            if painted.at == last:
                break
            last = painted.at
        print(what, f"{1000 * (last - began):.2f}", flush=True)

    page.filter.setFocus()
    for number, word in enumerate(_WORDS):
        for place, letter in enumerate(word):
            what = "first" if number == 0 and place == 0 else "key"
            await timed(what, lambda letter=letter: QTest.keyClicks(page.filter, letter))
        for _ in word:
            await timed("key", lambda: QTest.keyClick(page.filter, Qt.Key.Key_Backspace))
    page.view.setFocus()
    for column in range(len(page.model.columns)):
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            await timed("sort", lambda column=column, order=order: page.view.sortByColumn(column, order))
    for _ in range(100):
        await timed("scroll", lambda: QTest.keyClick(page.view, Qt.Key.Key_PageDown))


living.tell(story, "--profile", "Bench")
