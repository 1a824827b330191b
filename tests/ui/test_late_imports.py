"""Lists arrive: what is told of them, what is made anew, and what the window may do meanwhile."""

import gc
import weakref
from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.listing import Listing
from cbr_desktop.runtime import GROWN_OBJECTS, Collector
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.pieces import LONG_STEP, Pieces
from cbr_desktop.ui.resources.page import ResourcesPage
from cbr_desktop.ui.session.ledger_signals import LedgerSignals
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.navigation import NAMES
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Ledger, Part
from tests.ui import estate
from tests.ui.estate import NOW, HandClock
from tests.widgets import child


class Counted:
    """Counts how often a page has made its rows, and its table has been told of others."""

    def __init__(self, page: Page[object]) -> None:
        self.takes = self.resets = self.changes = 0
        page.taken.connect(self._take)
        page.model.modelReset.connect(self._reset)
        page.model.dataChanged.connect(self._change)

    def _take(self) -> None:
        self.takes += 1

    def _reset(self) -> None:
        self.resets += 1

    def _change(self) -> None:
        self.changes += 1

    def told(self) -> tuple[int, int, int]:
        """Return the counts, and begin anew."""
        counts = (self.takes, self.resets, self.changes)
        self.takes = self.resets = self.changes = 0
        return counts


def read_again(ledger: Ledger) -> None:
    """Let every list arrive once more as it is, as a round of reading does that finds nothing new."""
    for part in (Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.POLICIES, Part.PROTECTABLES):
        ledger.loading(part)
    ledger.put_vaults(Listing(list(ledger.vaults.values()), NOW))
    ledger.put_tasks(Listing(list(ledger.tasks.values()), NOW), by_id=ledger.tasks)
    ledger.put_backups(Listing(list(ledger.backups.values()), NOW))
    ledger.put_policies(Listing(list(ledger.policies.values()), NOW))
    ledger.put_protectables(Listing(list(ledger.protectables.values()), NOW))


@pytest.fixture
def workspace() -> Workspace:
    made = estate.workspace()
    read_again(estate.ledger(made))
    return made


@pytest.mark.parametrize("name", ["Vaults", "Resources", "Backups", "Checkpoints", "Policies", "Tasks"])
def test_lists_that_arrive_unchanged_make_nothing_anew_whichever_page_is_in_front(
    qtbot: QtBot, workspace: Workspace, name: str
) -> None:
    window = MainWindow(workspace)
    qtbot.addWidget(window)
    window.show()
    ledger = estate.ledger(workspace)
    page = window.show_page(name)
    workspace.signals._tell()
    counted = Counted(page)
    read_again(ledger)
    workspace.signals._tell()
    assert counted.told() == (0, 0, 0)
    # all that has changed together is taken over once
    ledger.merge_vault(replace(next(iter(ledger.vaults.values())), used_mb=1234))
    ledger.put_backups(Listing(list(ledger.backups.values())[1:], NOW))
    ledger.put_policies(Listing(list(ledger.policies.values())[1:], NOW))
    ledger.put_tasks(Listing([], NOW), by_id=dict(list(ledger.tasks.items())[1:]))
    workspace.signals._tell()
    takes, resets, changes = counted.told()
    assert takes == 1 and resets + changes == 1
    window.show_page(NAMES[(NAMES.index(name) + 1) % len(NAMES)])


def test_what_is_told_together_is_settled_once(qtbot: QtBot) -> None:
    signals = LedgerSignals()
    told: list[object] = []
    signals.changed.connect(told.append)
    signals.settled.connect(lambda: told.append("settled"))
    for part in (Part.VAULTS, Part.BACKUPS, Part.VAULTS):
        signals.notice(part)
    qtbot.waitUntil(lambda: len(told) == 3)
    assert told == [Part.BACKUPS, Part.VAULTS, "settled"]
    signals.notice(Part.INTENTS)
    assert told[3:] == [Part.INTENTS, "settled"]


