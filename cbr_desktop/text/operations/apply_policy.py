"""The words of applying a policy to a vault."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.operations.words import Words
from cbr_desktop.text.states import quoted, shown


def _policy(intent: Intent) -> str:
    return f"policy {quoted(intent.name, 64)}" if intent.name else "the policy"


def _vault(intent: Intent) -> str:
    return f"vault {quoted(intent.subject.label)}"


APPLY_POLICY = Words(
    title="Apply policy",
    thing="vault",
    things="vaults",
    place="the policy of the vault",
    undone="the vault has the policy that it had, or none",
    found="reading has shown that the policy is applied to the vault",
    accepted="Accepted; the policy is applied to the vault.",
    running="Applying",
    done="Applied",
    partly="Partly applied",
    failed="Not applied",
    line="Vault",
    lines="Vaults",
    twice="If the first one came late after all, the second one applies the same policy once more, which is the same.",
    name=lambda intent: f"Apply policy {shown(intent.name, 64)}",
    what=lambda intent: f"to apply {_policy(intent)} to {_vault(intent)}",
    sought=lambda intent: f"{_policy(intent)} at {_vault(intent)}",
    searched=lambda _intent: "the policies of the project",
    looking=lambda intent: (
        f"Reading whether {_policy(intent)} is applied to {_vault(intent)}. If it is not, it is sent again by itself,"
        " at most twice, while your confirmation is fresh."
    ),
    untraceable=lambda intent: f"{_policy(intent).capitalize()} was not applied to {_vault(intent)}",
    outcome=lambda intent, _outcome: f"Applied: {_vault(intent)} has {_policy(intent)} now.",
    report=lambda intent: [
        f"Apply policy: {shown(intent.name)}",
        f"Vault: {shown(intent.subject.name) or '(name unknown)'} ({intent.subject.id})",
    ],
    past="applied",
    fates={Fate.DONE: "Applied"},
)
