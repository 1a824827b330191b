"""The commands that need no window; each prints its result and returns an exit code."""

import argparse

from cbr_desktop.app.judging import judge_file
from cbr_desktop.app.session import ProfileSession
from cbr_desktop.cli.delivery import delivered, open_for, say_losses
from cbr_desktop.cli.judgements import judgement_record, judgement_text
from cbr_desktop.cli.opening import closing_client, make_ready, opened_session
from cbr_desktop.cli.running import run_command
from cbr_desktop.cli.tables import BAD, UNUSABLE, show
from cbr_desktop.workflows.documents import change_in, draft_of


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
    await say_losses(session, change)
    told = {"file": str(options.file)}
    return await delivered(session, options, change, asked_at, wait=options.wait, told=told)
