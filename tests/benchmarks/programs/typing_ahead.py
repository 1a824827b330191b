"""Types into the filter of the living program: ``typing_ahead.py TASKS``; prints what was done and milliseconds.

``first`` and ``key`` are from a key to the painted table, ``sort`` from the click on a head to it, ``scroll`` a page
down. The tasks are put into the ledger, as many as are asked for, made of those that the cloud has told.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import living
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cbr_desktop.domain.ids import TaskId
from cbr_desktop.domain.listing import Listing

_WORDS = ("vault", "erp", "state:success", "ecs-01", "failed")


class Painted(QObject):
    """Sees when widgets are painted: ``at`` is the first time after the last change of the rows, 0 until then.

    What is painted later, as an age that has grown or a mark that turns, was not asked for by what was done.
    """

    at = 0.0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take note of the end of the first painting that has begun."""
        if event.type() == QEvent.Type.Paint and not self.at:
            self.at = time.perf_counter()
        return False

    def forget(self) -> None:
        """Wait for another painting: what was painted shows other rows."""
        self.at = 0.0

    async def timed(self, what: str, act: Callable[[], object]) -> None:
        """Do something and print how long it takes until the painting that it leads to."""
        self.forget()
        began = time.perf_counter()
        act()
        last = -1.0
        for _ in range(5):
            # of many rows the filter acts in a turn of its own
            await asyncio.sleep(0.06)
            if self.at and self.at == last:
                print(what, f"{1000 * (last - began):.2f}", flush=True)
                return
            last = self.at
        # what is shown is the same as before


async def filled(session: Any, window: Any) -> Any:
    """Return the page of tasks with as many as were asked for, a second after they have come."""
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
    await asyncio.sleep(1)
    page.mark_seen()  # as they are after a start: not one of them is new
    await asyncio.sleep(0.5)
    return page


async def story(session: Any, window: Any) -> None:
    """Fill the page of tasks, type, sort and scroll."""
    page = await filled(session, window)
    painted = Painted()
    # a key that leaves the rows as they are paints the line alone, after the filter has acted
    for watched in (page.view.viewport(), page.filter):
        watched.installEventFilter(painted)
    page.model.modelReset.connect(painted.forget)
    page.model.layoutChanged.connect(painted.forget)
    QApplication.setCursorFlashTime(0)
    timed = painted.timed
    page.filter.setFocus()
    for number, word in enumerate(_WORDS):
        for place, letter in enumerate(word):
            what = "first" if number == 0 and place == 0 else "key"
            await timed(what, lambda letter=letter: QTest.keyClicks(page.filter, letter))
        for _ in word:
            await timed("key", lambda: QTest.keyClick(page.filter, Qt.Key.Key_Backspace))
    page.view.setFocus()
    head = page.view.horizontalHeader()
    for column in range(len(page.model.columns)):
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            await timed("sort", lambda column=column, order=order: head.setSortIndicator(column, order))
    for _ in range(100):
        await timed("scroll", lambda: QTest.keyClick(page.view, Qt.Key.Key_PageDown))


living.tell(story, "--profile", "Bench")
