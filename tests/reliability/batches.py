"""A batch over a service that refuses some of it and loses other parts, and whether its report is true."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from cbr_desktop.app import demo
from cbr_desktop.app.plans import PlanSessions, opened_plan_sessions
from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.backup import BackupDeletion
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.ids import BackupId, VaultId
from cbr_desktop.domain.plan import Run
from cbr_desktop.domain.vault_changes import TagChange, VaultDeletion
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.inventory import Estate
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import places
from cbr_desktop.text.plans import plan_sentence
from cbr_desktop.workflows.batch import Item, judged, plan_of
from cbr_desktop.workflows.plan import prepared
from cbr_desktop.workflows.plan_report import PlanReport, Stand, left
from cbr_desktop.workflows.plan_run import PlanRun
from tests.stage import StageClock

_REFUSAL = b'{"error_code": "BackupService.6204", "error_msg": "it has been used to create an image"}'
_SECONDS = (0, 3, 20)
"""How long the service takes for a deletion: at once, as long as a look, and as long as usual."""
_DAYS = {600: 60, 100: 5}
"""How far back an estate remembers that has so many backups to delete."""
_TAG = ("patch", "w24")


class Asked(NamedTuple):
    """One kind of batch: the request for a thing, by its id, and whether the service has done it."""

    kind: Kind
    method: str
    path: str
    draft: Callable[[str], Any]
    is_done: Callable[[Estate, str], bool]


BACKUPS = Asked(
    *(Kind.DELETE_BACKUP, "DELETE", "/backups/{}"),
    lambda id: BackupDeletion(BackupId(id)),
    lambda estate, id: id not in estate.backups,
)
VAULTS = Asked(
    *(Kind.DELETE_VAULT, "DELETE", "/vaults/{}"),
    lambda id: VaultDeletion(VaultId(id)),
    lambda estate, id: id not in estate.vaults,
)
TAGS = Asked(
    *(Kind.CHANGE_TAGS, "POST", "/vault/{}/tags/action"),
    lambda id: TagChange(VaultId(id), (_TAG,)),
    lambda estate, id: _TAG in estate.vaults[id].tags,
)


def told_truly(folder: Path, count: int, *, refused: int, lost: int, seed: int, of: Asked = BACKUPS) -> list[str]:
    """Ask for ``count`` things of which some are refused and some lost, and return what the report says wrongly.

    Which they are is drawn by ``seed``, and so are answers that are lost though the request was carried out. The
    report is told once by the run itself, and once by what is on the disk after a restart.
    """
    clock, chance = StageClock(), random.Random(seed)
    days = next(days for most, days in sorted(_DAYS.items()) if count <= most)
    is_of_backups = of is BACKUPS
    made = estate.demo(clock.now(), days=days) if is_of_backups else estate.generated(clock.now(), 2 * count, 4 * count)
    service = Service(made, clock)
    service.modes.schedules = False
    service.modes.deletion_seconds = service.modes.vault_deletion_seconds = chance.choice(_SECONDS)
    here, way = places({"CBR_DESKTOP_HOME": str(folder)}), demo.DemoTransport(service)

    async def story(sessions: PlanSessions) -> tuple[Run, PlanReport, dict[str, Stand]]:
        await sessions.read()
        ledger = sessions.ledgers[DEMO.name]
        items = [Item(DEMO.name, of.draft(id)) for id in (ledger.backups if is_of_backups else ledger.vaults)]
        rows = judged(of.kind, items, sessions.ledgers, (), clock.now()).rows
        fine = [row.subject for row in rows if not any(each.code for each in row.findings) and row.subject is not None]
        chosen = [each.id for each in chance.sample(fine, count)]
        wanted = dict.fromkeys(chosen, Stand.DONE)
        odd = chance.sample(chosen, refused + 2 * lost)
        for id in odd[:refused]:
            wanted[id] = Stand.REFUSED
            service.faults.add(Fault(of.method, of.path.format(id), "status", status=400, body=_REFUSAL, times=None))
        for id in odd[refused : refused + lost]:
            wanted[id] = Stand.UNKNOWN
            service.faults.add(Fault(of.method, of.path.format(id), "cut", "before", times=None))
        for id in odd[refused + lost :]:
            service.faults.add(Fault(of.method, of.path.format(id), "cut", "after"))
        batch = judged(of.kind, [Item(DEMO.name, of.draft(id)) for id in chosen], sessions.ledgers, (), clock.now())
        run = prepared(plan_of(batch, "batch"), "run-1", sessions.ledgers, "", clock.now())
        sessions.runs.keep(run)
        made = PlanRun(run, sessions.sessions, sessions.scope, clock)
        async with asyncio.TaskGroup() as tasks:
            work = [tasks.create_task(each.correspondence()) for each in sessions.sessions.values()]
            await made.follow()
            for task in work:
                task.cancel()
        return run, made.report(), wanted

    async def told(sessions: PlanSessions) -> tuple[Run, PlanReport, dict[str, Stand]]:
        try:
            return await story(sessions)
        finally:
            await sessions.aclose()

    with opened_plan_sessions(here, (DEMO,), clock, demo.secret_of, way) as sessions:
        sessions.sessions[DEMO.name].guard.arm(24 * 60)
        run, report, wanted = asyncio.run(told(sessions))
    problems = _problems(service, report, wanted, of)
    with opened_plan_sessions(here, (DEMO,), clock, demo.secret_of, way) as again:
        kept = again.runs.load(run.id)
        after = left(kept, again.scope, clock.now()) if kept is not None else None
        if after is None or [row.stand for row in after.rows] != [row.stand for row in report.rows]:
            problems.append("it is told otherwise after a restart")
        asyncio.run(again.aclose())
    return problems


def _problems(service: Service, report: PlanReport, wanted: dict[str, Stand], of: Asked) -> list[str]:
    """Return where a report differs from what the service has done."""
    taken = Counter(
        call.path.partition("?")[0]
        for call in service.journal
        if call.method == of.method and call.status is not None and call.status < 300
    )
    problems = []
    for row, (id, stand) in zip(report.rows, wanted.items(), strict=True):
        if row.stand is not stand:
            problems.append(f"{row.number} is {row.stand}, not {stand}")
        is_done = of.is_done(service.estate, id)
        if (row.stand is Stand.DONE) is not is_done:
            problems.append(f"{row.number} is told as {row.stand}, and was done: {is_done}")
        times = sum(number for path, number in taken.items() if path.endswith(of.path.format(id)))
        if times > 1:
            problems.append(f"{row.number} was done {times} times")
    said = plan_sentence(report)
    for stand, words in ((Stand.DONE, "{} of"), (Stand.REFUSED, "{} refused"), (Stand.UNKNOWN, "{} unknown")):
        number = sum(each is stand for each in wanted.values())
        if words.format(number) not in said:
            problems.append(f"{said!r} does not say {words.format(number)!r}")
    return problems
