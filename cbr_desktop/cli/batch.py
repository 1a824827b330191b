"""The commands that delete several backups at once: those that are named, or those that a rule takes.

What all of them come to together is said first. They go as one run of a plan, which `plan report` tells of afterwards.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from cbr_desktop.app.plans import PlanSessions
from cbr_desktop.app.profile import DEMO_PROFILES, profiles_read
from cbr_desktop.app.session import new_intent_id
from cbr_desktop.app.terminal import is_typed
from cbr_desktop.cli.delivery import not_sent, read_shares
from cbr_desktop.cli.destroying import said_yes
from cbr_desktop.cli.opening import nothing_sent
from cbr_desktop.cli.output import answer, remark, say, say_json
from cbr_desktop.cli.plan import arm_all, closing, default_profile, followed, is_behind, plan_sessions_of
from cbr_desktop.cli.running import run_command
from cbr_desktop.cli.tables import BAD, GOOD, UNUSABLE
from cbr_desktop.domain.backup import BackupDeletion
from cbr_desktop.domain.cleanup import CleanUpRule, Sorted, sorted_out
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.paths import places
from cbr_desktop.text.batch import consequence_lines, typed_wish
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.cleanup import cleanup_sentence, first_sentence, going_words, stay_words
from cbr_desktop.text.consequences import grave_sentence
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.operations import batch_words, typed_words
from cbr_desktop.text.states import clock_words, shown
from cbr_desktop.text.words import NONE
from cbr_desktop.workflows.batch import LIMIT, Batch, Item, counted_at, judged, name_of, plan_of, why_named
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import kind_of
from cbr_desktop.workflows.plan import prepared

Choose = Callable[[PlanSessions, Ledger], list[BackupId]]


def delete_backups(options: argparse.Namespace) -> int:
    """Delete the backups that are named, and wait until they are gone."""
    ids = [BackupId(id) for id in dict.fromkeys(options.ids)]
    return _with_sessions(options, lambda _sessions, _ledger: ids)


def clean_up(options: argparse.Namespace) -> int:
    """Say what a rule takes of the backups that persons made, and delete it where that is wanted."""
    rule = CleanUpRule(options.keep, options.older, options.pattern, options.failed)

    def chosen(plan_sessions: PlanSessions, ledger: Ledger) -> list[BackupId]:
        rows = sorted_out(ledger.backups.values(), rule, plan_sessions.clock.now())
        goes = [row.backup.id for row in rows if row.stays is None]
        now = plan_sessions.clock.now()
        remark(sentences(cleanup_sentence(rows, now), first_sentence(LIMIT, len(goes))))
        if not options.delete:
            _tell(options, rows, rule, plan_sessions)
        return goes[:LIMIT]

    return _with_sessions(options, chosen)


def _tell(options: argparse.Namespace, rows: Sequence[Sorted], rule: CleanUpRule, plan_sessions: PlanSessions) -> None:
    """Print what goes and what stays, and why."""
    if options.json:
        say_json(
            {
                "backups": [
                    {
                        "id": row.backup.id,
                        "name": row.backup.name,
                        "resource": row.backup.resource_name,
                        "created_at": row.backup.created_at.isoformat() if row.backup.created_at else None,
                        "goes": row.stays is None,
                        "stays": str(row.stays) if row.stays is not None else None,
                    }
                    for row in rows
                ]
            }
        )
        return
    now = plan_sessions.clock.now()
    for row in rows:
        backup = row.backup
        made = clock_words(backup.created_at, now) if backup.created_at is not None else NONE
        named = f"{shown(backup.name, 80)}  {backup.id}  {shown(backup.resource_name, 80)}  {made}"
        say(f"{going_words(row)}  {named}  {stay_words(row, rule)}".rstrip())


def _with_sessions(options: argparse.Namespace, choose: Choose) -> int:
    known: Sequence[Profile] = DEMO_PROFILES if options.demo else profiles_read(places())
    name = default_profile(options)
    with plan_sessions_of(options, [each for each in known if each.name == name]) as plan_sessions:
        if not plan_sessions.ledgers:
            remark(_("Say with --profile which profile the backups belong to."))
            return UNUSABLE
        return run_command(closing(plan_sessions, _deleted(plan_sessions, options, choose)))


async def _deleted(plan_sessions: PlanSessions, options: argparse.Namespace, choose: Choose) -> int:
    """Judge the deletions by fresh lists, have them confirmed, send them, and print what became of each."""
    since = plan_sessions.clock.now()
    if options.delete:
        arm_all(plan_sessions, options)
    with nothing_sent():
        await plan_sessions.read()
    ((profile, ledger),) = plan_sessions.ledgers.items()
    ids = choose(plan_sessions, ledger)
    if not options.delete or not ids:
        return GOOD
    if len(ids) > LIMIT:
        words = _("One batch takes {limit} at most; {count} are named. Nothing was sent.")
        return not_sent(options, {"subjects": list(ids)}, [words.format(limit=LIMIT, count=len(ids))], UNUSABLE)
    kind, items = kind_of(BackupDeletion), [Item(profile, BackupDeletion(id)) for id in ids]
    batch = judged(kind, items, plan_sessions.ledgers, (), plan_sessions.clock.now())
    told: dict[str, object] = {"change": str(kind), "subjects": list(ids)}
    problems = _problems(batch)
    if problems and not options.leave_out:
        wish = _("Nothing was sent. With --leave-out the others are sent.")
        return not_sent(options, told, [*problems, wish])
    for problem in problems:
        remark(sentences(problem, _("It is left out.")))
    left_out = {row.number for row in batch.blocked}
    batch = judged(kind, items, plan_sessions.ledgers, left_out, plan_sessions.clock.now())
    if not batch.sent:
        return not_sent(options, told, [_("Nothing is left to be done, and nothing was sent.")])
    as_of = counted_at(kind, plan_sessions.ledgers.values())
    if as_of is None or as_of < since:
        return not_sent(options, told, [_("What is lost could not be counted afresh, so nothing was sent.")])
    shares = await read_shares(plan_sessions.sessions[profile], batch.blast)
    for _mark, sentence in consequence_lines(batch.blast, plan_sessions.clock.now(), shares, batch.sums):
        remark(sentence)
    for finding in batch.findings:
        remark(finding_sentence(finding))
    code, reason = _confirmed(plan_sessions, batch, options)
    if code:
        return not_sent(options, told, [reason], code)
    plan = plan_of(batch, batch_words(kind, len(batch.sent)))
    begun = prepared(plan, new_intent_id(), plan_sessions.ledgers, profile, plan_sessions.clock.now())
    if is_behind(plan_sessions, begun, options):
        return BAD
    plan_sessions.runs.keep(begun)
    return await followed(plan_sessions, begun, options)


def _problems(batch: Batch) -> list[str]:
    """Return what the service would refuse, each with what it is about."""
    found = []
    for row in batch.blocked:
        about = typed_words(row.subject.type, shown(row.subject.label, 80)) if row.subject is not None else ""
        said = [finding_sentence(each) for each in row.findings if each.severity is Severity.BLOCK]
        found.append(_("{about}: {problem}").format(about=about, problem=sentences(*said)))
    return found


def _confirmed(plan_sessions: PlanSessions, batch: Batch, options: argparse.Namespace) -> tuple[int, str]:
    """Have a batch confirmed by its name, by ``--yes`` or at the terminal; return 0, or the exit code and why not."""
    why, typed = why_named(batch, plan_sessions.ledgers), name_of(batch)
    is_asked = is_typed(sys.stdin)
    title = batch_words(batch.kind, len(batch.sent))
    if why is not None and typed is not None:
        wish = typed_wish(typed, len(batch.sent))
        if options.name is None and is_asked:
            remark(grave_sentence(why))
            options.name = answer(f"{wish} ")
        if options.name is not None and typed.is_met_by(options.name):
            return 0, ""
        wrong = _("Say that name with --name. Nothing was sent.")
        return (BAD if options.name else UNUSABLE), sentences(grave_sentence(why), wish, wrong)
    return said_yes(options, title)
