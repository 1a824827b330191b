"""The window of a batch: what stands in it before it goes, what keeps it back, and the report that it becomes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.error import NotSaved, Unreachable
from cbr_desktop.domain.ids import BackupId, ProjectId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.plan import Run, plan_mark
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.domain.sharing import SharedBackup, SharesLost
from cbr_desktop.storage.planfile import PlanRuns
from cbr_desktop.ui.backups.forms import FORMS
from cbr_desktop.ui.operations.batch import BatchWindow
from cbr_desktop.ui.operations.batch_tabs import BatchAreas, BatchTabs
from cbr_desktop.ui.operations.outcome_dialog import OutcomeDialog
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger, Part
from tests.services import give, serve
from tests.ui import estate
from tests.ui.estate import NOW
from tests.ui.test_pages_outbox import served
from tests.widgets import cell, child
from tests.workflows.test_batch import DISK, OTHER, SERVER, VAULT, made

TEST = replace(estate.profile(), environment=Environment.TEST)
LIVE = replace(estate.profile(), name="Live", environment=Environment.PRODUCTION)
COUNTING = "Counting what this comes to…"
ROWS = (made(1, 40), made(2, 30), made(3, 3), made(4, 2, DISK, OTHER))


@dataclass
class Reading:
    """Stands for the service of a profile: what its lists hold when they are read, or why they cannot be."""

    ledger: Ledger
    clock: Any
    backups: list[Backup] = field(default_factory=lambda: list(ROWS))
    error: Unreachable | None = None

    def now(self) -> None:
        if self.error is not None:
            for part in (Part.VAULTS, Part.BACKUPS):
                self.ledger.failed(part, self.error)
            self.ledger.put_connection(Connection(Reach.UNREACHABLE, self.error))
            return
        self.ledger.put_connection(Connection(Reach.ONLINE))
        self.ledger.put_vaults(Listing([VAULT, OTHER], self.clock.now()))
        self.ledger.put_backups(Listing(list(self.backups), self.clock.now()))


class Scene:
    """A workspace with outboxes that nobody drains, and a window over some rows of it."""

    def __init__(self, folder: Path, *profiles: Profile) -> None:
        self.workspace: Workspace = served(estate.workspace(filled=False, profiles=profiles or (TEST,)))
        self.workspace.choose(self.workspace.choices()[-1])
        self.readings: dict[str, Reading] = {}
        served(self.workspace)
        for context in self.workspace.contexts:
            reading = Reading(context.ledger, self.workspace.clock)
            self.readings[context.profile.name] = reading
            give(context, context.outbox, reading)
            reading.now()
        self.workspace.open.show([context.ledger for context in self.workspace.contexts])
        serve(self.workspace, plans=PlanRuns(folder / "runs"))
        self.begun: list[Run] = []
        self.workspace.run_begun.connect(self.begun.append)

    @property
    def context(self) -> ProfileContext:
        return self.workspace.contexts[0]

    def turn(self, **more: float) -> None:
        self.workspace.clock.at += timedelta(**more)  # type: ignore[attr-defined]


Open = Callable[..., BatchWindow]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def make(scene: Scene, *rows: Backup, contexts: Any = None) -> BatchWindow:
        of = contexts or [scene.context] * len(rows)
        asked = list(zip(of, rows, strict=True))
        window = BatchWindow(scene.workspace, asked, FORMS.several["delete"](asked))
        qtbot.addWidget(window)
        window.show()
        return window

    return make


def said(window: BatchWindow) -> str:
    return str(child(window, QLabel, "batchVerdict").text())


def losses(window: BatchWindow) -> str:
    return "\n".join(line.label.text() for line in window.tabs.lines)


def column(window: BatchWindow, title: str) -> list[str]:
    return [cell(window.table, row, title) for row in range(window.table.model().rowCount())]


def confirm(window: BatchWindow) -> QPushButton:
    found: QPushButton = child(window, QPushButton, "batchConfirm")
    return found


def test_a_batch_is_counted_named_and_previewed_before_it_goes(tmp_path: Path, opened: Open) -> None:
    window = opened(Scene(tmp_path), *ROWS[:2])
    assert window.windowTitle() == confirm(window).text() == "Delete 2 backups"
    assert column(window, "Verdict") == ["Ready", "Ready"]
    assert column(window, "Resource") == [SERVER.name] * 2
    assert f"‘{SERVER.name}’ keeps 1 good backup, made" in losses(window)
    shown = child(window, QPlainTextEdit, "batchPreview").toPlainText()
    assert [f"DELETE /v3/{{project_id}}/backups/{each.id}" in shown for each in ROWS] == [True, True, False, False]
    assert said(window) == "Ready."
    assert window.focusWidget() is window.leave and window.leave.isDefault()


def test_requests_have_more_room_than_a_line_of_consequences(qtbot: QtBot) -> None:
    tabs = BatchTabs()
    areas = BatchAreas(QWidget(), tabs)
    qtbot.addWidget(areas)
    areas.resize(600, 500)
    areas.show()
    areas.share(1)
    low = tabs.height()
    tabs.setCurrentIndex(1)
    assert tabs.height() > low + 50
    tabs.setCurrentIndex(0)
    assert tabs.height() == low


def test_blocked_rows_are_named_and_left_out_by_a_visible_choice(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path)
    busy = replace(ROWS[1], status=BackupStatus.RESTORING)
    scene.readings[TEST.name].backups = [ROWS[0], busy, *ROWS[2:]]
    scene.readings[TEST.name].now()
    window = opened(scene, ROWS[0], busy)
    assert column(window, "Verdict") == ["Not possible", "Ready"]
    assert "the service deletes only what is available or in error" in column(window, "What was found")[0]
    assert said(window) == "Not ready: 1 cannot be done. Leave it out, or close."
    assert not confirm(window).isEnabled()
    child(window, QPushButton, "batchLeaveOut").click()
    assert column(window, "Verdict") == ["Ready", "Left out"]
    assert (confirm(window).text(), said(window)) == ("Delete 1 backup", "Ready.")
    child(window, QPushButton, "batchTakeIn").click()
    assert not confirm(window).isEnabled()


def test_what_together_takes_the_last_good_backup_is_typed_anywhere(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path)
    window = opened(scene, *ROWS)
    assert f"‘{SERVER.name}’ has no good backup left then. 3 of its backups are lost." in losses(window)
    assert not confirm(window).isEnabled()
    assert "the vault of 3 of them" in child(window, QLabel, "batchAsk").text()
    child(window, QLineEdit, "batchTyped").setText("vault-one")
    assert confirm(window).isEnabled()
    scene.readings[TEST.name].backups.append(made(9, 1))
    scene.readings[TEST.name].now()
    window.refresh()
    assert child(window, QLineEdit, "batchTyped").text() == ""
    assert f"‘{SERVER.name}’ keeps 1 good backup" in losses(window)


def test_what_is_known_of_shares_is_told(tmp_path: Path, opened: Open) -> None:
    class Shares:
        def shares_lost(self, ids: Sequence[BackupId], _ledger: object) -> SharesLost:
            assert list(ids) == [each.id for each in ROWS[:3]]
            return SharesLost((SharedBackup(ROWS[0].id, "b1", (ProjectId("p" * 32), ProjectId("q" * 32))),), 3, 1)

    scene = Scene(tmp_path)
    assert scene.context.services is not None
    scene.context.services = replace(scene.context.services, backup_reader=Shares())  # type: ignore[arg-type]
    told = losses(opened(scene, *ROWS[:3]))
    assert "1 of them is shared with other projects, as far as is known" in told
    assert "which lose it as well: ‘b1’. Projects: " in told
    assert "Whether 1 of them is shared is not known" in told
    assert "shares are not read for this" not in told


def test_it_says_how_far_the_shares_were_read(tmp_path: Path, opened: Open) -> None:
    class Slow:
        def shares_lost(self, ids: Sequence[BackupId], _ledger: object) -> SharesLost:
            return SharesLost((), len(ids), len(ids))

        async def read_shares(self, ids: Sequence[BackupId], _ledger: object, told: Callable[[int, int], None]) -> None:
            told(25, len(ids))
            heard.append(said(window))

    heard: list[str] = []
    scene = Scene(tmp_path)
    assert scene.context.services is not None
    scene.context.services = replace(scene.context.services, backup_reader=Slow())  # type: ignore[arg-type]
    refresh: Any = scene.context.services.refresh

    async def once(_parts: object) -> None:
        scene.readings[TEST.name].now()

    refresh.once = once
    window = opened(scene, *ROWS[:2])

    async def story() -> None:
        window.read()
        while window._tasks.is_busy or not heard:  # noqa: ASYNC110
            await asyncio.sleep(0)

    asyncio.run(story())
    assert heard == ["Reading whom they are shared with: 25 of 2…"]
    assert "Whether 2 of them are shared is not known" in losses(window)


def test_production_asks_for_the_name_of_the_resource(tmp_path: Path, opened: Open) -> None:
    window = opened(Scene(tmp_path, LIVE), *ROWS[:2])
    assert f"type ‘{SERVER.name}’, the resource of all of them" in child(window, QLabel, "batchAsk").text()
    assert not confirm(window).isEnabled()
    child(window, QLineEdit, "batchTyped").setText(SERVER.name)
    assert confirm(window).isEnabled()


def test_nothing_goes_by_lists_that_are_older_than_two_minutes(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path)
    window = opened(scene, *ROWS[:2])
    scene.turn(seconds=121)
    window.refresh()
    assert column(window, "Verdict") == ["Not counted"] * 2
    assert "could not be counted afresh" in said(window)
    assert child(window, QPushButton, "batchRead").isVisible()
    confirm(window).click()
    assert scene.begun == []
    scene.readings[TEST.name].now()
    window.refresh()
    assert said(window) == "Ready."


def test_of_several_profiles_the_one_that_cannot_be_counted_is_left_out(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path, TEST, replace(TEST, name="Second", project="p2"), replace(TEST, name="Far", project="p3"))
    scene.readings["Far"].error = Unreachable("far", "no route to host")
    scene.turn(seconds=200)
    for reading in scene.readings.values():
        reading.now()
    window = opened(scene, *ROWS[:3], contexts=scene.workspace.contexts)
    assert column(window, "Profile") == ["Far", TEST.name, "Second"]
    assert column(window, "Verdict") == ["Not counted", "Ready", "Ready"]
    child(window, QPushButton, "batchLeaveOut").click()
    assert said(window) == "Ready."
    confirm(window).click()
    assert [step.profile for step in scene.begun[0].plan.steps] == [TEST.name, "Second"]


def test_a_read_only_profile_is_armed_and_a_full_disk_begins_nothing(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path, replace(TEST, read_only=True))
    window = opened(scene, *ROWS[:2])
    assert "Read-only" in said(window)
    child(window, QPushButton, "batchArm").click()
    assert confirm(window).isEnabled()
    scene.workspace.seal(NotSaved("/data", "Read-only file system"))
    confirm(window).click()
    assert scene.begun == [] and "Read-only file system" in said(window)


def test_warnings_are_accepted_before_it_goes(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path)
    scene.readings[TEST.name].backups.append(made(9, 0, status=BackupStatus.PROTECTING))
    scene.readings[TEST.name].now()
    window = opened(scene, *ROWS[1:3])
    assert column(window, "Verdict") == ["Look at it", "Ready"]
    assert not confirm(window).isEnabled()
    child(window, QAbstractButton, "batchAnyway").click()
    assert confirm(window).isEnabled()


def test_the_window_becomes_the_report_and_asks_again_for_what_was_not_done(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path)
    window = opened(scene, *ROWS[:3])
    child(window, QLineEdit, "batchTyped").setText(SERVER.name)
    confirm(window).click()
    (run,) = scene.begun
    assert scene.workspace.plans is not None and [each.id for each in scene.workspace.plans.runs()] == [run.id]
    assert (run.plan.name, run.plan.in_order, run.plan.stop_on_failure) == ("Delete 3 backups", False, False)
    ledger, outbox = scene.context.ledger, scene.context.outbox
    states = (IntentState.FINISHED, IntentState.REJECTED, IntentState.NOT_FOUND)
    for number, (row, state) in enumerate(zip(ROWS, states, strict=False), 1):
        intent = outbox.submit(FORMS.several["delete"]([]).draft(scene.context, row), plan=plan_mark(run.id, number))
        ledger.put_intent(replace(intent, state=state, result=None, sent_at=NOW))
    window.refresh()
    assert sorted(column(window, "State")) == ["Outcome unknown", "Outcome unknown", "Refused"]
    assert "1 refused" in said(window) and not window.confirm.isVisible()
    assert window.outcome.isVisible() and not window.outcome.isEnabled()
    window.table.selectRow(2)
    window.outcome.click()
    (outcome,) = (each for each in QApplication.topLevelWidgets() if isinstance(each, OutcomeDialog))
    assert outcome.panel.intent_id in {each.id for each in ledger.intents.values() if each.subject.id == ROWS[2].id}
    outcome.close()
    again = child(window, QPushButton, "batchRetry")
    assert again.isVisible() and again.text() == "&Ask again for 1 not done…"
    assert window.table.isVisible() and not window.tabs.isVisible()


def many(scene: Scene, count: int) -> list[Backup]:
    rows = [made(1000 + number, 100 + number) for number in range(count)]
    scene.readings[TEST.name].backups = [*ROWS, *rows]
    scene.readings[TEST.name].now()
    return rows


def counted(window: BatchWindow, qtbot: QtBot) -> BatchWindow:
    qtbot.waitUntil(lambda: said(window) != COUNTING)
    return window


def test_many_rows_are_counted_while_the_window_is_at_hand(tmp_path: Path, opened: Open, qtbot: QtBot) -> None:
    scene = Scene(tmp_path)
    window = opened(scene, *many(scene, 100))
    assert said(window) == COUNTING and not confirm(window).isEnabled() and losses(window) == ""
    counted(window, qtbot)
    assert said(window) == "Ready." and confirm(window).isEnabled()
    assert column(window, "Verdict") == ["Ready"] * 100 and f"‘{SERVER.name}’ keeps 3 good backups" in losses(window)
    scene.turn(seconds=30)
    scene.readings[TEST.name].now()
    window.refresh()
    assert said(window) == COUNTING and not confirm(window).isEnabled()
    assert column(window, "Verdict") == ["Ready"] * 100
    counted(window, qtbot)
    confirm(window).click()
    assert said(window) == COUNTING and scene.begun == []
    qtbot.waitUntil(lambda: bool(scene.begun))
    assert len(scene.begun[0].plan.steps) == 100


def test_what_was_sent_while_more_is_lost_by_then_is_looked_at_again(
    tmp_path: Path, opened: Open, qtbot: QtBot
) -> None:
    scene = Scene(tmp_path)
    window = counted(opened(scene, *many(scene, 100)), qtbot)
    scene.readings[TEST.name].backups.append(made(9, 1))
    scene.readings[TEST.name].now()
    confirm(window).click()
    counted(window, qtbot)
    assert said(window) == "Not sent: what is lost has changed meanwhile. Look at it again."
    assert f"‘{SERVER.name}’ keeps 4 good backups" in losses(window) and scene.begun == []
    counted(window, qtbot)
    confirm(window).click()
    qtbot.waitUntil(lambda: bool(scene.begun))


def test_a_batch_that_is_closed_while_it_is_looked_at_once_more_is_not_sent(
    tmp_path: Path, opened: Open, qtbot: QtBot
) -> None:
    scene = Scene(tmp_path)
    window = counted(opened(scene, *many(scene, 100)), qtbot)
    confirm(window).click()
    window.hide()
    counted(window, qtbot)
    assert scene.begun == []


def test_a_batch_has_an_end(tmp_path: Path, opened: Open, qtbot: QtBot) -> None:
    scene = Scene(tmp_path)
    window = counted(opened(scene, *many(scene, 501)), qtbot)
    assert "a batch takes 500 at most" in said(window)
    assert not confirm(window).isEnabled()
