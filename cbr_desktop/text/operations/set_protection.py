"""The words of suspending the automatic backup of resources, and of letting it go on."""

from cbr_desktop.domain.association import RESUME
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.domain.request import content_of
from cbr_desktop.text.catalogue import _, ngettext
from cbr_desktop.text.operations.words import (
    PlanWords,
    Words,
    resources_report,
    resources_request,
    resources_words,
    subject_name,
)
from cbr_desktop.text.states import counted


def _is_resuming(intent: Intent) -> bool:
    return content_of(intent.body).get("action") == RESUME


def _outcome(intent: Intent, outcome: Outcome) -> str:
    resumed = ngettext(
        "Resumed: policies back up {resources} in vault {vault} again.",
        "Resumed: policies back up {resources} in vault {vault} again.",
        outcome.total,
    )
    suspended = ngettext(
        "Suspended: policies leave {resources} in vault {vault} out until it is resumed. Its backups stay.",
        "Suspended: policies leave {resources} in vault {vault} out until they are resumed. Their backups stay.",
        outcome.total,
    )
    return (resumed if _is_resuming(intent) else suspended).format(
        resources=resources_words(intent), vault=subject_name(intent)
    )


def _either(resumed: str, suspended: str, intent: Intent) -> str:
    """Return what is said of a request, by what it asks for."""
    return resources_request(resumed if _is_resuming(intent) else suspended, intent)


def _looking(intent: Intent) -> str:
    return resources_request(
        _(
            "Reading in vault {vault} whether policies treat {resources} as asked for. If not, it is sent again by"
            " itself, at most twice, while your confirmation is fresh."
        ),
        intent,
    )


def _untraceable(intent: Intent, until: str) -> str:
    return _("Vault {vault} showed no change of {resources} by {until}; most likely it was never carried out.").format(
        vault=subject_name(intent), resources=resources_words(intent), until=until
    )


def set_protection() -> Words:
    """Return the words of suspending the automatic backup of resources, and of letting it go on."""
    title = _("Suspend or resume automatic backup")
    return Words(
        title=title,
        thing=_("resource"),
        things=_("resources"),
        thing_title=_("Resource"),
        id_title=_("Vault id"),
        place=_("the resources of the vault"),
        refused=_("Refused; policies treat the resources as before."),
        taken_back=_("Taken back before it was sent; policies treat the resources as before."),
        found=_("The answer had been lost; reading has shown that the resources stand as asked for."),
        accepted=_("Accepted; the resources stand as asked for."),
        running=_("Being set"),
        done=_("Set"),
        partly=_("Partly set"),
        failed=_("Not set"),
        line=_("Resource"),
        lines=_("Resources"),
        twice=_("If the first one came late after all, the second one asks for the same once more, which is the same."),
        name=lambda intent: _either(_("Resume {resources}"), _("Suspend {resources}"), intent),
        request=lambda intent: _either(
            _("Request {id} to resume the automatic backup of {resources} in vault {vault}"),
            _("Request {id} to suspend the automatic backup of {resources} in vault {vault}"),
            intent,
        ),
        request_inside=lambda intent: _either(
            _("request {id} to resume the automatic backup of {resources} in vault {vault}"),
            _("request {id} to suspend the automatic backup of {resources} in vault {vault}"),
            intent,
        ),
        unproved_request=lambda intent: _either(
            _("The request to resume the automatic backup of {resources} in vault {vault}"),
            _("The request to suspend the automatic backup of {resources} in vault {vault}"),
            intent,
        ),
        sought=lambda intent: resources_request(_("{resources} in vault {vault}, whether suspended"), intent),
        searched=lambda intent: _("vault {vault}").format(vault=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=lambda intent: resources_report(words_title(intent), intent),
        plan=PlanWords(
            whole=_("Finished: everything is set"),
            part=_("Ended: only a part is set"),
            none=_("Ended: nothing is set"),
            partly=_("Partly set"),
            nothing=_("Nothing set"),
            without=lambda count: counted("{count} with nothing set", "{count} with nothing set", count),
        ),
        fates={Fate.DONE: _("Done")},
    )


def words_title(intent: Intent) -> str:
    """Return what a request does, as something to be done."""
    return _("Resume automatic backup") if _is_resuming(intent) else _("Suspend automatic backup")