def test_very_many_rows_are_made_in_pieces_and_the_page_says_so(qtbot: QtBot, workspace: Workspace) -> None:
    page = ResourcesPage(workspace, Times(HandClock()))
    page.at_once = 10
    qtbot.addWidget(page)
    page.show()
    page.catch_up()
    assert page.is_at_work and page.model.total == 0
    assert "Putting the list together" in child(page, QLabel, "noResourcesTitle").text()
    assert not page.count.text().startswith("0")
    ledger = estate.ledger(workspace)
    vault = next(each for each in ledger.vaults.values() if each.resources)
    named = replace(vault, resources=[replace(vault.resources[0], name="come-meanwhile"), *vault.resources[1:]])
    ledger.merge_vault(named)
    page.refresh(Part.VAULTS)
    assert page.is_at_work
    qtbot.waitUntil(lambda: not page.is_at_work)
    names = {row.resource.name for row in page.model.shown_rows()}
    assert "come-meanwhile" in names and page.model.total == len(list(ledger.resource_rows()))
    # who wants to see a certain row waits for no turn of the loop
    ledger.merge_vault(replace(named, resources=[replace(named.resources[0], name="just-come"), *named.resources[1:]]))
    page.refresh(Part.VAULTS)
    assert page.is_at_work and page.show_row(named.resources[0].id) and not page.is_at_work
    row = page.view.current_row()
    assert row is not None and row.resource.name == "just-come"


def test_a_filter_by_age_is_asked_again_when_the_same_list_arrives(qtbot: QtBot, workspace: Workspace) -> None:
    """The rows are the same, and the time is another."""
    clock = HandClock()
    page = ResourcesPage(workspace, Times(clock))
    qtbot.addWidget(page)
    page.show()
    page.catch_up()
    page.use_filter("age<3000d")
    young = page.model.rowCount()
    clock.at += timedelta(days=4000)
    read_again(estate.ledger(workspace))
    page.refresh(Part.VAULTS)
    assert young and not page.model.rowCount()


def test_pieces_are_done_in_turns_and_what_fails_is_at_its_end(qtbot: QtBot) -> None:
    done: list[str] = []

    def work(name: str, count: int) -> Iterator[None]:
        for number in range(count):
            done.append(f"{name}{number}")
            yield

    pieces = Pieces(turn_seconds=0.0)
    pieces.begin(work("a", 1_000_000))
    assert done == [] and pieces.is_at_work
    qtbot.waitUntil(lambda: bool(done))
    turns = len(done)
    assert turns < 1_000_000
    pieces.begin(work("b", 2))
    qtbot.waitUntil(lambda: not pieces.is_at_work)
    assert done[turns:] == ["b0", "b1"]
    pieces.begin(work("c", 2), at_once=True)
    assert done[-2:] == ["c0", "c1"] and not pieces.is_at_work

    def with_long_step() -> Iterator[object]:
        QTimer.singleShot(0, lambda: done.append("what was due"))
        yield LONG_STEP
        done.append("long step")

    unhurried = Pieces(turn_seconds=60.0)
    unhurried.begin(with_long_step())
    qtbot.waitUntil(lambda: not unhurried.is_at_work)
    assert done[-2:] == ["what was due", "long step"]

    def broken() -> Iterator[None]:
        yield
        raise KeyError("a defect")

    with pytest.raises(KeyError, match="a defect"):
        pieces.begin(broken(), at_once=True)
    assert not pieces.is_at_work


class Cycle:
    """Garbage once nobody has it, which only a collector can find."""

    def __init__(self) -> None:
        self.cycle = self


def test_rows_that_have_come_are_out_of_the_collector_s_sight_until_nobody_waits() -> None:
    was_enabled, seconds, is_idle = gc.isenabled(), 0.0, False
    gc.disable()
    gc.collect()
    try:
        collector = Collector(now=lambda: seconds, is_idle=lambda: is_idle)
        rows = [[number] for number in range(GROWN_OBJECTS + 1)]
        lost = weakref.ref(Cycle())
        collector.collect_if_due()
        assert gc.get_freeze_count() > GROWN_OBJECTS and gc.get_count()[0] < GROWN_OBJECTS
        seconds += 1000
        collector.collect_if_due()
        assert lost() is not None and gc.get_freeze_count() > GROWN_OBJECTS
        seconds, is_idle = seconds + 1000, True
        collector.collect_if_due()
        assert lost() is None and gc.get_freeze_count() > GROWN_OBJECTS and rows
        # nothing has come since, so nothing is looked through again
        frozen = gc.get_freeze_count()
        seconds += 1000
        collector.collect_if_due()
        assert gc.get_freeze_count() == frozen
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
