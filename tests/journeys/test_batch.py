"""Journeys of batches: things are selected, looked at together, sent as one run, and told of in one report."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.app import demo
from cbr_desktop.app.profile import DEMO_PROFILES
from cbr_desktop.app.session_pool import SessionPool, opened_sessions
from cbr_desktop.app.window import new_workspace
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.plan import Run
from cbr_desktop.domain.vault import Vault
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.inventory import Estate
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import places
from cbr_desktop.ui.operations.batch import BatchWindow
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.batch import name_of
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.plan_report import Stand
from cbr_desktop.workflows.plan_run import PlanRun
from tests.journeys.program import Program, settled
from tests.stage import DAYS, StageClock

Until = Callable[..., Awaitable[None]]
FINE = DEMO_PROFILES[0]
OPEN = (DEMO_PROFILES[0], DEMO_PROFILES[1], DEMO_PROFILES[3])


def test_selected_backups_are_deleted_as_one_run_with_one_report(
    tmp_path: Path, qapp: QApplication, qtbot: QtBot, until: Until
) -> None:
    program = Program(tmp_path, qapp, qtbot)

    async def tale(_sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        window.build_deferred_widgets()
        await until(lambda: settled(program.workspace, FINE.name))
        ledger = program.workspace.context(FINE.name).ledger
        good = [each for each in ledger.backups.values() if each.status == BackupStatus.AVAILABLE]
        chosen = [each for each in good if not each.traits.image_ids and not each.traits.replicas][-2:]
        page: Any = window.show_page("Backups")
        page.verb_requested.emit("delete", chosen)
        (batch,) = window.findChildren(BatchWindow)
        batch.finish()
        await until(lambda: not batch._tasks.is_busy)
        assert batch._batch is not None and not batch._batch.blocked
        typed = name_of(batch._batch)
        assert typed is not None
        batch.typed.setText(typed.name)
        batch.consent.setChecked(True)
        batch.confirm.click()
        assert batch._run is not None, batch.verdict.label.text()
        await until(lambda: len(program.service.journal.calls("DELETE", f"/backups/{chosen[0].id}")) == 1)
        assert window.current_page().name == "Backups"
        plans: Any = window.show_page("Plans")
        await until(lambda: plans.view.current_row() is not None)
        assert plans.view.current_row().run.plan.name == "Delete 2 backups"
        assert program.workspace.plans is not None
        assert [each.id for each in program.workspace.plans.runs()] == [batch._run.id]

    program.play(tale)


# three profiles, one of which cannot be reached


class PartlyCut(demo.DemoTransport):
    """The way to the simulator, which can be cut to one region."""

    is_cut = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut and "eu-nl" in request.url.host:
            raise httpx.ConnectError("no route to host", request=request)
        return await super().handle_async_request(request)


class Desk:
    """The windows of three profiles over their sessions, on a clock that is turned by hand."""

    def __init__(self, folder: Path, qtbot: QtBot, closing: ExitStack) -> None:
        here = places({"CBR_DESKTOP_HOME": str(folder)})
        here.make()
        self.clock = StageClock()
        self.service = Service(estate.demo(self.clock.now(), days=DAYS), self.clock)
        self.service.modes.schedules = False
        self.way = PartlyCut(self.service)
        self.workspace = new_workspace(here, OPEN[0], OPEN, self.clock)
        self.sessions = closing.enter_context(opened_sessions(here, demo.secret_of, lambda _profile: self.way))
        self.workspace.serve(self.sessions.services(None))  # type: ignore[arg-type]  # no drafts
        self.workspace.choose(self.workspace.choices()[-1])
        for context in self.workspace.contexts:
            context.guard.arm(24 * 60)
        self.workspace.run_begun.connect(self.begin)
        self.host = QWidget()
        qtbot.addWidget(self.host)

    def context(self, number: int) -> ProfileContext:
        return self.workspace.context(OPEN[number].name)

    def play(self, story: Callable[[], Awaitable[None]], *parts: Part) -> None:
        async def told() -> None:
            async with asyncio.TaskGroup() as tasks:
                self.tasks = tasks
                work = [tasks.create_task(each.correspondence()) for each in self.sessions.all]
                for each in self.sessions.all:
                    await each.refresh.once(frozenset(parts))
                await story()
                for one in work:
                    one.cancel()
            await self.sessions.aclose()

        asyncio.run(told())

    def begin(self, run: Run) -> None:
        """Keep a run going from now on, as the page of plans does."""
        contexts = {context.profile.name: context for context in self.workspace.contexts}
        made = self.workspace.plan_runs[run.id] = PlanRun(run, contexts, self.workspace.open, self.clock)
        self.tasks.create_task(made.follow())

    async def ask(self, page: str, verb: str, *asked: Any) -> BatchWindow:
        """Open the window of a verb, and wait until it has read what it judges by."""
        window = Dialogs().ask(self.workspace, page, verb, asked, self.host)
        assert isinstance(window, BatchWindow)
        window.finish()
        await self.rest(lambda: not window._tasks.is_busy)
        window.refresh()
        return window

    def tagged(self) -> set[str]:
        """Return the vaults that have the tag at the service."""
        estates = [self.estate(number) for number in range(len(OPEN))]
        return {each.id for own in estates for each in own.vaults.values() if ("patch", "w24") in each.tags}

    def estate(self, number: int) -> Estate:
        """Return what the service has of a profile's project."""
        project = self.context(number).ledger.project_id
        assert project is not None
        return self.service.estate.of(project)

    async def rest(self, until: Callable[[], object]) -> None:
        while not until():
            await self.clock.sleep(1)


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    with ExitStack() as closing:
        yield Desk(tmp_path, qtbot, closing)


