"""Lives that end by ``kill -9``: ``killing.py URL LIVES SEED FOLDER``; prints one line about all of them.

Each life is a fork of this program: it saves a draft and submits some requests, says so when that has returned, and
sends what is queued. It dies at a random time or at one of the outbox's named points, and then what is on the disk is
held against what it said. After some lives in one home there is one that may live to its end.
"""

import asyncio
import gc
import itertools
import json
import os
import random
import select
import signal
import sys
import time
import traceback
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from cbr_desktop.app.start import kill_point
from cbr_desktop.domain.draft import decoded
from cbr_desktop.storage.drafts import Drafts
from cbr_desktop.storage.journal import verified
from cbr_desktop.storage.paths import HOME_VARIABLE, Places, places
from cbr_desktop.storage.records import SqliteRecords
from tests.reliability.gateway import profile_to
from tests.reliability.programs.correspondence import lived, settled, submit

URL, LIVES, SEED, FOLDER = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
POINTS = (
    *("before-row", "after-row", "after-journal", "after-sending"),
    *("after-reply", "before-accepted", "after-accepted"),
)
LIVES_IN_A_HOME = 6
REQUESTS = 2
_END_SECONDS = 120.0

chance = random.Random(SEED)
numbers = itertools.count()


@dataclass
class Home:
    """A data folder, and what its lives have said of it."""

    here: Places
    names: set[str] = field(default_factory=set)
    drafts: dict[str, int] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where its drafts are."""
        return self.here.data / "requests"


@dataclass
class Tally:
    """What was found."""

    killed: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """The state in which every request ended that was said to be kept."""


def life(home: Home, say: int, point: str, skip: int, names: list[str]) -> None:
    """Live: keep a draft, ask for checkpoints, and send them."""
    hook, passed = kill_point({"CBR_KILL_AT": point}), Counter[str]()

    def at(name: str) -> None:
        passed[name] += 1
        if passed[name] > skip:
            hook(name)

    async def story() -> None:
        drafts = Drafts(home.folder, home.here.unsaved_folder, os.unlink)
        with lived(home.here, profile_to(URL), at) as house:
            for number, name in enumerate(names):
                draft = str(home.folder / f"draft-{number}.cbr.json")
                drafts.save(draft, json.dumps({"name": name, "padding": "x" * 20_000}), None)
                os.write(say, f"draft {draft} {name}\n".encode())
                submit(house, name)
                os.write(say, f"row {name} -\n".encode())
            if await settled(house, _END_SECONDS):
                os.write(say, b"end - -\n")

    asyncio.run(story())


def forked(home: Home, point: str, skip: int, after: float | None, names: list[str], tally: Tally) -> list[list[str]]:
    """Let one life begin and end; return what it said."""
    hear, say = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(hear)
            life(home, say, point, skip, names)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(say)
    heard, deadline = b"", time.monotonic() + (_END_SECONDS + 20 if after is None else after)
    while (left := deadline - time.monotonic()) > 0:
        if select.select([hear], [], [], left)[0]:
            piece = os.read(hear, 65536)
            if not piece:
                break
            heard += piece
    os.kill(pid, signal.SIGKILL)
    while piece := os.read(hear, 65536):
        heard += piece
    os.close(hear)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        tally.killed[point or "at random"] += 1
    elif os.WEXITSTATUS(status):
        tally.wrong.append(f"a life ended with {os.WEXITSTATUS(status)}")
    return [line.split(" ") for line in heard.decode().splitlines()]


def judge(home: Home, said: list[list[str]], tally: Tally, *, is_last: bool) -> None:
    """Hold what is on the disk against what was said."""
    for kind, what, more in said:
        tally.said[kind] += 1
        if kind == "row":
            home.names.add(what)
        elif kind == "draft":
            home.drafts[what] = int(more.rpartition("-")[2])
    if not home.here.records_file.exists():
        if home.names:
            tally.wrong.append("the outbox is gone")
        return
    with closing(SqliteRecords(home.here.records_file)) as records:
        rows, head = records.load(), records.head()
        tally.wrong += [f"damaged: {each}" for each in records.damaged]
    lost = home.names - {row.name for row in rows}
    tally.wrong += [f"lost: {name}" for name in lost]
    found = verified(home.here.journal_folder, head)
    # a line that was half written stands at the end until the next life takes it off
    if not found.is_sound and found.why != "torn":
        tally.wrong.append(f"journal: {found}")
    for path, least in home.drafts.items():
        text = decoded(Path(path).read_bytes()).text
        if int(json.loads(text)["name"].rpartition("-")[2]) < least:
            tally.wrong.append(f"an older draft: {path}")
    (tally.ends if is_last else tally.states).update(str(row.state) for row in rows)
    if is_last:
        tally.names |= {row.name: str(row.state) for row in rows}
        if not found.is_sound:
            tally.wrong.append(f"journal at the end: {found}")


def new_names() -> list[str]:
    """Return names that no request has had before, each with a part that nobody else would choose."""
    return [f"lane{SEED}-x7k2-{next(numbers)}" for _ in range(REQUESTS)]


def main() -> None:
    tally = Tally()
    gc.freeze()
    while (killed := sum(tally.killed.values())) < LIVES and not tally.wrong[20:]:
        home = Home(places({HOME_VARIABLE: str(FOLDER / f"home-{next(numbers)}")}))
        home.here.make()
        # the first life of a home shows how long one is, for nobody ends it
        began = time.monotonic()
        judge(home, forked(home, "", 0, None, new_names(), tally), tally, is_last=False)
        whole = time.monotonic() - began
        for number in range(min(LIVES_IN_A_HOME, LIVES - killed)):
            names = new_names()
            at_point = number % 2 == 1
            point = chance.choice(POINTS) if at_point else ""
            after = 3 * whole if at_point else chance.uniform(0.01, whole)
            said = forked(home, point, chance.randrange(REQUESTS), after, names, tally)
            judge(home, said, tally, is_last=False)
        said = forked(home, "", 0, None, [], tally)
        if ["end", "-", "-"] not in said:
            tally.wrong.append("the last life did not come to its end")
        judge(home, said, tally, is_last=True)
    told = {name: getattr(tally, name) for name in ("killed", "said", "states", "ends", "wrong", "names")}
    print(json.dumps(told), flush=True)


main()
