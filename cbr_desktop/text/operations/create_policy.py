"""The words of a new policy."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, short_id
from cbr_desktop.text.states import counted, quoted, shown


def _policy(intent: Intent) -> str:
    return _("policy {name}").format(name=quoted(intent.name))


def _looking(intent: Intent) -> str:
    return _(
        "Looking for policy {name} in the list of policies. If that proves it was not made, it is sent again"
        " by itself, at most twice, while your confirmation is fresh."
    ).format(name=quoted(intent.name))


def _untraceable(_intent: Intent, until: str) -> str:
    return _("No policy as it was asked for was in the list by {until}; most likely it was never carried out.").format(
        until=until
    )


def create_policy() -> Words:
    """Return the words of the making of a policy."""
    return Words(
        title=_("Create policy"),
        thing=_("policy"),
        things=_("policies"),
        thing_title=_("Policy"),
        id_title=_("Policy id"),
        place=_("the policy of that name"),
        refused=_("Refused; no policy is made."),
        taken_back=_("Taken back before it was sent; no policy is made."),
        found=_("The answer had been lost; the policy was found in the list, as it was asked for."),
        accepted=_("Accepted; the policy is there."),
        running=_("Creating"),
        done=_("Created"),
        partly=_("Partly created"),
        failed=_("Not created"),
        line=_("Policy"),
        lines=_("Policies"),
        twice=_(
            "If the first one came late after all, sending again makes a second policy of the same name. When in doubt,"
            " look at the list of policies, or keep looking."
        ),
        name=lambda _intent: _("Create policy"),
        request=lambda intent: _("Request {id} to create policy {name}").format(
            id=short_id(intent), name=quoted(intent.name)
        ),
        request_inside=lambda intent: _("request {id} to create policy {name}").format(
            id=short_id(intent), name=quoted(intent.name)
        ),
        unproved_request=lambda intent: _("The request to create policy {name}").format(name=quoted(intent.name)),
        sought=_policy,
        searched=lambda _intent: _("the policies of the project"),
        looking=_looking,
        untraceable=_untraceable,
        outcome=lambda _intent, _outcome: _(
            "Created. It is applied to no vault yet, so it backs nothing up before that."
        ),
        report=lambda intent: [_("Create policy: {name}").format(name=shown(intent.name))],
        plan=PlanWords(
            whole=_("Finished: everything is created"),
            part=_("Ended: only a part is created"),
            none=_("Ended: nothing is created"),
            partly=_("Partly created"),
            nothing=_("Nothing created"),
            without=lambda count: counted("{count} with nothing created", "{count} with nothing created", count),
        ),
        fates={Fate.DONE: _("Created")},
    )
