"""The words of what a change destroys: counted and named, for the one who is about to confirm it."""

from collections.abc import Sequence
from datetime import datetime

from cbr_desktop.domain.blast import Blast, Lost, LostBackups, NameCheck, Overwritten
from cbr_desktop.domain.sharing import SharesLost
from cbr_desktop.text.catalogue import _, listed, ngettext, sentences
from cbr_desktop.text.states import clock_words, counted, duration_words, grouped, quoted, shown

_SHARED_NAMED = 5
"""Shared backups, projects that lose them, and things of a like name that a sentence names; it counts all of them."""
_NAMED = 12
"""Disks that a sentence names; it counts all of them."""


def lost_sentence(lost: Lost, now: datetime) -> str:
    """Return what is lost, whether it is the newest of its kind, and how much of that kind stays."""
    resource = quoted(lost.resource_name, 80) if lost.resource_name else _("its resource")
    newest = _("It is the newest good backup of {resource}.").format(resource=resource) if lost.is_newest else ""
    return sentences(_head_words(lost, resource, now), newest, _next_words(lost, now), _left_words(lost, resource))


def lost_backups_sentence(lost: LostBackups, now: datetime) -> str:
    """Return what a resource loses in a vault, and what it has elsewhere."""
    resource = quoted(lost.resource_name, 80)
    head = ngettext(
        "{count} backup of {resource} in vault {vault} is deleted for good.",
        "All {count} backups of {resource} in vault {vault} are deleted for good.",
        lost.count,
    )
    until = ""
    if lost.at is not None:
        until = clock_words(lost.at, now)
        head = ngettext(
            "{count} backup of {resource} in vault {vault} goes sooner than now: it is deleted for good by {until}.",
            "{count} backups of {resource} in vault {vault} go sooner than now: they are deleted for good by {until}.",
            lost.count,
        )
    facts = {"count": grouped(lost.count), "resource": resource, "vault": quoted(lost.vault_name, 80)}
    told = [head.format(**facts, until=until)]
    if lost.endless:
        told.append(
            ngettext(
                "{count} of them would stay until somebody deletes it.",
                "{count} of them would stay until somebody deletes them.",
                lost.endless,
            ).format(count=grouped(lost.endless))
        )
    if lost.newest_at is not None:
        ago = duration_words(now - lost.newest_at)
        newest = _("The newest good one was made {made} ({ago} ago).")
        told.append(newest.format(made=clock_words(lost.newest_at, now), ago=ago))
    if lost.manual:
        told.append(
            ngettext(
                "{count} of them was made by a person.", "{count} of them were made by persons.", lost.manual
            ).format(count=grouped(lost.manual))
        )
    if lost.replicated:
        told.append(
            ngettext(
                "{count} of them has a replica in another region, which stays.",
                "{count} of them have a replica in another region, which stay.",
                lost.replicated,
            ).format(count=grouped(lost.replicated))
        )
    return sentences(*told, _elsewhere_words(lost, resource, now))


def _elsewhere_words(lost: LostBackups, resource: str, now: datetime) -> str:
    if lost.left is None:
        return _("Whether {resource} has good backups elsewhere is not known.").format(resource=resource)
    if not lost.left and lost.at is not None:
        now_there = _("None of the good backups that {resource} has now is left in this region then.")
        return now_there.format(resource=resource)
    if not lost.left:
        return _("No good backup of {resource} is left in this region then.").format(resource=resource)
    left = ngettext(
        "{count} good backup of {resource} stays in another vault.",
        "{count} good backups of {resource} stay in other vaults.",
        lost.left,
    ).format(count=grouped(lost.left), resource=resource)
    if lost.left_newest_at is None:
        return left
    made = clock_words(lost.left_newest_at, now)
    return sentences(left, _("The newest of those was made {made}.").format(made=made))


def loss_sentences(blast: Blast, now: datetime) -> list[str]:
    """Return a sentence for each thing that a change destroys or overwrites, and one for those that are not named."""
    told = [
        lost_backups_sentence(lost, now) if isinstance(lost, LostBackups) else lost_sentence(lost, now)
        for lost in blast.lost
    ]
    if blast.overwritten is not None:
        told += overwritten_sentences(blast.overwritten, now)
    more = counted("{count} more backup is lost.", "{count} more backups are lost.", blast.more)
    return [*told, more] if blast.more else told


def shares_sentences(lost: SharesLost) -> list[str]:
    """Return with whom the lost backups are shared, and of how many that could not be read."""
    told = []
    if lost.shared:
        head = ngettext(
            "{count} of them is shared with other projects, which lose it as well: {names}.",
            "{count} of them are shared with other projects, which lose them as well: {names}.",
            len(lost.shared),
        )
        if lost.unread:
            head = ngettext(
                "{count} of them is shared with other projects, as far as is known, which lose it as well: {names}.",
                "{count} of them are shared with other projects, as far as is known, which lose them as well: {names}.",
                len(lost.shared),
            )
        projects = sorted({id for each in lost.shared for id in each.project_ids})
        names = _first_of([quoted(each.name or each.id, 64) for each in lost.shared])
        ids = ngettext("Project: {ids}.", "Projects: {ids}.", len(projects)).format(
            ids=_first_of([shown(id, 40) for id in projects])
        )
        told.append(sentences(head.format(count=grouped(len(lost.shared)), names=names), ids))
    if lost.unread:
        told.append(
            counted(
                "Whether {count} of them is shared is not known: another project may lose it as well.",
                "Whether {count} of them are shared is not known: other projects may lose them as well.",
                lost.unread,
            )
        )
    elif not lost.shared:
        told.append(
            ngettext("It is shared with no other project.", "None of them is shared with another project.", lost.total)
        )
    return told


