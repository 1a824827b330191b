"""The words of what a change destroys: counted and named, for the one who is about to confirm it."""

from datetime import datetime

from cbr_desktop.domain.blast import Lost
from cbr_desktop.text.catalogue import _, ngettext, sentences
from cbr_desktop.text.states import clock_words, duration_words, grouped, quoted, shown


def lost_sentence(lost: Lost, now: datetime) -> str:
    """Return what is lost, whether it is the newest of its kind, and how much of that kind stays."""
    resource = quoted(lost.resource_name, 80) if lost.resource_name else _("its resource")
    newest = _("It is the newest good backup of {resource}.").format(resource=resource) if lost.is_newest else ""
    return sentences(_head_words(lost, resource, now), newest, _left_words(lost, resource))


def _head_words(lost: Lost, resource: str, now: datetime) -> str:
    if lost.created_at is None:
        whole = _("Backup {name} ({id}) of {resource} is lost for good.")
        short = _("Backup {name} ({id}) is lost for good.")
        made, ago = "", ""
    else:
        whole = _("Backup {name} ({id}) of {resource}, made {made} ({ago} ago), is lost for good.")
        short = _("Backup {name} ({id}), made {made} ({ago} ago), is lost for good.")
        made, ago = clock_words(lost.created_at, now), duration_words(now - lost.created_at)
    name = quoted(lost.name, 80) if lost.name else _("without a name")
    sentence = whole if lost.resource_name else short
    return sentence.format(name=name, id=shown(lost.id, 64), resource=resource, made=made, ago=ago)


def _left_words(lost: Lost, resource: str) -> str:
    if lost.left is None:
        return _("How many good backups of {resource} stay is not known.").format(resource=resource)
    if not lost.left:
        return _("No good backup of {resource} is left then.").format(resource=resource)
    return ngettext(
        "{count} good backup of {resource} stays.", "{count} good backups of {resource} stay.", lost.left
    ).format(count=grouped(lost.left), resource=resource)
