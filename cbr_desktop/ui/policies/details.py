"""What the details say of a policy."""

from cbr_desktop.domain.policy import Policy
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.schedules import (
    full_interval_words,
    next_run_words,
    policy_destination_words,
    retention_words,
    schedule_words,
)
from cbr_desktop.text.states import shown
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.ui.policies.page import local_offset, policy_mark, policy_state, policy_type
from cbr_desktop.ui.session.sheet import Relation, Sheet, activity
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.timetable import next_run


def policy_sheet(policy: Policy, ledger: Reading, times: Times) -> Sheet:
    """Return what is known of a policy, and the vaults that it is applied to."""
    region = next((member.profile.region for member in ledger.members if policy.id in member.policies), "")
    facts = [
        (_("Type"), policy_type(policy)),
        (_("Runs"), schedule_words(policy.patterns, local_offset(times))),
        (_("Next run"), next_run_words(next_run(policy, times.now()), times, region)),
        (_("Keeps"), retention_words(policy)),
        (_("Full backups"), full_interval_words(policy)),
        (_("Vaults"), str(len(policy.vault_ids) or NONE)),
        (_("Made"), times.age_and_date(policy.started_at)),
        ("ID", policy.id),
    ]
    if policy_destination_words(policy):
        facts.insert(5, (_("Replicates to"), policy_destination_words(policy)))
    known = ledger.vaults
    relations = [
        Relation(_("Vault: {name}").format(name=shown(known[id].name if id in known else id, 80)), "Vaults", id)
        for id in policy.vault_ids
    ]
    explanation = (
        _("It is applied to no vault, so it does nothing.")
        if not policy.vault_ids
        else _("It runs by its schedule.")
        if policy.enabled
        else _("It is disabled, so it does nothing.")
    )
    return Sheet(
        policy.id,
        policy.name,
        _("Policy"),
        policy_state(policy),
        policy_mark(policy),
        explanation,
        facts,
        relations,
        activity([task for task in ledger.tasks.values() if task.policy_id == policy.id], times),
        None,
    )
