"""The words of putting a vault into another enterprise project."""

from cbr_desktop.domain.enterprise_project_change import Placing
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.enterprise_projects import project_label
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, quoted, shown
from cbr_desktop.workflows.operations.change_enterprise_project import target_of


def _target(intent: Intent) -> str:
    return quoted(project_label("", target_of(intent.change)))


def _outcome(intent: Intent, outcome: Outcome) -> str:
    if outcome.is_whole:
        return _("Done. The vault is in enterprise project {project}.").format(project=_target(intent))
    if outcome.status == Placing.UNSEEN:
        return _(
            "Accepted; the vault cannot be seen any more. Most likely you may see nothing of enterprise project"
            " {project}."
        ).format(project=_target(intent))
    return _("Accepted; the vault does not show enterprise project {project} so far.").format(project=_target(intent))


def _looking(intent: Intent) -> str:
    return _(
        "Reading in which enterprise project vault {name} is. If in the one of before, it is sent again by itself, at"
        " most twice, while your confirmation is fresh."
    ).format(name=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _(
        "Vault {name} was not in enterprise project {project} by {until}; most likely it was never carried out."
    ).format(name=subject_name(intent), project=_target(intent), until=until)


def _report(intent: Intent) -> list[str]:
    head = _("Change enterprise project of vault: {name} ({id})").format(name=known_name(intent), id=intent.subject.id)
    return [head, _("Enterprise project: {project}").format(project=_target(intent))]


def change_enterprise_project() -> Words:
    """Return the words of putting a vault into another enterprise project."""
    return Words(
        title=_("Change enterprise project"),
        thing=_("vault"),
        things=_("vaults"),
        thing_title=_("Vault"),
        id_title=_("Vault id"),
        place=_("the vault"),
        refused=_("Refused; the vault is in the enterprise project that it was in."),
        taken_back=_("Taken back before it was sent; the vault is in the enterprise project that it was in."),
        found=_("The answer had been lost; reading has shown that the vault is in the enterprise project asked for."),
        accepted=_("Accepted; reading where the vault is."),
        running=_("Changing"),
        done=_("Changed"),
        partly=_("Not seen to have changed"),
        failed=_("Not changed"),
        line=_("Vault"),
        lines=_("Vaults"),
        twice=_(
            "If the first one came late after all, the second one comes to the same. Where somebody else has put the"
            " vault into a third one meanwhile, that is undone by it."
        ),
        name=lambda intent: _("Change enterprise project of vault {name}").format(name=shown(intent.subject.label, 64)),
        request=lambda intent: _("Request {id} to change the enterprise project of vault {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        request_inside=lambda intent: _("request {id} to change the enterprise project of vault {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        unproved_request=lambda intent: _("The request to change the enterprise project of vault {name}").format(
            name=subject_name(intent)
        ),
        sought=lambda intent: _("the enterprise project of vault {name}").format(name=subject_name(intent)),
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
        fates={Fate.DONE: _("Changed"), Fate.UNCERTAIN: _("Not seen to have changed")},
        remedies={
            Fate.UNCERTAIN: _("Refresh, or ask who may see that enterprise project. Nothing in the vault is lost.")
        },
    )
