"""The words of the deletion of a policy."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.operations.words import Words
from cbr_desktop.text.states import quoted, shown


def _policy(intent: Intent) -> str:
    return f"policy {quoted(intent.subject.label)}"


DELETE_POLICY = Words(
    title="Delete policy",
    thing="policy",
    things="policies",
    place="the policy",
    undone="the policy is still there",
    found="reading has shown that the policy is gone",
    accepted="Accepted; the policy is gone.",
    running="Deleting",
    done="Deleted",
    partly="Partly deleted",
    failed="Not deleted",
    line="Policy",
    lines="Policies",
    twice="If the first one came late after all, the second one finds the policy gone, which is the same.",
    name=lambda intent: f"Delete policy {shown(intent.subject.label, 64)}",
    what=lambda intent: f"to delete {_policy(intent)}",
    sought=_policy,
    searched=lambda _intent: "the policies of the project",
    looking=lambda intent: (
        f"Looking whether {_policy(intent)} is gone. If it is there, the deletion is sent again by itself, at most"
        " twice, while your confirmation is fresh."
    ),
    untraceable=lambda intent: f"{_policy(intent).capitalize()} was still there",
    outcome=lambda _intent, _outcome: (
        "Deleted. Vaults that had it are backed up by no policy now; their backups stay, or expire as they were to."
    ),
    report=lambda intent: [f"Delete policy: {shown(intent.subject.name) or '(name unknown)'} ({intent.subject.id})"],
    past="deleted",
    fates={Fate.DONE: "Deleted"},
)
