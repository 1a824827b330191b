"""The words of the creation of a vault."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.operations.words import PlanWords, Words, short_id
from cbr_desktop.text.states import counted, quoted, shown


def _name(intent: Intent) -> str:
    return quoted(intent.name, 64)


def _outcome(_intent: Intent, outcome: Outcome) -> str:
    if outcome.is_whole:
        return _("Created, with all that it was to hold.")
    if outcome.count(Fate.RUNNING):
        return _("Created; reading what it holds.")
    left = counted(
        "{count} resource is not in it: associate it.",
        "{count} resources are not in it: associate them.",
        outcome.total - outcome.count(Fate.DONE),
    )
    return sentences(_("Created."), left)


def _looking(intent: Intent) -> str:
    return _(
        "Looking for vault {name} among those made since. If it is not there, the request is sent again by itself, at"
        " most twice, while your confirmation is fresh."
    ).format(name=_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _("Vault {name} was not there at {until}; most likely it was never created.").format(
        name=_name(intent), until=until
    )


def create_vault() -> Words:
    """Return the words of the creation of a vault."""
    return Words(
        title=_("Create vault"),
        thing=_("vault"),
        things=_("vaults"),
        thing_title=_("Vault"),
        id_title=_("Vault id"),
        place=_("the vaults of the project"),
        refused=_("Refused; no vault was created."),
        taken_back=_("Taken back before it was sent; no vault was created."),
        found=_("The answer had been lost; reading has shown that the vault was created."),
        accepted=_("Accepted; the vault is created."),
        running=_("Being created"),
        done=_("Created"),
        partly=_("Created in part"),
        failed=_("Not created"),
        line=_("Vault"),
        lines=_("What it was to hold"),
        twice=_("If the first one came late after all, there are two vaults of that name then, and both are billed."),
        name=lambda intent: _("Create vault {name}").format(name=shown(intent.name, 64)),
        request=lambda intent: _("Request {id} to create vault {name}").format(id=short_id(intent), name=_name(intent)),
        request_inside=lambda intent: _("request {id} to create vault {name}").format(
            id=short_id(intent), name=_name(intent)
        ),
        unproved_request=lambda intent: _("The request to create vault {name}").format(name=_name(intent)),
        sought=lambda intent: _("vault {name} among those made since").format(name=_name(intent)),
        searched=lambda _intent: _("the vaults of the project"),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=lambda intent: [_("Create vault: {name}").format(name=shown(intent.name))],
        plan=PlanWords(
            whole=_("Finished: everything is created"),
            part=_("Ended: only a part is created"),
            none=_("Ended: nothing is created"),
            partly=_("Partly created"),
            nothing=_("Nothing created"),
            without=lambda count: counted("{count} with nothing created", "{count} with nothing created", count),
        ),
        fates={Fate.DONE: _("Done"), Fate.UNCERTAIN: _("Not in the vault")},
        remedies={Fate.UNCERTAIN: _("Look whether it is in another vault, then associate it.")},
    )
