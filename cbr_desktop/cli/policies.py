"""The commands that tell of policies: what is wrong with them, when one runs, and what its rules delete."""

import argparse
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from cbr_desktop.cli.lists import ProjectLists, run_reading
from cbr_desktop.cli.output import remark
from cbr_desktop.cli.tables import BAD, GOOD, PARTIAL, UNUSABLE, show, table
from cbr_desktop.domain.document import ChangeDocument
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.retention import Forecast
from cbr_desktop.domain.schedule import offset_at, seasons, zone_of
from cbr_desktop.storage.requestfile import read
from cbr_desktop.text.catalogue import _, listed, ngettext
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.schedules import (
    day_row,
    forecast_sentences,
    moment_words,
    next_sentence,
    retention_words,
    schedule_words,
    season_sentences,
)
from cbr_desktop.text.states import counted, grouped, quoted, shown
from cbr_desktop.text.words import incomplete_sentence
from cbr_desktop.workflows.documents import change_in
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.operations.policies import PolicyOperation
from cbr_desktop.workflows.schedules import LOOKED_BACK, outlook, schedule_findings
from cbr_desktop.workflows.timetable import next_run

_YEAR = timedelta(days=366)


def all_policies(options: argparse.Namespace) -> int:
    """List the policies, and remark what is wrong with their schedules."""
    return run_reading(options, _listed)


def following(options: argparse.Namespace) -> int:
    """Tell when a policy runs next, in UTC and by a clock."""
    return run_reading(options, _following)


def simulated(options: argparse.Namespace) -> int:
    """Tell which backups the rules of a policy delete, or those of a policy as a request file would make them."""
    return run_reading(options, _simulated)


async def _read(lists: ProjectLists, *, backups: bool = False, tasks: bool = False) -> Ledger:
    """Read what a command looks at, and say where something is missing."""
    ledger, cloud = lists.ledger, lists.cloud
    policies, vaults = await cloud.policies(), await cloud.vaults()
    ledger.put_policies(policies)
    ledger.put_vaults(vaults)
    found: list[tuple[Any, str]] = [
        (policies, counted("{count} policy", "{count} policies", len(policies.rows))),
        (vaults, counted("{count} vault", "{count} vaults", len(vaults.rows))),
    ]
    if backups:
        kept = await cloud.backups()
        ledger.put_backups(kept)
        found.append((kept, counted("{count} backup", "{count} backups", len(kept.rows))))
    if tasks:
        recent = await cloud.tasks(since=lists.clock.now() - LOOKED_BACK, operation_type="backup")
        ledger.put_tasks(recent)
        found.append((recent, counted("{count} task", "{count} tasks", len(recent.rows))))
    for listing, given in found:
        if not listing.complete:
            remark(incomplete_sentence(given, listing.shortfall))
    return ledger


async def _listed(lists: ProjectLists, options: argparse.Namespace) -> int:
    ledger = await _read(lists, tasks=True)
    now, own = lists.clock.now(), sorted(ledger.policies.values(), key=lambda each: (each.name, each.id))
    findings = [finding_sentence(each) for each in schedule_findings(ledger, now)]
    records = [_record(policy, ledger, now) for policy in own]
    head = (_("NAME"), _("KIND"), _("STATE"), _("NEXT RUN"), _("VAULTS"), _("KEEPS"), _("ID"), _("RUNS"))
    rows = [head, *(_cells(policy, now) for policy in own)]
    whole = all(ledger.freshness[part].complete for part in ledger.freshness)
    show(options, {"policies": records, "complete": whole, "problems": findings}, table(rows))
    for sentence in findings if not options.json else ():
        remark(sentence)
    return GOOD if whole else PARTIAL


def _record(policy: Policy, ledger: Ledger, now: datetime) -> dict[str, Any]:
    vaults = [{"id": id, "name": ledger.vaults[id].name if id in ledger.vaults else None} for id in policy.vault_ids]
    kept = policy.retention
    numbers = ("max_backups", "days", "day_backups", "week_backups", "month_backups", "year_backups", "timezone")
    return {
        "id": policy.id,
        "name": policy.name,
        "operation_type": policy.operation_type,
        "enabled": policy.enabled,
        "patterns": policy.patterns,
        "next_run": next_run(policy, now),
        "retention": {name: getattr(kept, name) for name in numbers},
        "vaults": vaults,
    }


def _cells(policy: Policy, now: datetime) -> tuple[str, ...]:
    at = next_run(policy, now)
    return (
        shown(policy.name, 64),
        shown(policy.operation_type, 20),
        _("Enabled") if policy.enabled else _("Disabled"),
        moment_words(at, None) if at is not None else "-",
        str(len(policy.vault_ids)),
        retention_words(policy),
        shown(policy.id, 64),
        schedule_words(policy.patterns, offset_at(now, None)),
    )


