"""The commands that need no window; each prints its result and returns an exit code."""

import argparse
import asyncio
import sys
from typing import TypeVar

from cbr_desktop.app.errand import Errand, cached_ledger, judge
from cbr_desktop.app.house import House
from cbr_desktop.app.profile import DEMO, all_profiles, find_profile
from cbr_desktop.cli.opening import closing_client, make_ready, opened_house
from cbr_desktop.cli.report import (
    BAD,
    GOOD,
    UNUSABLE,
    exit_code,
    judgement_record,
    judgement_text,
    report_record,
    report_text,
    show,
    show_judgements,
    simulator_text,
    vault_record,
    vault_table,
)
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.modes import Modes
from cbr_desktop.simulator.serve import serve
from cbr_desktop.simulator.service import PARTS, Service
from cbr_desktop.storage.paths import places
from cbr_desktop.workflows.ledger import Ledger

Result = TypeVar("Result")


def vaults(options: argparse.Namespace) -> int:
    with opened_house(options.profile, demo=options.demo) as house:
        return asyncio.run(closing_client(house, _listed(house, options)))


async def _listed(house: House, options: argparse.Namespace) -> int:
    """Read the vaults and print them; ``asyncio.run`` would make a text of a list that was returned through it."""
    listing = await house.cloud.vaults()
    rows = [vault_record(vault) for vault in listing.rows]
    record = {"vaults": rows, "complete": listing.complete, "as_of": listing.as_of.isoformat()}
    show(options, record, vault_table(listing.rows))
    return GOOD


def check(options: argparse.Namespace) -> int:
    return show_judgements(options, options.files, _ledgers(options))


def send(options: argparse.Namespace) -> int:
    with opened_house(options.profile, demo=options.demo) as house:
        return asyncio.run(closing_client(house, _sent(house, options)))


async def _sent(house: House, options: argparse.Namespace) -> int:
    """Judge the file by fresh lists, send it, and print what became of it. A read-only profile has to be armed."""
    await make_ready(house, arm=options.arm)
    judgement = judge(options.file, [house.ledger], house.clock)
    if judgement.document is None or judgement.is_bad:
        record = judgement_record(judgement)
        show(options, {"state": "not sent", **record}, judgement_text(record))
        return UNUSABLE if judgement.is_unreadable else BAD
    report = await Errand(house).send(judgement.document, wait=options.wait)
    record = report_record(report, house.clock.now())
    show(options, record, report_text(record))
    return exit_code(report)


def simulator(options: argparse.Namespace) -> int:
    unknown = sorted(set(options.missing) - PARTS)
    if unknown:
        print(f"cbr-desktop: no part {unknown[0]!r}; there are {', '.join(sorted(PARTS))}", file=sys.stderr)
        return UNUSABLE
    clock = RunningClock()
    if options.vaults is None and options.backups is None:
        inventory = estate.demo(clock.now(), options.seed)
    else:
        inventory = estate.generated(clock.now(), options.vaults or 0, options.backups or 0, options.seed)

    def started(port: int) -> None:
        host = f"[{options.host}]" if ":" in options.host else options.host
        account = {"domain": estate.DEMO_DOMAIN, "user": estate.DEMO_USER, "password": estate.DEMO_PASSWORD}
        account |= {"access_key": estate.DEMO_AK, "secret_key": estate.DEMO_SK}
        projects = {project.name: project.id for project in inventory.projects}
        print(simulator_text(f"http://{host}:{port}", projects=projects, **account), flush=True)

    modes = Modes(latency_seconds=options.latency, missing=set(options.missing))
    try:
        serve(Service(inventory, clock, modes), options.host, options.port, started)
    except OSError as error:
        print(f"cbr-desktop: cannot listen at {options.host} port {options.port}: {error.strerror}", file=sys.stderr)
        return UNUSABLE
    return GOOD


def _ledgers(options: argparse.Namespace) -> list[Ledger]:
    """Return what is known offline: of the profile that was named, or of all; the demo cloud is asked itself."""
    if options.demo:
        with opened_house(options.profile, demo=options.demo) as house:
            asyncio.run(closing_client(house, house.refresh.once()))
        return [house.ledger]
    if options.profile:
        return [cached_ledger(places(), find_profile(places(), options.profile))]
    known = [cached_ledger(places(), profile) for profile in all_profiles(places())]
    return known or [Ledger(DEMO, lambda part: None)]
