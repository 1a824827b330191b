"""The commands that need no window; each prints its result and returns an exit code."""

import argparse
from collections.abc import Iterable

from cbr_desktop.app.errand import Errand, cached_ledger, judge, left_behind
from cbr_desktop.app.house import House
from cbr_desktop.app.profile import DEMO, all_profiles, find_profile
from cbr_desktop.cli.opening import closing_client, make_ready, opened_house, run
from cbr_desktop.cli.output import remark, say
from cbr_desktop.cli.report import (
    BAD,
    GOOD,
    PARTIAL,
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
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.request import RequestDocument
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.modes import Modes
from cbr_desktop.simulator.serve import serve
from cbr_desktop.simulator.service import PARTS, Service
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.records import peek
from cbr_desktop.ui.text import behind_sentence, incomplete_sentence
from cbr_desktop.workflows.ledger import Ledger


def vaults(options: argparse.Namespace) -> int:
    with opened_house(options.profile, demo=options.demo) as house:
        return run(closing_client(house, _listed(house, options)))


async def _listed(house: House, options: argparse.Namespace) -> int:
    """Read the vaults and print them; ``asyncio.run`` would make a text of a list that was returned through it."""
    listing = await house.cloud.vaults()
    rows = [vault_record(vault) for vault in listing.rows]
    record = {"vaults": rows, "complete": listing.complete, "shortfall": listing.shortfall, "as_of": listing.as_of}
    show(options, record, vault_table(listing.rows))
    if listing.complete:
        return GOOD
    remark(incomplete_sentence(len(rows), "vault", listing.shortfall))
    return PARTIAL


def check(options: argparse.Namespace) -> int:
    return show_judgements(options, options.files, _ledgers(options))


def send(options: argparse.Namespace) -> int:
    with opened_house(options.profile, demo=options.demo) as house:
        return run(closing_client(house, _sent(house, options)))


async def _sent(house: House, options: argparse.Namespace) -> int:
    """Judge the file by fresh lists, send it, and print what became of it. A read-only profile has to be armed."""
    await make_ready(house, arm=options.arm)
    judgement = judge(options.file, [house.ledger], house.clock)
    if judgement.document is None or judgement.is_bad:
        record = judgement_record(judgement)
        show(options, {"state": "not sent", **record}, judgement_text(record))
        return UNUSABLE if judgement.is_unreadable else BAD
    kept = [] if options.demo else peek(places().records_file)[0]
    behind = _left_behind(house, kept, judgement.document)
    sentences = [behind_sentence(intent, house.clock.now()) for intent in behind]
    if behind and not options.again:
        record = {"state": "not sent", "file": str(options.file), "left": [intent.id for intent in behind]}
        words = [*sentences, "Nothing was sent. With --again this one is sent besides."]
        show(options, {**record, "problems": words}, "\n".join(words))
        return BAD
    for sentence in sentences:
        remark(sentence)
    report = await Errand(house, remark).send(judgement.document, wait=options.wait)
    record = report_record(report, house.clock.now())
    show(options, record, report_text(record))
    return exit_code(report)


def _left_behind(house: House, kept: Iterable[Intent], document: RequestDocument) -> list[Intent]:
    """Return the requests for the same thing that may have been carried out, or may yet be, of all profiles.

    ``kept`` are the rows of the data folder; those of the house's own profile it knows better.
    """
    others = [intent for intent in kept if intent.target.profile != house.profile.name]
    return left_behind([*house.ledger.intents.values(), *others], house.profile, document)


def simulator(options: argparse.Namespace) -> int:
    unknown = sorted(set(options.missing) - PARTS)
    if unknown:
        remark(f"no part {unknown[0]!r}; there are {', '.join(sorted(PARTS))}")
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
        say(simulator_text(f"http://{host}:{port}", projects=projects, **account))

    modes = Modes(latency_seconds=options.latency, missing=set(options.missing))
    try:
        serve(Service(inventory, clock, modes), options.host, options.port, started)
    except OSError as error:
        remark(f"cannot listen at {options.host} port {options.port}: {error.strerror}")
        return UNUSABLE
    return GOOD


def _ledgers(options: argparse.Namespace) -> list[Ledger]:
    """Return what is known offline: of the profile that was named, or of all; the demo cloud is asked itself."""
    if options.demo:
        with opened_house(options.profile, demo=options.demo) as house:
            run(closing_client(house, house.refresh.once()))
        return [house.ledger]
    if options.profile:
        return [cached_ledger(places(), find_profile(places(), options.profile))]
    known = [cached_ledger(places(), profile) for profile in all_profiles(places())]
    return known or [Ledger(DEMO, lambda part: None)]
