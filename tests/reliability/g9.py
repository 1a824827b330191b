"""G9: whichever call into the system fails, or is the last one, what is on the disk is the old or the new."""

import asyncio
import functools
import json
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.logs import Log
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.drafts import Drafts
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.profiles import read
from cbr_desktop.storage.records import SqliteRecords
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.stage import StageClock, staged
from tests.storage.values import profile

from .finding import Finding, progress
from .ground import ROOT, Ground
from .syscalls import Hung, counted, ended, is_possible

Answer = TypeVar("Answer")

VAULTS = 14
"""Vaults of the demo estate."""
MOST = 500
"""Calls of one name that are made to fail, one in each run."""
SECONDS = float(os.environ.get("CBR_RELIABILITY_SECONDS", "90"))
"""How long one piece of work is done again and again; what is left out then is spread over all of it."""
ERRORS = {
    "openat": "EACCES",
    "write": "ENOSPC",
    "pwrite64": "ENOSPC",
    "fsync": "EIO",
    "fdatasync": "EIO",
    "ftruncate": "EIO",
    "rename": "EACCES",
    "unlink": "EACCES",
    "mkdir": "ENOSPC",
    "fchmod": "EPERM",
    "flock": "ENOLCK",
    "fstat": "EIO",
    "pread64": "EIO",
}
FATAL = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "unlink")
"""The calls before which the process is killed: only they change something."""
_DONE, _REFUSED = 20, 30
_OLD, _NEW = '{"checkpoint": {"vault_id": "old"}}\n', '{"checkpoint": {"vault_id": "new"}}\n' * 500


@dataclass
class Work:
    """Something that writes: ``prepare`` makes the folder, ``do`` works in it, ``judge`` says what is wrong then.

    ``do`` returns 20 when all was done and 30 when it was refused in words, each with the number of requests that the
    service got; ``judge`` is told that code, or the negative number of the signal.
    """

    prepare: Callable[[Path], None]
    do: Callable[[Path], int]
    judge: Callable[[Path, int], str]


@dataclass
class Count:
    """How the runs of one piece of work ended."""

    planned: int = 0
    runs: int = 0
    killed: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)


def measure(ground: Ground) -> Iterator[Finding]:
    """Do each piece of work again and again; every time another call fails, or is the last thing that happens."""
    if not is_possible():
        yield Finding("G9", "the n-th call fails", "no strace here", "strace", False)
        return
    for name, work in WORKS.items():
        count = _count(ground.home().folder, name, work)
        for line in count.wrong[:20]:
            print(line, file=sys.stderr)
        what = f"{name}: {count.runs} of {count.planned} runs, {count.refused} refused, {count.killed} killed"
        yield Finding("G9", what, f"{len(count.wrong)} wrong", "0", not count.wrong and count.killed > 0)


def _count(folder: Path, name: str, work: Work) -> Count:
    count = Count()
    template, here, said = folder / "template", folder / "here", folder / "said"
    template.mkdir(0o700)
    work.prepare(template)
    # once in this process: from now on nothing is imported while something fails
    shutil.copytree(template, here)
    assert work.do(here) // 10 * 10 == _DONE, name
    code, calls = _fresh(template, here, partial(counted, partial(work.do, here), said))
    problem = work.judge(here, code)
    assert not problem, f"{name}: {problem}"
    plan = [(call, f"error={error}", number) for call, error in ERRORS.items() for number in _numbers(calls, call)]
    plan += [(call, "signal=SIGKILL", number) for call in FATAL for number in _numbers(calls, call)]
    random.Random(9).shuffle(plan)
    until = time.monotonic() + SECONDS
    progress(f"{name}: {len(plan)} runs, {', '.join(f'{calls[call]} {call}' for call in ERRORS if call in calls)}")
    count.planned = len(plan)
    for call, how, number in plan:
        if time.monotonic() > until:
            break
        code, wrong = _one(template, here, work, partial(ended, partial(work.do, here), said, call, how, number), said)
        count.runs += 1
        count.killed += code < 0
        count.refused += code // 10 * 10 == _REFUSED
        if wrong:
            count.wrong.append(f"{name}, {call} {number} {how}: {wrong}")
    return count


