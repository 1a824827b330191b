"""The words of the change of a policy."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.operations.words import Words
from cbr_desktop.text.states import quoted, shown


def _policy(intent: Intent) -> str:
    return f"policy {quoted(intent.subject.label)}"


UPDATE_POLICY = Words(
    title="Change policy",
    thing="policy",
    things="policies",
    place="the policy",
    undone="the policy is as it was",
    found="reading has shown that the policy is as it was asked for",
    accepted="Accepted; the policy is changed.",
    running="Changing",
    done="Changed",
    partly="Partly changed",
    failed="Not changed",
    line="Policy",
    lines="Policies",
    twice=(
        "If the first one came late after all, the second one makes the policy the same once more. What somebody else"
        " has changed of it meanwhile is undone by that."
    ),
    name=lambda intent: f"Change policy {shown(intent.subject.label, 64)}",
    what=lambda intent: f"to change {_policy(intent)}",
    sought=lambda intent: f"what was changed of {_policy(intent)}",
    searched=_policy,
    looking=lambda intent: (
        f"Reading how {_policy(intent)} is. If it is as before, the change is sent again by itself, at most twice,"
        " while your confirmation is fresh."
    ),
    untraceable=lambda intent: f"{_policy(intent).capitalize()} was not as it was asked for",
    outcome=lambda _intent, _outcome: (
        "Changed. What it deletes of earlier backups by that, and when, was shown before."
    ),
    report=lambda intent: [f"Change policy: {shown(intent.subject.name) or '(name unknown)'} ({intent.subject.id})"],
    past="changed",
    fates={Fate.DONE: "Changed"},
)
