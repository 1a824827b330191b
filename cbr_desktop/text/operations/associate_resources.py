"""The words of associating resources with a vault."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _, ngettext
from cbr_desktop.text.operations.words import (
    PlanWords,
    Words,
    resources_report,
    resources_request,
    resources_words,
    subject_name,
)
from cbr_desktop.text.states import counted, grouped


def _outcome(intent: Intent, outcome: Outcome) -> str:
    done = outcome.count(Fate.DONE)
    if done == outcome.total:
        return ngettext(
            "Associated: vault {vault} holds {resources}, which has no backup there so far.",
            "Associated: vault {vault} holds {resources}, which have no backups there so far.",
            done,
        ).format(vault=subject_name(intent), resources=resources_words(intent))
    return _("The service has accepted it; vault {vault} shows {done} of {total} so far.").format(
        vault=subject_name(intent), done=grouped(done), total=grouped(outcome.total)
    )


def _looking(intent: Intent) -> str:
    return resources_request(
        _(
            "Reading whether vault {vault} holds {resources}. If not, it is sent again by itself, at most twice, while"
            " your confirmation is fresh; what is in the vault already is not put in twice."
        ),
        intent,
    )


def _untraceable(intent: Intent, until: str) -> str:
    return _("Vault {vault} did not show {resources} by {until}; most likely it was never carried out.").format(
        vault=subject_name(intent), resources=resources_words(intent), until=until
    )


def associate_resources() -> Words:
    """Return the words of associating resources with a vault."""
    title = _("Associate resources")
    return Words(
        title=title,
        thing=_("resource"),
        things=_("resources"),
        thing_title=_("Resource"),
        id_title=_("Vault id"),
        place=_("the resources of the vault"),
        refused=_("Refused as a whole: the request has associated nothing."),
        taken_back=_("Taken back before it was sent; nothing is associated by it."),
        found=_("The answer had been lost; reading has shown that the resources are in the vault."),
        accepted=_("Accepted; the vault is going to show its new resources."),
        running=_("Associating"),
        done=_("Associated"),
        partly=_("Partly associated"),
        failed=_("Not associated"),
        line=_("Resource"),
        lines=_("Resources"),
        twice=_("If the first one came late after all, the second one is refused, since the resources are there then."),
        name=lambda intent: _("Associate {resources}").format(resources=resources_words(intent)),
        request=lambda intent: resources_request(_("Request {id} to associate {resources} with vault {vault}"), intent),
        request_inside=lambda intent: resources_request(
            _("request {id} to associate {resources} with vault {vault}"), intent
        ),
        unproved_request=lambda intent: resources_request(
            _("The request to associate {resources} with vault {vault}"), intent
        ),
        sought=lambda intent: resources_request(_("{resources} in vault {vault}"), intent),
        searched=lambda intent: _("vault {vault}").format(vault=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=lambda intent: resources_report(title, intent),
        plan=PlanWords(
            whole=_("Finished: everything is associated"),
            part=_("Ended: only a part is associated"),
            none=_("Ended: nothing is associated"),
            partly=_("Partly associated"),
            nothing=_("Nothing associated"),
            without=lambda count: counted("{count} with nothing associated", "{count} with nothing associated", count),
        ),
        fates={Fate.DONE: _("Associated"), Fate.UNCERTAIN: _("Not shown by the vault")},
        remedies={Fate.UNCERTAIN: _("Refresh, and look whether the vault shows it now.")},
    )
