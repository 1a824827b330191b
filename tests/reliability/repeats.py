"""Lost answers to changes that may be repeated: each goes again until it is done, and never after that."""

import asyncio
import dataclasses
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from cbr_desktop.domain.change import Change, Kind, Repeat
from cbr_desktop.domain.intent import Intent, IntentState, Reason
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.workflows.operations import OPERATIONS
from tests.stage import Cable, Stage, staged

from .finding import Finding
from .ground import Ground, part_of
from .samples import APPROVED, Sample, sample

RUNS, SEED = 300, 42
"""Runs of each kind."""

_DELETION_SECONDS = (0, 20, 600)
"""How long a backup is on its way out: longer, too, than it is looked for before anything goes again."""
_READS = "/(backups|backups/[^/]+|policies)"
_STATUSES = (200, 201, 202, 302, 400, 401, 403, 404, 407, 408, 409, 429, 500, 502, 503, 504)
_BODIES = (b"{}", b"null", b"<html>", b'{"backup": {"id": ', b"\xff\xfe", b'{"error_code": "X.1"}')
_LOSSES = (httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
_ENDS = (IntentState.FINISHED, IntentState.NOT_FOUND, IntentState.REJECTED, IntentState.HELD)


class WatchedCable(Cable):
    """Counts the requests for a change, and those of them that come when the service has done it already.

    ``lost`` takes the place of the next answers to it.
    """

    wanted: Change | None = None
    is_done: Callable[[], bool] = staticmethod(lambda: False)
    asked = 0
    asked_when_done = 0

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.lost: list[type[httpx.TransportError]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        wanted = self.wanted
        is_it = wanted is not None and request.method == wanted.method and request.url.path.endswith(f"/{wanted.path}")
        if is_it:
            self.asked += 1
            self.asked_when_done += self.is_done()
        response = await super().handle_async_request(request)
        if is_it and self.lost:
            raise self.lost.pop(0)("the answer is lost", request=request)
        return response


@dataclass(frozen=True)
class Run:
    """How one run ended: the request, how often the service was asked and had done it, and that when it was done."""

    intent: Intent
    asked: int
    asked_when_done: int
    done: int

    @property
    def is_called_done(self) -> bool:
        """Whether a person is told that it was done."""
        outcome = self.intent.outcome
        return self.intent.state is IntentState.FINISHED and outcome is not None and outcome.is_whole


def measure(ground: Ground) -> Iterator[Finding]:
    """Send changes of every kind that may be repeated into faults, and compare their ends with what was done."""
    chance = random.Random(SEED)
    for kind, operation in OPERATIONS.items():
        if operation.repeat is Repeat.NEVER:
            continue
        runs = [_run(ground.folder / f"{kind}-{number}", kind, chance) for number in range(part_of(RUNS))]
        again = sum(run.asked_when_done > 0 for run in runs)
        twice = sum(run.done > 1 for run in runs)
        denied = sum(run.done > 0 and not run.is_called_done for run in runs)
        invented = sum(run.done == 0 and run.is_called_done for run in runs)
        repeated = sum(run.asked > 1 for run in runs)
        done = sum(run.done > 0 for run in runs)
        yield Finding(
            "G4",
            f"{kind}: {len(runs)} requests into a fault, {done} of them done, {repeated} sent again before that",
            f"{again} sent again after it was done, {twice} done twice, {denied} done and not called so,"
            f" {invented} called so and not done",
            "0 of each",
            not (again or twice or denied or invented),
        )


def _run(folder: Path, kind: Kind, chance: random.Random) -> Run:
    with staged(folder, cable=WatchedCable) as stage:
        stage.service.modes.deletion_seconds = chance.choice(_DELETION_SECONDS)
        wanted = sample(kind, "g4-x7k2", stage.service)
        _watch(stage, wanted)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            _lay(stage, chance)
        if chance.random() < 0.4:
            refusal = Fault("GET", _READS, "status", status=chance.choice((403, 404, 429, 500)), body=b"{}")
            stage.service.faults.add(dataclasses.replace(refusal, times=chance.randrange(1, 12)))
        if chance.random() < 0.85:
            return _told(stage, wanted, is_new=True)
        stage.service.faults.clear()
        asyncio.run(_interrupted(stage, wanted, chance))
    stage.service.faults.clear()
    with staged(folder, service=stage.service, clock=stage.clock, cable=WatchedCable) as again:
        _watch(again, wanted, before=stage)
        return _told(again, wanted, is_new=False)


def _watch(stage: Stage, wanted: Sample, before: Stage | None = None) -> None:
    cable = _cable(stage)
    cable.wanted = OPERATIONS[wanted.kind].change(wanted.draft, stage.session.ledger)
    cable.is_done = lambda: wanted.times_done(stage.service) > 0
    if before is not None:
        cable.asked, cable.asked_when_done = _cable(before).asked, _cable(before).asked_when_done


def _cable(stage: Stage) -> WatchedCable:
    assert isinstance(stage.cable, WatchedCable)
    return stage.cable


def _lay(stage: Stage, chance: random.Random) -> None:
    """Lay a fault on the way of the request or of its answer, before or after the service has acted on it."""
    wanted = _cable(stage).wanted
    assert wanted is not None
    method, path, kind = wanted.method, f"/{wanted.path}", chance.randrange(4)
    if kind == 0:
        # half of an answer without a body would be the whole of it
        when = chance.choice(("before", "after", "during"))
        stage.service.faults.add(Fault(method, path, "cut", when))  # type: ignore[arg-type]
    elif kind == 1:
        _cable(stage).lost.append(chance.choice(_LOSSES))
    else:
        when, status, body = chance.choice(("before", "after")), chance.choice(_STATUSES), chance.choice(_BODIES)
        stage.service.faults.add(Fault(method, path, "status", when, status=status, body=body))  # type: ignore[arg-type]


async def _interrupted(stage: Stage, wanted: Sample, chance: random.Random) -> None:
    """End the program while the answer is on its way."""
    change = _cable(stage).wanted
    assert change is not None
    when = chance.choice(("before", "after"))
    stage.service.faults.add(Fault(change.method, f"/{change.path}", "delay", when, seconds=3600))  # type: ignore[arg-type]
    stage.session.outbox.submit(wanted.draft, approval=APPROVED)
    drain = asyncio.get_running_loop().create_task(stage.session.outbox.drain())
    while not _cable(stage).asked:
        await stage.clock.sleep(1)
    drain.cancel()
    await asyncio.gather(drain, return_exceptions=True)
    await stage.session.cloud.aclose()


def _told(stage: Stage, wanted: Sample, *, is_new: bool) -> Run:
    """Play until the request has come to an end, and for an hour after it; else it is the one of before the restart."""
    ended: list[Intent] = []

    async def story() -> None:
        if is_new:
            intent = stage.session.outbox.submit(wanted.draft, approval=APPROVED)
        else:
            intent = next(iter(stage.session.ledger.intents.values()))
        await _until_end(stage, intent)
        await stage.clock.sleep(3600)
        ended.append(stage.intent(intent.id))

    told: Callable[[], Awaitable[None]] = story
    stage.play(told)
    return Run(ended[0], _cable(stage).asked, _cable(stage).asked_when_done, wanted.times_done(stage.service))


async def _until_end(stage: Stage, made: Intent) -> None:
    """Wait until nothing more becomes of a request; what only a person can say is said by one who sees the service."""
    deadline = stage.clock.now() + timedelta(hours=3)
    while (intent := stage.intent(made.id)).state not in _ENDS:
        assert stage.clock.now() < deadline, (intent.state, intent.reason)
        if intent.reason == Reason.NO_CLOCK:
            stage.session.outbox.disown(intent.id)
        elif intent.reason == Reason.AMBIGUOUS:
            stage.session.outbox.adopt(intent.id, intent.candidates[0].id)
        await stage.clock.sleep(1)
