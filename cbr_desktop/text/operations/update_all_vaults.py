"""The words of the change of threshold and notification of all vaults."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.operations.words import PlanWords, Words, short_id
from cbr_desktop.text.states import counted


def _outcome(_intent: Intent, outcome: Outcome) -> str:
    if outcome.is_whole:
        return _("Changed. All vaults of the project are as was asked for.")
    left = counted(
        "{count} vault is not as was asked for.",
        "{count} vaults are not as was asked for.",
        outcome.total - outcome.count(Fate.DONE),
    )
    return sentences(_("The service accepted it."), left)


def update_all_vaults() -> Words:
    """Return the words of the change of all vaults."""
    return Words(
        title=_("Change all vaults"),
        thing=_("vault"),
        things=_("vaults"),
        thing_title=_("Vaults"),
        id_title=_("Vault id"),
        place=_("the settings of all vaults"),
        refused=_("Refused; the vaults are as they were."),
        taken_back=_("Taken back before it was sent; the vaults are as they were."),
        found=_("The answer had been lost; reading has shown that all vaults are as was asked for."),
        accepted=_("Accepted; the vaults are changed."),
        running=_("Changing"),
        done=_("Changed"),
        partly=_("Partly changed"),
        failed=_("Not changed"),
        line=_("Vault"),
        lines=_("Vaults"),
        twice=_(
            "If the first one came late after all, the second one makes the vaults the same once more. What somebody"
            " else has changed of them meanwhile is undone by that."
        ),
        name=lambda _intent: _("Change all vaults"),
        request=lambda intent: _("Request {id} to change all vaults").format(id=short_id(intent)),
        request_inside=lambda intent: _("request {id} to change all vaults").format(id=short_id(intent)),
        unproved_request=lambda _intent: _("The request to change all vaults"),
        sought=lambda _intent: _("threshold and notification of all vaults"),
        searched=lambda _intent: _("the vaults of the project"),
        looking=lambda _intent: _(
            "Reading how the vaults of the project are. If one is as before, the change is sent again by itself, at"
            " most twice, while your confirmation is fresh."
        ),
        untraceable=lambda _intent, until: _(
            "The vaults were not as was asked for by {until}; most likely it was never carried out."
        ).format(until=until),
        outcome=_outcome,
        report=lambda _intent: [_("Change threshold or notification of all vaults of the project")],
        plan=PlanWords(
            whole=_("Finished: everything is changed"),
            part=_("Ended: only a part is changed"),
            none=_("Ended: nothing is changed"),
            partly=_("Partly changed"),
            nothing=_("Nothing changed"),
            without=lambda count: counted("{count} with nothing changed", "{count} with nothing changed", count),
        ),
        is_counted=True,
        fates={Fate.DONE: _("Changed"), Fate.UNCERTAIN: _("Not as asked for")},
        remedies={Fate.UNCERTAIN: _("Look at the vault; change it on its own if need be.")},
    )
