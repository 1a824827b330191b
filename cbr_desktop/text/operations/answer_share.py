"""The words of accepting or rejecting a backup that another project shares."""

from cbr_desktop.domain.backup_details import MemberStatus
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted


def _accepts(intent: Intent) -> bool:
    return intent.name == MemberStatus.ACCEPTED


def _name(intent: Intent) -> str:
    return _("Accept shared backup") if _accepts(intent) else _("Reject shared backup")


def _request(intent: Intent) -> str:
    said = (
        _("Request {id} to accept shared backup {name}")
        if _accepts(intent)
        else _("Request {id} to reject shared backup {name}")
    )
    return said.format(id=short_id(intent), name=subject_name(intent))


def _request_inside(intent: Intent) -> str:
    said = (
        _("request {id} to accept shared backup {name}")
        if _accepts(intent)
        else _("request {id} to reject shared backup {name}")
    )
    return said.format(id=short_id(intent), name=subject_name(intent))


def _unproved(intent: Intent) -> str:
    said = (
        _("The request to accept shared backup {name}")
        if _accepts(intent)
        else _("The request to reject shared backup {name}")
    )
    return said.format(name=subject_name(intent))


def _looking(intent: Intent) -> str:
    return _(
        "Reading what was answered to the share of backup {name}. If it is not this, it is sent again by itself, at"
        " most twice, while your confirmation is fresh."
    ).format(name=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _("The share of backup {name} was not answered so by {until}; most likely it was never carried out.").format(
        name=subject_name(intent), until=until
    )


def _outcome(intent: Intent, _outcome: Outcome) -> str:
    if _accepts(intent):
        return _("Accepted: the backup is in the vault, and can be used here as those of this project.")
    return _("Rejected: the backup is in no vault of this project. Only the other side can share it again.")


def _report(intent: Intent) -> list[str]:
    said = _("Accept shared backup: {name} ({id})") if _accepts(intent) else _("Reject shared backup: {name} ({id})")
    return [said.format(name=known_name(intent), id=intent.subject.id)]


def answer_share() -> Words:
    """Return the words of answering a share."""
    return Words(
        title=_("Answer share"),
        thing=_("backup"),
        things=_("backups"),
        thing_title=_("Backup"),
        id_title=_("Backup id"),
        place=_("the share of the backup"),
        refused=_("Refused; the share is as it was."),
        taken_back=_("Taken back before it was sent; the share is as it was."),
        found=_("The answer had been lost; reading has shown that the share is answered so."),
        accepted=_("Accepted; the share is answered."),
        running=_("Answering"),
        done=_("Answered"),
        partly=_("Partly answered"),
        failed=_("Not answered"),
        line=_("Backup"),
        lines=_("Backups"),
        twice=_("If the first one came late after all, the second one gives the same answer once more."),
        name=_name,
        request=_request,
        request_inside=_request_inside,
        unproved_request=_unproved,
        sought=lambda intent: _("the answer to the share of backup {name}").format(name=subject_name(intent)),
        searched=lambda intent: _("the share of backup {name}").format(name=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=_report,
        plan=PlanWords(
            whole=_("Finished: everything is answered"),
            part=_("Ended: only a part is answered"),
            none=_("Ended: nothing is answered"),
            partly=_("Partly answered"),
            nothing=_("Nothing answered"),
            without=lambda count: counted("{count} with nothing answered", "{count} with nothing answered", count),
        ),
        fates={Fate.DONE: _("Answered")},
    )
