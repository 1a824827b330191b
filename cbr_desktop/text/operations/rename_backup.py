"""The words of the renaming of a backup."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, quoted, shown


def _new(intent: Intent) -> str:
    return quoted(intent.name, 64)


def _looking(intent: Intent) -> str:
    return _(
        "Reading which name backup {name} has. If it is the old one, the renaming is sent again by itself, at most"
        " twice, while your confirmation is fresh."
    ).format(name=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _("Backup {name} still had its old name at {until}; most likely it was never carried out.").format(
        name=subject_name(intent), until=until
    )


def _report(intent: Intent) -> list[str]:
    return [
        _("Rename backup: {name} ({id})").format(name=known_name(intent), id=intent.subject.id),
        _("New name: {name}").format(name=shown(intent.name)),
    ]


def rename_backup() -> Words:
    """Return the words of the renaming of a backup."""
    return Words(
        title=_("Rename backup"),
        thing=_("backup"),
        things=_("backups"),
        thing_title=_("Backup"),
        id_title=_("Backup id"),
        place=_("the backup"),
        refused=_("Refused; the backup has its name still."),
        taken_back=_("Taken back before it was sent; the backup has its name still."),
        found=_("The answer had been lost; reading has shown that the backup has its new name."),
        accepted=_("Accepted; the backup has its new name."),
        running=_("Renaming"),
        done=_("Renamed"),
        partly=_("Partly renamed"),
        failed=_("Not renamed"),
        line=_("Backup"),
        lines=_("Backups"),
        twice=_("If the first one came late after all, the second one gives the same name once more."),
        name=lambda intent: _("Rename to {name}").format(name=shown(intent.name, 64)),
        request=lambda intent: _("Request {id} to rename backup {backup} to {name}").format(
            id=short_id(intent), backup=subject_name(intent), name=_new(intent)
        ),
        request_inside=lambda intent: _("request {id} to rename backup {backup} to {name}").format(
            id=short_id(intent), backup=subject_name(intent), name=_new(intent)
        ),
        unproved_request=lambda intent: _("The request to rename backup {backup} to {name}").format(
            backup=subject_name(intent), name=_new(intent)
        ),
        sought=lambda intent: _("the new name of backup {name}").format(name=subject_name(intent)),
        searched=lambda intent: _("backup {name}").format(name=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=lambda intent, _outcome: _("Renamed: the backup is called {name}.").format(name=quoted(intent.name)),
        report=_report,
        plan=PlanWords(
            whole=_("Finished: everything is renamed"),
            part=_("Ended: only a part is renamed"),
            none=_("Ended: nothing is renamed"),
            partly=_("Partly renamed"),
            nothing=_("Nothing renamed"),
            without=lambda count: counted("{count} with nothing renamed", "{count} with nothing renamed", count),
        ),
        fates={Fate.DONE: _("Renamed")},
    )
