"""The words of a clean up: why each backup stays, and what a rule comes to."""

from collections.abc import Sequence
from datetime import datetime

from cbr_desktop.domain.cleanup import CleanUpRule, Sorted, Stay
from cbr_desktop.text.catalogue import N_, NN_, _, sentences
from cbr_desktop.text.states import clock_words, counted, grouped

_STAYS: dict[Stay, str | tuple[str, str]] = {
    Stay.OTHER_NAME: N_("Its name does not match."),
    Stay.YOUNG: NN_("It is younger than {count} day.", "It is younger than {count} days."),
    Stay.UNDATED: N_("Nobody knows when it was made."),
    Stay.NEWEST: NN_(
        "It is the newest good one of its resource.", "It is among the {count} newest good ones of its resource."
    ),
    Stay.LAST_GOOD: N_("It is the newest good backup of its resource: a rule leaves none without one."),
    Stay.FAILED: N_("It failed, and the rule is only about good ones."),
    Stay.BUSY: N_("It is being made, restored or deleted."),
    Stay.IMAGE: N_("An image was made of it, so that the service keeps it."),
    Stay.COPYING: N_("It is being copied to another region."),
}


def going_words(row: Sorted) -> str:
    """Return whether a backup goes or stays."""
    return _("Goes") if row.stays is None else _("Stays")


def stay_words(row: Sorted, rule: CleanUpRule) -> str:
    """Return why a backup stays, empty for one that goes."""
    if row.stays is None:
        return ""
    words = _STAYS[row.stays]
    number = rule.keep if row.stays is Stay.NEWEST else rule.days
    return counted(*words, number) if isinstance(words, tuple) else _(words)


def cleanup_sentence(rows: Sequence[Sorted], now: datetime) -> str:
    """Return what a rule comes to: how many go, of how many resources, how old, and how many stay."""
    goes = [row.backup for row in rows if row.stays is None]
    stay = counted(
        "{count} backup made by a person stays.", "{count} backups made by persons stay.", len(rows) - len(goes)
    )
    if not rows:
        return _("There is no backup here that a person made.")
    if not goes:
        return sentences(_("Nothing goes by this rule."), stay)
    resources = len({backup.resource_id for backup in goes})
    oldest, newest = goes[0].created_at, goes[-1].created_at
    backups = counted("{count} backup", "{count} backups", len(goes))
    of = counted("{count} resource", "{count} resources", resources)
    head = _("{backups} of {resources} would go").format(backups=backups, resources=of)
    if oldest is not None and oldest == newest:
        head = _("{backups} of {resources} would go, made {at}.").format(
            backups=backups, resources=of, at=clock_words(oldest, now)
        )
    elif oldest is not None and newest is not None:
        head = _("{backups} of {resources} would go, made between {first} and {last}.").format(
            backups=backups, resources=of, first=clock_words(oldest, now), last=clock_words(newest, now)
        )
    return sentences(head, stay)


def first_sentence(limit: int, goes: int) -> str:
    """Return that a batch takes the oldest alone, empty where it takes all."""
    if goes <= limit:
        return ""
    return _("One batch takes {limit}: the oldest of them come first, and the rest in the next one.").format(
        limit=grouped(limit)
    )