def shares_progress(read: int, total: int) -> str:
    """Return how far it was read whom the lost backups are shared with."""
    return _("Reading whom they are shared with: {count} of {total}…").format(count=grouped(read), total=grouped(total))


def _first_of(names: Sequence[str]) -> str:
    more = len(names) - _SHARED_NAMED
    return listed([*names[:_SHARED_NAMED], counted("{count} more", "{count} more", more)] if more > 0 else names)


def lookalikes_sentence(others: Sequence[tuple[str, str]]) -> str:
    """Return which other things, by ids and names, could be taken for the one that is named; empty of none."""
    if not others:
        return ""
    names = [_("{name} ({id})").format(name=quoted(name, 60), id=shown(id, 64)) for id, name in others]
    return ngettext(
        "Another one has a name that looks alike: {names}. Compare the id.",
        "{count} others have names that look alike: {names}. Compare the id.",
        len(others),
    ).format(count=grouped(len(others)), names=_first_of(names))


def grave_sentence(why: NameCheck) -> str:
    """Return why a name is to be typed before something goes."""
    return {
        NameCheck.PRODUCTION: _("It destroys something on production."),
        NameCheck.LAST: _("It leaves a resource without a good backup."),
        NameCheck.BINDING: _("It can never be undone."),
    }[why]


def overwritten_sentences(over: Overwritten, now: datetime) -> list[str]:
    """Return what a restore writes over: since when data are lost, which disks, and what becomes of the server."""
    name = quoted(over.resource_name, 80)
    facts = {"resource": name, "backup": quoted(over.backup_name, 80)}
    if over.data_at is None:
        lost = _("All that was written to {resource} since backup {backup} was made is lost for good.").format(**facts)
    else:
        lost = _(
            "All that was written to {resource} since {at} is lost for good: {age} of work. It becomes what backup"
            " {backup} holds."
        ).format(**facts, at=clock_words(over.data_at, now), age=duration_words(now - over.data_at))
    told = [lost]
    if over.newer:
        at = clock_words(over.newer_at, now) if over.newer_at is not None else ""
        newer = (
            _("There is a newer good backup of {resource}: {newer} of {at}.")
            if at
            else _("There is a newer good backup of {resource}: {newer}.")
        )
        told.append(newer.format(resource=name, newer=quoted(over.newer, 80), at=at))
    if over.disks:
        told.append(
            ngettext(
                "{count} disk is written over: {names}.", "{count} disks are written over: {names}.", len(over.disks)
            ).format(count=grouped(len(over.disks)), names=_named(over.disks))
        )
    if over.untouched:
        told.append(
            ngettext(
                "{count} disk stays untouched: {names}.", "{count} disks stay untouched: {names}.", len(over.untouched)
            ).format(count=grouped(len(over.untouched)), names=_named(over.untouched))
        )
    if over.is_server:
        told.append(
            _("The server is shut down for it, and started afterwards.")
            if over.starts
            else _("The server is shut down for it, and stays off afterwards.")
        )
    return [*told, _("Once it runs it cannot be stopped, and it cannot be undone.")]


def _named(names: Sequence[str]) -> str:
    return listed([quoted(name, 60) for name in names[:_NAMED]])


def _when(at: datetime, now: datetime) -> str:
    return _("at once") if at <= now else _("at {time}").format(time=clock_words(at, now))


def _head_words(lost: Lost, resource: str, now: datetime) -> str:
    made, ago = "", ""
    if lost.created_at is not None:
        made, ago = clock_words(lost.created_at, now), duration_words(now - lost.created_at)
    return (_by_policy(lost) if lost.at is not None else _for_good(lost)).format(
        name=quoted(lost.name, 80) if lost.name else _("without a name"),
        id=shown(lost.id, 64),
        resource=resource,
        made=made,
        ago=ago,
        when=_when(lost.at, now) if lost.at is not None else "",
    )


def _for_good(lost: Lost) -> str:
    if lost.created_at is None:
        whole = _("Backup {name} ({id}) of {resource} is lost for good.")
        return whole if lost.resource_name else _("Backup {name} ({id}) is lost for good.")
    whole = _("Backup {name} ({id}) of {resource}, made {made} ({ago} ago), is lost for good.")
    return whole if lost.resource_name else _("Backup {name} ({id}), made {made} ({ago} ago), is lost for good.")


def _by_policy(lost: Lost) -> str:
    if lost.created_at is None:
        whole = _("Backup {name} ({id}) of {resource} is deleted by the policy {when}.")
        return whole if lost.resource_name else _("Backup {name} ({id}) is deleted by the policy {when}.")
    whole = _("Backup {name} ({id}) of {resource}, made {made} ({ago} ago), is deleted by the policy {when}.")
    short = _("Backup {name} ({id}), made {made} ({ago} ago), is deleted by the policy {when}.")
    return whole if lost.resource_name else short


def _next_words(lost: Lost, now: datetime) -> str:
    """Return which is the newest good backup that stays, where that is known."""
    if lost.next_at is None:
        return ""
    return _("The newest that stays was made {made} ({ago} ago).").format(
        made=clock_words(lost.next_at, now), ago=duration_words(now - lost.next_at)
    )


def _left_words(lost: Lost, resource: str) -> str:
    if lost.left is None:
        return _("How many good backups of {resource} stay is not known.").format(resource=resource)
    if not lost.left:
        return _("No good backup of {resource} is left then.").format(resource=resource)
    return ngettext(
        "{count} good backup of {resource} stays.", "{count} good backups of {resource} stay.", lost.left
    ).format(count=grouped(lost.left), resource=resource)
