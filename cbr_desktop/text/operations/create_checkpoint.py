"""The words of a checkpoint."""

from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.operations.words import Words, tally
from cbr_desktop.text.states import count_words, quoted, shown


def outcome_sentence(outcome: Outcome) -> str:
    """Return what became of a checkpoint; only a whole one is called finished without a number that is missing."""
    if not outcome.total:
        return "The service named no resource, so nothing is known to be backed up. Look at the vault's tasks."
    skipped = outcome.count(Fate.SKIPPED)
    if skipped == outcome.total:
        which = "the only resource was" if skipped == 1 else f"all {skipped} resources were"
        return f"Nothing is backed up: {which} skipped."
    return _ended_sentence(outcome) if outcome.is_over else _running_sentence(outcome)


def _running_sentence(outcome: Outcome) -> str:
    busy = outcome.count(Fate.WAITING, Fate.RUNNING)
    verb = "is" if busy == 1 else "are"
    done = outcome.count(Fate.DONE)
    parts = [f"{busy} of {_resources(outcome.total)} {verb} being backed up", *([f"{done} done"] if done else [])]
    return ", ".join([*parts, *_losses(outcome)]) + "."


def _ended_sentence(outcome: Outcome) -> str:
    done = outcome.count(Fate.DONE)
    if outcome.is_whole:
        if outcome.is_failed:
            return "Every resource reports a backup, but the checkpoint failed. Check them before relying on them."
        which = "the resource is" if done == 1 else f"all {done} resources are"
        return f"Finished: {which} backed up."
    uncertain = outcome.count(Fate.UNCERTAIN)
    if uncertain == outcome.total and uncertain:
        return (
            f"Ended, and neither tasks nor backups tell what became of {_resources(uncertain)}. Look for the backups in"
            " the console, and ask for the permissions cbr:tasks:list and cbr:backups:list."
        )
    if not done:
        head = "Failed" if outcome.count(Fate.FAILED, Fate.SKIPPED) == outcome.total else "Ended"
        return (
            ", ".join([f"{head}: none of {_resources(outcome.total)} is known to be backed up", *_losses(outcome)])
            + "."
        )
    head = "Ended with failures" if outcome.count(Fate.FAILED) else "Finished"
    return ", ".join([f"{head}: {done} of {_resources(outcome.total)} backed up", *_losses(outcome)]) + "."


def _resources(count: int) -> str:
    return count_words(count, "resource")


def _losses(outcome: Outcome) -> list[str]:
    words = {Fate.FAILED: "failed", Fate.SKIPPED: "skipped", Fate.UNCERTAIN: "uncertain"}
    return [f"{outcome.count(fate)} {word}" for fate, word in words.items() if outcome.count(fate)]


def _vault(intent: Intent) -> str:
    return f"vault {quoted(intent.subject.label)}"


def _tag(intent: Intent) -> str:
    return f" under the name {quoted(intent.name)}" if intent.name else " by resources and time"


def _what(intent: Intent) -> str:
    name = f"{quoted(intent.name, 64)} " if intent.name else ""
    return f"{name}for vault {quoted(intent.subject.label, 64)}"


def _looking(intent: Intent) -> str:
    return (
        f"Looking for the checkpoint by reading the tasks and backups of {_vault(intent)}{_tag(intent)}, for about half"
        " an hour; it is not sent again."
    )


def _report(intent: Intent) -> list[str]:
    return [
        f"Checkpoint: {shown(intent.name) or '(named by the service)'}",
        f"Vault: {shown(intent.subject.name) or '(name unknown)'} ({intent.subject.id})",
    ]


def _notice(intent: Intent, outcome: Outcome | None, stand: str) -> str:
    name = shown(intent.name, 64) if intent.name else f"of {shown(intent.subject.name or 'a vault', 64)}"
    if intent.state is IntentState.FINISHED and outcome is not None:
        verb = "finished" if outcome.is_whole else "partly done" if outcome.count(Fate.DONE) else "backed nothing up"
        return f"Checkpoint {name} {verb}: {tally(outcome)}"
    return f"Checkpoint {name}: {stand}"


CREATE_CHECKPOINT = Words(
    title="Create checkpoint",
    thing="checkpoint",
    things="checkpoints",
    place="the vault",
    undone="nothing is backed up",
    found="the checkpoint was found by reading",
    accepted="Accepted; what becomes of the resources is not known yet.",
    running="Backing up",
    done="Finished",
    partly="Partly backed up",
    failed="Nothing backed up",
    line="Resource",
    lines="Resources",
    twice=(
        "If the first one came late after all, sending again makes a second checkpoint, which takes room in the"
        " vault. Both are then shown. When in doubt, look at the vault in the console, or keep looking."
    ),
    name=lambda intent: intent.name or "(named by the service)",
    what=_what,
    sought=lambda intent: f"the checkpoint in {_vault(intent)}{_tag(intent)}",
    searched=_vault,
    looking=_looking,
    untraceable=lambda _intent: "No trace of the request was found in tasks and backups",
    outcome=lambda _intent, outcome: outcome_sentence(outcome),
    report=_report,
    past="backed up",
    unnamed="(named by the service)",
    is_counted=True,
    fates={Fate.RUNNING: "Backing up", Fate.DONE: "Backed up"},
    remedies={
        Fate.FAILED: "Look at the task's message, put the cause right, then make another checkpoint.",
        Fate.SKIPPED: "Look at the resource's state, then retry it.",
        Fate.UNCERTAIN: "No task tells of it: look for its backup before relying on it.",
    },
    notice=_notice,
)