def report(window: BatchWindow) -> dict[str, list[str]]:
    """Return how the steps stand by the table of the window, by their profiles."""
    window.refresh()
    model, found = window.table.model(), dict[str, list[str]]()
    for row in range(model.rowCount()):
        profile, stand = (str(model.index(row, column).data()) for column in (2, 1))
        found.setdefault(profile, []).append(stand)
    return found


def test_a_batch_over_three_profiles_with_one_offline_ends_in_a_true_report(desk: Desk) -> None:
    """Tags for vaults of three projects: one cannot be reached. It is told before, waits, and goes on when asked to."""

    async def story() -> None:
        asked = [(context, vault) for context in map(desk.context, range(3)) for vault in calm_vaults(context)[:2]]
        desk.way.is_cut = True
        await desk.sessions.of(desk.context(1)).refresh.once(frozenset({Part.VAULTS}))
        away = OPEN[1].name
        window = await desk.ask("Vaults", "tags", *asked)
        window.form.table.show_pairs([("patch", "w24")])
        window.form.table.changed.emit()
        if window.consent.isVisibleTo(window):
            window.consent.setChecked(True)
        assert f"There is no connection now to ‘{away}’" in window.verdict.label.text()
        window.confirm.click()
        assert window._run is not None, window.verdict.label.text()
        run = desk.workspace.plan_runs[window._run.id]
        await desk.rest(lambda: run.stopped)
        done = ["Changed"] * 2
        assert report(window) == {OPEN[0].name: done, away: ["Not started"] * 2, OPEN[2].name: done}
        assert "4 of 6 steps finished, 2 not started" in window.verdict.label.text()
        assert desk.tagged() == {vault.id for context, vault in asked if context.profile.name != away}
        desk.way.is_cut = False
        await desk.sessions.of(desk.context(1)).refresh.once(frozenset({Part.VAULTS}))
        desk.begin(run.run)
        await desk.rest(lambda: desk.workspace.plan_runs[run.run.id].is_over())
        assert set().union(*report(window).values()) == {"Changed"}
        assert desk.tagged() == {vault.id for _context, vault in asked}

    desk.play(story, Part.VAULTS)


