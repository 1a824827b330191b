"""The words of a new policy."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.operations.words import Words
from cbr_desktop.text.states import quoted, shown


def _policy(intent: Intent) -> str:
    return f"policy {quoted(intent.name)}"


CREATE_POLICY = Words(
    title="Create policy",
    thing="policy",
    things="policies",
    place="the policy of that name",
    undone="no policy is made",
    found="the policy was found in the list, as it was asked for",
    accepted="Accepted; the policy is there.",
    running="Creating",
    done="Created",
    partly="Partly created",
    failed="Not created",
    line="Policy",
    lines="Policies",
    twice=(
        "If the first one came late after all, sending again makes a second policy of the same name. When in doubt,"
        " look at the list of policies, or keep looking."
    ),
    name=lambda _intent: "Create policy",
    what=lambda intent: f"to create {_policy(intent)}",
    sought=_policy,
    searched=lambda _intent: "the policies of the project",
    looking=lambda intent: (
        f"Looking for {_policy(intent)} in the list of policies. If that proves it was not made, it is sent again"
        " by itself, at most twice, while your confirmation is fresh."
    ),
    untraceable=lambda _intent: "No policy as it was asked for was in the list",
    outcome=lambda _intent, _outcome: "Created. It is applied to no vault yet, so it backs nothing up before that.",
    report=lambda intent: [f"Create policy: {shown(intent.name)}"],
    past="created",
    fates={Fate.DONE: "Created"},
)
