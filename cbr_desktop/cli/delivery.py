"""Sending the one change of a command: what it destroys is said before, and what became of it after."""

from argparse import Namespace
from collections.abc import Iterable, Mapping
from datetime import datetime

from cbr_desktop.app.request_runner import RequestRunner, left_behind
from cbr_desktop.app.session import ProfileSession
from cbr_desktop.cli.destroying import approval_in, obstacle
from cbr_desktop.cli.judgements import losses
from cbr_desktop.cli.output import remark
from cbr_desktop.cli.report import exit_code, record_text, request_record
from cbr_desktop.cli.tables import BAD, show
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.sharing import SharesLost
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.records import peek
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.consequences import shares_sentences
from cbr_desktop.text.intents import behind_sentence
from cbr_desktop.workflows.backup_reading import BackupReader
from cbr_desktop.workflows.operations import OPERATIONS


async def delivered(
    session: ProfileSession,
    options: Namespace,
    change: Change,
    since: datetime,
    *,
    wait: bool,
    told: Mapping[str, object],
) -> int:
    """Send a change unless something keeps it back, print what became of it, and return the exit code.

    What it destroys must have been counted by lists that were read after ``since``, and on production it has to be
    named. ``told`` is what a record of what was not sent says besides.
    """
    approval = approval_in(options)
    reason = obstacle(session, change, options.name, since, approval)
    if reason:
        return not_sent(options, told, [reason])
    kept = [] if options.demo else peek(places().records_file)[0]
    behind = _left_behind(session, kept, change)
    sentences = [behind_sentence(intent, session.clock.now()) for intent in behind]
    if behind and not options.again:
        left = {"left": [intent.id for intent in behind]}
        words = [*sentences, _("Nothing was sent. With --again this one is sent besides.")]
        return not_sent(options, {**told, **left}, words)
    for sentence in sentences:
        remark(sentence)
    report = await RequestRunner(session, remark).send(change, wait=wait, approval=approval)
    record = request_record(report, session.clock.now())
    show(options, record, record_text(record))
    return exit_code(report)


async def open_for(session: ProfileSession, change: Change) -> None:
    """Read the backup by itself that a change has to be opened for to be judged."""
    id = OPERATIONS[change.kind].opens(change)
    if id is not None:
        await session.refresh.open_backup(id)


async def say_losses(session: ProfileSession, change: Change) -> None:
    """Say what a change destroys, and whom of it is shared with, beside what the command prints."""
    blast = OPERATIONS[change.kind].blast(change, session.ledger)
    shares = await read_shares(session, blast)
    for sentence in [*losses(blast, session.clock.now()), *(shares_sentences(shares) if shares.total else ())]:
        remark(sentence)


async def read_shares(session: ProfileSession, blast: Blast) -> SharesLost:
    """Read which of the backups that are lost are shared."""
    reader = BackupReader(session.cloud, session.clock)
    await reader.read_shares(blast.shareable, session.ledger)
    return reader.shares_lost(blast.shareable, session.ledger)


def not_sent(options: Namespace, told: Mapping[str, object], problems: list[str], code: int = BAD) -> int:
    """Print why nothing was sent, and return the exit code."""
    show(options, {"state": "not sent", **told, "problems": problems}, "\n".join(problems))
    return code


def _left_behind(session: ProfileSession, kept: Iterable[Intent], change: Change) -> list[Intent]:
    """Return the requests for the same thing that may have been carried out, or may yet be, of all profiles.

    ``kept`` are the rows of the data folder; those of the session's own profile it knows better.
    """
    others = [intent for intent in kept if intent.target.profile != session.profile.name]
    return left_behind([*session.ledger.intents.values(), *others], session.profile, change)