def test_nothing_is_destroyed_in_a_profile_that_cannot_be_counted_afresh_and_the_rest_is_told_truly(desk: Desk) -> None:
    async def story() -> None:
        asked = [(context, spare_backups(context)[0]) for context in map(desk.context, range(3))]
        desk.way.is_cut = True
        desk.clock.advance(1)
        window = await desk.ask("Backups", "delete", *asked)
        away = OPEN[1].name
        assert report(window)[away] == ["Not counted"]
        window.leave_out.click()
        window.consent.setChecked(True)
        typed = name_of(window._batch) if window._batch is not None else None
        if typed is not None:
            window.typed.setText(typed.name)
        window.confirm.click()
        assert window._run is not None, window.verdict.label.text()
        await desk.rest(lambda: desk.workspace.plan_runs[window._run.id].is_over())  # type: ignore[union-attr]
        assert report(window) == {OPEN[0].name: ["Deleted"], OPEN[2].name: ["Deleted"]}
        there = [backup.id in desk.estate(number).backups for number, (_context, backup) in enumerate(asked)]
        assert there == [False, True, False]

    desk.play(story, Part.VAULTS, Part.BACKUPS)


def test_every_verb_of_several_things_goes_as_one_run_with_one_report(desk: Desk) -> None:
    """Settings, policy, suspension, checkpoints and deletion of several vaults, one batch after the other."""

    def vaults(*names: str) -> list[Any]:
        context = desk.context(0)
        known = {each.name: each for each in context.ledger.vaults.values()}
        return [(context, known[name]) for name in names]

    def there(name: str) -> Any:
        return next((each for each in desk.estate(0).vaults.values() if each.name == name), None)

    async def sent(window: BatchWindow) -> None:
        """Do what the window asks for, and see that all of it is told as done."""
        window.refresh()
        if window.consent.isVisibleTo(window):
            window.consent.setChecked(True)
        typed = name_of(window._batch) if window._batch is not None else None
        if typed is not None and window._typing.isVisibleTo(window):
            window.typed.setText(typed.name)
        window.confirm.click()
        assert window._run is not None, window.verdict.label.text()
        run = desk.workspace.plan_runs[window._run.id]
        await desk.rest(run.is_over)
        assert {row.stand for row in run.report().rows} == {Stand.DONE}, report(window)

    async def story() -> None:
        pair = ("vault-web-prod", "vault-be94")
        window = await desk.ask("Vaults", "edit", *vaults(*pair))
        window.form.thresholds.changes_threshold.setChecked(True)
        window.form.thresholds.threshold.setValue(63)
        await sent(window)
        assert [there(name).threshold for name in pair] == [63, 63]
        window = await desk.ask("Vaults", "apply", *vaults(*pair))
        window.form.policy.setCurrentIndex(window.form.policy.findData("hourly-db"))
        await sent(window)
        await sent(await desk.ask("Vaults", "suspend", *vaults(*pair)))
        held = [each for name in pair for each in desk.estate(0).resources_of(there(name))]
        assert held and not any(each.auto_protect for each in held)
        await desk.sessions.of(desk.context(0)).refresh.once(frozenset({Part.VAULTS}))
        await sent(await desk.ask("Vaults", "resume", *vaults(*pair)))
        assert all(each.auto_protect for each in held)
        targets = [(context, (vault.id, ())) for context, vault in vaults("vault-be94", "vault-files-hq")]
        window = Dialogs().create_checkpoints(desk.workspace, targets, desk.host)  # type: ignore[assignment]
        window.finish()
        await desk.rest(lambda: not window._tasks.is_busy)
        await sent(window)
        await sent(await desk.ask("Vaults", "delete", *vaults("vault-files-hq", "vault-be94")))
        assert (there("vault-files-hq"), there("vault-be94")) == (None, None)
        asked = [each for each in desk.service.journal if each.method == "DELETE" and "/vaults/" in each.path]
        assert len(asked) == 2

    desk.play(story, Part.VAULTS, Part.BACKUPS, Part.POLICIES, Part.TASKS, Part.PROTECTABLES)


def calm_vaults(context: ProfileContext) -> list[Vault]:
    return [each for each in context.ledger.vaults.values() if each.status == "available"]


def spare_backups(context: ProfileContext) -> list[Backup]:
    good = [each for each in context.ledger.backups.values() if each.status == BackupStatus.AVAILABLE and not each.auto]
    return [each for each in good if not each.traits.image_ids and not each.traits.replicas]
