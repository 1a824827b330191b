"""What the page of backups costs: ``backups_page.py COUNT`` prints what was done and the milliseconds that it took.

It is the time that this thread has worked, which what else goes on at the machine does not lengthen. ``bare`` is what
anchors the rest: words looked for in as many prepared texts, and nothing else.
"""

import gc
import sys
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cbr_desktop.domain.listing import Listing
from cbr_desktop.text.words import Times
from cbr_desktop.ui.backups.details import backup_sheet
from cbr_desktop.ui.backups.page import BackupsPage
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.restore_points import RestorePoints
from cbr_desktop.workflows.scope import Scope
from tests.benchmarks import estate
from tests.benchmarks.ground import CLOSED, profile_to

KEYS = ("e", "ec", "ecs", "ecs-", "ecs-0", "ecs-00", "ecs-001", "state:available", "kind:full", "encrypted:yes")
DAYS = "made:2026-02-01..2026-02-14"
TIMES = 5


class Kept(dict[str, object]):
    """Settings in memory; fits ``Settings``."""

    def put(self, key: str, value: object) -> None:
        """Remember a value."""
        self[key] = value

    def close(self) -> None:
        """Write nothing."""


class Clock:
    """A clock that stands still."""

    def now(self) -> Any:
        """Return the time of the estate."""
        return estate.NOW

    async def sleep(self, _seconds: float) -> None:
        """Wait for nothing."""


def worked(act: Callable[[], object]) -> float:
    """Return the milliseconds that this thread works at something."""
    began = time.thread_time()
    act()
    return (time.thread_time() - began) * 1000


def pieces(step: Callable[[], object], goes_on: Callable[[], bool]) -> tuple[float, float]:
    """Do something piece by piece; return the longest piece and all of it."""
    found = []
    while goes_on():
        found.append(worked(step))
    return max(found, default=0.0), sum(found)


def tell(what: str, *values: float) -> None:
    print(what, *(f"{value:.3f}" for value in values), flush=True)


def main(count: int) -> None:
    application = QApplication([])
    rows = estate.backup_listing(estate.backup_pages(count)).rows
    settings: Settings = Kept()
    workspace = Workspace([profile_to(CLOSED)], settings, Clock(), lambda _path, _text: None)  # type: ignore[arg-type]
    workspace.choose(workspace.choices()[0], remember=False)
    ledger = workspace.contexts[0].ledger
    ledger.put_backups(Listing(rows, estate.NOW))
    page = BackupsPage(workspace, Times(Clock(), utc=True))  # type: ignore[arg-type]
    page.resize(1000, 700)
    page.show()
    application.processEvents()
    gc.collect()
    gc.freeze()
    gc.disable()
    page.catch_up()
    settle(application, page)
    for _ in range(TIMES):
        ledger.backups = dict(ledger.backups)
        tell("take", worked(lambda: taken(page)))
        timeline(page)
        settle(application, page)
        typed(page)
        sorted_by(page)
        told_once(page, workspace.scope)


def told_once(page: BackupsPage, scope: Scope) -> None:
    """Tell of the anchor, of the details of a row, and of putting checkpoints together."""
    texts = page.model._arrangement._texts_of(None)
    tell("bare", worked(lambda: [place for place, text in enumerate(texts) if "ecs-00" in text]))
    row = page.model.row_at(page.model.rowCount() // 2)
    tell("details", worked(lambda: backup_sheet(row, scope, page._times)))
    made = RestorePoints(scope)
    building, ends = made.follow(), []

    def step() -> None:
        if next(building, ends) is ends:
            ends.append(made.points)

    tell("points", *pieces(step, lambda: not ends))


def taken(page: BackupsPage) -> None:
    """Let the page take over other rows, all pieces of that at once."""
    page.refresh(Part.BACKUPS)
    page._pieces.finish()


def settle(application: QApplication, page: BackupsPage) -> None:
    """Let everything that was put off be done."""
    application.processEvents()
    while page.is_at_work or page._timeline._pieces.is_at_work or page.model._preparing.isActive():
        application.processEvents()


def timeline(page: BackupsPage) -> None:
    """Tell of the counting, in pieces, and of painting beside the table."""
    held = page._timeline
    tell("count", *pieces(held._pieces._step, lambda: held._pieces.is_at_work))
    tell("strip", worked(held.strip.viewport().repaint))
    tell("table", worked(page.view.viewport().repaint))


def typed(page: BackupsPage) -> None:
    """Tell of each key in the filter until the table is painted again."""

    def key(text: str) -> None:
        page.use_filter(text)
        page.view.viewport().repaint()

    for text in (*KEYS, DAYS):
        tell("days" if text == DAYS else "token" if ":" in text else "key", worked(lambda text=text: key(text)))  # type: ignore[misc]
    key("")


def sorted_by(page: BackupsPage) -> None:
    """Tell of sorting by each column."""
    for section, column in enumerate(page.model.columns):
        took = worked(lambda section=section: page.model.sort(section, Qt.SortOrder.AscendingOrder))  # type: ignore[misc]
        print("sort", f"{took:.3f}", column.key, flush=True)
    page.model.sort(-1)


main(int(sys.argv[1]))
