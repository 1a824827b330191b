"""The words of migrating resources to another vault."""

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
    tally,
)
from cbr_desktop.text.states import counted


def _outcome(intent: Intent, outcome: Outcome) -> str:
    vault, resources = subject_name(intent), resources_words(intent)
    if outcome.count(Fate.DONE) == outcome.total:
        return ngettext(
            "Migrated: {resources} is in the other vault, with its backups from vault {vault}.",
            "Migrated: {resources} are in the other vault, with their backups from vault {vault}.",
            outcome.total,
        ).format(resources=resources, vault=vault)
    if not outcome.is_over:
        return _("The service is moving {resources} and the backups out of vault {vault}.").format(
            resources=resources, vault=vault
        )
    return _("Not all of it is done: {tally}. What has not moved is in vault {vault} as before.").format(
        tally=tally(outcome), vault=vault
    )


def _looking(intent: Intent) -> str:
    return resources_request(
        _(
            "Reading whether vault {vault} still holds {resources}, and no task moves them. If so, it is sent again by"
            " itself, at most twice, while your confirmation is fresh."
        ),
        intent,
    )


def _untraceable(intent: Intent, until: str) -> str:
    return _("Vault {vault} still held {resources} at {until}; most likely it was never carried out.").format(
        vault=subject_name(intent), resources=resources_words(intent), until=until
    )


def migrate_resources() -> Words:
    """Return the words of migrating resources to another vault."""
    title = _("Migrate resources")
    return Words(
        title=title,
        thing=_("resource"),
        things=_("resources"),
        thing_title=_("Resource"),
        id_title=_("Vault id"),
        place=_("the vault"),
        refused=_("Refused as a whole: the resources and their backups are where they were."),
        taken_back=_("Taken back before it was sent; the resources and their backups are where they were."),
        found=_("The answer had been lost; reading has shown that the resources have moved, or are on their way."),
        accepted=_("Accepted; the service is moving the resources with their backups."),
        running=_("Migrating"),
        done=_("Migrated"),
        partly=_("Partly migrated"),
        failed=_("Not migrated"),
        line=_("Resource"),
        lines=_("Resources"),
        twice=_(
            "If the first one came late after all, the second one is refused, since the resources have moved then."
        ),
        name=lambda intent: _("Migrate {resources}").format(resources=resources_words(intent)),
        request=lambda intent: resources_request(_("Request {id} to migrate {resources} out of vault {vault}"), intent),
        request_inside=lambda intent: resources_request(
            _("request {id} to migrate {resources} out of vault {vault}"), intent
        ),
        unproved_request=lambda intent: resources_request(
            _("The request to migrate {resources} out of vault {vault}"), intent
        ),
        sought=lambda intent: resources_request(_("{resources}, whether still in vault {vault}"), intent),
        searched=lambda intent: _("vault {vault} and the one that they move to").format(vault=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=lambda intent: resources_report(title, intent),
        plan=PlanWords(
            whole=_("Finished: everything is migrated"),
            part=_("Ended: only a part is migrated"),
            none=_("Ended: nothing is migrated"),
            partly=_("Partly migrated"),
            nothing=_("Nothing migrated"),
            without=lambda count: counted("{count} with nothing migrated", "{count} with nothing migrated", count),
        ),
        fates={
            Fate.RUNNING: _("On its way"),
            Fate.DONE: _("Migrated"),
            Fate.FAILED: _("Not migrated"),
            Fate.UNCERTAIN: _("Not seen to have moved"),
        },
        remedies={
            Fate.FAILED: _("Look at the task of its migration, then migrate it again."),
            Fate.UNCERTAIN: _("Refresh, and look in which vault it is."),
        },
    )
