"""The words of sharing a backup with projects."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.sharing import receivers_in
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown


def _receivers(intent: Intent) -> str:
    """Return with whom: the id of the one project, or how many there are."""
    ids = receivers_in(intent.body)
    if len(ids) == 1:
        return _("project {id}").format(id=shown(ids[0], 40))
    return counted("{count} project", "{count} projects", len(ids))


def _looking(intent: Intent) -> str:
    return _(
        "Reading whom backup {name} is shared with. If it is none of those that were asked for, it is sent again by"
        " itself, at most twice, while your confirmation is fresh."
    ).format(name=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _("Backup {name} was not shared with all of them by {until}; most likely it was never carried out.").format(
        name=subject_name(intent), until=until
    )


def _report(intent: Intent) -> list[str]:
    return [
        _("Share backup: {name} ({id})").format(name=known_name(intent), id=intent.subject.id),
        *(_("With project: {id}").format(id=shown(id, 40)) for id in receivers_in(intent.body)),
    ]


def share_backup() -> Words:
    """Return the words of sharing a backup."""
    return Words(
        title=_("Share backup"),
        thing=_("project"),
        things=_("projects"),
        thing_title=_("Backup"),
        id_title=_("Backup id"),
        place=_("the shares of the backup"),
        refused=_("Refused; the backup is shared with none of the projects because of it."),
        taken_back=_("Taken back before it was sent; nothing was shared."),
        found=_("The answer had been lost; reading has shown that the backup is shared with the projects."),
        accepted=_("Accepted; the backup is offered to the projects, which have to accept it."),
        running=_("Sharing"),
        done=_("Shared"),
        partly=_("Partly shared"),
        failed=_("Not shared"),
        line=_("Project"),
        lines=_("Projects"),
        twice=_("If the first one came late after all, the service refuses the second one: it is shared already."),
        name=lambda intent: _("Share with {receivers}").format(receivers=_receivers(intent)),
        request=lambda intent: _("Request {id} to share backup {backup} with {receivers}").format(
            id=short_id(intent), backup=subject_name(intent), receivers=_receivers(intent)
        ),
        request_inside=lambda intent: _("request {id} to share backup {backup} with {receivers}").format(
            id=short_id(intent), backup=subject_name(intent), receivers=_receivers(intent)
        ),
        unproved_request=lambda intent: _("The request to share backup {backup} with {receivers}").format(
            backup=subject_name(intent), receivers=_receivers(intent)
        ),
        sought=lambda intent: _("the shares of backup {name}").format(name=subject_name(intent)),
        searched=lambda intent: _("the shares of backup {name}").format(name=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=lambda intent, _outcome: _("Shared with {receivers}, and to be accepted there.").format(
            receivers=_receivers(intent)
        ),
        report=_report,
        plan=PlanWords(
            whole=_("Finished: everything is shared"),
            part=_("Ended: only a part is shared"),
            none=_("Ended: nothing is shared"),
            partly=_("Partly shared"),
            nothing=_("Nothing shared"),
            without=lambda count: counted("{count} with nothing shared", "{count} with nothing shared", count),
        ),
        fates={Fate.DONE: _("Shared")},
        batch=lambda count: counted("Share {count} backup", "Share {count} backups", count),
    )
