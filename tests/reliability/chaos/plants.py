"""Wrongs planted into runs on purpose, one and more for each verdict: they show that the oracle is not blind."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from cbr_desktop.domain.change import checkpoint_result
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.storage.records import SqliteRecords

from . import rules
from .oracle import Verdict
from .scenarios import Scenario
from .stand import POST, Rule, Run

S = IntentState


@dataclass(frozen=True)
class Plant(Scenario):
    """A run with something wrong in it that is called by ``verdict``."""

    verdict: Verdict = Verdict.BROKE


PLANTS: list[Plant] = []


def plant(verdict: Verdict) -> Callable[[Callable[[Run], Awaitable[None]]], Callable[[Run], Awaitable[None]]]:
    """Register a story as a plant."""

    def register(story: Callable[[Run], Awaitable[None]]) -> Callable[[Run], Awaitable[None]]:
        PLANTS.append(Plant(getattr(story, "__name__", "").replace("_", "-"), story, 1, verdict=verdict))
        return story

    return register


async def _one(run: Run, *ways: Rule) -> None:
    """Have one request carried out and followed to its end."""
    async with run.life(rules=ways) as life:
        id = life.submit(run.draft())
        await life.until(id, S.FINISHED, seconds=300)


def _rewrite(run: Run, **changes: Any) -> None:
    """Change the first row on the disk."""
    with closing(SqliteRecords(run.home("a").here.records_file)) as records:
        intent = records.load()[0]
        records.save(replace(intent, **changes))


@plant(Verdict.SENT_TWICE)
async def a_request_goes_twice(run: Run) -> None:
    """The request comes to the service a second time, which is through with the first."""
    run.service.modes.checkpoint_seconds = 0

    async def act(_request: Any, forward: Any) -> Any:
        await forward()
        await run.sleep(1)
        return await forward()

    await _one(run, Rule("POST", POST, act))


@plant(Verdict.LOST)
async def a_row_vanishes(run: Run) -> None:
    """The row of a request is deleted from the disk."""
    await _one(run)
    with closing(sqlite3.connect(run.home("a").here.records_file)) as connection:
        connection.execute("DELETE FROM intent")
        connection.commit()


@plant(Verdict.FALSE_SUCCESS)
async def a_colleague_s_checkpoint_is_ours(run: Run) -> None:
    """The row says that what a colleague made is the request's."""
    await _one(run, rules.lost(run.chance, "before"))
    await run.colleague(run.draft())
    theirs = [*run.service.estate.checkpoints][-1]
    with closing(SqliteRecords(run.home("a").here.records_file)) as records:
        intent = records.load()[0]
    answer = rules.checkpoint_called(theirs, VaultId(intent.subject.id))
    _rewrite(run, state=S.FINISHED, result=checkpoint_result(answer))


@plant(Verdict.FALSE_SUCCESS)
async def a_failure_is_whole(run: Run) -> None:
    """The backup is lost at the service after all, while the row calls it whole."""
    await _one(run)
    for backup in run.service.estate.backups.values():
        backup.status = "error"


@plant(Verdict.FALSE_NOT_MADE)
async def a_success_is_rejected(run: Run) -> None:
    """The row says that the request was refused, though it was carried out."""
    await _one(run)
    _rewrite(run, state=S.REJECTED, result=None, outcome=None)


@plant(Verdict.HANG)
async def a_task_does_not_leave(run: Run) -> None:
    """A request swallows that it is cancelled, for some seconds."""

    async def act(_request: Any, _forward: Any) -> Any:
        try:
            await run.sleep(3600)
        finally:
            await run.sleep(20)

    async with run.life(rules=[Rule("POST", POST, act)]) as life:
        life.submit(run.draft())
        await life.line.flying.wait()


@plant(Verdict.SECRET)
async def the_password_is_written_down(run: Run) -> None:
    """The password lies in a file of the data folder."""
    await _one(run)
    (run.home("a").here.data / "note.txt").write_text(f"remember: {run.password.text}", "utf-8")


@plant(Verdict.SECRET)
async def a_token_is_written_down(run: Run) -> None:
    """A token lies in a file of the data folder."""
    await _one(run)
    (run.home("a").here.data / "note.txt").write_text(max(run.tokens), "utf-8")


@plant(Verdict.BROKE)
async def a_resident_breaks(run: Run) -> None:
    """Something that nobody has foreseen happens on the way."""

    async def act(_request: Any, _forward: Any) -> Any:
        raise LookupError("planted")

    async with run.life(rules=[Rule("POST", POST, act)]) as life:
        life.submit(run.draft())
        await run.sleep(60)
