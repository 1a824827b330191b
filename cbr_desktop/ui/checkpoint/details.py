"""What the details say of a restore point."""

from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.restore_point import RestorePoint
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import mark
from cbr_desktop.text.restore_points import counts_hint, duration_cell, explain, left_words, maker_hint
from cbr_desktop.text.states import quoted, shown, state_words, status_words
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.ui.session.sheet import LINES, Relation, Sheet, activity
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.outcomes import outcome_of


def point_sheet(point: RestorePoint, ledger: Reading, times: Times) -> Sheet:
    """Return what is known of a restore point, with its backups, its request and its tasks."""
    vault = ledger.vaults.get(point.vault_id) if point.vault_id is not None else None
    facts = [
        (_("Vault"), point.vault_name or point.vault_id or NONE),
        (_("Resources"), counts_hint(point)),
        (_("Backups there are"), left_words(point)),
        (_("Started"), times.age_and_date(point.started_at)),
        (_("Ended"), times.age_and_date(point.ended_at)),
        (_("Duration"), duration_cell(point, times)),
        (_("By"), maker_hint(point, ledger.policies)),
        (_("Draft"), point.draft or NONE),
        ("ID", point.id),
    ]
    relations = []
    if vault is not None:
        relations.append(Relation(_("Vault: {name}").format(name=shown(vault.name, 80)), "Vaults", vault.id))
    if point.intent_id is not None:
        relations.append(Relation(_("Request of this program"), "Outbox", point.intent_id))
    if point.policy_id is not None and point.policy_id in ledger.policies:
        name = shown(ledger.policies[point.policy_id].name, 80)
        relations.append(Relation(_("Policy: {name}").format(name=name), "Policies", point.policy_id))
    backups = [each for each in ledger.backups.values() if each.checkpoint_id == point.id]
    relations += [
        Relation(
            _("Backup: {name} of {resource} – {status}").format(
                name=shown(each.name, 80),
                resource=shown(each.resource_name or each.resource_id, 80),
                status=state_words(each.status),
            ),
            "Backups",
            each.id,
        )
        for each in backups[:LINES]
    ]
    return Sheet(
        point.id,
        point.name or _("(no name)"),
        _("Checkpoint"),
        status_words(point.state),
        mark(point.state),
        explain(point),
        facts,
        [*relations, *_skipped(point, ledger)],
        activity(ledger.tasks_of(point.id), times),
        vault.id if vault is not None else None,
    )


def _skipped(point: RestorePoint, ledger: Reading) -> list[Relation]:
    """Return the resources that the service left out, with its reasons, as the answer to a request told them."""
    intent = ledger.intents.get(point.intent_id) if point.intent_id is not None else None
    outcome = outcome_of(ledger, intent) if intent is not None else None
    return [
        Relation(
            _("Skipped: {name} – {code} {reason}").format(
                name=shown(line.name or line.id, 80), code=shown(line.code, 40), reason=quoted(line.message, 120)
            ),
            "Resources",
            line.id,
        )
        for line in (outcome.resources if outcome is not None else ())
        if line.fate is Fate.SKIPPED
    ]
