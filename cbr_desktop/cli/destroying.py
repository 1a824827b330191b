"""What a command wants before it destroys or overwrites something."""

import sys
from argparse import Namespace
from collections.abc import Iterable
from datetime import datetime

from cbr_desktop.app.session import ProfileSession
from cbr_desktop.app.terminal import is_typed
from cbr_desktop.cli.output import answer, problem_sentence
from cbr_desktop.cli.tables import BAD, UNUSABLE
from cbr_desktop.domain.blast import NameCheck, destroys, grave, name_to_type, wants_reason
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.intent import Approval
from cbr_desktop.domain.plan import Plan, Step
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.consequences import grave_sentence
from cbr_desktop.text.states import quoted
from cbr_desktop.workflows.documents import uncounted_part
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.plan import uncounted, why_named


def obstacle(
    session: ProfileSession, change: Change, typed: str | None, since: datetime, approval: Approval | None = None
) -> str:
    """Return why a change is not sent that destroys or overwrites something, empty when nothing keeps it.

    What is lost must have been counted by lists that were read after ``since``, and on production ``typed`` must be
    its name; of what is overwritten it must be that everywhere, and ``approval`` must say why.
    """
    operation = OPERATIONS[change.kind]
    if not destroys(operation.effect):
        return ""
    part = uncounted_part(operation, session.ledger, since, change)
    if part is not None:
        opened = session.ledger.opened.get(operation.opens(change) or BackupId(""))
        return _uncounted_words(part, session.ledger, opened.error if opened is not None else None)
    wanted = quoted(name_to_type(change.subject), 80)
    if wants_reason(operation.effect):
        if typed != name_to_type(change.subject):
            return _("Name what is written over by --name, which is {wanted}. Nothing was sent.").format(wanted=wanted)
        if approval is None or not approval.reason.strip():
            return _("Say by --reason why it is written over. Nothing was sent.")
        return ""
    why = grave(operation.effect, session.profile.environment, operation.blast(change, session.ledger))
    if why is None or typed == name_to_type(change.subject):
        return ""
    words = {
        NameCheck.BINDING: _("This can never be undone: confirm it by --name, which is {wanted}."),
        NameCheck.PRODUCTION: _("Profile {profile} is production: name what is lost by --name, which is {wanted}."),
        NameCheck.LAST: _(
            "It leaves a resource without a good backup: name what is lost by --name, which is {wanted}."
        ),
    }
    return words[why].format(profile=quoted(session.profile.name, 60), wanted=wanted)


def said_yes(options: Namespace, title: str) -> tuple[int, str]:
    """Have what cannot be taken back confirmed by ``--yes`` or at the terminal.

    Returns 0, or the exit code and why it is not confirmed. ``title`` names what is done.
    """
    if options.yes:
        return 0, ""
    if not is_typed(sys.stdin):
        return UNUSABLE, _("{title}: nobody can be asked here. Say --yes to confirm it. Nothing was sent.").format(
            title=title
        )
    said = answer(_("{title}? It cannot be taken back. Type yes to go on: ").format(title=title))
    return (0, "") if said.strip().lower() == "yes" else (BAD, _("Not confirmed. Nothing was sent."))


def approval_in(options: Namespace) -> Approval | None:
    """Return why something is overwritten and who approved that, as the command line says it."""
    return Approval(options.reason, options.approver or "") if getattr(options, "reason", None) else None


def plan_obstacle(plan: Plan, steps: Iterable[tuple[Step, Ledger]], typed: str | None, since: datetime) -> str:
    """Return why a plan is not run of which ``steps`` destroy or overwrite something; ``typed`` must be its name."""
    held = list(steps)
    found = uncounted(held, since)
    if found is not None:
        step, part, ledger = found
        return _("Step {number}: {sentence}").format(number=step.number, sentence=_uncounted_words(part, ledger))
    why = why_named(held)
    if why is None or (plan.name and typed == plan.name):
        return ""
    if not plan.name:
        return sentences(grave_sentence(why), _("The plan has no name to confirm that by. Give it one."))
    wish = _("Name the plan by --name, which is {plan}.").format(plan=quoted(plan.name, 80))
    return sentences(grave_sentence(why), wish)


def _uncounted_words(part: Part, ledger: Ledger, error: CbrError | None = None) -> str:
    error = ledger.freshness[part].error or error
    uncounted = _("What is lost could not be counted afresh, so nothing was sent.")
    return sentences(uncounted, problem_sentence(error) if error is not None else "")
