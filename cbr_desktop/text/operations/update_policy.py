"""The words of the change of a policy."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown


def _looking(intent: Intent) -> str:
    return _(
        "Reading how policy {name} is. If it is as before, the change is sent again by itself, at most twice,"
        " while your confirmation is fresh."
    ).format(name=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _("Policy {name} was not as it was asked for by {until}; most likely it was never carried out.").format(
        name=subject_name(intent), until=until
    )


def _report(intent: Intent) -> list[str]:
    return [_("Change policy: {name} ({id})").format(name=known_name(intent), id=intent.subject.id)]


def update_policy() -> Words:
    """Return the words of the change of a policy."""
    return Words(
        title=_("Change policy"),
        thing=_("policy"),
        things=_("policies"),
        thing_title=_("Policy"),
        id_title=_("Policy id"),
        place=_("the policy"),
        refused=_("Refused; the policy is as it was."),
        taken_back=_("Taken back before it was sent; the policy is as it was."),
        found=_("The answer had been lost; reading has shown that the policy is as it was asked for."),
        accepted=_("Accepted; the policy is changed."),
        running=_("Changing"),
        done=_("Changed"),
        partly=_("Partly changed"),
        failed=_("Not changed"),
        line=_("Policy"),
        lines=_("Policies"),
        twice=_(
            "If the first one came late after all, the second one makes the policy the same once more. What somebody"
            " else has changed of it meanwhile is undone by that."
        ),
        name=lambda intent: _("Change policy {name}").format(name=shown(intent.subject.label, 64)),
        request=lambda intent: _("Request {id} to change policy {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        request_inside=lambda intent: _("request {id} to change policy {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        unproved_request=lambda intent: _("The request to change policy {name}").format(name=subject_name(intent)),
        sought=lambda intent: _("what was changed of policy {name}").format(name=subject_name(intent)),
        searched=lambda intent: _("policy {name}").format(name=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=lambda _intent, _outcome: _(
            "Changed. What it deletes of earlier backups by that, and when, was shown before."
        ),
        report=_report,
        plan=PlanWords(
            whole=_("Finished: everything is changed"),
            part=_("Ended: only a part is changed"),
            none=_("Ended: nothing is changed"),
            partly=_("Partly changed"),
            nothing=_("Nothing changed"),
            without=lambda count: counted("{count} with nothing changed", "{count} with nothing changed", count),
        ),
        fates={Fate.DONE: _("Changed")},
    )