def _named(ledger: Ledger, name: str) -> Policy | str:
    """Return the policy of a name or id, or a sentence that says why there is none."""
    found = [each for each in ledger.policies.values() if name in (each.id, each.name)]
    if len(found) == 1:
        return found[0]
    if not found:
        return _("There is no policy {name} in this project. cbr-desktop policies lists them.").format(
            name=quoted(name, 80)
        )
    return ngettext(
        "{count} policy is called {name}. Name one by its id: {ids}.",
        "{count} policies are called {name}. Name one by its id: {ids}.",
        len(found),
    ).format(count=grouped(len(found)), name=quoted(name, 80), ids=listed([shown(each.id, 64) for each in found]))


async def _following(lists: ProjectLists, options: argparse.Namespace) -> int:
    ledger = await _read(lists)
    policy = _named(ledger, options.policy)
    if isinstance(policy, str):
        return _unusable(options, policy)
    now, schedule = lists.clock.now(), policy.schedule
    try:
        zone = zone_of(options.zone) if options.zone is not None else None
    except LookupError:
        wrong = _("{zone} is no zone such as Europe/Berlin or UTC+01:00.")
        return _unusable(options, wrong.format(zone=quoted(options.zone, 80)))
    runs = list(islice(schedule.runs(now), options.count))
    found = seasons(schedule, zone, now, max([now + _YEAR, *runs[-1:]]))
    changes = season_sentences(found)
    record = {
        "id": policy.id,
        "name": policy.name,
        "enabled": policy.enabled,
        "is_certain": schedule.is_certain,
        "runs": [{"utc": each, "local": each.astimezone(zone).isoformat()} for each in runs],
        "clock_changes": [
            {"at": each.since, "utc_offset_minutes": each.offset // timedelta(minutes=1)} for each in found
        ],
    }
    lines = [next_sentence(policy, runs), *(moment_words(each, zone) for each in runs), *changes]
    show(options, record, "\n".join(lines))
    return GOOD


async def _simulated(lists: ProjectLists, options: argparse.Namespace) -> int:
    ledger = await _read(lists, backups=True)
    return _simulated_by(options, ledger, lists.clock.now())


def _simulated_by(options: argparse.Namespace, ledger: Ledger, now: datetime) -> int:
    path = Path(options.policy)
    if path.suffix == ".json" or path.is_file():
        return _simulated_file(options, path, ledger, now)
    policy = _named(ledger, options.policy)
    if isinstance(policy, str):
        return _unusable(options, policy)
    told = outlook(ledger, policy.vault_ids, policy.rules, now, options.days)
    return _show_forecast(options, told, ledger, {"policy": policy.name, "vaults": list(policy.vault_ids)}, [])


def _simulated_file(options: argparse.Namespace, path: Path, ledger: Ledger, now: datetime) -> int:
    document, findings = read(path)
    if document is None:
        return _unusable(options, f"{shown(path, 4096)}: {finding_sentence(findings[0])}")
    operation = OPERATIONS[document.kind] if isinstance(document, ChangeDocument) else None
    if not isinstance(operation, PolicyOperation):
        wrong = _("{file}: it changes neither an existing policy nor where one is applied.")
        return _unusable(options, wrong.format(file=shown(path, 4096)))
    try:
        change = change_in(document, ledger)
    except ValueError:
        wrong = _("{file}: it cannot be read as a change. cbr-desktop check tells why.")
        return _unusable(options, wrong.format(file=shown(path, 4096)))
    told = operation.outlooks(change, ledger, now, options.days)
    blocks = [each for each in operation.judge(change, ledger, now).findings if each.severity is Severity.BLOCK]
    for each in blocks:
        remark(finding_sentence(each))
    if told is None:
        words = _("It changes nothing about which backups are deleted: no rule that backups come under is changed.")
        show(options, {"file": str(path), "changed": 0}, words)
        return BAD if blocks else GOOD
    _show_forecast(options, told.after, ledger, {"file": str(path), "changed": len(told.removals)}, told.removals)
    return BAD if blocks else GOOD


def _show_forecast(
    options: argparse.Namespace, told: Forecast, ledger: Ledger, about: dict[str, Any], earlier: Sequence[Any]
) -> int:
    removals = [
        {
            "backup_id": each.id,
            "name": ledger.backups[each.id].name,
            "resource": ledger.backups[each.id].resource_name,
            "made_at": each.made_at,
            "deleted_at": each.at,
            "cause": each.cause.name.lower(),
        }
        for each in told.removals
    ]
    days = [{"day": str(each.day), "existing": each.existing, "made": each.made} for each in told.days()]
    record = {**about, "days": days, "deleted": removals, "never_deleted": list(told.never), "by_hand": told.by_hand}
    rows = [(_("DAY (UTC)"), _("EXISTING"), _("NEW"), _("TOTAL")), *map(day_row, told.days())]
    show(options, record, "\n".join([*forecast_sentences(told, len(earlier)), table(rows)]))
    return GOOD


def _unusable(options: argparse.Namespace, words: str) -> int:
    if options.json:
        show(options, {"problems": [words]}, words)
    else:
        remark(words)
    return UNUSABLE
