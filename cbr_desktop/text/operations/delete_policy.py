"""The words of the deletion of a policy."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown


def _looking(intent: Intent) -> str:
    return _(
        "Looking whether policy {name} is gone. If it is there, the deletion is sent again by itself, at most twice,"
        " while your confirmation is fresh."
    ).format(name=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _("Policy {name} was still there at {until}; most likely it was never carried out.").format(
        name=subject_name(intent), until=until
    )


def _report(intent: Intent) -> list[str]:
    return [_("Delete policy: {name} ({id})").format(name=known_name(intent), id=intent.subject.id)]


def delete_policy() -> Words:
    """Return the words of the deletion of a policy."""
    return Words(
        title=_("Delete policy"),
        thing=_("policy"),
        things=_("policies"),
        thing_title=_("Policy"),
        id_title=_("Policy id"),
        place=_("the policy"),
        refused=_("Refused; the policy is still there."),
        taken_back=_("Taken back before it was sent; the policy is still there."),
        found=_("The answer had been lost; reading has shown that the policy is gone."),
        accepted=_("Accepted; the policy is gone."),
        running=_("Deleting"),
        done=_("Deleted"),
        partly=_("Partly deleted"),
        failed=_("Not deleted"),
        line=_("Policy"),
        lines=_("Policies"),
        twice=_("If the first one came late after all, the second one finds the policy gone, which is the same."),
        name=lambda intent: _("Delete policy {name}").format(name=shown(intent.subject.label, 64)),
        request=lambda intent: _("Request {id} to delete policy {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        request_inside=lambda intent: _("request {id} to delete policy {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        unproved_request=lambda intent: _("The request to delete policy {name}").format(name=subject_name(intent)),
        sought=lambda intent: _("policy {name}").format(name=subject_name(intent)),
        searched=lambda _intent: _("the policies of the project"),
        looking=_looking,
        untraceable=_untraceable,
        outcome=lambda _intent, _outcome: _(
            "Deleted. Vaults that had it are backed up by no policy now; their backups stay, or expire as they were to."
        ),
        report=_report,
        plan=PlanWords(
            whole=_("Finished: everything is deleted"),
            part=_("Ended: only a part is deleted"),
            none=_("Ended: nothing is deleted"),
            partly=_("Partly deleted"),
            nothing=_("Nothing deleted"),
            without=lambda count: counted("{count} with nothing deleted", "{count} with nothing deleted", count),
        ),
        fates={Fate.DONE: _("Deleted")},
    )
