"""The words of the deletion of a vault."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown, status_words


def _outcome(_intent: Intent, outcome: Outcome) -> str:
    if outcome.count(Fate.DONE):
        return _("Deleted: the vault is gone with all its backups, and cannot be brought back.")
    if outcome.count(Fate.FAILED):
        return _(
            "Not deleted: the service accepted it, but the vault is in state {status} again, and some of its backups"
            " may be gone. Look at its task."
        ).format(status=status_words(outcome.status))
    return _("The service is deleting the vault and its backups.")


def _looking(intent: Intent) -> str:
    return _(
        "Reading whether vault {name} is still there. If it is, the deletion is sent again by itself, at most"
        " twice, while your confirmation is fresh."
    ).format(name=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _("Vault {name} was still there at {until}; most likely it was never carried out.").format(
        name=subject_name(intent), until=until
    )


def _report(intent: Intent) -> list[str]:
    return [_("Delete vault: {name} ({id})").format(name=known_name(intent), id=intent.subject.id)]


def delete_vault() -> Words:
    """Return the words of the deletion of a vault."""
    return Words(
        title=_("Delete vault"),
        batch=lambda count: counted("Delete {count} vault", "Delete {count} vaults", count),
        thing=_("vault"),
        things=_("vaults"),
        thing_title=_("Vault"),
        id_title=_("Vault id"),
        place=_("the vault"),
        refused=_("Refused; the vault is still there."),
        taken_back=_("Taken back before it was sent; the vault is still there."),
        found=_("The answer had been lost; reading has shown that the vault is gone, or on its way to that."),
        accepted=_("Accepted; the service is deleting the vault and its backups."),
        running=_("Deleting"),
        done=_("Deleted"),
        partly=_("Partly deleted"),
        failed=_("Not deleted"),
        line=_("Vault"),
        lines=_("Vaults"),
        twice=_("If the first one came late after all, the vault is gone, and the second one changes nothing more."),
        name=lambda intent: _("Delete vault {name}").format(name=shown(intent.subject.label, 64)),
        request=lambda intent: _("Request {id} to delete vault {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        request_inside=lambda intent: _("request {id} to delete vault {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        unproved_request=lambda intent: _("The request to delete vault {name}").format(name=subject_name(intent)),
        sought=lambda intent: _("vault {name}, whether it is still there").format(name=subject_name(intent)),
        searched=lambda intent: _("vault {name}").format(name=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=_report,
        plan=PlanWords(
            whole=_("Finished: everything is deleted"),
            part=_("Ended: only a part is deleted"),
            none=_("Ended: nothing is deleted"),
            partly=_("Partly deleted"),
            nothing=_("Nothing deleted"),
            without=lambda count: counted("{count} with nothing deleted", "{count} with nothing deleted", count),
        ),
        fates={Fate.RUNNING: _("Being deleted"), Fate.DONE: _("Deleted"), Fate.FAILED: _("Not deleted")},
        remedies={Fate.FAILED: _("Look at the task of its deletion, then delete it again.")},
    )
