"""The words of the change of a vault."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown


def _outcome(_intent: Intent, outcome: Outcome) -> str:
    if outcome.count(Fate.DONE):
        return _("Changed. The vault is as it was asked for.")
    if outcome.count(Fate.RUNNING):
        return _("Changed; the service is giving the vault its new size. Backups go on meanwhile.")
    if outcome.count(Fate.FAILED):
        return _("The service accepted it, but the vault is in error now. Look at it in the console.")
    return _("The service accepted it, but the vault is gone now.")


def _looking(intent: Intent) -> str:
    return _(
        "Reading how vault {name} is. If it is as before, the change is sent again by itself, at most twice,"
        " while your confirmation is fresh."
    ).format(name=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _("Vault {name} was not as it was asked for by {until}; most likely it was never carried out.").format(
        name=subject_name(intent), until=until
    )


def _report(intent: Intent) -> list[str]:
    return [_("Change vault: {name} ({id})").format(name=known_name(intent), id=intent.subject.id)]


def update_vault() -> Words:
    """Return the words of the change of a vault."""
    return Words(
        title=_("Change vault"),
        thing=_("vault"),
        things=_("vaults"),
        thing_title=_("Vault"),
        id_title=_("Vault id"),
        place=_("the settings of the vault"),
        refused=_("Refused; the vault is as it was."),
        taken_back=_("Taken back before it was sent; the vault is as it was."),
        found=_("The answer had been lost; reading has shown that the vault is as it was asked for."),
        accepted=_("Accepted; the vault is changed."),
        running=_("Changing"),
        done=_("Changed"),
        partly=_("Partly changed"),
        failed=_("Not changed"),
        line=_("Vault"),
        lines=_("Vaults"),
        twice=_(
            "If the first one came late after all, the second one makes the vault the same once more. What somebody"
            " else has changed of it meanwhile is undone by that."
        ),
        name=lambda intent: _("Change vault {name}").format(name=shown(intent.subject.label, 64)),
        request=lambda intent: _("Request {id} to change vault {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        request_inside=lambda intent: _("request {id} to change vault {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        unproved_request=lambda intent: _("The request to change vault {name}").format(name=subject_name(intent)),
        sought=lambda intent: _("what was changed of vault {name}").format(name=subject_name(intent)),
        searched=lambda intent: _("vault {name}").format(name=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=_report,
        plan=PlanWords(
            whole=_("Finished: everything is changed"),
            part=_("Ended: only a part is changed"),
            none=_("Ended: nothing is changed"),
            partly=_("Partly changed"),
            nothing=_("Nothing changed"),
            without=lambda count: counted("{count} with nothing changed", "{count} with nothing changed", count),
        ),
        fates={Fate.RUNNING: _("Being resized"), Fate.DONE: _("Changed"), Fate.FAILED: _("In error")},
        remedies={Fate.FAILED: _("Look at the vault in the console.")},
        batch=lambda count: counted("Change {count} vault", "Change {count} vaults", count),
    )