def _one(template: Path, here: Path, work: Work, run: Callable[[], int], said: Path) -> tuple[int, str]:
    """Do a piece of work in a fresh folder; return how it ended and what is wrong."""
    code = 0
    try:
        code = _fresh(template, here, run)
        if code >= 0 and code // 10 * 10 not in (_DONE, _REFUSED):
            return code, _last_line(said, code)
        return code, work.judge(here, code)
    except Hung as error:
        return code, str(error)
    except Exception as error:
        return code, f"it ended with {code}, and afterwards {type(error).__name__}: {error}"


def _fresh(template: Path, here: Path, act: Callable[[], Answer]) -> Answer:
    shutil.rmtree(here)
    shutil.copytree(template, here)
    return act()


def _numbers(calls: dict[str, int], call: str) -> range:
    return range(1, min(calls.get(call, 0), MOST) + 1)


def _last_line(said: Path, code: int) -> str:
    lines = said.read_text("utf-8", "replace").strip().splitlines() or [""]
    return f"it ended with {code}: {lines[-1]}"


# save


def _prepare_save(folder: Path) -> None:
    (folder / "drafts").mkdir(0o700)
    (folder / "drafts" / "a.cbr.json").write_text(_OLD)
    TomlProfiles(folder / "profiles.toml").save(profile())
    settings = JsonSettings(folder / "screens.json")
    settings.put("page", "old")
    settings.close()


def _save(folder: Path) -> int:
    refused = 0
    drafts = Drafts(folder / "drafts", folder / "unsaved", _keep)
    path = str(folder / "drafts" / "a.cbr.json")

    def change_draft() -> None:
        drafts.save(path, _NEW, drafts.load(path))

    def change_profile() -> None:
        TomlProfiles(folder / "profiles.toml").save(profile(project="new"))

    for change in (change_draft, change_profile):
        try:
            change()
        except CbrError:
            refused = 1
    settings = JsonSettings(folder / "screens.json")
    settings.put("page", "new")
    settings.close()
    return _REFUSED if refused else _DONE


def _judge_save(folder: Path, code: int) -> str:
    draft = (folder / "drafts" / "a.cbr.json").read_text()
    if draft not in (_OLD, _NEW):
        return f"a mixture of {len(draft)} bytes"
    found, problems = read(folder / "profiles.toml")
    if problems or [each.project for each in found] not in (["new"], [profile().project]):
        return f"profiles: {problems or found}"
    kept = [JsonSettings(path) for path in folder.glob("screens.json*")]
    if any(each.damaged for each in kept) or not {each.get("page", "") for each in kept} <= {"old", "new"}:
        return "settings that are neither"
    if code == _DONE and (draft != _NEW or found[0].project != "new"):
        return "it was said to be saved and is not"
    leftovers = [item.name for item in folder.rglob("*.cbr-tmp")]
    # a temporary file that cannot be removed stays until the next start
    return f"left {leftovers}" if code > 0 and len(leftovers) > 1 else ""


def _keep(path: Path) -> None:
    """Throw nothing away."""


# login and submit, in a session over a service in the same process


@functools.cache
def _service() -> Service:
    """Return the service that every child of this process has a copy of."""
    clock = StageClock()
    return Service(estate.demo(clock.now()), clock)


def _prepare_session(folder: Path) -> None:
    with staged(folder):
        pass


def _login(folder: Path) -> int:
    """Log in, read the vaults and keep them; on the disk that is the log, the cache and the data folder."""
    here = places({"CBR_DESKTOP_HOME": str(folder)})
    try:
        with (
            closing(Log(here.log_file)),
            staged(folder, service=_service(), clock=StageClock()) as stage,
            closing(SqliteCache(here.cache_file(stage.session.profile))) as cache,
        ):

            async def story() -> None:
                logging.getLogger("cbr_desktop.test").warning("logging in")
                listing = await stage.session.cloud.vaults()
                stage.session.ledger.put_vaults(listing)
                cache.keep_vaults(listing)

            stage.play(story)
            return _DONE if stage.session.ledger.vaults else _REFUSED
    except CbrError:
        return _REFUSED


