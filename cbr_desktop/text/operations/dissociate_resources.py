"""The words of dissociating resources from a vault."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _, ngettext, sentences
from cbr_desktop.text.operations.words import (
    PlanWords,
    Words,
    resources_report,
    resources_request,
    resources_words,
    running_tally,
    subject_name,
    tally,
)
from cbr_desktop.text.states import counted


def _outcome(intent: Intent, outcome: Outcome) -> str:
    vault, resources = subject_name(intent), resources_words(intent)
    if outcome.count(Fate.DONE) == outcome.total:
        return ngettext(
            "Dissociated: {resources} is out of vault {vault}, and its backups there are gone for good.",
            "Dissociated: {resources} are out of vault {vault}, and their backups there are gone for good.",
            outcome.total,
        ).format(resources=resources, vault=vault)
    if not outcome.is_over:
        return sentences(
            _("The service is taking {resources} out of vault {vault}, and deletes the backups there.").format(
                resources=resources, vault=vault
            ),
            _("So far: {tally}.").format(tally=running_tally(outcome)) if outcome.total > 1 else "",
        )
    return _("Not all of it is done: {tally}. What is left in vault {vault} keeps the backups that are left.").format(
        tally=tally(outcome), vault=vault
    )


def _looking(intent: Intent) -> str:
    return resources_request(
        _(
            "Reading whether vault {vault} still holds {resources}. If so, it is sent again by itself, at most twice,"
            " while your confirmation is fresh."
        ),
        intent,
    )


def _untraceable(intent: Intent, until: str) -> str:
    return _("Vault {vault} still held {resources} at {until}; most likely it was never carried out.").format(
        vault=subject_name(intent), resources=resources_words(intent), until=until
    )


def dissociate_resources() -> Words:
    """Return the words of dissociating resources from a vault."""
    title = _("Dissociate resources")
    return Words(
        title=title,
        thing=_("resource"),
        things=_("resources"),
        thing_title=_("Resource"),
        id_title=_("Vault id"),
        place=_("the vault"),
        refused=_("Refused as a whole: the resources and their backups are still in the vault."),
        taken_back=_("Taken back before it was sent; the resources and their backups are still in the vault."),
        found=_(
            "The answer had been lost; reading has shown that the resources are out of the vault, or on their way."
        ),
        accepted=_("Accepted; the service is taking the resources out of the vault."),
        running=_("Dissociating"),
        done=_("Dissociated"),
        partly=_("Partly dissociated"),
        failed=_("Not dissociated"),
        line=_("Resource"),
        lines=_("Resources"),
        twice=_(
            "If the first one came late after all, the resources are out of the vault, and the second one is refused."
        ),
        name=lambda intent: _("Dissociate {resources}").format(resources=resources_words(intent)),
        request=lambda intent: resources_request(
            _("Request {id} to dissociate {resources} from vault {vault}"), intent
        ),
        request_inside=lambda intent: resources_request(
            _("request {id} to dissociate {resources} from vault {vault}"), intent
        ),
        unproved_request=lambda intent: resources_request(
            _("The request to dissociate {resources} from vault {vault}"), intent
        ),
        sought=lambda intent: resources_request(_("{resources} in vault {vault}, whether still there"), intent),
        searched=lambda intent: _("vault {vault}").format(vault=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=lambda intent: resources_report(title, intent),
        plan=PlanWords(
            whole=_("Finished: everything is dissociated"),
            part=_("Ended: only a part is dissociated"),
            none=_("Ended: nothing is dissociated"),
            partly=_("Partly dissociated"),
            nothing=_("Nothing dissociated"),
            without=lambda count: counted(
                "{count} with nothing dissociated", "{count} with nothing dissociated", count
            ),
        ),
        fates={
            Fate.RUNNING: _("Being removed"),
            Fate.DONE: _("Dissociated"),
            Fate.FAILED: _("Not dissociated"),
            Fate.UNCERTAIN: _("Still in the vault"),
        },
        remedies={
            Fate.FAILED: _("Look at the task of its removal, then dissociate it again."),
            Fate.UNCERTAIN: _("Refresh, and look whether the vault still holds it."),
        },
    )
