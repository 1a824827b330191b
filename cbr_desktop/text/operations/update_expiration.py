"""The words of the change of the day on which the backups of a vault expire."""

from cbr_desktop.domain.expiration import read_expiration
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown


def _day(intent: Intent) -> str:
    """Return the day that a request asks for, with its zone."""
    draft = read_expiration(intent.body, VaultId(intent.subject.id))
    if draft is None:
        return _("a day that cannot be read")
    return _("{day} ({zone})").format(day=shown(draft.day, 20), zone=shown(draft.zone, 20))


def _outcome(intent: Intent, outcome: Outcome) -> str:
    if outcome.count(Fate.DONE):
        return _("Changed: the backups that were in the vault expire on {day}.").format(day=_day(intent))
    if outcome.count(Fate.RUNNING):
        return _("Accepted; the service is changing when the backups expire.")
    if outcome.status == "partly":
        return _(
            "Only a part is changed: some backups of the vault do not expire on {day}. Look at when they expire on the"
            " Backups page."
        ).format(day=_day(intent))
    return _("The service accepted it, but no backup of the vault expires on {day}. Look at its task.").format(
        day=_day(intent)
    )


def _looking(intent: Intent) -> str:
    return _(
        "Reading when the backups of vault {name} expire. If that is as before, the change is sent again by itself, at"
        " most twice, while your confirmation is fresh."
    ).format(name=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _(
        "Up to {until} the backups of vault {name} did not expire on the day asked for; most likely it was never"
        " carried out."
    ).format(name=subject_name(intent), until=until)


def _report(intent: Intent) -> list[str]:
    return [
        _("Change the expiry of backups of vault: {name} ({id})").format(name=known_name(intent), id=intent.subject.id),
        _("New day: {day}").format(day=_day(intent)),
    ]


def update_expiration() -> Words:
    """Return the words of the change of the day on which the backups of a vault expire."""
    return Words(
        title=_("Change expiry of backups"),
        thing=_("vault"),
        things=_("vaults"),
        thing_title=_("Vault"),
        id_title=_("Vault id"),
        place=_("the settings of the vault"),
        refused=_("Refused; the backups expire as before."),
        taken_back=_("Taken back before it was sent; the backups expire as before."),
        found=_("The answer had been lost; reading has shown that the backups expire on the day asked for."),
        accepted=_("Accepted; the service is changing when the backups expire."),
        running=_("Changing"),
        done=_("Changed"),
        partly=_("Partly changed"),
        failed=_("Not changed"),
        line=_("Vault"),
        lines=_("Vaults"),
        twice=_(
            "If the first one came late after all, the second one sets the same day once more. What somebody else has"
            " changed of it meanwhile is undone by that."
        ),
        name=lambda intent: _("Change expiry of the backups of vault {name}").format(
            name=shown(intent.subject.label, 64)
        ),
        request=lambda intent: _("Request {id} to change when the backups of vault {name} expire").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        request_inside=lambda intent: _("request {id} to change when the backups of vault {name} expire").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        unproved_request=lambda intent: _("The request to change when the backups of vault {name} expire").format(
            name=subject_name(intent)
        ),
        sought=lambda intent: _("when the backups of vault {name} expire").format(name=subject_name(intent)),
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
        fates={Fate.RUNNING: _("Being changed"), Fate.DONE: _("Changed"), Fate.FAILED: _("Not as asked for")},
        remedies={Fate.FAILED: _("Look at the backups of the vault and at its task, then ask once more.")},
    )
