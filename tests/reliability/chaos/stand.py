"""What a run stands on: one service, programs that live and end in their homes, and the lines between them."""

import asyncio
import random
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from msgspec.structs import replace

from cbr_desktop.app import demo
from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.session import ProfileSession, SessionDisk, SessionWire, open_session
from cbr_desktop.app.start import Data, opened_data
from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.sign_in import login_of
from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.error import CbrError, NotSaved
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import SETTLED, Intent, IntentState, Origin
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.entities import Vault
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.paths import HOME_VARIABLE, Places, places
from cbr_desktop.storage.records import peek
from cbr_desktop.storage.refusals import Refusals
from cbr_desktop.workflows.ledger import Ledger, Part
from tests.checkpoint_change import checkpoint_change_of
from tests.cloud.faults import request_of
from tests.reliability.canaries import Canary, canary, files_under, search

from .oracle import Evidence, Post, Row, Told
from .turned import TurnedClock, TurnedLoop

POST = r"/checkpoints$"
TASKS = r"/operation-logs$"
BACKUPS = r"/backups$"
LISTS = r"/(operation-logs|backups)$"
ONE = r"/checkpoints/[^/]+$"
READS = r"/(operation-logs|backups|checkpoints/[^/]+)$"
LOGIN = r"/auth/tokens$"
_REST_SECONDS = 4 * 3600.0
_LATER_SECONDS = 600.0
_MISLAID_SECONDS = 60.0
"""How long a life that was told to leave is waited for at the most."""

COLLEAGUE = "colleague"
"""Who sends what is not ours, and whose requests nobody counts."""

S = IntentState
Forward = Callable[..., Awaitable[httpx.Response]]
"""The way on, for the request itself or for another in its place."""
Act = Callable[[httpx.Request, Forward], Awaitable[httpx.Response]]


@dataclass
class Rule:
    """What happens to requests on their way: ``act`` gets each that matches, and the way on.

    ``skip`` of them pass first, then it holds for ``times`` (``None``: until it is taken away). ``share`` is how likely
    it is to hit one. ``lies`` is whether the program is told something else than the service says.
    """

    method: str
    path: str
    act: Act
    times: int | None = 1
    skip: int = 0
    share: float = 1.0
    lies: bool = True


class Line(httpx.AsyncBaseTransport):
    """The way of one program to the service; it notes what has come through."""

    def __init__(self, run: "Run", sender: str) -> None:
        self._run = run
        self._way = demo.DemoTransport(run.service)
        self.sender = sender
        self.rules: list[Rule] = []
        self.is_dead = False
        """Whether the program at this end has been killed: nothing that it does now reaches anybody."""
        self.asked = 0
        self.flying = asyncio.Event()
        """Set when a request for a checkpoint has come onto the line."""
        self.last_lists: dict[str, bool] = {}
        """Of each list, whether the latest answer was the service's own."""

    def add(self, rule: Rule) -> Rule:
        """Lay a rule; the oldest that matches a request has it."""
        self.rules.append(rule)
        return rule

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.is_dead:
            await asyncio.Event().wait()
        await request.aread()
        path = request.url.path
        if request.method == "POST" and re.search(POST, path):
            self.flying.set()
        rule = self._taken(request.method, path)
        is_list = re.search(LISTS, path) is not None
        try:
            is_true = rule is None or not rule.lies

            async def way(other: httpx.Request = request) -> httpx.Response:
                return await self._forward(other, is_true=is_true)

            response = await (way() if rule is None else rule.act(request, way))
        except BaseException:
            if is_list:
                self.last_lists[path] = False
            raise
        if is_list:
            self.last_lists[path] = is_true and response.status_code == 200
        if self.is_dead:
            await asyncio.Event().wait()
        return response

    def _taken(self, method: str, path: str) -> Rule | None:
        for rule in self.rules:
            if rule.method not in ("*", method) or not re.search(rule.path, path):
                continue
            if rule.skip:
                rule.skip -= 1
                continue
            if rule.share < 1 and self._run.chance.random() >= rule.share:
                continue
            if rule.times is not None:
                rule.times -= 1
                if not rule.times:
                    self.rules.remove(rule)
            return rule
        return None

    async def _forward(self, request: httpx.Request, *, is_true: bool) -> httpx.Response:
        """Hand a request to the service, and note what it has made of it."""
        again = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        if request.method != "POST" or not re.search(POST, request.url.path):
            response = await self._way.handle_async_request(again)
            self._run.tokens.add(response.headers.get("X-Subject-Token", ""))
            return response
        async with self._run.at_service:
            known = set(self._run.service.estate.checkpoints)
            response = await self._way.handle_async_request(again)
            made = tuple(id for id in self._run.service.estate.checkpoints if id not in known)
        if self.sender != COLLEAGUE:
            self._run.posted(self, request.content, made, is_denied=not made and is_true)
        return response


