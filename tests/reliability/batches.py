"""A batch of deletions over a service that refuses some and loses others, and whether its report is true."""

import asyncio
import random
from pathlib import Path

from cbr_desktop.app import demo
from cbr_desktop.app.plans import PlanSessions, opened_plan_sessions
from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.backup import Backup, BackupDeletion
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.plan import Run
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import places
from cbr_desktop.text.plans import plan_sentence
from cbr_desktop.workflows.batch import Item, judged, plan_of
from cbr_desktop.workflows.plan import PlanReport, PlanRun, Stand, left, prepared
from tests.stage import StageClock

_REFUSAL = b'{"error_code": "BackupService.6204", "error_msg": "it has been used to create an image"}'
_DELETION_SECONDS = (0, 3, 20)
"""How long the service takes for a deletion: at once, as long as a look, and as long as usual."""
_DAYS = {600: 60, 100: 5}
"""How far back an estate remembers that has so many backups to delete."""


def told_truly(folder: Path, count: int, *, refused: int, lost: int, seed: int) -> list[str]:
    """Delete ``count`` backups of which some are refused and some lost, and return what the report says wrongly.

    Which they are is drawn by ``seed``, and so are answers that are lost though the deletion was carried out. The
    report is told once by the run itself, and once by what is on the disk after a restart.
    """
    clock, chance = StageClock(), random.Random(seed)
    days = next(days for most, days in sorted(_DAYS.items()) if count <= most)
    service = Service(estate.demo(clock.now(), days=days), clock)
    service.modes.schedules = False
    service.modes.deletion_seconds = chance.choice(_DELETION_SECONDS)
    here, way = places({"CBR_DESKTOP_HOME": str(folder)}), demo.DemoTransport(service)

    async def story(sessions: PlanSessions) -> tuple[Run, PlanReport, list[Backup], dict[str, Stand]]:
        await sessions.read()
        ledger = sessions.ledgers[DEMO.name]
        items = [Item(DEMO.name, BackupDeletion(id)) for id in ledger.backups]
        fine = [
            row.subject
            for row in judged(Kind.DELETE_BACKUP, items, sessions.ledgers, (), clock.now()).rows
            if not row.is_blocked and not row.findings and row.subject is not None
        ]
        chosen = [ledger.backups[BackupDeletion(each.id).backup_id] for each in chance.sample(fine, count)]  # type: ignore[arg-type]
        wanted = {each.id: Stand.DONE for each in chosen}
        odd = chance.sample(chosen, refused + 2 * lost)
        for each in odd[:refused]:
            wanted[each.id] = Stand.REFUSED
            body = {"status": 400, "body": _REFUSAL, "times": None}
            service.faults.add(Fault("DELETE", f"/backups/{each.id}", "status", **body))  # type: ignore[arg-type]
        for each in odd[refused : refused + lost]:
            wanted[each.id] = Stand.UNKNOWN
            service.faults.add(Fault("DELETE", f"/backups/{each.id}", "cut", "before", times=None))
        for each in odd[refused + lost :]:
            service.faults.add(Fault("DELETE", f"/backups/{each.id}", "cut", "after"))
        items = [Item(DEMO.name, BackupDeletion(each.id)) for each in chosen]
        batch = judged(Kind.DELETE_BACKUP, items, sessions.ledgers, (), clock.now())
        run = prepared(plan_of(batch, "Delete backups"), "run-1", sessions.ledgers, "", clock.now())
        sessions.runs.keep(run)
        made = PlanRun(run, sessions.sessions, sessions.scope, clock)
        async with asyncio.TaskGroup() as tasks:
            work = [tasks.create_task(each.correspondence()) for each in sessions.sessions.values()]
            await made.follow()
            for task in work:
                task.cancel()
        return run, made.report(), chosen, wanted

    async def told(sessions: PlanSessions) -> tuple[Run, PlanReport, list[Backup], dict[str, Stand]]:
        try:
            return await story(sessions)
        finally:
            await sessions.aclose()

    with opened_plan_sessions(here, (DEMO,), clock, demo.secret_of, way) as sessions:
        sessions.sessions[DEMO.name].guard.arm(24 * 60)
        run, report, chosen, wanted = asyncio.run(told(sessions))
    problems = _problems(service, report, chosen, wanted)
    with opened_plan_sessions(here, (DEMO,), clock, demo.secret_of, way) as again:
        kept = again.runs.load(run.id)
        after = left(kept, again.scope, clock.now()) if kept is not None else None
        if after is None or [row.stand for row in after.rows] != [row.stand for row in report.rows]:
            problems.append("it is told otherwise after a restart")
        asyncio.run(again.aclose())
    return problems


def _problems(service: Service, report: PlanReport, chosen: list[Backup], wanted: dict[str, Stand]) -> list[str]:
    """Return where a report differs from what the service has done."""
    there, problems = service.estate.backups, []
    for row, backup in zip(report.rows, chosen, strict=True):
        if row.stand is not wanted[backup.id]:
            problems.append(f"{row.number} is {row.stand}, not {wanted[backup.id]}")
        if (row.stand is Stand.DONE) is (backup.id in there):
            problems.append(f"{row.number} is told as {row.stand}, and is there: {backup.id in there}")
        taken = [
            call
            for call in service.journal
            if call.method == "DELETE" and call.path.endswith(backup.id) and call.status == 204
        ]
        if len(taken) > 1:
            problems.append(f"{row.number} was deleted {len(taken)} times")
    said = plan_sentence(report)
    for stand, words in ((Stand.DONE, "{} of"), (Stand.REFUSED, "{} refused"), (Stand.UNKNOWN, "{} unknown")):
        number = sum(each is stand for each in wanted.values())
        if words.format(number) not in said:
            problems.append(f"{said!r} does not say {words.format(number)!r}")
    return problems
