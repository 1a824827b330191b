"""G2: a thousand deaths in the middle of a request lose none that was acknowledged and send none twice."""

import itertools
import json
import random
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.blast import wants_reason
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.journal import verified
from cbr_desktop.storage.paths import HOME_VARIABLE, places
from cbr_desktop.storage.records import peek
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import OPERATIONS, change_of

from . import lives
from .finding import Finding, progress
from .ground import Ground, Home, part_of, program
from .samples import arrived, sample

KILLS, SEED = 1000, 2
LIVES_A_KILL = 3
"""Some lives are over before their end by chance comes; so many there are at most for each that is not."""
POINTS = (
    *("before-row", "after-row", "after-journal", "after-sending"),
    *("after-reply", "before-accepted", "after-accepted"),
)
LONGEST_SECONDS = 0.5
"""Random deaths come up to so late: some before the request is kept, some after its end."""


@dataclass
class Tally:
    """What became of the lives with changes of one kind; the lists have the names of those that ended badly."""

    deaths: Counter[str] = field(default_factory=Counter)
    posts: Counter[str] = field(default_factory=Counter)
    """How often each change has reached the service."""
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def killed(self) -> int:
        """How many lives were ended by a kill."""
        return sum(self.deaths.values())

    @property
    def twice(self) -> list[str]:
        """The changes that reached the service again, which does what it is asked for the first time."""
        return [name for name, count in self.posts.items() if count > 1]

    @property
    def sent(self) -> int:
        """How many changes have reached the service."""
        return sum(count > 0 for count in self.posts.values())


def measure(ground: Ground) -> Iterator[Finding]:
    """Kill at each point by turns and at random times; then start once more, and compare with what the service saw."""
    wanted = part_of(KILLS)
    with dying(ground) as let_die:
        found = let_die(Kind.CREATE_CHECKPOINT, wanted, hasty=False)
    yield _none(f"{found.killed} kills at {len(POINTS)} points and at random times: acknowledged and lost", found.lost)
    yield _none(f"sent more than once, of {found.sent} that were sent", found.twice)
    yield _none("ends that are not what the service knows", found.wrong)
    yield _none("journals that are not whole", found.broken)
    yield Finding("G2", "kills that came in time", str(found.killed), str(wanted), found.killed == wanted)
    yield from lives.measure(ground)


class LetDie(Protocol):
    """Lets programs with changes of a kind die so often."""

    def __call__(self, kind: Kind, kills: int, *, hasty: bool) -> Tally:
        """Return what became of them; with ``hasty`` they do not wait long for anything."""
        ...


@contextmanager
def dying(ground: Ground) -> Iterator[LetDie]:
    """Start a service, and the program that dies again and again."""
    clock = RunningClock()
    service = Service(estate.demo(clock.now()), clock)
    service.modes.checkpoint_seconds = 0
    # hundreds of checkpoints would fill it, and a refusal is an end too
    service.estate.vaults[estate.REFERENCE_VAULT_ID].auto_expand = True
    with running(service) as url, _lives(ground.home()) as living:

        def let_die(kind: Kind, kills: int, *, hasty: bool) -> Tally:
            return _killed(ground, service, url, living, kind, kills, hasty=hasty)

        yield let_die


def _killed(
    ground: Ground,
    service: Service,
    url: str,
    living: "subprocess.Popen[str]",
    kind: Kind,
    kills: int,
    *,
    hasty: bool,
) -> Tally:
    chance = random.Random(SEED)
    found = Tally()
    for number in itertools.takewhile(lambda _: found.killed < kills, range(kills * LIVES_A_KILL)):
        folder = ground.folder / f"life-{kind}-{number}"
        wanted = sample(kind, f"g2-x7k2-{number:04d}", service)
        wish = {"folder": str(folder), "url": url, "project": DEMO.project, "hasty": hasty, "kind": kind}
        point = POINTS[number // 2 % len(POINTS)] if number % 2 else ""
        seconds = 0.0 if point else chance.uniform(0.01, LONGEST_SECONDS)
        asked = {"name": wanted.name, "subject": wanted.subject}
        end = _lived(living, wish | asked | {"kill_at": point, "seconds": seconds})
        found.deaths[point or "random"] += end["code"] == -signal.SIGKILL
        again = _lived(living, wish | {"name": "", "subject": "", "kill_at": "", "seconds": 0.0})
        rows = peek(places({HOME_VARIABLE: str(folder)}).records_file)[0]
        if again["code"] != 0 or {*end["kept"]} - {row.id for row in rows}:
            found.lost.append(wanted.name)
        # the service remembers the latest requests alone
        found.posts[wanted.name] = arrived(service, change_of(wanted.draft, Ledger(DEMO, lambda _part: None)))
        if not _is_true(kind, [row.state for row in rows], found.posts[wanted.name]):
            found.wrong.append(wanted.name)
        if not _is_sound(folder):
            found.broken.append(wanted.name)
        wanted.clear_away(service)
        shutil.rmtree(folder)
        if number % 100 == 99:
            progress(f"{kind}: {number + 1} lives, {found.killed} of them ended by a kill")
    return found


def _none(what: str, names: list[str]) -> Finding:
    return Finding("G2", what, str(len(names)), "0", not names)


def _is_true(kind: Kind, states: list[IntentState], posts: int) -> bool:
    """Whether a request that reached the service is known as carried out, and another as unknown at the most.

    What overwrites something waits for a person when the program ended before it was sent.
    """
    if posts:
        return len(states) == 1 and states[0] in (IntentState.ACCEPTED, IntentState.FINISHED)
    if wants_reason(OPERATIONS[kind].effect) and states == [IntentState.HELD]:
        return True
    return states in ([], [IntentState.UNKNOWN], [IntentState.NOT_FOUND])


def _is_sound(folder: Path) -> bool:
    here = places({HOME_VARIABLE: str(folder)})
    return verified(here.journal_folder, peek(here.records_file)[1]).is_sound


@contextmanager
def _lives(home: Home) -> Iterator["subprocess.Popen[str]"]:
    """Start the program that dies again and again."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        program("dying"), env=home.environment(), cwd=home.started_in, stdin=pipe, stdout=pipe, text=True, bufsize=1
    ) as lives:
        yield lives
        lives.communicate()


def _lived(lives: "subprocess.Popen[str]", wish: dict[str, object]) -> dict[str, Any]:
    """Let it live once, and return what it told of its end."""
    assert lives.stdin is not None
    assert lives.stdout is not None
    lives.stdin.write(json.dumps(wish) + "\n")
    lives.stdin.flush()
    end: dict[str, Any] = json.loads(lives.stdout.readline())
    return end
