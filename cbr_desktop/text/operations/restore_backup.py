"""The words of the restore of a backup."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, quoted, shown


def _backup(intent: Intent) -> str:
    return quoted(intent.name, 80) if intent.name else _("(name unknown)")


def _outcome(intent: Intent, outcome: Outcome) -> str:
    names = {"target": subject_name(intent), "backup": _backup(intent)}
    if outcome.is_whole:
        return _("Restored: {target} is as backup {backup} has it. Check it now, before it is used.").format(**names)
    if outcome.count(Fate.FAILED, Fate.SKIPPED):
        return _(
            "Not restored: the task of the service failed. {target} may be written over in part, and a server may be"
            " off. Look at it before anything else."
        ).format(**names)
    if outcome.count(Fate.UNCERTAIN):
        return _(
            "The service accepted it, and how it ended cannot be seen here. Look at {target} and at the tasks of the"
            " service before it is used."
        ).format(**names)
    if outcome.count(Fate.WAITING):
        return _("Accepted; the service has not begun yet to restore {target}. It can no longer be stopped.").format(
            **names
        )
    progress = next((each.progress_percent for each in outcome.resources), None)
    running = (
        _("The service is restoring {target}. It can no longer be stopped.")
        if progress is None
        else _("The service is restoring {target}: {progress} %. It can no longer be stopped.")
    )
    return running.format(**names, progress=progress)


def _looking(intent: Intent) -> str:
    return _(
        "Looking among the tasks for a restore of backup {backup} to {target} that began since. It is not sent again."
    ).format(backup=_backup(intent), target=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _(
        "No task that restores backup {backup} to {target} was seen by {until}; most likely it was never carried out."
    ).format(backup=_backup(intent), target=subject_name(intent), until=until)


def _report(intent: Intent) -> list[str]:
    lines = [
        _("Restore: {name} ({id})").format(name=known_name(intent), id=intent.subject.id),
        _("From backup: {backup}").format(backup=shown(intent.name) or _("(name unknown)")),
    ]
    if intent.approval is not None:
        lines.append(_("Reason: {reason}").format(reason=shown(intent.approval.reason, 500)))
        if intent.approval.approver:
            lines.append(_("Approved by: {approver}").format(approver=shown(intent.approval.approver, 120)))
    return lines


def _checks() -> list[str]:
    """Return what a person looks at after a restore, in the order in which it is best done."""
    return [
        _("Log in; a server may take minutes to start, and passwords and keys are those of the time of the backup."),
        _("See that its services run, and that nothing has started that must not run twice."),
        _("Compare the dates of its newest files and records with the time of the backup."),
        _("See that all disks are there, with the sizes and mount points that you expect."),
        _("Try the network: addresses, name resolution, and whoever connects to it."),
    ]


def restore_backup() -> Words:
    """Return the words of the restore of a backup."""
    return Words(
        title=_("Restore backup"),
        thing=_("restore task"),
        things=_("restore tasks"),
        thing_title=_("Task"),
        id_title=_("Task id"),
        place=_("the resource"),
        refused=_("Refused; nothing was written over."),
        taken_back=_("Taken back before it was sent; nothing was written over."),
        found=_("The answer had been lost; the task that restores it was found."),
        accepted=_("Accepted; the service restores it. It can no longer be stopped."),
        running=_("Restoring"),
        done=_("Restored"),
        partly=_("Partly restored"),
        failed=_("Not restored"),
        line=_("Resource"),
        lines=_("Resources"),
        twice=_(
            "If the first one came late after all, the second one writes over the resource once more, and what was"
            " written there meanwhile is lost. Look at the tasks of the service before."
        ),
        name=lambda intent: _("Restore from {backup}").format(backup=shown(intent.name, 64) or _("(name unknown)")),
        request=lambda intent: _("Request {id} to restore {target} from backup {backup}").format(
            id=short_id(intent), target=subject_name(intent), backup=_backup(intent)
        ),
        request_inside=lambda intent: _("request {id} to restore {target} from backup {backup}").format(
            id=short_id(intent), target=subject_name(intent), backup=_backup(intent)
        ),
        unproved_request=lambda intent: _("The request to restore {target} from backup {backup}").format(
            target=subject_name(intent), backup=_backup(intent)
        ),
        sought=lambda intent: _("a restore of {target} among the tasks").format(target=subject_name(intent)),
        searched=lambda _intent: _("the tasks of the service"),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=_report,
        plan=PlanWords(
            whole=_("Finished: everything is restored"),
            part=_("Ended: only a part is restored"),
            none=_("Ended: nothing is restored"),
            partly=_("Partly restored"),
            nothing=_("Nothing restored"),
            without=lambda count: counted("{count} with nothing restored", "{count} with nothing restored", count),
        ),
        ambiguity=_("Another operator may have restored the same backup at that time, so only you can tell."),
        checks=_checks,
        fates={Fate.RUNNING: _("Being restored"), Fate.DONE: _("Restored"), Fate.FAILED: _("Not restored")},
        remedies={
            Fate.FAILED: _("Look at its task and at the resource. Restoring it again is a decision of its own."),
            Fate.UNCERTAIN: _("Look at the resource and at the tasks of the service."),
        },
    )
