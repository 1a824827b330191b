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
from pathlib import Path
from typing import Any

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.journal import verified
from cbr_desktop.storage.paths import HOME_VARIABLE, places
from cbr_desktop.storage.records import peek

from . import lives
from .finding import Finding, progress
from .ground import Ground, Home, part_of, program

KILLS, LIVES, SEED = 1000, 3000, 2
"""Some lives are over before their end by chance comes; so many there are at most."""
POINTS = (
    *("before-row", "after-row", "after-journal", "after-sending"),
    *("after-reply", "before-accepted", "after-accepted"),
)
LONGEST_SECONDS = 0.5
"""Random deaths come up to so late: some before the request is kept, some after its end."""


def measure(ground: Ground) -> Iterator[Finding]:
    """Kill at each point by turns and at random times; then start once more, and compare with what the service saw."""
    chance = random.Random(SEED)
    clock = RunningClock()
    service = Service(estate.demo(clock.now()), clock)
    service.modes.checkpoint_seconds = 0
    # hundreds of checkpoints would fill it, and a refusal is an end too
    service.estate.vaults[estate.REFERENCE_VAULT_ID].auto_expand = True
    posts = Counter[str]()
    deaths = Counter[str]()
    lost, wrong, broken = [], [], []
    wanted = part_of(KILLS)
    with running(service) as url, _lives(ground.home()) as living:
        for number in itertools.takewhile(lambda _: sum(deaths.values()) < wanted, range(part_of(LIVES))):
            folder, name = ground.folder / f"life-{number}", f"g2-x7k2-{number:04d}"
            wish = {"folder": str(folder), "url": url, "project": DEMO.project, "vault": estate.REFERENCE_VAULT_ID}
            point = POINTS[number // 2 % len(POINTS)] if number % 2 else ""
            seconds = 0.0 if point else chance.uniform(0.01, LONGEST_SECONDS)
            end = _lived(living, wish | {"name": name, "kill_at": point, "seconds": seconds})
            deaths[point or "random"] += end["code"] == -signal.SIGKILL
            again = _lived(living, wish | {"name": "", "kill_at": "", "seconds": 0.0})
            rows = peek(places({HOME_VARIABLE: str(folder)}).records_file)[0]
            if again["code"] != 0 or {*end["kept"]} - {row.name for row in rows}:
                lost.append(name)
            # the service remembers the latest requests alone
            posts[name] = _posts(service)[name]
            if not _is_true([row.state for row in rows], posts[name]):
                wrong.append(name)
            if not _is_sound(folder):
                broken.append(name)
            shutil.rmtree(folder)
            if number % 100 == 99:
                progress(f"{number + 1} lives, {sum(deaths.values())} of them ended by a kill")
    killed = sum(deaths.values())
    twice = [name for name, count in posts.items() if count > 1]
    yield _none(f"{killed} kills at {len(POINTS)} points and at random times: acknowledged and lost", lost)
    yield _none(f"sent more than once, of {sum(count > 0 for count in posts.values())} that were sent", twice)
    yield _none("ends that are not what the service knows", wrong)
    yield _none("journals that are not whole", broken)
    yield Finding("G2", "kills that came in time", str(killed), str(wanted), killed == wanted)
    yield from lives.measure(ground)


def _none(what: str, names: list[str]) -> Finding:
    return Finding("G2", what, str(len(names)), "0", not names)


def _posts(service: Service) -> Counter[str]:
    """Return how often each request has reached the service, by its name."""
    calls = service.journal.calls("POST", "/checkpoints")
    return Counter(json.loads(entry.body)["checkpoint"]["parameters"]["name"] for entry in calls)


def _is_true(states: list[IntentState], posts: int) -> bool:
    """Whether a request that reached the service is known as carried out, and another as unknown at the most."""
    if posts:
        return len(states) == 1 and states[0] in (IntentState.ACCEPTED, IntentState.FINISHED)
    return states in ([], [IntentState.UNKNOWN])


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
