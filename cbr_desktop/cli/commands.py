"""The commands that need no window; each prints its result and returns an exit code."""

import argparse

from cbr_desktop.app.profile import DEMO, all_profiles, find_profile
from cbr_desktop.app.request_runner import cached_ledger, judge_file
from cbr_desktop.app.session import ProfileSession
from cbr_desktop.cli.delivery import delivered, open_for, say_losses
from cbr_desktop.cli.opening import closing_client, make_ready, opened_session, run_command
from cbr_desktop.cli.output import remark, say
from cbr_desktop.cli.report import (
    BAD,
    GOOD,
    PARTIAL,
    UNUSABLE,
    judgement_record,
    judgement_text,
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
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.sentences import incomplete_sentence
from cbr_desktop.text.states import counted
from cbr_desktop.workflows.documents import change_in, draft_of
from cbr_desktop.workflows.ledger import Ledger


def vaults(options: argparse.Namespace) -> int:
    with opened_session(options.profile, demo=options.demo) as session:
        return run_command(closing_client(session, _listed(session, options)))


async def _listed(session: ProfileSession, options: argparse.Namespace) -> int:
    """Read the vaults and print them; ``asyncio.run`` would make a text of a list that was returned through it."""
    listing = await session.cloud.vaults()
    rows = [vault_record(vault) for vault in listing.rows]
    record = {"vaults": rows, "complete": listing.complete, "shortfall": listing.shortfall, "as_of": listing.as_of}
    show(options, record, vault_table(listing.rows))
    if listing.complete:
        return GOOD
    given = counted("{count} vault", "{count} vaults", len(rows))
    remark(incomplete_sentence(given, listing.shortfall, len(rows), listing.total))
    return PARTIAL


def check(options: argparse.Namespace) -> int:
    return show_judgements(options, options.files, _ledgers(options))


def send(options: argparse.Namespace) -> int:
    with opened_session(options.profile, demo=options.demo) as session:
        return run_command(closing_client(session, _sent(session, options)))


async def _sent(session: ProfileSession, options: argparse.Namespace) -> int:
    """Judge the file by fresh lists, send it, and print what became of it. A read-only profile has to be armed.

    What is lost by it is said before; on production it has to be named.
    """
    asked_at = session.clock.now()
    await make_ready(session, arm=options.arm)
    judgement = judge_file(options.file, [session.ledger], session.clock)
    if judgement.document is not None and draft_of(judgement.document) is not None:
        await open_for(session, change_in(judgement.document, session.ledger))
        judgement = judge_file(options.file, [session.ledger], session.clock)
    if judgement.document is None or judgement.is_bad:
        record = judgement_record(judgement)
        show(options, {"state": "not sent", **record}, judgement_text(record))
        return UNUSABLE if judgement.is_unreadable else BAD
    change = change_in(judgement.document, session.ledger)
    say_losses(session, change)
    told = {"file": str(options.file)}
    return await delivered(session, options, change, asked_at, wait=options.wait, told=told)


def simulator(options: argparse.Namespace) -> int:
    unknown = sorted(set(options.missing) - PARTS)
    if unknown:
        remark(_("no part {part}; there are {parts}").format(part=repr(unknown[0]), parts=", ".join(sorted(PARTS))))
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
        remark(
            _("cannot listen at {host} port {port}: {why}").format(
                host=options.host, port=options.port, why=error.strerror
            )
        )
        return UNUSABLE
    return GOOD


def _ledgers(options: argparse.Namespace) -> list[Ledger]:
    """Return what is known offline: of the profile that was named, or of all; the demo cloud is asked itself."""
    if options.demo:
        with opened_session(options.profile, demo=options.demo) as session:
            run_command(closing_client(session, session.refresh.once()))
        return [session.ledger]
    if options.profile:
        return [cached_ledger(places(), find_profile(places(), options.profile))]
    known = [cached_ledger(places(), profile) for profile in all_profiles(places())]
    return known or [Ledger(DEMO, lambda _part: None)]
