"""The scenarios: what goes wrong together, drawn anew for each seed."""

import asyncio
import dataclasses
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.intent import IntentState, Origin

from . import rules
from .rules import Rows
from .stand import BACKUPS, LISTS, LOGIN, ONE, POST, READS, TASKS, Life, Rule, Run

S = IntentState
POINTS = (
    *("before-row", "after-row", "after-journal", "after-sending"),
    *("after-reply", "before-accepted", "after-accepted"),
)
Story = Callable[[Run], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    """What goes wrong, in a word; the story of it; how many seeds it is run with; how long sockets are waited for."""

    name: str
    story: Story
    seeds: int
    grace: float = 0.0

    @property
    def what(self) -> str:
        """What goes wrong, in a sentence."""
        return (self.story.__doc__ or "").splitlines()[0]


SCENARIOS: list[Scenario] = []


def scenario(seeds: int = 12, grace: float = 0.0) -> Callable[[Story], Story]:
    """Register a story as a scenario of its function's name."""

    def register(story: Story) -> Story:
        SCENARIOS.append(Scenario(getattr(story, "__name__", "").replace("_", "-"), story, seeds, grace))
        return story

    return register


def _jump(run: Run) -> timedelta:
    """Return how far a clock jumps: from a minute to two days, to either side."""
    seconds = run.chance.choice((60, 300, 960, 3600, 5 * 3600, 47 * 3600)) * run.chance.uniform(0.5, 1)
    return timedelta(seconds=run.chance.choice((1, -1)) * seconds)


def _refused_reads(run: Run, path: str = READS) -> Rule:
    """Return a rule that refuses some reads: throttled, forbidden or broken."""
    status = run.chance.choice((429, 500, 502, 503))
    code = {429: "APIGW.0308"}.get(status, "BackupService.9999")
    return rules.refused(code, status, path, "GET", times=run.chance.randrange(1, 14))


async def _quiet(run: Run, _life: Life) -> None:
    """Let time pass, now an hour and now a moment, so that a life ends anywhere."""
    await run.sleep(run.chance.choice((1, 7, 45, 200, 2600)))


def _of(rows: Rows, name: str) -> Rows:
    """Return the rows that tell of backups of a name."""
    return [row for row in rows if name and name in json.dumps(row)]


# answers that are lost, with something else on top


@scenario()
async def lost_and_the_clock_jumps(run: Run) -> None:
    """The answer is lost, and the clock of this machine is set while it is searched for."""
    async with run.life(rules=[rules.lost(run.chance)]) as life:
        id = life.submit(run.draft())
        await life.until(id, S.UNKNOWN)
        for _ in range(run.chance.randrange(1, 4)):
            await run.sleep(run.chance.uniform(0, 90))
            run.home("a").clock.offset += _jump(run)
        await _quiet(run, life)


@scenario()
async def the_clock_jumps_while_the_answer_is_late(run: Run) -> None:
    """The clock of this machine is set between request and answer, and the answer comes or is given up."""
    seconds = run.chance.uniform(1, 60)
    async with run.life(rules=[rules.late(seconds, when=run.chance.choice(("before", "after")))]) as life:
        id = life.submit(run.draft())
        await life.line.flying.wait()
        await run.sleep(run.chance.uniform(0, seconds))
        run.home("a").clock.offset += _jump(run)
        await life.until(id, S.FINISHED)
        await _quiet(run, life)


@scenario()
async def unfit_and_the_lists_hang(run: Run) -> None:
    """A 200 does not fit, and the lists never answer for a while."""
    unfit: Callable[[dict[str, Any]], object] = run.chance.choice(
        (
            lambda it: it["vault"].update(id="11111111-2222-4333-8444-555555555555"),
            lambda it: it.update(id="none"),
            lambda it: it.update(vault=None),
            lambda it: it["vault"]["resources"][0].update(id="11111111-2222-4333-8444-555555555555"),
            lambda it: it["extra_info"].update(name="another"),
            lambda it: it["vault"].update(resources=[]),
        )
    )
    hang = rules.silent(run.chance.choice((TASKS, BACKUPS, LISTS, ONE)), "GET", times=run.chance.randrange(1, 20))
    async with run.life(rules=[rules.changed(unfit), hang]) as life:
        id = life.submit(run.draft())
        await life.until(id, S.UNKNOWN)
        await _quiet(run, life)


@scenario()
async def late_answer_and_a_colleague(run: Run) -> None:
    """The answer comes after the deadline, and a colleague asks for a checkpoint of the same name around it."""
    own, common = run.name(), run.name(own=False)
    draft = run.draft(name=run.chance.choice((own, common, "")))
    # a name that is anybody's own is nobody else's
    theirs = replace(draft, name=run.chance.choice((common, run.name(own=False), "")))
    when, moment = run.chance.choice(("before", "after")), run.chance.choice((-60.0, 3.0, 33.0, 400.0))
    async with run.life(rules=[rules.late(run.chance.uniform(31, 100), when=when)]) as life:
        if moment < 0:
            await run.colleague(theirs)
            await run.sleep(-moment)
        id = life.submit(draft)
        await life.line.flying.wait()
        await run.sleep(abs(moment))
        if moment > 0:
            await run.colleague(theirs)
        await life.until(id, S.UNKNOWN)
        await _quiet(run, life)


@scenario()
async def an_older_state_for_a_while(run: Run) -> None:
    """The service tells of an older state between two looks, as a copy that lags behind does."""
    start = run.clock.now()
    is_old = [run.chance.random() < 0.5]
    async with run.life(rules=[rules.lost(run.chance)]) as life:
        for rule in rules.older(lambda: start if is_old[0] else None):
            life.line.add(rule)
        id = life.submit(run.draft())
        await life.until(id, S.UNKNOWN)
        for _ in range(run.chance.randrange(1, 6)):
            await run.sleep(run.chance.uniform(1, 240))
            is_old[0] = not is_old[0]
        is_old[0] = False
        await _quiet(run, life)


@scenario()
async def an_older_state_after_a_good_answer(run: Run) -> None:
    """The answer was good, and then the service knows nothing of the checkpoint for a while."""
    start = run.clock.now()
    is_old = [True]
    async with run.life() as life:
        for rule in rules.older(lambda: start if is_old[0] else None):
            life.line.add(rule)
        id = life.submit(run.draft(run.chance.choice((1, 3))))
        await life.until(id, S.ACCEPTED)
        await run.sleep(run.chance.uniform(5, 1500))
        is_old[0] = False
        await _quiet(run, life)


@scenario()
async def pages_that_move(run: Run) -> None:
    """The lists come in small pages whose rows move while they are read, and the answer was lost."""
    size = run.chance.randrange(1, 6)
    for _ in range(run.chance.randrange(1, 6)):
        # what fills the pages: rows of other vaults, from before and after
        await run.colleague(run.draft(3, least=3, name=run.name(own=False)))
        await run.sleep(60)
    moves = (0, 0, run.chance.choice((-1, 1)), run.chance.choice((-2, 2)))
    rule = rules.paged(size, lambda: run.chance.choice(moves))
    async with run.life(rules=[rules.lost(run.chance), rule]) as life:
        id = life.submit(run.draft())
        await life.until(id, S.UNKNOWN)
        await run.sleep(run.chance.uniform(10, 2600))
        await run.colleague(run.draft(2, least=2, name=run.name(own=False)))
        await _quiet(run, life)


@scenario()
async def a_token_that_ends_in_mid_search(run: Run) -> None:
    """The token is taken back in the middle of the search, and logins fail for a while."""
    async with run.life(rules=[rules.lost(run.chance)]) as life:
        id = life.submit(run.draft())
        await life.until(id, S.UNKNOWN)
        life.line.add(rules.answered(run.chance.choice((500, 503)), b"{}", LOGIN, times=run.chance.randrange(1, 8)))
        for _ in range(run.chance.randrange(1, 5)):
            await run.sleep(run.chance.uniform(0, 300))
            run.service.identity.tokens.revoke_all()
        await _quiet(run, life)


@scenario()
async def a_token_that_ends_under_the_request(run: Run) -> None:
    """The token is taken back just before the request, whose second try with a new one loses its answer."""
    async with run.life() as life:
        await life.session.cloud.project_id()
        run.service.identity.tokens.revoke_all()
        life.line.add(rules.lost(run.chance, skip=1))
        id = life.submit(run.draft())
        if run.chance.random() < 0.5:
            life.line.add(rules.silent(LOGIN, times=1))
        await life.until(id, S.UNKNOWN)
        await _quiet(run, life)


# lists that do not tell the truth


@scenario()
async def tasks_that_lie_about_their_state(run: Run) -> None:
    """The tasks tell of success, failure or a state of their own for a while, whatever is true."""
    lie = run.chance.choice(("success", "failed", "timeout", "waiting", "hibernating"))
    until = run.clock.now() + timedelta(seconds=run.chance.uniform(5, 240))
    draft = run.draft(run.chance.choice((1, 3)))
    assert draft.resources
    if run.chance.random() < 0.6:
        run.service.estate.resources[draft.resources[0].id].fails_at = run.chance.randrange(10, 90)
    run.service.modes.checkpoint_seconds = run.chance.choice((40.0, 300.0))

    def lies(rows: Rows) -> Rows:
        if run.clock.now() < until:
            for row in _of(rows, draft.name):
                row["status"] = lie
        return rows

    first = [rules.lost(run.chance, "after")] if run.chance.random() < 0.5 else []
    async with run.life(rules=[*first, rules.listed(lies, TASKS)]) as life:
        life.submit(draft)
        await _quiet(run, life)


@scenario()
async def a_checkpoint_that_goes_back(run: Run) -> None:
    """A checkpoint is called available and then is being made again, and may fail after all."""
    draft = run.draft(run.chance.choice((1, 3)))
    assert draft.resources
    if run.chance.random() < 0.6:
        run.service.estate.resources[draft.resources[-1].id].fails_at = run.chance.randrange(10, 90)
    run.service.modes.checkpoint_seconds = run.chance.choice((40.0, 300.0))
    told = itertools.cycle(["available", "protecting", run.chance.choice(("error", "available"))])

    def back(it: dict[str, Any]) -> None:
        if it["status"] == "protecting":
            it["status"] = next(told)

    def backs(rows: Rows) -> Rows:
        for row in _of(rows, draft.name):
            row["status"] = "available" if row["status"] in ("protecting", "waiting_protect") else row["status"]
        return rows

    # where checkpoint and backups lie and there is no task, all that the service says is that it is done
    ways = ([rules.listed(backs, BACKUPS)], [rules.listed(lambda _rows: [], TASKS, recount=False)], [])
    more = run.chance.choice(ways)
    async with run.life(rules=[rules.changed(back, ONE, "GET", times=None), *more]) as life:
        life.submit(draft)
        await _quiet(run, life)


@scenario(16)
async def what_was_made_appears_late(run: Run) -> None:
    """The answer is lost, and what was made appears after 3 to 40 minutes, the reads failing now and then."""
    run.service.modes.appears_after_seconds = run.chance.choice((180, 600, 1200, 1700, 2400)) * run.chance.uniform(
        0.9, 1
    )
    async with run.life(rules=[rules.lost(run.chance, "after"), _refused_reads(run)]) as life:
        id = life.submit(run.draft())
        await life.until(id, S.UNKNOWN)
        if run.chance.random() < 0.5:
            await run.sleep(run.chance.uniform(10, 1500))
            life.line.add(_refused_reads(run))
        await _quiet(run, life)


@scenario()
async def what_was_made_appears_in_parts(run: Run) -> None:
    """The rows of several resources appear one after the other, in one list before the other."""
    draft = run.draft(run.chance.choice((2, 3, 5)), least=3)
    first = run.clock.now()
    delays: dict[str, float] = {}

    def shown(rows: Rows) -> Rows:
        passed = (run.clock.now() - first).total_seconds()
        mine = {row["id"] for row in _of(rows, draft.name)}
        for id in sorted(mine - set(delays)):
            delays[id] = run.chance.uniform(0, 900)
        return [row for row in rows if row["id"] not in mine or passed >= delays[row["id"]]]

    ways = [rules.lost(run.chance, "after")] if run.chance.random() < 0.7 else []
    async with run.life(rules=[*ways, rules.listed(shown)]) as life:
        id = life.submit(draft)
        await life.until(id, S.UNKNOWN, seconds=40)
        await _quiet(run, life)
        await run.sleep(900)


@scenario()
async def rows_and_ids_twice(run: Run) -> None:
    """The lists hold rows twice, with the same id or another one, and what is told of them differs."""
    draft = run.draft(run.chance.choice((1, 3)))
    kind = run.chance.randrange(3)

    def twice(rows: Rows) -> Rows:
        more = []
        for number, row in enumerate(_of(rows, draft.name)):
            other = json.loads(json.dumps(row))
            if kind > 0:
                other["id"] = f"{number:08x}-2222-4333-8444-555555555555"
            if kind == 2:
                other["status"] = run.chance.choice(("running", "protecting", "failed", "error"))
            more.append(other)
        return rows + more

    ways = [rules.lost(run.chance, "after")] if run.chance.random() < 0.7 else []
    async with run.life(rules=[*ways, rules.listed(twice, recount=run.chance.random() < 0.5)]) as life:
        life.submit(draft)
        await _quiet(run, life)


@scenario()
async def two_checkpoints_under_one_id(run: Run) -> None:
    """A colleague's checkpoint is told of under the id of ours, or ours under theirs, while ours is searched for."""
    draft = run.draft()
    theirs = replace(run.draft(3), name=draft.name)
    is_swapped = run.chance.random() < 0.5

    def merged(rows: Rows) -> Rows:
        ids = sorted({row["checkpoint_id"] for row in _of(rows, draft.name)})
        for row in _of(rows, draft.name) if len(ids) > 1 else ():
            row["checkpoint_id"] = ids[0] if not is_swapped else ids[1 - ids.index(row["checkpoint_id"])]
        return rows

    async with run.life(
        rules=[rules.lost(run.chance), rules.listed(merged, times=run.chance.randrange(2, 30))]
    ) as life:
        id = life.submit(draft)
        await life.until(id, S.UNKNOWN)
        await run.colleague(theirs)
        await _quiet(run, life)


@scenario()
async def our_name_in_another_vault(run: Run) -> None:
    """Tasks tell of our name in another vault, or of no vault at all; ours was made or was not."""
    draft = run.draft()
    assert draft.resources
    blank = run.chance.random() < 0.5
    others = replace(run.draft(3), name=draft.name)

    def unplaced(rows: Rows) -> Rows:
        for row in _of(rows, draft.name) if blank else ():
            row["vault_id"] = row["vault_name"] = None
            if run.chance.random() < 0.3:
                row["extra_info"]["resource"]["id"] = draft.resources[0].id if draft.resources else ""
        return rows

    async with run.life(rules=[rules.lost(run.chance), rules.listed(unplaced, TASKS)]) as life:
        if run.chance.random() < 0.5:
            await run.colleague(others)
            await run.sleep(run.chance.uniform(1, 300))
        id = life.submit(draft)
        await life.until(id, S.UNKNOWN)
        await run.sleep(run.chance.uniform(0, 60))
        await run.colleague(others)
        await _quiet(run, life)


@scenario()
async def a_good_answer_and_lists_without_it(run: Run) -> None:
    """A 200 with our id, and afterwards no list has it; now and then the checkpoint itself is unknown too."""
    draft = run.draft(run.chance.choice((1, 3)))
    hidden = rules.listed(lambda rows: [row for row in rows if row not in _of(rows, draft.name)], recount=True)
    gone = rules.refused("BackupService.6217", 404, ONE, "GET", times=run.chance.choice((1, 5, 40)))
    async with run.life(rules=[hidden, gone]) as life:
        id = life.submit(draft)
        await life.until(id, S.FINISHED, seconds=run.chance.choice((60, 3000)))
        await _quiet(run, life)


@scenario()
async def a_slow_search(run: Run) -> None:
    """The lists come drop by drop, so slowly that some looks end at their deadline."""
    pause = run.chance.uniform(0.05, 0.5)
    drip = rules.drip(pause, run.chance.choice((20, 200, 900)), times=run.chance.randrange(1, 60))
    async with run.life(rules=[rules.lost(run.chance), drip]) as life:
        id = life.submit(run.draft())
        await life.until(id, S.UNKNOWN)
        if run.chance.random() < 0.5:
            await run.sleep(run.chance.uniform(0, 60))
            run.home("a").clock.offset += _jump(run)
        await _quiet(run, life)


@scenario()
async def times_that_run_backwards(run: Run) -> None:
    """The clocks of the service's machines differ: ``Date`` goes forward and back between the answers."""
    width = run.chance.choice((4.0, 90.0, 900.0, 40000.0))
    shift = rules.dated(lambda: run.chance.uniform(-width, width))
    async with run.life() as life:
        life.line.add(rules.lost(run.chance))
        life.line.add(shift)
        id = life.submit(run.draft(name=run.name(own=run.chance.random() < 0.8)))
        await life.until(id, S.UNKNOWN)
        await _quiet(run, life)


# several who send


@scenario()
async def two_machines_into_one_vault(run: Run) -> None:
    """A window here and a command there ask for the same vault at the same time, and lose their answers."""
    same = run.chance.random() < 0.5
    drafts = [run.draft(), run.draft()]
    if same:
        drafts[1] = replace(drafts[1], name=run.name(own=True))

    async def machine(home: str, origin: Origin, draft: CheckpointDraft) -> None:
        profile = DEMO if home == "a" else replace(DEMO, name="B")
        first = [rules.lost(run.chance)] if run.chance.random() < 0.8 else []
        async with run.life(home, profile=profile, origin=origin, rules=first) as life:
            await run.sleep(run.chance.uniform(0, 3))
            id = life.submit(draft)
            await life.until(id, S.FINISHED, S.REJECTED, S.UNKNOWN, seconds=120)
            await _quiet(run, life)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(machine("a", Origin.WINDOW, drafts[0]))
        tasks.create_task(machine("b", Origin.COMMAND, drafts[1]))


@scenario()
async def two_profiles_of_one_project(run: Run) -> None:
    """Two profiles in one data folder lead to one project, and one name is asked for in both."""
    name = run.name(own=run.chance.random() < 0.7)
    other = replace(DEMO, name="B")
    kinds = [(DEMO, Origin.WINDOW), (other, run.chance.choice(tuple(Origin)))]
    async with run.lives("a", kinds) as (one, two):
        for life in (one, two):
            if run.chance.random() < 0.8:
                life.line.add(rules.lost(run.chance))
        first = one.submit(run.draft(name=name))
        await run.sleep(run.chance.choice((0, 1, 5, 50)))
        second = two.submit(run.draft(name=name))
        await one.until(first, S.FINISHED, S.REJECTED, S.UNKNOWN, seconds=90)
        await two.until(second, S.FINISHED, S.REJECTED, S.UNKNOWN, seconds=90)
        await _quiet(run, two)


@scenario()
async def answers_that_are_swapped(run: Run) -> None:
    """Two requests are under way at the same time, and each gets the other's answer."""
    held: list[asyncio.Future[Any]] = []

    def swapping() -> Rule:
        async def act(_request: Any, forward: Any) -> Any:
            response = await forward()
            place = asyncio.get_running_loop().create_future()
            held.append(place)
            if len(held) == 2:
                held[0].set_result(response)
                return await asyncio.wait_for(asyncio.shield(_other(held, response)), 60)
            held[0].add_done_callback(lambda _: None)
            first.append(response)
            return await place

        return Rule("POST", POST, act)

    first: list[Any] = []

    async def _other(_places: list[asyncio.Future[Any]], _response: Any) -> Any:
        return first[0]

    alike = run.chance.random() < 0.5
    async with run.life(rules=[swapping(), swapping()]) as life:
        one = life.submit(run.draft(1))
        draft = run.draft(2 if not alike else 3)
        two = life.submit(draft)
        await life.until(one, S.UNKNOWN, S.FINISHED)
        await life.until(two, S.UNKNOWN, S.FINISHED)
        await _quiet(run, life)


@scenario()
async def several_in_line_and_the_first_is_lost(run: Run) -> None:
    """Three requests wait for one vault, the first is lost, and persons hold, release and cancel meanwhile."""
    async with run.life(rules=[rules.lost(run.chance)]) as life:
        ids = [life.submit(run.draft()) for _ in range(3)]
        for _ in range(run.chance.randrange(3, 9)):
            await run.sleep(run.chance.uniform(0, 120))
            id = run.chance.choice(ids)
            if id is not None:
                run.chance.choice((life.session.outbox.hold, life.session.outbox.release, life.session.outbox.cancel))(
                    id
                )
        if run.chance.random() < 0.5:
            life.line.add(rules.lost(run.chance))
        await _quiet(run, life)


@scenario()
async def sent_again_by_a_person(run: Run) -> None:
    """No trace is found, a person sends the request again, and the first one turns up late."""
    run.service.modes.appears_after_seconds = run.chance.choice((0, 2100, 2500))
    async with run.life(rules=[rules.lost(run.chance)]) as life:
        id = life.submit(run.draft())
        if await life.until(id, S.NOT_FOUND, seconds=3000) and id is not None:
            if run.chance.random() < 0.5:
                life.line.add(rules.lost(run.chance))
            again = life.session.outbox.send_again(id)
            run.acknowledge(life, again)
            await life.until(again.id, S.FINISHED, S.UNKNOWN, S.REJECTED, seconds=300)
        await _quiet(run, life)


@scenario()
async def looked_for_again_by_a_person(run: Run) -> None:
    """A person has it looked for again and again, takes candidates or says that none is it, while reads fail."""
    draft = run.draft(name=run.name(own=False))
    async with run.life(rules=[rules.lost(run.chance), _refused_reads(run)]) as life:
        id = life.submit(draft)
        await life.until(id, S.UNKNOWN)
        if run.chance.random() < 0.5:
            await run.sleep(run.chance.uniform(50, 300))
            await run.colleague(draft)
        await life.until(id, S.NOT_FOUND, S.ACCEPTED, S.FINISHED, seconds=2400)
        for _ in range(3):
            if id is not None:
                life.session.outbox.keep_looking(id)
            await run.sleep(run.chance.uniform(1, 900))
        await _quiet(run, life)


# programs that end


@scenario(24)
async def killed_at_a_point(run: Run) -> None:
    """The program is killed at a named point, the answer lost or late, and the clock is another at the next start."""
    point, many = run.chance.choice(POINTS), run.chance.randrange(1, 4)
    rule = run.chance.choice((rules.lost(run.chance), rules.late(run.chance.uniform(1, 50)), rules.half()))
    async with run.life(kill_at=point, kill_after=run.chance.randrange(2), rules=[rule]) as life:
        for _ in range(many):
            life.submit(run.draft(run.chance.choice((1, 2, 3))))
        await life.until(next(iter(life.session.ledger.intents), None), S.FINISHED, seconds=120)
    run.home("a").clock.offset += run.chance.choice((timedelta(0), _jump(run)))
    async with run.life(rules=[_refused_reads(run)]) as life:
        life.submit(run.draft())
        await _quiet(run, life)


@scenario(24)
async def killed_at_any_time(run: Run) -> None:
    """The program is killed at any time, more than once, with requests in every state."""
    for _ in range(run.chance.randrange(1, 4)):
        rule = run.chance.choice((rules.lost(run.chance), rules.late(run.chance.uniform(1, 50)), _refused_reads(run)))
        async with run.life(rules=[rule]) as life:
            for _ in range(run.chance.randrange(1, 3)):
                life.submit(run.draft(run.chance.choice((1, 2, 3))))
            await run.sleep(run.chance.choice((run.chance.uniform(0, 0.1), run.chance.uniform(0, 90))))
            life.kill()


@scenario(24)
async def cancelled_at_any_step(run: Run) -> None:
    """The program is told to leave after any step of its loop, more than once, whatever is under way."""
    for _ in range(run.chance.randrange(1, 5)):
        rule = run.chance.choice(
            (rules.lost(run.chance), rules.late(run.chance.uniform(0.1, 20)), rules.silent(POST), rules.half())
        )
        async with run.life(rules=[rule]) as life:
            life.submit(run.draft(run.chance.choice((1, 2, 3))))
            for _ in range(run.chance.randrange(1, 160)):
                await asyncio.sleep(0)
            if run.chance.random() < 0.3:
                await run.sleep(run.chance.uniform(0, 40))


@scenario()
async def left_while_everything_hangs(run: Run) -> None:
    """Nothing answers any more when the program is told to leave: not the request, not the search, not the login."""
    path = run.chance.choice((POST, LOGIN, LISTS, ONE, ""))
    first = [] if path in (POST, LOGIN, "") else [rules.lost(run.chance)]
    hang = rules.silent(path, times=None, when=run.chance.choice(("before", "after")))
    async with run.life(rules=[*first, hang]) as life:
        for _ in range(3):
            life.submit(run.draft(run.chance.choice((1, 2, 3))))
        await run.sleep(run.chance.uniform(0, 100))


@scenario(16)
async def a_full_disk(run: Run) -> None:
    """The disk takes no row at the second, third ... writing, the answer is lost as well, and then the power goes."""
    bad = {run.chance.randrange(1, 7) for _ in range(run.chance.randrange(1, 4))}
    rule = [rules.lost(run.chance)] if run.chance.random() < 0.6 else []
    async with run.life(full=sorted(bad), rules=rule) as life:
        life.submit(run.draft(2))
        life.submit(run.draft())
        await run.sleep(run.chance.choice((3, 60, 300)))
        if run.chance.random() < 0.5:
            life.kill()


@scenario()
async def scheduled_and_the_clock_jumps(run: Run) -> None:
    """A request is to go at a time, the clock is set before or after, and the answer is lost."""
    home = run.home("a")
    async with run.life(rules=[rules.lost(run.chance)]) as life:
        due_at = home.clock.now() + timedelta(seconds=run.chance.uniform(5, 600))
        life.submit(run.draft(), due_at=due_at)
        await run.sleep(run.chance.uniform(0, 300))
        home.clock.offset += _jump(run)
        await run.sleep(run.chance.uniform(0, 900))
        if run.chance.random() < 0.5:
            life.kill()
    home.clock.offset += run.chance.choice((timedelta(0), _jump(run)))
    async with run.life() as life:
        await _quiet(run, life)


# words that only look like proof


@scenario(16)
async def refused_after_it_was_done(run: Run) -> None:
    """A refusal comes after the request was carried out, in words that only look like the gateway's, with secrets."""
    status = run.chance.choice((400, 401, 403, 404, 407, 408, 409, 421, 425, 429, 451, 500, 502, 504))
    codes = (
        "APIGW.0301 ",
        "apigw.0301",
        "XAPIGW.0308",
        "APIGW.0999",
        "APIGW.03010",
        "Evil.0301",
        "BackupService.61255",
    )
    rule = rules.refused(run.chance.choice(codes), status, after=True)
    if run.chance.random() < 0.3:
        body = run.chance.choice((b"{echo}", b'{"error": {"code": "X", "message": "{echo}"}}', b"<html>{echo}</html>"))
        rule = rules.answered(status, body, after=True, headers={"X-Request-Id": "0" * 32, "Retry-After": "1"})
    async with run.life(rules=[rule, _refused_reads(run)]) as life:
        id = life.submit(run.draft())
        await life.until(id, S.FINISHED, S.REJECTED, S.UNKNOWN, seconds=60)
        await _quiet(run, life)


@scenario(16)
async def proof_and_then_a_loss(run: Run) -> None:
    """The gateway says no in its own words, the request goes again as it may, and the second answer is lost."""
    refusal = run.chance.choice((("APIGW.0308", 429), ("APIG.0308", 429), ("APIGW.0301", 401), ("APIGW.0307", 401)))
    many = run.chance.randrange(1, 3)
    async with run.life() as life:
        if run.chance.random() < 0.7:
            await life.session.cloud.project_id()
            await life.session.cloud.tasks(since=run.clock.now())
        life.line.add(rules.refused(*refusal, times=many))
        life.line.add(rules.lost(run.chance))
        id = life.submit(run.draft())
        await life.until(id, S.FINISHED, S.REJECTED, S.UNKNOWN, seconds=200)
        await _quiet(run, life)


@scenario()
async def sent_twice_by_something_on_the_way(run: Run) -> None:
    """Something on the way sends the request twice: the service does the first and refuses the second as busy."""

    async def act(_request: Any, forward: Any) -> Any:
        await forward()
        await run.sleep(run.chance.uniform(0, 20))
        run.evidence.posts.append(dataclasses.replace(run.evidence.posts[-1], made=(), is_denied=True))
        body = b'{"error_code": "BackupService.6125", "error_msg": "The vault is being backed up."}'
        return rules.httpx.Response(400, headers={"Content-Type": "application/json"}, content=body)

    run.service.modes.appears_after_seconds = run.chance.choice((0, 0, 3, 60))
    more = [_refused_reads(run)] if run.chance.random() < 0.5 else []
    async with run.life(rules=[Rule("POST", POST, act), *more]) as life:
        life.submit(run.draft(name=run.name(own=run.chance.random() < 0.7)))
        await _quiet(run, life)


@scenario()
async def forbidden_lists(run: Run) -> None:
    """The answer is lost, and tasks or backups may not be read, for good or for a while."""
    actions = run.chance.sample(("cbr:tasks:list", "cbr:backups:list", "cbr:vaults:get"), run.chance.randrange(1, 4))
    run.service.modes.forbidden = set(actions)
    async with run.life(rules=[rules.lost(run.chance)]) as life:
        id = life.submit(run.draft())
        await life.until(id, S.UNKNOWN)
        await _quiet(run, life)
        if run.chance.random() < 0.5:
            run.service.modes.forbidden = set()
            await _quiet(run, life)


@scenario(30)
async def everything_at_once(run: Run) -> None:
    """Everything that can happen does, drawn without a plan: lost and odd answers, reads, clocks, kills, colleagues."""
    for _ in range(run.chance.randrange(1, 4)):
        ways = [
            rules.lost(run.chance, skip=run.chance.randrange(2)),
            _refused_reads(run),
            rules.late(run.chance.uniform(0, 45), READS, "GET", times=3),
            rules.drip(0.2, 100, times=5),
            rules.silent(READS, "GET", skip=run.chance.randrange(6)),
            rules.half(READS, "GET", skip=run.chance.randrange(6), times=2),
            rules.dated(lambda: run.chance.uniform(-30, 30), times=10),
            rules.half(),
        ]
        drawn = run.chance.sample(ways, run.chance.randrange(2, 6))
        async with run.life(rules=drawn, kill_at=run.chance.choice(("", "", *POINTS))) as life:
            for _ in range(run.chance.randrange(1, 4)):
                life.submit(run.draft(run.chance.choice((1, 2, 3))))
                await run.sleep(run.chance.choice((0, 1, 30)))
                if run.chance.random() < 0.3:
                    await run.colleague(run.draft(run.chance.choice((1, 2)), name=run.name(own=False)))
                if run.chance.random() < 0.3:
                    run.home("a").clock.offset += _jump(run)
                if run.chance.random() < 0.2:
                    run.service.identity.tokens.revoke_all()
            await _quiet(run, life)
            if run.chance.random() < 0.4:
                life.kill()


# bytes


def _spoils(run: Run) -> dict[str, Callable[[bytes], list[bytes | float]]]:
    """Return what can be done to the bytes of an answer: pieces to write and pauses in seconds."""
    second = b"HTTP/1.1 400 no\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    denied = b'{"error_code": "APIGW.0308", "error_msg": "slow down"}'
    head = b"HTTP/1.1 429 no\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(denied)

    def chunked(answer: bytes, end: bytes) -> bytes:
        top, _, body = answer.partition(b"\r\n\r\n")
        lines = [line for line in top.split(b"\r\n") if not line.lower().startswith(b"content-length")]
        middle = len(body) // 2
        pieces = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in (body[:middle], body[middle:]))
        return b"\r\n".join([*lines, b"Transfer-Encoding: chunked"]) + b"\r\n\r\n" + pieces + end

    def longer(answer: bytes, by: int) -> bytes:
        length = len(answer.partition(b"\r\n\r\n")[2])
        return answer.replace(b"Content-Length: %d" % length, b"Content-Length: %d" % (length + by))

    return {
        "another answer after it": lambda answer: [answer + second],
        "a refusal after it": lambda answer: [answer, 0.0, head + denied],
        "noise after it": lambda answer: [answer + run.chance.randbytes(300)],
        "noise before it": lambda answer: [run.chance.randbytes(30) + answer],
        "byte by byte": lambda answer: [part for byte in answer for part in (bytes([byte]), 0.05)],
        "so slowly that it ends at the deadline": lambda answer: [
            part for at in range(0, len(answer), 9) for part in (answer[at : at + 9], 1.0)
        ],
        "words before it": lambda answer: [b"HTTP/1.1 103 Early\r\nLink: <x>\r\n\r\n" * 3 + answer],
        "to be continued": lambda answer: [b"HTTP/1.1 100 Continue\r\n\r\n" * 2, 1.0, answer],
        "two lengths": lambda answer: [answer.replace(b"Content-Length", b"Content-Length: 2\r\nContent-Length", 1)],
        "too long a length": lambda answer: [longer(answer, 40)],
        "too short a length": lambda answer: [longer(answer, -40)],
        "chunks": lambda answer: [chunked(answer, b"0\r\n\r\n")],
        "chunks without an end": lambda answer: [chunked(answer, b"")],
        "chunks with noise in them": lambda answer: [chunked(answer, b"zz\r\n" + run.chance.randbytes(9))],
        "half": lambda answer: [answer[: run.chance.randrange(len(answer))]],
        "a refusal in its place": lambda _answer: [head + denied[: run.chance.randrange(len(denied))]],
        "another version": lambda answer: [answer.replace(b"HTTP/1.1", b"HTTP/3.7", 1)],
        "no version": lambda answer: [answer.partition(b"\r\n\r\n")[2]],
        "silence": lambda _answer: [40.0],
        "nothing": lambda _answer: [],
    }


@scenario(40, grace=0.01)
async def bytes_that_are_no_answer(run: Run) -> None:
    """What comes over the wire is noise around, in or in place of the answer, and the search is disturbed as well."""
    spoils = _spoils(run)
    spoil = spoils[run.chance.choice(sorted(spoils))]

    async def write(answer: bytes, writer: asyncio.StreamWriter) -> None:
        for part in spoil(answer):
            if isinstance(part, float):
                await run.sleep(part)
            else:
                writer.write(part)
                await writer.drain()
        writer.close()

    async with run.wired(write):
        reads = [rules.lost(run.chance, "after", READS, "GET", times=run.chance.randrange(1, 5)), _refused_reads(run)]
        async with run.life(rules=run.chance.sample(reads, run.chance.randrange(3))) as life:
            id = life.submit(run.draft(run.chance.choice((1, 3))))
            await life.until(id, S.FINISHED, S.REJECTED, S.UNKNOWN, seconds=90)
            await run.sleep(run.chance.choice((1, 60)))
