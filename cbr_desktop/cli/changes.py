"""The commands that change one thing: delete and rename a backup, make a policy."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from cbr_desktop.app.session import ProfileSession
from cbr_desktop.app.terminal import is_typed
from cbr_desktop.cli.delivery import delivered, not_sent, say_losses
from cbr_desktop.cli.destroying import said_yes
from cbr_desktop.cli.opening import closing_client, make_ready, opened_session
from cbr_desktop.cli.output import answer, remark
from cbr_desktop.cli.running import run_command
from cbr_desktop.cli.tables import UNUSABLE
from cbr_desktop.domain.backup import BackupDeletion, BackupRename
from cbr_desktop.domain.blast import NameCheck, destroys, grave, name_to_type
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.policy import PolicyDraft
from cbr_desktop.domain.schedule import Recurrence
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.operations import words_for
from cbr_desktop.text.states import quoted
from cbr_desktop.workflows.operations import OPERATIONS, change_of


def delete_backup(options: argparse.Namespace) -> int:
    """Delete a backup, or several as one run, and wait until all are gone."""
    if len(options.ids) > 1:
        from cbr_desktop.cli.batch import delete_backups  # plans are not needed for one

        return delete_backups(options)
    return _change(options, BackupDeletion(BackupId(options.ids[0])))


def rename_backup(options: argparse.Namespace) -> int:
    """Give a backup another name."""
    return _change(options, BackupRename(BackupId(options.id), options.new_name))


def create_policy(options: argparse.Namespace) -> int:
    """Make a backup policy, which is applied to no vault by that."""
    days = options.weekly or ()
    runs = [Recurrence(tuple(days), options.every or 1, minute) for minute in sorted(set(options.at))]
    draft = PolicyDraft(
        name=options.policy_name,
        patterns=tuple(run.pattern for run in runs),
        enabled=not options.disabled,
        max_backups=options.keep_number,
        retention_days=options.keep_days,
        day_backups=options.keep_daily,
        week_backups=options.keep_weekly,
        month_backups=options.keep_monthly,
        year_backups=options.keep_yearly,
        timezone=options.timezone or "",
    )
    return _change(options, draft)


class Unclear(Exception):
    """What a command asks for cannot be told from what it was given; the text is a sentence for people."""


def prepared(options: argparse.Namespace, prepare: Callable[[ProfileSession], Awaitable[Any]]) -> int:
    """Ask for a change whose draft needs more than the lists: ``prepare`` makes it when they have been read.

    ``Unclear`` of it is told, and nothing is sent.
    """
    with opened_session(options.profile, demo=options.demo) as session:
        return run_command(closing_client(session, _changed(session, options, prepare)))


def _change(options: argparse.Namespace, draft: Any) -> int:
    async def prepare(_session: ProfileSession) -> Any:
        return draft

    return prepared(options, prepare)


async def _changed(
    session: ProfileSession, options: argparse.Namespace, prepare: Callable[[ProfileSession], Awaitable[Any]]
) -> int:
    """Judge a change by fresh lists, have it confirmed where it destroys something, and send it."""
    since = session.clock.now()
    await make_ready(session, arm=options.arm)
    try:
        draft = await prepare(session)
    except Unclear as unclear:
        return not_sent(options, {}, [sentences(str(unclear), _("Nothing was sent."))], UNUSABLE)
    change = change_of(draft, session.ledger)
    verdict = OPERATIONS[change.kind].judge(change, session.ledger, session.clock.now())
    told = {"change": change.kind.value, "subject": change.subject.id or change.subject.name}
    if verdict.is_blocked:
        blocks = [each for each in verdict.findings if each.severity is Severity.BLOCK]
        return not_sent(options, told, [sentences(finding_sentence(each), _("Nothing was sent.")) for each in blocks])
    for finding in verdict.findings:
        remark(finding_sentence(finding))
    await say_losses(session, change)
    if destroys(OPERATIONS[change.kind].effect):
        code, reason = _confirmed(session, options, change)
        if code:
            return not_sent(options, told, [reason], code)
    return await delivered(session, options, change, since, wait=True, told=told)


def _confirmed(session: ProfileSession, options: argparse.Namespace, change: Change) -> tuple[int, str]:
    """Have a change confirmed by ``--yes``, or at the terminal; return 0, or the exit code and why it is not.

    On production, and where a resource is left without a good backup, it is confirmed by its name, which is ``--name``
    or typed; that it is right is looked at later.
    """
    title, wanted = words_for(change.kind).title, quoted(name_to_type(change.subject), 80)
    is_asked = is_typed(sys.stdin)
    operation = OPERATIONS[change.kind]
    why = grave(operation.effect, session.profile.environment, operation.blast(change, session.ledger))
    if why is not None and options.name is None:
        if not is_asked:
            refused = {
                NameCheck.PRODUCTION: _("{title}: on production say its name with --name, which is {wanted}."),
                NameCheck.LAST: _(
                    "{title}: it leaves a resource without a good backup. Say its name with --name, which is {wanted}."
                ),
                NameCheck.BINDING: _("{title}: it can never be undone. Say its name with --name, which is {wanted}."),
            }
            said = refused[why].format(title=title, wanted=wanted)
            return UNUSABLE, sentences(said, _("Nothing was sent."))
        asks = {
            NameCheck.PRODUCTION: _("This is production. Type {wanted} to go on: "),
            NameCheck.LAST: _("It leaves a resource without a good backup. Type {wanted} to go on: "),
            NameCheck.BINDING: _("This can never be undone. Type {wanted} to go on: "),
        }
        options.name = answer(asks[why].format(wanted=wanted))
        return 0, ""
    return said_yes(options, title)
