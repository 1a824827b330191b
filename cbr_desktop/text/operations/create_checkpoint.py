"""The words of a checkpoint."""

from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _, listed, ngettext
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, losses, short_id, subject_name, tally
from cbr_desktop.text.states import counted, grouped, quoted, shown


def outcome_sentence(outcome: Outcome) -> str:
    """Return what became of a checkpoint; only a whole one is called finished without a number that is missing."""
    if not outcome.total:
        return _("The service named no resource, so nothing is known to be backed up. Look at the vault's tasks.")
    skipped = outcome.count(Fate.SKIPPED)
    if skipped == outcome.total:
        return counted(
            "Nothing is backed up: the only resource was skipped.",
            "Nothing is backed up: all {count} resources were skipped.",
            skipped,
        )
    return _ended_sentence(outcome) if outcome.is_over else _running_sentence(outcome)


def _running_sentence(outcome: Outcome) -> str:
    busy = outcome.count(Fate.WAITING, Fate.RUNNING)
    done = outcome.count(Fate.DONE)
    head = ngettext(
        "{count} of {resources} is being backed up", "{count} of {resources} are being backed up", busy
    ).format(count=grouped(busy), resources=_resources(outcome.total))
    return _ended([head, *([counted("{count} done", "{count} done", done)] if done else []), *losses(outcome)])


def _ended_sentence(outcome: Outcome) -> str:
    done = outcome.count(Fate.DONE)
    if outcome.is_whole:
        if outcome.is_failed:
            return _("Every resource reports a backup, but the checkpoint failed. Check them before relying on them.")
        return counted("Finished: the resource is backed up.", "Finished: all {count} resources are backed up.", done)
    uncertain = outcome.count(Fate.UNCERTAIN)
    if uncertain == outcome.total and uncertain:
        return _(
            "Ended, and neither tasks nor backups tell what became of {resources}. Look for the backups in"
            " the console, and ask for the permissions cbr:tasks:list and cbr:backups:list."
        ).format(resources=_resources(uncertain))
    if not done:
        is_failure = outcome.count(Fate.FAILED, Fate.SKIPPED) == outcome.total
        head = (
            _("Failed: none of {resources} is known to be backed up")
            if is_failure
            else _("Ended: none of {resources} is known to be backed up")
        )
    elif outcome.count(Fate.FAILED):
        head = _("Ended with failures: {count} of {resources} backed up")
    else:
        head = _("Finished: {count} of {resources} backed up")
    return _ended([head.format(count=grouped(done), resources=_resources(outcome.total)), *losses(outcome)])


def _ended(parts: list[str]) -> str:
    return _("{tally}.").format(tally=listed(parts))


def _resources(count: int) -> str:
    return counted("{count} resource", "{count} resources", count)


def _vault(intent: Intent) -> str:
    return _("vault {name}").format(name=subject_name(intent))


def _request(intent: Intent) -> str:
    named = _("Request {id} {name} for vault {vault}") if intent.name else _("Request {id} for vault {vault}")
    return _filled(named, intent)


def _request_inside(intent: Intent) -> str:
    named = _("request {id} {name} for vault {vault}") if intent.name else _("request {id} for vault {vault}")
    return _filled(named, intent)


def _unproved_request(intent: Intent) -> str:
    return quoted(intent.name, 80) if intent.name else _("A request without a name")


def _sought(intent: Intent) -> str:
    by_name = _("the checkpoint in vault {vault} under the name {name}")
    return _filled(by_name if intent.name else _("the checkpoint in vault {vault} by resources and time"), intent, 200)


def _looking(intent: Intent) -> str:
    looking = (
        _(
            "Looking for the checkpoint by reading the tasks and backups of vault {vault} under the name {name}, for"
            " about half an hour; it is not sent again."
        )
        if intent.name
        else _(
            "Looking for the checkpoint by reading the tasks and backups of vault {vault} by resources and time, for"
            " about half an hour; it is not sent again."
        )
    )
    return _filled(looking, intent, 200)


def _filled(sentence: str, intent: Intent, limit: int = 64) -> str:
    return sentence.format(
        id=short_id(intent), name=quoted(intent.name, limit), vault=quoted(intent.subject.label, limit)
    )


def _untraceable(_intent: Intent, until: str) -> str:
    return _(
        "No trace of the request was found in tasks and backups by {until}; most likely it was never carried out."
    ).format(until=until)


def _report(intent: Intent) -> list[str]:
    return [
        _("Checkpoint: {name}").format(name=shown(intent.name) or _("(named by the service)")),
        _("Vault: {name} ({id})").format(name=known_name(intent), id=intent.subject.id),
    ]


def _notice(intent: Intent, outcome: Outcome | None, stand: str) -> str:
    if intent.name:
        checkpoint = _("Checkpoint {name}").format(name=shown(intent.name, 64))
    else:
        vault = shown(intent.subject.name or _("a vault"), 64)
        checkpoint = _("Checkpoint of {vault}").format(vault=vault)
    if intent.state is not IntentState.FINISHED or outcome is None:
        return _("{checkpoint}: {stand}").format(checkpoint=checkpoint, stand=stand)
    if outcome.is_whole:
        ended = _("{checkpoint} finished: {tally}")
    elif outcome.count(Fate.DONE):
        ended = _("{checkpoint} partly done: {tally}")
    else:
        ended = _("{checkpoint} backed nothing up: {tally}")
    return ended.format(checkpoint=checkpoint, tally=tally(outcome))


def create_checkpoint() -> Words:
    """Return the words of the making of a checkpoint."""
    return Words(
        title=_("Create checkpoint"),
        thing=_("checkpoint"),
        things=_("checkpoints"),
        thing_title=_("Checkpoint"),
        id_title=_("Checkpoint id"),
        place=_("the vault"),
        refused=_("Refused; nothing is backed up."),
        taken_back=_("Taken back before it was sent; nothing is backed up."),
        found=_("The answer had been lost; the checkpoint was found by reading."),
        accepted=_("Accepted; what becomes of the resources is not known yet."),
        running=_("Backing up"),
        done=_("Finished"),
        partly=_("Partly backed up"),
        failed=_("Nothing backed up"),
        line=_("Resource"),
        lines=_("Resources"),
        twice=_(
            "If the first one came late after all, sending again makes a second checkpoint, which takes room in the"
            " vault. Both are then shown. When in doubt, look at the vault in the console, or keep looking."
        ),
        name=lambda intent: intent.name or _("(named by the service)"),
        request=_request,
        request_inside=_request_inside,
        unproved_request=_unproved_request,
        sought=_sought,
        searched=_vault,
        looking=_looking,
        untraceable=_untraceable,
        outcome=lambda _intent, outcome: outcome_sentence(outcome),
        report=_report,
        batch=lambda count: counted("Create {count} checkpoint", "Create {count} checkpoints", count),
        plan=PlanWords(
            whole=_("Finished: everything is backed up"),
            part=_("Ended: only a part is backed up"),
            none=_("Ended: nothing is backed up"),
            partly=_("Partly backed up"),
            nothing=_("Nothing backed up"),
            without=lambda count: counted("{count} with nothing backed up", "{count} with nothing backed up", count),
        ),
        unnamed=_("(named by the service)"),
        is_counted=True,
        fates={Fate.RUNNING: _("Backing up"), Fate.DONE: _("Backed up")},
        remedies={
            Fate.FAILED: _("Look at the task's message, put the cause right, then make another checkpoint."),
            Fate.SKIPPED: _("Look at the resource's state, then retry it."),
            Fate.UNCERTAIN: _("No task tells of it: look for its backup before relying on it."),
        },
        notice=_notice,
    )
