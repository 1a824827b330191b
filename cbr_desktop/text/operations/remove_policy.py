"""The words of removing a policy from a vault."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.operations.words import Words
from cbr_desktop.text.states import quoted, shown


def _policy(intent: Intent) -> str:
    return f"policy {quoted(intent.name, 64)}" if intent.name else "the policy"


def _vault(intent: Intent) -> str:
    return f"vault {quoted(intent.subject.label)}"


REMOVE_POLICY = Words(
    title="Remove policy",
    thing="vault",
    things="vaults",
    place="the policy of the vault",
    undone="the vault still has the policy",
    found="reading has shown that the vault does not have the policy any more",
    accepted="Accepted; the policy is removed from the vault.",
    running="Removing",
    done="Removed",
    partly="Partly removed",
    failed="Not removed",
    line="Vault",
    lines="Vaults",
    twice="If the first one came late after all, the second one finds the policy removed, which is the same.",
    name=lambda intent: f"Remove policy {shown(intent.name, 64)}",
    what=lambda intent: f"to remove {_policy(intent)} from {_vault(intent)}",
    sought=lambda intent: f"{_policy(intent)} at {_vault(intent)}",
    searched=lambda _intent: "the policies of the project",
    looking=lambda intent: (
        f"Reading whether {_vault(intent)} still has {_policy(intent)}. If it has, the removal is sent again by itself,"
        " at most twice, while your confirmation is fresh."
    ),
    untraceable=lambda intent: f"{_vault(intent).capitalize()} still had {_policy(intent)}",
    outcome=lambda intent, _outcome: (
        f"Removed: {_vault(intent)} is not backed up by {_policy(intent)} any more. Its backups stay, or expire as they"
        " were to."
    ),
    report=lambda intent: [
        f"Remove policy: {shown(intent.name)}",
        f"Vault: {shown(intent.subject.name) or '(name unknown)'} ({intent.subject.id})",
    ],
    past="removed",
    fates={Fate.DONE: "Removed"},
)
