"""Plans that are run: in order, so many at once, none after a failure, and one report that tells no half as whole."""

import asyncio
import random
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.app import demo
from cbr_desktop.app.plans import PlanSessions, opened_plan_sessions
from cbr_desktop.app.profile import DEMO_PROFILES
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.plan import Plan, Run, Step, is_blocked
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.request import body, read
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import places
from cbr_desktop.text.plans import plan_report_text, plan_sentence, report_html
from cbr_desktop.workflows.plan import judged_steps, prepared
from cbr_desktop.workflows.plan_report import PlanReport, PlanVerdict, Stand
from cbr_desktop.workflows.plan_run import PlanRun
from tests.stage import StageClock

EU, NL = DEMO_PROFILES[0], DEMO_PROFILES[1]
WHOLE, PARTIAL, FROZEN = "vault-be94", "vault-web-prod", "vault-arrears"


class Scene:
    """Two profiles of the demo cloud, and what reached it."""

    def __init__(self, folder: Path, clock: StageClock | None = None, service: Service | None = None) -> None:
        self.here = places({"CBR_DESKTOP_HOME": str(folder)})
        self.clock = clock or StageClock()
        self.service = service or demo.demo_service(self.clock)

    @contextmanager
    def plan_sessions(self, *profiles: Profile) -> Iterator[PlanSessions]:
        transport = demo.DemoTransport(self.service)
        with opened_plan_sessions(self.here, profiles or (EU,), self.clock, demo.secret_of, transport) as plan_sessions:
            for session in plan_sessions.sessions.values():
                session.guard.arm(24 * 60)
            yield plan_sessions

    @property
    def posts(self) -> list[str]:
        """The names of the checkpoints that were asked for, in order."""
        sent = [e.body for e in self.service.journal if e.method == "POST" and e.path.endswith("/checkpoints")]
        documents = [read(each)[0] for each in sent]
        return [document.draft.name for document in documents if document is not None]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def play(plan_sessions: PlanSessions, story: Coroutine[Any, Any, Any]) -> Any:
    async def told() -> Any:
        try:
            return await story
        finally:
            await plan_sessions.aclose()

    return asyncio.run(told())


def vault(plan_sessions: PlanSessions, profile: Profile, name: str) -> VaultId:
    return next(v.id for v in plan_sessions.ledgers[profile.name].vaults.values() if v.name == name)


def step(number: int, vault_id: VaultId, name: str = "", profile: str = EU.name) -> Step:
    document, _ = read(body(CheckpointDraft(vault_id, name=name)))
    return Step(number, profile, "", document)


def plan_of(plan_sessions: PlanSessions, names: Sequence[str], **more: Any) -> Plan:
    """A plan with a step for each of these vaults; their requests are called after their numbers."""
    steps = [step(number, vault(plan_sessions, EU, name), f"step-{number}") for number, name in enumerate(names, 1)]
    return Plan("patch day", tuple(steps), **more)


def run_of(plan_sessions: PlanSessions, plan: Plan) -> Run:
    run = prepared(plan, "run-1", plan_sessions.ledgers, EU.name, plan_sessions.clock.now(), random.Random(1))
    plan_sessions.runs.keep(run)
    return run


async def ran(plan_sessions: PlanSessions, names: Sequence[str], *, wait: bool = True, **more: Any) -> PlanReport:
    await plan_sessions.read()
    return await plan_sessions.follow(run_of(plan_sessions, plan_of(plan_sessions, names, **more)), wait=wait)