Spoil = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
"""Writes an answer to a request for a checkpoint as it should not be."""


class Wire:
    """Sockets in front of a line: what goes over them is bytes, and ``spoil`` writes the answers to requests."""

    def __init__(self, spoil: Spoil) -> None:
        self.line: Line | None = None
        self._spoil = spoil

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer what comes over one connection."""
        try:
            while not writer.is_closing():
                await self._answer(await request_of(reader), writer)
        except (OSError, EOFError, httpx.HTTPError):
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, raw: bytes, writer: asyncio.StreamWriter) -> None:
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
        assert self.line is not None
        asked = httpx.Request(method, f"http://127.0.0.1{target}", headers=headers, content=body)
        response = await self.line.handle_async_request(asked)
        content = await response.aread()
        kept = [(n, v) for n, v in response.headers.multi_items() if n.lower() not in ("content-length", "connection")]
        said = "".join(f"{name}: {value}\r\n" for name, value in [*kept, ("Content-Length", len(content))])
        answer = f"HTTP/1.1 {response.status_code} said\r\n{said}\r\n".encode("latin-1") + content
        if method == "POST" and re.search(POST, asked.url.path):
            await self._spoil(answer, writer)
        else:
            writer.write(answer)
            await writer.drain()


@dataclass
class Full:
    """A disk that takes no row while its number is in ``bad``; each writing call counts."""

    records: Any
    bad: set[int]
    calls: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.records, name)

    def _count(self) -> None:
        self.calls += 1
        if self.calls in self.bad:
            raise NotSaved("outbox", "full")

    def add(self, intent: Intent) -> None:
        self._count()
        self.records.add(intent)

    def claim(self, intent: Intent) -> bool:
        self._count()
        return bool(self.records.claim(intent))

    def save(self, intent: Intent) -> None:
        self._count()
        self.records.save(intent)

    def save_all(self, intents: Sequence[Intent]) -> None:
        self._count()
        self.records.save_all(intents)


class Life:
    """A program from its start to its end, for one profile: what a person does in it, and what goes wrong around it."""

    def __init__(self, run: "Run", session: ProfileSession, line: Line, home: "Home") -> None:
        self.run = run
        self.session = session
        self.line = line
        self._home = home
        self.killed = asyncio.Event()

    def submit(self, draft: CheckpointDraft, **more: Any) -> IntentId | None:
        """Ask for a checkpoint; ``None`` when the program would not take it."""
        try:
            intent = self.session.outbox.submit(draft, **more)
        except CbrError:
            return None
        self.run.acknowledge(self, intent)
        return intent.id

    def intent(self, id: IntentId) -> Intent:
        return self.session.ledger.intents[id]

    async def until(self, id: IntentId | None, *states: IntentState, seconds: float = _LATER_SECONDS) -> bool:
        """Wait for a state, but not for ever; tell whether it came."""
        waited = 0.0
        while id is not None and waited < seconds and not self.killed.is_set():
            if self.intent(id).state in states:
                return True
            await asyncio.sleep(1)
            waited += 1
        return False

    async def rest(self, seconds: float = _REST_SECONDS) -> None:
        """Wait until nothing is left to be done without a person."""
        waited, pause = 0.0, 5.0
        while waited < seconds and not self.killed.is_set():
            if all(self._is_at_rest(intent) for intent in self.session.ledger.intents.values()):
                return
            await asyncio.sleep(pause)
            waited += pause

    def _is_at_rest(self, intent: Intent) -> bool:
        if intent.state is S.UNKNOWN:
            return intent.reason in ("ambiguous", "no-clock")
        return intent.state in SETTLED or intent.state is S.HELD

    def kill(self) -> None:
        """End the program as a power cut does: what is on the disk now is all that is left of it."""
        if self.killed.is_set():
            return
        self._home.keep_as_it_is()
        self.run.die(self._home)


@dataclass
class Home:
    """The data folder of a machine, the life in which it is open now, and the clock of that machine."""

    name: str
    folder: Path
    clock: TurnedClock
    lives: list[Life] = field(default_factory=list)
    generation: int = 0
    left: Path | None = None

    @property
    def here(self) -> Places:
        return places({HOME_VARIABLE: str(self.folder / str(self.generation))})

    def keep_as_it_is(self) -> None:
        """Copy the folder as it lies there; the next life begins with the copy."""
        self.left = self.folder / str(self.generation + 1)
        shutil.copytree(self.folder / str(self.generation), self.left)

    def move_on(self) -> None:
        """Begin anew with what a killed life has left."""
        if self.left is not None:
            shutil.rmtree(self.folder / str(self.generation), ignore_errors=True)
            self.generation, self.left = self.generation + 1, None


class Run:
    """One attacked run: a scenario, its seed, and all that is known of it."""

    def __init__(self, folder: Path, loop: TurnedLoop, seed: str) -> None:
        self.chance = random.Random(seed)
        self.folder = folder
        self.loop = loop
        self.clock = TurnedClock(loop)
        """The clock of the service."""
        known = estate.demo(self.clock.now())
        known.remember(iter(()), self.clock.now())
        self.service = Service(known, self.clock)
        self.service.modes.schedules = False
        self.password = canary("password")
        known.users[estate.DEMO_USER].password = self.password.text
        self.tokens: set[str] = set()
        self.at_service = asyncio.Lock()
        self.evidence = Evidence()
        self.homes: dict[str, Home] = {}
        self._shown: dict[tuple[str, IntentId], IntentState] = {}
        self._executed: set[tuple[str, bytes]] = set()
        self._made_at: dict[tuple[str, bytes], datetime] = {}
        self._colleague: CbrCloud | None = None
        self.profile = DEMO
        """Where the programs of this run lead."""
        self.wire: Wire | None = None
        """The sockets between program and line, for a run on the wire itself."""

    # what there is to ask for

    def vault(self, least: int = 1) -> Vault:
        """Return a vault with so many resources that takes requests."""
        names = {1: "vault-be94", 2: "vault-sfs-media"}
        wanted = names.get(least, "vault-erp-prod")
        vault = next(each for each in self.service.estate.vaults.values() if each.name == wanted)
        vault.auto_expand = True
        return vault

    def name(self, *, own: bool = True) -> str:
        """Return a name: with ``own`` one that nobody else would choose."""
        if not own:
            return self.chance.choice(("before-patch", "nightly", "web01"))
        letters = [self.chance.choice("bcdfghjkmnpqrstvwxz") for _ in range(2)]
        digits = [str(self.chance.randrange(2, 10)) for _ in range(2)]
        return f"night-{letters[0]}{digits[0]}{letters[1]}{digits[1]}-{self.chance.randrange(10**6)}"

    def draft(self, resources: int = 1, name: str | None = None, least: int | None = None) -> CheckpointDraft:
        """Return a request for so many resources of a vault."""
        vault = self.vault(least or resources)
        chosen = [self.service.estate.resources[id] for id in vault.resources[:resources]]
        return CheckpointDraft(
            VaultId(vault.id),
            name=self.name() if name is None else name,
            resources=tuple(ResourceChoice(ResourceId(each.id), each.type, each.name) for each in chosen),
        )

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def colleague(self, draft: CheckpointDraft) -> bool:
        """Have somebody else ask for a checkpoint; tell whether the service took it."""
        if self._colleague is None:
            line = Line(self, COLLEAGUE)
            self._colleague = CbrCloud(DEMO, login_of(DEMO, self._secret), line, self.clock, lambda _connection: None)
        try:
            project = await self._colleague.project_id()
            await self._colleague.send(checkpoint_change_of(request.body(draft)), project)
        except CbrError:
            return False
        return True

    # lives

    def home(self, name: str) -> Home:
        """Return the data folder of a machine; it is made at the first time."""
        if name not in self.homes:
            self.homes[name] = Home(name, self.folder / name, TurnedClock(self.loop))
        return self.homes[name]

    @asynccontextmanager
    async def life(
        self,
        home: str = "a",
        *,
        profile: Profile | None = None,
        origin: Origin = Origin.WINDOW,
        kill_at: str = "",
        kill_after: int = 0,
        full: Sequence[int] = (),
        rules: Sequence[Rule] = (),
    ) -> AsyncIterator[Life]:
        """Start a program, let it work for as long as the block lasts, and have it leave."""
        async with self.lives(home, [(profile or self.profile, origin)], kill_at, kill_after, full) as (life,):
            life.line.rules.extend(rules)
            yield life

    @asynccontextmanager
    async def lives(
        self,
        name: str,
        profiles: Sequence[tuple[Profile, Origin]],
        kill_at: str = "",
        kill_after: int = 0,
        full: Sequence[int] = (),
    ) -> AsyncIterator[tuple[Life, ...]]:
        """Start a program with several profiles in one data folder."""
        home = self.home(name)
        passed = 0

        def at(point: str) -> None:
            nonlocal passed
            if point == kill_at and (passed := passed + 1) > kill_after:
                home.lives[0].kill()

        with opened_data(home.here, now=home.clock.now) as data:
            async with AsyncExitStack() as stack:
                for profile, origin in profiles:
                    stack.enter_context(self._opened(home, data, profile, origin, at, full))
                lives = tuple(home.lives)
                work = [self.loop.create_task(life.session.correspondence()) for life in lives]
                try:
                    yield lives
                finally:
                    await self._left(home, lives, work)
        home.move_on()

    @contextmanager
    def _opened(
        self,
        home: Home,
        data: Data,
        profile: Profile,
        origin: Origin,
        at: Callable[[str], None],
        full: Sequence[int],
    ) -> Iterator[None]:
        sender = f"{home.name}/{profile.name}"
        line = Line(self, sender)
        ledger = Ledger(profile, lambda part: self._watch(life) if part is Part.INTENTS else None)
        records = Full(data.records, set(full)) if full else data.records
        with closing(SqliteCache(home.here.cache_file(profile))) as cache:
            if self.wire is not None:
                self.wire.line = line
            session = open_session(
                ledger,
                SessionDisk(records, cache, data.journal, refusals=Refusals(home.here.refusals_file, home.clock.now)),
                SessionWire(self._secret, line if self.wire is None else Network(profile)),
                home.clock,
                at=at,
                origin=origin,
            )
            life = Life(self, session, line, home)
            home.lives.append(life)
            session.outbox.restore()
            yield

    async def _left(self, home: Home, lives: Sequence[Life], work: Sequence["asyncio.Task[None]"]) -> None:
        """Have a program leave, and note how long that takes; one that was killed has left already."""
        began = self.loop.time()
        for task in work:
            task.cancel()
        await asyncio.wait(work, timeout=_MISLAID_SECONDS)
        if not lives[0].killed.is_set():
            closing_ = [self.loop.create_task(life.session.cloud.aclose()) for life in lives]
            await asyncio.wait(closing_, timeout=_MISLAID_SECONDS)
            self.evidence.leaving.append(self.loop.time() - began)
            for task in work:
                if task.done() and not task.cancelled() and task.exception() is not None:
                    self.evidence.defects.append(_described(task.exception()))
        for life in lives:
            life.line.is_dead = True
        home.lives.clear()

    def die(self, home: Home) -> None:
        """Cut a program off from everything; nothing of what it says from now on is heard."""
        for life in home.lives:
            life.line.is_dead = True
            life.killed.set()

    @asynccontextmanager
    async def wired(self, spoil: Spoil) -> AsyncIterator[None]:
        """Put sockets of the loopback between the programs and their line."""
        wire = self.wire = Wire(spoil)
        server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.profile = replace(DEMO, cbr_endpoint=url, iam_endpoint=url)
        try:
            yield
        finally:
            server.close()

    async def _secret(self, _kind: SecretKind) -> str:
        return self.password.text

    # what is known

    def posted(self, line: Line, body: bytes, made: tuple[str, ...], *, is_denied: bool) -> None:
        """Note a request for a checkpoint that has come to the service."""
        self.evidence.posts.append(Post(line.sender, body, made, is_denied))
        if made:
            self._executed.add((line.sender, body))
            self._made_at.setdefault((line.sender, body), self.clock.now())

    def acknowledge(self, life: Life, intent: Intent) -> None:
        """Note that the program said that it keeps a request."""
        if not life.killed.is_set():
            self.evidence.acknowledged[intent.id] = (life.line.sender, intent.body)

    def _watch(self, life: Life) -> None:
        for intent in [] if life.killed.is_set() else list(life.session.ledger.intents.values()):
            key = (life.line.sender, intent.id)
            if self._shown.get(key) is intent.state:
                continue
            self._shown[key] = intent.state
            place = (life.line.sender, intent.body)
            made_at = self._made_at.get(place)
            self.evidence.told.append(
                Told(
                    *(life.line.sender, intent.id, intent.body, intent.state, self.clock.now()),
                    executed=place in self._executed,
                    was_shown=made_at is None or self._could_be_seen(life, intent, made_at),
                )
            )

    def _could_be_seen(self, life: Life, intent: Intent, made_at: datetime) -> bool:
        """Whether what was made could be in the lists, or the latest of them were not the service's own."""
        if intent.state is not S.NOT_FOUND:
            return True
        late = timedelta(seconds=self.service.modes_at("").appears_after_seconds)
        is_there = self.clock.now() - made_at >= late
        return is_there or not all(life.line.last_lists.values())

    async def end(self) -> None:
        """Start every program once more with nothing in its way, wait for what comes, and look at the disk."""
        self.wire = None
        for home in self.homes.values():
            home.clock.offset = timedelta(0)
        self.clock.offset = max(self.clock.offset, timedelta(0))
        profiles: dict[str, set[str]] = {}
        for sender, _ in self.evidence.acknowledged.values():
            name, _, profile = sender.partition("/")
            profiles.setdefault(name, {DEMO.name}).add(profile)
        for home in self.homes.values():
            known = [
                (replace(self.profile, name=each), Origin.WINDOW)
                for each in sorted(profiles.get(home.name, {DEMO.name}))
            ]
            async with self.lives(home.name, known) as lives:
                for life in lives:
                    # in a window the lists tell that the service answers; here nobody reads them
                    with suppress(CbrError):
                        await life.session.cloud.policies()
                    await life.rest()
        if self._colleague is not None:
            await self._colleague.aclose()
        for home in self.homes.values():
            rows = peek(home.here.records_file)[0]
            self.evidence.rows += [Row(f"{home.name}/{row.target.profile}", row) for row in rows]
            self.evidence.secrets += self._secrets_in(home)

    def _secrets_in(self, home: Home) -> list[str]:
        hidden = [self.password, *(Canary("token", text, text[-64:]) for text in sorted(self.tokens - {""}))]
        return [f"{hit.name} in {hit.where} ({hit.form})" for hit in search(hidden, files_under(home.folder))]


def _described(error: BaseException | None) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    trace = error.__traceback__ if error is not None else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else ""
    return f"{type(error).__name__}: {error}{where}"[:200]
