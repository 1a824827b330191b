"""The words of applying a policy to a vault."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, policy_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown


def _looking(intent: Intent) -> str:
    return _(
        "Reading whether policy {policy} is applied to vault {vault}. If it is not, it is sent again by itself,"
        " at most twice, while your confirmation is fresh."
    ).format(policy=policy_name(intent), vault=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _(
        "Policy {policy} was not applied to vault {vault} by {until}; most likely it was never carried out."
    ).format(policy=policy_name(intent), vault=subject_name(intent), until=until)


def _report(intent: Intent) -> list[str]:
    return [
        _("Apply policy: {name}").format(name=shown(intent.name)),
        _("Vault: {name} ({id})").format(name=known_name(intent), id=intent.subject.id),
    ]


def apply_policy() -> Words:
    """Return the words of applying a policy to a vault."""
    return Words(
        title=_("Apply policy"),
        thing=_("vault"),
        things=_("vaults"),
        thing_title=_("Vault"),
        id_title=_("Vault id"),
        place=_("the policy of the vault"),
        refused=_("Refused; the vault has the policy that it had, or none."),
        taken_back=_("Taken back before it was sent; the vault has the policy that it had, or none."),
        found=_("The answer had been lost; reading has shown that the policy is applied to the vault."),
        accepted=_("Accepted; the policy is applied to the vault."),
        running=_("Applying"),
        done=_("Applied"),
        partly=_("Partly applied"),
        failed=_("Not applied"),
        line=_("Vault"),
        lines=_("Vaults"),
        twice=_(
            "If the first one came late after all, the second one applies the same policy once more, which is the same."
        ),
        name=lambda intent: _("Apply policy {name}").format(name=shown(intent.name, 64)),
        request=lambda intent: _("Request {id} to apply policy {policy} to vault {vault}").format(
            id=short_id(intent), policy=policy_name(intent), vault=subject_name(intent)
        ),
        request_inside=lambda intent: _("request {id} to apply policy {policy} to vault {vault}").format(
            id=short_id(intent), policy=policy_name(intent), vault=subject_name(intent)
        ),
        unproved_request=lambda intent: _("The request to apply policy {policy} to vault {vault}").format(
            policy=policy_name(intent), vault=subject_name(intent)
        ),
        sought=lambda intent: _("policy {policy} at vault {vault}").format(
            policy=policy_name(intent), vault=subject_name(intent)
        ),
        searched=lambda _intent: _("the policies of the project"),
        looking=_looking,
        untraceable=_untraceable,
        outcome=lambda intent, _outcome: _("Applied: vault {vault} has policy {policy} now.").format(
            policy=policy_name(intent), vault=subject_name(intent)
        ),
        report=_report,
        batch=lambda count: counted("Apply policy to {count} vault", "Apply policy to {count} vaults", count),
        plan=PlanWords(
            whole=_("Finished: everything is applied"),
            part=_("Ended: only a part is applied"),
            none=_("Ended: nothing is applied"),
            partly=_("Partly applied"),
            nothing=_("Nothing applied"),
            without=lambda count: counted("{count} with nothing applied", "{count} with nothing applied", count),
        ),
        fates={Fate.DONE: _("Applied")},
    )