def _judge_login(folder: Path, _code: int) -> str:
    here = places({"CBR_DESKTOP_HOME": str(folder)})
    with staged(folder, service=_service(), clock=StageClock()) as stage:
        asyncio.run(stage.session.refresh.recall())
        found = len(stage.session.ledger.vaults)
    if found not in (0, VAULTS):
        return f"{found} of {VAULTS} vaults in the cache"
    return "" if here.data.is_dir() else "no data folder"


def _submit(folder: Path) -> int:
    ended_as, before = _DONE, len(_service().journal.calls("POST", "/checkpoints"))
    try:
        with staged(folder, service=_service(), clock=StageClock()) as stage:

            async def story() -> None:
                sent = stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="nightly"))
                for _ in range(600):
                    state = stage.intent(sent.id).state
                    if state not in (IntentState.QUEUED, IntentState.SENDING):
                        break
                    await stage.clock.sleep(1)

            stage.play(story)
    except CbrError:
        ended_as = _REFUSED
    except BaseExceptionGroup as group:
        if group.split(CbrError)[1] is not None:
            raise
        ended_as = _REFUSED
    return ended_as + len(_service().journal.calls("POST", "/checkpoints")) - before


def _judge_submit(folder: Path, code: int) -> str:
    posts = code % 10 if code > 0 else 0
    with staged(folder, service=_service(), clock=StageClock()) as stage:
        states = [intent.state for intent in stage.session.ledger.intents.values()]
        damaged = list(folder.glob("data/*.bad-*"))
    if damaged:
        return f"the outbox is damaged: {damaged}"
    if posts > 1:
        return f"sent {posts} times"
    if len(states) > 1:
        return f"{len(states)} rows"
    if posts == 1 and states in ([], [IntentState.QUEUED]):
        return f"it was sent, and its row says {states}"
    if code == _REFUSED and states not in ([], [IntentState.QUEUED]):
        return f"it was refused, and its row says {states}"
    return "" if code < 0 or code != _DONE + 1 or states else "it was sent, and there is no row"


# migrate


def _prepare_migrate(folder: Path) -> None:
    shutil.copy(ROOT / "tests" / "storage" / "data" / "outbox-v1.db", folder / "outbox.db")


def _migrate(folder: Path) -> int:
    try:
        with closing(SqliteRecords(folder / "outbox.db")) as records:
            return _DONE if len(records.load()) == len(_rows_of_before()) and not records.damaged else _REFUSED
    except CbrError:
        return _REFUSED


def _judge_migrate(folder: Path, _code: int) -> str:
    with closing(SqliteRecords(folder / "outbox.db")) as records:
        found = sorted(json.dumps([each.id, str(each.state), each.body.decode("latin-1")]) for each in records.load())
        damaged = list(records.damaged)
    kept = [path.name for path in folder.iterdir() if ".bad-" in path.name]
    if found != _rows_of_before() or damaged or kept:
        return f"{len(found)} of {len(_rows_of_before())} rows, {damaged}, {kept}"
    return ""


_before: list[str] = []


def _rows_of_before() -> list[str]:
    """Return the rows of the database of the first version, as this program reads them."""
    if not _before:
        with tempfile.TemporaryDirectory() as folder:
            _prepare_migrate(Path(folder))
            with closing(SqliteRecords(Path(folder) / "outbox.db")) as records:
                _before.extend(
                    sorted(
                        json.dumps([each.id, str(each.state), each.body.decode("latin-1")]) for each in records.load()
                    )
                )
    return _before


WORKS = {
    "save": Work(_prepare_save, _save, _judge_save),
    "login": Work(_prepare_session, _login, _judge_login),
    "submit": Work(_prepare_session, _submit, _judge_submit),
    "migrate": Work(_prepare_migrate, _migrate, _judge_migrate),
}
