"""What a command wants before it destroys or overwrites something."""

from collections.abc import Iterable
from datetime import datetime

from cbr_desktop.app.session import ProfileSession
from cbr_desktop.cli.output import problem_sentence
from cbr_desktop.domain.blast import destroys, name_to_type, wants_typed_name
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.plan import Plan, Step
from cbr_desktop.domain.profile import Environment
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.states import quoted
from cbr_desktop.workflows.documents import uncounted_part
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.plan import on_production, uncounted, wants_name


def obstacle(session: ProfileSession, change: Change, typed: str | None, since: datetime) -> str:
    """Return why a change is not sent that destroys or overwrites something, empty when nothing keeps it.

    What is lost must have been counted by lists that were read after ``since``, and on production ``typed`` must be
    its name.
    """
    operation = OPERATIONS[change.kind]
    if not destroys(operation.effect):
        return ""
    part = uncounted_part(operation, session.ledger, since)
    if part is not None:
        return _uncounted_words(part, session.ledger)
    wanted = name_to_type(change.subject)
    if wants_typed_name(operation.effect, session.profile.environment) and typed != wanted:
        if session.profile.environment is not Environment.PRODUCTION:
            return _("This can never be undone: confirm it by --name, which is {wanted}.").format(
                wanted=quoted(wanted, 80)
            )
        profile = quoted(session.profile.name, 60)
        return _("Profile {profile} is production: name what is lost by --name, which is {wanted}.").format(
            profile=profile, wanted=quoted(wanted, 80)
        )
    return ""


def plan_obstacle(plan: Plan, steps: Iterable[tuple[Step, Ledger]], typed: str | None, since: datetime) -> str:
    """Return why a plan is not run of which ``steps`` destroy or overwrite something; ``typed`` must be its name."""
    held = list(steps)
    found = uncounted(held, since)
    if found is not None:
        step, part, ledger = found
        return _("Step {number}: {sentence}").format(number=step.number, sentence=_uncounted_words(part, ledger))
    if not wants_name(held):
        return ""
    if not on_production(held):
        if plan.name and typed == plan.name:
            return ""
        if not plan.name:
            return _("The plan does what can never be undone, and has no name to confirm that by. Give it one.")
        return _("The plan does what can never be undone: confirm it by --name, which is {plan}.").format(
            plan=quoted(plan.name, 80)
        )
    if not plan.name:
        return _("The plan destroys something on production, and has no name to confirm that by. Give it one.")
    if typed != plan.name:
        return _("The plan destroys something on production: name it by --name, which is {plan}.").format(
            plan=quoted(plan.name, 80)
        )
    return ""


def _uncounted_words(part: Part, ledger: Ledger) -> str:
    error = ledger.freshness[part].error
    uncounted = _("What is lost could not be counted afresh, so nothing was sent.")
    return sentences(uncounted, problem_sentence(error) if error is not None else "")
