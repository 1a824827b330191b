"""G4: whatever goes wrong after a request has left, it is sent once, and reading tells what became of it."""

import asyncio
import dataclasses
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState, Reason
from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from tests.stage import Stage, staged

from . import repeats
from .finding import Finding
from .ground import Ground, part_of

RUNS, SEED = 1000, 4
LOOKS = 3
"""How often may be looked for what is there to be seen and can be read."""

_POST = "/checkpoints"
_LISTS = "/(operation-logs|backups|checkpoints/.*)"
_ENDS = (IntentState.FINISHED, IntentState.NOT_FOUND, IntentState.REJECTED)
_NAMED = CheckpointDraft(
    VaultId(REFERENCE_VAULT_ID),
    name="before-patch-x7k2",
    resources=(ResourceChoice(ResourceId(REFERENCE_RESOURCE_ID), "OS::Nova::Server", "ecs-1f0f-0002"),),
)
_DRAFTS = (_NAMED, _NAMED, CheckpointDraft(VaultId(REFERENCE_VAULT_ID)))
_LATE_SECONDS = (0, 0, 5, 60, 600)
_BODIES = (b"", b"{}", b"null", b"<html>", b'{"checkpoint": {"id": ', b"\xff\xfe", b'{"error_code": "X.1"}')
_STATUSES = (200, 201, 202, 302, 307, 400, 401, 403, 404, 407, 408, 409, 429, 500, 502, 503, 504, 511, 599)
_LOSSES = (
    *(httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.WriteError, httpx.CloseError),
    httpx.RemoteProtocolError,
)


@dataclass(frozen=True)
class Run:
    """How one run ended: the request, how often it was sent, and whether the service has acted on it."""

    intent: Intent
    posts: int
    executed: int
    is_plain: bool
    """Whether what was made could be seen and read at once."""
    shown: tuple[str, ...] = ()
    """The checkpoints that a person was shown, since the request had no name of its own."""
    made: tuple[str, ...] = ()
    is_timeless: bool = False
    """Whether a person had to say that nothing was made, since nobody knew the service's time when it was sent."""


def measure(ground: Ground) -> Iterator[Finding]:
    """Send a request into a random fault, a thousand times, and compare its end with the truth of the service."""
    chance = random.Random(SEED)
    runs = [_run(ground.folder / f"ambiguous-{number}", chance) for number in range(part_of(RUNS))]
    sent = Counter(run.posts for run in runs)
    acted = sum(bool(run.executed) for run in runs)
    what = f"{len(runs)} requests into a fault after the sending, {acted} of them carried out"
    yield _none(f"{what}: sent or made more than once", sum(run.posts > 1 or run.executed > 1 for run in runs))
    yield _none("carried out and not called so", sum(_is_denied(run) for run in runs))
    yield _none("not carried out and called so", sum(_is_invented(run) for run in runs))
    asked = [run for run in runs if run.shown]
    yield _none(
        f"{len(asked)} without a name of their own: shown another's", sum(run.shown != run.made for run in asked)
    )
    plain = [run for run in runs if run.is_plain and run.executed and not run.shown]
    late = [run for run in plain if _looks(run.intent) > LOOKS]
    yield _none(f"to be seen and not found in {LOOKS} looks", len(late))
    timeless = sum(run.is_timeless for run in runs)
    yield Finding("G4", "left unknown, since no time was known when they were sent", str(timeless), "counted", True)
    yield Finding("G4", "requests that never left", str(sent[0]), "0", sent[0] == 0)
    yield from repeats.measure(ground)


def _run(folder: Path, chance: random.Random) -> Run:
    late, reads = chance.choice(_LATE_SECONDS), chance.random() < 0.4
    with staged(folder) as stage:
        stage.service.modes.appears_after_seconds = late
        if reads:
            refusal = Fault("GET", _LISTS, "status", status=chance.choice((403, 429, 500)), body=b"{}")
            stage.service.faults.add(dataclasses.replace(refusal, times=chance.randrange(1, 12)))
        if chance.random() < 0.15:
            asyncio.run(_interrupted(stage, chance))
        else:
            _lay(stage, chance)
            return _told(stage, chance.choice(_DRAFTS), late, reads)
    stage.service.faults.clear()
    with staged(folder, service=stage.service, clock=stage.clock) as again:
        return _told(again, None, late, reads=False)


def _lay(stage: Stage, chance: random.Random) -> None:
    """Lay a fault on the way of the request or of its answer, before or after the service has acted on it."""
    kind = chance.randrange(5)
    if kind == 0:
        stage.service.faults.add(Fault("POST", _POST, "cut", chance.choice(("before", "after", "during"))))
        return
    if kind == 1:
        stage.cable.losses.append(chance.choice(_LOSSES))
        if chance.random() < 0.5:
            return
    when, status, body = chance.choice(("before", "after")), chance.choice(_STATUSES), chance.choice(_BODIES)
    stage.service.faults.add(Fault("POST", _POST, "status", when, status=status, body=body))  # type: ignore[arg-type]


async def _interrupted(stage: Stage, chance: random.Random) -> None:
    """End the program while the answer is on its way."""
    stage.service.faults.add(Fault("POST", _POST, "delay", chance.choice(("before", "after")), seconds=3600))
    stage.session.outbox.submit(chance.choice(_DRAFTS))
    drain = asyncio.get_running_loop().create_task(stage.session.outbox.drain())
    while not stage.posts:
        await stage.clock.sleep(1)
    drain.cancel()
    await asyncio.gather(drain, return_exceptions=True)
    await stage.session.cloud.aclose()


def _told(stage: Stage, draft: CheckpointDraft | None, late: int, reads: bool) -> Run:
    """Play until the request has come to an end; without a draft it is the one from before the restart."""
    ended: list[Intent] = []
    shown: list[str] = []
    disowned: list[str] = []

    async def story() -> None:
        made = stage.session.outbox.submit(draft) if draft else next(iter(stage.session.ledger.intents.values()))
        deadline = stage.clock.now() + timedelta(hours=3)
        while (intent := stage.intent(made.id)).state not in _ENDS:
            assert stage.clock.now() < deadline, (intent.state, intent.reason)
            if intent.reason == Reason.NO_CLOCK:
                disowned.append(intent.id)
                stage.session.outbox.disown(intent.id)
            elif intent.reason == Reason.AMBIGUOUS:
                shown.extend(each.id for each in intent.candidates)
                stage.session.outbox.adopt(intent.id, intent.candidates[0].id)
            await stage.clock.sleep(1)
        ended.append(intent)

    stage.play(story)
    (intent,) = ended
    known = stage.service.estate.checkpoints.values()
    made = [c.id for c in known if c.vault_id == REFERENCE_VAULT_ID and c.created_at >= intent.created_at]
    return Run(intent, len(stage.posts), len(made), not late and not reads, tuple(shown), tuple(made), bool(disowned))


def _is_denied(run: Run) -> bool:
    return bool(run.executed) and run.intent.state is not IntentState.FINISHED


def _is_invented(run: Run) -> bool:
    return not run.executed and run.intent.state is IntentState.FINISHED


def _looks(intent: Intent) -> int:
    return max((looked.times for looked in intent.looked), default=0)


def _none(what: str, count: int) -> Finding:
    return Finding("G4", what, str(count), "0", count == 0)
