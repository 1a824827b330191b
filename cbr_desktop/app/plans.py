"""Plans without a window: the sessions of all profiles that a plan names, over one data folder."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field

from cbr_desktop.app.request_runner import Say, Waits, leave, left_behind, say_nothing
from cbr_desktop.app.session import ProfileSession, SessionDisk, SessionWire, open_session
from cbr_desktop.app.start import demo_corner, kill_point, opened_data
from cbr_desktop.app.terminal import terminal_secret
from cbr_desktop.cloud.network import Transport
from cbr_desktop.cloud.sign_in import Secret
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.intent import Intent, Origin
from cbr_desktop.domain.plan import Run, plan_mark
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.planfile import PlanRuns
from cbr_desktop.storage.refusals import Refusals
from cbr_desktop.text.plans import run_left_sentence
from cbr_desktop.workflows.documents import change_in
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.plan_report import PlanReport
from cbr_desktop.workflows.plan_run import PlanRun
from cbr_desktop.workflows.ports import Clock
from cbr_desktop.workflows.scope import Scope

SecretOf = Callable[[Profile], Secret]


@dataclass
class PlanSessions:
    """The sessions that a plan needs, with all their ledgers as one and the copies of earlier runs."""

    sessions: dict[str, ProfileSession]
    scope: Scope
    runs: PlanRuns
    clock: Clock
    ledgers: dict[str, Ledger] = field(init=False)

    def __post_init__(self) -> None:
        self.ledgers = {name: session.ledger for name, session in self.sessions.items()}

    async def read(self) -> None:
        """Read what the sessions' clouds have. Raises the error of the first that cannot be reached."""
        async with asyncio.TaskGroup() as tasks:
            for session in self.sessions.values():
                tasks.create_task(session.refresh.once())
        for session in self.sessions.values():
            connection = session.ledger.connection
            if connection.reach is not Reach.ONLINE and connection.error is not None:
                raise connection.error

    async def follow(self, run: Run, *, wait: bool, say: Say = say_nothing) -> PlanReport:
        """Start the steps of a run and return how it stands at the end; nothing is left behind in the queue.

        What was left waiting of it before is confirmed anew. ``say`` is told what is waited for, and what is left when
        this is ended before: what has not left this machine is held then.
        """
        made = PlanRun(run, self.sessions, self.scope, self.clock, is_patient=False)
        waits = Waits(lambda intent: self.sessions[intent.target.profile], self.clock, say)
        made.resume()
        try:
            async with asyncio.TaskGroup() as tasks:
                work = [tasks.create_task(session.correspondence()) for session in self.sessions.values()]
                work.append(tasks.create_task(waits.tell(lambda: _begun(made))))
                await made.follow(wait=wait)
                for task in work:
                    task.cancel()
        except BaseException:
            for intent in _begun(made):
                leave(self.sessions[intent.target.profile], [intent.id], say)
            say(run_left_sentence(made.report()))
            raise
        return made.report()

    def left_behind(self, run: Run, kept: Sequence[Intent]) -> list[tuple[int, Intent]]:
        """Return the requests of before that ask for what a step of a run asks for, with the step's number.

        Those of the run itself are none of them, nor are steps that have begun. See ``request_runner.left_behind``.
        """
        begun = {intent.plan for intent in kept}
        others = [intent for intent in kept if intent.plan.rpartition("/")[0] != run.id]
        return [
            (step.number, intent)
            for step in run.plan.steps
            if step.document is not None and step.profile in self.sessions
            if plan_mark(run.id, step.number) not in begun
            for session in [self.sessions[step.profile]]
            for intent in left_behind(others, session.profile, change_in(step.document, session.ledger))
        ]

    async def aclose(self) -> None:
        """Close all connections."""
        for session in self.sessions.values():
            await session.cloud.aclose()


def _begun(made: PlanRun) -> list[Intent]:
    """Return the requests of a run, step by step."""
    return [row.intent for row in made.report().rows if row.intent is not None]


@contextmanager
def opened_plan_sessions(
    here: Places,
    profiles: Iterable[Profile],
    clock: Clock,
    secret_of: SecretOf = terminal_secret,
    transport: Transport | None = None,
) -> Iterator[PlanSessions]:
    """Open the sessions of several profiles over one data folder. Raises ``InUse``."""
    scope = Scope()
    sessions = {}
    with opened_data(here, now=clock.now) as data, ExitStack() as stack:
        for profile in profiles:
            cache = stack.enter_context(closing(SqliteCache(here.cache_file(profile))))
            ledger = Ledger(profile, scope.forget)
            session = open_session(
                ledger,
                SessionDisk(data.records, cache, data.journal, data.archive, Refusals(here.refusals_file, clock.now)),
                SessionWire(secret_of(profile), transport),
                clock,
                at=kill_point(),
                origin=Origin.COMMAND,
            )
            session.outbox.restore()
            sessions[profile.name] = session
        scope.show([session.ledger for session in sessions.values()])
        yield PlanSessions(sessions, scope, PlanRuns(here.plans_folder), clock)


@contextmanager
def opened_demo_plan_sessions(here: Places, profiles: Iterable[Profile], clock: Clock) -> Iterator[PlanSessions]:
    """Open the demo cloud for several profiles."""
    # a whole service next door, of which those who work with a real one need not have anything in memory
    from cbr_desktop.app import demo

    transport = demo.DemoTransport(demo.demo_service(clock))
    with (
        demo_corner(here) as corner,
        opened_plan_sessions(corner, profiles, clock, demo.secret_of, transport) as plan_sessions,
    ):
        yield plan_sessions
