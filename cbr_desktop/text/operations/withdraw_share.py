"""The words of ending the sharing of a backup with a project."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown


def _project(intent: Intent) -> str:
    return shown(intent.name, 40)


def _looking(intent: Intent) -> str:
    return _(
        "Reading whom backup {name} is shared with. If project {project} is still among them, it is sent again by"
        " itself, at most twice, while your confirmation is fresh."
    ).format(name=subject_name(intent), project=_project(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _(
        "Backup {name} was still shared with project {project} at {until}; most likely it was never carried out."
    ).format(name=subject_name(intent), project=_project(intent), until=until)


def _report(intent: Intent) -> list[str]:
    return [
        _("End share of backup: {name} ({id})").format(name=known_name(intent), id=intent.subject.id),
        _("With project: {id}").format(id=_project(intent)),
    ]


def withdraw_share() -> Words:
    """Return the words of ending a share."""
    return Words(
        title=_("End share"),
        thing=_("backup"),
        things=_("backups"),
        thing_title=_("Backup"),
        id_title=_("Backup id"),
        place=_("the shares of the backup"),
        refused=_("Refused; the backup is still shared with the project."),
        taken_back=_("Taken back before it was sent; the backup is still shared with the project."),
        found=_("The answer had been lost; reading has shown that the project is no share member any more."),
        accepted=_("Accepted; the project does not see the backup any more."),
        running=_("Ending the share"),
        done=_("Share ended"),
        partly=_("Partly ended"),
        failed=_("Share not ended"),
        line=_("Backup"),
        lines=_("Backups"),
        twice=_("If the first one came late after all, the share has ended, and the second one changes nothing more."),
        name=lambda intent: _("End share with project {id}").format(id=_project(intent)),
        request=lambda intent: _("Request {id} to end the share of backup {backup} with project {project}").format(
            id=short_id(intent), backup=subject_name(intent), project=_project(intent)
        ),
        request_inside=lambda intent: _(
            "request {id} to end the share of backup {backup} with project {project}"
        ).format(id=short_id(intent), backup=subject_name(intent), project=_project(intent)),
        unproved_request=lambda intent: _(
            "The request to end the share of backup {backup} with project {project}"
        ).format(backup=subject_name(intent), project=_project(intent)),
        sought=lambda intent: _("the shares of backup {name}").format(name=subject_name(intent)),
        searched=lambda intent: _("the shares of backup {name}").format(name=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=lambda intent, _outcome: _("Ended: project {id} does not see the backup any more.").format(
            id=_project(intent)
        ),
        report=_report,
        plan=PlanWords(
            whole=_("Finished: every share has ended"),
            part=_("Ended: only a part of the shares has ended"),
            none=_("Ended: no share has ended"),
            partly=_("Partly ended"),
            nothing=_("No share ended"),
            without=lambda count: counted("{count} with no share ended", "{count} with no share ended", count),
        ),
        fates={Fate.DONE: _("Share ended")},
    )
