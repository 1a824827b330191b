"""The words of removing a policy from a vault."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, policy_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown


def _looking(intent: Intent) -> str:
    return _(
        "Reading whether vault {vault} still has policy {policy}. If it has, the removal is sent again by itself,"
        " at most twice, while your confirmation is fresh."
    ).format(policy=policy_name(intent), vault=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _("Vault {vault} still had policy {policy} at {until}; most likely it was never carried out.").format(
        policy=policy_name(intent), vault=subject_name(intent), until=until
    )


def _outcome(intent: Intent, _result: Outcome) -> str:
    return _(
        "Removed: vault {vault} is not backed up by policy {policy} any more. Its backups stay, or expire as they"
        " were to."
    ).format(policy=policy_name(intent), vault=subject_name(intent))


def _report(intent: Intent) -> list[str]:
    return [
        _("Remove policy: {name}").format(name=shown(intent.name)),
        _("Vault: {name} ({id})").format(name=known_name(intent), id=intent.subject.id),
    ]


def remove_policy() -> Words:
    """Return the words of removing a policy from a vault."""
    return Words(
        title=_("Remove policy"),
        thing=_("vault"),
        things=_("vaults"),
        thing_title=_("Vault"),
        id_title=_("Vault id"),
        place=_("the policy of the vault"),
        refused=_("Refused; the vault still has the policy."),
        taken_back=_("Taken back before it was sent; the vault still has the policy."),
        found=_("The answer had been lost; reading has shown that the vault does not have the policy any more."),
        accepted=_("Accepted; the policy is removed from the vault."),
        running=_("Removing"),
        done=_("Removed"),
        partly=_("Partly removed"),
        failed=_("Not removed"),
        line=_("Vault"),
        lines=_("Vaults"),
        twice=_("If the first one came late after all, the second one finds the policy removed, which is the same."),
        name=lambda intent: _("Remove policy {name}").format(name=shown(intent.name, 64)),
        request=lambda intent: _("Request {id} to remove policy {policy} from vault {vault}").format(
            id=short_id(intent), policy=policy_name(intent), vault=subject_name(intent)
        ),
        request_inside=lambda intent: _("request {id} to remove policy {policy} from vault {vault}").format(
            id=short_id(intent), policy=policy_name(intent), vault=subject_name(intent)
        ),
        unproved_request=lambda intent: _("The request to remove policy {policy} from vault {vault}").format(
            policy=policy_name(intent), vault=subject_name(intent)
        ),
        sought=lambda intent: _("policy {policy} at vault {vault}").format(
            policy=policy_name(intent), vault=subject_name(intent)
        ),
        searched=lambda _intent: _("the policies of the project"),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=_report,
        batch=lambda count: counted("Remove policy from {count} vault", "Remove policy from {count} vaults", count),
        plan=PlanWords(
            whole=_("Finished: everything is removed"),
            part=_("Ended: only a part is removed"),
            none=_("Ended: nothing is removed"),
            partly=_("Partly removed"),
            nothing=_("Nothing removed"),
            without=lambda count: counted("{count} with nothing removed", "{count} with nothing removed", count),
        ),
        fates={Fate.DONE: _("Removed")},
    )