def test_steps_go_in_order_and_one_at_a_time(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:
        report = play(plan_sessions, ran(plan_sessions, [WHOLE, "vault-files-hq", WHOLE]))
    assert scene.posts == ["step-1", "step-2", "step-3"]
    rows = report.rows
    assert [row.stand for row in rows] == [Stand.DONE] * 3
    assert report.verdict is PlanVerdict.WHOLE
    ends = [row.intent.changed_at for row in rows if row.intent]
    begins = [row.intent.created_at for row in rows if row.intent]
    assert ends[0] <= begins[1] and ends[1] <= begins[2]
    assert plan_sentence(report) == "Finished: everything is backed up: 3 of 3 steps finished."


def test_half_a_success_is_never_told_as_whole_and_ends_the_run(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:
        report = play(plan_sessions, ran(plan_sessions, [PARTIAL, WHOLE]))
        now = plan_sessions.clock.now()
    assert [row.stand for row in report.rows] == [Stand.PARTLY, Stand.NOT_STARTED]
    assert (report.verdict, report.stopped, scene.posts) == (PlanVerdict.PARTLY, "failure", ["step-1"])
    for told in (plan_sentence(report), plan_report_text(report, now), report_html(report, now)):
        assert "only a part is backed up" in told
        assert "Finished:" not in told.partition("<table>")[0].partition("\n\n")[0]
    assert "5 of 7, 2 skipped" in plan_report_text(report, now)


def test_a_run_goes_on_after_a_failure_where_the_plan_says_so(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:
        report = play(plan_sessions, ran(plan_sessions, [FROZEN, WHOLE], stop_on_failure=False))
    assert [row.stand for row in report.rows] == [Stand.REFUSED, Stand.DONE]
    assert report.verdict is PlanVerdict.PARTLY


def test_a_refused_first_step_leaves_the_others_alone(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:
        report = play(plan_sessions, ran(plan_sessions, [FROZEN, WHOLE]))
    assert [row.stand for row in report.rows] == [Stand.REFUSED, Stand.NOT_STARTED]
    assert (report.verdict, scene.posts) == (PlanVerdict.FAILED, ["step-1"])


def test_no_more_are_under_way_than_the_plan_allows(scene: Scene) -> None:
    seen: list[int] = []
    with scene.plan_sessions() as plan_sessions:

        async def story() -> None:
            await plan_sessions.read()
            names = [WHOLE, "vault-files-hq", "vault-7669", "vault-hr-worm"]
            run = run_of(plan_sessions, plan_of(plan_sessions, names, concurrency=2, stop_on_failure=False))
            made = PlanRun(run, plan_sessions.sessions, plan_sessions.scope, plan_sessions.clock)
            async with asyncio.TaskGroup() as tasks:
                post = tasks.create_task(plan_sessions.sessions[EU.name].correspondence())
                await made.follow(told=lambda report: seen.append(report.count(Stand.WAITING, Stand.RUNNING)))
                post.cancel()

        play(plan_sessions, story())
    assert max(seen) == 2
    assert len(scene.posts) == 4


def test_beginnings_lie_apart_by_the_stagger(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:
        names = [WHOLE, "vault-files-hq", "vault-7669"]
        report = play(
            plan_sessions, ran(plan_sessions, names, concurrency=3, stagger_seconds=60, stop_on_failure=False)
        )
    begins = [row.intent.created_at for row in report.rows if row.intent]
    assert [b - a >= timedelta(seconds=60) for a, b in pairwise(begins)] == [True, True]


def test_steps_go_to_the_profiles_that_they_name(scene: Scene) -> None:
    with scene.plan_sessions(EU, NL) as plan_sessions:

        async def story() -> PlanReport:
            await plan_sessions.read()
            elsewhere = next(v for v in plan_sessions.ledgers[NL.name].vaults.values() if v.protect_type == "backup")
            steps = (step(1, vault(plan_sessions, EU, WHOLE), "here"), step(2, elsewhere.id, "there", NL.name))
            plan = Plan("two regions", steps, concurrency=2, stop_on_failure=False)
            return await plan_sessions.follow(run_of(plan_sessions, plan), wait=False)

        report = play(plan_sessions, story())
    assert sorted(scene.posts) == ["here", "there"]
    assert [row.intent.target.profile for row in report.rows if row.intent] == [EU.name, NL.name]


def test_names_are_given_once_and_stay_through_a_restart(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> Run:
            await plan_sessions.read()
            steps = (
                step(1, vault(plan_sessions, EU, WHOLE)),
                step(2, vault(plan_sessions, EU, "vault-files-hq"), "own"),
            )
            return run_of(plan_sessions, Plan("named", steps, names="{vault}-{seq}-{rand:6}"))

        run = play(plan_sessions, story())
        kept = plan_sessions.runs.load("run-1")
    assert kept == run
    names = [each.document.draft.name for each in run.plan.steps if each.document]
    assert names[0].startswith("vault-be94-1-") and names[1] == "own"


def test_after_a_restart_nothing_begins_by_itself_and_a_person_goes_on(scene: Scene, tmp_path: Path) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def begun() -> None:
            await plan_sessions.read()
            run = run_of(plan_sessions, plan_of(plan_sessions, [WHOLE, "vault-files-hq"]))
            made = PlanRun(run, plan_sessions.sessions, plan_sessions.scope, plan_sessions.clock)
            async with asyncio.TaskGroup() as tasks:
                post = tasks.create_task(plan_sessions.sessions[EU.name].correspondence())
                made.look()
                while not scene.posts:
                    await plan_sessions.clock.sleep(1)
                post.cancel()

        play(plan_sessions, begun())
    assert scene.posts == ["step-1"]
    again = Scene(tmp_path, scene.clock, scene.service)
    with again.plan_sessions() as plan_sessions:

        async def rest() -> PlanReport:
            kept = plan_sessions.runs.load("run-1")
            assert kept is not None
            await plan_sessions.read()
            await plan_sessions.clock.sleep(120)
            assert scene.posts == ["step-1"]
            return await plan_sessions.follow(kept, wait=True)

        report = play(plan_sessions, rest())
    assert scene.posts == ["step-1", "step-2"]
    assert [row.stand for row in report.rows] == [Stand.DONE, Stand.DONE]


def test_a_run_that_could_not_go_on_for_long_waits_for_a_person(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> PlanRun:
            await plan_sessions.read()
            run = run_of(plan_sessions, plan_of(plan_sessions, [WHOLE]))
            made = PlanRun(run, plan_sessions.sessions, plan_sessions.scope, plan_sessions.clock)
            ledger = plan_sessions.ledgers[EU.name]
            ledger.put_connection(Connection(Reach.UNREACHABLE))
            made.look()
            scene.clock.advance(3 * 86400)
            ledger.put_connection(Connection(Reach.ONLINE))
            made.look()
            return made

        made = play(plan_sessions, story())
        assert made.stopped == "stale"
        assert made.report().rows[0].stand is Stand.NOT_STARTED
    assert scene.posts == []


def test_a_stopped_run_begins_nothing_more(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> PlanRun:
            await plan_sessions.read()
            made = PlanRun(
                run_of(plan_sessions, plan_of(plan_sessions, [WHOLE])),
                plan_sessions.sessions,
                plan_sessions.scope,
                plan_sessions.clock,
            )
            made.stop()
            made.look()
            return made

        made = play(plan_sessions, story())
        assert made.is_over()
    assert scene.posts == []


def test_a_step_that_begins_long_after_the_plan_was_read_is_judged_by_lists_that_are_read_for_it(scene: Scene) -> None:
    """The steps lie 20 minutes apart, and nothing reads the lists on the command line unless it is asked to."""
    with scene.plan_sessions() as plan_sessions:
        report = play(plan_sessions, ran(plan_sessions, [WHOLE, "vault-files-hq"], stagger_seconds=20 * 60))
    assert [row.stand for row in report.rows] == [Stand.DONE] * 2
    reads = [entry.path for entry in scene.service.journal if entry.method == "GET" and "/policies" in entry.path]
    assert len(reads) == 1, "only what a step is judged by is read anew"


def test_what_cannot_leave_is_taken_back_on_the_command_line(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> PlanReport:
            await plan_sessions.read()
            run = run_of(plan_sessions, plan_of(plan_sessions, [WHOLE, "vault-files-hq"]))
            outbox = plan_sessions.sessions[EU.name].outbox
            made = PlanRun(run, plan_sessions.sessions, plan_sessions.scope, plan_sessions.clock, is_patient=False)
            made.look()
            row = made.report().rows[0]
            assert row.intent is not None
            assert outbox.hold(row.intent.id)
            made.look()
            return made.report()

        report = play(plan_sessions, story())
    assert report.rows[0].intent is not None
    assert report.rows[0].intent.state is IntentState.CANCELLED
    assert (report.stopped, scene.posts) == ("failure", [])


def test_a_plan_is_judged_as_a_whole(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> None:
            await plan_sessions.read()

        play(plan_sessions, story())
        steps = (
            step(1, vault(plan_sessions, EU, WHOLE), "bad name"),
            step(2, vault(plan_sessions, EU, WHOLE), "good", profile="nobody"),
            step(3, vault(plan_sessions, EU, WHOLE)),
        )
        plan = Plan("judged", steps, names="{nonsense}")
        found = judged_steps(plan, plan_sessions.ledgers, EU.name, plan_sessions.clock.now())
    kinds = {(each.step, each.finding.kind) for each in found}
    assert {(1, FindingKind.BAD_CHARACTER), (2, FindingKind.PROFILE_UNKNOWN), (0, FindingKind.BAD_TEMPLATE)} <= kinds
    assert is_blocked(found)


def test_reports_show_names_of_others_literally(scene: Scene) -> None:
    with scene.plan_sessions() as plan_sessions:

        async def story() -> PlanReport:
            await plan_sessions.read()
            plan = replace(plan_of(plan_sessions, [WHOLE]), name="<script>x</script>\u202e")
            return PlanRun(
                run_of(plan_sessions, plan), plan_sessions.sessions, plan_sessions.scope, plan_sessions.clock
            ).report()

        report = play(plan_sessions, story())
        told = report_html(report, plan_sessions.clock.now())
    assert "<script>" not in told
    assert "\u202e" not in told + plan_report_text(report, scene.clock.now())
