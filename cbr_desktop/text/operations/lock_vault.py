"""The words of the locking of a vault."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown


def _looking(intent: Intent) -> str:
    return _(
        "Reading whether vault {name} is locked. If it is not, the locking is sent again by itself, at most twice,"
        " while your confirmation is fresh."
    ).format(name=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _("Vault {name} was not locked by {until}; most likely it was never carried out.").format(
        name=subject_name(intent), until=until
    )


def _report(intent: Intent) -> list[str]:
    return [_("Lock vault: {name} ({id})").format(name=known_name(intent), id=intent.subject.id)]


def lock_vault() -> Words:
    """Return the words of the locking of a vault."""
    return Words(
        title=_("Lock vault"),
        thing=_("vault"),
        things=_("vaults"),
        thing_title=_("Vault"),
        id_title=_("Vault id"),
        place=_("the settings of the vault"),
        refused=_("Refused; the vault is not locked by that."),
        taken_back=_("Taken back before it was sent; the vault is not locked by that."),
        found=_("The answer had been lost; reading has shown that the vault is locked."),
        accepted=_("Accepted; the vault is locked."),
        running=_("Locking"),
        done=_("Locked"),
        partly=_("Partly locked"),
        failed=_("Not locked"),
        line=_("Vault"),
        lines=_("Vaults"),
        twice=_("If the first one came late after all, the vault is locked, and the second one changes nothing more."),
        name=lambda intent: _("Lock vault {name}").format(name=shown(intent.subject.label, 64)),
        request=lambda intent: _("Request {id} to lock vault {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        request_inside=lambda intent: _("request {id} to lock vault {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        unproved_request=lambda intent: _("The request to lock vault {name}").format(name=subject_name(intent)),
        sought=lambda intent: _("vault {name}, whether it is locked").format(name=subject_name(intent)),
        searched=lambda intent: _("vault {name}").format(name=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=lambda _intent, _outcome: _(
            "Locked for good. Its automatic backups stay until they expire, and its resources stay in it."
        ),
        report=_report,
        plan=PlanWords(
            whole=_("Finished: everything is locked"),
            part=_("Ended: only a part is locked"),
            none=_("Ended: nothing is locked"),
            partly=_("Partly locked"),
            nothing=_("Nothing locked"),
            without=lambda count: counted("{count} with nothing locked", "{count} with nothing locked", count),
        ),
        fates={Fate.DONE: _("Locked")},
    )
